/* dw-section-row.c: one section in the sidebar
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ui/dw-section-row.h"

#include <glib/gi18n.h>

struct _DwSectionRow
{
  GtkListBoxRow parent_instance;

  char *section;
  char *title;
  char *icon_name;
  guint count;
  guint n_waiting;
};

enum
{
  PROP_SECTION = 1,
  PROP_TITLE,
  PROP_ICON_NAME,
  PROP_COUNT,
  PROP_N_WAITING,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (DwSectionRow, dw_section_row, GTK_TYPE_LIST_BOX_ROW)

static char *
format_count (DwSectionRow *self, guint count)
{
  /* Translators: a number of things, as the locale groups its digits */
  return count > 0 ? g_strdup_printf ("%'u", count) : g_strdup ("");
}

static gboolean
is_some (DwSectionRow *self, guint count)
{
  return count > 0;
}

static char *
describe_waiting (DwSectionRow *self, guint count)
{
  return g_strdup_printf (
      ngettext ("%u newer version waits for you", "%u newer versions wait for you", count), count);
}

static void
dw_section_row_finalize (GObject *object)
{
  DwSectionRow *self = DW_SECTION_ROW (object);

  g_free (self->section);
  g_free (self->title);
  g_free (self->icon_name);

  G_OBJECT_CLASS (dw_section_row_parent_class)->finalize (object);
}

static void
dw_section_row_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  DwSectionRow *self = DW_SECTION_ROW (object);

  switch (property_id)
    {
    case PROP_SECTION:
      g_value_set_string (value, self->section);
      break;
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_ICON_NAME:
      g_value_set_string (value, self->icon_name);
      break;
    case PROP_COUNT:
      g_value_set_uint (value, self->count);
      break;
    case PROP_N_WAITING:
      g_value_set_uint (value, self->n_waiting);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_section_row_set_property (GObject *object,
                             guint property_id,
                             const GValue *value,
                             GParamSpec *pspec)
{
  DwSectionRow *self = DW_SECTION_ROW (object);

  switch (property_id)
    {
    case PROP_SECTION:
      self->section = g_value_dup_string (value);
      break;
    case PROP_TITLE:
      self->title = g_value_dup_string (value);
      break;
    case PROP_ICON_NAME:
      self->icon_name = g_value_dup_string (value);
      break;
    case PROP_COUNT:
      if (self->count != g_value_get_uint (value))
        {
          self->count = g_value_get_uint (value);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    case PROP_N_WAITING:
      if (self->n_waiting != g_value_get_uint (value))
        {
          self->n_waiting = g_value_get_uint (value);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_section_row_class_init (DwSectionRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags once = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->finalize = dw_section_row_finalize;
  object_class->get_property = dw_section_row_get_property;
  object_class->set_property = dw_section_row_set_property;

  properties[PROP_SECTION] = g_param_spec_string ("section", NULL, NULL, NULL, once);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, once);
  properties[PROP_ICON_NAME] = g_param_spec_string ("icon-name", NULL, NULL, NULL, once);
  properties[PROP_COUNT] = g_param_spec_uint ("count", NULL, NULL, 0, G_MAXUINT, 0,
                                              G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY |
                                                  G_PARAM_STATIC_STRINGS);
  properties[PROP_N_WAITING] = g_param_spec_uint ("n-waiting", NULL, NULL, 0, G_MAXUINT, 0,
                                                  G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY |
                                                      G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-section-row.ui");
  gtk_widget_class_bind_template_callback (widget_class, format_count);
  gtk_widget_class_bind_template_callback (widget_class, is_some);
  gtk_widget_class_bind_template_callback (widget_class, describe_waiting);
}

static void
dw_section_row_init (DwSectionRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Returns: the name of the section's first page */
const char *
dw_section_row_get_section (DwSectionRow *self)
{
  g_return_val_if_fail (DW_IS_SECTION_ROW (self), NULL);

  return self->section;
}
