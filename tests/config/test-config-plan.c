/* test-config-plan.c: a file does to a store what its plan says, as a whole
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "config/dw-config-export.h"
#include "config/dw-config-plan.h"
#include "model/dw-json.h"
#include "store-fixture.h"

static GFile *
write_file (StoreFixture *self, const char *text)
{
  g_autofree char *path = g_build_filename (self->folder, "import.yaml", NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);

  return g_file_new_for_path (path);
}

static DwConfigPlan *
make_plan (StoreFixture *self, DwConfigMode mode, const char *text)
{
  g_autoptr (GFile) file = write_file (self, text);
  g_autoptr (GError) error = NULL;
  DwConfigPlan *plan = dw_config_plan_new_for_file (self->store, file, mode, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (plan);

  return plan;
}

static void
import (StoreFixture *self, DwConfigMode mode, const char *text)
{
  g_autoptr (DwConfigPlan) plan = make_plan (self, mode, text);
  g_autoptr (GError) error = NULL;

  dw_config_plan_apply (plan, &error);
  g_assert_no_error (error);
}

static void
assert_refused (StoreFixture *self, const char *text, const char *message)
{
  g_autoptr (GFile) file = write_file (self, text);
  g_autoptr (GError) error = NULL;

  g_assert_null (dw_config_plan_new_for_file (self->store, file, DW_CONFIG_MERGE, NULL, &error));
  g_assert_error (error, DW_CONFIG_ERROR, DW_CONFIG_ERROR_INVALID);
  if (strstr (error->message, message) == NULL)
    g_error ("“%s” is not in “%s”", message, error->message);
}

static char *export(StoreFixture *self)
{
  g_autoptr (GError) error = NULL;
  char *text = dw_config_export (self->store, &error);

  g_assert_no_error (error);
  g_assert_nonnull (text);

  return text;
}

/* The plan in short: "+project shop: image=x, port=80" and so on. */
static char *
describe (DwConfigPlan *plan)
{
  static const char signs[] = { '+', '~', '-' };
  GPtrArray *changes = dw_config_plan_get_changes (plan);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < changes->len; i++)
    {
      const DwConfigChange *change = g_ptr_array_index (changes, i);

      g_string_append_printf (text, "%c%s %s", signs[change->kind], g_type_name (change->type),
                              change->name != NULL ? change->name : "");
      for (guint j = 0; j < change->fields->len; j++)
        {
          const DwConfigFieldChange *field = g_ptr_array_index (change->fields, j);

          g_string_append_printf (text, " %s:%s>%s", field->key,
                                  field->old_value != NULL ? field->old_value : "",
                                  field->new_value != NULL ? field->new_value : "");
        }
      g_string_append_c (text, '\n');
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static const char everything[] = "settings:\n"
                                 "  webhook_port: 9400\n"
                                 "  base_domain: example.com\n"
                                 "registries:\n"
                                 "  work:\n"
                                 "    url: https://registry.example.com\n"
                                 "    username: alice\n"
                                 "projects:\n"
                                 "  shop:\n"
                                 "    image: registry.example.com/shop\n"
                                 "    registry: work\n"
                                 "    port: 8080\n"
                                 "    health_kind: http\n"
                                 "    env: {LOG: 'yes', KEY: \"a\\nb\", EMPTY: }\n"
                                 "    volumes: ['data:/data', '/etc/x:/x:ro']\n"
                                 "    command: sh -c 'echo \"$HOME\"'\n"
                                 "    memory_limit_bytes: 1073741824\n"
                                 "    stages:\n"
                                 "      dev: {auto_deploy: yes}\n"
                                 "      prod: {policy_kind: exact, policy_pattern: latest, "
                                 "host_port: 8000, position: 7}\n"
                                 "  empty: {image: nginx}\n";

static void
test_export_and_import_are_the_same_bytes (StoreFixture *self, gconstpointer data)
{
  import (self, DW_CONFIG_MERGE, everything);
  g_autofree char *first = export(self);

  import (self, DW_CONFIG_REPLACE, "settings:\nregistries:\nprojects:\n");
  g_autofree char *none = export(self);
  g_assert_cmpstr (none, !=, first);
  g_assert_null (strstr (none, "shop"));

  import (self, DW_CONFIG_REPLACE, first);
  g_autofree char *second = export(self);
  g_assert_cmpstr (first, ==, second);

  g_autoptr (DwConfigPlan) plan = make_plan (self, DW_CONFIG_REPLACE, second);
  g_assert_cmpuint (dw_config_plan_get_changes (plan)->len, ==, 0);
}

/* A text that the field may have and that is not its default. */
static void
set_text (gpointer entity, GParamSpec *pspec)
{
  static const char *const texts[] = { "[\"data:/data\"]",
                                       "{\"A\":\"1\"}",
                                       "https://example.com",
                                       "mon-fri 09:00-17:00",
                                       "@every 10m",
                                       "example.com",
                                       "/path",
                                       "^1.4",
                                       "192.0.2.1" };
  g_autofree char *before = NULL;

  g_object_get (entity, pspec->name, &before, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_object_set (entity, pspec->name, texts[i], NULL);
      if (g_strcmp0 (before, texts[i]) != 0 && dw_entity_validate (entity, NULL))
        return;
    }

  g_error ("No text is known that %s may have; add one", pspec->name);
}

/* Each property that a person sets, at a value that is not its default. */
static void
set_all (gpointer entity)
{
  DwEntityClass *klass = DW_ENTITY_GET_CLASS (entity);

  for (guint i = 1; i < klass->n_properties; i++)
    {
      GParamSpec *pspec = klass->properties[i];
      GValue value = dw_entity_peek_value (entity, i);

      if (dw_entity_param_is_state (pspec) || g_str_equal (pspec->name, "name") ||
          g_str_has_suffix (pspec->name, "-id"))
        continue;
      if (G_IS_PARAM_SPEC_BOOLEAN (pspec))
        g_object_set (entity, pspec->name, !g_value_get_boolean (&value), NULL);
      else if (G_IS_PARAM_SPEC_INT (pspec))
        g_object_set (entity, pspec->name, MIN (G_PARAM_SPEC_INT (pspec)->maximum, 404), NULL);
      else if (G_IS_PARAM_SPEC_INT64 (pspec))
        g_object_set (entity, pspec->name, (gint64) 1 << 40, NULL);
      else if (G_IS_PARAM_SPEC_ENUM (pspec))
        g_object_set (entity, pspec->name, 1, NULL);
      else
        set_text (entity, pspec);
    }
}

static void
test_every_field_is_carried_over (StoreFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwSettings) settings = dw_store_get_settings (self->store, &error);
  g_autoptr (DwRegistry) registry = store_fixture_add_registry (self->store, "the work");
  g_autoptr (DwProject) project = store_fixture_add_project (self->store, "shop");
  g_autoptr (DwStage) stage = store_fixture_add_stage (self->store, project, "dev");

  set_all (settings);
  set_all (registry);
  set_all (project);
  set_all (stage);
  g_object_set (project, "registry-id", dw_entity_get_id (DW_ENTITY (registry)), NULL);
  g_assert_true (dw_store_update (self->store, DW_ENTITY (settings), &error));
  g_assert_true (dw_store_update (self->store, DW_ENTITY (registry), &error));
  g_assert_true (dw_store_update (self->store, DW_ENTITY (project), &error));
  g_assert_true (dw_store_update (self->store, DW_ENTITY (stage), &error));
  g_assert_no_error (error);

  g_autofree char *text = export(self);
  import (self, DW_CONFIG_REPLACE, "settings:\nregistries:\nprojects:\n");
  import (self, DW_CONFIG_MERGE, text);

  g_autofree char *again = export(self);
  g_assert_cmpstr (again, ==, text);
}

static void
test_a_merge_changes_only_what_is_named (StoreFixture *self, gconstpointer data)
{
  import (self, DW_CONFIG_MERGE, everything);
  g_autoptr (DwConfigPlan) plan = make_plan (
      self, DW_CONFIG_MERGE,
      "projects:\n  shop:\n    port: 9090\n    env: {LOG: 'no', NEW: x, KEY: \"a\\nb\"}\n"
      "    stages:\n      staging:\n      dev: {keep: 3}\n");
  g_autofree char *text = describe (plan);

  g_assert_cmpstr (text, ==,
                   "~DwProject shop port:8080>9090 env.EMPTY:> env.LOG:yes>no env.NEW:>x\n"
                   "+DwStage shop/staging position:>8\n"
                   "~DwStage shop/dev keep:1>3\n");
}

static void
test_a_replacement_removes_and_resets (StoreFixture *self, gconstpointer data)
{
  import (self, DW_CONFIG_MERGE, everything);
  g_autoptr (DwConfigPlan) plan = make_plan (self, DW_CONFIG_REPLACE,
                                             "projects:\n"
                                             "  shop:\n"
                                             "    image: registry.example.com/shop\n"
                                             "    env: {LOG: 'yes', KEY: \"a\\nb\", EMPTY: }\n"
                                             "    volumes: ['data:/data', '/etc/x:/x:ro']\n"
                                             "    stages: {prod: {keep: 2}}\n");
  g_autofree char *text = describe (plan);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (
      text, ==,
      "~DwProject shop port:8080>0 health_kind:http>none command:sh -c 'echo \"$HOME\"'> "
      "memory_limit_bytes:1073741824>0 registry:work>\n"
      "~DwStage shop/prod position:7>0 policy_kind:exact>semver policy_pattern:latest>* "
      "keep:1>2 host_port:8000>0\n"
      "-DwStage shop/dev\n"
      "-DwProject empty\n");
  dw_config_plan_apply (plan, &error);
  g_assert_no_error (error);

  g_autofree char *after = export(self);
  g_assert_nonnull (strstr (after, "  work:\n"));
  g_assert_nonnull (strstr (after, "webhook_port: 9400\n"));
  g_assert_null (strstr (after, "dev"));
  g_assert_null (strstr (after, "empty"));
}

/* The row stays, and with it the history and what runs. */
static void
test_a_change_keeps_what_the_program_knows (StoreFixture *self, gconstpointer data)
{
  g_autoptr (DwProject) project = store_fixture_add_project (self->store, "shop");
  g_autoptr (DwStage) stage = store_fixture_add_stage (self->store, project, "dev");
  g_autoptr (DwDeploy) deploy = store_fixture_add_deploy (self->store, stage, "v1");
  g_autoptr (DwInstance) instance = store_fixture_add_instance (self->store, deploy);
  g_autoptr (GError) error = NULL;

  dw_store_set_stage_current_instance (self->store, dw_entity_get_id (DW_ENTITY (stage)),
                                       dw_entity_get_id (DW_ENTITY (instance)), &error);
  g_assert_no_error (error);

  import (self, DW_CONFIG_REPLACE, "projects: {shop: {image: nginx, stages: {dev: {keep: 5}}}}");

  g_autoptr (DwStage) after = store_fixture_read_again (self->store, stage);
  g_assert_cmpint (dw_stage_get_keep (after), ==, 5);
  g_assert_cmpstr (dw_stage_get_current_instance_id (after), ==,
                   dw_entity_get_id (DW_ENTITY (instance)));
}

static void
test_a_stage_with_containers_is_not_removed (StoreFixture *self, gconstpointer data)
{
  g_autoptr (DwProject) project = store_fixture_add_project (self->store, "shop");
  g_autoptr (DwStage) stage = store_fixture_add_stage (self->store, project, "dev");
  g_autoptr (DwDeploy) deploy = store_fixture_add_deploy (self->store, stage, "v1");
  g_autoptr (DwInstance) instance = store_fixture_add_instance (self->store, deploy);
  g_autoptr (DwConfigPlan)
      plan = make_plan (self, DW_CONFIG_REPLACE, "projects: {other: {image: x}}");
  const DwConfigChange *change = g_ptr_array_index (dw_config_plan_get_changes (plan), 1);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (instance);
  g_assert_true (change->is_in_use);
  g_assert_false (dw_config_plan_apply (plan, &error));
  g_assert_error (error, DW_CONFIG_ERROR, DW_CONFIG_ERROR_IN_USE);
  g_assert_nonnull (strstr (error->message, "docker-watcher remove shop/dev"));

  g_autofree char *after = export(self);
  g_assert_null (strstr (after, "other"));
}

static void
test_a_plan_that_is_out_of_date_does_nothing (StoreFixture *self, gconstpointer data)
{
  g_autoptr (DwProject) project = store_fixture_add_project (self->store, "shop");
  g_autoptr (DwConfigPlan)
      plan = make_plan (self, DW_CONFIG_MERGE, "projects: {shop: {port: 80}, other: {image: x}}");
  g_autoptr (GError) error = NULL;

  g_object_set (project, "port", 90, NULL);
  g_assert_true (dw_store_update (self->store, DW_ENTITY (project), NULL));

  g_assert_false (dw_config_plan_apply (plan, &error));
  g_assert_error (error, DW_CONFIG_ERROR, DW_CONFIG_ERROR_CHANGED);
  g_autofree char *after = export(self);
  g_assert_null (strstr (after, "other"));
  g_assert_nonnull (strstr (after, "port: 90"));
}

static void
test_an_error_says_where_and_what (StoreFixture *self, gconstpointer data)
{
  assert_refused (self, "project: {}",
                  "line 1, column 1: there is no key “project” here; did you mean “projects”?");
  assert_refused (self, "projects:\n  shop:\n    imge: x\n", "line 3, column 5");
  assert_refused (self, "projects:\n  shop:\n    imge: x\n", "did you mean “image”?");
  assert_refused (self, "projects:\n  shop:\n    image: x:1\n", "line 3, column 12");
  assert_refused (self, "projects:\n  shop:\n    image: x\n    port: 70000\n", "line 4, column 11");
  assert_refused (self, "projects:\n  shop:\n    image: x\n    health_kind: htp\n",
                  "did you mean “http”?");
  assert_refused (self, "projects:\n  Shop!:\n    image: x\n", "line 2, column 3: name");
  assert_refused (self, "projects:\n  shop: {}\n", "line 2, column 3: image");
  assert_refused (self, "projects:\n  shop:\n    image: x\n    env: {A B: 1}\n",
                  "line 4, column 16");
  assert_refused (self, "projects:\n  shop:\n    image: x\n    volumes:\n    - aa:/b\n    - oops\n",
                  "line 6, column 7");
  assert_refused (self, "projects:\n  shop:\n    image: x\n    volumes: aa:/b\n",
                  "a list is expected");
  assert_refused (
      self, "registries: {work: {url: 'https://x'}}\nprojects: {shop: {image: x, registry: wrk}}",
      "did you mean “work”?");
  assert_refused (self, "settings: {webhook_enabled: maybe}", "neither true nor false");
  assert_refused (self, "settings: {id: 2}", "no key “id”");
  assert_refused (self, "projects: {shop: {image: x, stages: {dev: {current_instance_id: x}}}}",
                  "no key");
  assert_refused (self, "version: 2", "newer version");
  assert_refused (self, "- a", "line 1, column 1: here “key: value” lines are expected");
}

/* What the documentation shows. */
static void
test_the_example_is_imported_and_exported (StoreFixture *self, gconstpointer data)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "docs", "configuration.yaml",
                                                 NULL);
  g_autofree char *example = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &example, NULL, &error);
  g_assert_no_error (error);
  import (self, DW_CONFIG_MERGE, example);
  g_autofree char *text = export(self);
  g_assert_nonnull (strstr (text, "allowed_hours: 'mon-fri 09:00-17:00'"));

  g_autoptr (DwConfigPlan) plan = make_plan (self, DW_CONFIG_REPLACE, example);
  g_assert_cmpuint (dw_config_plan_get_changes (plan)->len, ==, 0);
}

static void
test_a_registry_that_wants_a_password_is_said (StoreFixture *self, gconstpointer data)
{
  static const char text[] = "registries: {open: {url: 'https://a.example.com'}, "
                             "work: {url: 'https://b.example.com', username: alice}}";
  g_autoptr (DwConfigPlan) plan = make_plan (self, DW_CONFIG_MERGE, text);
  GPtrArray *notes = dw_config_plan_get_notes (plan);
  const DwConfigNote *note = g_ptr_array_index (notes, 0);

  g_assert_cmpuint (notes->len, ==, 1);
  g_assert_cmpstr (note->subject, ==, "work");

  import (self, DW_CONFIG_MERGE, text);
  g_autoptr (DwConfigPlan) again = make_plan (self, DW_CONFIG_MERGE, text);
  g_assert_cmpuint (dw_config_plan_get_notes (again)->len, ==, 0);
}

static void
test_what_is_not_there_is_not_found (StoreFixture *self, gconstpointer data)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/nowhere/at-all.yaml");
  g_autoptr (GFile) folder = g_file_new_for_path (self->folder);
  g_autoptr (GError) error = NULL;

  g_assert_null (dw_config_plan_new_for_file (self->store, file, DW_CONFIG_MERGE, NULL, &error));
  g_assert_error (error, DW_CONFIG_ERROR, DW_CONFIG_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (dw_config_plan_new_for_file (self->store, folder, DW_CONFIG_MERGE, NULL, &error));
  g_assert_error (error, DW_CONFIG_ERROR, DW_CONFIG_ERROR_UNREADABLE);
  g_clear_error (&error);
  g_assert_false (dw_config_export_to_file (self->store, folder, NULL, &error));
  g_assert_error (error, DW_CONFIG_ERROR, DW_CONFIG_ERROR_UNREADABLE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  store_test_add ("/config/export-and-import-are-the-same-bytes",
                  test_export_and_import_are_the_same_bytes);
  store_test_add ("/config/every-field-is-carried-over", test_every_field_is_carried_over);
  store_test_add ("/config/a-merge-changes-only-what-is-named",
                  test_a_merge_changes_only_what_is_named);
  store_test_add ("/config/a-replacement-removes-and-resets",
                  test_a_replacement_removes_and_resets);
  store_test_add ("/config/a-change-keeps-what-the-program-knows",
                  test_a_change_keeps_what_the_program_knows);
  store_test_add ("/config/a-stage-with-containers-is-not-removed",
                  test_a_stage_with_containers_is_not_removed);
  store_test_add ("/config/a-plan-that-is-out-of-date-does-nothing",
                  test_a_plan_that_is_out_of_date_does_nothing);
  store_test_add ("/config/an-error-says-where-and-what", test_an_error_says_where_and_what);
  store_test_add ("/config/the-example-is-imported-and-exported",
                  test_the_example_is_imported_and_exported);
  store_test_add ("/config/a-registry-that-wants-a-password-is-said",
                  test_a_registry_that_wants_a_password_is_said);
  store_test_add ("/config/what-is-not-there-is-not-found", test_what_is_not_there_is_not_found);

  return g_test_run ();
}
