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
#include "deploy/dw-stage-state.h"

/* How much is shown of the log of a deploy that runs. */
#define LOG_LINES 6

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
  DwDeploy *previous;
  gint64 log_after; /* the number of the last line in @log_lines */
  GQueue log_lines; /* of char *: the last of the newest deploy */
  char *log;
  char *problem;
  char *address;
  DwDeployJob *job;
};

enum
{
  PROP_STAGE = 1,
  PROP_CONDITION,
  PROP_INSTANCE,
  PROP_DEPLOY,
  PROP_LAST_DEPLOY,
  PROP_PREVIOUS,
  PROP_ADDRESS,
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
  char *deploy_id;  /* nullable: whose log is known already */
  gint64 log_after; /* up to which line */

  DwStageState *state;
  DwStageCondition condition;
  GPtrArray *log; /* nullable: of DwDeployLog; what is new of the newest deploy, while it runs */
} Reading;

static void
reading_free (Reading *reading)
{
  g_clear_object (&reading->store);
  g_clear_object (&reading->engine);
  g_clear_pointer (&reading->state, dw_stage_state_free);
  g_clear_pointer (&reading->log, g_ptr_array_unref);
  g_free (reading->stage_id);
  g_free (reading->deploy_id);
  g_free (reading);
}

static DwStageCondition
judge (const DwStageState *state)
{
  if (state->instance != NULL && state->problem != NULL)
    return DW_STAGE_UNKNOWN;

  return dw_stage_condition_judge (state->instance, state->container);
}

static gboolean
read_log (Reading *reading, GError **error)
{
  DwDeploy *last = reading->state->last_deploy;

  if (last == NULL || dw_deploy_status_has_ended (dw_deploy_get_status (last)))
    return TRUE;

  const char *id = dw_entity_get_id (DW_ENTITY (last));
  gint64 after = g_strcmp0 (id, reading->deploy_id) == 0 ? reading->log_after : 0;

  reading->log = dw_store_list_logs (reading->store, id, after, 0, error);

  return reading->log != NULL;
}

static void
read_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Reading *reading = task_data;
  GError *error = NULL;

  reading->state = dw_stage_state_read (reading->store, reading->engine, reading->stage_id,
                                        cancellable, &error);
  if (reading->state == NULL || !read_log (reading, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  reading->condition = judge (reading->state);
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
forget_log (DwStageStatus *self)
{
  g_queue_clear_full (&self->log_lines, g_free);
  self->log_after = 0;
}

/* A deploy may write a line for each attempt of a health check: only what is new is read. */
static void
take_log (DwStageStatus *self, GPtrArray *lines)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; lines != NULL && i < lines->len; i++)
    {
      DwDeployLog *line = g_ptr_array_index (lines, i);

      g_queue_push_tail (&self->log_lines, g_strdup (dw_deploy_log_get_message (line)));
      if (g_queue_get_length (&self->log_lines) > LOG_LINES)
        g_free (g_queue_pop_head (&self->log_lines));
      self->log_after = g_ascii_strtoll (dw_entity_get_id (DW_ENTITY (line)), NULL, 10);
    }

  for (GList *link = self->log_lines.head; link != NULL; link = link->next)
    g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", (char *) link->data);
  replace_string (self, &self->log, text->len > 0 ? text->str : NULL, PROP_LOG);
}

static void
take_reading (DwStageStatus *self, Reading *reading)
{
  const DwStageState *state = reading->state;
  gboolean was_deploying = dw_stage_status_is_deploying (self);

  if (self->last_deploy == NULL || state->last_deploy == NULL || reading->log == NULL ||
      g_strcmp0 (dw_entity_get_id (DW_ENTITY (self->last_deploy)),
                 dw_entity_get_id (DW_ENTITY (state->last_deploy))) != 0)
    forget_log (self);

  g_object_freeze_notify (G_OBJECT (self));
  take_log (self, reading->log);
  replace_entity (self, &self->instance, state->instance, PROP_INSTANCE);
  replace_entity (self, &self->deploy, state->deploy, PROP_DEPLOY);
  replace_entity (self, &self->last_deploy, state->last_deploy, PROP_LAST_DEPLOY);
  replace_entity (self, &self->previous, state->previous, PROP_PREVIOUS);
  replace_string (self, &self->address, state->address, PROP_ADDRESS);
  replace_string (self, &self->problem, state->problem != NULL ? state->problem->message : NULL,
                  PROP_PROBLEM);
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
  if (self->last_deploy != NULL)
    reading->deploy_id = g_strdup (dw_entity_get_id (DW_ENTITY (self->last_deploy)));
  reading->log_after = self->log_after;
  if (dw_engine_status_get_state (self->engine_status) == DW_ENGINE_STATE_CONNECTED)
    g_set_object (&reading->engine, dw_engine_status_get_engine (self->engine_status));
  g_task_set_source_tag (task, dw_stage_status_reload);
  g_task_set_task_data (task, reading, (GDestroyNotify) reading_free);
  g_task_run_in_thread (task, read_in_thread);
}

static void
on_store_changed (DwStageStatus *self, GType type)
{
  /* The settings say by which address it is reached. */
  if (type == DW_TYPE_STAGE || type == DW_TYPE_INSTANCE || type == DW_TYPE_DEPLOY ||
      type == DW_TYPE_SETTINGS ||
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
  g_clear_object (&self->previous);
  g_clear_object (&self->job);

  G_OBJECT_CLASS (dw_stage_status_parent_class)->dispose (object);
}

static void
dw_stage_status_finalize (GObject *object)
{
  DwStageStatus *self = DW_STAGE_STATUS (object);

  g_object_unref (self->cancellable);
  forget_log (self);
  g_free (self->log);
  g_free (self->problem);
  g_free (self->address);

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
    case PROP_PREVIOUS:
      g_value_set_object (value, self->previous);
      break;
    case PROP_ADDRESS:
      g_value_set_string (value, self->address);
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
  properties[PROP_PREVIOUS] = g_param_spec_object ("previous", NULL, NULL, DW_TYPE_DEPLOY, flags);
  properties[PROP_ADDRESS] = g_param_spec_string ("address", NULL, NULL, NULL, flags);
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
 * dw_stage_condition_judge:
 * @instance: (nullable): what is to serve in a stage
 * @container: (nullable): its container, if the engine has it
 *
 * Returns: how it is doing, by what the engine says; listed or inspected
 */
DwStageCondition
dw_stage_condition_judge (DwInstance *instance, const DwContainer *container)
{
  if (instance == NULL)
    return DW_STAGE_EMPTY;
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
      /* The store says that it runs, so nobody stopped it through us. */
      return dw_instance_get_status (instance) == DW_INSTANCE_RUNNING && container->exit_code != 0
                 ? DW_STAGE_FAILING
                 : DW_STAGE_STOPPED;
    case DW_CONTAINER_CREATED:
    case DW_CONTAINER_PAUSED:
    case DW_CONTAINER_REMOVING:
    case DW_CONTAINER_UNKNOWN:
    default:
      return DW_STAGE_STOPPED;
    }
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

/* Returns: (transfer none) (nullable): the deploy that a rollback goes back to */
DwDeploy *
dw_stage_status_get_previous (DwStageStatus *self)
{
  return self->previous;
}

/* Returns: (nullable): where a browser finds what serves */
const char *
dw_stage_status_get_address (DwStageStatus *self)
{
  return self->address;
}

/* Returns: (nullable): the last lines of the newest deploy, while it runs */
const char *
dw_stage_status_get_log (DwStageStatus *self)
{
  return self->log;
}

/* Returns: (nullable): why the condition is not known */
const char *
dw_stage_status_get_problem (DwStageStatus *self)
{
  return self->problem;
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
