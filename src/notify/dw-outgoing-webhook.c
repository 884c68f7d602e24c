/* dw-outgoing-webhook.c: tells another service what came of a deploy
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One POST with a JSON body, in the form that the receiver takes: our own, Slack's incoming webhook
 * (which Mattermost, Rocket.Chat and Discord's /slack take as well), ntfy's publishing as JSON, or
 * Gotify's message. What may pass is tried again: no connection, 408, 429 and 5xx. The address can
 * hold a secret, so no message of ours says more of it than its host, also where the receiver's own
 * words do. A token that is kept apart goes where the address has “{token}”, or otherwise into the
 * header that the receiver looks at.
 */

#include "config.h"

#include "notify/dw-outgoing-webhook.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

#define MAX_ATTEMPTS 4
#define MAX_PAUSE_MS 60000
#define PAUSE_FACTOR 5
#define TIMEOUT_S 20
/* RFC 6585, section 4; libsoup has no name for it. */
#define TOO_MANY_REQUESTS 429
/* What is read of an answer, for the words of a refusal. */
#define ANSWER_LIMIT 512
/* What is shorter in an address is a word, and as much of a secret is enough to know it by. */
#define SECRET_LENGTH 12

struct _DwOutgoingWebhook
{
  GObject parent_instance;

  SoupSession *session;
  guint first_pause_ms;
};

G_DEFINE_QUARK (dw - outgoing - webhook - error - quark, dw_outgoing_webhook_error)
G_DEFINE_FINAL_TYPE (DwOutgoingWebhook, dw_outgoing_webhook, G_TYPE_OBJECT)

/* One event on its way. */
typedef struct
{
  GUri *uri;
  const char *token_header; /* nullable: there is no token, or it is in the address */
  char *token;              /* the header's value */
  char **secrets;           /* how those begin that an answer might repeat */
  GBytes *body;
  SoupMessage *message;      /* of the attempt that runs */
  GCancellable *cancellable; /* of the attempts themselves */
  GSource *cancelled;
  guint n_attempts;
  guint pause_ms;
  char answer[ANSWER_LIMIT + 1];
} Delivery;

static void send (GTask *task);

static void
delivery_free (Delivery *delivery)
{
  g_clear_pointer (&delivery->uri, g_uri_unref);
  g_clear_pointer (&delivery->body, g_bytes_unref);
  g_clear_object (&delivery->message);
  if (delivery->cancelled != NULL)
    g_source_destroy (delivery->cancelled);
  g_clear_pointer (&delivery->cancelled, g_source_unref);
  g_clear_object (&delivery->cancellable);
  g_free (delivery->token);
  g_strfreev (delivery->secrets);
  g_free (delivery);
}

/* --- What is sent -------------------------------------------------------------------------------
 */

static void
add_text (JsonBuilder *builder, const char *name, const char *value)
{
  if (value == NULL)
    return;

  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
build_generic (JsonBuilder *builder, const DwOutgoingEvent *event)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format_iso8601 (now);

  add_text (builder, "event", event->event);
  add_text (builder, "title", event->title);
  add_text (builder, "text", event->text);
  json_builder_set_member_name (builder, "problem");
  json_builder_add_boolean_value (builder, event->is_problem);
  add_text (builder, "project", event->project);
  add_text (builder, "stage", event->stage);
  add_text (builder, "deploy", event->deploy_id);
  add_text (builder, "tag", event->tag);
  add_text (builder, "digest", event->digest);
  add_text (builder, "trigger", event->trigger);
  add_text (builder, "status", event->status);
  add_text (builder, "error", event->error);
  add_text (builder, "time", time);
}

/* Slack's marks of a reference begin with one of these three, and there are no others. */
static char *
escape_for_slack (const char *text)
{
  g_autoptr (GString) escaped = g_string_new (text);

  g_string_replace (escaped, "&", "&amp;", 0);
  g_string_replace (escaped, "<", "&lt;", 0);
  g_string_replace (escaped, ">", "&gt;", 0);

  return g_string_free (g_steal_pointer (&escaped), FALSE);
}

static void
build_slack (JsonBuilder *builder, const DwOutgoingEvent *event)
{
  g_autofree char *title = escape_for_slack (event->title);
  g_autofree char *text = escape_for_slack (event->text);
  g_autofree char *whole = g_strdup_printf (
      "%s *%s*\n%s", event->is_problem ? ":x:" : ":white_check_mark:", title, text);

  add_text (builder, "text", whole);
}

static void
build_ntfy (JsonBuilder *builder, const DwOutgoingEvent *event, const char *topic)
{
  add_text (builder, "topic", topic);
  add_text (builder, "title", event->title);
  add_text (builder, "message", event->text);
  json_builder_set_member_name (builder, "priority");
  json_builder_add_int_value (builder, event->is_problem ? 4 : 3);
  json_builder_set_member_name (builder, "tags");
  json_builder_begin_array (builder);
  json_builder_add_string_value (builder, event->is_problem ? "x" : "white_check_mark");
  json_builder_end_array (builder);
}

static void
build_gotify (JsonBuilder *builder, const DwOutgoingEvent *event)
{
  add_text (builder, "title", event->title);
  add_text (builder, "message", event->text);
  json_builder_set_member_name (builder, "priority");
  json_builder_add_int_value (builder, event->is_problem ? 8 : 5);
}

/* ntfy takes JSON at its root, and the topic in it; people know the address of the topic. */
static gboolean
split_topic (GUri **uri, char **topic, GError **error)
{
  const char *path = g_uri_get_path (*uri);
  const char *slash = strrchr (path, '/');
  g_autoptr (GUri) root = NULL;

  if (slash == NULL || slash[1] == '\0')
    {
      g_set_error (error, DW_OUTGOING_WEBHOOK_ERROR, DW_OUTGOING_WEBHOOK_ERROR_ADDRESS,
                   _ ("The address names no topic; ntfy's end with it, as in "
                      "https://%s/my-deploys"),
                   g_uri_get_host (*uri));
      return FALSE;
    }

  *topic = g_strdup (slash + 1);
  g_autofree char *root_path = g_strndup (path, (gsize) (slash + 1 - path));
  root = g_uri_build_with_user (g_uri_get_flags (*uri), g_uri_get_scheme (*uri),
                                g_uri_get_user (*uri), g_uri_get_password (*uri), NULL,
                                g_uri_get_host (*uri), g_uri_get_port (*uri), root_path,
                                g_uri_get_query (*uri), NULL);
  g_uri_unref (*uri);
  *uri = g_steal_pointer (&root);

  return TRUE;
}

/* Returns: (transfer full): @url with the token where it has a place for it */
static char *
fill_in_token (const char *url, const char *token)
{
  g_autoptr (GString) filled = g_string_new (url);
  g_autofree char *escaped = g_uri_escape_string (token, NULL, FALSE);

  g_string_replace (filled, DW_OUTGOING_WEBHOOK_TOKEN, escaped, 0);

  return g_string_free (g_steal_pointer (&filled), FALSE);
}

static void
add_token (Delivery *delivery, DwOutgoingWebhookKind kind, const char *token)
{
  if (kind == DW_OUTGOING_WEBHOOK_GOTIFY)
    {
      delivery->token_header = "X-Gotify-Key";
      delivery->token = g_strdup (token);
    }
  else
    {
      delivery->token_header = "Authorization";
      delivery->token = g_strconcat ("Bearer ", token, NULL);
    }
}

static char **
list_secrets (GUri *uri, const char *token)
{
  const char *query = g_uri_get_query (uri);
  g_autofree char *address = g_strconcat (g_uri_get_path (uri), "?", query, NULL);
  g_auto (GStrv) parts = g_strsplit_set (address, "/?&=", -1);
  g_autoptr (GStrvBuilder) secrets = g_strv_builder_new ();

  if (token != NULL)
    {
      g_autofree char *start = g_strndup (token, SECRET_LENGTH);

      g_strv_builder_add (secrets, start);
    }
  for (guint i = 0; parts[i] != NULL; i++)
    if (strlen (parts[i]) >= SECRET_LENGTH)
      {
        parts[i][SECRET_LENGTH] = '\0';
        g_strv_builder_add (secrets, parts[i]);
      }

  return g_strv_builder_end (secrets);
}

static Delivery *
make_delivery (DwOutgoingWebhookKind kind,
               const char *url,
               const char *token,
               const DwOutgoingEvent *event,
               GError **error)
{
  g_autofree char *filled = token != NULL ? fill_in_token (url, token) : g_strdup (url);
  g_autoptr (GUri) uri = g_uri_parse (filled, SOUP_HTTP_URI_FLAGS, NULL);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *topic = NULL;
  Delivery *delivery;

  if (uri == NULL ||
      !g_strv_contains ((const char *const[]){ "http", "https", NULL }, g_uri_get_scheme (uri)) ||
      g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0')
    {
      g_set_error_literal (error, DW_OUTGOING_WEBHOOK_ERROR, DW_OUTGOING_WEBHOOK_ERROR_ADDRESS,
                           _ ("The address of the outgoing webhook is not one that can be posted "
                              "to; it begins with https:// or http:// and a host"));
      return NULL;
    }
  if (kind == DW_OUTGOING_WEBHOOK_NTFY && !split_topic (&uri, &topic, error))
    return NULL;

  json_builder_begin_object (builder);
  switch (kind)
    {
    case DW_OUTGOING_WEBHOOK_SLACK:
      build_slack (builder, event);
      break;
    case DW_OUTGOING_WEBHOOK_NTFY:
      build_ntfy (builder, event, topic);
      break;
    case DW_OUTGOING_WEBHOOK_GOTIFY:
      build_gotify (builder, event);
      break;
    case DW_OUTGOING_WEBHOOK_GENERIC:
    default:
      build_generic (builder, event);
    }
  json_builder_end_object (builder);

  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  char *text = json_to_string (root, FALSE);

  delivery = g_new0 (Delivery, 1);
  delivery->secrets = list_secrets (uri, token);
  delivery->uri = g_steal_pointer (&uri);
  delivery->body = g_bytes_new_take (text, strlen (text));
  if (token != NULL && g_str_equal (filled, url))
    add_token (delivery, kind, token);

  return delivery;
}

/* --- On its way ---------------------------------------------------------------------------------
 */

static void
finish (GTask *task, GError *error)
{
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static gboolean
on_cancelled (GCancellable *outer, gpointer user_data)
{
  g_cancellable_cancel (user_data);

  return G_SOURCE_REMOVE;
}

/* With nothing else left to do: up to libsoup 3.6 a message that is cancelled between the head of
 * its answer and its callback is ended twice, and freed twice. */
static void
let_cancel (GTask *task, Delivery *delivery)
{
  delivery->cancellable = g_cancellable_new ();
  delivery->cancelled = g_cancellable_source_new (g_task_get_cancellable (task));
  g_source_set_callback (delivery->cancelled, G_SOURCE_FUNC (on_cancelled), delivery->cancellable,
                         NULL);
  g_source_set_priority (delivery->cancelled, G_PRIORITY_LOW);
  g_source_attach (delivery->cancelled, g_task_get_context (task));
  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    g_cancellable_cancel (delivery->cancellable);
}

static gboolean
on_pause_over (gpointer user_data)
{
  GTask *task = user_data;

  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    finish (task, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled")));
  else
    send (task);

  return G_SOURCE_REMOVE;
}

/* In the main context in which it is sent; a cancel ends it. */
static void
wait_for (GTask *task, guint pause_ms)
{
  g_autoptr (GSource) source = g_timeout_source_new (pause_ms);
  g_autoptr (GSource) end = g_cancellable_source_new (g_task_get_cancellable (task));

  g_source_set_dummy_callback (end);
  g_source_add_child_source (source, end);
  g_task_attach_source (task, source, on_pause_over);
}

static gboolean
may_pass (guint status)
{
  return status == SOUP_STATUS_REQUEST_TIMEOUT || status == TOO_MANY_REQUESTS ||
         status >= SOUP_STATUS_INTERNAL_SERVER_ERROR;
}

/* How long the receiver wants to be left alone, in milliseconds; 0 when it does not say. */
static guint
get_retry_after_ms (SoupMessage *message)
{
  const char *text = soup_message_headers_get_one (soup_message_get_response_headers (message),
                                                   "Retry-After");
  guint64 seconds = 0;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &seconds, NULL))
    return 0;

  return (guint) MIN (seconds, MAX_PAUSE_MS / 1000) * 1000;
}

/* Takes @error: it is the end of the delivery, or a reason to try once more. */
static void
fail_or_retry (GTask *task, GError *error, gboolean can_retry)
{
  DwOutgoingWebhook *self = g_task_get_source_object (task);
  Delivery *delivery = g_task_get_task_data (task);
  guint wanted_ms;

  if (!can_retry || self->first_pause_ms == 0 || delivery->n_attempts >= MAX_ATTEMPTS ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      finish (task, error);
      return;
    }

  g_debug ("the outgoing webhook is tried again: %s", error->message);
  g_error_free (error);
  wanted_ms = get_retry_after_ms (delivery->message);
  wait_for (task, MAX (wanted_ms, delivery->pause_ms));
  delivery->pause_ms = MIN (delivery->pause_ms * PAUSE_FACTOR, MAX_PAUSE_MS);
}

/* Returns: (transfer full): the answer, up to where it repeats something of the address or token */
static char *
quote_answer (Delivery *delivery)
{
  g_autofree char *words = g_utf8_make_valid (delivery->answer, -1);
  gboolean is_cut = FALSE;

  for (guint i = 0; delivery->secrets[i] != NULL; i++)
    {
      char *secret = strstr (words, delivery->secrets[i]);

      if (secret == NULL)
        continue;
      *secret = '\0';
      is_cut = TRUE;
    }

  return g_strconcat (words, is_cut ? "…" : NULL, NULL);
}

static void
on_answer_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Delivery *delivery = g_task_get_task_data (task);
  guint status = soup_message_get_status (delivery->message);
  gsize length = 0;

  /* The words are only for a person; that there are none is no further problem. */
  if (!g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &length, NULL))
    length = 0;
  delivery->answer[length] = '\0';
  g_strstrip (delivery->answer);

  if (SOUP_STATUS_IS_SUCCESSFUL (status))
    {
      finish (task, NULL);
      return;
    }

  g_autofree char *words = quote_answer (delivery);
  fail_or_retry (task,
                 g_error_new (DW_OUTGOING_WEBHOOK_ERROR, DW_OUTGOING_WEBHOOK_ERROR_REFUSED,
                              /* Translators: a host, an HTTP status and its words, and what the
                               * answer says */
                              _ ("%s did not take what the outgoing webhook posted (%u %s): %s"),
                              g_uri_get_host (delivery->uri), status,
                              soup_message_get_reason_phrase (delivery->message),
                              *words != '\0' ? words : _ ("it does not say why")),
                 may_pass (status));
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Delivery *delivery = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream)
      stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);

  if (stream != NULL)
    g_input_stream_read_all_async (stream, delivery->answer, ANSWER_LIMIT, G_PRIORITY_DEFAULT,
                                   delivery->cancellable, on_answer_read, task);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    finish (task, g_steal_pointer (&error));
  else
    fail_or_retry (task,
                   g_error_new (DW_OUTGOING_WEBHOOK_ERROR, DW_OUTGOING_WEBHOOK_ERROR_UNREACHABLE,
                                /* Translators: a host, and the reason */
                                _ ("The outgoing webhook does not reach %s: %s"),
                                g_uri_get_host (delivery->uri), error->message),
                   TRUE);
}

static void
send (GTask *task)
{
  DwOutgoingWebhook *self = g_task_get_source_object (task);
  Delivery *delivery = g_task_get_task_data (task);

  g_clear_object (&delivery->message);
  delivery->message = soup_message_new_from_uri (SOUP_METHOD_POST, delivery->uri);
  delivery->n_attempts++;
  /* A POST that is led elsewhere would arrive as a GET, or at somebody else's. */
  soup_message_add_flags (delivery->message, SOUP_MESSAGE_NO_REDIRECT);
  if (delivery->token_header != NULL)
    soup_message_headers_replace (soup_message_get_request_headers (delivery->message),
                                  delivery->token_header, delivery->token);
  soup_message_set_request_body_from_bytes (delivery->message, "application/json", delivery->body);
  soup_session_send_async (self->session, delivery->message, G_PRIORITY_DEFAULT,
                           delivery->cancellable, on_answered, task);
}

static void
dw_outgoing_webhook_dispose (GObject *object)
{
  DwOutgoingWebhook *self = DW_OUTGOING_WEBHOOK (object);

  g_clear_object (&self->session);

  G_OBJECT_CLASS (dw_outgoing_webhook_parent_class)->dispose (object);
}

static void
dw_outgoing_webhook_class_init (DwOutgoingWebhookClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dw_outgoing_webhook_dispose;
}

static void
dw_outgoing_webhook_init (DwOutgoingWebhook *self)
{
}

/**
 * dw_outgoing_webhook_new:
 * @first_pause_ms: the pause before the second attempt, in milliseconds; each further one is five
 *   times as long; %DW_OUTGOING_WEBHOOK_PAUSE_MS, or 0 for one attempt that somebody waits for
 *
 * Returns: (transfer full): what sends, in the main context in which it is used
 */
DwOutgoingWebhook *
dw_outgoing_webhook_new (guint first_pause_ms)
{
  DwOutgoingWebhook *self = g_object_new (DW_TYPE_OUTGOING_WEBHOOK, NULL);

  self->first_pause_ms = first_pause_ms;
  self->session = soup_session_new_with_options ("timeout", TIMEOUT_S, "user-agent",
                                                 "docker-watcher/" DW_VERSION, NULL);

  return self;
}

/**
 * dw_outgoing_webhook_send_async:
 * @self: what sends
 * @kind: the form in which the receiver takes it
 * @url: where it is posted to; for ntfy the address of the topic
 * @token: (nullable): what the receiver knows its senders by, unless the address holds it
 * @event: what is told; it is copied
 * @cancellable: (nullable): ends the attempts
 * @callback: (nullable): called when it was delivered, or given up
 * @user_data: for @callback
 *
 * Tells the receiver, in at most four attempts.
 */
void
dw_outgoing_webhook_send_async (DwOutgoingWebhook *self,
                                DwOutgoingWebhookKind kind,
                                const char *url,
                                const char *token,
                                const DwOutgoingEvent *event,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;
  Delivery *delivery;

  g_return_if_fail (DW_IS_OUTGOING_WEBHOOK (self));
  g_return_if_fail (url != NULL && event != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, dw_outgoing_webhook_send_async);
  delivery = make_delivery (kind, url, token, event, &error);
  if (delivery == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  delivery->pause_ms = self->first_pause_ms;
  g_task_set_task_data (task, delivery, (GDestroyNotify) delivery_free);
  let_cancel (task, delivery);
  send (g_steal_pointer (&task));
}

/**
 * dw_outgoing_webhook_send_finish:
 * @self: what sends
 * @result: what the callback was given
 * @error: return location for an error, in %DW_OUTGOING_WEBHOOK_ERROR, or %G_IO_ERROR_CANCELLED
 *
 * Returns: whether it was delivered
 */
gboolean
dw_outgoing_webhook_send_finish (DwOutgoingWebhook *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
