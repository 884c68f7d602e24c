/* dw-engine-json.c: JSON that somebody else wrote
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * json-glib's own getters are for JSON whose shape is known: they complain about a member of
 * another type, and its parser follows any depth down the stack. These take whatever comes: a
 * member that is not there, is null, or is of another type is the same as none.
 */

#include "config.h"

#include "engine/dw-engine-json.h"

#include <string.h>

#include <glib/gi18n-lib.h>

/* The deepest that an engine nests is about ten. */
#define MAXIMUM_DEPTH 100

/* Whether the parser may have it: not too deep, and without the comments and single quotes that it
 * takes beyond the standard, in which brackets could hide.
 */
static gboolean
is_plain_json (const char *data, gsize length)
{
  gboolean is_string = FALSE;
  guint depth = 0;

  for (gsize i = 0; i < length; i++)
    {
      char c = data[i];

      if (is_string && c == '\\')
        i++;
      else if (c == '"')
        is_string = !is_string;
      else if (!is_string && (c == '/' || c == '#' || c == '\''))
        return FALSE;
      else if (!is_string && (c == '[' || c == '{') && ++depth > MAXIMUM_DEPTH)
        return FALSE;
      else if (!is_string && (c == ']' || c == '}') && depth > 0)
        depth--;
    }

  return TRUE;
}

/**
 * dw_engine_json_parse:
 * @data: text
 * @length: of @data in bytes, or -1 when it ends with a NUL
 * @error: a JSON_PARSER_ERROR
 *
 * Returns: (transfer full) (nullable): the root; never %NULL without an error
 */
JsonNode *
dw_engine_json_parse (const char *data, gssize length, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  gsize size = length < 0 ? strlen (data) : (gsize) length;

  if (!is_plain_json (data, size))
    {
      g_set_error_literal (error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_INVALID_DATA,
                           _ ("It is not plain JSON, or nested too deep"));
      return NULL;
    }

  if (!json_parser_load_from_data (parser, data, (gssize) size, error))
    return NULL;

  JsonNode *root = json_parser_steal_root (parser);
  if (root == NULL)
    g_set_error_literal (error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_PARSE, _ ("It is empty"));

  return root;
}

static JsonNode *
get_member (JsonObject *object, const char *name)
{
  return object != NULL ? json_object_get_member (object, name) : NULL;
}

static const char *
get_node_string (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
                 json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

/* Returns: (nullable) (transfer none): the member @name of @object, which may be %NULL itself */
JsonObject *
dw_engine_json_get_object (JsonObject *object, const char *name)
{
  JsonNode *node = get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/* Returns: (nullable) (transfer none): the member @name of @object, which may be %NULL itself */
JsonArray *
dw_engine_json_get_array (JsonObject *object, const char *name)
{
  JsonNode *node = get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

/* Returns: (nullable) (transfer none): the member @name of @object, which may be %NULL itself */
const char *
dw_engine_json_get_string (JsonObject *object, const char *name)
{
  return get_node_string (get_member (object, name));
}

/* Returns: the member @name of @object, which may be %NULL itself, or 0 */
gint64
dw_engine_json_get_int (JsonObject *object, const char *name)
{
  JsonNode *node = get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
                 json_node_get_value_type (node) == G_TYPE_INT64
             ? json_node_get_int (node)
             : 0;
}

/* Returns: the member @name of @object, which may be %NULL itself, or FALSE */
gboolean
dw_engine_json_get_boolean (JsonObject *object, const char *name)
{
  JsonNode *node = get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
         json_node_get_value_type (node) == G_TYPE_BOOLEAN && json_node_get_boolean (node);
}

/* Returns: (transfer full): the strings in the array @name of @object, which may be %NULL itself */
GStrv
dw_engine_json_dup_strings (JsonObject *object, const char *name)
{
  JsonArray *array = dw_engine_json_get_array (object, name);
  g_autoptr (GStrvBuilder) strings = g_strv_builder_new ();

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      const char *string = get_node_string (json_array_get_element (array, i));

      if (string != NULL)
        g_strv_builder_add (strings, string);
    }

  return g_strv_builder_end (strings);
}

/* Returns: (transfer full): the members of type string of the object @name in @object, which may be
 *   %NULL itself, by their names
 */
GHashTable *
dw_engine_json_dup_table (JsonObject *object, const char *name)
{
  JsonObject *member = dw_engine_json_get_object (object, name);
  g_autoptr (GHashTable) table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;

  if (member == NULL)
    return g_steal_pointer (&table);

  json_object_iter_init (&iter, member);
  while (json_object_iter_next (&iter, &key, &node))
    if (get_node_string (node) != NULL)
      g_hash_table_insert (table, g_strdup (key), g_strdup (get_node_string (node)));

  return g_steal_pointer (&table);
}

/* Returns: (nullable) (transfer none): what stands at @index of @array, when it is an object */
JsonObject *
dw_engine_json_array_get_object (JsonArray *array, guint index)
{
  JsonNode *node = json_array_get_element (array, index);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}
