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
  AdwBin parent_instance;

  DwStore *store;
  DwEngineStatus *engine_status;
  DwDeployer *deployer; /* nullable: there is no engine */
  DwProject *project;   /* nullable: none is shown */
  DwStoreList *stages;  /* of the project */

  GtkStack *stack;
  GtkFlowBox *flow_box;
  GtkLabel *command_label;
};

enum
{
  PROP_PROJECT = 1,
  PROP_DEPLOYER,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (DwProjectPage, dw_project_page, ADW_TYPE_BIN)

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

  g_object_bind_property (self, "deployer", card, "deployer", G_BINDING_SYNC_CREATE);
  gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (child), card);
  /* The card's own buttons take the focus. */
  gtk_widget_set_focusable (child, FALSE);

  return child;
}

static gpointer
make_status (gpointer item, gpointer user_data)
{
  DwProjectPage *self = user_data;
  g_autoptr (DwStage) stage = item;

  return dw_stage_status_new (self->store, stage, self->engine_status);
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
  g_clear_object (&self->project);
  g_clear_object (&self->engine_status);
  g_clear_object (&self->store);
}

static void
dw_project_page_dispose (GObject *object)
{
  DwProjectPage *self = DW_PROJECT_PAGE (object);

  clear (self);
  g_clear_object (&self->deployer);

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
    case PROP_DEPLOYER:
      g_value_set_object (value, self->deployer);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_project_page_set_property (GObject *object,
                              guint property_id,
                              const GValue *value,
                              GParamSpec *pspec)
{
  DwProjectPage *self = DW_PROJECT_PAGE (object);

  switch (property_id)
    {
    case PROP_DEPLOYER:
      if (g_set_object (&self->deployer, g_value_get_object (value)))
        g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_project_page_class_init (DwProjectPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = dw_project_page_dispose;
  object_class->get_property = dw_project_page_get_property;
  object_class->set_property = dw_project_page_set_property;

  properties[PROP_PROJECT] = g_param_spec_object ("project", NULL, NULL, DW_TYPE_PROJECT,
                                                  G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                                                      G_PARAM_STATIC_STRINGS);
  properties[PROP_DEPLOYER] = g_param_spec_object ("deployer", NULL, NULL, DW_TYPE_DEPLOYER,
                                                   G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY |
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

/**
 * dw_project_page_show_project:
 * @self: the page
 * @store: the store
 * @engine_status: whether the engine is there
 * @project: (nullable): a project of a live list, or %NULL for none
 *
 * Shows @project's stages, from now on until another is shown.
 */
void
dw_project_page_show_project (DwProjectPage *self,
                              DwStore *store,
                              DwEngineStatus *engine_status,
                              DwProject *project)
{
  g_return_if_fail (DW_IS_PROJECT_PAGE (self));

  if (self->project == project)
    return;

  clear (self);
  if (project != NULL)
    {
      g_autofree char *command = g_strdup_printf (
          "docker-watcher stage add %s/dev --policy 'semver:*'", dw_project_get_name (project));

      self->store = g_object_ref (store);
      self->engine_status = g_object_ref (engine_status);
      self->project = g_object_ref (project);
      self->stages = dw_store_list_new (store, DW_TYPE_STAGE,
                                        dw_entity_get_id (DW_ENTITY (project)));
      g_signal_connect_object (self->stages, "items-changed", G_CALLBACK (show_page), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (self->stages, "notify::loaded", G_CALLBACK (show_page), self,
                               G_CONNECT_SWAPPED);

      g_autoptr (GtkMapListModel) statuses = gtk_map_list_model_new (
          G_LIST_MODEL (g_object_ref (self->stages)), make_status, self, NULL);
      gtk_flow_box_bind_model (self->flow_box, G_LIST_MODEL (statuses), create_card, self, NULL);
      gtk_label_set_label (self->command_label, command);
      show_page (self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROJECT]);
}

/* Returns: (transfer none) (nullable): the project that is shown */
DwProject *
dw_project_page_get_project (DwProjectPage *self)
{
  return self->project;
}
