/* dw-deploy-pipeline.c: from a request to an instance that serves
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Straight-line code: each phase is one function, and each writes to the store what it is about to
 * do before it does it, so that dw-recovery.c can set right whatever a crash leaves.
 */

#include "config.h"

#include "deploy/dw-deploy-pipeline.h"

#include <glib/gi18n-lib.h>

#include "deploy/dw-deploy-error.h"
#include "deploy/dw-deploy-image.h"
#include "deploy/dw-deploy-job-private.h"
#include "deploy/dw-deploy-release.h"
#include "deploy/dw-deploy-run.h"
#include "deploy/dw-deploy-traffic.h"
#include "deploy/dw-health-gate.h"
#include "deploy/dw-problem.h"
#include "deploy/dw-recovery.h"
#include "deploy/dw-stage-containers.h"
#include "model/dw-enum-types.h"

/* How much of a failed container's output goes into the log. */
#define FAILURE_OUTPUT_LINES 50
/* How long the end of a deploy, which nothing cancels, waits for the previous instance to answer.
 */
#define RESTART_LIMIT_MS (10 * 1000)

static gboolean
load (DwDeployRun *run, GError **error)
{
  DwStore *store = run->tools->store;

  run->stage = dw_store_get (store, DW_TYPE_STAGE, dw_deploy_get_stage_id (run->deploy), error);
  if (run->stage == NULL)
    return FALSE;
  run->project = dw_store_get (store, DW_TYPE_PROJECT, dw_deploy_get_project_id (run->deploy),
                               error);
  if (run->project == NULL)
    return FALSE;
  run->settings = dw_store_get_settings (store, error);
  if (run->settings == NULL)
    return FALSE;
  run->image = dw_image_reference_parse (dw_deploy_get_image (run->deploy), error);
  if (run->image == NULL)
    return FALSE;
  run->route = dw_stage_route_new (run->tools, run->settings, run->project, run->stage);

  if (dw_stage_get_current_instance_id (run->stage) != NULL)
    {
      run->previous = dw_store_get (store, DW_TYPE_INSTANCE,
                                    dw_stage_get_current_instance_id (run->stage), error);
      if (run->previous == NULL)
        return FALSE;
    }

  return TRUE;
}

/* The stage's lock is ours, so nobody works on what is past pending there: it was interrupted. */
static gboolean
settle_interrupted (DwDeployRun *run, GError **error)
{
  g_autoptr (GPtrArray) deploys = dw_store_list_unfinished_deploys (run->tools->store, error);

  for (guint i = 0; deploys != NULL && i < deploys->len; i++)
    {
      DwDeploy *other = g_ptr_array_index (deploys, i);

      if (g_strcmp0 (dw_deploy_get_stage_id (other), dw_deploy_get_stage_id (run->deploy)) == 0 &&
          dw_deploy_get_status (other) != DW_DEPLOY_PENDING &&
          !dw_recovery_settle_deploy (run->tools, other, run->cancellable, error))
        return FALSE;
    }

  return deploys != NULL;
}

/* Those of this process have given way in the deployer already. In another process a newer one may
 * have had the lock first, and be over. */
static gboolean
give_way (DwDeployRun *run, GError **error)
{
  g_autoptr (GPtrArray) deploys = dw_store_list_stage_deploys (
      run->tools->store, dw_deploy_get_stage_id (run->deploy), 1, error);

  if (deploys == NULL)
    return FALSE;
  if (deploys->len == 0 || g_strcmp0 (dw_entity_get_id (g_ptr_array_index (deploys, 0)),
                                      dw_deploy_run_get_id (run)) == 0)
    return TRUE;

  g_set_error_literal (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_SUPERSEDED,
                       _ ("A newer request for the same stage took its place"));
  return FALSE;
}

/* A route needs no fixed port, and two instances that stand beside each other cannot have one. */
static guint16
get_host_port (DwDeployRun *run)
{
  return run->route != NULL ? 0 : (guint16) dw_stage_get_host_port (run->stage);
}

/* A retired instance of the same digest that listens where the stage wants it, for a rollback. */
static gboolean
find_kept_instance (DwDeployRun *run, GError **error)
{
  g_autofree char *host_port = g_strdup_printf ("%u", get_host_port (run));
  g_autoptr (GPtrArray) instances = dw_store_list_instances (
      run->tools->store, dw_deploy_get_stage_id (run->deploy), error);

  for (guint i = 0; run->instance == NULL && instances != NULL && i < instances->len; i++)
    {
      DwInstance *instance = g_ptr_array_index (instances, i);
      g_autoptr (DwContainer) container = NULL;

      if (dw_instance_get_status (instance) != DW_INSTANCE_STOPPED ||
          g_strcmp0 (dw_instance_get_digest (instance), run->digest) != 0 ||
          g_strcmp0 (dw_entity_get_id (DW_ENTITY (instance)),
                     dw_stage_get_current_instance_id (run->stage)) == 0)
        continue;

      if (!dw_stage_containers_find (run->tools->engine, instance, &container, run->cancellable,
                                     error))
        return FALSE;
      if (container != NULL &&
          g_strcmp0 (g_hash_table_lookup (container->labels, DW_LABEL_HOST_PORT), host_port) == 0)
        {
          run->instance = g_object_ref (instance);
          run->container_id = g_strdup (container->id);
          run->is_kept_instance = TRUE;
          dw_deploy_run_logf (run, DW_LOG_INFO, _ ("Bringing back the kept container %s"),
                              container->name);
        }
    }

  return instances != NULL;
}

static DwContainerSpec *
make_spec (DwDeployRun *run, const DwImage *image, GError **error)
{
  g_autofree char *network = dw_stage_route_choose_network (run->settings, run->project);
  g_autoptr (DwContainerSpec)
      spec = dw_stage_containers_make_spec (run->project, run->stage, run->instance, image,
                                            run->reference, network, get_host_port (run), error);

  if (spec == NULL)
    g_prefix_error (error, _ ("No container can be made for the stage “%s” of “%s”: "),
                    dw_stage_get_name (run->stage), dw_project_get_name (run->project));

  if (spec != NULL && run->route != NULL)
    spec->other_address = dw_stage_route_choose_publish_address (run->settings);

  return g_steal_pointer (&spec);
}

static gboolean
make_instance (DwDeployRun *run, const DwImage *image, GError **error)
{
  g_autofree char *unique = g_strndup (dw_deploy_run_get_id (run), 8);
  g_autofree char *name = g_strdup_printf ("%s-%s-%s", dw_project_get_name (run->project),
                                           dw_stage_get_name (run->stage), unique);

  run->instance = g_object_new (DW_TYPE_INSTANCE, "stage-id", dw_deploy_get_stage_id (run->deploy),
                                "deploy-id", dw_deploy_run_get_id (run), "container-name", name,
                                "image", dw_deploy_get_image (run->deploy), "tag",
                                dw_deploy_get_tag (run->deploy), "digest", run->digest, NULL);
  if (!dw_store_create (run->tools->store, DW_ENTITY (run->instance), error))
    {
      g_clear_object (&run->instance);
      return FALSE;
    }

  g_autoptr (DwContainerSpec) spec = make_spec (run, image, error);
  if (spec == NULL)
    return FALSE;

  /* A cancel waits for the end of it: what the engine makes later nobody would remove. */
  run->container_id = dw_engine_create_container (run->tools->engine, spec, NULL, error);
  if (run->container_id == NULL)
    return FALSE;

  dw_deploy_run_logf (run, DW_LOG_INFO, _ ("Created the container %s"), name);
  g_object_set (run->instance, "container-id", run->container_id, NULL);

  return dw_store_update (run->tools->store, DW_ENTITY (run->instance), error);
}

/* A version that served before found the ground prepared, and finds it so again. */
static gboolean
release (DwDeployRun *run, const DwImage *image, GError **error)
{
  g_autoptr (DwContainerSpec) spec = NULL;

  if (dw_stage_get_release_command (run->stage) == NULL ||
      dw_deploy_get_trigger (run->deploy) == DW_TRIGGER_ROLLBACK)
    return TRUE;

  spec = make_spec (run, image, error);
  return spec != NULL && dw_deploy_release_run (run, spec, error);
}

/* Two containers cannot have one port: without a proxy the old one makes room. */
static gboolean
make_room (DwDeployRun *run, GError **error)
{
  int host_port = get_host_port (run);
  g_autoptr (DwContainer) container = NULL;

  if (run->previous == NULL || host_port == 0 ||
      dw_instance_get_host_port (run->previous) != host_port)
    return TRUE;

  if (!dw_stage_containers_find (run->tools->engine, run->previous, &container, run->cancellable,
                                 error))
    return FALSE;
  if (container == NULL || container->state != DW_CONTAINER_RUNNING)
    return TRUE;

  dw_deploy_run_logf (run, DW_LOG_INFO, _ ("Stopping the container %s to free the port %d"),
                      container->name, host_port);
  run->has_stopped_previous = TRUE;

  /* A cancel waits for the end of it: the engine would go on stopping what was started again. */
  return dw_engine_stop_container (run->tools->engine, container->id, -1, NULL, error) &&
         !g_cancellable_set_error_if_cancelled (run->cancellable, error);
}

static gboolean
start (DwDeployRun *run, const DwImage *image, GError **error)
{
  if (!dw_deploy_run_enter (run, DW_DEPLOY_STARTING, error))
    return FALSE;
  if (dw_deploy_get_trigger (run->deploy) == DW_TRIGGER_ROLLBACK &&
      !find_kept_instance (run, error))
    return FALSE;
  if (run->route != NULL && !dw_stage_route_prepare_network (run->route, run->cancellable, error))
    return FALSE;
  if (run->instance == NULL && !make_instance (run, image, error))
    return FALSE;
  if (!dw_store_set_deploy_instance (run->tools->store, dw_deploy_run_get_id (run),
                                     dw_entity_get_id (DW_ENTITY (run->instance)), error) ||
      !release (run, image, error) || !make_room (run, error))
    return FALSE;

  run->has_started_instance = TRUE;
  if (!dw_stage_containers_start (run->tools->engine, run->tools->store, run->instance,
                                  run->cancellable, error))
    return FALSE;

  if (dw_instance_get_host_port (run->instance) != 0)
    dw_deploy_run_logf (run, DW_LOG_INFO, _ ("Started on the port %d of this machine"),
                        dw_instance_get_host_port (run->instance));
  else
    dw_deploy_run_log (run, DW_LOG_INFO, _ ("Started"));

  return TRUE;
}

static gboolean
check_health (DwDeployRun *run, GError **error)
{
  return dw_deploy_run_enter (run, DW_DEPLOY_HEALTH_CHECKING, error) &&
         dw_health_gate_pass (run->tools->engine, run->project, run->container_id,
                              (guint16) dw_instance_get_host_port (run->instance), 0,
                              dw_deploy_run_log_attempt, run, run->cancellable, error);
}

/* Whether a person has gone back from what served before: then watching is not to go forward again
 * by itself. */
static gboolean
went_back (DwDeployRun *run)
{
  DwTrigger trigger = dw_deploy_get_trigger (run->deploy);
  const char *tag = dw_deploy_get_tag (run->deploy);
  const char *previous_tag = run->previous != NULL ? dw_instance_get_tag (run->previous) : NULL;
  g_autoptr (DwTagPolicy) policy = NULL;

  if (run->previous == NULL || trigger == DW_TRIGGER_WATCH || trigger == DW_TRIGGER_WEBHOOK ||
      g_strcmp0 (dw_instance_get_digest (run->previous), run->digest) == 0)
    return FALSE;
  if (trigger == DW_TRIGGER_ROLLBACK)
    return TRUE;

  policy = tag != NULL && previous_tag != NULL ? dw_stage_read_policy (run->stage, NULL) : NULL;

  return policy != NULL && dw_tag_policy_compare (policy, tag, previous_tag) < 0;
}

static gboolean
store_success (DwStore *store, gpointer user_data, GError **error)
{
  DwDeployRun *run = user_data;
  const char *stage_id = dw_deploy_get_stage_id (run->deploy);

  if (!dw_store_release_version (store, stage_id, run->digest, error) ||
      (went_back (run) &&
       !dw_store_hold_version (store, stage_id, dw_instance_get_tag (run->previous),
                               dw_instance_get_digest (run->previous), DW_HOLD_ROLLED_BACK, error)))
    return FALSE;

  return dw_store_set_stage_current_instance (store, dw_deploy_get_stage_id (run->deploy),
                                              dw_entity_get_id (DW_ENTITY (run->instance)),
                                              error) &&
         dw_store_set_deploy_status (store, dw_deploy_run_get_id (run), DW_DEPLOY_SUCCESS, NULL,
                                     error);
}

static gboolean
run_phases (DwDeployRun *run, GError **error)
{
  g_autoptr (DwImage) image = NULL;

  if (!give_way (run, error) || !settle_interrupted (run, error) || !load (run, error) ||
      !dw_deploy_image_resolve (run, error))
    return FALSE;
  image = dw_deploy_image_pull (run, error);
  if (image == NULL || !start (run, image, error) || !check_health (run, error) ||
      !dw_deploy_traffic_move (run, error))
    return FALSE;

  /* From here on it is done: a cancel that comes now comes too late. */
  return dw_store_transact (run->tools->store, store_success, run, error);
}

/* The new instance serves; that an old one does not stop is a pity, not a failure. */
static void
retire_others (DwDeployRun *run)
{
  g_autoptr (GError) problem = NULL;

  run->phase = DW_DEPLOY_SUCCESS;
  dw_deploy_job_post_status (run->job, DW_DEPLOY_SUCCESS);
  dw_deploy_run_logf (run, DW_LOG_INFO, _ ("Healthy and serving after %.1f s"),
                      (double) (g_get_monotonic_time () - run->started_at_us) / G_USEC_PER_SEC);

  dw_deploy_traffic_drain (run);
  if (!dw_stage_containers_retire (run->tools->engine, run->tools->store,
                                   dw_deploy_get_stage_id (run->deploy), NULL, &problem))
    dw_deploy_run_logf (run, DW_LOG_WARNING, _ ("The previous instance could not be retired: %s"),
                        problem->message);
}

/* A container that never got to run said nothing. */
typedef struct
{
  DwDeployRun *run;
  gboolean has_lines;
} Output;

static gboolean
on_output_line (const char *line, gboolean is_stderr, gpointer user_data)
{
  Output *output = user_data;

  if (!output->has_lines)
    dw_deploy_run_log (output->run, DW_LOG_INFO, _ ("The last output of the container:"));
  output->has_lines = TRUE;
  dw_deploy_run_logf (output->run, is_stderr ? DW_LOG_WARNING : DW_LOG_INFO, "%s%s", "│ ", line);

  return TRUE;
}

static void
copy_output (DwDeployRun *run)
{
  g_autoptr (GError) problem = NULL;
  Output output = { .run = run };

  if (!dw_engine_read_logs (run->tools->engine, run->container_id, FAILURE_OUTPUT_LINES, FALSE,
                            on_output_line, &output, NULL, &problem))
    dw_deploy_run_logf (run, DW_LOG_WARNING, _ ("The output of the container cannot be read: %s"),
                        problem->message);
}

static void
undo_instance (DwDeployRun *run)
{
  g_autoptr (GError) problem = NULL;
  gboolean is_undone = run->is_kept_instance
                           ? dw_stage_containers_stop (run->tools->engine, run->tools->store,
                                                       run->instance, NULL, &problem)
                           : dw_stage_containers_remove (run->tools->engine, run->tools->store,
                                                         run->instance, NULL, &problem);

  if (!is_undone)
    dw_deploy_run_logf (run, DW_LOG_WARNING, _ ("The new container could not be taken away: %s"),
                        problem->message);
}

/* Whether the previous instance runs again. It had served before, so that it does not pass the
 * health check this time is said and changes nothing; but whoever hears of the end may ask it at
 * once. */
static gboolean
restart_previous (DwDeployRun *run)
{
  g_autoptr (GError) problem = NULL;

  if (!dw_stage_containers_start (run->tools->engine, run->tools->store, run->previous, NULL,
                                  &problem))
    {
      dw_deploy_run_logf (run, DW_LOG_ERROR,
                          _ ("The previous instance could not be started again: %s"),
                          problem->message);
      return FALSE;
    }

  if (dw_health_gate_pass (run->tools->engine, run->project,
                           dw_instance_get_container_id (run->previous),
                           (guint16) dw_instance_get_host_port (run->previous), RESTART_LIMIT_MS,
                           dw_deploy_run_log_attempt, run, NULL, &problem))
    dw_deploy_run_logf (run, DW_LOG_INFO, _ ("The previous instance %s serves again"),
                        dw_instance_get_container_name (run->previous));
  else
    dw_deploy_run_logf (run, DW_LOG_WARNING, _ ("The previous instance %s runs again, but: %s"),
                        dw_instance_get_container_name (run->previous), problem->message);

  return TRUE;
}

/* Whether the version itself is at fault, so that the same would come of trying it again. That an
 * engine or a registry was away, that something else has the port, or that somebody cancelled, says
 * nothing of it. */
static gboolean
is_of_the_version (DwDeployRun *run, const GError *reason)
{
  if (reason->domain == DW_ENGINE_ERROR)
    return run->instance != NULL && dw_problem_classify (reason) == DW_PROBLEM_FAILED &&
           !g_error_matches (reason, DW_ENGINE_ERROR, DW_ENGINE_ERROR_PORT_IN_USE);

  return g_error_matches (reason, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_UNHEALTHY) ||
         g_error_matches (reason, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_EXITED) ||
         g_error_matches (reason, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_PLATFORM) ||
         g_error_matches (reason, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_RELEASE) ||
         g_error_matches (reason, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_NO_PORT);
}

/* Watching does not try it again by itself. */
static void
hold_version (DwDeployRun *run)
{
  g_autoptr (GError) problem = NULL;

  if (!dw_store_hold_version (run->tools->store, dw_deploy_get_stage_id (run->deploy),
                              dw_deploy_get_tag (run->deploy), run->digest, DW_HOLD_FAILED,
                              &problem))
    dw_deploy_run_logf (run, DW_LOG_WARNING, _ ("It cannot be stored that this version failed: %s"),
                        problem->message);
}

static void
write_failure (DwDeployRun *run, DwDeployStatus status, const GError *reason)
{
  g_autoptr (GError) problem = NULL;
  gboolean is_cancelled = g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  const char *message = is_cancelled ? _ ("Cancelled") : reason->message;

  dw_deploy_run_log (run, is_cancelled ? DW_LOG_WARNING : DW_LOG_ERROR, message);
  if (!dw_store_set_deploy_status (run->tools->store, dw_deploy_run_get_id (run), status, message,
                                   &problem))
    dw_deploy_run_logf (run, DW_LOG_WARNING, _ ("The end of the deploy cannot be stored: %s"),
                        problem->message);
  dw_deploy_job_post_status (run->job, status);
}

/* The stage is not as it was, which is more than that the deploy failed. */
static void
add_loss (DwDeployRun *run, GError **reason)
{
  gboolean is_cancelled = g_error_matches (*reason, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  GError *loss = g_error_new (
      DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_NOT_RESTORED,
      /* Translators: why a deploy failed, and the name of a container */
      _ ("%s; and the previous instance %s, which was stopped for it, could not be started again: "
         "start it when the engine answers, or deploy again"),
      is_cancelled ? _ ("Cancelled") : (*reason)->message,
      dw_instance_get_container_name (run->previous));

  g_error_free (*reason);
  *reason = loss;
}

/* Takes back what was done, in the reverse order, and not to be cancelled. */
static void
revert (DwDeployRun *run, GError **reason)
{
  DwDeployStatus status = DW_DEPLOY_FAILED;

  if (run->digest != NULL && is_of_the_version (run, *reason))
    hold_version (run);
  if (run->has_started_instance && !g_error_matches (*reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    copy_output (run);
  dw_deploy_traffic_take_back (run);
  if (run->instance != NULL)
    undo_instance (run);
  if (run->has_moved_route)
    status = DW_DEPLOY_ROLLED_BACK;
  if (run->has_stopped_previous && restart_previous (run))
    status = DW_DEPLOY_ROLLED_BACK;
  else if (run->has_stopped_previous)
    add_loss (run, reason);

  write_failure (run, status, *reason);
}

/**
 * dw_deploy_pipeline_run:
 * @tools: what to work with
 * @job: whom to report to; its cancellable ends the deploy in any phase
 * @deploy: (transfer none): a pending deploy that is in the store
 * @lock: its stage's lock, in whose queue the deploy stands; the stage is locked when this returns
 * @error: why the deploy did not succeed, which its row in the store says as well
 *
 * Waits until the stage is free, and deploys. When it fails, the stage is as it was.
 *
 * Returns: whether the new instance serves
 */
gboolean
dw_deploy_pipeline_run (const DwDeployTools *tools,
                        DwDeployJob *job,
                        DwDeploy *deploy,
                        DwStageLock *lock,
                        GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_auto (DwDeployRun) run = {
    .tools = tools,
    .job = job,
    .cancellable = dw_deploy_job_get_cancellable (job),
    .deploy = g_object_ref (deploy),
    .phase = DW_DEPLOY_PENDING,
    .started_at_us = g_get_monotonic_time (),
  };

  if (!dw_stage_lock_try_work (lock))
    {
      dw_deploy_run_log (&run, DW_LOG_INFO,
                         _ ("Waiting for another deploy or action on the stage"));
      dw_stage_lock_work (lock, run.cancellable, &reason);
    }

  if (reason == NULL && run_phases (&run, &reason))
    {
      retire_others (&run);
      return TRUE;
    }

  revert (&run, &reason);
  g_propagate_error (error, g_steal_pointer (&reason));

  return FALSE;
}

/**
 * dw_deploy_pipeline_drop:
 * @tools: what to work with
 * @job: whom to report to
 * @deploy: (transfer none): a pending deploy whose turn never came
 * @reason: why not
 *
 * Ends the deploy as failed; the stage was not touched.
 */
void
dw_deploy_pipeline_drop (const DwDeployTools *tools,
                         DwDeployJob *job,
                         DwDeploy *deploy,
                         const GError *reason)
{
  g_auto (DwDeployRun) run = {
    .tools = tools,
    .job = job,
    .deploy = g_object_ref (deploy),
    .phase = DW_DEPLOY_PENDING,
  };

  write_failure (&run, DW_DEPLOY_FAILED, reason);
}
