/* dw-instance-watch.c: whether an instance stays well
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "deploy/dw-instance-watch.h"

#include <glib/gi18n-lib.h>

#include "deploy/dw-deploy-error.h"
#include "deploy/dw-pause.h"
#include "deploy/dw-stage-containers.h"

#define POLL_MS 500

static gboolean
check (const DwContainer *container, const DwContainer *first, GError **error)
{
  if (container->was_oom_killed)
    g_set_error_literal (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_EXITED,
                         _ ("The container ran out of memory and was killed"));
  else if (container->restart_count > first->restart_count ||
           g_strcmp0 (container->started_at, first->started_at) != 0)
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

/**
 * dw_instance_watch:
 * @engine: where it runs
 * @instance: an instance that runs
 * @seconds: for how long
 * @cancellable: (nullable): ends the watch
 * @error: DW_DEPLOY_ERROR_EXITED or _UNHEALTHY, DW_DEPLOY_ERROR_NO_INSTANCE when the container is
 *   gone, a DW_ENGINE_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Blocks; not on the main thread.
 *
 * Returns: whether it ran all the time, was not restarted, not killed for its memory, and not found
 *   unhealthy
 */
gboolean
dw_instance_watch (
    DwEngine *engine, DwInstance *instance, int seconds, GCancellable *cancellable, GError **error)
{
  gint64 ends_at_us = g_get_monotonic_time () + seconds * G_TIME_SPAN_SECOND;
  g_autoptr (DwContainer) first = NULL;

  for (;;)
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
      if (first == NULL)
        first = g_steal_pointer (&container);
      if (!check (container != NULL ? container : first, first, error))
        return FALSE;
      if (g_get_monotonic_time () >= ends_at_us)
        return TRUE;
      if (!dw_pause (POLL_MS, cancellable, error))
        return FALSE;
    }
}
