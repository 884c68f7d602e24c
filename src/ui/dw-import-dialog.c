/* dw-import-dialog.c: takes the configuration from a file
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the file would add, change and remove is shown before anything is done; what was shown is
 * what is done, or nothing is.
 */

#include "config.h"

#include "ui/dw-import-dialog.h"

#include <glib/gi18n.h>

#include "config/dw-config-plan.h"
#include "ui/dw-compat.h"
#include "ui/dw-task.h"

/* More rows than anybody reads would make the dialog slow; what is left out is counted. */
#define ROWS_LIMIT 200

struct _DwImportDialog
{
  DwDialog parent_instance;

  GFile *file;        /* nullable: none was chosen yet */
  DwConfigPlan *plan; /* nullable */

  GtkStack *stack;
  AdwActionRow *file_row;
  GtkSwitch *replace_switch;
  AdwPreferencesGroup *changes;
  AdwPreferencesGroup *notes;
  GPtrArray *told; /* of GtkWidget: the rows of changes and notes */
};

G_DEFINE_FINAL_TYPE (DwImportDialog, dw_import_dialog, DW_TYPE_DIALOG)

static const char *
get_icon (DwConfigChangeKind kind)
{
  return kind == DW_CONFIG_ADDED     ? "list-add-symbolic"
         : kind == DW_CONFIG_CHANGED ? "document-edit-symbolic"
                                     : "list-remove-symbolic";
}

static char *
describe_change (const DwConfigChange *change)
{
  if (change->type == DW_TYPE_SETTINGS)
    return g_strdup (_ ("Preferences"));
  if (change->type == DW_TYPE_REGISTRY)
    return g_strdup_printf (_ ("Registry %s"), change->name);
  if (change->type == DW_TYPE_PROJECT)
    return g_strdup_printf (_ ("Project %s"), change->name);

  return g_strdup_printf (_ ("Stage %s"), change->name);
}

static const char *
describe_kind (const DwConfigChange *change)
{
  if (change->is_in_use)
    return _ ("To be removed, but it has containers: remove it first");

  return change->kind == DW_CONFIG_ADDED     ? _ ("Will be added")
         : change->kind == DW_CONFIG_CHANGED ? _ ("Will be changed")
                                             : _ ("Will be removed");
}

static GtkWidget *
create_field_row (const DwConfigFieldChange *field)
{
  const char *nothing = _ ("nothing");
  g_autofree char *text = NULL;

  if (field->old_value != NULL)
    text = g_strdup_printf ("%s → %s", field->old_value,
                            field->new_value != NULL ? field->new_value : nothing);
  else
    text = g_strdup (field->new_value != NULL ? field->new_value : nothing);

  return g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", field->key, "subtitle",
                       text, "subtitle-lines", 3, NULL);
}

static void
add_change (DwImportDialog *self, const DwConfigChange *change)
{
  g_autofree char *title = describe_change (change);
  GtkWidget *row = g_object_new (
      change->fields->len > 0 ? ADW_TYPE_EXPANDER_ROW : ADW_TYPE_ACTION_ROW, "use-markup", FALSE,
      "title", title, "subtitle", describe_kind (change), NULL);
  GtkWidget *icon = gtk_image_new_from_icon_name (change->is_in_use ? "dialog-warning-symbolic"
                                                                    : get_icon (change->kind));

  if (ADW_IS_EXPANDER_ROW (row))
    {
      gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                      -1);
      adw_expander_row_add_prefix (ADW_EXPANDER_ROW (row), icon);
      for (guint i = 0; i < change->fields->len; i++)
        adw_expander_row_add_row (ADW_EXPANDER_ROW (row),
                                  create_field_row (g_ptr_array_index (change->fields, i)));
    }
  else
    adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  adw_preferences_group_add (self->changes, row);
  g_ptr_array_add (self->told, row);
}

static void
add_note (DwImportDialog *self, const DwConfigNote *note)
{
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", note->subject,
                                 "subtitle", note->text, "subtitle-lines", 0, NULL);

  adw_action_row_add_prefix (ADW_ACTION_ROW (row),
                             gtk_image_new_from_icon_name ("dialog-warning-symbolic"));
  adw_preferences_group_add (self->notes, row);
  g_ptr_array_add (self->told, row);
}

static void
clear_plan (DwImportDialog *self)
{
  for (guint i = 0; i < self->told->len; i++)
    {
      GtkWidget *row = g_ptr_array_index (self->told, i);
      GtkWidget *group = gtk_widget_get_ancestor (row, ADW_TYPE_PREFERENCES_GROUP);

      adw_preferences_group_remove (ADW_PREFERENCES_GROUP (group), row);
    }
  g_ptr_array_set_size (self->told, 0);
  g_clear_object (&self->plan);
  dw_dialog_set_can_accept (DW_DIALOG (self), FALSE);
}

static void
show_plan (DwImportDialog *self)
{
  GPtrArray *changes = dw_config_plan_get_changes (self->plan);
  GPtrArray *notes = dw_config_plan_get_notes (self->plan);
  gboolean is_possible = changes->len > 0;
  g_autofree char *description = NULL;

  for (guint i = 0; i < changes->len; i++)
    {
      const DwConfigChange *change = g_ptr_array_index (changes, i);

      is_possible = is_possible && !change->is_in_use;
      if (i < ROWS_LIMIT)
        add_change (self, change);
    }
  for (guint i = 0; i < notes->len && i < ROWS_LIMIT; i++)
    add_note (self, g_ptr_array_index (notes, i));

  if (changes->len == 0)
    description = g_strdup (_ ("Everything already matches the file."));
  else if (changes->len > ROWS_LIMIT)
    description = g_strdup_printf (
        /* Translators: changes in a list */ ngettext ("And %u more.", "And %u more.",
                                                       changes->len - ROWS_LIMIT),
        changes->len - ROWS_LIMIT);
  adw_preferences_group_set_description (self->changes, description);
  gtk_widget_set_visible (GTK_WIDGET (self->notes), notes->len > 0);
  gtk_stack_set_visible_child_name (self->stack, "plan");
  dw_dialog_set_can_accept (DW_DIALOG (self), is_possible);
}

static void
on_planned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwImportDialog *self = DW_IMPORT_DIALOG (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (DwConfigPlan) plan = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  dw_dialog_set_busy (DW_DIALOG (self), FALSE);
  if (plan == NULL)
    {
      dw_dialog_set_problem (DW_DIALOG (self), error->message);
      gtk_stack_set_visible_child_name (self->stack, "choose");
      return;
    }

  self->plan = g_steal_pointer (&plan);
  show_plan (self);
}

typedef struct
{
  DwStore *store;
  GFile *file;
  DwConfigMode mode;
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  g_object_unref (reading->store);
  g_object_unref (reading->file);
  g_free (reading);
}

static void
plan_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Reading *reading = task_data;
  GError *error = NULL;
  DwConfigPlan *plan = dw_config_plan_new_for_file (reading->store, reading->file, reading->mode,
                                                    cancellable, &error);

  if (plan != NULL)
    g_task_return_pointer (task, plan, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
start_planning (DwImportDialog *self)
{
  DwDialog *dialog = DW_DIALOG (self);
  Reading *reading;

  if (self->file == NULL || dw_dialog_get_busy (dialog))
    return;

  g_autoptr (GTask) task = dw_task_new (self, dw_dialog_get_cancellable (dialog), on_planned, NULL);
  g_autofree char *name = g_file_get_parse_name (self->file);

  clear_plan (self);
  adw_action_row_set_subtitle (self->file_row, name);
  dw_dialog_set_problem (dialog, NULL);
  dw_dialog_set_busy (dialog, TRUE);
  reading = g_new0 (Reading, 1);
  reading->store = g_object_ref (dw_session_get_store (dw_dialog_get_session (dialog)));
  reading->file = g_object_ref (self->file);
  reading->mode = gtk_switch_get_active (self->replace_switch) ? DW_CONFIG_REPLACE
                                                               : DW_CONFIG_MERGE;
  g_task_set_source_tag (task, start_planning);
  g_task_set_task_data (task, reading, reading_free);
  g_task_run_in_thread (task, plan_in_thread);
}

static void
on_file_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (DwImportDialog) self = user_data;
  g_autoptr (GFile) file = dw_compat_choose_file_finish (result);

  if (file == NULL || g_cancellable_is_cancelled (dw_dialog_get_cancellable (DW_DIALOG (self))))
    return;

  g_set_object (&self->file, file);
  start_planning (self);
}

static void
on_choose_clicked (DwImportDialog *self)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _ ("YAML files"));
  gtk_file_filter_add_pattern (filter, "*.yaml");
  gtk_file_filter_add_pattern (filter, "*.yml");
  dw_compat_choose_file_async (GTK_WIDGET (self), _ ("Import a File"), FALSE, NULL, filter,
                               on_file_chosen, g_object_ref (self));
}

static void
on_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwImportDialog *self = DW_IMPORT_DIALOG (source);
  GtkWidget *over = dw_dialog_get_over (DW_DIALOG (self));
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
      dw_dialog_set_busy (DW_DIALOG (self), FALSE);
      dw_dialog_set_problem (DW_DIALOG (self), error->message);
      return;
    }

  guint n = dw_config_plan_get_changes (self->plan)->len;
  g_autofree char *text = g_strdup_printf (
      ngettext ("%u change imported", "%u changes imported", n), n);

  if (over != NULL)
    gtk_widget_activate_action (over, "win.announce", "s", text);
  dw_dialog_close (DW_DIALOG (self));
}

static void
apply_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (dw_config_plan_apply (task_data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
accept (DwDialog *dialog)
{
  g_autoptr (GTask)
      task = dw_task_new (dialog, dw_dialog_get_cancellable (dialog), on_applied, NULL);

  dw_dialog_set_problem (dialog, NULL);
  dw_dialog_set_busy (dialog, TRUE);
  g_task_set_source_tag (task, accept);
  g_task_set_task_data (task, g_object_ref (DW_IMPORT_DIALOG (dialog)->plan), g_object_unref);
  g_task_run_in_thread (task, apply_in_thread);
}

static void
dw_import_dialog_constructed (GObject *object)
{
  DwImportDialog *self = DW_IMPORT_DIALOG (object);
  const char *uri;

  G_OBJECT_CLASS (dw_import_dialog_parent_class)->constructed (object);

  uri = dw_dialog_get_item_id (DW_DIALOG (self));
  if (uri != NULL)
    {
      self->file = g_file_new_for_uri (uri);
      start_planning (self);
    }
}

static void
dw_import_dialog_finalize (GObject *object)
{
  DwImportDialog *self = DW_IMPORT_DIALOG (object);

  g_clear_object (&self->file);
  g_clear_object (&self->plan);
  g_ptr_array_unref (self->told);

  G_OBJECT_CLASS (dw_import_dialog_parent_class)->finalize (object);
}

static void
dw_import_dialog_class_init (DwImportDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = dw_import_dialog_constructed;
  object_class->finalize = dw_import_dialog_finalize;
  DW_DIALOG_CLASS (klass)->accept = accept;

  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-import-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, DwImportDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, DwImportDialog, file_row);
  gtk_widget_class_bind_template_child (widget_class, DwImportDialog, replace_switch);
  gtk_widget_class_bind_template_child (widget_class, DwImportDialog, changes);
  gtk_widget_class_bind_template_child (widget_class, DwImportDialog, notes);
  gtk_widget_class_bind_template_callback (widget_class, on_choose_clicked);
  gtk_widget_class_bind_template_callback (widget_class, start_planning);
}

static void
dw_import_dialog_init (DwImportDialog *self)
{
  self->told = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}
