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
#include "watch/dw-watch-task.h"
#include "watch/dw-webhook-listener.h"

/* A machine that slept, or whose clock was set, is noticed after so long. */
#define LONGEST_LOOK_S 30
/* What changes in the store is gathered for so long. */
#define SETTLE_MS 200
/* A deploy that failed for no fault of its version is tried again after this, and then after twice
 * as long each time. */
#define FIRST_RETRY_S 60
#define LONGEST_RETRY_S (60 * 60)

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

  GListStore *watched; /* of DwWatchedRegistry */
  guint timer;
  GHashTable *attempts; /* the id of a stage to Attempt */
  GHashTable *told;     /* the id of a stage to the digest that a person was asked about */
  GHashTable *pulled;   /* a set of digests that the engine was told to pull early */
  GHashTable *untils;   /* the id of a stage to the time, in seconds since 1970, to think again */

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

/* What was last deployed to a stage by itself. */
typedef struct
{
  DwWatcher *watcher;
  char *stage_id;
  char *tag;
  char *digest;
  DwDeployJob *job; /* nullable: it has ended */
  guint n_failures;
  gint64 not_before_s; /* since the start of the machine */
} Attempt;

G_DEFINE_FINAL_TYPE (DwWatcher, dw_watcher, G_TYPE_OBJECT)

static void tick (DwWatcher *self);
static void plan_soon (DwWatcher *self);

static void
attempt_free (gpointer data)
{
  Attempt *attempt = data;

  if (attempt->job != NULL)
    g_signal_handlers_disconnect_by_data (attempt->job, attempt);
  g_clear_object (&attempt->job);
  g_free (attempt->stage_id);
  g_free (attempt->tag);
  g_free (attempt->digest);
  g_free (attempt);
}

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

static DwWatchedRegistry *
find_watched (DwWatcher *self, const char *key)
{
  GListModel *list = G_LIST_MODEL (self->watched);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (DwWatchedRegistry) watched = g_list_model_get_item (list, i);

      if (g_str_equal (dw_watched_registry_get_key (watched), key))
        return watched; /* the list has a reference */
    }

  return NULL;
}

static void
think_again_at (DwWatcher *self, const char *stage_id, gint64 time_s)
{
  g_hash_table_replace (self->untils, g_strdup (stage_id), GSIZE_TO_POINTER ((gsize) time_s));
}

static void
hold_cancelled (DwWatcher *self, const Attempt *attempt)
{
  DwWatchTask *task = make_task (self, DW_WATCH_TASK_HOLD);

  task->stage_id = g_strdup (attempt->stage_id);
  task->tag = g_strdup (attempt->tag);
  task->digest = g_strdup (attempt->digest);
  begin (self, task);
}

/* What failed for the version's sake is held in the store by the deploy itself; the rest is tried
 * again after a while. */
static void
on_job_finished (DwDeployJob *job, GParamSpec *pspec, gpointer user_data)
{
  Attempt *attempt = user_data;
  DwWatcher *self = attempt->watcher;
  const GError *error = dw_deploy_job_get_error (job);
  DwAgendaTime now = dw_agenda_time_now ();
  g_autoptr (DwDeployJob) held G_GNUC_UNUSED = g_object_ref (job);

  g_signal_handlers_disconnect_by_data (job, attempt);
  g_clear_object (&attempt->job);

  if (error == NULL || g_error_matches (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_BUSY) ||
      g_error_matches (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_SUPERSEDED) || !self->is_running)
    {
      g_hash_table_remove (self->attempts, attempt->stage_id);
      return;
    }

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    hold_cancelled (self, attempt);

  gint64 wait_s = MIN ((gint64) FIRST_RETRY_S << MIN (attempt->n_failures, 10), LONGEST_RETRY_S);
  attempt->n_failures++;
  attempt->not_before_s = now.boot_s + wait_s;
  think_again_at (self, attempt->stage_id, now.wall_s + wait_s);
  plan_soon (self);
}

static void
deploy (DwWatcher *self,
        const char *stage_id,
        const char *tag,
        const char *digest,
        DwTrigger trigger,
        const char *note)
{
  Attempt *attempt = g_hash_table_lookup (self->attempts, stage_id);
  DwAgendaTime now = dw_agenda_time_now ();
  guint n_failures = 0;

  if (self->deployer == NULL)
    return;
  if (attempt != NULL && g_str_equal (attempt->digest, digest))
    {
      if (attempt->job != NULL)
        return;
      if (attempt->not_before_s > now.boot_s)
        {
          think_again_at (self, stage_id, now.wall_s + attempt->not_before_s - now.boot_s);
          return;
        }
      n_failures = attempt->n_failures;
    }

  attempt = g_new0 (Attempt, 1);
  attempt->watcher = self;
  attempt->stage_id = g_strdup (stage_id);
  attempt->tag = g_strdup (tag);
  attempt->digest = g_strdup (digest);
  attempt->n_failures = n_failures;
  attempt->job = dw_deployer_deploy_version (self->deployer, stage_id, tag, digest, trigger,
                                             note != NULL ? note : _ ("Found by watching"));
  g_signal_connect (attempt->job, "notify::finished", G_CALLBACK (on_job_finished), attempt);
  g_hash_table_replace (self->attempts, attempt->stage_id, attempt);
  g_signal_emit (self, signals[DEPLOYING], 0, attempt->job);
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
    think_again_at (self, finding->stage_id, finding->until_s);
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

/* Brings the list in line with the plan. */
static void
follow_plan (DwWatcher *self)
{
  GListModel *list = G_LIST_MODEL (self->watched);
  DwAgendaTime now = dw_agenda_time_now ();

  for (guint i = g_list_model_get_n_items (list); i-- > 0;)
    {
      g_autoptr (DwWatchedRegistry) watched = g_list_model_get_item (list, i);

      if (dw_watch_plan_find (self->groups, dw_watched_registry_get_key (watched)) == NULL)
        g_list_store_remove (self->watched, i);
    }

  for (guint i = 0; i < self->groups->len; i++)
    {
      DwWatchGroup *group = self->groups->pdata[i];
      DwWatchedRegistry *watched = find_watched (self, group->key);
      g_autoptr (DwWatchedRegistry) made = NULL;

      if (watched == NULL)
        {
          watched = made = dw_watched_registry_new (group->key);
          dw_watched_registry_plan (watched, group, now);
          g_list_store_append (self->watched, watched);
        }
      else
        {
          dw_watched_registry_plan (watched, group, now);
        }
    }
}

static void
take_plan (DwWatcher *self, DwWatchTask *task)
{
  self->is_planning = FALSE;
  if (task->plan != NULL)
    {
      g_clear_pointer (&self->groups, g_ptr_array_unref);
      self->groups = g_ptr_array_ref (task->plan);
      follow_plan (self);
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
  DwWatchedRegistry *watched = find_watched (self, task->key);
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
    {
      DwWatchedRegistry *watched = find_watched (self, task->keys->pdata[i]);

      if (watched != NULL)
        dw_watched_registry_request (watched, dw_agenda_time_now ());
    }
}

static void
take_answer (DwWatcher *self, DwWatchTask *task)
{
  take_findings (self, task->report, DW_TRIGGER_WATCH, NULL);
  if (task->error != NULL)
    g_signal_emit (self, signals[ANSWER_FAILED], 0, task->stage_id, task->error->message);
  if (task->stage != NULL && task->answer == DW_WATCH_ANSWER_DEPLOY)
    {
      g_hash_table_remove (self->attempts, task->stage_id);
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
          g_hash_table_remove_all (self->untils);
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
      tick (self);
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
check (DwWatcher *self, DwWatchedRegistry *watched)
{
  DwWatchTask *task = make_task (self, DW_WATCH_TASK_CHECK);

  task->key = g_strdup (dw_watched_registry_get_key (watched));
  task->n_lanes = dw_watched_registry_begin (watched);
  begin (self, task);
}

static gboolean
on_timer (gpointer user_data)
{
  DwWatcher *self = user_data;

  self->timer = 0;
  tick (self);

  return G_SOURCE_REMOVE;
}

static gboolean
is_time_to_think (DwWatcher *self, gint64 now_s)
{
  GHashTableIter iter;
  gpointer until;

  g_hash_table_iter_init (&iter, self->untils);
  while (g_hash_table_iter_next (&iter, NULL, &until))
    if ((gint64) GPOINTER_TO_SIZE (until) <= now_s)
      return TRUE;

  return FALSE;
}

/* Begins whatever it is time for. */
static void
tick (DwWatcher *self)
{
  GListModel *list = G_LIST_MODEL (self->watched);
  DwAgendaTime now = dw_agenda_time_now ();
  gint64 wait_s = LONGEST_LOOK_S;

  if (!self->is_running)
    return;

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (DwWatchedRegistry) watched = g_list_model_get_item (list, i);
      gint64 its_wait_s = dw_watched_registry_get_wait (watched, now);

      if (its_wait_s == 0)
        check (self, watched);
      else if (its_wait_s > 0)
        wait_s = MIN (wait_s, its_wait_s);
    }
  if (is_time_to_think (self, now.wall_s))
    {
      g_hash_table_remove_all (self->untils);
      judge (self);
    }

  g_clear_handle_id (&self->timer, g_source_remove);
  self->timer = g_timeout_add_seconds ((guint) MAX (wait_s, 1), on_timer, self);
}

static void
dw_watcher_dispose (GObject *object)
{
  DwWatcher *self = DW_WATCHER (object);

  dw_watcher_stop (self);
  g_hash_table_remove_all (self->attempts);
  g_clear_object (&self->deployer);
  g_clear_object (&self->registries);
  g_clear_object (&self->store);
  g_clear_object (&self->watched);

  G_OBJECT_CLASS (dw_watcher_parent_class)->dispose (object);
}

/* Every task holds a reference, so by now the threads have nothing to do. */
static void
dw_watcher_finalize (GObject *object)
{
  DwWatcher *self = DW_WATCHER (object);

  g_thread_pool_free (self->threads, FALSE, FALSE);
  g_clear_pointer (&self->groups, g_ptr_array_unref);
  g_clear_pointer (&self->attempts, g_hash_table_unref);
  g_clear_pointer (&self->told, g_hash_table_unref);
  g_clear_pointer (&self->pulled, g_hash_table_unref);
  g_clear_pointer (&self->untils, g_hash_table_unref);
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
  self->watched = g_list_store_new (DW_TYPE_WATCHED_REGISTRY);
  self->attempts = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, attempt_free);
  self->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->pulled = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->untils = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
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
  GHashTableIter iter;
  gpointer attempt;

  g_return_if_fail (DW_IS_WATCHER (self));

  if (!self->is_running)
    return;

  self->is_running = FALSE;
  g_signal_handlers_disconnect_by_data (self->store, self);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_handle_id (&self->settle_timer, g_source_remove);
  g_clear_object (&self->listener);
  g_cancellable_cancel (self->cancellable);

  g_hash_table_iter_init (&iter, self->attempts);
  while (g_hash_table_iter_next (&iter, NULL, &attempt))
    if (((Attempt *) attempt)->job != NULL)
      dw_deploy_job_cancel (((Attempt *) attempt)->job);
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
  GHashTableIter iter;
  gpointer attempt;

  g_return_if_fail (DW_IS_WATCHER (self));

  g_hash_table_iter_init (&iter, self->attempts);
  while (g_hash_table_iter_next (&iter, NULL, &attempt))
    if (((Attempt *) attempt)->job == NULL)
      g_hash_table_iter_remove (&iter);
  if (self->is_running)
    judge (self);
}

/* Returns: (transfer none): of DwWatchedRegistry, live */
GListModel *
dw_watcher_get_registries (DwWatcher *self)
{
  g_return_val_if_fail (DW_IS_WATCHER (self), NULL);

  return G_LIST_MODEL (self->watched);
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
  GListModel *list = G_LIST_MODEL (self->watched);
  DwAgendaTime now = dw_agenda_time_now ();

  g_return_if_fail (DW_IS_WATCHER (self));

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (DwWatchedRegistry) watched = g_list_model_get_item (list, i);

      if (key == NULL || g_str_equal (dw_watched_registry_get_key (watched), key))
        dw_watched_registry_request (watched, now);
    }
  tick (self);
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
