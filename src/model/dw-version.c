/* dw-version.c: a tag read as a version
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Semantic Versioning 2.0.0, read in the loose sense that tags ask for: a leading “v” is allowed,
 * missing numbers are 0 (“1.27” is 1.27.0), and leading zeros do not count (“2024.01.05”). Build
 * metadata cannot occur, as a tag cannot hold a “+”.
 */

#include "config.h"

#include "model/dw-version.h"

#include <string.h>

/* Reads digits, without their leading zeros; FALSE when there is none. */
static gboolean
read_number (const char **cursor, const char **digits, gsize *length)
{
  const char *start = *cursor;
  const char *end = start;

  while (g_ascii_isdigit (*end))
    end++;
  if (end == start)
    return FALSE;

  while (start < end - 1 && *start == '0')
    start++;
  *digits = start;
  *length = (gsize) (end - start);
  *cursor = end;

  return TRUE;
}

/**
 * dw_version_measure_identifiers:
 * @text: what follows the hyphen or the plus
 *
 * Returns: how many bytes of @text are dot-separated identifiers (SemVer 2.0.0, §9 and §10), or 0
 *   when it does not begin with one, or one of them is empty. Any thread.
 */
gsize
dw_version_measure_identifiers (const char *text)
{
  const char *cursor = text;

  for (;;)
    {
      const char *identifier = cursor;

      while (g_ascii_isalnum (*cursor) || *cursor == '-')
        cursor++;
      if (cursor == identifier)
        return 0;
      if (*cursor != '.')
        return (gsize) (cursor - text);
      cursor++;
    }
}

/**
 * dw_version_parse:
 * @self: (out caller-allocates): a view into @text
 * @text: a tag
 *
 * Returns: whether @text is a version. Any thread.
 */
gboolean
dw_version_parse (DwVersion *self, const char *text)
{
  const char *cursor = *text == 'v' ? text + 1 : text;

  *self = (DwVersion){ .numbers = { "0", "0", "0" }, .lengths = { 1, 1, 1 } };

  do
    if (!read_number (&cursor, &self->numbers[self->n_numbers], &self->lengths[self->n_numbers]))
      return FALSE;
  while (++self->n_numbers < G_N_ELEMENTS (self->numbers) && *cursor == '.' && cursor++ != NULL);

  if (*cursor == '-')
    {
      self->prerelease = cursor + 1;
      self->prerelease_length = dw_version_measure_identifiers (cursor + 1);
      if (self->prerelease_length == 0)
        return FALSE;
      cursor = self->prerelease + self->prerelease_length;
    }

  return *cursor == '\0';
}

static int
compare_bytes (const char *a, gsize length_of_a, const char *b, gsize length_of_b)
{
  int order = memcmp (a, b, MIN (length_of_a, length_of_b));

  return order != 0 ? order : (length_of_a > length_of_b) - (length_of_a < length_of_b);
}

static int
compare_digits (const char *a, gsize length_of_a, const char *b, gsize length_of_b)
{
  if (length_of_a != length_of_b)
    return length_of_a < length_of_b ? -1 : 1;

  return memcmp (a, b, length_of_a);
}

/* Returns: the order of major, minor and patch alone. Any thread. */
int
dw_version_compare_numbers (const DwVersion *a, const DwVersion *b)
{
  int order = 0;

  for (guint i = 0; order == 0 && i < G_N_ELEMENTS (a->numbers); i++)
    order = compare_digits (a->numbers[i], a->lengths[i], b->numbers[i], b->lengths[i]);

  return order;
}

/* One identifier: numbers by value and before words, words by their bytes. */
static int
compare_identifiers (const char *a, gsize length_of_a, const char *b, gsize length_of_b)
{
  const char *after_a = a;
  const char *after_b = b;
  const char *digits_of_a = NULL;
  const char *digits_of_b = NULL;
  gsize n_digits_of_a = 0;
  gsize n_digits_of_b = 0;
  gboolean a_is_number = read_number (&after_a, &digits_of_a, &n_digits_of_a) &&
                         after_a == a + length_of_a;
  gboolean b_is_number = read_number (&after_b, &digits_of_b, &n_digits_of_b) &&
                         after_b == b + length_of_b;

  if (a_is_number && b_is_number)
    return compare_digits (digits_of_a, n_digits_of_a, digits_of_b, n_digits_of_b);
  if (a_is_number != b_is_number)
    return a_is_number ? -1 : 1;

  return compare_bytes (a, length_of_a, b, length_of_b);
}

static gsize
measure_identifier (const char *start, const char *end)
{
  const char *dot = memchr (start, '.', (gsize) (end - start));

  return (gsize) ((dot != NULL ? dot : end) - start);
}

/**
 * dw_version_compare:
 * @a: a version
 * @b: another
 *
 * Returns: their precedence (SemVer 2.0.0, §11): less than, equal to or greater than 0. Any thread.
 */
int
dw_version_compare (const DwVersion *a, const DwVersion *b)
{
  int order = dw_version_compare_numbers (a, b);

  if (order != 0 || (a->prerelease == NULL && b->prerelease == NULL))
    return order;
  if (a->prerelease == NULL || b->prerelease == NULL)
    return a->prerelease == NULL ? 1 : -1;

  const char *of_a = a->prerelease;
  const char *of_b = b->prerelease;
  const char *end_of_a = of_a + a->prerelease_length;
  const char *end_of_b = of_b + b->prerelease_length;

  for (;;)
    {
      gsize length_of_a = measure_identifier (of_a, end_of_a);
      gsize length_of_b = measure_identifier (of_b, end_of_b);

      order = compare_identifiers (of_a, length_of_a, of_b, length_of_b);
      if (order != 0)
        return order;

      of_a += length_of_a;
      of_b += length_of_b;
      if (of_a == end_of_a || of_b == end_of_b)
        return (of_a != end_of_a) - (of_b != end_of_b);
      of_a++;
      of_b++;
    }
}

/**
 * dw_version_compare_naturally:
 * @a: a text
 * @b: another
 *
 * Compares as a person sorts: runs of digits by their value, all else by its bytes.
 *
 * Returns: less than, equal to or greater than 0. Any thread.
 */
int
dw_version_compare_naturally (const char *a, const char *b)
{
  while (*a != '\0' && *b != '\0')
    {
      const char *digits_of_a = NULL;
      const char *digits_of_b = NULL;
      gsize n_digits_of_a = 0;
      gsize n_digits_of_b = 0;
      int order;

      if (g_ascii_isdigit (*a) && g_ascii_isdigit (*b))
        {
          read_number (&a, &digits_of_a, &n_digits_of_a);
          read_number (&b, &digits_of_b, &n_digits_of_b);
          order = compare_digits (digits_of_a, n_digits_of_a, digits_of_b, n_digits_of_b);
        }
      else
        {
          order = (guchar) *a++ - (guchar) *b++;
        }

      if (order != 0)
        return order;
    }

  return (*a != '\0') - (*b != '\0');
}
