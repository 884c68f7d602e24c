/* test-store-list.c: the live list stays true, whoever writes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "store/dw-store-list.h"
#include "store-fixture.h"

/* What somebody who only listens to the list's signals knows of it. */
typedef struct
{
  DwStoreList *list;
  GPtrArray *items;
  guint n_signals;
  guint n_removed;
  guint n_added;
} Mirror;

static void
mirror_items_changed (
    GListModel *model, guint position, guint n_removed, guint n_added, gpointer user_data)
{
  Mirror *self = user_data;

  if (n_removed > 0)
    g_ptr_array_remove_range (self->items, position, n_removed);
  for (guint i = 0; i < n_added; i++)
    g_ptr_array_insert (self->items, (int) (position + i),
                        g_list_model_get_item (model, position + i));
  self->n_signals++;
  self->n_removed += n_removed;
  self->n_added += n_added;
}

static Mirror *
mirror_new (DwStoreList *list)
{
  Mirror *self = g_new0 (Mirror, 1);

  self->list = list;
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (list)); i++)
    g_ptr_array_add (self->items, g_list_model_get_item (G_LIST_MODEL (list), i));
  g_signal_connect (list, "items-changed", G_CALLBACK (mirror_items_changed), self);

  return self;
}

static void
mirror_free (Mirror *self)
{
  g_signal_handlers_disconnect_by_data (self->list, self);
  g_ptr_array_unref (self->items);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Mirror, mirror_free)

static void
mirror_assert_true (Mirror *self)
{
  g_assert_cmpuint (self->items->len, ==, g_list_model_get_n_items (G_LIST_MODEL (self->list)));
  for (guint i = 0; i < self->items->len; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (self->list), i);

      g_assert_true (g_ptr_array_index (self->items, i) == item);
    }
}

static gboolean
is_alone (gpointer object)
{
  return g_atomic_int_get (&G_OBJECT (object)->ref_count) == 1;
}

static gboolean
tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* What reads in a thread holds the store until it is done, and does not wake us. */
static void
tear_down (StoreFixture *fixture, gconstpointer data)
{
  guint ticking = g_timeout_add (10, tick, NULL);

  store_fixture_wait (is_alone, fixture->store);
  g_source_remove (ticking);
  store_fixture_tear_down (fixture, data);
}

static gboolean
is_loaded (gpointer list)
{
  return dw_store_list_is_loaded (list);
}

static DwStoreList *
open_list (StoreFixture *fixture, GType type, const char *parent_id)
{
  DwStoreList *list = dw_store_list_new (fixture->store, type, parent_id);

  store_fixture_wait (is_loaded, list);

  return list;
}

/* The names in the list, such as "a b c". */
static char *
join_names (DwStoreList *list)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (list)); i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (list), i);
      g_autofree char *name = NULL;

      g_object_get (item, "name", &name, NULL);
      g_string_append_printf (names, "%s%s", i > 0 ? " " : "", name);
    }

  return g_string_free (g_steal_pointer (&names), FALSE);
}

typedef struct
{
  DwStoreList *list;
  const char *names;
} Expectation;

static gboolean
has_names (gpointer user_data)
{
  const Expectation *expected = user_data;
  g_autofree char *names = join_names (expected->list);

  return g_str_equal (names, expected->names);
}

static void
wait_for_names (DwStoreList *list, const char *names)
{
  store_fixture_wait (has_names, &(Expectation){ list, names });
}

static void
add_projects (StoreFixture *fixture, const char *names)
{
  g_auto (GStrv) each = g_strsplit (names, " ", -1);

  for (guint i = 0; each[i] != NULL; i++)
    {
      g_autoptr (DwProject) project = store_fixture_add_project (fixture->store, each[i]);
      g_assert_nonnull (project);
    }
}

static void
rename_project (StoreFixture *fixture, const char *from, const char *to)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwProject) project = dw_store_find_project (fixture->store, from, &error);

  g_assert_no_error (error);
  g_object_set (project, "name", to, NULL);
  g_assert_true (dw_store_update (fixture->store, DW_ENTITY (project), &error));
}

static void
delete_project (StoreFixture *fixture, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwProject) project = dw_store_find_project (fixture->store, name, &error);

  g_assert_no_error (error);
  g_assert_true (dw_store_delete (fixture->store, DW_TYPE_PROJECT,
                                  dw_entity_get_id (DW_ENTITY (project)), &error));
}

static void
test_holds_what_is_there (StoreFixture *fixture, gconstpointer data)
{
  add_projects (fixture, "c a b");
  g_autoptr (DwStoreList) list = open_list (fixture, DW_TYPE_PROJECT, NULL);
  g_autofree char *names = join_names (list);
  guint n_items;

  g_object_get (list, "n-items", &n_items, NULL);
  g_assert_cmpstr (names, ==, "a b c");
  g_assert_cmpuint (n_items, ==, 3);
  g_assert_true (g_list_model_get_item_type (G_LIST_MODEL (list)) == DW_TYPE_PROJECT);
  g_assert_null (dw_store_list_get_problem (list));
}

static void
test_new_row_appears_alone (StoreFixture *fixture, gconstpointer data)
{
  add_projects (fixture, "a b d e");
  g_autoptr (DwStoreList) list = open_list (fixture, DW_TYPE_PROJECT, NULL);
  g_autoptr (Mirror) mirror = mirror_new (list);

  add_projects (fixture, "c");
  wait_for_names (list, "a b c d e");

  g_assert_cmpuint (mirror->n_signals, ==, 1);
  g_assert_cmpuint (mirror->n_removed, ==, 0);
  g_assert_cmpuint (mirror->n_added, ==, 1);
}

static void
test_deleted_row_leaves_alone (StoreFixture *fixture, gconstpointer data)
{
  add_projects (fixture, "a b c");
  g_autoptr (DwStoreList) list = open_list (fixture, DW_TYPE_PROJECT, NULL);
  g_autoptr (Mirror) mirror = mirror_new (list);

  delete_project (fixture, "b");
  wait_for_names (list, "a c");

  g_assert_cmpuint (mirror->n_signals, ==, 1);
  g_assert_cmpuint (mirror->n_removed, ==, 1);
  g_assert_cmpuint (mirror->n_added, ==, 0);
}

static void
count (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  (*(guint *) user_data)++;
}

static void
test_changed_row_stays_the_same_object (StoreFixture *fixture, gconstpointer data)
{
  add_projects (fixture, "a b c");
  g_autoptr (DwStoreList) list = open_list (fixture, DW_TYPE_PROJECT, NULL);
  g_autoptr (Mirror) mirror = mirror_new (list);
  g_autoptr (DwProject) before = g_list_model_get_item (G_LIST_MODEL (list), 1);
  guint n_notified = 0;

  g_signal_connect (before, "notify::name", G_CALLBACK (count), &n_notified);
  rename_project (fixture, "b", "bb");
  wait_for_names (list, "a bb c");

  g_autoptr (DwProject) after = g_list_model_get_item (G_LIST_MODEL (list), 1);
  g_assert_true (after == before);
  g_assert_cmpuint (n_notified, ==, 1);
  g_assert_cmpuint (mirror->n_signals, ==, 0);
}

static void
test_moved_row_stays_the_same_object (StoreFixture *fixture, gconstpointer data)
{
  add_projects (fixture, "a b c d");
  g_autoptr (DwStoreList) list = open_list (fixture, DW_TYPE_PROJECT, NULL);
  g_autoptr (DwProject) before = g_list_model_get_item (G_LIST_MODEL (list), 0);

  rename_project (fixture, "a", "z");
  wait_for_names (list, "b c d z");

  g_autoptr (DwProject) after = g_list_model_get_item (G_LIST_MODEL (list), 3);
  g_assert_true (after == before);
}

static void
test_other_stages_stay_out (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (DwProject) mine = store_fixture_add_project (fixture->store, "mine");
  g_autoptr (DwProject) other = store_fixture_add_project (fixture->store, "other");
  g_autoptr (DwStage) first = store_fixture_add_stage (fixture->store, mine, "dev");
  g_autoptr (DwStoreList)
      list = open_list (fixture, DW_TYPE_STAGE, dw_entity_get_id (DW_ENTITY (mine)));

  g_autoptr (DwStage) foreign = store_fixture_add_stage (fixture->store, other, "foreign");
  g_autoptr (DwStage) second = store_fixture_add_stage (fixture->store, mine, "prod");
  g_assert_true (first != NULL && foreign != NULL && second != NULL);

  wait_for_names (list, "dev prod");
}

static void
test_another_process_is_heard (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwStoreList) list = open_list (fixture, DW_TYPE_PROJECT, NULL);
  g_autoptr (GSubprocess)
      process = store_fixture_spawn ("write", fixture->path, G_SUBPROCESS_FLAGS_NONE);

  wait_for_names (list, "from-afar");
  g_assert_true (g_subprocess_wait_check (process, NULL, &error));
}

/* Many rows that come, go and are renamed, in bursts: at every rest the listener knows the list. */
static void
test_listener_knows_the_list (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (DwStoreList) list = open_list (fixture, DW_TYPE_PROJECT, NULL);
  g_autoptr (Mirror) mirror = mirror_new (list);
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261124);
  g_autoptr (GError) error = NULL;

  for (guint round = 0; round < 12; round++)
    {
      g_autoptr (GPtrArray) all = NULL;
      g_autoptr (GString) expected = g_string_new (NULL);

      for (guint i = 0; i < 12; i++)
        {
          g_autoptr (GPtrArray) rows = dw_store_list (fixture->store, DW_TYPE_PROJECT, &error);
          g_autofree char *name = g_strdup_printf ("p%u-%u", g_rand_int (rand) % 1000,
                                                   round * 100 + i);
          DwProject *victim = rows->len > 0
                                  ? g_ptr_array_index (rows, g_rand_int (rand) % rows->len)
                                  : NULL;

          if (victim == NULL || g_rand_boolean (rand))
            add_projects (fixture, name);
          else if (g_rand_boolean (rand))
            rename_project (fixture, dw_project_get_name (victim), name);
          else
            delete_project (fixture, dw_project_get_name (victim));
        }

      all = dw_store_list (fixture->store, DW_TYPE_PROJECT, &error);
      g_assert_no_error (error);
      for (guint i = 0; i < all->len; i++)
        g_string_append_printf (expected, "%s%s", i > 0 ? " " : "",
                                dw_project_get_name (g_ptr_array_index (all, i)));
      wait_for_names (list, expected->str);
      mirror_assert_true (mirror);
    }
}

static gboolean
has_problem (gpointer list)
{
  return dw_store_list_get_problem (list) != NULL;
}

static void
test_problem_keeps_the_rows (StoreFixture *fixture, gconstpointer data)
{
  add_projects (fixture, "a b");
  g_autoptr (DwStoreList) list = open_list (fixture, DW_TYPE_PROJECT, NULL);
  sqlite3 *bare = store_fixture_open_bare (fixture->path);

  g_assert_cmpint (store_fixture_execute_bare (
                       bare, "PRAGMA foreign_keys=OFF; ALTER TABLE projects RENAME TO hidden"),
                   ==, SQLITE_OK);
  dw_store_list_reload (list);
  store_fixture_wait (has_problem, list);

  g_autofree char *names = join_names (list);
  g_assert_cmpstr (names, ==, "a b");
  sqlite3_close (bare);
}

static int
write_from_afar (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwStore) store = dw_store_open (path, &error);

  g_assert_no_error (error);
  g_autoptr (DwProject) project = store_fixture_add_project (store, "from-afar");

  return project != NULL ? 0 : 1;
}

static void
add (const char *path, void (*test) (StoreFixture *, gconstpointer))
{
  g_test_add (path, StoreFixture, NULL, store_fixture_set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  if (store_fixture_get_task (argc, argv) != NULL)
    return write_from_afar (argv[2]);

  g_test_init (&argc, &argv, NULL);

  add ("/store-list/it-holds-what-is-there-in-the-stores-order", test_holds_what_is_there);
  add ("/store-list/a-new-row-appears-without-touching-the-others", test_new_row_appears_alone);
  add ("/store-list/a-deleted-row-leaves-without-touching-the-others",
       test_deleted_row_leaves_alone);
  add ("/store-list/a-changed-row-stays-the-same-object-and-notifies",
       test_changed_row_stays_the_same_object);
  add ("/store-list/a-row-that-moves-stays-the-same-object", test_moved_row_stays_the_same_object);
  add ("/store-list/the-stages-of-other-projects-stay-out", test_other_stages_stay_out);
  add ("/store-list/another-process-that-writes-is-heard", test_another_process_is_heard);
  add ("/store-list/who-only-listens-knows-the-list", test_listener_knows_the_list);
  add ("/store-list/a-problem-is-told-and-leaves-the-rows", test_problem_keeps_the_rows);

  return g_test_run ();
}
