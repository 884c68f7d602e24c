/* dw-engine-connection.c: requests to an engine and their answers
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A session of libsoup lets a request wait while others use up its connections, and a blocking call
 * that waits so cannot be cancelled. So each request that is under way has a lane of its own: a
 * session with a main context, of which one thread at a time has the use. A lane whose answer was
 * read to its end is kept with its open connection for the next request; all others are closed.
 *
 * The version of the API is agreed on by /_ping, and again when something else answers: engines
 * name themselves in the headers of every answer.
 * Specification: Docker Engine API, “Versioning”, “Ping”.
 */

#include "config.h"

#include "engine/dw-engine-connection.h"

#include <string.h>

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>

#include "engine/dw-engine-address-private.h"
#include "engine/dw-engine-error.h"
#include "engine/dw-engine-fault.h"
#include "model/dw-json.h"

/* The versions of the API, 1.x, that this program can speak. */
#define OLDEST_MINOR 40
#define NEWEST_MINOR 47

#define USUAL_TIMEOUT_SECONDS 120
#define LONG_TIMEOUT_SECONDS (30 * 60)

#define MAXIMUM_KEPT_LANES 8
#define MAXIMUM_BODY_SIZE (64 * 1024 * 1024)
#define MAXIMUM_REFUSAL_SIZE (1024 * 1024)
#define READ_SIZE (64 * 1024)
#define MAXIMUM_NAME_LENGTH 4096

typedef struct
{
  GMainContext *context;
  SoupSession *session;
  GSocketConnection *connection; /* nullable: the session's only one */
} Lane;

struct _DwEngineConnection
{
  char *address;
  GSocketConnectable *connectable;
  GError *address_error; /* in place of @connectable */
  char *authority;       /* for the Host header */

  GMutex mutex; /* for all that follows */
  GPtrArray *lanes;
  char *version;  /* nullable: not agreed on */
  char *identity; /* nullable: who agreed */
};

struct _DwEngineAnswer
{
  DwEngineConnection *connection;
  Lane *lane;
  SoupMessage *message;
  GInputStream *stream;
  gboolean is_complete;
  gboolean is_kept; /* the lane, when the answer is complete */
};

static Lane *
lane_new (DwEngineConnection *self, guint timeout_seconds)
{
  Lane *lane = g_new0 (Lane, 1);

  lane->context = g_main_context_new ();
  g_main_context_push_thread_default (lane->context);
  /* The lanes are few and closed with the engine object, so that no timer has to close them. One
   * connection each, so that it is known which one an answer came over. It is not the host's limit
   * that says so: when an idle connection is closed just as a request comes, libsoup would wait
   * there for ever, and only at the other limit does it look for those that are of no use any more.
   */
  lane->session = soup_session_new_with_options (
      "remote-connectable", self->connectable, "proxy-resolver", NULL, "timeout", timeout_seconds,
      "idle-timeout", 0, "max-conns", 1, "max-conns-per-host", 2, "user-agent",
      "docker-watcher/" DW_VERSION, NULL);
  /* A compressed answer could not be bounded by what was read. */
  soup_session_remove_feature_by_type (lane->session, SOUP_TYPE_CONTENT_DECODER);
  g_main_context_pop_thread_default (lane->context);

  return lane;
}

static void
lane_free (Lane *lane)
{
  g_main_context_push_thread_default (lane->context);
  soup_session_abort (lane->session);
  g_clear_object (&lane->session);
  g_clear_object (&lane->connection);
  while (g_main_context_iteration (lane->context, FALSE))
    ;
  g_main_context_pop_thread_default (lane->context);
  g_main_context_unref (lane->context);
  g_free (lane);
}

static void
on_network_event (SoupMessage *message, GSocketClientEvent event, GIOStream *stream, gpointer data)
{
  Lane *lane = data;

  if (event == G_SOCKET_CLIENT_CONNECTED && G_IS_SOCKET_CONNECTION (stream))
    g_set_object (&lane->connection, G_SOCKET_CONNECTION (stream));
}

static Lane *
take_lane (DwEngineConnection *self, DwEnginePatience patience)
{
  if (patience == DW_ENGINE_PATIENCE_ENDLESS)
    return lane_new (self, 0);
  if (patience == DW_ENGINE_PATIENCE_LONG)
    return lane_new (self, LONG_TIMEOUT_SECONDS);

  {
    g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);

    if (self->lanes->len > 0)
      return g_ptr_array_steal_index_fast (self->lanes, self->lanes->len - 1);
  }

  return lane_new (self, USUAL_TIMEOUT_SECONDS);
}

static void
keep_lane (DwEngineConnection *self, Lane *lane)
{
  g_mutex_lock (&self->mutex);
  if (self->lanes->len < MAXIMUM_KEPT_LANES)
    g_ptr_array_add (self->lanes, g_steal_pointer (&lane));
  g_mutex_unlock (&self->mutex);

  g_clear_pointer (&lane, lane_free);
}

static char *
make_authority (const char *address)
{
  if (g_str_has_prefix (address, "tcp://") || g_str_has_prefix (address, "http://"))
    {
      const char *authority = strstr (address, "://") + 3;

      return g_strndup (authority, strcspn (authority, "/?#"));
    }

  return g_strdup ("docker");
}

/**
 * dw_engine_connection_new:
 * @address: unix://PATH or tcp://HOST:PORT
 * @problem: (nullable): what is the error of every request, whatever @address is
 *
 * Nothing is opened before the first request; an address that is wrong is the error of each.
 *
 * Returns: (transfer full): a new connection, which any thread may use. Any thread.
 */
DwEngineConnection *
dw_engine_connection_new (const char *address, const GError *problem)
{
  DwEngineConnection *self = g_new0 (DwEngineConnection, 1);

  self->address = g_strdup (address);
  if (problem != NULL)
    self->address_error = g_error_copy (problem);
  else
    self->connectable = dw_engine_address_parse (address, &self->address_error);
  self->authority = make_authority (address);
  self->lanes = g_ptr_array_new_with_free_func ((GDestroyNotify) lane_free);
  g_mutex_init (&self->mutex);

  return self;
}

/* Closes and frees @self, which no request may use any more. */
void
dw_engine_connection_free (DwEngineConnection *self)
{
  g_ptr_array_unref (self->lanes);
  g_clear_object (&self->connectable);
  g_clear_error (&self->address_error);
  g_mutex_clear (&self->mutex);
  g_free (self->address);
  g_free (self->authority);
  g_free (self->version);
  g_free (self->identity);
  g_free (self);
}

/* Returns: (transfer none): where the engine is asked */
const char *
dw_engine_connection_get_address (DwEngineConnection *self)
{
  return self->address;
}

/* Returns: whether there was one */
static gboolean
forget_version (DwEngineConnection *self)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  gboolean was_known = self->version != NULL;

  g_clear_pointer (&self->version, g_free);
  g_clear_pointer (&self->identity, g_free);

  return was_known;
}

static void
set_transport_fault (DwEngineConnection *self,
                     const GError *cause,
                     GCancellable *cancellable,
                     GError **error)
{
  /* Whatever the cancelling broke first, it was cancelled. */
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return;

  /* An engine has answered here before: what cannot be read is what came of an answer before it
   * went away. If it is something else by now, the next request says so. */
  g_autoptr (GError) cut_off = NULL;
  if (forget_version (self) &&
      g_error_matches (cause, SOUP_SESSION_ERROR, SOUP_SESSION_ERROR_PARSING))
    cause = cut_off = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT,
                                           _ ("its answer was cut off"));

  dw_engine_fault_set_transport (error, self->address, cause);
}

static char *
get_identity (SoupMessage *message)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  const char *server = soup_message_headers_get_one (headers, "Server");
  const char *version = soup_message_headers_get_one (headers, "Api-Version");

  return version != NULL ? g_strconcat (server != NULL ? server : "", " ", version, NULL) : NULL;
}

/* What somebody needs to know of an answer that no engine gives. */
static char *
describe (SoupMessage *message, const char *body, gsize length)
{
  const char *server = soup_message_headers_get_one (soup_message_get_response_headers (message),
                                                     "Server");
  g_autofree char *excerpt = dw_engine_fault_make_excerpt (body, length);

  if (server == NULL)
    return g_strdup_printf (_ ("HTTP %u, “%s”"), soup_message_get_status (message), excerpt);

  g_autofree char *name = dw_engine_fault_make_excerpt (server, strlen (server));

  /* Translators: the status, the name of a server, and the beginning of its answer */
  return g_strdup_printf (_ ("HTTP %u from “%s”, “%s”"), soup_message_get_status (message), name,
                          excerpt);
}

static SoupMessage *
make_message (DwEngineConnection *self, const DwEngineRequest *request, const char *version)
{
  g_autofree char *prefix = version != NULL ? g_strconcat ("/v", version, NULL) : g_strdup ("");
  g_autofree char *text = g_strconcat ("http://", self->authority, prefix, request->path, NULL);
  SoupMessage *message = soup_message_new (request->method, text);

  if (message == NULL)
    return NULL;

  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  if (request->auth != NULL)
    soup_message_headers_replace (soup_message_get_request_headers (message), "X-Registry-Auth",
                                  request->auth);
  if (request->body != NULL)
    {
      g_autofree char *json = dw_json_to_text (request->body, FALSE);
      gsize length = strlen (json);
      g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&json), length);

      soup_message_set_request_body_from_bytes (message, "application/json", bytes);
    }
  if (request->archive != NULL)
    soup_message_set_request_body_from_bytes (message, "application/x-tar", request->archive);

  return message;
}

/* Sends once; the answer may be a refusal. */
static DwEngineAnswer *
send_message (DwEngineConnection *self,
              const DwEngineRequest *request,
              const char *version,
              GCancellable *cancellable,
              GError **error)
{
  g_autoptr (DwEngineAnswer) answer = NULL;
  g_autoptr (GError) cause = NULL;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (self->address_error != NULL)
    {
      g_propagate_error (error, g_error_copy (self->address_error));
      return NULL;
    }

  answer = g_new0 (DwEngineAnswer, 1);
  answer->connection = self;
  answer->message = make_message (self, request, version);
  if (answer->message == NULL)
    {
      g_set_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_INVALID,
                   _ ("The engine address “%s” is not understood; write unix:///PATH or "
                      "tcp://HOST:PORT"),
                   self->address);
      return NULL;
    }
  answer->is_kept = request->patience == DW_ENGINE_PATIENCE_USUAL;
  answer->lane = take_lane (self, request->patience);
  g_signal_connect (answer->message, "network-event", G_CALLBACK (on_network_event), answer->lane);

  g_main_context_push_thread_default (answer->lane->context);
  answer->stream = soup_session_send (answer->lane->session, answer->message, cancellable, &cause);
  g_main_context_pop_thread_default (answer->lane->context);
  if (answer->stream == NULL)
    {
      set_transport_fault (self, cause, cancellable, error);
      return NULL;
    }

  g_debug ("%s %s%s %s: %u", request->method, version != NULL ? "v" : "",
           version != NULL ? version : "", request->path,
           soup_message_get_status (answer->message));

  return g_steal_pointer (&answer);
}

/* libsoup takes the end of a connection for the end of a chunked body, too; then there is nobody on
 * the other side any more. Content of a known length it does check.
 */
static gboolean
is_cut_off (DwEngineAnswer *self)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (self->message);

  if (soup_message_headers_get_encoding (headers) != SOUP_ENCODING_CHUNKED ||
      soup_message_headers_header_contains (headers, "Connection", "close") ||
      self->lane->connection == NULL)
    return FALSE;

  GSocket *socket = g_socket_connection_get_socket (self->lane->connection);

  return g_socket_is_closed (socket) || g_socket_condition_check (socket, G_IO_IN) != 0;
}

/**
 * dw_engine_answer_read:
 * @self: an answer
 * @buffer: (out): where to put what comes
 * @size: of @buffer
 * @cancellable: (nullable): ends the waiting at once
 * @error: a DW_ENGINE_ERROR or G_IO_ERROR_CANCELLED; an answer that is cut off is
 *   DW_ENGINE_ERROR_UNREACHABLE
 *
 * Blocks; the thread that opened the answer.
 *
 * Returns: how many bytes came, 0 at the end, or -1
 */
gssize
dw_engine_answer_read (
    DwEngineAnswer *self, char *buffer, gsize size, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) cause = NULL;

  g_main_context_push_thread_default (self->lane->context);
  gssize n = g_input_stream_read (self->stream, buffer, size, cancellable, &cause);
  g_main_context_pop_thread_default (self->lane->context);

  if (n == 0 && is_cut_off (self))
    {
      g_set_error_literal (&cause, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT,
                           _ ("its answer was cut off"));
      n = -1;
    }
  if (n < 0)
    set_transport_fault (self->connection, cause, cancellable, error);
  self->is_complete = n == 0;

  return n;
}

/**
 * dw_engine_answer_is_podman:
 * @self: an answer
 *
 * Returns: whether Podman gave it
 */
gboolean
dw_engine_answer_is_podman (DwEngineAnswer *self)
{
  const char *server = soup_message_headers_get_one (
      soup_message_get_response_headers (self->message), "Server");

  return server != NULL && g_str_has_prefix (server, "Libpod/");
}

/* Frees @self; what was not read of it is thrown away with its connection. */
void
dw_engine_answer_free (DwEngineAnswer *self)
{
  if (self->stream != NULL)
    {
      g_autoptr (GCancellable) cancelled = g_cancellable_new ();

      /* Otherwise closing would read on to an end that may never come. */
      if (!self->is_complete)
        g_cancellable_cancel (cancelled);
      g_main_context_push_thread_default (self->lane->context);
      g_input_stream_close (self->stream, cancelled, NULL);
      g_clear_object (&self->stream);
      g_main_context_pop_thread_default (self->lane->context);
    }
  g_clear_object (&self->message);

  if (self->lane != NULL && self->is_complete && self->is_kept)
    keep_lane (self->connection, self->lane);
  else if (self->lane != NULL)
    lane_free (self->lane);

  g_free (self);
}

/* The whole body with a NUL after it; of one that is longer than @maximum an error. */
static GByteArray *
read_body (DwEngineAnswer *self, gsize maximum, GCancellable *cancellable, GError **error)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autofree char *buffer = g_malloc (READ_SIZE);
  gssize n;

  while ((n = dw_engine_answer_read (self, buffer, READ_SIZE, cancellable, error)) > 0)
    {
      if (body->len + (gsize) n > maximum)
        {
          g_autofree char *size = g_format_size_full (maximum, G_FORMAT_SIZE_IEC_UNITS);
          g_autofree char *what = g_strdup_printf (_ ("its answer is larger than %s"), size);

          dw_engine_fault_set_no_engine (error, self->connection->address, what);
          return NULL;
        }
      g_byte_array_append (body, (const guint8 *) buffer, (guint) n);
    }
  if (n < 0)
    return NULL;

  g_byte_array_append (body, (const guint8 *) "", 1);
  return g_steal_pointer (&body);
}

/* The message in a refusal; engines send JSON, and older ones text. */
static char *
read_refusal (DwEngineAnswer *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GByteArray) body = read_body (self, MAXIMUM_REFUSAL_SIZE, cancellable, error);

  if (body == NULL)
    return NULL;

  g_autoptr (JsonNode) root = dw_json_parse ((const char *) body->data, body->len - 1, NULL);
  const char *message = root != NULL && JSON_NODE_HOLDS_OBJECT (root)
                            ? dw_json_get_string (json_node_get_object (root), "message")
                            : NULL;

  return message != NULL ? g_strdup (message)
                         : describe (self->message, (const char *) body->data, body->len - 1);
}

static gboolean
is_refusal (guint status)
{
  return !SOUP_STATUS_IS_SUCCESSFUL (status) && status != SOUP_STATUS_NOT_MODIFIED;
}

/* The x of 1.x; 0 of anything else. */
static guint
parse_minor (const char *version)
{
  guint64 minor = 0;

  return g_str_has_prefix (version, "1.") &&
                 g_ascii_string_to_unsigned (version + 2, 10, 1, 9999, &minor, NULL)
             ? (guint) minor
             : 0;
}

static char *
agree (DwEngineConnection *self, DwEngineAnswer *answer, GByteArray *body, GError **error)
{
  const char *theirs = soup_message_headers_get_one (
      soup_message_get_response_headers (answer->message), "Api-Version");
  guint minor = theirs != NULL ? parse_minor (theirs) : 0;

  if (strstr ((const char *) body->data, "HTTP request to an HTTPS server") != NULL)
    {
      g_set_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_NOT_AN_ENGINE,
                   _ ("The engine at %s wants TLS, which is not supported; use a local socket, or "
                      "forward the engine's socket over SSH"),
                   self->address);
      return NULL;
    }
  if (is_refusal (soup_message_get_status (answer->message)) || minor == 0)
    {
      g_autofree char *what = describe (answer->message, (const char *) body->data, body->len - 1);

      dw_engine_fault_set_no_engine (error, self->address, what);
      return NULL;
    }
  if (minor < OLDEST_MINOR)
    {
      g_set_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_API_VERSION,
                   _ ("The engine at %s speaks the API up to version 1.%u, and 1.%d is the oldest "
                      "that works here; update the engine (Docker 19.03 or newer)"),
                   self->address, minor, OLDEST_MINOR);
      return NULL;
    }

  return g_strdup_printf ("1.%u", MIN (minor, NEWEST_MINOR));
}

/**
 * dw_engine_connection_negotiate:
 * @self: a connection
 * @identity: (out): what answers, for comparing
 * @cancellable: (nullable): ends the waiting at once
 * @error: a DW_ENGINE_ERROR or G_IO_ERROR_CANCELLED
 *
 * Asks the engine who it is, and agrees with it on a version of the API. Blocks; any thread but the
 * main one. Docker Engine API, “Ping”.
 *
 * Returns: (transfer full) (nullable): the version, such as 1.41
 */
char *
dw_engine_connection_negotiate (DwEngineConnection *self,
                                char **identity,
                                GCancellable *cancellable,
                                GError **error)
{
  const DwEngineRequest ping = { .method = SOUP_METHOD_GET, .path = "/_ping" };
  g_autoptr (DwEngineAnswer) answer = send_message (self, &ping, NULL, cancellable, error);
  g_autoptr (GByteArray)
      body = answer != NULL ? read_body (answer, MAXIMUM_REFUSAL_SIZE, cancellable, error) : NULL;
  g_autofree char *version = NULL;

  if (body == NULL)
    return NULL;

  version = agree (self, answer, body, error);
  if (version == NULL)
    {
      forget_version (self);
      return NULL;
    }

  *identity = get_identity (answer->message);
  g_mutex_lock (&self->mutex);
  g_free (self->version);
  self->version = g_strdup (version);
  g_free (self->identity);
  self->identity = g_strdup (*identity);
  g_mutex_unlock (&self->mutex);

  return g_steal_pointer (&version);
}

static char *
ensure_version (DwEngineConnection *self, GCancellable *cancellable, GError **error)
{
  g_autofree char *identity = NULL;

  g_mutex_lock (&self->mutex);
  char *version = g_strdup (self->version);
  g_mutex_unlock (&self->mutex);

  return version != NULL ? version
                         : dw_engine_connection_negotiate (self, &identity, cancellable, error);
}

/* Whether something else answers than what the version was agreed on with; it is forgotten then. */
static gboolean
check_identity (DwEngineConnection *self, SoupMessage *message)
{
  g_autofree char *identity = get_identity (message);

  g_mutex_lock (&self->mutex);
  gboolean has_changed = identity != NULL && self->identity != NULL &&
                         !g_str_equal (identity, self->identity);
  g_mutex_unlock (&self->mutex);

  if (has_changed)
    forget_version (self);

  return has_changed;
}

/**
 * dw_engine_connection_open:
 * @self: a connection
 * @request: what to ask
 * @cancellable: (nullable): ends the waiting at once
 * @error: a DW_ENGINE_ERROR or G_IO_ERROR_CANCELLED
 *
 * Sends the request in the version that is agreed on. 304, by which the engine says that there was
 * nothing to do, is no refusal. Blocks; any thread but the main one.
 *
 * Returns: (transfer full) (nullable): the answer, to be read by this thread
 */
DwEngineAnswer *
dw_engine_connection_open (DwEngineConnection *self,
                           const DwEngineRequest *request,
                           GCancellable *cancellable,
                           GError **error)
{
  for (gboolean is_repeated = FALSE;; is_repeated = TRUE)
    {
      g_autofree char *version = ensure_version (self, cancellable, error);
      if (version == NULL)
        return NULL;

      g_autoptr (DwEngineAnswer) answer = send_message (self, request, version, cancellable, error);
      if (answer == NULL)
        return NULL;

      guint status = soup_message_get_status (answer->message);
      gboolean is_other_engine = check_identity (self, answer->message);
      if (!is_refusal (status))
        return g_steal_pointer (&answer);

      g_autofree char *message = read_refusal (answer, cancellable, error);
      if (message == NULL)
        return NULL;

      gboolean is_about_version = strstr (message, "client version") != NULL ||
                                  strstr (message, "page not found") != NULL || is_other_engine;
      if (is_repeated || !is_about_version ||
          (status != SOUP_STATUS_BAD_REQUEST && status != SOUP_STATUS_NOT_FOUND))
        {
          dw_engine_fault_set_refusal (error, self->address, status, message, request->is_pull);
          return NULL;
        }
      forget_version (self);
    }
}

/**
 * dw_engine_connection_call:
 * @self: a connection
 * @request: what to ask
 * @cancellable: (nullable): ends the waiting at once
 * @error: a DW_ENGINE_ERROR or G_IO_ERROR_CANCELLED
 *
 * Sends the request, whose answer holds nothing of worth. Blocks; any thread but the main one.
 *
 * Returns: whether the engine did it
 */
gboolean
dw_engine_connection_call (DwEngineConnection *self,
                           const DwEngineRequest *request,
                           GCancellable *cancellable,
                           GError **error)
{
  g_autoptr (DwEngineAnswer) answer = dw_engine_connection_open (self, request, cancellable, error);
  g_autoptr (GByteArray)
      body = answer != NULL ? read_body (answer, MAXIMUM_REFUSAL_SIZE, cancellable, error) : NULL;

  return body != NULL;
}

/**
 * dw_engine_connection_ask:
 * @self: a connection
 * @request: what to ask
 * @type: what the answer has to be
 * @cancellable: (nullable): ends the waiting at once
 * @error: a DW_ENGINE_ERROR or G_IO_ERROR_CANCELLED
 *
 * Sends the request and reads the JSON in its answer. Blocks; any thread but the main one.
 *
 * Returns: (transfer full) (nullable): a node of the type @type
 */
JsonNode *
dw_engine_connection_ask (DwEngineConnection *self,
                          const DwEngineRequest *request,
                          JsonNodeType type,
                          GCancellable *cancellable,
                          GError **error)
{
  g_autoptr (DwEngineAnswer) answer = dw_engine_connection_open (self, request, cancellable, error);
  g_autoptr (GByteArray)
      body = answer != NULL ? read_body (answer, MAXIMUM_BODY_SIZE, cancellable, error) : NULL;
  if (body == NULL)
    return NULL;

  g_autoptr (JsonNode) root = dw_json_parse ((const char *) body->data, body->len - 1, NULL);
  if (root == NULL || json_node_get_node_type (root) != type)
    {
      g_autofree char *what = describe (answer->message, (const char *) body->data, body->len - 1);

      dw_engine_fault_set_no_engine (error, self->address, what);
      return NULL;
    }

  return g_steal_pointer (&root);
}

/**
 * dw_engine_check_name:
 * @name: a name, an id or a reference from outside
 * @error: DW_ENGINE_ERROR_INVALID
 *
 * Returns: whether it can stand in a path; an empty one would make another request of it
 */
gboolean
dw_engine_check_name (const char *name, GError **error)
{
  g_auto (GStrv) segments = g_strsplit (name, "/", -1);
  gboolean is_good = strlen (name) <= MAXIMUM_NAME_LENGTH && segments[0] != NULL &&
                     g_utf8_validate (name, -1, NULL);

  for (guint i = 0; is_good && segments[i] != NULL; i++)
    is_good = *segments[i] != '\0' && !g_str_equal (segments[i], ".") &&
              !g_str_equal (segments[i], "..");
  if (is_good)
    return TRUE;

  g_autofree char *excerpt = dw_engine_fault_make_excerpt (name, strlen (name));
  g_set_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_INVALID,
               _ ("“%s” cannot be the name of anything in an engine"), excerpt);
  return FALSE;
}
