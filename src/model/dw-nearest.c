/* dw-nearest.c: what a person may have meant
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "model/dw-nearest.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Nobody mistypes more than this, and the work grows with its square. */
#define LENGTH_LIMIT 64

/* The optimal string alignment distance: how many letters must be put in, left out, exchanged or
 * swapped with the next one. */
static guint
measure_distance (const char *a, const char *b)
{
  guint rows[3][LENGTH_LIMIT + 1];
  gsize length_of_a = strlen (a);
  gsize length_of_b = strlen (b);

  for (gsize j = 0; j <= length_of_b; j++)
    rows[0][j] = (guint) j;

  for (gsize i = 1; i <= length_of_a; i++)
    {
      guint *row = rows[i % 3];
      const guint *above = rows[(i - 1) % 3];

      row[0] = (guint) i;
      for (gsize j = 1; j <= length_of_b; j++)
        {
          row[j] = MIN (MIN (above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
          if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
            row[j] = MIN (row[j], rows[(i - 2) % 3][j - 2] + 1);
        }
    }

  return rows[length_of_a % 3][length_of_b];
}

/**
 * dw_find_nearest:
 * @word: what was typed
 * @candidates: (array zero-terminated=1): what there is
 *
 * Returns: (transfer none) (nullable): the candidate most like @word, or %NULL when none is
 */
const char *
dw_find_nearest (const char *word, const char *const *candidates)
{
  const char *nearest = NULL;
  gsize length = strnlen (word, LENGTH_LIMIT + 1);
  /* A third of the letters may be wrong, but not all of a short word. */
  guint nearest_distance = (guint) MAX (2, length / 3) + 1;

  if (length > LENGTH_LIMIT)
    return NULL;

  for (guint i = 0; candidates[i] != NULL; i++)
    {
      if (strlen (candidates[i]) > LENGTH_LIMIT)
        continue;

      guint distance = measure_distance (word, candidates[i]);
      if (distance >= MAX (length, strlen (candidates[i])))
        continue;
      if (distance < nearest_distance)
        {
          nearest = candidates[i];
          nearest_distance = distance;
        }
      /* What was only begun. */
      else if (nearest == NULL && length >= 3 && g_str_has_prefix (candidates[i], word))
        nearest = candidates[i];
    }

  return nearest;
}

/**
 * dw_suggest:
 * @word: what was typed
 * @candidates: (array zero-terminated=1): what there is
 *
 * Returns: (transfer full): a question to put after a message, or an empty text
 */
char *
dw_suggest (const char *word, const char *const *candidates)
{
  const char *nearest = dw_find_nearest (word, candidates);

  return nearest != NULL
             /* Translators: comes after a message, without a space */
             ? g_strdup_printf (_ ("; did you mean “%s”?"), nearest)
             : g_strdup ("");
}
