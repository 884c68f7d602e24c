/* dw-store.h: everything that outlives the program, in one SQLite database
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "model/dw-deploy-log.h"
#include "model/dw-deploy-phase.h"
#include "model/dw-deploy.h"
#include "model/dw-held-version.h"
#include "model/dw-instance.h"
#include "model/dw-message.h"
#include "model/dw-project.h"
#include "model/dw-registry.h"
#include "model/dw-repository.h"
#include "model/dw-settings.h"
#include "model/dw-stage.h"

G_BEGIN_DECLS

#define DW_STORE_ERROR (dw_store_error_quark ())

/**
 * DwStoreError:
 * @DW_STORE_ERROR_NOT_FOUND: there is no such row
 * @DW_STORE_ERROR_EXISTS: a row has this name already; the message names the field
 * @DW_STORE_ERROR_CONSTRAINT: the schema refuses the row (a reference to nothing, an ended deploy)
 * @DW_STORE_ERROR_NEWER: a newer version of the program wrote the database
 * @DW_STORE_ERROR_NOT_A_DATABASE: the file is damaged, or somebody else's
 * @DW_STORE_ERROR_LOCKED: somebody else kept the database locked for too long
 * @DW_STORE_ERROR_READ_ONLY: the file or its folder cannot be written
 * @DW_STORE_ERROR_FAILED: anything else, in SQLite's words
 */
typedef enum
{
  DW_STORE_ERROR_NOT_FOUND,
  DW_STORE_ERROR_EXISTS,
  DW_STORE_ERROR_CONSTRAINT,
  DW_STORE_ERROR_NEWER,
  DW_STORE_ERROR_NOT_A_DATABASE,
  DW_STORE_ERROR_LOCKED,
  DW_STORE_ERROR_READ_ONLY,
  DW_STORE_ERROR_FAILED,
} DwStoreError;

GQuark dw_store_error_quark (void);

#define DW_TYPE_STORE (dw_store_get_type ())

G_DECLARE_FINAL_TYPE (DwStore, dw_store, DW, STORE, GObject)

/* One step of a transaction; FALSE with @error set undoes the whole of it. */
typedef gboolean (*DwStoreFunc) (DwStore *store, gpointer user_data, GError **error);

char *dw_store_get_default_path (void);
DwStore *dw_store_open (const char *path, GError **error);
const char *dw_store_get_path (DwStore *self);
/* Main thread; from then on "changed" (GType type) is emitted whoever writes. */
void dw_store_watch (DwStore *self);

/* Every entity; @type is the DW_TYPE_… of one. create() sets id, created-at and updated-at on
 * the entity that it is given (a log line gets the next number as its id). */
gboolean dw_store_create (DwStore *self, DwEntity *entity, GError **error);
gboolean dw_store_update (DwStore *self, DwEntity *entity, GError **error);
gboolean dw_store_delete (DwStore *self, GType type, const char *id, GError **error);
gpointer dw_store_get (DwStore *self, GType type, const char *id, GError **error);
GPtrArray *dw_store_list (DwStore *self, GType type, GError **error);
gboolean
dw_store_transact (DwStore *self, DwStoreFunc function, gpointer user_data, GError **error);

DwSettings *dw_store_get_settings (DwStore *self, GError **error);

DwProject *dw_store_find_project (DwStore *self, const char *name, GError **error);
DwRegistry *dw_store_find_registry (DwStore *self, const char *name, GError **error);
gboolean dw_store_set_registry_checked (DwStore *self,
                                        const char *registry_id,
                                        const char *error_message,
                                        GError **error);
DwStage *
dw_store_find_stage (DwStore *self, const char *project_id, const char *name, GError **error);
GPtrArray *dw_store_list_stages (DwStore *self, const char *project_id, GError **error);
gboolean dw_store_set_stage_current_instance (DwStore *self,
                                              const char *stage_id,
                                              const char *instance_id,
                                              GError **error);
gboolean dw_store_set_stage_route_places (DwStore *self,
                                          const char *stage_id,
                                          const char *places,
                                          GError **error);

GPtrArray *dw_store_list_stage_keys (DwStore *self, GError **error);
GPtrArray *dw_store_list_serving (DwStore *self, GError **error);
gboolean dw_store_set_stage_order (DwStore *self, const char *const *stage_ids, GError **error);
DwDeploy *dw_store_find_previous_deploy (DwStore *self,
                                         const char *stage_id,
                                         const char *digest,
                                         GError **error);
GPtrArray *dw_store_list_good_deploys (
    DwStore *self, const char *stage_id, const char *but_digest, guint limit, GError **error);
gboolean
dw_store_count_stage_deploys (DwStore *self, const char *stage_id, gint64 *number, GError **error);

gboolean dw_store_count_instances (DwStore *self, gint64 *number, GError **error);
GPtrArray *dw_store_list_instances (DwStore *self, const char *stage_id, GError **error);
gboolean dw_store_set_instance_status (DwStore *self,
                                       const char *instance_id,
                                       DwInstanceStatus status,
                                       GError **error);

GPtrArray *dw_store_list_recent_deploys (DwStore *self, guint limit, GError **error);
GPtrArray *
dw_store_list_project_deploys (DwStore *self, const char *project_id, guint limit, GError **error);
GPtrArray *
dw_store_list_stage_deploys (DwStore *self, const char *stage_id, guint limit, GError **error);
DwDeploy *dw_store_find_instance_deploy (DwStore *self, const char *instance_id, GError **error);
GPtrArray *dw_store_list_unfinished_deploys (DwStore *self, GError **error);
gboolean dw_store_set_deploy_status (DwStore *self,
                                     const char *deploy_id,
                                     DwDeployStatus status,
                                     const char *error_message,
                                     GError **error);
gboolean dw_store_set_deploy_target (
    DwStore *self, const char *deploy_id, const char *tag, const char *digest, GError **error);
gboolean dw_store_set_deploy_instance (DwStore *self,
                                       const char *deploy_id,
                                       const char *instance_id,
                                       GError **error);

/* See dw-store-history.c. */
GPtrArray *dw_store_list_deploy_phases (DwStore *self, const char *deploy_id, GError **error);
gboolean dw_store_delete_old_deploys (
    DwStore *self, guint days, GCancellable *cancellable, guint *n_deleted, GError **error);
gboolean
dw_store_apply_history_retention (DwStore *self, GCancellable *cancellable, GError **error);

gboolean dw_store_append_log (DwStore *self,
                              const char *deploy_id,
                              DwLogLevel level,
                              DwDeployStatus phase,
                              const char *message,
                              GError **error);
GPtrArray *dw_store_list_logs (
    DwStore *self, const char *deploy_id, gint64 after, guint limit, GError **error);

/* What the outgoing webhook is told, dw-store-messages.c. */
gboolean
dw_store_tell_health_lost (DwStore *self, const char *deploy_id, const char *fault, GError **error);
gboolean dw_store_set_outgoing_webhook_outcome (DwStore *self,
                                                DwSettings *settings,
                                                const char *problem,
                                                GError **error);

/* What watching knows, dw-store-watching.c. Times are UTC ISO 8601 texts. */
DwRepository *dw_store_find_repository (DwStore *self, const char *image, GError **error);
gboolean dw_store_save_repository (DwStore *self, DwRepository *repository, GError **error);
GPtrArray *dw_store_list_held_versions (DwStore *self, const char *stage_id, GError **error);
gboolean dw_store_hold_version (DwStore *self,
                                const char *stage_id,
                                const char *tag,
                                const char *digest,
                                DwHoldReason reason,
                                GError **error);
gboolean
dw_store_release_version (DwStore *self, const char *stage_id, const char *digest, GError **error);
gboolean dw_store_set_stage_newer (DwStore *self,
                                   const char *stage_id,
                                   DwNewerState state,
                                   const char *tag,
                                   const char *digest,
                                   const char *since,
                                   const char *until,
                                   GError **error);
gboolean
dw_store_set_stage_snoozed (DwStore *self, const char *stage_id, const char *until, GError **error);
gboolean dw_store_set_stage_declined (DwStore *self,
                                      const char *stage_id,
                                      const char *digest,
                                      GError **error);

G_END_DECLS
