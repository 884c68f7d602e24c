/* dw-config-note.c: what a person must know of an import
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "config/dw-config-note.h"

/* The characters of a text from outside that are kept. */
#define LENGTH_LIMIT 600

/* What comes from a file, in one line that a person can read. */
static char *
make_line (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  gboolean is_long = g_utf8_strlen (valid, -1) > LENGTH_LIMIT;
  g_autofree char *start = is_long ? g_utf8_substring (valid, 0, LENGTH_LIMIT)
                                   : g_steal_pointer (&valid);
  g_autoptr (GString) line = g_string_new (NULL);

  for (const char *c = start; *c != '\0'; c = g_utf8_next_char (c))
    g_string_append_unichar (line,
                             g_unichar_isprint (g_utf8_get_char (c)) ? g_utf8_get_char (c) : ' ');
  if (is_long)
    g_string_append (line, "…");

  return g_string_free (g_steal_pointer (&line), FALSE);
}

DwConfigNote *
dw_config_note_new (const char *subject, const char *text)
{
  DwConfigNote *self = g_new0 (DwConfigNote, 1);

  self->subject = make_line (subject);
  self->text = make_line (text);

  return self;
}

void
dw_config_note_free (DwConfigNote *self)
{
  g_free (self->subject);
  g_free (self->text);
  g_free (self);
}
