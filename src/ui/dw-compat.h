/* dw-compat.h: dialogs that newer versions of libadwaita have another widget for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

void dw_compat_present_about (GtkWindow *parent);

G_END_DECLS
