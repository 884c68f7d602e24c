/* dw-cli-detached.c: a deploy that goes on without the one who asked for it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The program starts itself once more, in a session of its own and with nothing open but a pipe.
 * One line comes back through it: the deploy's id, once it is in the store, or why there is none.
 */

#include "config.h"

#include "cli/dw-cli-detached.h"

#include <errno.h>
#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli/dw-cli-error.h"
#include "model/dw-json.h"

/* Where the child finds the pipe. */
#define REPORT_FD 3
#define REPORT_LIMIT 65536

/* In the child, between fork and exec. */
static void
leave_session (gpointer user_data)
{
  setsid ();
}

/* The whole report, which ends when the child lets go of the pipe. */
static char *
read_report (int fd, GCancellable *cancellable, GError **error)
{
  g_autoptr (GInputStream) stream = g_unix_input_stream_new (fd, TRUE);
  g_autofree char *text = g_new0 (char, REPORT_LIMIT + 1);
  gsize length = 0;

  if (!g_input_stream_read_all (stream, text, REPORT_LIMIT, &length, cancellable, error))
    return NULL;

  return g_steal_pointer (&text);
}

/* The deploy's id in the report, or its error. */
static char *
parse_report (const char *text, GError **error)
{
  g_autoptr (JsonNode) node = dw_json_parse (text, -1, NULL);
  JsonObject *object = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node)
                                                                     : NULL;
  const char *id = dw_json_get_string (object, "deploy_id");

  if (id != NULL)
    return g_strdup (id);

  const char *message = dw_json_get_string (object, "message");
  gint64 exit_code = dw_json_get_int (object, "exit_code", 0);

  g_set_error_literal (error, DW_CLI_ERROR,
                       exit_code >= DW_CLI_ERROR_FAILED && exit_code <= DW_CLI_ERROR_UNREACHABLE
                           ? (int) exit_code
                           : DW_CLI_ERROR_FAILED,
                       message != NULL ? message
                                       : _ ("The deploy ended before it had begun; "
                                            "docker-watcher doctor may say why"));
  return NULL;
}

/* The program with @words, in a session of its own. @fd is what it reports to, or -1. */
static gboolean
spawn (GStrvBuilder *words, int fd, GPid *pid, GError **error)
{
  const int target = REPORT_FD;
  g_auto (GStrv) argv = g_strv_builder_end (words);

  return g_spawn_async_with_pipes_and_fds (
      NULL, (const char *const *) argv, NULL,
      G_SPAWN_FILE_AND_ARGV_ZERO | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
      leave_session, NULL, -1, -1, -1, &fd, &target, fd >= 0 ? 1 : 0, pid, NULL, NULL, NULL, error);
}

/* The file that is run, whatever stands at its path by now, its name, and @words. */
static GStrvBuilder *
begin_command_line (const char *const *words)
{
  GStrvBuilder *builder = g_strv_builder_new ();

  g_strv_builder_add_many (builder, "/proc/self/exe", "docker-watcher", NULL);
  g_strv_builder_addv (builder, (const char **) words);

  return builder;
}

/**
 * dw_cli_detached_start:
 * @words: (array zero-terminated=1): the command line to run detached, without the program
 * @cancellable: (nullable): ends the waiting, and the deploy if it has not begun
 * @error: DW_CLI_ERROR with the exit code of the detached program, or a G_SPAWN_ERROR
 *
 * Starts a deploy that outlives this process. Blocks until it is in the store.
 *
 * Returns: (transfer full) (nullable): the deploy's id
 */
char *
dw_cli_detached_start (const char *const *words, GCancellable *cancellable, GError **error)
{
  g_autoptr (GStrvBuilder) builder = begin_command_line (words);
  g_autoptr (GError) problem = NULL;
  g_autofree char *report = NULL;
  int ends[2];
  GPid pid = 0;

  g_strv_builder_add (builder, "--" DW_CLI_REPORT_OPTION "=" G_STRINGIFY (REPORT_FD));
  if (!g_unix_open_pipe (ends, FD_CLOEXEC, error))
    return NULL;

  gboolean is_started = spawn (builder, ends[1], &pid, error);
  close (ends[1]);
  if (!is_started)
    {
      close (ends[0]);
      return NULL;
    }

  report = read_report (ends[0], cancellable, &problem);
  if (report == NULL)
    {
      kill (pid, SIGTERM);
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }

  return parse_report (report, error);
}

/**
 * dw_cli_detached_leave:
 * @words: (array zero-terminated=1): the command line to run detached, without the program
 * @error: a G_SPAWN_ERROR
 *
 * Starts what goes on by itself when this process ends, and of which nobody waits to hear.
 *
 * Returns: whether it is started
 */
gboolean
dw_cli_detached_leave (const char *const *words, GError **error)
{
  g_autoptr (GStrvBuilder) builder = begin_command_line (words);

  return spawn (builder, -1, NULL, error);
}

static void
write_report (int fd, JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);
  g_autofree char *text = dw_json_to_text (node, FALSE);
  gsize length = strlen (text);
  gsize done = 0;

  while (done < length)
    {
      ssize_t n = write (fd, text + done, length - done);

      if (n < 0 && errno == EINTR)
        continue;
      /* Whoever asked is gone already; the deploy goes on. */
      if (n < 0)
        break;
      done += (gsize) n;
    }
  close (fd);
}

/* In the child: the deploy @deploy_id has begun. Closes @fd. */
void
dw_cli_detached_report_id (int fd, const char *deploy_id)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_string_member (object, "deploy_id", deploy_id);
  write_report (fd, object);
}

/* In the child: there is no deploy. Closes @fd. */
void
dw_cli_detached_report_error (int fd, const GError *error)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autofree char *message = g_utf8_make_valid (
      error->message, REPORT_LIMIT / 8 < strlen (error->message) ? REPORT_LIMIT / 8 : -1);

  json_object_set_int_member (object, "exit_code", dw_cli_error_get_exit_code (error));
  json_object_set_string_member (object, "message", message);
  write_report (fd, object);
}
