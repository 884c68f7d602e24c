/* test-store-window.c: the windowed lists of the history and of log lines
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "store-fixture.h"

#include <stdio.h>

#include "store/dw-store-window.h"

#define MILLION 1000000
/* Eight pages of a hundred, and what the test itself may hold at the moment. */
#define MAX_ROWS 801

static const char *
id_of (gpointer entity)
{
  return dw_entity_get_id (entity);
}

static gboolean
is_loaded (gpointer user_data)
{
  return dw_store_window_is_loaded (user_data);
}

static gboolean
has_entity (gpointer user_data)
{
  return dw_store_row_get_entity (user_data) != NULL;
}

typedef struct
{
  GListModel *model;
  guint n_items;
} Awaited;

static gboolean
has_n_items (gpointer user_data)
{
  Awaited *awaited = user_data;

  return g_list_model_get_n_items (awaited->model) == awaited->n_items;
}

static void
await_n_items (gpointer model, guint n_items)
{
  store_fixture_wait (has_n_items, &(Awaited){ model, n_items });
}

/* The row of this place, once it is read. (transfer full) */
static DwStoreRow *
await_row (gpointer model, guint position)
{
  DwStoreRow *row = g_list_model_get_item (model, position);

  g_assert_nonnull (row);
  store_fixture_wait (has_entity, row);
  return row;
}

static void
assert_row (gpointer model, guint position, const char *property, const char *expected)
{
  g_autoptr (DwStoreRow) row = await_row (model, position);
  g_autofree char *text = NULL;

  g_object_get (dw_store_row_get_entity (row), property, &text, NULL);
  g_assert_cmpstr (text, ==, expected);
}

typedef struct
{
  guint n;
  guint position;
  guint n_removed;
  guint n_added;
} Told;

static void
on_items_changed (GListModel *model, guint position, guint n_removed, guint n_added, Told *told)
{
  told->n++;
  told->position = position;
  told->n_removed = n_removed;
  told->n_added = n_added;
}

static void
assert_told (Told *told, guint position, guint n_removed, guint n_added)
{
  g_assert_cmpuint (told->n, ==, 1);
  g_assert_cmpuint (told->position, ==, position);
  g_assert_cmpuint (told->n_removed, ==, n_removed);
  g_assert_cmpuint (told->n_added, ==, n_added);
  *told = (Told){ 0 };
}

static DwStage *
add_stage (DwStore *store, const char *project_name)
{
  g_autoptr (DwProject) project = store_fixture_add_project (store, project_name);

  return store_fixture_add_stage (store, project, "prod");
}

static gboolean
add_deploys (DwStore *store, gpointer user_data, GError **error)
{
  for (int i = 0; i < 250; i++)
    {
      g_autofree char *tag = g_strdup_printf ("v%d", i);
      g_autoptr (DwDeploy) deploy G_GNUC_UNUSED = store_fixture_add_deploy (store, user_data, tag);
    }

  return TRUE;
}

/* Log lines "line 1" to "line N" of @deploy, as fast as SQLite can. */
static void
add_lines (StoreFixture *fixture, DwDeploy *deploy, int n)
{
  sqlite3 *handle = store_fixture_open_bare (fixture->path);
  g_autofree char *sql = g_strdup_printf (
      "WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < %d) "
      "INSERT INTO deploy_logs (created_at, updated_at, deploy_id, level, phase, message) "
      "SELECT '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', '%s', 'info', 'pulling', "
      "'line ' || i FROM numbers",
      n, id_of (deploy));

  g_assert_cmpint (store_fixture_execute_bare (handle, sql), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (handle), ==, SQLITE_OK);
}

static void
test_newest_first (StoreFixture *fixture, gconstpointer data)
{
  DwStore *store = fixture->store;
  g_autoptr (DwStage) stage = add_stage (store, "shop");
  g_autoptr (DwStage) other = add_stage (store, "blog");
  g_autoptr (DwProject) shop = dw_store_find_project (store, "shop", NULL);

  dw_store_transact (store, add_deploys, stage, NULL);
  g_autoptr (DwDeploy)
      elsewhere G_GNUC_UNUSED = store_fixture_add_deploy (store, other, "elsewhere");

  g_autoptr (DwStoreWindow) all = dw_store_window_new_deploys (store, NULL);
  g_autoptr (DwStoreWindow) of_project = dw_store_window_new_deploys (
      store, &(DwStoreFilter){ .project_id = id_of (shop) });
  g_autoptr (DwStoreWindow)
      of_stage = dw_store_window_new_deploys (store, &(DwStoreFilter){ .stage_id = id_of (stage) });
  g_autoptr (DwStoreWindow)
      of_nobody = dw_store_window_new_deploys (store, &(DwStoreFilter){ .stage_id = "nobody" });
  g_assert_true (g_list_model_get_item_type (G_LIST_MODEL (all)) == DW_TYPE_STORE_ROW);

  await_n_items (all, 251);
  assert_row (all, 0, "tag", "elsewhere");
  assert_row (all, 1, "tag", "v249");
  assert_row (all, 250, "tag", "v0");
  await_n_items (of_project, 250);
  assert_row (of_project, 0, "tag", "v249");
  assert_row (of_project, 120, "tag", "v129");
  await_n_items (of_stage, 250);
  assert_row (of_stage, 249, "tag", "v0");
  store_fixture_wait (is_loaded, of_nobody);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (of_nobody)), ==, 0);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (of_nobody), 0));
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (of_stage), 250));
  g_assert_null (dw_store_window_get_problem (all));
}

static void
test_a_placeholder_is_filled (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (DwStage) stage = add_stage (fixture->store, "shop");
  g_autoptr (DwDeploy) deploy = store_fixture_add_deploy (fixture->store, stage, "v1");

  add_lines (fixture, deploy, 250);
  g_autoptr (DwStoreWindow) lines = dw_store_window_new_logs (fixture->store, id_of (deploy));
  await_n_items (lines, 250);

  /* It is there at once, and nothing has been waited for. */
  g_autoptr (DwStoreRow) row = g_list_model_get_item (G_LIST_MODEL (lines), 223);
  g_assert_null (dw_store_row_get_entity (row));
  store_fixture_wait (has_entity, row);
  g_assert_cmpstr (dw_deploy_log_get_message (DW_DEPLOY_LOG (dw_store_row_get_entity (row))), ==,
                   "line 224");

  /* The whole page came with it, and every row is the same as long as it is held. */
  g_autoptr (DwStoreRow) again = g_list_model_get_item (G_LIST_MODEL (lines), 223);
  g_autoptr (DwStoreRow) next = g_list_model_get_item (G_LIST_MODEL (lines), 224);
  g_assert_true (row == again);
  g_assert_nonnull (dw_store_row_get_entity (next));
}

static void
test_new_deploys_come_at_the_head (StoreFixture *fixture, gconstpointer data)
{
  DwStore *store = fixture->store;
  Told told = { 0 };
  g_autoptr (DwStage) stage = add_stage (store, "shop");

  dw_store_transact (store, add_deploys, stage, NULL);
  g_autoptr (DwStoreWindow)
      deploys = dw_store_window_new_deploys (store, &(DwStoreFilter){ .stage_id = id_of (stage) });
  await_n_items (deploys, 250);
  g_autoptr (DwStoreRow) first = await_row (deploys, 0);
  g_autoptr (DwStoreRow) deep = await_row (deploys, 199);
  DwEntity *entity = dw_store_row_get_entity (deep);
  g_signal_connect (deploys, "items-changed", G_CALLBACK (on_items_changed), &told);

  g_autoptr (DwDeploy) a G_GNUC_UNUSED = store_fixture_add_deploy (store, stage, "a");
  g_autoptr (DwDeploy) b G_GNUC_UNUSED = store_fixture_add_deploy (store, stage, "b");
  await_n_items (deploys, 252);
  assert_told (&told, 0, 0, 2);

  /* The new ones are there with it; those that were there have moved, and are the same. */
  g_autoptr (DwStoreRow) head = g_list_model_get_item (G_LIST_MODEL (deploys), 0);
  g_assert_nonnull (dw_store_row_get_entity (head));
  assert_row (deploys, 0, "tag", "b");
  assert_row (deploys, 1, "tag", "a");
  g_autoptr (DwStoreRow) moved = g_list_model_get_item (G_LIST_MODEL (deploys), 2);
  g_autoptr (DwStoreRow) deep_moved = g_list_model_get_item (G_LIST_MODEL (deploys), 201);
  g_assert_true (moved == first);
  g_assert_true (deep_moved == deep);
  g_assert_true (dw_store_row_get_entity (deep) == entity);
  assert_row (deploys, 201, "tag", "v50");
  assert_row (deploys, 251, "tag", "v0");
}

static void
test_new_lines_come_at_the_tail (StoreFixture *fixture, gconstpointer data)
{
  DwStore *store = fixture->store;
  Told told = { 0 };
  g_autoptr (DwStage) stage = add_stage (store, "shop");
  g_autoptr (DwDeploy) deploy = store_fixture_add_deploy (store, stage, "v1");
  g_autoptr (DwDeploy) other = store_fixture_add_deploy (store, stage, "v2");

  g_autoptr (DwStoreWindow) lines = dw_store_window_new_logs (store, id_of (deploy));
  store_fixture_wait (is_loaded, lines);
  g_signal_connect (lines, "items-changed", G_CALLBACK (on_items_changed), &told);

  dw_store_append_log (store, id_of (deploy), DW_LOG_INFO, DW_DEPLOY_PULLING, "a", NULL);
  await_n_items (lines, 1);
  assert_told (&told, 0, 0, 1);
  assert_row (lines, 0, "message", "a");

  dw_store_append_log (store, id_of (other), DW_LOG_INFO, DW_DEPLOY_PULLING, "x", NULL);
  dw_store_append_log (store, id_of (deploy), DW_LOG_INFO, DW_DEPLOY_PULLING, "b", NULL);
  dw_store_append_log (store, id_of (deploy), DW_LOG_INFO, DW_DEPLOY_PULLING, "c", NULL);
  await_n_items (lines, 3);
  assert_told (&told, 1, 0, 2);
  g_autoptr (DwStoreRow) last = g_list_model_get_item (G_LIST_MODEL (lines), 2);
  g_assert_nonnull (dw_store_row_get_entity (last));
  assert_row (lines, 2, "message", "c");

  /* As another program writes. */
  add_lines (fixture, deploy, 250);
  await_n_items (lines, 253);
  assert_told (&told, 3, 0, 250);
  assert_row (lines, 252, "message", "line 250");
}

static gboolean
has_ended (gpointer user_data)
{
  return dw_deploy_get_status (user_data) == DW_DEPLOY_SUCCESS;
}

static void
test_a_change_of_a_row (StoreFixture *fixture, gconstpointer data)
{
  Told told = { 0 };
  g_autoptr (DwStage) stage = add_stage (fixture->store, "shop");
  g_autoptr (DwDeploy) deploy = store_fixture_add_deploy (fixture->store, stage, "v1");

  g_autoptr (DwStoreWindow) deploys = dw_store_window_new_deploys (fixture->store, NULL);
  await_n_items (deploys, 1);
  g_autoptr (DwStoreRow) row = await_row (deploys, 0);
  g_autoptr (DwEntity) entity = g_object_ref (dw_store_row_get_entity (row));
  g_signal_connect (deploys, "items-changed", G_CALLBACK (on_items_changed), &told);

  store_fixture_end_deploy (fixture->store, deploy, DW_DEPLOY_SUCCESS);
  store_fixture_wait (has_ended, entity);
  g_assert_true (dw_store_row_get_entity (row) == entity);
  g_assert_cmpuint (told.n, ==, 0);
}

static void
test_a_deleted_row (StoreFixture *fixture, gconstpointer data)
{
  Told told = { 0 };
  g_autoptr (DwStage) stage = add_stage (fixture->store, "shop");
  g_autoptr (DwDeploy) a G_GNUC_UNUSED = store_fixture_add_deploy (fixture->store, stage, "a");
  g_autoptr (DwDeploy) b = store_fixture_add_deploy (fixture->store, stage, "b");
  g_autoptr (DwDeploy) c = store_fixture_add_deploy (fixture->store, stage, "c");

  g_autoptr (DwStoreWindow) deploys = dw_store_window_new_deploys (fixture->store, NULL);
  await_n_items (deploys, 3);
  g_autoptr (DwStoreRow) oldest = await_row (deploys, 2);
  g_signal_connect (deploys, "items-changed", G_CALLBACK (on_items_changed), &told);

  dw_store_delete (fixture->store, DW_TYPE_DEPLOY, id_of (b), NULL);
  await_n_items (deploys, 2);
  assert_told (&told, 1, 1, 0);
  assert_row (deploys, 0, "tag", "c");
  assert_row (deploys, 1, "tag", "a");
  g_autoptr (DwStoreRow) same = g_list_model_get_item (G_LIST_MODEL (deploys), 1);
  g_assert_true (same == oldest);

  /* The one that it counts from goes while another one comes. */
  dw_store_delete (fixture->store, DW_TYPE_DEPLOY, id_of (c), NULL);
  g_autoptr (DwDeploy) d G_GNUC_UNUSED = store_fixture_add_deploy (fixture->store, stage, "d");
  g_autoptr (DwDeploy) e G_GNUC_UNUSED = store_fixture_add_deploy (fixture->store, stage, "e");
  await_n_items (deploys, 3);
  assert_row (deploys, 0, "tag", "e");
  assert_row (deploys, 1, "tag", "d");
  assert_row (deploys, 2, "tag", "a");

  dw_store_delete (fixture->store, DW_TYPE_STAGE, id_of (stage), NULL);
  await_n_items (deploys, 0);
}

static void
on_row_gone (gpointer user_data, GObject *row)
{
  *(guint *) user_data -= 1;
}

static gboolean
is_zero (gpointer user_data)
{
  return *(guint *) user_data == 0;
}

static gsize
get_resident_bytes (void)
{
  g_autofree char *text = NULL;
  unsigned long size, resident;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  g_assert_cmpint (sscanf (text, "%lu %lu", &size, &resident), ==, 2);
  return resident * (gsize) sysconf (_SC_PAGESIZE);
}

/* The address sanitizer does, and then what is resident says nothing. */
static gboolean
holds_freed_memory_back (void)
{
#if defined(__SANITIZE_ADDRESS__)
  return TRUE;
#elif defined(__has_feature)
  return __has_feature (address_sanitizer);
#else
  return FALSE;
#endif
}

/* Asks for a row of every page and every second one of some, as a wild scroll does. */
static void
test_a_million_lines (StoreFixture *fixture, gconstpointer data)
{
  guint n_alive = 0;
  g_autoptr (DwStage) stage = add_stage (fixture->store, "shop");
  g_autoptr (DwDeploy) deploy = store_fixture_add_deploy (fixture->store, stage, "v1");

  add_lines (fixture, deploy, MILLION);
  gsize before = get_resident_bytes ();
  g_autoptr (DwStoreWindow) lines = dw_store_window_new_logs (fixture->store, id_of (deploy));
  await_n_items (lines, MILLION);

  for (guint i = 0; i < MILLION; i += 37)
    {
      DwStoreRow *row = g_list_model_get_item (G_LIST_MODEL (lines), i);

      g_object_weak_ref (G_OBJECT (row), on_row_gone, &n_alive);
      n_alive++;
      g_object_unref (row);
      g_assert_cmpuint (n_alive, <=, MAX_ROWS);
      if (i % 1000 == 0)
        g_main_context_iteration (NULL, FALSE);
    }

  assert_row (lines, 0, "message", "line 1");
  assert_row (lines, MILLION - 1, "message", "line 1000000");
  assert_row (lines, MILLION / 2, "message", "line 500001");
  if (!holds_freed_memory_back ())
    g_assert_cmpuint (get_resident_bytes (), <, before + 32 * 1024 * 1024);

  /* It goes on growing at its end, and is true there. */
  dw_store_append_log (fixture->store, id_of (deploy), DW_LOG_INFO, DW_DEPLOY_PULLING, "end", NULL);
  await_n_items (lines, MILLION + 1);
  assert_row (lines, MILLION, "message", "end");

  g_clear_object (&lines);
  store_fixture_wait (is_zero, &n_alive);
}

/* A view holds some rows while something else walks through the whole list. */
static void
test_a_held_row_stays_true (StoreFixture *fixture, gconstpointer data)
{
  DwStore *store = fixture->store;
  g_autoptr (DwStage) stage = add_stage (store, "shop");
  g_autoptr (DwDeploy) deploy = store_fixture_add_deploy (store, stage, "v1");

  add_lines (fixture, deploy, 2000);
  g_autoptr (DwStoreWindow) lines = dw_store_window_new_logs (store, id_of (deploy));
  await_n_items (lines, 2000);

  g_autoptr (DwStoreRow) read = await_row (lines, 5);
  g_autoptr (DwStoreRow) unread = g_list_model_get_item (G_LIST_MODEL (lines), 150);
  for (guint i = 300; i < 2000; i += 50)
    g_object_unref (g_list_model_get_item (G_LIST_MODEL (lines), i));

  store_fixture_wait (has_entity, unread);
  g_autoptr (DwDeployLog) line = g_object_ref (DW_DEPLOY_LOG (dw_store_row_get_entity (read)));
  g_autoptr (DwDeployLog) changed = store_fixture_read_again (store, line);
  g_object_set (changed, "message", "corrected", NULL);
  g_assert_true (dw_store_update (store, DW_ENTITY (changed), NULL));
  while (g_strcmp0 (dw_deploy_log_get_message (line), "corrected") != 0)
    g_main_context_iteration (NULL, TRUE);

  g_autoptr (DwStoreRow) same = g_list_model_get_item (G_LIST_MODEL (lines), 5);
  g_assert_true (same == read);
}

static void
test_a_list_may_go_while_it_reads (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (DwStage) stage = add_stage (fixture->store, "shop");
  g_autoptr (DwDeploy) deploy = store_fixture_add_deploy (fixture->store, stage, "v1");

  add_lines (fixture, deploy, 1000);
  DwStoreWindow *lines = dw_store_window_new_logs (fixture->store, id_of (deploy));
  await_n_items (lines, 1000);
  g_autoptr (DwStoreRow) row = g_list_model_get_item (G_LIST_MODEL (lines), 500);
  g_object_run_dispose (G_OBJECT (lines));
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (lines), 0));
  g_object_add_weak_pointer (G_OBJECT (lines), (gpointer *) &lines);
  g_object_unref (lines);
  while (lines != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (dw_store_row_get_entity (row));
}

static gboolean
has_problem (gpointer user_data)
{
  return dw_store_window_get_problem (user_data) != NULL;
}

static gboolean
has_no_problem (gpointer user_data)
{
  return dw_store_window_get_problem (user_data) == NULL;
}

static void
test_a_problem_is_told (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (DwStage) stage = add_stage (fixture->store, "shop");
  g_autoptr (DwDeploy)
      deploy G_GNUC_UNUSED = store_fixture_add_deploy (fixture->store, stage, "v1");
  g_autoptr (DwStoreWindow) deploys = dw_store_window_new_deploys (fixture->store, NULL);

  await_n_items (deploys, 1);
  g_autoptr (DwStoreRow) row = await_row (deploys, 0);

  sqlite3 *handle = store_fixture_open_bare (fixture->path);
  store_fixture_execute_bare (handle, "PRAGMA ignore_check_constraints = ON;"
                                      "UPDATE deploys SET status = 'guess'");
  store_fixture_wait (has_problem, deploys);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (deploys)), ==, 1);

  store_fixture_execute_bare (handle, "UPDATE deploys SET status = 'pulling'");
  g_assert_cmpint (sqlite3_close (handle), ==, SQLITE_OK);
  store_fixture_wait (has_no_problem, deploys);
  g_assert_cmpint (dw_deploy_get_status (DW_DEPLOY (dw_store_row_get_entity (row))), ==,
                   DW_DEPLOY_PULLING);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  store_test_add ("/store/window/deploys-are-newest-first", test_newest_first);
  store_test_add ("/store/window/a-placeholder-is-filled", test_a_placeholder_is_filled);
  store_test_add ("/store/window/new-deploys-come-at-the-head", test_new_deploys_come_at_the_head);
  store_test_add ("/store/window/new-lines-come-at-the-tail", test_new_lines_come_at_the_tail);
  store_test_add ("/store/window/a-change-of-a-row-is-a-change-of-its-entity",
                  test_a_change_of_a_row);
  store_test_add ("/store/window/a-deleted-row-goes", test_a_deleted_row);
  store_test_add ("/store/window/a-million-lines-cost-as-much-as-a-thousand", test_a_million_lines);
  store_test_add ("/store/window/a-held-row-stays-true", test_a_held_row_stays_true);
  store_test_add ("/store/window/a-list-may-go-while-it-reads", test_a_list_may_go_while_it_reads);
  store_test_add ("/store/window/a-problem-is-told", test_a_problem_is_told);

  return g_test_run ();
}
