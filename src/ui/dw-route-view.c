/* dw-route-view.c: whether a stage's route leads to it, and what repairs it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The route is asked for while the view is seen, and when the window is come back to: whoever
 * removes a route does so in another one.
 */

#include "config.h"

#include "ui/dw-route-view.h"

#include <glib/gi18n.h>

#include "ui/dw-compat.h"
#include "ui/dw-format.h"
#include "ui/dw-stage-action.h"

/* What is done sooner than that needs no spinner. */
#define SPINNER_DELAY_MS 200

struct _DwRouteView
{
  AdwBin parent_instance;

  DwRouteStatus *route;      /* nullable */
  DwStageStatus *status;     /* nullable */
  DwDeployer *deployer;      /* nullable */
  GCancellable *cancellable; /* nullable: while it is repaired */
  guint spinner_source;
  GtkWindow *window; /* nullable: that it is seen in */

  GtkWidget *box;
  GtkImage *image;
  GtkSpinner *spinner;
  GtkLabel *label;
  GtkWidget *button_box;
  GtkButton *repair_button;
  GtkWidget *check_button;
  GtkWidget *cancel_button;
};

enum
{
  PROP_ROUTE = 1,
  PROP_STATUS,
  PROP_DEPLOYER,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (DwRouteView, dw_route_view, ADW_TYPE_BIN)

/* --- What is shown ------------------------------------------------------------------------------
 */

static const char *
get_proxy_name (DwProxyKind kind)
{
  switch (kind)
    {
    case DW_PROXY_KIND_GATEWAY:
    case DW_PROXY_KIND_TRAEFIK:
      return _ ("The gateway");
    case DW_PROXY_KIND_NPM:
      return "Nginx Proxy Manager";
    case DW_PROXY_KIND_CADDY:
      return "Caddy";
    case DW_PROXY_KIND_NONE:
    default:
      return _ ("The proxy");
    }
}

/* Returns: (transfer full): a sentence */
static char *
describe (DwRouteStatus *route)
{
  const char *name = get_proxy_name (dw_route_status_get_proxy_kind (route));
  const char *detail = dw_route_status_get_detail (route);

  switch (dw_route_status_get_condition (route))
    {
    case DW_ROUTE_NO_PROXY:
      return g_strdup (_ ("Reached by its port, without a proxy"));
    case DW_ROUTE_LEFT:
      /* Translators: what follows is a sentence about a route */
      return g_strdup_printf (_ ("Has an old route. %s"), detail);
    case DW_ROUTE_NOT_MADE:
      return g_strdup (_ ("Has no route yet; the next deploy makes it"));
    case DW_ROUTE_SERVING:
      /* Translators: a proxy, such as “The gateway” or “Caddy”, whose route leads to the stage */
      return g_strdup_printf (_ ("%s leads here"), name);
    case DW_ROUTE_MISSING:
      /* Translators: a proxy, such as “The gateway” or “Caddy” */
      return detail != NULL ? g_strdup_printf (_ ("%s has no route here. %s"), name, detail)
                            : g_strdup_printf (_ ("%s has no route here"), name);
    case DW_ROUTE_ELSEWHERE:
      /* Translators: a proxy, and the address to which it leads */
      return g_strdup_printf (_ ("%s leads to %s instead"), name,
                              detail != NULL ? detail : _ ("something else"));
    case DW_ROUTE_TAKEN:
      /* Translators: a proxy, such as “The gateway” or “Caddy” */
      return g_strdup_printf (_ ("%s has another route for this host name; give the stage another "
                                 "one, or remove that route"),
                              name);
    case DW_ROUTE_FAILING:
      return detail != NULL
                 ? g_strdup_printf (_ ("The route does not work. %s says: %s"), name, detail)
                 : g_strdup (_ ("The route does not work"));
    case DW_ROUTE_UNREACHABLE:
      if (dw_route_status_get_proxy_kind (route) == DW_PROXY_KIND_GATEWAY)
        return g_strdup (_ ("The gateway does not answer"));
      return dw_format_sentence (detail);
    case DW_ROUTE_UNKNOWN:
      return dw_format_sentence (detail);
    case DW_ROUTE_UNSEEN:
    default:
      return g_strdup ("");
    }
}

static void
show_state (DwRouteView *self, DwRouteCondition condition)
{
  gboolean is_problem = dw_route_condition_is_problem (condition);
  gboolean is_good = condition == DW_ROUTE_SERVING;
  gboolean is_repaired = self->cancellable != NULL;
  g_autofree char *text = is_repaired ? g_strdup (_ ("Repairing the route…"))
                                      : describe (self->route);
  const char *detail = dw_route_status_get_detail (self->route);
  const char *calm_classes[] = { "stage-route", NULL };
  const char *problem_classes[] = { "stage-problem", NULL };
  const char *good_classes[] = { "success", NULL };
  const char *bad_classes[] = { "error", NULL };

  gtk_widget_set_css_classes (self->box, is_problem ? problem_classes : calm_classes);
  gtk_image_set_from_icon_name (self->image,
                                is_problem ? "dialog-warning-symbolic" : "object-select-symbolic");
  gtk_widget_set_css_classes (GTK_WIDGET (self->image), is_problem ? bad_classes : good_classes);
  gtk_widget_set_visible (GTK_WIDGET (self->image),
                          (is_problem || is_good) &&
                              !gtk_widget_get_visible (GTK_WIDGET (self->spinner)));
  gtk_label_set_label (self->label, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->label), detail != NULL ? detail : text);
  if (is_problem || is_repaired)
    gtk_widget_remove_css_class (GTK_WIDGET (self->label), "dim-label");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->label), "dim-label");
}

/* There is one for each stage; to who does not see them, the buttons say which they are of. */
static void
show_buttons (DwRouteView *self, DwRouteCondition condition)
{
  DwProxyKind kind = dw_route_status_get_proxy_kind (self->route);
  const char *stage = dw_stage_get_name (dw_stage_status_get_stage (self->status));
  gboolean is_repaired = self->cancellable != NULL;
  gboolean can_repair = dw_route_condition_can_be_repaired (condition, kind);
  gboolean is_new = condition == DW_ROUTE_NOT_MADE;
  /* Translators: %s is a stage */
  g_autofree char *repair = g_strdup_printf (
      is_new ? _ ("Add the route of %s") : _ ("Repair the route of %s"), stage);
  g_autofree char *check = g_strdup_printf (_ ("Check the route of %s again"), stage);

  gtk_button_set_label (self->repair_button, is_new ? _ ("Add Route") : _ ("Repair"));
  gtk_widget_set_visible (GTK_WIDGET (self->repair_button), can_repair && !is_repaired);
  gtk_widget_set_visible (self->check_button,
                          dw_route_condition_is_problem (condition) && !can_repair && !is_repaired);
  gtk_widget_set_visible (self->cancel_button, is_repaired);
  gtk_widget_set_visible (self->button_box,
                          can_repair || is_repaired || dw_route_condition_is_problem (condition));
  dw_compat_set_accessible_name (GTK_WIDGET (self->repair_button), repair);
  dw_compat_set_accessible_name (self->check_button, check);
}

static void
show (DwRouteView *self)
{
  DwRouteCondition condition = self->route != NULL ? dw_route_status_get_condition (self->route)
                                                   : DW_ROUTE_UNSEEN;
  gboolean is_free = self->status != NULL && !dw_stage_status_is_deploying (self->status);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "route.repair",
                                 self->deployer != NULL && is_free && self->cancellable == NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "route.cancel", self->cancellable != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "route.check",
                                 self->route != NULL && !dw_route_status_is_checking (self->route));
  gtk_widget_set_visible (self->box, condition != DW_ROUTE_UNSEEN && is_free);
  if (condition == DW_ROUTE_UNSEEN || self->status == NULL)
    return;

  show_state (self, condition);
  show_buttons (self, condition);
}

/* --- To repair ----------------------------------------------------------------------------------
 */

static gboolean
on_spinner_due (gpointer user_data)
{
  DwRouteView *self = user_data;

  self->spinner_source = 0;
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), TRUE);
  gtk_spinner_start (self->spinner);
  show (self);

  return G_SOURCE_REMOVE;
}

static void
stop_spinner (DwRouteView *self)
{
  g_clear_handle_id (&self->spinner_source, g_source_remove);
  gtk_spinner_stop (self->spinner);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), FALSE);
}

static void
on_repaired (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (DwRouteView) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_repaired = dw_stage_action_finish (result, &error);
  GtkWidget *widget = GTK_WIDGET (self);

  g_clear_object (&self->cancellable);
  if (self->status == NULL || self->route == NULL)
    return;

  stop_spinner (self);
  if (is_repaired)
    {
      g_autofree char *message = g_strdup_printf (
          _ ("The route leads to %s again"),
          dw_stage_get_name (dw_stage_status_get_stage (self->status)));

      gtk_widget_activate_action (widget, "win.announce", "s", message);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    gtk_widget_activate_action (widget, "win.announce-problem", "s", error->message);

  show (self);
  dw_route_status_check (self->route);
}

/* It goes on when the page is left. */
static void
repair (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwRouteView *self = DW_ROUTE_VIEW (widget);

  self->cancellable = g_cancellable_new ();
  self->spinner_source = g_timeout_add (SPINNER_DELAY_MS, on_spinner_due, self);
  show (self);
  dw_stage_action_async (
      self->deployer, dw_entity_get_id (DW_ENTITY (dw_stage_status_get_stage (self->status))),
      DW_STAGE_ACTION_REPAIR, self->cancellable, on_repaired, g_object_ref (self));
}

static void
cancel (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  g_cancellable_cancel (DW_ROUTE_VIEW (widget)->cancellable);
}

static void
check (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  dw_route_status_check (DW_ROUTE_VIEW (widget)->route);
}

/* --- The class ----------------------------------------------------------------------------------
 */

static void
set_route (DwRouteView *self, DwRouteStatus *route)
{
  if (self->route != NULL)
    {
      g_signal_handlers_disconnect_by_func (self->route, show, self);
      dw_route_status_set_active (self->route, FALSE);
    }
  g_set_object (&self->route, route);
  if (route == NULL)
    return;

  g_signal_connect_object (route, "notify", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    dw_route_status_set_active (route, TRUE);
}

static void
set_status (DwRouteView *self, DwStageStatus *status)
{
  if (self->status != NULL)
    g_signal_handlers_disconnect_by_func (self->status, show, self);
  g_set_object (&self->status, status);
  if (status != NULL)
    g_signal_connect_object (status, "notify", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
}

static void
on_window_active (DwRouteView *self)
{
  if (self->route != NULL && gtk_window_is_active (self->window))
    dw_route_status_check (self->route);
}

static void
set_window (DwRouteView *self, GtkWindow *window)
{
  if (self->window != NULL)
    g_signal_handlers_disconnect_by_func (self->window, on_window_active, self);
  self->window = window;
  if (window != NULL)
    g_signal_connect_object (window, "notify::is-active", G_CALLBACK (on_window_active), self,
                             G_CONNECT_SWAPPED);
  if (self->route != NULL)
    dw_route_status_set_active (self->route, window != NULL);
}

static void
dw_route_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (dw_route_view_parent_class)->map (widget);
  set_window (DW_ROUTE_VIEW (widget), GTK_WINDOW (gtk_widget_get_root (widget)));
}

static void
dw_route_view_unmap (GtkWidget *widget)
{
  set_window (DW_ROUTE_VIEW (widget), NULL);
  GTK_WIDGET_CLASS (dw_route_view_parent_class)->unmap (widget);
}

static void
dw_route_view_dispose (GObject *object)
{
  DwRouteView *self = DW_ROUTE_VIEW (object);

  g_clear_handle_id (&self->spinner_source, g_source_remove);
  set_route (self, NULL);
  set_status (self, NULL);
  g_clear_object (&self->deployer);

  G_OBJECT_CLASS (dw_route_view_parent_class)->dispose (object);
}

static void
dw_route_view_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  DwRouteView *self = DW_ROUTE_VIEW (object);

  switch (property_id)
    {
    case PROP_ROUTE:
      g_value_set_object (value, self->route);
      break;
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
dw_route_view_set_property (GObject *object,
                            guint property_id,
                            const GValue *value,
                            GParamSpec *pspec)
{
  DwRouteView *self = DW_ROUTE_VIEW (object);
  gpointer given = g_value_get_object (value);

  switch (property_id)
    {
    case PROP_ROUTE:
      if (self->route == given)
        return;
      set_route (self, given);
      break;
    case PROP_STATUS:
      if (self->status == given)
        return;
      set_status (self, given);
      break;
    case PROP_DEPLOYER:
      if (!g_set_object (&self->deployer, given))
        return;
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      return;
    }

  show (self);
  g_object_notify_by_pspec (object, pspec);
}

static void
dw_route_view_class_init (DwRouteViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = dw_route_view_dispose;
  object_class->get_property = dw_route_view_get_property;
  object_class->set_property = dw_route_view_set_property;
  widget_class->map = dw_route_view_map;
  widget_class->unmap = dw_route_view_unmap;

  properties[PROP_ROUTE] = g_param_spec_object ("route", NULL, NULL, DW_TYPE_ROUTE_STATUS, flags);
  properties[PROP_STATUS] = g_param_spec_object ("status", NULL, NULL, DW_TYPE_STAGE_STATUS, flags);
  properties[PROP_DEPLOYER] = g_param_spec_object ("deployer", NULL, NULL, DW_TYPE_DEPLOYER, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-route-view.ui");
  gtk_widget_class_bind_template_child (widget_class, DwRouteView, box);
  gtk_widget_class_bind_template_child (widget_class, DwRouteView, image);
  gtk_widget_class_bind_template_child (widget_class, DwRouteView, spinner);
  gtk_widget_class_bind_template_child (widget_class, DwRouteView, label);
  gtk_widget_class_bind_template_child (widget_class, DwRouteView, button_box);
  gtk_widget_class_bind_template_child (widget_class, DwRouteView, repair_button);
  gtk_widget_class_bind_template_child (widget_class, DwRouteView, check_button);
  gtk_widget_class_bind_template_child (widget_class, DwRouteView, cancel_button);

  gtk_widget_class_install_action (widget_class, "route.repair", NULL, repair);
  gtk_widget_class_install_action (widget_class, "route.cancel", NULL, cancel);
  gtk_widget_class_install_action (widget_class, "route.check", NULL, check);
}

static void
dw_route_view_init (DwRouteView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
