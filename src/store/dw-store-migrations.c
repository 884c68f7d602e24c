/* dw-store-migrations.c: brings a database to the schema of this program
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The schema's versions are numbered files; PRAGMA user_version counts those that a database has
 * been through. Nothing is written before it is certain that the file is ours and not newer than
 * the program.
 */

#include "config.h"

#include "store/dw-store-migrations.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

/* In the file's header, for file(1) and for us: "DkWt". */
#define APPLICATION_ID 0x446b5774

#define LOG_TIMEOUT_MS 5000
#define LOG_RETRY_MS 5

#define STRING(number) STRING_OF (number)
#define STRING_OF(number) #number

typedef struct
{
  DwStoreConnection *connection;
  const char *path;
  const char *resource_path;
  GStrv files;         /* the migrations' names, in their order */
  gboolean needs_copy; /* it has data that was there before, and no copy was made yet */
} Migration;

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

/* SQLite sees when whole pages are missing, but takes the last one for whole however little of it
 * is there. With a log it may be that a writer was stopped, and the log has that page. */
static gboolean
check_is_whole (Migration *self, GError **error)
{
  GStatBuf status;
  gint64 page_size;

  if (!dw_store_connection_get_number (self->connection, "PRAGMA page_size", &page_size, error))
    return FALSE;

  if (!dw_store_connection_has_log (self->path) && g_stat (self->path, &status) == 0 &&
      status.st_size % page_size != 0)
    {
      dw_store_set_sqlite_error (error, NULL, SQLITE_CORRUPT, self->path);
      return FALSE;
    }

  return TRUE;
}

/* Refuses what is not ours, is newer than this program, or cannot be written. */
static gboolean
examine (Migration *self, gint64 *version, GError **error)
{
  gint64 application_id, n_tables;

  if (!dw_store_connection_get_number (self->connection, "PRAGMA user_version", version, error) ||
      !dw_store_connection_get_number (self->connection, "PRAGMA application_id", &application_id,
                                       error) ||
      !dw_store_connection_get_number (self->connection, "SELECT count (*) FROM sqlite_schema",
                                       &n_tables, error))
    return FALSE;

  g_autofree char *shown = g_filename_display_name (self->path);

  if (application_id != APPLICATION_ID && (n_tables > 0 || *version != 0))
    {
      g_set_error (error, DW_STORE_ERROR, DW_STORE_ERROR_NOT_A_DATABASE,
                   _ ("%s is another program's database. It was left as it is: move it away"),
                   shown);
      return FALSE;
    }

  if (*version > g_strv_length (self->files))
    {
      g_set_error (error, DW_STORE_ERROR, DW_STORE_ERROR_NEWER,
                   _ ("%s was written by a newer version of the program (schema %d, this one knows "
                      "%d). It was left as it is: update the program"),
                   shown, (int) *version, (int) g_strv_length (self->files));
      return FALSE;
    }

  if (sqlite3_db_readonly (dw_store_connection_get_handle (self->connection), "main") == 1)
    {
      dw_store_set_sqlite_error (error, NULL, SQLITE_READONLY, self->path);
      return FALSE;
    }

  return TRUE;
}

/* The copy is whole or is not there: it gets its name when it is finished. It is read over a second
 * connection, since the first one is in the transaction that keeps every other writer out. */
static gboolean
back_up (Migration *self, gint64 version, GError **error)
{
  g_autofree char *target = g_strdup_printf ("%s.schema-%d.backup", self->path, (int) version);
  g_autofree char *unfinished = g_strconcat (target, ".unfinished", NULL);
  g_autoptr (DwStoreConnection) from = dw_store_connection_open (self->path, FALSE, error);
  g_autoptr (DwStoreConnection) to = NULL;

  if (from == NULL)
    return FALSE;

  g_unlink (unfinished);
  if (!g_file_set_contents_full (unfinished, "", 0, G_FILE_SET_CONTENTS_NONE, 0600, error) ||
      (to = dw_store_connection_open (unfinished, TRUE, error)) == NULL)
    return FALSE;

  sqlite3 *handle = dw_store_connection_get_handle (to);
  sqlite3_backup *backup = sqlite3_backup_init (handle, "main",
                                                dw_store_connection_get_handle (from), "main");
  if (backup != NULL)
    sqlite3_backup_step (backup, -1);
  if (backup == NULL || sqlite3_backup_finish (backup) != SQLITE_OK)
    {
      dw_store_set_sqlite_error (error, handle, sqlite3_errcode (handle), unfinished);
      g_unlink (unfinished);
      return FALSE;
    }

  g_clear_pointer (&to, dw_store_connection_close);
  if (g_rename (unfinished, target) != 0)
    {
      int code = errno;

      g_set_error (error, DW_STORE_ERROR, DW_STORE_ERROR_FAILED, _ ("%s: %s"), target,
                   g_strerror (code));
      return FALSE;
    }

  g_debug ("Copied the database of schema %d to %s", (int) version, target);
  return TRUE;
}

static gboolean
apply (Migration *self, guint index, GError **error)
{
  g_autofree char *resource = g_build_path ("/", self->resource_path, self->files[index], NULL);
  g_autoptr (GBytes) sql = g_resources_lookup_data (resource, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  g_autofree char *set_version = g_strdup_printf ("PRAGMA user_version = %u", index + 1);

  g_debug ("Applying %s", self->files[index]);

  if (sql != NULL &&
      dw_store_connection_execute (self->connection, g_bytes_get_data (sql, NULL), error) &&
      dw_store_connection_execute (self->connection, set_version, error) &&
      dw_store_connection_execute (self->connection,
                                   "PRAGMA application_id = " STRING (APPLICATION_ID), error) &&
      dw_store_connection_execute (self->connection, "COMMIT", error))
    return TRUE;

  g_prefix_error (error, "%s: ", self->files[index]);
  return FALSE;
}

static void
undo (Migration *self)
{
  if (!sqlite3_get_autocommit (dw_store_connection_get_handle (self->connection)))
    dw_store_connection_execute (self->connection, "ROLLBACK", NULL);
}

/* One transaction a version. Another process may be at it too, so where the database stands is
 * asked again under the lock. */
static gboolean
migrate_one (Migration *self, gboolean *is_current, GError **error)
{
  gint64 version;

  if (!dw_store_connection_execute (self->connection, "BEGIN IMMEDIATE", error) ||
      !examine (self, &version, error))
    return FALSE;

  *is_current = version == g_strv_length (self->files);
  if (*is_current)
    return dw_store_connection_execute (self->connection, "COMMIT", error);

  if (self->needs_copy && !back_up (self, version, error))
    return FALSE;
  self->needs_copy = FALSE;

  return apply (self, (guint) version, error);
}

/* SQLite does not wait for locks when it changes the kind of the journal, and two programs that
 * start at once both do. */
static gboolean
turn_on_log (Migration *self, GError **error)
{
  gint64 deadline = g_get_monotonic_time () + LOG_TIMEOUT_MS * G_TIME_SPAN_MILLISECOND;
  g_autoptr (GError) problem = NULL;

  while (!dw_store_connection_execute (self->connection, "PRAGMA journal_mode = WAL", &problem))
    {
      if (!g_error_matches (problem, DW_STORE_ERROR, DW_STORE_ERROR_LOCKED) ||
          g_get_monotonic_time () >= deadline)
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
      g_clear_error (&problem);
      g_usleep (LOG_RETRY_MS * 1000);
    }

  return TRUE;
}

/* In one transaction, so that what another program that starts now writes is seen whole. */
static gboolean
examine_first (Migration *self, gint64 *version, GError **error)
{
  gboolean works = dw_store_connection_execute (self->connection, "BEGIN", error) &&
                   examine (self, version, error) && check_is_whole (self, error);

  undo (self);
  return works;
}

/**
 * dw_store_migrate:
 * @connection: the writer of the database
 * @path: its file
 * @resource_path: the folder of the numbered SQL files among the program's resources
 * @error: DW_STORE_ERROR_NEWER, DW_STORE_ERROR_NOT_A_DATABASE, DW_STORE_ERROR_READ_ONLY or any
 * other
 *
 * Applies the versions that the database has not been through, each in a transaction of its own.
 * Before one changes a database that has data, a copy is made beside it. Blocks.
 *
 * Returns: whether the database has the schema of this program now
 */
gboolean
dw_store_migrate (DwStoreConnection *connection,
                  const char *path,
                  const char *resource_path,
                  GError **error)
{
  g_auto (GStrv)
      files = g_resources_enumerate_children (resource_path, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  Migration self = { connection, path, resource_path, files, FALSE };
  gboolean is_current;
  gint64 version;

  if (files == NULL)
    return FALSE;

  qsort (files, g_strv_length (files), sizeof (char *), compare_names);
  if (!examine_first (&self, &version, error))
    return FALSE;

  is_current = version == g_strv_length (files);
  self.needs_copy = version > 0;
  /* Only a file that is ours is turned over to the write-ahead log, and before any transaction. */
  if (!turn_on_log (&self, error) ||
      !dw_store_connection_execute (connection, "PRAGMA synchronous = NORMAL", error))
    return FALSE;

  while (!is_current)
    if (!migrate_one (&self, &is_current, error))
      {
        undo (&self);
        return FALSE;
      }

  return TRUE;
}
