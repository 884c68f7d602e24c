/* dw-deploy-dialog.c: chooses what is deployed to a stage
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tags are all in the list; what they stand for is asked of the registry only for the rows that
 * are in view. What is typed and is no listed tag can be deployed all the same.
 */

#include "config.h"

#include "ui/dw-deploy-dialog.h"

#include <glib/gi18n.h>

#include "ui/dw-dialog-job.h"
#include "ui/dw-tag-row.h"
#include "ui/dw-tag-source.h"

/* What is done sooner than that needs no spinner. */
#define SPINNER_DELAY_MS 200
/* Who scrolls past a row does not want to know. */
#define LOOK_DELAY_MS 150

struct _DwDeployDialog
{
  DwDialog parent_instance;

  DwTagSource *source;  /* nullable: not read yet */
  GListStore *listed;   /* of DwTagItem */
  GListStore *typed;    /* of DwTagItem: one or none */
  GHashTable *names;    /* a set of the listed tags' names; they are the items' own */
  GHashTable *rows;     /* a set of the DwTagRow that show something */
  gboolean is_looking;  /* the registry is asked what some of them stand for */
  char *look_problem;   /* nullable: why it is not asked any more */
  guint look_source;    /* until the rows in view are looked at */
  guint spinner_source; /* until it takes long */

  GtkSearchEntry *search_entry;
  GtkStack *stack;
  GtkSpinner *spinner;
  AdwStatusPage *problem_page;
  GtkScrolledWindow *scroller;
  GtkListView *list_view;
  GtkSingleSelection *selection;
  GtkFilterListModel *filtered;
  GtkStringFilter *filter;
  GtkLabel *look_label;
  GtkWidget *plan_box;
  GtkLabel *plan_label;
};

G_DEFINE_FINAL_TYPE (DwDeployDialog, dw_deploy_dialog, DW_TYPE_DIALOG)

/* --- What the tags stand for --------------------------------------------------------------------
 */

static gboolean
is_in_view (DwDeployDialog *self, GtkWidget *row)
{
  graphene_rect_t bounds;

  return gtk_widget_get_mapped (row) &&
         gtk_widget_compute_bounds (row, GTK_WIDGET (self->scroller), &bounds) &&
         bounds.origin.y + bounds.size.height > 0 &&
         bounds.origin.y < (float) gtk_widget_get_height (GTK_WIDGET (self->scroller));
}

static GPtrArray *
find_unknown (DwDeployDialog *self)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    {
      DwTagItem *item = dw_tag_row_get_item (row);

      if (item != NULL && dw_tag_item_is_listed (item) && !dw_tag_item_is_described (item) &&
          is_in_view (self, row))
        g_ptr_array_add (items, g_object_ref (item));
    }

  return items;
}

static void look_soon (DwDeployDialog *self);

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (DwDeployDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean has_looked = dw_tag_source_describe_finish (result, &error);

  if (g_cancellable_is_cancelled (dw_dialog_get_cancellable (DW_DIALOG (self))))
    return;

  self->is_looking = FALSE;
  if (has_looked)
    {
      look_soon (self);
      return;
    }

  /* Translators: %s is the reason, a sentence */
  self->look_problem = g_strdup_printf (_ ("Ages and digests cannot be read: %s"), error->message);
  gtk_label_set_label (self->look_label, self->look_problem);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->look_label), self->look_problem);
  gtk_widget_set_visible (GTK_WIDGET (self->look_label), TRUE);
}

static gboolean
look (gpointer user_data)
{
  DwDeployDialog *self = user_data;
  g_autoptr (GPtrArray) items = NULL;

  self->look_source = 0;
  if (self->is_looking || self->look_problem != NULL || self->source == NULL)
    return G_SOURCE_REMOVE;

  items = find_unknown (self);
  if (items->len == 0)
    return G_SOURCE_REMOVE;

  self->is_looking = TRUE;
  dw_tag_source_describe_async (self->source, dw_dialog_get_session (DW_DIALOG (self)), items,
                                dw_dialog_get_cancellable (DW_DIALOG (self)), on_looked,
                                g_object_ref (self));

  return G_SOURCE_REMOVE;
}

static void
look_soon (DwDeployDialog *self)
{
  if (self->look_source == 0)
    self->look_source = g_timeout_add (LOOK_DELAY_MS, look, self);
}

/* --- The list -----------------------------------------------------------------------------------
 */

static void
on_setup_item (DwDeployDialog *self, GtkListItem *item)
{
  gtk_list_item_set_child (item, g_object_new (DW_TYPE_TAG_ROW, NULL));
}

static void
on_bind_item (DwDeployDialog *self, GtkListItem *item)
{
  GtkWidget *row = gtk_list_item_get_child (item);

  dw_tag_row_set_item (DW_TAG_ROW (row), gtk_list_item_get_item (item),
                       self->source->plan->current);
  g_hash_table_add (self->rows, row);
  look_soon (self);
}

static void
on_unbind_item (DwDeployDialog *self, GtkListItem *item)
{
  GtkWidget *row = gtk_list_item_get_child (item);

  g_hash_table_remove (self->rows, row);
  dw_tag_row_set_item (DW_TAG_ROW (row), NULL, NULL);
}

static DwTagItem *
get_selected (DwDeployDialog *self)
{
  return gtk_single_selection_get_selected_item (self->selection);
}

static void
show_plan (DwDeployDialog *self)
{
  DwTagItem *item = get_selected (self);
  gboolean has_deployer = dw_session_get_deployer (dw_dialog_get_session (DW_DIALOG (self))) !=
                          NULL;
  g_autofree char *plan = NULL;

  if (item != NULL && self->source != NULL)
    plan = dw_deploy_plan_describe (self->source->plan, dw_tag_item_get_name (item),
                                    dw_tag_item_get_digest (item));
  gtk_label_set_label (self->plan_label, plan != NULL ? plan : "");
  gtk_widget_set_visible (self->plan_box, plan != NULL);
  dw_dialog_set_can_accept (DW_DIALOG (self), plan != NULL && has_deployer);
}

static void
show_page (DwDeployDialog *self)
{
  const char *name = "list";

  if (self->source == NULL)
    return;

  if (g_list_model_get_n_items (G_LIST_MODEL (self->selection)) == 0)
    {
      if (self->source->problem != NULL)
        name = "problem";
      else if (g_list_model_get_n_items (G_LIST_MODEL (self->listed)) == 0)
        name = "empty";
      else
        name = "nothing-found";
    }
  gtk_stack_set_visible_child_name (self->stack, name);
  show_plan (self);
  look_soon (self);
}

/* What is typed stands after what is found, so that the selection is on a tag that is there. */
static void
on_search_changed (DwDeployDialog *self)
{
  g_autofree char *text = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->search_entry)));

  g_strstrip (text);
  g_list_store_remove_all (self->typed);
  gtk_string_filter_set_search (self->filter, text);
  if (*text != '\0' && self->source != NULL && !g_hash_table_contains (self->names, text) &&
      dw_tag_source_accepts (self->source, text))
    {
      g_autoptr (DwTagItem) item = dw_tag_item_new (text, FALSE, FALSE);

      g_list_store_append (self->typed, item);
    }
  if (g_list_model_get_n_items (G_LIST_MODEL (self->selection)) > 0)
    {
      gtk_single_selection_set_selected (self->selection, 0);
      gtk_widget_activate_action (GTK_WIDGET (self->list_view), "list.scroll-to-item", "u", 0);
    }
  show_page (self);
}

static void
on_search_activate (DwDeployDialog *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "dialog.accept", NULL);
}

static void
on_row_activate (DwDeployDialog *self, guint position)
{
  gtk_single_selection_set_selected (self->selection, position);
  gtk_widget_activate_action (GTK_WIDGET (self), "dialog.accept", NULL);
}

/* --- Reading ------------------------------------------------------------------------------------
 */

static gboolean
on_spinner_due (gpointer user_data)
{
  DwDeployDialog *self = user_data;

  self->spinner_source = 0;
  gtk_spinner_start (self->spinner);

  return G_SOURCE_REMOVE;
}

static void
take_source (DwDeployDialog *self, DwTagSource *source)
{
  g_autofree char *title = g_strdup_printf (
      /* Translators: the names of a project and its stage */
      _ ("Deploy %s to %s"), dw_project_get_name (source->project),
      dw_stage_get_name (source->plan->stage));

  self->source = source;
  dw_dialog_set_title (DW_DIALOG (self), title);
  if (source->items != NULL)
    {
      for (guint i = 0; i < source->items->len; i++)
        g_hash_table_add (self->names,
                          (gpointer) dw_tag_item_get_name (g_ptr_array_index (source->items, i)));
      g_list_store_splice (self->listed, 0, 0, source->items->pdata, source->items->len);
    }
  if (source->problem != NULL)
    {
      g_autofree char *markup = g_markup_escape_text (source->problem->message, -1);

      adw_status_page_set_description (self->problem_page, markup);
    }
  on_search_changed (self);
}

static void
on_read (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (DwDeployDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (DwTagSource) source = dw_tag_source_read_finish (result, &error);

  if (g_cancellable_is_cancelled (dw_dialog_get_cancellable (DW_DIALOG (self))))
    return;

  g_clear_handle_id (&self->spinner_source, g_source_remove);
  gtk_spinner_stop (self->spinner);
  if (source != NULL)
    take_source (self, g_steal_pointer (&source));
  else
    dw_dialog_set_problem (DW_DIALOG (self), error->message);
}

static void
read_source (DwDeployDialog *self)
{
  g_hash_table_remove_all (self->names);
  g_list_store_remove_all (self->typed);
  g_list_store_remove_all (self->listed);
  g_clear_pointer (&self->source, dw_tag_source_free);
  g_clear_pointer (&self->look_problem, g_free);
  gtk_widget_set_visible (GTK_WIDGET (self->look_label), FALSE);
  gtk_stack_set_visible_child_name (self->stack, "loading");
  dw_dialog_set_can_accept (DW_DIALOG (self), FALSE);
  if (self->spinner_source == 0)
    self->spinner_source = g_timeout_add (SPINNER_DELAY_MS, on_spinner_due, self);
  dw_tag_source_read_async (
      dw_dialog_get_session (DW_DIALOG (self)), dw_dialog_get_item_id (DW_DIALOG (self)),
      dw_dialog_get_cancellable (DW_DIALOG (self)), on_read, g_object_ref (self));
}

static void
on_retry_clicked (DwDeployDialog *self)
{
  read_source (self);
}

/* --- The class ----------------------------------------------------------------------------------
 */

static void
dw_deploy_dialog_accept (DwDialog *dialog)
{
  DwDeployDialog *self = DW_DEPLOY_DIALOG (dialog);
  DwDeployer *deployer = dw_session_get_deployer (dw_dialog_get_session (dialog));
  DwTagItem *item = get_selected (self);

  if (item == NULL || deployer == NULL)
    return;

  g_autoptr (DwDeployJob) job = dw_deployer_deploy (deployer, dw_dialog_get_item_id (dialog),
                                                    dw_tag_item_get_name (item), DW_TRIGGER_MANUAL);
  dw_dialog_await_job (dialog, job);
}

static void
dw_deploy_dialog_constructed (GObject *object)
{
  DwDeployDialog *self = DW_DEPLOY_DIALOG (object);
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);

  G_OBJECT_CLASS (dw_deploy_dialog_parent_class)->constructed (object);

  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (look_soon), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (look_soon), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (dw_dialog_get_session (DW_DIALOG (self)), "notify::deployer",
                           G_CALLBACK (show_plan), self, G_CONNECT_SWAPPED);
  read_source (self);
}

static void
dw_deploy_dialog_dispose (GObject *object)
{
  DwDeployDialog *self = DW_DEPLOY_DIALOG (object);

  g_clear_handle_id (&self->look_source, g_source_remove);
  g_clear_handle_id (&self->spinner_source, g_source_remove);
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_func (self->selection, show_plan, self);

  G_OBJECT_CLASS (dw_deploy_dialog_parent_class)->dispose (object);
}

static void
dw_deploy_dialog_finalize (GObject *object)
{
  DwDeployDialog *self = DW_DEPLOY_DIALOG (object);

  g_hash_table_unref (self->names);
  g_hash_table_unref (self->rows);
  g_clear_pointer (&self->source, dw_tag_source_free);
  g_object_unref (self->listed);
  g_object_unref (self->typed);
  g_free (self->look_problem);

  G_OBJECT_CLASS (dw_deploy_dialog_parent_class)->finalize (object);
}

static void
dw_deploy_dialog_class_init (DwDeployDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = dw_deploy_dialog_constructed;
  object_class->dispose = dw_deploy_dialog_dispose;
  object_class->finalize = dw_deploy_dialog_finalize;
  DW_DIALOG_CLASS (klass)->accept = dw_deploy_dialog_accept;

  g_type_ensure (DW_TYPE_TAG_ITEM);
  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-deploy-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, DwDeployDialog, search_entry);
  gtk_widget_class_bind_template_child (widget_class, DwDeployDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, DwDeployDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, DwDeployDialog, problem_page);
  gtk_widget_class_bind_template_child (widget_class, DwDeployDialog, scroller);
  gtk_widget_class_bind_template_child (widget_class, DwDeployDialog, list_view);
  gtk_widget_class_bind_template_child (widget_class, DwDeployDialog, selection);
  gtk_widget_class_bind_template_child (widget_class, DwDeployDialog, filtered);
  gtk_widget_class_bind_template_child (widget_class, DwDeployDialog, filter);
  gtk_widget_class_bind_template_child (widget_class, DwDeployDialog, look_label);
  gtk_widget_class_bind_template_child (widget_class, DwDeployDialog, plan_box);
  gtk_widget_class_bind_template_child (widget_class, DwDeployDialog, plan_label);
  gtk_widget_class_bind_template_callback (widget_class, on_setup_item);
  gtk_widget_class_bind_template_callback (widget_class, on_bind_item);
  gtk_widget_class_bind_template_callback (widget_class, on_unbind_item);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_retry_clicked);
  gtk_widget_class_bind_template_callback (widget_class, show_plan);
}

static void
dw_deploy_dialog_init (DwDeployDialog *self)
{
  g_autoptr (GListStore) models = g_list_store_new (G_TYPE_LIST_MODEL);

  self->listed = g_list_store_new (DW_TYPE_TAG_ITEM);
  self->typed = g_list_store_new (DW_TYPE_TAG_ITEM);
  self->names = g_hash_table_new (g_str_hash, g_str_equal);
  self->rows = g_hash_table_new (NULL, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));

  gtk_filter_list_model_set_model (self->filtered, G_LIST_MODEL (self->listed));
  g_list_store_append (models, self->filtered);
  g_list_store_append (models, self->typed);

  g_autoptr (GtkFlattenListModel)
      all = gtk_flatten_list_model_new (G_LIST_MODEL (g_steal_pointer (&models)));
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (all));
  gtk_search_entry_set_key_capture_widget (self->search_entry, GTK_WIDGET (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}
