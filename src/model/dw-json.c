/* dw-json.c: JSON from outside, read strictly
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * json-glib reads more than JSON (comments, assignments, single quotes, what follows the end), cuts
 * a string at an escaped NUL, and goes as deep as the text does, down to the end of the stack. So
 * the text's words are looked at first, and how they go together is left to json-glib.
 *
 * The getters are for JSON whose shape is somebody else's: a member that is not there, is null, or
 * is of another type is the same as none.
 */

#include "config.h"

#include "model/dw-json.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "model/dw-model-error.h"

/* The deepest that an engine nests is about ten. */
#define DEPTH_LIMIT 64

typedef struct
{
  char *cursor;
  gboolean is_lenient; /* mends the escapes that stand for no text */
} Words;

/* Reads \uXXXX; FALSE for anything else. */
static gboolean
skip_code_unit (char **cursor, guint *unit)
{
  if ((*cursor)[0] != '\\' || (*cursor)[1] != 'u')
    return FALSE;

  *unit = 0;
  for (guint i = 2; i < 6; i++)
    {
      if (!g_ascii_isxdigit ((*cursor)[i]))
        return FALSE;
      *unit = *unit << 4 | (guint) g_ascii_xdigit_value ((*cursor)[i]);
    }
  *cursor += 6;

  return TRUE;
}

static gboolean
is_high_surrogate (guint unit)
{
  return unit >= 0xd800 && unit < 0xdc00;
}

static gboolean
is_low_surrogate (guint unit)
{
  return unit >= 0xdc00 && unit < 0xe000;
}

/* A NUL and half of a surrogate pair stand for no text. */
static gboolean
skip_unicode_escape (Words *words)
{
  char *start = words->cursor;
  guint unit;
  guint second;

  if (!skip_code_unit (&words->cursor, &unit))
    return FALSE;
  if (unit != 0 && !is_high_surrogate (unit) && !is_low_surrogate (unit))
    return TRUE;

  char *after = words->cursor;
  if (is_high_surrogate (unit) && skip_code_unit (&after, &second) && is_low_surrogate (second))
    {
      words->cursor = after;
      return TRUE;
    }

  if (words->is_lenient)
    memcpy (start, "\\ufffd", 6);
  else
    words->cursor = start;

  return words->is_lenient;
}

static gboolean
skip_escape (Words *words)
{
  if (words->cursor[1] == 'u')
    return skip_unicode_escape (words);

  if (words->cursor[1] == '\0' || strchr ("\"\\/bfnrt", words->cursor[1]) == NULL)
    return FALSE;
  words->cursor += 2;

  return TRUE;
}

static gboolean
skip_string (Words *words)
{
  for (words->cursor++; *words->cursor != '"';)
    {
      if ((guchar) *words->cursor < 0x20)
        return FALSE;
      if (*words->cursor != '\\')
        words->cursor++;
      else if (!skip_escape (words))
        return FALSE;
    }
  words->cursor++;

  return TRUE;
}

static gboolean
skip_digits (char **cursor)
{
  gsize n = strspn (*cursor, "0123456789");

  *cursor += n;

  return n > 0;
}

/* RFC 8259, section 6 */
static gboolean
skip_number (Words *words)
{
  char *cursor = words->cursor;

  if (*cursor == '-')
    cursor++;
  if (*cursor == '0')
    cursor++;
  else if (!skip_digits (&cursor))
    return FALSE;

  if (*cursor == '.')
    {
      cursor++;
      if (!skip_digits (&cursor))
        return FALSE;
    }
  if (*cursor == 'e' || *cursor == 'E')
    {
      cursor++;
      if (*cursor == '+' || *cursor == '-')
        cursor++;
      if (!skip_digits (&cursor))
        return FALSE;
    }
  words->cursor = cursor;

  return TRUE;
}

static gboolean
skip_scalar (Words *words)
{
  static const char *const literals[] = { "true", "false", "null" };
  gboolean is_word = FALSE;

  if (*words->cursor == '"')
    return skip_string (words);

  for (guint i = 0; !is_word && i < G_N_ELEMENTS (literals); i++)
    {
      is_word = g_str_has_prefix (words->cursor, literals[i]);
      if (is_word)
        words->cursor += strlen (literals[i]);
    }

  /* Two of them without anything between are one that is wrong. */
  return (is_word || skip_number (words)) && !g_ascii_isalnum (*words->cursor);
}

static void
skip_space (Words *words)
{
  words->cursor += strspn (words->cursor, " \t\r\n");
}

/* Whether the words can be those of one object or array; if not, the cursor stays where not. */
static gboolean
skip_document (Words *words)
{
  guint depth = 0;

  skip_space (words);
  if (*words->cursor != '{' && *words->cursor != '[')
    return FALSE;

  do
    switch (*words->cursor)
      {
      case '{':
      case '[':
        if (++depth > DEPTH_LIMIT)
          return FALSE;
        words->cursor++;
        break;
      case '}':
      case ']':
        depth--;
        words->cursor++;
        break;
      case ':':
      case ',':
      case ' ':
      case '\t':
      case '\r':
      case '\n':
        words->cursor++;
        break;
      default:
        if (!skip_scalar (words))
          return FALSE;
        break;
      }
  while (depth > 0);
  skip_space (words);

  return *words->cursor == '\0';
}

/* Without the text itself, which may be long, and secret. */
static void
set_error_at (GError **error, guint line, guint column)
{
  g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
               /* Translators: after “%s is not …: ”, or alone */
               _ ("it cannot be read from line %u, column %u on"), line, column);
}

/* Of what stands at @at. */
static void
set_error_in (GError **error, const char *text, const char *at)
{
  guint line = 1;
  const char *start = text;

  for (const char *c = text; c < at; c++)
    if (*c == '\n')
      {
        line++;
        start = c + 1;
      }
  set_error_at (error, line, (guint) g_utf8_strlen (start, at - start) + 1);
}

/* @text: (transfer none): mended where @is_lenient
 * @length: of @text, which ends with a NUL nevertheless
 */
static JsonNode *
parse (char *text, gsize length, gboolean is_lenient, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  Words words = { .cursor = text, .is_lenient = is_lenient };
  const char *end;

  if (!g_utf8_validate (text, (gssize) length, &end))
    {
      set_error_in (error, text, end);
      return NULL;
    }
  if (!skip_document (&words))
    {
      set_error_in (error, text, words.cursor);
      return NULL;
    }
  if (!json_parser_load_from_data (parser, text, (gssize) length, NULL))
    {
      set_error_at (error, json_parser_get_current_line (parser),
                    json_parser_get_current_pos (parser));
      return NULL;
    }

  return json_parser_steal_root (parser);
}

/**
 * dw_json_parse_text:
 * @text: text, of a length that the caller has bound
 * @error: DW_MODEL_ERROR_INVALID; the message says only where the JSON is wrong
 *
 * Reads a JSON object or array (RFC 8259) of at most 64 levels, exactly as it stands: a string with
 * a NUL or half of a surrogate pair, which no text of ours can hold, is refused.
 *
 * Returns: (transfer full) (nullable): the object or array. Any thread.
 */
JsonNode *
dw_json_parse_text (const char *text, GError **error)
{
  g_autofree char *copy = g_strdup (text);

  return parse (copy, strlen (copy), FALSE, error);
}

/**
 * dw_json_parse:
 * @data: what somebody answered, of a length that the caller has bound
 * @length: of @data in bytes, or -1 when it ends with a NUL
 * @error: DW_MODEL_ERROR_INVALID; the message says only where the JSON is wrong
 *
 * Reads a JSON object or array (RFC 8259) of at most 64 levels. An answer does not become useless
 * by a string in it that no text can hold, say in the label of an image: an escaped NUL or half of
 * a surrogate pair is read as U+FFFD, so that a string is neither cut nor taken for another one.
 *
 * Returns: (transfer full) (nullable): the object or array. Any thread.
 */
JsonNode *
dw_json_parse (const char *data, gssize length, GError **error)
{
  gsize size = length < 0 ? strlen (data) : (gsize) length;
  g_autofree char *copy = g_malloc (size + 1);

  memcpy (copy, data, size);
  copy[size] = '\0';

  return parse (copy, size, TRUE, error);
}

/**
 * dw_json_parse_object:
 * @bytes: what somebody answered
 * @error: DW_MODEL_ERROR_INVALID; the message says only where the JSON is wrong
 *
 * Returns: (transfer full) (nullable): the object in @bytes, read by dw_json_parse(). Any thread.
 */
JsonObject *
dw_json_parse_object (GBytes *bytes, GError **error)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  g_autoptr (JsonNode) root = dw_json_parse (length > 0 ? data : "", (gssize) length, error);

  if (root == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                           _ ("it holds no JSON object"));
      return NULL;
    }

  return json_node_dup_object (root);
}

/**
 * dw_json_to_text:
 * @node: anything
 * @is_pretty: whether a person reads it
 *
 * Returns: (transfer full): the JSON text of @node, with every control character in it escaped: of
 *   those json-glib leaves out the last, and engines refuse the whole text for it. Any thread.
 */
char *
dw_json_to_text (JsonNode *node, gboolean is_pretty)
{
  char *json = json_to_string (node, is_pretty);

  if (strchr (json, 0x1f) == NULL)
    return json;

  GString *escaped = g_string_new (json);
  explicit_bzero (json, strlen (json));
  g_free (json);
  g_string_replace (escaped, "\x1f", "\\u001f", 0);

  return g_string_free (escaped, FALSE);
}

static JsonNode *
get_member (JsonObject *object, const char *name)
{
  return object != NULL ? json_object_get_member (object, name) : NULL;
}

static gboolean
holds (JsonNode *node, GType type)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type;
}

static const char *
get_node_string (JsonNode *node)
{
  return holds (node, G_TYPE_STRING) ? json_node_get_string (node) : NULL;
}

/* Returns: (nullable) (transfer none): the member @name of @object, which may be %NULL itself */
JsonObject *
dw_json_get_object (JsonObject *object, const char *name)
{
  JsonNode *node = get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/* Returns: (nullable) (transfer none): the member @name of @object, which may be %NULL itself */
JsonArray *
dw_json_get_array (JsonObject *object, const char *name)
{
  JsonNode *node = get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

/* Returns: (nullable) (transfer none): the member @name of @object, which may be %NULL itself */
const char *
dw_json_get_string (JsonObject *object, const char *name)
{
  return get_node_string (get_member (object, name));
}

/* Returns: (transfer full): the member @name of @object, which may be %NULL itself, or nothing */
char *
dw_json_dup_string (JsonObject *object, const char *name)
{
  const char *string = dw_json_get_string (object, name);

  return g_strdup (string != NULL ? string : "");
}

/* Returns: the member @name of @object, which may be %NULL itself, where it is a whole number, or
 *   @fallback
 */
gint64
dw_json_get_int (JsonObject *object, const char *name, gint64 fallback)
{
  JsonNode *node = get_member (object, name);

  return holds (node, G_TYPE_INT64) ? json_node_get_int (node) : fallback;
}

/* Returns: the member @name of @object, which may be %NULL itself, or FALSE */
gboolean
dw_json_get_boolean (JsonObject *object, const char *name)
{
  JsonNode *node = get_member (object, name);

  return holds (node, G_TYPE_BOOLEAN) && json_node_get_boolean (node);
}

/* Returns: (transfer full): the strings in the array @name of @object, which may be %NULL itself */
GStrv
dw_json_dup_strings (JsonObject *object, const char *name)
{
  JsonArray *array = dw_json_get_array (object, name);
  g_autoptr (GStrvBuilder) strings = g_strv_builder_new ();

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      const char *string = dw_json_array_get_string (array, i);

      if (string != NULL)
        g_strv_builder_add (strings, string);
    }

  return g_strv_builder_end (strings);
}

/* Returns: (transfer full): the members of type string of the object @name in @object, which may be
 *   %NULL itself, by their names
 */
GHashTable *
dw_json_dup_table (JsonObject *object, const char *name)
{
  JsonObject *member = dw_json_get_object (object, name);
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

/* Sets the member to @value, whatever bytes it has, or to null where there is none. */
void
dw_json_set_string (JsonObject *object, const char *name, const char *value)
{
  g_autofree char *valid = value != NULL ? g_utf8_make_valid (value, -1) : NULL;

  if (valid != NULL)
    json_object_set_string_member (object, name, valid);
  else
    json_object_set_null_member (object, name);
}

/* Returns: (nullable) (transfer none): what stands at @index of @array, when it is an object */
JsonObject *
dw_json_array_get_object (JsonArray *array, guint index)
{
  JsonNode *node = json_array_get_element (array, index);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/* Returns: (nullable) (transfer none): what stands at @index of @array, when it is a string */
const char *
dw_json_array_get_string (JsonArray *array, guint index)
{
  return get_node_string (json_array_get_element (array, index));
}
