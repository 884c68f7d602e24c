/* dw-welcome.h: what a person sees who has no project yet
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define DW_TYPE_WELCOME (dw_welcome_get_type ())

/* Property: "engine-status" (DwEngineStatus), nullable */
G_DECLARE_FINAL_TYPE (DwWelcome, dw_welcome, DW, WELCOME, AdwBin)

G_END_DECLS
