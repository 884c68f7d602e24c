/* dw-json.c: JSON from outside, read without trust
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The library's parser calls itself for each bracket and knows no bound, so a reader that is given
 * nothing but brackets would run out of stack. The getters answer NULL for what has another type.
 */

#include "config.h"

#include "registry/dw-json.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#define DEPTH_LIMIT 64

/* Outside of strings the library also takes comments, which JSON does not have; a quotation mark in
 * one would hide brackets from this count. */
static gboolean
is_shallow (const char *data, gsize length)
{
  gboolean is_string = FALSE;
  guint depth = 0;

  for (gsize i = 0; i < length; i++)
    switch (data[i])
      {
      case '\\':
        i += is_string ? 1 : 0;
        break;

      case '"':
        is_string = !is_string;
        break;

      case '[':
      case '{':
        if (!is_string && ++depth > DEPTH_LIMIT)
          return FALSE;
        break;

      case ']':
      case '}':
        if (!is_string && depth > 0)
          depth--;
        break;

      case '/':
      case '#':
        if (!is_string)
          return FALSE;
        break;

      default:
        break;
      }

  return TRUE;
}

/**
 * dw_json_parse_object:
 * @bytes: anything
 * @error: a JSON_PARSER_ERROR
 *
 * Returns: (transfer full) (nullable): the object that @bytes holds. Any thread.
 */
JsonObject *
dw_json_parse_object (GBytes *bytes, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  if (length == 0)
    {
      g_set_error_literal (error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_INVALID_DATA,
                           _ ("it is empty"));
      return NULL;
    }
  if (!g_utf8_validate (data, (gssize) length, NULL) || !is_shallow (data, length))
    {
      g_set_error_literal (error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_PARSE,
                           _ ("it is not JSON, or too deeply nested"));
      return NULL;
    }
  if (!json_parser_load_from_data (parser, data, (gssize) length, error))
    return NULL;

  JsonNode *root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_INVALID_DATA,
                           _ ("it holds no JSON object"));
      return NULL;
    }

  return json_node_dup_object (root);
}

/* Returns: (transfer none) (nullable): the member where it is a string */
const char *
dw_json_get_string (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
                 json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

/* Returns: (transfer none) (nullable): the member where it is an object */
JsonObject *
dw_json_get_object (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/* Returns: (transfer none) (nullable): the member where it is an array */
JsonArray *
dw_json_get_array (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

/* Returns: the member where it is a whole number, or @fallback */
gint64
dw_json_get_int (JsonObject *object, const char *name, gint64 fallback)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
                 json_node_get_value_type (node) == G_TYPE_INT64
             ? json_node_get_int (node)
             : fallback;
}
