/* test-cli-config.c: the command line exports, imports and says what it would do
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "cli-fixture.h"

static char *
write_file (CliFixture *self, const char *name, const char *text)
{
  char *path = g_build_filename (self->directory, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);

  return path;
}

static char *
read_file (CliFixture *self, const char *name)
{
  g_autofree char *path = g_build_filename (self->directory, name, NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);

  return text;
}

static void
add_shop (CliFixture *self)
{
  cli_fixture_run (self, 0, "project", "add", "shop", "--image", "registry.example.com/shop",
                   "--port", "8080", "--env", "LOG=info", NULL);
  cli_fixture_run (self, 0, "stage", "add", "shop/dev", "--auto", NULL);
  cli_fixture_run (self, 0, "stage", "add", "shop/prod", "--host-port", "8000", NULL);
}

static void
test_an_export_is_imported_elsewhere (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();
  g_autoptr (CliFixture) other = cli_fixture_new ();
  g_autofree char *path = g_build_filename (self->directory, "watcher.yaml", NULL);
  g_autofree char *other_path = g_build_filename (other->directory, "watcher.yaml", NULL);

  add_shop (self);
  cli_fixture_run (self, 0, "export", path, NULL);
  cli_assert_contains (self->output, "keyring");

  cli_fixture_run (other, 0, "import", path, "--replace", NULL);
  cli_assert_contains (other->output, "+ stage shop/prod");
  cli_assert_contains (other->output, "host_port: 8000");
  cli_assert_contains (other->output, "3 added");
  cli_fixture_run (other, 0, "export", other_path, NULL);

  g_autofree char *text = read_file (self, "watcher.yaml");
  g_autofree char *other_text = read_file (other, "watcher.yaml");
  g_assert_cmpstr (text, ==, other_text);

  cli_fixture_run (other, 0, "export", NULL);
  g_assert_cmpstr (other->output, ==, text);
}

/* The environment may hold secrets. */
static void
test_an_export_is_for_its_owner_alone (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();
  g_autofree char *path = g_build_filename (self->directory, "watcher.yaml", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;

  cli_fixture_run (self, 0, "export", path, NULL);

  g_autoptr (GFileInfo)
      info = g_file_query_info (file, "unix::mode", G_FILE_QUERY_INFO_NONE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_file_info_get_attribute_uint32 (info, "unix::mode") & 077, ==, 0);
}

static void
test_json_is_read_as_well (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();

  add_shop (self);
  g_autoptr (JsonNode) exported = cli_fixture_run_json (self, 0, "export", NULL);
  JsonObject *projects = json_object_get_object_member (json_node_get_object (exported),
                                                        "projects");
  JsonObject *shop = json_object_get_object_member (projects, "shop");
  g_assert_cmpint (json_object_get_int_member (shop, "port"), ==, 8080);

  g_autofree char *path = write_file (self, "watcher.json", self->output);
  cli_fixture_run (self, 0, "import", path, "--replace", NULL);
  cli_assert_contains (self->output, "Nothing to do");
}

static void
test_a_dry_run_does_nothing (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();
  g_autofree char *path = write_file (self, "a.yaml",
                                      "projects: {shop: {port: 9090, env: {LOG: debug}}}");

  add_shop (self);
  cli_fixture_run (self, 0, "import", path, "--dry-run", NULL);
  cli_assert_contains (self->output, "~ project shop");
  cli_assert_contains (self->output, "port: 8080 → 9090");
  cli_assert_contains (self->output, "env.LOG: info → debug");
  cli_assert_contains (self->output, "Nothing was done");

  g_autoptr (JsonNode) plan = cli_fixture_run_json (self, 0, "import", path, "--dry-run", NULL);
  JsonObject *object = json_node_get_object (plan);
  g_assert_false (json_object_get_boolean_member (object, "applied"));
  JsonObject *change = json_array_get_object_element (
      json_object_get_array_member (object, "changes"), 0);
  g_assert_cmpstr (json_object_get_string_member (change, "action"), ==, "change");
  g_assert_cmpstr (json_object_get_string_member (change, "type"), ==, "project");
  JsonObject *field = json_array_get_object_element (
      json_object_get_array_member (change, "fields"), 0);
  g_assert_cmpstr (json_object_get_string_member (field, "old"), ==, "8080");
  g_assert_cmpstr (json_object_get_string_member (field, "new"), ==, "9090");

  cli_fixture_run (self, 0, "export", NULL);
  cli_assert_contains (self->output, "port: 8080");
}

static void
test_a_replacement_is_said_line_by_line (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();
  g_autofree char *path = write_file (self, "a.yaml",
                                      "projects: {shop: {image: registry.example.com/shop, "
                                      "stages: {prod: }}}");

  add_shop (self);
  cli_fixture_run (self, 0, "import", path, "--replace", NULL);
  cli_assert_contains (self->output, "- stage shop/dev");
  cli_assert_contains (self->output, "host_port: 8000 → 0");
  cli_assert_contains (self->output, "0 added, 2 changed, 1 removed");
}

static void
test_a_compose_file_is_recognised (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();
  g_autofree char *path = write_file (self, "compose.yaml",
                                      "name: shop\nservices:\n  web:\n    image: nginx:1.25.3\n"
                                      "    ports: ['8080:80']\n  own:\n    build: .\n");

  cli_fixture_run (self, 0, "import", path, NULL);
  cli_assert_contains (self->output, "+ project shop-web");
  cli_assert_contains (self->output, "own: It is not imported");
  cli_fixture_run (self, 2, "import", path, "--replace", NULL);

  g_autoptr (JsonNode) again = cli_fixture_run_json (self, 0, "import", path, NULL);
  JsonObject *object = json_node_get_object (again);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "changes")), ==,
                    0);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "notes")), >, 0);
}

static void
test_a_file_is_read_from_standard_input (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();
  static const char text[] = "projects: {shop: {image: nginx}}";

  self->input = g_bytes_new_static (text, strlen (text));
  cli_fixture_run (self, 0, "import", "-", NULL);
  cli_assert_contains (self->output, "+ project shop");
}

static void
test_what_is_wrong_says_where (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();
  g_autofree char *path = write_file (self, "a.yaml", "projects:\n  shop:\n    imge: nginx\n");
  g_autofree char *missing = g_build_filename (self->directory, "missing.yaml", NULL);

  cli_fixture_run (self, 2, "import", path, NULL);
  cli_assert_contains (self->errors, "line 3, column 5");
  cli_assert_contains (self->errors, "did you mean “image”?");
  cli_fixture_run (self, 3, "import", missing, NULL);
  cli_fixture_run (self, 2, "import", NULL);
  cli_fixture_run (self, 1, "export", self->directory, NULL);

  g_autoptr (JsonNode) answer = cli_fixture_run_json (self, 2, "import", path, NULL);
  JsonObject *error = json_object_get_object_member (json_node_get_object (answer), "error");
  g_assert_cmpstr (json_object_get_string_member (error, "code"), ==, "invalid");
}

static void
test_adopting_needs_an_engine (void)
{
  g_autoptr (CliFixture) self = cli_fixture_new ();

  cli_fixture_set_variable (self, "DOCKER_HOST", "unix:///nonexistent/engine.sock");
  cli_fixture_run (self, 4, "adopt", NULL);
  cli_fixture_run (self, 4, "adopt", "web", NULL);
  cli_fixture_run (self, 2, "adopt", "--project", "shop", NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  cli_fixture_take_program (argc, argv);

  g_test_add_func ("/cli/config/an-export-is-imported-elsewhere",
                   test_an_export_is_imported_elsewhere);
  g_test_add_func ("/cli/config/an-export-is-for-its-owner-alone",
                   test_an_export_is_for_its_owner_alone);
  g_test_add_func ("/cli/config/json-is-read-as-well", test_json_is_read_as_well);
  g_test_add_func ("/cli/config/a-dry-run-does-nothing", test_a_dry_run_does_nothing);
  g_test_add_func ("/cli/config/a-replacement-is-said-line-by-line",
                   test_a_replacement_is_said_line_by_line);
  g_test_add_func ("/cli/config/a-compose-file-is-recognised", test_a_compose_file_is_recognised);
  g_test_add_func ("/cli/config/a-file-is-read-from-standard-input",
                   test_a_file_is_read_from_standard_input);
  g_test_add_func ("/cli/config/what-is-wrong-says-where", test_what_is_wrong_says_where);
  g_test_add_func ("/cli/config/adopting-needs-an-engine", test_adopting_needs_an_engine);

  return g_test_run ();
}
