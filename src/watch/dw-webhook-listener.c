/* dw-webhook-listener.c: hears from registries that something was pushed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An HTTP server on this machine's loopback address, for a registry beside it or a tunnel. Whoever
 * may be there may send anything, or nothing: so a connection, which is for one request, has a time
 * and a size that it must not exceed, and where there are too many the oldest makes room: whoever
 * means well takes a moment only. A request must know the secret: as
 * a bearer token, as a signature of the body (GitHub's X-Hub-Signature-256, Gitea's
 * X-Gitea-Signature), as GitLab's X-Gitlab-Token, or, for Docker Hub, which can send no header, as
 * “token” in the address.
 *
 * It answers 202 before anything is done: who sends need not wait for it. 400 is for what cannot be
 * understood, 401 for who does not know the secret, 405 for what is no POST, 413 for what is too
 * large, 429 for too much at once; who takes too long is cut off. Those who know the secret and
 * those who do not are counted apart, so that nobody can shut the others out.
 */

#include "config.h"

#include "watch/dw-webhook-listener.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>
#include <string.h>
#include <sys/socket.h>

#include "watch/dw-webhook-payload.h"
#include "watch/dw-webhook-secret.h"

/* The largest that a registry sends is an envelope of many events; GitHub's is about 20 kB. */
#define BODY_LIMIT (256 * 1024)
/* So much more is read, and thrown away, for the sake of an answer. */
#define PATIENCE_BYTES (1024 * 1024)
#define CONNECTION_LIMIT_S 10
#define CONNECTION_LIMIT 64
/* So many wait to be let in; more than that, and they would have to try again. */
#define BACKLOG 128
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

  GSocketService *service;
  SoupServer *server;
  char *secret;
  guint port;
  GQueue connections; /* of Connection: those that are open, the oldest first */
  Bucket strangers;
  Bucket friends;
};

enum
{
  PUSHED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* One connection, and its request while that arrives. */
typedef struct
{
  DwWebhookListener *listener;
  GSocketConnection *stream; /* a weak reference: the server closes it */
  GSocketAddress *address;   /* the sender's */
  GList link;                /* in the listener's connections */
  guint timeout;
  GByteArray *body;
  gsize n_bytes; /* that came, kept or not */
  guint status;  /* of the refusal, or 0 as long as there is none */
} Connection;

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

static void on_closed (gpointer user_data, GObject *stream);

static void
connection_free (gpointer data)
{
  Connection *connection = data;

  g_queue_unlink (&connection->listener->connections, &connection->link);
  if (connection->stream != NULL)
    g_object_weak_unref (G_OBJECT (connection->stream), on_closed, connection);
  g_clear_handle_id (&connection->timeout, g_source_remove);
  g_object_unref (connection->address);
  g_byte_array_unref (connection->body);
  g_free (connection);
}

static void
on_closed (gpointer user_data, GObject *stream)
{
  Connection *connection = user_data;

  connection->stream = NULL;
  connection_free (connection);
}

/* Ends it as it is: the server then finds it at its end, and closes it. To one who has much more to
 * send that is a reset; being told nothing but that it is over, he would wait for room to send it
 * until the kernel forgets the connection, a minute later. */
static void
hang_up (Connection *connection)
{
  static const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
  GSocket *socket = g_socket_connection_get_socket (connection->stream);

  if (setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) != 0)
    g_debug ("A webhook connection ends slowly: %s", g_strerror (errno));
  g_socket_shutdown (socket, TRUE, TRUE, NULL);
  connection_free (connection);
}

static gboolean
on_late (gpointer user_data)
{
  Connection *connection = user_data;

  connection->timeout = 0;
  g_debug ("A webhook request took longer than %d s", CONNECTION_LIMIT_S);
  hang_up (connection);

  return G_SOURCE_REMOVE;
}

/* The server is given the connection, and not the port, since it bounds neither how many there are
 * nor how long one may say nothing. */
static gboolean
on_incoming (GSocketService *service,
             GSocketConnection *stream,
             GObject *source,
             gpointer user_data)
{
  DwWebhookListener *self = DW_WEBHOOK_LISTENER (user_data);
  g_autoptr (GSocketAddress) local = g_socket_connection_get_local_address (stream, NULL);
  g_autoptr (GSocketAddress) remote = g_socket_connection_get_remote_address (stream, NULL);
  g_autoptr (GError) problem = NULL;

  /* It has gone again. */
  if (local == NULL || remote == NULL)
    return TRUE;

  if (self->connections.length >= CONNECTION_LIMIT)
    hang_up (g_queue_peek_head (&self->connections));

  Connection *connection = g_new0 (Connection, 1);
  connection->listener = self;
  connection->stream = stream;
  connection->address = g_object_ref (remote);
  connection->link.data = connection;
  connection->timeout = g_timeout_add_seconds (CONNECTION_LIMIT_S, on_late, connection);
  connection->body = g_byte_array_new ();
  g_object_weak_ref (G_OBJECT (stream), on_closed, connection);
  g_queue_push_tail_link (&self->connections, &connection->link);

  if (!soup_server_accept_iostream (self->server, G_IO_STREAM (stream), local, remote, &problem))
    g_debug ("A webhook connection was not taken: %s", problem->message);

  return TRUE;
}

/* Returns: (nullable): what the message comes by, unless that was hung up */
static Connection *
find_connection (DwWebhookListener *self, SoupServerMessage *message)
{
  GSocketAddress *address = soup_server_message_get_remote_address (message);

  for (GList *link = self->connections.head; link != NULL; link = link->next)
    if (((Connection *) link->data)->address == address)
      return link->data;

  return NULL;
}

/* A body that grows beyond the limit is not kept, and not waited for. */
static void
on_chunk (SoupServerMessage *message, GBytes *chunk, gpointer user_data)
{
  Connection *connection = find_connection (DW_WEBHOOK_LISTENER (user_data), message);
  gsize length;
  const guint8 *data = g_bytes_get_data (chunk, &length);

  if (connection == NULL)
    return;

  connection->n_bytes += length;
  if (connection->n_bytes > PATIENCE_BYTES)
    {
      hang_up (connection);
      return;
    }
  if (connection->status != 0)
    return;

  if (length > BODY_LIMIT - connection->body->len)
    {
      connection->status = SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE;
      g_byte_array_set_size (connection->body, 0);
      return;
    }
  g_byte_array_append (connection->body, data, (guint) length);
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
  Connection *connection = find_connection (self, message);
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  /* Not kept a second time. */
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
  g_signal_connect_object (message, "got-chunk", G_CALLBACK (on_chunk), self, 0);

  if (connection == NULL)
    return;
  if (!g_str_equal (soup_server_message_get_method (message), "POST"))
    connection->status = SOUP_STATUS_METHOD_NOT_ALLOWED;
  else if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH &&
           soup_message_headers_get_content_length (headers) > BODY_LIMIT)
    connection->status = SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE;

  /* An answer that is there before the body is sent without reading it. */
  if (connection->status != 0)
    {
      soup_server_message_set_status (message, connection->status, NULL);
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
      g_autofree char *image = push->tag != NULL ? g_strconcat (push->image, ":", push->tag, NULL)
                                                 : g_strdup (push->image);
      /* Translators: who says so, from which address, and what: an image with its tag */
      g_autofree char *note = g_strdup_printf (_ ("Webhook (%s) from %s: pushed %s"), push->source,
                                               telling->address, image);

      g_signal_emit (telling->listener, signals[PUSHED], 0, push->image, push->tag, note);
    }

  return G_SOURCE_REMOVE;
}

static void
tell_soon (DwWebhookListener *self, SoupServerMessage *message, GPtrArray *pushes)
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

  tell_soon (self, message, pushes);
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
  Connection *connection = find_connection (self, message);
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  g_autoptr (GError) problem = NULL;
  /* Nobody reads what is said on one that was hung up. */
  guint status = connection != NULL ? connection->status : SOUP_STATUS_SERVICE_UNAVAILABLE;

  if (status == 0)
    {
      g_autoptr (GBytes) body = g_bytes_new (connection->body->data, connection->body->len);

      status = answer (self, message, body, path, query, &problem);
    }

  soup_server_message_set_status (message, status, NULL);
  if (status == 429)
    soup_message_headers_replace (headers, "Retry-After", "1");
  else if (status == SOUP_STATUS_UNAUTHORIZED)
    soup_message_headers_replace (headers, "WWW-Authenticate", "Bearer");
  else if (status == SOUP_STATUS_METHOD_NOT_ALLOWED)
    soup_message_headers_replace (headers, "Allow", "POST");
  soup_message_headers_replace (headers, "Connection", "close");
  if (problem != NULL)
    soup_server_message_set_response (message, "text/plain; charset=utf-8", SOUP_MEMORY_COPY,
                                      problem->message, strlen (problem->message));
}

static void
dw_webhook_listener_dispose (GObject *object)
{
  DwWebhookListener *self = DW_WEBHOOK_LISTENER (object);

  if (self->service != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->service, self);
      g_socket_service_stop (self->service);
      g_socket_listener_close (G_SOCKET_LISTENER (self->service));
    }
  while (self->connections.length > 0)
    hang_up (g_queue_peek_head (&self->connections));
  if (self->server != NULL)
    soup_server_disconnect (self->server);
  g_clear_object (&self->service);
  g_clear_object (&self->server);

  G_OBJECT_CLASS (dw_webhook_listener_parent_class)->dispose (object);
}

static void
dw_webhook_listener_finalize (GObject *object)
{
  DwWebhookListener *self = DW_WEBHOOK_LISTENER (object);

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

  g_queue_init (&self->connections);
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
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new (loopback, (guint16) port);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) problem = NULL;

  g_return_val_if_fail (secret != NULL && *secret != '\0', NULL);

  self->secret = g_strdup (secret);
  self->server = soup_server_new ("server-header", "docker-watcher", NULL);
  soup_server_add_early_handler (self->server, NULL, on_head, self, NULL);
  soup_server_add_handler (self->server, NULL, on_request, self, NULL);
  self->service = g_socket_service_new ();
  g_socket_listener_set_backlog (G_SOCKET_LISTENER (self->service), BACKLOG);
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);

  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), wanted,
                                      G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &address,
                                      &problem))
    {
      g_set_error (error, problem->domain, problem->code,
                   _ ("nothing can listen on the port %u of this machine (%s); choose another one "
                      "with: docker-watcher settings set webhook-port PORT"),
                   port, problem->message);
      return NULL;
    }
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));

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
