/* test-compose.c: compose files as people write them become the projects that they should
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each folder of compose/ has a compose file and, in the file “expected”, the plan of its import,
 * or why there is none. Where a change of the program changes what is right, the files are written
 * anew with DW_TEST_WRITE_EXPECTED=1, and read before they are kept.
 */

#include "config.h"

#include <string.h>
#include <sys/xattr.h>

#include "config/dw-config-export.h"
#include "config/dw-config-plan.h"
#include "store-fixture.h"

/* What a compose file is looked for as. */
static const char *const file_names[] = { "compose.yaml", "docker-compose.yml", "stack.yml" };

static char *
get_folder (const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "config", "compose", name, NULL);
}

static GFile *
find_file (const char *folder)
{
  for (gsize i = 0; i < G_N_ELEMENTS (file_names); i++)
    {
      g_autofree char *path = g_build_filename (folder, file_names[i], NULL);

      if (g_file_test (path, G_FILE_TEST_EXISTS))
        return g_file_new_for_path (path);
    }

  g_error ("%s has no compose file", folder);
}

static const char *
get_type_name (GType type)
{
  return type == DW_TYPE_PROJECT ? "project" : "stage";
}

static char *
describe (DwConfigPlan *plan)
{
  static const char signs[] = { '+', '~', '-' };
  GPtrArray *changes = dw_config_plan_get_changes (plan);
  GPtrArray *notes = dw_config_plan_get_notes (plan);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < changes->len; i++)
    {
      const DwConfigChange *change = g_ptr_array_index (changes, i);

      g_string_append_printf (text, "%c %s %s\n", signs[change->kind], get_type_name (change->type),
                              change->name);
      for (guint j = 0; j < change->fields->len; j++)
        {
          const DwConfigFieldChange *field = g_ptr_array_index (change->fields, j);

          g_string_append_printf (text, "    %s: %s\n", field->key, field->new_value);
        }
    }
  for (guint i = 0; i < notes->len; i++)
    {
      const DwConfigNote *note = g_ptr_array_index (notes, i);

      g_string_append_printf (text, "! %s: %s\n", note->subject, note->text);
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The plan, or the error, without the folders of this machine. */
static char *
make_outcome (DwStore *store, const char *folder)
{
  g_autoptr (GFile) file = find_file (folder);
  g_autoptr (GError) error = NULL;
  g_autoptr (DwConfigPlan)
      plan = dw_config_plan_new_for_file (store, file, DW_CONFIG_MERGE, NULL, &error);
  g_autofree char *parent = g_path_get_dirname (folder);
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_true ((plan != NULL) == (error == NULL));
  if (plan != NULL)
    {
      g_autofree char *description = describe (plan);

      g_string_append (text, description);
    }
  else
    {
      g_string_append_printf (text, "error: %s\n", error->message);
    }
  g_string_replace (text, parent, "@folder@", 0);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
test_file (StoreFixture *self, gconstpointer data)
{
  g_autofree char *folder = get_folder (data);
  g_autofree char *path = g_build_filename (folder, "expected", NULL);
  g_autofree char *outcome = make_outcome (self->store, folder);
  g_autofree char *expected = NULL;
  g_autoptr (GError) error = NULL;

  if (g_getenv ("DW_TEST_WRITE_EXPECTED") != NULL)
    g_file_set_contents (path, outcome, -1, &error);
  g_assert_no_error (error);

  g_file_get_contents (path, &expected, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (outcome, ==, expected);
}

/* Once imported, the same file has nothing more to say. */
static void
test_a_second_import_changes_nothing (StoreFixture *self, gconstpointer data)
{
  g_autofree char *folder = get_folder ("wordpress");
  g_autoptr (GFile) file = find_file (folder);
  g_autoptr (GError) error = NULL;
  g_autoptr (DwConfigPlan)
      plan = dw_config_plan_new_for_file (self->store, file, DW_CONFIG_MERGE, NULL, &error);

  g_assert_no_error (error);
  dw_config_plan_apply (plan, &error);
  g_assert_no_error (error);

  g_autoptr (DwConfigPlan)
      second = dw_config_plan_new_for_file (self->store, file, DW_CONFIG_MERGE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (dw_config_plan_get_changes (second)->len, ==, 0);

  g_autofree char *text = dw_config_export (self->store, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (text, "wordpress_db_data:/var/lib/mysql"));
}

/* As the file chooser gives it into a sandbox: volumes are for the engine, which is outside. */
static void
test_a_file_from_the_portal_is_where_it_was (StoreFixture *self, gconstpointer data)
{
  static const char text[] = "services: {web: {image: nginx, volumes: ['./html:/html']}}";
  static const char host_path[] = "/home/alice/shop/compose.yaml";
  g_autofree char *path = g_build_filename (self->folder, "compose.yaml", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  if (setxattr (path, "user.document-portal.host-path", host_path, strlen (host_path), 0) != 0)
    {
      g_test_skip ("The file system of the temporary files has no extended attributes");
      return;
    }

  g_autoptr (DwConfigPlan)
      plan = dw_config_plan_new_for_file (self->store, file, DW_CONFIG_MERGE, NULL, &error);
  g_assert_no_error (error);
  g_autofree char *outcome = describe (plan);
  g_assert_nonnull (strstr (outcome, "+ project shop-web\n"));
  g_assert_nonnull (strstr (outcome, "volumes: /home/alice/shop/html:/html\n"));
}

static void
test_a_compose_file_replaces_nothing (StoreFixture *self, gconstpointer data)
{
  g_autofree char *folder = get_folder ("wordpress");
  g_autoptr (GFile) file = find_file (folder);
  g_autoptr (GError) error = NULL;

  g_assert_null (dw_config_plan_new_for_file (self->store, file, DW_CONFIG_REPLACE, NULL, &error));
  g_assert_error (error, DW_CONFIG_ERROR, DW_CONFIG_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_setenv ("FROM_ENVIRONMENT", "out of the environment", TRUE);
  g_setenv ("COMPOSE_PROFILES", "active", TRUE);
  g_setenv ("HOME", "/home/alice", TRUE);
  g_unsetenv ("COMPOSE_PROJECT_NAME");
  g_unsetenv ("TAG");
  g_test_init (&argc, &argv, NULL);

  g_autofree char *root = get_folder ("");
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) folders = g_dir_open (root, 0, &error);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (folders)) != NULL)
    {
      g_autofree char *path = g_strconcat ("/compose/files/", name, NULL);
      char *kept = g_strdup (name);

      g_ptr_array_add (names, kept);
      g_test_add (path, StoreFixture, kept, store_fixture_set_up, test_file,
                  store_fixture_tear_down);
    }
  store_test_add ("/compose/a-second-import-changes-nothing", test_a_second_import_changes_nothing);
  store_test_add ("/compose/a-file-from-the-portal-is-where-it-was",
                  test_a_file_from_the_portal_is_where_it_was);
  store_test_add ("/compose/a-compose-file-replaces-nothing", test_a_compose_file_replaces_nothing);

  return g_test_run ();
}
