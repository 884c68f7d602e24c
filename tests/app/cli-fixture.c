/* cli-fixture.c: runs the real program on its command line
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every fixture has a data folder of its own, and no display, session bus or terminal.
 */

#include "config.h"

#include "cli-fixture.h"

#include <glib/gstdio.h>
#include <stdarg.h>
#include <string.h>

/* The program under test: the first argument of the test. */
static char *program;

void
cli_fixture_take_program (int argc, char **argv)
{
  if (argc != 2)
    g_error ("usage: %s PROGRAM", argv[0]);

  program = g_canonicalize_filename (argv[1], NULL);
}

CliFixture *
cli_fixture_new (void)
{
  CliFixture *self = g_new0 (CliFixture, 1);
  g_autoptr (GError) error = NULL;
  GSubprocessFlags flags = G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                           G_SUBPROCESS_FLAGS_STDERR_PIPE;

  self->directory = g_dir_make_tmp ("dw-cli-XXXXXX", &error);
  g_assert_no_error (error);

  g_autofree char *data = g_build_filename (self->directory, "data", NULL);
  g_autofree char *bus = g_strconcat ("unix:path=", self->directory, "/no-bus", NULL);
  self->launcher = g_subprocess_launcher_new (flags);
  g_subprocess_launcher_setenv (self->launcher, "XDG_DATA_HOME", data, TRUE);
  g_subprocess_launcher_setenv (self->launcher, "XDG_RUNTIME_DIR", self->directory, TRUE);
  g_subprocess_launcher_setenv (self->launcher, "DBUS_SESSION_BUS_ADDRESS", bus, TRUE);
  g_subprocess_launcher_setenv (self->launcher, "HOME", self->directory, TRUE);
  g_subprocess_launcher_setenv (self->launcher, "DOCKER_CONFIG", self->directory, TRUE);
  g_subprocess_launcher_unsetenv (self->launcher, "DISPLAY");
  g_subprocess_launcher_unsetenv (self->launcher, "WAYLAND_DISPLAY");

  return self;
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
  g_clear_object (&self->launcher);
  g_clear_pointer (&self->input, g_bytes_unref);
  g_free (self->output);
  g_free (self->errors);
  g_free (self);
}

GSubprocess *
cli_fixture_start (CliFixture *self, const char *const *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_strv_builder_add (builder, program);
  g_strv_builder_addv (builder, (const char **) words);

  g_auto (GStrv) argv = g_strv_builder_end (builder);
  GSubprocess *process = g_subprocess_launcher_spawnv (self->launcher, (const char *const *) argv,
                                                       &error);
  g_assert_no_error (error);

  return process;
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

void
cli_assert_contains (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    {
      g_test_message ("“%s” is not in: %s", part, text);
      g_test_fail ();
    }
}
