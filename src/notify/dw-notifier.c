/* dw-notifier.c: what the desktop is told, one notification a stage
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It words a notification and sends it; when one is due, and what its buttons do, is the
 * application's. A stage's id is the notification's, so that the newest takes the place of the
 * last. Without a server for notifications nobody is told, which is no fault.
 */

#include "config.h"

#include "notify/dw-notifier.h"

#include <glib/gi18n-lib.h>

#include "notify/dw-wording.h"

/* Some servers only tell a process that lives which button was pressed. */
#define PATIENCE_MS (15 * 60 * 1000)

struct _DwNotifier
{
  GObject parent_instance;

  GApplication *application; /* unowned: it owns this */
  GHashTable *open;          /* a set of the ids of stages that were told of */
  GHashTable *waiting;       /* of a stage's id to a GNotification: is there who shows it? */
  gboolean is_patient;
};

G_DEFINE_FINAL_TYPE (DwNotifier, dw_notifier, G_TYPE_OBJECT)

static void
dw_notifier_finalize (GObject *object)
{
  g_hash_table_unref (DW_NOTIFIER (object)->open);
  g_hash_table_unref (DW_NOTIFIER (object)->waiting);

  G_OBJECT_CLASS (dw_notifier_parent_class)->finalize (object);
}

static void
dw_notifier_class_init (DwNotifierClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dw_notifier_finalize;
}

static void
dw_notifier_init (DwNotifier *self)
{
  self->open = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->waiting = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->is_patient = TRUE;
}

/**
 * dw_notifier_new:
 * @application: the application, which outlives the notifier and has the actions
 *
 * Returns: (transfer full): a notifier
 */
DwNotifier *
dw_notifier_new (GApplication *application)
{
  DwNotifier *self = g_object_new (DW_TYPE_NOTIFIER, NULL);

  self->application = application;

  return self;
}

static GNotification *
create (const char *title, const char *body, DwStage *stage, GNotificationPriority priority)
{
  GNotification *notification = g_notification_new (title);
  g_autofree char *line = dw_wording_make_line (body);
  g_autoptr (GIcon) icon = g_themed_icon_new (DW_APPLICATION_ID);

  g_notification_set_body (notification, line);
  g_notification_set_icon (notification, icon);
  g_notification_set_priority (notification, priority);
  g_notification_set_default_action_and_target (notification, "app." DW_NOTIFIER_ACTION_OPEN, "s",
                                                dw_entity_get_id (DW_ENTITY (stage)));

  return notification;
}

static void
add_open_button (GNotification *notification, DwStage *stage)
{
  g_notification_add_button_with_target (notification, C_ ("button", "Open"),
                                         "app." DW_NOTIFIER_ACTION_OPEN, "s",
                                         dw_entity_get_id (DW_ENTITY (stage)));
}

static void
add_log_button (GNotification *notification, DwStage *stage, DwDeploy *deploy)
{
  g_notification_add_button_with_target (
      notification, _ ("Show Log"), "app." DW_NOTIFIER_ACTION_SHOW_LOG, "(ss)",
      dw_entity_get_id (DW_ENTITY (stage)), dw_entity_get_id (DW_ENTITY (deploy)));
}

static void
add_roll_back_button (GNotification *notification, DwStage *stage)
{
  g_notification_add_button_with_target (notification, _ ("Roll Back"),
                                         "app." DW_NOTIFIER_ACTION_ROLL_BACK, "s",
                                         dw_entity_get_id (DW_ENTITY (stage)));
}

/* @is_on: whether the settings want it */
static gboolean
is_wanted (DwProject *project, gboolean is_on, gboolean is_problem)
{
  switch (dw_project_get_notifications (project))
    {
    case DW_NOTIFICATIONS_NONE:
      return FALSE;
    case DW_NOTIFICATIONS_FAILURES:
      return is_on && is_problem;
    case DW_NOTIFICATIONS_ALL:
    default:
      return is_on;
    }
}

/* --- On the way to a server ---------------------------------------------------------------------
 */

/* In a sandbox GLib asks the portal, which is always there; elsewhere one of these, and it warns of
 * a bus that has none. */
static gboolean
uses_portal (void)
{
  return g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS) ||
         g_strcmp0 (g_getenv ("GTK_USE_PORTAL"), "1") == 0 ||
         g_strcmp0 (g_getenv ("GIO_USE_PORTALS"), "1") == 0 ||
         g_strcmp0 (g_getenv ("GNOTIFICATION_BACKEND"), "portal") == 0;
}

static gboolean
has_server (GVariant *names)
{
  g_autofree const char **list = NULL;

  g_variant_get (names, "(^a&s)", &list);
  return g_strv_contains (list, "org.freedesktop.Notifications") ||
         g_strv_contains (list, "org.gtk.Notifications");
}

/* As long as there may be a button to press. */
static void
be_patient (DwNotifier *self)
{
  gboolean is_asked = self->is_patient && g_hash_table_size (self->open) > 0;

  g_application_set_inactivity_timeout (self->application, is_asked ? PATIENCE_MS : 0);
}

static void
show_waiting (DwNotifier *self)
{
  GHashTableIter iter;
  gpointer id;
  gpointer notification;

  g_hash_table_iter_init (&iter, self->waiting);
  while (g_hash_table_iter_next (&iter, &id, &notification))
    {
      g_application_send_notification (self->application, id, notification);
      g_hash_table_add (self->open, g_strdup (id));
      g_hash_table_iter_remove (&iter);
    }
  be_patient (self);
}

static void ask_bus (DwNotifier *self, const char *method, GAsyncReadyCallback callback);

static void
take_answer (DwNotifier *self, GObject *source, GAsyncResult *result, gboolean is_last)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant)
      names = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (names != NULL && has_server (names))
    show_waiting (self);
  else if (names == NULL || is_last)
    {
      g_debug ("nobody shows notifications%s%s", error != NULL ? ": " : "",
               error != NULL ? error->message : "");
      g_hash_table_remove_all (self->waiting);
    }
  /* Not before: a timeout that is set when nothing holds the process any more has no effect. */
  g_application_release (self->application);
}

static void
on_activatable_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (DwNotifier) self = user_data;

  take_answer (self, source, result, TRUE);
}

static void
on_names_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (DwNotifier) self = user_data;

  take_answer (self, source, result, FALSE);
  if (g_hash_table_size (self->waiting) > 0)
    ask_bus (self, "ListActivatableNames", on_activatable_listed);
}

/* It holds the process: what is told last is told, too. */
static void
ask_bus (DwNotifier *self, const char *method, GAsyncReadyCallback callback)
{
  g_application_hold (self->application);
  g_dbus_connection_call (g_application_get_dbus_connection (self->application),
                          "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                          method, NULL, G_VARIANT_TYPE ("(as)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                          callback, g_object_ref (self));
}

static void
send (DwNotifier *self, DwStage *stage, GNotification *notification)
{
  const char *id = dw_entity_get_id (DW_ENTITY (stage));

  if (g_application_get_dbus_connection (self->application) == NULL)
    return;

  g_hash_table_insert (self->waiting, g_strdup (id), g_object_ref (notification));
  if (uses_portal ())
    show_waiting (self);
  else
    ask_bus (self, "ListNames", on_names_listed);
}

/**
 * dw_notifier_tell_deploy:
 * @self: a notifier
 * @settings: what a person wants to be told
 * @project: the project
 * @stage: its stage
 * @deploy: a deploy of the stage that has ended
 * @can_roll_back: whether it replaced something that can be gone back to
 *
 * Tells of the outcome, unless the settings do not want it; then what is still told of the stage,
 * which has become untrue, goes too.
 */
void
dw_notifier_tell_deploy (DwNotifier *self,
                         DwSettings *settings,
                         DwProject *project,
                         DwStage *stage,
                         DwDeploy *deploy,
                         gboolean can_roll_back)
{
  gboolean is_success = dw_deploy_get_status (deploy) == DW_DEPLOY_SUCCESS;
  const char *stage_id = dw_entity_get_id (DW_ENTITY (stage));

  g_return_if_fail (DW_IS_NOTIFIER (self));

  if (!is_wanted (project,
                  is_success ? dw_settings_get_notify_success (settings)
                             : dw_settings_get_notify_failure (settings),
                  !is_success))
    {
      dw_notifier_withdraw (self, stage_id);
      return;
    }

  g_autofree char *title = dw_wording_title_deploy (project, stage, deploy);
  g_autofree char *body = dw_wording_describe_deploy (deploy);
  g_autoptr (GNotification) notification = create (title, body, stage,
                                                   is_success ? G_NOTIFICATION_PRIORITY_NORMAL
                                                              : G_NOTIFICATION_PRIORITY_HIGH);

  add_open_button (notification, stage);
  add_log_button (notification, stage, deploy);
  if (is_success && can_roll_back)
    add_roll_back_button (notification, stage);
  send (self, stage, notification);
}

/**
 * dw_notifier_tell_refusal:
 * @self: a notifier
 * @project: the project
 * @stage: its stage
 * @reason: why, and what to do
 *
 * Tells that what a notification's button asked for could not be begun. There is no deploy of it.
 */
void
dw_notifier_tell_refusal (DwNotifier *self, DwProject *project, DwStage *stage, const char *reason)
{
  g_return_if_fail (DW_IS_NOTIFIER (self));

  g_autofree char *name = dw_wording_name_stage (project, stage);
  /* Translators: %s is a project and a stage: shop/prod */
  g_autofree char *title = g_strdup_printf (_ ("%s: nothing was deployed"), name);
  g_autoptr (GNotification)
      notification = create (title, reason, stage, G_NOTIFICATION_PRIORITY_HIGH);

  add_open_button (notification, stage);
  send (self, stage, notification);
}

/**
 * dw_notifier_tell_health_lost:
 * @self: a notifier
 * @settings: what a person wants to be told
 * @project: the project
 * @stage: its stage
 * @deploy: what brought what runs there
 * @can_roll_back: whether it replaced something that can be gone back to
 * @reason: what is wrong with it
 *
 * Tells that what was deployed and healthy is so no more.
 */
void
dw_notifier_tell_health_lost (DwNotifier *self,
                              DwSettings *settings,
                              DwProject *project,
                              DwStage *stage,
                              DwDeploy *deploy,
                              gboolean can_roll_back,
                              const char *reason)
{
  g_return_if_fail (DW_IS_NOTIFIER (self));

  if (!is_wanted (project, dw_settings_get_notify_failure (settings), TRUE))
    return;

  g_autofree char *title = dw_wording_title_health_lost (project, stage);
  g_autoptr (GNotification)
      notification = create (title, reason, stage, G_NOTIFICATION_PRIORITY_URGENT);

  if (can_roll_back)
    add_roll_back_button (notification, stage);
  add_log_button (notification, stage, deploy);
  add_open_button (notification, stage);
  send (self, stage, notification);
}

/**
 * dw_notifier_ask_version:
 * @self: a notifier
 * @settings: what a person wants to be told
 * @project: the project
 * @stage: its stage, which asks before it takes one
 * @tag: the newer version
 * @digest: what it is exactly
 *
 * Asks whether to deploy a newer version.
 */
void
dw_notifier_ask_version (DwNotifier *self,
                         DwSettings *settings,
                         DwProject *project,
                         DwStage *stage,
                         const char *tag,
                         const char *digest)
{
  const char *stage_id = dw_entity_get_id (DW_ENTITY (stage));

  g_return_if_fail (DW_IS_NOTIFIER (self));

  if (!is_wanted (project, dw_settings_get_notify_update (settings), FALSE))
    return;

  g_autofree char *title = dw_wording_title_version (project, stage, tag);
  g_autoptr (GNotification) notification = create (title, dw_project_get_image (project), stage,
                                                   G_NOTIFICATION_PRIORITY_NORMAL);

  g_notification_add_button_with_target (notification, C_ ("button", "Deploy"),
                                         "app." DW_NOTIFIER_ACTION_DEPLOY, "(sss)", stage_id, tag,
                                         digest);
  g_notification_add_button_with_target (notification, _ ("Not Now"),
                                         "app." DW_NOTIFIER_ACTION_NOT_NOW, "(sss)", stage_id, tag,
                                         digest);
  add_open_button (notification, stage);
  send (self, stage, notification);
}

/**
 * dw_notifier_withdraw:
 * @self: a notifier
 * @stage_id: a stage
 *
 * Takes back what is told of the stage: somebody has seen it, or it is true no more. It may come
 * from an earlier process.
 */
void
dw_notifier_withdraw (DwNotifier *self, const char *stage_id)
{
  g_return_if_fail (DW_IS_NOTIFIER (self));

  g_hash_table_remove (self->waiting, stage_id);
  g_application_withdraw_notification (self->application, stage_id);
  if (g_hash_table_remove (self->open, stage_id))
    be_patient (self);
}

/**
 * dw_notifier_set_patient:
 * @self: a notifier
 * @is_patient: whether the process waits a while for an answer; it does from the start
 *
 * Who quits on purpose wants the process gone: a desktop may start another for a button.
 */
void
dw_notifier_set_patient (DwNotifier *self, gboolean is_patient)
{
  g_return_if_fail (DW_IS_NOTIFIER (self));

  self->is_patient = is_patient;
  be_patient (self);
}
