/* dw-settings-dialog.c: the preferences
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * They are saved together, and not one by one as they change: half an address of an engine or of a
 * proxy must not be in effect while it is typed. What is asked is in the template: a setting more
 * is a row more there. Secrets are only ever written; they are in the keyring.
 */

#include "config.h"

#include "ui/dw-settings-dialog.h"

#include <glib/gi18n.h>

#include "deploy/dw-courier.h"
#include "deploy/dw-engine-choice.h"
#include "deploy/dw-outgoing-token.h"
#include "deploy/dw-proxy-choice.h"
#include "deploy/dw-proxy-secret.h"
#include "ui/dw-choice-row.h"
#include "ui/dw-entry-row.h"
#include "ui/dw-form.h"
#include "ui/dw-format.h"
#include "ui/dw-switch-row.h"
#include "ui/dw-task.h"
#include "ui/dw-test-row.h"
#include "watch/dw-autostart.h"

struct _DwSettingsDialog
{
  DwDialog parent_instance;

  DwForm *form;            /* nullable: the settings have not been read yet */
  gboolean is_autostarted; /* as it was when they were read */

  DwEntryRow *engine_address;
  DwTestRow *engine_test;
  AdwActionRow *proxy_kind;
  GtkWidget *proxy_address;
  GtkWidget *proxy_user;
  GtkEditable *proxy_password;
  GtkWidget *outgoing_webhook_url;
  GtkWidget *outgoing_webhook_kind;
  GtkEditable *outgoing_webhook_token;
  DwTestRow *outgoing_webhook_test;
  GtkWidget *outgoing_webhook_problem;
  GtkWidget *proxy_forward_host;
  GtkWidget *proxy_certificate;
  GtkWidget *proxy_entrypoint;
  AdwActionRow *proxy_strict;
  DwTestRow *proxy_test;
  GtkWidget *gateway;
};

G_DEFINE_FINAL_TYPE (DwSettingsDialog, dw_settings_dialog, DW_TYPE_DIALOG)

/* --- To test ------------------------------------------------------------------------------------
 */

static gboolean
has_text (GtkEditable *editable)
{
  return gtk_widget_get_visible (GTK_WIDGET (editable)) &&
         *gtk_editable_get_text (editable) != '\0';
}

static char *
test_engine (gpointer data, GCancellable *cancellable, GError **error)
{
  return dw_test_engine_address (data, cancellable, error);
}

static void
on_test_engine (DwSettingsDialog *self)
{
  dw_test_row_run (self->engine_test, test_engine,
                   g_strstrip (g_strdup (dw_entry_row_get_text (self->engine_address))), g_free);
}

typedef struct
{
  DwOutgoingWebhookKind kind;
  char *url;
  char *token; /* nullable: the one in the keyring */
} WebhookTest;

static void
webhook_test_free (gpointer data)
{
  WebhookTest *test = data;

  g_free (test->url);
  g_free (test->token);
  g_free (test);
}

static char *
test_outgoing_webhook (gpointer data, GCancellable *cancellable, GError **error)
{
  WebhookTest *test = data;

  return dw_courier_test (test->kind, test->url, test->token, cancellable, error);
}

static void
on_test_outgoing_webhook (DwSettingsDialog *self)
{
  DwSettings *settings = DW_SETTINGS (dw_form_get_entity (self->form));
  const char *token = gtk_editable_get_text (self->outgoing_webhook_token);
  WebhookTest *test = g_new0 (WebhookTest, 1);

  test->kind = dw_settings_get_outgoing_webhook_kind (settings);
  test->url = g_strdup (dw_settings_get_outgoing_webhook_url (settings));
  test->token = *token != '\0' ? g_strdup (token) : NULL;
  dw_test_row_run (self->outgoing_webhook_test, test_outgoing_webhook, test, webhook_test_free);
}

/* What is typed, and not in effect yet. */
typedef struct
{
  DwStore *store;
  DwSettings *settings;
  char *password; /* nullable: that of the keyring */
} ProxyTest;

static void
proxy_test_free (gpointer data)
{
  ProxyTest *test = data;

  g_object_unref (test->store);
  g_object_unref (test->settings);
  g_free (test->password);
  g_free (test);
}

static char *
test_proxy (gpointer data, GCancellable *cancellable, GError **error)
{
  ProxyTest *test = data;

  return dw_proxy_choice_test (test->store, test->settings, test->password, cancellable, error);
}

static void
on_test_proxy (DwSettingsDialog *self)
{
  ProxyTest *test = NULL;

  if (self->form == NULL)
    return;

  test = g_new0 (ProxyTest, 1);
  test->store = g_object_ref (dw_session_get_store (dw_dialog_get_session (DW_DIALOG (self))));
  test->settings = g_object_new (DW_TYPE_SETTINGS, NULL);
  dw_entity_copy_values (DW_ENTITY (test->settings), dw_form_get_entity (self->form));
  if (has_text (self->proxy_password))
    test->password = g_strdup (gtk_editable_get_text (self->proxy_password));
  dw_test_row_run (self->proxy_test, test_proxy, test, proxy_test_free);
}

static void
forget_proxy_test (DwSettingsDialog *self)
{
  dw_test_row_forget (self->proxy_test);
}

/* --- The form -----------------------------------------------------------------------------------
 */

/* What the choice means for whoever asks for a page while a version is deployed; what was measured
 * with each is in the manual. */
static void
explain_proxy (DwSettingsDialog *self, DwProxyKind kind, gboolean is_strict)
{
  const char *meaning = NULL;
  const char *loss = NULL;

  switch (kind)
    {
    case DW_PROXY_KIND_GATEWAY:
      meaning = _ ("An HAProxy in a container that Docker Watcher runs; a deploy loses no request");
      break;
    case DW_PROXY_KIND_NPM:
      meaning = _ ("Routes are made and moved through its API");
      loss = _ ("While this is off, each deploy reloads nginx: a client that reuses an idle "
                "connection and does not try again may see it closed (74 of 37,739 requests in 15 "
                "deploys at full load)");
      break;
    case DW_PROXY_KIND_CADDY:
      meaning = _ ("Routes are made and moved through its admin interface");
      loss = _ ("While this is off, each deploy closes open websockets and idle connections: a "
                "client that reuses one and does not try again sees it closed (223 of 29,959 "
                "requests in 25 deploys at full load)");
      break;
    case DW_PROXY_KIND_TRAEFIK:
      meaning = _ (
          "Finds the built-in gateway by its labels and always leads to it; a deploy loses "
          "no request");
      break;
    case DW_PROXY_KIND_NONE:
    default:
      meaning = _ (
          "Stages are reached by their ports; with a fixed port nobody answers for a moment "
          "at each deploy");
    }

  /* Translators: of what an address is: the one that is asked for above it */
  g_object_set (self->proxy_address, "note",
                kind == DW_PROXY_KIND_CADDY ? _ ("Of its admin interface") : _ ("Of its own pages"),
                "placeholder",
                kind == DW_PROXY_KIND_CADDY ? "http://127.0.0.1:2019" : "http://127.0.0.1:81",
                NULL);
  g_object_set (self->proxy_forward_host, "placeholder",
                kind == DW_PROXY_KIND_CADDY ? "127.0.0.1" : _ ("It is in the containers’ network"),
                NULL);
  adw_action_row_set_subtitle (self->proxy_kind, meaning);
  adw_action_row_set_subtitle (
      self->proxy_strict, loss != NULL && !is_strict
                              ? loss
                              : _ ("A deploy changes nothing in the proxy, and loses no request"));
}

static void
on_address_changed (DwSettingsDialog *self)
{
  dw_test_row_forget (self->engine_test);
}

static void
on_receiver_changed (DwSettingsDialog *self)
{
  dw_test_row_forget (self->outgoing_webhook_test);
}

static void
on_changed (DwSettingsDialog *self)
{
  DwSettings *settings = DW_SETTINGS (dw_form_get_entity (self->form));
  DwProxyKind kind = dw_settings_get_proxy_kind (settings);
  gboolean is_told = kind == DW_PROXY_KIND_NPM || kind == DW_PROXY_KIND_CADDY;

  explain_proxy (self, kind, dw_settings_get_proxy_strict (settings));
  gtk_widget_set_visible (self->proxy_address, is_told);
  gtk_widget_set_visible (self->proxy_user, kind == DW_PROXY_KIND_NPM);
  gtk_widget_set_visible (GTK_WIDGET (self->proxy_password), kind == DW_PROXY_KIND_NPM);
  gtk_widget_set_visible (GTK_WIDGET (self->proxy_test), kind != DW_PROXY_KIND_NONE);
  gtk_widget_set_visible (self->proxy_forward_host, is_told);
  gtk_widget_set_visible (self->proxy_certificate,
                          kind == DW_PROXY_KIND_NPM || kind == DW_PROXY_KIND_TRAEFIK);
  gtk_widget_set_visible (self->proxy_entrypoint, kind == DW_PROXY_KIND_TRAEFIK);
  gtk_widget_set_visible (GTK_WIDGET (self->proxy_strict), is_told);
  gtk_widget_set_visible (self->gateway, dw_proxy_choice_uses_gateway (settings));

  gboolean has_receiver = dw_settings_get_outgoing_webhook_url (settings) != NULL;
  gtk_widget_set_visible (self->outgoing_webhook_kind, has_receiver);
  gtk_widget_set_visible (GTK_WIDGET (self->outgoing_webhook_token), has_receiver);
  gtk_widget_set_visible (GTK_WIDGET (self->outgoing_webhook_test), has_receiver);
}

/* What came of the last message, until one is taken. */
static void
show_outcome (DwSettingsDialog *self, DwSettings *settings)
{
  const char *problem = dw_settings_get_outgoing_webhook_error (settings);
  g_autofree char *since = NULL;
  g_autofree char *text = NULL;

  gtk_widget_set_visible (self->outgoing_webhook_problem, problem != NULL);
  if (problem == NULL)
    return;

  since = dw_format_age (dw_settings_get_outgoing_webhook_failed_at (settings));
  text = g_strdup_printf ("%s (%s)", problem, since);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->outgoing_webhook_problem), text);
}

static void
on_secret_changed (DwSettingsDialog *self)
{
  forget_proxy_test (self);
  if (self->form != NULL)
    dw_form_set_extra_modified (self->form, has_text (self->proxy_password) ||
                                                has_text (self->outgoing_webhook_token));
}

/* The model takes any text for the engine's address; what is none would be found out too late. */
static void
check_address (DwEntity *entity, GHashTable *problems)
{
  const char *address = dw_settings_get_engine_address (DW_SETTINGS (entity));
  g_autoptr (GError) error = NULL;

  if (address != NULL && !dw_check_engine_address (address, &error))
    g_hash_table_replace (problems, g_strdup ("engine_address"), g_strdup (error->message));
}

/* --- To save ------------------------------------------------------------------------------------
 */

typedef struct
{
  char *proxy_password; /* nullable: it stays what it is */
  char *outgoing_token; /* likewise */
  gboolean was_autostarted;
} Saving;

static void
saving_free (gpointer data)
{
  Saving *saving = data;

  g_free (saving->proxy_password);
  g_free (saving->outgoing_token);
  g_free (saving);
}

/* Before the settings, so that nothing is in effect that lacks its secret, and nothing is said to
 * start at login that the desktop does not let. */
static gboolean
save_beside (
    DwStore *store, DwEntity *entity, gpointer data, GCancellable *cancellable, GError **error)
{
  Saving *saving = data;
  gboolean is_autostarted = dw_settings_get_start_at_login (DW_SETTINGS (entity));

  return (saving->proxy_password == NULL ||
          dw_proxy_secret_store (saving->proxy_password, cancellable, error)) &&
         (saving->outgoing_token == NULL ||
          dw_outgoing_token_store (saving->outgoing_token, cancellable, error)) &&
         (is_autostarted == saving->was_autostarted ||
          dw_autostart_set (is_autostarted, cancellable, error));
}

static void
accept (DwDialog *dialog)
{
  DwSettingsDialog *self = DW_SETTINGS_DIALOG (dialog);
  Saving *saving = g_new0 (Saving, 1);

  if (has_text (self->proxy_password))
    saving->proxy_password = g_strdup (gtk_editable_get_text (self->proxy_password));
  if (has_text (self->outgoing_webhook_token))
    saving->outgoing_token = g_strdup (gtk_editable_get_text (self->outgoing_webhook_token));
  saving->was_autostarted = self->is_autostarted;
  dw_form_save (self->form, save_beside, saving, saving_free);
}

static void
open_webhook (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  GtkWidget *over = dw_dialog_get_over (DW_DIALOG (widget));

  if (over != NULL)
    gtk_widget_activate_action (over, "win.open-dialog", "(ss)", "webhook", "");
}

/* --- To read ------------------------------------------------------------------------------------
 */

static void
read_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  DwSettings *settings = dw_store_get_settings (task_data, &error);

  /* Somebody may have taken it out of what starts at login. Of a sandbox only the portal knows. */
  if (settings != NULL && !dw_autostart_is_sandboxed ())
    g_object_set (settings, "start-at-login", dw_autostart_is_on (), NULL);
  if (settings != NULL)
    g_task_return_pointer (task, settings, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwSettingsDialog *self = DW_SETTINGS_DIALOG (source);
  DwDialog *dialog = DW_DIALOG (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (DwSettings) settings = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (settings == NULL)
    {
      dw_dialog_set_problem (dialog, error->message);
      return;
    }

  dw_dialog_set_busy (dialog, FALSE);
  self->is_autostarted = dw_settings_get_start_at_login (settings);
  self->form = dw_form_new (dialog, DW_ENTITY (settings), NULL);
  dw_form_set_check (self->form, check_address);
  g_signal_connect_object (self->form, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  on_changed (self);
  show_outcome (self, settings);
  gtk_widget_grab_focus (GTK_WIDGET (self->engine_address));
}

static void
dw_settings_dialog_constructed (GObject *object)
{
  DwDialog *dialog = DW_DIALOG (object);
  g_autoptr (GTask) task = dw_task_new (object, dw_dialog_get_cancellable (dialog), on_read, NULL);

  G_OBJECT_CLASS (dw_settings_dialog_parent_class)->constructed (object);

  dw_dialog_set_accept_label (dialog, _ ("_Save"));
  dw_dialog_set_can_accept (dialog, FALSE);
  dw_dialog_set_busy (dialog, TRUE);
  g_task_set_source_tag (task, dw_settings_dialog_constructed);
  g_task_set_task_data (task, g_object_ref (dw_session_get_store (dw_dialog_get_session (dialog))),
                        g_object_unref);
  g_task_run_in_thread (task, read_in_thread);
}

static void
dw_settings_dialog_dispose (GObject *object)
{
  g_clear_object (&DW_SETTINGS_DIALOG (object)->form);

  G_OBJECT_CLASS (dw_settings_dialog_parent_class)->dispose (object);
}

static void
dw_settings_dialog_class_init (DwSettingsDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = dw_settings_dialog_constructed;
  object_class->dispose = dw_settings_dialog_dispose;
  DW_DIALOG_CLASS (klass)->accept = accept;

  g_type_ensure (DW_TYPE_CHOICE_ROW);
  g_type_ensure (DW_TYPE_ENTRY_ROW);
  g_type_ensure (DW_TYPE_SWITCH_ROW);
  g_type_ensure (DW_TYPE_TEST_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-settings-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, DwSettingsDialog, engine_address);
  gtk_widget_class_bind_template_child (widget_class, DwSettingsDialog, engine_test);
  gtk_widget_class_bind_template_child (widget_class, DwSettingsDialog, proxy_kind);
  gtk_widget_class_bind_template_child (widget_class, DwSettingsDialog, proxy_address);
  gtk_widget_class_bind_template_child (widget_class, DwSettingsDialog, proxy_user);
  gtk_widget_class_bind_template_child (widget_class, DwSettingsDialog, proxy_password);
  gtk_widget_class_bind_template_child (widget_class, DwSettingsDialog, outgoing_webhook_url);
  gtk_widget_class_bind_template_child (widget_class, DwSettingsDialog, outgoing_webhook_kind);
  gtk_widget_class_bind_template_child (widget_class, DwSettingsDialog, outgoing_webhook_token);
  gtk_widget_class_bind_template_child (widget_class, DwSettingsDialog, outgoing_webhook_test);
  gtk_widget_class_bind_template_child (widget_class, DwSettingsDialog, outgoing_webhook_problem);
  gtk_widget_class_bind_template_child (widget_class, DwSettingsDialog, proxy_forward_host);
  gtk_widget_class_bind_template_child (widget_class, DwSettingsDialog, proxy_certificate);
  gtk_widget_class_bind_template_child (widget_class, DwSettingsDialog, proxy_entrypoint);
  gtk_widget_class_bind_template_child (widget_class, DwSettingsDialog, proxy_strict);
  gtk_widget_class_bind_template_child (widget_class, DwSettingsDialog, proxy_test);
  gtk_widget_class_bind_template_child (widget_class, DwSettingsDialog, gateway);
  gtk_widget_class_bind_template_callback (widget_class, on_test_engine);
  gtk_widget_class_bind_template_callback (widget_class, on_test_proxy);
  gtk_widget_class_bind_template_callback (widget_class, forget_proxy_test);
  gtk_widget_class_bind_template_callback (widget_class, on_test_outgoing_webhook);
  gtk_widget_class_bind_template_callback (widget_class, on_secret_changed);
  gtk_widget_class_install_action (widget_class, "settings.webhook", NULL, open_webhook);
}

static void
dw_settings_dialog_init (DwSettingsDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->engine_address, "notify::text", G_CALLBACK (on_address_changed),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->outgoing_webhook_url, "notify::text",
                           G_CALLBACK (on_receiver_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->outgoing_webhook_kind, "notify::selected",
                           G_CALLBACK (on_receiver_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->outgoing_webhook_token, "changed",
                           G_CALLBACK (on_receiver_changed), self, G_CONNECT_SWAPPED);
}
