/* dw-schedule.h: when something is to happen again and again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define DW_TYPE_SCHEDULE (dw_schedule_get_type ())

/* An immutable value: what is asked of it is safe from any thread. */
typedef struct _DwSchedule DwSchedule;

GType dw_schedule_get_type (void);
DwSchedule *dw_schedule_parse (const char *text, GError **error);
DwSchedule *dw_schedule_ref (DwSchedule *self);
void dw_schedule_unref (DwSchedule *self);
const char *dw_schedule_get_text (DwSchedule *self);
gint64 dw_schedule_get_period (DwSchedule *self);
gint64 dw_schedule_find_next (DwSchedule *self, GTimeZone *zone, gint64 after_s);

gboolean dw_schedule_parse_duration (const char *text, gint64 *seconds);
gboolean dw_schedule_validate (const char *field, const char *text, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwSchedule, dw_schedule_unref)

G_END_DECLS
