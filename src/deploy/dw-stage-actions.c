/* dw-stage-actions.c: starts, stops, restarts and removes what serves in a stage
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "deploy/dw-stage-actions.h"

#include <glib/gi18n-lib.h>

#include "deploy/dw-deploy-error.h"
#include "deploy/dw-problem.h"
#include "deploy/dw-route-places.h"
#include "deploy/dw-stage-containers.h"
#include "deploy/dw-stage-route.h"

/**
 * dw_stage_action_get_instance:
 * @tools: what to work with
 * @stage: a stage
 * @error: DW_DEPLOY_ERROR_NO_INSTANCE or a DW_STORE_ERROR
 *
 * Returns: (transfer full) (nullable): what serves there
 */
DwInstance *
dw_stage_action_get_instance (const DwDeployTools *tools, DwStage *stage, GError **error)
{
  if (dw_stage_get_current_instance_id (stage) == NULL)
    {
      g_set_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_NO_INSTANCE,
                   _ ("Nothing was deployed to the stage “%s” yet"), dw_stage_get_name (stage));
      return NULL;
    }

  return dw_store_get (tools->store, DW_TYPE_INSTANCE, dw_stage_get_current_instance_id (stage),
                       error);
}

/* Returns: (nullable): the stage's route as the settings have it, in @route */
static gboolean
open_route (const DwDeployTools *tools, DwStage *stage, DwStageRoute **route, GError **error)
{
  g_autoptr (DwSettings) settings = dw_store_get_settings (tools->store, error);
  g_autoptr (DwProject) project = settings != NULL
                                      ? dw_store_get (tools->store, DW_TYPE_PROJECT,
                                                      dw_stage_get_project_id (stage), error)
                                      : NULL;

  *route = project != NULL ? dw_stage_route_new (tools, settings, project, stage) : NULL;
  return project != NULL;
}

/**
 * dw_stage_action_restore_route:
 * @tools: what to work with
 * @stage: a stage
 * @instance: (nullable): what serves there, or %NULL for nothing
 * @cancellable: (nullable): ends the requests
 * @error: a DW_PROXY_ERROR, a DW_ENGINE_ERROR, a DW_STORE_ERROR or G_IO_ERROR_CANCELLED
 *
 * Makes the stage's route lead to what serves, whatever the proxy has now; without a proxy there is
 * nothing to do.
 *
 * Returns: whether it does
 */
gboolean
dw_stage_action_restore_route (const DwDeployTools *tools,
                               DwStage *stage,
                               DwInstance *instance,
                               GCancellable *cancellable,
                               GError **error)
{
  g_autoptr (DwStageRoute) route = NULL;

  if (!open_route (tools, stage, &route, error))
    return FALSE;
  if (route == NULL)
    return TRUE;
  if (instance == NULL)
    return dw_stage_route_remove (route, cancellable, error);

  g_object_set (instance, "domain", dw_stage_route_get_domain (route), "route-id",
                dw_entity_get_id (DW_ENTITY (stage)), NULL);

  return dw_stage_route_prepare_network (route, cancellable, error) &&
         dw_stage_route_prepare (route, cancellable, error) &&
         dw_stage_route_move (route, instance, 100, cancellable, error) &&
         dw_store_update (tools->store, DW_ENTITY (instance), error);
}

static gboolean
leave_old_places (const DwDeployTools *tools,
                  DwStage *stage,
                  DwInstance *instance,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (DwSettings) settings = dw_store_get_settings (tools->store, error);
  g_autoptr (DwProject) project = settings != NULL
                                      ? dw_store_get (tools->store, DW_TYPE_PROJECT,
                                                      dw_stage_get_project_id (stage), error)
                                      : NULL;

  return project != NULL && dw_route_places_leave (tools, settings, project, stage, instance, NULL,
                                                   NULL, cancellable, error);
}

static gboolean
act_on_current (const DwDeployTools *tools,
                DwStage *stage,
                DwStageAction action,
                GCancellable *cancellable,
                GError **error)
{
  DwEngine *engine = tools->engine;
  DwStore *store = tools->store;
  g_autoptr (DwInstance) instance = dw_stage_action_get_instance (tools, stage, error);

  if (instance == NULL || g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  if (action == DW_STAGE_ACTION_REPAIR)
    return dw_stage_action_restore_route (tools, stage, instance, cancellable, error) &&
           leave_old_places (tools, stage, instance, cancellable, error);

  /* Whoever cancels a restart does not want it stopped; and the engine would go on stopping it. */
  if (action == DW_STAGE_ACTION_RESTART)
    cancellable = NULL;

  if (action != DW_STAGE_ACTION_START &&
      !dw_stage_containers_stop (engine, store, instance, cancellable, error))
    return FALSE;

  if (action == DW_STAGE_ACTION_STOP)
    return TRUE;

  return dw_stage_containers_start (engine, store, instance, cancellable, error) &&
         dw_stage_action_restore_route (tools, stage, instance, cancellable, error);
}

/* Where the store has no instance, the engine has nothing of the stage that this program made, and
 * need not be there to say so. */
static gboolean
remove_containers (const DwDeployTools *tools,
                   const char *stage_id,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GPtrArray) instances = dw_store_list_instances (tools->store, stage_id, error);

  if (instances == NULL)
    return FALSE;
  if (dw_stage_containers_remove_all (tools->engine, stage_id, cancellable, &problem))
    return TRUE;

  if (instances->len == 0 && (dw_problem_classify (problem) == DW_PROBLEM_UNREACHABLE ||
                              g_error_matches (problem, DW_ENGINE_ERROR, DW_ENGINE_ERROR_INVALID)))
    {
      g_debug ("Nothing ran in the stage %s, and the engine was not asked: %s", stage_id,
               problem->message);
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&problem));

  return FALSE;
}

static gboolean
remove_route (const DwDeployTools *tools, DwStage *stage, GCancellable *cancellable, GError **error)
{
  g_autoptr (DwStageRoute) route = NULL;
  g_autoptr (GError) problem = NULL;

  if (!open_route (tools, stage, &route, error))
    return FALSE;
  /* One that is of no use any more, and may be gone for good, keeps nobody from removing a stage.
   */
  if (!leave_old_places (tools, stage, NULL, cancellable, &problem))
    g_message ("%s", problem->message);
  if (route == NULL || dw_stage_route_remove (route, cancellable, error))
    return TRUE;

  g_prefix_error (error, _ ("The route %s cannot be removed: "), dw_stage_route_get_domain (route));
  return FALSE;
}

/**
 * dw_stage_action_run:
 * @tools: what to work with
 * @stage: a stage whose lock the caller holds
 * @action: what is to be done with it
 * @cancellable: (nullable): ends the requests
 * @error: DW_DEPLOY_ERROR_NO_INSTANCE, a DW_ENGINE_ERROR, a DW_PROXY_ERROR or a DW_STORE_ERROR
 *
 * Returns: whether it is done
 */
gboolean
dw_stage_action_run (const DwDeployTools *tools,
                     DwStage *stage,
                     DwStageAction action,
                     GCancellable *cancellable,
                     GError **error)
{
  const char *stage_id = dw_entity_get_id (DW_ENTITY (stage));

  if (action != DW_STAGE_ACTION_REMOVE)
    return act_on_current (tools, stage, action, cancellable, error);

  return (dw_stage_get_current_instance_id (stage) == NULL ||
          remove_route (tools, stage, cancellable, error)) &&
         remove_containers (tools, stage_id, cancellable, error) &&
         dw_store_delete (tools->store, DW_TYPE_STAGE, stage_id, error);
}
