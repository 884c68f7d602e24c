/* dw-session.h: what the pages of the window work with
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-deployer.h"
#include "deploy/dw-engine-status.h"
#include "deploy/dw-overview.h"
#include "deploy/dw-registries.h"
#include "store/dw-instance-count.h"
#include "store/dw-store-list.h"
#include "watch/dw-watcher.h"

G_BEGIN_DECLS

#define DW_TYPE_SESSION (dw_session_get_type ())

/* Main thread. Properties, all of them to be bound to:
 *
 *   "store" (DwStore)
 *
 *   "registry-access" (DwRegistries): asks registries, with the credentials for them
 *
 *   "engine-status" (DwEngineStatus)
 *
 *   "deployer" (DwDeployer): nullable: there is no engine; another one with another engine
 *
 *   "watcher" (DwWatcher): nullable: nothing watches yet
 *
 *   "projects", "stages", "registries" (DwStoreList): everything, live
 *
 *   "instance-count" (DwInstanceCount): live
 *
 *   "n-running" (uint): how many deploys have not ended, whoever runs them, live
 *
 *   "n-waiting" (uint): how many stages have a newer version that waits for a person
 */
G_DECLARE_FINAL_TYPE (DwSession, dw_session, DW, SESSION, GObject)

DwSession *
dw_session_new (DwStore *store, DwRegistries *registry_access, DwEngineStatus *engine_status);

DwStore *dw_session_get_store (DwSession *self);
DwRegistries *dw_session_get_registry_access (DwSession *self);
DwEngineStatus *dw_session_get_engine_status (DwSession *self);
DwDeployer *dw_session_get_deployer (DwSession *self);
DwDeployJob *dw_session_find_job (DwSession *self, const char *deploy_id);
void dw_session_set_deployer (DwSession *self, DwDeployer *deployer);
DwWatcher *dw_session_get_watcher (DwSession *self);
void dw_session_set_watcher (DwSession *self, DwWatcher *watcher);

DwOverview *dw_session_get_overview (DwSession *self);

DwStoreList *dw_session_get_projects (DwSession *self);
DwStoreList *dw_session_get_stages (DwSession *self);
DwStoreList *dw_session_get_registries (DwSession *self);

DwProject *dw_session_find_project (DwSession *self, const char *id);
DwStage *dw_session_find_stage (DwSession *self, const char *id);
DwRegistry *dw_session_find_registry (DwSession *self, const char *id);

G_END_DECLS
