/* dw-deploy-run.c: one deploy being run, as its phases share it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "deploy/dw-deploy-run.h"

#include "deploy/dw-deploy-job-private.h"

void
dw_deploy_run_clear (DwDeployRun *run)
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
  g_clear_pointer (&run->route, dw_stage_route_free);
}

const char *
dw_deploy_run_get_id (DwDeployRun *run)
{
  return dw_entity_get_id (DW_ENTITY (run->deploy));
}

/* A line for the store and for who watches. A line that cannot be stored does not end a deploy. */
void
dw_deploy_run_log (DwDeployRun *run, DwLogLevel level, const char *message)
{
  g_autoptr (GError) problem = NULL;

  if (!dw_store_append_log (run->tools->store, dw_deploy_run_get_id (run), level, run->phase,
                            message, &problem))
    g_message ("A log line of the deploy %s is lost: %s", dw_deploy_run_get_id (run),
               problem->message);
  dw_deploy_job_post_log (run->job, level, run->phase, message);
}

void
dw_deploy_run_logf (DwDeployRun *run, DwLogLevel level, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *message = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  dw_deploy_run_log (run, level, message);
}

/* Goes on to the next phase, unless somebody cancelled; it is in the store before it begins. */
gboolean
dw_deploy_run_enter (DwDeployRun *run, DwDeployStatus phase, GError **error)
{
  if (g_cancellable_set_error_if_cancelled (run->cancellable, error) ||
      !dw_store_set_deploy_status (run->tools->store, dw_deploy_run_get_id (run), phase, NULL,
                                   error))
    return FALSE;

  run->phase = phase;
  dw_deploy_job_post_status (run->job, phase);

  return TRUE;
}

/* For the health gate, with the run as its user data. */
void
dw_deploy_run_log_attempt (gboolean is_healthy, const char *outcome, gpointer user_data)
{
  dw_deploy_run_log (user_data, is_healthy ? DW_LOG_INFO : DW_LOG_DEBUG, outcome);
}
