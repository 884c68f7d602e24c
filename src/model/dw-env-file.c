/* dw-env-file.c: the text of an .env file
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * As Docker Compose and the shell's users write it: one NAME=VALUE a line, with or without “export”
 * before it; what begins with # is a comment; a value in quotes may hold anything, also ends of
 * lines, and in double quotes \n and the like are read. Nothing is put in the place of $NAME: what
 * it would stand for on another machine nobody here knows.
 */

#include "config.h"

#include "model/dw-env-file.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "model/dw-environment.h"
#include "model/dw-model-error.h"

#define TEXT_LIMIT (1024 * 1024)
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* Where in the text it reads. */
typedef struct
{
  const char *c;
  guint line;
} Reader;

static void
skip_spaces (Reader *self)
{
  while (*self->c == ' ' || *self->c == '\t')
    self->c++;
}

/* To the start of the next line. */
static void
skip_line (Reader *self)
{
  while (*self->c != '\0' && *self->c != '\n')
    self->c++;
  if (*self->c == '\n')
    {
      self->c++;
      self->line++;
    }
}

static gboolean
is_at_end_of_line (Reader *self)
{
  return *self->c == '\0' || *self->c == '\n' || (*self->c == '\r' && self->c[1] == '\n');
}

static void
append_escaped (GString *value, char c)
{
  switch (c)
    {
    case 'n':
      g_string_append_c (value, '\n');
      break;
    case 'r':
      g_string_append_c (value, '\r');
      break;
    case 't':
      g_string_append_c (value, '\t');
      break;
    case '"':
    case '\\':
    case '$':
    case '`':
      g_string_append_c (value, c);
      break;
    default:
      g_string_append_c (value, '\\');
      g_string_append_c (value, c);
    }
}

/* FALSE when the quote is not closed. */
static gboolean
read_quoted (Reader *self, GString *value)
{
  char quote = *self->c++;

  while (*self->c != '\0' && *self->c != quote)
    {
      if (*self->c == '\n')
        self->line++;
      if (quote == '"' && *self->c == '\\' && self->c[1] != '\0')
        append_escaped (value, *++self->c);
      else
        g_string_append_c (value, *self->c);
      self->c++;
    }
  if (*self->c == '\0')
    return FALSE;

  self->c++;
  return TRUE;
}

/* Up to the end of the line, or to a comment, which has a space before it. */
static void
read_bare (Reader *self, GString *value)
{
  while (!is_at_end_of_line (self) &&
         !(*self->c == '#' && (value->len == 0 || g_ascii_isspace (self->c[-1]))))
    g_string_append_c (value, *self->c++);
  while (value->len > 0 && g_ascii_isspace (value->str[value->len - 1]))
    g_string_truncate (value, value->len - 1);
}

static gboolean
refuse (GError **error, guint line, const char *problem)
{
  /* Translators: the number of a line, and what is wrong there */
  g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID, _ ("line %u %s"), line, problem);
  return FALSE;
}

static gboolean
read_assignment (Reader *self, GStrvBuilder *builder, GError **error)
{
  g_autoptr (GString) value = g_string_new (NULL);
  g_autofree char *name = NULL;
  g_autofree char *assignment = NULL;
  guint line = self->line;

  if (g_str_has_prefix (self->c, "export "))
    self->c += strlen ("export ");
  skip_spaces (self);

  gsize length = strcspn (self->c, "=\n");
  if (self->c[length] != '=')
    return refuse (error, line,
                   /* Translators: “line 3” stands before it */ _ ("is not NAME=VALUE"));
  name = g_strstrip (g_strndup (self->c, length));
  self->c += length + 1;
  skip_spaces (self);

  if (*self->c == '"' || *self->c == '\'')
    {
      if (!read_quoted (self, value))
        return refuse (
            error, line,
            /* Translators: “line 3” stands before it */ _ ("has a quote that is not closed"));
      skip_spaces (self);
      if (!is_at_end_of_line (self) && *self->c != '#')
        return refuse (
            error, self->line,
            /* Translators: “line 3” stands before it */ _ ("goes on after the closing quote"));
    }
  else
    {
      read_bare (self, value);
    }
  skip_line (self);

  if (!dw_environment_validate_variable (name, value->str, error))
    {
      g_prefix_error (error, _ ("line %u: "), line);
      return FALSE;
    }

  assignment = g_strconcat (name, "=", value->str, NULL);
  g_strv_builder_add (builder, assignment);
  return TRUE;
}

/**
 * dw_env_file_parse:
 * @text: what is in such a file
 * @error: DW_MODEL_ERROR_INVALID; the message says in which line
 *
 * Returns: (transfer full) (nullable): NAME=VALUE strings in the order of @text. Any thread.
 */
GStrv
dw_env_file_parse (const char *text, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  Reader reader = { text, 1 };

  g_return_val_if_fail (text != NULL, NULL);

  if (strnlen (text, TEXT_LIMIT + 1) > TEXT_LIMIT)
    {
      g_set_error_literal (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                           _ ("The text is longer than 1 MiB"));
      return NULL;
    }
  if (!g_utf8_validate (text, -1, NULL))
    {
      g_set_error_literal (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                           _ ("The text is not in UTF-8"));
      return NULL;
    }

  if (g_str_has_prefix (text, BYTE_ORDER_MARK))
    reader.c += strlen (BYTE_ORDER_MARK);
  while (*reader.c != '\0')
    {
      skip_spaces (&reader);
      if (is_at_end_of_line (&reader) || *reader.c == '#')
        skip_line (&reader);
      else if (!read_assignment (&reader, builder, error))
        return NULL;
    }

  return g_strv_builder_end (builder);
}
