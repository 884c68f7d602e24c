/* test-outgoing-webhook.c: what a receiver gets, and what becomes of one that does not take it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <json-glib/json-glib.h>

#include "notify/dw-outgoing-webhook.h"
#include "registry-stub.h"

/* What the receiver does, and what it got; its thread writes, the test reads when it has answered.
 */
typedef struct
{
  guint n_refusals; /* before it takes one */
  guint status;     /* of a refusal */
  const char *retry_after;
  const char *words;

  guint n_asked;
  char *body;
  char *path;
  char *authorization;
  char *gotify_key;
} Receiver;

typedef struct
{
  Receiver receiver;
  RegistryStub *stub;
  DwOutgoingWebhook *webhook;
  const char *token;
  GCancellable *cancellable; /* nullable */
} Fixture;

static void
receive (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  Receiver *receiver = registry_stub_get_data (stub);
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  receiver->n_asked++;
  if (receiver->n_asked <= receiver->n_refusals)
    {
      if (receiver->retry_after != NULL)
        soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                      "Retry-After", receiver->retry_after);
      registry_stub_answer (message, receiver->status, "text/plain",
                            receiver->words != NULL ? receiver->words : "no");
      return;
    }

  g_clear_pointer (&receiver->body, g_free);
  g_clear_pointer (&receiver->path, g_free);
  receiver->body = g_strndup (body->data, body->length);
  receiver->path = g_strdup (path);
  g_free (receiver->authorization);
  g_free (receiver->gotify_key);
  receiver->authorization = g_strdup (soup_message_headers_get_one (headers, "Authorization"));
  receiver->gotify_key = g_strdup (soup_message_headers_get_one (headers, "X-Gotify-Key"));
  registry_stub_answer (message, 200, "application/json", "{}");
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->stub = registry_stub_new (receive, NULL);
  registry_stub_set_data (fixture->stub, &fixture->receiver);
  fixture->webhook = dw_outgoing_webhook_new (1);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_unref (fixture->webhook);
  registry_stub_free (fixture->stub);
  g_free (fixture->receiver.body);
  g_free (fixture->receiver.path);
  g_free (fixture->receiver.authorization);
  g_free (fixture->receiver.gotify_key);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **kept = user_data;

  *kept = g_object_ref (result);
}

static gboolean
send_to (Fixture *fixture, DwOutgoingWebhookKind kind, const char *url, GError **error)
{
  const DwOutgoingEvent event = {
    .event = "deploy",
    .title = "shop/prod runs v1.2",
    .text = "Replaced <v1.1> & kept it",
    .project = "shop",
    .stage = "prod",
    .tag = "v1.2",
    .status = "success",
  };
  g_autoptr (GAsyncResult) result = NULL;

  dw_outgoing_webhook_send_async (fixture->webhook, kind, url, fixture->token, &event,
                                  fixture->cancellable, on_sent, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return dw_outgoing_webhook_send_finish (fixture->webhook, result, error);
}

static gboolean
send_event (Fixture *fixture, DwOutgoingWebhookKind kind, const char *path, GError **error)
{
  g_autofree char *url = g_strconcat (registry_stub_get_url (fixture->stub), path, NULL);

  return send_to (fixture, kind, url, error);
}

static JsonObject *
get_body (Fixture *fixture, JsonParser *parser)
{
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (fixture->receiver.body);
  json_parser_load_from_data (parser, fixture->receiver.body, -1, &error);
  g_assert_no_error (error);

  return json_node_get_object (json_parser_get_root (parser));
}

static void
test_generic (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();

  g_assert_true (send_event (fixture, DW_OUTGOING_WEBHOOK_GENERIC, "/hook", &error));
  g_assert_no_error (error);

  JsonObject *body = get_body (fixture, parser);
  g_assert_cmpstr (fixture->receiver.path, ==, "/hook");
  g_assert_cmpstr (json_object_get_string_member (body, "event"), ==, "deploy");
  g_assert_cmpstr (json_object_get_string_member (body, "project"), ==, "shop");
  g_assert_cmpstr (json_object_get_string_member (body, "tag"), ==, "v1.2");
  g_assert_cmpstr (json_object_get_string_member (body, "text"), ==, "Replaced <v1.1> & kept it");
  g_assert_false (json_object_get_boolean_member (body, "problem"));
  g_assert_false (json_object_has_member (body, "error"));
  g_assert_true (json_object_has_member (body, "time"));
}

static void
test_slack (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();

  g_assert_true (send_event (fixture, DW_OUTGOING_WEBHOOK_SLACK, "/services/T/B/x", &error));
  g_assert_no_error (error);
  g_assert_cmpstr (json_object_get_string_member (get_body (fixture, parser), "text"), ==,
                   ":white_check_mark: *shop/prod runs v1.2*\nReplaced &lt;v1.1&gt; &amp; kept it");
}

static void
test_ntfy (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();

  g_assert_true (send_event (fixture, DW_OUTGOING_WEBHOOK_NTFY, "/base/my-deploys", &error));
  g_assert_no_error (error);

  JsonObject *body = get_body (fixture, parser);
  g_assert_cmpstr (fixture->receiver.path, ==, "/base/");
  g_assert_cmpstr (json_object_get_string_member (body, "topic"), ==, "my-deploys");
  g_assert_cmpstr (json_object_get_string_member (body, "title"), ==, "shop/prod runs v1.2");
  g_assert_cmpint (json_object_get_int_member (body, "priority"), ==, 3);
}

static void
test_gotify (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();

  g_assert_true (send_event (fixture, DW_OUTGOING_WEBHOOK_GOTIFY, "/message?token=secret", &error));
  g_assert_no_error (error);

  JsonObject *body = get_body (fixture, parser);
  g_assert_cmpuint (registry_stub_count (fixture->stub, "POST /message?token=secret"), ==, 1);
  g_assert_cmpstr (json_object_get_string_member (body, "message"), ==,
                   "Replaced <v1.1> & kept it");
}

/* Whatever each of them looks at, or a place in the address. */
static void
test_token (Fixture *fixture, gconstpointer data)
{
  Receiver *receiver = &fixture->receiver;
  g_autoptr (GError) error = NULL;

  fixture->token = "to+ken";
  g_assert_true (send_event (fixture, DW_OUTGOING_WEBHOOK_GENERIC, "/hook", &error));
  g_assert_cmpstr (receiver->authorization, ==, "Bearer to+ken");
  g_assert_null (receiver->gotify_key);
  g_assert_true (send_event (fixture, DW_OUTGOING_WEBHOOK_NTFY, "/topic", &error));
  g_assert_cmpstr (receiver->authorization, ==, "Bearer to+ken");
  g_assert_true (send_event (fixture, DW_OUTGOING_WEBHOOK_GOTIFY, "/message", &error));
  g_assert_null (receiver->authorization);
  g_assert_cmpstr (receiver->gotify_key, ==, "to+ken");
  g_assert_true (send_event (fixture, DW_OUTGOING_WEBHOOK_SLACK, "/services/T/{token}", &error));
  g_assert_no_error (error);
  g_assert_null (receiver->authorization);
  g_assert_cmpuint (registry_stub_count (fixture->stub, "POST /services/T/to+ken"), ==, 1);
}

static void
test_it_is_tried_once_for_who_waits (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_object_unref (fixture->webhook);
  fixture->webhook = dw_outgoing_webhook_new (0);
  fixture->receiver.n_refusals = 1;
  fixture->receiver.status = 503;
  g_assert_false (send_event (fixture, DW_OUTGOING_WEBHOOK_GENERIC, "/hook", &error));
  g_assert_error (error, DW_OUTGOING_WEBHOOK_ERROR, DW_OUTGOING_WEBHOOK_ERROR_REFUSED);
  g_assert_cmpuint (fixture->receiver.n_asked, ==, 1);
}

static void
test_what_may_pass_is_tried_again (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->receiver.n_refusals = 3;
  fixture->receiver.status = 503;
  g_assert_true (send_event (fixture, DW_OUTGOING_WEBHOOK_GENERIC, "/hook", &error));
  g_assert_no_error (error);
  g_assert_cmpuint (fixture->receiver.n_asked, ==, 4);
}

static void
test_it_waits_as_long_as_it_is_told (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 began = g_get_monotonic_time ();

  fixture->receiver.n_refusals = 1;
  fixture->receiver.status = 429;
  fixture->receiver.retry_after = "1";
  g_assert_true (send_event (fixture, DW_OUTGOING_WEBHOOK_GENERIC, "/hook", &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_get_monotonic_time () - began, >=, G_USEC_PER_SEC);
}

static void
test_it_gives_up_in_the_end (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->receiver.n_refusals = G_MAXUINT;
  fixture->receiver.status = 500;
  fixture->receiver.words = "the disk is full";
  g_assert_false (send_event (fixture, DW_OUTGOING_WEBHOOK_GENERIC, "/hook", &error));
  g_assert_error (error, DW_OUTGOING_WEBHOOK_ERROR, DW_OUTGOING_WEBHOOK_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, "the disk is full"));
  g_assert_cmpuint (fixture->receiver.n_asked, ==, 4);
}

/* An endless answer is not read to its end, and a secret in the address is not repeated. */
static void
test_a_refusal_is_final_and_says_why (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *long_words = g_strnfill (1000000, 'x');

  fixture->receiver.n_refusals = G_MAXUINT;
  fixture->receiver.status = 404;
  fixture->receiver.words = long_words;
  g_assert_false (send_event (fixture, DW_OUTGOING_WEBHOOK_GENERIC, "/hook?token=secret", &error));
  g_assert_error (error, DW_OUTGOING_WEBHOOK_ERROR, DW_OUTGOING_WEBHOOK_ERROR_REFUSED);
  g_assert_cmpuint (fixture->receiver.n_asked, ==, 1);
  g_assert_cmpuint (strlen (error->message), <, 1000);
  g_assert_null (strstr (error->message, "secret"));
}

/* As a server says that of what it knows nothing of. */
static void
test_echo (Fixture *fixture, gconstpointer data)
{
  static const char *const paths[] = { "/services/T0/B0/{token}",
                                       "/services/T0/B0/a-secret-in-the-address",
                                       "/hook?key=a-secret-in-the-address", "/hook" };

  fixture->receiver.n_refusals = G_MAXUINT;
  fixture->receiver.status = 404;
  fixture->receiver.words = "Cannot POST /services/T0/B0/a-secret-in-the-address";
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GError) error = NULL;

      fixture->token = i % 3 == 0 ? "a-secret-in-the-address" : NULL;
      g_assert_false (send_event (fixture, DW_OUTGOING_WEBHOOK_GENERIC, paths[i], &error));
      g_assert_error (error, DW_OUTGOING_WEBHOOK_ERROR, DW_OUTGOING_WEBHOOK_ERROR_REFUSED);
      g_assert_true (g_str_has_suffix (error->message, ": Cannot POST /services/T0/B0/…"));
    }
}

static gboolean
cancel (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);

  return G_SOURCE_REMOVE;
}

static void
test_cancelled_in_a_pause (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  gint64 began = g_get_monotonic_time ();

  fixture->cancellable = cancellable;
  fixture->receiver.n_refusals = 1;
  fixture->receiver.status = 429;
  fixture->receiver.retry_after = "60";
  g_timeout_add (500, cancel, cancellable);
  g_assert_false (send_event (fixture, DW_OUTGOING_WEBHOOK_GENERIC, "/hook", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - began, <, 30 * G_USEC_PER_SEC);
}

#define N_CANCELS 1000
#define MOMENT_US 1500

static gpointer
cancel_in_thread (gpointer cancellable)
{
  g_usleep ((gulong) g_test_rand_int_range (1, MOMENT_US));
  g_cancellable_cancel (cancellable);

  return NULL;
}

/* The head of an answer may be there already, and nobody have been told. */
static void
test_cancelled_at_any_moment (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < N_CANCELS; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      GThread *thread = g_thread_new ("cancel", cancel_in_thread, cancellable);

      fixture->cancellable = cancellable;
      if (!send_event (fixture, DW_OUTGOING_WEBHOOK_GENERIC, "/hook", &error))
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_thread_join (thread);
    }
}

static void
test_nobody_there (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (
      send_to (fixture, DW_OUTGOING_WEBHOOK_GENERIC, "http://127.0.0.1:1/hook?secret", &error));
  g_assert_error (error, DW_OUTGOING_WEBHOOK_ERROR, DW_OUTGOING_WEBHOOK_ERROR_UNREACHABLE);
  g_assert_null (strstr (error->message, "secret"));
}

static void
test_bad_addresses (Fixture *fixture, gconstpointer data)
{
  static const char *const addresses[] = { "", "hook", "ftp://example.com/", "https://",
                                           "http://%" };

  for (gsize i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (send_to (fixture, DW_OUTGOING_WEBHOOK_GENERIC, addresses[i], &error));
      g_assert_error (error, DW_OUTGOING_WEBHOOK_ERROR, DW_OUTGOING_WEBHOOK_ERROR_ADDRESS);
    }

  g_autoptr (GError) error = NULL;
  g_assert_false (send_event (fixture, DW_OUTGOING_WEBHOOK_NTFY, "/", &error));
  g_assert_error (error, DW_OUTGOING_WEBHOOK_ERROR, DW_OUTGOING_WEBHOOK_ERROR_ADDRESS);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*function) (Fixture *, gconstpointer);
  } tests[] = {
    { "generic-json-holds-all-of-the-event", test_generic },
    { "slack-gets-a-text-without-marks-of-others", test_slack },
    { "ntfy-gets-the-topic-of-the-address", test_ntfy },
    { "gotify-gets-a-message", test_gotify },
    { "a-token-goes-where-the-receiver-looks", test_token },
    { "it-is-tried-once-for-who-waits", test_it_is_tried_once_for_who_waits },
    { "what-may-pass-is-tried-again", test_what_may_pass_is_tried_again },
    { "it-waits-as-long-as-it-is-told", test_it_waits_as_long_as_it_is_told },
    { "it-gives-up-in-the-end", test_it_gives_up_in_the_end },
    { "a-refusal-is-final-and-says-why", test_a_refusal_is_final_and_says_why },
    { "no-secret-is-repeated-after-the-receiver", test_echo },
    { "a-cancel-ends-a-pause", test_cancelled_in_a_pause },
    { "a-cancel-may-come-at-any-moment", test_cancelled_at_any_moment },
    { "nobody-there-is-said-without-the-secret", test_nobody_there },
    { "what-cannot-be-posted-to-is-refused", test_bad_addresses },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/notify/outgoing-webhook/", tests[i].name, NULL);

      g_test_add (path, Fixture, NULL, set_up, tests[i].function, tear_down);
    }

  return g_test_run ();
}
