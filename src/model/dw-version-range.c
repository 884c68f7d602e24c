/* dw-version-range.c: which versions are meant, as npm writes it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The range grammar of npm's semver: alternatives between “||”; in each either a hyphen range or
 * comparators that must all hold, where “^”, “~”, “x” and missing numbers stand for one or two
 * plain comparators. They are put into that plain form when the range is read. As there, a
 * pre-release is only meant where a comparator names a pre-release of the same three numbers.
 */

#include "config.h"

#include "model/dw-version-range.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "model/dw-model-error.h"

typedef enum
{
  BELOW,
  BELOW_OR_EQUAL,
  EQUAL,
  ABOVE_OR_EQUAL,
  ABOVE,
  TILDE,
  CARET,
} Operator;

/* @version is a view into @text. Only the plain operators occur here. */
typedef struct
{
  Operator relation;
  char *text;
  DwVersion version;
} Comparator;

/* A version in which numbers may be left open: @n_known of them come before the first open one. */
typedef struct
{
  const char *numbers[3];
  gsize lengths[3];
  guint n_known;
  const char *prerelease;
  gsize prerelease_length;
} Partial;

/* @alternatives: of GArray of Comparator; an empty one holds for every release */
struct _DwVersionRange
{
  GPtrArray *alternatives;
};

static void
comparator_clear (gpointer data)
{
  Comparator *comparator = data;

  g_free (comparator->text);
}

static void
add (GArray *alternative, Operator relation, char *text)
{
  Comparator comparator = { .relation = relation, .text = text };

  dw_version_parse (&comparator.version, text);
  g_array_append_val (alternative, comparator);
}

/* The first version that @partial stands for. */
static char *
make_lowest (const Partial *partial, const char *suffix)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (partial->numbers); i++)
    {
      if (i > 0)
        g_string_append_c (text, '.');
      if (i < partial->n_known)
        g_string_append_len (text, partial->numbers[i], (gssize) partial->lengths[i]);
      else
        g_string_append_c (text, '0');
    }
  if (partial->n_known == G_N_ELEMENTS (partial->numbers) && partial->prerelease != NULL)
    {
      g_string_append_c (text, '-');
      g_string_append_len (text, partial->prerelease, (gssize) partial->prerelease_length);
    }
  g_string_append (text, suffix);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The version in which the number at @index is one more, and what follows it is 0. */
static char *
make_raised (const Partial *partial, guint index, const char *suffix)
{
  g_autofree char *digits = g_strndup (partial->numbers[index], partial->lengths[index]);
  g_autofree char *raised = NULL;
  gsize i = partial->lengths[index];

  while (i > 0 && digits[i - 1] == '9')
    digits[--i] = '0';
  if (i > 0)
    digits[i - 1]++;
  raised = g_strconcat (i > 0 ? "" : "1", digits, NULL);

  Partial above = *partial;
  above.numbers[index] = raised;
  above.lengths[index] = strlen (raised);
  above.n_known = index + 1;
  above.prerelease = NULL;

  return make_lowest (&above, suffix);
}

/* From the lowest that @partial stands for to where the number at @index changes. */
static void
add_span (GArray *alternative, const Partial *partial, guint index)
{
  add (alternative, ABOVE_OR_EQUAL, make_lowest (partial, ""));
  add (alternative, BELOW, make_raised (partial, index, "-0"));
}

static guint
find_caret_index (const Partial *partial)
{
  guint index = 0;

  while (index < partial->n_known - 1 && partial->lengths[index] == 1 &&
         *partial->numbers[index] == '0')
    index++;

  return index;
}

static void
add_comparison (GArray *alternative, Operator relation, const Partial *partial)
{
  gboolean is_full = partial->n_known == G_N_ELEMENTS (partial->numbers);
  guint last = partial->n_known - 1;

  /* “*” is anything, and nothing is beyond it */
  if (partial->n_known == 0)
    {
      if (relation == BELOW || relation == ABOVE)
        add (alternative, BELOW, g_strdup ("0.0.0-0"));
      return;
    }

  switch (relation)
    {
    case TILDE:
      add_span (alternative, partial, MIN (1, last));
      break;
    case CARET:
      add_span (alternative, partial, find_caret_index (partial));
      break;
    case BELOW:
      add (alternative, BELOW, make_lowest (partial, is_full ? "" : "-0"));
      break;
    case ABOVE_OR_EQUAL:
      add (alternative, ABOVE_OR_EQUAL, make_lowest (partial, ""));
      break;
    case BELOW_OR_EQUAL:
      if (is_full)
        add (alternative, BELOW_OR_EQUAL, make_lowest (partial, ""));
      else
        add (alternative, BELOW, make_raised (partial, last, "-0"));
      break;
    case ABOVE:
      if (is_full)
        add (alternative, ABOVE, make_lowest (partial, ""));
      else
        add (alternative, ABOVE_OR_EQUAL, make_raised (partial, last, ""));
      break;
    case EQUAL:
    default:
      if (is_full)
        add (alternative, EQUAL, make_lowest (partial, ""));
      else
        add_span (alternative, partial, last);
      break;
    }
}

static void
skip (const char **cursor, const char *characters)
{
  *cursor += strspn (*cursor, characters);
}

static Operator
read_operator (const char **cursor)
{
  Operator relation = EQUAL;

  switch (**cursor)
    {
    case '^':
      relation = CARET;
      *cursor += 1;
      break;
    case '~':
      relation = TILDE;
      *cursor += (*cursor)[1] == '>' ? 2 : 1;
      break;
    case '<':
    case '>':
      relation = **cursor == '<' ? BELOW : ABOVE;
      *cursor += 1;
      skip (cursor, " ");
      if (**cursor == '=')
        relation = relation == BELOW ? BELOW_OR_EQUAL : ABOVE_OR_EQUAL;
      break;
    default:
      break;
    }
  skip (cursor, "v= ");

  return relation;
}

/* Reads one number or “x”; FALSE when there is neither, or a number after an “x”. */
static gboolean
read_number (const char **cursor, Partial *partial, gboolean *is_open)
{
  const char *start = *cursor;

  if (*start != '\0' && strchr ("xX*", *start) != NULL)
    {
      *is_open = TRUE;
      *cursor += 1;
      return TRUE;
    }

  skip (cursor, "0123456789");
  if (*cursor == start || *is_open)
    return FALSE;

  while (*start == '0' && start < *cursor - 1)
    start++;
  partial->numbers[partial->n_known] = start;
  partial->lengths[partial->n_known] = (gsize) (*cursor - start);
  partial->n_known++;

  return TRUE;
}

static gboolean
read_partial (const char **cursor, Partial *partial)
{
  gboolean is_open = FALSE;
  guint n = 0;

  *partial = (Partial){ 0 };
  do
    if (!read_number (cursor, partial, &is_open))
      return FALSE;
  while (++n < G_N_ELEMENTS (partial->numbers) && **cursor == '.' && (*cursor)++ != NULL);

  if (**cursor == '-' && n == G_N_ELEMENTS (partial->numbers))
    {
      partial->prerelease = *cursor + 1;
      partial->prerelease_length = dw_version_measure_identifiers (partial->prerelease);
      if (partial->prerelease_length == 0)
        return FALSE;
      *cursor = partial->prerelease + partial->prerelease_length;
    }
  /* Build metadata has no part in precedence (SemVer 2.0.0, §10). */
  if (**cursor == '+' && n == G_N_ELEMENTS (partial->numbers))
    {
      gsize length = dw_version_measure_identifiers (*cursor + 1);

      if (length == 0)
        return FALSE;
      *cursor += 1 + length;
    }

  return **cursor == ' ' || **cursor == '\0';
}

static gboolean
read_hyphen_range (const char *text, GArray *alternative)
{
  const char *cursor = text;
  Partial from;
  Partial to;

  skip (&cursor, "v= ");
  if (!read_partial (&cursor, &from))
    return FALSE;
  skip (&cursor, " ");
  if (!g_str_has_prefix (cursor, "- "))
    return FALSE;
  cursor++;
  skip (&cursor, "v= ");
  if (!read_partial (&cursor, &to))
    return FALSE;
  skip (&cursor, " ");
  if (*cursor != '\0')
    return FALSE;

  add_comparison (alternative, ABOVE_OR_EQUAL, &from);
  add_comparison (alternative, BELOW_OR_EQUAL, &to);

  return TRUE;
}

/* Returns: (nullable): where @text cannot be understood, or %NULL when it was */
static const char *
read_alternative (const char *text, GArray *alternative)
{
  const char *cursor = text;

  if (read_hyphen_range (text, alternative))
    return NULL;

  for (skip (&cursor, " "); *cursor != '\0'; skip (&cursor, " "))
    {
      const char *start = cursor;
      Operator relation = read_operator (&cursor);
      Partial partial;

      if (!read_partial (&cursor, &partial))
        return start;
      add_comparison (alternative, relation, &partial);
    }

  return NULL;
}

/**
 * dw_version_range_parse:
 * @text: for example "^1.2", "~1.2.3", "1.x || >=2.5.0 <3" or "1.2 - 1.9"
 * @error: DW_MODEL_ERROR_INVALID
 *
 * Reads a range by the grammar of npm's semver.
 *
 * Returns: (transfer full) (nullable): the range. Any thread.
 */
DwVersionRange *
dw_version_range_parse (const char *text, GError **error)
{
  g_auto (GStrv) texts = g_strsplit (text, "||", -1);
  g_autoptr (DwVersionRange) self = g_new0 (DwVersionRange, 1);

  self->alternatives = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  for (guint i = 0; texts[i] != NULL; i++)
    {
      GArray *alternative = g_array_new (FALSE, FALSE, sizeof (Comparator));

      g_array_set_clear_func (alternative, comparator_clear);
      g_ptr_array_add (self->alternatives, alternative);

      const char *wrong = read_alternative (texts[i], alternative);
      if (wrong != NULL)
        {
          g_autofree char *shown = dw_model_quote (wrong);

          g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                       _ ("%s cannot be read; write a range like ^1.2, ~1.2.3, 1.x or >=1.2 <2, or "
                          "* for every version"),
                       shown);
          return NULL;
        }
    }

  return g_steal_pointer (&self);
}

/* Any thread. */
void
dw_version_range_free (DwVersionRange *self)
{
  g_ptr_array_unref (self->alternatives);
  g_free (self);
}

static gboolean
holds (const Comparator *comparator, const DwVersion *version)
{
  int order = dw_version_compare (version, &comparator->version);

  switch (comparator->relation)
    {
    case BELOW:
      return order < 0;
    case BELOW_OR_EQUAL:
      return order <= 0;
    case ABOVE_OR_EQUAL:
      return order >= 0;
    case ABOVE:
      return order > 0;
    case EQUAL:
      return order == 0;
    case TILDE:
    case CARET:
    default:
      g_assert_not_reached ();
    }
}

static gboolean
alternative_contains (GArray *alternative, const DwVersion *version)
{
  gboolean is_named = version->prerelease == NULL;

  for (guint i = 0; i < alternative->len; i++)
    {
      const Comparator *comparator = &g_array_index (alternative, Comparator, i);

      if (!holds (comparator, version))
        return FALSE;
      is_named = is_named || (comparator->version.prerelease != NULL &&
                              dw_version_compare_numbers (&comparator->version, version) == 0);
    }

  return is_named;
}

/* Returns: whether @version is one of those that are meant. Any thread. */
gboolean
dw_version_range_contains (DwVersionRange *self, const DwVersion *version)
{
  for (guint i = 0; i < self->alternatives->len; i++)
    if (alternative_contains (g_ptr_array_index (self->alternatives, i), version))
      return TRUE;

  return FALSE;
}
