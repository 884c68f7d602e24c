/* test-cli-watch.c: the program that watches without a window or a display
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <signal.h>
#include <string.h>

#include "cli-fixture.h"

static GSubprocess *
start_background (CliFixture *self)
{
  static const char *const words[] = { "--background", NULL };

  cli_fixture_set_variable (self, "DISPLAY", "");
  cli_fixture_set_variable (self, "WAYLAND_DISPLAY", "none");
  cli_fixture_set_variable (self, "G_MESSAGES_DEBUG", "docker-watcher");

  return cli_fixture_start (self, words);
}

/* Reads what it says, until that holds @part. */
static void
wait_for_words (GSubprocess *process, const char *part)
{
  g_autoptr (GString) said = g_string_new (NULL);
  GInputStream *stream = g_subprocess_get_stderr_pipe (process);
  char buffer[256];

  while (strstr (said->str, part) == NULL)
    {
      gssize n = g_input_stream_read (stream, buffer, sizeof buffer, NULL, NULL);

      if (n <= 0)
        g_error ("it ended, and said “%s”", said->str);
      g_string_append_len (said, buffer, n);
    }
}

static void
end (GSubprocess *process)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_send_signal (process, SIGTERM);
  g_subprocess_wait (process, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
}

static void
test_one_only (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();
  g_autoptr (GSubprocess) first = start_background (self);

  wait_for_words (first, "Watching");
  cli_fixture_run (self, 1, "--background", NULL);
  cli_assert_contains (self->errors, "watches already");
  /* The command line is not shut out. */
  cli_fixture_run (self, 0, "status", NULL);
  end (first);

  g_autoptr (GSubprocess) second = start_background (self);
  wait_for_words (second, "Watching");
  end (second);
}

static void
test_start_at_login (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();
  g_autofree char *folder = g_build_filename (self->directory, "configuration", NULL);
  g_autofree char *entry = g_build_filename (folder, "autostart",
                                             "io.github.alexei.DockerWatcher.desktop", NULL);
  g_autofree char *text = NULL;

  cli_fixture_set_variable (self, "XDG_CONFIG_HOME", folder);
  cli_fixture_run (self, 0, "settings", "set", "start-at-login", "true", NULL);
  g_assert_true (g_file_get_contents (entry, &text, NULL, NULL));
  cli_assert_contains (text, "docker-watcher\" --background\n");
  cli_fixture_run (self, 0, "settings", "set", "start-at-login", "false", NULL);
  g_assert_false (g_file_test (entry, G_FILE_TEST_EXISTS));
  cli_fixture_run (self, 0, "settings", "set", "start-at-login", "false", NULL);
}

static void
test_webhook_blocks (void)
{
  static const char *const senders[] = { "script", "distribution", "docker-hub", "gitea",
                                         "github" };
  g_autoptr (CliFixture) self = cli_fixture_new ();

  cli_fixture_run (self, 0, "settings", "set", "webhook-port", "9400", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (senders); i++)
    {
      cli_fixture_run (self, 0, "webhook", "show", senders[i], NULL);
      cli_assert_contains (self->output, "http://127.0.0.1:9400/");
      cli_assert_contains (self->output, "SECRET");
    }
  cli_fixture_run (self, 2, "webhook", "show", "pigeon", NULL);
  g_autoptr (JsonNode) node = cli_fixture_run_json (self, 0, "webhook", "show", NULL);
  JsonObject *answer = json_node_get_object (node);
  g_assert_false (json_object_get_boolean_member (answer, "enabled"));
  g_assert_cmpstr (json_object_get_string_member (answer, "address"), ==, "http://127.0.0.1:9400/");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  cli_fixture_take_program (argc, argv);

  g_test_add_func ("/cli/background/there-is-one-only", test_one_only);
  g_test_add_func ("/cli/background/may-start-at-login", test_start_at_login);
  g_test_add_func ("/cli/webhook/blocks-are-ready-to-copy", test_webhook_blocks);

  return g_test_run ();
}
