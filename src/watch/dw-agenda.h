/* dw-agenda.h: when a schedule's next turn is, by clocks that sleep, jump and are set
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/dw-schedule.h"

G_BEGIN_DECLS

/**
 * DwAgendaTime:
 * @wall_s: what the clock on the wall says, in seconds since 1970; somebody may set it
 * @boot_s: the seconds since the machine started, those asleep too; they only go forward
 */
typedef struct
{
  gint64 wall_s;
  gint64 boot_s;
} DwAgendaTime;

typedef struct _DwAgenda DwAgenda;

DwAgendaTime dw_agenda_time_now (void);

DwAgenda *dw_agenda_new (
    DwSchedule *schedule, GTimeZone *zone, const char *name, gint64 last_s, DwAgendaTime now);
void dw_agenda_free (DwAgenda *self);
gint64 dw_agenda_get_wait (DwAgenda *self, DwAgendaTime now);
void dw_agenda_turn (DwAgenda *self, DwAgendaTime now);
void dw_agenda_postpone (DwAgenda *self, DwAgendaTime now, gint64 seconds);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwAgenda, dw_agenda_free)

G_END_DECLS
