/* dw-schedule.c: when something is to happen again and again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Five fields as in crontab(5): minute, hour, day of the month, month, day of the week; each is
 * “*”, a number, a range, a list of them, with steps; months and days of the week may be named.
 * Where both days are restricted, one of them is enough. Or @hourly, @daily, @midnight, @weekly,
 * @monthly, @yearly and @annually; or @every with a duration such as 5m, 90s or 1h30m.
 *
 * The fields mean local time. When the clocks go forward, what falls into the hour that is left out
 * happens once, right after it. When they go back, what names its hour happens the first time only,
 * and what happens in every hour (its hour is “*” or begins with it) goes on as time does.
 */

#include "config.h"

#include "model/dw-schedule.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "model/dw-model-error.h"
#include "model/dw-validation.h"

#define TEXT_LIMIT 128
#define MINUTE 60
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define LONGEST_PERIOD (366 * (gint64) DAY)
/* 29 February comes after eight years at the latest (1896 to 1904, 2096 to 2104). */
#define SEARCH_LIMIT (9 * 366 * (gint64) DAY)

typedef enum
{
  FIELD_MINUTE,
  FIELD_HOUR,
  FIELD_DAY,
  FIELD_MONTH,
  FIELD_WEEKDAY,
  N_FIELDS,
} Field;

struct _DwSchedule
{
  gatomicrefcount ref_count;
  char *text;
  gint64 period_s;            /* of @every, or 0 */
  guint64 allowed[N_FIELDS];  /* a bit a value */
  gboolean is_open[N_FIELDS]; /* it is “*”, or begins with it */
};

static const struct
{
  const char *problem; /* of a text that is none; it stands before that */
  guint minimum;
  guint maximum;
  const char *const *words; /* nullable: names of the values from the minimum on */
} fields[N_FIELDS] = {
  /* Translators: what was written stands before it, in quotes, as in all of these five */
  [FIELD_MINUTE] = { N_ ("is no minute"), 0, 59, NULL },
  [FIELD_HOUR] = { N_ ("is no hour"), 0, 23, NULL },
  [FIELD_DAY] = { N_ ("is no day of the month"), 1, 31, NULL },
  [FIELD_MONTH] = { N_ ("is no month"), 1, 12,
                    (const char *const[]){ "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug",
                                           "sep", "oct", "nov", "dec", NULL } },
  /* 0 and 7 are both Sunday. */
  [FIELD_WEEKDAY] = { N_ ("is no day of the week"), 0, 7,
                      (const char *const[]){ "sun", "mon", "tue", "wed", "thu", "fri", "sat",
                                             NULL } },
};

G_DEFINE_BOXED_TYPE (DwSchedule, dw_schedule, dw_schedule_ref, dw_schedule_unref)

static gboolean
refuse (GError **error, const char *text, const char *problem)
{
  g_autofree char *shown = dw_model_quote (text);

  g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
               _ ("%s is not a schedule: %s; write it like @every 5m, @hourly, @daily or "
                  "*/15 8-18 * * mon-fri"),
               shown, problem);
  return FALSE;
}

/* A number, or a name of the field's. */
static gboolean
read_value (const char **cursor, Field field, guint *value)
{
  const char *start = *cursor;

  if (g_ascii_isdigit (*start))
    {
      *value = 0;
      while (g_ascii_isdigit (**cursor) && *cursor - start < 4)
        *value = *value * 10 + (guint) g_ascii_digit_value (*(*cursor)++);
      return *value >= fields[field].minimum && *value <= fields[field].maximum;
    }

  for (guint i = 0; fields[field].words != NULL && fields[field].words[i] != NULL; i++)
    if (g_ascii_strncasecmp (start, fields[field].words[i], 3) == 0)
      {
        *value = fields[field].minimum + i;
        *cursor += 3;
        return TRUE;
      }

  return FALSE;
}

/* One part of a list: “*”, a value or a range, and a step. */
static gboolean
read_part (const char **cursor, Field field, guint64 *allowed)
{
  guint first = fields[field].minimum;
  guint last = fields[field].maximum;
  guint step = 1;
  gboolean is_one = FALSE;

  if (**cursor == '*')
    {
      *cursor += 1;
    }
  else
    {
      if (!read_value (cursor, field, &first))
        return FALSE;
      is_one = **cursor != '-';
      last = first;
      if (!is_one)
        {
          *cursor += 1;
          if (!read_value (cursor, field, &last) || last < first)
            return FALSE;
        }
    }

  if (**cursor == '/')
    {
      const char *start = ++*cursor;

      /* as cron has it, a single value with a step goes on to the end */
      if (is_one)
        last = fields[field].maximum;
      step = 0;
      while (g_ascii_isdigit (**cursor) && *cursor - start < 4)
        step = step * 10 + (guint) g_ascii_digit_value (*(*cursor)++);
      if (step == 0)
        return FALSE;
    }

  for (guint value = first; value <= last; value += step)
    *allowed |= G_GUINT64_CONSTANT (1) << value;

  return TRUE;
}

static gboolean
read_field (DwSchedule *self, Field field, const char *text)
{
  const char *cursor = text;
  guint64 *allowed = &self->allowed[field];

  self->is_open[field] = *text == '*';
  do
    if (!read_part (&cursor, field, allowed))
      return FALSE;
  while (*cursor == ',' && (*cursor++) != '\0');

  if (field == FIELD_WEEKDAY && (*allowed & (G_GUINT64_CONSTANT (1) << 7)) != 0)
    *allowed |= 1;

  return *cursor == '\0';
}

static gboolean
read_fields (DwSchedule *self, const char *text, GError **error)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  guint n = 0;

  for (guint i = 0; words[i] != NULL; i++)
    {
      if (*words[i] == '\0')
        continue;
      if (n == N_FIELDS)
        return refuse (
            error, self->text,
            /* Translators: after “%s is not a schedule: ” */ _ ("it has more than five fields"));
      if (!read_field (self, (Field) n, words[i]))
        {
          g_autofree char *shown = dw_model_quote (words[i]);
          g_autofree char *problem = g_strdup_printf ("%s %s", shown, _ (fields[n].problem));

          return refuse (error, self->text, problem);
        }
      n++;
    }
  if (n < N_FIELDS)
    return refuse (error, self->text, _ ("it has fewer than five fields"));

  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  if (dw_schedule_find_next (self, utc, 0) < 0)
    return refuse (error, self->text, _ ("there is no such day"));

  return TRUE;
}

/**
 * dw_schedule_parse_duration:
 * @text: numbers with the units d, h, m and s, each once at most and in this order
 * @seconds: (out): how long that is
 *
 * Returns: whether @text is a duration, such as 90s, 5m, 1h30m or 2d. Any thread.
 */
gboolean
dw_schedule_parse_duration (const char *text, gint64 *seconds)
{
  static const struct
  {
    char unit;
    gint64 seconds;
  } units[] = { { 'd', DAY }, { 'h', HOUR }, { 'm', MINUTE }, { 's', 1 } };
  const char *cursor = text;
  gsize next_unit = 0;

  *seconds = 0;
  do
    {
      const char *digits = cursor;
      gint64 number = 0;
      gsize unit = next_unit;

      while (g_ascii_isdigit (*cursor) && cursor - digits < 9)
        number = number * 10 + g_ascii_digit_value (*cursor++);
      while (unit < G_N_ELEMENTS (units) && units[unit].unit != *cursor)
        unit++;
      if (cursor == digits || unit == G_N_ELEMENTS (units))
        return FALSE;
      *seconds += number * units[unit].seconds;
      next_unit = unit + 1;
      cursor++;
    }
  while (*cursor != '\0');

  return TRUE;
}

static gboolean
read_period (DwSchedule *self, const char *text, GError **error)
{
  if (!dw_schedule_parse_duration (text + strspn (text, " "), &self->period_s))
    return refuse (error, self->text, _ ("a duration is written like 90s, 5m, 1h30m or 1d"));
  if (self->period_s < 1 || self->period_s > LONGEST_PERIOD)
    return refuse (error, self->text, _ ("it must be from a second to a year"));

  return TRUE;
}

static gboolean
read_word (DwSchedule *self, const char *word, GError **error)
{
  static const struct
  {
    const char *word;
    const char *fields;
  } words[] = {
    { "@hourly", "0 * * * *" },     { "@daily", "0 0 * * *" },   { "@midnight", "0 0 * * *" },
    { "@weekly", "0 0 * * sun" },   { "@monthly", "0 0 1 * *" }, { "@yearly", "0 0 1 jan *" },
    { "@annually", "0 0 1 jan *" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (word, words[i].word))
      return read_fields (self, words[i].fields, error);

  return refuse (error, self->text, _ ("there is no such word"));
}

/**
 * dw_schedule_parse:
 * @text: (nullable): what a person wrote; the head of this file says what that may be
 * @error: DW_MODEL_ERROR_INVALID; the message says how to write it
 *
 * Returns: (transfer full) (nullable): the schedule. Any thread.
 */
DwSchedule *
dw_schedule_parse (const char *text, GError **error)
{
  if (!dw_validate_line ("schedule", text, TEXT_LIMIT, error))
    return NULL;

  g_autofree char *stripped = g_strstrip (g_strdup (text));
  g_autoptr (DwSchedule) self = g_new0 (DwSchedule, 1);
  gboolean is_read;

  g_atomic_ref_count_init (&self->ref_count);
  self->text = g_strdup (stripped);
  if (g_str_has_prefix (stripped, "@every ") || g_str_equal (stripped, "@every"))
    is_read = read_period (self, stripped + strlen ("@every"), error);
  else if (*stripped == '@')
    is_read = read_word (self, stripped, error);
  else
    is_read = read_fields (self, stripped, error);

  return is_read ? g_steal_pointer (&self) : NULL;
}

/* Any thread. Returns: (transfer full) */
DwSchedule *
dw_schedule_ref (DwSchedule *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/* Any thread. */
void
dw_schedule_unref (DwSchedule *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->text);
  g_free (self);
}

/* Returns: (transfer none): the schedule as it was written */
const char *
dw_schedule_get_text (DwSchedule *self)
{
  return self->text;
}

/* Returns: the seconds of an @every, which no clock that is set changes; or 0 for a schedule by the
 * time of day */
gint64
dw_schedule_get_period (DwSchedule *self)
{
  return self->period_s;
}

/* A moment, with what the clocks of the zone show then. */
typedef struct
{
  gint64 time_s; /* UTC; a whole minute, as every offset has been for a century */
  int interval;  /* of the zone, between two changes of its offset */
  gint64 offset_s;
  int minute;
  int hour;
  int day;
  int month;
  int weekday; /* 0 is Sunday */
} Moment;

static void
set_clock (Moment *moment, gint64 civil_s)
{
  g_autoptr (GDateTime) shown = g_date_time_new_from_unix_utc (civil_s);

  moment->minute = g_date_time_get_minute (shown);
  moment->hour = g_date_time_get_hour (shown);
  moment->day = g_date_time_get_day_of_month (shown);
  moment->month = g_date_time_get_month (shown);
  moment->weekday = g_date_time_get_day_of_week (shown) % 7;
}

static Moment
look_at (GTimeZone *zone, gint64 time_s)
{
  Moment moment = { .time_s = time_s };

  moment.interval = g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, time_s);
  moment.offset_s = g_time_zone_get_offset (zone, moment.interval);
  set_clock (&moment, time_s + moment.offset_s);

  return moment;
}

static gboolean
allows (DwSchedule *self, Field field, int value)
{
  return (self->allowed[field] >> value & 1) != 0;
}

static gboolean
allows_day (DwSchedule *self, const Moment *moment)
{
  gboolean day = allows (self, FIELD_DAY, moment->day);
  gboolean weekday = allows (self, FIELD_WEEKDAY, moment->weekday);

  return allows (self, FIELD_MONTH, moment->month) &&
         (self->is_open[FIELD_DAY] || self->is_open[FIELD_WEEKDAY] ? day && weekday
                                                                   : day || weekday);
}

static gboolean
allows_moment (DwSchedule *self, const Moment *moment)
{
  return allows_day (self, moment) && allows (self, FIELD_HOUR, moment->hour) &&
         allows (self, FIELD_MINUTE, moment->minute);
}

/* The first moment of another offset after @from, up to @to, or @to when there is none: changes are
 * months apart, and @to is a day away at most. */
static gint64
stop_at_change (GTimeZone *zone, const Moment *from, gint64 to_s)
{
  gint64 before_s = from->time_s;
  gint64 after_s = to_s;

  if (g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, to_s) == from->interval)
    return to_s;

  while (after_s - before_s > MINUTE)
    {
      gint64 middle_s = before_s + (after_s - before_s) / 2 / MINUTE * MINUTE;

      if (g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, middle_s) == from->interval)
        before_s = middle_s;
      else
        after_s = middle_s;
    }

  return after_s;
}

/* Whether something was due in the time that the clocks left out right before @moment. */
static gboolean
was_left_out (DwSchedule *self, GTimeZone *zone, const Moment *moment)
{
  Moment before = look_at (zone, moment->time_s - MINUTE);
  Moment missing = { 0 };

  if (self->is_open[FIELD_HOUR] || before.interval == moment->interval)
    return FALSE;

  for (gint64 civil_s = moment->time_s + before.offset_s;
       civil_s < moment->time_s + moment->offset_s; civil_s += MINUTE)
    {
      set_clock (&missing, civil_s);
      if (allows_moment (self, &missing))
        return TRUE;
    }

  return FALSE;
}

/* Whether the clocks showed the same already, before they were put back. */
static gboolean
is_second_time (DwSchedule *self, GTimeZone *zone, const Moment *moment)
{
  if (self->is_open[FIELD_HOUR] || moment->interval == 0)
    return FALSE;

  gint64 shift_s = g_time_zone_get_offset (zone, moment->interval - 1) - moment->offset_s;

  return shift_s > 0 && g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL,
                                                   moment->time_s - shift_s) < moment->interval;
}

/**
 * dw_schedule_find_next:
 * @self: a schedule
 * @zone: whose clocks it goes by
 * @after_s: a time, in seconds since 1970
 *
 * Returns: the first time after @after_s that @self names, in seconds since 1970, or -1 when there
 *   is none in nine years. Any thread.
 */
gint64
dw_schedule_find_next (DwSchedule *self, GTimeZone *zone, gint64 after_s)
{
  g_return_val_if_fail (self != NULL && zone != NULL, -1);

  if (self->period_s > 0)
    return after_s + self->period_s;

  gint64 end_s = after_s + SEARCH_LIMIT;
  gint64 time_s = after_s - (after_s % MINUTE + MINUTE) % MINUTE + MINUTE;

  while (time_s < end_s)
    {
      Moment moment = look_at (zone, time_s);
      gint64 step_s = MINUTE;

      if ((allows_moment (self, &moment) && !is_second_time (self, zone, &moment)) ||
          was_left_out (self, zone, &moment))
        return time_s;

      if (!allows_day (self, &moment))
        step_s = DAY - moment.hour * HOUR - moment.minute * MINUTE;
      else if (!allows (self, FIELD_HOUR, moment.hour))
        step_s = HOUR - moment.minute * MINUTE;
      time_s = stop_at_change (zone, &moment, time_s + step_s);
    }

  return -1;
}

/**
 * dw_schedule_validate:
 * @field: its name, for the message
 * @text: (nullable): what is to be a schedule
 * @error: DW_MODEL_ERROR_INVALID
 *
 * Returns: whether it is one. Any thread.
 */
gboolean
dw_schedule_validate (const char *field, const char *text, GError **error)
{
  g_autoptr (DwSchedule) schedule = NULL;

  if (!dw_validate_line (field, text, TEXT_LIMIT, error))
    return FALSE;

  schedule = dw_schedule_parse (text, error);
  if (schedule == NULL)
    g_prefix_error (error, "%s: ", field);

  return schedule != NULL;
}
