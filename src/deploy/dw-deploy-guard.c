/* dw-deploy-guard.c: watches what was deployed for a while
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Much of what is wrong with a version shows only once it gets requests. It takes no lock: whoever
 * wants to deploy again, or to stop the stage, does so, and the watch is over.
 */

#include "config.h"

#include "deploy/dw-deploy-guard.h"

#include <glib/gi18n-lib.h>

#include "deploy/dw-deploy-error.h"
#include "deploy/dw-instance-watch.h"

typedef struct
{
  const DwDeployTools *tools;
  DwDeploy *deploy;
} Guard;

/* Whether the instance is still what serves in the stage, as far as the store knows, and nothing
 * else is coming. */
static gboolean
still_serves (gpointer user_data)
{
  Guard *guard = user_data;
  DwStore *store = guard->tools->store;
  const char *stage_id = dw_deploy_get_stage_id (guard->deploy);
  const char *instance_id = dw_deploy_get_instance_id (guard->deploy);
  g_autoptr (DwStage) stage = dw_store_get (store, DW_TYPE_STAGE, stage_id, NULL);
  g_autoptr (DwInstance) instance = dw_store_get (store, DW_TYPE_INSTANCE, instance_id, NULL);
  g_autoptr (GPtrArray) newest = dw_store_list_stage_deploys (store, stage_id, 1, NULL);

  return stage != NULL && instance != NULL && newest != NULL && newest->len == 1 &&
         g_strcmp0 (dw_stage_get_current_instance_id (stage), instance_id) == 0 &&
         dw_instance_get_status (instance) == DW_INSTANCE_RUNNING &&
         g_str_equal (dw_entity_get_id (g_ptr_array_index (newest, 0)),
                      dw_entity_get_id (DW_ENTITY (guard->deploy)));
}

/* Seconds of the watch that are left since the deploy ended. */
static int
get_seconds_left (DwDeploy *deploy, DwStage *stage)
{
  g_autoptr (GDateTime)
      end = dw_deploy_get_finished_at (deploy) != NULL
                ? g_date_time_new_from_iso8601 (dw_deploy_get_finished_at (deploy), NULL)
                : NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  gint64 passed = end != NULL ? g_date_time_difference (now, end) / G_TIME_SPAN_SECOND : 0;

  return (int) CLAMP (dw_stage_get_watch_seconds (stage) - passed, 0,
                      dw_stage_get_watch_seconds (stage));
}

/**
 * dw_deploy_guard_watch:
 * @tools: what to work with
 * @deploy_id: a deploy that succeeded
 * @fault: (out) (nullable) (transfer full): what turned bad, for a person, or %NULL when nothing
 * did
 * @cancellable: (nullable): ends the watch
 * @error: a DW_STORE_ERROR, a DW_ENGINE_ERROR or G_IO_ERROR_CANCELLED
 *
 * Watches what the deploy brought, for as long as its stage says after the deploy's end, and no
 * longer than it serves there. What a rollback brought is not watched: there would be no end of
 * going back.
 *
 * Returns: whether it was watched to the end
 */
gboolean
dw_deploy_guard_watch (const DwDeployTools *tools,
                       const char *deploy_id,
                       char **fault,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (DwDeploy) deploy = dw_store_get (tools->store, DW_TYPE_DEPLOY, deploy_id, error);
  g_autoptr (DwStage) stage = NULL;
  g_autoptr (DwProject) project = NULL;
  g_autoptr (DwInstance) instance = NULL;
  g_autoptr (GError) problem = NULL;
  Guard guard = { .tools = tools, .deploy = deploy };

  *fault = NULL;
  if (deploy == NULL)
    return FALSE;
  if (dw_deploy_get_status (deploy) != DW_DEPLOY_SUCCESS ||
      dw_deploy_get_trigger (deploy) == DW_TRIGGER_ROLLBACK ||
      dw_deploy_get_instance_id (deploy) == NULL || !still_serves (&guard))
    return TRUE;

  stage = dw_store_get (tools->store, DW_TYPE_STAGE, dw_deploy_get_stage_id (deploy), error);
  project = dw_store_get (tools->store, DW_TYPE_PROJECT, dw_deploy_get_project_id (deploy), error);
  instance = dw_store_get (tools->store, DW_TYPE_INSTANCE, dw_deploy_get_instance_id (deploy),
                           error);
  if (stage == NULL || project == NULL || instance == NULL)
    return FALSE;

  if (dw_instance_watch (tools->engine, project, instance, get_seconds_left (deploy, stage),
                         still_serves, &guard, cancellable, &problem))
    return TRUE;
  if (problem->domain != DW_DEPLOY_ERROR)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }

  /* A person stops and removes containers, too, and says so in the store afterwards. */
  if (still_serves (&guard) &&
      !g_error_matches (problem, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_NO_INSTANCE))
    *fault = g_strdup_printf (
        /* Translators: the tag or digest of a version, and what happened to it, a sentence */
        _ ("%s turned bad after it had been deployed, and is taken back: %s"),
        dw_deploy_get_tag (deploy) != NULL ? dw_deploy_get_tag (deploy)
                                           : dw_deploy_get_digest (deploy),
        problem->message);

  /* Also where there is no version before to go back to. */
  return *fault == NULL || (dw_store_append_log (tools->store, deploy_id, DW_LOG_ERROR,
                                                 DW_DEPLOY_SUCCESS, *fault, error) &&
                            dw_store_tell_health_lost (tools->store, deploy_id, *fault, error));
}
