/* dw-store-window.h: a live list of the history or of a log, of which only a part is held
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "store/dw-store-filter.h"
#include "store/dw-store-row.h"
#include "store/dw-store.h"

G_BEGIN_DECLS

#define DW_TYPE_STORE_WINDOW (dw_store_window_get_type ())

G_DECLARE_FINAL_TYPE (DwStoreWindow, dw_store_window, DW, STORE_WINDOW, GObject)

DwStoreWindow *dw_store_window_new_deploys (DwStore *store, const DwStoreFilter *filter);
DwStoreWindow *dw_store_window_new_logs (DwStore *store, const char *deploy_id);

void dw_store_window_set_filter (DwStoreWindow *self, const DwStoreFilter *filter);
void dw_store_window_set_sort (DwStoreWindow *self, DwStoreSort sort, gboolean is_descending);
const DwStoreFilter *dw_store_window_get_filter (DwStoreWindow *self);

gboolean dw_store_window_is_complete (DwStoreWindow *self);
gboolean dw_store_window_is_loaded (DwStoreWindow *self);
const char *dw_store_window_get_problem (DwStoreWindow *self);
void dw_store_window_reload (DwStoreWindow *self);

G_END_DECLS
