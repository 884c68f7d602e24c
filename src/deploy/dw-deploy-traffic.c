/* dw-deploy-traffic.c: the requests go to the new instance, or back
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The new instance is healthy before it gets any, and the old one runs until it has answered the
 * last that it got.
 */

#include "config.h"

#include "deploy/dw-deploy-traffic.h"

#include <glib/gi18n-lib.h>

#include "deploy/dw-deploy-job-private.h"
#include "deploy/dw-instance-watch.h"
#include "deploy/dw-route-places.h"

static void
report (DwLogLevel level, const char *message, gpointer user_data)
{
  dw_deploy_run_log (user_data, level, message);
}

static gboolean
previous_serves (DwDeployRun *run)
{
  return run->previous != NULL && !run->has_stopped_previous &&
         dw_instance_get_status (run->previous) == DW_INSTANCE_RUNNING;
}

static gboolean
is_to_wait (gpointer user_data)
{
  return !dw_deploy_job_is_to_go_on (user_data);
}

/* A part of the requests at first, while the new instance is watched. */
static gboolean
try_with_few (DwDeployRun *run, GError **error)
{
  int percent = dw_stage_get_canary_percent (run->stage);
  int seconds = dw_stage_get_canary_seconds (run->stage);
  gboolean is_well = FALSE;

  if (percent == 0 || !previous_serves (run))
    return TRUE;
  if (!dw_stage_route_can_share (run->route))
    {
      dw_deploy_run_log (run, DW_LOG_WARNING,
                         _ ("Only the gateway can give a part of the requests to a new version; "
                            "this one gets all of them at once"));
      return TRUE;
    }

  if (!dw_stage_route_move (run->route, run->instance, percent, run->cancellable, error))
    return FALSE;
  dw_deploy_run_logf (run, DW_LOG_INFO,
                      _ ("%d %% of the requests go to the new instance, for %d s"), percent,
                      seconds);

  dw_deploy_job_post_canary (run->job, percent, seconds);
  is_well = dw_instance_watch (run->tools->engine, run->project, run->instance, seconds, is_to_wait,
                               run->job, run->cancellable, error);
  dw_deploy_job_post_canary (run->job, 0, 0);
  if (is_well && dw_deploy_job_is_to_go_on (run->job))
    dw_deploy_run_log (run, DW_LOG_INFO,
                       _ ("It gets all of them before the time, as somebody wanted"));

  return is_well;
}

/**
 * dw_deploy_traffic_move:
 * @run: a deploy whose instance is healthy
 * @error: a DW_PROXY_ERROR, a DW_ENGINE_ERROR, a DW_STORE_ERROR, DW_DEPLOY_ERROR_NO_PORT,
 *   _UNHEALTHY or _EXITED, or G_IO_ERROR_CANCELLED
 *
 * Moves the stage's route to the new instance; without a proxy there is nothing to do.
 *
 * Returns: whether all new requests go there
 */
gboolean
dw_deploy_traffic_move (DwDeployRun *run, GError **error)
{
  if (run->route == NULL)
    return TRUE;

  if (!dw_deploy_run_enter (run, DW_DEPLOY_CONFIGURING_PROXY, error))
    return FALSE;

  g_object_set (run->instance, "domain", dw_stage_route_get_domain (run->route), "route-id",
                dw_entity_get_id (DW_ENTITY (run->stage)), NULL);
  if (!dw_store_update (run->tools->store, DW_ENTITY (run->instance), error))
    return FALSE;

  dw_stage_route_set_report (run->route, report, run);
  run->has_moved_route = TRUE;
  if (!dw_stage_route_prepare (run->route, run->cancellable, error) || !try_with_few (run, error) ||
      !dw_stage_route_move (run->route, run->instance, 100, run->cancellable, error))
    return FALSE;

  dw_deploy_run_logf (run, DW_LOG_INFO, _ ("%s leads to the new instance"),
                      dw_stage_route_get_url (run->route));
  return TRUE;
}

/**
 * dw_deploy_traffic_take_back:
 * @run: a deploy that has failed
 *
 * Gives the route back to the previous instance, and lets the new one answer what it has got. What
 * does not succeed is in the log.
 */
void
dw_deploy_traffic_take_back (DwDeployRun *run)
{
  g_autoptr (GError) problem = NULL;

  if (!run->has_moved_route)
    return;

  if (!previous_serves (run))
    {
      if (!dw_stage_route_remove (run->route, NULL, &problem))
        dw_deploy_run_logf (run, DW_LOG_WARNING, _ ("The route could not be taken back: %s"),
                            problem->message);
      return;
    }

  if (!dw_stage_route_move (run->route, run->previous, 100, NULL, &problem))
    {
      dw_deploy_run_logf (run, DW_LOG_WARNING, _ ("The route could not be put back: %s"),
                          problem->message);
      return;
    }

  dw_deploy_run_logf (run, DW_LOG_INFO, _ ("%s leads to the previous instance"),
                      dw_stage_route_get_url (run->route));
  if (!dw_stage_route_drain (run->route, run->instance, NULL, &problem))
    dw_deploy_run_logf (run, DW_LOG_DEBUG, _ ("What is open at the new instance is not known: %s"),
                        problem->message);
}

/* Somebody may have chosen another proxy since the deploy before. */
static void
leave_old_places (DwDeployRun *run)
{
  DwInstance *previous = previous_serves (run) ? run->previous : NULL;
  g_autoptr (GError) problem = NULL;

  if (!dw_route_places_leave (run->tools, run->settings, run->project, run->stage, previous, report,
                              run, run->cancellable, &problem))
    dw_deploy_run_log (run, DW_LOG_WARNING, problem->message);
}

/**
 * dw_deploy_traffic_drain:
 * @run: a deploy that has succeeded
 *
 * Waits until the previous instance has answered what it was asked before the route moved. A proxy
 * that is not that of the settings any more loses the route.
 */
void
dw_deploy_traffic_drain (DwDeployRun *run)
{
  g_autoptr (GError) problem = NULL;

  leave_old_places (run);
  if (run->route == NULL || !previous_serves (run) ||
      dw_instance_get_route_id (run->previous) == NULL)
    return;

  if (!dw_stage_route_drain (run->route, run->previous, run->cancellable, &problem))
    dw_deploy_run_logf (run, DW_LOG_WARNING,
                        _ ("Not known whether the previous instance has answered everything: %s"),
                        problem->message);
}
