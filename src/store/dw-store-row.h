/* dw-store-row.h: one place in a list of rows, which may not have been read yet
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/dw-entity.h"

G_BEGIN_DECLS

#define DW_TYPE_STORE_ROW (dw_store_row_get_type ())

G_DECLARE_FINAL_TYPE (DwStoreRow, dw_store_row, DW, STORE_ROW, GObject)

DwStoreRow *dw_store_row_new (void);

DwEntity *dw_store_row_get_entity (DwStoreRow *self);
void dw_store_row_take_values (DwStoreRow *self, DwEntity *entity);

G_END_DECLS
