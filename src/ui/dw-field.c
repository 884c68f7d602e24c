/* dw-field.c: a part of a form that is about one property of an entity
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a property is written follows from its type, and for numbers from the unit that its name ends
 * with: health-interval-ms is written like “2s”.
 */

#include "config.h"

#include "ui/dw-field.h"

#include <glib/gi18n.h>
#include <langinfo.h>

#include "model/dw-model-error.h"
#include "model/dw-quantity.h"

enum
{
  SIGNAL_EDITED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_INTERFACE (DwField, dw_field, GTK_TYPE_WIDGET)

static void
dw_field_default_init (DwFieldInterface *interface)
{
  signals[SIGNAL_EDITED] = g_signal_new ("edited", DW_TYPE_FIELD, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 0);
}

/* Shows the property of @entity. */
void
dw_field_load (DwField *self, DwEntity *entity, GParamSpec *pspec)
{
  g_return_if_fail (DW_IS_FIELD (self));

  DW_FIELD_GET_IFACE (self)->load (self, entity, pspec);
}

/**
 * dw_field_save:
 * @self: a field
 * @entity: whose property is set
 * @pspec: the property
 * @error: what to say below the field
 *
 * Returns: whether what is shown can be read; the entity may refuse it all the same
 */
gboolean
dw_field_save (DwField *self, DwEntity *entity, GParamSpec *pspec, GError **error)
{
  g_return_val_if_fail (DW_IS_FIELD (self), FALSE);

  return DW_FIELD_GET_IFACE (self)->save (self, entity, pspec, error);
}

/* @problem: (nullable): what is wrong with what is shown */
void
dw_field_show_problem (DwField *self, const char *problem)
{
  g_return_if_fail (DW_IS_FIELD (self));

  if (DW_FIELD_GET_IFACE (self)->show_problem != NULL)
    DW_FIELD_GET_IFACE (self)->show_problem (self, problem);
}

/* For the field itself: a person has changed what it says. */
void
dw_field_edited (DwField *self)
{
  g_return_if_fail (DW_IS_FIELD (self));

  g_signal_emit (self, signals[SIGNAL_EDITED], 0);
}

/* The milliseconds in one of what the property counts, or 0 when it is no time. */
static gint64
get_unit_ms (GParamSpec *pspec)
{
  if (g_str_has_suffix (pspec->name, "-ms"))
    return 1;
  if (g_str_has_suffix (pspec->name, "-seconds") || g_str_has_suffix (pspec->name, "-s"))
    return 1000;

  return 0;
}

/* Between what a person writes here and what the configuration has. */
static char *
replace_point (const char *number, const char *from, const char *to)
{
  g_auto (GStrv) parts = g_strsplit (number, from, 2);

  return g_strjoinv (to, parts);
}

/**
 * dw_field_format_value:
 * @value: the property's value: a text or a number
 * @pspec: the property
 *
 * Returns: (transfer full): the value as dw_field_parse_value() reads it
 */
char *
dw_field_format_value (const GValue *value, GParamSpec *pspec)
{
  gint64 unit_ms = get_unit_ms (pspec);

  if (G_VALUE_HOLDS_STRING (value))
    return g_value_get_string (value) != NULL ? g_value_dup_string (value) : g_strdup ("");
  if (G_VALUE_HOLDS_INT64 (value))
    return g_str_has_suffix (pspec->name, "-bytes")
               ? dw_quantity_format_memory (g_value_get_int64 (value))
               : g_strdup_printf ("%" G_GINT64_FORMAT, g_value_get_int64 (value));
  if (unit_ms != 0)
    return dw_quantity_format_duration (g_value_get_int (value) * unit_ms);
  if (g_str_has_suffix (pspec->name, "-millis"))
    {
      g_autofree char *cores = dw_quantity_format_cores (g_value_get_int (value));

      return replace_point (cores, ".", nl_langinfo (RADIXCHAR));
    }

  return g_strdup_printf ("%d", g_value_get_int (value));
}

static gboolean
parse_number (const char *text, gint64 minimum, gint64 maximum, gint64 *number, GError **error)
{
  if (g_ascii_string_to_signed (text, 10, minimum, maximum, number, NULL))
    return TRUE;

  g_autofree char *shown = dw_model_quote (text);

  g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
               _ ("%s is not a number from %lld to %lld"), shown, (long long) minimum,
               (long long) maximum);
  return FALSE;
}

static gboolean
parse_int (const char *text, GParamSpecInt *pspec, int *number, GError **error)
{
  gint64 unit_ms = get_unit_ms (G_PARAM_SPEC (pspec));
  gint64 read = 0;

  if (g_str_has_suffix (G_PARAM_SPEC (pspec)->name, "-millis"))
    {
      g_autofree char *cores = replace_point (text, nl_langinfo (RADIXCHAR), ".");

      return dw_quantity_parse_cores (cores, number, error);
    }

  if (unit_ms != 0)
    {
      if (!dw_quantity_parse_duration (text, pspec->minimum * unit_ms, pspec->maximum * unit_ms,
                                       &read, error))
        return FALSE;
      read = (read + unit_ms / 2) / unit_ms;
    }
  else if (!parse_number (text, pspec->minimum, pspec->maximum, &read, error))
    {
      return FALSE;
    }

  *number = (int) read;
  return TRUE;
}

/**
 * dw_field_parse_value:
 * @text: what was typed; nothing is the default
 * @pspec: the property: a text or a number
 * @value: (out caller-allocates): an initialized value of its type
 * @error: DW_MODEL_ERROR_INVALID; the message does not name the property
 *
 * Returns: whether @text can be read
 */
gboolean
dw_field_parse_value (const char *text, GParamSpec *pspec, GValue *value, GError **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  gint64 number64 = 0;
  int number = 0;

  if (*stripped == '\0')
    {
      g_param_value_set_default (pspec, value);
      return TRUE;
    }

  if (G_IS_PARAM_SPEC_STRING (pspec))
    {
      g_value_set_string (value, stripped);
    }
  else if (G_IS_PARAM_SPEC_INT64 (pspec))
    {
      gboolean is_read = g_str_has_suffix (pspec->name, "-bytes")
                             ? dw_quantity_parse_memory (stripped, &number64, error)
                             : parse_number (stripped, G_PARAM_SPEC_INT64 (pspec)->minimum,
                                             G_PARAM_SPEC_INT64 (pspec)->maximum, &number64, error);
      if (!is_read)
        return FALSE;
      g_value_set_int64 (value, number64);
    }
  else
    {
      if (!parse_int (stripped, G_PARAM_SPEC_INT (pspec), &number, error))
        return FALSE;
      g_value_set_int (value, number);
    }

  return TRUE;
}
