/* dw-deploy-release.c: the stage's release command
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What prepares the ground for a new version, such as a migration of its database, runs once, in a
 * container of its own from the new image, while the old version serves. A deploy that was
 * interrupted is not taken up again, so it is never run twice for one.
 */

#include "config.h"

#include "deploy/dw-deploy-release.h"

#include <glib/gi18n-lib.h>

#include "deploy/dw-deploy-error.h"
#include "deploy/dw-pause.h"
#include "deploy/dw-stage-containers.h"

#define LABEL_RELEASE DW_LABEL_PREFIX "release"

#define POLL_MS 100
/* What more it says is not worth a row each. */
#define OUTPUT_LIMIT_LINES 5000

typedef struct
{
  DwDeployRun *run;
  const char *id;
  guint n_lines;
} Output;

static gboolean
on_line (const char *line, gboolean is_stderr, gpointer user_data)
{
  Output *output = user_data;

  if (++output->n_lines > OUTPUT_LIMIT_LINES)
    {
      dw_deploy_run_log (output->run, DW_LOG_WARNING, _ ("The rest of its output is left out"));
      return FALSE;
    }

  dw_deploy_run_logf (output->run, is_stderr ? DW_LOG_WARNING : DW_LOG_INFO, "%s%s", "│ ", line);
  return TRUE;
}

/* Follows the output to its end, which is that of the container. */
static gpointer
copy_output (gpointer user_data)
{
  Output *output = user_data;
  g_autoptr (GError) problem = NULL;

  if (!dw_engine_read_logs (output->run->tools->engine, output->id, 0, TRUE, on_line, output, NULL,
                            &problem))
    dw_deploy_run_logf (output->run, DW_LOG_WARNING, _ ("Its output cannot be read: %s"),
                        problem->message);

  return NULL;
}

/* Whether it has ended well in time. */
static gboolean
await_end (DwDeployRun *run, const char *id, GError **error)
{
  int limit_s = dw_stage_get_release_timeout_seconds (run->stage);
  gint64 ends_at_us = g_get_monotonic_time () + limit_s * G_TIME_SPAN_SECOND;

  for (;;)
    {
      g_autoptr (DwContainer)
          container = dw_engine_inspect_container (run->tools->engine, id, run->cancellable, error);

      if (container == NULL)
        return FALSE;
      if (container->state == DW_CONTAINER_EXITED || container->state == DW_CONTAINER_DEAD)
        {
          if (container->exit_code == 0)
            return TRUE;
          g_set_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_RELEASE,
                       container->was_oom_killed
                           ? _ ("The release command ended with exit status %d, killed for its "
                                "memory; its output is in the deploy's log")
                           : _ ("The release command ended with exit status %d; its output is in "
                                "the deploy's log"),
                       container->exit_code);
          return FALSE;
        }
      if (g_get_monotonic_time () >= ends_at_us)
        {
          g_set_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_RELEASE,
                       _ ("The release command did not end within %d s, and was stopped"), limit_s);
          return FALSE;
        }
      if (!dw_pause (POLL_MS, run->cancellable, error))
        return FALSE;
    }
}

static gboolean
run_container (DwDeployRun *run, const char *id, GError **error)
{
  Output output = { .run = run, .id = id };
  g_autoptr (GError) problem = NULL;

  if (!dw_engine_start_container (run->tools->engine, id, NULL, error))
    return FALSE;

  GThread *reader = g_thread_new ("release-output", copy_output, &output);
  gboolean has_ended = await_end (run, id, error);

  /* Nothing holds the reader up once it does not run. */
  if (!has_ended && !dw_engine_stop_container (run->tools->engine, id, 0, NULL, &problem))
    dw_deploy_run_logf (run, DW_LOG_WARNING, _ ("It could not be stopped: %s"), problem->message);
  g_thread_join (reader);

  return has_ended;
}

/**
 * dw_deploy_release_run:
 * @run: a deploy of a stage that has a release command
 * @spec: what the instance is made from: the image, environment, volumes and network are the same
 * @error: DW_DEPLOY_ERROR_RELEASE, a DW_ENGINE_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Runs the stage's release command to its end.
 *
 * Returns: whether it ended with 0
 */
gboolean
dw_deploy_release_run (DwDeployRun *run, DwContainerSpec *spec, GError **error)
{
  DwEngine *engine = run->tools->engine;
  const char *command = dw_stage_get_release_command (run->stage);
  gint64 began_at_us = g_get_monotonic_time ();
  g_autofree char *name = g_strconcat (spec->name, "-release", NULL);
  g_autofree char *id = NULL;
  g_autoptr (GError) problem = NULL;

  g_free (spec->name);
  spec->name = g_steal_pointer (&name);
  g_clear_pointer (&spec->command, g_strfreev);
  if (!g_shell_parse_argv (command, NULL, &spec->command, error))
    return FALSE;
  spec->port = 0;
  spec->host_port = 0;
  g_free (spec->restart_policy);
  spec->restart_policy = g_strdup ("no");
  /* It is nobody's instance. */
  g_hash_table_remove (spec->labels, DW_LABEL_INSTANCE);
  g_hash_table_insert (spec->labels, g_strdup (LABEL_RELEASE), g_strdup ("1"));

  dw_deploy_run_logf (run, DW_LOG_INFO, _ ("Running the release command: %s"), command);
  id = dw_engine_create_container (engine, spec, NULL, error);
  if (id == NULL)
    return FALSE;

  gboolean is_released = run_container (run, id, error);
  if (!dw_engine_remove_container (engine, id, NULL, &problem))
    dw_deploy_run_logf (run, DW_LOG_WARNING, _ ("Its container could not be removed: %s"),
                        problem->message);
  if (is_released)
    dw_deploy_run_logf (run, DW_LOG_INFO, _ ("The release command is done after %.1f s"),
                        (double) (g_get_monotonic_time () - began_at_us) / G_USEC_PER_SEC);

  return is_released;
}

/**
 * dw_deploy_release_clean_up:
 * @engine: the engine
 * @deploy_id: a deploy that was interrupted
 * @cancellable: (nullable): ends the requests
 * @error: a DW_ENGINE_ERROR or G_IO_ERROR_CANCELLED
 *
 * Removes what its release command ran in; it does not run on when the program is gone.
 *
 * Returns: whether there is nothing left of it
 */
gboolean
dw_deploy_release_clean_up (DwEngine *engine,
                            const char *deploy_id,
                            GCancellable *cancellable,
                            GError **error)
{
  g_autofree char *label = g_strconcat (DW_LABEL_DEPLOY "=", deploy_id, NULL);
  const char *labels[] = { label, LABEL_RELEASE, NULL };
  g_autoptr (GPtrArray) containers = dw_engine_list_containers (engine, labels, cancellable, error);

  for (guint i = 0; containers != NULL && i < containers->len; i++)
    if (!dw_engine_remove_container (
            engine, ((DwContainer *) g_ptr_array_index (containers, i))->id, cancellable, error))
      return FALSE;

  return containers != NULL;
}
