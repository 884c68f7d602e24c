/* dw-section-row.h: one section in the sidebar
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define DW_TYPE_SECTION_ROW (dw_section_row_get_type ())

/* Properties: "section" (the name of its first page), "title", "icon-name", and "count" (uint),
 * which is not shown while it is 0;
 * "n-waiting" (uint), how many of its things wait for a person, likewise */
G_DECLARE_FINAL_TYPE (DwSectionRow, dw_section_row, DW, SECTION_ROW, GtkListBoxRow)

const char *dw_section_row_get_section (DwSectionRow *self);

G_END_DECLS
