/* dw-instance-watch.c: whether an instance stays well
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "deploy/dw-instance-watch.h"

#include <glib/gi18n-lib.h>

#include "deploy/dw-deploy-error.h"
#include "deploy/dw-health-gate.h"
#include "deploy/dw-pause.h"
#include "deploy/dw-stage-containers.h"

#define POLL_MS 1000

static gboolean
check_container (const DwContainer *container, int restarts_before, GError **error)
{
  if (container->was_oom_killed)
    g_set_error_literal (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_EXITED,
                         _ ("The container ran out of memory and was killed"));
  else if (container->restart_count > restarts_before)
    g_set_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_EXITED,
                 _ ("The container ended by itself with exit status %d, and was started again"),
                 container->exit_code);
  else if (container->state != DW_CONTAINER_RUNNING)
    g_set_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_EXITED,
                 _ ("The container ended by itself with exit status %d"), container->exit_code);
  else if (container->health == DW_CONTAINER_HEALTH_UNHEALTHY)
    g_set_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_UNHEALTHY,
                 _ ("The image's own health check fails: %s"),
                 container->health_output != NULL ? container->health_output : "");
  else
    return TRUE;

  return FALSE;
}

static void
ignore_attempt (gboolean is_healthy, const char *outcome, gpointer user_data)
{
}

/* The project's own check, with its retries: one that fails once in a while is none that fails. */
static gboolean
check_health (DwEngine *engine,
              DwProject *project,
              const DwContainer *container,
              GCancellable *cancellable,
              GError **error)
{
  DwHealth kind = dw_project_get_health_kind (project);
  guint16 port = container->ports->len > 0
                     ? ((DwContainerPort *) g_ptr_array_index (container->ports, 0))->host_port
                     : 0;

  return (kind != DW_HEALTH_HTTP && kind != DW_HEALTH_TCP) ||
         dw_health_gate_pass (engine, project, container->id, port, 0, ignore_attempt, NULL,
                              cancellable, error);
}

/**
 * dw_instance_watch:
 * @engine: where it runs
 * @project: whose health check it is to pass
 * @instance: an instance that runs
 * @seconds: for how long
 * @goes_on: (nullable): asked before each look; the watch is over once it says no
 * @user_data: for @goes_on
 * @cancellable: (nullable): ends the watch
 * @error: DW_DEPLOY_ERROR_EXITED or _UNHEALTHY, DW_DEPLOY_ERROR_NO_INSTANCE when the container is
 *   gone, a DW_ENGINE_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Returns: whether it ran all the time, was not restarted, not killed for its memory, and healthy
 */
gboolean
dw_instance_watch (DwEngine *engine,
                   DwProject *project,
                   DwInstance *instance,
                   int seconds,
                   DwInstanceWatchFunc goes_on,
                   gpointer user_data,
                   GCancellable *cancellable,
                   GError **error)
{
  gint64 ends_at_us = g_get_monotonic_time () + seconds * G_TIME_SPAN_SECOND;
  int restarts_before = -1;

  while (goes_on == NULL || goes_on (user_data))
    {
      g_autoptr (DwContainer) container = NULL;

      if (!dw_stage_containers_find (engine, instance, &container, cancellable, error))
        return FALSE;
      if (container == NULL)
        {
          g_set_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_NO_INSTANCE,
                       _ ("The container %s is gone: somebody removed it"),
                       dw_instance_get_container_name (instance));
          return FALSE;
        }
      if (restarts_before < 0)
        restarts_before = container->restart_count;
      if (!check_container (container, restarts_before, error) ||
          !check_health (engine, project, container, cancellable, error))
        return FALSE;
      if (g_get_monotonic_time () >= ends_at_us)
        break;
      if (!dw_pause (POLL_MS, cancellable, error))
        return FALSE;
    }

  return TRUE;
}
