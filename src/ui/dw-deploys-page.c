/* dw-deploys-page.c: the history of all deploys
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rows come from a windowed list, which filters and sorts in the database; the view only asks
 * for those in sight. With little room it shows them as rows of two lines instead of in columns.
 */

#include "config.h"

#include "ui/dw-deploys-page.h"

#include <glib/gi18n.h>

#include "store/dw-store-window.h"
#include "ui/dw-deploy-cell.h"
#include "ui/dw-filter-chips.h"
#include "ui/dw-filter-popover.h"
#include "ui/dw-format.h"
#include "ui/dw-history-filter.h"
#include "ui/dw-window-state.h"

/* With less room than this, in logical pixels, there are no columns. */
#define COLUMNS_WIDTH 560

#define TICKS_PER_AGE 30
#define SEARCHING_DELAY_MS 200

/* The columns, in the order of DwDeployCellKind. */
static const struct
{
  const char *child;     /* of the template */
  const char *sort_name; /* nullable: what is remembered; it cannot be sorted by */
  DwStoreSort sort;
  int least_width; /* of the view, for the column to be shown */
} columns[] = {
  [DW_DEPLOY_CELL_STATUS] = { "status_column", "status", DW_STORE_SORT_STATUS, 0 },
  [DW_DEPLOY_CELL_PLACE] = { "place_column", "project", DW_STORE_SORT_PROJECT, 0 },
  [DW_DEPLOY_CELL_TAG] = { "tag_column", "tag", DW_STORE_SORT_TAG, 0 },
  [DW_DEPLOY_CELL_DIGEST] = { "digest_column", NULL, 0, 960 },
  [DW_DEPLOY_CELL_TRIGGER] = { "trigger_column", NULL, 0, 780 },
  [DW_DEPLOY_CELL_STARTED] = { "started_column", "time", DW_STORE_SORT_TIME, 0 },
  [DW_DEPLOY_CELL_DURATION] = { "duration_column", "duration", DW_STORE_SORT_DURATION, 660 },
};

#define N_COLUMNS G_N_ELEMENTS (columns)

struct _DwDeploysPage
{
  DwPage parent_instance;

  GSettings *state; /* nullable */
  DwHistoryFilter *filter;
  DwStoreWindow *deploys;
  GtkNoSelection *selection; /* of the deploys, for the view that is shown */
  GHashTable *cells;         /* a set of DwDeployCell: those there are */
  int widths[N_COLUMNS];     /* of the columns that are not shown */
  int found_column;          /* see find_sort() */
  guint sorted_column;
  GtkSortType order;
  gboolean returns_to_top; /* other rows are on their way */
  guint n_ticks;
  guint tick_source;
  guint fit_source;
  guint searching_source;

  GtkWidget *sort_button;
  GtkSearchBar *search_bar;
  GtkSearchEntry *search_entry;
  DwFilterPopover *filter_popover;
  DwFilterChips *filter_chips;
  GtkStack *stack;
  GtkScrolledWindow *scroller;
  GtkColumnView *column_view;
  GtkListView *list_view;
  GtkColumnViewColumn *columns[N_COLUMNS];
};

enum
{
  PROP_DEPLOYS = 1,
  PROP_SEARCHABLE,
  PROP_SORT,
  PROP_ORDER,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (DwDeploysPage, dw_deploys_page, DW_TYPE_PAGE)

static guint
get_n_deploys (DwDeploysPage *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->deploys));
}

/* Whether there is anything to search in. */
static gboolean
is_searchable (DwDeploysPage *self)
{
  return self->deploys != NULL &&
         (get_n_deploys (self) > 0 || !dw_history_filter_is_empty (self->filter));
}

/* --- The state of the whole ---------------------------------------------------------------------
 */

static void
show_subtitle (DwDeploysPage *self, gboolean is_searching)
{
  gulong n = get_n_deploys (self);
  /* Translators: a number of deploys, as the locale groups its digits */
  g_autofree char *count = g_strdup_printf (ngettext ("%'lu deploy", "%'lu deploys", n), n);

  dw_page_set_subtitle (DW_PAGE (self), is_searching ? _ ("Searching…") : n > 0 ? count : NULL);
}

static gboolean
on_searching (gpointer user_data)
{
  DwDeploysPage *self = user_data;

  self->searching_source = 0;
  show_subtitle (self, TRUE);

  return G_SOURCE_REMOVE;
}

/* An old reading is better than none: a problem takes the page only while there is nothing. */
static void
show_page (DwDeploysPage *self)
{
  gboolean is_complete = dw_store_window_is_complete (self->deploys);
  const char *name = "deploys";

  if (get_n_deploys (self) == 0)
    {
      if (dw_store_window_get_problem (self->deploys) != NULL)
        name = "problem";
      else if (!dw_store_window_is_loaded (self->deploys) || !is_complete)
        name = "loading";
      else
        name = dw_history_filter_is_empty (self->filter) ? "empty" : "nothing-found";
    }
  gtk_stack_set_visible_child_name (self->stack, name);

  if (is_complete)
    {
      g_clear_handle_id (&self->searching_source, g_source_remove);
      show_subtitle (self, FALSE);
    }
  else if (self->searching_source == 0)
    self->searching_source = g_timeout_add (SEARCHING_DELAY_MS, on_searching, self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SEARCHABLE]);
}

static GtkWidget *
find_rows_view (DwDeploysPage *self)
{
  GtkWidget *view = gtk_scrolled_window_get_child (self->scroller);

  if (GTK_IS_LIST_VIEW (view))
    return view;

  /* A column view is its header above a list view. */
  for (view = gtk_widget_get_first_child (view); view != NULL && !GTK_IS_LIST_VIEW (view);
       view = gtk_widget_get_next_sibling (view))
    ;

  return view;
}

static void
scroll_to_top (DwDeploysPage *self)
{
  GtkWidget *view = find_rows_view (self);

  if (view != NULL && get_n_deploys (self) > 0)
    gtk_widget_activate_action (view, "list.scroll-to-item", "u", 0);
}

/* After the view. Rows that come keep those that are looked at in their place, but for a person who
 * looks at the newest, and for one who asked for others. */
static void
on_rows_changed (DwDeploysPage *self, guint position)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);

  if (position == 0 && (self->returns_to_top || gtk_adjustment_get_value (adjustment) <= 0))
    {
      self->returns_to_top = FALSE;
      scroll_to_top (self);
    }
  show_page (self);
}

static void
on_retry_clicked (DwDeploysPage *self)
{
  dw_store_window_reload (self->deploys);
}

static char *
describe_next (DwDeploysPage *self, guint n_projects)
{
  return g_strdup (
      n_projects > 0
          ? _ ("Open a project and deploy to one of its stages. Deploys appear here.")
          : _ ("Deploys bring a project’s images to its stages. Add a project to get started."));
}

static gboolean
is_zero (DwDeploysPage *self, guint n_projects)
{
  return n_projects == 0;
}

static gboolean
is_not_zero (DwDeploysPage *self, guint n_projects)
{
  return n_projects > 0;
}

/* --- Filter and order ---------------------------------------------------------------------------
 */

static void
on_filter_changed (DwDeploysPage *self)
{
  const DwStoreFilter *filter = dw_history_filter_get (self->filter);
  const char *text = filter->text != NULL ? filter->text : "";
  g_autofree char *shown = g_strstrip (
      g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->search_entry))));

  /* A space that was just typed is no other text, and stays. */
  if (!g_str_equal (shown, text))
    gtk_editable_set_text (GTK_EDITABLE (self->search_entry), text);
  self->returns_to_top = TRUE;
  dw_store_window_set_filter (self->deploys, filter);
  show_page (self);
}

static void
on_search_changed (DwDeploysPage *self)
{
  if (self->filter != NULL)
    dw_history_filter_set_text (self->filter,
                                gtk_editable_get_text (GTK_EDITABLE (self->search_entry)));
}

static void
on_clear_clicked (DwDeploysPage *self)
{
  dw_history_filter_clear (self->filter);
}

typedef struct
{
  DwDeploysPage *page;
  guint column;
} SortProbe;

static int
compare (gconstpointer a, gconstpointer b, gpointer user_data)
{
  SortProbe *probe = user_data;

  if (probe->page->found_column < 0)
    probe->page->found_column = (int) probe->column;

  return -1;
}

/* Which column's header was pressed is only told since GTK 4.10. But whatever the version, the
 * view's sorter asks that of the column that comes first, and turns the answer round when it is to
 * be descending. Nothing else is ever compared: the database sorts.
 *
 * Returns: the place in columns, or -1 for none */
static int
find_sort (DwDeploysPage *self, gboolean *is_descending)
{
  GtkSorter *sorter = gtk_column_view_get_sorter (self->column_view);

  self->found_column = -1;
  *is_descending = gtk_sorter_compare (sorter, self, self->deploys) == GTK_ORDERING_LARGER;

  return self->found_column;
}

static void
on_sort_changed (DwDeploysPage *self)
{
  gboolean is_descending;
  int column = find_sort (self, &is_descending);

  if (column < 0)
    return;

  self->returns_to_top = TRUE;
  self->sorted_column = (guint) column;
  self->order = is_descending ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING;
  dw_store_window_set_sort (self->deploys, columns[column].sort, is_descending);
  if (self->state != NULL)
    {
      g_settings_set_string (self->state, "deploys-sort", columns[column].sort_name);
      g_settings_set_boolean (self->state, "deploys-descending", is_descending);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SORT]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ORDER]);
}

/* Where there are no headers of columns to press, a menu has the choice. */
static void
sort_by (DwDeploysPage *self, const char *name, GtkSortType order)
{
  for (guint i = 0; i < N_COLUMNS; i++)
    if (columns[i].sort_name != NULL && g_strcmp0 (columns[i].sort_name, name) == 0)
      gtk_column_view_sort_by_column (self->column_view, self->columns[i], order);
}

static void
prepare_sorting (DwDeploysPage *self)
{
  g_autofree char *name = self->state != NULL ? g_settings_get_string (self->state, "deploys-sort")
                                              : NULL;
  gboolean is_descending = self->state == NULL ||
                           g_settings_get_boolean (self->state, "deploys-descending");

  self->sorted_column = DW_DEPLOY_CELL_STARTED;
  self->order = is_descending ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING;
  for (guint i = 0; i < N_COLUMNS; i++)
    {
      if (columns[i].sort_name == NULL)
        continue;

      SortProbe *probe = g_new (SortProbe, 1);

      *probe = (SortProbe){ self, i };
      g_autoptr (GtkCustomSorter) sorter = gtk_custom_sorter_new (compare, probe, g_free);
      gtk_column_view_column_set_sorter (self->columns[i], GTK_SORTER (sorter));
      if (g_strcmp0 (columns[i].sort_name, name) == 0)
        self->sorted_column = i;
    }

  gtk_column_view_sort_by_column (self->column_view, self->columns[self->sorted_column],
                                  self->order);
  dw_store_window_set_sort (self->deploys, columns[self->sorted_column].sort, is_descending);
  g_signal_connect_object (gtk_column_view_get_sorter (self->column_view), "changed",
                           G_CALLBACK (on_sort_changed), self, G_CONNECT_SWAPPED);
}

/* --- The view -----------------------------------------------------------------------------------
 */

/* GTK 4.8 keeps the room of a column that is not visible, unless it has no width. */
static void
show_column (DwDeploysPage *self, guint i, gboolean is_shown)
{
  GtkColumnViewColumn *column = self->columns[i];

  if (!gtk_column_view_column_get_visible (column) == !is_shown)
    return;

  if (!is_shown)
    self->widths[i] = gtk_column_view_column_get_fixed_width (column);
  gtk_column_view_column_set_fixed_width (column, is_shown ? self->widths[i] : 0);
  gtk_column_view_column_set_visible (column, is_shown);
}

static gboolean
fit (gpointer user_data)
{
  DwDeploysPage *self = user_data;
  GtkAdjustment *adjustment = gtk_scrolled_window_get_hadjustment (self->scroller);
  double width = gtk_adjustment_get_page_size (adjustment);
  gboolean has_columns = width >= COLUMNS_WIDTH && !dw_page_get_narrow (DW_PAGE (self));
  GtkWidget *view = has_columns ? GTK_WIDGET (self->column_view) : GTK_WIDGET (self->list_view);

  self->fit_source = 0;
  if (width <= 0)
    return G_SOURCE_REMOVE;

  if (gtk_scrolled_window_get_child (self->scroller) != view)
    {
      GtkSelectionModel *model = GTK_SELECTION_MODEL (self->selection);

      gtk_column_view_set_model (self->column_view, has_columns ? model : NULL);
      gtk_list_view_set_model (self->list_view, has_columns ? NULL : model);
      gtk_scrolled_window_set_child (self->scroller, view);
    }
  gtk_widget_set_visible (self->sort_button, !has_columns);
  for (guint i = 0; i < N_COLUMNS; i++)
    show_column (self, i, width >= columns[i].least_width);

  return G_SOURCE_REMOVE;
}

/* Not while sizes are handed out. */
static void
on_width_changed (DwDeploysPage *self)
{
  if (self->fit_source == 0)
    self->fit_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, fit, self, NULL);
}

static void
forget_cell (DwDeploysPage *self, GtkWidget *cell)
{
  g_hash_table_remove (self->cells, cell);
}

static GtkWidget *
make_cell (DwDeploysPage *self, DwDeployCellKind kind)
{
  GtkWidget *cell = GTK_WIDGET (dw_deploy_cell_new (kind));

  g_hash_table_add (self->cells, cell);
  g_signal_connect_object (cell, "destroy", G_CALLBACK (forget_cell), self, G_CONNECT_SWAPPED);

  return cell;
}

static void
on_setup_cell (GtkListItemFactory *factory, GtkListItem *item, DwDeploysPage *self)
{
  for (guint i = 0; i < N_COLUMNS; i++)
    if (gtk_column_view_column_get_factory (self->columns[i]) == factory)
      gtk_list_item_set_child (item, make_cell (self, i));
}

static void
on_bind_cell (DwDeploysPage *self, GtkListItem *item)
{
  dw_deploy_cell_set_row (DW_DEPLOY_CELL (gtk_list_item_get_child (item)),
                          gtk_list_item_get_item (item));
}

/* A row of two lines. */
static void
on_setup_row (DwDeploysPage *self, GtkListItem *item)
{
  GtkWidget *grid = gtk_grid_new ();
  GtkWidget *place = make_cell (self, DW_DEPLOY_CELL_PLACE);
  GtkWidget *summary = make_cell (self, DW_DEPLOY_CELL_SUMMARY);

  gtk_widget_add_css_class (grid, "deploy-row");
  gtk_widget_add_css_class (summary, "deploy-summary");
  gtk_widget_set_hexpand (place, TRUE);
  gtk_widget_set_hexpand (summary, TRUE);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 3);
  gtk_grid_attach (GTK_GRID (grid), make_cell (self, DW_DEPLOY_CELL_ICON), 0, 0, 1, 2);
  gtk_grid_attach (GTK_GRID (grid), place, 1, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), summary, 1, 1, 1, 1);
  gtk_list_item_set_child (item, grid);
}

static void
on_bind_row (DwDeploysPage *self, GtkListItem *item)
{
  for (GtkWidget *cell = gtk_widget_get_first_child (gtk_list_item_get_child (item)); cell != NULL;
       cell = gtk_widget_get_next_sibling (cell))
    dw_deploy_cell_set_row (DW_DEPLOY_CELL (cell), gtk_list_item_get_item (item));
}

static void
on_activate (DwDeploysPage *self, guint position)
{
  g_autoptr (DwStoreRow) row = g_list_model_get_item (G_LIST_MODEL (self->deploys), position);
  DwEntity *deploy = row != NULL ? dw_store_row_get_entity (row) : NULL;

  if (deploy != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-page", "(ss)", "deploy",
                                dw_entity_get_id (deploy));
}

static gboolean
on_tick (gpointer user_data)
{
  DwDeploysPage *self = user_data;
  GHashTableIter iter;
  gpointer cell;

  self->n_ticks++;
  g_hash_table_iter_init (&iter, self->cells);
  while (g_hash_table_iter_next (&iter, &cell, NULL))
    dw_deploy_cell_tick (cell, self->n_ticks % TICKS_PER_AGE == 0);

  return G_SOURCE_CONTINUE;
}

/* --- The class ----------------------------------------------------------------------------------
 */

static void
start_search (DwPage *page)
{
  DwDeploysPage *self = DW_DEPLOYS_PAGE (page);

  gtk_search_bar_set_search_mode (self->search_bar, is_searchable (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

static void
dw_deploys_page_map (GtkWidget *widget)
{
  DwDeploysPage *self = DW_DEPLOYS_PAGE (widget);

  GTK_WIDGET_CLASS (dw_deploys_page_parent_class)->map (widget);
  self->n_ticks = TICKS_PER_AGE - 1;
  on_tick (self);
  self->tick_source = g_timeout_add_seconds (1, on_tick, self);
}

static void
dw_deploys_page_unmap (GtkWidget *widget)
{
  DwDeploysPage *self = DW_DEPLOYS_PAGE (widget);

  g_clear_handle_id (&self->tick_source, g_source_remove);
  GTK_WIDGET_CLASS (dw_deploys_page_parent_class)->unmap (widget);
}

static void
dw_deploys_page_constructed (GObject *object)
{
  DwDeploysPage *self = DW_DEPLOYS_PAGE (object);
  DwSession *session = dw_page_get_session (DW_PAGE (self));

  G_OBJECT_CLASS (dw_deploys_page_parent_class)->constructed (object);

  self->filter = dw_history_filter_new (self->state);
  self->deploys = dw_store_window_new_deploys (dw_session_get_store (session),
                                               dw_history_filter_get (self->filter));
  prepare_sorting (self);
  self->selection = gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->deploys)));
  gtk_column_view_set_model (self->column_view, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->selection, "items-changed", G_CALLBACK (on_rows_changed), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  for (const char **name =
           (const char *[]){ "notify::loaded", "notify::complete", "notify::problem", NULL };
       *name != NULL; name++)
    g_signal_connect_object (self->deploys, *name, G_CALLBACK (show_page), self, G_CONNECT_SWAPPED);

  g_signal_connect_object (self->filter, "changed", G_CALLBACK (on_filter_changed), self,
                           G_CONNECT_SWAPPED);
  dw_filter_popover_connect (self->filter_popover, session, self->filter);
  dw_filter_chips_connect (self->filter_chips, session, self->filter);
  if (dw_history_filter_get (self->filter)->text != NULL)
    {
      gtk_editable_set_text (GTK_EDITABLE (self->search_entry),
                             dw_history_filter_get (self->filter)->text);
      gtk_search_bar_set_search_mode (self->search_bar, TRUE);
    }

  g_signal_connect_object (gtk_scrolled_window_get_hadjustment (self->scroller),
                           "notify::page-size", G_CALLBACK (on_width_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self, "notify::narrow", G_CALLBACK (on_width_changed), self,
                           G_CONNECT_SWAPPED);
  show_page (self);
  g_object_notify_by_pspec (object, properties[PROP_DEPLOYS]);
}

static void
dw_deploys_page_dispose (GObject *object)
{
  DwDeploysPage *self = DW_DEPLOYS_PAGE (object);

  g_clear_handle_id (&self->tick_source, g_source_remove);
  g_clear_handle_id (&self->fit_source, g_source_remove);
  g_clear_handle_id (&self->searching_source, g_source_remove);
  if (self->selection != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->deploys, self);
      g_signal_handlers_disconnect_by_data (self->selection, self);
      g_signal_handlers_disconnect_by_data (self->filter, self);
      g_signal_handlers_disconnect_by_data (gtk_column_view_get_sorter (self->column_view), self);
      gtk_column_view_set_model (self->column_view, NULL);
      gtk_list_view_set_model (self->list_view, NULL);
    }
  g_clear_object (&self->selection);
  g_clear_object (&self->deploys);
  g_clear_object (&self->filter);
  g_clear_object (&self->state);

  G_OBJECT_CLASS (dw_deploys_page_parent_class)->dispose (object);
}

static void
dw_deploys_page_finalize (GObject *object)
{
  g_hash_table_unref (DW_DEPLOYS_PAGE (object)->cells);

  G_OBJECT_CLASS (dw_deploys_page_parent_class)->finalize (object);
}

static void
dw_deploys_page_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  DwDeploysPage *self = DW_DEPLOYS_PAGE (object);

  switch (property_id)
    {
    case PROP_DEPLOYS:
      g_value_set_object (value, self->deploys);
      break;
    case PROP_SEARCHABLE:
      g_value_set_boolean (value, is_searchable (self));
      break;
    case PROP_SORT:
      g_value_set_string (value, columns[self->sorted_column].sort_name);
      break;
    case PROP_ORDER:
      g_value_set_enum (value, (int) self->order);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_deploys_page_set_property (GObject *object,
                              guint property_id,
                              const GValue *value,
                              GParamSpec *pspec)
{
  DwDeploysPage *self = DW_DEPLOYS_PAGE (object);

  switch (property_id)
    {
    case PROP_SORT:
      sort_by (self, g_value_get_string (value), self->order);
      break;
    case PROP_ORDER:
      sort_by (self, columns[self->sorted_column].sort_name,
               (GtkSortType) g_value_get_enum (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_deploys_page_class_init (DwDeploysPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags told = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GParamFlags chosen = told | G_PARAM_WRITABLE;

  object_class->constructed = dw_deploys_page_constructed;
  object_class->dispose = dw_deploys_page_dispose;
  object_class->finalize = dw_deploys_page_finalize;
  object_class->get_property = dw_deploys_page_get_property;
  object_class->set_property = dw_deploys_page_set_property;
  widget_class->map = dw_deploys_page_map;
  widget_class->unmap = dw_deploys_page_unmap;
  DW_PAGE_CLASS (klass)->start_search = start_search;

  properties[PROP_DEPLOYS] = g_param_spec_object ("deploys", NULL, NULL, DW_TYPE_STORE_WINDOW,
                                                  told);
  properties[PROP_SEARCHABLE] = g_param_spec_boolean ("searchable", NULL, NULL, FALSE, told);
  properties[PROP_SORT] = g_param_spec_string ("sort", NULL, NULL, NULL, chosen);
  properties[PROP_ORDER] = g_param_spec_enum ("order", NULL, NULL, GTK_TYPE_SORT_TYPE,
                                              GTK_SORT_DESCENDING, chosen);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  gtk_widget_class_install_property_action (widget_class, "deploys.sort", "sort");
  gtk_widget_class_install_property_action (widget_class, "deploys.order", "order");

  g_type_ensure (DW_TYPE_FILTER_CHIPS);
  g_type_ensure (DW_TYPE_FILTER_POPOVER);
  g_type_ensure (DW_TYPE_STORE_LIST);
  g_type_ensure (DW_TYPE_STORE_WINDOW);
  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-deploys-page.ui");
  gtk_widget_class_bind_template_child (widget_class, DwDeploysPage, sort_button);
  gtk_widget_class_bind_template_child (widget_class, DwDeploysPage, search_bar);
  gtk_widget_class_bind_template_child (widget_class, DwDeploysPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, DwDeploysPage, filter_popover);
  gtk_widget_class_bind_template_child (widget_class, DwDeploysPage, filter_chips);
  gtk_widget_class_bind_template_child (widget_class, DwDeploysPage, stack);
  gtk_widget_class_bind_template_child (widget_class, DwDeploysPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, DwDeploysPage, column_view);
  gtk_widget_class_bind_template_child (widget_class, DwDeploysPage, list_view);
  for (guint i = 0; i < N_COLUMNS; i++)
    gtk_widget_class_bind_template_child_full (widget_class, columns[i].child, FALSE,
                                               G_STRUCT_OFFSET (DwDeploysPage, columns) +
                                                   i * (gssize) sizeof (GtkColumnViewColumn *));
  gtk_widget_class_bind_template_callback (widget_class, describe_next);
  gtk_widget_class_bind_template_callback (widget_class, is_zero);
  gtk_widget_class_bind_template_callback (widget_class, is_not_zero);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_clear_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_retry_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_setup_cell);
  gtk_widget_class_bind_template_callback (widget_class, on_bind_cell);
  gtk_widget_class_bind_template_callback (widget_class, on_setup_row);
  gtk_widget_class_bind_template_callback (widget_class, on_bind_row);
}

static void
dw_deploys_page_init (DwDeploysPage *self)
{
  self->cells = g_hash_table_new (NULL, NULL);
  self->state = dw_window_state_open ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
}
