/* dw-stage-action.c: starts, stops and restarts a stage, away from the main thread
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ui/dw-stage-action.h"

typedef struct
{
  char *stage_id;
  DwStageAction action;
} Act;

static void
act_free (Act *act)
{
  g_free (act->stage_id);
  g_free (act);
}

static void
act_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Act *act = task_data;
  GError *error = NULL;

  if (dw_deployer_act (source, act->stage_id, act->action, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * dw_stage_action_async:
 * @deployer: what does it
 * @stage_id: the stage
 * @action: what is to be done
 * @cancellable: (nullable): ends the requests
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * As dw_deployer_act(), in a thread.
 */
void
dw_stage_action_async (DwDeployer *deployer,
                       const char *stage_id,
                       DwStageAction action,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (deployer, cancellable, callback, user_data);
  Act *act = g_new0 (Act, 1);

  act->stage_id = g_strdup (stage_id);
  act->action = action;
  g_task_set_source_tag (task, dw_stage_action_async);
  g_task_set_task_data (task, act, (GDestroyNotify) act_free);
  g_task_run_in_thread (task, act_in_thread);
}

/* Returns: whether it is done */
gboolean
dw_stage_action_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
