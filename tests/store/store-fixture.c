/* store-fixture.c: a store in a folder of its own, with builders for what stands in it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "store-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#define WAIT_LIMIT_S 30
#define WAIT_STEP_MS 10
#define DIGEST "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

void
store_fixture_set_up_closed (StoreFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("dw-store-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->folder, "data", "store.db", NULL);
}

void
store_fixture_set_up (StoreFixture *self, gconstpointer data)
{
  store_fixture_set_up_closed (self, data);
  store_fixture_reopen (self);
}

void
store_fixture_reopen (StoreFixture *self)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (self->store);
  self->store = dw_store_open (self->path, &error);
  g_assert_no_error (error);
  g_assert_nonnull (self->store);
}

static gboolean
is_gone (gpointer user_data)
{
  return g_atomic_pointer_get ((gpointer *) user_data) == NULL;
}

/* Nobody may hold the store any more but a worker that is about to end; its connections are closed
 * then. */
void
store_fixture_close (StoreFixture *self)
{
  if (self->store == NULL)
    return;

  g_object_add_weak_pointer (G_OBJECT (self->store), (gpointer *) &self->store);
  g_object_unref (self->store);
  store_fixture_wait (is_gone, &self->store);
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
        remove_folder (child);
      else
        g_assert_cmpint (g_unlink (child), ==, 0);
    }
  g_assert_cmpint (g_rmdir (path), ==, 0);
}

void
store_fixture_tear_down (StoreFixture *self, gconstpointer data)
{
  store_fixture_close (self);
  remove_folder (self->folder);
  g_free (self->path);
  g_free (self->folder);
}

static gpointer
create (DwStore *store, gpointer entity)
{
  g_autoptr (GError) error = NULL;

  dw_store_create (store, entity, &error);
  g_assert_no_error (error);

  return entity;
}

DwRegistry *
store_fixture_add_registry (DwStore *store, const char *name)
{
  return create (store, g_object_new (DW_TYPE_REGISTRY, "name", name, "url",
                                      "https://registry.example.com", NULL));
}

DwProject *
store_fixture_add_project (DwStore *store, const char *name)
{
  return create (store, g_object_new (DW_TYPE_PROJECT, "name", name, "image",
                                      "registry.example.com/team/app", NULL));
}

DwStage *
store_fixture_add_stage (DwStore *store, DwProject *project, const char *name)
{
  return create (store, g_object_new (DW_TYPE_STAGE, "project-id",
                                      dw_entity_get_id (DW_ENTITY (project)), "name", name, NULL));
}

DwDeploy *
store_fixture_add_deploy (DwStore *store, DwStage *stage, const char *tag)
{
  return create (store, g_object_new (DW_TYPE_DEPLOY, "project-id", dw_stage_get_project_id (stage),
                                      "stage-id", dw_entity_get_id (DW_ENTITY (stage)), "image",
                                      "registry.example.com/team/app", "tag", tag, NULL));
}

DwInstance *
store_fixture_add_instance (DwStore *store, DwDeploy *deploy)
{
  return create (store, g_object_new (DW_TYPE_INSTANCE, "stage-id", dw_deploy_get_stage_id (deploy),
                                      "deploy-id", dw_entity_get_id (DW_ENTITY (deploy)), "image",
                                      dw_deploy_get_image (deploy), "digest", DIGEST, NULL));
}

void
store_fixture_end_deploy (DwStore *store, DwDeploy *deploy, DwDeployStatus status)
{
  g_autoptr (GError) error = NULL;

  dw_store_set_deploy_status (store, dw_entity_get_id (DW_ENTITY (deploy)), status, NULL, &error);
  g_assert_no_error (error);
}

gpointer
store_fixture_read_again (DwStore *store, gpointer entity)
{
  g_autoptr (GError) error = NULL;
  gpointer read = dw_store_get (store, G_OBJECT_TYPE (entity), dw_entity_get_id (entity), &error);

  g_assert_no_error (error);
  g_assert_nonnull (read);

  return read;
}

void
store_fixture_assert_missing (DwStore *store, GType type, const char *id)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (dw_store_get (store, type, id, &error));
  g_assert_error (error, DW_STORE_ERROR, DW_STORE_ERROR_NOT_FOUND);
}

void
store_fixture_assert_equal (gpointer a, gpointer b)
{
  guint n;
  g_autofree GParamSpec **properties = g_object_class_list_properties (G_OBJECT_GET_CLASS (a), &n);

  g_assert_cmpint (G_OBJECT_TYPE (a), ==, G_OBJECT_TYPE (b));
  g_assert_cmpuint (n, >, 3);
  for (guint i = 0; i < n; i++)
    {
      g_auto (GValue) x = G_VALUE_INIT;
      g_auto (GValue) y = G_VALUE_INIT;

      g_object_get_property (a, properties[i]->name, &x);
      g_object_get_property (b, properties[i]->name, &y);
      if (g_param_values_cmp (properties[i], &x, &y) != 0)
        {
          g_autofree char *left = g_strdup_value_contents (&x);
          g_autofree char *right = g_strdup_value_contents (&y);

          g_error ("%s: %s is not %s", properties[i]->name, left, right);
        }
    }
}

sqlite3 *
store_fixture_open_bare (const char *path)
{
  sqlite3 *handle = NULL;

  g_assert_cmpint (sqlite3_open (path, &handle), ==, SQLITE_OK);
  sqlite3_extended_result_codes (handle, 1);
  sqlite3_busy_timeout (handle, 5000);
  g_assert_cmpint (store_fixture_execute_bare (handle, "PRAGMA foreign_keys = ON"), ==, SQLITE_OK);

  return handle;
}

int
store_fixture_execute_bare (sqlite3 *handle, const char *sql)
{
  return sqlite3_exec (handle, sql, NULL, NULL, NULL);
}

gint64
store_fixture_count (StoreFixture *self, const char *sql)
{
  sqlite3 *handle = store_fixture_open_bare (self->path);
  sqlite3_stmt *statement = NULL;

  g_assert_cmpint (sqlite3_prepare_v2 (handle, sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  gint64 number = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  g_assert_cmpint (sqlite3_close (handle), ==, SQLITE_OK);

  return number;
}

static gboolean
on_waited_too_long (gpointer user_data)
{
  g_error ("What was waited for did not happen");
  return G_SOURCE_REMOVE;
}

static gboolean
on_step (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

void
store_fixture_wait (StoreFixturePredicate is_true, gpointer user_data)
{
  guint limit = g_timeout_add_seconds (WAIT_LIMIT_S, on_waited_too_long, NULL);
  /* What a worker does to an object does not wake the main context. */
  guint step = g_timeout_add (WAIT_STEP_MS, on_step, NULL);

  while (!is_true (user_data))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (step);
  g_source_remove (limit);
}

/* Its input is a pipe that ends when this process does, so that it never outlives the test. */
GSubprocess *
store_fixture_spawn (const char *task, const char *path, GSubprocessFlags flags)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *program = g_file_read_link ("/proc/self/exe", &error);
  g_autofree char *argument = g_strconcat ("--task=", task, NULL);

  g_assert_no_error (error);
  GSubprocess *process = g_subprocess_new (flags | G_SUBPROCESS_FLAGS_STDIN_PIPE |
                                               G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                                           &error, program, argument, path, NULL);
  g_assert_no_error (error);

  return process;
}

const char *
store_fixture_get_task (int argc, char **argv)
{
  return argc == 3 && g_str_has_prefix (argv[1], "--task=") ? argv[1] + strlen ("--task=") : NULL;
}

void
store_fixture_say_ready (void)
{
  g_assert_cmpint (write (STDOUT_FILENO, "r", 1), ==, 1);
}

void
store_fixture_await_ready (GSubprocess *process)
{
  g_autoptr (GError) error = NULL;
  char letter = '\0';

  g_assert_cmpint (
      g_input_stream_read (g_subprocess_get_stdout_pipe (process), &letter, 1, NULL, &error), ==,
      1);
  g_assert_no_error (error);
  g_assert_cmpint (letter, ==, 'r');
}

void
store_fixture_await_end (void)
{
  char letter;

  g_assert_cmpint (read (STDIN_FILENO, &letter, 1), ==, 0);
}

char *
store_fixture_get_checksum (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *content = NULL;
  gsize length;

  g_file_get_contents (path, &content, &length, &error);
  g_assert_no_error (error);

  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) content, length);
}
