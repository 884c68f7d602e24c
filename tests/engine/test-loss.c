/* test-loss.c: an engine that is not there, is another thing, or goes away
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <gio/gunixsocketaddress.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "engine-fixture.h"

static void
check_info_fails (const char *address, DwEngineError code)
{
  g_autoptr (DwEngine) engine = dw_engine_new (address);
  g_autoptr (GError) error = NULL;
  g_autoptr (DwEngineInfo) info = dw_engine_get_info (engine, NULL, &error);

  g_assert_null (info);
  g_assert_error (error, DW_ENGINE_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, address));
  g_test_message ("%s", error->message);
}

static char *
make_address (const char *name)
{
  return g_strdup_printf ("unix://%s/%s", g_getenv ("DW_TEST_DIR"), name);
}

static void
test_no_socket_is_unreachable (void)
{
  g_autofree char *address = make_address ("nothing.sock");

  check_info_fails (address, DW_ENGINE_ERROR_UNREACHABLE);
}

static GSocket *
listen_at (const char *address)
{
  g_autoptr (GSocketAddress)
      socket_address = g_unix_socket_address_new (address + strlen ("unix://"));
  g_autoptr (GError) error = NULL;
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM,
                                  G_SOCKET_PROTOCOL_DEFAULT, &error);

  g_assert_no_error (error);
  g_socket_bind (socket, socket_address, FALSE, &error);
  g_assert_no_error (error);
  g_socket_listen (socket, &error);
  g_assert_no_error (error);

  return socket;
}

static void
test_a_socket_that_nobody_serves_is_unreachable (void)
{
  g_autofree char *address = make_address ("left.sock");
  g_autoptr (GSocket) socket = listen_at (address);

  g_socket_close (socket, NULL);
  check_info_fails (address, DW_ENGINE_ERROR_UNREACHABLE);
}

static void
test_a_socket_of_others_is_a_question_of_permission (void)
{
  const char *address = g_getenv ("DOCKER_HOST");

  g_assert_cmpint (seteuid (65534), ==, 0);
  check_info_fails (address, DW_ENGINE_ERROR_PERMISSION);
  g_assert_cmpint (seteuid (0), ==, 0);
}

typedef struct
{
  GSocket *socket;
  GCancellable *cancellable;
  const char *answer;
} Impostor;

/* Answers every request with the same bytes, and hangs up. */
static gpointer
serve (gpointer user_data)
{
  Impostor *impostor = user_data;

  for (;;)
    {
      g_autoptr (GSocket)
          connection = g_socket_accept (impostor->socket, impostor->cancellable, NULL);
      char request[4096];

      if (connection == NULL)
        return NULL;
      if (g_socket_receive (connection, request, sizeof request, NULL, NULL) > 0)
        g_socket_send (connection, impostor->answer, strlen (impostor->answer), NULL, NULL);
    }
}

static void
check_impostor (const char *name, const char *answer, DwEngineError code)
{
  g_autofree char *address = make_address (name);
  Impostor impostor = { listen_at (address), g_cancellable_new (), answer };
  g_autoptr (GThread) thread = g_thread_new ("impostor", serve, &impostor);

  check_info_fails (address, code);

  g_cancellable_cancel (impostor.cancellable);
  g_thread_join (g_steal_pointer (&thread));
  g_object_unref (impostor.socket);
  g_object_unref (impostor.cancellable);
}

static void
test_a_web_server_is_not_an_engine (void)
{
  check_impostor ("web.sock",
                  "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n"
                  "Connection: close\r\n\r\n<html></html>",
                  DW_ENGINE_ERROR_NOT_AN_ENGINE);
}

static void
test_what_speaks_no_http_is_not_an_engine (void)
{
  check_impostor ("ssh.sock", "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", DW_ENGINE_ERROR_NOT_AN_ENGINE);
}

static gboolean
on_event (const DwEngineEvent *event, gpointer user_data)
{
  return TRUE;
}

static gboolean
watch (FixtureCall *call, GError **error)
{
  return dw_engine_watch_events (call->engine, NULL, on_event, call, call->cancellable, error);
}

static gboolean
on_line (const char *line, gboolean is_stderr, gpointer user_data)
{
  fixture_call_tell (user_data, line);
  return TRUE;
}

static gboolean
follow (FixtureCall *call, GError **error)
{
  return dw_engine_read_logs (call->engine, call->target, 0, TRUE, on_line, call, call->cancellable,
                              error);
}

static gboolean
wait_for_end (FixtureCall *call, GError **error)
{
  gint64 exit_code = -1;

  return dw_engine_wait_container (call->engine, call->target, &exit_code, call->cancellable,
                                   error);
}

/* The last test: there is no engine after it. */
static void
test_an_engine_that_dies_is_named (void)
{
  g_autoptr (DwEngine) engine = fixture_new_engine ();
  g_autofree char *image = fixture_pull_image (engine, "last:1", NULL);
  g_autoptr (DwContainerSpec) spec = fixture_new_spec ("last", image, "echo ready; sleep 1000");
  g_autofree char *id = fixture_run (engine, spec);
  g_autoptr (FixtureCall) output = fixture_call_new (engine, id, follow);
  g_autoptr (FixtureCall) events = fixture_call_new (engine, NULL, watch);
  g_autoptr (FixtureCall) end = fixture_call_new (engine, id, wait_for_end);
  FixtureCall *calls[] = { output, events, end };

  fixture_call_await_lines (output, 1);
  /* The other two tell nothing; they are given the time to be under way. */
  g_usleep (500 * 1000);
  kill ((pid_t) g_ascii_strtoll (g_getenv ("DW_TEST_ENGINE_PID"), NULL, 10), SIGKILL);

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      fixture_call_join (calls[i]);
      g_assert_error (calls[i]->error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_UNREACHABLE);
      g_assert_nonnull (strstr (calls[i]->error->message, g_getenv ("DOCKER_HOST")));
      g_assert_false (calls[i]->succeeded);
    }
  check_info_fails (g_getenv ("DOCKER_HOST"), DW_ENGINE_ERROR_UNREACHABLE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/loss/no-socket-is-unreachable", test_no_socket_is_unreachable);
  g_test_add_func ("/engine/loss/a-socket-that-nobody-serves-is-unreachable",
                   test_a_socket_that_nobody_serves_is_unreachable);
  g_test_add_func ("/engine/loss/a-socket-of-others-is-a-question-of-permission",
                   test_a_socket_of_others_is_a_question_of_permission);
  g_test_add_func ("/engine/loss/a-web-server-is-not-an-engine",
                   test_a_web_server_is_not_an_engine);
  g_test_add_func ("/engine/loss/what-speaks-no-http-is-not-an-engine",
                   test_what_speaks_no_http_is_not_an_engine);
  g_test_add_func ("/engine/loss/an-engine-that-dies-is-named", test_an_engine_that_dies_is_named);

  return g_test_run ();
}
