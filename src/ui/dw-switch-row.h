/* dw-switch-row.h: a yes or no in a form
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define DW_TYPE_SWITCH_ROW (dw_switch_row_get_type ())

/* A DwField, with "title" and "subtitle" of the parent. */
G_DECLARE_FINAL_TYPE (DwSwitchRow, dw_switch_row, DW, SWITCH_ROW, AdwActionRow)

gboolean dw_switch_row_get_active (DwSwitchRow *self);

G_END_DECLS
