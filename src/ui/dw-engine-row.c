/* dw-engine-row.c: one line on whether the engine is there
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It stands at the foot of the sidebar. Why the engine cannot be reached is the banner's to say.
 */

#include "config.h"

#include "ui/dw-engine-row.h"

#include <glib/gi18n.h>

struct _DwEngineRow
{
  AdwBin parent_instance;

  DwEngineStatus *status;

  GtkStack *mark;
};

enum
{
  PROP_STATUS = 1,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (DwEngineRow, dw_engine_row, ADW_TYPE_BIN)

static gboolean
is_connecting (DwEngineRow *self, DwEngineState state)
{
  return state == DW_ENGINE_STATE_CONNECTING;
}

static gboolean
is_filled (DwEngineRow *self, const char *text)
{
  return text != NULL && *text != '\0';
}

static char *
format_title (DwEngineRow *self, DwEngineState state, const char *product, const char *version)
{
  switch (state)
    {
    case DW_ENGINE_STATE_CONNECTED:
      /* Translators: the engine's product and its version, as in “Docker 20.10.24” */
      return g_strdup_printf (_ ("%s %s"), product, version);
    case DW_ENGINE_STATE_UNREACHABLE:
      return g_strdup (_ ("Engine Unreachable"));
    case DW_ENGINE_STATE_CONNECTING:
    default:
      return g_strdup (_ ("Looking for the Engine…"));
    }
}

static void
show_mark (DwEngineRow *self)
{
  static const char *const names[] = { "connecting", "connected", "unreachable" };

  gtk_stack_set_visible_child_name (self->mark, names[dw_engine_status_get_state (self->status)]);
}

static void
set_status (DwEngineRow *self, DwEngineStatus *status)
{
  if (self->status == status)
    return;

  if (self->status != NULL)
    g_signal_handlers_disconnect_by_func (self->status, show_mark, self);
  g_set_object (&self->status, status);
  if (status != NULL)
    {
      g_signal_connect_object (status, "notify::state", G_CALLBACK (show_mark), self,
                               G_CONNECT_SWAPPED);
      show_mark (self);
    }

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS]);
}

static void
dw_engine_row_dispose (GObject *object)
{
  set_status (DW_ENGINE_ROW (object), NULL);

  G_OBJECT_CLASS (dw_engine_row_parent_class)->dispose (object);
}

static void
dw_engine_row_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  DwEngineRow *self = DW_ENGINE_ROW (object);

  switch (property_id)
    {
    case PROP_STATUS:
      g_value_set_object (value, self->status);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_engine_row_set_property (GObject *object,
                            guint property_id,
                            const GValue *value,
                            GParamSpec *pspec)
{
  DwEngineRow *self = DW_ENGINE_ROW (object);

  switch (property_id)
    {
    case PROP_STATUS:
      set_status (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_engine_row_class_init (DwEngineRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = dw_engine_row_dispose;
  object_class->get_property = dw_engine_row_get_property;
  object_class->set_property = dw_engine_row_set_property;

  properties[PROP_STATUS] = g_param_spec_object ("status", NULL, NULL, DW_TYPE_ENGINE_STATUS,
                                                 G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY |
                                                     G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  g_type_ensure (DW_TYPE_ENGINE_STATUS);
  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-engine-row.ui");
  gtk_widget_class_bind_template_child (widget_class, DwEngineRow, mark);
  gtk_widget_class_bind_template_callback (widget_class, is_connecting);
  gtk_widget_class_bind_template_callback (widget_class, is_filled);
  gtk_widget_class_bind_template_callback (widget_class, format_title);
}

static void
dw_engine_row_init (DwEngineRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
