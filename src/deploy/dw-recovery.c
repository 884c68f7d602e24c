/* dw-recovery.c: sets right what a crash left behind
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A deploy that has not ended although nobody holds its stage's lock was interrupted. What it had
 * made is removed, what it had stopped is started again, and it ends as failed or rolled back, so
 * that the store, the engine and the person agree again.
 */

#include "config.h"

#include "deploy/dw-recovery.h"

#include <glib/gi18n-lib.h>

#include "deploy/dw-deploy-error.h"
#include "deploy/dw-deploy-release.h"
#include "deploy/dw-stage-actions.h"
#include "deploy/dw-stage-containers.h"
#include "proxy/dw-proxy-error.h"
#include "model/dw-enum-types.h"

/* What the deploy made goes; a kept instance that a rollback had started is stopped again. */
static gboolean
undo_instances (const DwDeployTools *tools,
                DwDeploy *deploy,
                DwStage *stage,
                GCancellable *cancellable,
                GError **error)
{
  const char *deploy_id = dw_entity_get_id (DW_ENTITY (deploy));
  g_autoptr (GPtrArray) instances = dw_store_list_instances (
      tools->store, dw_entity_get_id (DW_ENTITY (stage)), error);

  for (guint i = 0; instances != NULL && i < instances->len; i++)
    {
      DwInstance *instance = g_ptr_array_index (instances, i);
      const char *id = dw_entity_get_id (DW_ENTITY (instance));

      if (g_strcmp0 (id, dw_stage_get_current_instance_id (stage)) == 0)
        continue;

      if (g_strcmp0 (dw_instance_get_deploy_id (instance), deploy_id) == 0)
        {
          if (!dw_stage_containers_remove (tools->engine, tools->store, instance, cancellable,
                                           error))
            return FALSE;
        }
      else if (g_strcmp0 (id, dw_deploy_get_instance_id (deploy)) == 0)
        {
          if (!dw_stage_containers_stop (tools->engine, tools->store, instance, cancellable, error))
            return FALSE;
        }
    }

  return instances != NULL &&
         dw_deploy_release_clean_up (tools->engine, deploy_id, cancellable, error);
}

/* Whether the interrupted deploy may have asked the engine to stop the instance: the engine goes on
 * with it, and says until then that the container runs. */
static gboolean
may_be_stopping (DwDeployStatus phase, DwStage *stage, DwInstance *instance)
{
  return phase == DW_DEPLOY_STARTING && dw_stage_get_host_port (stage) != 0 &&
         dw_stage_get_host_port (stage) == dw_instance_get_host_port (instance);
}

/* Whether the stage's own instance had to be started again; FALSE with an error when that failed.
 */
static gboolean
restore_current (const DwDeployTools *tools,
                 DwDeployStatus phase,
                 DwStage *stage,
                 gboolean *was_restored,
                 GCancellable *cancellable,
                 GError **error)
{
  const char *current_id = dw_stage_get_current_instance_id (stage);
  g_autoptr (DwInstance) current = NULL;
  g_autoptr (DwContainer) container = NULL;

  *was_restored = FALSE;
  if (current_id == NULL)
    return TRUE;

  current = dw_store_get (tools->store, DW_TYPE_INSTANCE, current_id, error);
  if (current == NULL ||
      !dw_stage_containers_find (tools->engine, current, &container, cancellable, error))
    return FALSE;

  /* Stopped by a person, or removed by one: not ours to start. */
  if (dw_instance_get_status (current) != DW_INSTANCE_RUNNING || container == NULL)
    return TRUE;

  if (container->state == DW_CONTAINER_RUNNING)
    {
      if (!may_be_stopping (phase, stage, current))
        return TRUE;
      if (!dw_engine_stop_container (tools->engine, container->id, -1, cancellable, error))
        return FALSE;
    }

  *was_restored = TRUE;
  return dw_stage_containers_start (tools->engine, tools->store, current, cancellable, error);
}

/* The route of a deploy that was at it may lead anywhere. What does not serve any more has none. A
 * proxy that does not take it keeps nobody from deploying again: why is added to @words. */
static gboolean
restore_route (const DwDeployTools *tools,
               DwStage *stage,
               GString *words,
               GCancellable *cancellable,
               GError **error)
{
  const char *current_id = dw_stage_get_current_instance_id (stage);
  g_autoptr (DwInstance) current = NULL;
  g_autoptr (GError) problem = NULL;

  if (current_id != NULL &&
      (current = dw_store_get (tools->store, DW_TYPE_INSTANCE, current_id, error)) == NULL)
    return FALSE;
  if (current != NULL && dw_instance_get_status (current) != DW_INSTANCE_RUNNING)
    g_clear_object (&current);

  if (dw_stage_action_restore_route (tools, stage, current, cancellable, &problem))
    return TRUE;
  if (problem->domain == DW_PROXY_ERROR || problem->domain == DW_DEPLOY_ERROR)
    {
      /* Translators: comes after “Interrupted while …: the program ended” */
      g_string_append_printf (words, _ ("; the route could not be put back: %s"), problem->message);
      return TRUE;
    }

  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/* Whether the engine works and does not do it; another time it would say the same. */
static gboolean
was_refused (const GError *problem)
{
  return g_error_matches (problem, DW_ENGINE_ERROR, DW_ENGINE_ERROR_NOT_FOUND) ||
         g_error_matches (problem, DW_ENGINE_ERROR, DW_ENGINE_ERROR_CONFLICT) ||
         g_error_matches (problem, DW_ENGINE_ERROR, DW_ENGINE_ERROR_PORT_IN_USE) ||
         g_error_matches (problem, DW_ENGINE_ERROR, DW_ENGINE_ERROR_INVALID) ||
         g_error_matches (problem, DW_ENGINE_ERROR, DW_ENGINE_ERROR_FAILED);
}

/* As restore_current(), but that the engine does not do it is said in @words and no error. */
static gboolean
try_to_restore_current (const DwDeployTools *tools,
                        DwDeployStatus phase,
                        DwStage *stage,
                        gboolean *was_restored,
                        GString *words,
                        GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (restore_current (tools, phase, stage, was_restored, cancellable, &problem))
    return TRUE;

  *was_restored = FALSE;
  if (was_refused (problem))
    {
      g_string_append_printf (
          words,
          /* Translators: comes after “Interrupted while …: the program ended” */
          _ ("; the previous instance could not be started again: %s"), problem->message);
      return TRUE;
    }

  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/* Where a route was moved, two instances stand beside each other, and what serves has its route
 * back before the other one goes. Elsewhere the other one may be in the way. */
static gboolean
settle_containers (const DwDeployTools *tools,
                   DwDeploy *deploy,
                   DwStage *stage,
                   gboolean *was_restored,
                   GString *words,
                   GCancellable *cancellable,
                   GError **error)
{
  DwDeployStatus phase = dw_deploy_get_status (deploy);

  if (phase == DW_DEPLOY_CONFIGURING_PROXY)
    return try_to_restore_current (tools, phase, stage, was_restored, words, cancellable, error) &&
           restore_route (tools, stage, words, cancellable, error) &&
           undo_instances (tools, deploy, stage, cancellable, error);

  return undo_instances (tools, deploy, stage, cancellable, error) &&
         try_to_restore_current (tools, phase, stage, was_restored, words, cancellable, error);
}

static const char *
describe_interruption (DwDeployStatus phase)
{
  switch (phase)
    {
    case DW_DEPLOY_PULLING:
      return _ ("Interrupted while the image was pulled: the program ended");
    case DW_DEPLOY_STARTING:
      return _ ("Interrupted while the new container was started: the program ended");
    case DW_DEPLOY_HEALTH_CHECKING:
      return _ ("Interrupted while the new container was checked: the program ended");
    case DW_DEPLOY_CONFIGURING_PROXY:
      return _ ("Interrupted while the traffic was moved: the program ended");
    case DW_DEPLOY_PENDING:
    case DW_DEPLOY_SUCCESS:
    case DW_DEPLOY_FAILED:
    case DW_DEPLOY_ROLLED_BACK:
    default:
      return _ ("Interrupted while it waited: the program ended");
    }
}

/**
 * dw_recovery_settle_deploy:
 * @tools: what to work with
 * @deploy: a deploy that has not ended, of a stage that the caller holds the lock of
 * @cancellable: (nullable): ends the requests
 * @error: a DW_ENGINE_ERROR or DW_STORE_ERROR; then the deploy stays as it is, for another time
 *
 * Returns: whether the deploy is settled
 */
gboolean
dw_recovery_settle_deploy (const DwDeployTools *tools,
                           DwDeploy *deploy,
                           GCancellable *cancellable,
                           GError **error)
{
  const char *id = dw_entity_get_id (DW_ENTITY (deploy));
  DwDeployStatus phase = dw_deploy_get_status (deploy);
  gboolean was_restored = FALSE;
  g_autoptr (GString) words = g_string_new (NULL);
  g_autoptr (DwStage)
      stage = dw_store_get (tools->store, DW_TYPE_STAGE, dw_deploy_get_stage_id (deploy), error);

  if (stage == NULL)
    return FALSE;

  if (phase != DW_DEPLOY_PENDING && phase != DW_DEPLOY_PULLING &&
      !settle_containers (tools, deploy, stage, &was_restored, words, cancellable, error))
    return FALSE;

  g_autofree char *message = g_strconcat (
      describe_interruption (phase),
      /* Translators: comes after “Interrupted while …: the program ended” */
      was_restored ? _ ("; the previous instance was started again") : "", words->str, NULL);

  was_restored = was_restored || phase == DW_DEPLOY_CONFIGURING_PROXY;

  return dw_store_append_log (tools->store, id, DW_LOG_ERROR, phase, message, error) &&
         dw_store_set_deploy_status (tools->store, id,
                                     was_restored ? DW_DEPLOY_ROLLED_BACK : DW_DEPLOY_FAILED,
                                     message, error);
}

/* Whether @deploy is nobody's: what it holds decides, and is held until @lock is freed. */
static gboolean
was_interrupted (DwDeploy *deploy, DwStageLock *lock)
{
  return dw_stage_lock_try_work (lock) &&
         (dw_deploy_get_status (deploy) != DW_DEPLOY_PENDING || dw_stage_lock_try_own_queue (lock));
}

/* Settles a deploy that @listed said has not ended, unless somebody works on it or has it waiting.
 */
static gboolean
settle_if_interrupted (const DwDeployTools *tools,
                       DwDeploy *listed,
                       GPtrArray *settled,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (DwStageLock)
      lock = dw_stage_lock_open (tools->lock_directory, dw_deploy_get_stage_id (listed), error);

  if (lock == NULL)
    return FALSE;
  if (!was_interrupted (listed, lock))
    return TRUE;

  /* It may have ended between the list and the lock. */
  g_autoptr (DwDeploy) deploy = dw_store_get (tools->store, DW_TYPE_DEPLOY,
                                              dw_entity_get_id (DW_ENTITY (listed)), error);

  if (deploy == NULL)
    return FALSE;
  if (dw_deploy_status_has_ended (dw_deploy_get_status (deploy)))
    return TRUE;
  if (!dw_recovery_settle_deploy (tools, deploy, cancellable, error))
    return FALSE;

  if (settled != NULL)
    g_ptr_array_add (settled, g_steal_pointer (&deploy));
  return TRUE;
}

/* Retires what a deploy that had succeeded already, or could not take back all, left in the stage.
 */
static gboolean
retire_left_over (const DwDeployTools *tools,
                  DwStage *stage,
                  GCancellable *cancellable,
                  GError **error)
{
  const char *stage_id = dw_entity_get_id (DW_ENTITY (stage));
  g_autoptr (DwStageLock) lock = dw_stage_lock_open (tools->lock_directory, stage_id, error);

  if (lock == NULL)
    return FALSE;

  return !dw_stage_lock_try_work (lock) ||
         dw_stage_containers_retire (tools->engine, tools->store, stage_id, cancellable, error);
}

/* Keeps the first of several problems. A row that is gone meanwhile needs nothing any more. */
static void
take_problem (GError **first, GError *problem)
{
  if (problem == NULL)
    return;

  if (*first == NULL && !g_error_matches (problem, DW_STORE_ERROR, DW_STORE_ERROR_NOT_FOUND))
    *first = problem;
  else
    g_error_free (problem);
}

/**
 * dw_recovery_settle_all:
 * @tools: what to work with
 * @settled: (nullable) (element-type DwDeploy): gets those that are settled, also when others are
 * not
 * @cancellable: (nullable): ends the requests
 * @error: the first DW_ENGINE_ERROR, DW_STORE_ERROR or G_FILE_ERROR; what can be settled is
 *
 * Settles every deploy that was interrupted, in any process, and retires what is left over in any
 * stage. What somebody works on, or has waiting, is left alone.
 *
 * Returns: whether there is nothing left to settle
 */
gboolean
dw_recovery_settle_all (const DwDeployTools *tools,
                        GPtrArray *settled,
                        GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (GError) first = NULL;
  g_autoptr (GPtrArray) deploys = dw_store_list_unfinished_deploys (tools->store, error);
  g_autoptr (GPtrArray)
      stages = deploys != NULL ? dw_store_list (tools->store, DW_TYPE_STAGE, error) : NULL;

  if (stages == NULL)
    return FALSE;

  for (guint i = 0; i < deploys->len && !g_cancellable_is_cancelled (cancellable); i++)
    {
      GError *problem = NULL;

      settle_if_interrupted (tools, g_ptr_array_index (deploys, i), settled, cancellable, &problem);
      take_problem (&first, problem);
    }
  for (guint i = 0; i < stages->len && !g_cancellable_is_cancelled (cancellable); i++)
    {
      GError *problem = NULL;

      retire_left_over (tools, g_ptr_array_index (stages, i), cancellable, &problem);
      take_problem (&first, problem);
    }

  if (first == NULL)
    return !g_cancellable_set_error_if_cancelled (cancellable, error);

  g_propagate_error (error, g_steal_pointer (&first));
  return FALSE;
}
