/* dw-json-text.c: JSON from outside, read strictly
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * json-glib reads more than JSON (comments, assignments, single quotes, what follows the end), cuts
 * a string at an escaped NUL, and goes as deep as the text does, down to the end of the stack. So
 * the text's words are looked at first; what they mean is left to json-glib.
 */

#include "config.h"

#include "model/dw-json-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "model/dw-model-error.h"

#define DEPTH_LIMIT 64

/* Reads \uXXXX; FALSE for anything else. */
static gboolean
skip_code_unit (const char **cursor, guint *unit)
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

/* Whether it is one, and one that stands for text: no NUL, and no half of a surrogate pair. */
static gboolean
skip_escape (const char **cursor)
{
  guint unit;
  guint second;

  if ((*cursor)[1] == 'u')
    return skip_code_unit (cursor, &unit) && unit != 0 && !(unit >= 0xdc00 && unit < 0xe000) &&
           (unit < 0xd800 || unit >= 0xe000 ||
            (skip_code_unit (cursor, &second) && second >= 0xdc00 && second < 0xe000));

  if ((*cursor)[1] == '\0' || strchr ("\"\\/bfnrt", (*cursor)[1]) == NULL)
    return FALSE;
  *cursor += 2;

  return TRUE;
}

static gboolean
skip_string (const char **cursor)
{
  for ((*cursor)++; **cursor != '"';)
    {
      if ((guchar) * *cursor < 0x20)
        return FALSE;
      if (**cursor != '\\')
        (*cursor)++;
      else if (!skip_escape (cursor))
        return FALSE;
    }
  (*cursor)++;

  return TRUE;
}

static void
skip_space (const char **cursor)
{
  *cursor += strspn (*cursor, " \t\r\n");
}

/* Whether the words of @cursor can be those of one object or array; if not, it stays where not. */
static gboolean
skip_document (const char **cursor)
{
  guint depth = 0;

  skip_space (cursor);
  if (**cursor != '{' && **cursor != '[')
    return FALSE;

  do
    switch (**cursor)
      {
      case '{':
      case '[':
        if (++depth > DEPTH_LIMIT)
          return FALSE;
        (*cursor)++;
        break;
      case '}':
      case ']':
        depth--;
        (*cursor)++;
        break;
      case '"':
        if (!skip_string (cursor))
          return FALSE;
        break;
      default:
        if (**cursor == '\0' ||
            (!g_ascii_isalnum (**cursor) && strchr (" \t\r\n:,+-.", **cursor) == NULL))
          return FALSE;
        (*cursor)++;
        break;
      }
  while (depth > 0);
  skip_space (cursor);

  return **cursor == '\0';
}

/* Without the text itself, which may be long, and secret. */
static void
set_error_at (GError **error, guint line, guint column)
{
  g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
               _ ("it cannot be read from line %u, column %u on"), line, column);
}

/**
 * dw_json_text_parse:
 * @text: UTF-8 text, of a length that the caller has bound
 * @error: DW_MODEL_ERROR_INVALID; the message says only where the JSON is wrong
 *
 * Reads a JSON object or array (RFC 8259) of at most 64 levels. Strings with a NUL are refused, as
 * no text of ours can hold one.
 *
 * Returns: (transfer full) (nullable): the object or array. Any thread.
 */
JsonNode *
dw_json_text_parse (const char *text, GError **error)
{
  const char *cursor = text;

  if (!skip_document (&cursor))
    {
      guint line = 1;
      const char *start = text;

      for (const char *c = text; c < cursor; c++)
        if (*c == '\n')
          {
            line++;
            start = c + 1;
          }
      set_error_at (error, line, (guint) g_utf8_strlen (start, cursor - start) + 1);
      return NULL;
    }

  g_autoptr (JsonParser) parser = json_parser_new ();
  if (!json_parser_load_from_data (parser, text, -1, NULL))
    {
      set_error_at (error, json_parser_get_current_line (parser),
                    json_parser_get_current_pos (parser));
      return NULL;
    }

  return json_parser_steal_root (parser);
}
