/* dw-registries-page.c: all registries
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ui/dw-registries-page.h"

#include "ui/dw-registry-row.h"
#include "ui/dw-watched-row.h"

struct _DwRegistriesPage
{
  DwPage parent_instance;

  DwStoreList *registries; /* the session's */

  GtkFilterListModel *unlisted; /* of DwWatchedRegistry: those that images name, and no registry */

  GtkStack *stack;
  GtkListBox *list_box;
  GtkWidget *unlisted_group;
  GtkListBox *unlisted_box;
};

G_DEFINE_FINAL_TYPE (DwRegistriesPage, dw_registries_page, DW_TYPE_PAGE)

/* An old reading is better than none, as on the page of the projects. */
static void
show_page (DwRegistriesPage *self)
{
  const char *name = "list";

  guint n_unlisted = self->unlisted != NULL
                         ? g_list_model_get_n_items (G_LIST_MODEL (self->unlisted))
                         : 0;
  guint n_listed = g_list_model_get_n_items (G_LIST_MODEL (self->registries));

  gtk_widget_set_visible (GTK_WIDGET (self->list_box), n_listed > 0);
  gtk_widget_set_visible (self->unlisted_group, n_unlisted > 0);
  if (n_listed == 0 && n_unlisted == 0)
    {
      if (dw_store_list_get_problem (self->registries) != NULL)
        name = "problem";
      else
        name = dw_store_list_is_loaded (self->registries) ? "empty" : "loading";
    }
  gtk_stack_set_visible_child_name (self->stack, name);
}

/* Before there is a watcher there is nothing that it watches. */
static gboolean
is_unlisted (gpointer item, gpointer user_data)
{
  DwRegistriesPage *self = user_data;
  g_autoptr (DwRegistry) registry = dw_session_find_registry (dw_page_get_session (DW_PAGE (self)),
                                                              dw_watched_registry_get_key (item));

  return registry == NULL && dw_store_list_is_loaded (self->registries);
}

static void
on_registries_changed (DwRegistriesPage *self)
{
  if (self->unlisted != NULL)
    gtk_filter_changed (gtk_filter_list_model_get_filter (self->unlisted),
                        GTK_FILTER_CHANGE_DIFFERENT);
  show_page (self);
}

static void
on_retry_clicked (DwRegistriesPage *self)
{
  dw_store_list_reload (self->registries);
}

static void
on_row_activated (DwRegistriesPage *self, GtkListBoxRow *row)
{
  gtk_widget_activate_action (GTK_WIDGET (row), "registry.browse", NULL);
}

static GtkWidget *
create_row (gpointer item, gpointer user_data)
{
  return GTK_WIDGET (dw_registry_row_new (dw_page_get_session (user_data), item));
}

static GtkWidget *
create_unlisted_row (gpointer item, gpointer user_data)
{
  return GTK_WIDGET (
      dw_watched_row_new (dw_session_get_watcher (dw_page_get_session (user_data)), item));
}

static void
follow_watcher (DwRegistriesPage *self)
{
  DwWatcher *watcher = dw_session_get_watcher (dw_page_get_session (DW_PAGE (self)));

  if (watcher == NULL)
    return;

  self->unlisted = gtk_filter_list_model_new (
      g_object_ref (dw_watcher_get_registries (watcher)),
      GTK_FILTER (gtk_custom_filter_new (is_unlisted, self, NULL)));
  gtk_list_box_bind_model (self->unlisted_box, G_LIST_MODEL (self->unlisted), create_unlisted_row,
                           self, NULL);
  g_signal_connect_object (self->unlisted, "items-changed", G_CALLBACK (show_page), self,
                           G_CONNECT_SWAPPED);
}

static void
dw_registries_page_dispose (GObject *object)
{
  DwRegistriesPage *self = DW_REGISTRIES_PAGE (object);

  if (self->list_box != NULL && self->registries != NULL)
    gtk_list_box_bind_model (self->list_box, NULL, NULL, NULL, NULL);
  if (self->unlisted_box != NULL && self->unlisted != NULL)
    gtk_list_box_bind_model (self->unlisted_box, NULL, NULL, NULL, NULL);
  if (self->unlisted != NULL)
    gtk_filter_list_model_set_model (self->unlisted, NULL);
  g_clear_object (&self->unlisted);
  g_clear_object (&self->registries);

  G_OBJECT_CLASS (dw_registries_page_parent_class)->dispose (object);
}

static void
dw_registries_page_constructed (GObject *object)
{
  DwRegistriesPage *self = DW_REGISTRIES_PAGE (object);

  G_OBJECT_CLASS (dw_registries_page_parent_class)->constructed (object);

  self->registries = g_object_ref (
      dw_session_get_registries (dw_page_get_session (DW_PAGE (self))));
  gtk_list_box_bind_model (self->list_box, G_LIST_MODEL (self->registries), create_row, self, NULL);
  follow_watcher (self);
  g_signal_connect_object (self->registries, "items-changed", G_CALLBACK (on_registries_changed),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->registries, "notify::loaded", G_CALLBACK (on_registries_changed),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->registries, "notify::problem", G_CALLBACK (show_page), self,
                           G_CONNECT_SWAPPED);
  show_page (self);
}

static void
dw_registries_page_class_init (DwRegistriesPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = dw_registries_page_constructed;
  object_class->dispose = dw_registries_page_dispose;

  g_type_ensure (DW_TYPE_STORE_LIST);
  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-registries-page.ui");
  gtk_widget_class_bind_template_child (widget_class, DwRegistriesPage, stack);
  gtk_widget_class_bind_template_child (widget_class, DwRegistriesPage, list_box);
  gtk_widget_class_bind_template_child (widget_class, DwRegistriesPage, unlisted_group);
  gtk_widget_class_bind_template_child (widget_class, DwRegistriesPage, unlisted_box);
  gtk_widget_class_bind_template_callback (widget_class, on_retry_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
dw_registries_page_init (DwRegistriesPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
