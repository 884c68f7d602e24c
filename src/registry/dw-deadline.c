/* dw-deadline.c: an asynchronous operation that one waits for, for so long and no longer
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The blocking calls of GIO have no time limit as a whole, and some of them sleep through a cancel.
 * So the asynchronous ones are run to their end in a main context that nobody else uses.
 *
 * It is from there, and with nothing left to do, that an operation is cancelled: up to libsoup 3.6
 * one that was cancelled between the head of its answer and its callback is ended twice, and freed
 * twice.
 */

#include "config.h"

#include "registry/dw-deadline.h"

static gboolean
on_timeout (gpointer user_data)
{
  DwDeadline *self = user_data;

  self->has_passed = TRUE;
  g_cancellable_cancel (self->cancellable);

  return G_SOURCE_REMOVE;
}

static gboolean
on_outer_cancelled (GCancellable *outer, gpointer user_data)
{
  g_cancellable_cancel (user_data);

  return G_SOURCE_REMOVE;
}

/**
 * dw_deadline_begin:
 * @self: (out caller-allocates): to be ended with dw_deadline_end()
 * @context: a main context of the caller's own; becomes the thread's default
 * @limit_ms: how long everything until the end may take
 * @outer: (nullable): ends it too
 *
 * From now on the operation is to be started with the cancellable of @self. Any thread.
 */
void
dw_deadline_begin (DwDeadline *self, GMainContext *context, guint limit_ms, GCancellable *outer)
{
  *self = (DwDeadline){
    .context = g_main_context_ref (context),
    .cancellable = g_cancellable_new (),
    .limit_ms = limit_ms,
    .outer = outer,
    .timeout = g_timeout_source_new (limit_ms),
    .cancelled = g_cancellable_source_new (outer),
  };

  g_main_context_push_thread_default (context);
  g_source_set_callback (self->timeout, on_timeout, self, NULL);
  g_source_set_priority (self->timeout, G_PRIORITY_LOW);
  g_source_attach (self->timeout, context);
  g_source_set_callback (self->cancelled, G_SOURCE_FUNC (on_outer_cancelled), self->cancellable,
                         NULL);
  g_source_set_priority (self->cancelled, G_PRIORITY_LOW);
  g_source_attach (self->cancelled, context);
  /* One that is not to begin at all does not. */
  if (g_cancellable_is_cancelled (outer))
    g_cancellable_cancel (self->cancellable);
}

/**
 * dw_deadline_wait:
 * @self: a deadline that has begun
 * @is_done: what the operation's callback sets
 *
 * Blocks until the operation has called back, which a cancel or the time limit make it do.
 */
void
dw_deadline_wait (DwDeadline *self, const gboolean *is_done)
{
  while (!*is_done)
    g_main_context_iteration (self->context, TRUE);
}

/* After the last callback. */
void
dw_deadline_end (DwDeadline *self)
{
  if (self->context == NULL)
    return;

  g_source_destroy (self->timeout);
  g_clear_pointer (&self->timeout, g_source_unref);
  g_source_destroy (self->cancelled);
  g_clear_pointer (&self->cancelled, g_source_unref);
  g_main_context_pop_thread_default (self->context);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_object (&self->cancellable);
}
