/* proxy-fixture.c: a stage that is reached by its name, and clients that ask for it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "proxy-fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "deploy/dw-stage-containers.h"

/* A test that waits so long hangs. */
#define PATIENCE_S 60
#define N_CONNECTIONS "20"

/* Runs a line of shell, and gives back what it says. */
char *
proxy_fixture_run (const char *command, ...)
{
  g_autoptr (GError) error = NULL;
  char *output = NULL;
  va_list arguments;
  int status;

  va_start (arguments, command);
  g_autofree char *line = g_strdup_vprintf (command, arguments);
  va_end (arguments);

  const char *argv[] = { "bash", "-c", line, NULL };
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, NULL, &status,
                &error);
  g_assert_no_error (error);
  g_spawn_check_wait_status (status, &error);
  g_assert_no_error (error);

  return g_strchomp (output);
}

void
proxy_fixture_set (Fixture *self, const char *property, ...)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwSettings) settings = dw_store_get_settings (self->store, &error);
  va_list values;

  g_assert_no_error (error);
  va_start (values, property);
  g_object_set_valist (G_OBJECT (settings), property, values);
  va_end (values);
  dw_store_update (self->store, DW_ENTITY (settings), &error);
  g_assert_no_error (error);
}

void
proxy_fixture_set_stage (Fixture *self, const char *property, ...)
{
  g_autoptr (GError) error = NULL;
  va_list values;

  va_start (values, property);
  g_object_set_valist (G_OBJECT (self->stage), property, values);
  va_end (values);
  dw_store_update (self->store, DW_ENTITY (self->stage), &error);
  g_assert_no_error (error);
}

guint16
proxy_fixture_get_port (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwSettings) settings = dw_store_get_settings (self->store, &error);

  g_assert_no_error (error);
  return (guint16) dw_settings_get_gateway_port (settings);
}

/* One that the engine does not give to an instance before the gateway gets it: those are of the
 * range for any free port, which begins after this one. */
static int
find_gateway_port (void)
{
  for (;;)
    {
      g_autoptr (GSocketListener) listener = g_socket_listener_new ();
      int port = g_random_int_range (20000, 32768);

      if (g_socket_listener_add_inet_port (listener, (guint16) port, NULL, NULL))
        return port;
    }
}

void
proxy_fixture_set_up (Fixture *self, gconstpointer data)
{
  g_autofree char *made = proxy_fixture_run ("docker image inspect %s >/dev/null 2>&1 || "
                                             "%s/make-gateway-image %s",
                                             GATEWAY_IMAGE, g_getenv ("DW_TEST_FIXTURES"),
                                             GATEWAY_IMAGE);

  g_test_message ("%s", made);
  fixture_set_up (self, data);
  proxy_fixture_set (self, "proxy-kind", DW_PROXY_KIND_GATEWAY, "gateway-image", GATEWAY_IMAGE,
                     "gateway-port", find_gateway_port (), NULL);
  proxy_fixture_set_stage (self, "drain-seconds", 20, "watch-seconds", 0, NULL);
}

/* Pushes the application of these tests, which answers @tag. */
const char *
proxy_fixture_push (Fixture *self, const char *tag)
{
  return fixture_push (self, tag, "--server", g_getenv ("DW_TEST_APP_SERVER"), NULL);
}

char *
proxy_fixture_find_gateway (void)
{
  return proxy_fixture_run ("docker ps -q --filter label=" DW_LABEL_PREFIX "gateway");
}

void
load_start (Load *self, guint16 port, const char *domain, const char *method)
{
  static const char script[] =
      "done = function (summary, latency, requests)\n"
      "  local e = summary.errors\n"
      "  io.write (string.format ('\\nRESULT %d %d %d %f\\n', summary.requests,\n"
      "    e.connect + e.read + e.write + e.timeout, e.status, summary.duration / 1e6))\n"
      "end\n";
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u/", port);
  g_autofree char *host = g_strdup_printf ("Host: %s", domain);
  g_autofree char *content = g_strdup_printf (
      "wrk.method = '%s'\n%s%s", method,
      g_str_equal (method, "POST") ? "wrk.body = string.rep ('x', 500)\n" : "", script);
  int fd = g_file_open_tmp ("dw-wrk-XXXXXX.lua", &path, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_file_set_contents (path, content, -1, &error);
  g_assert_no_error (error);

  self->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "wrk", "-t2",
                                    "-c" N_CONNECTIONS, "-d600s", "--timeout", "30s", "-s", path,
                                    "-H", host, url, NULL);
  g_assert_no_error (error);
  self->script = g_steal_pointer (&path);
}

LoadResult
load_end (Load *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;
  LoadResult result = { 0 };

  g_subprocess_send_signal (self->process, SIGINT);
  g_subprocess_communicate_utf8 (self->process, NULL, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&self->process);
  g_assert_cmpint (g_unlink (self->script), ==, 0);
  g_clear_pointer (&self->script, g_free);

  const char *line = strstr (output, "RESULT ");
  g_assert_nonnull (line);
  g_auto (GStrv) words = g_strsplit_set (line, " \n", -1);
  result.n_requests = g_ascii_strtoull (words[1], NULL, 10);
  result.n_errors = g_ascii_strtoull (words[2], NULL, 10);
  result.n_bad = g_ascii_strtoull (words[3], NULL, 10);
  result.seconds = g_ascii_strtod (words[4], NULL);

  return result;
}

GSocketConnection *
raw_connect (guint16 port)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  GSocketConnection *connection;

  g_socket_client_set_timeout (client, PATIENCE_S);
  connection = g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, &error);
  g_assert_no_error (error);

  return connection;
}

void
raw_send (GSocketConnection *connection, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), text,
                             strlen (text), NULL, NULL, &error);
  g_assert_no_error (error);
}

/* What comes until @until is in it. */
char *
raw_receive (GSocketConnection *connection, const char *until)
{
  g_autoptr (GError) error = NULL;
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  g_autoptr (GString) text = g_string_new (NULL);

  while (strstr (text->str, until) == NULL)
    {
      char buffer[1024];
      gssize n = g_input_stream_read (input, buffer, sizeof buffer, NULL, &error);

      g_assert_no_error (error);
      if (n == 0)
        g_error ("The connection was closed after “%s”", text->str);
      g_string_append_len (text, buffer, n);
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* With the key of RFC 6455's example, whose answer the application knows. */
char *
raw_upgrade (GSocketConnection *connection, const char *domain)
{
  g_autofree char *request = g_strdup_printf (
      "GET /socket HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
      domain);

  raw_send (connection, request);
  return raw_receive (connection, "\r\n\r\n");
}

/* How much comes until the other side closes. */
gsize
raw_receive_all (GSocketConnection *connection)
{
  g_autoptr (GError) error = NULL;
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  char buffer[65536];
  gsize total = 0;
  gssize n;

  while ((n = g_input_stream_read (input, buffer, sizeof buffer, NULL, &error)) > 0)
    total += (gsize) n;
  g_assert_no_error (error);

  return total;
}
