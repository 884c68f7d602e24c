/* registry-stub.c: an HTTP server that answers as a test wants it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For what no real registry can be brought to do: lie, break off, never end. It listens on a free
 * port of this machine, in a thread of its own, because the client under test blocks.
 */

#include "config.h"

#include "registry-stub.h"

#include <string.h>

struct _RegistryStub
{
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  SoupServer *server;
  GTlsCertificate *certificate;
  RegistryStubAnswer answer;
  gpointer data;
  guint port;
  char *url;

  GMutex lock;
  GCond is_ready;
  GPtrArray *log;
};

static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  RegistryStub *self = user_data;
  GUri *uri = soup_server_message_get_uri (message);
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *authorization = soup_message_headers_get_one (headers, "Authorization");
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autofree char *form = g_strndup (body->data, (gsize) body->length);
  const char *asked = g_uri_get_query (uri);

  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->log,
                   g_strdup_printf ("%s %s%s%s %s %s", soup_server_message_get_method (message),
                                    path, asked != NULL ? "?" : "", asked != NULL ? asked : "",
                                    authorization != NULL ? authorization : "-", form));
  g_mutex_unlock (&self->lock);

  self->answer (self, message, path);
}

static gpointer
run (gpointer data)
{
  RegistryStub *self = data;
  g_autoptr (GError) error = NULL;

  g_main_context_push_thread_default (self->context);
  self->server = soup_server_new ("tls-certificate", self->certificate, NULL);
  soup_server_add_handler (self->server, NULL, on_request, self, NULL);
  soup_server_listen_local (self->server, 0,
                            SOUP_SERVER_LISTEN_IPV4_ONLY |
                                (self->certificate != NULL ? SOUP_SERVER_LISTEN_HTTPS : 0),
                            &error);
  g_assert_no_error (error);

  GSList *uris = soup_server_get_uris (self->server);
  g_mutex_lock (&self->lock);
  self->port = (guint) g_uri_get_port (uris->data);
  g_cond_signal (&self->is_ready);
  g_mutex_unlock (&self->lock);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  g_main_loop_run (self->loop);

  soup_server_disconnect (self->server);
  g_clear_object (&self->server);
  g_main_context_pop_thread_default (self->context);

  return NULL;
}

RegistryStub *
registry_stub_new (RegistryStubAnswer answer, GTlsCertificate *certificate)
{
  RegistryStub *self = g_new0 (RegistryStub, 1);

  self->answer = answer;
  self->certificate = certificate;
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->log = g_ptr_array_new_with_free_func (g_free);
  g_mutex_init (&self->lock);
  g_cond_init (&self->is_ready);
  self->thread = g_thread_new ("registry-stub", run, self);

  g_mutex_lock (&self->lock);
  while (self->port == 0)
    g_cond_wait (&self->is_ready, &self->lock);
  g_mutex_unlock (&self->lock);
  self->url = certificate != NULL ? g_strdup_printf ("https://localhost:%u", self->port)
                                  : g_strdup_printf ("http://127.0.0.1:%u", self->port);

  return self;
}

static gboolean
quit (gpointer data)
{
  g_main_loop_quit (data);

  return G_SOURCE_REMOVE;
}

void
registry_stub_free (RegistryStub *self)
{
  /* Not invoked at once, which would be lost before the loop runs. */
  g_autoptr (GSource) source = g_idle_source_new ();
  g_source_set_callback (source, quit, self->loop, NULL);
  g_source_attach (source, self->context);
  g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_ptr_array_unref (self->log);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->is_ready);
  g_free (self->url);
  g_free (self);
}

const char *
registry_stub_get_url (RegistryStub *self)
{
  return self->url;
}

guint
registry_stub_get_port (RegistryStub *self)
{
  return self->port;
}

/* Before the first request. */
void
registry_stub_set_data (RegistryStub *self, gpointer data)
{
  self->data = data;
}

gpointer
registry_stub_get_data (RegistryStub *self)
{
  return self->data;
}

/* How many of the requests contain @part. */
guint
registry_stub_count (RegistryStub *self, const char *part)
{
  guint n = 0;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->log->len; i++)
    n += strstr (g_ptr_array_index (self->log, i), part) != NULL ? 1 : 0;
  g_mutex_unlock (&self->lock);

  return n;
}

char *
registry_stub_get_log (RegistryStub *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->log->len; i++)
    g_string_append_printf (text, "%s\n", (char *) g_ptr_array_index (self->log, i));
  g_mutex_unlock (&self->lock);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

void
registry_stub_answer (SoupServerMessage *message, guint status, const char *type, const char *body)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, type, SOUP_MEMORY_COPY, body, strlen (body));
}
