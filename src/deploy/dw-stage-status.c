/* dw-stage-status.c: how a stage stands, followed live
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It joins what the store says of a stage with what the engine says of its container, and reads
 * both again in a thread whenever either tells of a change, whoever made it. A reading that is
 * under way when another change is told is followed by one more.
 */

#include "config.h"

#include "deploy/dw-stage-status.h"

#include <glib/gi18n-lib.h>

#include "deploy/dw-deploy-enum-types.h"
#include "deploy/dw-stage-containers.h"

/* How many newer ones may have failed before what serves is not attributed any more. */
#define DEPLOYS_LOOKED_AT 200

struct _DwStageStatus
{
  GObject parent_instance;

  DwStore *store;
  DwStage *stage;
  DwEngineStatus *engine_status;
  GCancellable *cancellable;
  gboolean is_reading;
  gboolean is_stale; /* a change was told during the reading */

  DwStageCondition condition;
  DwInstance *instance;
  DwDeploy *deploy;
  DwDeploy *last_deploy;
  char *log;
  char *problem;
  DwDeployJob *job;
};

enum
{
  PROP_STAGE = 1,
  PROP_CONDITION,
  PROP_INSTANCE,
  PROP_DEPLOY,
  PROP_LAST_DEPLOY,
  PROP_DEPLOYING,
  PROP_LOG,
  PROP_PROBLEM,
  PROP_JOB,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (DwStageStatus, dw_stage_status, G_TYPE_OBJECT)

/* What a thread reads for it. */
typedef struct
{
  DwStore *store;
  DwEngine *engine; /* nullable: it does not answer */
  char *stage_id;
  char *no_engine; /* why there is none */

  DwStageCondition condition;
  DwInstance *instance;
  DwDeploy *deploy;
  DwDeploy *last_deploy;
  char *log;
  char *problem;
} Reading;

static void
reading_free (Reading *reading)
{
  g_clear_object (&reading->store);
  g_clear_object (&reading->engine);
  g_free (reading->stage_id);
  g_free (reading->no_engine);
  g_clear_object (&reading->instance);
  g_clear_object (&reading->deploy);
  g_clear_object (&reading->last_deploy);
  g_free (reading->log);
  g_free (reading->problem);
  g_free (reading);
}

static DwStageCondition
judge (const DwContainer *container)
{
  if (container == NULL)
    return DW_STAGE_GONE;

  switch (container->state)
    {
    case DW_CONTAINER_RUNNING:
      return container->health == DW_CONTAINER_HEALTH_UNHEALTHY ? DW_STAGE_UNHEALTHY
                                                                : DW_STAGE_RUNNING;
    case DW_CONTAINER_RESTARTING:
    case DW_CONTAINER_DEAD:
      return DW_STAGE_FAILING;
    case DW_CONTAINER_EXITED:
    case DW_CONTAINER_CREATED:
    case DW_CONTAINER_PAUSED:
    case DW_CONTAINER_REMOVING:
    case DW_CONTAINER_UNKNOWN:
    default:
      return DW_STAGE_STOPPED;
    }
}

/* The store says that it runs, and nobody stopped it through us. */
static DwStageCondition
judge_instance (DwInstance *instance, const DwContainer *container)
{
  DwStageCondition condition = judge (container);

  if (condition == DW_STAGE_STOPPED && dw_instance_get_status (instance) == DW_INSTANCE_RUNNING &&
      container->state == DW_CONTAINER_EXITED && container->exit_code != 0)
    return DW_STAGE_FAILING;

  return condition;
}

/* The newest one, and what brought the instance that serves: after a rollback to a kept container
 * that is not the deploy that made it. */
static gboolean
read_deploys (Reading *reading, GError **error)
{
  g_autoptr (GPtrArray) deploys = dw_store_list_stage_deploys (reading->store, reading->stage_id,
                                                               DEPLOYS_LOOKED_AT, error);

  for (guint i = 0; deploys != NULL && i < deploys->len && reading->deploy == NULL; i++)
    {
      DwDeploy *deploy = g_ptr_array_index (deploys, i);

      if (i == 0)
        reading->last_deploy = g_object_ref (deploy);
      if (reading->instance != NULL && dw_deploy_get_status (deploy) == DW_DEPLOY_SUCCESS)
        reading->deploy = g_object_ref (deploy);
    }

  return deploys != NULL;
}

static gboolean
read_log (Reading *reading, GError **error)
{
  if (reading->last_deploy == NULL ||
      dw_deploy_status_has_ended (dw_deploy_get_status (reading->last_deploy)))
    return TRUE;

  g_autoptr (GPtrArray) lines = dw_store_list_logs (
      reading->store, dw_entity_get_id (DW_ENTITY (reading->last_deploy)), 0, 0, error);

  if (lines != NULL && lines->len > 0)
    reading->log = g_strdup (dw_deploy_log_get_message (g_ptr_array_index (lines, lines->len - 1)));

  return lines != NULL;
}

static gboolean
read_instance (Reading *reading, GError **error)
{
  g_autoptr (DwStage)
      stage = dw_store_get (reading->store, DW_TYPE_STAGE, reading->stage_id, error);

  if (stage == NULL)
    return FALSE;

  if (dw_stage_get_current_instance_id (stage) == NULL)
    return TRUE;

  reading->instance = dw_store_get (reading->store, DW_TYPE_INSTANCE,
                                    dw_stage_get_current_instance_id (stage), error);

  return reading->instance != NULL;
}

static void
read_container (Reading *reading, GCancellable *cancellable)
{
  g_autoptr (DwContainer) container = NULL;
  g_autoptr (GError) problem = NULL;

  if (reading->instance == NULL)
    return;

  if (reading->engine == NULL)
    {
      reading->condition = DW_STAGE_UNKNOWN;
      reading->problem = g_strdup (reading->no_engine);
    }
  else if (dw_stage_containers_find (reading->engine, reading->instance, &container, cancellable,
                                     &problem))
    {
      reading->condition = judge_instance (reading->instance, container);
    }
  else
    {
      reading->condition = DW_STAGE_UNKNOWN;
      reading->problem = g_strdup (problem->message);
    }
}

static void
read_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Reading *reading = task_data;
  GError *error = NULL;

  reading->condition = DW_STAGE_EMPTY;
  if (!read_instance (reading, &error) || !read_deploys (reading, &error) ||
      !read_log (reading, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  read_container (reading, cancellable);
  g_task_return_boolean (task, TRUE);
}

/* The same row is the same object, so that what is bound to it stays bound; that it says something
 * else now is told all the same. */
static void
replace_entity (DwStageStatus *self, gpointer field, gpointer value, guint property_id)
{
  DwEntity **current = field;
  gboolean is_same = *current != NULL && value != NULL &&
                     g_strcmp0 (dw_entity_get_id (*current), dw_entity_get_id (value)) == 0;

  if (is_same &&
      g_strcmp0 (dw_entity_get_updated_at (*current), dw_entity_get_updated_at (value)) == 0)
    return;

  if (is_same)
    dw_entity_copy_values (*current, value);
  else if (!g_set_object (current, value))
    return;
  g_object_notify_by_pspec (G_OBJECT (self), properties[property_id]);
}

static void
replace_string (DwStageStatus *self, char **field, const char *value, guint property_id)
{
  if (g_strcmp0 (*field, value) == 0)
    return;

  g_free (*field);
  *field = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[property_id]);
}

static void
take_reading (DwStageStatus *self, Reading *reading)
{
  gboolean was_deploying = dw_stage_status_is_deploying (self);

  g_object_freeze_notify (G_OBJECT (self));
  replace_entity (self, &self->instance, reading->instance, PROP_INSTANCE);
  replace_entity (self, &self->deploy, reading->deploy, PROP_DEPLOY);
  replace_entity (self, &self->last_deploy, reading->last_deploy, PROP_LAST_DEPLOY);
  replace_string (self, &self->log, reading->log, PROP_LOG);
  replace_string (self, &self->problem, reading->problem, PROP_PROBLEM);
  if (self->condition != reading->condition)
    {
      self->condition = reading->condition;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONDITION]);
    }
  if (was_deploying != dw_stage_status_is_deploying (self))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DEPLOYING]);
  g_object_thaw_notify (G_OBJECT (self));
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwStageStatus *self = DW_STAGE_STATUS (source);
  g_autoptr (GError) error = NULL;

  self->is_reading = FALSE;
  if (g_task_propagate_boolean (G_TASK (result), &error))
    take_reading (self, g_task_get_task_data (G_TASK (result)));
  /* A stage that is gone is taken from the list, and this with it. */
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) &&
           !g_error_matches (error, DW_STORE_ERROR, DW_STORE_ERROR_NOT_FOUND))
    replace_string (self, &self->problem, error->message, PROP_PROBLEM);

  if (self->is_stale && !g_cancellable_is_cancelled (self->cancellable))
    dw_stage_status_reload (self);
}

/**
 * dw_stage_status_reload:
 * @self: the status
 *
 * Reads the store and the engine again, in a thread. In the status's main context.
 */
void
dw_stage_status_reload (DwStageStatus *self)
{
  g_return_if_fail (DW_IS_STAGE_STATUS (self));

  self->is_stale = self->is_reading;
  if (self->is_reading)
    return;

  Reading *reading = g_new0 (Reading, 1);
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, on_read, NULL);

  self->is_reading = TRUE;
  reading->store = g_object_ref (self->store);
  reading->stage_id = g_strdup (dw_entity_get_id (DW_ENTITY (self->stage)));
  if (dw_engine_status_get_state (self->engine_status) == DW_ENGINE_STATE_CONNECTED)
    g_set_object (&reading->engine, dw_engine_status_get_engine (self->engine_status));
  reading->no_engine = g_strdup (dw_engine_status_get_problem (self->engine_status));
  g_task_set_source_tag (task, dw_stage_status_reload);
  g_task_set_task_data (task, reading, (GDestroyNotify) reading_free);
  g_task_run_in_thread (task, read_in_thread);
}

static void
on_store_changed (DwStageStatus *self, GType type)
{
  if (type == DW_TYPE_STAGE || type == DW_TYPE_INSTANCE || type == DW_TYPE_DEPLOY ||
      (type == DW_TYPE_DEPLOY_LOG && dw_stage_status_is_deploying (self)))
    dw_stage_status_reload (self);
}

static void
on_job_finished (DwStageStatus *self)
{
  dw_stage_status_set_job (self, NULL);
}

static void
dw_stage_status_dispose (GObject *object)
{
  DwStageStatus *self = DW_STAGE_STATUS (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->store);
  g_clear_object (&self->stage);
  g_clear_object (&self->engine_status);
  g_clear_object (&self->instance);
  g_clear_object (&self->deploy);
  g_clear_object (&self->last_deploy);
  g_clear_object (&self->job);

  G_OBJECT_CLASS (dw_stage_status_parent_class)->dispose (object);
}

static void
dw_stage_status_finalize (GObject *object)
{
  DwStageStatus *self = DW_STAGE_STATUS (object);

  g_object_unref (self->cancellable);
  g_free (self->log);
  g_free (self->problem);

  G_OBJECT_CLASS (dw_stage_status_parent_class)->finalize (object);
}

static void
dw_stage_status_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  DwStageStatus *self = DW_STAGE_STATUS (object);

  switch (property_id)
    {
    case PROP_STAGE:
      g_value_set_object (value, self->stage);
      break;
    case PROP_CONDITION:
      g_value_set_enum (value, (int) self->condition);
      break;
    case PROP_INSTANCE:
      g_value_set_object (value, self->instance);
      break;
    case PROP_DEPLOY:
      g_value_set_object (value, self->deploy);
      break;
    case PROP_LAST_DEPLOY:
      g_value_set_object (value, self->last_deploy);
      break;
    case PROP_DEPLOYING:
      g_value_set_boolean (value, dw_stage_status_is_deploying (self));
      break;
    case PROP_LOG:
      g_value_set_string (value, self->log);
      break;
    case PROP_PROBLEM:
      g_value_set_string (value, self->problem);
      break;
    case PROP_JOB:
      g_value_set_object (value, self->job);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_stage_status_class_init (DwStageStatusClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = dw_stage_status_dispose;
  object_class->finalize = dw_stage_status_finalize;
  object_class->get_property = dw_stage_status_get_property;

  properties[PROP_STAGE] = g_param_spec_object ("stage", NULL, NULL, DW_TYPE_STAGE, flags);
  properties[PROP_CONDITION] = g_param_spec_enum ("condition", NULL, NULL, DW_TYPE_STAGE_CONDITION,
                                                  DW_STAGE_EMPTY, flags);
  properties[PROP_INSTANCE] = g_param_spec_object ("instance", NULL, NULL, DW_TYPE_INSTANCE, flags);
  properties[PROP_DEPLOY] = g_param_spec_object ("deploy", NULL, NULL, DW_TYPE_DEPLOY, flags);
  properties[PROP_LAST_DEPLOY] = g_param_spec_object ("last-deploy", NULL, NULL, DW_TYPE_DEPLOY,
                                                      flags);
  properties[PROP_DEPLOYING] = g_param_spec_boolean ("deploying", NULL, NULL, FALSE, flags);
  properties[PROP_LOG] = g_param_spec_string ("log", NULL, NULL, NULL, flags);
  properties[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL, flags);
  properties[PROP_JOB] = g_param_spec_object ("job", NULL, NULL, DW_TYPE_DEPLOY_JOB, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
dw_stage_status_init (DwStageStatus *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * dw_stage_status_new:
 * @store: the store
 * @stage: the stage, as a live list has it
 * @engine_status: whether the engine is there
 *
 * Returns: (transfer full): how the stage stands, once it is read; it reports in the main context
 *   of this thread
 */
DwStageStatus *
dw_stage_status_new (DwStore *store, DwStage *stage, DwEngineStatus *engine_status)
{
  DwStageStatus *self = g_object_new (DW_TYPE_STAGE_STATUS, NULL);

  self->store = g_object_ref (store);
  self->stage = g_object_ref (stage);
  self->engine_status = g_object_ref (engine_status);
  g_signal_connect_object (store, "changed", G_CALLBACK (on_store_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (engine_status, "notify::state", G_CALLBACK (dw_stage_status_reload),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine_status, "instances-changed", G_CALLBACK (dw_stage_status_reload),
                           self, G_CONNECT_SWAPPED);
  dw_store_watch (store);
  dw_stage_status_reload (self);

  return self;
}

/* Returns: (transfer none): the stage */
DwStage *
dw_stage_status_get_stage (DwStageStatus *self)
{
  return self->stage;
}

/* Returns: how what serves is doing */
DwStageCondition
dw_stage_status_get_condition (DwStageStatus *self)
{
  return self->condition;
}

/* Returns: (transfer none) (nullable): what serves */
DwInstance *
dw_stage_status_get_instance (DwStageStatus *self)
{
  return self->instance;
}

/* Returns: (transfer none) (nullable): the deploy that brought what serves */
DwDeploy *
dw_stage_status_get_deploy (DwStageStatus *self)
{
  return self->deploy;
}

/* Returns: (transfer none) (nullable): the newest deploy, whatever came of it */
DwDeploy *
dw_stage_status_get_last_deploy (DwStageStatus *self)
{
  return self->last_deploy;
}

/* Returns: whether a deploy of the stage has not ended, in whatever process */
gboolean
dw_stage_status_is_deploying (DwStageStatus *self)
{
  return self->job != NULL ||
         (self->last_deploy != NULL &&
          !dw_deploy_status_has_ended (dw_deploy_get_status (self->last_deploy)));
}

/* Returns: (transfer none) (nullable): the deploy of the stage that runs in this process */
DwDeployJob *
dw_stage_status_get_job (DwStageStatus *self)
{
  return self->job;
}

/**
 * dw_stage_status_set_job:
 * @self: the status
 * @job: (nullable): a deploy of the stage that this process runs
 *
 * Follows @job until it is finished; a newer one takes its place.
 */
void
dw_stage_status_set_job (DwStageStatus *self, DwDeployJob *job)
{
  gboolean was_deploying = dw_stage_status_is_deploying (self);

  g_return_if_fail (DW_IS_STAGE_STATUS (self));

  if (self->job != NULL)
    g_signal_handlers_disconnect_by_func (self->job, on_job_finished, self);
  if (!g_set_object (&self->job, job))
    return;

  if (job != NULL)
    g_signal_connect_object (job, "notify::finished", G_CALLBACK (on_job_finished), self,
                             G_CONNECT_SWAPPED);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_JOB]);
  if (was_deploying != dw_stage_status_is_deploying (self))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DEPLOYING]);
  dw_stage_status_reload (self);
}
