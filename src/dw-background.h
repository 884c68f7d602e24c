/* dw-background.h: the program without a display: it watches and deploys
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define DW_TYPE_BACKGROUND (dw_background_get_type ())

G_DECLARE_FINAL_TYPE (DwBackground, dw_background, DW, BACKGROUND, GApplication)

DwBackground *dw_background_new (void);
int dw_background_get_exit_code (DwBackground *self);

G_END_DECLS
