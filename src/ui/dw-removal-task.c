/* dw-removal-task.c: removes projects and stages away from the main thread
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ui/dw-removal-task.h"

typedef struct
{
  DwStore *store;
  DwEngine *engine;     /* nullable */
  DwDeployer *deployer; /* nullable */
  char *project_id;     /* nullable */
  char *stage_id;       /* nullable */

  DwRemoval *removal; /* nullable */
  DwRemovalProgressFunc progress;
  gpointer progress_data;
  GCancellable *cancellable;
} Job;

static void
job_free (Job *job)
{
  g_clear_object (&job->store);
  g_clear_object (&job->engine);
  g_clear_object (&job->deployer);
  g_clear_object (&job->cancellable);
  g_clear_pointer (&job->removal, dw_removal_free);
  g_free (job->project_id);
  g_free (job->stage_id);
  g_free (job);
}

static Job *
job_new (DwSession *session)
{
  Job *job = g_new0 (Job, 1);
  DwEngineStatus *status = dw_session_get_engine_status (session);

  g_set_object (&job->store, dw_session_get_store (session));
  g_set_object (&job->deployer, dw_session_get_deployer (session));
  if (dw_engine_status_get_state (status) == DW_ENGINE_STATE_CONNECTED)
    g_set_object (&job->engine, dw_engine_status_get_engine (status));

  return job;
}

static void
read_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Job *job = task_data;
  GError *error = NULL;
  DwRemoval *removal = dw_removal_read (job->store, job->engine, job->project_id, job->stage_id,
                                        cancellable, &error);

  if (removal != NULL)
    g_task_return_pointer (task, removal, (GDestroyNotify) dw_removal_free);
  else
    g_task_return_error (task, error);
}

/**
 * dw_removal_read_async:
 * @session: the session
 * @item_id: the id of a project or a stage
 * @cancellable: (nullable): ends it
 * @callback: called with what would go
 * @user_data: for @callback
 */
void
dw_removal_read_async (DwSession *session,
                       const char *item_id,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (session, cancellable, callback, user_data);
  g_autoptr (DwProject) project = dw_session_find_project (session, item_id);
  Job *job = job_new (session);

  if (project != NULL)
    job->project_id = g_strdup (item_id);
  else
    job->stage_id = g_strdup (item_id);
  g_task_set_source_tag (task, dw_removal_read_async);
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  g_task_run_in_thread (task, read_in_thread);
}

/* Returns: (transfer full) (nullable): what would go */
DwRemoval *
dw_removal_read_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* On its way to the main context. */
typedef struct
{
  DwRemovalProgressFunc progress;
  gpointer progress_data;
  GCancellable *cancellable;
  char *stage_name;
  guint index;
  guint n_stages;
} Step;

static void
step_free (Step *step)
{
  g_clear_object (&step->cancellable);
  g_free (step->stage_name);
  g_free (step);
}

/* Who is not interested any more has cancelled, and may be gone. */
static gboolean
tell_step (gpointer user_data)
{
  Step *step = user_data;

  if (!g_cancellable_is_cancelled (step->cancellable))
    step->progress (step->stage_name, step->index, step->n_stages, step->progress_data);

  return G_SOURCE_REMOVE;
}

static void
on_step (DwStage *stage, guint index, guint n_stages, gpointer user_data)
{
  Job *job = user_data;
  Step *step = g_new0 (Step, 1);

  step->progress = job->progress;
  step->progress_data = job->progress_data;
  g_set_object (&step->cancellable, job->cancellable);
  step->stage_name = g_strdup (dw_stage_get_name (stage));
  step->index = index;
  step->n_stages = n_stages;
  g_idle_add_full (G_PRIORITY_DEFAULT, tell_step, step, (GDestroyNotify) step_free);
}

static void
run_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Job *job = task_data;
  GError *error = NULL;

  if (dw_removal_run (job->removal, job->store, job->deployer,
                      job->progress != NULL ? on_step : NULL, job, cancellable, &error))
    g_task_return_pointer (task, g_steal_pointer (&job->removal), (GDestroyNotify) dw_removal_free);
  else
    g_task_return_error (task, error);
}

/**
 * dw_removal_run_async:
 * @session: the session
 * @removal: (transfer full): what is to go
 * @progress: (nullable): told of each stage before it goes, as long as @cancellable is not
 * cancelled
 * @progress_data: for @progress
 * @cancellable: (nullable): ends it; required with @progress
 * @callback: called when it is done
 * @user_data: for @callback
 */
void
dw_removal_run_async (DwSession *session,
                      DwRemoval *removal,
                      DwRemovalProgressFunc progress,
                      gpointer progress_data,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (session, cancellable, callback, user_data);
  Job *job = job_new (session);

  g_return_if_fail (progress == NULL || cancellable != NULL);

  job->removal = removal;
  job->progress = progress;
  job->progress_data = progress_data;
  g_set_object (&job->cancellable, cancellable);
  g_task_set_source_tag (task, dw_removal_run_async);
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  g_task_run_in_thread (task, run_in_thread);
}

/* Returns: (transfer full) (nullable): what is gone */
DwRemoval *
dw_removal_run_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
undo_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Job *job = task_data;
  GError *error = NULL;

  if (dw_removal_undo (job->removal, job->store, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * dw_removal_undo_async:
 * @session: the session
 * @removal: (transfer full): what is gone
 * @callback: called when it is there again
 * @user_data: for @callback
 */
void
dw_removal_undo_async (DwSession *session,
                       DwRemoval *removal,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (session, NULL, callback, user_data);
  Job *job = job_new (session);

  job->removal = removal;
  g_task_set_source_tag (task, dw_removal_undo_async);
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  g_task_run_in_thread (task, undo_in_thread);
}

/* Returns: whether it is there again */
gboolean
dw_removal_undo_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
