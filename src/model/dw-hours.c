/* dw-hours.c: the hours of the week in which something may happen
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Windows that are separated by commas, each a span of the day in local time, on all days or on
 * those that are named before it: “22:00-06:00”, “mon-fri 09:00-17:00, sat 10:00-12:00”. The end is
 * not in it; 24:00 is the end of a day. A window that ends before it begins goes on into the next
 * day, and belongs to the day on which it begins.
 *
 * They are kept as the minutes of the week, so what the clocks show decides: in an hour that comes
 * twice the window is open twice, and one that the clocks leave out is not made up for.
 */

#include "config.h"

#include "model/dw-hours.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "model/dw-model-error.h"
#include "model/dw-validation.h"

#define TEXT_LIMIT 256
#define DAY_MINUTES (24 * 60)
#define WEEK_MINUTES (7 * DAY_MINUTES)

struct _DwHours
{
  guint8 is_open[WEEK_MINUTES]; /* from Monday, 00:00 on */
};

G_DEFINE_BOXED_TYPE (DwHours, dw_hours, dw_hours_copy, dw_hours_free)

static void
skip_blanks (const char **cursor)
{
  *cursor += strspn (*cursor, " \t");
}

static gboolean
read_day (const char **cursor, int *day)
{
  static const char *const names[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

  for (int i = 0; i < (int) G_N_ELEMENTS (names); i++)
    if (g_ascii_strncasecmp (*cursor, names[i], 3) == 0)
      {
        *day = i;
        *cursor += 3;
        return TRUE;
      }

  return FALSE;
}

/* Such as “mon-fri” or “sat”; none is every day. A range may go over the end of the week. */
static gboolean
read_days (const char **cursor, gboolean *days)
{
  int first = 0;
  int last = 6;

  if (g_ascii_isalpha (**cursor))
    {
      if (!read_day (cursor, &first))
        return FALSE;
      last = first;
      if (**cursor == '-')
        {
          *cursor += 1;
          if (!read_day (cursor, &last))
            return FALSE;
        }
      if (**cursor != ' ' && **cursor != '\t')
        return FALSE;
      skip_blanks (cursor);
    }

  for (int day = first;; day = (day + 1) % 7)
    {
      days[day] = TRUE;
      if (day == last)
        return TRUE;
    }
}

static gboolean
read_two_digits (const char **cursor, int *number)
{
  if (!g_ascii_isdigit ((*cursor)[0]) || !g_ascii_isdigit ((*cursor)[1]))
    return FALSE;

  *number = g_ascii_digit_value ((*cursor)[0]) * 10 + g_ascii_digit_value ((*cursor)[1]);
  *cursor += 2;

  return TRUE;
}

static gboolean
read_time (const char **cursor, int *minutes)
{
  int hour;
  int minute;

  if (!read_two_digits (cursor, &hour) || **cursor != ':')
    return FALSE;
  *cursor += 1;
  if (!read_two_digits (cursor, &minute) || minute > 59)
    return FALSE;
  *minutes = hour * 60 + minute;

  return *minutes <= DAY_MINUTES;
}

static gboolean
read_window (DwHours *self, const char *text)
{
  const char *cursor = text;
  gboolean days[7] = { FALSE };
  int start;
  int end;

  skip_blanks (&cursor);
  if (!read_days (&cursor, days) || !read_time (&cursor, &start) || *cursor != '-')
    return FALSE;
  cursor++;
  if (!read_time (&cursor, &end))
    return FALSE;
  skip_blanks (&cursor);
  if (*cursor != '\0' || start == DAY_MINUTES || start == end)
    return FALSE;

  if (end < start)
    end += DAY_MINUTES;
  for (int day = 0; day < 7; day++)
    for (int minute = start; days[day] && minute < end; minute++)
      self->is_open[(day * DAY_MINUTES + minute) % WEEK_MINUTES] = TRUE;

  return TRUE;
}

/**
 * dw_hours_parse:
 * @text: (nullable): what a person wrote; the head of this file says what that may be
 * @error: DW_MODEL_ERROR_INVALID; the message says how to write it
 *
 * Returns: (transfer full) (nullable): the hours. Any thread.
 */
DwHours *
dw_hours_parse (const char *text, GError **error)
{
  if (!dw_validate_line ("hours", text, TEXT_LIMIT, error))
    return NULL;

  g_auto (GStrv) windows = g_strsplit (text, ",", -1);
  g_autoptr (DwHours) self = g_new0 (DwHours, 1);

  for (guint i = 0; windows[i] != NULL; i++)
    if (!read_window (self, windows[i]))
      {
        g_autofree char *shown = dw_model_quote (windows[i]);

        g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                     _ ("%s cannot be read; write hours like 22:00-06:00 or mon-fri 09:00-17:00, "
                        "sat 10:00-12:00"),
                     shown);
        return NULL;
      }

  return g_steal_pointer (&self);
}

/* Any thread. Returns: (transfer full) */
DwHours *
dw_hours_copy (const DwHours *self)
{
  return g_memdup2 (self, sizeof *self);
}

/* Any thread. */
void
dw_hours_free (DwHours *self)
{
  g_free (self);
}

/**
 * dw_hours_contain:
 * @self: the hours
 * @zone: whose clocks they go by
 * @time_s: a time, in seconds since 1970
 *
 * Returns: whether @time_s is in them. Any thread.
 */
gboolean
dw_hours_contain (const DwHours *self, GTimeZone *zone, gint64 time_s)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (time_s);
  g_autoptr (GDateTime) shown = g_date_time_to_timezone (time, zone);
  int day = g_date_time_get_day_of_week (shown) - 1;

  return self->is_open[day * DAY_MINUTES + g_date_time_get_hour (shown) * 60 +
                       g_date_time_get_minute (shown)];
}

/**
 * dw_hours_find_start:
 * @self: the hours
 * @zone: whose clocks they go by
 * @after_s: a time, in seconds since 1970
 *
 * Returns: @after_s when it is in them, or when the next of them begin: within eight days, as there
 *   are some every week, and the clocks leave out two hours at most. Any thread.
 */
gint64
dw_hours_find_start (const DwHours *self, GTimeZone *zone, gint64 after_s)
{
  gint64 time_s = after_s;

  for (guint i = 0; i < 2 * WEEK_MINUTES && !dw_hours_contain (self, zone, time_s); i++)
    time_s += 60 - (time_s % 60 + 60) % 60;

  return time_s;
}
