/* dw-inherited-row.h: a variable or a volume that a stage has from its project
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define DW_TYPE_INHERITED_ROW (dw_inherited_row_get_type ())

/* Signal:
 *   "override"   the stage is to have its own
 */
G_DECLARE_FINAL_TYPE (DwInheritedRow, dw_inherited_row, DW, INHERITED_ROW, AdwActionRow)

G_END_DECLS
