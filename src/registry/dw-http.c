/* dw-http.c: one bounded HTTP exchange after the other, on kept connections
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a registry and its token server have in common: a time limit for the whole exchange, a size
 * limit for the body, redirections that never take the Authorization header to another host, and
 * errors that say which host and what to do. It blocks, in a main context of its own.
 */

#include "config.h"

#include "registry/dw-http.h"

#include <glib/gi18n-lib.h>

#include "registry/dw-deadline.h"
#include "registry/dw-registry-client.h"

#define REDIRECT_LIMIT 5
#define CHUNK_BYTES (64 * 1024)

struct _DwHttp
{
  GMainContext *context;
  SoupSession *session;
  guint limit_ms;
};

typedef struct
{
  GInputStream *stream;
  GBytes *chunk;
  GError *error;
  gboolean is_done;
} Exchange;

static void
clear_exchange (Exchange *self)
{
  g_clear_object (&self->stream);
  g_clear_pointer (&self->chunk, g_bytes_unref);
  g_clear_error (&self->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Exchange, clear_exchange)

/**
 * dw_http_new:
 * @is_loopback: whether the server is on this machine, which no proxy leads to
 * @limit_ms: how long an exchange may take as a whole
 *
 * Returns: (transfer full): a client that serves one thread at a time; any thread
 */
DwHttp *
dw_http_new (gboolean is_loopback, guint limit_ms)
{
  DwHttp *self = g_new0 (DwHttp, 1);

  self->context = g_main_context_new ();
  self->limit_ms = limit_ms;
  g_main_context_push_thread_default (self->context);
  self->session = soup_session_new_with_options ("user-agent", "docker-watcher/" DW_VERSION,
                                                 "timeout", limit_ms / 1000 + 1, NULL);
  g_main_context_pop_thread_default (self->context);
  if (is_loopback)
    soup_session_set_proxy_resolver (self->session, NULL);

  return self;
}

/* Not while a call is under way. */
void
dw_http_free (DwHttp *self)
{
  if (self == NULL)
    return;

  g_main_context_push_thread_default (self->context);
  soup_session_abort (self->session);
  g_clear_object (&self->session);
  while (g_main_context_iteration (self->context, FALSE))
    continue;
  g_main_context_pop_thread_default (self->context);

  g_main_context_unref (self->context);
  g_free (self);
}

/* What is wrong with a certificate, as the reason that counts most. */
static const char *
explain_certificate (GTlsCertificateFlags flags)
{
  if (flags & G_TLS_CERTIFICATE_BAD_IDENTITY)
    return _ ("it is for another host; use the name that the certificate holds");
  if (flags & G_TLS_CERTIFICATE_EXPIRED)
    return _ ("it has expired; the registry’s owner must renew it");
  if (flags & G_TLS_CERTIFICATE_NOT_ACTIVATED)
    return _ ("it is not valid yet; check this machine’s clock");
  if (flags & G_TLS_CERTIFICATE_UNKNOWN_CA)
    return _ ("nobody whom this machine trusts has signed it; add the authority’s certificate to "
              "the system’s trusted ones");

  return _ ("it is revoked, insecure or broken; the registry’s owner must replace it");
}

/* A server without TLS sends what is no TLS packet, which the library files under miscellaneous. */
static gboolean
is_handshake_failure (const GError *problem)
{
  return g_error_matches (problem, G_TLS_ERROR, G_TLS_ERROR_NOT_TLS) ||
         g_error_matches (problem, G_TLS_ERROR, G_TLS_ERROR_HANDSHAKE) ||
         g_error_matches (problem, G_TLS_ERROR, G_TLS_ERROR_MISC);
}

static void
explain_failure (SoupMessage *message, guint limit_ms, const GError *problem, GError **error)
{
  g_autofree char *origin = dw_http_get_origin (soup_message_get_uri (message));

  if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    g_set_error (
        error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_TIMED_OUT,
        ngettext ("%s did not answer within %u second; check that it runs, and the network",
                  "%s did not answer within %u seconds; check that it runs, and the network",
                  (limit_ms + 999) / 1000),
        origin, (limit_ms + 999) / 1000);
  else if (g_error_matches (problem, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_UNREACHABLE,
                 _ ("the certificate of %s is not trusted: %s"), origin,
                 explain_certificate (soup_message_get_tls_peer_certificate_errors (message)));
  else if (is_handshake_failure (problem))
    g_set_error (
        error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_INSECURE,
        _ ("there is no secure connection to %s (%s); if it has only plain HTTP, and you "
           "trust the network to it, add it as a registry with an address that begins with "
           "http://"),
        origin, problem->message);
  else if (problem->domain == G_TLS_ERROR)
    g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_UNREACHABLE,
                 _ ("there is no secure connection to %s: %s"), origin, problem->message);
  else if (problem->domain == G_RESOLVER_ERROR)
    g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_UNREACHABLE,
                 _ ("the host of %s is not known: %s; check the name and the network"), origin,
                 problem->message);
  else if (g_error_matches (problem, SOUP_SESSION_ERROR, SOUP_SESSION_ERROR_PARSING))
    g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_NOT_A_REGISTRY,
                 _ ("what answers at %s does not speak HTTP; check the address"), origin);
  else if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT))
    g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_UNREACHABLE,
                 _ ("the answer of %s broke off; try again"), origin);
  else
    g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_UNREACHABLE,
                 _ ("%s cannot be reached: %s; check the address, and that it runs"), origin,
                 problem->message);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Exchange *exchange = user_data;

  exchange->stream = soup_session_send_finish (SOUP_SESSION (source), result, &exchange->error);
  exchange->is_done = TRUE;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Exchange *exchange = user_data;

  exchange->chunk = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result,
                                                      &exchange->error);
  exchange->is_done = TRUE;
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Exchange *exchange = user_data;

  /* What was asked for is here; how the stream ends changes nothing. */
  g_input_stream_close_finish (G_INPUT_STREAM (source), result, NULL);
  exchange->is_done = TRUE;
}

/* Returns NULL without an error where the body is larger than the limit. */
static GBytes *
read_body (Exchange *exchange, DwDeadline *deadline, gsize limit)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  while (TRUE)
    {
      exchange->is_done = FALSE;
      g_clear_pointer (&exchange->chunk, g_bytes_unref);
      g_input_stream_read_bytes_async (exchange->stream, CHUNK_BYTES, G_PRIORITY_DEFAULT,
                                       deadline->cancellable, on_read, exchange);
      dw_deadline_wait (deadline, &exchange->is_done);
      if (exchange->chunk == NULL)
        return NULL;

      gsize length;
      const guint8 *data = g_bytes_get_data (exchange->chunk, &length);
      if (length == 0)
        break;
      if (length > limit - body->len)
        return NULL;
      g_byte_array_append (body, data, (guint) length);
    }

  return g_byte_array_free_to_bytes (g_steal_pointer (&body));
}

/* A stream that is read to its end gives its connection back; of any other it is closed. */
static void
close_stream (Exchange *exchange, DwDeadline *deadline, gboolean is_whole)
{
  if (!is_whole)
    g_cancellable_cancel (deadline->cancellable);
  exchange->is_done = FALSE;
  g_input_stream_close_async (exchange->stream, G_PRIORITY_DEFAULT, deadline->cancellable,
                              on_closed, exchange);
  dw_deadline_wait (deadline, &exchange->is_done);
}

static DwHttpAnswer *
send_once (
    DwHttp *self, const DwHttpRequest *request, GUri *uri, DwDeadline *deadline, GError **error)
{
  g_autoptr (SoupMessage) message = soup_message_new_from_uri (request->method, uri);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  g_auto (Exchange) exchange = { 0 };
  g_autoptr (GBytes) body = NULL;

  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_DO_NOT_USE_AUTH_CACHE);
  if (request->accept != NULL)
    soup_message_headers_replace (headers, "Accept", request->accept);
  if (request->authorization != NULL && dw_http_is_same_origin (uri, request->uri))
    soup_message_headers_replace (headers, "Authorization", request->authorization);
  if (request->if_none_match != NULL)
    soup_message_headers_replace (headers, "If-None-Match", request->if_none_match);
  if (request->form != NULL)
    {
      g_autoptr (GBytes) form = g_bytes_new (request->form, strlen (request->form));

      soup_message_set_request_body_from_bytes (message, SOUP_FORM_MIME_TYPE_URLENCODED, form);
    }

  soup_session_send_async (self->session, message, G_PRIORITY_DEFAULT, deadline->cancellable,
                           on_answered, &exchange);
  dw_deadline_wait (deadline, &exchange.is_done);
  if (exchange.stream != NULL)
    {
      body = read_body (&exchange, deadline, request->body_limit);
      close_stream (&exchange, deadline, body != NULL);
    }

  if (body == NULL)
    {
      if (g_cancellable_set_error_if_cancelled (deadline->outer, error))
        return NULL;

      g_autoptr (GError) late = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "");
      if (deadline->has_passed || exchange.error != NULL)
        {
          explain_failure (message, deadline->limit_ms,
                           deadline->has_passed ? late : exchange.error, error);
          return NULL;
        }

      g_autofree char *origin = dw_http_get_origin (uri);
      g_autofree char *size = g_format_size (request->body_limit);
      g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_FAILED,
                   _ ("%s sends more than %s, and was not read further"), origin, size);
      return NULL;
    }

  DwHttpAnswer *answer = g_new0 (DwHttpAnswer, 1);
  answer->message = g_steal_pointer (&message);
  answer->body = g_steal_pointer (&body);

  return answer;
}

static gboolean
is_redirection (DwHttpAnswer *answer, const char *method)
{
  guint status = dw_http_answer_get_status (answer);

  return (g_str_equal (method, "GET") || g_str_equal (method, "HEAD")) &&
         (status == 301 || status == 302 || status == 303 || status == 307 || status == 308) &&
         dw_http_answer_get_header (answer, "Location") != NULL;
}

static GUri *
get_target (DwHttpAnswer *answer, GUri *uri, GError **error)
{
  const char *location = dw_http_answer_get_header (answer, "Location");
  g_autoptr (GUri) target = g_uri_parse_relative (uri, location, SOUP_HTTP_URI_FLAGS, NULL);
  g_autofree char *origin = dw_http_get_origin (uri);

  if (!dw_http_is_address (target))
    {
      g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_NOT_A_REGISTRY,
                   _ ("%s redirects to what is no address of the web"), origin);
      return NULL;
    }
  if (g_str_equal (g_uri_get_scheme (uri), "https") &&
      g_str_equal (g_uri_get_scheme (target), "http"))
    {
      g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_INSECURE,
                   _ ("%s redirects from HTTPS to plain HTTP, which is not followed"), origin);
      return NULL;
    }

  return g_steal_pointer (&target);
}

/**
 * dw_http_send:
 * @self: a client
 * @request: what to ask
 * @cancellable: (nullable): ends it at once
 * @error: a DW_REGISTRY_ERROR about the connection, or G_IO_ERROR_CANCELLED
 *
 * Sends a request, follows redirections of GET and HEAD, and reads the body. Blocks; not on the
 * main thread; one thread at a time.
 *
 * Returns: (transfer full) (nullable): the answer, whatever its status is
 */
DwHttpAnswer *
dw_http_send (DwHttp *self, const DwHttpRequest *request, GCancellable *cancellable, GError **error)
{
  g_autoptr (GUri) uri = g_uri_ref (request->uri);
  g_auto (DwDeadline) deadline = { 0 };

  dw_deadline_begin (&deadline, self->context,
                     request->limit_ms != 0 ? request->limit_ms : self->limit_ms, cancellable);

  for (guint i = 0; i <= REDIRECT_LIMIT; i++)
    {
      g_autoptr (DwHttpAnswer) answer = send_once (self, request, uri, &deadline, error);

      if (answer == NULL || !is_redirection (answer, request->method))
        return g_steal_pointer (&answer);

      GUri *target = get_target (answer, uri, error);
      if (target == NULL)
        return NULL;
      g_uri_unref (uri);
      uri = target;
    }

  g_autofree char *origin = dw_http_get_origin (request->uri);
  g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_NOT_A_REGISTRY,
               _ ("%s redirects again and again"), origin);
  return NULL;
}

/* Any thread. */
void
dw_http_answer_free (DwHttpAnswer *self)
{
  if (self == NULL)
    return;

  g_clear_object (&self->message);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self);
}

guint
dw_http_answer_get_status (DwHttpAnswer *self)
{
  return soup_message_get_status (self->message);
}

/* Returns: (transfer none) (nullable): the header; several of the name are joined with commas */
const char *
dw_http_answer_get_header (DwHttpAnswer *self, const char *name)
{
  return soup_message_headers_get_list (soup_message_get_response_headers (self->message), name);
}

/* Whether @uri, which may be %NULL, is one that HTTP can be spoken with. */
gboolean
dw_http_is_address (GUri *uri)
{
  return uri != NULL && g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0' &&
         (g_str_equal (g_uri_get_scheme (uri), "https") ||
          g_str_equal (g_uri_get_scheme (uri), "http"));
}

/* Whether scheme, host and port are the same (RFC 6454, section 5). */
gboolean
dw_http_is_same_origin (GUri *a, GUri *b)
{
  return g_str_equal (g_uri_get_scheme (a), g_uri_get_scheme (b)) &&
         g_ascii_strcasecmp (g_uri_get_host (a), g_uri_get_host (b)) == 0 &&
         g_uri_get_port (a) == g_uri_get_port (b);
}

/* Returns: (transfer full): scheme, host, and a port that is not the scheme's own */
char *
dw_http_get_origin (GUri *uri)
{
  g_autoptr (GUri) origin = soup_uri_copy (
      uri, SOUP_URI_USER, NULL, SOUP_URI_PASSWORD, NULL, SOUP_URI_AUTH_PARAMS, NULL, SOUP_URI_PATH,
      "", SOUP_URI_QUERY, NULL, SOUP_URI_FRAGMENT, NULL, SOUP_URI_NONE);
  g_autofree char *text = g_uri_to_string (origin);

  return g_str_has_suffix (text, "/") ? g_strndup (text, strlen (text) - 1)
                                      : g_steal_pointer (&text);
}
