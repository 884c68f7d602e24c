/* dw-engine-banner.c: why the engine cannot be reached, and what to do
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It lies over a page for as long as the problem does, and takes no room otherwise.
 */

#include "config.h"

#include "ui/dw-engine-banner.h"

struct _DwEngineBanner
{
  AdwBin parent_instance;

  DwEngineStatus *status;
  gboolean is_narrow;

  GtkOrientable *content;
};

enum
{
  PROP_STATUS = 1,
  PROP_NARROW,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (DwEngineBanner, dw_engine_banner, ADW_TYPE_BIN)

static gboolean
is_unreachable (DwEngineBanner *self, DwEngineState state)
{
  return state == DW_ENGINE_STATE_UNREACHABLE;
}

static void
dw_engine_banner_dispose (GObject *object)
{
  g_clear_object (&DW_ENGINE_BANNER (object)->status);

  G_OBJECT_CLASS (dw_engine_banner_parent_class)->dispose (object);
}

static void
dw_engine_banner_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  DwEngineBanner *self = DW_ENGINE_BANNER (object);

  switch (property_id)
    {
    case PROP_STATUS:
      g_value_set_object (value, self->status);
      break;
    case PROP_NARROW:
      g_value_set_boolean (value, self->is_narrow);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_engine_banner_set_property (GObject *object,
                               guint property_id,
                               const GValue *value,
                               GParamSpec *pspec)
{
  DwEngineBanner *self = DW_ENGINE_BANNER (object);

  switch (property_id)
    {
    case PROP_STATUS:
      if (g_set_object (&self->status, g_value_get_object (value)))
        g_object_notify_by_pspec (object, pspec);
      break;
    case PROP_NARROW:
      if (self->is_narrow != g_value_get_boolean (value))
        {
          self->is_narrow = g_value_get_boolean (value);
          gtk_orientable_set_orientation (self->content, self->is_narrow
                                                             ? GTK_ORIENTATION_VERTICAL
                                                             : GTK_ORIENTATION_HORIZONTAL);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_engine_banner_class_init (DwEngineBannerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = dw_engine_banner_dispose;
  object_class->get_property = dw_engine_banner_get_property;
  object_class->set_property = dw_engine_banner_set_property;

  properties[PROP_STATUS] = g_param_spec_object ("status", NULL, NULL, DW_TYPE_ENGINE_STATUS,
                                                 G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY |
                                                     G_PARAM_STATIC_STRINGS);
  properties[PROP_NARROW] = g_param_spec_boolean ("narrow", NULL, NULL, FALSE,
                                                  G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY |
                                                      G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  g_type_ensure (DW_TYPE_ENGINE_STATUS);
  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-engine-banner.ui");
  gtk_widget_class_bind_template_child (widget_class, DwEngineBanner, content);
  gtk_widget_class_bind_template_callback (widget_class, is_unreachable);
}

static void
dw_engine_banner_init (DwEngineBanner *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
