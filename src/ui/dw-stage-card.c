/* dw-stage-card.c: what runs in a stage, and what can be done about it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It shows a DwStageStatus, and asks the deployer for what a person wants. While there is no
 * deployer, because there is no engine, it only shows.
 */

#include "config.h"

#include "ui/dw-stage-card.h"

#include <glib/gi18n.h>

#include "ui/dw-compat.h"
#include "ui/dw-deploy-progress.h"
#include "ui/dw-format.h"
#include "ui/dw-plan.h"
#include "ui/dw-stage-action.h"
#include "ui/dw-stage-newer.h"
#include "ui/dw-stage-summary.h"

struct _DwStageCard
{
  AdwBin parent_instance;

  DwStore *store;
  DwStageStatus *status;
  DwDeployer *deployer; /* nullable */
  DwWatcher *watcher;   /* nullable */
  DwStage *next;        /* nullable: it is the last in the order */
  gboolean is_first;
  gboolean is_acting;

  GtkLabel *name_label;
  GtkLabel *condition_label;
  GtkWidget *menu_button;
  GMenu *version_section;
  DwStageSummary *summary;
  DwStageNewer *newer;
  GtkWidget *promote_button;
  GtkLabel *promote_label;
  GtkWidget *deploy_button;
};

enum
{
  PROP_STATUS = 1,
  PROP_DEPLOYER,
  PROP_WATCHER,
  N_PROPERTIES,
};

enum
{
  SIGNAL_MOVE,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (DwStageCard, dw_stage_card, ADW_TYPE_BIN)

static const char *
get_stage_id (DwStageCard *self)
{
  return dw_entity_get_id (DW_ENTITY (dw_stage_status_get_stage (self->status)));
}

/* Whether people rely on what runs here: it is where the way of a version ends, or the stage wants
 * to be asked about. */
static gboolean
is_production (DwStageCard *self)
{
  return self->next == NULL || dw_stage_get_confirm (dw_stage_card_get_stage (self));
}

/* --- What is shown ------------------------------------------------------------------------------
 */

static void
show_condition (DwStageCard *self)
{
  DwStageCondition condition = dw_stage_status_get_condition (self->status);
  const char *classes[] = { "pill-label", "caption", dw_format_condition_class (condition), NULL };

  gtk_label_set_label (self->condition_label, dw_format_condition (condition));
  gtk_widget_set_css_classes (GTK_WIDGET (self->condition_label), classes);
}

/* A tag, whose underscores are no mnemonics, or else a digest. */
static char *
name_version (DwDeploy *deploy)
{
  g_autoptr (GString) text = NULL;

  if (dw_deploy_get_tag (deploy) == NULL)
    return dw_format_digest (dw_deploy_get_digest (deploy));

  text = g_string_new (dw_deploy_get_tag (deploy));
  g_string_replace (text, "_", "__", 0);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* What the actions lead to, in the words of the menu. */
static void
show_targets (DwStageCard *self)
{
  DwDeploy *previous = dw_stage_status_get_previous (self->status);
  g_autofree char *version = previous != NULL ? name_version (previous) : NULL;
  /* Translators: %s is a version; in a menu */
  g_autofree char *back = version != NULL ? g_strdup_printf (_ ("Roll _Back to %s"), version)
                                          : g_strdup (_ ("Roll _Back"));
  /* Translators: %s is the name of a stage; on a button */
  g_autofree char *on = self->next != NULL
                            ? g_strdup_printf (_ ("Promote to %s"), dw_stage_get_name (self->next))
                            : NULL;

  g_menu_remove_all (self->version_section);
  if (self->next != NULL)
    {
      /* Translators: %s is the name of a stage; in a menu */
      g_autofree char *item = g_strdup_printf (_ ("_Promote to %s"),
                                               dw_stage_get_name (self->next));

      g_menu_append (self->version_section, item, "stage.promote");
    }
  g_menu_append (self->version_section, back, "stage.roll-back");
  g_menu_append (self->version_section, _ ("Roll Ba_ck to…"), "stage.choose-roll-back");

  gtk_widget_set_visible (self->promote_button, on != NULL);
  gtk_label_set_label (self->promote_label, on != NULL ? on : "");
  gtk_widget_set_tooltip_text (self->promote_button, on);
}

/* There is a card for each stage; to who does not see them, their buttons say which they are of. */
static void
name_widgets (DwStageCard *self)
{
  const char *name = dw_stage_get_name (dw_stage_card_get_stage (self));
  g_autofree char *deploy_name = g_strdup_printf (_ ("Deploy to %s…"), name);
  g_autofree char *menu_name = g_strdup_printf (_ ("More actions for %s"), name);
  g_autofree char *promote_name = NULL;

  gtk_label_set_label (self->name_label, name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name_label), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  dw_compat_set_accessible_name (self->deploy_button, deploy_name);
  dw_compat_set_accessible_name (self->menu_button, menu_name);
  if (self->next == NULL)
    return;

  /* Translators: the names of two stages */
  promote_name = g_strdup_printf (_ ("Promote %s to %s"), name, dw_stage_get_name (self->next));
  dw_compat_set_accessible_name (self->promote_button, promote_name);
}

/* Whether the first stage is the one on the right. */
static gboolean
is_mirrored (GtkWidget *widget)
{
  return gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
}

static void
enable_actions (DwStageCard *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  DwStageCondition condition = dw_stage_status_get_condition (self->status);
  gboolean is_free = self->deployer != NULL && !self->is_acting &&
                     !dw_stage_status_is_deploying (self->status);
  gboolean has_instance = dw_stage_status_get_instance (self->status) != NULL;
  gboolean has_container = has_instance && condition != DW_STAGE_GONE &&
                           condition != DW_STAGE_UNKNOWN;

  gtk_widget_action_set_enabled (widget, "stage.deploy", is_free);
  gtk_widget_action_set_enabled (widget, "stage.promote",
                                 is_free && has_instance && self->next != NULL);
  gtk_widget_action_set_enabled (widget, "stage.roll-back",
                                 is_free && dw_stage_status_get_previous (self->status) != NULL);
  gtk_widget_action_set_enabled (widget, "stage.choose-roll-back", is_free && has_instance);
  gtk_widget_action_set_enabled (widget, "stage.start",
                                 is_free && has_container && condition == DW_STAGE_STOPPED);
  gtk_widget_action_set_enabled (widget, "stage.restart",
                                 is_free && has_container && condition != DW_STAGE_STOPPED);
  gtk_widget_action_set_enabled (widget, "stage.stop",
                                 is_free && has_container && condition != DW_STAGE_STOPPED);
  gtk_widget_action_set_enabled (widget, "stage.cancel",
                                 dw_stage_status_get_job (self->status) != NULL);
  gtk_widget_action_set_enabled (widget, "stage.logs", self->deployer != NULL && has_container);
  gtk_widget_action_set_enabled (widget, "stage.open",
                                 dw_stage_summary_get_address (self->summary) != NULL);
  gtk_widget_action_set_enabled (widget, "stage.move-left",
                                 is_mirrored (widget) ? self->next != NULL : !self->is_first);
  gtk_widget_action_set_enabled (widget, "stage.move-right",
                                 is_mirrored (widget) ? !self->is_first : self->next != NULL);
}

static void
show (DwStageCard *self)
{
  show_condition (self);
  show_targets (self);
  name_widgets (self);
  enable_actions (self);
}

/* --- What a person wants ------------------------------------------------------------------------
 */

static void
announce (DwStageCard *self, const char *message)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.announce-problem", "s", message);
}

/* What went wrong in a deploy is on the card and in the history; a request that made no sense never
 * became a deploy, and is only known here. */
static void
on_job_finished (DwStageCard *self, GParamSpec *pspec, DwDeployJob *job)
{
  const GError *error = dw_deploy_job_get_error (job);

  if (error != NULL && dw_deploy_job_get_deploy_id (job) == NULL)
    announce (self, error->message);
}

static void
take_job (DwStageCard *self, DwDeployJob *job)
{
  g_signal_connect_object (job, "notify::finished", G_CALLBACK (on_job_finished), self,
                           G_CONNECT_SWAPPED);
}

static void
open_dialog (DwStageCard *self, const char *name)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.open-dialog", "(ss)", name,
                              get_stage_id (self));
}

static void
deploy (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  open_dialog (DW_STAGE_CARD (widget), "deploy");
}

static void
start_roll_back (DwStageCard *self)
{
  DwDeploy *previous = dw_stage_status_get_previous (self->status);

  if (self->deployer == NULL || previous == NULL)
    return;

  g_autoptr (DwDeployJob) job = dw_deployer_roll_back (self->deployer, get_stage_id (self),
                                                       dw_entity_get_id (DW_ENTITY (previous)));
  take_job (self, job);
}

static void
on_roll_back_confirmed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  if (dw_compat_confirm_finish (result))
    start_roll_back (DW_STAGE_CARD (source));
}

static void
on_plan_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwStageCard *self = DW_STAGE_CARD (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (DwDeployPlan) plan = dw_plan_read_finish (result, &error);
  DwDeploy *previous = self->status != NULL ? dw_stage_status_get_previous (self->status) : NULL;

  if (plan == NULL)
    {
      announce (self, error->message);
      return;
    }
  if (previous == NULL || gtk_widget_get_root (GTK_WIDGET (self)) == NULL)
    return;

  const char *tag = dw_deploy_get_tag (previous);
  g_autofree char *version = tag != NULL ? g_strdup (tag)
                                         : dw_format_digest (dw_deploy_get_digest (previous));
  g_autofree char *body = dw_deploy_plan_describe (
      plan, tag != NULL ? tag : dw_deploy_get_digest (previous), dw_deploy_get_digest (previous));
  /* Translators: the name of a stage, and a version */
  g_autofree char *heading = g_strdup_printf (_ ("Roll %s Back to %s?"),
                                              dw_stage_get_name (plan->stage), version);

  dw_compat_confirm_async (GTK_WIDGET (self), heading, body, NULL, _ ("_Roll Back"), FALSE,
                           on_roll_back_confirmed, NULL);
}

static void
roll_back (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwStageCard *self = DW_STAGE_CARD (widget);

  if (is_production (self))
    dw_plan_read_async (G_OBJECT (self), self->store, get_stage_id (self),
                        dw_stage_status_get_condition (self->status), NULL, on_plan_read, NULL);
  else
    start_roll_back (self);
}

static void
choose_roll_back (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  open_dialog (DW_STAGE_CARD (widget), "roll-back");
}

static void
promote (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwStageCard *self = DW_STAGE_CARD (widget);
  g_autoptr (DwDeployJob) job = dw_deployer_promote (self->deployer, get_stage_id (self),
                                                     dw_entity_get_id (DW_ENTITY (self->next)));

  take_job (self, job);
}

static void
cancel (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  dw_deploy_job_cancel (dw_stage_status_get_job (DW_STAGE_CARD (widget)->status));
}

static void
on_acted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (DwStageCard) self = user_data;
  g_autoptr (GError) error = NULL;

  self->is_acting = FALSE;
  if (!dw_stage_action_finish (result, &error))
    announce (self, error->message);
  if (self->status != NULL)
    {
      dw_stage_status_reload (self->status);
      enable_actions (self);
    }
}

/* What has begun is brought to its end, whether or not the card is still there. */
static void
act (DwStageCard *self, DwStageAction action)
{
  self->is_acting = TRUE;
  enable_actions (self);
  dw_stage_action_async (self->deployer, get_stage_id (self), action, NULL, on_acted,
                         g_object_ref (self));
}

static void
start (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  act (DW_STAGE_CARD (widget), DW_STAGE_ACTION_START);
}

static void
restart (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  act (DW_STAGE_CARD (widget), DW_STAGE_ACTION_RESTART);
}

static void
stop (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  act (DW_STAGE_CARD (widget), DW_STAGE_ACTION_STOP);
}

static void
show_logs (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  open_dialog (DW_STAGE_CARD (widget), "logs");
}

static void
edit (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  open_dialog (DW_STAGE_CARD (widget), "stage");
}

static void
remove_stage (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  gtk_widget_activate_action (widget, "project.remove-stage", "s",
                              get_stage_id (DW_STAGE_CARD (widget)));
}

static void
open_address (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  gtk_widget_activate_action (widget, "win.open-uri", "s",
                              dw_stage_summary_get_address (DW_STAGE_CARD (widget)->summary));
}

static void
move (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  gboolean is_left = g_str_equal (action_name, "stage.move-left");

  g_signal_emit (widget, signals[SIGNAL_MOVE], 0, is_left != is_mirrored (widget) ? -1 : 1);
}

/* --- The class ----------------------------------------------------------------------------------
 */

/* Whoever asked for a deploy of the stage, the card shows it. */
static void
on_job_stored (DwStageCard *self, DwDeployJob *job)
{
  if (g_strcmp0 (dw_deploy_job_get_stage_id (job), get_stage_id (self)) == 0)
    dw_stage_status_set_job (self->status, job);
}

static void
set_deployer (DwStageCard *self, DwDeployer *deployer)
{
  if (self->deployer != NULL)
    g_signal_handlers_disconnect_by_func (self->deployer, on_job_stored, self);
  g_set_object (&self->deployer, deployer);
  if (deployer == NULL)
    return;

  g_signal_connect_object (deployer, "job-stored", G_CALLBACK (on_job_stored), self,
                           G_CONNECT_SWAPPED);
  if (dw_deployer_find_job (deployer, get_stage_id (self)) != NULL)
    dw_stage_status_set_job (self->status, dw_deployer_find_job (deployer, get_stage_id (self)));
}

static void
dw_stage_card_dispose (GObject *object)
{
  DwStageCard *self = DW_STAGE_CARD (object);

  if (self->status != NULL)
    g_signal_handlers_disconnect_by_func (self->status, show, self);
  set_deployer (self, NULL);
  g_clear_object (&self->watcher);
  g_clear_object (&self->status);
  g_clear_object (&self->store);
  g_clear_object (&self->next);

  G_OBJECT_CLASS (dw_stage_card_parent_class)->dispose (object);
}

static void
dw_stage_card_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  DwStageCard *self = DW_STAGE_CARD (object);

  switch (property_id)
    {
    case PROP_STATUS:
      g_value_set_object (value, self->status);
      break;
    case PROP_DEPLOYER:
      g_value_set_object (value, self->deployer);
      break;
    case PROP_WATCHER:
      g_value_set_object (value, self->watcher);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_stage_card_set_property (GObject *object,
                            guint property_id,
                            const GValue *value,
                            GParamSpec *pspec)
{
  DwStageCard *self = DW_STAGE_CARD (object);

  switch (property_id)
    {
    case PROP_STATUS:
      self->status = g_value_dup_object (value);
      break;
    case PROP_DEPLOYER:
      if (self->deployer != g_value_get_object (value))
        {
          set_deployer (self, g_value_get_object (value));
          enable_actions (self);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    case PROP_WATCHER:
      if (g_set_object (&self->watcher, g_value_get_object (value)))
        g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_stage_card_constructed (GObject *object)
{
  DwStageCard *self = DW_STAGE_CARD (object);

  G_OBJECT_CLASS (dw_stage_card_parent_class)->constructed (object);

  g_signal_connect_object (self->status, "notify", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (dw_stage_card_get_stage (self), "notify", G_CALLBACK (show), self,
                           G_CONNECT_SWAPPED);
  show (self);
}

static void
dw_stage_card_class_init (DwStageCardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  static const struct
  {
    const char *name;
    GtkWidgetActionActivateFunc activate;
  } actions[] = {
    { "stage.deploy", deploy },
    { "stage.roll-back", roll_back },
    { "stage.choose-roll-back", choose_roll_back },
    { "stage.promote", promote },
    { "stage.cancel", cancel },
    { "stage.start", start },
    { "stage.restart", restart },
    { "stage.stop", stop },
    { "stage.logs", show_logs },
    { "stage.open", open_address },
    { "stage.edit", edit },
    { "stage.remove", remove_stage },
    { "stage.move-left", move },
    { "stage.move-right", move },
  };

  object_class->constructed = dw_stage_card_constructed;
  object_class->dispose = dw_stage_card_dispose;
  object_class->get_property = dw_stage_card_get_property;
  object_class->set_property = dw_stage_card_set_property;

  properties[PROP_STATUS] = g_param_spec_object ("status", NULL, NULL, DW_TYPE_STAGE_STATUS,
                                                 G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY |
                                                     G_PARAM_STATIC_STRINGS);
  properties[PROP_DEPLOYER] = g_param_spec_object ("deployer", NULL, NULL, DW_TYPE_DEPLOYER,
                                                   G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY |
                                                       G_PARAM_STATIC_STRINGS);
  properties[PROP_WATCHER] = g_param_spec_object ("watcher", NULL, NULL, DW_TYPE_WATCHER,
                                                  G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY |
                                                      G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  signals[SIGNAL_MOVE] = g_signal_new ("move", DW_TYPE_STAGE_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                       NULL, G_TYPE_NONE, 1, G_TYPE_INT);

  g_type_ensure (DW_TYPE_DEPLOY_PROGRESS);
  g_type_ensure (DW_TYPE_STAGE_NEWER);
  g_type_ensure (DW_TYPE_STAGE_SUMMARY);
  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-stage-card.ui");
  gtk_widget_class_bind_template_child (widget_class, DwStageCard, name_label);
  gtk_widget_class_bind_template_child (widget_class, DwStageCard, condition_label);
  gtk_widget_class_bind_template_child (widget_class, DwStageCard, menu_button);
  gtk_widget_class_bind_template_child (widget_class, DwStageCard, version_section);
  gtk_widget_class_bind_template_child (widget_class, DwStageCard, summary);
  gtk_widget_class_bind_template_child (widget_class, DwStageCard, newer);
  gtk_widget_class_bind_template_child (widget_class, DwStageCard, promote_button);
  gtk_widget_class_bind_template_child (widget_class, DwStageCard, promote_label);
  gtk_widget_class_bind_template_child (widget_class, DwStageCard, deploy_button);

  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i].name, NULL, actions[i].activate);
}

static void
dw_stage_card_init (DwStageCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * dw_stage_card_new:
 * @store: the store
 * @status: (transfer none): how the stage stands
 * @route: (transfer none): how its route does
 *
 * Returns: (transfer floating): a card that follows @status and @route
 */
DwStageCard *
dw_stage_card_new (DwStore *store, DwStageStatus *status, DwRouteStatus *route)
{
  DwStageCard *self = g_object_new (DW_TYPE_STAGE_CARD, "status", status, NULL);

  self->store = g_object_ref (store);
  g_object_set (self->newer, "store", store, NULL);
  g_object_set (self->summary, "route", route, NULL);

  return self;
}

/* Returns: (transfer none): the stage */
DwStage *
dw_stage_card_get_stage (DwStageCard *self)
{
  g_return_val_if_fail (DW_IS_STAGE_CARD (self), NULL);

  return dw_stage_status_get_stage (self->status);
}

/**
 * dw_stage_card_set_place:
 * @self: a card
 * @is_first: whether the stage is the first in the order
 * @next: (nullable): the stage after it, which it is promoted to
 */
void
dw_stage_card_set_place (DwStageCard *self, gboolean is_first, DwStage *next)
{
  g_return_if_fail (DW_IS_STAGE_CARD (self));

  self->is_first = is_first;
  g_set_object (&self->next, next);
  show (self);
}
