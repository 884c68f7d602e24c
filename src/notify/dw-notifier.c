/* dw-notifier.c: what the desktop is told, one notification a stage
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It words a notification and sends it; when one is due, and what its buttons do, is the
 * application's. A stage's id is the notification's, so that the newest takes the place of the
 * last. Without a server for notifications GLib drops them, which is no fault.
 */

#include "config.h"

#include "notify/dw-notifier.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Some servers only tell a process that lives which button was pressed. */
#define PATIENCE_MS (15 * 60 * 1000)
/* What a notification has room for. */
#define REASON_LIMIT 240

struct _DwNotifier
{
  GObject parent_instance;

  GApplication *application; /* unowned: it owns this */
  GHashTable *open;          /* a set of the ids of stages that were told of */
};

G_DEFINE_FINAL_TYPE (DwNotifier, dw_notifier, G_TYPE_OBJECT)

static void
dw_notifier_finalize (GObject *object)
{
  g_hash_table_unref (DW_NOTIFIER (object)->open);

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

/* Returns: (transfer full): one line of it, with no more than a notification has room for */
static char *
make_line (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_auto (GStrv) words = g_strsplit_set (g_strstrip (valid), " \t\r\n", -1);
  g_autoptr (GString) line = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      g_string_append_printf (line, "%s%s", line->len > 0 ? " " : "", words[i]);

  if (g_utf8_strlen (line->str, -1) > REASON_LIMIT)
    {
      g_string_truncate (
          line, (gsize) (g_utf8_offset_to_pointer (line->str, REASON_LIMIT - 1) - line->str));
      g_string_append (line, "…");
    }

  return g_string_free (g_steal_pointer (&line), FALSE);
}

static char *
name_stage (DwProject *project, DwStage *stage)
{
  return g_strdup_printf ("%s/%s", dw_project_get_name (project), dw_stage_get_name (stage));
}

static GNotification *
create (const char *title, const char *body, DwStage *stage, GNotificationPriority priority)
{
  GNotification *notification = g_notification_new (title);
  g_autofree char *line = make_line (body);
  g_autoptr (GIcon) icon = g_themed_icon_new (DW_APPLICATION_ID);

  g_notification_set_body (notification, line);
  g_notification_set_icon (notification, icon);
  g_notification_set_priority (notification, priority);
  g_notification_set_default_action_and_target (notification, "app." DW_NOTIFIER_ACTION_OPEN, "s",
                                                dw_entity_get_id (DW_ENTITY (stage)));

  return notification;
}

static void
add_open_button (GNotification *notification, const char *label, DwStage *stage)
{
  g_notification_add_button_with_target (notification, label, "app." DW_NOTIFIER_ACTION_OPEN, "s",
                                         dw_entity_get_id (DW_ENTITY (stage)));
}

static void
send (DwNotifier *self, DwStage *stage, GNotification *notification)
{
  const char *id = dw_entity_get_id (DW_ENTITY (stage));

  g_application_send_notification (self->application, id, notification);
  g_hash_table_add (self->open, g_strdup (id));
  g_application_set_inactivity_timeout (self->application, PATIENCE_MS);
}

static char *
describe_outcome (DwDeploy *deploy, const char *name)
{
  switch (dw_deploy_get_status (deploy))
    {
    case DW_DEPLOY_SUCCESS:
      if (dw_deploy_get_trigger (deploy) == DW_TRIGGER_ROLLBACK)
        /* Translators: %s is a project and a stage: shop/prod */
        return g_strdup_printf (_ ("%s was rolled back"), name);
      /* Translators: %s is a project and a stage: shop/prod */
      return g_strdup_printf (_ ("%s was deployed"), name);
    case DW_DEPLOY_ROLLED_BACK:
      /* Translators: %s is a project and a stage: shop/prod */
      return g_strdup_printf (_ ("%s: the deploy was undone"), name);
    case DW_DEPLOY_PENDING:
    case DW_DEPLOY_PULLING:
    case DW_DEPLOY_STARTING:
    case DW_DEPLOY_HEALTH_CHECKING:
    case DW_DEPLOY_CONFIGURING_PROXY:
    case DW_DEPLOY_FAILED:
    default:
      /* Translators: %s is a project and a stage: shop/prod */
      return g_strdup_printf (_ ("%s: the deploy failed"), name);
    }
}

/* Returns: (nullable): the tag and, after a failure, the reason */
static char *
describe_deploy (DwDeploy *deploy)
{
  const char *what = dw_deploy_get_tag (deploy);
  const char *reason = dw_deploy_get_error (deploy);

  if (what == NULL || *what == '\0')
    what = dw_deploy_get_image (deploy);
  if (dw_deploy_get_status (deploy) == DW_DEPLOY_SUCCESS)
    /* Translators: %s is a tag: v1.2.3 */
    return g_strdup_printf (_ ("%s is now running"), what);
  if (reason == NULL)
    return g_strdup (what);

  /* Translators: a tag, and why it could not be deployed */
  return g_strdup_printf (_ ("%s: %s"), what, reason);
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

  if (!(is_success ? dw_settings_get_notify_success (settings)
                   : dw_settings_get_notify_failure (settings)))
    {
      dw_notifier_withdraw (self, stage_id);
      return;
    }

  g_autofree char *name = name_stage (project, stage);
  g_autofree char *title = describe_outcome (deploy, name);
  g_autofree char *body = describe_deploy (deploy);
  g_autoptr (GNotification) notification = create (title, body, stage,
                                                   is_success ? G_NOTIFICATION_PRIORITY_NORMAL
                                                              : G_NOTIFICATION_PRIORITY_HIGH);

  add_open_button (notification, C_ ("button", "Open"), stage);
  g_notification_add_button_with_target (notification, _ ("Show Log"),
                                         "app." DW_NOTIFIER_ACTION_SHOW_LOG, "(ss)", stage_id,
                                         dw_entity_get_id (DW_ENTITY (deploy)));
  if (is_success && can_roll_back)
    g_notification_add_button_with_target (notification, _ ("Roll Back"),
                                           "app." DW_NOTIFIER_ACTION_ROLL_BACK, "s", stage_id);
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

  g_autofree char *name = name_stage (project, stage);
  /* Translators: %s is a project and a stage: shop/prod */
  g_autofree char *title = g_strdup_printf (_ ("%s: nothing was deployed"), name);
  g_autoptr (GNotification)
      notification = create (title, reason, stage, G_NOTIFICATION_PRIORITY_HIGH);

  add_open_button (notification, C_ ("button", "Open"), stage);
  send (self, stage, notification);
}

/**
 * dw_notifier_tell_health_lost:
 * @self: a notifier
 * @settings: what a person wants to be told
 * @project: the project
 * @stage: its stage
 * @reason: what is wrong with what runs there
 *
 * Tells that what was deployed and healthy is so no more.
 */
void
dw_notifier_tell_health_lost (
    DwNotifier *self, DwSettings *settings, DwProject *project, DwStage *stage, const char *reason)
{
  g_return_if_fail (DW_IS_NOTIFIER (self));

  if (!dw_settings_get_notify_failure (settings))
    return;

  g_autofree char *name = name_stage (project, stage);
  /* Translators: %s is a project and a stage: shop/prod */
  g_autofree char *title = g_strdup_printf (_ ("%s is no longer healthy"), name);
  g_autoptr (GNotification)
      notification = create (title, reason, stage, G_NOTIFICATION_PRIORITY_URGENT);

  add_open_button (notification, C_ ("button", "Open"), stage);
  g_notification_add_button_with_target (notification, _ ("Roll Back"),
                                         "app." DW_NOTIFIER_ACTION_ROLL_BACK, "s",
                                         dw_entity_get_id (DW_ENTITY (stage)));
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

  if (!dw_settings_get_notify_update (settings))
    return;

  g_autofree char *name = name_stage (project, stage);
  /* Translators: %1$s is a tag: v1.2.3, %2$s a project and a stage: shop/prod */
  g_autofree char *title = g_strdup_printf (_ ("%1$s is available for %2$s"), tag, name);
  g_autoptr (GNotification) notification = create (title, dw_project_get_image (project), stage,
                                                   G_NOTIFICATION_PRIORITY_NORMAL);

  g_notification_add_button_with_target (notification, C_ ("button", "Deploy"),
                                         "app." DW_NOTIFIER_ACTION_DEPLOY, "(sss)", stage_id, tag,
                                         digest);
  g_notification_add_button_with_target (notification, _ ("Not Now"),
                                         "app." DW_NOTIFIER_ACTION_NOT_NOW, "(sss)", stage_id, tag,
                                         digest);
  add_open_button (notification, C_ ("button", "Show"), stage);
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

  g_application_withdraw_notification (self->application, stage_id);
  if (g_hash_table_remove (self->open, stage_id) && g_hash_table_size (self->open) == 0)
    g_application_set_inactivity_timeout (self->application, 0);
}
