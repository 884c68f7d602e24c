/* dw-link.c: where an HTTP header Link leads
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "registry/dw-link.h"

#include <libsoup/soup.h>
#include <string.h>

/* To the comma after this link, or to the end; a comma in a quoted string is no end. */
static const char *
find_end (const char *text)
{
  gboolean is_quoted = FALSE;

  for (; *text != '\0' && (is_quoted || *text != ','); text++)
    {
      if (is_quoted && *text == '\\' && text[1] != '\0')
        text++;
      else if (*text == '"')
        is_quoted = !is_quoted;
    }

  return text;
}

static gboolean
says_next (const char *parameters)
{
  const char *start = parameters + strspn (parameters, " \t;");
  g_autoptr (GHashTable) parsed = *start != '\0' ? soup_header_parse_semi_param_list (start) : NULL;
  const char *relations = parsed != NULL ? g_hash_table_lookup (parsed, "rel") : NULL;

  if (relations == NULL)
    return FALSE;

  g_auto (GStrv) words = g_strsplit_set (relations, " \t", -1);
  for (guint i = 0; words[i] != NULL; i++)
    if (g_ascii_strcasecmp (words[i], "next") == 0)
      return TRUE;

  return FALSE;
}

/**
 * dw_link_find_next:
 * @header: (nullable): the value of Link; several such headers joined with commas
 *
 * Finds the link with the relation "next" (RFC 8288, section 3). A header that breaks the grammar
 * leads nowhere from there on.
 *
 * Returns: (transfer full) (nullable): its target as it stands, a URI reference. Any thread.
 */
char *
dw_link_find_next (const char *header)
{
  const char *text = header != NULL ? header : "";

  while (TRUE)
    {
      text += strspn (text, " \t,");
      const char *close = *text == '<' ? strchr (text, '>') : NULL;
      if (close == NULL)
        return NULL;

      const char *end = find_end (close + 1);
      g_autofree char *parameters = g_strndup (close + 1, (gsize) (end - close - 1));
      if (says_next (parameters))
        return g_strndup (text + 1, (gsize) (close - text - 1));
      text = end;
    }
}
