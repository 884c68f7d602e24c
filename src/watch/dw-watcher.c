/* dw-watcher.c: turns a new tag into a deploy, or into a question
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Everything happens in one main context, which never waits: what asks a registry or the store is a
 * task in a thread, and comes back here. The store is told before anybody else, so that what is
 * decided here can be decided again after a crash, with the same result.
 *
 * The watcher follows the store: what a person, another process or a deploy changes there makes it
 * read its plan anew and think again about what it has seen. It asks a registry when it is its
 * turn, when a person wants it, and when a webhook says that something was pushed.
 */

#include "config.h"

#include "watch/dw-watcher.h"

#include <glib/gi18n-lib.h>

#include "model/dw-enum-types.h"
#include "watch/dw-watch-deploys.h"
#include "watch/dw-watch-task.h"
#include "watch/dw-watch-turns.h"
#include "watch/dw-webhook-listener.h"

/* What changes in the store is gathered for so long. */
#define SETTLE_MS 200

struct _DwWatcher
{
  GObject parent_instance;

  DwStore *store;
  DwRegistries *registries;
  DwDeployer *deployer; /* nullable */
  GCancellable *cancellable;
  GThreadPool *threads;
  gboolean is_running;

  GPtrArray *groups; /* nullable; of DwWatchGroup: the plan, replaced as a whole */
  gboolean is_planning;
  gboolean wants_plan;     /* the store has changed since it was begun */
  gboolean is_autostarted; /* as the last plan wanted it */
  char *settings_at;       /* nullable: when the settings that were last read were written */
  guint settle_timer;

  DwWatchTurns *turns;
  DwWatchDeploys *deploys;
  GHashTable *told;   /* the id of a stage to the digest that a person was asked about */
  GHashTable *pulled; /* a set of digests that the engine was told to pull early */

  DwWebhookListener *listener; /* nullable */
  char *webhook_problem;
};

enum
{
  PROP_DEPLOYER = 1,
  PROP_WEBHOOK_PROBLEM,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

enum
{
  FOUND,
  ASKS,
  DEPLOYING,
  ANSWER_FAILED,
  CHECKED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (DwWatcher, dw_watcher, G_TYPE_OBJECT)

static void plan_soon (DwWatcher *self);

static gboolean on_done (gpointer user_data);

static void
work (gpointer data, gpointer user_data)
{
  DwWatchTask *task = data;
  g_autoptr (GSource) source = g_idle_source_new ();

  dw_watch_task_run (task);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_done, task, NULL);
  g_source_attach (source, user_data);
}

static DwWatchTask *
make_task (DwWatcher *self, DwWatchTaskKind kind)
{
  DwWatchTask *task = dw_watch_task_new (kind);

  task->owner = g_object_ref (self);
  task->store = g_object_ref (self->store);
  task->registries = g_object_ref (self->registries);
  g_set_object (&task->deployer, self->deployer);
  task->cancellable = g_object_ref (self->cancellable);
  task->groups = self->groups != NULL ? g_ptr_array_ref (self->groups)
                                      : g_ptr_array_new_with_free_func (NULL);

  return task;
}

static void
begin (DwWatcher *self, DwWatchTask *task)
{
  g_thread_pool_push (self->threads, task, NULL);
}

static void
on_deploy_cancelled (DwWatcher *self, const char *stage_id, const char *tag, const char *digest)
{
  DwWatchTask *task = make_task (self, DW_WATCH_TASK_HOLD);

  task->stage_id = g_strdup (stage_id);
  task->tag = g_strdup (tag);
  task->digest = g_strdup (digest);
  begin (self, task);
}

static void
on_deploy_failed (DwWatcher *self, const char *stage_id, gint64 again_s)
{
  dw_watch_turns_think_at (self->turns, stage_id, again_s);
  plan_soon (self);
}

static void
on_deploy_begun (DwWatcher *self, DwDeployJob *job)
{
  g_signal_emit (self, signals[DEPLOYING], 0, job);
}

static void
deploy (DwWatcher *self,
        const char *stage_id,
        const char *tag,
        const char *digest,
        DwTrigger trigger,
        const char *note)
{
  gint64 again_s;

  if (self->deployer == NULL)
    return;

  again_s = dw_watch_deploys_begin (self->deploys, self->deployer, stage_id, tag, digest, trigger,
                                    note != NULL ? note : _ ("Found by watching"));
  if (again_s > 0)
    dw_watch_turns_think_at (self->turns, stage_id, again_s);
}

static void
pull_early (DwWatcher *self, const DwWatchFinding *finding)
{
  if (self->deployer == NULL || !g_hash_table_add (self->pulled, g_strdup (finding->digest)))
    return;

  DwWatchTask *task = make_task (self, DW_WATCH_TASK_PULL);
  task->stage_id = g_strdup (finding->stage_id);
  task->tag = g_strdup (finding->tag);
  task->digest = g_strdup (finding->digest);
  begin (self, task);
}

static void
ask (DwWatcher *self, const DwWatchFinding *finding)
{
  const char *told = g_hash_table_lookup (self->told, finding->stage_id);

  if (g_strcmp0 (told, finding->digest) == 0)
    return;

  g_hash_table_replace (self->told, g_strdup (finding->stage_id), g_strdup (finding->digest));
  g_signal_emit (self, signals[ASKS], 0, finding->stage_id, finding->tag, finding->digest);
}

static void
take_finding (DwWatcher *self, const DwWatchFinding *finding, DwTrigger trigger, const char *note)
{
  if (finding->until_s > 0)
    dw_watch_turns_think_at (self->turns, finding->stage_id, finding->until_s);
  if (finding->is_new)
    g_signal_emit (self, signals[FOUND], 0, finding->stage_id, finding->tag, finding->digest,
                   finding->state);
  if (finding->pre_pull)
    pull_early (self, finding);
  if (finding->state == DW_NEWER_ASKS)
    ask (self, finding);
  else if (finding->state == DW_NEWER_READY)
    deploy (self, finding->stage_id, finding->tag, finding->digest, trigger, note);
}

static void
take_findings (DwWatcher *self, DwWatchReport *report, DwTrigger trigger, const char *note)
{
  for (guint i = 0; i < report->findings->len; i++)
    take_finding (self, report->findings->pdata[i], trigger, note);
}

static void
set_webhook_problem (DwWatcher *self, const char *problem)
{
  if (g_strcmp0 (self->webhook_problem, problem) == 0)
    return;

  if (problem != NULL)
    g_message ("The webhook listener does not run: %s", problem);
  g_free (self->webhook_problem);
  self->webhook_problem = g_strdup (problem);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WEBHOOK_PROBLEM]);
}

static void
on_pushed (DwWatcher *self, const char *image, const char *tag, const char *note)
{
  dw_watcher_push (self, image, tag, note);
}

/* Makes the listener what the settings want. */
static void
settle_listener (DwWatcher *self, DwSettings *settings, const char *secret, const char *problem)
{
  g_autoptr (GError) error = NULL;

  if (!dw_settings_get_webhook_enabled (settings) || secret == NULL)
    {
      g_clear_object (&self->listener);
      set_webhook_problem (self, dw_settings_get_webhook_enabled (settings) ? problem : NULL);
      return;
    }

  if (self->listener != NULL &&
      dw_webhook_listener_get_port (self->listener) ==
          (guint) dw_settings_get_webhook_port (settings) &&
      dw_webhook_listener_has_secret (self->listener, secret))
    return;

  /* The port is to be free before it is taken again. */
  g_clear_object (&self->listener);
  self->listener = dw_webhook_listener_new ((guint) dw_settings_get_webhook_port (settings), secret,
                                            &error);
  if (self->listener != NULL)
    g_signal_connect_object (self->listener, "pushed", G_CALLBACK (on_pushed), self,
                             G_CONNECT_SWAPPED);
  set_webhook_problem (self, error != NULL ? error->message : NULL);
}

static void
judge (DwWatcher *self)
{
  if (self->groups != NULL)
    begin (self, make_task (self, DW_WATCH_TASK_JUDGE));
}

static void
take_plan (DwWatcher *self, DwWatchTask *task)
{
  self->is_planning = FALSE;
  if (task->plan != NULL)
    {
      g_clear_pointer (&self->groups, g_ptr_array_unref);
      self->groups = g_ptr_array_ref (task->plan);
      dw_watch_turns_follow (self->turns, self->groups);
      judge (self);
    }
  if (task->settings != NULL)
    {
      self->is_autostarted = dw_settings_get_start_at_login (task->settings);
      g_free (self->settings_at);
      self->settings_at = g_strdup (dw_entity_get_updated_at (DW_ENTITY (task->settings)));
      settle_listener (self, task->settings, task->secret, task->secret_problem);
    }
  if (self->wants_plan)
    plan_soon (self);
}

static void
take_check (DwWatcher *self, DwWatchTask *task)
{
  DwWatchedRegistry *watched = dw_watch_turns_find (self->turns, task->key);
  const GError *problem = task->report->problem != NULL ? task->report->problem : task->error;

  take_findings (self, task->report, DW_TRIGGER_WATCH, NULL);
  if (watched != NULL)
    dw_watched_registry_end (watched, problem != NULL ? problem->message : NULL,
                             task->report->is_down || task->error != NULL, task->report->is_slow,
                             task->report->pause_s, dw_agenda_time_now ());
  g_signal_emit (self, signals[CHECKED], 0, task->key);
}

/* What could not be looked at now is looked at with its registry, as soon as that may be asked. */
static void
take_push (DwWatcher *self, DwWatchTask *task)
{
  take_findings (self, task->report, DW_TRIGGER_WEBHOOK, task->note);
  for (guint i = 0; task->keys != NULL && i < task->keys->len; i++)
    dw_watch_turns_request (self->turns, task->keys->pdata[i]);
}

static void
take_answer (DwWatcher *self, DwWatchTask *task)
{
  take_findings (self, task->report, DW_TRIGGER_WATCH, NULL);
  if (task->error != NULL)
    g_signal_emit (self, signals[ANSWER_FAILED], 0, task->stage_id, task->error->message);
  if (task->stage != NULL && task->answer == DW_WATCH_ANSWER_DEPLOY)
    {
      dw_watch_deploys_forget (self->deploys, task->stage_id);
      deploy (self, task->stage_id, dw_stage_get_newer_tag (task->stage),
              dw_stage_get_newer_digest (task->stage), DW_TRIGGER_WATCH,
              _ ("Confirmed by a person"));
    }
}

static gboolean
on_done (gpointer user_data)
{
  DwWatchTask *task = user_data;
  DwWatcher *self = task->owner;

  if (task->error != NULL && !g_error_matches (task->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_message ("Watching: %s", task->error->message);

  if (self->is_running)
    {
      switch (task->kind)
        {
        case DW_WATCH_TASK_PLAN:
          take_plan (self, task);
          break;
        case DW_WATCH_TASK_CHECK:
          take_check (self, task);
          break;
        case DW_WATCH_TASK_PUSH:
          take_push (self, task);
          break;
        case DW_WATCH_TASK_JUDGE:
          dw_watch_turns_clear_thoughts (self->turns);
          take_findings (self, task->report, DW_TRIGGER_WATCH, NULL);
          break;
        case DW_WATCH_TASK_ANSWER:
          take_answer (self, task);
          break;
        case DW_WATCH_TASK_HOLD:
          take_findings (self, task->report, DW_TRIGGER_WATCH, NULL);
          break;
        case DW_WATCH_TASK_PULL:
          /* The deploy pulls it then, and says what is wrong. */
          if (task->error != NULL)
            g_hash_table_remove (self->pulled, task->digest);
          break;
        default:
          g_assert_not_reached ();
        }
      dw_watch_turns_take (self->turns);
    }
  dw_watch_task_free (task);

  return G_SOURCE_REMOVE;
}

static void
plan (DwWatcher *self)
{
  DwWatchTask *task = make_task (self, DW_WATCH_TASK_PLAN);

  task->was_autostarted = self->is_autostarted;
  task->settings_at = g_strdup (self->settings_at);
  self->is_planning = TRUE;
  self->wants_plan = FALSE;
  begin (self, task);
}

static gboolean
on_settled (gpointer user_data)
{
  DwWatcher *self = user_data;

  self->settle_timer = 0;
  if (!self->is_planning)
    plan (self);

  return G_SOURCE_REMOVE;
}

static void
plan_soon (DwWatcher *self)
{
  self->wants_plan = TRUE;
  if (self->is_running && self->settle_timer == 0)
    self->settle_timer = g_timeout_add (SETTLE_MS, on_settled, self);
}

static void
on_store_changed (DwWatcher *self, GType type)
{
  if (type == DW_TYPE_PROJECT || type == DW_TYPE_STAGE || type == DW_TYPE_REGISTRY ||
      type == DW_TYPE_SETTINGS || type == DW_TYPE_HELD_VERSION)
    plan_soon (self);
}

static void
on_due (DwWatcher *self, DwWatchedRegistry *watched)
{
  DwWatchTask *task = make_task (self, DW_WATCH_TASK_CHECK);

  task->key = g_strdup (dw_watched_registry_get_key (watched));
  task->n_lanes = dw_watched_registry_begin (watched);
  begin (self, task);
}

static void
dw_watcher_dispose (GObject *object)
{
  DwWatcher *self = DW_WATCHER (object);

  dw_watcher_stop (self);
  g_clear_object (&self->deploys);
  g_clear_object (&self->turns);
  g_clear_object (&self->deployer);
  g_clear_object (&self->registries);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (dw_watcher_parent_class)->dispose (object);
}

/* Every task holds a reference, so by now the threads have nothing to do. */
static void
dw_watcher_finalize (GObject *object)
{
  DwWatcher *self = DW_WATCHER (object);

  g_thread_pool_free (self->threads, FALSE, FALSE);
  g_clear_pointer (&self->groups, g_ptr_array_unref);
  g_clear_pointer (&self->told, g_hash_table_unref);
  g_clear_pointer (&self->pulled, g_hash_table_unref);
  g_clear_object (&self->cancellable);
  g_free (self->webhook_problem);
  g_free (self->settings_at);

  G_OBJECT_CLASS (dw_watcher_parent_class)->finalize (object);
}

static void
dw_watcher_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  DwWatcher *self = DW_WATCHER (object);

  switch (property_id)
    {
    case PROP_DEPLOYER:
      g_value_set_object (value, self->deployer);
      break;
    case PROP_WEBHOOK_PROBLEM:
      g_value_set_string (value, self->webhook_problem);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_watcher_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  switch (property_id)
    {
    case PROP_DEPLOYER:
      dw_watcher_set_deployer (DW_WATCHER (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_watcher_class_init (DwWatcherClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = dw_watcher_dispose;
  object_class->finalize = dw_watcher_finalize;
  object_class->get_property = dw_watcher_get_property;
  object_class->set_property = dw_watcher_set_property;

  properties[PROP_DEPLOYER] = g_param_spec_object ("deployer", NULL, NULL, DW_TYPE_DEPLOYER,
                                                   G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY |
                                                       G_PARAM_STATIC_STRINGS);
  properties[PROP_WEBHOOK_PROBLEM] = g_param_spec_string (
      "webhook-problem", NULL, NULL, NULL,
      G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  signals[FOUND] = g_signal_new ("found", DW_TYPE_WATCHER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 4, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING,
                                 DW_TYPE_NEWER_STATE);
  signals[ASKS] = g_signal_new ("asks", DW_TYPE_WATCHER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
  signals[DEPLOYING] = g_signal_new ("deploying", DW_TYPE_WATCHER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                     NULL, G_TYPE_NONE, 1, DW_TYPE_DEPLOY_JOB);
  signals[ANSWER_FAILED] = g_signal_new ("answer-failed", DW_TYPE_WATCHER, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING,
                                         G_TYPE_STRING);
  signals[CHECKED] = g_signal_new ("checked", DW_TYPE_WATCHER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
dw_watcher_init (DwWatcher *self)
{
  self->cancellable = g_cancellable_new ();
  self->threads = g_thread_pool_new (work, g_main_context_default (), -1, FALSE, NULL);
  self->turns = dw_watch_turns_new ();
  g_signal_connect_object (self->turns, "due", G_CALLBACK (on_due), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->turns, "think", G_CALLBACK (judge), self, G_CONNECT_SWAPPED);
  self->deploys = dw_watch_deploys_new ();
  g_signal_connect_object (self->deploys, "begun", G_CALLBACK (on_deploy_begun), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->deploys, "cancelled", G_CALLBACK (on_deploy_cancelled), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->deploys, "failed", G_CALLBACK (on_deploy_failed), self,
                           G_CONNECT_SWAPPED);
  self->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->pulled = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/**
 * dw_watcher_new:
 * @store: the store
 * @registries: what asks registries
 *
 * Returns: (transfer full): a watcher that does not watch yet. Main thread.
 */
DwWatcher *
dw_watcher_new (DwStore *store, DwRegistries *registries)
{
  DwWatcher *self = g_object_new (DW_TYPE_WATCHER, NULL);

  self->store = g_object_ref (store);
  self->registries = g_object_ref (registries);

  return self;
}

/**
 * dw_watcher_start:
 * @self: a watcher
 *
 * Watches from now on. Main thread.
 */
void
dw_watcher_start (DwWatcher *self)
{
  g_return_if_fail (DW_IS_WATCHER (self));

  if (self->is_running)
    return;

  self->is_running = TRUE;
  dw_store_watch (self->store);
  g_signal_connect_object (self->store, "changed", G_CALLBACK (on_store_changed), self,
                           G_CONNECT_SWAPPED);
  plan (self);
}

/**
 * dw_watcher_stop:
 * @self: a watcher
 *
 * Watches no more, for ever: what is being asked is not waited for, and deploys of its own that are
 * under way are cancelled, which leaves their stages as they were. Main thread.
 */
void
dw_watcher_stop (DwWatcher *self)
{
  g_return_if_fail (DW_IS_WATCHER (self));

  if (!self->is_running)
    return;

  self->is_running = FALSE;
  g_signal_handlers_disconnect_by_data (self->store, self);
  g_clear_handle_id (&self->settle_timer, g_source_remove);
  g_clear_object (&self->listener);
  g_cancellable_cancel (self->cancellable);
  dw_watch_turns_stop (self->turns);
  dw_watch_deploys_stop (self->deploys);
}

/* Returns: (transfer none) (nullable): what deploys */
DwDeployer *
dw_watcher_get_deployer (DwWatcher *self)
{
  g_return_val_if_fail (DW_IS_WATCHER (self), NULL);

  return self->deployer;
}

/**
 * dw_watcher_set_deployer:
 * @self: a watcher
 * @deployer: (nullable): what deploys, or %NULL while there is no engine
 *
 * What waited for an engine is tried at once. Main thread.
 */
void
dw_watcher_set_deployer (DwWatcher *self, DwDeployer *deployer)
{
  g_return_if_fail (DW_IS_WATCHER (self));

  if (!g_set_object (&self->deployer, deployer))
    return;

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DEPLOYER]);
  dw_watcher_retry (self);
}

/* Tries again at once what failed for no fault of its version. Main thread. */
void
dw_watcher_retry (DwWatcher *self)
{
  g_return_if_fail (DW_IS_WATCHER (self));

  dw_watch_deploys_forget_failures (self->deploys);
  if (self->is_running)
    judge (self);
}

/* Returns: (transfer none): of DwWatchedRegistry, live */
GListModel *
dw_watcher_get_registries (DwWatcher *self)
{
  g_return_val_if_fail (DW_IS_WATCHER (self), NULL);

  return dw_watch_turns_get_registries (self->turns);
}

/**
 * dw_watcher_check_now:
 * @self: a watcher
 * @key: (nullable): a registry, or %NULL for all of them
 *
 * Looks at it as soon as it may be asked. Main thread.
 */
void
dw_watcher_check_now (DwWatcher *self, const char *key)
{
  g_return_if_fail (DW_IS_WATCHER (self));

  dw_watch_turns_request (self->turns, key);
  if (self->is_running)
    dw_watch_turns_take (self->turns);
}

/**
 * dw_watcher_push:
 * @self: a watcher
 * @image: a repository
 * @tag: (nullable): what was pushed to it, or %NULL for any
 * @note: who says so, for the log of a deploy
 *
 * Looks at once at what somebody says was pushed. Main thread.
 */
void
dw_watcher_push (DwWatcher *self, const char *image, const char *tag, const char *note)
{
  g_return_if_fail (DW_IS_WATCHER (self));

  DwWatchTask *task = make_task (self, DW_WATCH_TASK_PUSH);
  task->image = g_strdup (image);
  task->tag = g_strdup (tag);
  task->note = g_strdup (note);
  begin (self, task);
}

/**
 * dw_watcher_answer:
 * @self: a watcher
 * @stage_id: a stage
 * @answer: what a person says to its newer version
 * @until_s: for a snooze: until when, in seconds since 1970, or 0 for no snooze any more
 *
 * Remembers the answer, and does what it says. Main thread.
 */
void
dw_watcher_answer (DwWatcher *self, const char *stage_id, DwWatchAnswer answer, gint64 until_s)
{
  g_return_if_fail (DW_IS_WATCHER (self));

  DwWatchTask *task = make_task (self, DW_WATCH_TASK_ANSWER);
  task->stage_id = g_strdup (stage_id);
  task->answer = answer;
  task->until_s = until_s;
  begin (self, task);
}

/* Returns: (transfer none) (nullable): why the webhook listener is not as the settings want it */
const char *
dw_watcher_get_webhook_problem (DwWatcher *self)
{
  g_return_val_if_fail (DW_IS_WATCHER (self), NULL);

  return self->webhook_problem;
}

/* Returns: the port that the webhook listener listens on, or 0 when it does not */
guint
dw_watcher_get_webhook_port (DwWatcher *self)
{
  g_return_val_if_fail (DW_IS_WATCHER (self), 0);

  return self->listener != NULL ? dw_webhook_listener_get_port (self->listener) : 0;
}
