/* dw-store-changes.c: who changed what, told in the main context
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What this process writes is seen by SQLite's update hook on the one connection that writes, and
 * told when it is committed. What another process writes shows as a change of the write-ahead log's
 * file; that is only a hint, and the writer's data version, which leaves out its own commits, says
 * whether it is true. Many changes become one notification.
 */

#include "config.h"

#include "store/dw-store-changes.h"

#include "store/dw-store-tables.h"

/* How long one writer's changes are gathered before they are told. */
#define RATE_LIMIT_MS 50

#define ALL_TABLES ((1u << DW_STORE_N_TABLES) - 1)

struct _DwStoreChanges
{
  DwStoreConnection *writer;
  guint touched;   /* a bit a table, of what is not committed yet; under the writer's lock */
  guint pending;   /* a bit a table, of what is not told yet; atomic */
  gint is_watched; /* atomic; what is below is set before it */

  GObject *owner; /* not a reference: the owner owns this */
  GMainContext *context;
  DwStoreVersionFunc read_version;
  DwStoreChangesFunc function;
  GFileMonitor *monitor;
  gint64 version;
  gboolean is_checking;
  gboolean is_stale; /* the file changed again during the check */
};

static void
on_row_changed (
    gpointer user_data, int operation, const char *database, const char *table, sqlite3_int64 rowid)
{
  DwStoreChanges *self = user_data;
  guint index = dw_store_find_table_index (table);

  if (index < DW_STORE_N_TABLES)
    self->touched |= 1u << index;
}

/**
 * dw_store_changes_new:
 * @writer: the connection that writes, which outlives this
 *
 * Blocks for a small query; any thread.
 *
 * Returns: (transfer full): that sees what @writer writes, and tells nobody yet
 */
DwStoreChanges *
dw_store_changes_new (DwStoreConnection *writer)
{
  DwStoreChanges *self = g_new0 (DwStoreChanges, 1);

  self->writer = writer;
  sqlite3_update_hook (dw_store_connection_get_handle (writer), on_row_changed, self);
  dw_store_connection_get_number (writer, "PRAGMA data_version", &self->version, NULL);

  return self;
}

void
dw_store_changes_free (DwStoreChanges *self)
{
  sqlite3_update_hook (dw_store_connection_get_handle (self->writer), NULL, NULL);
  if (self->monitor != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->monitor, self);
      g_file_monitor_cancel (self->monitor);
    }
  g_clear_object (&self->monitor);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_free (self);
}

typedef struct
{
  GWeakRef owner;
  DwStoreChanges *changes; /* lives while the owner does */
} Telling;

static void
telling_free (gpointer data)
{
  Telling *telling = data;

  g_weak_ref_clear (&telling->owner);
  g_free (telling);
}

static gboolean
tell (gpointer user_data)
{
  Telling *telling = user_data;
  g_autoptr (GObject) owner = g_weak_ref_get (&telling->owner);

  if (owner == NULL)
    return G_SOURCE_REMOVE;

  guint tables = g_atomic_int_and (&telling->changes->pending, 0);
  for (guint i = 0; i < DW_STORE_N_TABLES; i++)
    if ((tables & (1u << i)) != 0)
      telling->changes->function (dw_store_get_table (i)->get_type (), owner);

  return G_SOURCE_REMOVE;
}

/* Any thread. */
static void
add_pending (DwStoreChanges *self, guint tables)
{
  if (g_atomic_int_or (&self->pending, tables) != 0)
    return;

  g_autoptr (GSource) source = g_timeout_source_new (RATE_LIMIT_MS);
  Telling *telling = g_new0 (Telling, 1);

  g_weak_ref_init (&telling->owner, self->owner);
  telling->changes = self;
  g_source_set_callback (source, tell, telling, telling_free);
  g_source_attach (source, self->context);
}

/**
 * dw_store_changes_publish:
 * @self: the changes
 * @is_committed: whether what was written since the last call is in the database now
 *
 * To be called under the writer's lock, after a transaction has ended.
 */
void
dw_store_changes_publish (DwStoreChanges *self, gboolean is_committed)
{
  guint tables = self->touched;

  self->touched = 0;
  if (is_committed && tables != 0 && g_atomic_int_get (&self->is_watched))
    add_pending (self, tables);
}

static void check_version (DwStoreChanges *self);

static void
read_version_in_thread (GTask *task, gpointer owner, gpointer task_data, GCancellable *cancellable)
{
  DwStoreChanges *self = task_data;
  gint64 version;
  GError *error = NULL;

  if (!self->read_version (&version, owner, &error))
    g_task_return_error (task, error);
  else
    g_task_return_int (task, version);
}

static void
on_version_read (GObject *owner, GAsyncResult *result, gpointer user_data)
{
  DwStoreChanges *self = user_data;
  g_autoptr (GError) error = NULL;
  gint64 version = g_task_propagate_int (G_TASK (result), &error);

  self->is_checking = FALSE;
  /* Not to know is no reason to show what may be old. */
  if (error != NULL || version != self->version)
    {
      if (error == NULL)
        self->version = version;
      add_pending (self, ALL_TABLES);
    }
  if (self->is_stale)
    check_version (self);
}

static void
check_version (DwStoreChanges *self)
{
  self->is_stale = self->is_checking;
  if (self->is_checking)
    return;

  /* The task holds the owner, and so this, until it has ended. */
  g_autoptr (GTask) task = g_task_new (self->owner, NULL, on_version_read, self);

  self->is_checking = TRUE;
  g_task_set_source_tag (task, check_version);
  g_task_set_task_data (task, self, NULL);
  g_task_run_in_thread (task, read_version_in_thread);
}

static void
on_file_changed (GFileMonitor *monitor,
                 GFile *file,
                 GFile *other_file,
                 GFileMonitorEvent event,
                 gpointer user_data)
{
  check_version (user_data);
}

/**
 * dw_store_changes_watch:
 * @self: the changes
 * @owner: (transfer none): the store, which owns @self
 * @path: the database's file
 * @read_version: reads the writer's data version, in a worker thread
 * @function: is called in this thread's main context for each entity's type that changed
 *
 * Begins to tell. A second call does nothing.
 */
void
dw_store_changes_watch (DwStoreChanges *self,
                        GObject *owner,
                        const char *path,
                        DwStoreVersionFunc read_version,
                        DwStoreChangesFunc function)
{
  if (g_atomic_int_get (&self->is_watched))
    return;

  g_autofree char *log_path = g_strconcat (path, "-wal", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (log_path);
  g_autoptr (GError) error = NULL;

  self->owner = owner;
  self->context = g_main_context_ref_thread_default ();
  self->read_version = read_version;
  self->function = function;
  self->monitor = g_file_monitor_file (file, G_FILE_MONITOR_NONE, NULL, &error);
  if (self->monitor != NULL)
    {
      g_file_monitor_set_rate_limit (self->monitor, RATE_LIMIT_MS);
      g_signal_connect (self->monitor, "changed", G_CALLBACK (on_file_changed), self);
    }
  else
    g_message ("What other processes write will be seen late: %s", error->message);
  g_atomic_int_set (&self->is_watched, TRUE);

  /* For what was written between the opening and now. */
  check_version (self);
}
