/* dw-deploy-job.c: one deploy on its way
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a window or a terminal holds while the pipeline works in a thread of its own. All that can
 * be read here changes in the main context in which the job was made, and nowhere else.
 */

#include "config.h"

#include "deploy/dw-deploy-job.h"

#include "deploy/dw-deploy-job-private.h"
#include "model/dw-enum-types.h"

struct _DwDeployJob
{
  GObject parent_instance;

  GMainContext *context;
  GCancellable *cancellable;
  char *stage_id;
  char *deploy_id;
  DwDeployStatus status;
  gint64 pull_done;
  gint64 pull_total;
  int canary_percent;
  int canary_seconds;
  gint64 canary_ends_at_us;
  gint is_to_go_on; /* atomic */
  gboolean is_finished;
  GError *error;
};

enum
{
  PROP_DEPLOY_ID = 1,
  PROP_STATUS,
  PROP_PULL_DONE,
  PROP_PULL_TOTAL,
  PROP_CANARY_PERCENT,
  PROP_FINISHED,
  N_PROPERTIES,
};

enum
{
  SIGNAL_LOG,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (DwDeployJob, dw_deploy_job, G_TYPE_OBJECT)

static void
dw_deploy_job_finalize (GObject *object)
{
  DwDeployJob *self = DW_DEPLOY_JOB (object);

  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->stage_id, g_free);
  g_clear_pointer (&self->deploy_id, g_free);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (dw_deploy_job_parent_class)->finalize (object);
}

static void
dw_deploy_job_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  DwDeployJob *self = DW_DEPLOY_JOB (object);

  switch (property_id)
    {
    case PROP_DEPLOY_ID:
      g_value_set_string (value, self->deploy_id);
      break;
    case PROP_STATUS:
      g_value_set_enum (value, (int) self->status);
      break;
    case PROP_PULL_DONE:
      g_value_set_int64 (value, self->pull_done);
      break;
    case PROP_PULL_TOTAL:
      g_value_set_int64 (value, self->pull_total);
      break;
    case PROP_CANARY_PERCENT:
      g_value_set_int (value, self->canary_percent);
      break;
    case PROP_FINISHED:
      g_value_set_boolean (value, self->is_finished);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_deploy_job_class_init (DwDeployJobClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->finalize = dw_deploy_job_finalize;
  object_class->get_property = dw_deploy_job_get_property;

  properties[PROP_DEPLOY_ID] = g_param_spec_string ("deploy-id", NULL, NULL, NULL, flags);
  properties[PROP_STATUS] = g_param_spec_enum ("status", NULL, NULL, DW_TYPE_DEPLOY_STATUS,
                                               DW_DEPLOY_PENDING, flags);
  properties[PROP_PULL_DONE] = g_param_spec_int64 ("pull-done", NULL, NULL, 0, G_MAXINT64, 0,
                                                   flags);
  properties[PROP_PULL_TOTAL] = g_param_spec_int64 ("pull-total", NULL, NULL, 0, G_MAXINT64, 0,
                                                    flags);
  properties[PROP_CANARY_PERCENT] = g_param_spec_int ("canary-percent", NULL, NULL, 0, 100, 0,
                                                      flags);
  properties[PROP_FINISHED] = g_param_spec_boolean ("finished", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  /**
   * DwDeployJob::log:
   * @self: the job
   * @level: how much it matters
   * @phase: what the deploy was at
   * @message: what happened
   *
   * A line that was added to the deploy's log.
   */
  signals[SIGNAL_LOG] = g_signal_new ("log", DW_TYPE_DEPLOY_JOB, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                      NULL, G_TYPE_NONE, 3, DW_TYPE_LOG_LEVEL,
                                      DW_TYPE_DEPLOY_STATUS, G_TYPE_STRING);
}

static void
dw_deploy_job_init (DwDeployJob *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->cancellable = g_cancellable_new ();
}

/**
 * dw_deploy_job_new:
 * @stage_id: the stage that was asked for
 *
 * Returns: (transfer full): a job that reports in the main context of this thread
 */
DwDeployJob *
dw_deploy_job_new (const char *stage_id)
{
  DwDeployJob *self = g_object_new (DW_TYPE_DEPLOY_JOB, NULL);

  self->stage_id = g_strdup (stage_id);

  return self;
}

/* Returns: (transfer none): what ends the job. Any thread. */
GCancellable *
dw_deploy_job_get_cancellable (DwDeployJob *self)
{
  return self->cancellable;
}

/* Whether somebody does not want to wait for the canary's end. Any thread. */
gboolean
dw_deploy_job_is_to_go_on (DwDeployJob *self)
{
  return g_atomic_int_get (&self->is_to_go_on);
}

/* The deploy is in the store now, for the stage that the request turned out to mean. */
void
dw_deploy_job_set_deploy (DwDeployJob *self, const char *deploy_id, const char *stage_id)
{
  g_free (self->stage_id);
  self->stage_id = g_strdup (stage_id);
  g_free (self->deploy_id);
  self->deploy_id = g_strdup (deploy_id);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DEPLOY_ID]);
}

/**
 * dw_deploy_job_finish:
 * @self: a job that is not finished
 * @error: (nullable) (transfer full): why it did not succeed
 *
 * Nothing changes in the job after this.
 */
void
dw_deploy_job_finish (DwDeployJob *self, GError *error)
{
  g_return_if_fail (!self->is_finished);

  self->error = error;
  self->is_finished = TRUE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FINISHED]);
}

/* One report on its way into the job's main context. */
typedef struct
{
  DwDeployJob *job;
  DwDeployStatus status;
  gint64 pull_done;
  gint64 pull_total;
  int canary_percent;
  int canary_seconds;
  DwLogLevel level;
  char *message;
} Report;

static void
report_free (gpointer data)
{
  Report *report = data;

  g_object_unref (report->job);
  g_free (report->message);
  g_free (report);
}

static void
post (DwDeployJob *self, GSourceFunc function, Report *report)
{
  report->job = g_object_ref (self);

  /* Not g_main_context_invoke(): what is posted from the context's own thread keeps its turn. */
  g_autoptr (GSource) source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, function, report, report_free);
  g_source_attach (source, self->context);
}

static gboolean
on_status (gpointer user_data)
{
  Report *report = user_data;

  report->job->status = report->status;
  g_object_notify_by_pspec (G_OBJECT (report->job), properties[PROP_STATUS]);

  return G_SOURCE_REMOVE;
}

void
dw_deploy_job_post_status (DwDeployJob *self, DwDeployStatus status)
{
  Report *report = g_new0 (Report, 1);

  report->status = status;
  post (self, on_status, report);
}

static gboolean
on_pull (gpointer user_data)
{
  Report *report = user_data;

  g_object_freeze_notify (G_OBJECT (report->job));
  report->job->pull_done = report->pull_done;
  report->job->pull_total = report->pull_total;
  g_object_notify_by_pspec (G_OBJECT (report->job), properties[PROP_PULL_DONE]);
  g_object_notify_by_pspec (G_OBJECT (report->job), properties[PROP_PULL_TOTAL]);
  g_object_thaw_notify (G_OBJECT (report->job));

  return G_SOURCE_REMOVE;
}

void
dw_deploy_job_post_pull (DwDeployJob *self, gint64 done, gint64 total)
{
  Report *report = g_new0 (Report, 1);

  report->pull_done = done;
  report->pull_total = total;
  post (self, on_pull, report);
}

static gboolean
on_canary (gpointer user_data)
{
  Report *report = user_data;

  report->job->canary_percent = report->canary_percent;
  report->job->canary_seconds = report->canary_seconds;
  report->job->canary_ends_at_us = g_get_monotonic_time () +
                                   report->canary_seconds * G_TIME_SPAN_SECOND;
  g_object_notify_by_pspec (G_OBJECT (report->job), properties[PROP_CANARY_PERCENT]);

  return G_SOURCE_REMOVE;
}

/* @percent of the requests go to the new instance for @seconds, from now on; 0: that is over. */
void
dw_deploy_job_post_canary (DwDeployJob *self, int percent, int seconds)
{
  Report *report = g_new0 (Report, 1);

  report->canary_percent = percent;
  report->canary_seconds = seconds;
  post (self, on_canary, report);
}

static gboolean
on_log (gpointer user_data)
{
  Report *report = user_data;

  g_signal_emit (report->job, signals[SIGNAL_LOG], 0, report->level, report->status,
                 report->message);

  return G_SOURCE_REMOVE;
}

void
dw_deploy_job_post_log (DwDeployJob *self,
                        DwLogLevel level,
                        DwDeployStatus phase,
                        const char *message)
{
  Report *report = g_new0 (Report, 1);

  report->level = level;
  report->status = phase;
  report->message = g_strdup (message);
  post (self, on_log, report);
}

/**
 * dw_deploy_job_get_stage_id:
 * @self: a job
 *
 * Returns: (transfer none): the stage that is deployed to. In the job's main context.
 */
const char *
dw_deploy_job_get_stage_id (DwDeployJob *self)
{
  return self->stage_id;
}

/**
 * dw_deploy_job_get_deploy_id:
 * @self: a job
 *
 * Returns: (nullable) (transfer none): the deploy in the store, or %NULL before it is there; a
 *   request that made no sense never is. In the job's main context.
 */
const char *
dw_deploy_job_get_deploy_id (DwDeployJob *self)
{
  return self->deploy_id;
}

/* Returns: how far the deploy has come. In the job's main context. */
DwDeployStatus
dw_deploy_job_get_status (DwDeployJob *self)
{
  return self->status;
}

/* Returns: the bytes that are pulled. In the job's main context. */
gint64
dw_deploy_job_get_pull_done (DwDeployJob *self)
{
  return self->pull_done;
}

/* Returns: the bytes that are to be pulled, as far as is known. In the job's main context. */
gint64
dw_deploy_job_get_pull_total (DwDeployJob *self)
{
  return self->pull_total;
}

/* Returns: the part of the requests that the new version gets while it is tried with a few, or 0
 * when it is not. In the job's main context. */
int
dw_deploy_job_get_canary_percent (DwDeployJob *self)
{
  return self->canary_percent;
}

/**
 * dw_deploy_job_get_canary_ms:
 * @self: a job that tries its version with a few requests
 * @left_ms: (out): how much of that time is left, in milliseconds
 *
 * Returns: for how long it is tried, in milliseconds. In the job's main context.
 */
gint64
dw_deploy_job_get_canary_ms (DwDeployJob *self, gint64 *left_ms)
{
  gint64 left_us = self->canary_ends_at_us - g_get_monotonic_time ();

  *left_ms = MAX (left_us, 0) / G_TIME_SPAN_MILLISECOND;
  return self->canary_seconds * G_GINT64_CONSTANT (1000);
}

/* Returns: whether the job is over, and nothing of it works on any more. In its main context. */
gboolean
dw_deploy_job_is_finished (DwDeployJob *self)
{
  return self->is_finished;
}

/**
 * dw_deploy_job_get_error:
 * @self: a job
 *
 * Returns: (nullable) (transfer none): why the finished job did not succeed, or %NULL when it did.
 *   In the job's main context.
 */
const GError *
dw_deploy_job_get_error (DwDeployJob *self)
{
  return self->error;
}

/**
 * dw_deploy_job_go_on:
 * @self: a job that tries its version with a few requests
 *
 * Gives it all of them soon, whatever time is left. Any thread.
 */
void
dw_deploy_job_go_on (DwDeployJob *self)
{
  g_atomic_int_set (&self->is_to_go_on, TRUE);
}

/**
 * dw_deploy_job_cancel:
 * @self: a job
 *
 * Asks for an end in whatever phase it is; the job finishes when the stage is as it was. Any
 * thread.
 */
void
dw_deploy_job_cancel (DwDeployJob *self)
{
  g_cancellable_cancel (self->cancellable);
}
