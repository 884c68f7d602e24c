/* dw-hours.h: the hours of the week in which something may happen
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define DW_TYPE_HOURS (dw_hours_get_type ())

/* An immutable value: what is asked of it is safe from any thread. */
typedef struct _DwHours DwHours;

GType dw_hours_get_type (void);
DwHours *dw_hours_parse (const char *text, GError **error);
DwHours *dw_hours_copy (const DwHours *self);
void dw_hours_free (DwHours *self);
gboolean dw_hours_contain (const DwHours *self, GTimeZone *zone, gint64 time_s);
gint64 dw_hours_find_start (const DwHours *self, GTimeZone *zone, gint64 after_s);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwHours, dw_hours_free)

G_END_DECLS
