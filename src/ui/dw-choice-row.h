/* dw-choice-row.h: one of a few in a form
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define DW_TYPE_CHOICE_ROW (dw_choice_row_get_type ())

/* A DwField for an enumeration: the model has its members in their order. */
G_DECLARE_FINAL_TYPE (DwChoiceRow, dw_choice_row, DW, CHOICE_ROW, AdwComboRow)

G_END_DECLS
