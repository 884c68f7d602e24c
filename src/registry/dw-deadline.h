/* dw-deadline.h: an asynchronous operation that one waits for, for so long and no longer
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  GMainContext *context;
  GCancellable *cancellable; /* of the operation itself */
  guint limit_ms;
  gboolean has_passed;

  /* private */
  GCancellable *outer;
  GSource *timeout;
  GSource *cancelled;
} DwDeadline;

void
dw_deadline_begin (DwDeadline *self, GMainContext *context, guint limit_ms, GCancellable *outer);
void dw_deadline_wait (DwDeadline *self, const gboolean *is_done);
void dw_deadline_end (DwDeadline *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DwDeadline, dw_deadline_end)

G_END_DECLS
