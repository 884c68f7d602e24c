/* test-store-migrations.c: how a database comes to the schema of the program, and what the schema
 * itself refuses
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "store-fixture.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>

#include "store/dw-store-migrations.h"

/* As a program does whose migrations are at @resource_path. */
static gboolean
migrate (StoreFixture *fixture, const char *resource_path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (fixture->path);

  /* As dw_store_open() makes it: never in the place of another one. */
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  int fd = g_open (fixture->path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  g_assert_cmpint (fd, >=, 0);
  g_assert_true (g_close (fd, NULL));

  g_autoptr (DwStoreConnection) connection = dw_store_connection_open (fixture->path, TRUE, error);
  g_assert_nonnull (connection);

  return dw_store_migrate (connection, fixture->path, resource_path, error);
}

static void
assert_migrates (StoreFixture *fixture, const char *resource_path)
{
  g_autoptr (GError) error = NULL;

  migrate (fixture, resource_path, &error);
  g_assert_no_error (error);
}

static void
execute (StoreFixture *fixture, const char *sql)
{
  sqlite3 *handle = store_fixture_open_bare (fixture->path);

  g_assert_cmpint (store_fixture_execute_bare (handle, sql), ==, SQLITE_OK);
  sqlite3_close (handle);
}

static gint64
count_in_copy (StoreFixture *fixture, int version, const char *sql)
{
  StoreFixture copy = { .path = g_strdup_printf ("%s.schema-%d.backup", fixture->path, version) };
  gint64 number = store_fixture_count (&copy, sql);

  g_free (copy.path);
  return number;
}

static guint
count_files (StoreFixture *fixture)
{
  g_autofree char *folder = g_path_get_dirname (fixture->path);
  g_autoptr (GDir) files = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (files) != NULL)
    n++;

  return n;
}

static void
test_a_new_database_has_no_copy (StoreFixture *fixture, gconstpointer data)
{
  assert_migrates (fixture, "/test/two");

  g_assert_cmpint (store_fixture_count (fixture, "PRAGMA user_version"), ==, 2);
  g_assert_cmpuint (count_files (fixture), ==, 1);
}

static void
test_a_copy_is_made (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *copy = g_strconcat (fixture->path, ".schema-1.backup", NULL);
  GStatBuf status;

  assert_migrates (fixture, "/test/one");
  execute (fixture, "INSERT INTO notes (text) VALUES ('a'), ('b')");
  assert_migrates (fixture, "/test/two");

  g_assert_cmpint (store_fixture_count (fixture, "PRAGMA user_version"), ==, 2);
  g_assert_cmpint (
      store_fixture_count (fixture, "SELECT count (*) FROM notes WHERE author = 'nobody'"), ==, 2);
  g_assert_cmpint (count_in_copy (fixture, 1, "PRAGMA user_version"), ==, 1);
  g_assert_cmpint (count_in_copy (fixture, 1, "SELECT count (*) FROM notes"), ==, 2);
  g_assert_cmpint (g_stat (copy, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 07777, ==, 0600);
  g_assert_cmpuint (count_files (fixture), ==, 2);

  /* The next start has nothing to do. */
  g_autofree char *before = store_fixture_get_checksum (fixture->path);
  assert_migrates (fixture, "/test/two");
  g_autofree char *after = store_fixture_get_checksum (fixture->path);
  g_assert_cmpstr (before, ==, after);
}

static void
test_a_failed_migration (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  assert_migrates (fixture, "/test/two");
  execute (fixture, "INSERT INTO notes (text, author) VALUES ('a', 'jo')");
  g_autofree char *before = store_fixture_get_checksum (fixture->path);

  g_assert_false (migrate (fixture, "/test/three", &error));
  g_assert_error (error, DW_STORE_ERROR, DW_STORE_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, fixture->path));
  g_assert_nonnull (strstr (error->message, "nowhere"));
  g_assert_nonnull (strstr (error->message, "003-broken.sql"));

  g_autofree char *after = store_fixture_get_checksum (fixture->path);
  g_assert_cmpstr (before, ==, after);
  g_assert_cmpint (store_fixture_count (fixture, "PRAGMA user_version"), ==, 2);
  g_assert_cmpint (store_fixture_count (fixture, "SELECT count (*) FROM notes"), ==, 1);
  g_assert_cmpint (
      store_fixture_count (fixture, "SELECT count (*) FROM sqlite_schema WHERE name = 'more'"), ==,
      0);
  g_assert_cmpint (count_in_copy (fixture, 2, "SELECT count (*) FROM notes"), ==, 1);

  /* The program of before goes on with it. */
  assert_migrates (fixture, "/test/two");
}

static void
test_a_failed_migration_keeps_the_good_ones (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  assert_migrates (fixture, "/test/one");
  execute (fixture, "INSERT INTO notes (text) VALUES ('a')");

  g_assert_false (migrate (fixture, "/test/three", &error));
  g_assert_error (error, DW_STORE_ERROR, DW_STORE_ERROR_FAILED);
  g_assert_cmpint (store_fixture_count (fixture, "PRAGMA user_version"), ==, 2);
  g_assert_cmpint (store_fixture_count (fixture, "SELECT count (*) FROM notes"), ==, 1);
  g_assert_cmpint (count_in_copy (fixture, 1, "PRAGMA user_version"), ==, 1);
}

static void
test_an_older_program (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  assert_migrates (fixture, "/test/two");
  g_assert_false (migrate (fixture, "/test/one", &error));
  g_assert_error (error, DW_STORE_ERROR, DW_STORE_ERROR_NEWER);
}

static int
run_migration (const char *path)
{
  StoreFixture fixture = { .path = g_strdup (path) };

  store_fixture_say_ready ();
  store_fixture_await_end ();
  assert_migrates (&fixture, "/test/two");
  g_free (fixture.path);

  return 0;
}

static void
test_two_processes (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 20; i++)
    {
      g_autoptr (GSubprocess) one = store_fixture_spawn ("migrate", fixture->path, 0);
      g_autoptr (GSubprocess) other = store_fixture_spawn ("migrate", fixture->path, 0);

      /* From nothing, and from the schema of yesterday. */
      g_unlink (fixture->path);
      if (i % 2 != 0)
        {
          assert_migrates (fixture, "/test/one");
          execute (fixture, "INSERT INTO notes (text) VALUES ('a')");
        }
      store_fixture_await_ready (one);
      store_fixture_await_ready (other);
      g_output_stream_close (g_subprocess_get_stdin_pipe (one), NULL, &error);
      g_output_stream_close (g_subprocess_get_stdin_pipe (other), NULL, &error);
      g_assert_true (g_subprocess_wait_check (one, NULL, &error));
      g_assert_true (g_subprocess_wait_check (other, NULL, &error));
      g_assert_no_error (error);

      g_assert_cmpint (store_fixture_count (fixture, "PRAGMA user_version"), ==, 2);
      g_assert_cmpint (store_fixture_count (fixture, "SELECT count (*) FROM notes"), ==, i % 2);
    }
  g_assert_cmpint (count_in_copy (fixture, 1, "SELECT count (*) FROM notes"), ==, 1);
}

#define PROJECT_COLUMNS                                                                            \
  "INSERT INTO projects (id, created_at, updated_at, name, image, port, health_kind, "             \
  "health_path, health_status, health_interval_ms, health_timeout_ms, health_retries, env, "       \
  "volumes, restart_policy, memory_limit_bytes, cpu_limit_millis) VALUES "
#define STAGE_COLUMNS                                                                              \
  "INSERT INTO stages (id, created_at, updated_at, project_id, name, position, policy_kind, "      \
  "policy_pattern, auto_deploy, confirm, keep, host_port, env, volumes) VALUES "
#define REGISTRY_COLUMNS                                                                           \
  "INSERT INTO registries (id, created_at, updated_at, name, url, kind, enabled) VALUES "
#define DEPLOY_COLUMNS                                                                             \
  "INSERT INTO deploys (id, created_at, updated_at, project_id, stage_id, image, \"trigger\", "    \
  "status) VALUES "
#define INSTANCE_COLUMNS                                                                           \
  "INSERT INTO instances (id, created_at, updated_at, stage_id, deploy_id, image, digest, "        \
  "host_port, status) VALUES "
#define LOG_COLUMNS                                                                                \
  "INSERT INTO deploy_logs (created_at, updated_at, deploy_id, level, phase, message) VALUES "

static void
test_the_schema_refuses (StoreFixture *fixture, gconstpointer data)
{
  static const char *good[] = {
    PROJECT_COLUMNS "('p', '', '', 'p', 'i', 1, 'tcp', '/', 0, 1, 1, 1, '{}', '[]', 'no', 0, 0)",
    STAGE_COLUMNS "('s', '', '', 'p', 's', 0, 'exact', 'latest', 0, 0, 1, 0, '{}', '[]')",
    REGISTRY_COLUMNS "('r', '', '', 'r', 'https://a', 'ghcr', 1)",
    DEPLOY_COLUMNS "('d', '', '', 'p', 's', 'i', 'cli', 'pending')",
    INSTANCE_COLUMNS "('i', '', '', 's', 'd', 'i', 'sha256:0', 0, 'running')",
    LOG_COLUMNS "('', '', 'd', 'info', 'pulling', 'm')",
  };
  static const char *bad[] = {
    PROJECT_COLUMNS "('q', '', '', 'q', 'i', 1, 'ftp', '/', 0, 1, 1, 1, '{}', '[]', 'no', 0, 0)",
    PROJECT_COLUMNS "('q', '', '', 'q', 'i', 1, 'tcp', '/', 0, 1, 1, 1, '{', '[]', 'no', 0, 0)",
    PROJECT_COLUMNS "('q', '', '', 'q', 'i', 1, 'tcp', '/', 0, 1, 1, 1, '[]', '[]', 'no', 0, 0)",
    PROJECT_COLUMNS "('q', '', '', 'q', 'i', 1, 'tcp', '/', 0, 1, 1, 1, '{}', '{}', 'no', 0, 0)",
    PROJECT_COLUMNS "('q', '', '', 'q', 'i', 1, 'tcp', '/', 0, 1, 1, 1, '{}', '', 'no', 0, 0)",
    PROJECT_COLUMNS "('q', '', '', 'q', 'i', 1, 'tcp', '/', 0, 1, 1, 1, '{}', '[]', 'always', 0, "
                    "0)",
    PROJECT_COLUMNS "('q', '', '', 'q', 'i', 65536, 'tcp', '/', 0, 1, 1, 1, '{}', '[]', 'no', 0, "
                    "0)",
    PROJECT_COLUMNS "('q', '', '', 'q', 'i', 'x', 'tcp', '/', 0, 1, 1, 1, '{}', '[]', 'no', 0, 0)",
    PROJECT_COLUMNS "('q', '', '', '', 'i', 1, 'tcp', '/', 0, 1, 1, 1, '{}', '[]', 'no', 0, 0)",
    PROJECT_COLUMNS "(NULL, '', '', 'q', 'i', 1, 'tcp', '/', 0, 1, 1, 1, '{}', '[]', 'no', 0, 0)",
    STAGE_COLUMNS "('t', '', '', 'p', 't', 0, 'newest', 'latest', 0, 0, 1, 0, '{}', '[]')",
    STAGE_COLUMNS "('t', '', '', 'p', 't', 0, 'exact', 'latest', 2, 0, 1, 0, '{}', '[]')",
    STAGE_COLUMNS "('t', '', '', 'p', 't', 0, 'exact', 'latest', 0, 0, 1, 0, 'x', '[]')",
    STAGE_COLUMNS "('t', '', '', 'p', 't', -1, 'exact', 'latest', 0, 0, 1, 0, '{}', '[]')",
    STAGE_COLUMNS "('t', '', '', 'nobody', 't', 0, 'exact', 'latest', 0, 0, 1, 0, '{}', '[]')",
    REGISTRY_COLUMNS "('s', '', '', 's', 'https://a', 'quay', 1)",
    REGISTRY_COLUMNS "('s', '', '', 's', 'ftp://a', 'ghcr', 1)",
    DEPLOY_COLUMNS "('e', '', '', 'p', 's', 'i', 'cron', 'pending')",
    DEPLOY_COLUMNS "('e', '', '', 'p', 's', 'i', 'cli', 'unknown')",
    INSTANCE_COLUMNS "('j', '', '', 's', 'd', 'i', 'sha256:0', 0, 'lost')",
    INSTANCE_COLUMNS "('j', '', '', 's', 'd', 'i', '', 0, 'running')",
    LOG_COLUMNS "('', '', 'd', 'fatal', 'pulling', 'm')",
    LOG_COLUMNS "('', '', 'd', 'info', 'sleeping', 'm')",
    LOG_COLUMNS "('', '', 'nobody', 'info', 'pulling', 'm')",
    "UPDATE settings SET proxy_kind = 'nginx'",
    "UPDATE settings SET webhook_port = 0",
    "UPDATE settings SET max_parallel_deploys = 65",
    "INSERT INTO settings (id, created_at, updated_at) VALUES (2, '', '')",
    "DELETE FROM settings",
    "UPDATE projects SET registry_id = 'nobody'",
    "UPDATE stages SET current_instance_id = 'nobody'",
  };
  sqlite3 *handle = store_fixture_open_bare (fixture->path);

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    if (store_fixture_execute_bare (handle, good[i]) != SQLITE_OK)
      g_error ("%s: %s", good[i], sqlite3_errmsg (handle));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    if ((store_fixture_execute_bare (handle, bad[i]) & 0xff) != SQLITE_CONSTRAINT)
      g_error ("This was not refused: %s (%s)", bad[i], sqlite3_errmsg (handle));
  g_assert_cmpint (sqlite3_close (handle), ==, SQLITE_OK);
}

/* What a hand has written past every check is told, not shown. */
static void
test_an_unknown_word_in_a_row (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwProject) project G_GNUC_UNUSED = store_fixture_add_project (fixture->store, "shop");

  execute (fixture, "PRAGMA ignore_check_constraints = ON;"
                    "UPDATE projects SET health_kind = 'guess'");
  g_assert_null (dw_store_list (fixture->store, DW_TYPE_PROJECT, &error));
  g_assert_error (error, DW_STORE_ERROR, DW_STORE_ERROR_NOT_A_DATABASE);
  g_assert_nonnull (strstr (error->message, fixture->path));
  g_assert_nonnull (strstr (error->message, "health_kind"));
  g_assert_nonnull (strstr (error->message, "guess"));
}

int
main (int argc, char **argv)
{
  if (store_fixture_get_task (argc, argv) != NULL)
    return run_migration (argv[2]);

  g_test_init (&argc, &argv, NULL);

  store_test_add_closed ("/store/migrations/a-new-database-has-no-copy",
                         test_a_new_database_has_no_copy);
  store_test_add_closed ("/store/migrations/a-copy-is-made-before", test_a_copy_is_made);
  store_test_add_closed ("/store/migrations/a-failed-one-changes-nothing", test_a_failed_migration);
  store_test_add_closed ("/store/migrations/a-failed-one-keeps-the-good-ones",
                         test_a_failed_migration_keeps_the_good_ones);
  store_test_add_closed ("/store/migrations/an-older-program-is-refused", test_an_older_program);
  store_test_add_closed ("/store/migrations/two-processes-at-once", test_two_processes);
  store_test_add ("/store/schema/refuses-bad-values-from-anybody", test_the_schema_refuses);
  store_test_add ("/store/schema/an-unknown-word-in-a-row-is-an-error",
                  test_an_unknown_word_in_a_row);

  return g_test_run ();
}
