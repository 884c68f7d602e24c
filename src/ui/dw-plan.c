/* dw-plan.c: reads a deploy's plan away from the main thread
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ui/dw-plan.h"

#include "ui/dw-task.h"

typedef struct
{
  DwStore *store;
  char *stage_id;
  gboolean is_serving;
} Reading;

static void
reading_free (Reading *reading)
{
  g_object_unref (reading->store);
  g_free (reading->stage_id);
  g_free (reading);
}

static void
read_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Reading *reading = task_data;
  GError *error = NULL;
  DwDeployPlan *plan = dw_deploy_plan_read (reading->store, reading->stage_id, reading->is_serving,
                                            &error);

  if (plan != NULL)
    g_task_return_pointer (task, plan, (GDestroyNotify) dw_deploy_plan_free);
  else
    g_task_return_error (task, error);
}

/**
 * dw_plan_read_async:
 * @source: the object that asks, and is the callback's source
 * @store: the store
 * @stage_id: a stage
 * @condition: how it is doing
 * @cancellable: (nullable): ends it
 * @callback: called with the plan
 * @user_data: for @callback
 */
void
dw_plan_read_async (GObject *source,
                    DwStore *store,
                    const char *stage_id,
                    DwStageCondition condition,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr (GTask) task = dw_task_new (source, cancellable, callback, user_data);
  Reading *reading = g_new0 (Reading, 1);

  reading->store = g_object_ref (store);
  reading->stage_id = g_strdup (stage_id);
  reading->is_serving = condition == DW_STAGE_RUNNING || condition == DW_STAGE_UNHEALTHY;
  g_task_set_source_tag (task, dw_plan_read_async);
  g_task_set_task_data (task, reading, (GDestroyNotify) reading_free);
  g_task_run_in_thread (task, read_in_thread);
}

/* Returns: (transfer full) (nullable): the plan */
DwDeployPlan *
dw_plan_read_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
