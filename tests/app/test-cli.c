/* test-cli.c: the command line, as far as it needs no engine
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "cli-fixture.h"

static const char *const verbs[] = {
  "project add",  "project edit",  "project list",   "project show",  "project remove",
  "stage add",    "stage edit",    "stage list",     "stage show",    "stage remove",
  "registry add", "registry list", "registry test",  "registry tags", "registry remove",
  "deploy",       "promote",       "rollback",       "stop",          "start",
  "restart",      "remove",        "status",         "history",       "log",
  "logs",         "settings list", "settings get",   "settings set",  "doctor",
  "import",       "export",        "adopt",          "help",          "check",
  "skip",         "snooze",        "webhook secret", "webhook show",  "guard",
  "repair",       "proxy test",    "proxy login",    "proxy logout",  "notify test",
  "notify login", "notify logout", "notify deliver",
};

static const char *
get_error_code (JsonNode *node)
{
  g_assert_true (JSON_NODE_HOLDS_OBJECT (node));
  JsonObject *error = json_object_get_object_member (json_node_get_object (node), "error");

  g_assert_cmpstr (json_object_get_string_member (error, "message"), !=, "");
  return json_object_get_string_member (error, "code");
}

static void
add_shop (CliFixture *self)
{
  cli_fixture_run (self, 0, "project", "add", "shop", "--image", "localhost:5000/shop", NULL);
  cli_fixture_run (self, 0, "stage", "add", "shop/dev", NULL);
}

static void
test_help_of_every_verb (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();

  cli_fixture_run (self, 0, "--help", NULL);
  g_autofree char *overview = g_strdup (self->output);

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      g_auto (GStrv) words = g_strsplit (verbs[i], " ", 2);

      cli_fixture_run (self, 0, words[0], words[1] != NULL ? words[1] : "--help", "--help", NULL);
      g_assert_true (g_str_has_prefix (self->output, "Usage: docker-watcher "));
      cli_assert_contains (self->output, verbs[i]);
      cli_assert_contains (self->output, "--json");
      g_assert_cmpstr (self->errors, ==, "");
      cli_assert_contains (overview, verbs[i]);
    }
}

static void
test_help_of_a_group (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();

  cli_fixture_run (self, 0, "project", "--help", NULL);
  cli_assert_contains (self->output, "Usage: docker-watcher project VERB");
  cli_assert_contains (self->output, "project remove NAME");
  g_assert_null (strstr (self->output, "stage add"));
  g_autofree char *first = g_strdup (self->output);
  cli_fixture_run (self, 0, "help", "project", NULL);
  g_assert_cmpstr (self->output, ==, first);

  g_autoptr (JsonNode) node = cli_fixture_run_json (self, 0, "registry", "-h", NULL);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (node)), ==, 5);
  cli_fixture_run (self, 2, "projcet", "--help", NULL);
}

static void
test_version (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();

  cli_fixture_run (self, 0, "--version", NULL);
  g_assert_cmpstr (self->output, ==, "docker-watcher " DW_VERSION "\n");
}

static void
test_usage_errors_name_the_nearest (void)
{
  static const struct
  {
    const char *words[6];
    const char *suggestion;
  } cases[] = {
    { { "projcet", "list" }, "project" },
    { { "deplyo", "shop/dev" }, "deploy" },
    { { "project", "lits" }, "list" },
    { { "project", "add", "shop", "--imgae", "x" }, "--image" },
    { { "status", "--josn" }, "--json" },
    { { "settings", "get", "engine_adress" }, "engine_address" },
    { { "settings", "set", "proxy_kind", "cady" }, "caddy" },
    { { "project", "add", "a", "--image=a", "--health=htp" }, "http" },
    { { "project", "add", "a", "--image=a", "--restart=onfailure" }, "on-failure" },
  };
  g_autoptr (CliFixture) self = cli_fixture_new ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *const *w = cases[i].words;

      cli_fixture_run (self, 2, w[0], w[1], w[2], w[3], w[4], NULL);
      g_assert_true (g_str_has_prefix (self->errors, "docker-watcher: "));
      g_assert_cmpstr (self->output, ==, "");
      cli_assert_contains (self->errors, "did you mean");
      cli_assert_contains (self->errors, cases[i].suggestion);
    }
}

static void
test_a_lone_option_is_no_window (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();

  cli_fixture_run (self, 2, "--nonsense", NULL);
  cli_assert_contains (self->errors, "“--nonsense”");
  g_autoptr (JsonNode) node = cli_fixture_run_json (self, 2, "-x", NULL);
  g_assert_cmpstr (get_error_code (node), ==, "usage");
}

static void
test_without_a_display_it_says_so (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();

  cli_fixture_set_variable (self, "DISPLAY", "");
  cli_fixture_set_variable (self, "WAYLAND_DISPLAY", "none");
  cli_fixture_run (self, 1, NULL, NULL);
  g_assert_true (g_str_has_prefix (self->errors, "docker-watcher: There is no display"));
}

static void
test_usage_errors_are_json_when_asked (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();
  g_autoptr (JsonNode) unknown = cli_fixture_run_json (self, 2, "projcet", NULL);
  g_autoptr (JsonNode) missing = cli_fixture_run_json (self, 2, "project", "show", NULL);
  g_autoptr (JsonNode) surplus = cli_fixture_run_json (self, 2, "project", "list", "a", NULL);
  g_autoptr (JsonNode) absent = cli_fixture_run_json (self, 3, "project", "show", "shop", NULL);

  g_assert_cmpstr (get_error_code (unknown), ==, "usage");
  g_assert_cmpstr (get_error_code (missing), ==, "usage");
  g_assert_cmpstr (get_error_code (surplus), ==, "usage");
  g_assert_cmpstr (get_error_code (absent), ==, "not_found");
}

static void
test_a_check_without_stages_finds_nothing (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();
  g_autoptr (JsonNode) node = cli_fixture_run_json (self, 0, "check", NULL);
  JsonObject *answer = json_node_get_object (node);

  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (answer, "newer")), ==, 0);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (answer, "problems")), ==,
                    0);
  cli_fixture_run (self, 3, "check", "nowhere", NULL);
}

static void
test_a_check_says_what_it_cannot_reach (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();

  cli_fixture_run (self, 0, "registry", "add", "hub", "--url", "http://127.0.0.1:1", NULL);
  cli_fixture_run (self, 0, "project", "add", "shop", "--image", "127.0.0.1:1/shop", NULL);
  cli_fixture_run (self, 0, "stage", "add", "shop/prod", NULL);
  g_autoptr (JsonNode) node = cli_fixture_run_json (self, 4, "check", "hub", NULL);
  JsonArray *problems = json_object_get_array_member (json_node_get_object (node), "problems");
  JsonObject *problem = json_array_get_object_element (problems, 0);
  g_assert_cmpstr (json_object_get_string_member (problem, "registry"), ==, "hub");
  g_assert_cmpstr (json_object_get_string_member (problem, "code"), ==, "registry_unreachable");
}

static void
test_a_snooze_has_an_end (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();

  add_shop (self);
  cli_fixture_run (self, 2, "snooze", "shop/dev", "soon", NULL);
  cli_fixture_run (self, 3, "snooze", "shop/nowhere", "3d", NULL);
  cli_fixture_run (self, 3, "skip", "shop/dev", NULL);
  g_autoptr (JsonNode)
      node = cli_fixture_run_json (self, 0, "snooze", "shop/dev", "2030-01-02T03:04:05Z", NULL);
  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (node), "snoozed_until"), ==,
                   "2030-01-02T03:04:05.000Z");
  g_autoptr (JsonNode) off = cli_fixture_run_json (self, 0, "snooze", "shop/dev", "off", NULL);
  g_assert_true (json_object_get_null_member (json_node_get_object (off), "snoozed_until"));
}

static void
test_project_keeps_what_was_said (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();
  g_autofree char *file = g_build_filename (self->directory, "variables", NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (file, "# comment\n\nFROM_FILE=1\r\nBOTH=file\n", -1, &error);
  g_assert_no_error (error);
  cli_fixture_run (self, 0, "project", "add", "shop", "--image", "localhost:5000/shop", "--port",
                   "8080", "--health", "http:/health", "--health-interval", "250ms",
                   "--health-timeout", "2s", "--health-retries", "7", "--env", "BOTH=option",
                   "--env", "EQUALS=a=b", "--env-file", file, "--volume", "data:/data:ro",
                   "--command", "serve --now", "--memory", "512m", "--cpus", "1.5", "--restart",
                   "no", NULL);

  g_autoptr (JsonNode) node = cli_fixture_run_json (self, 0, "project", "show", "shop", NULL);
  JsonObject *shop = json_node_get_object (node);
  JsonObject *env = json_object_get_object_member (shop, "env");
  JsonArray *volumes = json_object_get_array_member (shop, "volumes");
  g_assert_cmpint (json_object_get_int_member (shop, "port"), ==, 8080);
  g_assert_cmpstr (json_object_get_string_member (shop, "health_kind"), ==, "http");
  g_assert_cmpstr (json_object_get_string_member (shop, "health_path"), ==, "/health");
  g_assert_cmpint (json_object_get_int_member (shop, "health_interval_ms"), ==, 250);
  g_assert_cmpint (json_object_get_int_member (shop, "health_timeout_ms"), ==, 2000);
  g_assert_cmpint (json_object_get_int_member (shop, "memory_limit_bytes"), ==, 512 * 1024 * 1024);
  g_assert_cmpint (json_object_get_int_member (shop, "cpu_limit_millis"), ==, 1500);
  g_assert_cmpstr (json_object_get_string_member (shop, "restart_policy"), ==, "no");
  g_assert_cmpstr (json_object_get_string_member (env, "FROM_FILE"), ==, "1");
  g_assert_cmpstr (json_object_get_string_member (env, "BOTH"), ==, "option");
  g_assert_cmpstr (json_object_get_string_member (env, "EQUALS"), ==, "a=b");
  g_assert_cmpstr (json_array_get_string_element (volumes, 0), ==, "data:/data:ro");
}

static void
test_edit_changes_only_what_is_named (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();

  cli_fixture_run (self, 0, "project", "add", "shop", "--image", "shop", "--port", "8080", "-e",
                   "A=1", "-e", "B=2", "--command", "serve", NULL);
  cli_fixture_run (self, 0, "project", "edit", "shop", "--name", "store", "-e", "A=3",
                   "--unset-env", "B", "--command", "", NULL);

  g_autoptr (JsonNode) node = cli_fixture_run_json (self, 0, "project", "show", "store", NULL);
  JsonObject *store = json_node_get_object (node);
  JsonObject *env = json_object_get_object_member (store, "env");
  g_assert_cmpint (json_object_get_int_member (store, "port"), ==, 8080);
  g_assert_cmpstr (json_object_get_string_member (env, "A"), ==, "3");
  g_assert_false (json_object_has_member (env, "B"));
  g_assert_true (json_object_get_null_member (store, "command"));
}

static void
test_stages_stand_in_the_order_they_were_added (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();

  add_shop (self);
  cli_fixture_run (self, 0, "stage", "add", "shop/prod", "--policy", "semver:^1", "--confirm",
                   "--host-port", "8000", "--keep", "3", NULL);
  cli_fixture_run (self, 0, "stage", "edit", "shop/prod", "--no-confirm", "--auto", NULL);

  g_autoptr (JsonNode) node = cli_fixture_run_json (self, 0, "stage", "list", "shop", NULL);
  JsonArray *stages = json_node_get_array (node);
  g_assert_cmpuint (json_array_get_length (stages), ==, 2);
  JsonObject *prod = json_array_get_object_element (stages, 1);
  g_assert_cmpstr (json_object_get_string_member (prod, "name"), ==, "prod");
  g_assert_cmpstr (json_object_get_string_member (prod, "project"), ==, "shop");
  g_assert_cmpstr (json_object_get_string_member (prod, "policy_kind"), ==, "semver");
  g_assert_cmpstr (json_object_get_string_member (prod, "policy_pattern"), ==, "^1");
  g_assert_true (json_object_get_boolean_member (prod, "auto_deploy"));
  g_assert_false (json_object_get_boolean_member (prod, "confirm"));
  g_assert_cmpint (json_object_get_int_member (prod, "host_port"), ==, 8000);
  g_assert_cmpint (json_object_get_int_member (prod, "keep"), ==, 3);
}

static void
test_a_stage_keeps_its_restraint (void)
{
  static const char *const bad[][2] = {
    { "--include", "(" },       { "--exclude", "[" },    { "--minimum-age", "soon" },
    { "--minimum-age", "-1h" }, { "--hours", "9 to 5" }, { "--hours", "mon 25:00-26:00" },
  };
  g_autoptr (CliFixture) self = cli_fixture_new ();

  add_shop (self);
  cli_fixture_run (self, 0, "stage", "add", "shop/prod", "--include", "^v", "--exclude", "-rc",
                   "--minimum-age", "1d12h", "--hours", "mon-fri 09:00-17:00", "--pre-pull", NULL);
  cli_fixture_run (self, 0, "stage", "edit", "shop/prod", "--exclude", "", "--no-pre-pull", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    cli_fixture_run (self, 2, "stage", "edit", "shop/prod", bad[i][0], bad[i][1], NULL);

  g_autoptr (JsonNode) node = cli_fixture_run_json (self, 0, "stage", "show", "shop/prod", NULL);
  JsonObject *prod = json_node_get_object (node);
  g_assert_cmpstr (json_object_get_string_member (prod, "policy_include"), ==, "^v");
  g_assert_true (json_object_get_null_member (prod, "policy_exclude"));
  g_assert_cmpint (json_object_get_int_member (prod, "minimum_age_s"), ==, 36 * 3600);
  g_assert_cmpstr (json_object_get_string_member (prod, "allowed_hours"), ==,
                   "mon-fri 09:00-17:00");
  g_assert_false (json_object_get_boolean_member (prod, "pre_pull"));
  g_assert_cmpstr (json_object_get_string_member (prod, "newer_state"), ==, "none");
}

static void
test_bad_input_is_refused_and_leaves_nothing (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();
  g_autofree char *endless = g_strnfill (10000, 'a');
  g_autofree char *missing = g_build_filename (self->directory, "nothing", NULL);
  const struct
  {
    const char *name;
    const char *option;
    const char *value;
    int status;
  } cases[] = {
    { endless, "--port", "1", 2 },
    { "two\nlines", "--port", "1", 2 },
    { "", "--port", "1", 2 },
    { "\xff\xfe", "--port", "1", 2 },
    { "a", "--image", "has space", 2 },
    { "a", "--image", "shop:v1", 2 },
    { "a", "--command", "\xff", 2 },
    { "a", "--command", "one\ntwo", 2 },
    { "a", "--command", "'unfinished", 2 },
    { "a", "--port", "65536", 2 },
    { "a", "--port", "-1", 2 },
    { "a", "--port", "eighty", 2 },
    { "a", "--port", "99999999999999999999", 2 },
    { "a", "--health", "http:no-slash", 2 },
    { "a", "--health", "tcp:/path", 2 },
    { "a", "--health-status", "42", 2 },
    { "a", "--health-interval", "1y", 2 },
    { "a", "--health-interval", "1", 0 },
    { "b", "--health-interval", "0x10", 2 },
    { "b", "--env", "{\"A\": 1}", 2 },
    { "b", "--env", "=value", 2 },
    { "b", "--env-file", missing, 3 },
    { "b", "--env-file", "/dev/zero", 2 },
    { "b", "--volume", "/only-one", 2 },
    { "b", "--memory", "1m", 2 },
    { "b", "--memory", "lots", 2 },
    { "b", "--memory", "99999t", 2 },
    { "b", "--cpus", "nan", 2 },
    { "b", "--cpus", "2000", 2 },
    { "b", "--registry", "nowhere", 3 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("case %u: %s", i, cases[i].option);
      cli_fixture_run (self, cases[i].status, "project", "add", "--image", "shop", cases[i].option,
                       cases[i].value, "--", cases[i].name, NULL);
      if (cases[i].status != 0)
        {
          g_assert_true (g_str_has_prefix (self->errors, "docker-watcher: "));
          g_assert_cmpuint (strlen (self->errors), <, 1000);
          /* One line, whatever was in the input. */
          g_assert_true (strchr (self->errors, '\n') == strrchr (self->errors, '\n'));
        }
    }

  g_autoptr (JsonNode) node = cli_fixture_run_json (self, 0, "project", "list", NULL);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (node)), ==, 1);
}

static void
test_a_stage_with_a_bad_policy_is_refused (void)
{
  static const char *const policies[] = { "semver", "semver:not a range", "regex:(",
                                          "glob:",  "best:one",           "" };
  g_autoptr (CliFixture) self = cli_fixture_new ();

  add_shop (self);
  for (guint i = 0; i < G_N_ELEMENTS (policies); i++)
    cli_fixture_run (self, 2, "stage", "add", "shop/prod", "--policy", policies[i], NULL);
  cli_fixture_run (self, 2, "stage", "add", "shop", NULL);
  cli_fixture_run (self, 2, "stage", "add", "shop/", NULL);
  cli_fixture_run (self, 2, "stage", "add", "shop/a/b", NULL);
  cli_fixture_run (self, 3, "stage", "add", "shp/prod", NULL);
  cli_assert_contains (self->errors, "did you mean “shop”");
}

static void
test_a_name_is_taken_once (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();

  add_shop (self);
  g_autoptr (JsonNode)
      project = cli_fixture_run_json (self, 1, "project", "add", "shop", "--image", "other", NULL);
  g_autoptr (JsonNode) stage = cli_fixture_run_json (self, 1, "stage", "add", "shop/dev", NULL);

  g_assert_cmpstr (get_error_code (project), ==, "exists");
  g_assert_cmpstr (get_error_code (stage), ==, "exists");
}

static void
test_settings_are_kept (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();

  cli_fixture_run (self, 0, "settings", "set", "base_domain", "apps.example.com", NULL);
  cli_fixture_run (self, 0, "settings", "set", "webhook-enabled", "yes", NULL);
  cli_fixture_run (self, 0, "settings", "set", "max_parallel_deploys", "4", NULL);
  cli_fixture_run (self, 2, "settings", "set", "max_parallel_deploys", "65", NULL);
  cli_fixture_run (self, 2, "settings", "set", "webhook_enabled", "perhaps", NULL);
  cli_fixture_run (self, 2, "settings", "set", "id", "2", NULL);
  cli_fixture_run (self, 2, "settings", "set", "engine_address", "garbage", NULL);
  cli_assert_contains (self->errors, "unix:///PATH or tcp://HOST:PORT");

  cli_fixture_run (self, 0, "settings", "get", "base_domain", NULL);
  g_assert_cmpstr (self->output, ==, "apps.example.com\n");
  g_autoptr (JsonNode) node = cli_fixture_run_json (self, 0, "settings", "list", NULL);
  JsonObject *settings = json_node_get_object (node);
  g_assert_true (json_object_get_boolean_member (settings, "webhook_enabled"));
  g_assert_cmpint (json_object_get_int_member (settings, "max_parallel_deploys"), ==, 4);

  cli_fixture_run (self, 0, "settings", "set", "base_domain", "", NULL);
  g_autoptr (JsonNode)
      reset = cli_fixture_run_json (self, 0, "settings", "get", "base_domain", NULL);
  g_assert_true (json_object_get_null_member (json_node_get_object (reset), "base_domain"));
}

static void
set_input (CliFixture *self, const char *text)
{
  self->input = g_bytes_new (text, strlen (text));
}

static void
test_without_a_keyring_no_half_registry_stays (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();

  cli_fixture_run (self, 0, "registry", "add", "open", "--url", "http://127.0.0.1:1", NULL);
  set_input (self, "secret\n");
  g_autoptr (JsonNode) refused = cli_fixture_run_json (
      self, 1, "registry", "add", "private", "--url", "https://r.example.com", "--username", "me",
      "--password-stdin", NULL);
  g_assert_cmpstr (get_error_code (refused), ==, "no_keyring");
  set_input (self, "");
  cli_fixture_run (self, 2, "registry", "add", "private", "--url", "https://r.example.com",
                   "--username", "me", "--password-stdin", NULL);
  set_input (self, "secret");
  cli_fixture_run (self, 2, "registry", "add", "private", "--url", "https://r.example.com",
                   "--password-stdin", NULL);
  cli_fixture_run (self, 2, "registry", "add", "private", "--url", "ftp://r.example.com", NULL);
  cli_fixture_run (self, 2, "registry", "add", "private", "--url", "https://a:b@r.example.com",
                   NULL);

  g_autoptr (JsonNode) node = cli_fixture_run_json (self, 0, "registry", "list", NULL);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (node)), ==, 1);
  g_autoptr (JsonNode) test = cli_fixture_run_json (self, 4, "registry", "test", "open", NULL);
  g_assert_cmpstr (get_error_code (test), ==, "registry_unreachable");
  cli_fixture_run (self, 3, "registry", "test", "opne", NULL);
  cli_fixture_run (self, 0, "registry", "remove", "open", NULL);
}

static void
test_without_an_engine_it_says_so (void)
{
  static const char *const engine_verbs[] = {
    "deploy", "stop", "start", "restart", "logs", "status"
  };
  g_autoptr (CliFixture) self = cli_fixture_new ();
  g_autofree char *address = g_strconcat ("unix://", self->directory, "/nobody.sock", NULL);

  add_shop (self);
  cli_fixture_set_variable (self, "DOCKER_HOST", address);
  for (guint i = 0; i < G_N_ELEMENTS (engine_verbs); i++)
    {
      const char *verb = engine_verbs[i];
      /* Nothing was deployed, so that some need not even ask the engine. */
      int expected = g_str_equal (verb, "deploy") ? 4 : g_str_equal (verb, "status") ? 0 : 1;

      cli_fixture_run (self, expected, verb, "shop/dev", NULL);
    }
  cli_fixture_run (self, 1, "promote", "shop/dev", NULL);
  cli_fixture_run (self, 1, "rollback", "shop/dev", NULL);
  cli_fixture_run (self, 3, "rollback", "shop/dev", "12345678", NULL);
  cli_fixture_run (self, 3, "log", "12345678", NULL);
  cli_fixture_run (self, 3, "deploy", "shop/dve", NULL);
  cli_fixture_run (self, 0, "history", NULL);
  cli_fixture_run (self, 0, "remove", "shop/dev", NULL);
  cli_fixture_run (self, 3, "status", "shop/dev", NULL);
}

static void
test_with_no_engine_anywhere_the_store_is_shown (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();

  add_shop (self);
  cli_fixture_set_variable (self, "DOCKER_HOST", "ssh://nowhere");
  g_autoptr (JsonNode) status = cli_fixture_run_json (self, 0, "status", "shop/dev", NULL);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (status)), ==, 1);

  cli_fixture_run (self, 1, "deploy", "shop/dev", NULL);
  cli_fixture_run (self, 0, "stage", "remove", "shop/dev", NULL);
  cli_fixture_run (self, 0, "project", "remove", "shop", NULL);
  cli_fixture_run (self, 3, "project", "show", "shop", NULL);
}

/* A web server, which speaks HTTP but is no engine. */
typedef struct
{
  GSocketListener *listener;
  GCancellable *cancellable;
  GThread *thread;
} Stranger;

static gpointer
answer_callers (gpointer user_data)
{
  Stranger *stranger = user_data;
  g_autoptr (GSocketConnection) connection = NULL;

  while ((connection = g_socket_listener_accept (stranger->listener, NULL, stranger->cancellable,
                                                 NULL)) != NULL)
    {
      static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"
                                   "Connection: close\r\n\r\nhello";
      GIOStream *stream = G_IO_STREAM (connection);
      char request[4096];

      g_input_stream_read (g_io_stream_get_input_stream (stream), request, sizeof request, NULL,
                           NULL);
      g_output_stream_write_all (g_io_stream_get_output_stream (stream), answer, strlen (answer),
                                 NULL, NULL, NULL);
      g_clear_object (&connection);
    }

  return NULL;
}

static void
start_stranger (Stranger *stranger, const char *path)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GError) error = NULL;

  stranger->listener = g_socket_listener_new ();
  stranger->cancellable = g_cancellable_new ();
  g_socket_listener_add_address (stranger->listener, address, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL, &error);
  g_assert_no_error (error);
  stranger->thread = g_thread_new ("stranger", answer_callers, stranger);
}

static void
stop_stranger (Stranger *stranger)
{
  g_cancellable_cancel (stranger->cancellable);
  g_thread_join (stranger->thread);
  g_object_unref (stranger->listener);
  g_object_unref (stranger->cancellable);
}

static void
test_what_is_not_an_engine_is_named (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();
  g_autofree char *path = g_build_filename (self->directory, "other.sock", NULL);
  g_autofree char *address = g_strconcat ("unix://", path, NULL);
  Stranger stranger;

  start_stranger (&stranger, path);
  cli_fixture_run (self, 0, "settings", "set", "engine_address", address, NULL);
  add_shop (self);
  g_autoptr (JsonNode) refusal = cli_fixture_run_json (
      self, 4, "deploy", "shop/dev",
      "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", NULL);
  g_autoptr (JsonNode) diagnoses = cli_fixture_run_json (self, 1, "doctor", NULL);
  stop_stranger (&stranger);

  JsonArray *array = json_node_get_array (diagnoses);
  const char *detail = NULL;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *diagnosis = json_array_get_object_element (array, i);

      if (g_str_equal (json_object_get_string_member (diagnosis, "subject"), "engine") &&
          g_str_equal (json_object_get_string_member (diagnosis, "result"), "error"))
        detail = json_object_get_string_member (diagnosis, "detail");
    }
  g_assert_nonnull (detail);
  cli_assert_contains (detail, path);
  g_assert_cmpstr (get_error_code (refusal), ==, "not_an_engine");
}

static void
test_doctor_works_without_a_database (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();
  g_autofree char *folder = g_build_filename (self->directory, "data", "docker-watcher", NULL);
  g_autofree char *path = g_build_filename (folder, "docker-watcher.db", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *after = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_set_contents (path, "this is a letter to my aunt, and no database", -1, &error);
  g_assert_no_error (error);

  cli_fixture_run (self, 1, "doctor", NULL);
  cli_assert_contains (self->output, "database");
  cli_assert_contains (self->output, "keyring");
  g_autoptr (JsonNode) node = cli_fixture_run_json (self, 1, "project", "list", NULL);
  g_assert_cmpstr (get_error_code (node), ==, "not_a_database");
  g_file_get_contents (path, &after, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (after, ==, "this is a letter to my aunt, and no database");
}

static void
test_lists_answer_arrays (void)
{
  static const char *const lists[] = { "project list", "stage list", "registry list", "history" };
  g_autoptr (CliFixture) self = cli_fixture_new ();

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      g_auto (GStrv) words = g_strsplit (lists[i], " ", 2);
      g_autoptr (JsonNode) node = cli_fixture_run_json (self, 0, words[0], words[1], NULL);

      g_assert_true (JSON_NODE_HOLDS_ARRAY (node));
      g_assert_cmpuint (json_array_get_length (json_node_get_array (node)), ==, 0);
    }

  g_autoptr (JsonNode) help = cli_fixture_run_json (self, 0, "help", NULL);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (help)), ==, G_N_ELEMENTS (verbs));
}

static void
test_text_survives_every_locale (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();

  cli_fixture_set_variable (self, "LC_ALL", "C");
  cli_fixture_run (self, 0, "project", "add", "shop", "--image", "shop", "-e", "GREETING=Grüß Gott",
                   NULL);
  g_autoptr (JsonNode) node = cli_fixture_run_json (self, 0, "project", "show", "shop", NULL);
  JsonObject *env = json_object_get_object_member (json_node_get_object (node), "env");
  g_assert_cmpstr (json_object_get_string_member (env, "GREETING"), ==, "Grüß Gott");
}

static void
test_colors_are_for_terminals (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();

  add_shop (self);
  cli_fixture_run (self, 0, "project", "list", NULL);
  g_assert_null (strchr (self->output, '\033'));
  g_autofree char *colored = cli_fixture_run_on_terminal (self, "project", "list", NULL);
  cli_assert_contains (colored, "\033[");
  cli_fixture_set_variable (self, "NO_COLOR", "1");
  g_autofree char *plain = cli_fixture_run_on_terminal (self, "project", "list", NULL);
  g_assert_null (strchr (plain, '\033'));
}

static void
test_columns_are_those_of_a_terminal (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();

  /* Two columns a character, and none for the accent that is put on one. */
  cli_fixture_run (self, 0, "settings", "set", "network", "網路", NULL);
  cli_fixture_run (self, 0, "settings", "set", "proxy_user", "e\xcc\x81t\xc3\xa9", NULL);
  cli_fixture_run (self, 0, "settings", "list", NULL);
  cli_assert_contains (self->output, "network                 網路\n");
  cli_fixture_run (self, 0, "project", "add", "shop", "--image", "shop", NULL);
  cli_fixture_run (self, 0, "stage", "add", "shop/dev", "--policy", "regex:網路e\xcc\x81", NULL);
  cli_fixture_run (self, 0, "stage", "add", "shop/prod", "--policy", "regex:abcdef", NULL);
  cli_fixture_run (self, 0, "stage", "list", NULL);
  cli_assert_contains (self->output, "regex:網路e\xcc\x81   waits");
  cli_assert_contains (self->output, "regex:abcdef  waits");
}

/* A list whose rows wrap is hard to read. */
static void
test_a_row_fits_a_terminal (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();

  add_shop (self);
  for (guint i = 0; i < 9; i++)
    {
      g_autofree char *stage = g_strdup_printf ("shop/stage-%u", i);

      cli_fixture_run (self, 0, "stage", "add", stage, NULL);
    }

  cli_fixture_set_variable (self, "NO_COLOR", "1");
  g_autofree char *text = cli_fixture_run_on_terminal (self, "project", "list", NULL);
  g_auto (GStrv) lines = g_strsplit (text, "\r\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 3);
  g_assert_cmpint (g_utf8_strlen (lines[1], -1), ==, 60);
  g_assert_true (g_str_has_suffix (lines[1], "…"));
  /* Who reads from a pipe gets all of it. */
  cli_fixture_run (self, 0, "project", "list", NULL);
  cli_assert_contains (self->output, "→ stage-8\n");
}

static void
test_what_cannot_be_written_is_not_a_success (void)
{
  static const char *const outputs[] = { "/dev/full", "&-" };

  for (guint i = 0; i < G_N_ELEMENTS (outputs); i++)
    {
      /* A shell says where standard output goes. */
      g_autofree char *command = g_strdup_printf ("\"$0\" help >%s", outputs[i]);
      g_autoptr (GSubprocess) process = g_subprocess_new (
          G_SUBPROCESS_FLAGS_NONE, NULL, "sh", "-c", command, cli_fixture_get_program (), NULL);

      g_assert_nonnull (process);
      g_subprocess_wait (process, NULL, NULL);
      g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 1);
    }
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  cli_fixture_take_program (argc, argv);

  g_test_add_func ("/cli/help/every-verb-has-one", test_help_of_every_verb);
  g_test_add_func ("/cli/help/a-group-has-one", test_help_of_a_group);
  g_test_add_func ("/cli/help/the-version-is-said", test_version);
  g_test_add_func ("/cli/usage/what-was-mistyped-is-suggested", test_usage_errors_name_the_nearest);
  g_test_add_func ("/cli/usage/a-lone-option-is-no-window", test_a_lone_option_is_no_window);
  g_test_add_func ("/cli/usage/without-a-display-it-says-so", test_without_a_display_it_says_so);
  g_test_add_func ("/cli/usage/errors-are-json-when-asked", test_usage_errors_are_json_when_asked);
  g_test_add_func ("/cli/check/without-stages-finds-nothing",
                   test_a_check_without_stages_finds_nothing);
  g_test_add_func ("/cli/check/says-what-it-cannot-reach", test_a_check_says_what_it_cannot_reach);
  g_test_add_func ("/cli/snooze/has-an-end", test_a_snooze_has_an_end);
  g_test_add_func ("/cli/stage/keeps-its-restraint", test_a_stage_keeps_its_restraint);
  g_test_add_func ("/cli/project/keeps-what-was-said", test_project_keeps_what_was_said);
  g_test_add_func ("/cli/project/edit-changes-only-what-is-named",
                   test_edit_changes_only_what_is_named);
  g_test_add_func ("/cli/project/bad-input-is-refused-and-leaves-nothing",
                   test_bad_input_is_refused_and_leaves_nothing);
  g_test_add_func ("/cli/project/a-name-is-taken-once", test_a_name_is_taken_once);
  g_test_add_func ("/cli/stage/stand-in-the-order-they-were-added",
                   test_stages_stand_in_the_order_they_were_added);
  g_test_add_func ("/cli/stage/a-bad-policy-is-refused", test_a_stage_with_a_bad_policy_is_refused);
  g_test_add_func ("/cli/settings/are-kept", test_settings_are_kept);
  g_test_add_func ("/cli/registry/without-a-keyring-no-half-registry-stays",
                   test_without_a_keyring_no_half_registry_stays);
  g_test_add_func ("/cli/engine/without-one-it-says-so", test_without_an_engine_it_says_so);
  g_test_add_func ("/cli/with-no-engine-anywhere-the-store-is-shown",
                   test_with_no_engine_anywhere_the_store_is_shown);
  g_test_add_func ("/cli/engine/what-is-none-is-named", test_what_is_not_an_engine_is_named);
  g_test_add_func ("/cli/doctor/works-without-a-database", test_doctor_works_without_a_database);
  g_test_add_func ("/cli/json/lists-answer-arrays", test_lists_answer_arrays);
  g_test_add_func ("/cli/text/survives-every-locale", test_text_survives_every_locale);
  g_test_add_func ("/cli/text/colors-are-for-terminals", test_colors_are_for_terminals);
  g_test_add_func ("/cli/text/columns-are-those-of-a-terminal",
                   test_columns_are_those_of_a_terminal);
  g_test_add_func ("/cli/text/a-row-fits-a-terminal", test_a_row_fits_a_terminal);
  g_test_add_func ("/cli/text/what-cannot-be-written-is-not-a-success",
                   test_what_cannot_be_written_is_not_a_success);

  return g_test_run ();
}
