/* dw-model-error.c: what the model's validation says
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "model/dw-model-error.h"

#define QUOTED_CHARACTERS 40

G_DEFINE_QUARK (dw_model_error, dw_model_error)

/* Whether it would not be seen, or move or turn around what stands beside it. */
static gboolean
is_invisible (gunichar character)
{
  switch ((int) g_unichar_type (character))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return TRUE;
    default:
      return FALSE;
    }
}

/**
 * dw_model_quote:
 * @text: (nullable): anything from outside, of any length and content
 *
 * Makes @text fit to stand in a message: valid UTF-8 on one line, quoted, cut where
 * it is long, with the code of every character that cannot be seen.
 *
 * Returns: (transfer full): the quoted text. Any thread.
 */
char *
dw_model_quote (const char *text)
{
  if (text == NULL)
    return g_strdup ("“”");

  /* Room for one more than is shown, however many bytes they have. */
  gsize length = strnlen (text, 4 * (QUOTED_CHARACTERS + 1));
  g_autofree char *valid = g_utf8_make_valid (text, (gssize) length);
  gboolean is_cut = g_utf8_strlen (valid, -1) > QUOTED_CHARACTERS;
  g_autofree char *start = is_cut ? g_utf8_substring (valid, 0, QUOTED_CHARACTERS)
                                  : g_steal_pointer (&valid);
  g_autoptr (GString) quoted = g_string_new ("“");

  for (const char *c = start; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar character = g_utf8_get_char (c);

      if (is_invisible (character))
        g_string_append_printf (quoted, "\\x%02x", character);
      else
        g_string_append_unichar (quoted, character);
    }
  g_string_append (quoted, is_cut ? "…”" : "”");

  return g_string_free (g_steal_pointer (&quoted), FALSE);
}
