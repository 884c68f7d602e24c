/* dw-webhook-dialog.c: who may tell of a push, and how
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The switch and the port are settings; the secret is in the keyring, and nowhere without one. What
 * is to be written where has a placeholder for it, so that nobody hands it on by accident.
 */

#include "config.h"

#include "ui/dw-webhook-dialog.h"

#include <glib/gi18n.h>

#include "ui/dw-choice-label.h"
#include "ui/dw-entry-row.h"
#include "ui/dw-format.h"
#include "ui/dw-form.h"
#include "ui/dw-switch-row.h"
#include "ui/dw-task.h"
#include "watch/dw-webhook-help.h"
#include "watch/dw-webhook-secret.h"

struct _DwWebhookDialog
{
  DwDialog parent_instance;

  DwForm *form; /* nullable: the settings have not been read yet */
  char *secret; /* nullable: the one in the keyring */

  GtkEditable *secret_row;
  GtkWidget *copy_secret_button;
  GtkWidget *keyring_row;
  AdwActionRow *state_row;
  AdwComboRow *sender_row;
  GtkLabel *block_label;
};

G_DEFINE_FINAL_TYPE (DwWebhookDialog, dw_webhook_dialog, DW_TYPE_DIALOG)

static DwWatcher *
get_watcher (DwWebhookDialog *self)
{
  return dw_session_get_watcher (dw_dialog_get_session (DW_DIALOG (self)));
}

static DwSettings *
get_settings (DwWebhookDialog *self)
{
  return DW_SETTINGS (dw_form_get_entity (self->form));
}

/* --- What is shown ------------------------------------------------------------------------------
 */

/* What is so now, whatever is typed. */
static void
show_state (DwWebhookDialog *self)
{
  DwWatcher *watcher = get_watcher (self);
  const char *problem = watcher != NULL ? dw_watcher_get_webhook_problem (watcher) : NULL;
  guint port = watcher != NULL ? dw_watcher_get_webhook_port (watcher) : 0;
  g_autofree char *sentence = problem != NULL ? dw_format_sentence (problem) : NULL;
  g_autofree char *address = port > 0 ? dw_webhook_help_get_address (port) : NULL;

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->state_row),
                                 port > 0 ? _ ("Listens Now") : _ ("Does Not Listen Now"));
  if (sentence == NULL && address == NULL)
    sentence = g_strdup (_ ("It is switched off"));
  adw_action_row_set_subtitle (self->state_row, sentence != NULL ? sentence : address);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "webhook.copy-address", address != NULL);
  if (problem != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->state_row), "problem");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->state_row), "problem");
}

static void
show_block (DwWebhookDialog *self)
{
  g_autofree char *block = NULL;

  if (self->form == NULL)
    return;

  block = dw_webhook_help_make_block (
      (DwWebhookSender) adw_combo_row_get_selected (self->sender_row),
      (guint) dw_settings_get_webhook_port (get_settings (self)));
  g_strchomp (block);
  gtk_label_set_label (self->block_label, block);
}

static gboolean
is_secret_new (DwWebhookDialog *self)
{
  return *gtk_editable_get_text (self->secret_row) != '\0' &&
         g_strcmp0 (gtk_editable_get_text (self->secret_row), self->secret) != 0;
}

static void
generate (DwWebhookDialog *self)
{
  char *secret = dw_webhook_secret_generate ();

  gtk_editable_set_text (self->secret_row, secret);
  dw_webhook_secret_free (secret);
}

static void
on_secret_changed (DwWebhookDialog *self)
{
  gtk_widget_set_sensitive (self->copy_secret_button,
                            *gtk_editable_get_text (self->secret_row) != '\0');
  if (self->form != NULL)
    dw_form_set_extra_modified (self->form, is_secret_new (self));
}

/* What listens has a secret. */
static void
on_changed (DwWebhookDialog *self)
{
  show_block (self);
  if (dw_settings_get_webhook_enabled (get_settings (self)) &&
      gtk_widget_get_sensitive (GTK_WIDGET (self->secret_row)) &&
      *gtk_editable_get_text (self->secret_row) == '\0')
    generate (self);
}

static void
on_sender_changed (DwWebhookDialog *self)
{
  show_block (self);
}

/* --- What a person wants ------------------------------------------------------------------------
 */

static void
copy (DwWebhookDialog *self, const char *text, const char *message)
{
  GtkWidget *over = dw_dialog_get_over (DW_DIALOG (self));

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  if (over != NULL)
    gtk_widget_activate_action (over, "win.announce", "s", message);
}

static void
copy_address (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwWebhookDialog *self = DW_WEBHOOK_DIALOG (widget);
  g_autofree char *address = dw_webhook_help_get_address (
      dw_watcher_get_webhook_port (get_watcher (self)));

  copy (self, address, _ ("Address copied"));
}

static void
copy_block (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwWebhookDialog *self = DW_WEBHOOK_DIALOG (widget);

  copy (self, gtk_label_get_label (self->block_label), _ ("Configuration copied"));
}

static void
on_generate_clicked (DwWebhookDialog *self)
{
  generate (self);
}

static void
on_copy_secret_clicked (DwWebhookDialog *self)
{
  copy (self, gtk_editable_get_text (self->secret_row), _ ("Secret copied"));
}

/* Before the settings, so that nothing listens that lacks its secret. */
static gboolean
store_secret (
    DwStore *store, DwEntity *entity, gpointer data, GCancellable *cancellable, GError **error)
{
  return data == NULL || dw_webhook_secret_store (data, cancellable, error);
}

static void
free_secret (gpointer secret)
{
  dw_webhook_secret_free (secret);
}

static void
accept (DwDialog *dialog)
{
  DwWebhookDialog *self = DW_WEBHOOK_DIALOG (dialog);
  char *secret = is_secret_new (self) ? g_strdup (gtk_editable_get_text (self->secret_row)) : NULL;

  dw_form_save (self->form, store_secret, secret, free_secret);
}

/* --- To read ------------------------------------------------------------------------------------
 */

typedef struct
{
  DwSettings *settings;
  char *secret;  /* nullable: there is none */
  char *problem; /* nullable: why the keyring does not say */
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  g_clear_object (&reading->settings);
  dw_webhook_secret_free (reading->secret);
  g_free (reading->problem);
  g_free (reading);
}

static void
read_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Reading *reading = g_new0 (Reading, 1);
  g_autoptr (GError) problem = NULL;
  GError *error = NULL;
  gboolean is_there = FALSE;

  reading->settings = dw_store_get_settings (task_data, &error);
  if (reading->settings == NULL)
    {
      reading_free (reading);
      g_task_return_error (task, error);
      return;
    }

  if (dw_webhook_secret_is_there (&is_there, cancellable, &problem) && is_there)
    reading->secret = dw_webhook_secret_lookup (cancellable, &problem);
  if (problem != NULL)
    reading->problem = g_strdup (problem->message);
  g_task_return_pointer (task, reading, reading_free);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwWebhookDialog *self = DW_WEBHOOK_DIALOG (source);
  DwDialog *dialog = DW_DIALOG (self);
  g_autoptr (GError) error = NULL;
  Reading *reading = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (reading == NULL)
    {
      dw_dialog_set_problem (dialog, error->message);
      return;
    }

  dw_dialog_set_busy (dialog, FALSE);
  self->secret = g_steal_pointer (&reading->secret);
  gtk_editable_set_text (self->secret_row, self->secret != NULL ? self->secret : "");
  gtk_widget_set_sensitive (GTK_WIDGET (self->secret_row), reading->problem == NULL);
  gtk_widget_set_visible (self->keyring_row, reading->problem != NULL);
  if (reading->problem != NULL)
    {
      g_autofree char *sentence = dw_format_sentence (reading->problem);

      adw_action_row_set_subtitle (ADW_ACTION_ROW (self->keyring_row), sentence);
    }

  self->form = dw_form_new (dialog, DW_ENTITY (reading->settings), NULL);
  g_signal_connect_object (self->form, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  on_changed (self);
  reading_free (reading);
}

/* --- The class ----------------------------------------------------------------------------------
 */

static void
dw_webhook_dialog_constructed (GObject *object)
{
  DwWebhookDialog *self = DW_WEBHOOK_DIALOG (object);
  DwDialog *dialog = DW_DIALOG (self);
  g_autoptr (GTask) task = dw_task_new (object, dw_dialog_get_cancellable (dialog), on_read, NULL);
  g_autoptr (GtkStringList) senders = gtk_string_list_new (NULL);

  G_OBJECT_CLASS (dw_webhook_dialog_parent_class)->constructed (object);

  for (guint sender = 0; sender <= DW_WEBHOOK_SENDER_GITHUB; sender++)
    gtk_string_list_append (senders, dw_webhook_help_get_title ((DwWebhookSender) sender));
  adw_combo_row_set_model (self->sender_row, G_LIST_MODEL (senders));
  if (get_watcher (self) != NULL)
    g_signal_connect_object (get_watcher (self), "notify::webhook-problem", G_CALLBACK (show_state),
                             self, G_CONNECT_SWAPPED);
  show_state (self);

  dw_dialog_set_accept_label (dialog, _ ("_Save"));
  dw_dialog_set_can_accept (dialog, FALSE);
  dw_dialog_set_busy (dialog, TRUE);
  g_task_set_source_tag (task, dw_webhook_dialog_constructed);
  g_task_set_task_data (task, g_object_ref (dw_session_get_store (dw_dialog_get_session (dialog))),
                        g_object_unref);
  g_task_run_in_thread (task, read_in_thread);
}

static void
dw_webhook_dialog_dispose (GObject *object)
{
  DwWebhookDialog *self = DW_WEBHOOK_DIALOG (object);

  g_clear_object (&self->form);
  g_clear_pointer (&self->secret, dw_webhook_secret_free);

  G_OBJECT_CLASS (dw_webhook_dialog_parent_class)->dispose (object);
}

static void
dw_webhook_dialog_class_init (DwWebhookDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = dw_webhook_dialog_constructed;
  object_class->dispose = dw_webhook_dialog_dispose;
  DW_DIALOG_CLASS (klass)->accept = accept;

  g_type_ensure (DW_TYPE_ENTRY_ROW);
  g_type_ensure (DW_TYPE_SWITCH_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-webhook-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, DwWebhookDialog, secret_row);
  gtk_widget_class_bind_template_child (widget_class, DwWebhookDialog, copy_secret_button);
  gtk_widget_class_bind_template_child (widget_class, DwWebhookDialog, keyring_row);
  gtk_widget_class_bind_template_child (widget_class, DwWebhookDialog, state_row);
  gtk_widget_class_bind_template_child (widget_class, DwWebhookDialog, sender_row);
  gtk_widget_class_bind_template_child (widget_class, DwWebhookDialog, block_label);
  gtk_widget_class_bind_template_callback (widget_class, on_secret_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_sender_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_generate_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_secret_clicked);
  gtk_widget_class_install_action (widget_class, "webhook.copy-address", NULL, copy_address);
  gtk_widget_class_install_action (widget_class, "webhook.copy-block", NULL, copy_block);
}

static void
dw_webhook_dialog_init (DwWebhookDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  dw_choice_label_use (self->sender_row);
}
