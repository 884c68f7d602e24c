/* dw-store-list.h: a live list of one kind of entity
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "store/dw-store.h"

G_BEGIN_DECLS

#define DW_TYPE_STORE_LIST (dw_store_list_get_type ())

G_DECLARE_FINAL_TYPE (DwStoreList, dw_store_list, DW, STORE_LIST, GObject)

DwStoreList *dw_store_list_new (DwStore *store, GType type, const char *parent_id);

DwStore *dw_store_list_get_store (DwStoreList *self);
const char *dw_store_list_get_parent_id (DwStoreList *self);
gboolean dw_store_list_is_loaded (DwStoreList *self);
const char *dw_store_list_get_problem (DwStoreList *self);
void dw_store_list_reload (DwStoreList *self);

G_END_DECLS
