/* test-store-files.c: the database's file: whose it may be, how it is opened, when it is refused
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "store-fixture.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

static int
get_mode (const char *path)
{
  struct stat status;

  g_assert_cmpint (g_stat (path, &status), ==, 0);
  return status.st_mode & 07777;
}

/* That the file at the fixture's path is refused with @code, and is not touched. */
static void
assert_refused (StoreFixture *fixture, int code)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *before = store_fixture_get_checksum (fixture->path);

  g_assert_null (dw_store_open (fixture->path, &error));
  g_assert_error (error, DW_STORE_ERROR, code);
  g_assert_nonnull (strstr (error->message, fixture->path));

  g_autofree char *after = store_fixture_get_checksum (fixture->path);
  g_assert_cmpstr (before, ==, after);
}

static void
write_file (StoreFixture *fixture, const char *content, gssize length)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_path_get_dirname (fixture->path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_set_contents (fixture->path, content, length, &error);
  g_assert_no_error (error);
}

/* Makes a database with some pages of rows, and closes it. */
static void
make_database (StoreFixture *fixture)
{
  store_fixture_reopen (fixture);
  for (int i = 0; i < 100; i++)
    {
      g_autofree char *name = g_strdup_printf ("project-%d", i);
      g_autoptr (DwProject)
          project G_GNUC_UNUSED = store_fixture_add_project (fixture->store, name);
    }
  store_fixture_close (fixture);
}

static void
change_database (StoreFixture *fixture, const char *sql)
{
  sqlite3 *handle = store_fixture_open_bare (fixture->path);

  g_assert_cmpint (store_fixture_execute_bare (handle, sql), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (handle), ==, SQLITE_OK);
}

static void
test_only_the_owner_may_read (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (DwProject) project G_GNUC_UNUSED = store_fixture_add_project (fixture->store, "shop");
  g_autofree char *folder = g_path_get_dirname (fixture->path);
  g_autofree char *log = g_strconcat (fixture->path, "-wal", NULL);
  g_autofree char *memory = g_strconcat (fixture->path, "-shm", NULL);

  g_assert_cmpint (get_mode (folder), ==, 0700);
  g_assert_cmpint (get_mode (fixture->path), ==, 0600);
  g_assert_cmpint (get_mode (log), ==, 0600);
  g_assert_cmpint (get_mode (memory), ==, 0600);
}

static void
test_nothing_is_left_beside_it (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_path_get_dirname (fixture->path);

  store_fixture_close (fixture);

  g_autoptr (GDir) files = g_dir_open (folder, 0, NULL);
  g_assert_cmpstr (g_dir_read_name (files), ==, "store.db");
  g_assert_null (g_dir_read_name (files));
}

static void
test_the_schema_is_as_promised (StoreFixture *fixture, gconstpointer data)
{
  g_assert_cmpint (store_fixture_count (fixture, "PRAGMA user_version"), ==, 7);
  g_assert_cmpint (store_fixture_count (fixture, "SELECT count (*) FROM pragma_journal_mode "
                                                 "WHERE journal_mode = 'wal'"),
                   ==, 1);
  g_assert_cmpint (store_fixture_count (fixture, "SELECT count (*) FROM pragma_foreign_key_check"),
                   ==, 0);
}

static void
test_a_newer_file (StoreFixture *fixture, gconstpointer data)
{
  make_database (fixture);
  change_database (fixture, "PRAGMA user_version = 1000");
  assert_refused (fixture, DW_STORE_ERROR_NEWER);
}

static int
leave_unsaved (const char *path)
{
  sqlite3 *handle = store_fixture_open_bare (path);

  store_fixture_execute_bare (handle, "PRAGMA user_version = 1000");
  store_fixture_say_ready ();
  store_fixture_await_end ();
  return 0;
}

/* The newer program was killed: what it wrote last is in the log only, and stays there. */
static void
test_a_newer_file_with_a_log (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *log = g_strconcat (fixture->path, "-wal", NULL);

  make_database (fixture);
  g_autoptr (GSubprocess) process = store_fixture_spawn ("leave-unsaved", fixture->path, 0);
  store_fixture_await_ready (process);
  g_subprocess_force_exit (process);
  g_assert_true (g_subprocess_wait (process, NULL, NULL));

  g_autofree char *before = store_fixture_get_checksum (log);
  assert_refused (fixture, DW_STORE_ERROR_NEWER);
  g_autofree char *after = store_fixture_get_checksum (log);
  g_assert_cmpstr (before, ==, after);
}

static void
test_a_foreign_file (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_path_get_dirname (fixture->path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  change_database (fixture, "CREATE TABLE recipes (id INTEGER); PRAGMA user_version = 1");
  assert_refused (fixture, DW_STORE_ERROR_NOT_A_DATABASE);
}

static void
test_a_foreign_file_without_a_version (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_path_get_dirname (fixture->path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  change_database (fixture, "CREATE TABLE projects (id INTEGER)");
  assert_refused (fixture, DW_STORE_ERROR_NOT_A_DATABASE);
}

static void
test_a_text (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *text = g_strnfill (100000, 'x');

  write_file (fixture, text, -1);
  assert_refused (fixture, DW_STORE_ERROR_NOT_A_DATABASE);
  write_file (fixture, "short", -1);
  assert_refused (fixture, DW_STORE_ERROR_NOT_A_DATABASE);
}

static void
test_a_truncated_file (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *content = NULL;
  gsize length;

  make_database (fixture);
  g_file_get_contents (fixture->path, &content, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (length, >, 10 * 4096);

  gsize cuts[] = { 1,
                   15,
                   16,
                   50,
                   99,
                   100,
                   1000,
                   4096,
                   8192,
                   8192 + 1,
                   length / 2,
                   length - 8192,
                   length - 4096,
                   length - 4095,
                   length - 1 };
  for (guint i = 0; i < G_N_ELEMENTS (cuts); i++)
    {
      g_test_message ("%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " bytes", cuts[i], length);
      write_file (fixture, content, (gssize) cuts[i]);
      assert_refused (fixture, DW_STORE_ERROR_NOT_A_DATABASE);
    }
}

/* It is what a crash before the first migration leaves. */
static void
test_an_empty_file (StoreFixture *fixture, gconstpointer data)
{
  write_file (fixture, "", 0);
  store_fixture_reopen (fixture);

  g_autoptr (DwProject) project G_GNUC_UNUSED = store_fixture_add_project (fixture->store, "shop");
}

static void
test_a_folder (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (fixture->path, 0700), ==, 0);
  g_assert_null (dw_store_open (fixture->path, &error));
  g_assert_error (error, DW_STORE_ERROR, DW_STORE_ERROR_READ_ONLY);
  g_assert_nonnull (strstr (error->message, fixture->path));
}

/* Says the code of the error, since root may write whatever the mode is. */
static int
open_as_nobody (const char *path)
{
  g_autoptr (GError) error = NULL;
  struct passwd *nobody = getpwnam ("nobody");

  if (getuid () == 0 &&
      (nobody == NULL || setgid (nobody->pw_gid) != 0 || setuid (nobody->pw_uid) != 0))
    return 100;

  g_autoptr (DwStore) store = dw_store_open (path, &error);

  if (store != NULL)
    return 101;
  if (error->domain != DW_STORE_ERROR || strstr (error->message, path) == NULL)
    return 102;
  return error->code + 1;
}

static void
assert_refused_to_nobody (StoreFixture *fixture)
{
  g_autofree char *before = store_fixture_get_checksum (fixture->path);
  g_autoptr (GSubprocess) process = store_fixture_spawn ("open-as-nobody", fixture->path, 0);

  g_assert_true (g_subprocess_wait (process, NULL, NULL));
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, DW_STORE_ERROR_READ_ONLY + 1);

  g_autofree char *after = store_fixture_get_checksum (fixture->path);
  g_assert_cmpstr (before, ==, after);
}

static void
set_modes (StoreFixture *fixture, int folder_mode, int file_mode)
{
  g_autofree char *folder = g_path_get_dirname (fixture->path);

  g_assert_cmpint (g_chmod (fixture->folder, 0755), ==, 0);
  g_assert_cmpint (g_chmod (fixture->path, file_mode), ==, 0);
  g_assert_cmpint (g_chmod (folder, folder_mode), ==, 0);
}

static void
test_a_read_only_file (StoreFixture *fixture, gconstpointer data)
{
  make_database (fixture);
  set_modes (fixture, 0555, 0444);
  assert_refused_to_nobody (fixture);
  /* Only root can write what follows in a folder that is of no other mode for the test's user. */
  set_modes (fixture, getuid () == 0 ? 0777 : 0700, 0444);
  assert_refused_to_nobody (fixture);
  set_modes (fixture, 0700, 0600);
}

static void
test_a_file_without_permission (StoreFixture *fixture, gconstpointer data)
{
  if (getuid () != 0)
    {
      g_test_skip ("Only root can keep the file's bytes readable for the comparison");
      return;
    }

  make_database (fixture);
  set_modes (fixture, 0777, 0000);
  assert_refused_to_nobody (fixture);
  set_modes (fixture, 0700, 0600);
}

static void
test_a_folder_that_cannot_be_made (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (dw_store_open ("/proc/nowhere/store.db", &error));
  g_assert_error (error, DW_STORE_ERROR, DW_STORE_ERROR_READ_ONLY);
  g_assert_nonnull (strstr (error->message, "/proc/nowhere/store.db"));
}

static int
lock (const char *path, const char *sql)
{
  sqlite3 *handle = store_fixture_open_bare (path);

  g_assert_cmpint (store_fixture_execute_bare (handle, sql), ==, SQLITE_OK);
  store_fixture_say_ready ();
  store_fixture_await_end ();
  g_assert_cmpint (sqlite3_close (handle), ==, SQLITE_OK);
  return 0;
}

static void
finish (GSubprocess *process)
{
  g_output_stream_close (g_subprocess_get_stdin_pipe (process), NULL, NULL);
  g_assert_true (g_subprocess_wait (process, NULL, NULL));
}

static void
test_a_locked_file (StoreFixture *fixture, gconstpointer data)
{
  make_database (fixture);
  g_autoptr (GSubprocess) process = store_fixture_spawn ("lock-whole", fixture->path, 0);
  store_fixture_await_ready (process);

  assert_refused (fixture, DW_STORE_ERROR_LOCKED);
  finish (process);

  store_fixture_reopen (fixture);
}

/* The lock of a transaction keeps writers out; readers are served. */
static void
test_a_locked_writer (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  make_database (fixture);
  g_autoptr (GSubprocess) process = store_fixture_spawn ("lock", fixture->path, 0);
  store_fixture_await_ready (process);
  g_autofree char *before = store_fixture_get_checksum (fixture->path);

  store_fixture_reopen (fixture);
  g_autoptr (DwProject) found = dw_store_find_project (fixture->store, "project-7", &error);
  g_assert_no_error (error);
  g_assert_false (dw_store_delete (fixture->store, DW_TYPE_PROJECT,
                                   dw_entity_get_id (DW_ENTITY (found)), &error));
  g_assert_error (error, DW_STORE_ERROR, DW_STORE_ERROR_LOCKED);
  g_assert_nonnull (strstr (error->message, fixture->path));
  g_clear_error (&error);
  g_autofree char *after = store_fixture_get_checksum (fixture->path);
  g_assert_cmpstr (before, ==, after);

  finish (process);
  g_assert_true (dw_store_delete (fixture->store, DW_TYPE_PROJECT,
                                  dw_entity_get_id (DW_ENTITY (found)), &error));
  g_assert_no_error (error);
}

static int
run_task (const char *task, const char *path)
{
  if (g_str_equal (task, "open-as-nobody"))
    return open_as_nobody (path);
  if (g_str_equal (task, "leave-unsaved"))
    return leave_unsaved (path);
  if (g_str_equal (task, "lock-whole"))
    return lock (path, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");

  return lock (path, "BEGIN EXCLUSIVE");
}

int
main (int argc, char **argv)
{
  const char *task = store_fixture_get_task (argc, argv);

  if (task != NULL)
    return run_task (task, argv[2]);

  g_test_init (&argc, &argv, NULL);

  store_test_add ("/store/files/only-their-owner-may-read-them", test_only_the_owner_may_read);
  store_test_add ("/store/files/nothing-is-left-beside-one", test_nothing_is_left_beside_it);
  store_test_add ("/store/files/hold-the-schema-of-this-program", test_the_schema_is_as_promised);
  store_test_add_closed ("/store/files/a-newer-one-is-refused", test_a_newer_file);
  store_test_add_closed ("/store/files/a-newer-one-keeps-its-log", test_a_newer_file_with_a_log);
  store_test_add_closed ("/store/files/a-foreign-one-is-refused", test_a_foreign_file);
  store_test_add_closed ("/store/files/a-foreign-one-without-a-version-is-refused",
                         test_a_foreign_file_without_a_version);
  store_test_add_closed ("/store/files/a-text-is-refused", test_a_text);
  store_test_add_closed ("/store/files/a-truncated-one-is-refused", test_a_truncated_file);
  store_test_add_closed ("/store/files/an-empty-one-is-a-new-one", test_an_empty_file);
  store_test_add_closed ("/store/files/a-folder-is-refused", test_a_folder);
  store_test_add_closed ("/store/files/a-read-only-one-is-refused", test_a_read_only_file);
  store_test_add_closed ("/store/files/one-without-permission-is-refused",
                         test_a_file_without_permission);
  store_test_add_closed ("/store/files/a-folder-that-cannot-be-made-is-named",
                         test_a_folder_that_cannot_be_made);
  store_test_add_closed ("/store/files/a-locked-one-is-refused", test_a_locked_file);
  store_test_add_closed ("/store/files/a-locked-one-can-be-read", test_a_locked_writer);

  return g_test_run ();
}
