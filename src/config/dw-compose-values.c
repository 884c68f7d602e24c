/* dw-compose-values.c: amounts, times and words as compose files write them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Specification: the Compose Specification, “Specifying byte values” and “Specifying durations”.
 */

#include "config.h"

#include "config/dw-compose-values.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "model/dw-model-error.h"

/* Above every amount that a field takes, and far below what a double counts exactly. */
#define BYTES_LIMIT 1e15
#define CPUS_LIMIT 1024.0
#define DURATION_LIMIT_MS 1e9

/* A number that is not negative at the start of *@text, which is moved behind it. */
static gboolean
take_number (const char **text, double *number)
{
  gsize length = strspn (*text, "0123456789.");
  g_autofree char *digits = g_strndup (*text, length);
  char *end = NULL;

  if (length == 0 || length > 20 || !g_ascii_isdigit (*digits))
    return FALSE;

  *number = g_ascii_strtod (digits, &end);
  *text += length;

  return *end == '\0';
}

static gboolean
refuse (DwYamlNode *node, GError **error, const char *problem)
{
  g_autofree char *shown = dw_model_quote (dw_yaml_node_get_text (node));

  dw_yaml_node_set_error (node, error, "%s: %s", shown, problem);
  return FALSE;
}

/* "512m", "1.5gb", "1073741824": always by 1024. */
gboolean
dw_compose_read_bytes (DwYamlNode *node, gint64 *bytes, GError **error)
{
  static const char units[] = "bkmgt";
  const char *text = dw_yaml_node_get_text (node);
  double number = 0;

  if (!dw_yaml_node_check_kind (node, DW_YAML_SCALAR, error))
    return FALSE;
  if (!take_number (&text, &number))
    /* Translators: after the place in a file: “compose.yaml, line 3, column 5: this is not …” */
    return refuse (node, error, _ ("this is not an amount; write it like 512m or 2g"));

  const char *unit = *text != '\0' ? strchr (units, g_ascii_tolower (*text)) : units;
  gsize length = strlen (text);
  gboolean is_unit = unit != NULL && (length <= 1 || (length == 2 && unit != units &&
                                                      g_ascii_tolower (text[1]) == 'b'));
  for (const char *u = units; is_unit && u < unit; u++)
    number *= 1024;
  if (!is_unit || number > BYTES_LIMIT)
    /* Translators: after the place in a file: “compose.yaml, line 3, column 5: this is not …” */
    return refuse (node, error, _ ("this is not an amount; write it like 512m or 2g"));

  *bytes = (gint64) number;
  return TRUE;
}

/* A number of cores. */
gboolean
dw_compose_read_cpus (DwYamlNode *node, gint64 *nano_cpus, GError **error)
{
  const char *text = dw_yaml_node_get_text (node);
  double number = 0;

  if (!dw_yaml_node_check_kind (node, DW_YAML_SCALAR, error))
    return FALSE;
  if (!take_number (&text, &number) || *text != '\0' || number > CPUS_LIMIT)
    return refuse (node, error, _ ("this is not a number of cores; write it like 1.5"));

  *nano_cpus = (gint64) (number * 1000 + 0.5) * 1000000;
  return TRUE;
}

/* "1m30s", "500ms", "10s". */
gboolean
dw_compose_read_duration (DwYamlNode *node, gint64 *ms, GError **error)
{
  static const struct
  {
    const char *name;
    double ms;
  } units[] = { { "h", 3600000 }, { "ms", 1 },        { "m", 60000 },
                { "us", 0.001 },  { "ns", 0.000001 }, { "s", 1000 } };
  const char *text = dw_yaml_node_get_text (node);
  double sum = 0;

  if (!dw_yaml_node_check_kind (node, DW_YAML_SCALAR, error))
    return FALSE;

  do
    {
      double number = 0;
      gsize unit = 0;

      if (!take_number (&text, &number))
        return refuse (node, error, _ ("this is not a time; write it like 1m30s or 500ms"));
      while (unit < G_N_ELEMENTS (units) && !g_str_has_prefix (text, units[unit].name))
        unit++;
      if (unit == G_N_ELEMENTS (units))
        return refuse (node, error, _ ("this is not a time; write it like 1m30s or 500ms"));
      sum += number * units[unit].ms;
      text += strlen (units[unit].name);
    }
  while (*text != '\0');

  if (sum > DURATION_LIMIT_MS)
    return refuse (node, error, _ ("this is longer than anybody waits"));

  *ms = (gint64) (sum + 0.5);
  return TRUE;
}

/* Returns: (transfer full) (nullable): a list of words, or a text taken apart as a shell does */
GStrv
dw_compose_read_words (DwYamlNode *node, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GError) problem = NULL;
  GStrv words = NULL;

  if (dw_yaml_node_get_kind (node) == DW_YAML_SCALAR)
    {
      if (g_shell_parse_argv (dw_yaml_node_get_text (node), NULL, &words, &problem))
        return words;
      if (g_error_matches (problem, G_SHELL_ERROR, G_SHELL_ERROR_EMPTY_STRING))
        return g_strv_builder_end (builder);

      dw_yaml_node_set_error (node, error, "%s", problem->message);
      return NULL;
    }

  if (!dw_yaml_node_check_kind (node, DW_YAML_SEQUENCE, error))
    return NULL;
  for (guint i = 0; i < dw_yaml_node_get_length (node); i++)
    {
      DwYamlNode *element = dw_yaml_node_get_element (node, i);

      if (!dw_yaml_node_check_kind (element, DW_YAML_SCALAR, error))
        return NULL;
      g_strv_builder_add (builder, dw_yaml_node_get_text (element));
    }

  return g_strv_builder_end (builder);
}

/* Returns: (nullable) (transfer none): the text under @key, unless there is none or no mapping */
const char *
dw_compose_find_text (DwYamlNode *mapping, const char *key)
{
  DwYamlNode *node = dw_yaml_node_find (mapping, key);

  return node != NULL && !dw_yaml_node_is_null (node) ? dw_yaml_node_get_text (node) : NULL;
}
