/* dw-store-queries.c: the questions and changes that only one entity has
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every function here blocks and may be called from any thread. A list is (transfer full)
 * (element-type of its entity); an entity is (transfer full); a lookup that finds nothing sets
 * DW_STORE_ERROR_NOT_FOUND.
 */

#include "config.h"

#include "store/dw-store-private.h"

#include <glib/gi18n-lib.h>

#include "model/dw-enum-types.h"

#define ARGUMENTS(...) ((DwStoreArgument[]){ __VA_ARGS__, { NULL } })
#define TEXT DW_STORE_TEXT_ARGUMENT
#define NUMBER DW_STORE_NUMBER_ARGUMENT
#define NICK DW_STORE_NICK_ARGUMENT

/* SQL's way to say that there is no limit. */
static gint64
get_limit (guint limit)
{
  return limit == 0 ? -1 : (gint64) limit;
}

/**
 * dw_store_get_settings:
 * @self: a store
 * @error: a DW_STORE_ERROR
 *
 * Returns: (transfer full): the settings, which are always there
 */
DwSettings *
dw_store_get_settings (DwStore *self, GError **error)
{
  return dw_store_get (self, DW_TYPE_SETTINGS, "1", error);
}

/**
 * dw_store_find_project:
 * @self: a store
 * @name: a project's name
 * @error: DW_STORE_ERROR_NOT_FOUND or another DW_STORE_ERROR
 *
 * Returns: (transfer full): the project
 */
DwProject *
dw_store_find_project (DwStore *self, const char *name, GError **error)
{
  return dw_store_read_one (self, "SELECT * FROM projects WHERE name = :name", DW_TYPE_PROJECT,
                            ARGUMENTS (TEXT (":name", name)), name, error);
}

/**
 * dw_store_find_registry:
 * @self: a store
 * @name: a registry's name
 * @error: DW_STORE_ERROR_NOT_FOUND or another DW_STORE_ERROR
 *
 * Returns: (transfer full): the registry
 */
DwRegistry *
dw_store_find_registry (DwStore *self, const char *name, GError **error)
{
  return dw_store_read_one (self, "SELECT * FROM registries WHERE name = :name", DW_TYPE_REGISTRY,
                            ARGUMENTS (TEXT (":name", name)), name, error);
}

/**
 * dw_store_set_registry_checked:
 * @self: a store
 * @registry_id: a registry that was asked just now
 * @error_message: (nullable): why it did not answer as it should
 * @error: DW_STORE_ERROR_NOT_FOUND or another DW_STORE_ERROR
 *
 * Writes nothing else of the row, which somebody may have edited since it was read.
 *
 * Returns: whether it is written
 */
gboolean
dw_store_set_registry_checked (DwStore *self,
                               const char *registry_id,
                               const char *error_message,
                               GError **error)
{
  g_autofree char *now = dw_store_now ();

  return dw_store_update_one (
      self, DW_TYPE_REGISTRY, registry_id,
      "UPDATE registries SET last_checked_at = :now, last_error = :error, updated_at = :now "
      "WHERE id = :id",
      ARGUMENTS (TEXT (":id", registry_id), TEXT (":error", error_message), TEXT (":now", now)),
      error);
}

/**
 * dw_store_find_stage:
 * @self: a store
 * @project_id: its project
 * @name: its name there
 * @error: DW_STORE_ERROR_NOT_FOUND or another DW_STORE_ERROR
 *
 * Returns: (transfer full): the stage
 */
DwStage *
dw_store_find_stage (DwStore *self, const char *project_id, const char *name, GError **error)
{
  return dw_store_read_one (
      self, "SELECT * FROM stages WHERE project_id = :project_id AND name = :name", DW_TYPE_STAGE,
      ARGUMENTS (TEXT (":project_id", project_id), TEXT (":name", name)), name, error);
}

/**
 * dw_store_list_stages:
 * @self: a store
 * @project_id: a project
 * @error: a DW_STORE_ERROR
 *
 * Returns: (transfer full) (element-type DwStage): its stages in promotion order
 */
GPtrArray *
dw_store_list_stages (DwStore *self, const char *project_id, GError **error)
{
  return dw_store_read (self,
                        "SELECT * FROM stages WHERE project_id = :project_id "
                        "ORDER BY position, name",
                        DW_TYPE_STAGE, ARGUMENTS (TEXT (":project_id", project_id)), error);
}

/**
 * dw_store_set_stage_current_instance:
 * @self: a store
 * @stage_id: a stage
 * @instance_id: (nullable): an instance of it, or %NULL when nothing serves
 * @error: DW_STORE_ERROR_NOT_FOUND, DW_STORE_ERROR_CONSTRAINT or another DW_STORE_ERROR
 *
 * Returns: whether it is written
 */
gboolean
dw_store_set_stage_current_instance (DwStore *self,
                                     const char *stage_id,
                                     const char *instance_id,
                                     GError **error)
{
  g_autofree char *now = dw_store_now ();

  return dw_store_update_one (
      self, DW_TYPE_STAGE, stage_id,
      "UPDATE stages SET current_instance_id = :instance_id, updated_at = :now WHERE id = :id",
      ARGUMENTS (TEXT (":id", stage_id), TEXT (":instance_id", instance_id), TEXT (":now", now)),
      error);
}

/**
 * dw_store_set_stage_route_places:
 * @self: a store
 * @stage_id: a stage
 * @places: the proxies in which it has a route, as JSON
 * @error: DW_STORE_ERROR_NOT_FOUND or another DW_STORE_ERROR
 *
 * Returns: whether it is written
 */
gboolean
dw_store_set_stage_route_places (DwStore *self,
                                 const char *stage_id,
                                 const char *places,
                                 GError **error)
{
  g_autofree char *now = dw_store_now ();

  return dw_store_update_one (
      self, DW_TYPE_STAGE, stage_id,
      "UPDATE stages SET route_places = :places, updated_at = :now WHERE id = :id",
      ARGUMENTS (TEXT (":id", stage_id), TEXT (":places", places), TEXT (":now", now)), error);
}

/**
 * dw_store_list_instances:
 * @self: a store
 * @stage_id: a stage
 * @error: a DW_STORE_ERROR
 *
 * Returns: (transfer full) (element-type DwInstance): its instances, the newest first
 */
GPtrArray *
dw_store_list_instances (DwStore *self, const char *stage_id, GError **error)
{
  return dw_store_read (self,
                        "SELECT i.*, s.project_id, p.name AS project_name, s.name AS stage_name "
                        "FROM instances i JOIN stages s ON s.id = i.stage_id "
                        "JOIN projects p ON p.id = s.project_id WHERE i.stage_id = :stage_id "
                        "ORDER BY i.created_at DESC, i.rowid DESC",
                        DW_TYPE_INSTANCE, ARGUMENTS (TEXT (":stage_id", stage_id)), error);
}

/**
 * dw_store_set_instance_status:
 * @self: a store
 * @instance_id: an instance
 * @status: how it is now
 * @error: DW_STORE_ERROR_NOT_FOUND or another DW_STORE_ERROR
 *
 * Returns: whether it is written
 */
gboolean
dw_store_set_instance_status (DwStore *self,
                              const char *instance_id,
                              DwInstanceStatus status,
                              GError **error)
{
  g_autofree char *now = dw_store_now ();

  return dw_store_update_one (
      self, DW_TYPE_INSTANCE, instance_id,
      "UPDATE instances SET status = :status, updated_at = :now WHERE id = :id",
      ARGUMENTS (TEXT (":id", instance_id), NICK (":status", DW_TYPE_INSTANCE_STATUS, status),
                 TEXT (":now", now)),
      error);
}

/**
 * dw_store_list_recent_deploys:
 * @self: a store
 * @limit: how many at most, or 0 for all
 * @error: a DW_STORE_ERROR
 *
 * Returns: (transfer full) (element-type DwDeploy): deploys of all projects, the newest first
 */
GPtrArray *
dw_store_list_recent_deploys (DwStore *self, guint limit, GError **error)
{
  return dw_store_read (self,
                        "SELECT * FROM deploys ORDER BY created_at DESC, rowid DESC LIMIT :limit",
                        DW_TYPE_DEPLOY, ARGUMENTS (NUMBER (":limit", get_limit (limit))), error);
}

/**
 * dw_store_list_project_deploys:
 * @self: a store
 * @project_id: a project
 * @limit: how many at most, or 0 for all
 * @error: a DW_STORE_ERROR
 *
 * Returns: (transfer full) (element-type DwDeploy): deploys of its stages, the newest first
 */
GPtrArray *
dw_store_list_project_deploys (DwStore *self, const char *project_id, guint limit, GError **error)
{
  return dw_store_read (
      self,
      "SELECT * FROM deploys WHERE project_id = :project_id "
      "ORDER BY created_at DESC, rowid DESC LIMIT :limit",
      DW_TYPE_DEPLOY,
      ARGUMENTS (TEXT (":project_id", project_id), NUMBER (":limit", get_limit (limit))), error);
}

/**
 * dw_store_list_stage_deploys:
 * @self: a store
 * @stage_id: a stage
 * @limit: how many at most, or 0 for all
 * @error: a DW_STORE_ERROR
 *
 * Returns: (transfer full) (element-type DwDeploy): its deploys, the newest first
 */
GPtrArray *
dw_store_list_stage_deploys (DwStore *self, const char *stage_id, guint limit, GError **error)
{
  return dw_store_read (
      self,
      "SELECT * FROM deploys WHERE stage_id = :stage_id "
      "ORDER BY created_at DESC, rowid DESC LIMIT :limit",
      DW_TYPE_DEPLOY,
      ARGUMENTS (TEXT (":stage_id", stage_id), NUMBER (":limit", get_limit (limit))), error);
}

/**
 * dw_store_find_instance_deploy:
 * @self: a store
 * @instance_id: an instance
 * @error: DW_STORE_ERROR_NOT_FOUND when none brought it, or another DW_STORE_ERROR
 *
 * Returns: (transfer full): the last deploy that succeeded with it: a rollback may have brought it
 *   back
 */
DwDeploy *
dw_store_find_instance_deploy (DwStore *self, const char *instance_id, GError **error)
{
  return dw_store_read_one (self,
                            "SELECT * FROM deploys "
                            "WHERE instance_id = :instance_id AND status = 'success' "
                            "ORDER BY created_at DESC, rowid DESC LIMIT 1",
                            DW_TYPE_DEPLOY, ARGUMENTS (TEXT (":instance_id", instance_id)),
                            instance_id, error);
}

/**
 * dw_store_list_unfinished_deploys:
 * @self: a store
 * @error: a DW_STORE_ERROR
 *
 * Returns: (transfer full) (element-type DwDeploy): the deploys that have not ended, the oldest
 *   first: they run now, or were interrupted
 */
GPtrArray *
dw_store_list_unfinished_deploys (DwStore *self, GError **error)
{
  return dw_store_read (self,
                        "SELECT * FROM deploys WHERE status NOT IN ('success', 'failed', "
                        "'rolled_back') ORDER BY created_at, rowid",
                        DW_TYPE_DEPLOY, NULL, error);
}

/**
 * dw_store_set_deploy_status:
 * @self: a store
 * @deploy_id: a deploy that has not ended
 * @status: where it is now; leaving pending it has started, and at an end it has finished
 * @error_message: (nullable): why it did not succeed
 * @error: DW_STORE_ERROR_NOT_FOUND, DW_STORE_ERROR_CONSTRAINT (it has ended) or another
 *
 * Returns: whether it is written
 */
gboolean
dw_store_set_deploy_status (DwStore *self,
                            const char *deploy_id,
                            DwDeployStatus status,
                            const char *error_message,
                            GError **error)
{
  g_autofree char *now = dw_store_now ();
  const char *started_at = status != DW_DEPLOY_PENDING ? now : NULL;
  const char *finished_at = dw_deploy_status_has_ended (status) ? now : NULL;

  return dw_store_update_one (
      self, DW_TYPE_DEPLOY, deploy_id,
      "UPDATE deploys SET status = :status, error = :error, updated_at = :now, "
      "started_at = coalesce (started_at, :started_at), finished_at = :finished_at WHERE id = :id",
      ARGUMENTS (TEXT (":id", deploy_id), NICK (":status", DW_TYPE_DEPLOY_STATUS, status),
                 TEXT (":error", error_message), TEXT (":now", now),
                 TEXT (":started_at", started_at), TEXT (":finished_at", finished_at)),
      error);
}

/**
 * dw_store_set_deploy_target:
 * @self: a store
 * @deploy_id: a deploy that has not ended
 * @tag: (nullable): the tag that was chosen
 * @digest: (nullable): what it was resolved to
 * @error: DW_STORE_ERROR_NOT_FOUND, DW_STORE_ERROR_CONSTRAINT (it has ended) or another
 *
 * Returns: whether it is written
 */
gboolean
dw_store_set_deploy_target (
    DwStore *self, const char *deploy_id, const char *tag, const char *digest, GError **error)
{
  g_autofree char *now = dw_store_now ();

  return dw_store_update_one (
      self, DW_TYPE_DEPLOY, deploy_id,
      "UPDATE deploys SET tag = :tag, digest = :digest, updated_at = :now WHERE id = :id",
      ARGUMENTS (TEXT (":id", deploy_id), TEXT (":tag", tag), TEXT (":digest", digest),
                 TEXT (":now", now)),
      error);
}

/**
 * dw_store_set_deploy_instance:
 * @self: a store
 * @deploy_id: a deploy that has not ended
 * @instance_id: (nullable): the instance that it started or brought back
 * @error: DW_STORE_ERROR_NOT_FOUND, DW_STORE_ERROR_CONSTRAINT (it has ended) or another
 *
 * Returns: whether it is written
 */
gboolean
dw_store_set_deploy_instance (DwStore *self,
                              const char *deploy_id,
                              const char *instance_id,
                              GError **error)
{
  g_autofree char *now = dw_store_now ();

  return dw_store_update_one (
      self, DW_TYPE_DEPLOY, deploy_id,
      "UPDATE deploys SET instance_id = :instance_id, updated_at = :now WHERE id = :id",
      ARGUMENTS (TEXT (":id", deploy_id), TEXT (":instance_id", instance_id), TEXT (":now", now)),
      error);
}

/**
 * dw_store_append_log:
 * @self: a store
 * @deploy_id: a deploy
 * @level: how much it matters
 * @phase: what the deploy was at
 * @message: what happened
 * @error: DW_STORE_ERROR_CONSTRAINT (there is no such deploy) or another DW_STORE_ERROR
 *
 * Returns: whether it is written
 */
gboolean
dw_store_append_log (DwStore *self,
                     const char *deploy_id,
                     DwLogLevel level,
                     DwDeployStatus phase,
                     const char *message,
                     GError **error)
{
  g_autofree char *now = dw_store_now ();

  return dw_store_write (
      self,
      "INSERT INTO deploy_logs (created_at, updated_at, deploy_id, level, phase, message) "
      "VALUES (:now, :now, :deploy_id, :level, :phase, :message)",
      NULL,
      ARGUMENTS (TEXT (":now", now), TEXT (":deploy_id", deploy_id),
                 NICK (":level", DW_TYPE_LOG_LEVEL, level),
                 NICK (":phase", DW_TYPE_DEPLOY_STATUS, phase), TEXT (":message", message)),
      NULL, error);
}

/**
 * dw_store_list_logs:
 * @self: a store
 * @deploy_id: a deploy
 * @after: the number of the last line that is known, or 0
 * @limit: how many at most, or 0 for all
 * @error: a DW_STORE_ERROR
 *
 * Returns: (transfer full) (element-type DwDeployLog): what the deploy did, the oldest first
 */
GPtrArray *
dw_store_list_logs (DwStore *self, const char *deploy_id, gint64 after, guint limit, GError **error)
{
  return dw_store_read (self,
                        "SELECT * FROM deploy_logs WHERE deploy_id = :deploy_id AND id > :after "
                        "ORDER BY id LIMIT :limit",
                        DW_TYPE_DEPLOY_LOG,
                        ARGUMENTS (TEXT (":deploy_id", deploy_id), NUMBER (":after", after),
                                   NUMBER (":limit", get_limit (limit))),
                        error);
}
