/* dw-store-window.c: a live list of the history or of a log, of which only a part is held
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It knows the numbers of its rows, and holds the few pages of them that were asked for last. A row
 * that is not read yet is a DwStoreRow without an entity, which gets one when a worker thread has
 * read its page; the last page that was asked for is read first. A row that somebody holds keeps
 * its place and stays true after its page has gone.
 *
 * When somebody writes, the numbers and what is held are read again, in one snapshot. What differs
 * is told, from the first row that does to the last one; the others move along.
 */

#include "config.h"

#include "store/dw-store-window.h"

#include "store/dw-store-pages.h"
#include "store/dw-store-scan.h"

struct _DwStoreWindow
{
  GObject parent_instance;

  DwStore *store;
  char *deploy_id; /* nullable: of whose log it is; otherwise it is of deploys */
  DwStoreFilter *filter;
  DwStoreSort sort;
  gboolean is_descending;

  GArray *numbers; /* of guint32: the rows' numbers; replaced as a whole, since workers read it */
  DwStorePages *pages;

  GCancellable *loading; /* nullable: while a worker reads */
  gboolean is_outdated;  /* somebody wrote since the rows were last looked for */
  gboolean is_fresh;     /* the filter or the order was set since then */
  gboolean is_loaded;
  gboolean is_complete;
  char *problem;
};

enum
{
  PROP_LOADED = 1,
  PROP_COMPLETE,
  PROP_PROBLEM,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

static void load_next (DwStoreWindow *self);

static guint32
get_number (GArray *numbers, guint place)
{
  return g_array_index (numbers, guint32, place);
}

static GType
dw_store_window_get_item_type (GListModel *model)
{
  return DW_TYPE_STORE_ROW;
}

static guint
dw_store_window_get_n_items (GListModel *model)
{
  return DW_STORE_WINDOW (model)->numbers->len;
}

static gpointer
dw_store_window_get_item (GListModel *model, guint position)
{
  DwStoreWindow *self = DW_STORE_WINDOW (model);

  if (position >= self->numbers->len)
    return NULL;

  DwStoreRow *row = dw_store_pages_get_row (self->pages, position);

  if (dw_store_row_get_entity (row) == NULL)
    load_next (self);

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

static void
take_entities (DwStoreWindow *self, DwStoreScan *scan)
{
  g_autoptr (GPtrArray) rows = dw_store_pages_list_rows (self->pages);
  guint place;

  for (guint i = 0; i < rows->len; i++)
    if (dw_store_pages_find_place (self->pages, rows->pdata[i], &place))
      {
        DwEntity *entity = g_hash_table_lookup (
            scan->entities, GUINT_TO_POINTER (get_number (self->numbers, place)));

        if (entity != NULL)
          dw_store_row_take_values (rows->pdata[i], entity);
      }
}

static void
set_complete (DwStoreWindow *self, gboolean is_complete)
{
  if (self->is_complete == is_complete)
    return;

  self->is_complete = is_complete;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COMPLETE]);
}

static void
take_rows (DwStoreWindow *self, DwStoreScan *scan)
{
  gboolean is_changed = scan->n_removed > 0 || scan->n_added > 0;

  if (is_changed)
    {
      g_array_unref (self->numbers);
      self->numbers = g_array_ref (scan->found);
      dw_store_pages_move (self->pages, scan);
      /* The first of the new rows were read with their numbers: they are likely in view. */
      dw_store_pages_fill (self->pages, scan->n_same, MIN (scan->n_added, DW_STORE_SCAN_N_READ));
    }
  take_entities (self, scan);
  if (is_changed)
    g_list_model_items_changed (G_LIST_MODEL (self), scan->n_same, scan->n_removed, scan->n_added);

  if (!self->is_loaded)
    {
      self->is_loaded = TRUE;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADED]);
    }
  set_complete (self, scan->is_whole);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwStoreWindow *self = DW_STORE_WINDOW (source);
  DwStoreScan *scan = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  /* Disposed meanwhile, or another filter was set. */
  if (g_task_get_cancellable (G_TASK (result)) != self->loading)
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
  if (scan->finds_rows)
    {
      self->is_outdated = self->is_outdated || !scan->is_whole;
      take_rows (self, scan);
    }
  else
    {
      /* One that is not there has gone since the rows were found. */
      self->is_outdated = self->is_outdated ||
                          g_hash_table_size (scan->entities) < scan->wanted->len;
      dw_store_pages_fill (self->pages, scan->start, scan->wanted->len);
      take_entities (self, scan);
    }

  load_next (self);
}

static void
run_scan (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (dw_store_scan_run (task_data, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
load (DwStoreWindow *self, DwStoreScan *scan)
{
  scan->deploy_id = g_strdup (self->deploy_id);
  self->loading = g_cancellable_new ();

  g_autoptr (GTask) task = g_task_new (self, self->loading, on_loaded, NULL);
  g_task_set_source_tag (task, load);
  g_task_set_task_data (task, scan, (GDestroyNotify) dw_store_scan_free);
  g_task_run_in_thread (task, run_scan);
}

/* Finds the rows, and reads those again that somebody holds. Of a filter that was set just now the
 * first page is found first. */
static void
load_all (DwStoreWindow *self)
{
  DwStoreScan *scan = dw_store_scan_new (self->store);
  g_autoptr (GPtrArray) rows = dw_store_pages_list_rows (self->pages);
  guint place;

  scan->finds_rows = TRUE;
  scan->filter = dw_store_filter_copy (self->filter);
  scan->sort = self->sort;
  scan->is_descending = self->is_descending;
  scan->limit = self->is_fresh ? DW_STORE_PAGE_LENGTH : 0;
  scan->known = g_array_ref (self->numbers);

  for (guint i = 0; i < rows->len; i++)
    if (dw_store_pages_find_place (self->pages, rows->pdata[i], &place))
      g_array_append_vals (scan->wanted, &(guint32){ get_number (self->numbers, place) }, 1);
  dw_store_pages_want_nothing (self->pages);

  self->is_outdated = FALSE;
  self->is_fresh = FALSE;
  load (self, scan);
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

  guint start;
  if (!dw_store_pages_take_wanted (self->pages, &start))
    return;

  DwStoreScan *scan = dw_store_scan_new (self->store);
  guint end = MIN (start + DW_STORE_PAGE_LENGTH, self->numbers->len);

  scan->start = start;
  for (guint i = start; i < end; i++)
    g_array_append_vals (scan->wanted, &(guint32){ get_number (self->numbers, i) }, 1);
  load (self, scan);
}

static void
on_store_changed (DwStore *store, GType type, DwStoreWindow *self)
{
  /* A deploy is shown with the names of its project and its stage. */
  if (self->deploy_id != NULL
          ? type == DW_TYPE_DEPLOY_LOG
          : type == DW_TYPE_DEPLOY || type == DW_TYPE_PROJECT || type == DW_TYPE_STAGE)
    dw_store_window_reload (self);
}

static void
dw_store_window_dispose (GObject *object)
{
  DwStoreWindow *self = DW_STORE_WINDOW (object);

  if (self->loading != NULL)
    g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  dw_store_pages_clear (self->pages);
  g_array_unref (self->numbers);
  self->numbers = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_clear_object (&self->store);

  G_OBJECT_CLASS (dw_store_window_parent_class)->dispose (object);
}

static void
dw_store_window_finalize (GObject *object)
{
  DwStoreWindow *self = DW_STORE_WINDOW (object);

  dw_store_pages_free (self->pages);
  g_array_unref (self->numbers);
  dw_store_filter_free (self->filter);
  g_free (self->deploy_id);
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
    case PROP_COMPLETE:
      g_value_set_boolean (value, self->is_complete);
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
  properties[PROP_COMPLETE] = g_param_spec_boolean ("complete", NULL, NULL, FALSE, flags);
  properties[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
dw_store_window_init (DwStoreWindow *self)
{
  self->filter = dw_store_filter_copy (&(DwStoreFilter){ NULL });
  self->numbers = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->pages = dw_store_pages_new ();
}

static DwStoreWindow *
create (DwStore *store, const DwStoreFilter *filter, const char *deploy_id)
{
  DwStoreWindow *self = g_object_new (DW_TYPE_STORE_WINDOW, NULL);

  self->store = g_object_ref (store);
  self->deploy_id = g_strdup (deploy_id);
  dw_store_filter_free (self->filter);
  self->filter = dw_store_filter_copy (filter);
  self->sort = DW_STORE_SORT_TIME;
  self->is_descending = deploy_id == NULL;
  self->is_fresh = TRUE;
  g_signal_connect_object (store, "changed", G_CALLBACK (on_store_changed), self, 0);
  dw_store_watch (store);
  dw_store_window_reload (self);

  return self;
}

/**
 * dw_store_window_new_deploys:
 * @store: the store
 * @filter: (nullable): which of them, or %NULL for all
 *
 * The list, as that of log lines, is empty until its first rows are found, which "loaded" tells,
 * and is for the main context of the caller. A deploy in it knows the names of its project and its
 * stage.
 *
 * Returns: (transfer full): a #GListModel of #DwStoreRow: deploys, the newest first
 */
DwStoreWindow *
dw_store_window_new_deploys (DwStore *store, const DwStoreFilter *filter)
{
  g_return_val_if_fail (DW_IS_STORE (store), NULL);

  return create (store, filter != NULL ? filter : &(DwStoreFilter){ NULL }, NULL);
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

  return create (store, &(DwStoreFilter){ NULL }, deploy_id);
}

/* Looks for the rows anew. Whatever a worker does for the list now is not wanted any more. */
static void
start_anew (DwStoreWindow *self)
{
  if (self->loading != NULL)
    g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  self->is_fresh = TRUE;
  set_complete (self, FALSE);
  dw_store_window_reload (self);
}

/**
 * dw_store_window_set_filter:
 * @self: the list
 * @filter: which rows it shall have; it is copied
 *
 * Returns at once. The list has the rows of before until the first ones that @filter shows are
 * found, and then those, and more of them until "complete" says that it has all. A search that
 * runs for an earlier filter is given up.
 */
void
dw_store_window_set_filter (DwStoreWindow *self, const DwStoreFilter *filter)
{
  g_return_if_fail (DW_IS_STORE_WINDOW (self));
  g_return_if_fail (filter != NULL);

  g_autoptr (DwStoreFilter) copy = dw_store_filter_copy (filter);

  if (dw_store_filter_equal (self->filter, copy))
    return;

  dw_store_filter_free (self->filter);
  self->filter = g_steal_pointer (&copy);
  start_anew (self);
}

/**
 * dw_store_window_set_sort:
 * @self: a list of deploys
 * @sort: by what they are in order
 * @is_descending: whether from the last to the first
 *
 * Returns at once, as dw_store_window_set_filter().
 */
void
dw_store_window_set_sort (DwStoreWindow *self, DwStoreSort sort, gboolean is_descending)
{
  g_return_if_fail (DW_IS_STORE_WINDOW (self));
  g_return_if_fail (self->deploy_id == NULL);
  g_return_if_fail (sort < DW_STORE_N_SORTS);

  if (self->sort == sort && !self->is_descending == !is_descending)
    return;

  self->sort = sort;
  self->is_descending = is_descending;
  start_anew (self);
}

/* Returns: (transfer none): which rows it has */
const DwStoreFilter *
dw_store_window_get_filter (DwStoreWindow *self)
{
  g_return_val_if_fail (DW_IS_STORE_WINDOW (self), NULL);

  return self->filter;
}

/* Returns: whether it has all rows of its filter; there may be more of them until then. */
gboolean
dw_store_window_is_complete (DwStoreWindow *self)
{
  g_return_val_if_fail (DW_IS_STORE_WINDOW (self), FALSE);

  return self->is_complete;
}

/* Returns: whether rows were looked for once, so that being empty means that there is nothing. */
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
 * Looks for the rows and reads them again. Returns at once; the list does this by itself when
 * somebody writes, and it is for a person who wants another try after a problem.
 */
void
dw_store_window_reload (DwStoreWindow *self)
{
  g_return_if_fail (DW_IS_STORE_WINDOW (self));

  self->is_outdated = TRUE;
  load_next (self);
}
