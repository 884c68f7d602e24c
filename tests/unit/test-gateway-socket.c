/* test-gateway-socket.c: what HAProxy answers is understood, whatever its version
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A test has one HAProxy, that of its machine. What the others answer was taken down from them, and
 * is said here by a socket in their place.
 */

#include "config.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>

#include "proxy/dw-gateway-socket.h"
#include "proxy/dw-proxy-error.h"

typedef struct
{
  char *directory;
  char *path;
  DwGatewayDoor *door;
  GSocketListener *listener;
  GCancellable *cancellable; /* ends it */
  GThread *thread;
  const char *const *answers; /* to one question after the other; the last one stays */
  guint n_questions;
} Fixture;

static gpointer
answer_questions (gpointer data)
{
  Fixture *self = data;

  for (;;)
    {
      g_autoptr (GSocketConnection)
          connection = g_socket_listener_accept (self->listener, NULL, self->cancellable, NULL);
      char question[4096];
      gsize length;

      if (connection == NULL)
        return NULL;

      const char *text = self->answers[0];
      g_input_stream_read_all (g_io_stream_get_input_stream (G_IO_STREAM (connection)), question,
                               sizeof question, &length, NULL, NULL);
      self->n_questions++;
      if (self->answers[1] != NULL)
        self->answers++;
      g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), text,
                                 strlen (text), NULL, NULL, NULL);
    }
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) error = NULL;

  self->directory = g_dir_make_tmp ("dw-socket-XXXXXX", NULL);
  self->path = g_build_filename (self->directory, "master.sock", NULL);
  self->door = dw_gateway_door_new (self->path, NULL);
  self->listener = g_socket_listener_new ();
  self->cancellable = g_cancellable_new ();
  address = g_unix_socket_address_new (self->path);
  g_socket_listener_add_address (self->listener, address, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL, &error);
  g_assert_no_error (error);
  self->thread = g_thread_new ("haproxy", answer_questions, self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_cancellable_cancel (self->cancellable);
  g_thread_join (self->thread);
  g_object_unref (self->listener);
  g_object_unref (self->cancellable);
  g_unlink (self->path);
  g_assert_cmpint (g_rmdir (self->directory), ==, 0);
  g_free (self->directory);
  g_free (self->path);
  dw_gateway_door_free (self->door);
}

/* What it will answer. Its thread has nothing to do but while it is asked. */
#define ANSWER(self, ...) answer (self, (const char *const[]){ __VA_ARGS__, NULL })

static void
answer (Fixture *self, const char *const *answers)
{
  self->answers = answers;
  self->n_questions = 0;
}

static gboolean
run_commands (Fixture *self, GError **error)
{
  static const char *const commands[] = { "set server s/blue addr 127.0.0.1 port 80",
                                          "set server s/blue state ready", NULL };

  return dw_gateway_socket_run (self->door, 7, commands, NULL, error);
}

static void
test_done (Fixture *self, gconstpointer data)
{
  static const char *const done[] = {
    /* 2.4 to 2.9 */
    "no need to change the addr, no need to change the port by 'stats socket command'",
    "IP changed from '127.0.0.1' to '::1', no need to change the port by 'stats socket command'",
    "no need to change the addr, port changed from '80' to '81' by 'stats socket command'",
    /* since 3.0 */
    "nothing changed",
    "IP changed from '127.0.0.1' to '127.0.0.2' by 'stats socket command'",
    "port changed from '80' to '81' by 'stats socket command'",
    /* all of them */
    "IP changed from '::1' to '::2', port changed from '1' to '2' by 'stats socket command'",
    "s/green changed its FQDN from (null) to shop-dev by 'stats socket command'",
    "no need to change the FDQN by 'stats socket command'",
  };

  for (guint i = 0; i < G_N_ELEMENTS (done); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *text = g_strconcat (done[i], "\n\n\n", NULL);

      ANSWER (self, text);
      g_assert_true (run_commands (self, &error));
      g_assert_no_error (error);
    }
}

static void
test_refused (Fixture *self, gconstpointer data)
{
  static const char *const refused[] = {
    "Invalid addr '127.0.0.1.1' by 'stats socket command'",
    "Invalid addr '127.0.0.1.1'",
    "No such server.",
    "No such backend.",
    "Absolute weight can only be between 0 and 256 inclusive.",
    "invalid fqdn 'a b' by 'stats socket command'",
    "could not update s/green FQDN by 'stats socket command'",
    "Can't find the target PID matching the prefix '@!7'",
    "Unknown command: 'set', but maybe one of the following ones is a better match:",
    "Permission denied",
  };

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *text = g_strconcat (refused[i], "\n\n\n", NULL);

      ANSWER (self, text);
      g_assert_false (run_commands (self, &error));
      g_assert_error (error, DW_PROXY_ERROR, DW_PROXY_ERROR_REFUSED);
      g_assert_nonnull (strstr (error->message, refused[i]));
    }
}

static void
test_cut_off (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  ANSWER (self, "\n");
  g_assert_false (run_commands (self, &error));
  g_assert_error (error, DW_PROXY_ERROR, DW_PROXY_ERROR_UNREACHABLE);
}

static void
test_workers (Fixture *self, gconstpointer data)
{
  static const char *const answers[] = {
    /* 2.4 */
    "#<PID>          <type>          <relative PID>  <reloads>       <uptime>        <version>     "
    " "
    "\n"
    "1               master          0               1               0d00h00m12s     3.2.26-1      "
    " \n"
    "# workers\n"
    "1026            worker          1               0               0d00h00m03s     3.2.26-1      "
    " \n"
    "# old workers\n"
    "530             worker          [was: 1]        1               0d00h00m12s     3.2.26-1      "
    " \n"
    "# programs\n\n\n",
    /* 2.6 to 3.0 */
    "#<PID>          <type>          <reloads>       <uptime>        <version>      \n"
    "1               master          1 [failed: 0]   0d00h00m12s     3.2.26-1       \n"
    "# workers\n"
    "1026            worker          0               0d00h00m03s     3.2.26-1       \n"
    "# old workers\n"
    "530             worker          1               0d00h00m12s     3.2.26-1       \n"
    "# programs\n\n\n",
    /* Since 3.1 a reload that has failed leaves none but old ones. */
    "#<PID>          <type>          <reloads>       <uptime>        <version>      \n"
    "1               master          2 [failed: 1]   0d00h00m12s     3.2.26-1       \n"
    "# workers\n"
    "# old workers\n"
    "530             worker          12              0d00h00m12s     3.2.26-1       \n"
    "1026            worker          11              0d00h00m03s     3.2.26-1       \n\n\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *version = NULL;
      g_autoptr (GArray) workers = NULL;

      ANSWER (self, answers[i]);
      workers = dw_gateway_socket_list_workers (self->door, &version, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (version, ==, "3.2.26-1");
      g_assert_cmpuint (workers->len, ==, 2);
      g_assert_cmpint (g_array_index (workers, DwGatewayWorker, 0).pid, ==, 1026);
      g_assert_cmpint (g_array_index (workers, DwGatewayWorker, 1).pid, ==, 530);
    }
}

static void
test_no_workers (Fixture *self, gconstpointer data)
{
  static const char *const answers[] = { "", "220 mail ESMTP\n", "# workers\n\n" };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr (GError) error = NULL;

      ANSWER (self, answers[i]);
      g_assert_null (dw_gateway_socket_list_workers (self->door, NULL, NULL, &error));
      g_assert_error (error, DW_PROXY_ERROR, DW_PROXY_ERROR_NOT_A_PROXY);
    }
}

#define WORKER(pid)                                                                                \
  "1               master          0 [failed: 0]   0d00h00m12s     3.2.26-1       \n"              \
  "# workers\n" pid                                                                                \
  "             worker          0               0d00h00m03s     3.2.26-1       \n\n\n"

static void
assert_reloads (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (dw_gateway_socket_reload (self->door, NULL, &error));
  g_assert_no_error (error);
}

static void
test_reload (Fixture *self, gconstpointer data)
{
  /* 2.4 to 2.6 */
  ANSWER (self, WORKER ("530"), "", WORKER ("530"), WORKER ("540"));
  assert_reloads (self);
  g_assert_cmpuint (self->n_questions, ==, 4);

  /* since 2.7 */
  ANSWER (self, WORKER ("530"), "Success=1\n--\n[NOTICE]   (1) : Loading success.\n\n");
  assert_reloads (self);
  g_assert_cmpuint (self->n_questions, ==, 2);

  /* since 3.1 */
  ANSWER (self, WORKER ("530"), "Success=0\n--\nAnother reload is still in progress.\n\n",
          "Success=1\n");
  assert_reloads (self);
  g_assert_cmpuint (self->n_questions, ==, 3);
}

/* The one that is to come is in the list of 3.1 before it works. */
static void
test_failed_reload (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  ANSWER (self, WORKER ("530"),
          "Success=0\n--\n[ALERT]    (1329) : config : parsing [/gateway/haproxy.cfg:21] : "
          "unknown keyword 'nonsense'\n\n",
          WORKER ("540"));
  g_assert_false (dw_gateway_socket_reload (self->door, NULL, &error));
  g_assert_error (error, DW_PROXY_ERROR, DW_PROXY_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, "unknown keyword 'nonsense'"));
}

#define ADD(name, function)                                                                        \
  g_test_add ("/gateway-socket/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("what-is-done-is-known-by-the-words-of-each-version", test_done);
  ADD ("what-is-not-done-is-told", test_refused);
  ADD ("an-answer-that-is-cut-off-is-none", test_cut_off);
  ADD ("the-worker-that-takes-new-connections-is-the-first", test_workers);
  ADD ("what-has-no-worker-is-no-gateway", test_no_workers);
  ADD ("a-reload-is-done-when-another-worker-is-there", test_reload);
  ADD ("a-reload-that-failed-is-told", test_failed_reload);

  return g_test_run ();
}
