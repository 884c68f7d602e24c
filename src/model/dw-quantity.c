/* dw-quantity.c: times, amounts of memory and numbers of cores as people write them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "model/dw-quantity.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "model/dw-model-error.h"

/* A number that is not negative, with a unit after it; FALSE when it is none or too large. */
static gboolean
read_quantity (const char *text, double limit, double *number, const char **unit)
{
  char *end = NULL;

  /* strtod() would also take "0x1p3", "inf" and spaces. */
  if (!g_ascii_isdigit (*text) || strspn (text, "0123456789.") == 0 || text[1] == 'x')
    return FALSE;

  *number = g_ascii_strtod (text, &end);
  *unit = end;

  return *number <= limit && strspn (text, "0123456789.") == (gsize) (end - text);
}

static gboolean
refuse (GError **error, const char *text, const char *problem)
{
  g_autofree char *shown = dw_model_quote (text);

  g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID, "%s %s", shown, problem);
  return FALSE;
}

/**
 * dw_quantity_parse_duration:
 * @text: "500ms", "2s", "1m", "12h", "3d", or seconds without a unit
 * @minimum_ms: the least it may be
 * @maximum_ms: the most it may be
 * @ms: (out): the milliseconds
 * @error: DW_MODEL_ERROR_INVALID
 *
 * Returns: whether @text is such a time
 */
gboolean
dw_quantity_parse_duration (
    const char *text, gint64 minimum_ms, gint64 maximum_ms, gint64 *ms, GError **error)
{
  static const struct
  {
    const char *name;
    double ms;
  } units[] = { { "", 1000 },   { "ms", 1 },      { "s", 1000 },
                { "m", 60000 }, { "h", 3600000 }, { "d", 86400000 } };
  const char *unit = NULL;
  double number = 0;

  g_return_val_if_fail (text != NULL && ms != NULL, FALSE);

  for (gsize i = 0; read_quantity (text, 1e12, &number, &unit) && i < G_N_ELEMENTS (units); i++)
    if (g_str_equal (units[i].name, unit))
      {
        double value = number * units[i].ms + 0.5;

        if (value < (double) minimum_ms || value >= (double) maximum_ms + 1)
          {
            g_autofree char *minimum = dw_quantity_format_duration (minimum_ms);
            g_autofree char *maximum = dw_quantity_format_duration (maximum_ms);

            g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                         /* Translators: a time as it was written, and two bounds: 10ms, 60m */
                         _ ("“%s” is not between %s and %s"), text, minimum, maximum);
            return FALSE;
          }
        *ms = (gint64) value;
        return TRUE;
      }

  /* Translators: what was written stands before it, in quotes */
  return refuse (error, text, _ ("is not a time; write it like 500ms, 2s or 1m"));
}

/**
 * dw_quantity_format_duration:
 * @ms: milliseconds
 *
 * Returns: (transfer full): the time in the largest unit that divides it
 */
char *
dw_quantity_format_duration (gint64 ms)
{
  static const struct
  {
    const char *name;
    gint64 ms;
  } units[] = { { "d", 86400000 }, { "h", 3600000 }, { "m", 60000 }, { "s", 1000 } };

  for (gsize i = 0; i < G_N_ELEMENTS (units); i++)
    if (ms != 0 && ms % units[i].ms == 0)
      return g_strdup_printf ("%" G_GINT64_FORMAT "%s", ms / units[i].ms, units[i].name);

  return ms != 0 ? g_strdup_printf ("%" G_GINT64_FORMAT "ms", ms) : g_strdup ("0s");
}

/**
 * dw_quantity_parse_memory:
 * @text: "512m", "2g", "1.5g" or bytes
 * @bytes: (out): the bytes
 * @error: DW_MODEL_ERROR_INVALID
 *
 * Returns: whether @text is an amount of memory
 */
gboolean
dw_quantity_parse_memory (const char *text, gint64 *bytes, GError **error)
{
  static const char units[] = "bkmgt";
  const char *unit = NULL;
  double number = 0;

  g_return_val_if_fail (text != NULL && bytes != NULL, FALSE);

  if (read_quantity (text, 1e15, &number, &unit) && strlen (unit) <= 1)
    {
      const char *found = *unit != '\0' ? strchr (units, g_ascii_tolower (*unit)) : units;

      for (const char *u = units; found != NULL && u < found; u++)
        number *= 1024;
      if (found != NULL && number < 1e15)
        {
          *bytes = (gint64) number;
          return TRUE;
        }
    }

  /* Translators: what was written stands before it, in quotes */
  return refuse (error, text, _ ("is not an amount; write it like 512m or 2g, or 0 for no limit"));
}

/**
 * dw_quantity_format_memory:
 * @bytes: bytes
 *
 * Returns: (transfer full): the amount in the largest unit that divides it
 */
char *
dw_quantity_format_memory (gint64 bytes)
{
  static const char *const units[] = { "", "k", "m", "g", "t" };
  gsize unit = 0;

  while (bytes != 0 && bytes % 1024 == 0 && unit + 1 < G_N_ELEMENTS (units))
    {
      bytes /= 1024;
      unit++;
    }

  return g_strdup_printf ("%" G_GINT64_FORMAT "%s", bytes, units[unit]);
}

/**
 * dw_quantity_parse_cores:
 * @text: a number of cores like "1.5"
 * @millis: (out): thousandths of a core
 * @error: DW_MODEL_ERROR_INVALID
 *
 * Returns: whether @text is such a number
 */
gboolean
dw_quantity_parse_cores (const char *text, int *millis, GError **error)
{
  const char *unit = NULL;
  double number = 0;

  g_return_val_if_fail (text != NULL && millis != NULL, FALSE);

  if (read_quantity (text, 1024, &number, &unit) && *unit == '\0')
    {
      *millis = (int) (number * 1000 + 0.5);
      return TRUE;
    }

  /* Translators: what was written stands before it, in quotes */
  return refuse (error, text,
                 _ ("is not a number of cores up to 1024; write it like 1.5, or 0 for no limit"));
}

/**
 * dw_quantity_format_cores:
 * @millis: thousandths of a core
 *
 * Returns: (transfer full): the number of cores
 */
char *
dw_quantity_format_cores (int millis)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strdup (g_ascii_formatd (buffer, sizeof buffer, "%.7g", millis / 1000.0));
}
