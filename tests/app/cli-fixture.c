/* cli-fixture.c: runs the real program on its command line
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every fixture has a data folder of its own, and no display, session bus or terminal.
 */

#include "config.h"

#include "cli-fixture.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <pty.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

/* The program under test: the first argument of the test. */
static char *program;

void
cli_fixture_take_program (int argc, char **argv)
{
  if (argc != 2)
    g_error ("usage: %s PROGRAM", argv[0]);

  program = g_canonicalize_filename (argv[1], NULL);
}

const char *
cli_fixture_get_program (void)
{
  return program;
}

CliFixture *
cli_fixture_new (void)
{
  CliFixture *self = g_new0 (CliFixture, 1);
  g_autoptr (GError) error = NULL;

  self->directory = g_dir_make_tmp ("dw-cli-XXXXXX", &error);
  g_assert_no_error (error);

  g_autofree char *data = g_build_filename (self->directory, "data", NULL);
  g_autofree char *bus = g_strconcat ("unix:path=", self->directory, "/no-bus", NULL);
  self->environment = g_get_environ ();
  cli_fixture_set_variable (self, "XDG_DATA_HOME", data);
  cli_fixture_set_variable (self, "XDG_RUNTIME_DIR", self->directory);
  cli_fixture_set_variable (self, "DBUS_SESSION_BUS_ADDRESS", bus);
  cli_fixture_set_variable (self, "HOME", self->directory);
  cli_fixture_set_variable (self, "DOCKER_CONFIG", self->directory);
  self->environment = g_environ_unsetenv (self->environment, "DISPLAY");
  self->environment = g_environ_unsetenv (self->environment, "WAYLAND_DISPLAY");
  self->environment = g_environ_unsetenv (self->environment, "NO_COLOR");

  return self;
}

void
cli_fixture_set_variable (CliFixture *self, const char *name, const char *value)
{
  self->environment = g_environ_setenv (self->environment, name, value, TRUE);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir)
      directory = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

void
cli_fixture_free (CliFixture *self)
{
  remove_tree (self->directory);
  g_free (self->directory);
  g_strfreev (self->environment);
  g_clear_pointer (&self->input, g_bytes_unref);
  g_free (self->output);
  g_free (self->errors);
  g_free (self);
}

static GSubprocess *
spawn (CliFixture *self, GSubprocessLauncher *launcher, const char *const *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_strv_builder_add (builder, program);
  g_strv_builder_addv (builder, (const char **) words);

  g_auto (GStrv) argv = g_strv_builder_end (builder);
  g_subprocess_launcher_set_environ (launcher, self->environment);
  GSubprocess *process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv,
                                                       &error);
  g_assert_no_error (error);

  return process;
}

/* Starts the program with pipes for all that it reads and writes. */
GSubprocess *
cli_fixture_start (CliFixture *self, const char *const *words)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
      G_SUBPROCESS_FLAGS_STDERR_PIPE);

  return spawn (self, launcher, words);
}

static char *
take_text (GBytes *bytes)
{
  gsize size = 0;
  const char *data = g_bytes_get_data (bytes, &size);

  return size > 0 ? g_utf8_make_valid (data, (gssize) size) : g_strdup ("");
}

static void
run (CliFixture *self, int expected_status, const char *const *words)
{
  g_autoptr (GSubprocess) process = cli_fixture_start (self, words);
  g_autoptr (GBytes) output = NULL;
  g_autoptr (GBytes) errors = NULL;
  g_autoptr (GError) error = NULL;

  if (self->input == NULL)
    self->input = g_bytes_new (NULL, 0);
  g_subprocess_communicate (process, self->input, NULL, &output, &errors, &error);
  g_assert_no_error (error);
  g_clear_pointer (&self->input, g_bytes_unref);

  g_free (self->output);
  g_free (self->errors);
  self->output = take_text (output);
  self->errors = take_text (errors);
  self->status = g_subprocess_get_if_exited (process) ? g_subprocess_get_exit_status (process) : -1;

  if (self->status != expected_status)
    {
      g_autofree char *line = g_strjoinv (" ", (GStrv) words);

      g_test_message ("docker-watcher %.200s ended with %d\n%s%s", line, self->status, self->output,
                      self->errors);
    }
  g_assert_cmpint (self->status, ==, expected_status);
}

static GStrv
collect_words (const char *first, va_list arguments)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (const char *word = first; word != NULL; word = va_arg (arguments, const char *))
    g_strv_builder_add (builder, word);

  return g_strv_builder_end (builder);
}

/* Runs the program with these words, and checks what it ends with. */
void
cli_fixture_run (CliFixture *self, int expected_status, const char *first, ...)
{
  va_list arguments;

  va_start (arguments, first);
  g_auto (GStrv) words = collect_words (first, arguments);
  va_end (arguments);

  run (self, expected_status, (const char *const *) words);
}

/* The same with --json after the words: standard output must be one JSON text and nothing else. */
JsonNode *
cli_fixture_run_json (CliFixture *self, int expected_status, const char *first, ...)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  va_list arguments;

  va_start (arguments, first);
  g_auto (GStrv) words = collect_words (first, arguments);
  va_end (arguments);

  g_strv_builder_addv (builder, (const char **) words);
  g_strv_builder_add (builder, "--json");
  g_auto (GStrv) all = g_strv_builder_end (builder);
  run (self, expected_status, (const char *const *) all);

  JsonNode *node = json_from_string (self->output, &error);
  g_assert_no_error (error);
  g_assert_nonnull (node);

  return node;
}

/* What the program writes when its standard output is a terminal of 60 columns; it must succeed. */
char *
cli_fixture_run_on_terminal (CliFixture *self, const char *first, ...)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GString) text = g_string_new (NULL);
  struct winsize size = { .ws_row = 24, .ws_col = 60 };
  int leader = -1, follower = -1;
  char buffer[4096];
  ssize_t n;
  va_list arguments;

  va_start (arguments, first);
  g_auto (GStrv) words = collect_words (first, arguments);
  va_end (arguments);

  g_assert_cmpint (openpty (&leader, &follower, NULL, NULL, &size), ==, 0);
  cli_fixture_set_variable (self, "TERM", "xterm");
  g_subprocess_launcher_take_stdout_fd (launcher, follower);

  g_autoptr (GSubprocess) process = spawn (self, launcher, (const char *const *) words);
  /* Our side of what the program writes to would keep the terminal open. */
  g_subprocess_launcher_close (launcher);

  while ((n = read (leader, buffer, sizeof buffer)) > 0 || (n < 0 && errno == EINTR))
    if (n > 0)
      g_string_append_len (text, buffer, n);
  close (leader);
  g_assert_true (g_subprocess_wait_check (process, NULL, NULL));

  return g_string_free (g_steal_pointer (&text), FALSE);
}

void
cli_assert_contains (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    {
      g_test_message ("“%s” is not in: %s", part, text);
      g_test_fail ();
    }
}
