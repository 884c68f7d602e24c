/* dw-filter-popover.c: chooses what the history is filtered by
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ui/dw-filter-popover.h"

#include <glib/gi18n.h>

#define N_STATUSES 4
#define N_TRIGGERS 6

struct _DwFilterPopover
{
  GtkPopover parent_instance;

  DwSession *session;
  DwHistoryFilter *filter;
  GtkCustomFilter *stage_filter; /* of the project's stages */
  gboolean is_showing;           /* what changes in the widgets is not a person's choice */

  GtkDropDown *project_down;
  GtkDropDown *stage_down;
  GtkCheckButton *status_checks[N_STATUSES];
  GtkCheckButton *trigger_checks[N_TRIGGERS];
};

G_DEFINE_FINAL_TYPE (DwFilterPopover, dw_filter_popover, GTK_TYPE_POPOVER)

/* What the checks stand for, in their order. */
static const struct
{
  const char *child;
  guint bits;
} statuses[N_STATUSES] = {
  { "running_check", DW_HISTORY_RUNNING },
  { "success_check", DW_STORE_BIT (DW_DEPLOY_SUCCESS) },
  { "failed_check", DW_STORE_BIT (DW_DEPLOY_FAILED) },
  { "rolled_back_check", DW_STORE_BIT (DW_DEPLOY_ROLLED_BACK) },
}, triggers[N_TRIGGERS] = {
  { "manual_check", DW_STORE_BIT (DW_TRIGGER_MANUAL) },
  { "watch_check", DW_STORE_BIT (DW_TRIGGER_WATCH) },
  { "webhook_check", DW_STORE_BIT (DW_TRIGGER_WEBHOOK) },
  { "rollback_check", DW_STORE_BIT (DW_TRIGGER_ROLLBACK) },
  { "promote_check", DW_STORE_BIT (DW_TRIGGER_PROMOTE) },
  { "cli_check", DW_STORE_BIT (DW_TRIGGER_CLI) },
};

/* An item is a project or a stage, or the string that stands for all of them. */
static char *
describe_item (gpointer item)
{
  g_autofree char *name = NULL;

  if (GTK_IS_STRING_OBJECT (item))
    return g_strdup (gtk_string_object_get_string (item));

  g_object_get (item, "name", &name, NULL);
  return g_steal_pointer (&name);
}

static const char *
get_selected_id (GtkDropDown *down)
{
  gpointer item = gtk_drop_down_get_selected_item (down);

  return DW_IS_ENTITY (item) ? dw_entity_get_id (item) : NULL;
}

static guint
find_position (GListModel *model, const char *id)
{
  guint n = g_list_model_get_n_items (model);

  for (guint i = 0; id != NULL && i < n; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (model, i);

      if (DW_IS_ENTITY (item) && g_strcmp0 (dw_entity_get_id (DW_ENTITY (item)), id) == 0)
        return i;
    }

  return 0;
}

static void
show_choice (GtkDropDown *down, const char *id)
{
  gtk_drop_down_set_selected (down, find_position (gtk_drop_down_get_model (down), id));
}

static void
show (DwFilterPopover *self)
{
  const DwStoreFilter *filter = dw_history_filter_get (self->filter);

  if (self->is_showing)
    return;

  self->is_showing = TRUE;
  gtk_filter_changed (GTK_FILTER (self->stage_filter), GTK_FILTER_CHANGE_DIFFERENT);
  show_choice (self->project_down, filter->project_id);
  show_choice (self->stage_down, filter->stage_id);
  gtk_widget_set_sensitive (GTK_WIDGET (self->stage_down), filter->project_id != NULL);
  for (guint i = 0; i < N_STATUSES; i++)
    gtk_check_button_set_active (self->status_checks[i],
                                 (filter->statuses & statuses[i].bits) != 0);
  for (guint i = 0; i < N_TRIGGERS; i++)
    gtk_check_button_set_active (self->trigger_checks[i],
                                 (filter->triggers & triggers[i].bits) != 0);
  self->is_showing = FALSE;
}

static void
on_project_selected (DwFilterPopover *self)
{
  if (self->is_showing || self->filter == NULL)
    return;

  dw_history_filter_set_project (self->filter, get_selected_id (self->project_down));
}

static void
on_stage_selected (DwFilterPopover *self)
{
  if (self->is_showing || self->filter == NULL)
    return;

  dw_history_filter_set_stage (self->filter, get_selected_id (self->stage_down));
}

static void
on_toggled (DwFilterPopover *self, GtkCheckButton *check)
{
  gboolean is_shown = gtk_check_button_get_active (check);

  if (self->is_showing)
    return;

  for (guint i = 0; i < N_STATUSES; i++)
    if (check == self->status_checks[i])
      dw_history_filter_set_statuses (self->filter, statuses[i].bits, is_shown);
  for (guint i = 0; i < N_TRIGGERS; i++)
    if (check == self->trigger_checks[i])
      dw_history_filter_set_triggers (self->filter, triggers[i].bits, is_shown);
}

static gboolean
is_stage_of_project (gpointer item, gpointer user_data)
{
  DwFilterPopover *self = user_data;

  return g_strcmp0 (dw_stage_get_project_id (item),
                    dw_history_filter_get (self->filter)->project_id) == 0;
}

/* What is remembered may have been deleted since, or be deleted now. */
static void
forget_deleted (DwFilterPopover *self)
{
  const DwStoreFilter *filter = dw_history_filter_get (self->filter);
  DwStoreList *projects = dw_session_get_projects (self->session);
  DwStoreList *stages = dw_session_get_stages (self->session);

  if (filter->project_id != NULL && dw_store_list_is_loaded (projects) &&
      find_position (gtk_drop_down_get_model (self->project_down), filter->project_id) == 0)
    dw_history_filter_set_project (self->filter, NULL);
  else if (filter->stage_id != NULL && dw_store_list_is_loaded (stages) &&
           find_position (gtk_drop_down_get_model (self->stage_down), filter->stage_id) == 0)
    dw_history_filter_set_stage (self->filter, NULL);
  else
    show (self);
}

static void
set_model (GtkDropDown *down, const char *all, GListModel *model)
{
  const char *strings[] = { all, NULL };
  g_autoptr (GListStore) parts = g_list_store_new (G_TYPE_LIST_MODEL);
  g_autoptr (GtkStringList) first = gtk_string_list_new (strings);
  g_autoptr (GtkExpression) name = gtk_cclosure_expression_new (
      G_TYPE_STRING, NULL, 0, NULL, G_CALLBACK (describe_item), NULL, NULL);

  g_list_store_append (parts, first);
  g_list_store_append (parts, model);
  g_autoptr (GtkFlattenListModel)
      whole = gtk_flatten_list_model_new (G_LIST_MODEL (g_steal_pointer (&parts)));
  gtk_drop_down_set_expression (down, name);
  gtk_drop_down_set_model (down, G_LIST_MODEL (whole));
}

static void
dw_filter_popover_dispose (GObject *object)
{
  DwFilterPopover *self = DW_FILTER_POPOVER (object);

  /* The drop-downs tell of a choice while they go. */
  self->is_showing = TRUE;
  if (self->stage_filter != NULL)
    gtk_custom_filter_set_filter_func (self->stage_filter, NULL, NULL, NULL);
  g_clear_object (&self->stage_filter);
  g_clear_object (&self->filter);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (dw_filter_popover_parent_class)->dispose (object);
}

static void
dw_filter_popover_class_init (DwFilterPopoverClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dw_filter_popover_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-filter-popover.ui");
  gtk_widget_class_bind_template_child (widget_class, DwFilterPopover, project_down);
  gtk_widget_class_bind_template_child (widget_class, DwFilterPopover, stage_down);
  for (guint i = 0; i < N_STATUSES; i++)
    gtk_widget_class_bind_template_child_full (widget_class, statuses[i].child, FALSE,
                                               G_STRUCT_OFFSET (DwFilterPopover, status_checks) +
                                                   i * (gssize) sizeof (GtkCheckButton *));
  for (guint i = 0; i < N_TRIGGERS; i++)
    gtk_widget_class_bind_template_child_full (widget_class, triggers[i].child, FALSE,
                                               G_STRUCT_OFFSET (DwFilterPopover, trigger_checks) +
                                                   i * (gssize) sizeof (GtkCheckButton *));
  gtk_widget_class_bind_template_callback (widget_class, on_project_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_stage_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_toggled);
}

static void
dw_filter_popover_init (DwFilterPopover *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * dw_filter_popover_connect:
 * @self: a popover that is new
 * @session: whose projects and stages there are to choose from
 * @filter: what it changes
 */
void
dw_filter_popover_connect (DwFilterPopover *self, DwSession *session, DwHistoryFilter *filter)
{
  g_return_if_fail (DW_IS_FILTER_POPOVER (self));
  g_return_if_fail (self->filter == NULL);

  DwStoreList *projects = dw_session_get_projects (session);
  DwStoreList *stages = dw_session_get_stages (session);

  self->session = g_object_ref (session);
  self->filter = g_object_ref (filter);
  self->stage_filter = gtk_custom_filter_new (is_stage_of_project, self, NULL);
  g_autoptr (GtkFilterListModel) filtered = gtk_filter_list_model_new (
      G_LIST_MODEL (g_object_ref (stages)), GTK_FILTER (g_object_ref (self->stage_filter)));

  self->is_showing = TRUE;
  set_model (self->project_down, _ ("All Projects"), G_LIST_MODEL (projects));
  set_model (self->stage_down, _ ("All Stages"), G_LIST_MODEL (filtered));
  self->is_showing = FALSE;

  g_signal_connect_object (filter, "changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  for (DwStoreList **list = (DwStoreList *[]){ projects, stages, NULL }; *list != NULL; list++)
    {
      g_signal_connect_object (*list, "items-changed", G_CALLBACK (forget_deleted), self,
                               G_CONNECT_SWAPPED | G_CONNECT_AFTER);
      g_signal_connect_object (*list, "notify::loaded", G_CALLBACK (forget_deleted), self,
                               G_CONNECT_SWAPPED);
    }
  forget_deleted (self);
}
