/* test-store-changes.c: "changed" says what was written, whoever wrote it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "store-fixture.h"

#include <string.h>

typedef struct
{
  DwStore *store;
  GHashTable *counts; /* of GType to how often it was told */
  guint n;
  GType awaited;
  GThread *thread;
} Watch;

static void
on_changed (DwStore *store, GType type, Watch *watch)
{
  guint count = GPOINTER_TO_UINT (g_hash_table_lookup (watch->counts, GSIZE_TO_POINTER (type)));

  g_assert_true (g_thread_self () == watch->thread);
  g_hash_table_insert (watch->counts, GSIZE_TO_POINTER (type), GUINT_TO_POINTER (count + 1));
  watch->n++;
}

static guint
get_count (Watch *watch, GType type)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (watch->counts, GSIZE_TO_POINTER (type)));
}

static gboolean
on_quiet (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* What has been written so far has been told, and nothing is under way. */
static void
settle (Watch *watch)
{
  gboolean is_quiet = FALSE;

  g_timeout_add (400, on_quiet, &is_quiet);
  while (!is_quiet)
    g_main_context_iteration (NULL, TRUE);
  g_hash_table_remove_all (watch->counts);
  watch->n = 0;
}

static void
watch_start (Watch *watch, DwStore *store)
{
  *watch = (Watch){ .store = store,
                    .counts = g_hash_table_new (NULL, NULL),
                    .thread = g_thread_self () };
  g_signal_connect (store, "changed", G_CALLBACK (on_changed), watch);
  dw_store_watch (store);
  dw_store_watch (store);
  settle (watch);
}

static void
watch_end (Watch *watch)
{
  settle (watch);
  g_signal_handlers_disconnect_by_data (watch->store, watch);
  g_hash_table_unref (watch->counts);
}

static gboolean
is_told (gpointer user_data)
{
  Watch *watch = user_data;

  return get_count (watch, watch->awaited) > 0;
}

static void
await_change (Watch *watch, GType type)
{
  watch->awaited = type;
  store_fixture_wait (is_told, watch);
}

static DwDeploy *
add_deploy (DwStore *store)
{
  g_autoptr (DwProject) project = store_fixture_add_project (store, "shop");
  g_autoptr (DwStage) stage = store_fixture_add_stage (store, project, "prod");

  return store_fixture_add_deploy (store, stage, "v1");
}

static void
test_own_writes (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (DwDeploy) deploy = add_deploy (fixture->store);
  Watch watch;

  watch_start (&watch, fixture->store);
  for (int i = 0; i < 500; i++)
    dw_store_append_log (fixture->store, dw_entity_get_id (DW_ENTITY (deploy)), DW_LOG_INFO,
                         DW_DEPLOY_PULLING, "a", NULL);
  await_change (&watch, DW_TYPE_DEPLOY_LOG);
  g_assert_cmpuint (watch.n, ==, 1);

  watch_end (&watch);
}

static void
test_right_types (StoreFixture *fixture, gconstpointer data)
{
  DwStore *store = fixture->store;
  g_autoptr (DwDeploy) deploy = add_deploy (store);
  g_autoptr (DwInstance) instance = store_fixture_add_instance (store, deploy);
  Watch watch;

  dw_store_set_stage_current_instance (store, dw_deploy_get_stage_id (deploy),
                                       dw_entity_get_id (DW_ENTITY (instance)), NULL);
  watch_start (&watch, store);

  /* What goes with the instance is told too. */
  dw_store_delete (store, DW_TYPE_INSTANCE, dw_entity_get_id (DW_ENTITY (instance)), NULL);
  await_change (&watch, DW_TYPE_INSTANCE);
  g_assert_cmpuint (get_count (&watch, DW_TYPE_STAGE), ==, 1);
  g_assert_cmpuint (watch.n, ==, 2);
  settle (&watch);

  dw_store_delete (store, DW_TYPE_PROJECT, dw_deploy_get_project_id (deploy), NULL);
  await_change (&watch, DW_TYPE_DEPLOY);
  g_assert_cmpuint (get_count (&watch, DW_TYPE_PROJECT), ==, 1);
  g_assert_cmpuint (get_count (&watch, DW_TYPE_STAGE), ==, 1);
  g_assert_cmpuint (watch.n, ==, 3);
  settle (&watch);

  g_autoptr (DwSettings) settings = dw_store_get_settings (store, NULL);
  g_object_set (settings, "webhook-enabled", TRUE, NULL);
  dw_store_update (store, DW_ENTITY (settings), NULL);
  await_change (&watch, DW_TYPE_SETTINGS);
  g_assert_cmpuint (watch.n, ==, 1);

  watch_end (&watch);
}

static gboolean
write_and_fail (DwStore *store, gpointer user_data, GError **error)
{
  g_autoptr (DwRegistry) registry G_GNUC_UNUSED = store_fixture_add_registry (store, "hub");

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "no");
  return FALSE;
}

static void
test_undone_writes (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (DwProject) project = store_fixture_add_project (fixture->store, "shop");
  g_autoptr (DwProject)
      again = g_object_new (DW_TYPE_PROJECT, "name", "shop", "image", "busybox", NULL);
  Watch watch;

  watch_start (&watch, fixture->store);
  g_assert_false (dw_store_transact (fixture->store, write_and_fail, NULL, NULL));
  g_assert_false (dw_store_create (fixture->store, DW_ENTITY (again), NULL));

  /* Only what comes after them is told. */
  g_autoptr (DwStage)
      stage G_GNUC_UNUSED = store_fixture_add_stage (fixture->store, project, "prod");
  await_change (&watch, DW_TYPE_STAGE);
  g_assert_cmpuint (watch.n, ==, 1);

  watch_end (&watch);
}

static gpointer
write_in_thread (gpointer data)
{
  return store_fixture_add_registry (data, "hub");
}

static void
test_writes_of_a_thread (StoreFixture *fixture, gconstpointer data)
{
  Watch watch;

  watch_start (&watch, fixture->store);
  g_autoptr (DwRegistry) registry G_GNUC_UNUSED = g_thread_join (
      g_thread_new ("writer", write_in_thread, fixture->store));
  await_change (&watch, DW_TYPE_REGISTRY);

  watch_end (&watch);
}

static int
run_writer (const char *path)
{
  g_autoptr (DwStore) store = dw_store_open (path, NULL);
  g_autoptr (DwProject) project G_GNUC_UNUSED = store_fixture_add_project (store, "from-afar");

  return 0;
}

static void
test_writes_of_another_process (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Watch watch;

  watch_start (&watch, fixture->store);
  g_autoptr (GSubprocess) process = store_fixture_spawn ("write", fixture->path, 0);
  await_change (&watch, DW_TYPE_PROJECT);
  g_assert_true (g_subprocess_wait_check (process, NULL, NULL));

  g_autoptr (DwProject) found = dw_store_find_project (fixture->store, "from-afar", &error);
  g_assert_no_error (error);

  /* And the next time too. */
  settle (&watch);
  g_assert_true (dw_store_delete (fixture->store, DW_TYPE_PROJECT,
                                  dw_entity_get_id (DW_ENTITY (found)), &error));
  await_change (&watch, DW_TYPE_PROJECT);
  settle (&watch);
  g_autoptr (GSubprocess) other = store_fixture_spawn ("write", fixture->path, 0);
  await_change (&watch, DW_TYPE_PROJECT);
  g_assert_true (g_subprocess_wait_check (other, NULL, NULL));

  watch_end (&watch);
}

static void
test_writes_before_the_watch (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GSubprocess) process = store_fixture_spawn ("write", fixture->path, 0);
  Watch watch = { .store = fixture->store,
                  .counts = g_hash_table_new (NULL, NULL),
                  .thread = g_thread_self () };

  g_assert_true (g_subprocess_wait_check (process, NULL, NULL));
  g_signal_connect (fixture->store, "changed", G_CALLBACK (on_changed), &watch);
  dw_store_watch (fixture->store);
  await_change (&watch, DW_TYPE_PROJECT);

  watch_end (&watch);
}

/* Nothing of it may come to a store that is gone. */
static void
test_the_store_goes_first (StoreFixture *fixture, gconstpointer data)
{
  Watch watch;

  watch_start (&watch, fixture->store);
  g_autoptr (DwProject) project G_GNUC_UNUSED = store_fixture_add_project (fixture->store, "shop");
  g_signal_handlers_disconnect_by_data (fixture->store, &watch);
  store_fixture_close (fixture);
  settle (&watch);
  g_hash_table_unref (watch.counts);
}

int
main (int argc, char **argv)
{
  if (store_fixture_get_task (argc, argv) != NULL)
    return run_writer (argv[2]);

  g_test_init (&argc, &argv, NULL);

  store_test_add ("/store/changes/own-writes-are-told-once", test_own_writes);
  store_test_add ("/store/changes/only-what-changed-is-told", test_right_types);
  store_test_add ("/store/changes/what-was-undone-is-not-told", test_undone_writes);
  store_test_add ("/store/changes/writes-of-a-thread-are-told-in-the-main-context",
                  test_writes_of_a_thread);
  store_test_add ("/store/changes/writes-of-another-process-are-told",
                  test_writes_of_another_process);
  store_test_add ("/store/changes/what-was-written-before-is-told", test_writes_before_the_watch);
  store_test_add ("/store/changes/a-store-may-go-with-something-to-tell",
                  test_the_store_goes_first);

  return g_test_run ();
}
