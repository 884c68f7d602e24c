/* proxy-client.c: asks a proxy, and starts what it leads to
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "proxy-client.h"

#include <libsoup/soup.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

/* A test that waits so long hangs. */
#define PATIENCE_S 60
#define POLL_US (G_USEC_PER_SEC / 20)
#define STAYS_US (2 * G_USEC_PER_SEC)

char *
client_ask (guint16 port, const char *domain, const char *path, guint *status)
{
  g_autoptr (SoupSession) session = soup_session_new_with_options ("timeout", 30, NULL);
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u%s", port, path);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);
  g_autoptr (GBytes) body = NULL;

  soup_message_headers_replace (soup_message_get_request_headers (message), "Host", domain);
  body = soup_session_send_and_read (session, message, NULL, NULL);
  *status = soup_message_get_status (message);

  if (body == NULL)
    return NULL;

  /* The data of no bytes is NULL. */
  return g_bytes_get_size (body) > 0
             ? g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body))
             : g_strdup ("");
}

void
client_await (guint16 port, const char *domain, const char *version)
{
  gint64 ends_at_us = g_get_monotonic_time () + PATIENCE_S * G_USEC_PER_SEC;

  for (;;)
    {
      guint status;
      g_autofree char *answer = client_ask (port, domain, "/", &status);

      if (g_strcmp0 (answer, version) == 0)
        return;
      if (g_get_monotonic_time () >= ends_at_us)
        g_error ("%s answers %u, “%s” and not “%s”", domain, status, answer, version);
      g_usleep (POLL_US);
    }
}

void
client_stays (guint16 port, const char *domain, const char *version)
{
  gint64 ends_at_us = g_get_monotonic_time () + STAYS_US;

  while (g_get_monotonic_time () < ends_at_us)
    {
      guint status;
      g_autofree char *answer = client_ask (port, domain, "/", &status);

      g_assert_cmpstr (answer, ==, version);
      g_usleep (POLL_US);
    }
}

guint16
client_find_free_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();

  return g_socket_listener_add_any_inet_port (listener, NULL, NULL);
}

/* A line that a program says when it is ready. */
static char *
read_line (GSubprocess *process)
{
  g_autoptr (GDataInputStream)
      stream = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  g_autoptr (GError) error = NULL;
  char *line = g_data_input_stream_read_line (stream, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (line);

  return line;
}

/* In the child: it ends with the test, however that ends. */
static void
die_with_parent (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

GSubprocess *
app_server_start (const char *version, guint16 *port)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *number = NULL;
  g_autofree char *line = NULL;

  *port = client_find_free_port ();
  number = g_strdup_printf ("%u", *port);
  g_autoptr (GSubprocessLauncher)
      launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  GSubprocess *process = g_subprocess_launcher_spawn (
      launcher, &error, g_getenv ("DW_TEST_APP_SERVER"), number, version, NULL);
  g_assert_no_error (error);
  line = read_line (process);

  return process;
}

void
npm_server_start (NpmServer *self, const char *version)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *program = g_test_build_filename (G_TEST_DIST, "fixtures", "npm-server", NULL);
  g_autofree char *line = NULL;

  self->directory = g_dir_make_tmp ("dw-npm-XXXXXX", &error);
  g_assert_no_error (error);
  self->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDIN_PIPE,
                                    &error, program, "--version", version, self->directory, NULL);
  g_assert_no_error (error);
  line = read_line (self->process);

  g_auto (GStrv) ports = g_strsplit (line, " ", 2);
  self->address = g_strdup_printf ("http://127.0.0.1:%s", ports[0]);
  self->port = (guint16) g_ascii_strtoull (ports[1], NULL, 10);
}

void
npm_server_end (NpmServer *self)
{
  const char *argv[] = { "rm", "-rf", self->directory, NULL };
  g_autoptr (GError) error = NULL;

  g_output_stream_close (g_subprocess_get_stdin_pipe (self->process), NULL, NULL);
  g_subprocess_wait (self->process, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&self->process);
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                &error);
  g_assert_no_error (error);
  g_free (self->directory);
  g_free (self->address);
}
