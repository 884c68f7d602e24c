/* dw-log-feed.c: the output of a stage's container, as it comes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A thread reads, and puts what it has read on a heap; the main context takes the heap a few times
 * a second, however many lines are on it. Both the heap and the list only keep the last lines, so
 * that neither a container that writes without end nor one that is paused fills the memory.
 */

#include "config.h"

#include "ui/dw-log-feed.h"

#include "ui/dw-task.h"

#define LINES_KEPT 10000
#define BYTES_KEPT (32 * 1024 * 1024)
#define INTERVAL_MS 100

/* The last lines, and how much they are. */
typedef struct
{
  GQueue lines; /* of DwLogLine */
  gsize size_bytes;
} Heap;

static void
heap_drop (Heap *heap)
{
  DwLogLine *line = g_queue_pop_head (&heap->lines);

  heap->size_bytes -= dw_log_line_get_size (line);
  g_object_unref (line);
}

static void
heap_push (Heap *heap, DwLogLine *line)
{
  heap->size_bytes += dw_log_line_get_size (line);
  g_queue_push_tail (&heap->lines, line);
  while (heap->lines.length > LINES_KEPT ||
         (heap->size_bytes > BYTES_KEPT && heap->lines.length > 1))
    heap_drop (heap);
}

/* One reading; what the thread and the feed share. */
typedef struct
{
  DwDeployer *deployer;
  char *stage_id;

  GMutex mutex;
  Heap heap; /* under the mutex */
} Reading;

static void
reading_clear (gpointer data)
{
  Reading *reading = data;

  while (reading->heap.lines.length > 0)
    heap_drop (&reading->heap);
  g_mutex_clear (&reading->mutex);
  g_object_unref (reading->deployer);
  g_free (reading->stage_id);
}

static void
reading_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, reading_clear);
}

struct _DwLogFeed
{
  GObject parent_instance;

  GListStore *lines; /* of DwLogLine */
  gsize size_bytes;  /* of @lines */
  Reading *reading;  /* nullable */
  GCancellable *cancellable;
  gboolean is_reading;
  gboolean is_paused;
  char *problem;
  guint tick_source;
};

enum
{
  PROP_READING = 1,
  PROP_PAUSED,
  PROP_PROBLEM,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (DwLogFeed, dw_log_feed, G_TYPE_OBJECT)

/* How many of the oldest have to go. */
static guint
count_excess (DwLogFeed *self, guint n_new)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->lines));
  guint excess = 0;

  while (excess < n && (n - excess + n_new > LINES_KEPT || self->size_bytes > BYTES_KEPT))
    {
      g_autoptr (DwLogLine) line = g_list_model_get_item (G_LIST_MODEL (self->lines), excess);

      self->size_bytes -= dw_log_line_get_size (line);
      excess++;
    }

  return excess;
}

static void
take_heap (DwLogFeed *self)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_object_unref);
  Heap heap;

  if (self->reading == NULL)
    return;

  g_mutex_lock (&self->reading->mutex);
  heap = self->reading->heap;
  self->reading->heap = (Heap){ 0 };
  g_mutex_unlock (&self->reading->mutex);
  if (heap.lines.length == 0)
    return;

  self->size_bytes += heap.size_bytes;
  guint excess = count_excess (self, heap.lines.length);
  for (gpointer line; (line = g_queue_pop_head (&heap.lines)) != NULL;)
    g_ptr_array_add (lines, line);

  if (excess > 0)
    g_list_store_splice (self->lines, 0, excess, NULL, 0);
  g_list_store_splice (self->lines, g_list_model_get_n_items (G_LIST_MODEL (self->lines)), 0,
                       lines->pdata, lines->len);
}

static gboolean
on_tick (gpointer user_data)
{
  DwLogFeed *self = user_data;

  if (!self->is_paused)
    take_heap (self);

  return G_SOURCE_CONTINUE;
}

static gboolean
on_line (const char *text, gboolean is_stderr, gpointer user_data)
{
  Reading *reading = user_data;
  DwLogLine *line = dw_log_line_new (text, is_stderr);

  g_mutex_lock (&reading->mutex);
  heap_push (&reading->heap, line);
  g_mutex_unlock (&reading->mutex);

  return TRUE;
}

static void
read_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Reading *reading = task_data;
  GError *error = NULL;

  if (dw_deployer_read_logs (reading->deployer, reading->stage_id, LINES_KEPT, TRUE, on_line,
                             reading, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
set_state (DwLogFeed *self, gboolean is_reading, const char *problem)
{
  g_object_freeze_notify (G_OBJECT (self));
  if (self->is_reading != is_reading)
    {
      self->is_reading = is_reading;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_READING]);
    }
  if (g_strcmp0 (self->problem, problem) != 0)
    {
      g_free (self->problem);
      self->problem = g_strdup (problem);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROBLEM]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwLogFeed *self = DW_LOG_FEED (source);
  g_autoptr (GError) error = NULL;
  gboolean is_read = g_task_propagate_boolean (G_TASK (result), &error);

  /* Another one has begun, or nobody wants to know. */
  if (g_task_get_task_data (G_TASK (result)) != self->reading)
    return;

  if (!self->is_paused)
    take_heap (self);
  set_state (self, FALSE, is_read ? NULL : error->message);
}

static void
dw_log_feed_dispose (GObject *object)
{
  DwLogFeed *self = DW_LOG_FEED (object);

  dw_log_feed_stop (self);
  g_clear_object (&self->lines);

  G_OBJECT_CLASS (dw_log_feed_parent_class)->dispose (object);
}

static void
dw_log_feed_finalize (GObject *object)
{
  g_free (DW_LOG_FEED (object)->problem);

  G_OBJECT_CLASS (dw_log_feed_parent_class)->finalize (object);
}

static void
dw_log_feed_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  DwLogFeed *self = DW_LOG_FEED (object);

  switch (property_id)
    {
    case PROP_READING:
      g_value_set_boolean (value, self->is_reading);
      break;
    case PROP_PAUSED:
      g_value_set_boolean (value, self->is_paused);
      break;
    case PROP_PROBLEM:
      g_value_set_string (value, self->problem);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_log_feed_set_property (GObject *object,
                          guint property_id,
                          const GValue *value,
                          GParamSpec *pspec)
{
  switch (property_id)
    {
    case PROP_PAUSED:
      dw_log_feed_set_paused (DW_LOG_FEED (object), g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_log_feed_class_init (DwLogFeedClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags told = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = dw_log_feed_dispose;
  object_class->finalize = dw_log_feed_finalize;
  object_class->get_property = dw_log_feed_get_property;
  object_class->set_property = dw_log_feed_set_property;

  properties[PROP_READING] = g_param_spec_boolean ("reading", NULL, NULL, FALSE, told);
  properties[PROP_PAUSED] = g_param_spec_boolean ("paused", NULL, NULL, FALSE,
                                                  told | G_PARAM_WRITABLE);
  properties[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL, told);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
dw_log_feed_init (DwLogFeed *self)
{
  self->lines = g_list_store_new (DW_TYPE_LOG_LINE);
}

/* Returns: (transfer full): a feed that reads nothing yet */
DwLogFeed *
dw_log_feed_new (void)
{
  return g_object_new (DW_TYPE_LOG_FEED, NULL);
}

/**
 * dw_log_feed_start:
 * @self: a feed
 * @deployer: what reads
 * @stage_id: the stage whose current container is read
 *
 * Begins anew, with the last lines that there are.
 */
void
dw_log_feed_start (DwLogFeed *self, DwDeployer *deployer, const char *stage_id)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (DW_IS_LOG_FEED (self));

  dw_log_feed_stop (self);
  g_list_store_remove_all (self->lines);
  self->size_bytes = 0;

  self->reading = g_atomic_rc_box_new0 (Reading);
  self->reading->deployer = g_object_ref (deployer);
  self->reading->stage_id = g_strdup (stage_id);
  g_mutex_init (&self->reading->mutex);
  self->cancellable = g_cancellable_new ();
  self->tick_source = g_timeout_add (INTERVAL_MS, on_tick, self);

  task = dw_task_new (self, self->cancellable, on_read, NULL);
  g_task_set_source_tag (task, dw_log_feed_start);
  g_task_set_task_data (task, g_atomic_rc_box_acquire (self->reading), reading_unref);
  g_task_run_in_thread (task, read_in_thread);
  set_state (self, TRUE, NULL);
}

/* Reads no more; what was read stays. */
void
dw_log_feed_stop (DwLogFeed *self)
{
  g_return_if_fail (DW_IS_LOG_FEED (self));

  g_clear_handle_id (&self->tick_source, g_source_remove);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->reading, reading_unref);
  set_state (self, FALSE, NULL);
}

/* Returns: whether the container may write more */
gboolean
dw_log_feed_is_reading (DwLogFeed *self)
{
  return self->is_reading;
}

/* Returns: (nullable): why it cannot be read */
const char *
dw_log_feed_get_problem (DwLogFeed *self)
{
  return self->problem;
}

/**
 * dw_log_feed_set_paused:
 * @self: a feed
 * @is_paused: whether the list is to stay as it is; the last lines that come meanwhile are kept
 */
void
dw_log_feed_set_paused (DwLogFeed *self, gboolean is_paused)
{
  g_return_if_fail (DW_IS_LOG_FEED (self));

  if (self->is_paused == is_paused)
    return;

  self->is_paused = is_paused;
  if (!is_paused)
    take_heap (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PAUSED]);
}

/* Returns: (transfer none): the lines, as DwLogLine, the oldest first */
GListModel *
dw_log_feed_get_lines (DwLogFeed *self)
{
  return G_LIST_MODEL (self->lines);
}
