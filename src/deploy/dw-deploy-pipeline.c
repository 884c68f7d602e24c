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
#include <sys/utsname.h>

#include "deploy/dw-deploy-job-private.h"
#include "deploy/dw-health-gate.h"
#include "deploy/dw-problem.h"
#include "deploy/dw-recovery.h"
#include "deploy/dw-stage-containers.h"
#include "model/dw-enum-types.h"
#include "model/dw-tag-policy.h"

/* How much of a failed container's output goes into the log. */
#define FAILURE_OUTPUT_LINES 50
/* The shortest time between two reports of a pull's progress. */
#define PULL_REPORT_INTERVAL_US (100 * 1000)
/* How long the end of a deploy, which nothing cancels, waits for the previous instance to answer.
 */
#define RESTART_LIMIT_MS (10 * 1000)

/* One deploy being run. */
typedef struct
{
  const DwDeployTools *tools;
  DwDeployJob *job;
  GCancellable *cancellable;
  DwDeploy *deploy;
  DwDeployStatus phase;
  gint64 started_at_us;

  DwStage *stage;
  DwProject *project;
  DwSettings *settings;
  DwImageReference *image;
  DwInstance *previous; /* nullable: what serves before */
  char *digest;
  char *reference; /* the image by digest, for the engine */

  DwInstance *instance; /* what is to serve */
  char *container_id;
  gboolean is_kept_instance;     /* it served before, and was kept */
  gboolean has_started_instance; /* so that its output is worth a look when it fails */
  gboolean has_stopped_previous;
  gint64 last_pull_report_us;
} Run;

static void
clear_run (Run *run)
{
  g_clear_object (&run->deploy);
  g_clear_object (&run->stage);
  g_clear_object (&run->project);
  g_clear_object (&run->settings);
  g_clear_pointer (&run->image, dw_image_reference_unref);
  g_clear_object (&run->previous);
  g_clear_pointer (&run->digest, g_free);
  g_clear_pointer (&run->reference, g_free);
  g_clear_object (&run->instance);
  g_clear_pointer (&run->container_id, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, clear_run)

static const char *
deploy_id (Run *run)
{
  return dw_entity_get_id (DW_ENTITY (run->deploy));
}

/* A line for the store and for who watches. A line that cannot be stored does not end a deploy. */
static void
write_log (Run *run, DwLogLevel level, const char *message)
{
  g_autoptr (GError) problem = NULL;

  if (!dw_store_append_log (run->tools->store, deploy_id (run), level, run->phase, message,
                            &problem))
    g_message ("A log line of the deploy %s is lost: %s", deploy_id (run), problem->message);
  dw_deploy_job_post_log (run->job, level, run->phase, message);
}

static void G_GNUC_PRINTF (3, 4) write_logf (Run *run, DwLogLevel level, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *message = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  write_log (run, level, message);
}

static gboolean
enter_phase (Run *run, DwDeployStatus phase, GError **error)
{
  if (g_cancellable_set_error_if_cancelled (run->cancellable, error) ||
      !dw_store_set_deploy_status (run->tools->store, deploy_id (run), phase, NULL, error))
    return FALSE;

  run->phase = phase;
  dw_deploy_job_post_status (run->job, phase);

  return TRUE;
}

static gboolean
load (Run *run, GError **error)
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
settle_interrupted (Run *run, GError **error)
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
give_way (Run *run, GError **error)
{
  g_autoptr (GPtrArray) deploys = dw_store_list_stage_deploys (
      run->tools->store, dw_deploy_get_stage_id (run->deploy), 1, error);

  if (deploys == NULL)
    return FALSE;
  if (deploys->len == 0 ||
      g_strcmp0 (dw_entity_get_id (g_ptr_array_index (deploys, 0)), deploy_id (run)) == 0)
    return TRUE;

  g_set_error_literal (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_SUPERSEDED,
                       _ ("A newer request for the same stage took its place"));
  return FALSE;
}

static char *
choose_tag (Run *run, GError **error)
{
  g_autoptr (DwTagPolicy) policy = dw_stage_read_policy (run->stage, error);
  if (policy == NULL)
    return NULL;

  g_auto (GStrv) tags = dw_registries_list_tags (run->tools->registries,
                                                 dw_project_get_registry_id (run->project),
                                                 run->image, run->cancellable, error);
  if (tags == NULL)
    return NULL;

  const char *newest = dw_tag_policy_find_newest (policy, (const char *const *) tags);
  if (newest == NULL)
    g_set_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_NO_TAG,
                 _ ("None of the %u tags of %s matches %s:%s; name a tag, or change the stage's "
                    "policy"),
                 g_strv_length (tags), dw_deploy_get_image (run->deploy),
                 dw_enum_to_nick (DW_TYPE_TAG_POLICY_KIND, dw_tag_policy_get_kind (policy)),
                 dw_tag_policy_get_pattern (policy));

  return g_strdup (newest);
}

static gboolean
resolve (Run *run, GError **error)
{
  g_autofree char *tag = g_strdup (dw_deploy_get_tag (run->deploy));

  run->digest = g_strdup (dw_deploy_get_digest (run->deploy));
  if (run->digest == NULL)
    {
      if (tag == NULL && (tag = choose_tag (run, error)) == NULL)
        return FALSE;

      run->digest = dw_registries_resolve (run->tools->registries,
                                           dw_project_get_registry_id (run->project), run->image,
                                           tag, run->cancellable, error);
      if (run->digest == NULL ||
          !dw_store_set_deploy_target (run->tools->store, deploy_id (run), tag, run->digest, error))
        return FALSE;
      write_logf (run, DW_LOG_INFO, _ ("The tag %s stands for %s"), tag, run->digest);
    }

  g_autoptr (DwImageReference)
      by_digest = dw_image_reference_with_digest (run->image, run->digest, error);
  if (by_digest == NULL)
    return FALSE;
  run->reference = dw_image_reference_to_string (by_digest);
  g_object_set (run->deploy, "tag", tag, "digest", run->digest, NULL);

  return TRUE;
}

/* What this machine's processor runs without emulation. */
static gboolean
runs_natively (const char *engine_architecture, const char *image_architecture)
{
  return *image_architecture == '\0' || g_str_equal (engine_architecture, image_architecture) ||
         (g_str_equal (engine_architecture, "amd64") && g_str_equal (image_architecture, "386")) ||
         (g_str_equal (engine_architecture, "arm64") && g_str_equal (image_architecture, "arm"));
}

/* An engine behind a socket of this machine runs what this machine runs, in a virtual machine too;
 * to ask it costs as much as everything else before the start. */
static gboolean
runs_here (Run *run, const DwImage *image)
{
  struct utsname machine;

  return g_str_has_prefix (dw_engine_get_address (run->tools->engine), "unix:") &&
         g_str_equal (image->os, "linux") && uname (&machine) == 0 &&
         ((g_str_equal (machine.machine, "x86_64") && g_str_equal (image->architecture, "amd64")) ||
          (g_str_equal (machine.machine, "aarch64") && g_str_equal (image->architecture, "arm64")));
}

static gboolean
check_platform (Run *run, const DwImage *image, GError **error)
{
  g_autoptr (DwEngineInfo) info = NULL;

  if (runs_here (run, image))
    return TRUE;

  info = dw_engine_get_info (run->tools->engine, run->cancellable, error);
  if (info == NULL)
    return FALSE;
  if (runs_natively (info->architecture, image->architecture) &&
      (*image->os == '\0' || g_str_equal (info->os, image->os)))
    return TRUE;

  g_set_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_PLATFORM,
               _ ("The image is for %s/%s, and this engine runs %s/%s; push an image that is built "
                  "for it"),
               image->os, image->architecture, info->os, info->architecture);
  return FALSE;
}

static void
on_pull_progress (const char *status, gint64 done, gint64 total, gpointer user_data)
{
  Run *run = user_data;
  gint64 now_us = g_get_monotonic_time ();

  if (now_us - run->last_pull_report_us < PULL_REPORT_INTERVAL_US && done < total)
    return;

  run->last_pull_report_us = now_us;
  dw_deploy_job_post_pull (run->job, done, total);
}

/* The engine's account of the image, pulled when it was not there; NULL with an error if it fails.
 */
static DwImage *
pull (Run *run, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GError) no_helper = NULL;
  g_autoptr (DwImage) image = NULL;
  g_autofree char *auth = NULL;

  if (!enter_phase (run, DW_DEPLOY_PULLING, error))
    return NULL;

  image = dw_engine_inspect_image (run->tools->engine, run->reference, run->cancellable, &problem);
  if (image != NULL)
    {
      write_log (run, DW_LOG_INFO, _ ("The engine has the image already"));
    }
  else
    {
      if (!g_error_matches (problem, DW_ENGINE_ERROR, DW_ENGINE_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return NULL;
        }
      write_logf (run, DW_LOG_INFO, _ ("Pulling %s"), run->reference);
      if (!dw_registries_get_engine_auth (run->tools->registries,
                                          dw_project_get_registry_id (run->project), run->image,
                                          &auth, &no_helper, run->cancellable, error))
        return NULL;
      if (!dw_engine_pull_image (run->tools->engine, run->reference, auth, on_pull_progress, run,
                                 run->cancellable, error))
        {
          dw_registries_explain_refusal (no_helper, error);
          return NULL;
        }
      image = dw_engine_inspect_image (run->tools->engine, run->reference, run->cancellable, error);
    }

  return image != NULL && check_platform (run, image, error) ? g_steal_pointer (&image) : NULL;
}

/* A retired instance of the same digest that listens where the stage wants it, for a rollback. */
static gboolean
find_kept_instance (Run *run, GError **error)
{
  g_autofree char *host_port = g_strdup_printf ("%d", dw_stage_get_host_port (run->stage));
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
          write_logf (run, DW_LOG_INFO, _ ("Bringing back the kept container %s"), container->name);
        }
    }

  return instances != NULL;
}

static gboolean
make_instance (Run *run, const DwImage *image, GError **error)
{
  g_autofree char *unique = g_strndup (deploy_id (run), 8);
  g_autofree char *name = g_strdup_printf ("%s-%s-%s", dw_project_get_name (run->project),
                                           dw_stage_get_name (run->stage), unique);

  run->instance = g_object_new (DW_TYPE_INSTANCE, "stage-id", dw_deploy_get_stage_id (run->deploy),
                                "deploy-id", deploy_id (run), "container-name", name, "image",
                                dw_deploy_get_image (run->deploy), "tag",
                                dw_deploy_get_tag (run->deploy), "digest", run->digest, NULL);
  if (!dw_store_create (run->tools->store, DW_ENTITY (run->instance), error))
    {
      g_clear_object (&run->instance);
      return FALSE;
    }

  g_autoptr (DwContainerSpec) spec = dw_stage_containers_make_spec (
      run->project, run->stage, run->settings, run->instance, image, run->reference, error);
  if (spec == NULL)
    {
      g_prefix_error (error, _ ("No container can be made for the stage “%s” of “%s”: "),
                      dw_stage_get_name (run->stage), dw_project_get_name (run->project));
      return FALSE;
    }

  /* A cancel waits for the end of it: what the engine makes later nobody would remove. */
  run->container_id = dw_engine_create_container (run->tools->engine, spec, NULL, error);
  if (run->container_id == NULL)
    return FALSE;

  write_logf (run, DW_LOG_INFO, _ ("Created the container %s"), name);
  g_object_set (run->instance, "container-id", run->container_id, NULL);

  return dw_store_update (run->tools->store, DW_ENTITY (run->instance), error);
}

/* Two containers cannot have one port: without a proxy the old one makes room. */
static gboolean
make_room (Run *run, GError **error)
{
  int host_port = dw_stage_get_host_port (run->stage);
  g_autoptr (DwContainer) container = NULL;

  if (run->previous == NULL || host_port == 0 ||
      dw_instance_get_host_port (run->previous) != host_port)
    return TRUE;

  if (!dw_stage_containers_find (run->tools->engine, run->previous, &container, run->cancellable,
                                 error))
    return FALSE;
  if (container == NULL || container->state != DW_CONTAINER_RUNNING)
    return TRUE;

  write_logf (run, DW_LOG_INFO, _ ("Stopping the container %s to free the port %d"),
              container->name, host_port);
  run->has_stopped_previous = TRUE;

  /* A cancel waits for the end of it: the engine would go on stopping what was started again. */
  return dw_engine_stop_container (run->tools->engine, container->id, -1, NULL, error) &&
         !g_cancellable_set_error_if_cancelled (run->cancellable, error);
}

static gboolean
start (Run *run, const DwImage *image, GError **error)
{
  if (!enter_phase (run, DW_DEPLOY_STARTING, error))
    return FALSE;
  if (dw_deploy_get_trigger (run->deploy) == DW_TRIGGER_ROLLBACK &&
      !find_kept_instance (run, error))
    return FALSE;
  if (run->instance == NULL && !make_instance (run, image, error))
    return FALSE;
  if (!dw_store_set_deploy_instance (run->tools->store, deploy_id (run),
                                     dw_entity_get_id (DW_ENTITY (run->instance)), error) ||
      !make_room (run, error))
    return FALSE;

  run->has_started_instance = TRUE;
  if (!dw_stage_containers_start (run->tools->engine, run->tools->store, run->instance,
                                  run->cancellable, error))
    return FALSE;

  if (dw_instance_get_host_port (run->instance) != 0)
    write_logf (run, DW_LOG_INFO, _ ("Started on the port %d of this machine"),
                dw_instance_get_host_port (run->instance));
  else
    write_log (run, DW_LOG_INFO, _ ("Started"));

  return TRUE;
}

static void
on_health_attempt (gboolean is_healthy, const char *outcome, gpointer user_data)
{
  write_log (user_data, is_healthy ? DW_LOG_INFO : DW_LOG_DEBUG, outcome);
}

static gboolean
check_health (Run *run, GError **error)
{
  return enter_phase (run, DW_DEPLOY_HEALTH_CHECKING, error) &&
         dw_health_gate_pass (run->tools->engine, run->project, run->container_id,
                              (guint16) dw_instance_get_host_port (run->instance), 0,
                              on_health_attempt, run, run->cancellable, error);
}

/* Whether a person has gone back from what served before: then watching is not to go forward again
 * by itself. */
static gboolean
went_back (Run *run)
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
  Run *run = user_data;
  const char *stage_id = dw_deploy_get_stage_id (run->deploy);

  if (!dw_store_release_version (store, stage_id, run->digest, error) ||
      (went_back (run) &&
       !dw_store_hold_version (store, stage_id, dw_instance_get_tag (run->previous),
                               dw_instance_get_digest (run->previous), DW_HOLD_ROLLED_BACK, error)))
    return FALSE;

  return dw_store_set_stage_current_instance (store, dw_deploy_get_stage_id (run->deploy),
                                              dw_entity_get_id (DW_ENTITY (run->instance)),
                                              error) &&
         dw_store_set_deploy_status (store, deploy_id (run), DW_DEPLOY_SUCCESS, NULL, error);
}

static gboolean
run_phases (Run *run, GError **error)
{
  g_autoptr (DwImage) image = NULL;

  if (!give_way (run, error) || !settle_interrupted (run, error) || !load (run, error) ||
      !resolve (run, error))
    return FALSE;
  image = pull (run, error);
  if (image == NULL || !start (run, image, error) || !check_health (run, error))
    return FALSE;

  /* From here on it is done: a cancel that comes now comes too late. */
  return dw_store_transact (run->tools->store, store_success, run, error);
}

/* The new instance serves; that an old one does not stop is a pity, not a failure. */
static void
retire_others (Run *run)
{
  g_autoptr (GError) problem = NULL;

  run->phase = DW_DEPLOY_SUCCESS;
  dw_deploy_job_post_status (run->job, DW_DEPLOY_SUCCESS);
  write_logf (run, DW_LOG_INFO, _ ("Healthy and serving after %.1f s"),
              (double) (g_get_monotonic_time () - run->started_at_us) / G_USEC_PER_SEC);

  if (!dw_stage_containers_retire (run->tools->engine, run->tools->store,
                                   dw_deploy_get_stage_id (run->deploy), NULL, &problem))
    write_logf (run, DW_LOG_WARNING, _ ("The previous instance could not be retired: %s"),
                problem->message);
}

/* A container that never got to run said nothing. */
typedef struct
{
  Run *run;
  gboolean has_lines;
} Output;

static gboolean
on_output_line (const char *line, gboolean is_stderr, gpointer user_data)
{
  Output *output = user_data;

  if (!output->has_lines)
    write_log (output->run, DW_LOG_INFO, _ ("The last output of the container:"));
  output->has_lines = TRUE;
  write_logf (output->run, is_stderr ? DW_LOG_WARNING : DW_LOG_INFO, "%s%s", "│ ", line);

  return TRUE;
}

static void
copy_output (Run *run)
{
  g_autoptr (GError) problem = NULL;
  Output output = { .run = run };

  if (!dw_engine_read_logs (run->tools->engine, run->container_id, FAILURE_OUTPUT_LINES, FALSE,
                            on_output_line, &output, NULL, &problem))
    write_logf (run, DW_LOG_WARNING, _ ("The output of the container cannot be read: %s"),
                problem->message);
}

static void
undo_instance (Run *run)
{
  g_autoptr (GError) problem = NULL;
  gboolean is_undone = run->is_kept_instance
                           ? dw_stage_containers_stop (run->tools->engine, run->tools->store,
                                                       run->instance, NULL, &problem)
                           : dw_stage_containers_remove (run->tools->engine, run->tools->store,
                                                         run->instance, NULL, &problem);

  if (!is_undone)
    write_logf (run, DW_LOG_WARNING, _ ("The new container could not be taken away: %s"),
                problem->message);
}

/* Whether the previous instance runs again. It had served before, so that it does not pass the
 * health check this time is said and changes nothing; but whoever hears of the end may ask it at
 * once. */
static gboolean
restart_previous (Run *run)
{
  g_autoptr (GError) problem = NULL;

  if (!dw_stage_containers_start (run->tools->engine, run->tools->store, run->previous, NULL,
                                  &problem))
    {
      write_logf (run, DW_LOG_ERROR, _ ("The previous instance could not be started again: %s"),
                  problem->message);
      return FALSE;
    }

  if (dw_health_gate_pass (run->tools->engine, run->project,
                           dw_instance_get_container_id (run->previous),
                           (guint16) dw_instance_get_host_port (run->previous), RESTART_LIMIT_MS,
                           on_health_attempt, run, NULL, &problem))
    write_logf (run, DW_LOG_INFO, _ ("The previous instance %s serves again"),
                dw_instance_get_container_name (run->previous));
  else
    write_logf (run, DW_LOG_WARNING, _ ("The previous instance %s runs again, but: %s"),
                dw_instance_get_container_name (run->previous), problem->message);

  return TRUE;
}

/* Whether the version itself is at fault, so that the same would come of trying it again. That an
 * engine or a registry was away, that something else has the port, or that somebody cancelled, says
 * nothing of it. */
static gboolean
is_of_the_version (Run *run, const GError *reason)
{
  if (reason->domain == DW_ENGINE_ERROR)
    return run->instance != NULL && dw_problem_classify (reason) == DW_PROBLEM_FAILED &&
           !g_error_matches (reason, DW_ENGINE_ERROR, DW_ENGINE_ERROR_PORT_IN_USE);

  return g_error_matches (reason, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_UNHEALTHY) ||
         g_error_matches (reason, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_EXITED) ||
         g_error_matches (reason, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_PLATFORM) ||
         g_error_matches (reason, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_NO_PORT);
}

/* Watching does not try it again by itself. */
static void
hold_version (Run *run)
{
  g_autoptr (GError) problem = NULL;

  if (!dw_store_hold_version (run->tools->store, dw_deploy_get_stage_id (run->deploy),
                              dw_deploy_get_tag (run->deploy), run->digest, DW_HOLD_FAILED,
                              &problem))
    write_logf (run, DW_LOG_WARNING, _ ("It cannot be stored that this version failed: %s"),
                problem->message);
}

static void
write_failure (Run *run, DwDeployStatus status, const GError *reason)
{
  g_autoptr (GError) problem = NULL;
  gboolean is_cancelled = g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  const char *message = is_cancelled ? _ ("Cancelled") : reason->message;

  write_log (run, is_cancelled ? DW_LOG_WARNING : DW_LOG_ERROR, message);
  if (!dw_store_set_deploy_status (run->tools->store, deploy_id (run), status, message, &problem))
    write_logf (run, DW_LOG_WARNING, _ ("The end of the deploy cannot be stored: %s"),
                problem->message);
  dw_deploy_job_post_status (run->job, status);
}

/* The stage is not as it was, which is more than that the deploy failed. */
static void
add_loss (Run *run, GError **reason)
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
revert (Run *run, GError **reason)
{
  DwDeployStatus status = DW_DEPLOY_FAILED;

  if (run->digest != NULL && is_of_the_version (run, *reason))
    hold_version (run);
  if (run->has_started_instance && !g_error_matches (*reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    copy_output (run);
  if (run->instance != NULL)
    undo_instance (run);
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
  g_auto (Run) run = {
    .tools = tools,
    .job = job,
    .cancellable = dw_deploy_job_get_cancellable (job),
    .deploy = g_object_ref (deploy),
    .phase = DW_DEPLOY_PENDING,
    .started_at_us = g_get_monotonic_time (),
  };

  if (!dw_stage_lock_try_work (lock))
    {
      write_log (&run, DW_LOG_INFO, _ ("Waiting for another deploy or action on the stage"));
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
  g_auto (Run) run = {
    .tools = tools,
    .job = job,
    .deploy = g_object_ref (deploy),
    .phase = DW_DEPLOY_PENDING,
  };

  write_failure (&run, DW_DEPLOY_FAILED, reason);
}
