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
#include <string.h>

#include "model/dw-json.h"
#include "model/dw-model-error.h"
#include "model/dw-validation.h"

#define VOLUMES_LIMIT 1000
#define TEXT_LIMIT (1024 * 1024)

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

/**
 * dw_volumes_make_canonical:
 * @path: a target, an absolute path
 *
 * Returns: (transfer full): its one form, by which two targets are compared. Any thread.
 */
char *
dw_volumes_make_canonical (const char *path)
{
  while (path[0] == '/' && path[1] == '/')
    path++;

  return g_canonicalize_filename (path, "/");
}

static char *
get_target (const char *volume)
{
  g_auto (GStrv) parts = g_strsplit (volume, ":", 3);

  return dw_volumes_make_canonical (parts[1]);
}

/* The engine mounts nothing over the container's root. */
static gboolean
is_target (const char *path)
{
  g_autofree char *canonical = g_path_is_absolute (path) ? dw_volumes_make_canonical (path) : NULL;

  return canonical != NULL && !g_str_equal (canonical, "/");
}

/* @targets: those of the volumes before it; its own is added */
static gboolean
check_volume (const char *volume, GHashTable *targets, GError **error)
{
  if (!dw_validate_line ("volumes", volume, 8192, error))
    return FALSE;

  g_auto (GStrv) parts = g_strsplit (volume, ":", 4);
  guint n_parts = g_strv_length (parts);
  g_autofree char *shown = dw_model_quote (volume);

  if (!(n_parts == 2 ||
        (n_parts == 3 && (g_str_equal (parts[2], "ro") || g_str_equal (parts[2], "rw")))) ||
      !(g_path_is_absolute (parts[0]) || is_volume_name (parts[0])) || !is_target (parts[1]))
    {
      g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                   _ ("volumes: %s is not of the form SOURCE:TARGET or SOURCE:TARGET:ro, where the "
                      "source is an absolute path or a volume's name and the target an absolute "
                      "path"),
                   shown);
      return FALSE;
    }

  if (!g_hash_table_add (targets, get_target (volume)))
    {
      g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                   _ ("volumes: %s has the target of another volume; give each its own"), shown);
      return FALSE;
    }

  return TRUE;
}

static GStrv
parse (const char *json, GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (!dw_validate_required ("volumes", json, error))
    return NULL;
  if (strlen (json) > TEXT_LIMIT)
    {
      g_set_error_literal (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                           _ ("volumes: is longer than 1 MiB"));
      return NULL;
    }

  g_autoptr (JsonNode) root = dw_json_parse_text (json, &problem);
  if (root == NULL || !JSON_NODE_HOLDS_ARRAY (root))
    {
      g_autofree char *shown = dw_model_quote (json);

      g_set_error (
          error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
          /* Translators: the text, and a colon with the reason, or nothing */
          _ ("volumes: %s is not a JSON array of strings like [\"data:/var/lib/app\"]%s%s"), shown,
          problem != NULL ? ": " : "", problem != NULL ? problem->message : "");
      return NULL;
    }

  JsonArray *array = json_node_get_array (root);
  if (json_array_get_length (array) > VOLUMES_LIMIT)
    {
      g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                   ngettext ("volumes: there is %u volume; there may be %d",
                             "volumes: there are %u volumes; there may be %d",
                             json_array_get_length (array)),
                   json_array_get_length (array), VOLUMES_LIMIT);
      return NULL;
    }

  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GHashTable) targets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);

      if (json_node_get_value_type (element) != G_TYPE_STRING)
        {
          g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                       _ ("volumes: element %u is not a string"), i + 1);
          return NULL;
        }

      const char *volume = json_node_get_string (element);
      if (!check_volume (volume, targets, error))
        return NULL;
      g_strv_builder_add (builder, volume);
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
  g_autoptr (GHashTable) targets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; volumes[i] != NULL; i++)
    {
      if (!check_volume (volumes[i], targets, error))
        return NULL;
      json_array_add_string_element (array, volumes[i]);
    }
  json_node_set_array (root, array);

  return dw_json_to_text (root, FALSE);
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

  g_autoptr (GHashTable) overridden = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; from_overrides[i] != NULL; i++)
    g_hash_table_add (overridden, get_target (from_overrides[i]));

  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  for (guint i = 0; from_base[i] != NULL; i++)
    {
      g_autofree char *target = get_target (from_base[i]);

      if (!g_hash_table_contains (overridden, target))
        g_strv_builder_add (builder, from_base[i]);
    }
  g_strv_builder_addv (builder, (const char **) from_overrides);

  return g_strv_builder_end (builder);
}
