/* test-engine-faults.c: faults that no real engine shows on demand
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A server on a socket of its own says exactly what a test puts into its mouth.
 */

#include <string.h>

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>

#include "engine/dw-engine-fault.h"
#include "engine/dw-engine.h"

#define PING(server, version)                                                                      \
  "HTTP/1.1 200 OK\r\nServer: " server "\r\nApi-Version: " version "\r\nContent-Length: "          \
  "2\r\n\r\nOK"
#define DOCKER_PING PING ("Docker/20.10.24 (linux)", "1.41")

typedef struct
{
  char *dir;
  char *path;
  char *address;
  GSocketListener *listener;
  GCancellable *cancellable;
  GThread *thread;

  GMutex mutex; /* for all that follows */
  const char *ping;
  const char *answer; /* to all else; NULL for silence */
  gsize answer_length;
  const char *filler; /* nullable: written for ever after it */
  gboolean closes;    /* the connection, after an answer */
  GPtrArray *requests;
  guint n_connections;
  GPtrArray *threads;
} Stub;

typedef struct
{
  Stub *stub;
  GSocketConnection *connection;
} Conversation;

/* The next request's first line; the bodies of these tests' requests are short and come with it. */
static char *
read_request (GInputStream *input, GCancellable *cancellable)
{
  g_autoptr (GString) request = g_string_new (NULL);
  char buffer[4096];

  while (strstr (request->str, "\r\n\r\n") == NULL)
    {
      gssize n = g_input_stream_read (input, buffer, sizeof buffer, cancellable, NULL);

      if (n <= 0)
        return NULL;
      g_string_append_len (request, buffer, n);
    }

  return g_strndup (request->str, strcspn (request->str, "\r"));
}

static gpointer
converse (gpointer data)
{
  g_autofree Conversation *conversation = data;
  Stub *stub = conversation->stub;
  g_autoptr (GSocketConnection) connection = conversation->connection;
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_autofree char *line = NULL;

  while ((line = read_request (input, stub->cancellable)) != NULL)
    {
      g_mutex_lock (&stub->mutex);
      gboolean is_ping = strstr (line, "/_ping") != NULL;
      const char *answer = is_ping ? stub->ping : stub->answer;
      gsize length = is_ping ? strlen (stub->ping) : stub->answer_length;
      const char *filler = is_ping ? NULL : stub->filler;
      gboolean closes = stub->closes && !is_ping;
      g_ptr_array_add (stub->requests, g_steal_pointer (&line));
      g_mutex_unlock (&stub->mutex);

      if (answer != NULL &&
          !g_output_stream_write_all (output, answer, length, NULL, stub->cancellable, NULL))
        break;
      while (filler != NULL && g_output_stream_write_all (output, filler, strlen (filler), NULL,
                                                          stub->cancellable, NULL))
        ;
      if (closes || filler != NULL)
        break;
    }
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);

  return NULL;
}

static gpointer
serve (gpointer data)
{
  Stub *stub = data;
  GSocketConnection *connection;

  while ((connection = g_socket_listener_accept (stub->listener, NULL, stub->cancellable, NULL)) !=
         NULL)
    {
      Conversation *conversation = g_new0 (Conversation, 1);

      conversation->stub = stub;
      conversation->connection = connection;
      g_mutex_lock (&stub->mutex);
      stub->n_connections++;
      g_ptr_array_add (stub->threads, g_thread_new ("stub", converse, conversation));
      g_mutex_unlock (&stub->mutex);
    }

  return NULL;
}

static Stub *
stub_new (const char *answer)
{
  Stub *stub = g_new0 (Stub, 1);
  g_autoptr (GError) error = NULL;

  stub->dir = g_dir_make_tmp ("dw-stub-XXXXXX", &error);
  g_assert_no_error (error);
  stub->path = g_build_filename (stub->dir, "s", NULL);
  stub->address = g_strconcat ("unix://", stub->path, NULL);
  stub->ping = DOCKER_PING;
  stub->answer = answer;
  stub->answer_length = answer != NULL ? strlen (answer) : 0;
  stub->requests = g_ptr_array_new_with_free_func (g_free);
  stub->threads = g_ptr_array_new ();
  stub->cancellable = g_cancellable_new ();
  stub->listener = g_socket_listener_new ();
  g_mutex_init (&stub->mutex);

  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (stub->path);
  g_socket_listener_add_address (stub->listener, address, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL, &error);
  g_assert_no_error (error);
  stub->thread = g_thread_new ("stub", serve, stub);

  return stub;
}

static void
stub_free (Stub *stub)
{
  g_cancellable_cancel (stub->cancellable);
  g_thread_join (stub->thread);
  for (guint i = 0; i < stub->threads->len; i++)
    g_thread_join (g_ptr_array_index (stub->threads, i));
  g_socket_listener_close (stub->listener);
  g_unlink (stub->path);
  g_rmdir (stub->dir);
  g_ptr_array_unref (stub->threads);
  g_ptr_array_unref (stub->requests);
  g_object_unref (stub->listener);
  g_object_unref (stub->cancellable);
  g_mutex_clear (&stub->mutex);
  g_free (stub->dir);
  g_free (stub->path);
  g_free (stub->address);
  g_free (stub);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Stub, stub_free)

static char *
make_answer (const char *status, const char *type, const char *body)
{
  return g_strdup_printf ("HTTP/1.1 %s\r\nServer: Docker/20.10.24 (linux)\r\nApi-Version: 1.41\r\n"
                          "Content-Type: %s\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s",
                          status, type, strlen (body), body);
}

static void
assert_fault (Stub *stub, GError **error, int code, const char *words)
{
  g_assert_error (*error, DW_ENGINE_ERROR, code);
  g_assert_nonnull (strstr ((*error)->message, words));
  g_assert_nonnull (strstr ((*error)->message, stub->address));
  g_assert_true (g_utf8_validate ((*error)->message, -1, NULL));
  g_clear_error (error);
}

static void
assert_inspect_fault (const char *answer, gboolean closes, int code, const char *words)
{
  g_autoptr (Stub) stub = stub_new (answer);
  g_autoptr (DwEngine) engine = dw_engine_new (stub->address);
  g_autoptr (GError) error = NULL;

  stub->closes = closes;
  g_assert_null (dw_engine_inspect_container (engine, "web", NULL, &error));
  assert_fault (stub, &error, code, words);
}

static void
test_cut_off_body (void)
{
  assert_inspect_fault ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"Id\":", TRUE,
                        DW_ENGINE_ERROR_UNREACHABLE, "went away");
  assert_inspect_fault ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n{\"Id\":\r\n",
                        TRUE, DW_ENGINE_ERROR_UNREACHABLE, "went away");
  assert_inspect_fault ("HTTP/1.1 200 OK\r\nContent-Le", TRUE, DW_ENGINE_ERROR_UNREACHABLE,
                        "went away");
  assert_inspect_fault ("HTTP/1", TRUE, DW_ENGINE_ERROR_UNREACHABLE, "went away");
  assert_inspect_fault ("", TRUE, DW_ENGINE_ERROR_UNREACHABLE, "went away");
}

static void
test_no_json (void)
{
  g_autofree char *html = make_answer ("200 OK", "text/html", "<html>\n<b>Welcome</b></html>");
  g_autofree char *list = make_answer ("200 OK", "application/json", "[1, 2]");
  g_autofree char *empty = make_answer ("200 OK", "application/json", "");
  g_autofree char *binary = make_answer ("200 OK", "application/json", "\xff\xfe\x01");
  g_autofree char *brackets = g_strnfill (1000000, '[');
  g_autofree char *deep = make_answer ("200 OK", "application/json", brackets);

  assert_inspect_fault (html, FALSE, DW_ENGINE_ERROR_NOT_AN_ENGINE, "<html> <b>Welcome");
  assert_inspect_fault (list, FALSE, DW_ENGINE_ERROR_NOT_AN_ENGINE, "[1, 2]");
  assert_inspect_fault (empty, FALSE, DW_ENGINE_ERROR_NOT_AN_ENGINE, "HTTP 200");
  assert_inspect_fault (binary, FALSE, DW_ENGINE_ERROR_NOT_AN_ENGINE, "HTTP 200");
  assert_inspect_fault (deep, FALSE, DW_ENGINE_ERROR_NOT_AN_ENGINE, "[[[");
}

static void
test_no_http (void)
{
  g_autoptr (Stub) stub = stub_new ("");
  g_autoptr (DwEngine) engine = dw_engine_new (stub->address);
  g_autoptr (GError) error = NULL;

  stub->ping = "SSH-2.0-OpenSSH_9.2\r\n\r\n";
  g_assert_null (dw_engine_get_info (engine, NULL, &error));
  assert_fault (stub, &error, DW_ENGINE_ERROR_NOT_AN_ENGINE, "not HTTP");
}

static void
test_statuses (void)
{
  const struct
  {
    const char *status;
    const char *message;
    int code;
  } cases[] = {
    { "400 Bad Request", "invalid reference format", DW_ENGINE_ERROR_INVALID },
    { "403 Forbidden", "not for you", DW_ENGINE_ERROR_PERMISSION },
    { "404 Not Found", "No such container: web", DW_ENGINE_ERROR_NOT_FOUND },
    { "409 Conflict", "in use", DW_ENGINE_ERROR_CONFLICT },
    { "500 Internal Server Error", "rootlessport listen tcp :80: bind: address already in use",
      DW_ENGINE_ERROR_PORT_IN_USE },
    { "500 Internal Server Error", "no such container", DW_ENGINE_ERROR_NOT_FOUND },
    { "500 Internal Server Error", "disk\non fire", DW_ENGINE_ERROR_FAILED },
    { "301 Moved Permanently", "elsewhere", DW_ENGINE_ERROR_FAILED },
    { "503 Service Unavailable", "", DW_ENGINE_ERROR_FAILED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *escaped = g_strescape (cases[i].message, NULL);
      g_autofree char *body = g_strdup_printf ("{\"message\":\"%s\"}", escaped);
      g_autofree char *answer = make_answer (cases[i].status, "application/json", body);
      g_autoptr (Stub) stub = stub_new (answer);
      g_autoptr (DwEngine) engine = dw_engine_new (stub->address);
      g_autoptr (GError) error = NULL;

      g_assert_false (dw_engine_start_container (engine, "web", NULL, &error));
      g_assert_error (error, DW_ENGINE_ERROR, cases[i].code);
      g_assert_null (strchr (error->message, '\n'));
    }
}

static void
test_nothing_to_do (void)
{
  g_autoptr (Stub) stub = stub_new ("HTTP/1.1 304 Not Modified\r\n\r\n");
  g_autoptr (DwEngine) engine = dw_engine_new (stub->address);
  g_autoptr (GError) error = NULL;

  g_assert_true (dw_engine_start_container (engine, "web", NULL, &error));
  g_assert_no_error (error);
  g_assert_true (dw_engine_stop_container (engine, "web", -1, NULL, &error));
  g_assert_no_error (error);
}

static void
test_members_of_other_types (void)
{
  g_autofree char *answer = make_answer (
      "200 OK", "application/json",
      "{\"Id\":7,\"Name\":[],\"Image\":null,\"State\":\"running\",\"RestartCount\":1e300,"
      "\"Config\":{\"Labels\":{\"a\":1,\"b\":\"two\"},\"Env\":[1,\"A=1\",null],\"Tty\":\"yes\"},"
      "\"NetworkSettings\":{\"Ports\":{\"80/tcp\":[7,{\"HostPort\":80},{\"HostPort\":\"99999\"},"
      "{\"HostPort\":\"8080\",\"HostIp\":3}],\"x\":{},\"/\":[{\"HostPort\":\"1\"}],"
      "\"53/udp\":[{\"HostPort\":\"53\"}]}},\"HostConfig\":[[]]}");
  g_autoptr (Stub) stub = stub_new (answer);
  g_autoptr (DwEngine) engine = dw_engine_new (stub->address);
  g_autoptr (GError) error = NULL;
  g_autoptr (DwContainer) container = dw_engine_inspect_container (engine, "web", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (container->id, ==, "");
  g_assert_cmpint (container->state, ==, DW_CONTAINER_UNKNOWN);
  g_assert_cmpint (container->restart_count, ==, 0);
  g_assert_false (container->has_tty);
  g_assert_cmpuint (g_hash_table_size (container->labels), ==, 1);
  g_assert_cmpstr (container->environment[0], ==, "A=1");
  g_assert_null (container->environment[1]);
  g_assert_null (container->binds[0]);
  g_assert_cmpuint (container->ports->len, ==, 1);
  g_assert_cmpuint (dw_container_get_host_port (container, 80), ==, 8080);
}

static void
test_endless_answers (void)
{
  g_autofree char *filler = g_strnfill (65536, 'x');
  const struct
  {
    const char *beginning;
    int code;
  } cases[] = {
    { "HTTP/1.1 500 Internal Server Error\r\n\r\n", DW_ENGINE_ERROR_NOT_AN_ENGINE },
    { "HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n{\"Id\":\"",
      DW_ENGINE_ERROR_NOT_AN_ENGINE },
    { "HTTP/1.1 200 OK\r\nX: ", DW_ENGINE_ERROR_UNREACHABLE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Stub) stub = stub_new (cases[i].beginning);
      g_autoptr (DwEngine) engine = dw_engine_new (stub->address);
      g_autoptr (GError) error = NULL;

      stub->filler = filler;
      g_assert_null (dw_engine_inspect_container (engine, "web", NULL, &error));
      assert_fault (stub, &error, cases[i].code, stub->address);
    }
}

static gboolean
ignore_event (const DwEngineEvent *event, gpointer user_data)
{
  return TRUE;
}

static gboolean
ignore_line (const char *line, gboolean is_stderr, gpointer user_data)
{
  return TRUE;
}

static void
test_endless_line (void)
{
  g_autofree char *filler = g_strnfill (65536, 'x');
  g_autoptr (Stub) stub = stub_new ("HTTP/1.1 200 OK\r\n\r\n");
  g_autoptr (DwEngine) engine = dw_engine_new (stub->address);
  g_autoptr (GError) error = NULL;

  stub->filler = filler;
  g_assert_false (
      dw_engine_pull_image (engine, "localhost:5000/a:b", NULL, NULL, NULL, NULL, &error));
  assert_fault (stub, &error, DW_ENGINE_ERROR_NOT_AN_ENGINE, "xxx");
  g_assert_false (dw_engine_watch_events (engine, NULL, ignore_event, NULL, NULL, &error));
  assert_fault (stub, &error, DW_ENGINE_ERROR_NOT_AN_ENGINE, "xxx");
}

static void
assert_pull_fault (const char *answer, gboolean closes, int code, const char *words)
{
  g_autoptr (Stub) stub = stub_new (answer);
  g_autoptr (DwEngine) engine = dw_engine_new (stub->address);
  g_autoptr (GError) error = NULL;

  stub->closes = closes;
  g_assert_false (
      dw_engine_pull_image (engine, "localhost:5000/a:b", "e30=", NULL, NULL, NULL, &error));
  g_assert_error (error, DW_ENGINE_ERROR, code);
  g_assert_nonnull (strstr (error->message, words));
}

static void
test_pull_faults (void)
{
  g_autofree char *within = make_answer ("200 OK", "application/json",
                                         "{\"status\":\"Pulling\"}\r\n"
                                         "{\"errorDetail\":{\"message\":\"no space left\"},"
                                         "\"error\":\"no space left\"}\r\n");
  g_autofree char *ended = make_answer ("200 OK", "application/json",
                                        "{\"status\":\"Pull complete\",\"id\":\"aa\"}\r\n");
  g_autofree char *before = make_answer ("500 Internal Server Error", "application/json",
                                         "{\"message\":\"no basic auth credentials\"}");

  assert_pull_fault (within, FALSE, DW_ENGINE_ERROR_FAILED, "no space left");
  assert_pull_fault (ended, FALSE, DW_ENGINE_ERROR_UNREACHABLE, "cut off");
  assert_pull_fault (before, FALSE, DW_ENGINE_ERROR_UNAUTHORIZED, "no basic auth credentials");
  /* The last word is there, the end of the answer is not. */
  assert_pull_fault ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                     "1c\r\n{\"status\":\"Status: newer\"}\r\n\r\n",
                     TRUE, DW_ENGINE_ERROR_UNREACHABLE, "went away");
}

static void
test_header_in_credentials (void)
{
  g_autoptr (DwEngine) engine = dw_engine_new ("unix:///nowhere");
  g_autoptr (GError) error = NULL;

  g_assert_false (dw_engine_pull_image (engine, "localhost:5000/a:b", "e30=\r\nX-Evil: 1", NULL,
                                        NULL, NULL, &error));
  g_assert_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_INVALID);
}

static void
test_events_end (void)
{
  g_autoptr (Stub) stub = stub_new ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  g_autoptr (DwEngine) engine = dw_engine_new (stub->address);
  g_autoptr (GError) error = NULL;

  g_assert_false (dw_engine_watch_events (engine, NULL, ignore_event, NULL, NULL, &error));
  assert_fault (stub, &error, DW_ENGINE_ERROR_UNREACHABLE, "has ended");
}

static void
test_frames_that_lie (void)
{
  const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
  g_autoptr (Stub) stub = stub_new (answer);
  g_autoptr (DwEngine) engine = dw_engine_new (stub->address);
  g_autoptr (GError) error = NULL;

  /* The inspection's {} is taken for the beginning of a frame by the log that follows. */
  g_assert_false (dw_engine_read_logs (engine, "web", 0, FALSE, ignore_line, NULL, NULL, &error));
  g_assert_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_UNREACHABLE);
}

typedef struct
{
  DwEngine *engine;
  GCancellable *cancellable;
  GError *error;
} Reader;

static gpointer
read_events (gpointer data)
{
  Reader *reader = data;

  dw_engine_watch_events (reader->engine, NULL, ignore_event, NULL, reader->cancellable,
                          &reader->error);
  return NULL;
}

static void
wait_for_requests (Stub *stub, guint n)
{
  guint seen = 0;

  while (seen < n)
    {
      g_usleep (1000);
      g_mutex_lock (&stub->mutex);
      seen = stub->requests->len;
      g_mutex_unlock (&stub->mutex);
    }
}

static void
test_cancel (void)
{
  g_autoptr (Stub) stub = stub_new (NULL);
  g_autoptr (DwEngine) engine = dw_engine_new (stub->address);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Reader reader = { .engine = engine, .cancellable = cancellable };
  g_autoptr (GError) error = NULL;
  GThread *thread = g_thread_new ("reader", read_events, &reader);

  wait_for_requests (stub, 2);
  g_cancellable_cancel (cancellable);
  g_thread_join (thread);
  g_assert_error (reader.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&reader.error);

  g_assert_null (dw_engine_inspect_container (engine, "web", cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_streams_starve_nobody (void)
{
  g_autofree char *answer = make_answer ("200 OK", "application/json", "{\"Id\":\"abc\"}");
  g_autoptr (Stub) stub = stub_new (NULL);
  g_autoptr (DwEngine) engine = dw_engine_new (stub->address);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Reader readers[20] = { 0 };
  GThread *threads[G_N_ELEMENTS (readers)];

  for (gsize i = 0; i < G_N_ELEMENTS (readers); i++)
    {
      readers[i] = (Reader){ .engine = engine, .cancellable = cancellable };
      threads[i] = g_thread_new ("reader", read_events, &readers[i]);
    }
  wait_for_requests (stub, G_N_ELEMENTS (readers) + 1);

  g_mutex_lock (&stub->mutex);
  stub->answer = answer;
  stub->answer_length = strlen (answer);
  g_mutex_unlock (&stub->mutex);
  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (DwContainer) container = dw_engine_inspect_container (engine, "web", NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (container->id, ==, "abc");
    }

  g_cancellable_cancel (cancellable);
  for (gsize i = 0; i < G_N_ELEMENTS (readers); i++)
    {
      g_thread_join (threads[i]);
      g_clear_error (&readers[i].error);
    }
}

static void
test_connection_is_kept (void)
{
  g_autofree char *answer = make_answer ("200 OK", "application/json", "{\"Id\":\"abc\"}");
  g_autoptr (Stub) stub = stub_new (answer);
  g_autoptr (DwEngine) engine = dw_engine_new (stub->address);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 50; i++)
    {
      dw_container_free (dw_engine_inspect_container (engine, "web", NULL, &error));
      g_assert_no_error (error);
    }
  g_assert_cmpuint (stub->n_connections, ==, 1);
  g_assert_cmpuint (stub->requests->len, ==, 51);
}

/* libsoup wants a new connection for what must not be sent twice. */
static void
test_mixed_requests (void)
{
  g_autofree char *answer = g_strdup ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                      "2\r\n{}\r\n0\r\n\r\n");
  g_autoptr (Stub) stub = stub_new (answer);
  g_autoptr (DwEngine) engine = dw_engine_new (stub->address);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 50; i++)
    {
      dw_container_free (dw_engine_inspect_container (engine, "web", NULL, &error));
      g_assert_no_error (error);
      dw_engine_start_container (engine, "web", NULL, &error);
      g_assert_no_error (error);
      dw_engine_remove_container (engine, "web", NULL, &error);
      g_assert_no_error (error);
    }
}

static void
test_engine_closes_idle_connections (void)
{
  g_autofree char *answer = make_answer ("200 OK", "application/json", "{\"Id\":\"abc\"}");
  g_autoptr (Stub) stub = stub_new (answer);
  g_autoptr (DwEngine) engine = dw_engine_new (stub->address);
  g_autoptr (GError) error = NULL;

  stub->closes = TRUE;
  for (guint i = 0; i < 50; i++)
    {
      dw_container_free (dw_engine_inspect_container (engine, "web", NULL, &error));
      g_assert_no_error (error);
    }
}

static void
assert_asked_in (const char *ping, const char *prefix)
{
  g_autofree char *answer = make_answer ("200 OK", "application/json", "{\"Id\":\"abc\"}");
  g_autoptr (Stub) stub = stub_new (answer);
  g_autoptr (DwEngine) engine = dw_engine_new (stub->address);
  g_autoptr (GError) error = NULL;

  stub->ping = ping;
  dw_container_free (dw_engine_inspect_container (engine, "web", NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (g_ptr_array_index (stub->requests, 0), ==, "GET /_ping HTTP/1.1");
  g_assert_true (g_str_has_prefix (g_ptr_array_index (stub->requests, 1), prefix));
}

static void
test_version (void)
{
  assert_asked_in (PING ("Docker/19.03", "1.40"), "GET /v1.40/containers/web/json ");
  assert_asked_in (PING ("Docker/20.10", "1.41"), "GET /v1.41/containers/web/json ");
  assert_asked_in (PING ("Docker/29.0", "1.52"), "GET /v1.47/containers/web/json ");
}

static void
assert_ping_fault (const char *ping, int code, const char *words)
{
  g_autoptr (Stub) stub = stub_new (NULL);
  g_autoptr (DwEngine) engine = dw_engine_new (stub->address);
  g_autoptr (GError) error = NULL;

  stub->ping = ping;
  g_assert_null (dw_engine_get_info (engine, NULL, &error));
  assert_fault (stub, &error, code, words);
}

static void
test_no_version (void)
{
  assert_ping_fault (PING ("Docker/1.13", "1.25"), DW_ENGINE_ERROR_API_VERSION, "1.25");
  assert_ping_fault (PING ("Docker", "banana"), DW_ENGINE_ERROR_NOT_AN_ENGINE, "Docker");
  assert_ping_fault ("HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Length: 5\r\n\r\nHello",
                     DW_ENGINE_ERROR_NOT_AN_ENGINE, "Hello");
  assert_ping_fault ("HTTP/1.1 400 Bad Request\r\nContent-Length: 48\r\n\r\n"
                     "Client sent an HTTP request to an HTTPS server.\n",
                     DW_ENGINE_ERROR_NOT_AN_ENGINE, "TLS");
}

static void
test_newer_than_all (void)
{
  g_autofree char *answer = make_answer (
      "400 Bad Request", "text/plain",
      "client version 1.47 is too old. Minimum supported API version is 1.60, please upgrade");
  g_autoptr (Stub) stub = stub_new (answer);
  g_autoptr (DwEngine) engine = dw_engine_new (stub->address);
  g_autoptr (GError) error = NULL;

  stub->ping = PING ("Docker/40", "1.70");
  g_assert_null (dw_engine_inspect_container (engine, "web", NULL, &error));
  assert_fault (stub, &error, DW_ENGINE_ERROR_API_VERSION, "1.60");
}

static void
test_other_engine (void)
{
  g_autofree char *answer = make_answer ("200 OK", "application/json", "{\"Id\":\"abc\"}");
  g_autoptr (Stub) stub = stub_new (answer);
  g_autoptr (DwEngine) engine = dw_engine_new (stub->address);
  g_autoptr (GError) error = NULL;

  dw_container_free (dw_engine_inspect_container (engine, "web", NULL, &error));
  g_assert_no_error (error);

  /* It took the place of the first one in between. */
  g_mutex_lock (&stub->mutex);
  stub->ping = PING ("Libpod/5.4.0 (linux)", "1.44");
  stub->answer = "HTTP/1.1 404 Not Found\r\nServer: Libpod/5.4.0 (linux)\r\nApi-Version: 1.44\r\n"
                 "Content-Length: 9\r\n\r\nNot Found";
  stub->answer_length = strlen (stub->answer);
  g_mutex_unlock (&stub->mutex);
  g_assert_null (dw_engine_inspect_container (engine, "web", NULL, &error));
  assert_fault (stub, &error, DW_ENGINE_ERROR_NOT_FOUND, "Not Found");

  g_assert_cmpuint (stub->requests->len, ==, 5);
  g_assert_nonnull (strstr (g_ptr_array_index (stub->requests, 2), "/v1.41/"));
  g_assert_nonnull (strstr (g_ptr_array_index (stub->requests, 3), "/_ping"));
  g_assert_nonnull (strstr (g_ptr_array_index (stub->requests, 4), "/v1.44/"));
}

static void
test_names_are_escaped (void)
{
  g_autofree char *answer = make_answer ("200 OK", "application/json", "{\"Id\":\"abc\"}");
  g_autoptr (Stub) stub = stub_new (answer);
  g_autoptr (DwEngine) engine = dw_engine_new (stub->address);
  const char *bad_names[] = { "", ".", "..", "a/../b", "/", "a//b", "\xff" };

  dw_container_free (dw_engine_inspect_container (engine, "a?b#c d\r\n/%e", NULL, NULL));
  g_assert_cmpstr (g_ptr_array_index (stub->requests, 1), ==,
                   "GET /v1.41/containers/a%3Fb%23c%20d%0D%0A%2F%25e/json HTTP/1.1");
  dw_image_free (dw_engine_inspect_image (engine, "localhost:5000/a@sha256:0 1", NULL, NULL));
  g_assert_cmpstr (g_ptr_array_index (stub->requests, 2), ==,
                   "GET /v1.41/images/localhost:5000/a@sha256:0%201/json HTTP/1.1");

  for (gsize i = 0; i < G_N_ELEMENTS (bad_names); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (dw_engine_remove_container (engine, bad_names[i], NULL, &error));
      g_assert_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_INVALID);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }
  g_assert_cmpuint (stub->requests->len, ==, 3);
}

static void
test_nobody_there (void)
{
  g_autofree char *dir = g_dir_make_tmp ("dw-stub-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "s", NULL);
  g_autofree char *address = g_strconcat ("unix://", path, NULL);
  g_autoptr (DwEngine) engine = dw_engine_new (address);
  g_autoptr (GError) error = NULL;

  g_assert_null (dw_engine_get_info (engine, NULL, &error));
  g_assert_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_UNREACHABLE);
  g_assert_nonnull (strstr (error->message, address));
  g_assert_nonnull (strstr (error->message, "start it"));
  g_clear_error (&error);

  /* What an engine that was killed leaves behind. */
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GSocketAddress) socket = g_unix_socket_address_new (path);
  g_socket_listener_add_address (listener, socket, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT,
                                 NULL, NULL, &error);
  g_assert_no_error (error);
  g_socket_listener_close (listener);
  g_assert_null (dw_engine_get_info (engine, NULL, &error));
  g_assert_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_UNREACHABLE);
  g_assert_nonnull (strstr (error->message, address));

  g_unlink (path);
  g_rmdir (dir);
}

static void
test_no_permission (void)
{
  g_autoptr (GError) cause = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                                                  "Could not connect: Permission denied");
  g_autoptr (GError) error = NULL;

  dw_engine_fault_set_transport (&error, "unix:///var/run/docker.sock", cause);
  g_assert_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_PERMISSION);
  g_assert_nonnull (strstr (error->message, "unix:///var/run/docker.sock"));
  g_assert_nonnull (strstr (error->message, "usermod -aG docker"));
}

static void
test_address_of_no_use (void)
{
  g_autoptr (DwEngine) engine = dw_engine_new ("ssh://host");
  g_autoptr (GError) error = NULL;

  g_assert_null (dw_engine_get_info (engine, NULL, &error));
  g_assert_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/faults/an-answer-that-is-cut-off-is-an-engine-that-went-away",
                   test_cut_off_body);
  g_test_add_func ("/engine/faults/what-is-not-json-is-not-an-engine", test_no_json);
  g_test_add_func ("/engine/faults/what-is-not-http-is-not-an-engine", test_no_http);
  g_test_add_func ("/engine/faults/a-refusal-is-an-error-that-a-caller-can-act-on", test_statuses);
  g_test_add_func ("/engine/faults/what-is-so-already-is-a-success", test_nothing_to_do);
  g_test_add_func ("/engine/faults/members-of-other-types-are-none", test_members_of_other_types);
  g_test_add_func ("/engine/faults/an-endless-answer-is-given-up", test_endless_answers);
  g_test_add_func ("/engine/faults/an-endless-line-is-given-up", test_endless_line);
  g_test_add_func ("/engine/faults/a-pull-that-fails-says-so", test_pull_faults);
  g_test_add_func ("/engine/faults/credentials-cannot-bring-a-header", test_header_in_credentials);
  g_test_add_func ("/engine/faults/events-end-with-the-engine", test_events_end);
  g_test_add_func ("/engine/faults/log-frames-that-lie-are-an-error", test_frames_that_lie);
  g_test_add_func ("/engine/faults/cancelling-ends-a-call-that-nobody-answers", test_cancel);
  g_test_add_func ("/engine/faults/streams-starve-no-other-request", test_streams_starve_nobody);
  g_test_add_func ("/engine/faults/small-requests-share-a-connection", test_connection_is_kept);
  g_test_add_func ("/engine/faults/requests-of-all-kinds-follow-each-other", test_mixed_requests);
  g_test_add_func ("/engine/faults/an-engine-may-close-what-is-idle",
                   test_engine_closes_idle_connections);
  g_test_add_func ("/engine/faults/the-version-is-the-older-of-the-two", test_version);
  g_test_add_func ("/engine/faults/an-engine-without-a-common-version-is-named", test_no_version);
  g_test_add_func ("/engine/faults/an-engine-that-is-too-new-is-named", test_newer_than_all);
  g_test_add_func ("/engine/faults/another-engine-is-asked-in-its-own-version", test_other_engine);
  g_test_add_func ("/engine/faults/names-are-escaped", test_names_are_escaped);
  g_test_add_func ("/engine/faults/nobody-there-names-the-address-and-the-remedy",
                   test_nobody_there);
  g_test_add_func ("/engine/faults/no-permission-names-the-address-and-the-remedy",
                   test_no_permission);
  g_test_add_func ("/engine/faults/an-address-of-no-use-is-the-error-of-each-call",
                   test_address_of_no_use);

  return g_test_run ();
}
