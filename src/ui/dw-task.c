/* dw-task.c: work that a thread does for a widget
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A GTask holds its source until nobody holds it, and that may be the thread, when it is slower to
 * let go than the main context is to take the result. A widget that was closed meanwhile would end
 * in the thread then, while GTK uses what is around it. So the task is not given its source: what
 * calls back holds it, and lets go of it in the main context.
 */

#include "config.h"

#include "ui/dw-task.h"

typedef struct
{
  GObject *source; /* nullable: it was called back */
  GAsyncReadyCallback callback;
  gpointer user_data;
} Call;

/* Of a task that came to its end there is no source any more, and any thread may do it. */
static void
call_free (gpointer data)
{
  Call *call = data;

  g_clear_object (&call->source);
  g_free (call);
}

static void
on_done (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Call *call = user_data;
  g_autoptr (GObject) source = g_steal_pointer (&call->source);

  call->callback (source, result, call->user_data);
}

/**
 * dw_task_new:
 * @source: the widget, or another object of the main thread, that the work is for
 * @cancellable: (nullable): ends the work
 * @callback: called with @source when it has ended
 * @user_data: for @callback
 *
 * As g_task_new(), but the thread does not see @source, and cannot be the last that holds it.
 *
 * Returns: (transfer full): a task, which a thread may be given
 */
GTask *
dw_task_new (gpointer source,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  Call *call = g_new0 (Call, 1);
  GTask *task = g_task_new (NULL, cancellable, on_done, call);

  call->source = g_object_ref (source);
  call->callback = callback;
  call->user_data = user_data;

  g_object_set_data_full (G_OBJECT (task), "dw-call", call, call_free);

  return task;
}
