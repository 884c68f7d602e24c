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

/* Returns: (nullable): what follows the string that begins at @cursor, or %NULL for a bad one */
static const char *
skip_string (const char *cursor)
{
  for (cursor++; *cursor != '"'; cursor++)
    {
      if ((guchar) *cursor < 0x20)
        return NULL;
      if (*cursor != '\\')
        continue;

      cursor++;
      if (*cursor == 'u')
        {
          for (guint i = 1; i <= 4; i++)
            if (!g_ascii_isxdigit (cursor[i]))
              return NULL;
          if (strncmp (cursor + 1, "0000", 4) == 0)
            return NULL;
          cursor += 4;
        }
      else if (*cursor == '\0' || strchr ("\"\\/bfnrt", *cursor) == NULL)
        {
          return NULL;
        }
    }

  return cursor + 1;
}

/* Returns: (nullable): where the object or array that begins at @cursor ends, or %NULL */
static const char *
skip_value (const char *cursor)
{
  guint depth = 0;

  while (*cursor != '\0')
    switch (*cursor)
      {
      case '{':
      case '[':
        if (++depth > DEPTH_LIMIT)
          return NULL;
        cursor++;
        break;
      case '}':
      case ']':
        cursor++;
        if (--depth == 0)
          return cursor;
        break;
      case '"':
        cursor = skip_string (cursor);
        if (cursor == NULL)
          return NULL;
        break;
      default:
        if (!g_ascii_isalnum (*cursor) && strchr (" \t\r\n:,+-.", *cursor) == NULL)
          return NULL;
        cursor++;
        break;
      }

  return NULL;
}

/**
 * dw_json_text_parse:
 * @text: UTF-8 text, of a length that the caller has bound
 * @error: DW_MODEL_ERROR_INVALID; the message says only what is wrong with the JSON
 *
 * Reads a JSON object or array (RFC 8259) of at most 64 levels. Strings with a NUL are refused, as
 * no text of ours can hold one.
 *
 * Returns: (transfer full) (nullable): the object or array. Any thread.
 */
JsonNode *
dw_json_text_parse (const char *text, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (JsonNode) root = NULL;
  const char *start = text + strspn (text, " \t\r\n");
  const char *end = *start == '{' || *start == '[' ? skip_value (start) : NULL;

  if (end != NULL && end[strspn (end, " \t\r\n")] == '\0')
    root = json_from_string (text, &problem);
  if (root == NULL)
    g_set_error_literal (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                         problem != NULL ? problem->message
                                         : _ ("it is not well-formed, or too deep"));

  return g_steal_pointer (&root);
}
