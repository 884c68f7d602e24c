/* dw-remove-dialog.c: asks before a project or a stage is removed, and removes it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It names what will be gone: each container, and how much of the history.
 */

#include "config.h"

#include "ui/dw-remove-dialog.h"

#include <glib/gi18n.h>

#include "ui/dw-removal-task.h"

struct _DwRemoveDialog
{
  DwDialog parent_instance;

  DwRemoval *removal; /* nullable: not read yet, or on its way */

  GtkStack *stack;
  GtkSpinner *spinner;
  GtkLabel *heading_label;
  AdwPreferencesGroup *group;
  GtkWidget *progress_box;
  GtkLabel *progress_label;
  GtkProgressBar *progress_bar;
};

G_DEFINE_FINAL_TYPE (DwRemoveDialog, dw_remove_dialog, DW_TYPE_DIALOG)

static void
add_row (DwRemoveDialog *self, const char *icon_name, const char *title, const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name (icon_name));
  if (subtitle != NULL)
    {
      g_autofree char *markup = g_markup_escape_text (subtitle, -1);

      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), markup);
      adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 12);
    }
  adw_preferences_group_add (self->group, row);
}

static void
show_removal (DwRemoveDialog *self)
{
  const DwRemoval *removal = self->removal;
  guint n_containers = g_strv_length (removal->containers);
  g_autofree char *names = g_strjoinv ("\n", removal->containers);
  g_autofree char *containers = g_strdup_printf (
      ngettext ("%u container", "%u containers", n_containers), n_containers);
  g_autofree char *kept = g_strdup_printf (ngettext ("%u of them is kept for a rollback",
                                                     "%u of them are kept for a rollback",
                                                     removal->n_kept),
                                           removal->n_kept);
  g_autofree char *deploys = g_strdup_printf (
      ngettext ("%'lu deploy", "%'lu deploys", (gulong) removal->n_deploys),
      (gulong) removal->n_deploys);
  g_autofree char *heading = NULL;

  if (removal->is_whole)
    heading = g_strdup_printf (
        ngettext ("The project “%s” and its %u stage will be removed, along with:",
                  "The project “%s” and its %u stages will be removed, along with:",
                  removal->stages->len),
        dw_project_get_name (removal->project), removal->stages->len);
  else
    heading = g_strdup_printf (
        /* Translators: the name of a stage, and of its project */
        _ ("The stage “%s” of “%s” will be removed, along with:"),
        dw_stage_get_name (g_ptr_array_index (removal->stages, 0)),
        dw_project_get_name (removal->project));
  gtk_label_set_label (self->heading_label, heading);

  if (n_containers > 0)
    add_row (self, "application-x-executable-symbolic", containers, names);
  if (n_containers > 0 && removal->n_kept > 0)
    add_row (self, "edit-undo-symbolic", kept, NULL);
  add_row (self, "document-open-recent-symbolic", deploys, _ ("And their logs"));
  add_row (self, "emblem-ok-symbolic", _ ("Images and volumes stay"),
           _ ("Data that the containers wrote elsewhere will be lost"));

  gtk_stack_set_visible_child_name (self->stack, "account");
  dw_dialog_set_can_accept (DW_DIALOG (self), TRUE);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (DwRemoveDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  DwRemoval *removal = dw_removal_read_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  gtk_spinner_stop (self->spinner);
  if (removal == NULL)
    {
      dw_dialog_set_problem (DW_DIALOG (self), error->message);
      return;
    }

  self->removal = removal;
  show_removal (self);
}

static void
on_progress (const char *stage_name, guint index, guint n_stages, gpointer user_data)
{
  DwRemoveDialog *self = user_data;
  /* Translators: the name of a stage, its number, and how many there are */
  g_autofree char *text = g_strdup_printf (_ ("Removing %s (%u of %u)"), stage_name, index + 1,
                                           n_stages);

  gtk_label_set_label (self->progress_label, text);
  gtk_progress_bar_set_fraction (self->progress_bar, (double) index / n_stages);
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (DwRemoveDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  DwRemoval *removal = dw_removal_run_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (removal == NULL)
    {
      /* Some of it may be gone: who tries again sees what is left. */
      gtk_widget_set_visible (self->progress_box, FALSE);
      dw_dialog_set_busy (DW_DIALOG (self), FALSE);
      dw_dialog_set_can_accept (DW_DIALOG (self), FALSE);
      dw_dialog_set_problem (DW_DIALOG (self), error->message);
      return;
    }

  dw_removal_free (removal);
  dw_dialog_close (DW_DIALOG (self));
}

static void
dw_remove_dialog_accept (DwDialog *dialog)
{
  DwRemoveDialog *self = DW_REMOVE_DIALOG (dialog);

  if (self->removal == NULL)
    return;

  dw_dialog_set_busy (dialog, TRUE);
  gtk_widget_set_visible (self->progress_box, TRUE);
  dw_removal_run_async (dw_dialog_get_session (dialog), g_steal_pointer (&self->removal),
                        on_progress, self, dw_dialog_get_cancellable (dialog), on_removed,
                        g_object_ref (self));
}

static void
dw_remove_dialog_constructed (GObject *object)
{
  DwRemoveDialog *self = DW_REMOVE_DIALOG (object);
  DwDialog *dialog = DW_DIALOG (object);

  G_OBJECT_CLASS (dw_remove_dialog_parent_class)->constructed (object);

  g_autoptr (DwProject) project = dw_session_find_project (dw_dialog_get_session (dialog),
                                                           dw_dialog_get_item_id (dialog));
  dw_dialog_set_title (dialog, project != NULL ? _ ("Remove Project?") : _ ("Remove Stage?"));
  dw_removal_read_async (dw_dialog_get_session (dialog), dw_dialog_get_item_id (dialog),
                         dw_dialog_get_cancellable (dialog), on_read, g_object_ref (self));
}

static void
dw_remove_dialog_finalize (GObject *object)
{
  g_clear_pointer (&DW_REMOVE_DIALOG (object)->removal, dw_removal_free);

  G_OBJECT_CLASS (dw_remove_dialog_parent_class)->finalize (object);
}

static void
dw_remove_dialog_class_init (DwRemoveDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = dw_remove_dialog_constructed;
  object_class->finalize = dw_remove_dialog_finalize;
  DW_DIALOG_CLASS (klass)->accept = dw_remove_dialog_accept;

  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-remove-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, DwRemoveDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, DwRemoveDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, DwRemoveDialog, heading_label);
  gtk_widget_class_bind_template_child (widget_class, DwRemoveDialog, group);
  gtk_widget_class_bind_template_child (widget_class, DwRemoveDialog, progress_box);
  gtk_widget_class_bind_template_child (widget_class, DwRemoveDialog, progress_label);
  gtk_widget_class_bind_template_child (widget_class, DwRemoveDialog, progress_bar);
}

static void
dw_remove_dialog_init (DwRemoveDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
