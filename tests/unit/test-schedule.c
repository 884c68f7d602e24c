/* test-schedule.c: when a schedule's next time is, whatever the clocks of its zone do
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "model/dw-hours.h"
#include "model/dw-model-error.h"
#include "model/dw-schedule.h"
#include "watch/dw-agenda.h"

static GTimeZone *
zone_new (const char *name)
{
  GTimeZone *zone = g_time_zone_new_identifier (name);

  if (zone == NULL)
    g_error ("the time zone %s is not installed (package tzdata)", name);

  return zone;
}

static DwSchedule *
schedule_new (const char *text)
{
  g_autoptr (GError) error = NULL;
  DwSchedule *schedule = dw_schedule_parse (text, &error);

  g_assert_no_error (error);
  g_assert_nonnull (schedule);

  return schedule;
}

static gint64
parse_time (const char *text)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, NULL);

  g_assert_nonnull (time);

  return g_date_time_to_unix (time);
}

/* A zone, a schedule, when to begin, and the times that follow; all with their offsets. */
typedef struct
{
  const char *zone;
  const char *schedule;
  const char *after;
  const char *expected[5];
} Case;

static void
check_cases (const Case *cases, gsize n_cases)
{
  for (gsize i = 0; i < n_cases; i++)
    {
      g_autoptr (GTimeZone) zone = zone_new (cases[i].zone);
      g_autoptr (DwSchedule) schedule = schedule_new (cases[i].schedule);
      gint64 time_s = parse_time (cases[i].after);

      for (gsize j = 0; j < G_N_ELEMENTS (cases[i].expected) && cases[i].expected[j] != NULL; j++)
        {
          time_s = dw_schedule_find_next (schedule, zone, time_s);

          g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time_s);
          g_autoptr (GDateTime) shown = g_date_time_to_timezone (utc, zone);
          g_autofree char *text = g_date_time_format_iso8601 (shown);
          if (time_s != parse_time (cases[i].expected[j]))
            g_test_fail_printf ("%s in %s: %s in place of %s", cases[i].schedule, cases[i].zone,
                                text, cases[i].expected[j]);
        }
    }
}

static void
test_fields (void)
{
  static const Case cases[] = {
    { "UTC",
      "* * * * *",
      "2026-01-01T00:00:30Z",
      { "2026-01-01T00:01:00Z", "2026-01-01T00:02:00Z" } },
    { "UTC",
      "*/15 * * * *",
      "2026-01-01T00:00:00Z",
      { "2026-01-01T00:15:00Z", "2026-01-01T00:30:00Z", "2026-01-01T00:45:00Z",
        "2026-01-01T01:00:00Z" } },
    { "UTC",
      "5,35 9-10 * * *",
      "2026-01-01T09:36:00Z",
      { "2026-01-01T10:05:00Z", "2026-01-01T10:35:00Z", "2026-01-02T09:05:00Z" } },
    { "UTC",
      "0 9-17/4 * * *",
      "2026-01-01T00:00:00Z",
      { "2026-01-01T09:00:00Z", "2026-01-01T13:00:00Z", "2026-01-01T17:00:00Z",
        "2026-01-02T09:00:00Z" } },
    { "UTC",
      "50/5 23 * * *",
      "2026-01-01T00:00:00Z",
      { "2026-01-01T23:50:00Z", "2026-01-01T23:55:00Z", "2026-01-02T23:50:00Z" } },
    { "UTC",
      "0 0 31 * *",
      "2026-01-01T00:00:00Z",
      { "2026-01-31T00:00:00Z", "2026-03-31T00:00:00Z", "2026-05-31T00:00:00Z" } },
    { "UTC",
      "0 0 29 feb *",
      "2026-01-01T00:00:00Z",
      { "2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z" } },
    { "UTC", "0 0 29 2 *", "2096-03-01T00:00:00Z", { "2104-02-29T00:00:00Z" } },
    { "UTC",
      "30 6 * JAN,Jul Mon",
      "2026-01-01T00:00:00Z",
      { "2026-01-05T06:30:00Z", "2026-01-12T06:30:00Z" } },
    { "UTC", "0 12 * * mon-fri", "2026-01-02T12:00:00Z", { "2026-01-05T12:00:00Z" } },
    { "UTC", "0 12 * * 0", "2026-01-01T00:00:00Z", { "2026-01-04T12:00:00Z" } },
    { "UTC", "0 12 * * 7", "2026-01-01T00:00:00Z", { "2026-01-04T12:00:00Z" } },
    { "UTC",
      "0 12 * * 5-7",
      "2026-01-01T00:00:00Z",
      { "2026-01-02T12:00:00Z", "2026-01-03T12:00:00Z", "2026-01-04T12:00:00Z",
        "2026-01-09T12:00:00Z" } },
    /* Both days restricted: one of them is enough. */
    { "UTC",
      "0 0 13 * fri",
      "2026-02-10T00:00:00Z",
      { "2026-02-13T00:00:00Z", "2026-02-20T00:00:00Z", "2026-02-27T00:00:00Z",
        "2026-03-06T00:00:00Z", "2026-03-13T00:00:00Z" } },
    { "UTC",
      "0 0 1,15 * 3",
      "2026-01-01T00:00:00Z",
      { "2026-01-07T00:00:00Z", "2026-01-14T00:00:00Z", "2026-01-15T00:00:00Z" } },
    { "UTC", "0 0 */10 * mon", "2026-06-01T00:00:00Z", { "2026-08-31T00:00:00Z" } },
    { "UTC", "  0  4  * * *  ", "2026-01-01T05:00:00Z", { "2026-01-02T04:00:00Z" } },
    { "UTC", "59 23 31 12 *", "2026-12-31T23:59:00Z", { "2027-12-31T23:59:00Z" } },
    { "UTC",
      "0 0 1 1 *",
      "1969-06-01T00:00:01Z",
      { "1970-01-01T00:00:00Z", "1971-01-01T00:00:00Z" } },
  };

  check_cases (cases, G_N_ELEMENTS (cases));
}

static void
test_words (void)
{
  static const Case cases[] = {
    { "UTC", "@hourly", "2026-01-01T00:10:00Z", { "2026-01-01T01:00:00Z" } },
    { "UTC", "@daily", "2026-01-01T00:10:00Z", { "2026-01-02T00:00:00Z" } },
    { "UTC", "@midnight", "2026-01-01T00:10:00Z", { "2026-01-02T00:00:00Z" } },
    { "UTC", "@weekly", "2026-01-01T00:10:00Z", { "2026-01-04T00:00:00Z" } },
    { "UTC", "@monthly", "2026-01-01T00:10:00Z", { "2026-02-01T00:00:00Z" } },
    { "UTC", "@yearly", "2026-01-01T00:10:00Z", { "2027-01-01T00:00:00Z" } },
    { "UTC", "@annually", "2026-01-01T00:10:00Z", { "2027-01-01T00:00:00Z" } },
    { "UTC", "@every 5m", "2026-01-01T00:10:30Z", { "2026-01-01T00:15:30Z" } },
    { "UTC", "@every 1h30m", "2026-01-01T00:00:00Z", { "2026-01-01T01:30:00Z" } },
    { "UTC", "@every 90s", "2026-01-01T00:00:00Z", { "2026-01-01T00:01:30Z" } },
    { "UTC", "@every   2d1s", "2026-01-01T00:00:00Z", { "2026-01-03T00:00:01Z" } },
    { "Europe/Berlin", "@every 6h", "2026-03-29T00:00:00+01:00", { "2026-03-29T07:00:00+02:00" } },
  };

  check_cases (cases, G_N_ELEMENTS (cases));
}

/* The clocks go forward: what they leave out happens once, right after. */
static void
test_spring (void)
{
  static const Case cases[] = {
    { "Europe/Berlin",
      "30 2 * * *",
      "2026-03-28T00:00:00+01:00",
      { "2026-03-28T02:30:00+01:00", "2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00" } },
    { "Europe/Berlin",
      "0,20,40 2 * * *",
      "2026-03-29T00:00:00+01:00",
      { "2026-03-29T03:00:00+02:00", "2026-03-30T02:00:00+02:00" } },
    { "Europe/Berlin",
      "0 2,3 * * *",
      "2026-03-29T00:00:00+01:00",
      { "2026-03-29T03:00:00+02:00", "2026-03-30T02:00:00+02:00" } },
    { "Europe/Berlin", "0 4 * * *", "2026-03-28T12:00:00+01:00", { "2026-03-29T04:00:00+02:00" } },
    { "Europe/Berlin",
      "30 * * * *",
      "2026-03-29T00:45:00+01:00",
      { "2026-03-29T01:30:00+01:00", "2026-03-29T03:30:00+02:00" } },
    { "Europe/Berlin",
      "0 */2 * * *",
      "2026-03-29T00:00:00+01:00",
      { "2026-03-29T04:00:00+02:00" } },
    { "Europe/Berlin",
      "30 2 28 * *",
      "2026-03-28T03:00:00+01:00",
      { "2026-04-28T02:30:00+02:00" } },
    { "America/New_York",
      "15 2 * * sun",
      "2026-03-07T00:00:00-05:00",
      { "2026-03-08T03:00:00-04:00", "2026-03-15T02:15:00-04:00" } },
    { "America/New_York", "@daily", "2026-03-08T00:00:00-05:00", { "2026-03-09T00:00:00-04:00" } },
    /* Half an hour only. */
    { "Australia/Lord_Howe",
      "15 2 * * *",
      "2026-10-03T12:00:00+10:30",
      { "2026-10-04T02:30:00+11:00", "2026-10-05T02:15:00+11:00" } },
    { "Australia/Lord_Howe",
      "45 2 * * *",
      "2026-10-03T12:00:00+10:30",
      { "2026-10-04T02:45:00+11:00" } },
    { "Australia/Lord_Howe",
      "*/20 * * * *",
      "2026-10-04T01:40:00+10:30",
      { "2026-10-04T02:40:00+11:00", "2026-10-04T03:00:00+11:00" } },
    /* At midnight. */
    { "Africa/Cairo",
      "0 0 * * *",
      "2026-04-23T12:00:00+02:00",
      { "2026-04-24T01:00:00+03:00", "2026-04-25T00:00:00+03:00" } },
    { "America/Santiago",
      "@daily",
      "2026-09-05T12:00:00-04:00",
      { "2026-09-06T01:00:00-03:00", "2026-09-07T00:00:00-03:00" } },
    /* A whole day that never was. */
    { "Pacific/Apia",
      "0 12 30 12 *",
      "2011-12-29T00:00:00-10:00",
      { "2011-12-31T00:00:00+14:00", "2012-12-30T12:00:00+14:00" } },
  };

  check_cases (cases, G_N_ELEMENTS (cases));
}

/* The clocks go back: what names its hour happens the first time only. */
static void
test_autumn (void)
{
  static const Case cases[] = {
    { "Europe/Berlin",
      "30 2 * * *",
      "2026-10-25T00:00:00+02:00",
      { "2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00" } },
    { "Europe/Berlin",
      "0 3 * * *",
      "2026-10-25T00:00:00+02:00",
      { "2026-10-25T03:00:00+01:00", "2026-10-26T03:00:00+01:00" } },
    { "Europe/Berlin",
      "30 * * * *",
      "2026-10-25T01:45:00+02:00",
      { "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", "2026-10-25T03:30:00+01:00" } },
    { "Europe/Berlin",
      "30 1-3 * * *",
      "2026-10-25T01:00:00+02:00",
      { "2026-10-25T01:30:00+02:00", "2026-10-25T02:30:00+02:00", "2026-10-25T03:30:00+01:00" } },
    /* Asked in the second of the two hours. */
    { "Europe/Berlin", "30 2 * * *", "2026-10-25T02:10:00+01:00", { "2026-10-26T02:30:00+01:00" } },
    { "America/New_York",
      "0 1 * * *",
      "2026-11-01T00:00:00-04:00",
      { "2026-11-01T01:00:00-04:00", "2026-11-02T01:00:00-05:00" } },
    { "America/New_York",
      "*/30 * * * *",
      "2026-11-01T01:00:00-04:00",
      { "2026-11-01T01:30:00-04:00", "2026-11-01T01:00:00-05:00", "2026-11-01T01:30:00-05:00",
        "2026-11-01T02:00:00-05:00" } },
    { "Australia/Lord_Howe",
      "45 1 * * *",
      "2026-04-05T00:00:00+11:00",
      { "2026-04-05T01:45:00+11:00", "2026-04-06T01:45:00+10:30" } },
    { "Australia/Lord_Howe",
      "15 1 * * *",
      "2026-04-05T00:00:00+11:00",
      { "2026-04-05T01:15:00+11:00", "2026-04-06T01:15:00+10:30" } },
    /* A year that is over: a zone may still decide anew about those to come. */
    { "America/Havana",
      "@daily",
      "2024-11-02T12:00:00-04:00",
      { "2024-11-03T00:00:00-04:00", "2024-11-04T00:00:00-05:00" } },
  };

  check_cases (cases, G_N_ELEMENTS (cases));
}

static void
test_zones_without_changes (void)
{
  static const Case cases[] = {
    { "Asia/Kolkata",
      "0 2 * * *",
      "2026-03-29T00:00:00+05:30",
      { "2026-03-29T02:00:00+05:30", "2026-03-30T02:00:00+05:30" } },
    { "Asia/Kathmandu", "0 0 * * *", "2026-01-01T12:00:00+05:45", { "2026-01-02T00:00:00+05:45" } },
    { "Pacific/Kiritimati",
      "@weekly",
      "2026-01-01T12:00:00+14:00",
      { "2026-01-04T00:00:00+14:00" } },
    { "America/St_Johns",
      "30 23 31 12 *",
      "2026-01-01T12:00:00-03:30",
      { "2026-12-31T23:30:00-03:30" } },
  };

  check_cases (cases, G_N_ELEMENTS (cases));
}

/* Every day has its turn, in every zone with changes, over years. */
static void
test_daily_is_daily (void)
{
  static const char *const zones[] = { "Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
                                       "Africa/Cairo", "America/Santiago" };
  static const char *const schedules[] = { "30 2 * * *", "0 0 * * *", "45 1 * * *", "0 3 * * *" };

  for (gsize i = 0; i < G_N_ELEMENTS (zones); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (schedules); j++)
      {
        g_autoptr (GTimeZone) zone = zone_new (zones[i]);
        g_autoptr (DwSchedule) schedule = schedule_new (schedules[j]);
        gint64 time_s = parse_time ("2025-01-01T12:00:00Z");

        for (guint n = 0; n < 800; n++)
          {
            gint64 next_s = dw_schedule_find_next (schedule, zone, time_s);

            g_assert_cmpint (next_s - time_s, >=, n == 0 ? 0 : 22 * 3600);
            g_assert_cmpint (next_s - time_s, <=, 26 * 3600);
            time_s = next_s;
          }
      }
}

static void
test_bad_schedules_are_refused (void)
{
  static const char *const bad[] = {
    "",
    "* * * *",
    "* * * * * *",
    "60 * * * *",
    "* 24 * * *",
    "* * 0 * *",
    "* * 32 * *",
    "* * * 13 *",
    "* * * 0 *",
    "* * * * 8",
    "* * * * mond",
    "5-1 * * * *",
    "*/0 * * * *",
    "*/ * * * *",
    "a * * * *",
    "1, * * * *",
    ",1 * * * *",
    "1-2-3 * * * *",
    "-1 * * * *",
    "0 0 30 2 *",
    "0 0 31 4,6 *",
    "@",
    "@often",
    "@every",
    "@every 5",
    "@every m",
    "@every 0s",
    "@every 5m1h",
    "@every 1m1m",
    "@every -5m",
    "@every 400d",
    "@every 5 m",
    "@reboot",
    "every 5m",
    "* * * * *\n",
    "\xff",
    "99999 * * * *",
    "@every 9999999999s",
    "* * * jann *",
    "1.5 * * * *",
  };
  g_autofree char *huge = g_strnfill (100000, '*');

  for (gsize i = 0; i <= G_N_ELEMENTS (bad); i++)
    {
      const char *text = i < G_N_ELEMENTS (bad) ? bad[i] : huge;
      g_autoptr (GError) error = NULL;
      g_autoptr (DwSchedule) schedule = dw_schedule_parse (text, &error);

      if (schedule != NULL)
        g_test_fail_printf ("“%s” was taken", text);
      else
        g_assert_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID);
      g_assert_cmpuint (error != NULL ? strlen (error->message) : 0, <, 500);
    }
}

/* Zone, hours, a time, and when they are next open: the same time where they are. */
typedef struct
{
  const char *zone;
  const char *hours;
  const char *time;
  const char *start;
} HoursCase;

static void
test_hours (void)
{
  static const HoursCase cases[] = {
    { "UTC", "09:00-17:00", "2026-01-01T09:00:00Z", "2026-01-01T09:00:00Z" },
    { "UTC", "09:00-17:00", "2026-01-01T16:59:59Z", "2026-01-01T16:59:59Z" },
    { "UTC", "09:00-17:00", "2026-01-01T17:00:00Z", "2026-01-02T09:00:00Z" },
    { "UTC", "09:00-17:00", "2026-01-01T08:59:59Z", "2026-01-01T09:00:00Z" },
    { "UTC", "22:00-06:00", "2026-01-01T23:00:00Z", "2026-01-01T23:00:00Z" },
    { "UTC", "22:00-06:00", "2026-01-02T05:59:00Z", "2026-01-02T05:59:00Z" },
    { "UTC", "22:00-06:00", "2026-01-02T06:00:00Z", "2026-01-02T22:00:00Z" },
    { "UTC", "00:00-24:00", "2026-01-02T06:00:00Z", "2026-01-02T06:00:00Z" },
    { "UTC", "mon-fri 09:00-17:00", "2026-01-02T17:30:00Z", "2026-01-05T09:00:00Z" },
    { "UTC", "Mon-Fri 09:00-17:00, sat 10:00-12:00", "2026-01-02T17:30:00Z",
      "2026-01-03T10:00:00Z" },
    { "UTC", "sun 22:00-06:00", "2026-01-05T03:00:00Z", "2026-01-05T03:00:00Z" },
    { "UTC", "sun 22:00-06:00", "2026-01-05T07:00:00Z", "2026-01-11T22:00:00Z" },
    { "UTC", "sat-mon 01:00-02:00", "2026-01-02T12:00:00Z", "2026-01-03T01:00:00Z" },
    { "Europe/Berlin", "02:00-03:00", "2026-03-29T00:00:00Z", "2026-03-30T00:00:00Z" },
    { "Europe/Berlin", "02:00-03:00", "2026-10-25T00:30:00Z", "2026-10-25T00:30:00Z" },
    { "Europe/Berlin", "02:00-03:00", "2026-10-25T01:30:00Z", "2026-10-25T01:30:00Z" },
    { "America/New_York", "mon 00:00-24:00", "2026-01-05T04:59:00Z", "2026-01-05T05:00:00Z" },
  };
  static const char *const bad[] = { "",
                                     "9-17",
                                     "09:00",
                                     "09:00-09:00",
                                     "24:00-08:00",
                                     "25:00-26:00",
                                     "09:60-10:00",
                                     "mo 09:00-10:00",
                                     "mon09:00-10:00",
                                     "09:00-17:00,",
                                     "mon-  09:00-10:00",
                                     "09:00-24:01",
                                     "x" };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (DwHours) hours = dw_hours_parse (cases[i].hours, &error);
      g_autoptr (GTimeZone) zone = zone_new (cases[i].zone);
      gint64 time_s = parse_time (cases[i].time);

      g_assert_no_error (error);
      g_assert_cmpint (dw_hours_find_start (hours, zone, time_s), ==, parse_time (cases[i].start));
      g_assert_cmpint (dw_hours_contain (hours, zone, time_s), ==,
                       g_str_equal (cases[i].time, cases[i].start));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (dw_hours_parse (bad[i], &error));
      g_assert_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID);
    }
}

#define NOW 1767225600 /* 2026-01-01T00:00:00Z */

static DwAgendaTime
at (gint64 wall_s, gint64 boot_s)
{
  return (DwAgendaTime){ .wall_s = NOW + wall_s, .boot_s = boot_s };
}

static DwAgenda *
agenda_new (const char *text, gint64 last_s)
{
  g_autoptr (DwSchedule) schedule = schedule_new (text);
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();

  return dw_agenda_new (schedule, zone, "a", last_s, at (0, 1000));
}

static void
test_agenda_periods (void)
{
  g_autoptr (DwAgenda) agenda = agenda_new ("@every 1000s", 0);

  g_assert_cmpint (dw_agenda_get_wait (agenda, at (0, 1000)), ==, 0);
  for (guint i = 0; i < 50; i++)
    {
      dw_agenda_turn (agenda, at (0, 1000));
      g_assert_cmpint (dw_agenda_get_wait (agenda, at (0, 1000)), <=, 1000);
      g_assert_cmpint (dw_agenda_get_wait (agenda, at (0, 1000)), >=, 900);
    }
  /* A wall clock that is set changes nothing. */
  g_assert_cmpint (dw_agenda_get_wait (agenda, at (-100000, 1500)), <=, 500);
  g_assert_cmpint (dw_agenda_get_wait (agenda, at (-100000, 1500)), >=, 400);
  g_assert_cmpint (dw_agenda_get_wait (agenda, at (100000, 1500)), >=, 400);
}

static void
test_agenda_goes_on_after_a_start (void)
{
  g_autoptr (DwAgenda) recent = agenda_new ("@every 1000s", NOW - 300);
  g_autoptr (DwAgenda) missed = agenda_new ("@every 1000s", NOW - 5000);
  g_autoptr (DwAgenda) future = agenda_new ("@every 1000s", NOW + 5000);
  g_autoptr (DwAgenda) missed_hour = agenda_new ("@hourly", NOW - 4000);
  g_autoptr (DwAgenda) future_hour = agenda_new ("30 * * * *", NOW + 50000);

  g_assert_cmpint (dw_agenda_get_wait (recent, at (0, 1000)), <=, 700);
  g_assert_cmpint (dw_agenda_get_wait (recent, at (0, 1000)), >=, 600);
  g_assert_cmpint (dw_agenda_get_wait (missed, at (0, 1000)), ==, 0);
  g_assert_cmpint (dw_agenda_get_wait (future, at (0, 1000)), <=, 1000);
  g_assert_cmpint (dw_agenda_get_wait (missed_hour, at (0, 1000)), ==, 0);
  g_assert_cmpint (dw_agenda_get_wait (future_hour, at (0, 1000)), <, 1860);
}

static void
test_agenda_sleep (void)
{
  static const char *const schedules[] = { "@every 5m", "*/5 * * * *" };

  for (gsize i = 0; i < G_N_ELEMENTS (schedules); i++)
    {
      g_autoptr (DwAgenda) agenda = agenda_new (schedules[i], NOW);
      gint64 day_s = 24 * 3600 + 7;

      g_assert_cmpint (dw_agenda_get_wait (agenda, at (0, 1000)), >, 0);
      g_assert_cmpint (dw_agenda_get_wait (agenda, at (day_s, 1000 + day_s)), ==, 0);
      dw_agenda_turn (agenda, at (day_s, 1000 + day_s));
      g_assert_cmpint (dw_agenda_get_wait (agenda, at (day_s, 1000 + day_s)), >, 200);
    }
}

static void
test_agenda_clock_jumps (void)
{
  g_autoptr (DwAgenda) agenda = agenda_new ("0 * * * *", NOW);

  /* forward over the turn: one, and then the next hour's */
  g_assert_cmpint (dw_agenda_get_wait (agenda, at (600, 1600)), >, 2900);
  g_assert_cmpint (dw_agenda_get_wait (agenda, at (50000, 1601)), ==, 0);
  dw_agenda_turn (agenda, at (50000, 1601));
  gint64 wait_s = dw_agenda_get_wait (agenda, at (50000, 1601));
  g_assert_cmpint (wait_s, >, 0);
  g_assert_cmpint (wait_s, <=, 3660);
  /* back by half a day: nobody waits for the time that was shown already */
  wait_s = dw_agenda_get_wait (agenda, at (610, 1602));
  g_assert_cmpint (wait_s, >, 2900);
  g_assert_cmpint (wait_s, <=, 3660);
  /* a second a look is no jump */
  g_assert_cmpint (dw_agenda_get_wait (agenda, at (611, 1604)), ==, wait_s - 1);
}

static void
test_agenda_postponed (void)
{
  g_autoptr (DwAgenda) agenda = agenda_new ("@every 10s", 0);

  dw_agenda_postpone (agenda, at (0, 1000), 120);
  g_assert_cmpint (dw_agenda_get_wait (agenda, at (0, 1000)), ==, 120);
  dw_agenda_turn (agenda, at (0, 1000));
  g_assert_cmpint (dw_agenda_get_wait (agenda, at (60, 1060)), ==, 60);
  dw_agenda_postpone (agenda, at (60, 1060), 0);
  g_assert_cmpint (dw_agenda_get_wait (agenda, at (60, 1060)), ==, 0);
}

static void
test_agenda_spreads (void)
{
  g_autoptr (DwSchedule) schedule = schedule_new ("@hourly");
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();
  g_autoptr (GHashTable) waits = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *name = g_strdup_printf ("registry %u", i);
      g_autoptr (DwAgenda) agenda = dw_agenda_new (schedule, zone, name, NOW, at (0, 0));
      gint64 wait_s = dw_agenda_get_wait (agenda, at (0, 0));

      g_assert_cmpint (wait_s, >=, 3600);
      g_assert_cmpint (wait_s, <, 3660);
      g_hash_table_add (waits, GINT_TO_POINTER ((int) wait_s));
    }
  g_assert_cmpuint (g_hash_table_size (waits), >, 30);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/model/schedule/fields-are-those-of-cron", test_fields);
  g_test_add_func ("/model/schedule/words-stand-for-fields", test_words);
  g_test_add_func ("/model/schedule/what-the-clocks-leave-out-happens-once-after-it", test_spring);
  g_test_add_func ("/model/schedule/what-comes-twice-happens-once", test_autumn);
  g_test_add_func ("/model/schedule/zones-have-any-offset", test_zones_without_changes);
  g_test_add_func ("/model/schedule/every-day-has-its-turn", test_daily_is_daily);
  g_test_add_func ("/model/schedule/a-bad-one-is-refused", test_bad_schedules_are_refused);
  g_test_add_func ("/model/hours/are-those-of-the-local-week", test_hours);
  g_test_add_func ("/watch/agenda/a-period-is-counted-in-time-that-passes", test_agenda_periods);
  g_test_add_func ("/watch/agenda/goes-on-where-the-last-run-ended",
                   test_agenda_goes_on_after_a_start);
  g_test_add_func ("/watch/agenda/a-day-of-sleep-is-one-turn", test_agenda_sleep);
  g_test_add_func ("/watch/agenda/a-clock-that-is-set-loses-no-turn", test_agenda_clock_jumps);
  g_test_add_func ("/watch/agenda/waits-as-long-as-it-is-told", test_agenda_postponed);
  g_test_add_func ("/watch/agenda/not-all-come-at-once", test_agenda_spreads);

  return g_test_run ();
}
