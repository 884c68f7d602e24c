/* dw-pair-row.h: one variable or one volume in a form
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define DW_TYPE_PAIR_ROW (dw_pair_row_get_type ())

/* Signals:
 *   "changed"         something has been typed
 *   "removed"         it is to go
 *   "pasted" (text)   what was put into it is more than one name or value
 */
G_DECLARE_FINAL_TYPE (DwPairRow, dw_pair_row, DW, PAIR_ROW, AdwPreferencesRow)

GtkWidget *dw_pair_row_new (gboolean is_volume);
const char *dw_pair_row_get_first (DwPairRow *self);
const char *dw_pair_row_get_second (DwPairRow *self);
gboolean dw_pair_row_get_read_only (DwPairRow *self);
void
dw_pair_row_set (DwPairRow *self, const char *first, const char *second, gboolean is_read_only);
gboolean dw_pair_row_is_empty (DwPairRow *self);
void dw_pair_row_set_masked (DwPairRow *self, gboolean is_masked);
void dw_pair_row_set_note (DwPairRow *self, const char *note);
void dw_pair_row_set_problem (DwPairRow *self, const char *problem);

G_END_DECLS
