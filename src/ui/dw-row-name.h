/* dw-row-name.h: what a screen reader calls the row of a list
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void dw_row_name_set (GtkWidget *part, const char *name);

G_END_DECLS
