/* dw-deploy-progress.c: a stage's deploy while it runs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where it is, how much is pulled, and its last words. A deploy of another process shows, too, but
 * only its own process knows how far a pull is, and can cancel it.
 */

#include "config.h"

#include "ui/dw-deploy-progress.h"

#include <glib/gi18n.h>

#include "ui/dw-canary-view.h"
#include "ui/dw-compat.h"
#include "ui/dw-format.h"

/* How often the bar moves while nobody knows how much there is to do. */
#define PULSE_INTERVAL_MS 150

struct _DwDeployProgress
{
  AdwBin parent_instance;

  DwStageStatus *status; /* nullable */
  DwDeployJob *job;      /* nullable: the status's, whose signals are connected */
  guint pulse_source;

  GtkLabel *phase_label;
  GtkLabel *detail_label;
  GtkWidget *cancel_button;
  DwCanaryView *canary;
  GtkProgressBar *progress_bar;
  GtkLabel *log_label;
};

enum
{
  PROP_STATUS = 1,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (DwDeployProgress, dw_deploy_progress, ADW_TYPE_BIN)

static gboolean
pulse (gpointer user_data)
{
  gtk_progress_bar_pulse (DW_DEPLOY_PROGRESS (user_data)->progress_bar);

  return G_SOURCE_CONTINUE;
}

static void
set_pulsing (DwDeployProgress *self, gboolean is_pulsing)
{
  if (is_pulsing && self->pulse_source == 0)
    self->pulse_source = g_timeout_add (PULSE_INTERVAL_MS, pulse, self);
  else if (!is_pulsing)
    g_clear_handle_id (&self->pulse_source, g_source_remove);
}

static DwDeployStatus
get_phase (DwDeployProgress *self)
{
  DwDeploy *last = dw_stage_status_get_last_deploy (self->status);

  if (self->job != NULL)
    return dw_deploy_job_get_status (self->job);

  return last != NULL ? dw_deploy_get_status (last) : DW_DEPLOY_PENDING;
}

/* The tag, and while the image comes how much of it. */
static void
show_detail (DwDeployProgress *self, gint64 done, gint64 total)
{
  DwDeploy *last = dw_stage_status_get_last_deploy (self->status);
  const char *tag = last != NULL ? dw_deploy_get_tag (last) : NULL;
  g_autoptr (GString) text = g_string_new (tag);

  if (total > 0)
    {
      g_autofree char *done_text = g_format_size ((guint64) done);
      g_autofree char *total_text = g_format_size ((guint64) total);

      if (text->len > 0)
        g_string_append (text, " · ");
      /* Translators: bytes pulled, as in “12 MB of 80 MB” */
      g_string_append_printf (text, _ ("%s of %s"), done_text, total_text);
    }

  gtk_label_set_label (self->detail_label, text->str);
  gtk_widget_set_visible (GTK_WIDGET (self->detail_label), text->len > 0);
}

static void
show (DwDeployProgress *self)
{
  gboolean is_deploying = self->status != NULL && dw_stage_status_is_deploying (self->status);

  gtk_widget_set_visible (GTK_WIDGET (self), is_deploying);
  if (!is_deploying)
    {
      set_pulsing (self, FALSE);
      return;
    }

  DwDeployStatus phase = get_phase (self);
  gint64 total = self->job != NULL ? dw_deploy_job_get_pull_total (self->job) : 0;
  gint64 done = self->job != NULL ? dw_deploy_job_get_pull_done (self->job) : 0;
  gboolean is_measured = phase == DW_DEPLOY_PULLING && total > 0;
  gboolean is_tried = self->job != NULL && dw_deploy_job_get_canary_percent (self->job) > 0;
  const char *log = dw_stage_status_get_log (self->status);

  if (!g_str_equal (gtk_label_get_label (self->phase_label), dw_format_deploy_status (phase)))
    {
      gtk_label_set_label (self->phase_label, dw_format_deploy_status (phase));
      /* On another page nobody listens. */
      if (gtk_widget_get_mapped (GTK_WIDGET (self)))
        dw_compat_announce (GTK_WIDGET (self->phase_label), dw_format_deploy_status (phase));
    }
  show_detail (self, done, is_measured ? total : 0);
  gtk_widget_set_visible (self->cancel_button, self->job != NULL && !is_tried);
  gtk_widget_set_visible (GTK_WIDGET (self->progress_bar), !is_tried);
  set_pulsing (self, !is_measured && !is_tried && gtk_widget_get_mapped (GTK_WIDGET (self)));
  if (is_measured)
    gtk_progress_bar_set_fraction (self->progress_bar, (double) done / (double) total);
  gtk_label_set_label (self->log_label, log != NULL ? log : "");
  gtk_widget_set_visible (GTK_WIDGET (self->log_label), log != NULL);
}

static void
follow_job (DwDeployProgress *self)
{
  DwDeployJob *job = self->status != NULL ? dw_stage_status_get_job (self->status) : NULL;

  if (self->job == job)
    return;

  if (self->job != NULL)
    g_signal_handlers_disconnect_by_func (self->job, show, self);
  g_set_object (&self->job, job);
  g_object_set (self->canary, "job", job, NULL);
  if (job != NULL)
    g_signal_connect_object (job, "notify", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
}

static void
on_status_changed (DwDeployProgress *self)
{
  follow_job (self);
  show (self);
}

static void
set_status (DwDeployProgress *self, DwStageStatus *status)
{
  if (self->status != NULL)
    g_signal_handlers_disconnect_by_func (self->status, on_status_changed, self);
  g_set_object (&self->status, status);
  if (status != NULL)
    g_signal_connect_object (status, "notify", G_CALLBACK (on_status_changed), self,
                             G_CONNECT_SWAPPED);
}

static void
dw_deploy_progress_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (dw_deploy_progress_parent_class)->map (widget);
  show (DW_DEPLOY_PROGRESS (widget));
}

static void
dw_deploy_progress_unmap (GtkWidget *widget)
{
  set_pulsing (DW_DEPLOY_PROGRESS (widget), FALSE);
  GTK_WIDGET_CLASS (dw_deploy_progress_parent_class)->unmap (widget);
}

static void
dw_deploy_progress_dispose (GObject *object)
{
  DwDeployProgress *self = DW_DEPLOY_PROGRESS (object);

  set_pulsing (self, FALSE);
  set_status (self, NULL);
  follow_job (self);

  G_OBJECT_CLASS (dw_deploy_progress_parent_class)->dispose (object);
}

static void
dw_deploy_progress_get_property (GObject *object,
                                 guint property_id,
                                 GValue *value,
                                 GParamSpec *pspec)
{
  switch (property_id)
    {
    case PROP_STATUS:
      g_value_set_object (value, DW_DEPLOY_PROGRESS (object)->status);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_deploy_progress_set_property (GObject *object,
                                 guint property_id,
                                 const GValue *value,
                                 GParamSpec *pspec)
{
  DwDeployProgress *self = DW_DEPLOY_PROGRESS (object);

  switch (property_id)
    {
    case PROP_STATUS:
      if (self->status != g_value_get_object (value))
        {
          set_status (self, g_value_get_object (value));
          on_status_changed (self);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_deploy_progress_class_init (DwDeployProgressClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = dw_deploy_progress_dispose;
  object_class->get_property = dw_deploy_progress_get_property;
  object_class->set_property = dw_deploy_progress_set_property;
  widget_class->map = dw_deploy_progress_map;
  widget_class->unmap = dw_deploy_progress_unmap;

  properties[PROP_STATUS] = g_param_spec_object ("status", NULL, NULL, DW_TYPE_STAGE_STATUS,
                                                 G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY |
                                                     G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  g_type_ensure (DW_TYPE_CANARY_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-deploy-progress.ui");
  gtk_widget_class_bind_template_child (widget_class, DwDeployProgress, phase_label);
  gtk_widget_class_bind_template_child (widget_class, DwDeployProgress, detail_label);
  gtk_widget_class_bind_template_child (widget_class, DwDeployProgress, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, DwDeployProgress, canary);
  gtk_widget_class_bind_template_child (widget_class, DwDeployProgress, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, DwDeployProgress, log_label);
}

static void
dw_deploy_progress_init (DwDeployProgress *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
