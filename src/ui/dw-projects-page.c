/* dw-projects-page.c: all projects, to look through
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ui/dw-projects-page.h"

#include "ui/dw-lazy-row.h"
#include "ui/dw-project-row.h"
#include "ui/dw-row-name.h"
#include "ui/dw-welcome.h"

struct _DwProjectsPage
{
  DwPage parent_instance;

  DwStoreList *projects; /* the session's */
  GtkWidget *sample_row; /* nullable: no row is there yet */

  GtkSearchBar *search_bar;
  GtkSearchEntry *search_entry;
  GtkStack *stack;
  AdwBin *welcome_place;
  GtkListView *list_view;
  GtkFilterListModel *filtered;
  GtkStringFilter *name_filter;
  GtkStringFilter *image_filter;
};

enum
{
  PROP_SEARCHABLE = 1,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (DwProjectsPage, dw_projects_page, DW_TYPE_PAGE)

static gboolean
has_projects (DwProjectsPage *self)
{
  return self->projects != NULL && g_list_model_get_n_items (G_LIST_MODEL (self->projects)) > 0;
}

/* Most people see it once, and never again. */
static void
ensure_welcome (DwProjectsPage *self)
{
  if (adw_bin_get_child (self->welcome_place) == NULL)
    adw_bin_set_child (
        self->welcome_place,
        g_object_new (DW_TYPE_WELCOME, "engine-status",
                      dw_session_get_engine_status (dw_page_get_session (DW_PAGE (self))), NULL));
}

/* An old reading is better than none: the problem takes the page only while there is nothing to
 * show, and the projects that were read once stay. */
static void
show_page (DwProjectsPage *self)
{
  const char *name = "list";

  if (!has_projects (self))
    {
      if (self->projects != NULL && dw_store_list_get_problem (self->projects) != NULL)
        name = "problem";
      else if (self->projects == NULL || !dw_store_list_is_loaded (self->projects))
        name = "loading";
      else
        name = "empty";
    }
  else if (g_list_model_get_n_items (G_LIST_MODEL (self->filtered)) == 0)
    name = "nothing-found";

  if (g_str_equal (name, "empty"))
    ensure_welcome (self);
  gtk_stack_set_visible_child_name (self->stack, name);
  if (!has_projects (self))
    gtk_search_bar_set_search_mode (self->search_bar, FALSE);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SEARCHABLE]);
}

static void
on_search_changed (DwProjectsPage *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search_entry));

  gtk_string_filter_set_search (self->name_filter, text);
  gtk_string_filter_set_search (self->image_filter, text);
  show_page (self);
}

static void
on_retry_clicked (DwProjectsPage *self)
{
  dw_store_list_reload (self->projects);
}

static GtkWidget *
make_row (gpointer user_data)
{
  DwProjectsPage *self = user_data;
  GtkWidget *row = g_object_new (DW_TYPE_PROJECT_ROW, NULL);
  DwSession *session = dw_page_get_session (DW_PAGE (self));

  g_object_set (row, "stages", dw_session_get_stages (session), "overview",
                dw_session_get_overview (session), NULL);
  g_object_bind_property (self, "narrow", row, "narrow", G_BINDING_SYNC_CREATE);

  return row;
}

static void
on_setup_item (DwProjectsPage *self, GtkListItem *item)
{
  if (self->sample_row == NULL)
    self->sample_row = g_object_ref_sink (make_row (self));
  gtk_list_item_set_child (item, dw_lazy_row_new (self->sample_row, "project", make_row, self));
}

static void
on_bind_item (DwProjectsPage *self, GtkListItem *item)
{
  GtkWidget *row = gtk_list_item_get_child (item);
  DwProject *project = gtk_list_item_get_item (item);

  dw_lazy_row_set_item (DW_LAZY_ROW (row), project);
  dw_row_name_set (row, dw_project_get_name (project));
}

static void
on_unbind_item (DwProjectsPage *self, GtkListItem *item)
{
  dw_lazy_row_set_item (DW_LAZY_ROW (gtk_list_item_get_child (item)), NULL);
}

static void
on_activate (DwProjectsPage *self, guint position)
{
  g_autoptr (DwEntity) project = g_list_model_get_item (G_LIST_MODEL (self->filtered), position);

  if (project != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-page", "(ss)", "project",
                                dw_entity_get_id (project));
}

static void
start_search (DwPage *page)
{
  DwProjectsPage *self = DW_PROJECTS_PAGE (page);

  gtk_search_bar_set_search_mode (self->search_bar, has_projects (self));
}

static void
search_for (DwPage *page, const char *text)
{
  DwProjectsPage *self = DW_PROJECTS_PAGE (page);

  start_search (page);
  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), text);
}

static void
dw_projects_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (dw_projects_page_parent_class)->map (widget);
  dw_overview_hold (dw_session_get_overview (dw_page_get_session (DW_PAGE (widget))));
}

static void
dw_projects_page_unmap (GtkWidget *widget)
{
  dw_overview_release (dw_session_get_overview (dw_page_get_session (DW_PAGE (widget))));
  GTK_WIDGET_CLASS (dw_projects_page_parent_class)->unmap (widget);
}

static void
dw_projects_page_dispose (GObject *object)
{
  DwProjectsPage *self = DW_PROJECTS_PAGE (object);

  if (self->filtered != NULL)
    g_signal_handlers_disconnect_by_func (self->filtered, show_page, self);
  g_clear_object (&self->projects);
  g_clear_object (&self->sample_row);

  G_OBJECT_CLASS (dw_projects_page_parent_class)->dispose (object);
}

static void
dw_projects_page_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  DwProjectsPage *self = DW_PROJECTS_PAGE (object);

  switch (property_id)
    {
    case PROP_SEARCHABLE:
      g_value_set_boolean (value, has_projects (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_projects_page_constructed (GObject *object)
{
  DwProjectsPage *self = DW_PROJECTS_PAGE (object);

  G_OBJECT_CLASS (dw_projects_page_parent_class)->constructed (object);

  self->projects = g_object_ref (dw_session_get_projects (dw_page_get_session (DW_PAGE (self))));
  g_signal_connect_object (self->projects, "notify::loaded", G_CALLBACK (show_page), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->projects, "notify::problem", G_CALLBACK (show_page), self,
                           G_CONNECT_SWAPPED);
  show_page (self);
}

static void
dw_projects_page_class_init (DwProjectsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags told = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->constructed = dw_projects_page_constructed;
  object_class->dispose = dw_projects_page_dispose;
  object_class->get_property = dw_projects_page_get_property;
  widget_class->map = dw_projects_page_map;
  widget_class->unmap = dw_projects_page_unmap;
  DW_PAGE_CLASS (klass)->start_search = start_search;
  DW_PAGE_CLASS (klass)->search_for = search_for;

  properties[PROP_SEARCHABLE] = g_param_spec_boolean ("searchable", NULL, NULL, FALSE, told);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  g_type_ensure (DW_TYPE_PROJECT);
  g_type_ensure (DW_TYPE_STORE_LIST);
  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-projects-page.ui");
  gtk_widget_class_bind_template_child (widget_class, DwProjectsPage, search_bar);
  gtk_widget_class_bind_template_child (widget_class, DwProjectsPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, DwProjectsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, DwProjectsPage, welcome_place);
  gtk_widget_class_bind_template_child (widget_class, DwProjectsPage, list_view);
  gtk_widget_class_bind_template_child (widget_class, DwProjectsPage, filtered);
  gtk_widget_class_bind_template_child (widget_class, DwProjectsPage, name_filter);
  gtk_widget_class_bind_template_child (widget_class, DwProjectsPage, image_filter);
  gtk_widget_class_bind_template_callback (widget_class, show_page);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_retry_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_setup_item);
  gtk_widget_class_bind_template_callback (widget_class, on_bind_item);
  gtk_widget_class_bind_template_callback (widget_class, on_unbind_item);
}

static void
dw_projects_page_init (DwProjectsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
}
