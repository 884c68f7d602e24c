/* test-cli-engine.c: the command line does the whole job, on a real engine and a real registry
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs under fixtures/with-engine.
 */

#include "config.h"

#include <libsoup/soup.h>
#include <locale.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>

#include "cli-fixture.h"

/* How long the engine may take for what is waited for here; the build's limit is longer. */
#define PATIENCE_US (60 * G_USEC_PER_SEC)
#define POLL_INTERVAL_US (20 * 1000)

/* --- Images and answers ------------------------------------------------------------------------
 */

/* Pushes an image to a registry; the options are those of fixtures/make-image. */
static void
push (const char *registry, const char *name, const char *first_option, ...)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autofree char *program = g_build_filename (g_getenv ("DW_TEST_FIXTURES"), "make-image", NULL);
  g_autofree char *reference = g_strdup_printf ("%s/%s", g_getenv (registry), name);
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;
  va_list options;
  int status = 0;

  g_ptr_array_add (words, program);
  g_ptr_array_add (words, reference);
  va_start (options, first_option);
  for (const char *word = first_option; word != NULL; word = va_arg (options, const char *))
    g_ptr_array_add (words, (gpointer) word);
  va_end (options);
  g_ptr_array_add (words, NULL);

  g_spawn_sync (NULL, (char **) words->pdata, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL,
                &status, &error);
  g_assert_no_error (error);
  g_spawn_check_wait_status (status, &error);
  g_assert_no_error (error);
}

/* A project of that image with the stage dev, its health asked often. */
static void
add_project (CliFixture *self, const char *registry, const char *name)
{
  g_autofree char *image = g_strdup_printf ("%s/%s", g_getenv (registry), name);
  g_autofree char *stage = g_strdup_printf ("%s/dev", name);

  cli_fixture_run (self, 0, "project", "add", name, "--image", image, "--health", "http:/health",
                   "--health-interval", "100ms", "--health-retries", "100", NULL);
  cli_fixture_run (self, 0, "stage", "add", stage, NULL);
}

static void
remove_project (CliFixture *self, const char *name)
{
  cli_fixture_run (self, 0, "project", "remove", name, NULL);
}

/* What the page at the stage's address says now, without its line end. */
static char *
ask (CliFixture *self, const char *stage)
{
  g_autoptr (JsonNode) status = cli_fixture_run_json (self, 0, "status", stage, NULL);
  JsonObject *row = json_array_get_object_element (json_node_get_array (status), 0);
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (SoupMessage)
      message = soup_message_new (SOUP_METHOD_GET, json_object_get_string_member (row, "address"));
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = soup_session_send_and_read (session, message, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (soup_message_get_status (message), ==, SOUP_STATUS_OK);

  return g_strchomp (g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body)));
}

static void
assert_answer (CliFixture *self, const char *stage, const char *expected)
{
  g_autofree char *answer = ask (self, stage);

  g_assert_cmpstr (answer, ==, expected);
}

/* The deploy at that place of the history, the newest first. */
static JsonObject *
get_deploy (CliFixture *self, const char *stage, guint index)
{
  g_autoptr (JsonNode) history = cli_fixture_run_json (self, 0, "history", stage, NULL);

  return json_object_ref (json_array_get_object_element (json_node_get_array (history), index));
}

static void
assert_deploy (CliFixture *self,
               const char *stage,
               guint index,
               const char *tag,
               const char *trigger,
               const char *status)
{
  g_autoptr (JsonObject) deploy = get_deploy (self, stage, index);

  g_assert_cmpstr (json_object_get_string_member (deploy, "tag"), ==, tag);
  g_assert_cmpstr (json_object_get_string_member (deploy, "trigger"), ==, trigger);
  g_assert_cmpstr (json_object_get_string_member (deploy, "status"), ==, status);
}

static const char *
get_error_code (JsonNode *node)
{
  return json_object_get_string_member (
      json_object_get_object_member (json_node_get_object (node), "error"), "code");
}

/* --- The main job ------------------------------------------------------------------------------
 */

static void
test_the_main_job (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();

  push ("DW_TEST_REGISTRY", "shop:v1.0.0", "--version", "one", NULL);
  push ("DW_TEST_REGISTRY", "shop:v1.1.0", "--version", "two", NULL);
  add_project (self, "DW_TEST_REGISTRY", "shop");
  cli_fixture_run (self, 0, "project", "edit", "shop", "--health-retries", "5", NULL);

  cli_fixture_run (self, 0, "deploy", "shop/dev", "v1.0.0", NULL);
  cli_assert_contains (self->output, "pulling: ");
  cli_assert_contains (self->output, "shop/dev: v1.0.0 deployed");
  assert_answer (self, "shop/dev", "one");

  /* The newest by the policy. */
  g_autoptr (JsonNode) second = cli_fixture_run_json (self, 0, "deploy", "shop/dev", NULL);
  JsonObject *object = json_node_get_object (second);
  g_assert_cmpstr (
      json_object_get_string_member (json_object_get_object_member (object, "deploy"), "status"),
      ==, "success");
  g_assert_false (json_object_has_member (object, "error"));
  assert_answer (self, "shop/dev", "two");

  push ("DW_TEST_REGISTRY", "shop:v1.2.0", "--version", "three", "--broken", "health", NULL);
  g_autoptr (JsonNode) third = cli_fixture_run_json (self, 1, "deploy", "shop/dev", NULL);
  g_assert_cmpstr (get_error_code (third), ==, "unhealthy");
  assert_answer (self, "shop/dev", "two");

  cli_fixture_run (self, 0, "rollback", "shop/dev", NULL);
  assert_answer (self, "shop/dev", "one");

  assert_deploy (self, "shop/dev", 3, "v1.0.0", "cli", "success");
  assert_deploy (self, "shop/dev", 2, "v1.1.0", "cli", "success");
  assert_deploy (self, "shop/dev", 1, "v1.2.0", "cli", "failed");
  assert_deploy (self, "shop/dev", 0, "v1.0.0", "rollback", "success");

  /* To one that is named, by the beginning of its id. */
  g_autoptr (JsonObject) named = get_deploy (self, "shop", 2);
  g_autofree char *id = g_strndup (json_object_get_string_member (named, "id"), 8);
  cli_fixture_run (self, 0, "rollback", "shop/dev", id, NULL);
  assert_answer (self, "shop/dev", "two");

  remove_project (self, "shop");
}

static void
test_promotion_takes_what_runs (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();

  push ("DW_TEST_REGISTRY", "promoted:v1", "--version", "one", NULL);
  add_project (self, "DW_TEST_REGISTRY", "promoted");
  cli_fixture_run (self, 0, "stage", "add", "promoted/staging", NULL);
  cli_fixture_run (self, 0, "stage", "add", "promoted/prod", NULL);

  cli_fixture_run (self, 1, "promote", "promoted/dev", NULL);
  cli_fixture_run (self, 0, "deploy", "promoted/dev", "v1", NULL);
  /* The tag moves on; the digest does not. */
  push ("DW_TEST_REGISTRY", "promoted:v1", "--version", "another", NULL);
  cli_fixture_run (self, 0, "promote", "promoted/dev", NULL);
  cli_fixture_run (self, 0, "promote", "promoted/dev", "prod", NULL);
  assert_answer (self, "promoted/staging", "one");
  assert_answer (self, "promoted/prod", "one");
  cli_fixture_run (self, 3, "promote", "promoted/dev", "prd", NULL);
  cli_fixture_run (self, 1, "promote", "promoted/prod", NULL);

  remove_project (self, "promoted");
}

static void
test_without_waiting_it_goes_on_alone (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();

  push ("DW_TEST_REGISTRY", "alone:v1", "--version", "one", NULL);
  add_project (self, "DW_TEST_REGISTRY", "alone");

  cli_fixture_run (self, 0, "deploy", "alone/dev", "v1", "--no-wait", NULL);
  g_autofree char *id = g_strchomp (g_strdup (self->output));
  g_assert_true (g_uuid_string_is_valid (id));
  cli_fixture_run (self, 0, "log", "--follow", id, NULL);
  cli_assert_contains (self->output, "success");
  assert_answer (self, "alone/dev", "one");

  /* What makes no sense is said by the one who was asked. */
  cli_fixture_run (self, 2, "deploy", "alone/dev", "no tag", "--no-wait", NULL);
  cli_assert_contains (self->errors, "no tag");
  cli_fixture_run (self, 1, "promote", "alone/dev", "--no-wait", NULL);

  remove_project (self, "alone");
}

static void
test_what_runs_can_be_stopped_and_started (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();

  push ("DW_TEST_REGISTRY", "stopped:v1", "--version", "one", "--healthcheck", "ok", NULL);
  add_project (self, "DW_TEST_REGISTRY", "stopped");
  cli_fixture_run (self, 0, "deploy", "stopped/dev", "v1", NULL);

  cli_fixture_run (self, 0, "stop", "stopped/dev", NULL);
  g_autoptr (JsonNode) status = cli_fixture_run_json (self, 0, "status", "stopped", NULL);
  JsonObject *row = json_array_get_object_element (json_node_get_array (status), 0);
  g_assert_cmpstr (json_object_get_string_member (row, "state"), ==, "stopped");
  g_assert_cmpstr (json_object_get_string_member (row, "tag"), ==, "v1");

  cli_fixture_run (self, 0, "start", "stopped/dev", NULL);
  cli_fixture_run (self, 0, "restart", "stopped/dev", NULL);
  g_autoptr (JsonNode) again = cli_fixture_run_json (self, 0, "status", NULL);
  row = json_array_get_object_element (json_node_get_array (again), 0);
  g_assert_cmpstr (json_object_get_string_member (row, "state"), ==, "running");

  /* Without its engine, what is known of it is shown all the same. */
  g_autofree char *engine = g_strdup (g_environ_getenv (self->environment, "DOCKER_HOST"));
  g_autofree char *nobody = g_strconcat ("unix://", self->directory, "/nobody.sock", NULL);
  cli_fixture_set_variable (self, "DOCKER_HOST", nobody);
  g_autoptr (JsonNode) unreachable = cli_fixture_run_json (self, 4, "status", NULL);
  row = json_array_get_object_element (json_node_get_array (unreachable), 0);
  g_assert_cmpstr (json_object_get_string_member (row, "state"), ==, "unreachable");
  g_assert_cmpstr (json_object_get_string_member (row, "tag"), ==, "v1");
  cli_fixture_run (self, 4, "remove", "stopped/dev", NULL);
  cli_fixture_set_variable (self, "DOCKER_HOST", engine);

  remove_project (self, "stopped");
  cli_fixture_run (self, 3, "status", "stopped", NULL);
}

/* For scripts: 10 is that there is something newer, 0 that there is not. */
static void
test_check_says_whether_something_is_newer (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();

  push ("DW_TEST_REGISTRY", "checked:v1", "--version", "one", NULL);
  add_project (self, "DW_TEST_REGISTRY", "checked");
  cli_fixture_run (self, 0, "stage", "edit", "checked/dev", "--policy", "glob:v*", NULL);
  cli_fixture_run (self, 0, "deploy", "checked/dev", "v1", NULL);
  cli_fixture_run (self, 0, "check", NULL);

  push ("DW_TEST_REGISTRY", "checked:v2", "--version", "two", NULL);
  g_autoptr (JsonNode) node = cli_fixture_run_json (self, 10, "check", NULL);
  JsonArray *newer = json_object_get_array_member (json_node_get_object (node), "newer");
  g_assert_cmpuint (json_array_get_length (newer), ==, 1);
  JsonObject *row = json_array_get_object_element (newer, 0);
  g_assert_cmpstr (json_object_get_string_member (row, "stage"), ==, "checked/dev");
  g_assert_cmpstr (json_object_get_string_member (row, "current_tag"), ==, "v1");
  g_assert_cmpstr (json_object_get_string_member (row, "tag"), ==, "v2");
  assert_answer (self, "checked/dev", "one");

  cli_fixture_run (self, 0, "skip", "checked/dev", NULL);
  cli_fixture_run (self, 0, "check", NULL);
  remove_project (self, "checked");
}

/* --- What can go wrong -------------------------------------------------------------------------
 */

static void
test_each_failure_is_clear_and_in_the_history (void)
{
  static const struct
  {
    const char *tag;
    const char *option;
    const char *value;
    int status;
    const char *code;
  } cases[] = {
    { "v2", NULL, NULL, 3, "not_found" },
    { "v3", "--broken", "exit", 1, "exited" },
    { "v4", "--arch", "s390x", 1, "platform" },
  };
  g_autoptr (CliFixture) self = cli_fixture_new ();

  push ("DW_TEST_REGISTRY", "failing:v1", "--version", "one", NULL);
  add_project (self, "DW_TEST_REGISTRY", "failing");
  cli_fixture_run (self, 0, "deploy", "failing/dev", "v1", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = g_strconcat ("failing:", cases[i].tag, NULL);

      if (cases[i].option != NULL)
        push ("DW_TEST_REGISTRY", name, cases[i].option, cases[i].value, NULL);

      g_autoptr (JsonNode) node = cli_fixture_run_json (self, cases[i].status, "deploy",
                                                        "failing/dev", cases[i].tag, NULL);
      g_assert_cmpstr (get_error_code (node), ==, cases[i].code);
      assert_deploy (self, "failing/dev", 0, cases[i].tag, "cli", "failed");
      assert_answer (self, "failing/dev", "one");
    }

  /* The output of the container that ended at once is in the log. */
  g_autoptr (JsonObject) exited = get_deploy (self, "failing/dev", 1);
  cli_fixture_run (self, 0, "log", json_object_get_string_member (exited, "id"), NULL);
  cli_assert_contains (self->output, "the configuration is missing");

  remove_project (self, "failing");
}

static void
test_an_image_that_nobody_has (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();

  add_project (self, "DW_TEST_REGISTRY", "nobody");
  g_autoptr (JsonNode) node = cli_fixture_run_json (self, 3, "deploy", "nobody/dev", "v1", NULL);
  g_assert_cmpstr (get_error_code (node), ==, "not_found");
  assert_deploy (self, "nobody/dev", 0, "v1", "cli", "failed");

  remove_project (self, "nobody");
}

static void
test_a_refused_login (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();

  push ("DW_TEST_AUTH_REGISTRY", "private:v1", NULL);
  add_project (self, "DW_TEST_AUTH_REGISTRY", "private");
  g_autoptr (JsonNode) node = cli_fixture_run_json (self, 1, "deploy", "private/dev", "v1", NULL);
  g_assert_cmpstr (get_error_code (node), ==, "unauthorized");
  assert_deploy (self, "private/dev", 0, "v1", "cli", "failed");

  remove_project (self, "private");
}

static void
test_a_port_in_use (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *port = g_strdup_printf (
      "%d", g_socket_listener_add_any_inet_port (listener, NULL, &error));

  g_assert_no_error (error);
  push ("DW_TEST_REGISTRY", "squeezed:v1", NULL);
  add_project (self, "DW_TEST_REGISTRY", "squeezed");
  cli_fixture_run (self, 0, "stage", "edit", "squeezed/dev", "--host-port", port, NULL);
  g_autoptr (JsonNode) node = cli_fixture_run_json (self, 1, "deploy", "squeezed/dev", "v1", NULL);
  g_assert_cmpstr (get_error_code (node), ==, "port_in_use");
  assert_deploy (self, "squeezed/dev", 0, "v1", "cli", "failed");

  /* The container never ran, and said nothing. */
  g_autoptr (JsonObject) deploy = get_deploy (self, "squeezed/dev", 0);
  cli_fixture_run (self, 0, "log", json_object_get_string_member (deploy, "id"), NULL);
  g_assert_null (strstr (self->output, "last output"));

  remove_project (self, "squeezed");
}

/* Whoever writes past the program gets the schema's answer, and what that lets through a clear one.
 */
static void
test_an_environment_that_is_none (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();
  g_autofree char *path = g_build_filename (self->directory, "data", "docker-watcher",
                                            "docker-watcher.db", NULL);
  sqlite3 *database = NULL;

  push ("DW_TEST_REGISTRY", "foreign:v1", "--version", "one", NULL);
  add_project (self, "DW_TEST_REGISTRY", "foreign");
  cli_fixture_run (self, 0, "deploy", "foreign/dev", "v1", NULL);

  g_assert_cmpint (sqlite3_open (path, &database), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (database, "UPDATE projects SET env = 'A=1'", NULL, NULL, NULL), ==,
                   SQLITE_CONSTRAINT);
  g_assert_cmpint (
      sqlite3_exec (database, "UPDATE projects SET env = '{\"PORT\": 1}'", NULL, NULL, NULL), ==,
      SQLITE_OK);
  sqlite3_close (database);

  g_autoptr (JsonNode) node = cli_fixture_run_json (self, 1, "deploy", "foreign/dev", "v1", NULL);
  g_assert_cmpstr (get_error_code (node), ==, "invalid");
  g_autoptr (JsonObject) deploy = get_deploy (self, "foreign/dev", 0);
  const char *error = json_object_get_string_member (deploy, "error");
  cli_assert_contains (error, "“dev” of “foreign”");
  cli_assert_contains (error, "“PORT” is not a string");
  assert_deploy (self, "foreign/dev", 0, "v1", "cli", "failed");
  assert_answer (self, "foreign/dev", "one");

  remove_project (self, "foreign");
}

static void
test_what_is_not_an_engine (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();
  g_autofree char *engine = g_strdup (g_getenv ("DOCKER_HOST"));
  g_autofree char *registry = g_strconcat ("tcp://", g_getenv ("DW_TEST_REGISTRY"), NULL);

  push ("DW_TEST_REGISTRY", "misled:v1", "--version", "one", NULL);
  add_project (self, "DW_TEST_REGISTRY", "misled");
  cli_fixture_run (self, 0, "deploy", "misled/dev", "v1", NULL);

  cli_fixture_set_variable (self, "DOCKER_HOST", registry);
  g_autoptr (JsonNode) node = cli_fixture_run_json (self, 4, "deploy", "misled/dev", "v1", NULL);
  g_assert_cmpstr (get_error_code (node), ==, "not_an_engine");
  g_autoptr (JsonObject) deploy = get_deploy (self, "misled/dev", 0);
  cli_assert_contains (json_object_get_string_member (deploy, "error"), registry);
  assert_deploy (self, "misled/dev", 0, "v1", "cli", "failed");

  cli_fixture_set_variable (self, "DOCKER_HOST", engine);
  assert_answer (self, "misled/dev", "one");
  remove_project (self, "misled");
}

/* Waits until the newest deploy of the stage is at @status. */
static void
await_status (CliFixture *self, const char *stage, const char *status)
{
  gint64 end_us = g_get_monotonic_time () + PATIENCE_US;

  while (TRUE)
    {
      g_autoptr (JsonObject) deploy = get_deploy (self, stage, 0);

      if (g_str_equal (json_object_get_string_member (deploy, "status"), status))
        return;
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_usleep (POLL_INTERVAL_US);
    }
}

static void
test_a_signal_cancels (void)
{
  static const int signal_numbers[] = { SIGINT, SIGTERM };
  static const char *const words[] = { "deploy", "patient/dev", "v2", NULL };
  g_autoptr (CliFixture) self = cli_fixture_new ();

  push ("DW_TEST_REGISTRY", "patient:v1", "--version", "one", NULL);
  push ("DW_TEST_REGISTRY", "patient:v2", "--broken", "hang", NULL);
  add_project (self, "DW_TEST_REGISTRY", "patient");
  cli_fixture_run (self, 0, "deploy", "patient/dev", "v1", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (signal_numbers); i++)
    {
      g_autoptr (GSubprocess) process = cli_fixture_start (self, words);
      g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);
      g_autoptr (GBytes) errors = NULL;
      g_autoptr (GError) error = NULL;

      await_status (self, "patient/dev", "health_checking");
      g_subprocess_send_signal (process, signal_numbers[i]);
      g_subprocess_communicate (process, nothing, NULL, NULL, &errors, &error);
      g_assert_no_error (error);
      g_assert_true (g_subprocess_get_if_exited (process));
      g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 1);

      g_autofree char *text = g_strndup (g_bytes_get_data (errors, NULL),
                                         g_bytes_get_size (errors));
      cli_assert_contains (text, "Cancelled");
      assert_deploy (self, "patient/dev", 0, "v2", "cli", "failed");
      assert_answer (self, "patient/dev", "one");
    }

  remove_project (self, "patient");
}

/* --- Output ------------------------------------------------------------------------------------
 */

static void
test_logs_are_lines (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();
  g_autoptr (GError) error = NULL;

  push ("DW_TEST_REGISTRY", "spoken:v1", "--version", "one", NULL);
  add_project (self, "DW_TEST_REGISTRY", "spoken");
  cli_fixture_run (self, 1, "logs", "spoken/dev", NULL);
  cli_fixture_run (self, 0, "deploy", "spoken/dev", "v1", NULL);

  cli_fixture_run (self, 0, "logs", "spoken/dev", NULL);
  g_assert_cmpstr (self->output, ==, "version one, port 8080\n");
  g_autoptr (JsonNode) node = cli_fixture_run_json (self, 0, "logs", "spoken/dev", NULL);
  JsonObject *line = json_node_get_object (node);
  g_assert_cmpstr (json_object_get_string_member (line, "line"), ==, "version one, port 8080");
  g_assert_cmpstr (json_object_get_string_member (line, "stream"), ==, "stdout");

  /* Following ends with a signal, and that is no failure. */
  static const char *const words[] = { "logs", "-f", "spoken/dev", NULL };
  g_autoptr (GSubprocess) process = cli_fixture_start (self, words);
  g_autoptr (GDataInputStream)
      stream = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  g_autofree char *first = g_data_input_stream_read_line (stream, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (first, ==, "version one, port 8080");
  g_subprocess_send_signal (process, SIGINT);
  g_subprocess_wait (process, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);

  remove_project (self, "spoken");
}

static void
test_a_terminal_sees_one_live_line (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();

  push ("DW_TEST_REGISTRY", "seen:v1", "--big", "8", NULL);
  add_project (self, "DW_TEST_REGISTRY", "seen");

  g_autofree char *text = cli_fixture_run_on_terminal (self, "deploy", "seen/dev", "v1", NULL);
  cli_assert_contains (text, "\r\033[Kseen/dev  ");
  cli_assert_contains (text, "\033[32mdeployed\033[0m");
  /* All but the last line are rewritten in place. */
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 2);
  g_assert_cmpstr (lines[1], ==, "");

  remove_project (self, "seen");
}

static void
test_a_terminal_is_safe_from_containers (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();

  push ("DW_TEST_REGISTRY", "hostile:v1", "--version", "\033]0;owned\007\033[31mred\033[0m", NULL);
  add_project (self, "DW_TEST_REGISTRY", "hostile");
  cli_fixture_run (self, 0, "deploy", "hostile/dev", "v1", NULL);

  g_autofree char *text = cli_fixture_run_on_terminal (self, "logs", "hostile/dev", NULL);
  g_assert_null (strchr (text, '\033'));
  g_assert_null (strchr (text, '\007'));
  cli_assert_contains (text, "\\x1b]0;owned\\x07red");

  remove_project (self, "hostile");
}

static void
test_doctor_finds_all_well (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();
  g_autofree char *open = g_strconcat ("http://", g_getenv ("DW_TEST_REGISTRY"), NULL);
  g_autofree char *private = g_strconcat ("http://", g_getenv ("DW_TEST_AUTH_REGISTRY"), NULL);

  cli_fixture_run (self, 0, "registry", "add", "open", "--url", open, NULL);
  cli_fixture_run (self, 0, "registry", "test", "open", NULL);
  cli_fixture_run (self, 0, "doctor", NULL);
  cli_assert_contains (self->output, "API 1.");
  cli_assert_contains (self->output, "as DOCKER_HOST says");
  cli_assert_contains (self->output, "registry open");

  cli_fixture_run (self, 0, "registry", "add", "private", "--url", private, NULL);
  g_autoptr (JsonNode) node = cli_fixture_run_json (self, 1, "registry", "test", "private", NULL);
  g_assert_cmpstr (get_error_code (node), ==, "unauthorized");
  cli_fixture_run (self, 1, "doctor", NULL);
}

/* Runs docker with these words, as a person does it. */
static void
docker (const char *first, ...)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  va_list arguments;
  int status = 0;

  g_ptr_array_add (words, (gpointer) "docker");
  va_start (arguments, first);
  for (const char *word = first; word != NULL; word = va_arg (arguments, const char *))
    g_ptr_array_add (words, (gpointer) word);
  va_end (arguments);
  g_ptr_array_add (words, NULL);

  g_spawn_sync (NULL, (char **) words->pdata, NULL,
                G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, NULL, &status,
                &error);
  g_assert_no_error (error);
  g_spawn_check_wait_status (status, &error);
  g_assert_no_error (error);
}

static void
test_a_running_container_is_adopted (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();
  g_autofree char *image = g_strdup_printf ("%s/adopted:v1.0.0", g_getenv ("DW_TEST_REGISTRY"));

  push ("DW_TEST_REGISTRY", "adopted:v1.0.0", "--version", "one", NULL);
  docker ("run", "-d", "--name", "found", "-p", "127.0.0.1::8080", "-e", "LOG=debug", image, NULL);

  cli_fixture_run (self, 0, "adopt", NULL);
  cli_assert_contains (self->output, "found");
  cli_assert_contains (self->output, "semver:^1.0.0");
  cli_fixture_run (self, 0, "adopt", "found", "--dry-run", NULL);
  cli_assert_contains (self->output, "Nothing was done. It would become the stage found/main.");
  cli_fixture_run (self, 3, "adopt", "fount", NULL);
  cli_fixture_run (self, 2, "adopt", "found", "--stage", "No Name", NULL);

  g_autoptr (JsonNode) answer = cli_fixture_run_json (self, 0, "adopt", "found", "--project",
                                                      "taken", "--stage", "dev", NULL);
  JsonObject *project = json_object_get_object_member (json_node_get_object (answer), "project");
  g_assert_cmpstr (json_object_get_string_member (project, "name"), ==, "taken");
  g_assert_cmpint (json_object_get_int_member (project, "port"), ==, 8080);
  cli_fixture_run (self, 1, "adopt", "found", "--project", "taken", NULL);

  docker ("rm", "-f", "found", NULL);
  cli_fixture_run (self, 0, "deploy", "taken/dev", NULL);
  assert_answer (self, "taken/dev", "one");
  remove_project (self, "taken");
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  cli_fixture_take_program (argc, argv);

  g_test_add_func ("/cli/engine/the-main-job", test_the_main_job);
  g_test_add_func ("/cli/engine/promotion-takes-what-runs", test_promotion_takes_what_runs);
  g_test_add_func ("/cli/engine/without-waiting-it-goes-on-alone",
                   test_without_waiting_it_goes_on_alone);
  g_test_add_func ("/cli/engine/what-runs-can-be-stopped-and-started",
                   test_what_runs_can_be_stopped_and_started);
  g_test_add_func ("/cli/engine/check-says-whether-something-is-newer",
                   test_check_says_whether_something_is_newer);
  g_test_add_func ("/cli/engine/each-failure-is-clear-and-in-the-history",
                   test_each_failure_is_clear_and_in_the_history);
  g_test_add_func ("/cli/engine/an-image-that-nobody-has", test_an_image_that_nobody_has);
  g_test_add_func ("/cli/engine/a-refused-login", test_a_refused_login);
  g_test_add_func ("/cli/engine/a-port-in-use", test_a_port_in_use);
  g_test_add_func ("/cli/engine/an-environment-that-is-none", test_an_environment_that_is_none);
  g_test_add_func ("/cli/engine/what-is-not-an-engine", test_what_is_not_an_engine);
  g_test_add_func ("/cli/engine/a-signal-cancels", test_a_signal_cancels);
  g_test_add_func ("/cli/engine/logs-are-lines", test_logs_are_lines);
  g_test_add_func ("/cli/engine/a-terminal-sees-one-live-line", test_a_terminal_sees_one_live_line);
  g_test_add_func ("/cli/engine/a-terminal-is-safe-from-containers",
                   test_a_terminal_is_safe_from_containers);
  g_test_add_func ("/cli/engine/doctor-finds-all-well", test_doctor_finds_all_well);
  g_test_add_func ("/cli/engine/a-running-container-is-adopted",
                   test_a_running_container_is_adopted);

  return g_test_run ();
}
