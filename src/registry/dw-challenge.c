/* dw-challenge.c: what an HTTP server asks for in WWW-Authenticate
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The header is a list of challenges, and a challenge is a list of parameters, both with commas:
 * an element that begins with a token which no "=" follows begins the next challenge.
 */

#include "config.h"

#include "registry/dw-challenge.h"

#include <libsoup/soup.h>
#include <string.h>

#define CHALLENGE_LIMIT 16
#define PARAMETER_LIMIT 64
#define WHITE_SPACE " \t"

struct _DwChallenge
{
  char *scheme;
  GHashTable *parameters; /* lower-case name to value */
};

static DwChallenge *
challenge_new (const char *scheme, gsize length)
{
  DwChallenge *self = g_new0 (DwChallenge, 1);

  self->scheme = g_ascii_strdown (scheme, (gssize) length);
  self->parameters = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  return self;
}

static void
challenge_free (gpointer data)
{
  DwChallenge *self = data;

  g_free (self->scheme);
  g_hash_table_unref (self->parameters);
  g_free (self);
}

/* A parameter must occur once only; of those that come again the first counts. */
static void
add_parameters (DwChallenge *self, const char *text)
{
  g_autoptr (GHashTable) parsed = soup_header_parse_param_list (text);
  GHashTableIter iter;
  gpointer name, value;

  if (parsed == NULL)
    return;

  g_hash_table_iter_init (&iter, parsed);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      g_autofree char *lower = g_ascii_strdown (name, -1);

      /* One without a value is a token68, which no scheme of a registry has. */
      if (value != NULL && g_hash_table_size (self->parameters) < PARAMETER_LIMIT &&
          !g_hash_table_contains (self->parameters, lower))
        g_hash_table_insert (self->parameters, g_steal_pointer (&lower), g_strdup (value));
    }
}

/**
 * dw_challenge_parse_header:
 * @header: (nullable): the value of WWW-Authenticate; several such headers joined with commas
 *
 * Reads the challenges of RFC 9110, section 11.6.1. What does not fit the grammar is left out.
 *
 * Returns: (transfer full) (element-type DwChallenge): the challenges in their order. Any thread.
 */
GPtrArray *
dw_challenge_parse_header (const char *header)
{
  GPtrArray *challenges = g_ptr_array_new_with_free_func (challenge_free);
  GSList *elements = header != NULL ? soup_header_parse_list (header) : NULL;
  DwChallenge *current = NULL;

  for (GSList *l = elements; l != NULL; l = l->next)
    {
      const char *element = l->data;
      gsize length = strcspn (element, WHITE_SPACE "=");
      const char *rest = element + length + strspn (element + length, WHITE_SPACE);

      if (length > 0 && *rest != '=')
        {
          if (challenges->len >= CHALLENGE_LIMIT)
            break;
          current = challenge_new (element, length);
          g_ptr_array_add (challenges, current);
          if (*rest != '\0')
            add_parameters (current, rest);
        }
      else if (length > 0 && current != NULL)
        add_parameters (current, element);
    }

  soup_header_free_list (elements);

  return challenges;
}

/**
 * dw_challenge_find:
 * @challenges: what dw_challenge_parse_header() gave
 * @scheme: a scheme in lower case, such as "bearer"
 *
 * Returns: (transfer none) (nullable): the first challenge of the scheme
 */
const DwChallenge *
dw_challenge_find (GPtrArray *challenges, const char *scheme)
{
  for (guint i = 0; i < challenges->len; i++)
    {
      const DwChallenge *challenge = g_ptr_array_index (challenges, i);

      if (g_str_equal (challenge->scheme, scheme))
        return challenge;
    }

  return NULL;
}

/* Returns: (transfer none): the scheme in lower case */
const char *
dw_challenge_get_scheme (const DwChallenge *self)
{
  return self->scheme;
}

/* Returns: (transfer none) (nullable): the value of the parameter, whose name is in lower case */
const char *
dw_challenge_get_parameter (const DwChallenge *self, const char *name)
{
  return g_hash_table_lookup (self->parameters, name);
}
