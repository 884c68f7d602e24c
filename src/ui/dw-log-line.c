/* dw-log-line.c: one line of a container's output
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ui/dw-log-line.h"

#include <string.h>

struct _DwLogLine
{
  GObject parent_instance;

  char *text;
  gsize size_bytes;
  gboolean is_stderr;
};

enum
{
  PROP_TEXT = 1,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (DwLogLine, dw_log_line, G_TYPE_OBJECT)

static void
dw_log_line_finalize (GObject *object)
{
  g_free (DW_LOG_LINE (object)->text);

  G_OBJECT_CLASS (dw_log_line_parent_class)->finalize (object);
}

static void
dw_log_line_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  switch (property_id)
    {
    case PROP_TEXT:
      g_value_set_string (value, DW_LOG_LINE (object)->text);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_log_line_class_init (DwLogLineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = dw_log_line_finalize;
  object_class->get_property = dw_log_line_get_property;

  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL,
                                               G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
dw_log_line_init (DwLogLine *self)
{
}

/**
 * dw_log_line_new:
 * @text: the line without its end
 * @is_stderr: whether it is of the error output
 *
 * Returns: (transfer full): the line. Any thread.
 */
DwLogLine *
dw_log_line_new (const char *text, gboolean is_stderr)
{
  DwLogLine *self = g_object_new (DW_TYPE_LOG_LINE, NULL);

  self->text = g_strdup (text);
  self->size_bytes = strlen (text);
  self->is_stderr = is_stderr;

  return self;
}

/* Returns: the line without its end */
const char *
dw_log_line_get_text (DwLogLine *self)
{
  return self->text;
}

/* Returns: the length of the text in bytes */
gsize
dw_log_line_get_size (DwLogLine *self)
{
  return self->size_bytes;
}

/* Returns: whether it is of the error output */
gboolean
dw_log_line_is_stderr (DwLogLine *self)
{
  return self->is_stderr;
}
