/* dw-webhook-listener.c: hears from registries that something was pushed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An HTTP server on this machine's loopback address, for a registry beside it or a tunnel. Whoever
 * may be there may send anything: so a request has a time, a size and a number of others beside it
 * that it must not exceed, and is only read on while it keeps to them. It must know the secret: as
 * a bearer token, as a signature of the body (GitHub's X-Hub-Signature-256, Gitea's
 * X-Gitea-Signature), as GitLab's X-Gitlab-Token, or, for Docker Hub, which can send no header, as
 * “token” in the address.
 *
 * It answers 202 before anything is done: who sends need not wait for it. 400 is for what cannot be
 * understood, 401 for who does not know the secret, 405 for what is no POST, 408 for who takes too
 * long, 413 for what is too large, 429 for too much at once. Those who know the secret and those
 * who do not are counted apart, so that nobody can shut the others out.
 */

#include "config.h"

#include "watch/dw-webhook-listener.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>
#include <string.h>

#include "watch/dw-webhook-payload.h"
#include "watch/dw-webhook-secret.h"

/* The largest that a registry sends is an envelope of many events; GitHub's is about 20 kB. */
#define BODY_LIMIT (256 * 1024)
/* So much more is read, and thrown away, for the sake of an answer. */
#define PATIENCE_BYTES (1024 * 1024)
#define REQUEST_LIMIT_S 10
#define CONNECTION_LIMIT 64
/* For each of the two kinds of senders: so many at once, and then so many a second. */
#define BURST 60.0
#define RATE_PER_S 20.0

typedef struct
{
  double tokens;
  gint64 filled_at_us;
} Bucket;

struct _DwWebhookListener
{
  GObject parent_instance;

  SoupServer *server;
  char *secret;
  guint port;
  GHashTable *requests; /* of Request, by their messages: those that are not answered yet */
  Bucket strangers;
  Bucket friends;
};

enum
{
  PUSHED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* One request while it arrives. */
typedef struct
{
  DwWebhookListener *listener;
  SoupServerMessage *message; /* a weak reference: not every one that goes has finished */
  GByteArray *body;
  gsize n_bytes; /* that came, kept or not */
  guint timeout;
  guint status; /* of the refusal, or 0 as long as there is none */
} Request;

/* What the sender has been told of, on its way to those who listen. */
typedef struct
{
  DwWebhookListener *listener;
  GPtrArray *pushes;
  char *address;
} Telling;

G_DEFINE_FINAL_TYPE (DwWebhookListener, dw_webhook_listener, G_TYPE_OBJECT)

static gboolean
take_token (Bucket *bucket)
{
  gint64 now_us = g_get_monotonic_time ();
  double gained = (double) (now_us - bucket->filled_at_us) / G_USEC_PER_SEC * RATE_PER_S;

  bucket->tokens = MIN (bucket->tokens + gained, BURST);
  bucket->filled_at_us = now_us;
  if (bucket->tokens < 1)
    return FALSE;

  bucket->tokens -= 1;
  return TRUE;
}

static void
on_message_gone (gpointer user_data, GObject *message)
{
  Request *request = user_data;

  request->message = NULL;
  g_hash_table_remove (request->listener->requests, message);
}

static void
request_free (gpointer data)
{
  Request *request = data;

  if (request->message != NULL)
    g_object_weak_unref (G_OBJECT (request->message), on_message_gone, request);
  g_clear_handle_id (&request->timeout, g_source_remove);
  g_byte_array_unref (request->body);
  g_free (request);
}

/* Ends the connection as it is; the message then finishes by itself. */
static void
hang_up (SoupServerMessage *message)
{
  GSocket *socket = soup_server_message_get_socket (message);

  if (socket != NULL)
    g_socket_shutdown (socket, TRUE, TRUE, NULL);
}

static gboolean
on_late (gpointer user_data)
{
  Request *request = user_data;

  request->timeout = 0;
  g_debug ("A webhook request took longer than %d s", REQUEST_LIMIT_S);
  hang_up (request->message);

  return G_SOURCE_REMOVE;
}

/* A body that grows beyond the limit is not kept, and not waited for. */
static void
on_chunk (SoupServerMessage *message, GBytes *chunk, gpointer user_data)
{
  Request *request = g_hash_table_lookup (DW_WEBHOOK_LISTENER (user_data)->requests, message);
  gsize length;
  const guint8 *data = g_bytes_get_data (chunk, &length);

  if (request == NULL)
    return;
  request->n_bytes += length;
  if (request->n_bytes > PATIENCE_BYTES)
    hang_up (message);
  if (request->status != 0)
    return;

  if (length > BODY_LIMIT - request->body->len)
    {
      request->status = SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE;
      g_byte_array_set_size (request->body, 0);
      return;
    }
  g_byte_array_append (request->body, data, (guint) length);
}

static void
on_finished (SoupServer *server, SoupServerMessage *message, gpointer user_data)
{
  g_hash_table_remove (DW_WEBHOOK_LISTENER (user_data)->requests, message);
}

static void
on_started (SoupServer *server, SoupServerMessage *message, gpointer user_data)
{
  DwWebhookListener *self = DW_WEBHOOK_LISTENER (user_data);

  if (g_hash_table_size (self->requests) >= CONNECTION_LIMIT)
    {
      hang_up (message);
      return;
    }

  Request *request = g_new0 (Request, 1);
  request->listener = self;
  request->message = message;
  request->body = g_byte_array_new ();
  request->timeout = g_timeout_add_seconds (REQUEST_LIMIT_S, on_late, request);
  g_object_weak_ref (G_OBJECT (message), on_message_gone, request);
  g_hash_table_replace (self->requests, message, request);
}

static const char *
get_header (SoupServerMessage *message, const char *name)
{
  return soup_message_headers_get_one (soup_server_message_get_request_headers (message), name);
}

/* Before the body: what its head says is enough to refuse it. */
static void
on_head (SoupServer *server,
         SoupServerMessage *message,
         const char *path,
         GHashTable *query,
         gpointer user_data)
{
  DwWebhookListener *self = DW_WEBHOOK_LISTENER (user_data);
  Request *request = g_hash_table_lookup (self->requests, message);
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  /* Not kept a second time. */
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
  g_signal_connect_object (message, "got-chunk", G_CALLBACK (on_chunk), self, 0);

  if (request == NULL)
    soup_server_message_set_status (message, SOUP_STATUS_SERVICE_UNAVAILABLE, NULL);
  else if (!g_str_equal (soup_server_message_get_method (message), "POST"))
    request->status = SOUP_STATUS_METHOD_NOT_ALLOWED;
  else if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH &&
           soup_message_headers_get_content_length (headers) > BODY_LIMIT)
    request->status = SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE;

  /* An answer that is there before the body is sent without reading it. */
  if (request != NULL && request->status != 0)
    {
      soup_server_message_set_status (message, request->status, NULL);
      soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                    "Connection", "close");
    }
}

static gboolean
knows_secret (DwWebhookListener *self,
              SoupServerMessage *message,
              GBytes *body,
              const char *path,
              GHashTable *query)
{
  static const char *const signature_names[] = { "X-Hub-Signature-256", "X-Gitea-Signature",
                                                 "X-Forgejo-Signature" };
  const char *authorization = get_header (message, "Authorization");
  const char *token = get_header (message, "X-Gitlab-Token");

  if (authorization != NULL && g_ascii_strncasecmp (authorization, "Bearer ", 7) == 0)
    return dw_webhook_secret_matches (self->secret, authorization + 7);
  for (gsize i = 0; i < G_N_ELEMENTS (signature_names); i++)
    if (get_header (message, signature_names[i]) != NULL)
      return dw_webhook_secret_signs (self->secret, body, get_header (message, signature_names[i]));
  if (token == NULL && g_str_equal (path, "/docker-hub") && query != NULL)
    token = g_hash_table_lookup (query, "token");

  return token != NULL && dw_webhook_secret_matches (self->secret, token);
}

static void
telling_free (gpointer data)
{
  Telling *telling = data;

  g_object_unref (telling->listener);
  g_ptr_array_unref (telling->pushes);
  g_free (telling->address);
  g_free (telling);
}

static gboolean
tell (gpointer user_data)
{
  Telling *telling = user_data;

  for (guint i = 0; i < telling->pushes->len; i++)
    {
      DwWebhookPush *push = telling->pushes->pdata[i];
      /* Translators: who says so, from which address, and what: an image with its tag */
      g_autofree char *note = g_strdup_printf (
          _ ("Webhook (%s) from %s: pushed %s%s%s"), push->source, telling->address, push->image,
          push->tag != NULL ? ":" : "", push->tag != NULL ? push->tag : "");

      g_signal_emit (telling->listener, signals[PUSHED], 0, push->image, push->tag, note);
    }

  return G_SOURCE_REMOVE;
}

static void
accept (DwWebhookListener *self, SoupServerMessage *message, GPtrArray *pushes)
{
  Telling *telling = g_new0 (Telling, 1);
  const char *host = soup_server_message_get_remote_host (message);

  telling->listener = g_object_ref (self);
  telling->pushes = g_ptr_array_ref (pushes);
  telling->address = g_strdup (host != NULL ? host : "?");
  g_idle_add_full (G_PRIORITY_DEFAULT, tell, telling, telling_free);
}

static guint
answer (DwWebhookListener *self,
        SoupServerMessage *message,
        GBytes *body,
        const char *path,
        GHashTable *query,
        GError **error)
{
  const char *event = get_header (message, "X-GitHub-Event");
  g_autoptr (GPtrArray) pushes = NULL;

  if (!knows_secret (self, message, body, path, query))
    return take_token (&self->strangers) ? SOUP_STATUS_UNAUTHORIZED : 429;
  if (!take_token (&self->friends))
    return 429;

  if (event == NULL)
    event = get_header (message, "X-Gitea-Event");
  pushes = dw_webhook_payload_parse (body, event, error);
  if (pushes == NULL)
    return SOUP_STATUS_BAD_REQUEST;

  accept (self, message, pushes);
  return SOUP_STATUS_ACCEPTED;
}

static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  DwWebhookListener *self = DW_WEBHOOK_LISTENER (user_data);
  Request *request = g_hash_table_lookup (self->requests, message);
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  g_autoptr (GError) problem = NULL;
  guint status = request != NULL ? request->status : SOUP_STATUS_SERVICE_UNAVAILABLE;

  if (status == 0)
    {
      g_autoptr (GBytes) body = g_bytes_new (request->body->data, request->body->len);

      status = answer (self, message, body, path, query, &problem);
    }

  soup_server_message_set_status (message, status, NULL);
  if (status == 429)
    soup_message_headers_replace (headers, "Retry-After", "1");
  else if (status == SOUP_STATUS_UNAUTHORIZED)
    soup_message_headers_replace (headers, "WWW-Authenticate", "Bearer");
  else if (status == SOUP_STATUS_METHOD_NOT_ALLOWED)
    soup_message_headers_replace (headers, "Allow", "POST");
  if (status != SOUP_STATUS_ACCEPTED)
    soup_message_headers_replace (headers, "Connection", "close");
  if (problem != NULL)
    soup_server_message_set_response (message, "text/plain; charset=utf-8", SOUP_MEMORY_COPY,
                                      problem->message, strlen (problem->message));
}

static void
dw_webhook_listener_dispose (GObject *object)
{
  DwWebhookListener *self = DW_WEBHOOK_LISTENER (object);

  if (self->server != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->server, self);
      soup_server_disconnect (self->server);
    }
  g_hash_table_remove_all (self->requests);
  g_clear_object (&self->server);

  G_OBJECT_CLASS (dw_webhook_listener_parent_class)->dispose (object);
}

static void
dw_webhook_listener_finalize (GObject *object)
{
  DwWebhookListener *self = DW_WEBHOOK_LISTENER (object);

  g_hash_table_unref (self->requests);
  dw_webhook_secret_free (self->secret);

  G_OBJECT_CLASS (dw_webhook_listener_parent_class)->finalize (object);
}

static void
dw_webhook_listener_class_init (DwWebhookListenerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = dw_webhook_listener_dispose;
  object_class->finalize = dw_webhook_listener_finalize;

  signals[PUSHED] = g_signal_new ("pushed", DW_TYPE_WEBHOOK_LISTENER, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING,
                                  G_TYPE_STRING);
}

static void
dw_webhook_listener_init (DwWebhookListener *self)
{
  gint64 now_us = g_get_monotonic_time ();

  self->requests = g_hash_table_new_full (NULL, NULL, NULL, request_free);
  self->strangers = (Bucket){ .tokens = BURST, .filled_at_us = now_us };
  self->friends = (Bucket){ .tokens = BURST, .filled_at_us = now_us };
}

/**
 * dw_webhook_listener_new:
 * @port: where to listen on the loopback address, or 0 for any free port
 * @secret: what a sender must know
 * @error: a G_IO_ERROR, such as G_IO_ERROR_ADDRESS_IN_USE
 *
 * Listens from now on, in the thread's default main context. Returns at once; main thread.
 *
 * Returns: (transfer full) (nullable): what listens, until it is let go
 */
DwWebhookListener *
dw_webhook_listener_new (guint port, const char *secret, GError **error)
{
  g_autoptr (DwWebhookListener) self = g_object_new (DW_TYPE_WEBHOOK_LISTENER, NULL);
  g_autoptr (GError) problem = NULL;

  g_return_val_if_fail (secret != NULL && *secret != '\0', NULL);

  self->secret = g_strdup (secret);
  self->server = soup_server_new ("server-header", "docker-watcher", NULL);
  g_signal_connect (self->server, "request-started", G_CALLBACK (on_started), self);
  g_signal_connect (self->server, "request-finished", G_CALLBACK (on_finished), self);
  g_signal_connect (self->server, "request-aborted", G_CALLBACK (on_finished), self);
  soup_server_add_early_handler (self->server, NULL, on_head, self, NULL);
  soup_server_add_handler (self->server, NULL, on_request, self, NULL);

  if (!soup_server_listen_local (self->server, port, SOUP_SERVER_LISTEN_IPV4_ONLY, &problem))
    {
      g_set_error (error, problem->domain, problem->code,
                   _ ("nothing can listen on the port %u of this machine (%s); choose another one "
                      "with: docker-watcher settings set webhook-port PORT"),
                   port, problem->message);
      return NULL;
    }

  GSList *uris = soup_server_get_uris (self->server);
  self->port = (guint) g_uri_get_port (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  return g_steal_pointer (&self);
}

/* Returns: the port on the loopback address */
guint
dw_webhook_listener_get_port (DwWebhookListener *self)
{
  return self->port;
}

/* Returns: whether @secret is what a sender must know */
gboolean
dw_webhook_listener_has_secret (DwWebhookListener *self, const char *secret)
{
  return dw_webhook_secret_matches (self->secret, secret);
}
