/* dw-agenda.c: when a schedule's next turn is, by clocks that sleep, jump and are set
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It is asked how long to wait, and told what time it is; it looks at no clock itself. A period is
 * counted in time that passes, a time of day in what the wall shows. Turns that were missed, in a
 * day of sleep or while the program did not run, come as one; a clock that is put back does not
 * make one wait for the time that it shows again.
 *
 * Not all registries of all users are to be asked in the same second: a period ends up to a tenth
 * early, and a time of day begins up to a minute late, each by an amount that is drawn from the
 * name and the turn.
 */

#include "config.h"

#include "watch/dw-agenda.h"

#include <time.h>

#define MINUTE 60
/* What a clock may be slewed between two looks; more is that somebody set it. */
#define TOLERANCE_S 30

struct _DwAgenda
{
  DwSchedule *schedule;
  GTimeZone *zone;
  guint seed;
  guint n_turns;
  gint64 due_s;        /* of the clock that counts for the schedule */
  gint64 not_before_s; /* since the start of the machine */
  DwAgendaTime seen;   /* when it was last asked or told */
};

/* Returns: the time now, by both clocks. Any thread. */
DwAgendaTime
dw_agenda_time_now (void)
{
  struct timespec boot;

  clock_gettime (CLOCK_BOOTTIME, &boot);

  return (DwAgendaTime){ .wall_s = g_get_real_time () / G_USEC_PER_SEC, .boot_s = boot.tv_sec };
}

static gint64
draw (DwAgenda *self, gint64 limit_s)
{
  guint32 number = self->seed ^ (self->n_turns * 2654435761U);

  number ^= number >> 16;
  number *= 0x45d9f3bU;
  number ^= number >> 16;

  return limit_s > 0 ? (gint64) (number % (guint64) limit_s) : 0;
}

/* Plans the turn after @last, both of which are of the clock that counts. */
static void
plan (DwAgenda *self, gint64 last_s)
{
  gint64 period_s = dw_schedule_get_period (self->schedule);

  self->n_turns++;
  if (period_s > 0)
    {
      self->due_s = last_s + period_s - draw (self, period_s / 10);
      return;
    }

  gint64 next_s = dw_schedule_find_next (self->schedule, self->zone, last_s);
  gint64 after_s = dw_schedule_find_next (self->schedule, self->zone, next_s);
  self->due_s = next_s + draw (self, MIN ((after_s - next_s) / 10, MINUTE));
}

/**
 * dw_agenda_new:
 * @schedule: when
 * @zone: whose clocks a time of day goes by
 * @name: of what it is for, so that not everything happens at once
 * @last_s: when the last turn was, in seconds since 1970, or 0 when there was none
 * @now: the time
 *
 * Where there was no turn, or one was missed since, there is one now.
 *
 * Returns: (transfer full): the agenda. Any thread.
 */
DwAgenda *
dw_agenda_new (
    DwSchedule *schedule, GTimeZone *zone, const char *name, gint64 last_s, DwAgendaTime now)
{
  DwAgenda *self = g_new0 (DwAgenda, 1);

  self->schedule = dw_schedule_ref (schedule);
  self->zone = g_time_zone_ref (zone);
  self->seed = g_str_hash (name);
  self->seen = now;
  self->not_before_s = now.boot_s;

  if (last_s <= 0)
    self->due_s = dw_schedule_get_period (schedule) > 0 ? now.boot_s : now.wall_s;
  /* What was seen in the future was seen by another clock. */
  else if (dw_schedule_get_period (schedule) > 0)
    plan (self, now.boot_s - MAX (now.wall_s - last_s, 0));
  else
    plan (self, MIN (last_s, now.wall_s));

  return self;
}

/* Any thread. */
void
dw_agenda_free (DwAgenda *self)
{
  if (self == NULL)
    return;

  dw_schedule_unref (self->schedule);
  g_time_zone_unref (self->zone);
  g_free (self);
}

static gint64
get_clock (DwAgenda *self, DwAgendaTime now)
{
  return dw_schedule_get_period (self->schedule) > 0 ? now.boot_s : now.wall_s;
}

/**
 * dw_agenda_get_wait:
 * @self: the agenda
 * @now: the time
 *
 * To be asked again after a while, since what is said holds for a clock that nobody sets.
 *
 * Returns: the seconds until the next turn, or 0 when it is now
 */
gint64
dw_agenda_get_wait (DwAgenda *self, DwAgendaTime now)
{
  gint64 set_back_s = (now.boot_s - self->seen.boot_s) - (now.wall_s - self->seen.wall_s);

  if (set_back_s > TOLERANCE_S && dw_schedule_get_period (self->schedule) == 0)
    plan (self, now.wall_s);
  self->seen = now;

  return MAX (MAX (self->due_s - get_clock (self, now), self->not_before_s - now.boot_s), 0);
}

/**
 * dw_agenda_turn:
 * @self: the agenda
 * @now: the time
 *
 * The turn was taken, or one out of turn that stands for it: the next one is planned from @now.
 */
void
dw_agenda_turn (DwAgenda *self, DwAgendaTime now)
{
  self->seen = now;
  plan (self, get_clock (self, now));
}

/**
 * dw_agenda_postpone:
 * @self: the agenda
 * @now: the time
 * @seconds: how long nothing may happen, whatever the schedule says; 0 for no such wait
 */
void
dw_agenda_postpone (DwAgenda *self, DwAgendaTime now, gint64 seconds)
{
  self->not_before_s = now.boot_s + seconds;
}
