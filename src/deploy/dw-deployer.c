/* dw-deployer.c: takes requests for deploys and runs them, one at a time a stage
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A request first goes to the clerk, one thread that writes it to the store in the order of asking.
 * Then it waits here, in the main context, until its stage is free and fewer than the settings'
 * number of deploys run; then a worker thread runs the pipeline.
 */

#include "config.h"

#include "deploy/dw-deployer.h"

#include <glib/gi18n-lib.h>

#include "deploy/dw-deploy-guard.h"
#include "deploy/dw-deploy-job-private.h"
#include "deploy/dw-deploy-pipeline.h"
#include "deploy/dw-deploy-request.h"
#include "deploy/dw-recovery.h"
#include "deploy/dw-stage-actions.h"
#include "deploy/dw-stage-containers.h"

struct _DwDeployer
{
  GObject parent_instance;

  DwDeployTools tools;
  GThreadPool *clerk;
  GThreadPool *workers;

  /* Of the main context: */
  GQueue waiting;          /* of Task, in the order of asking; they are the pool's or the queue's */
  GHashTable *busy_stages; /* a set of the ids of stages that a worker is at */
  int limit;               /* of workers, as the settings last had it */
  guint n_jobs;
  gboolean guards;
  GHashTable *jobs; /* by stage id: the newest DwDeployJob that is stored and not finished */
};

enum
{
  SIGNAL_STARTED,
  SIGNAL_FINISHED,
  SIGNAL_JOB_STORED,
  SIGNAL_HEALTH_LOST,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (DwDeployer, dw_deployer, G_TYPE_OBJECT)

/* A job on its way through the deployer. It is in one place at a time: with the clerk, in the
 * queue, or with a worker. */
typedef struct
{
  DwDeployer *deployer;
  DwDeployJob *job;
  GMainContext *context;
  DwDeployRequest *request;
  gulong cancelled_handler;

  DwStageLock *lock; /* since the clerk has stored the deploy */
  DwDeploy *deploy;
  int limit;
  GError *error;    /* what came of the last step */
  gboolean is_over; /* the clerk is to end the deploy for @error */
} Task;

static void
task_free (Task *task)
{
  g_clear_pointer (&task->lock, dw_stage_lock_free);
  g_clear_object (&task->deploy);
  g_clear_error (&task->error);
  dw_deploy_request_free (task->request);
  g_main_context_unref (task->context);
  g_object_unref (task->job);
  g_object_unref (task->deployer);
  g_free (task);
}

/* Back into the main context, as an event of its own. */
static void
hand_back (Task *task, GSourceFunc function)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, function, task, NULL);
  g_source_attach (source, task->context);
}

static void
end_task (Task *task)
{
  g_autoptr (DwDeployer) self = g_object_ref (task->deployer);
  g_autoptr (DwDeployJob) job = g_object_ref (task->job);
  GError *error = g_steal_pointer (&task->error);

  self->n_jobs--;
  if (g_hash_table_lookup (self->jobs, dw_deploy_job_get_stage_id (job)) == job)
    g_hash_table_remove (self->jobs, dw_deploy_job_get_stage_id (job));
  /* Who is told that the job is over may deploy again at once: the lock must be free by then. */
  task_free (task);
  dw_deploy_job_finish (job, error);
  g_signal_emit (self, signals[SIGNAL_FINISHED], 0, job);
}

static gboolean
on_ended (gpointer user_data)
{
  end_task (user_data);

  return G_SOURCE_REMOVE;
}

static void
on_guarded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwDeployer *self = DW_DEPLOYER (source);
  g_autoptr (DwDeploy) deploy = user_data;
  g_autoptr (GError) problem = NULL;
  g_autofree char *fault = g_task_propagate_pointer (G_TASK (result), &problem);
  g_autoptr (DwDeployJob) job = NULL;

  if (problem != NULL)
    g_message ("The deploy %s is not watched any more: %s", dw_entity_get_id (DW_ENTITY (deploy)),
               problem->message);
  if (fault == NULL)
    return;

  g_signal_emit (self, signals[SIGNAL_HEALTH_LOST], 0, dw_deploy_get_stage_id (deploy),
                 dw_entity_get_id (DW_ENTITY (deploy)), fault);
  job = dw_deployer_take_back (self, dw_deploy_get_stage_id (deploy), fault);
}

/* A thread of its own: it waits for most of the time. */
static gpointer
guard (gpointer data)
{
  g_autoptr (GTask) task = data;
  DwDeployer *self = g_task_get_source_object (task);
  g_autofree char *fault = NULL;
  GError *error = NULL;

  if (dw_deploy_guard_watch (&self->tools, g_task_get_task_data (task), &fault, NULL, &error))
    g_task_return_pointer (task, g_steal_pointer (&fault), g_free);
  else
    g_task_return_error (task, error);

  return NULL;
}

static void
start_guard (DwDeployer *self, DwDeploy *deploy)
{
  GTask *task = g_task_new (self, NULL, on_guarded, g_object_ref (deploy));

  g_task_set_source_tag (task, start_guard);
  g_task_set_task_data (task, g_strdup (dw_entity_get_id (DW_ENTITY (deploy))), g_free);
  g_thread_unref (g_thread_new ("deploy-guard", guard, task));
}

static void start_waiting (DwDeployer *self);

static gboolean
on_worked (gpointer user_data)
{
  Task *task = user_data;
  g_autoptr (DwDeployer) self = g_object_ref (task->deployer);

  g_hash_table_remove (self->busy_stages, dw_deploy_get_stage_id (task->deploy));
  if (self->guards && task->error == NULL)
    start_guard (self, task->deploy);
  end_task (task);
  start_waiting (self);

  return G_SOURCE_REMOVE;
}

static void
work (gpointer data, gpointer user_data)
{
  Task *task = data;

  dw_deploy_pipeline_run (&task->deployer->tools, task->job, task->deploy, task->lock,
                          &task->error);
  /* Nobody may find the stage locked by a deploy that has ended. */
  g_clear_pointer (&task->lock, dw_stage_lock_free);
  hand_back (task, on_worked);
}

static void
start_waiting (DwDeployer *self)
{
  for (GList *link = self->waiting.head, *next; link != NULL; link = next)
    {
      Task *task = link->data;
      const char *stage_id = dw_deploy_get_stage_id (task->deploy);

      next = link->next;
      if (g_hash_table_size (self->busy_stages) >= (guint) self->limit)
        return;
      if (g_hash_table_contains (self->busy_stages, stage_id))
        continue;

      g_queue_delete_link (&self->waiting, link);
      g_cancellable_disconnect (dw_deploy_job_get_cancellable (task->job), task->cancelled_handler);
      g_hash_table_add (self->busy_stages, g_strdup (stage_id));
      g_thread_pool_push (self->workers, task, NULL);
    }
}

/* Takes a task out of the queue; the clerk ends its deploy. */
static void
drop (DwDeployer *self, GList *link, GError *reason)
{
  Task *task = link->data;

  g_queue_delete_link (&self->waiting, link);
  g_cancellable_disconnect (dw_deploy_job_get_cancellable (task->job), task->cancelled_handler);
  task->error = reason;
  task->is_over = TRUE;
  g_thread_pool_push (self->clerk, task, NULL);
}

static gboolean
drop_cancelled (gpointer user_data)
{
  DwDeployer *self = user_data;

  for (GList *link = self->waiting.head, *next; link != NULL; link = next)
    {
      GCancellable *cancellable = dw_deploy_job_get_cancellable (((Task *) link->data)->job);
      GError *reason = NULL;

      next = link->next;
      if (g_cancellable_set_error_if_cancelled (cancellable, &reason))
        drop (self, link, reason);
    }

  return G_SOURCE_REMOVE;
}

static void
on_waiting_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Task *task = user_data;
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_callback (source, drop_cancelled, g_object_ref (task->deployer), g_object_unref);
  g_source_attach (source, task->context);
}

static void
drop_superseded (DwDeployer *self, const char *stage_id)
{
  for (GList *link = self->waiting.head; link != NULL; link = link->next)
    {
      Task *task = link->data;

      if (g_strcmp0 (dw_deploy_get_stage_id (task->deploy), stage_id) == 0)
        {
          drop (self, link,
                g_error_new_literal (DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_SUPERSEDED,
                                     _ ("A newer request for the same stage took its place")));
          return;
        }
    }
}

static gboolean
on_stored (gpointer user_data)
{
  Task *task = user_data;
  DwDeployer *self = task->deployer;

  if (task->error != NULL)
    {
      end_task (task);
      return G_SOURCE_REMOVE;
    }

  dw_deploy_job_set_deploy (task->job, dw_entity_get_id (DW_ENTITY (task->deploy)),
                            dw_deploy_get_stage_id (task->deploy));
  g_hash_table_insert (self->jobs, g_strdup (dw_deploy_get_stage_id (task->deploy)),
                       g_object_ref (task->job));
  g_signal_emit (self, signals[SIGNAL_JOB_STORED], 0, task->job);
  self->limit = task->limit;
  drop_superseded (self, dw_deploy_get_stage_id (task->deploy));
  g_queue_push_tail (&self->waiting, task);
  task->cancelled_handler = g_cancellable_connect (dw_deploy_job_get_cancellable (task->job),
                                                   G_CALLBACK (on_waiting_cancelled), task, NULL);
  start_waiting (self);

  return G_SOURCE_REMOVE;
}

static void
store_request (Task *task)
{
  const DwDeployTools *tools = &task->deployer->tools;
  g_autoptr (DwSettings) settings = dw_store_get_settings (tools->store, &task->error);

  if (settings != NULL)
    {
      task->limit = dw_settings_get_max_parallel_deploys (settings);
      task->deploy = dw_deploy_request_store (
          task->request, tools->store, tools->lock_directory, &task->lock,
          dw_deploy_job_get_cancellable (task->job), &task->error);
    }

  hand_back (task, on_stored);
}

static void
keep_books (gpointer data, gpointer user_data)
{
  Task *task = data;

  if (!task->is_over)
    {
      store_request (task);
      return;
    }

  dw_deploy_pipeline_drop (&task->deployer->tools, task->job, task->deploy, task->error);
  hand_back (task, on_ended);
}

static DwDeployJob *
submit (DwDeployer *self, DwDeployRequest *request)
{
  Task *task = g_new0 (Task, 1);

  task->deployer = g_object_ref (self);
  task->job = dw_deploy_job_new (request->stage_id);
  task->context = g_main_context_ref_thread_default ();
  task->request = request;
  self->n_jobs++;

  DwDeployJob *job = g_object_ref (task->job);
  g_thread_pool_push (self->clerk, task, NULL);
  g_signal_emit (self, signals[SIGNAL_STARTED], 0, job);

  return job;
}

/* Every task holds a reference, so by now the pools are idle. */
static void
dw_deployer_finalize (GObject *object)
{
  DwDeployer *self = DW_DEPLOYER (object);

  g_thread_pool_free (self->clerk, FALSE, FALSE);
  g_thread_pool_free (self->workers, FALSE, FALSE);
  g_hash_table_unref (self->busy_stages);
  g_hash_table_unref (self->jobs);
  g_clear_object (&self->tools.store);
  g_clear_object (&self->tools.engine);
  g_clear_object (&self->tools.registries);
  g_free (self->tools.lock_directory);

  G_OBJECT_CLASS (dw_deployer_parent_class)->finalize (object);
}

static void
dw_deployer_class_init (DwDeployerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dw_deployer_finalize;

  /**
   * DwDeployer::started:
   * @self: the deployer
   * @job: a job
   *
   * Somebody asked for a deploy. In the deployer's main context.
   */
  signals[SIGNAL_STARTED] = g_signal_new ("started", DW_TYPE_DEPLOYER, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 1, DW_TYPE_DEPLOY_JOB);

  /**
   * DwDeployer::finished:
   * @self: the deployer
   * @job: a job that ::started told of
   *
   * The job is over, whatever came of it. In the deployer's main context.
   */
  signals[SIGNAL_FINISHED] = g_signal_new ("finished", DW_TYPE_DEPLOYER, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 1, DW_TYPE_DEPLOY_JOB);

  /**
   * DwDeployer::job-stored:
   * @self: the deployer
   * @job: a job
   *
   * What was asked for is in the store now, and its stage is known. In the deployer's main context.
   */
  signals[SIGNAL_JOB_STORED] = g_signal_new ("job-stored", DW_TYPE_DEPLOYER, G_SIGNAL_RUN_LAST, 0,
                                             NULL, NULL, NULL, G_TYPE_NONE, 1, DW_TYPE_DEPLOY_JOB);

  /**
   * DwDeployer::health-lost:
   * @self: the deployer
   * @stage_id: a stage
   * @deploy_id: the deploy that brought what turned bad
   * @fault: what is wrong with it, for a person
   *
   * What was deployed turned bad while it was watched. In the deployer's main context.
   */
  signals[SIGNAL_HEALTH_LOST] = g_signal_new ("health-lost", DW_TYPE_DEPLOYER, G_SIGNAL_RUN_LAST, 0,
                                              NULL, NULL, NULL, G_TYPE_NONE, 3, G_TYPE_STRING,
                                              G_TYPE_STRING, G_TYPE_STRING);
}

static void
dw_deployer_init (DwDeployer *self)
{
  self->clerk = g_thread_pool_new (keep_books, NULL, 1, FALSE, NULL);
  self->workers = g_thread_pool_new (work, NULL, -1, FALSE, NULL);
  self->busy_stages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->jobs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->limit = 1;
  self->guards = TRUE;
  g_queue_init (&self->waiting);
}

/**
 * dw_deployer_new:
 * @store: the store; the stages' locks are in a folder beside it
 * @engine: where to deploy
 * @registries: where from
 *
 * Returns: (transfer full): the deployer of this main context
 */
DwDeployer *
dw_deployer_new (DwStore *store, DwEngine *engine, DwRegistries *registries)
{
  DwDeployer *self = g_object_new (DW_TYPE_DEPLOYER, NULL);

  self->tools.store = g_object_ref (store);
  self->tools.engine = g_object_ref (engine);
  self->tools.registries = g_object_ref (registries);
  self->tools.lock_directory = dw_stage_lock_get_directory (dw_store_get_path (store));

  return self;
}

/**
 * dw_deployer_deploy:
 * @self: the deployer
 * @stage_id: the stage
 * @target: (nullable): a tag or a digest, or %NULL for the newest tag that the stage's policy
 * follows
 * @trigger: what asks
 *
 * Asks for a deploy. One that still waits for the same stage gives way to it. Returns at once; in
 * the deployer's main context.
 *
 * Returns: (transfer full): the job, which runs whether or not it is kept
 */
DwDeployJob *
dw_deployer_deploy (DwDeployer *self, const char *stage_id, const char *target, DwTrigger trigger)
{
  DwDeployRequest *request = dw_deploy_request_new (DW_DEPLOY_REQUEST_DEPLOY, trigger, stage_id);

  request->target = g_strdup (target);

  return submit (self, request);
}

/**
 * dw_deployer_deploy_version:
 * @self: the deployer
 * @stage_id: the stage
 * @tag: (nullable): the tag that the version has
 * @digest: its digest
 * @trigger: what asks
 * @note: (nullable): who asked for what, for the deploy's log
 *
 * Asks for a deploy of exactly this version. For DW_TRIGGER_WATCH and DW_TRIGGER_WEBHOOK it ends
 * with DW_DEPLOY_ERROR_BUSY, and leaves no trace, when the stage has the version or is about to.
 * Returns at once; in the deployer's main context.
 *
 * Returns: (transfer full): the job, which runs whether or not it is kept
 */
DwDeployJob *
dw_deployer_deploy_version (DwDeployer *self,
                            const char *stage_id,
                            const char *tag,
                            const char *digest,
                            DwTrigger trigger,
                            const char *note)
{
  DwDeployRequest *request = dw_deploy_request_new (DW_DEPLOY_REQUEST_DEPLOY, trigger, stage_id);

  request->target = g_strdup (digest);
  request->target_tag = g_strdup (tag);
  request->note = g_strdup (note);

  return submit (self, request);
}

/**
 * dw_deployer_roll_back:
 * @self: the deployer
 * @stage_id: the stage
 * @deploy_id: (nullable): a deploy of the stage that succeeded, or %NULL for the last one with
 *   another digest before the one that runs
 *
 * Asks for a deploy of an earlier digest; a kept container is used again. Returns at once; in the
 * deployer's main context.
 *
 * Returns: (transfer full): the job, which runs whether or not it is kept
 */
DwDeployJob *
dw_deployer_roll_back (DwDeployer *self, const char *stage_id, const char *deploy_id)
{
  DwDeployRequest *request = dw_deploy_request_new (DW_DEPLOY_REQUEST_ROLL_BACK,
                                                    DW_TRIGGER_ROLLBACK, stage_id);

  request->deploy_id = g_strdup (deploy_id);

  return submit (self, request);
}

/**
 * dw_deployer_promote:
 * @self: the deployer
 * @from_stage_id: the stage whose digest is to go on
 * @to_stage_id: (nullable): where to, or %NULL for the next stage in the promotion order
 *
 * Asks for a deploy of what runs in one stage to another. Returns at once; in the deployer's main
 * context.
 *
 * Returns: (transfer full): the job, which runs whether or not it is kept
 */
DwDeployJob *
dw_deployer_promote (DwDeployer *self, const char *from_stage_id, const char *to_stage_id)
{
  DwDeployRequest *request = dw_deploy_request_new (DW_DEPLOY_REQUEST_PROMOTE, DW_TRIGGER_PROMOTE,
                                                    from_stage_id);

  request->to_stage_id = g_strdup (to_stage_id);

  return submit (self, request);
}

/**
 * dw_deployer_take_back:
 * @self: the deployer
 * @stage_id: the stage
 * @fault: what turned bad there, for the log
 *
 * Asks for a deploy of the version before the one that runs, as dw_deployer_roll_back(). Returns at
 * once; in the deployer's main context.
 *
 * Returns: (transfer full): the job, which runs whether or not it is kept
 */
DwDeployJob *
dw_deployer_take_back (DwDeployer *self, const char *stage_id, const char *fault)
{
  DwDeployRequest *request = dw_deploy_request_new (DW_DEPLOY_REQUEST_ROLL_BACK,
                                                    DW_TRIGGER_ROLLBACK, stage_id);

  request->note = g_strdup (fault);

  return submit (self, request);
}

/* In the deployer's main context; a process that ends with its deploy has another one watch. */
void
dw_deployer_set_guards (DwDeployer *self, gboolean guards)
{
  self->guards = guards;
}

/* Returns: how many jobs are not finished. In the deployer's main context. */
guint
dw_deployer_get_n_jobs (DwDeployer *self)
{
  return self->n_jobs;
}

/**
 * dw_deployer_find_job:
 * @self: the deployer
 * @stage_id: a stage
 *
 * In the deployer's main context.
 *
 * Returns: (transfer none) (nullable): the newest job of the stage that is in the store and not
 *   finished
 */
DwDeployJob *
dw_deployer_find_job (DwDeployer *self, const char *stage_id)
{
  g_return_val_if_fail (DW_IS_DEPLOYER (self), NULL);

  return g_hash_table_lookup (self->jobs, stage_id);
}

/**
 * dw_deployer_recover:
 * @self: the deployer
 * @settled: (nullable) (element-type DwDeploy): gets those that were settled, also when there is an
 *   error
 * @cancellable: (nullable): ends the requests
 * @error: a DW_ENGINE_ERROR, DW_STORE_ERROR or G_FILE_ERROR
 *
 * Settles the deploys that a crash interrupted, of this program or another process of it. To be
 * called at start. Blocks; not on the main thread.
 *
 * Returns: whether there is nothing left to settle
 */
gboolean
dw_deployer_recover (DwDeployer *self,
                     GPtrArray *settled,
                     GCancellable *cancellable,
                     GError **error)
{
  return dw_recovery_settle_all (&self->tools, settled, cancellable, error);
}

/**
 * dw_deployer_act:
 * @self: the deployer
 * @stage_id: the stage
 * @action: what is to be done with it
 * @cancellable: (nullable): ends the requests
 * @error: DW_DEPLOY_ERROR_BUSY while a deploy works on the stage, DW_DEPLOY_ERROR_NO_INSTANCE, a
 *   DW_ENGINE_ERROR or a DW_STORE_ERROR
 *
 * Starts, stops or restarts what serves in the stage, or removes the stage with all its containers
 * and its history. A restart that has begun is not cancelled any more. A stage in which nothing
 * ever ran is removed without an engine, too. Blocks; not on the main thread.
 *
 * Returns: whether it is done
 */
gboolean
dw_deployer_act (DwDeployer *self,
                 const char *stage_id,
                 DwStageAction action,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (DwStage) stage = dw_store_get (self->tools.store, DW_TYPE_STAGE, stage_id, error);
  g_autoptr (DwStageLock) lock = NULL;

  if (stage == NULL ||
      (lock = dw_stage_lock_open (self->tools.lock_directory, stage_id, error)) == NULL)
    return FALSE;

  if (!dw_stage_lock_try_work (lock))
    {
      g_set_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_BUSY,
                   _ ("A deploy works on the stage “%s”; wait until it has ended, or cancel it"),
                   dw_stage_get_name (stage));
      return FALSE;
    }

  return dw_stage_action_run (&self->tools, stage, action, cancellable, error);
}

/**
 * dw_deployer_remove_project:
 * @self: the deployer
 * @project_id: the project
 * @cancellable: (nullable): ends the requests
 * @error: as for dw_deployer_act()
 *
 * Removes the project with its stages, their containers and their history. Blocks; not on the main
 * thread.
 *
 * Returns: whether all of it is gone; otherwise what is left is still whole
 */
gboolean
dw_deployer_remove_project (DwDeployer *self,
                            const char *project_id,
                            GCancellable *cancellable,
                            GError **error)
{
  g_autoptr (GPtrArray) stages = dw_store_list_stages (self->tools.store, project_id, error);

  for (guint i = 0; stages != NULL && i < stages->len; i++)
    if (!dw_deployer_act (self, dw_entity_get_id (g_ptr_array_index (stages, i)),
                          DW_STAGE_ACTION_REMOVE, cancellable, error))
      return FALSE;

  return stages != NULL && dw_store_delete (self->tools.store, DW_TYPE_PROJECT, project_id, error);
}

/**
 * dw_deployer_pull:
 * @self: the deployer
 * @stage_id: the stage
 * @digest: of a version of its image
 * @cancellable: (nullable): ends it
 * @error: a DW_STORE_ERROR, DW_MODEL_ERROR, DW_SECRETS_ERROR or DW_ENGINE_ERROR
 *
 * Has the engine pull the version where it does not have it. Blocks; not on the main thread.
 *
 * Returns: whether the engine has it
 */
gboolean
dw_deployer_pull (DwDeployer *self,
                  const char *stage_id,
                  const char *digest,
                  GCancellable *cancellable,
                  GError **error)
{
  const DwDeployTools *tools = &self->tools;
  g_autoptr (DwStage) stage = dw_store_get (tools->store, DW_TYPE_STAGE, stage_id, error);
  g_autoptr (DwProject) project = NULL;
  g_autoptr (DwImageReference) image = NULL;
  g_autoptr (DwImageReference) by_digest = NULL;
  g_autoptr (GError) problem = NULL;
  g_autoptr (GError) no_helper = NULL;
  g_autofree char *auth = NULL;

  if (stage == NULL ||
      (project = dw_store_get (tools->store, DW_TYPE_PROJECT, dw_stage_get_project_id (stage),
                               error)) == NULL ||
      (image = dw_image_reference_parse (dw_project_get_image (project), error)) == NULL ||
      (by_digest = dw_image_reference_with_digest (image, digest, error)) == NULL)
    return FALSE;

  g_autofree char *reference = dw_image_reference_to_string (by_digest);
  g_autoptr (DwImage)
      there = dw_engine_inspect_image (tools->engine, reference, cancellable, &problem);
  if (there != NULL)
    return TRUE;
  if (!g_error_matches (problem, DW_ENGINE_ERROR, DW_ENGINE_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }

  if (!dw_registries_get_engine_auth (tools->registries, dw_project_get_registry_id (project),
                                      image, &auth, &no_helper, cancellable, error))
    return FALSE;
  if (!dw_engine_pull_image (tools->engine, reference, auth, NULL, NULL, cancellable, error))
    {
      dw_registries_explain_refusal (no_helper, error);
      return FALSE;
    }

  return TRUE;
}

/**
 * dw_deployer_guard:
 * @self: the deployer
 * @deploy_id: a deploy that succeeded
 * @fault: (out) (nullable) (transfer full): what turned bad, or %NULL
 * @cancellable: (nullable): ends the watch
 * @error: a DW_STORE_ERROR, a DW_ENGINE_ERROR or G_IO_ERROR_CANCELLED
 *
 * Watches what the deploy brought, for as long as its stage says. Blocks; not on the main thread.
 *
 * Returns: whether it was watched to the end; dw_deployer_take_back() is the answer to a fault
 */
gboolean
dw_deployer_guard (DwDeployer *self,
                   const char *deploy_id,
                   char **fault,
                   GCancellable *cancellable,
                   GError **error)
{
  return dw_deploy_guard_watch (&self->tools, deploy_id, fault, cancellable, error);
}

/**
 * dw_deployer_read_logs:
 * @self: the deployer
 * @stage_id: the stage
 * @tail: how many of the last lines, or 0 for all
 * @follow: whether to go on as the container writes
 * @function: takes each line, in this thread
 * @user_data: for @function
 * @cancellable: (nullable): ends it
 * @error: DW_DEPLOY_ERROR_NO_INSTANCE, a DW_ENGINE_ERROR or a DW_STORE_ERROR
 *
 * Reads the output of what serves in the stage. Blocks; not on the main thread.
 *
 * Returns: whether it was read to its end, or to where @function wanted
 */
gboolean
dw_deployer_read_logs (DwDeployer *self,
                       const char *stage_id,
                       guint tail,
                       gboolean follow,
                       DwLogFunc function,
                       gpointer user_data,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (DwStage) stage = dw_store_get (self->tools.store, DW_TYPE_STAGE, stage_id, error);
  g_autoptr (DwInstance)
      instance = stage != NULL ? dw_stage_action_get_instance (&self->tools, stage, error) : NULL;
  g_autoptr (DwContainer) container = NULL;

  if (instance == NULL ||
      !dw_stage_containers_find (self->tools.engine, instance, &container, cancellable, error))
    return FALSE;

  if (container == NULL)
    {
      g_set_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_NO_INSTANCE,
                   _ ("The container of the stage “%s” is gone: somebody removed it; deploy again"),
                   dw_stage_get_name (stage));
      return FALSE;
    }

  return dw_engine_read_logs (self->tools.engine, container->id, tail, follow, function, user_data,
                              cancellable, error);
}
