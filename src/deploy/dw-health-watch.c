/* dw-health-watch.c: notices that what serves in a stage turned bad
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It sees what the engine says of the container, as long as it serves. For a while after a deploy
 * dw-deploy-guard.c looks more closely, and takes back what is bad: what happens then is its to
 * tell. A container that the engine starts again and again is told of once, until it has run for
 * some time.
 */

#include "config.h"

#include "deploy/dw-health-watch.h"

#include <glib/gi18n-lib.h>

#define CALM_US (60 * G_TIME_SPAN_SECOND)
#define SETTLE_US (2 * G_TIME_SPAN_SECOND)
/* What the guard needs to see that it is over. */
#define GUARD_GRACE_S 2

struct _DwHealthWatch
{
  GObject parent_instance;

  DwStore *store;
  DwOverview *overview;
  GHashTable *seen; /* of a stage's id to Seen */
  guint settle_source;
};

/* What was last seen of a stage. */
typedef struct
{
  char *instance_id; /* nullable */
  gboolean is_running;
  gboolean was_told;
  gint64 since_us;     /* of running */
  gint64 suspected_us; /* since when it may have turned bad, or 0 */
} Seen;

static void
seen_free (gpointer data)
{
  Seen *seen = data;

  g_free (seen->instance_id);
  g_free (seen);
}

enum
{
  SIGNAL_LOST,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (DwHealthWatch, dw_health_watch, G_TYPE_OBJECT)

/* What is to be told, on its way through a thread. */
typedef struct
{
  char *stage_id;
  char *deploy_id; /* nullable: nobody needs to be told */
  char *fault;
} Loss;

static void
loss_free (gpointer data)
{
  Loss *loss = data;

  g_free (loss->stage_id);
  g_free (loss->deploy_id);
  g_free (loss->fault);
  g_free (loss);
}

static const char *
describe (DwStageCondition condition)
{
  switch (condition)
    {
    case DW_STAGE_UNHEALTHY:
      return _ ("The image's own health check fails");
    case DW_STAGE_GONE:
      return _ ("Somebody removed its container");
    case DW_STAGE_FAILING:
      return _ ("Its container ended by itself");
    case DW_STAGE_EMPTY:
    case DW_STAGE_UNKNOWN:
    case DW_STAGE_RUNNING:
    case DW_STAGE_STOPPED:
    default:
      return NULL;
    }
}

/* Whether the guard still looks at what the deploy brought. */
static gboolean
is_guarded (DwDeploy *deploy, DwStage *stage)
{
  const char *end_text = dw_deploy_get_finished_at (deploy);
  g_autoptr (GDateTime) end = end_text != NULL ? g_date_time_new_from_iso8601 (end_text, NULL)
                                               : NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();

  return end != NULL && dw_stage_get_watch_seconds (stage) > 0 &&
         dw_deploy_get_trigger (deploy) != DW_TRIGGER_ROLLBACK &&
         g_date_time_difference (now, end) / G_TIME_SPAN_SECOND <
             dw_stage_get_watch_seconds (stage) + GUARD_GRACE_S;
}

/* Finds the deploy that brought what turned bad, and has the outgoing webhook told. */
static gboolean
write_down (DwStore *store, Loss *loss, GError **error)
{
  g_autoptr (DwStage) stage = dw_store_get (store, DW_TYPE_STAGE, loss->stage_id, error);
  const char *instance_id = stage != NULL ? dw_stage_get_current_instance_id (stage) : NULL;
  g_autoptr (DwInstance) instance = NULL;
  g_autoptr (GPtrArray) newest = NULL;
  g_autoptr (DwDeploy) deploy = NULL;

  if (stage == NULL ||
      (newest = dw_store_list_stage_deploys (store, loss->stage_id, 1, error)) == NULL)
    return FALSE;
  /* Something else is coming, or what was there has gone on purpose. */
  if (instance_id == NULL || newest->len == 0 ||
      !dw_deploy_status_has_ended (dw_deploy_get_status (newest->pdata[0])))
    return TRUE;
  if ((instance = dw_store_get (store, DW_TYPE_INSTANCE, instance_id, error)) == NULL ||
      (deploy = dw_store_find_instance_deploy (store, instance_id, error)) == NULL)
    return FALSE;
  if (dw_instance_get_status (instance) != DW_INSTANCE_RUNNING || is_guarded (deploy, stage))
    return TRUE;
  if (!dw_store_tell_health_lost (store, dw_entity_get_id (DW_ENTITY (deploy)), loss->fault, error))
    return FALSE;

  loss->deploy_id = g_strdup (dw_entity_get_id (DW_ENTITY (deploy)));
  return TRUE;
}

static void
write_down_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  DwHealthWatch *self = source;
  GError *error = NULL;

  if (write_down (self->store, task_data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_written_down (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwHealthWatch *self = DW_HEALTH_WATCH (source);
  Loss *loss = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_debug ("nobody is told of the stage %s: %s", loss->stage_id, error->message);
  else if (loss->deploy_id != NULL)
    g_signal_emit (self, signals[SIGNAL_LOST], 0, loss->stage_id, loss->deploy_id, loss->fault);
}

static void
tell (DwHealthWatch *self, const char *stage_id, const char *fault)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, on_written_down, NULL);
  Loss *loss = g_new0 (Loss, 1);

  loss->stage_id = g_strdup (stage_id);
  loss->fault = g_strdup (fault);
  g_task_set_source_tag (task, tell);
  g_task_set_task_data (task, loss, loss_free);
  g_task_run_in_thread (task, write_down_in_thread);
}

static Seen *
get_seen (DwHealthWatch *self, const char *stage_id, const DwGlance *glance)
{
  Seen *seen = g_hash_table_lookup (self->seen, stage_id);

  if (seen == NULL || g_strcmp0 (seen->instance_id, glance->instance_id) != 0)
    {
      seen = g_new0 (Seen, 1);
      seen->instance_id = g_strdup (glance->instance_id);
      g_hash_table_replace (self->seen, g_strdup (stage_id), seen);
    }

  return seen;
}

static gboolean on_settled (gpointer user_data);

static void
settle_in (DwHealthWatch *self, gint64 time_us)
{
  self->settle_source = g_timeout_add ((guint) (time_us / G_TIME_SPAN_MILLISECOND + 1), on_settled,
                                       self);
}

/* What is bad for a moment may be a stop or a restart that somebody asked for. */
static gboolean
on_settled (gpointer user_data)
{
  DwHealthWatch *self = user_data;
  gint64 now_us = g_get_monotonic_time ();
  gint64 first_us = G_MAXINT64; /* of those that have not settled yet */
  GHashTableIter iter;
  gpointer stage_id;
  gpointer value;

  self->settle_source = 0;
  g_hash_table_iter_init (&iter, self->seen);
  while (g_hash_table_iter_next (&iter, &stage_id, &value))
    {
      const DwGlance *glance = dw_overview_find (self->overview, stage_id);
      Seen *seen = value;
      const char *fault = glance != NULL ? describe (glance->condition) : NULL;

      if (seen->suspected_us == 0)
        continue;
      if (now_us - seen->suspected_us < SETTLE_US)
        {
          first_us = MIN (first_us, seen->suspected_us);
          continue;
        }

      seen->suspected_us = 0;
      if (fault == NULL || g_strcmp0 (seen->instance_id, glance->instance_id) != 0)
        continue;
      tell (self, stage_id, fault);
      seen->was_told = TRUE;
    }

  if (first_us != G_MAXINT64)
    settle_in (self, first_us + SETTLE_US - now_us);

  return G_SOURCE_REMOVE;
}

static void
look_at (DwHealthWatch *self, const char *stage_id, const DwGlance *glance)
{
  Seen *seen = get_seen (self, stage_id, glance);
  gint64 now_us = g_get_monotonic_time ();

  if (glance->condition == DW_STAGE_RUNNING && !seen->is_running)
    {
      seen->is_running = TRUE;
      seen->since_us = now_us;
    }
  else if (describe (glance->condition) != NULL && seen->is_running)
    {
      seen->is_running = FALSE;
      if (seen->was_told && now_us - seen->since_us <= CALM_US)
        seen->suspected_us = 0;
      else if (seen->suspected_us == 0)
        seen->suspected_us = now_us;
      if (seen->suspected_us != 0 && self->settle_source == 0)
        settle_in (self, SETTLE_US);
    }
  else if (glance->condition == DW_STAGE_STOPPED)
    seen->is_running = FALSE;
}

static void
on_changed (DwHealthWatch *self)
{
  GHashTable *glances = dw_overview_peek (self->overview);
  GHashTableIter iter;
  gpointer stage_id;
  gpointer glance;

  g_hash_table_iter_init (&iter, self->seen);
  while (g_hash_table_iter_next (&iter, &stage_id, NULL))
    if (!g_hash_table_contains (glances, stage_id))
      g_hash_table_iter_remove (&iter);

  g_hash_table_iter_init (&iter, glances);
  while (g_hash_table_iter_next (&iter, &stage_id, &glance))
    look_at (self, stage_id, glance);
}

static void
dw_health_watch_dispose (GObject *object)
{
  DwHealthWatch *self = DW_HEALTH_WATCH (object);

  g_clear_handle_id (&self->settle_source, g_source_remove);
  if (self->overview != NULL)
    dw_overview_release (self->overview);
  g_clear_object (&self->overview);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (dw_health_watch_parent_class)->dispose (object);
}

static void
dw_health_watch_finalize (GObject *object)
{
  g_hash_table_unref (DW_HEALTH_WATCH (object)->seen);

  G_OBJECT_CLASS (dw_health_watch_parent_class)->finalize (object);
}

static void
dw_health_watch_class_init (DwHealthWatchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = dw_health_watch_dispose;
  object_class->finalize = dw_health_watch_finalize;

  signals[SIGNAL_LOST] = g_signal_new ("lost", DW_TYPE_HEALTH_WATCH, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING,
                                       G_TYPE_STRING);
}

static void
dw_health_watch_init (DwHealthWatch *self)
{
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, seen_free);
}

/**
 * dw_health_watch_new:
 * @store: the store
 * @overview: how the stages stand; it is held from now on
 *
 * Returns: (transfer full): what tells of what turns bad from now on
 */
DwHealthWatch *
dw_health_watch_new (DwStore *store, DwOverview *overview)
{
  DwHealthWatch *self = g_object_new (DW_TYPE_HEALTH_WATCH, NULL);

  self->store = g_object_ref (store);
  self->overview = g_object_ref (overview);
  g_signal_connect_object (overview, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  dw_overview_hold (overview);
  on_changed (self);

  return self;
}
