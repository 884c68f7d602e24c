/* dw-welcome.c: what a person sees who has no project yet
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It says which engine was found, and offers the ways to a first project. What is wrong with an
 * engine that cannot be reached is said by the page's banner.
 */

#include "config.h"

#include "ui/dw-welcome.h"

#include <glib/gi18n.h>

#include "deploy/dw-engine-status.h"

struct _DwWelcome
{
  AdwBin parent_instance;

  DwEngineStatus *engine_status; /* nullable */

  GtkWidget *demo_row;
};

enum
{
  PROP_ENGINE_STATUS = 1,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (DwWelcome, dw_welcome, ADW_TYPE_BIN)

static char *
describe_engine (DwWelcome *self, DwEngineState state, const char *product, const char *version)
{
  switch (state)
    {
    case DW_ENGINE_STATE_CONNECTED:
      /* Translators: an engine and its version: Docker 26.1 */
      return g_strdup_printf (_ ("%s %s Is Ready"), product, version);
    case DW_ENGINE_STATE_UNREACHABLE:
      return g_strdup (_ ("No Engine Is Ready"));
    case DW_ENGINE_STATE_CONNECTING:
    default:
      return g_strdup (_ ("Looking for an Engine…"));
    }
}

static char *
get_engine_icon (DwWelcome *self, DwEngineState state)
{
  return g_strdup (state == DW_ENGINE_STATE_CONNECTED     ? "object-select-symbolic"
                   : state == DW_ENGINE_STATE_UNREACHABLE ? "dialog-warning-symbolic"
                                                          : "content-loading-symbolic");
}

static void
on_copy_clicked (DwWelcome *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self->demo_row)));
  gtk_widget_activate_action (GTK_WIDGET (self), "win.announce", "s", _ ("Command copied"));
}

static void
dw_welcome_dispose (GObject *object)
{
  g_clear_object (&DW_WELCOME (object)->engine_status);

  G_OBJECT_CLASS (dw_welcome_parent_class)->dispose (object);
}

static void
dw_welcome_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  switch (property_id)
    {
    case PROP_ENGINE_STATUS:
      g_value_set_object (value, DW_WELCOME (object)->engine_status);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_welcome_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  switch (property_id)
    {
    case PROP_ENGINE_STATUS:
      if (g_set_object (&DW_WELCOME (object)->engine_status, g_value_get_object (value)))
        g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_welcome_class_init (DwWelcomeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = dw_welcome_dispose;
  object_class->get_property = dw_welcome_get_property;
  object_class->set_property = dw_welcome_set_property;

  properties[PROP_ENGINE_STATUS] = g_param_spec_object (
      "engine-status", NULL, NULL, DW_TYPE_ENGINE_STATUS,
      G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  g_type_ensure (DW_TYPE_ENGINE_STATUS);
  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-welcome.ui");
  gtk_widget_class_bind_template_child (widget_class, DwWelcome, demo_row);
  gtk_widget_class_bind_template_callback (widget_class, describe_engine);
  gtk_widget_class_bind_template_callback (widget_class, get_engine_icon);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_clicked);
}

static void
dw_welcome_init (DwWelcome *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
