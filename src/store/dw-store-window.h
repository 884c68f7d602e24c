/* dw-store-window.h: a live list of the history or of a log, of which only a part is held
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "store/dw-store-row.h"
#include "store/dw-store.h"

G_BEGIN_DECLS

#define DW_TYPE_STORE_WINDOW (dw_store_window_get_type ())

G_DECLARE_FINAL_TYPE (DwStoreWindow, dw_store_window, DW, STORE_WINDOW, GObject)

DwStoreWindow *dw_store_window_new_deploys (DwStore *store);
DwStoreWindow *dw_store_window_new_project_deploys (DwStore *store, const char *project_id);
DwStoreWindow *dw_store_window_new_stage_deploys (DwStore *store, const char *stage_id);
DwStoreWindow *dw_store_window_new_logs (DwStore *store, const char *deploy_id);

gboolean dw_store_window_is_loaded (DwStoreWindow *self);
const char *dw_store_window_get_problem (DwStoreWindow *self);
void dw_store_window_reload (DwStoreWindow *self);

G_END_DECLS
