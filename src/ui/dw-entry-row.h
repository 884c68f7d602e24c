/* dw-entry-row.h: a line of text or a number in a form
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define DW_TYPE_ENTRY_ROW (dw_entry_row_get_type ())

/* A DwField. Properties, beside "title" of the parent:
 *   "text" (string)
 *   "placeholder" (string)   what an empty text means
 *   "note" (string)          nullable: help, below the text
 *   "problem" (string)       nullable: what is wrong, in the note's place
 *   "monospace" (boolean)
 */
G_DECLARE_FINAL_TYPE (DwEntryRow, dw_entry_row, DW, ENTRY_ROW, AdwPreferencesRow)

const char *dw_entry_row_get_text (DwEntryRow *self);

G_END_DECLS
