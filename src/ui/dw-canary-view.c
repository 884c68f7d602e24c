/* dw-canary-view.c: a new version that gets a few of the requests, for a while
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It is watched all that time, and the first that is wrong with it ends it: as long as it is tried
 * it is healthy.
 */

#include "config.h"

#include "ui/dw-canary-view.h"

#include <glib/gi18n.h>

#include "ui/dw-format.h"

#define TICK_MS 250

struct _DwCanaryView
{
  AdwBin parent_instance;

  DwDeployJob *job; /* nullable */
  guint tick_source;
  gboolean is_answered; /* somebody has said how it is to go on */

  GtkLabel *share_label;
  GtkLabel *time_label;
  GtkProgressBar *progress_bar;
};

enum
{
  PROP_JOB = 1,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (DwCanaryView, dw_canary_view, ADW_TYPE_BIN)

static void
show_time (DwCanaryView *self)
{
  gint64 left_ms = 0;
  gint64 whole_ms = dw_deploy_job_get_canary_ms (self->job, &left_ms);
  g_autofree char *left = g_strdup_printf ("%d:%02d", (int) (left_ms / 60000),
                                           (int) (left_ms / 1000 % 60));
  /* Translators: %s is a time in minutes and seconds */
  g_autofree char *text = g_strdup_printf (_ ("%s left · healthy so far"), left);

  gtk_label_set_label (self->time_label, text);
  gtk_progress_bar_set_fraction (self->progress_bar, 1 - (double) left_ms / (double) whole_ms);
}

static gboolean
on_tick (gpointer user_data)
{
  show_time (user_data);

  return G_SOURCE_CONTINUE;
}

/* As long as somebody sees it. */
static void
follow_time (DwCanaryView *self, gboolean follows)
{
  if (follows && self->tick_source == 0)
    self->tick_source = g_timeout_add (TICK_MS, on_tick, self);
  else if (!follows)
    g_clear_handle_id (&self->tick_source, g_source_remove);
}

static void
enable_actions (DwCanaryView *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "canary.go-on", !self->is_answered);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "canary.go-back", !self->is_answered);
}

static void
show (DwCanaryView *self)
{
  int percent = self->job != NULL ? dw_deploy_job_get_canary_percent (self->job) : 0;
  g_autofree char *text = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self), percent > 0);
  if (percent == 0)
    {
      follow_time (self, FALSE);
      return;
    }

  /* Translators: what part of the requests a new version gets while it is tried */
  text = g_strdup_printf (_ ("Gets %d %% of the requests"), percent);
  gtk_label_set_label (self->share_label, text);
  show_time (self);
  enable_actions (self);
  follow_time (self, gtk_widget_get_mapped (GTK_WIDGET (self)));
}

static void
answer (DwCanaryView *self)
{
  self->is_answered = TRUE;
  enable_actions (self);
}

static void
go_on (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  answer (DW_CANARY_VIEW (widget));
  dw_deploy_job_go_on (DW_CANARY_VIEW (widget)->job);
}

static void
go_back (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  answer (DW_CANARY_VIEW (widget));
  dw_deploy_job_cancel (DW_CANARY_VIEW (widget)->job);
}

static void
set_job (DwCanaryView *self, DwDeployJob *job)
{
  if (self->job != NULL)
    g_signal_handlers_disconnect_by_func (self->job, show, self);
  g_set_object (&self->job, job);
  self->is_answered = FALSE;
  if (job != NULL)
    g_signal_connect_object (job, "notify::canary-percent", G_CALLBACK (show), self,
                             G_CONNECT_SWAPPED);
}

static void
dw_canary_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (dw_canary_view_parent_class)->map (widget);
  show (DW_CANARY_VIEW (widget));
}

static void
dw_canary_view_unmap (GtkWidget *widget)
{
  follow_time (DW_CANARY_VIEW (widget), FALSE);
  GTK_WIDGET_CLASS (dw_canary_view_parent_class)->unmap (widget);
}

static void
dw_canary_view_dispose (GObject *object)
{
  DwCanaryView *self = DW_CANARY_VIEW (object);

  follow_time (self, FALSE);
  set_job (self, NULL);

  G_OBJECT_CLASS (dw_canary_view_parent_class)->dispose (object);
}

static void
dw_canary_view_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  switch (property_id)
    {
    case PROP_JOB:
      g_value_set_object (value, DW_CANARY_VIEW (object)->job);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_canary_view_set_property (GObject *object,
                             guint property_id,
                             const GValue *value,
                             GParamSpec *pspec)
{
  DwCanaryView *self = DW_CANARY_VIEW (object);

  switch (property_id)
    {
    case PROP_JOB:
      if (self->job != g_value_get_object (value))
        {
          set_job (self, g_value_get_object (value));
          show (self);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_canary_view_class_init (DwCanaryViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = dw_canary_view_dispose;
  object_class->get_property = dw_canary_view_get_property;
  object_class->set_property = dw_canary_view_set_property;
  widget_class->map = dw_canary_view_map;
  widget_class->unmap = dw_canary_view_unmap;

  properties[PROP_JOB] = g_param_spec_object ("job", NULL, NULL, DW_TYPE_DEPLOY_JOB,
                                              G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY |
                                                  G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-canary-view.ui");
  gtk_widget_class_bind_template_child (widget_class, DwCanaryView, share_label);
  gtk_widget_class_bind_template_child (widget_class, DwCanaryView, time_label);
  gtk_widget_class_bind_template_child (widget_class, DwCanaryView, progress_bar);

  gtk_widget_class_install_action (widget_class, "canary.go-on", NULL, go_on);
  gtk_widget_class_install_action (widget_class, "canary.go-back", NULL, go_back);
}

static void
dw_canary_view_init (DwCanaryView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
