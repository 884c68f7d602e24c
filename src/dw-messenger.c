/* dw-messenger.c: between the deploys and the desktop's notifications
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It tells the notifier of every deploy that ends in this process, unless the person is looking at
 * it, and does what the notifications' buttons ask for. The session bus may have started the
 * process for a button alone, so that it can come before there is a store or an engine: then it
 * waits.
 */

#include "config.h"

#include "dw-messenger.h"

#include "dw-news.h"
#include "notify/dw-notifier.h"
#include "ui/dw-places.h"
#include "ui/dw-window.h"

struct _DwMessenger
{
  GObject parent_instance;

  GtkApplication *application; /* unowned: it owns this */
  DwNotifier *notifier;
  DwSession *session;  /* nullable: the store is not open */
  GQueue waiting;      /* of Request */
  GHashTable *asked;   /* a set of DwDeployJob: what a button asked for */
  GHashTable *deploys; /* of a stage's id to the id of the deploy that was told of last */
};

G_DEFINE_FINAL_TYPE (DwMessenger, dw_messenger, G_TYPE_OBJECT)

/* What is on its way holds the messenger and the process. */
typedef struct
{
  DwMessenger *self;
  void (*done) (DwMessenger *self, DwNews *news, const char *text, const char *more);
  char *text;
  char *more;
} Errand;

static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Errand *errand = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (DwNews) news = dw_news_read_finish (result, &error);

  if (news != NULL)
    errand->done (errand->self, news, errand->text, errand->more);
  else
    /* A stage that was removed meanwhile needs nobody's attention. */
    g_message ("the desktop is not told: %s", error->message);

  g_application_release (G_APPLICATION (errand->self->application));
  g_object_unref (errand->self);
  g_free (errand->text);
  g_free (errand->more);
  g_free (errand);
}

/* Reads what @done needs. The session is there. @text and @more are for @done. */
static void
look_up (DwMessenger *self,
         const char *stage_id,
         const char *deploy_id,
         void (*done) (DwMessenger *self, DwNews *news, const char *text, const char *more),
         const char *text,
         const char *more)
{
  Errand *errand = g_new0 (Errand, 1);

  errand->self = g_object_ref (self);
  errand->done = done;
  errand->text = g_strdup (text);
  errand->more = g_strdup (more);
  g_application_hold (G_APPLICATION (self->application));
  dw_news_read_async (dw_session_get_store (self->session), stage_id, deploy_id, on_looked_up,
                      errand);
}

/* --- What the person looks at -------------------------------------------------------------------
 */

/* Returns: (nullable): the window, if it or a dialog of it is in front of the person */
static DwWindow *
find_seen_window (DwMessenger *self)
{
  DwWindow *found = NULL;
  gboolean is_active = FALSE;

  for (GList *link = gtk_application_get_windows (self->application); link != NULL;
       link = link->next)
    {
      if (DW_IS_WINDOW (link->data))
        found = link->data;
      is_active |= gtk_window_is_active (link->data);
    }

  return is_active ? found : NULL;
}

static gboolean
is_shown (DwMessenger *self, const char *project_id, const char *deploy_id)
{
  DwWindow *window = find_seen_window (self);
  const char *item_id = NULL;
  const char *page = window != NULL ? dw_window_get_page (window, &item_id) : NULL;

  if (g_strcmp0 (page, "project") == 0)
    return g_strcmp0 (item_id, project_id) == 0;

  return g_strcmp0 (page, "deploy") == 0 && deploy_id != NULL &&
         g_strcmp0 (item_id, deploy_id) == 0;
}

/* Takes back what the window shows now. */
static void
withdraw_shown (DwMessenger *self)
{
  GListModel *stages;
  guint n;

  if (self->session == NULL || find_seen_window (self) == NULL)
    return;

  stages = G_LIST_MODEL (dw_session_get_stages (self->session));
  n = g_list_model_get_n_items (stages);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (DwStage) stage = g_list_model_get_item (stages, i);
      const char *id = dw_entity_get_id (DW_ENTITY (stage));

      if (is_shown (self, dw_stage_get_project_id (stage), g_hash_table_lookup (self->deploys, id)))
        dw_notifier_withdraw (self->notifier, id);
    }
}

static void
on_window_added (DwMessenger *self, GtkWindow *window)
{
  if (!DW_IS_WINDOW (window))
    return;

  g_signal_connect_object (window, "notify::is-active", G_CALLBACK (withdraw_shown), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (window, "page-changed", G_CALLBACK (withdraw_shown), self,
                           G_CONNECT_SWAPPED);
}

/* --- What is told -------------------------------------------------------------------------------
 */

static void
tell_deploy (DwMessenger *self, DwNews *news, const char *text, const char *more)
{
  if (is_shown (self, dw_entity_get_id (DW_ENTITY (news->project)), news->deploy_id))
    {
      dw_notifier_withdraw (self->notifier, news->stage_id);
      return;
    }

  g_hash_table_insert (self->deploys, g_strdup (news->stage_id), g_strdup (news->deploy_id));
  dw_notifier_tell_deploy (self->notifier, news->settings, news->project, news->stage, news->deploy,
                           news->can_roll_back);
}

static void
tell_refusal (DwMessenger *self, DwNews *news, const char *reason, const char *more)
{
  dw_notifier_tell_refusal (self->notifier, news->project, news->stage, reason);
}

static void
tell_health_lost (DwMessenger *self, DwNews *news, const char *reason, const char *more)
{
  if (is_shown (self, dw_entity_get_id (DW_ENTITY (news->project)), NULL))
    return;

  g_hash_table_insert (self->deploys, g_strdup (news->stage_id), g_strdup (news->deploy_id));
  dw_notifier_tell_health_lost (self->notifier, news->settings, news->project, news->stage,
                                news->deploy, news->can_roll_back, reason);
}

static void
ask_version (DwMessenger *self, DwNews *news, const char *tag, const char *digest)
{
  if (!is_shown (self, dw_entity_get_id (DW_ENTITY (news->project)), NULL))
    dw_notifier_ask_version (self->notifier, news->settings, news->project, news->stage, tag,
                             digest);
}

static void
on_finished (DwMessenger *self, DwDeployJob *job)
{
  const GError *error = dw_deploy_job_get_error (job);
  const char *deploy_id = dw_deploy_job_get_deploy_id (job);
  gboolean was_asked = g_hash_table_remove (self->asked, job);

  /* What took its place is told of. */
  if (self->session == NULL || g_error_matches (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_SUPERSEDED))
    return;

  if (deploy_id != NULL)
    look_up (self, dw_deploy_job_get_stage_id (job), deploy_id, tell_deploy, NULL, NULL);
  else if (was_asked && error != NULL)
    look_up (self, dw_deploy_job_get_stage_id (job), NULL, tell_refusal, error->message, NULL);
}

/* --- What is asked for --------------------------------------------------------------------------
 */

typedef struct
{
  void (*act) (DwMessenger *self, GVariant *target);
  GVariant *target;
  gboolean needs_engine;
} Request;

static void
open_stage (DwMessenger *self, DwNews *news, const char *page, const char *item_id)
{
  DwWindow *window = NULL;

  g_application_activate (G_APPLICATION (self->application));
  for (GList *link = gtk_application_get_windows (self->application); link != NULL;
       link = link->next)
    if (DW_IS_WINDOW (link->data))
      window = link->data;
  if (window == NULL)
    return;

  if (page != NULL && dw_places_find_page (page) != NULL)
    dw_window_show_page (window, page, item_id);
  else
    dw_window_show_page (window, "project", dw_entity_get_id (DW_ENTITY (news->project)));
}

static void
do_open (DwMessenger *self, GVariant *target)
{
  look_up (self, g_variant_get_string (target, NULL), NULL, open_stage, NULL, NULL);
}

static void
do_show_log (DwMessenger *self, GVariant *target)
{
  const char *stage_id;
  const char *deploy_id;

  g_variant_get (target, "(&s&s)", &stage_id, &deploy_id);
  look_up (self, stage_id, NULL, open_stage, "deploy", deploy_id);
}

/* Follows what a button asked for to its end. */
static void
expect (DwMessenger *self, DwDeployJob *job)
{
  g_hash_table_add (self->asked, job);
}

static gboolean
check_engine (DwMessenger *self, const char *stage_id)
{
  if (dw_session_get_deployer (self->session) != NULL)
    return TRUE;

  look_up (self, stage_id, NULL, tell_refusal,
           dw_engine_status_get_problem (dw_session_get_engine_status (self->session)), NULL);
  return FALSE;
}

static void
do_roll_back (DwMessenger *self, GVariant *target)
{
  const char *stage_id = g_variant_get_string (target, NULL);

  if (check_engine (self, stage_id))
    expect (self, dw_deployer_roll_back (dw_session_get_deployer (self->session), stage_id, NULL));
}

static void
do_deploy (DwMessenger *self, GVariant *target)
{
  const char *stage_id;
  const char *tag;
  const char *digest;

  g_variant_get (target, "(&s&s&s)", &stage_id, &tag, &digest);
  if (check_engine (self, stage_id))
    expect (self, dw_deployer_deploy_version (dw_session_get_deployer (self->session), stage_id,
                                              tag, digest, DW_TRIGGER_MANUAL, NULL));
}

static void
on_declined (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (DwMessenger) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_message ("that a version was declined is not remembered: %s", error->message);
  g_application_release (G_APPLICATION (self->application));
}

static void
decline_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const char *stage_id;
  const char *digest;
  GError *error = NULL;

  g_variant_get (task_data, "(&s&s&s)", &stage_id, NULL, &digest);
  if (dw_store_set_stage_declined (source, stage_id, digest, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
do_decline (DwMessenger *self, GVariant *target)
{
  g_autoptr (GTask) task = g_task_new (dw_session_get_store (self->session), NULL, on_declined,
                                       g_object_ref (self));

  g_application_hold (G_APPLICATION (self->application));
  g_task_set_source_tag (task, do_decline);
  g_task_set_task_data (task, g_variant_ref (target), (GDestroyNotify) g_variant_unref);
  g_task_run_in_thread (task, decline_in_thread);
}

/* The engine's first answer decides: either there is a deployer then, or a problem. */
static gboolean
can_do (DwMessenger *self, const Request *request)
{
  if (self->session == NULL)
    return FALSE;

  return !request->needs_engine || dw_session_get_deployer (self->session) != NULL ||
         dw_engine_status_get_problem (dw_session_get_engine_status (self->session)) != NULL;
}

static void
do_waiting (DwMessenger *self)
{
  for (GList *link = self->waiting.head, *next; link != NULL; link = next)
    {
      Request *request = link->data;

      next = link->next;
      if (!can_do (self, request))
        continue;

      g_queue_delete_link (&self->waiting, link);
      request->act (self, request->target);
      g_application_release (G_APPLICATION (self->application));
      g_variant_unref (request->target);
      g_free (request);
    }
}

static void
ask (DwMessenger *self,
     void (*act) (DwMessenger *self, GVariant *target),
     GVariant *target,
     gboolean needs_engine)
{
  Request *request = g_new0 (Request, 1);

  request->act = act;
  request->target = g_variant_ref (target);
  request->needs_engine = needs_engine;
  g_application_hold (G_APPLICATION (self->application));
  g_queue_push_tail (&self->waiting, request);
  do_waiting (self);
}

static void
on_open_stage (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  ask (user_data, do_open, target, FALSE);
}

static void
on_show_log (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  ask (user_data, do_show_log, target, FALSE);
}

static void
on_roll_back (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  ask (user_data, do_roll_back, target, TRUE);
}

static void
on_deploy_version (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  ask (user_data, do_deploy, target, TRUE);
}

static void
on_decline_version (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  ask (user_data, do_decline, target, FALSE);
}

static void
on_deployer_changed (DwMessenger *self)
{
  DwDeployer *deployer = dw_session_get_deployer (self->session);

  /* An earlier one is still listened to until its jobs are over. */
  if (deployer != NULL)
    {
      g_signal_connect_object (deployer, "finished", G_CALLBACK (on_finished), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (deployer, "health-lost", G_CALLBACK (dw_messenger_tell_health_lost),
                               self, G_CONNECT_SWAPPED);
    }
  do_waiting (self);
}

static void
dw_messenger_dispose (GObject *object)
{
  DwMessenger *self = DW_MESSENGER (object);

  g_clear_object (&self->session);
  g_clear_object (&self->notifier);

  G_OBJECT_CLASS (dw_messenger_parent_class)->dispose (object);
}

static void
request_free (gpointer data)
{
  Request *request = data;

  g_variant_unref (request->target);
  g_free (request);
}

static void
dw_messenger_finalize (GObject *object)
{
  DwMessenger *self = DW_MESSENGER (object);

  g_queue_clear_full (&self->waiting, request_free);
  g_hash_table_unref (self->asked);
  g_hash_table_unref (self->deploys);

  G_OBJECT_CLASS (dw_messenger_parent_class)->finalize (object);
}

static void
dw_messenger_class_init (DwMessengerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = dw_messenger_dispose;
  object_class->finalize = dw_messenger_finalize;
}

static void
dw_messenger_init (DwMessenger *self)
{
  g_queue_init (&self->waiting);
  self->asked = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  self->deploys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/**
 * dw_messenger_new:
 * @application: the application, which outlives the messenger; it gets the notifications' actions
 *
 * Returns: (transfer full): a messenger, to be made at startup, before an action can come
 */
DwMessenger *
dw_messenger_new (GtkApplication *application)
{
  static const GActionEntry actions[] = {
    { .name = DW_NOTIFIER_ACTION_OPEN, .parameter_type = "s", .activate = on_open_stage },
    { .name = DW_NOTIFIER_ACTION_SHOW_LOG, .parameter_type = "(ss)", .activate = on_show_log },
    { .name = DW_NOTIFIER_ACTION_ROLL_BACK, .parameter_type = "s", .activate = on_roll_back },
    { .name = DW_NOTIFIER_ACTION_DEPLOY, .parameter_type = "(sss)", .activate = on_deploy_version },
    { .name = DW_NOTIFIER_ACTION_NOT_NOW,
      .parameter_type = "(sss)",
      .activate = on_decline_version },
  };
  DwMessenger *self = g_object_new (DW_TYPE_MESSENGER, NULL);

  self->application = application;
  self->notifier = dw_notifier_new (G_APPLICATION (application));
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions),
                                   self);
  g_signal_connect_object (application, "window-added", G_CALLBACK (on_window_added), self,
                           G_CONNECT_SWAPPED);

  return self;
}

/**
 * dw_messenger_set_session:
 * @self: a messenger without a session
 * @session: the session, whose deployers it listens to from now on
 *
 * Does what was asked for meanwhile.
 */
void
dw_messenger_set_session (DwMessenger *self, DwSession *session)
{
  g_return_if_fail (DW_IS_MESSENGER (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "notify::deployer", G_CALLBACK (on_deployer_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (dw_session_get_engine_status (session), "notify::problem",
                           G_CALLBACK (do_waiting), self, G_CONNECT_SWAPPED);
  on_deployer_changed (self);
}

/**
 * dw_messenger_ask_version:
 * @self: a messenger with a session
 * @stage_id: the stage
 * @tag: the newer version
 * @digest: what it is exactly
 *
 * Asks whether to deploy it, unless the window shows the stage and asks there.
 */
void
dw_messenger_ask_version (DwMessenger *self,
                          const char *stage_id,
                          const char *tag,
                          const char *digest)
{
  g_return_if_fail (DW_IS_MESSENGER (self));

  look_up (self, stage_id, NULL, ask_version, tag, digest);
}

/**
 * dw_messenger_tell_health_lost:
 * @self: a messenger with a session
 * @stage_id: the stage
 * @deploy_id: what brought what turned bad
 * @reason: what is wrong
 *
 * Tells of it, unless the window shows the stage.
 */
void
dw_messenger_tell_health_lost (DwMessenger *self,
                               const char *stage_id,
                               const char *deploy_id,
                               const char *reason)
{
  g_return_if_fail (DW_IS_MESSENGER (self));

  look_up (self, stage_id, deploy_id, tell_health_lost, reason, NULL);
}

/**
 * dw_messenger_tell_settled:
 * @self: a messenger with a session
 * @deploys: (element-type DwDeploy): what a crash had interrupted, and was settled now
 *
 * Tells of each as of any that ends.
 */
void
dw_messenger_tell_settled (DwMessenger *self, GPtrArray *deploys)
{
  g_return_if_fail (DW_IS_MESSENGER (self));

  for (guint i = 0; i < deploys->len; i++)
    look_up (self, dw_deploy_get_stage_id (deploys->pdata[i]), dw_entity_get_id (deploys->pdata[i]),
             tell_deploy, NULL, NULL);
}

/**
 * dw_messenger_set_leaving:
 * @self: a messenger
 * @is_leaving: whether the process is to end when it has told what there is to tell
 */
void
dw_messenger_set_leaving (DwMessenger *self, gboolean is_leaving)
{
  g_return_if_fail (DW_IS_MESSENGER (self));

  dw_notifier_set_patient (self->notifier, !is_leaving);
}
