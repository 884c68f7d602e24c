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

#include "ui/dw-format.h"

/* How often the bar moves while nobody knows how much there is to do. */
#define PULSE_INTERVAL_MS 150
/* How often what is said of an age is made true again. */
#define AGE_INTERVAL_S 30

struct _DwStageCard
{
  AdwBin parent_instance;

  DwStageStatus *status;
  DwDeployer *deployer; /* nullable */
  DwDeployJob *job;     /* nullable: the status's, whose signals are connected */
  gboolean is_acting;
  guint pulse_source;
  guint age_source;

  GtkLabel *condition_label;
  GtkWidget *instance_box;
  GtkLabel *tag_label;
  GtkButton *digest_button;
  GtkLabel *age_label;
  GtkWidget *address_button;
  GtkWidget *nothing_label;
  GtkLabel *problem_label;
  GtkWidget *progress_box;
  GtkLabel *phase_label;
  GtkWidget *cancel_button;
  GtkProgressBar *progress_bar;
  GtkInscription *log_inscription;
};

enum
{
  PROP_STATUS = 1,
  PROP_DEPLOYER,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (DwStageCard, dw_stage_card, ADW_TYPE_BIN)

static const char *
get_stage_id (DwStageCard *self)
{
  return dw_entity_get_id (DW_ENTITY (dw_stage_status_get_stage (self->status)));
}

/* --- What is shown ------------------------------------------------------------------------------
 */

static void
show_condition (DwStageCard *self)
{
  static const char *const classes[] = { "success", "warning", "error", NULL };
  DwStageCondition condition = dw_stage_status_get_condition (self->status);
  const char *css_class = NULL;

  switch (condition)
    {
    case DW_STAGE_RUNNING:
      css_class = "success";
      break;
    case DW_STAGE_UNHEALTHY:
    case DW_STAGE_FAILING:
    case DW_STAGE_GONE:
      css_class = "error";
      break;
    case DW_STAGE_UNKNOWN:
      css_class = "warning";
      break;
    case DW_STAGE_EMPTY:
    case DW_STAGE_STOPPED:
    default:
      break;
    }

  gtk_label_set_label (self->condition_label, dw_format_condition (condition));
  for (guint i = 0; classes[i] != NULL; i++)
    gtk_widget_remove_css_class (GTK_WIDGET (self->condition_label), classes[i]);
  if (css_class != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->condition_label), css_class);
}

static void
show_age (DwStageCard *self)
{
  DwDeploy *deploy = dw_stage_status_get_deploy (self->status);
  g_autofree char *age = NULL;
  g_autofree char *text = NULL;

  if (deploy == NULL)
    return;

  age = dw_format_age (dw_deploy_get_finished_at (deploy));
  /* Translators: when and what for, as in “Deployed 5 minutes ago by a rollback” */
  text = g_strdup_printf (_ ("Deployed %s %s"), age,
                          dw_format_trigger (dw_deploy_get_trigger (deploy)));
  gtk_label_set_label (self->age_label, text);
}

static void
show_instance (DwStageCard *self)
{
  DwInstance *instance = dw_stage_status_get_instance (self->status);
  gboolean is_reachable = FALSE;

  gtk_widget_set_visible (self->instance_box, instance != NULL);
  gtk_widget_set_visible (self->nothing_label,
                          instance == NULL && !dw_stage_status_is_deploying (self->status));
  if (instance == NULL)
    return;

  g_autofree char *digest = dw_format_digest (dw_instance_get_digest (instance));
  const char *tag = dw_instance_get_tag (instance);

  gtk_label_set_label (self->tag_label, tag != NULL ? tag : _ ("no tag"));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->tag_label), tag);
  gtk_button_set_label (self->digest_button, digest);
  show_age (self);

  is_reachable = dw_instance_get_host_port (instance) != 0 &&
                 dw_instance_get_status (instance) == DW_INSTANCE_RUNNING;
  gtk_widget_set_visible (self->address_button, is_reachable);
  if (is_reachable)
    {
      g_autofree char *uri = g_strdup_printf ("http://localhost:%d",
                                              dw_instance_get_host_port (instance));

      gtk_link_button_set_uri (GTK_LINK_BUTTON (self->address_button), uri);
      gtk_button_set_label (GTK_BUTTON (self->address_button), uri + strlen ("http://"));
    }
}

/* Why the last attempt came to nothing, until the next one. */
static char *
make_problem_text (DwStageCard *self)
{
  DwDeploy *last = dw_stage_status_get_last_deploy (self->status);
  g_autofree char *problem = NULL;

  g_object_get (self->status, "problem", &problem, NULL);
  if (problem != NULL)
    return g_steal_pointer (&problem);

  if (last == NULL || !dw_deploy_status_has_ended (dw_deploy_get_status (last)) ||
      dw_deploy_get_status (last) == DW_DEPLOY_SUCCESS || dw_deploy_get_error (last) == NULL)
    return NULL;

  g_autofree char *age = dw_format_age (dw_deploy_get_finished_at (last));
  const char *tag = dw_deploy_get_tag (last);

  /* Translators: a tag, when, and the reason: “v3 failed 5 minutes ago: …” */
  return g_strdup_printf (
      dw_deploy_get_status (last) == DW_DEPLOY_ROLLED_BACK ? _ ("%s was rolled back %s: %s")
                                                           : _ ("%s failed %s: %s"),
      tag != NULL ? tag : _ ("The last deploy"), age, dw_deploy_get_error (last));
}

static void
show_problem (DwStageCard *self)
{
  g_autofree char *text = dw_stage_status_is_deploying (self->status) ? NULL
                                                                      : make_problem_text (self);

  gtk_label_set_label (self->problem_label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem_label), text != NULL);
}

static DwDeployStatus
get_phase (DwStageCard *self)
{
  DwDeploy *last = dw_stage_status_get_last_deploy (self->status);

  if (self->job != NULL)
    return dw_deploy_job_get_status (self->job);

  return last != NULL ? dw_deploy_get_status (last) : DW_DEPLOY_PENDING;
}

static gboolean
pulse (gpointer user_data)
{
  gtk_progress_bar_pulse (DW_STAGE_CARD (user_data)->progress_bar);

  return G_SOURCE_CONTINUE;
}

static void
set_pulsing (DwStageCard *self, gboolean is_pulsing)
{
  if (is_pulsing && self->pulse_source == 0)
    self->pulse_source = g_timeout_add (PULSE_INTERVAL_MS, pulse, self);
  else if (!is_pulsing)
    g_clear_handle_id (&self->pulse_source, g_source_remove);
}

static void
show_progress (DwStageCard *self)
{
  gboolean is_deploying = dw_stage_status_is_deploying (self->status);
  DwDeploy *last = dw_stage_status_get_last_deploy (self->status);
  DwDeployStatus phase = get_phase (self);
  gint64 total = self->job != NULL ? dw_deploy_job_get_pull_total (self->job) : 0;
  gint64 done = self->job != NULL ? dw_deploy_job_get_pull_done (self->job) : 0;
  gboolean is_measured = phase == DW_DEPLOY_PULLING && total > 0;
  g_autoptr (GString) text = g_string_new (dw_format_deploy_status (phase));
  g_autofree char *log = NULL;

  gtk_widget_set_visible (self->progress_box, is_deploying);
  gtk_widget_set_visible (self->cancel_button, self->job != NULL);
  set_pulsing (self, is_deploying && !is_measured && gtk_widget_get_mapped (GTK_WIDGET (self)));
  if (!is_deploying)
    return;

  if (last != NULL && dw_deploy_get_tag (last) != NULL &&
      !dw_deploy_status_has_ended (dw_deploy_get_status (last)))
    g_string_append_printf (text, " · %s", dw_deploy_get_tag (last));
  if (is_measured)
    {
      g_autofree char *done_text = g_format_size ((guint64) done);
      g_autofree char *total_text = g_format_size ((guint64) total);

      /* Translators: bytes pulled, as in “ · 12 MB of 80 MB” */
      g_string_append_printf (text, _ (" · %s of %s"), done_text, total_text);
      gtk_progress_bar_set_fraction (self->progress_bar, (double) done / (double) total);
    }
  gtk_label_set_label (self->phase_label, text->str);

  g_object_get (self->status, "log", &log, NULL);
  gtk_inscription_set_text (self->log_inscription, log);
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
  gtk_widget_action_set_enabled (widget, "stage.promote", is_free && has_instance);
  gtk_widget_action_set_enabled (widget, "stage.roll-back", is_free && has_instance);
  gtk_widget_action_set_enabled (widget, "stage.start",
                                 is_free && has_container && condition == DW_STAGE_STOPPED);
  gtk_widget_action_set_enabled (widget, "stage.restart",
                                 is_free && has_container && condition != DW_STAGE_STOPPED);
  gtk_widget_action_set_enabled (widget, "stage.stop",
                                 is_free && has_container && condition != DW_STAGE_STOPPED);
  gtk_widget_action_set_enabled (widget, "stage.cancel", self->job != NULL);
  gtk_widget_action_set_enabled (widget, "stage.copy-digest", has_instance);
}

static void
follow_job (DwStageCard *self)
{
  DwDeployJob *job = dw_stage_status_get_job (self->status);

  if (self->job == job)
    return;

  if (self->job != NULL)
    g_signal_handlers_disconnect_by_func (self->job, show_progress, self);
  g_set_object (&self->job, job);
  if (job != NULL)
    g_signal_connect_object (job, "notify", G_CALLBACK (show_progress), self, G_CONNECT_SWAPPED);
}

static void
show (DwStageCard *self)
{
  follow_job (self);
  show_condition (self);
  show_instance (self);
  show_problem (self);
  show_progress (self);
  enable_actions (self);
}

static gboolean
on_age (gpointer user_data)
{
  show_age (user_data);
  show_problem (user_data);

  return G_SOURCE_CONTINUE;
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
deploy (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwStageCard *self = DW_STAGE_CARD (widget);
  g_autoptr (DwDeployJob)
      job = dw_deployer_deploy (self->deployer, get_stage_id (self), NULL, DW_TRIGGER_MANUAL);

  take_job (self, job);
  dw_stage_status_set_job (self->status, job);
}

static void
roll_back (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwStageCard *self = DW_STAGE_CARD (widget);
  g_autoptr (DwDeployJob) job = dw_deployer_roll_back (self->deployer, get_stage_id (self), NULL);

  take_job (self, job);
  dw_stage_status_set_job (self->status, job);
}

/* The job is the next stage's; its card sees it in the store. */
static void
promote (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwStageCard *self = DW_STAGE_CARD (widget);
  g_autoptr (DwDeployJob) job = dw_deployer_promote (self->deployer, get_stage_id (self), NULL);

  take_job (self, job);
}

static void
cancel (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  dw_deploy_job_cancel (DW_STAGE_CARD (widget)->job);
}

typedef struct
{
  DwDeployer *deployer;
  char *stage_id;
  DwStageAction action;
} Act;

static void
act_free (Act *act)
{
  g_object_unref (act->deployer);
  g_free (act->stage_id);
  g_free (act);
}

static void
act_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Act *act = task_data;
  GError *error = NULL;

  if (dw_deployer_act (act->deployer, act->stage_id, act->action, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_acted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwStageCard *self = DW_STAGE_CARD (source);
  g_autoptr (GError) error = NULL;

  self->is_acting = FALSE;
  if (!g_task_propagate_boolean (G_TASK (result), &error))
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
  Act *data = g_new0 (Act, 1);
  g_autoptr (GTask) task = g_task_new (self, NULL, on_acted, NULL);

  data->deployer = g_object_ref (self->deployer);
  data->stage_id = g_strdup (get_stage_id (self));
  data->action = action;
  self->is_acting = TRUE;
  enable_actions (self);
  g_task_set_source_tag (task, act);
  g_task_set_task_data (task, data, (GDestroyNotify) act_free);
  g_task_run_in_thread (task, act_in_thread);
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
copy_digest (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwStageCard *self = DW_STAGE_CARD (widget);
  DwInstance *instance = dw_stage_status_get_instance (self->status);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), dw_instance_get_digest (instance));
  gtk_widget_activate_action (widget, "win.announce", "s", _ ("Digest copied"));
}

/* --- The class ----------------------------------------------------------------------------------
 */

static void
dw_stage_card_map (GtkWidget *widget)
{
  DwStageCard *self = DW_STAGE_CARD (widget);

  GTK_WIDGET_CLASS (dw_stage_card_parent_class)->map (widget);
  self->age_source = g_timeout_add_seconds (AGE_INTERVAL_S, on_age, self);
  show (self);
}

static void
dw_stage_card_unmap (GtkWidget *widget)
{
  DwStageCard *self = DW_STAGE_CARD (widget);

  set_pulsing (self, FALSE);
  g_clear_handle_id (&self->age_source, g_source_remove);
  GTK_WIDGET_CLASS (dw_stage_card_parent_class)->unmap (widget);
}

static void
dw_stage_card_dispose (GObject *object)
{
  DwStageCard *self = DW_STAGE_CARD (object);

  set_pulsing (self, FALSE);
  if (self->job != NULL)
    g_signal_handlers_disconnect_by_func (self->job, show_progress, self);
  if (self->status != NULL)
    g_signal_handlers_disconnect_by_func (self->status, show, self);
  g_clear_object (&self->job);
  g_clear_object (&self->status);
  g_clear_object (&self->deployer);

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
      if (g_set_object (&self->deployer, g_value_get_object (value)))
        {
          enable_actions (self);
          g_object_notify_by_pspec (object, pspec);
        }
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
    { "stage.deploy", deploy },   { "stage.roll-back", roll_back },
    { "stage.promote", promote }, { "stage.cancel", cancel },
    { "stage.start", start },     { "stage.restart", restart },
    { "stage.stop", stop },       { "stage.copy-digest", copy_digest },
  };

  object_class->constructed = dw_stage_card_constructed;
  object_class->dispose = dw_stage_card_dispose;
  object_class->get_property = dw_stage_card_get_property;
  object_class->set_property = dw_stage_card_set_property;
  widget_class->map = dw_stage_card_map;
  widget_class->unmap = dw_stage_card_unmap;

  properties[PROP_STATUS] = g_param_spec_object ("status", NULL, NULL, DW_TYPE_STAGE_STATUS,
                                                 G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY |
                                                     G_PARAM_STATIC_STRINGS);
  properties[PROP_DEPLOYER] = g_param_spec_object ("deployer", NULL, NULL, DW_TYPE_DEPLOYER,
                                                   G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY |
                                                       G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  g_type_ensure (DW_TYPE_STAGE);
  g_type_ensure (DW_TYPE_STAGE_STATUS);
  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-stage-card.ui");
  gtk_widget_class_bind_template_child (widget_class, DwStageCard, condition_label);
  gtk_widget_class_bind_template_child (widget_class, DwStageCard, instance_box);
  gtk_widget_class_bind_template_child (widget_class, DwStageCard, tag_label);
  gtk_widget_class_bind_template_child (widget_class, DwStageCard, digest_button);
  gtk_widget_class_bind_template_child (widget_class, DwStageCard, age_label);
  gtk_widget_class_bind_template_child (widget_class, DwStageCard, address_button);
  gtk_widget_class_bind_template_child (widget_class, DwStageCard, nothing_label);
  gtk_widget_class_bind_template_child (widget_class, DwStageCard, problem_label);
  gtk_widget_class_bind_template_child (widget_class, DwStageCard, progress_box);
  gtk_widget_class_bind_template_child (widget_class, DwStageCard, phase_label);
  gtk_widget_class_bind_template_child (widget_class, DwStageCard, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, DwStageCard, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, DwStageCard, log_inscription);

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
 * @status: (transfer none): how the stage stands
 *
 * Returns: (transfer floating): a card that follows @status
 */
DwStageCard *
dw_stage_card_new (DwStageStatus *status)
{
  return g_object_new (DW_TYPE_STAGE_CARD, "status", status, NULL);
}
