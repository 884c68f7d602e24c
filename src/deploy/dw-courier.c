/* dw-courier.c: brings the outgoing webhook what it is to be told
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is to be told stands in the store, written there together with what it tells of. So it does
 * not matter which process had the deploy, nor how that one ended: whoever comes next delivers it.
 * One process at a time does; the others leave it to that one, which looks once more when it has
 * let go of the lock.
 */

#include "config.h"

#include "deploy/dw-courier.h"

#include <glib/gi18n-lib.h>
#include <libsecret/secret.h>

#include "deploy/dw-outgoing-token.h"
#include "deploy/dw-stage-lock.h"
#include "model/dw-enum-types.h"
#include "notify/dw-outgoing-webhook.h"
#include "notify/dw-wording.h"

#define LOCK "outgoing-webhook"
/* More than that only pile up while nobody takes them, and are old by the time that somebody does.
 */
#define MAX_MESSAGES 64

struct _DwCourier
{
  GObject parent_instance;

  DwStore *store;
  GCancellable *cancellable;
  gboolean is_busy;
  gboolean has_more; /* something was written since it set out */
};

enum
{
  PROP_BUSY = 1,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (DwCourier, dw_courier, G_TYPE_OBJECT)

/* --- One message, in a thread -------------------------------------------------------------------
 */

/* What a message is about. */
typedef struct
{
  DwProject *project;
  DwStage *stage;
  DwDeploy *deploy; /* nullable */
} Subject;

static void
clear_subject (Subject *subject)
{
  g_clear_object (&subject->project);
  g_clear_object (&subject->stage);
  g_clear_object (&subject->deploy);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Subject, clear_subject)

static gboolean
find_subject (DwStore *store, DwMessage *message, Subject *subject, GError **error)
{
  const char *deploy_id = dw_message_get_deploy_id (message);

  subject->stage = dw_store_get (store, DW_TYPE_STAGE, dw_message_get_stage_id (message), error);
  if (subject->stage == NULL)
    return FALSE;
  subject->project = dw_store_get (store, DW_TYPE_PROJECT, dw_stage_get_project_id (subject->stage),
                                   error);
  if (subject->project == NULL)
    return FALSE;
  if (deploy_id != NULL)
    subject->deploy = dw_store_get (store, DW_TYPE_DEPLOY, deploy_id, error);

  return deploy_id == NULL || subject->deploy != NULL;
}

static gboolean
is_problem (DwMessage *message, const Subject *subject)
{
  return dw_message_get_event (message) == DW_MESSAGE_HEALTH ||
         (subject->deploy != NULL && dw_deploy_get_status (subject->deploy) != DW_DEPLOY_SUCCESS);
}

static char *
make_title (DwMessage *message, const Subject *subject)
{
  if (dw_message_get_event (message) == DW_MESSAGE_HEALTH)
    return dw_wording_title_health_lost (subject->project, subject->stage);
  if (subject->deploy != NULL)
    return dw_wording_title_deploy (subject->project, subject->stage, subject->deploy);

  return dw_wording_title_version (subject->project, subject->stage, dw_message_get_tag (message));
}

static char *
make_text (DwMessage *message, const Subject *subject)
{
  g_autofree char *text = NULL;

  if (dw_message_get_event (message) == DW_MESSAGE_HEALTH)
    text = g_strdup (dw_message_get_text (message));
  else if (subject->deploy != NULL)
    text = dw_wording_describe_deploy (subject->deploy);
  else
    text = g_strdup (_ ("It waits to be confirmed."));

  return dw_wording_make_line (text != NULL ? text : "");
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **kept = user_data;

  *kept = g_object_ref (result);
}

static gboolean
send (DwOutgoingWebhookKind kind,
      const char *url,
      const char *token,
      const DwOutgoingEvent *event,
      guint first_pause_ms,
      GCancellable *cancellable,
      GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GAsyncResult) result = NULL;

  g_main_context_push_thread_default (context);
  g_autoptr (DwOutgoingWebhook) webhook = dw_outgoing_webhook_new (first_pause_ms);
  dw_outgoing_webhook_send_async (webhook, kind, url, token, event, cancellable, on_sent, &result);
  while (result == NULL)
    g_main_context_iteration (context, TRUE);

  gboolean is_sent = dw_outgoing_webhook_send_finish (webhook, result, error);
  g_clear_object (&result);
  g_clear_object (&webhook);
  /* What the connections still have to do when they are closed. */
  while (g_main_context_iteration (context, FALSE))
    continue;
  g_main_context_pop_thread_default (context);

  return is_sent;
}

static gboolean
send_message (DwStore *store,
              DwSettings *settings,
              DwMessage *message,
              guint first_pause_ms,
              GCancellable *cancellable,
              GError **error)
{
  g_auto (Subject) subject = { NULL };
  g_autofree char *title = NULL;
  g_autofree char *text = NULL;
  char *token = NULL;

  if (!find_subject (store, message, &subject, error))
    return FALSE;
  if (!dw_outgoing_token_lookup (&token, cancellable, error))
    return FALSE;

  title = make_title (message, &subject);
  text = make_text (message, &subject);

  DwOutgoingEvent event = {
    .event = dw_enum_to_nick (DW_TYPE_MESSAGE_EVENT, (int) dw_message_get_event (message)),
    .title = title,
    .text = text,
    .is_problem = is_problem (message, &subject),
    .project = dw_project_get_name (subject.project),
    .stage = dw_stage_get_name (subject.stage),
    .tag = dw_message_get_tag (message),
    .digest = dw_message_get_digest (message),
    .error = dw_message_get_text (message),
  };
  if (subject.deploy != NULL)
    {
      event.deploy_id = dw_entity_get_id (DW_ENTITY (subject.deploy));
      event.tag = dw_deploy_get_tag (subject.deploy);
      event.digest = dw_deploy_get_digest (subject.deploy);
      event.trigger = dw_enum_to_nick (DW_TYPE_TRIGGER,
                                       (int) dw_deploy_get_trigger (subject.deploy));
      event.status = dw_enum_to_nick (DW_TYPE_DEPLOY_STATUS,
                                      (int) dw_deploy_get_status (subject.deploy));
    }
  if (event.error == NULL && subject.deploy != NULL)
    event.error = dw_deploy_get_error (subject.deploy);

  gboolean is_sent = send (dw_settings_get_outgoing_webhook_kind (settings),
                           dw_settings_get_outgoing_webhook_url (settings), token, &event,
                           first_pause_ms, cancellable, error);
  secret_password_free (token);

  return is_sent;
}

/* --- All of them, in a thread -------------------------------------------------------------------
 */

/* Says it once: in the log when it begins, and in the settings as long as it lasts. */
static gboolean
write_outcome (DwStore *store, DwSettings *receiver, const char *problem, GError **error)
{
  g_autoptr (DwSettings) settings = dw_store_get_settings (store, error);
  const char *last = settings != NULL ? dw_settings_get_outgoing_webhook_error (settings) : NULL;

  if (settings == NULL)
    return FALSE;
  if (g_strcmp0 (last, problem) == 0)
    return TRUE;

  if (problem != NULL && last == NULL)
    g_message ("The outgoing webhook was not told: %s", problem);
  else if (problem == NULL)
    g_message ("The outgoing webhook is told again");

  return dw_store_set_outgoing_webhook_outcome (store, receiver, problem, error);
}

static gboolean
drop_surplus (DwStore *store, DwSettings *settings, GPtrArray *messages, GError **error)
{
  if (messages->len <= MAX_MESSAGES)
    return TRUE;

  guint n_surplus = messages->len - MAX_MESSAGES;
  g_autofree char *problem = g_strdup_printf (
      ngettext ("%u event was given up, for too many waited",
                "%u events were given up, for too many waited", n_surplus),
      n_surplus);

  for (guint i = 0; i < n_surplus; i++)
    if (!dw_store_delete (store, DW_TYPE_MESSAGE, dw_entity_get_id (messages->pdata[i]), error))
      return FALSE;
  g_ptr_array_remove_range (messages, 0, n_surplus);

  return write_outcome (store, settings, problem, error);
}

/* Delivers the oldest message, or gives it up; only a cancel and the store keep it for another
 * time. */
static gboolean
deliver_one (DwStore *store,
             DwSettings *settings,
             DwMessage *message,
             guint first_pause_ms,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (GError) problem = NULL;
  gboolean is_sent = FALSE;

  if (dw_settings_get_outgoing_webhook_url (settings) != NULL)
    is_sent = send_message (store, settings, message, first_pause_ms, cancellable, &problem);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  /* Its project may have been removed while it waited. */
  if (g_error_matches (problem, DW_STORE_ERROR, DW_STORE_ERROR_NOT_FOUND))
    g_clear_error (&problem);
  if ((is_sent || problem != NULL) &&
      !write_outcome (store, settings, problem != NULL ? problem->message : NULL, error))
    return FALSE;

  g_clear_error (&problem);
  if (dw_store_delete (store, DW_TYPE_MESSAGE, dw_entity_get_id (DW_ENTITY (message)), &problem) ||
      g_error_matches (problem, DW_STORE_ERROR, DW_STORE_ERROR_NOT_FOUND))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
deliver_all (DwStore *store, guint first_pause_ms, GCancellable *cancellable, GError **error)
{
  for (;;)
    {
      g_autoptr (DwSettings) settings = dw_store_get_settings (store, error);
      g_autoptr (GPtrArray)
          messages = settings != NULL ? dw_store_list (store, DW_TYPE_MESSAGE, error) : NULL;

      if (messages == NULL || !drop_surplus (store, settings, messages, error))
        return FALSE;
      if (messages->len == 0)
        return TRUE;
      if (!deliver_one (store, settings, messages->pdata[0], first_pause_ms, cancellable, error))
        return FALSE;
    }
}

/**
 * dw_courier_has_messages:
 * @store: the store
 *
 * Returns: whether something is still to be told
 */
gboolean
dw_courier_has_messages (DwStore *store)
{
  g_autoptr (GPtrArray) messages = dw_store_list (store, DW_TYPE_MESSAGE, NULL);

  return messages != NULL && messages->len > 0;
}

/**
 * dw_courier_deliver:
 * @store: the store
 * @first_pause_ms: before a message is tried for the second time
 * @cancellable: (nullable): ends it; what was not delivered stays for another time
 * @error: a DW_STORE_ERROR, a G_FILE_ERROR or G_IO_ERROR_CANCELLED
 *
 * Tells the outgoing webhook what it has not been told yet. That one does not take it is no error
 * here: it stands in the settings. Where another process does it already, that is left to it.
 *
 * Returns: whether there was nothing to do, or it is done
 */
gboolean
dw_courier_deliver (DwStore *store, guint first_pause_ms, GCancellable *cancellable, GError **error)
{
  g_autofree char *directory = dw_stage_lock_get_directory (dw_store_get_path (store));

  for (;;)
    {
      g_autoptr (GPtrArray) messages = dw_store_list (store, DW_TYPE_MESSAGE, error);
      g_autoptr (DwStageLock) lock = NULL;

      if (messages == NULL)
        return FALSE;
      if (messages->len == 0)
        return TRUE;
      if ((lock = dw_stage_lock_open (directory, LOCK, error)) == NULL)
        return FALSE;
      if (!dw_stage_lock_try_work (lock))
        return TRUE;
      if (!deliver_all (store, first_pause_ms, cancellable, error))
        return FALSE;
    }
}

/**
 * dw_courier_test:
 * @kind: the form in which the receiver takes it
 * @url: where it is posted to
 * @token: (nullable): what the receiver knows its senders by, or %NULL for the one in the keyring
 * @cancellable: (nullable): ends it
 * @error: a DW_OUTGOING_WEBHOOK_ERROR, DW_MODEL_ERROR_INVALID, a DW_SECRETS_ERROR or
 *   G_IO_ERROR_CANCELLED
 *
 * Posts an event that says that it is a test, once.
 *
 * Returns: (transfer full) (nullable): that it was taken, for a person
 */
char *
dw_courier_test (DwOutgoingWebhookKind kind,
                 const char *url,
                 const char *token,
                 GCancellable *cancellable,
                 GError **error)
{
  const DwOutgoingEvent event = {
    .event = "test",
    .title = _ ("Docker Watcher"),
    .text = _ ("This is a test. Deploys, newer versions and lost health are told like this."),
  };
  char *kept = NULL;
  gboolean is_sent = FALSE;

  if (token != NULL ? !dw_outgoing_token_check (token, error)
                    : !dw_outgoing_token_lookup (&kept, cancellable, error))
    return NULL;

  is_sent = send (kind, url, token != NULL ? token : kept, &event, 0, cancellable, error);
  secret_password_free (kept);
  if (!is_sent)
    return NULL;

  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  return g_strdup_printf (_ ("%s took the test"), uri != NULL ? g_uri_get_host (uri) : url);
}

/* --- Whoever writes, in the main context --------------------------------------------------------
 */

static void set_out (DwCourier *self);

static void
on_delivered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwCourier *self = DW_COURIER (source);
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error) &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_message ("The outgoing webhook is not told for now: %s", error->message);

  self->is_busy = FALSE;
  if (self->has_more && !g_cancellable_is_cancelled (self->cancellable))
    set_out (self);
  else
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
}

static void
deliver_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (dw_courier_deliver (task_data, DW_OUTGOING_WEBHOOK_PAUSE_MS, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
set_out (DwCourier *self)
{
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, on_delivered, NULL);

  self->has_more = FALSE;
  self->is_busy = TRUE;
  g_task_set_source_tag (task, set_out);
  g_task_set_task_data (task, g_object_ref (self->store), g_object_unref);
  g_task_run_in_thread (task, deliver_in_thread);
}

static void
on_changed (DwCourier *self, GType type)
{
  if (type != DW_TYPE_MESSAGE || g_cancellable_is_cancelled (self->cancellable))
    return;

  if (self->is_busy)
    {
      self->has_more = TRUE;
      return;
    }

  set_out (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
}

static void
dw_courier_dispose (GObject *object)
{
  g_clear_object (&DW_COURIER (object)->store);

  G_OBJECT_CLASS (dw_courier_parent_class)->dispose (object);
}

static void
dw_courier_finalize (GObject *object)
{
  g_object_unref (DW_COURIER (object)->cancellable);

  G_OBJECT_CLASS (dw_courier_parent_class)->finalize (object);
}

static void
dw_courier_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  if (property_id == PROP_BUSY)
    g_value_set_boolean (value, dw_courier_is_busy (DW_COURIER (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
}

static void
dw_courier_class_init (DwCourierClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = dw_courier_dispose;
  object_class->finalize = dw_courier_finalize;
  object_class->get_property = dw_courier_get_property;

  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE,
                                                G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                                                    G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
dw_courier_init (DwCourier *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * dw_courier_new:
 * @store: the store
 *
 * Returns: (transfer full): a courier that has set out already, and does so whenever something is
 *   written that is to be told
 */
DwCourier *
dw_courier_new (DwStore *store)
{
  DwCourier *self = g_object_new (DW_TYPE_COURIER, NULL);

  self->store = g_object_ref (store);
  dw_store_watch (store);
  g_signal_connect_object (store, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  set_out (self);

  return self;
}

gboolean
dw_courier_is_busy (DwCourier *self)
{
  g_return_val_if_fail (DW_IS_COURIER (self), FALSE);

  return self->is_busy;
}

/* It ends at once; what it has not delivered stays for the next one. */
void
dw_courier_stop (DwCourier *self)
{
  g_return_if_fail (DW_IS_COURIER (self));

  g_cancellable_cancel (self->cancellable);
}
