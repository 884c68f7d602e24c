/* dw-instance-list.h: every container that the application made, followed live
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-engine-status.h"
#include "deploy/dw-live-instance.h"
#include "store/dw-store.h"

G_BEGIN_DECLS

#define DW_TYPE_INSTANCE_LIST (dw_instance_list_get_type ())

/* A GListModel of DwLiveInstance, for the main context. Properties:
 *   "loaded" (boolean)   it was read once
 *   "problem" (string)   nullable: why the last reading failed
 *   "active" (boolean)   whether it follows; one that is not is read when it is again
 * Signal "updated": it was read, and something in it may have changed */
G_DECLARE_FINAL_TYPE (DwInstanceList, dw_instance_list, DW, INSTANCE_LIST, GObject)

DwInstanceList *dw_instance_list_new (DwStore *store, DwEngineStatus *engine_status);

gboolean dw_instance_list_is_loaded (DwInstanceList *self);
const char *dw_instance_list_get_problem (DwInstanceList *self);
void dw_instance_list_set_active (DwInstanceList *self, gboolean is_active);
void dw_instance_list_reload (DwInstanceList *self);

G_END_DECLS
