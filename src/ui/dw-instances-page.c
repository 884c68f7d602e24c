/* dw-instances-page.c: every container that the application made
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ui/dw-instances-page.h"

#include <glib/gi18n.h>

#include "deploy/dw-instance-list.h"
#include "ui/dw-instance-row.h"
#include "ui/dw-window-state.h"

#define STATE_KEY "instances-filter"

/* Those of the buttons, in their order. */
typedef enum
{
  SHOW_ALL,
  SHOW_CURRENT,
  SHOW_KEPT,
  SHOW_ORPHANED,
  N_SHOWN,
} Shown;

static const char *const nicks[N_SHOWN] = { "all", "current", "kept", "orphaned" };

struct _DwInstancesPage
{
  DwPage parent_instance;

  DwInstanceList *instances;
  GtkCustomFilter *filter;
  GSettings *state; /* nullable: nothing is remembered */
  Shown shown;
  char *text; /* what is searched for, folded; empty for nothing */

  GtkSearchBar *search_bar;
  GtkSearchEntry *search_entry;
  GtkWidget *filter_bar;
  GtkToggleButton *all_button;
  GtkToggleButton *current_button;
  GtkToggleButton *kept_button;
  GtkToggleButton *orphaned_button;
  GtkStack *stack;
  GtkLabel *problem_label;
  GtkFilterListModel *filtered;
};

G_DEFINE_FINAL_TYPE (DwInstancesPage, dw_instances_page, DW_TYPE_PAGE)

static GtkToggleButton *
get_button (DwInstancesPage *self, Shown shown)
{
  GtkToggleButton *buttons[N_SHOWN] = { self->all_button, self->current_button, self->kept_button,
                                        self->orphaned_button };

  return buttons[shown];
}

static gboolean
matches (gpointer item, gpointer user_data)
{
  DwInstancesPage *self = user_data;
  DwLiveInstance *instance = item;
  DwLiveRole role = dw_live_instance_get_role (instance);

  switch (self->shown)
    {
    case SHOW_CURRENT:
      if (!dw_live_instance_is_current (instance))
        return FALSE;
      break;
    case SHOW_KEPT:
      if (role != DW_LIVE_KEPT)
        return FALSE;
      break;
    case SHOW_ORPHANED:
      if (role != DW_LIVE_ORPHANED)
        return FALSE;
      break;
    case SHOW_ALL:
    case N_SHOWN:
    default:
      break;
    }

  return *self->text == '\0' || dw_live_instance_contains (instance, self->text);
}

static void
show_counts (DwInstancesPage *self)
{
  GListModel *model = G_LIST_MODEL (self->instances);
  guint n = g_list_model_get_n_items (model);
  guint n_orphaned = 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (DwLiveInstance) instance = g_list_model_get_item (model, i);

      n_orphaned += dw_live_instance_get_role (instance) == DW_LIVE_ORPHANED;
    }

  /* Translators: how many containers belong to nobody */
  g_autofree char *label = n_orphaned > 0 ? g_strdup_printf (_ ("Orphaned (%u)"), n_orphaned)
                                          : g_strdup (C_ ("instances", "Orphaned"));
  gtk_button_set_label (GTK_BUTTON (self->orphaned_button), label);
}

static void
show_page (DwInstancesPage *self)
{
  gboolean is_empty = g_list_model_get_n_items (G_LIST_MODEL (self->instances)) == 0;
  const char *problem = dw_instance_list_get_problem (self->instances);
  const char *name = "list";

  if (is_empty && problem != NULL)
    name = "problem";
  else if (is_empty)
    name = dw_instance_list_is_loaded (self->instances) ? "empty" : "loading";
  else if (g_list_model_get_n_items (G_LIST_MODEL (self->filtered)) == 0)
    name = "nothing-found";

  gtk_label_set_label (self->problem_label, problem != NULL ? problem : "");
  gtk_widget_set_visible (self->filter_bar, !is_empty);
  gtk_stack_set_visible_child_name (self->stack, name);
  show_counts (self);
}

static void
refilter (DwInstancesPage *self)
{
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  show_page (self);
}

static void
on_search_changed (DwInstancesPage *self)
{
  g_free (self->text);
  self->text = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->search_entry)), -1);
  refilter (self);
}

static void
on_filter_toggled (DwInstancesPage *self, GtkToggleButton *button)
{
  if (!gtk_toggle_button_get_active (button))
    return;

  for (guint i = 0; i < N_SHOWN; i++)
    if (get_button (self, i) == button)
      self->shown = i;
  if (self->state != NULL)
    g_settings_set_string (self->state, STATE_KEY, nicks[self->shown]);
  if (self->instances != NULL)
    refilter (self);
}

static void
on_clear_clicked (DwInstancesPage *self)
{
  gtk_toggle_button_set_active (self->all_button, TRUE);
  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
  gtk_search_bar_set_search_mode (self->search_bar, FALSE);
}

static void
on_retry_clicked (DwInstancesPage *self)
{
  dw_instance_list_reload (self->instances);
}

static void
on_setup_item (DwInstancesPage *self, GtkListItem *item)
{
  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_child (item,
                           GTK_WIDGET (dw_instance_row_new (dw_page_get_session (DW_PAGE (self)))));
}

static void
on_bind_item (DwInstancesPage *self, GtkListItem *item)
{
  dw_instance_row_set_instance (DW_INSTANCE_ROW (gtk_list_item_get_child (item)),
                                gtk_list_item_get_item (item));
}

static void
on_unbind_item (DwInstancesPage *self, GtkListItem *item)
{
  dw_instance_row_set_instance (DW_INSTANCE_ROW (gtk_list_item_get_child (item)), NULL);
}

static void
start_search (DwPage *page)
{
  gtk_search_bar_set_search_mode (DW_INSTANCES_PAGE (page)->search_bar, TRUE);
}

static void
dw_instances_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (dw_instances_page_parent_class)->map (widget);

  dw_instance_list_set_active (DW_INSTANCES_PAGE (widget)->instances, TRUE);
}

static void
dw_instances_page_unmap (GtkWidget *widget)
{
  DwInstancesPage *self = DW_INSTANCES_PAGE (widget);

  if (self->instances != NULL)
    dw_instance_list_set_active (self->instances, FALSE);

  GTK_WIDGET_CLASS (dw_instances_page_parent_class)->unmap (widget);
}

static void
dw_instances_page_dispose (GObject *object)
{
  DwInstancesPage *self = DW_INSTANCES_PAGE (object);

  if (self->filtered != NULL)
    {
      gtk_filter_list_model_set_filter (self->filtered, NULL);
      gtk_filter_list_model_set_model (self->filtered, NULL);
      self->filtered = NULL;
    }
  g_clear_object (&self->filter);
  g_clear_object (&self->instances);
  g_clear_object (&self->state);

  G_OBJECT_CLASS (dw_instances_page_parent_class)->dispose (object);
}

static void
dw_instances_page_finalize (GObject *object)
{
  g_free (DW_INSTANCES_PAGE (object)->text);

  G_OBJECT_CLASS (dw_instances_page_parent_class)->finalize (object);
}

static void
remember_filter (DwInstancesPage *self)
{
  g_autofree char *nick = NULL;

  self->state = dw_window_state_open ();
  if (self->state == NULL)
    return;

  nick = g_settings_get_string (self->state, STATE_KEY);
  for (guint i = 0; i < N_SHOWN; i++)
    if (g_str_equal (nicks[i], nick))
      gtk_toggle_button_set_active (get_button (self, i), TRUE);
}

static void
dw_instances_page_constructed (GObject *object)
{
  DwInstancesPage *self = DW_INSTANCES_PAGE (object);
  DwSession *session = dw_page_get_session (DW_PAGE (self));

  G_OBJECT_CLASS (dw_instances_page_parent_class)->constructed (object);

  remember_filter (self);
  self->instances = dw_instance_list_new (dw_session_get_store (session),
                                          dw_session_get_engine_status (session));
  self->filter = gtk_custom_filter_new (matches, self, NULL);
  gtk_filter_list_model_set_filter (self->filtered, GTK_FILTER (self->filter));
  gtk_filter_list_model_set_model (self->filtered, G_LIST_MODEL (self->instances));
  g_signal_connect_object (self->instances, "updated", G_CALLBACK (refilter), self,
                           G_CONNECT_SWAPPED);
  show_page (self);
}

static void
dw_instances_page_class_init (DwInstancesPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = dw_instances_page_constructed;
  object_class->dispose = dw_instances_page_dispose;
  object_class->finalize = dw_instances_page_finalize;
  widget_class->map = dw_instances_page_map;
  widget_class->unmap = dw_instances_page_unmap;
  DW_PAGE_CLASS (klass)->start_search = start_search;

  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-instances-page.ui");
  gtk_widget_class_bind_template_child (widget_class, DwInstancesPage, search_bar);
  gtk_widget_class_bind_template_child (widget_class, DwInstancesPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, DwInstancesPage, filter_bar);
  gtk_widget_class_bind_template_child (widget_class, DwInstancesPage, all_button);
  gtk_widget_class_bind_template_child (widget_class, DwInstancesPage, current_button);
  gtk_widget_class_bind_template_child (widget_class, DwInstancesPage, kept_button);
  gtk_widget_class_bind_template_child (widget_class, DwInstancesPage, orphaned_button);
  gtk_widget_class_bind_template_child (widget_class, DwInstancesPage, stack);
  gtk_widget_class_bind_template_child (widget_class, DwInstancesPage, problem_label);
  gtk_widget_class_bind_template_child (widget_class, DwInstancesPage, filtered);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_clear_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_retry_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_setup_item);
  gtk_widget_class_bind_template_callback (widget_class, on_bind_item);
  gtk_widget_class_bind_template_callback (widget_class, on_unbind_item);
}

static void
dw_instances_page_init (DwInstancesPage *self)
{
  self->text = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
}
