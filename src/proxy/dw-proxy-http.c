/* dw-proxy-http.c: asks a proxy's interface for programs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A connection for each question: the interface may stand behind the very proxy that closes them
 * when it is told something new. An answer has a limit in time and size.
 */

#include "config.h"

#include "proxy/dw-proxy-http.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>
#include <string.h>

#include "model/dw-json.h"
#include "proxy/dw-proxy-error.h"

#define ANSWER_LIMIT_BYTES (16 * 1024 * 1024)
/* A proxy tests all that it has before it answers. */
#define ANSWER_LIMIT_S 30
#define CHUNK_BYTES 65536

/* Ends what blocks when its time is over, or somebody else wants it to end. */
typedef struct
{
  GMutex mutex;
  GCond cond;
  gboolean is_done;
  gboolean has_barked;
  GCancellable *cancellable;
  GCancellable *outer;
  gulong handler;
  GThread *thread;
} Watchdog;

static gpointer
watch (gpointer data)
{
  Watchdog *self = data;
  gint64 ends_at_us = g_get_monotonic_time () + ANSWER_LIMIT_S * G_TIME_SPAN_SECOND;

  g_mutex_lock (&self->mutex);
  while (!self->is_done && !self->has_barked)
    self->has_barked = !g_cond_wait_until (&self->cond, &self->mutex, ends_at_us);
  if (self->has_barked)
    g_cancellable_cancel (self->cancellable);
  g_mutex_unlock (&self->mutex);

  return NULL;
}

static void
on_outer_cancelled (GCancellable *outer, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

static void
watchdog_begin (Watchdog *self, GCancellable *outer)
{
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->cancellable = g_cancellable_new ();
  self->outer = outer;
  if (outer != NULL)
    self->handler = g_cancellable_connect (outer, G_CALLBACK (on_outer_cancelled),
                                           self->cancellable, NULL);
  self->thread = g_thread_new ("proxy-watchdog", watch, self);
}

static void
watchdog_end (Watchdog *self)
{
  g_mutex_lock (&self->mutex);
  self->is_done = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
  g_thread_join (self->thread);
  g_cancellable_disconnect (self->outer, self->handler);
  g_clear_object (&self->cancellable);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
}

static SoupSession *
make_session (const char *base)
{
  g_autoptr (GSocketAddress) address = NULL;

  if (!g_str_has_prefix (base, "unix://"))
    return soup_session_new_with_options ("proxy-resolver", NULL, "timeout", ANSWER_LIMIT_S, NULL);

  address = g_unix_socket_address_new (base + strlen ("unix://"));
  return soup_session_new_with_options ("remote-connectable", address, "timeout", ANSWER_LIMIT_S,
                                        NULL);
}

static SoupMessage *
make_message (
    const char *base, const char *method, const char *path, const char *token, JsonNode *body)
{
  g_autofree char *url = g_strconcat (
      g_str_has_prefix (base, "unix://") ? "http://localhost" : base, path, NULL);
  SoupMessage *message = soup_message_new (method, url);

  if (message == NULL)
    return NULL;

  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  soup_message_headers_replace (headers, "Connection", "close");
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_NEW_CONNECTION);
  if (token != NULL)
    {
      g_autofree char *value = g_strconcat ("Bearer ", token, NULL);

      soup_message_headers_replace (headers, "Authorization", value);
    }
  if (body != NULL)
    {
      g_autofree char *text = dw_json_to_text (body, FALSE);
      g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

      soup_message_set_request_body_from_bytes (message, "application/json", bytes);
    }

  return message;
}

static GString *
read_body (SoupMessage *message, GInputStream *stream, GCancellable *cancellable, GError **error)
{
  goffset promised = soup_message_headers_get_content_length (
      soup_message_get_response_headers (message));
  g_autoptr (GString) body = g_string_new (NULL);
  g_autofree char *chunk = g_malloc (CHUNK_BYTES);

  for (;;)
    {
      gssize length = g_input_stream_read (stream, chunk, CHUNK_BYTES, cancellable, error);

      if (length < 0)
        return NULL;
      if (length == 0 && (goffset) body->len < promised)
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT,
                               _ ("its answer broke off"));
          return NULL;
        }
      if (length == 0)
        return g_steal_pointer (&body);
      if (body->len + (gsize) length > ANSWER_LIMIT_BYTES)
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                               _ ("its answer is too long"));
          return NULL;
        }
      g_string_append_len (body, chunk, length);
    }
}

static void
explain (const char *base, const Watchdog *watchdog, const GError *problem, GError **error)
{
  if (watchdog->has_barked || g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    g_set_error (error, DW_PROXY_ERROR, DW_PROXY_ERROR_UNREACHABLE,
                 ngettext ("The proxy at %s did not answer within %d second",
                           "The proxy at %s did not answer within %d seconds", ANSWER_LIMIT_S),
                 base, ANSWER_LIMIT_S);
  else if (g_error_matches (problem, SOUP_SESSION_ERROR, SOUP_SESSION_ERROR_PARSING))
    g_set_error (error, DW_PROXY_ERROR, DW_PROXY_ERROR_NOT_A_PROXY,
                 _ ("What answers at %s does not speak HTTP; check the proxy's address"), base);
  else
    g_set_error (error, DW_PROXY_ERROR, DW_PROXY_ERROR_UNREACHABLE,
                 _ ("The proxy at %s cannot be reached: %s; check its address, and that it runs"),
                 base, problem->message);
}

/**
 * dw_proxy_http_send:
 * @base: where the proxy is: http://HOST:PORT, or unix:///PATH
 * @method: GET, POST, PUT, PATCH or DELETE
 * @path: what is asked, with a slash in front
 * @token: (nullable): a bearer token
 * @body: (nullable): what is sent along
 * @cancellable: (nullable): ends it at once
 * @error: DW_PROXY_ERROR_UNREACHABLE, _NOT_A_PROXY or _UNSUPPORTED, or G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): the answer, whatever its status is
 */
DwProxyAnswer *
dw_proxy_http_send (const char *base,
                    const char *method,
                    const char *path,
                    const char *token,
                    JsonNode *body,
                    GCancellable *cancellable,
                    GError **error)
{
  g_autoptr (SoupMessage) message = make_message (base, method, path, token, body);
  g_autoptr (SoupSession) session = make_session (base);
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GString) text = NULL;
  g_autoptr (GError) problem = NULL;
  Watchdog watchdog = { 0 };

  if (message == NULL)
    {
      g_set_error (error, DW_PROXY_ERROR, DW_PROXY_ERROR_UNSUPPORTED,
                   _ ("“%s” is no address of a proxy; write it like http://localhost:81"), base);
      return NULL;
    }

  watchdog_begin (&watchdog, cancellable);
  stream = soup_session_send (session, message, watchdog.cancellable, &problem);
  if (stream != NULL)
    text = read_body (message, stream, watchdog.cancellable, &problem);
  watchdog_end (&watchdog);

  if (text == NULL)
    {
      if (!g_cancellable_set_error_if_cancelled (cancellable, error))
        explain (base, &watchdog, problem, error);
      return NULL;
    }

  DwProxyAnswer *answer = g_new0 (DwProxyAnswer, 1);
  answer->status = soup_message_get_status (message);
  answer->root = dw_json_parse (text->str, (gssize) text->len, NULL);
  answer->is_null = g_str_equal (g_strstrip (text->str), "null");

  return answer;
}

/* Returns: (transfer none) (nullable): the body, where it is an object */
JsonObject *
dw_proxy_answer_get_object (const DwProxyAnswer *answer)
{
  return answer->root != NULL && JSON_NODE_HOLDS_OBJECT (answer->root)
             ? json_node_get_object (answer->root)
             : NULL;
}

void
dw_proxy_answer_free (DwProxyAnswer *answer)
{
  g_clear_pointer (&answer->root, json_node_unref);
  g_free (answer);
}
