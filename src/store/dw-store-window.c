/* dw-store-window.c: a live list of the history or of a log, of which only a part is held
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It knows how many rows there are, and holds the few pages of them that were asked for last. A row
 * that is not read yet is a DwStoreRow without an entity, which gets one when a worker thread has
 * read its page; the last page that was asked for is read first. A row that somebody holds keeps
 * its place and stays true after its page has gone.
 *
 * When somebody writes, the rows are counted and what is held is read again, in one snapshot. Rows
 * that came at the end where the list grows are told as just that, and the others move along;
 * anything else, such as the clearing up of old history, is told as a change of the whole list.
 */

#include "config.h"

#include "store/dw-store-window.h"

#include "store/dw-store-range.h"

#define PAGE_LENGTH 100
#define MAX_PAGES 8

typedef struct
{
  guint index;
  GPtrArray *rows;    /* (element-type DwStoreRow): so that they stay the same; in no order */
  gboolean is_wanted; /* somebody has a row of it that is not read */
} Page;

struct _DwStoreWindow
{
  GObject parent_instance;

  DwStore *store;
  DwStoreRangeKind kind;
  char *owner_id;

  guint n_items;
  char *edge_id; /* see dw-store-range.c */
  GQueue pages;  /* of Page, the last used first */

  /* Every row that anybody holds; neither is a reference. */
  GHashTable *rows;   /* of a place to DwStoreRow */
  GHashTable *places; /* of DwStoreRow to its place */

  GCancellable *loading; /* nullable: while a worker reads */
  gboolean is_outdated;  /* somebody wrote since the last count was begun */
  gboolean is_loaded;
  char *problem;
};

enum
{
  PROP_LOADED = 1,
  PROP_PROBLEM,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

static void load_next (DwStoreWindow *self);

static void
page_free (gpointer data)
{
  Page *page = data;

  g_ptr_array_unref (page->rows);
  g_free (page);
}

static void
on_row_gone (gpointer user_data, GObject *row)
{
  DwStoreWindow *self = user_data;

  g_hash_table_remove (self->rows, g_hash_table_lookup (self->places, row));
  g_hash_table_remove (self->places, row);
}

static void
place_row (DwStoreWindow *self, DwStoreRow *row, guint position)
{
  g_hash_table_insert (self->rows, GUINT_TO_POINTER (position), row);
  g_hash_table_insert (self->places, row, GUINT_TO_POINTER (position));
}

static DwStoreRow *
find_row (DwStoreWindow *self, guint position)
{
  return g_hash_table_lookup (self->rows, GUINT_TO_POINTER (position));
}

static Page *
find_page (DwStoreWindow *self, guint index)
{
  for (GList *link = self->pages.head; link != NULL; link = link->next)
    {
      Page *page = link->data;

      if (page->index == index)
        return page;
    }

  return NULL;
}

/* The page becomes the last used; the one that was not used for longest goes. */
static Page *
use_page (DwStoreWindow *self, guint index)
{
  Page *page = find_page (self, index);

  if (page != NULL)
    g_queue_remove (&self->pages, page);
  else
    {
      page = g_new0 (Page, 1);
      page->index = index;
      page->rows = g_ptr_array_new_with_free_func (g_object_unref);
    }
  g_queue_push_head (&self->pages, page);
  if (self->pages.length > MAX_PAGES)
    page_free (g_queue_pop_tail (&self->pages));

  return page;
}

/* Returns: (transfer none): the row of this place, which @page holds */
static DwStoreRow *
ensure_row (DwStoreWindow *self, Page *page, guint position)
{
  DwStoreRow *row = find_row (self, position);

  if (row == NULL)
    {
      row = dw_store_row_new ();
      g_object_weak_ref (G_OBJECT (row), on_row_gone, self);
      place_row (self, row, position);
      g_ptr_array_add (page->rows, row);
    }
  else if (!g_ptr_array_find (page->rows, row, NULL))
    g_ptr_array_add (page->rows, g_object_ref (row));

  return row;
}

static GType
dw_store_window_get_item_type (GListModel *model)
{
  return DW_TYPE_STORE_ROW;
}

static guint
dw_store_window_get_n_items (GListModel *model)
{
  return DW_STORE_WINDOW (model)->n_items;
}

static gpointer
dw_store_window_get_item (GListModel *model, guint position)
{
  DwStoreWindow *self = DW_STORE_WINDOW (model);

  if (position >= self->n_items)
    return NULL;

  Page *page = use_page (self, position / PAGE_LENGTH);
  DwStoreRow *row = g_object_ref (ensure_row (self, page, position));

  if (dw_store_row_get_entity (row) == NULL)
    {
      page->is_wanted = TRUE;
      load_next (self);
    }

  return row;
}

static void
list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = dw_store_window_get_item_type;
  interface->get_n_items = dw_store_window_get_n_items;
  interface->get_item = dw_store_window_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (DwStoreWindow,
                               dw_store_window,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
set_problem (DwStoreWindow *self, const char *problem)
{
  if (g_strcmp0 (self->problem, problem) == 0)
    return;

  g_free (self->problem);
  self->problem = g_strdup (problem);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROBLEM]);
}

/* Returns: (transfer container) (element-type DwStoreRow): every row that is held, held once more
 */
static GPtrArray *
hold_rows (DwStoreWindow *self)
{
  GPtrArray *held = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, self->places);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    g_ptr_array_add (held, g_object_ref (row));

  return held;
}

/* The rows move @shift places on, and their pages with them. */
static void
move_rows (DwStoreWindow *self, guint shift)
{
  g_autoptr (GPtrArray) held = hold_rows (self);
  g_autoptr (GHashTable) before = g_steal_pointer (&self->places);
  GQueue pages = self->pages;

  self->places = g_hash_table_new (g_direct_hash, g_direct_equal);
  g_hash_table_remove_all (self->rows);
  for (guint i = 0; i < held->len; i++)
    place_row (self, held->pdata[i],
               GPOINTER_TO_UINT (g_hash_table_lookup (before, held->pdata[i])) + shift);

  g_queue_init (&self->pages);
  for (GList *link = pages.tail; link != NULL; link = link->prev)
    {
      guint start = ((Page *) link->data)->index * PAGE_LENGTH + shift;

      use_page (self, start / PAGE_LENGTH);
      if (start % PAGE_LENGTH != 0)
        use_page (self, start / PAGE_LENGTH + 1);
    }
  g_queue_clear_full (&pages, page_free);

  for (guint i = 0; i < held->len; i++)
    {
      guint position = GPOINTER_TO_UINT (g_hash_table_lookup (self->places, held->pdata[i]));
      Page *page = find_page (self, position / PAGE_LENGTH);

      if (page != NULL)
        ensure_row (self, page, position);
    }
}

/* Nothing is known of any place any more; the rows that somebody holds are nowhere. */
static void
forget_rows (DwStoreWindow *self)
{
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, self->places);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    g_object_weak_unref (row, on_row_gone, self);
  g_hash_table_remove_all (self->places);
  g_hash_table_remove_all (self->rows);
  g_queue_clear_full (&self->pages, page_free);
}

/* @back: how many places further on the rows were read than they are here. */
static void
take_range (DwStoreWindow *self, const DwStoreRange *range, guint back)
{
  for (guint i = 0; range->entities != NULL && i < range->entities->len; i++)
    {
      guint position = range->start + i - back;
      Page *page = find_page (self, position / PAGE_LENGTH);
      DwStoreRow *row = page != NULL && position < self->n_items ? ensure_row (self, page, position)
                                                                 : find_row (self, position);

      if (row != NULL)
        dw_store_row_take_values (row, g_ptr_array_index (range->entities, i));
    }
}

static void
take_ranges (DwStoreWindow *self, DwStoreRangeQuery *query)
{
  gboolean is_moved = !query->is_recount && dw_store_range_grows_at_head (query->kind);

  for (guint i = 0; i < query->ranges->len; i++)
    take_range (self, &g_array_index (query->ranges, DwStoreRange, i), is_moved ? query->n_new : 0);
}

/* The same rows stay the same objects, even if others of the list have gone. */
static void
start_again (DwStoreWindow *self, DwStoreRangeQuery *query)
{
  g_autoptr (GPtrArray) held = hold_rows (self);
  g_autoptr (GHashTable) by_id = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < held->len; i++)
    {
      DwEntity *entity = dw_store_row_get_entity (held->pdata[i]);

      if (entity != NULL)
        g_hash_table_insert (by_id, (gpointer) dw_entity_get_id (entity), held->pdata[i]);
    }

  forget_rows (self);
  for (guint i = 0; i < query->ranges->len; i++)
    {
      const DwStoreRange *range = &g_array_index (query->ranges, DwStoreRange, i);

      for (guint j = 0; j < range->entities->len; j++)
        {
          DwEntity *entity = g_ptr_array_index (range->entities, j);
          DwStoreRow *row = g_hash_table_lookup (by_id, dw_entity_get_id (entity));
          guint position = range->start + j;

          Page *page = find_page (self, position / PAGE_LENGTH);
          if (page == NULL && self->pages.length < MAX_PAGES)
            page = use_page (self, position / PAGE_LENGTH);
          if (row == NULL || page == NULL || g_hash_table_contains (self->places, row))
            continue;
          g_object_weak_ref (G_OBJECT (row), on_row_gone, self);
          place_row (self, row, position);
        }
    }
}

static void
take_count (DwStoreWindow *self, DwStoreRangeQuery *query)
{
  guint n_before = self->n_items;
  gboolean grows_at_head = dw_store_range_grows_at_head (self->kind);

  self->n_items = query->n_total;
  g_free (self->edge_id);
  self->edge_id = g_steal_pointer (&query->new_edge_id);

  if (!query->is_grown)
    start_again (self, query);
  else if (grows_at_head && query->n_new > 0)
    {
      gboolean had_head = find_page (self, 0) != NULL;

      move_rows (self, query->n_new);
      if (had_head)
        use_page (self, 0);
    }
  take_ranges (self, query);

  if (!query->is_grown)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n_before, query->n_total);
  else if (query->n_new > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), grows_at_head ? 0 : n_before, 0, query->n_new);

  if (!self->is_loaded)
    {
      self->is_loaded = TRUE;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADED]);
    }
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwStoreWindow *self = DW_STORE_WINDOW (source);
  DwStoreRangeQuery *query = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  /* Disposed meanwhile. */
  if (self->store == NULL)
    return;

  g_clear_object (&self->loading);
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      /* Another try is made when somebody writes, or asks. */
      self->is_outdated = TRUE;
      set_problem (self, error->message);
      return;
    }

  set_problem (self, NULL);
  if (query->is_recount)
    take_count (self, query);
  else
    {
      take_ranges (self, query);
      self->is_outdated = self->is_outdated || query->is_short;
    }

  load_next (self);
}

static void
run_query (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (dw_store_range_query_run (task_data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
load (DwStoreWindow *self, DwStoreRangeQuery *query)
{
  query->owner_id = g_strdup (self->owner_id);
  query->edge_id = g_strdup (self->edge_id);
  query->n_known = self->n_items;
  self->loading = g_cancellable_new ();

  g_autoptr (GTask) task = g_task_new (self, self->loading, on_loaded, NULL);
  g_task_set_source_tag (task, load);
  g_task_set_task_data (task, query, (GDestroyNotify) dw_store_range_query_free);
  g_task_run_in_thread (task, run_query);
}

static int
compare_indexes (gconstpointer a, gconstpointer b)
{
  guint x = *(const guint *) a;
  guint y = *(const guint *) b;

  return (x > y) - (x < y);
}

/* Counts, and reads every page that somebody holds a row of. */
static void
load_all (DwStoreWindow *self)
{
  DwStoreRangeQuery *query = dw_store_range_query_new (self->store, self->kind);
  g_autoptr (GArray) indexes = g_array_new (FALSE, FALSE, sizeof (guint));
  guint edge = dw_store_range_grows_at_head (self->kind) ? 0 : self->n_items / PAGE_LENGTH;
  GHashTableIter iter;
  gpointer position;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &position, NULL))
    {
      guint index = GPOINTER_TO_UINT (position) / PAGE_LENGTH;

      g_array_append_val (indexes, index);
    }
  g_array_sort (indexes, compare_indexes);

  for (guint i = 0; i < indexes->len; i++)
    {
      guint start = g_array_index (indexes, guint, i) * PAGE_LENGTH;

      if (i == 0 || g_array_index (indexes, guint, i) != g_array_index (indexes, guint, i - 1))
        dw_store_range_query_add (query, start, MIN (PAGE_LENGTH, self->n_items - start));
    }
  for (GList *link = self->pages.head; link != NULL; link = link->next)
    ((Page *) link->data)->is_wanted = FALSE;

  self->is_outdated = FALSE;
  query->is_recount = TRUE;
  query->wants_edge = find_page (self, edge) != NULL;
  load (self, query);
}

/* A row that was asked for before its page went is read too, as long as it is held. */
static Page *
find_wanted_page (DwStoreWindow *self)
{
  GHashTableIter iter;
  gpointer position, row;

  for (GList *link = self->pages.head; link != NULL; link = link->next)
    if (((Page *) link->data)->is_wanted)
      return link->data;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &position, &row))
    if (dw_store_row_get_entity (row) == NULL)
      {
        Page *page = use_page (self, GPOINTER_TO_UINT (position) / PAGE_LENGTH);

        ensure_row (self, page, GPOINTER_TO_UINT (position));
        return page;
      }

  return NULL;
}

static void
load_next (DwStoreWindow *self)
{
  if (self->loading != NULL || self->store == NULL)
    return;

  if (self->is_outdated)
    {
      load_all (self);
      return;
    }

  Page *page = find_wanted_page (self);
  if (page == NULL)
    return;

  DwStoreRangeQuery *query = dw_store_range_query_new (self->store, self->kind);
  guint start = page->index * PAGE_LENGTH;

  page->is_wanted = FALSE;
  dw_store_range_query_add (query, start, MIN (PAGE_LENGTH, self->n_items - start));
  load (self, query);
}

static void
on_store_changed (DwStore *store, GType type, DwStoreWindow *self)
{
  if (type == dw_store_range_get_entity_type (self->kind))
    dw_store_window_reload (self);
}

static void
dw_store_window_dispose (GObject *object)
{
  DwStoreWindow *self = DW_STORE_WINDOW (object);

  if (self->loading != NULL)
    g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  forget_rows (self);
  self->n_items = 0;
  g_clear_object (&self->store);

  G_OBJECT_CLASS (dw_store_window_parent_class)->dispose (object);
}

static void
dw_store_window_finalize (GObject *object)
{
  DwStoreWindow *self = DW_STORE_WINDOW (object);

  g_hash_table_unref (self->rows);
  g_hash_table_unref (self->places);
  g_free (self->owner_id);
  g_free (self->edge_id);
  g_free (self->problem);

  G_OBJECT_CLASS (dw_store_window_parent_class)->finalize (object);
}

static void
dw_store_window_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  DwStoreWindow *self = DW_STORE_WINDOW (object);

  switch (property_id)
    {
    case PROP_LOADED:
      g_value_set_boolean (value, self->is_loaded);
      break;
    case PROP_PROBLEM:
      g_value_set_string (value, self->problem);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_store_window_class_init (DwStoreWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = dw_store_window_dispose;
  object_class->finalize = dw_store_window_finalize;
  object_class->get_property = dw_store_window_get_property;

  properties[PROP_LOADED] = g_param_spec_boolean ("loaded", NULL, NULL, FALSE, flags);
  properties[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
dw_store_window_init (DwStoreWindow *self)
{
  g_queue_init (&self->pages);
  self->rows = g_hash_table_new (g_direct_hash, g_direct_equal);
  self->places = g_hash_table_new (g_direct_hash, g_direct_equal);
}

static DwStoreWindow *
create (DwStore *store, DwStoreRangeKind kind, const char *owner_id)
{
  DwStoreWindow *self = g_object_new (DW_TYPE_STORE_WINDOW, NULL);

  self->store = g_object_ref (store);
  self->kind = kind;
  self->owner_id = g_strdup (owner_id);
  g_signal_connect_object (store, "changed", G_CALLBACK (on_store_changed), self, 0);
  dw_store_watch (store);
  dw_store_window_reload (self);

  return self;
}

/**
 * dw_store_window_new_deploys:
 * @store: the store
 *
 * The list, as all of them here, is empty until its rows are counted, which "loaded" tells, and is
 * for the main context of the caller.
 *
 * Returns: (transfer full): a #GListModel of #DwStoreRow: all deploys, the newest first
 */
DwStoreWindow *
dw_store_window_new_deploys (DwStore *store)
{
  g_return_val_if_fail (DW_IS_STORE (store), NULL);

  return create (store, DW_STORE_RANGE_DEPLOYS, NULL);
}

/**
 * dw_store_window_new_project_deploys:
 * @store: the store
 * @project_id: a project
 *
 * Returns: (transfer full): a #GListModel of #DwStoreRow: its deploys, the newest first
 */
DwStoreWindow *
dw_store_window_new_project_deploys (DwStore *store, const char *project_id)
{
  g_return_val_if_fail (DW_IS_STORE (store), NULL);
  g_return_val_if_fail (project_id != NULL, NULL);

  return create (store, DW_STORE_RANGE_PROJECT_DEPLOYS, project_id);
}

/**
 * dw_store_window_new_stage_deploys:
 * @store: the store
 * @stage_id: a stage
 *
 * Returns: (transfer full): a #GListModel of #DwStoreRow: its deploys, the newest first
 */
DwStoreWindow *
dw_store_window_new_stage_deploys (DwStore *store, const char *stage_id)
{
  g_return_val_if_fail (DW_IS_STORE (store), NULL);
  g_return_val_if_fail (stage_id != NULL, NULL);

  return create (store, DW_STORE_RANGE_STAGE_DEPLOYS, stage_id);
}

/**
 * dw_store_window_new_logs:
 * @store: the store
 * @deploy_id: a deploy
 *
 * Returns: (transfer full): a #GListModel of #DwStoreRow: its log lines, the oldest first
 */
DwStoreWindow *
dw_store_window_new_logs (DwStore *store, const char *deploy_id)
{
  g_return_val_if_fail (DW_IS_STORE (store), NULL);
  g_return_val_if_fail (deploy_id != NULL, NULL);

  return create (store, DW_STORE_RANGE_LOGS, deploy_id);
}

/* Returns: whether it was counted once, so that being empty means that there is nothing. */
gboolean
dw_store_window_is_loaded (DwStoreWindow *self)
{
  g_return_val_if_fail (DW_IS_STORE_WINDOW (self), FALSE);

  return self->is_loaded;
}

/* Returns: (transfer none) (nullable): why the last reading failed; the rows are older then. */
const char *
dw_store_window_get_problem (DwStoreWindow *self)
{
  g_return_val_if_fail (DW_IS_STORE_WINDOW (self), NULL);

  return self->problem;
}

/**
 * dw_store_window_reload:
 * @self: the list
 *
 * Counts and reads again. Returns at once; the list does this by itself when somebody writes, and
 * it is for a person who wants another try after a problem.
 */
void
dw_store_window_reload (DwStoreWindow *self)
{
  g_return_if_fail (DW_IS_STORE_WINDOW (self));

  self->is_outdated = TRUE;
  load_next (self);
}
