/* dw-project-page.c: one project: its stages in promotion order
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ui/dw-project-page.h"

#include <glib/gi18n.h>

#include "store/dw-store-list.h"
#include "ui/dw-stage-card.h"

struct _DwProjectPage
{
  DwPage parent_instance;

  DwProject *project;  /* nullable: none is shown */
  DwStoreList *stages; /* of the project */
  GBinding *title_binding;

  GtkStack *stack;
  GtkFlowBox *flow_box;
  GtkLabel *command_label;
};

enum
{
  PROP_PROJECT = 1,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (DwProjectPage, dw_project_page, DW_TYPE_PAGE)

static void
show_page (DwProjectPage *self)
{
  const char *name = "stages";

  if (g_list_model_get_n_items (G_LIST_MODEL (self->stages)) == 0)
    name = dw_store_list_is_loaded (self->stages) ? "empty" : "loading";
  gtk_stack_set_visible_child_name (self->stack, name);
}

static GtkWidget *
create_card (gpointer item, gpointer user_data)
{
  DwProjectPage *self = user_data;
  DwStageStatus *status = item;
  GtkWidget *card = GTK_WIDGET (dw_stage_card_new (status));
  GtkWidget *child = gtk_flow_box_child_new ();

  g_object_bind_property (dw_page_get_session (DW_PAGE (self)), "deployer", card, "deployer",
                          G_BINDING_SYNC_CREATE);
  gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (child), card);
  /* The card's own buttons take the focus. */
  gtk_widget_set_focusable (child, FALSE);

  return child;
}

static gpointer
make_status (gpointer item, gpointer user_data)
{
  DwSession *session = dw_page_get_session (user_data);
  g_autoptr (DwStage) stage = item;

  return dw_stage_status_new (dw_session_get_store (session), stage,
                              dw_session_get_engine_status (session));
}

static void
clear (DwProjectPage *self)
{
  if (self->stages != NULL)
    {
      g_signal_handlers_disconnect_by_func (self->stages, show_page, self);
      gtk_flow_box_bind_model (self->flow_box, NULL, NULL, NULL, NULL);
    }
  g_clear_object (&self->stages);
  g_clear_pointer (&self->title_binding, g_binding_unbind);
  g_clear_object (&self->project);
}

static void
dw_project_page_dispose (GObject *object)
{
  clear (DW_PROJECT_PAGE (object));

  G_OBJECT_CLASS (dw_project_page_parent_class)->dispose (object);
}

static void
dw_project_page_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  DwProjectPage *self = DW_PROJECT_PAGE (object);

  switch (property_id)
    {
    case PROP_PROJECT:
      g_value_set_object (value, self->project);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
show_project (DwProjectPage *self, DwProject *project)
{
  DwStore *store = dw_session_get_store (dw_page_get_session (DW_PAGE (self)));
  g_autofree char *command = g_strdup_printf ("docker-watcher stage add %s/dev --policy 'semver:*'",
                                              dw_project_get_name (project));

  self->project = g_object_ref (project);
  self->title_binding = g_object_bind_property (project, "name", self, "title",
                                                G_BINDING_SYNC_CREATE);
  self->stages = dw_store_list_new (store, DW_TYPE_STAGE, dw_entity_get_id (DW_ENTITY (project)));
  g_signal_connect_object (self->stages, "items-changed", G_CALLBACK (show_page), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->stages, "notify::loaded", G_CALLBACK (show_page), self,
                           G_CONNECT_SWAPPED);

  g_autoptr (GtkMapListModel) statuses = gtk_map_list_model_new (
      G_LIST_MODEL (g_object_ref (self->stages)), make_status, self, NULL);
  gtk_flow_box_bind_model (self->flow_box, G_LIST_MODEL (statuses), create_card, self, NULL);
  gtk_label_set_label (self->command_label, command);
  show_page (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROJECT]);
}

/* The projects may not have been read yet when the page is led to, and somebody may delete the one
 * that is shown. */
static void
find_project (DwProjectPage *self)
{
  DwSession *session = dw_page_get_session (DW_PAGE (self));
  const char *id = dw_page_get_item_id (DW_PAGE (self));
  g_autoptr (DwProject) project = NULL;

  if (id == NULL)
    return;

  project = dw_session_find_project (session, id);
  if (project == NULL && dw_store_list_is_loaded (dw_session_get_projects (session)))
    {
      dw_page_set_item_id (DW_PAGE (self), NULL);
      dw_page_leave (DW_PAGE (self));
    }
  else if (project != NULL && project != self->project)
    {
      clear (self);
      show_project (self, project);
    }
}

static void
show_item (DwPage *page, const char *item_id)
{
  DwProjectPage *self = DW_PROJECT_PAGE (page);

  clear (self);
  dw_page_set_title (page, NULL);
  gtk_stack_set_visible_child_name (self->stack, "loading");
  find_project (self);
}

static void
dw_project_page_constructed (GObject *object)
{
  DwProjectPage *self = DW_PROJECT_PAGE (object);
  DwStoreList *projects = dw_session_get_projects (dw_page_get_session (DW_PAGE (self)));

  G_OBJECT_CLASS (dw_project_page_parent_class)->constructed (object);

  g_signal_connect_object (projects, "items-changed", G_CALLBACK (find_project), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (projects, "notify::loaded", G_CALLBACK (find_project), self,
                           G_CONNECT_SWAPPED);
}

static void
dw_project_page_class_init (DwProjectPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = dw_project_page_constructed;
  object_class->dispose = dw_project_page_dispose;
  object_class->get_property = dw_project_page_get_property;
  DW_PAGE_CLASS (klass)->show_item = show_item;

  properties[PROP_PROJECT] = g_param_spec_object ("project", NULL, NULL, DW_TYPE_PROJECT,
                                                  G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                                                      G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  g_type_ensure (DW_TYPE_PROJECT);
  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-project-page.ui");
  gtk_widget_class_bind_template_child (widget_class, DwProjectPage, stack);
  gtk_widget_class_bind_template_child (widget_class, DwProjectPage, flow_box);
  gtk_widget_class_bind_template_child (widget_class, DwProjectPage, command_label);
}

static void
dw_project_page_init (DwProjectPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
