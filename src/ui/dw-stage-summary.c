/* dw-stage-summary.c: what runs in a stage, since when and where, and what went wrong last
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ui/dw-stage-summary.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/dw-compat.h"
#include "ui/dw-format.h"
#include "ui/dw-route-view.h"

/* How often what is said of an age is made true again. */
#define AGE_INTERVAL_S 30

struct _DwStageSummary
{
  AdwBin parent_instance;

  DwStageStatus *status; /* nullable */
  DwRouteStatus *route;  /* nullable */
  DwDeployer *deployer;  /* nullable */
  guint age_source;

  GtkWidget *instance_box;
  GtkLabel *tag_label;
  GtkWidget *digest_button;
  GtkLabel *age_label;
  GtkWidget *address_button;
  GtkWidget *nothing_label;
  GtkWidget *problem_box;
  GtkLabel *problem_label;
  GtkWidget *log_button;
};

enum
{
  PROP_STATUS = 1,
  PROP_ROUTE,
  PROP_DEPLOYER,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (DwStageSummary, dw_stage_summary, ADW_TYPE_BIN)

static void
show_age (DwStageSummary *self)
{
  DwDeploy *deploy = dw_stage_status_get_deploy (self->status);
  g_autofree char *age = NULL;
  g_autofree char *text = NULL;

  if (deploy == NULL)
    return;

  age = dw_format_age (dw_deploy_get_finished_at (deploy));
  /* Translators: when and what for, as in “Deployed 5 minutes ago by a rollback” */
  text = g_strdup_printf (_ ("Deployed %1$s %2$s"), age,
                          dw_format_trigger (dw_deploy_get_trigger (deploy)));
  gtk_label_set_label (self->age_label, text);
}

static void
show_instance (DwStageSummary *self)
{
  DwInstance *instance = dw_stage_status_get_instance (self->status);
  const char *address = dw_stage_status_get_address (self->status);
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
  gtk_button_set_label (GTK_BUTTON (self->digest_button), digest);
  dw_compat_let_shrink (GTK_BUTTON (self->digest_button));
  show_age (self);

  is_reachable = address != NULL && dw_instance_get_status (instance) == DW_INSTANCE_RUNNING;
  gtk_widget_set_visible (self->address_button, is_reachable);
  if (is_reachable)
    {
      const char *rest = strstr (address, "://");

      gtk_link_button_set_uri (GTK_LINK_BUTTON (self->address_button), address);
      gtk_button_set_label (GTK_BUTTON (self->address_button),
                            rest != NULL ? rest + strlen ("://") : address);
      dw_compat_let_shrink (GTK_BUTTON (self->address_button));
      gtk_widget_set_tooltip_text (self->address_button, address);
    }
}

/* The newest deploy, if it came to nothing. */
static DwDeploy *
get_failed_deploy (DwStageSummary *self)
{
  DwDeploy *last = dw_stage_status_get_last_deploy (self->status);

  return last != NULL && dw_deploy_status_has_ended (dw_deploy_get_status (last)) &&
                 dw_deploy_get_status (last) != DW_DEPLOY_SUCCESS &&
                 dw_deploy_get_error (last) != NULL
             ? last
             : NULL;
}

/* Why the last attempt came to nothing, until the next one. */
static char *
make_problem_text (DwStageSummary *self)
{
  DwDeploy *failed = get_failed_deploy (self);

  if (dw_stage_status_get_problem (self->status) != NULL)
    return g_strdup (dw_stage_status_get_problem (self->status));
  if (failed == NULL)
    return NULL;

  g_autofree char *age = dw_format_age (dw_deploy_get_finished_at (failed));
  const char *tag = dw_deploy_get_tag (failed);

  /* Translators: a tag, when, and the reason: “v3 failed 5 minutes ago: …” */
  return g_strdup_printf (
      dw_deploy_get_status (failed) == DW_DEPLOY_ROLLED_BACK ? _ ("%1$s was rolled back %2$s: %3$s")
                                                             : _ ("%1$s failed %2$s: %3$s"),
      /* Translators: what stands for a tag, as in “The last deploy failed 5 minutes ago: …” */
      tag != NULL ? tag : _ ("The last deploy"), age, dw_deploy_get_error (failed));
}

static void
show_problem (DwStageSummary *self)
{
  g_autofree char *text = dw_stage_status_is_deploying (self->status) ? NULL
                                                                      : make_problem_text (self);

  gtk_label_set_label (self->problem_label, text != NULL ? text : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->problem_label), text);
  gtk_widget_set_visible (self->problem_box, text != NULL);
  gtk_widget_set_visible (self->log_button, get_failed_deploy (self) != NULL);
}

static gboolean
on_age (gpointer user_data)
{
  show_age (user_data);
  show_problem (user_data);

  return G_SOURCE_CONTINUE;
}

/* There is a summary for each stage; to who does not see them, their buttons say which they are of.
 */
static void
name_buttons (DwStageSummary *self)
{
  const char *name = dw_stage_get_name (dw_stage_status_get_stage (self->status));
  g_autofree char *digest = g_strdup_printf (_ ("Copy the digest of %s"), name);
  g_autofree char *log = g_strdup_printf (_ ("Show the log of the last deploy to %s"), name);

  dw_compat_set_accessible_name (self->digest_button, digest);
  dw_compat_set_accessible_name (self->log_button, log);
}

static void
show (DwStageSummary *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  show_instance (self);
  show_problem (self);
  name_buttons (self);
  gtk_widget_action_set_enabled (widget, "summary.copy-digest",
                                 dw_stage_status_get_instance (self->status) != NULL);
  gtk_widget_action_set_enabled (widget, "summary.show-log", get_failed_deploy (self) != NULL);
}

static void
set_status (DwStageSummary *self, DwStageStatus *status)
{
  if (self->status != NULL)
    g_signal_handlers_disconnect_by_func (self->status, show, self);
  g_set_object (&self->status, status);
  if (status == NULL)
    return;

  g_signal_connect_object (status, "notify", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  show (self);
}

static void
copy_digest (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwStageSummary *self = DW_STAGE_SUMMARY (widget);
  DwInstance *instance = dw_stage_status_get_instance (self->status);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), dw_instance_get_digest (instance));
  gtk_widget_activate_action (widget, "win.announce", "s", _ ("Digest copied"));
}

static void
show_log (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwDeploy *failed = get_failed_deploy (DW_STAGE_SUMMARY (widget));

  if (failed != NULL)
    gtk_widget_activate_action (widget, "win.show-page", "(ss)", "deploy",
                                dw_entity_get_id (DW_ENTITY (failed)));
}

static void
dw_stage_summary_map (GtkWidget *widget)
{
  DwStageSummary *self = DW_STAGE_SUMMARY (widget);

  GTK_WIDGET_CLASS (dw_stage_summary_parent_class)->map (widget);
  self->age_source = g_timeout_add_seconds (AGE_INTERVAL_S, on_age, self);
  if (self->status != NULL)
    show (self);
}

static void
dw_stage_summary_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&DW_STAGE_SUMMARY (widget)->age_source, g_source_remove);
  GTK_WIDGET_CLASS (dw_stage_summary_parent_class)->unmap (widget);
}

static void
dw_stage_summary_dispose (GObject *object)
{
  DwStageSummary *self = DW_STAGE_SUMMARY (object);

  g_clear_handle_id (&self->age_source, g_source_remove);
  set_status (self, NULL);
  g_clear_object (&self->route);
  g_clear_object (&self->deployer);

  G_OBJECT_CLASS (dw_stage_summary_parent_class)->dispose (object);
}

static void
dw_stage_summary_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  switch (property_id)
    {
    case PROP_STATUS:
      g_value_set_object (value, DW_STAGE_SUMMARY (object)->status);
      break;
    case PROP_ROUTE:
      g_value_set_object (value, DW_STAGE_SUMMARY (object)->route);
      break;
    case PROP_DEPLOYER:
      g_value_set_object (value, DW_STAGE_SUMMARY (object)->deployer);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_stage_summary_set_property (GObject *object,
                               guint property_id,
                               const GValue *value,
                               GParamSpec *pspec)
{
  DwStageSummary *self = DW_STAGE_SUMMARY (object);

  switch (property_id)
    {
    case PROP_STATUS:
      if (self->status != g_value_get_object (value))
        {
          set_status (self, g_value_get_object (value));
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    case PROP_ROUTE:
      if (g_set_object (&self->route, g_value_get_object (value)))
        g_object_notify_by_pspec (object, pspec);
      break;
    case PROP_DEPLOYER:
      if (g_set_object (&self->deployer, g_value_get_object (value)))
        g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_stage_summary_class_init (DwStageSummaryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = dw_stage_summary_dispose;
  object_class->get_property = dw_stage_summary_get_property;
  object_class->set_property = dw_stage_summary_set_property;
  widget_class->map = dw_stage_summary_map;
  widget_class->unmap = dw_stage_summary_unmap;

  properties[PROP_STATUS] = g_param_spec_object ("status", NULL, NULL, DW_TYPE_STAGE_STATUS, flags);
  properties[PROP_ROUTE] = g_param_spec_object ("route", NULL, NULL, DW_TYPE_ROUTE_STATUS, flags);
  properties[PROP_DEPLOYER] = g_param_spec_object ("deployer", NULL, NULL, DW_TYPE_DEPLOYER, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  g_type_ensure (DW_TYPE_ROUTE_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-stage-summary.ui");
  gtk_widget_class_bind_template_child (widget_class, DwStageSummary, instance_box);
  gtk_widget_class_bind_template_child (widget_class, DwStageSummary, tag_label);
  gtk_widget_class_bind_template_child (widget_class, DwStageSummary, digest_button);
  gtk_widget_class_bind_template_child (widget_class, DwStageSummary, age_label);
  gtk_widget_class_bind_template_child (widget_class, DwStageSummary, address_button);
  gtk_widget_class_bind_template_child (widget_class, DwStageSummary, nothing_label);
  gtk_widget_class_bind_template_child (widget_class, DwStageSummary, problem_box);
  gtk_widget_class_bind_template_child (widget_class, DwStageSummary, problem_label);
  gtk_widget_class_bind_template_child (widget_class, DwStageSummary, log_button);

  gtk_widget_class_install_action (widget_class, "summary.copy-digest", NULL, copy_digest);
  gtk_widget_class_install_action (widget_class, "summary.show-log", NULL, show_log);
}

static void
dw_stage_summary_init (DwStageSummary *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Returns: (nullable): the address at which the stage is to be reached now */
const char *
dw_stage_summary_get_address (DwStageSummary *self)
{
  g_return_val_if_fail (DW_IS_STAGE_SUMMARY (self), NULL);

  return gtk_widget_get_visible (self->instance_box) &&
                 gtk_widget_get_visible (self->address_button)
             ? gtk_link_button_get_uri (GTK_LINK_BUTTON (self->address_button))
             : NULL;
}
