/* dw-volumes.c: a container's volumes as JSON text and as a list
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The text is one JSON array of SOURCE:TARGET[:ro|:rw], the engine's own notation for binds, where
 * the source is an absolute path on this machine or the name of a volume.
 */

#include "config.h"

#include "model/dw-volumes.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "model/dw-model-error.h"
#include "model/dw-validation.h"

#define VOLUMES_LIMIT 1000

/* The engine's rule for the name of a volume: [a-zA-Z0-9][a-zA-Z0-9_.-]+ */
static gboolean
is_volume_name (const char *text)
{
  if (!g_ascii_isalnum (text[0]) || text[1] == '\0')
    return FALSE;
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("_.-", *c) == NULL)
      return FALSE;

  return TRUE;
}

static gboolean
check_volume (const char *volume, GError **error)
{
  if (!dw_validate_line ("volumes", volume, 8192, error))
    return FALSE;

  g_auto (GStrv) parts = g_strsplit (volume, ":", 4);
  guint n_parts = g_strv_length (parts);

  if ((n_parts == 2 ||
       (n_parts == 3 && (g_str_equal (parts[2], "ro") || g_str_equal (parts[2], "rw")))) &&
      (g_path_is_absolute (parts[0]) || is_volume_name (parts[0])) &&
      g_path_is_absolute (parts[1]) && parts[1][1] != '\0')
    return TRUE;

  g_autofree char *shown = dw_model_quote (volume);
  g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
               _ ("volumes: %s is not of the form SOURCE:TARGET or SOURCE:TARGET:ro, where the "
                  "source is an absolute path or a volume's name and the target an absolute path"),
               shown);
  return FALSE;
}

static GStrv
parse (const char *json, GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (!dw_validate_required ("volumes", json, error))
    return NULL;

  g_autoptr (JsonNode) root = json_from_string (json, &problem);
  if (root == NULL || !JSON_NODE_HOLDS_ARRAY (root) ||
      json_array_get_length (json_node_get_array (root)) > VOLUMES_LIMIT)
    {
      g_autofree char *shown = dw_model_quote (json);

      g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                   _ ("volumes: %s is not a JSON array of strings like [\"data:/var/lib/app\"]"),
                   shown);
      return NULL;
    }

  JsonArray *array = json_node_get_array (root);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);

      if (json_node_get_value_type (element) != G_TYPE_STRING)
        {
          g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                       _ ("volumes: element %u is not a string"), i + 1);
          return NULL;
        }
      if (!check_volume (json_node_get_string (element), error))
        return NULL;
      g_strv_builder_add (builder, json_node_get_string (element));
    }

  return g_strv_builder_end (builder);
}

/**
 * dw_volumes_validate:
 * @json: the text
 * @error: DW_MODEL_ERROR_INVALID
 *
 * Returns: whether @json is a JSON array of volumes. Any thread.
 */
gboolean
dw_volumes_validate (const char *json, GError **error)
{
  g_auto (GStrv) volumes = parse (json, error);

  return volumes != NULL;
}

/**
 * dw_volumes_from_list:
 * @volumes: (array zero-terminated=1): SOURCE:TARGET[:ro|:rw] strings
 * @error: DW_MODEL_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): the JSON text. Any thread.
 */
char *
dw_volumes_from_list (const char *const *volumes, GError **error)
{
  g_autoptr (JsonArray) array = json_array_new ();
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_ARRAY);

  for (guint i = 0; volumes[i] != NULL; i++)
    {
      if (!check_volume (volumes[i], error))
        return NULL;
      json_array_add_string_element (array, volumes[i]);
    }
  json_node_set_array (root, array);

  return json_to_string (root, FALSE);
}

static gboolean
same_target (const char *a, const char *b)
{
  g_auto (GStrv) parts_of_a = g_strsplit (a, ":", 3);
  g_auto (GStrv) parts_of_b = g_strsplit (b, ":", 3);

  return g_str_equal (parts_of_a[1], parts_of_b[1]);
}

/**
 * dw_volumes_merge:
 * @base: a project's volumes, JSON text
 * @overrides: a stage's, JSON text; its volume wins where both have one target
 * @error: DW_MODEL_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): the engine's binds. Any thread.
 */
GStrv
dw_volumes_merge (const char *base, const char *overrides, GError **error)
{
  g_auto (GStrv) from_base = parse (base, error);
  if (from_base == NULL)
    return NULL;
  g_auto (GStrv) from_overrides = parse (overrides, error);
  if (from_overrides == NULL)
    return NULL;

  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  for (guint i = 0; from_base[i] != NULL; i++)
    {
      gboolean is_overridden = FALSE;

      for (guint j = 0; !is_overridden && from_overrides[j] != NULL; j++)
        is_overridden = same_target (from_base[i], from_overrides[j]);
      if (!is_overridden)
        g_strv_builder_add (builder, from_base[i]);
    }
  g_strv_builder_addv (builder, (const char **) from_overrides);

  return g_strv_builder_end (builder);
}
