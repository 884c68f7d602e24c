/* dw-shell.h: a sidebar beside the content, or one of the two when there is little room
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define DW_TYPE_SHELL (dw_shell_get_type ())

G_DECLARE_FINAL_TYPE (DwShell, dw_shell, DW, SHELL, GtkWidget)

gboolean dw_shell_get_folded (DwShell *self);
gboolean dw_shell_get_show_content (DwShell *self);
void dw_shell_set_show_content (DwShell *self, gboolean show_content);

G_END_DECLS
