/* test-store-history.c: the history filtered and sorted, a deploy's phases, and how old history
 * goes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "store-fixture.h"

#include "store/dw-store-connection.h"
#include "store/dw-store-list.h"
#include "store/dw-store-window.h"

#define OLD "2020-01-01T00:00:00.000Z"

static const char *
id_of (gpointer entity)
{
  return dw_entity_get_id (entity);
}

static gboolean
is_complete (gpointer user_data)
{
  return dw_store_window_is_complete (user_data);
}

static gboolean
is_read (gpointer user_data)
{
  return dw_store_row_get_entity (user_data) != NULL;
}

/* Each row of @list by what @property says of it, in their order. (transfer full) */
static char *
spell (gpointer list, const char *property)
{
  g_autoptr (GString) words = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (DwStoreRow) row = g_list_model_get_item (list, i);
      g_autofree char *text = NULL;

      store_fixture_wait (is_read, row);
      g_object_get (dw_store_row_get_entity (row), property, &text, NULL);
      g_string_append_printf (words, "%s%s", words->len > 0 ? " " : "", text);
    }

  return g_string_free (g_steal_pointer (&words), FALSE);
}

static void
assert_shows (DwStoreWindow *list, const char *property, const char *expected)
{
  store_fixture_wait (is_complete, list);
  g_autofree char *shown = spell (list, property);
  g_assert_cmpstr (shown, ==, expected);
}

static void
assert_filter (DwStoreWindow *list, DwStoreFilter filter, const char *expected)
{
  dw_store_window_set_filter (list, &filter);
  assert_shows (list, "tag", expected);
}

typedef struct
{
  gpointer list;
  const char *property;
  const char *expected;
} Awaited;

static gboolean
shows (gpointer user_data)
{
  Awaited *awaited = user_data;
  g_autofree char *shown = spell (awaited->list, awaited->property);

  return g_str_equal (shown, awaited->expected);
}

static void
await (gpointer list, const char *property, const char *expected)
{
  store_fixture_wait (shows, &(Awaited){ list, property, expected });
}

/* Says of rows what the store does not let one say. */
static void
execute (StoreFixture *fixture, const char *sql)
{
  sqlite3 *handle = store_fixture_open_bare (fixture->path);

  g_assert_cmpint (store_fixture_execute_bare (handle, sql), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (handle), ==, SQLITE_OK);
}

/* Two projects, three stages, and five deploys "a" to "e", from the oldest to the newest. */
typedef struct
{
  DwProject *shop;
  DwProject *blog;
  DwStage *shop_dev;
  DwStage *shop_prod;
  DwStage *blog_prod;
} World;

static void
world_clear (World *world)
{
  g_clear_object (&world->shop);
  g_clear_object (&world->blog);
  g_clear_object (&world->shop_dev);
  g_clear_object (&world->shop_prod);
  g_clear_object (&world->blog_prod);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (World, world_clear)

static void
make_world (StoreFixture *fixture, World *world)
{
  DwStore *store = fixture->store;

  world->shop = store_fixture_add_project (store, "shop");
  world->blog = store_fixture_add_project (store, "blog");
  world->shop_dev = store_fixture_add_stage (store, world->shop, "dev");
  world->shop_prod = store_fixture_add_stage (store, world->shop, "prod");
  world->blog_prod = store_fixture_add_stage (store, world->blog, "prod");

  DwStage *stages[] = { world->shop_dev, world->shop_prod, world->blog_prod, world->shop_prod,
                        world->shop_dev };
  for (guint i = 0; i < G_N_ELEMENTS (stages); i++)
    {
      char tag[] = { (char) ('a' + i), '\0' };
      g_autoptr (DwDeploy) deploy G_GNUC_UNUSED = store_fixture_add_deploy (store, stages[i], tag);
    }

  execute (
      fixture,
      "UPDATE deploys SET created_at = '2026-01-0' || rowid || 'T00:00:00.000Z',"
      "  started_at = '2026-01-0' || rowid || 'T00:00:10.000Z';"
      "UPDATE deploys SET status = 'success', digest = 'sha256:ABCdef00', \"trigger\" = 'watch',"
      "  finished_at = '2026-01-01T00:00:50.000Z' WHERE tag = 'a';"
      "UPDATE deploys SET status = 'failed', digest = 'sha512:00abcdef', \"trigger\" = 'cli',"
      "  finished_at = '2026-01-02T00:00:20.000Z', error = '100% of the PORTS are taken'"
      "  WHERE tag = 'b';"
      "UPDATE deploys SET status = 'rolled_back', image = 'quay.io/team/journal',"
      "  finished_at = '2026-01-03T00:01:00.000Z' WHERE tag = 'c';"
      "UPDATE deploys SET status = 'success', finished_at = '2026-01-04T00:00:30.000Z'"
      "  WHERE tag = 'd';"
      "UPDATE deploys SET status = 'pulling' WHERE tag = 'e';");
}

static void
test_filters (StoreFixture *fixture, gconstpointer data)
{
  g_auto (World) world = { NULL };
  make_world (fixture, &world);
  g_autoptr (DwStoreWindow) list = dw_store_window_new_deploys (fixture->store, NULL);

  assert_shows (list, "tag", "e d c b a");
  assert_filter (list, (DwStoreFilter){ .project_id = id_of (world.shop) }, "e d b a");
  assert_filter (list, (DwStoreFilter){ .stage_id = id_of (world.shop_prod) }, "d b");
  assert_filter (list, (DwStoreFilter){ .stage_id = "nobody" }, "");
  assert_filter (list, (DwStoreFilter){ .statuses = DW_STORE_BIT (DW_DEPLOY_SUCCESS) }, "d a");
  assert_filter (list,
                 (DwStoreFilter){ .statuses = DW_STORE_BIT (DW_DEPLOY_FAILED) |
                                              DW_STORE_BIT (DW_DEPLOY_ROLLED_BACK) },
                 "c b");
  assert_filter (list,
                 (DwStoreFilter){ .triggers = DW_STORE_BIT (DW_TRIGGER_WATCH) |
                                              DW_STORE_BIT (DW_TRIGGER_CLI) },
                 "b a");
  assert_filter (list,
                 (DwStoreFilter){ .project_id = id_of (world.shop),
                                  .statuses = DW_STORE_BIT (DW_DEPLOY_SUCCESS),
                                  .triggers = DW_STORE_BIT (DW_TRIGGER_MANUAL) },
                 "d");
  assert_filter (list, (DwStoreFilter){ NULL }, "e d c b a");
}

static void
test_texts (StoreFixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *text;
    const char *expected;
  } searches[] = {
    { "quay.io", "c" },     { "journal", "c" },
    { "ports", "b" },       { "  ports\n", "b" },
    { "abcdef", "a" }, /* begins a digest, and is only inside of another one */
    { "sha256:ABC", "a" },  { "00abc", "b" },
    { "shop", "e d b a" },  { "Shop/Prod", "d b" },
    { "prod", "d c b" },    { "100%", "b" },
    { "%", "b" },           { "_", "" },
    { "\\", "" },           { "'; DROP TABLE deploys; --", "" },
    { "   ", "e d c b a" },
  };
  g_auto (World) world = { NULL };
  make_world (fixture, &world);
  g_autoptr (DwStoreWindow) list = dw_store_window_new_deploys (fixture->store, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (searches); i++)
    assert_filter (list, (DwStoreFilter){ .text = searches[i].text }, searches[i].expected);

  g_autofree char *endless = g_strnfill (100000, '%');
  assert_filter (list, (DwStoreFilter){ .text = endless }, "");
  assert_filter (list, (DwStoreFilter){ .text = "prod", .stage_id = id_of (world.blog_prod) }, "c");
  assert_filter (list, (DwStoreFilter){ .text = "d" }, "e d c b a");
}

static void
test_orders (StoreFixture *fixture, gconstpointer data)
{
  static const struct
  {
    DwStoreSort sort;
    const char *ascending;
    const char *descending;
  } orders[] = {
    { DW_STORE_SORT_DURATION, "e b d a c", "c a d b e" },
    { DW_STORE_SORT_PROJECT, "c e a d b", "b d a e c" },
    { DW_STORE_SORT_TAG, "a b c d e", "e d c b a" },
    { DW_STORE_SORT_STATUS, "b e c d a", "a d c e b" },
    { DW_STORE_SORT_TIME, "a b c d e", "e d c b a" },
  };
  g_auto (World) world = { NULL };
  make_world (fixture, &world);
  g_autoptr (DwStoreWindow) list = dw_store_window_new_deploys (fixture->store, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      dw_store_window_set_sort (list, orders[i].sort, FALSE);
      assert_shows (list, "tag", orders[i].ascending);
      dw_store_window_set_sort (list, orders[i].sort, TRUE);
      assert_shows (list, "tag", orders[i].descending);
    }

  /* Within a project and within a stage, too. */
  dw_store_window_set_sort (list, DW_STORE_SORT_PROJECT, FALSE);
  assert_filter (list, (DwStoreFilter){ .project_id = id_of (world.shop) }, "e a d b");
  assert_filter (list, (DwStoreFilter){ .stage_id = id_of (world.shop_prod) }, "d b");
  dw_store_window_set_sort (list, DW_STORE_SORT_DURATION, FALSE);
  assert_shows (list, "tag", "b d");
}

static void
test_names (StoreFixture *fixture, gconstpointer data)
{
  g_auto (World) world = { NULL };
  make_world (fixture, &world);
  g_autoptr (DwStoreWindow)
      list = dw_store_window_new_deploys (fixture->store, &(DwStoreFilter){ .text = "prod" });

  assert_shows (list, "project-name", "shop blog shop");
  assert_shows (list, "stage-name", "prod prod prod");

  g_object_set (world.blog, "name", "news", NULL);
  g_assert_true (dw_store_update (fixture->store, DW_ENTITY (world.blog), NULL));
  await (list, "project-name", "shop news shop");

  g_object_set (world.blog_prod, "name", "live", NULL);
  g_assert_true (dw_store_update (fixture->store, DW_ENTITY (world.blog_prod), NULL));
  await (list, "project-name", "shop shop");
}

static void
test_a_filtered_list_is_live (StoreFixture *fixture, gconstpointer data)
{
  g_auto (World) world = { NULL };
  make_world (fixture, &world);
  g_autoptr (DwStoreWindow) list = dw_store_window_new_deploys (
      fixture->store, &(DwStoreFilter){ .statuses = DW_STORE_BIT (DW_DEPLOY_PULLING) |
                                                    DW_STORE_BIT (DW_DEPLOY_PENDING) });
  g_autoptr (GPtrArray) running = dw_store_list_unfinished_deploys (fixture->store, NULL);

  assert_shows (list, "tag", "e");
  g_autoptr (DwDeploy) f = store_fixture_add_deploy (fixture->store, world.shop_dev, "f");
  g_autoptr (DwDeploy)
      g G_GNUC_UNUSED = store_fixture_add_deploy (fixture->store, world.shop_dev, "g");
  await (list, "tag", "g f e");

  g_autoptr (DwStoreRow) first = g_list_model_get_item (G_LIST_MODEL (list), 0);
  g_autoptr (DwStoreRow) last = g_list_model_get_item (G_LIST_MODEL (list), 2);
  store_fixture_end_deploy (fixture->store, f, DW_DEPLOY_FAILED);
  await (list, "tag", "g e");
  g_autoptr (DwStoreRow) first_after = g_list_model_get_item (G_LIST_MODEL (list), 0);
  g_autoptr (DwStoreRow) last_after = g_list_model_get_item (G_LIST_MODEL (list), 1);
  g_assert_true (first_after == first);
  g_assert_true (last_after == last);

  store_fixture_end_deploy (fixture->store, running->pdata[0], DW_DEPLOY_SUCCESS);
  await (list, "tag", "g");
}

static gboolean
add_deploys (DwStore *store, gpointer user_data, GError **error)
{
  for (int i = 0; i < 350; i++)
    {
      g_autofree char *tag = g_strdup_printf ("v%03d", i);
      g_autoptr (DwDeploy) deploy G_GNUC_UNUSED = store_fixture_add_deploy (store, user_data, tag);
    }

  return TRUE;
}

static void
on_items_changed (
    GListModel *list, guint position, guint n_removed, guint n_added, GString *changes)
{
  g_string_append_printf (changes, "%u-%u+%u%s ", position, n_removed, n_added,
                          dw_store_window_is_complete (DW_STORE_WINDOW (list)) ? "!" : "");
}

/* So that there is something to see however long a search takes. */
static void
test_the_first_page_comes_first (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (DwProject) shop = store_fixture_add_project (fixture->store, "shop");
  g_autoptr (DwStage) stage = store_fixture_add_stage (fixture->store, shop, "prod");
  g_autoptr (GString) changes = g_string_new (NULL);

  dw_store_transact (fixture->store, add_deploys, stage, NULL);
  g_autoptr (DwStoreWindow) list = dw_store_window_new_deploys (fixture->store, NULL);
  g_signal_connect (list, "items-changed", G_CALLBACK (on_items_changed), changes);
  g_assert_false (dw_store_window_is_complete (list));
  store_fixture_wait (is_complete, list);
  g_assert_cmpstr (changes->str, ==, "0-0+100 100-0+250 ");

  /* A search with few answers has all of them at once. */
  g_string_truncate (changes, 0);
  dw_store_window_set_filter (list, &(DwStoreFilter){ .text = "v01" });
  g_assert_false (dw_store_window_is_complete (list));
  store_fixture_wait (is_complete, list);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 10);

  /* To ask for the same again changes nothing. */
  dw_store_window_set_filter (list, &(DwStoreFilter){ .text = " v01 " });
  g_assert_true (dw_store_window_is_complete (list));
}

static void
test_the_last_filter_counts (StoreFixture *fixture, gconstpointer data)
{
  g_auto (World) world = { NULL };
  make_world (fixture, &world);
  g_autoptr (DwStoreWindow) list = dw_store_window_new_deploys (fixture->store, NULL);

  for (guint i = 0; i < 50; i++)
    {
      dw_store_window_set_filter (list, &(DwStoreFilter){ .text = i % 2 == 0 ? "shop" : "quay" });
      dw_store_window_set_sort (list, DW_STORE_SORT_TAG, i % 2 == 0);
      g_main_context_iteration (NULL, FALSE);
    }
  dw_store_window_set_filter (list, &(DwStoreFilter){ .text = "prod" });
  assert_shows (list, "tag", "b c d");
  g_assert_null (dw_store_window_get_problem (list));
}

static gpointer
cancel_soon (gpointer cancellable)
{
  g_usleep (50 * 1000);
  g_cancellable_cancel (cancellable);
  return NULL;
}

/* One that would never end. */
static void
test_a_search_can_be_given_up (StoreFixture *fixture, gconstpointer data)
{
  static const char endless[] = "WITH RECURSIVE numbers (i) AS "
                                "(SELECT 1 UNION ALL SELECT i + 1 FROM numbers) "
                                "SELECT i FROM numbers WHERE i < 0";
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (DwStoreConnection)
      connection = dw_store_connection_open (fixture->path, FALSE, &error);
  GThread *thread = g_thread_new ("cancel", cancel_soon, cancellable);

  g_assert_null (dw_store_connection_find (connection, endless, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);

  /* The connection goes on. */
  g_clear_error (&error);
  g_autoptr (GArray) found = dw_store_connection_find (connection, "SELECT 7", NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 1);
  g_assert_cmpuint (g_array_index (found, guint32, 0), ==, 7);
}

static void
test_lines (StoreFixture *fixture, gconstpointer data)
{
  DwStore *store = fixture->store;
  g_auto (World) world = { NULL };
  make_world (fixture, &world);
  g_autoptr (DwDeploy) deploy = store_fixture_add_deploy (store, world.shop_dev, "v1");

  dw_store_append_log (store, id_of (deploy), DW_LOG_DEBUG, DW_DEPLOY_PULLING, "one", NULL);
  dw_store_append_log (store, id_of (deploy), DW_LOG_WARNING, DW_DEPLOY_PULLING, "two", NULL);
  dw_store_append_log (store, id_of (deploy), DW_LOG_ERROR, DW_DEPLOY_PULLING, "three", NULL);
  g_autoptr (DwStoreWindow) lines = dw_store_window_new_logs (store, id_of (deploy));
  assert_shows (lines, "message", "one two three");

  dw_store_window_set_filter (lines, &(DwStoreFilter){ .levels = DW_STORE_BIT (DW_LOG_WARNING) |
                                                                 DW_STORE_BIT (DW_LOG_ERROR) });
  assert_shows (lines, "message", "two three");
  dw_store_window_set_filter (lines, &(DwStoreFilter){ .text = "T" });
  assert_shows (lines, "message", "two three");
  dw_store_append_log (store, id_of (deploy), DW_LOG_INFO, DW_DEPLOY_PULLING, "four", NULL);
  dw_store_append_log (store, id_of (deploy), DW_LOG_INFO, DW_DEPLOY_PULLING, "eight", NULL);
  await (lines, "message", "two three eight");
}

static void
assert_phase (GPtrArray *phases, guint index, DwDeployStatus phase, gint64 duration_ms)
{
  g_assert_cmpuint (phases->len, >, index);
  g_assert_cmpint (dw_deploy_phase_get_phase (phases->pdata[index]), ==, phase);
  g_assert_cmpint (dw_deploy_phase_get_duration_ms (phases->pdata[index]), ==, duration_ms);
}

static void
test_phases (StoreFixture *fixture, gconstpointer data)
{
  DwStore *store = fixture->store;
  g_autoptr (GError) error = NULL;
  g_auto (World) world = { NULL };
  make_world (fixture, &world);
  g_autoptr (DwDeploy) deploy = store_fixture_add_deploy (store, world.shop_dev, "v1");

  execute (fixture,
           "UPDATE deploys SET created_at = '2026-01-01T00:00:00.000Z' WHERE tag = 'v1';"
           "INSERT INTO deploy_logs (created_at, updated_at, deploy_id, level, phase, message) "
           "SELECT l.column1, l.column1, id, 'info', l.column2, 'x' FROM deploys, (VALUES"
           "  ('2026-01-01T00:00:00.250Z', 'pending'), ('2026-01-01T00:00:02.500Z', 'pulling'),"
           "  ('2026-01-01T00:00:03.000Z', 'pulling'), ('2026-01-01T00:01:04.001Z', 'starting'),"
           "  ('2026-01-01T00:01:04.001Z', 'health_checking')) l WHERE tag = 'v1';");

  /* It has not ended: the last phase lasts until now. */
  g_autoptr (GPtrArray) running = dw_store_list_deploy_phases (store, id_of (deploy), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (running->len, ==, 4);
  g_assert_cmpint (dw_deploy_phase_get_duration_ms (running->pdata[3]), >, 1000);
  g_assert_cmpstr (dw_deploy_phase_get_started_at (running->pdata[1]), ==,
                   "2026-01-01T00:00:02.500Z");

  execute (fixture,
           "UPDATE deploys SET status = 'success', finished_at = '2026-01-01T00:01:05.000Z'"
           "  WHERE tag = 'v1';"
           "INSERT INTO deploy_logs (created_at, updated_at, deploy_id, level, phase, message) "
           "SELECT '2026-01-01T00:09:00.000Z', 'x', id, 'info', 'success', 'x' FROM deploys"
           "  WHERE tag = 'v1';");
  g_autoptr (GPtrArray) ended = dw_store_list_deploy_phases (store, id_of (deploy), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ended->len, ==, 4);
  assert_phase (ended, 0, DW_DEPLOY_PENDING, 2500);
  assert_phase (ended, 1, DW_DEPLOY_PULLING, 61501);
  assert_phase (ended, 2, DW_DEPLOY_STARTING, 0);
  assert_phase (ended, 3, DW_DEPLOY_HEALTH_CHECKING, 999);

  g_assert_null (dw_store_list_deploy_phases (store, "nobody", &error));
  g_assert_error (error, DW_STORE_ERROR, DW_STORE_ERROR_NOT_FOUND);
}

static char *
list_tags (DwStore *store)
{
  g_autoptr (GPtrArray) deploys = dw_store_list (store, DW_TYPE_DEPLOY, NULL);
  g_autoptr (GString) tags = g_string_new (NULL);

  for (guint i = 0; i < deploys->len; i++)
    g_string_append (tags, dw_deploy_get_tag (deploys->pdata[i]));

  return g_string_free (g_steal_pointer (&tags), FALSE);
}

static void
assert_tags (DwStore *store, const char *expected)
{
  g_autofree char *tags = list_tags (store);

  g_assert_cmpstr (tags, ==, expected);
}

/* Ended deploys of one stage, a letter each, from long ago. */
static void
add_old_deploys (StoreFixture *fixture, DwStage *stage, const char *letters)
{
  for (; *letters != '\0'; letters++)
    {
      char tag[] = { *letters, '\0' };
      g_autoptr (DwDeploy)
          deploy G_GNUC_UNUSED = store_fixture_add_deploy (fixture->store, stage, tag);
    }
  execute (fixture, "UPDATE deploys SET created_at = '" OLD "', started_at = '" OLD "', "
                    "finished_at = '" OLD "', status = 'success', digest = 'sha256:' || tag "
                    "WHERE status = 'pending'");
}

static void
test_old_deploys_go (StoreFixture *fixture, gconstpointer data)
{
  DwStore *store = fixture->store;
  g_autoptr (GError) error = NULL;
  g_autoptr (DwProject) shop = store_fixture_add_project (store, "shop");
  g_autoptr (DwStage) stage = store_fixture_add_stage (store, shop, "prod");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  guint n_deleted = 0;

  add_old_deploys (fixture, stage, "abc");
  g_autoptr (DwDeploy) d = store_fixture_add_deploy (store, stage, "d");
  g_autoptr (DwDeploy) running = store_fixture_add_deploy (store, stage, "e");
  execute (fixture, "UPDATE deploys SET created_at = '" OLD "' WHERE tag IN ('d', 'e');"
                    "INSERT INTO deploy_logs (created_at, updated_at, deploy_id, level, phase,"
                    "  message) SELECT 'x', 'x', id, 'info', 'pulling', 'x' FROM deploys;");
  /* It began long ago, but ended just now. */
  store_fixture_end_deploy (store, d, DW_DEPLOY_FAILED);
  g_assert_cmpint (dw_deploy_get_status (running), ==, DW_DEPLOY_PENDING);

  g_cancellable_cancel (cancellable);
  g_assert_false (dw_store_delete_old_deploys (store, 30, cancellable, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  assert_tags (store, "abcde");

  g_assert_true (dw_store_delete_old_deploys (store, G_MAXUINT, NULL, &n_deleted, &error));
  g_assert_cmpuint (n_deleted, ==, 0);
  g_assert_true (dw_store_delete_old_deploys (store, 30, NULL, &n_deleted, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_deleted, ==, 3);
  assert_tags (store, "de");
  g_assert_cmpint (store_fixture_count (fixture, "SELECT count (*) FROM deploy_logs"), ==, 2);
}

/* What runs, what is kept, and what a rollback would look for. */
static void
test_needed_deploys_stay (StoreFixture *fixture, gconstpointer data)
{
  DwStore *store = fixture->store;
  g_autoptr (GError) error = NULL;
  g_autoptr (DwProject) shop = store_fixture_add_project (store, "shop");
  g_autoptr (DwStage) prod = store_fixture_add_stage (store, shop, "prod");
  g_autoptr (DwStage) dev = store_fixture_add_stage (store, shop, "dev");
  g_autoptr (DwDeploy) kept = store_fixture_add_deploy (store, dev, "k");
  g_autoptr (DwInstance) kept_instance G_GNUC_UNUSED = store_fixture_add_instance (store, kept);
  g_autoptr (DwDeploy) current = store_fixture_add_deploy (store, prod, "c");
  g_autoptr (DwInstance) instance = store_fixture_add_instance (store, current);

  /* A rollback to "c" that brought its container back: the time goes "a", "b", "c", "x", "r". */
  add_old_deploys (fixture, prod, "abxr");
  g_autofree char *sql = g_strdup_printf (
      "DROP TRIGGER deploys_never_change_after_the_end;"
      "UPDATE deploys SET digest = (SELECT digest FROM instances LIMIT 1) WHERE tag IN ('c', 'r');"
      "UPDATE deploys SET \"trigger\" = 'rollback', instance_id = '%s' WHERE tag = 'r';"
      "UPDATE deploys SET created_at = '2020-01-01T00:00:0' || instr ('kabcxr', tag) || '.000Z'",
      id_of (instance));
  execute (fixture, sql);
  g_assert_true (
      dw_store_set_stage_current_instance (store, id_of (prod), id_of (instance), &error));

  g_assert_true (dw_store_delete_old_deploys (store, 30, NULL, NULL, &error));
  g_assert_no_error (error);
  assert_tags (store, "kbcr");
}

static void
test_the_setting_counts (StoreFixture *fixture, gconstpointer data)
{
  DwStore *store = fixture->store;
  g_autoptr (GError) error = NULL;
  g_autoptr (DwProject) shop = store_fixture_add_project (store, "shop");
  g_autoptr (DwStage) stage = store_fixture_add_stage (store, shop, "prod");
  g_autoptr (DwSettings) settings = dw_store_get_settings (store, &error);

  add_old_deploys (fixture, stage, "abc");
  g_assert_true (dw_store_apply_history_retention (store, NULL, &error));
  assert_tags (store, "abc");

  g_object_set (settings, "history-retention-days", 30, NULL);
  g_assert_true (dw_store_update (store, DW_ENTITY (settings), &error));
  g_assert_true (dw_store_apply_history_retention (store, NULL, &error));
  g_assert_no_error (error);
  assert_tags (store, "");
}

/* As a program of then left it: the first schema, with something in it. */
static void
test_a_database_of_before (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_path_get_dirname (fixture->path);
  g_autofree char *file = g_test_build_filename (G_TEST_DIST, "..", "sql", "001-initial.sql", NULL);
  g_autofree char *sql = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_get_contents (file, &sql, NULL, &error);
  g_assert_no_error (error);
  execute (fixture, sql);
  execute (fixture, "PRAGMA user_version = 1; PRAGMA application_id = 0x446b5774;"
                    "INSERT INTO registries (id, created_at, updated_at, name, url, kind, enabled)"
                    "  VALUES ('r', 'x', 'x', 'hub', 'https://hub.example.com', 'generic', 1)");

  store_fixture_reopen (fixture);
  g_autoptr (DwRegistry) registry = dw_store_find_registry (fixture->store, "hub", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (id_of (registry), ==, "r");
  g_assert_cmpint (store_fixture_count (fixture,
                                        "SELECT count (*) FROM sqlite_schema WHERE name IN "
                                        "('deploys_by_tag', 'deploys_by_status', "
                                        " 'deploys_by_duration')"),
                   ==, 3);
}

static gboolean
is_named (gpointer user_data)
{
  g_autoptr (DwInstance) instance = g_list_model_get_item (user_data, 0);

  return instance != NULL && g_strcmp0 (dw_instance_get_project_name (instance), "news") == 0;
}

static gboolean
has_instance (gpointer user_data)
{
  return g_list_model_get_n_items (user_data) == 1;
}

static void
test_instances_are_named (StoreFixture *fixture, gconstpointer data)
{
  DwStore *store = fixture->store;
  g_auto (World) world = { NULL };
  make_world (fixture, &world);
  g_autoptr (DwDeploy) deploy = store_fixture_add_deploy (store, world.blog_prod, "v1");
  g_autoptr (DwInstance) made G_GNUC_UNUSED = store_fixture_add_instance (store, deploy);
  g_autoptr (DwStoreList) list = dw_store_list_new (store, DW_TYPE_INSTANCE, NULL);
  g_autoptr (DwStoreList)
      of_stage = dw_store_list_new (store, DW_TYPE_INSTANCE, id_of (world.blog_prod));

  store_fixture_wait (has_instance, list);
  store_fixture_wait (has_instance, of_stage);
  g_autoptr (DwInstance) instance = g_list_model_get_item (G_LIST_MODEL (list), 0);
  g_assert_cmpstr (dw_instance_get_project_id (instance), ==, id_of (world.blog));
  g_assert_cmpstr (dw_instance_get_project_name (instance), ==, "blog");
  g_assert_cmpstr (dw_instance_get_stage_name (instance), ==, "prod");

  g_object_set (world.blog, "name", "news", NULL);
  g_assert_true (dw_store_update (store, DW_ENTITY (world.blog), NULL));
  store_fixture_wait (is_named, list);
  store_fixture_wait (is_named, of_stage);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  store_test_add ("/store/history/can-be-filtered", test_filters);
  store_test_add ("/store/history/can-be-searched", test_texts);
  store_test_add ("/store/history/can-be-sorted", test_orders);
  store_test_add ("/store/history/a-deploy-knows-the-names-of-its-project-and-stage", test_names);
  store_test_add ("/store/history/a-filtered-list-is-live", test_a_filtered_list_is_live);
  store_test_add ("/store/history/the-first-page-comes-first", test_the_first_page_comes_first);
  store_test_add ("/store/history/the-last-filter-counts", test_the_last_filter_counts);
  store_test_add ("/store/history/a-search-can-be-given-up", test_a_search_can_be_given_up);
  store_test_add ("/store/history/lines-can-be-filtered", test_lines);
  store_test_add ("/store/history/a-phase-lasts-until-the-next-one", test_phases);
  store_test_add ("/store/history/old-deploys-go", test_old_deploys_go);
  store_test_add ("/store/history/old-deploys-that-are-needed-stay", test_needed_deploys_stay);
  store_test_add ("/store/history/is-kept-as-long-as-the-setting-says", test_the_setting_counts);
  store_test_add_closed ("/store/history/a-database-of-before-gets-its-indexes",
                         test_a_database_of_before);
  store_test_add ("/store/instances/know-the-names-of-their-project-and-stage",
                  test_instances_are_named);

  return g_test_run ();
}
