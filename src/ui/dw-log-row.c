/* dw-log-row.c: one line of a deploy's log
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ui/dw-log-row.h"

#include "model/dw-deploy-log.h"
#include "ui/dw-format.h"
#include "ui/dw-row-name.h"

struct _DwLogRow
{
  GtkWidget parent_instance;

  DwStoreRow *row; /* nullable */
  gulong row_handler;
  gboolean wraps;
  gboolean is_narrow;
  char *highlight;         /* nullable */
  const char *level_class; /* nullable: the one style class for the level */

  /* GTK 4.8 warns of a box that a wrapped label is in when it is narrow. */
  GtkWidget *grid;
  GtkLabel *time_label;
  GtkImage *level_image;
  GtkLabel *phase_label;
  GtkLabel *message_label;
};

enum
{
  PROP_WRAP = 1,
  PROP_NARROW,
  PROP_HIGHLIGHT,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (DwLogRow, dw_log_row, GTK_TYPE_WIDGET)

static const struct
{
  const char *icon_name;
  const char *css_class;
} levels[] = {
  [DW_LOG_DEBUG] = { "system-run-symbolic", "dim-label" },
  [DW_LOG_INFO] = { "dialog-information-symbolic", "info" },
  [DW_LOG_WARNING] = { "dialog-warning-symbolic", "warning" },
  [DW_LOG_ERROR] = { "dialog-error-symbolic", "error" },
};

/* As the store searches: ASCII letters match in both cases. */
static void
mark (DwLogRow *self, const char *message)
{
  gsize length = self->highlight != NULL ? strlen (self->highlight) : 0;
  g_autoptr (PangoAttrList) attributes = NULL;

  if (length > 0)
    {
      attributes = pango_attr_list_new ();
      for (const char *place = message; *place != '\0'; place++)
        if (g_ascii_strncasecmp (place, self->highlight, length) == 0)
          {
            PangoAttribute *colour = pango_attr_background_new (0xf9f9, 0xf0f0, 0x6b6b);
            PangoAttribute *ink = pango_attr_foreground_new (0, 0, 0);

            ink->start_index = colour->start_index = (guint) (place - message);
            ink->end_index = colour->end_index = (guint) ((gsize) (place - message) + length);
            pango_attr_list_insert (attributes, colour);
            pango_attr_list_insert (attributes, ink);
            place += length - 1;
          }
    }
  gtk_label_set_attributes (self->message_label, attributes);
}

static void
show_level (DwLogRow *self, DwLogLevel level)
{
  if (self->level_class != NULL)
    gtk_widget_remove_css_class (self->grid, self->level_class);
  self->level_class = levels[level].css_class;
  gtk_widget_add_css_class (self->grid, self->level_class);
  gtk_image_set_from_icon_name (self->level_image, levels[level].icon_name);
}

static void
show (DwLogRow *self)
{
  DwDeployLog *line = self->row != NULL ? (DwDeployLog *) dw_store_row_get_entity (self->row)
                                        : NULL;
  g_autofree char *clock = NULL;
  const char *message;

  gtk_widget_set_child_visible (GTK_WIDGET (self->level_image), line != NULL);
  if (line == NULL)
    {
      gtk_label_set_label (self->time_label, "");
      gtk_label_set_label (self->phase_label, "");
      gtk_label_set_label (self->message_label, "");
      return;
    }

  message = dw_deploy_log_get_message (line);
  clock = dw_format_clock (dw_entity_get_created_at (DW_ENTITY (line)));
  show_level (self, dw_deploy_log_get_level (line));
  gtk_label_set_label (self->time_label, clock);
  gtk_label_set_label (self->phase_label, dw_format_deploy_status (dw_deploy_log_get_phase (line)));
  gtk_label_set_label (self->message_label, message);
  dw_row_name_set (GTK_WIDGET (self), message);
  mark (self, message);
}

static void
dw_log_row_dispose (GObject *object)
{
  DwLogRow *self = DW_LOG_ROW (object);

  dw_log_row_set_row (self, NULL);
  g_clear_pointer (&self->grid, gtk_widget_unparent);

  G_OBJECT_CLASS (dw_log_row_parent_class)->dispose (object);
}

static void
dw_log_row_finalize (GObject *object)
{
  g_free (DW_LOG_ROW (object)->highlight);

  G_OBJECT_CLASS (dw_log_row_parent_class)->finalize (object);
}

static void
dw_log_row_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  DwLogRow *self = DW_LOG_ROW (object);

  switch (property_id)
    {
    case PROP_WRAP:
      g_value_set_boolean (value, self->wraps);
      break;
    case PROP_NARROW:
      g_value_set_boolean (value, self->is_narrow);
      break;
    case PROP_HIGHLIGHT:
      g_value_set_string (value, self->highlight);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
set_wraps (DwLogRow *self, gboolean wraps)
{
  self->wraps = wraps;
  gtk_label_set_wrap (self->message_label, wraps);
  gtk_label_set_single_line_mode (self->message_label, !wraps);
  gtk_label_set_ellipsize (self->message_label, wraps ? PANGO_ELLIPSIZE_NONE : PANGO_ELLIPSIZE_END);
}

static void
dw_log_row_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  DwLogRow *self = DW_LOG_ROW (object);

  switch (property_id)
    {
    case PROP_WRAP:
      set_wraps (self, g_value_get_boolean (value));
      break;
    case PROP_NARROW:
      self->is_narrow = g_value_get_boolean (value);
      gtk_widget_set_visible (GTK_WIDGET (self->phase_label), !self->is_narrow);
      break;
    case PROP_HIGHLIGHT:
      g_free (self->highlight);
      self->highlight = g_value_dup_string (value);
      show (self);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_log_row_class_init (DwLogRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->dispose = dw_log_row_dispose;
  object_class->finalize = dw_log_row_finalize;
  object_class->get_property = dw_log_row_get_property;
  object_class->set_property = dw_log_row_set_property;

  properties[PROP_WRAP] = g_param_spec_boolean ("wrap", NULL, NULL, FALSE, flags);
  properties[PROP_NARROW] = g_param_spec_boolean ("narrow", NULL, NULL, FALSE, flags);
  properties[PROP_HIGHLIGHT] = g_param_spec_string ("highlight", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-log-row.ui");
  gtk_widget_class_bind_template_child (widget_class, DwLogRow, grid);
  gtk_widget_class_bind_template_child (widget_class, DwLogRow, time_label);
  gtk_widget_class_bind_template_child (widget_class, DwLogRow, level_image);
  gtk_widget_class_bind_template_child (widget_class, DwLogRow, phase_label);
  gtk_widget_class_bind_template_child (widget_class, DwLogRow, message_label);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
dw_log_row_init (DwLogRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * dw_log_row_set_row:
 * @self: a row of the view
 * @row: (nullable): the line, which may not have been read yet
 */
void
dw_log_row_set_row (DwLogRow *self, DwStoreRow *row)
{
  g_return_if_fail (DW_IS_LOG_ROW (self));

  if (self->row == row)
    return;

  if (self->row != NULL)
    g_clear_signal_handler (&self->row_handler, self->row);
  g_set_object (&self->row, row);
  if (row == NULL)
    return;

  self->row_handler = g_signal_connect_swapped (row, "notify::entity", G_CALLBACK (show), self);
  show (self);
}
