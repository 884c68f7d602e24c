/* dw-store.c: everything that outlives the program, in one SQLite database
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One connection writes, under a lock that a thread may take more than once, so that a transaction
 * can call the functions that write. Reads take a connection of their own from a few that are kept,
 * and never wait for a writer; inside a transaction they use the writer, and see what it has
 * written. Every function but those of the changes may be called from any thread and blocks.
 *
 * Here are the connections, the transactions and what every entity has; the questions that only
 * one entity is asked are in dw-store-queries.c, and who changed what is told in
 * dw-store-changes.c.
 */

#include "config.h"

#include "store/dw-store-private.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <time.h>

#include "dw-sql-resources.h"
#include "model/dw-model-error.h"
#include "store/dw-store-changes.h"
#include "store/dw-store-migrations.h"
#include "store/dw-store-tables.h"

#define MIGRATIONS_PATH "/io/github/alexei/DockerWatcher/sql"

/* More readers than this are closed after use. */
#define MAX_KEPT_READERS 8

struct _DwStore
{
  GObject parent_instance;

  char *path;
  DwStoreChanges *changes;

  GRecMutex writer_lock;
  DwStoreConnection *writer;
  GThread *writer_thread; /* the one inside a transaction; written under writer_lock */

  GMutex readers_lock;
  GPtrArray *readers; /* of DwStoreConnection; those that nobody uses now */
};

G_DEFINE_FINAL_TYPE (DwStore, dw_store, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_QUARK (dw_store_error, dw_store_error)

static void
dw_store_dispose (GObject *object)
{
  DwStore *self = DW_STORE (object);

  g_clear_pointer (&self->changes, dw_store_changes_free);
  g_clear_pointer (&self->readers, g_ptr_array_unref);
  g_clear_pointer (&self->writer, dw_store_connection_close);

  G_OBJECT_CLASS (dw_store_parent_class)->dispose (object);
}

static void
dw_store_finalize (GObject *object)
{
  DwStore *self = DW_STORE (object);

  g_rec_mutex_clear (&self->writer_lock);
  g_mutex_clear (&self->readers_lock);
  g_free (self->path);

  G_OBJECT_CLASS (dw_store_parent_class)->finalize (object);
}

static void
dw_store_class_init (DwStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = dw_store_dispose;
  object_class->finalize = dw_store_finalize;

  /**
   * DwStore::changed:
   * @self: the store
   * @type: an entity's type
   *
   * Rows of @type were written, by this process or by another one. Emitted in the main context
   * that dw_store_watch() was called in, once for many writes; never without that call.
   */
  signals[CHANGED] = g_signal_new ("changed", DW_TYPE_STORE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_GTYPE);
}

static void
dw_store_init (DwStore *self)
{
  g_rec_mutex_init (&self->writer_lock);
  g_mutex_init (&self->readers_lock);
  self->readers = g_ptr_array_new_with_free_func ((GDestroyNotify) dw_store_connection_close);
}

/* Made by us before SQLite sees it, so that nobody else can ever read it; SQLite gives the files
 * beside it the same mode. */
static gboolean
make_file (const char *path, GError **error)
{
  g_autofree char *directory = g_path_get_dirname (path);
  int fd = -1;

  if (g_mkdir_with_parents (directory, 0700) != 0 ||
      ((fd = g_open (path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600)) < 0 && errno != EEXIST))
    {
      int code = errno;
      g_autofree char *shown = g_filename_display_name (path);

      g_set_error (error, DW_STORE_ERROR, DW_STORE_ERROR_READ_ONLY,
                   _ ("%s cannot be made (%s); check the permissions of its folder"), shown,
                   g_strerror (code));
      return FALSE;
    }

  return fd < 0 || g_close (fd, error);
}

/**
 * dw_store_get_default_path:
 *
 * Returns: (transfer full): the file in the user's data folder
 */
char *
dw_store_get_default_path (void)
{
  return g_build_filename (g_get_user_data_dir (), GETTEXT_PACKAGE, "docker-watcher.db", NULL);
}

/**
 * dw_store_open:
 * @path: the database's file, which is made when it is not there
 * @error: DW_STORE_ERROR_NEWER, DW_STORE_ERROR_NOT_A_DATABASE, DW_STORE_ERROR_LOCKED,
 *   DW_STORE_ERROR_READ_ONLY or DW_STORE_ERROR_FAILED; then the file is left as it was
 *
 * Opens the database and brings it to this program's schema. Blocks; not on the main thread.
 *
 * Returns: (transfer full): the store
 */
DwStore *
dw_store_open (const char *path, GError **error)
{
  g_autoptr (DwStore) self = g_object_new (DW_TYPE_STORE, NULL);

  g_return_val_if_fail (path != NULL, NULL);

  /* Named here, or the linker would leave the migrations out of a program. */
  g_assert (dw_sql_get_resource () != NULL);

  self->path = g_strdup (path);
  if (!make_file (path, error))
    return NULL;

  gboolean has_log = dw_store_connection_has_log (path);
  self->writer = dw_store_connection_open (path, TRUE, error);
  if (self->writer == NULL)
    return NULL;

  if (!dw_store_migrate (self->writer, path, MIGRATIONS_PATH, error))
    {
      if (has_log)
        dw_store_connection_keep_log (self->writer);
      return NULL;
    }

  self->changes = dw_store_changes_new (self->writer);

  return g_steal_pointer (&self);
}

/**
 * dw_store_get_path:
 * @self: a store
 *
 * Returns: (transfer none): the database's file. Any thread.
 */
const char *
dw_store_get_path (DwStore *self)
{
  g_return_val_if_fail (DW_IS_STORE (self), NULL);

  return self->path;
}

static void
on_changed (GType type, gpointer user_data)
{
  g_signal_emit (user_data, signals[CHANGED], 0, type);
}

/* Asks the writer, since what it says of others' commits leaves its own out. In a thread. */
static gboolean
read_data_version (gint64 *version, gpointer user_data, GError **error)
{
  DwStore *self = user_data;
  g_autoptr (GRecMutexLocker) locker G_GNUC_UNUSED = g_rec_mutex_locker_new (&self->writer_lock);

  return dw_store_connection_get_number (self->writer, "PRAGMA data_version", version, error);
}

/**
 * dw_store_watch:
 * @self: a store
 *
 * Makes the store emit #DwStore::changed from now on, in the calling thread's main context. A
 * second call does nothing. Returns at once.
 */
void
dw_store_watch (DwStore *self)
{
  g_return_if_fail (DW_IS_STORE (self));

  dw_store_changes_watch (self->changes, G_OBJECT (self), self->path, read_data_version,
                          on_changed);
}

/* The time as the store writes it. It is made for every row, so not with a GDateTime, which looks
 * for a time zone first. */
char *
dw_store_now (void)
{
  gint64 now_us = g_get_real_time ();
  time_t now_s = (time_t) (now_us / G_USEC_PER_SEC);
  struct tm parts;

  gmtime_r (&now_s, &parts);

  return g_strdup_printf ("%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year + 1900,
                          parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min,
                          parts.tm_sec, (int) (now_us % G_USEC_PER_SEC / 1000));
}

gboolean
dw_store_write (DwStore *self,
                const char *sql,
                DwEntity *entity,
                const DwStoreArgument *arguments,
                int *n_changes,
                GError **error)
{
  g_autoptr (GRecMutexLocker) locker G_GNUC_UNUSED = g_rec_mutex_locker_new (&self->writer_lock);
  gboolean works = dw_store_connection_write (self->writer, sql, entity, arguments, n_changes,
                                              error);

  if (self->writer_thread == NULL)
    dw_store_changes_publish (self->changes, works);

  return works;
}

/* Returns: (nullable): the writer when this thread is inside a transaction. Nobody but this thread
 * can make the answer true or false. */
static DwStoreConnection *
get_own_writer (DwStore *self)
{
  return g_atomic_pointer_get (&self->writer_thread) == g_thread_self () ? self->writer : NULL;
}

static DwStoreConnection *
borrow_reader (DwStore *self, GError **error)
{
  DwStoreConnection *reader = NULL;

  g_mutex_lock (&self->readers_lock);
  if (self->readers->len > 0)
    reader = g_ptr_array_steal_index_fast (self->readers, self->readers->len - 1);
  g_mutex_unlock (&self->readers_lock);

  return reader != NULL ? reader : dw_store_connection_open (self->path, FALSE, error);
}

static void
return_reader (DwStore *self, DwStoreConnection *reader)
{
  g_mutex_lock (&self->readers_lock);
  if (self->readers->len < MAX_KEPT_READERS)
    g_ptr_array_add (self->readers, g_steal_pointer (&reader));
  g_mutex_unlock (&self->readers_lock);

  g_clear_pointer (&reader, dw_store_connection_close);
}

GPtrArray *
dw_store_read (
    DwStore *self, const char *sql, GType type, const DwStoreArgument *arguments, GError **error)
{
  DwStoreConnection *writer = get_own_writer (self);

  if (writer != NULL)
    return dw_store_connection_read (writer, sql, type, arguments, error);

  DwStoreConnection *reader = borrow_reader (self, error);
  if (reader == NULL)
    return NULL;

  GPtrArray *rows = dw_store_connection_read (reader, sql, type, arguments, error);
  return_reader (self, reader);

  return rows;
}

/* Not inside a transaction, whose reads see one state anyway. */
gboolean
dw_store_read_snapshot (DwStore *self,
                        DwStoreSnapshotFunc function,
                        gpointer user_data,
                        GError **error)
{
  DwStoreConnection *reader = borrow_reader (self, error);

  if (reader == NULL)
    return FALSE;

  gboolean works = dw_store_connection_execute (reader, "BEGIN", error) &&
                   function (reader, user_data, error);
  if (!sqlite3_get_autocommit (dw_store_connection_get_handle (reader)))
    dw_store_connection_execute (reader, "ROLLBACK", NULL);
  return_reader (self, reader);

  return works;
}

/* Reads the one row that there may be; its absence is DW_STORE_ERROR_NOT_FOUND. */
gpointer
dw_store_read_one (DwStore *self,
                   const char *sql,
                   GType type,
                   const DwStoreArgument *arguments,
                   const char *name,
                   GError **error)
{
  g_autoptr (GPtrArray) rows = dw_store_read (self, sql, type, arguments, error);

  if (rows == NULL)
    return NULL;

  if (rows->len == 0)
    {
      dw_store_set_not_found (error, type, name);
      return NULL;
    }

  return g_object_ref (g_ptr_array_index (rows, 0));
}

/* Runs an UPDATE of one row, whose absence is DW_STORE_ERROR_NOT_FOUND. */
gboolean
dw_store_update_one (DwStore *self,
                     GType type,
                     const char *id,
                     const char *sql,
                     const DwStoreArgument *arguments,
                     GError **error)
{
  int n_changes;

  if (!dw_store_write (self, sql, NULL, arguments, &n_changes, error))
    return FALSE;

  if (n_changes == 0)
    dw_store_set_not_found (error, type, id);

  return n_changes > 0;
}

void
dw_store_set_not_found (GError **error, GType type, const char *name)
{
  g_autofree char *shown = dw_model_quote (name);

  g_set_error (error, DW_STORE_ERROR, DW_STORE_ERROR_NOT_FOUND, "%s: %s", shown,
               _ (dw_store_find_table (type)->missing));
}

/* Inside a transaction of this thread: what fails is undone, what works is the outer one's. */
static gboolean
transact_within (DwStore *self, DwStoreFunc function, gpointer user_data, GError **error)
{
  if (!dw_store_connection_execute (self->writer, "SAVEPOINT step", error))
    return FALSE;

  gboolean works = function (self, user_data, error);

  if (!works)
    dw_store_connection_execute (self->writer, "ROLLBACK TO step", NULL);

  return dw_store_connection_execute (self->writer, "RELEASE step", works ? error : NULL) && works;
}

/**
 * dw_store_transact:
 * @self: a store
 * @function: what is to happen as a whole; it may call every function of the store, this one too
 * @user_data: for @function
 * @error: whatever @function sets, or a DW_STORE_ERROR
 *
 * Runs @function in one transaction, which keeps every other writer out, of this process and of
 * others. When it returns %FALSE, everything that it wrote is undone. Within another transaction of
 * this thread it is written when that is. Blocks; any thread.
 *
 * Returns: whether it is written
 */
gboolean
dw_store_transact (DwStore *self, DwStoreFunc function, gpointer user_data, GError **error)
{
  g_return_val_if_fail (DW_IS_STORE (self), FALSE);

  g_autoptr (GRecMutexLocker) locker G_GNUC_UNUSED = g_rec_mutex_locker_new (&self->writer_lock);
  gboolean works;

  if (self->writer_thread != NULL)
    return transact_within (self, function, user_data, error);

  if (!dw_store_connection_execute (self->writer, "BEGIN IMMEDIATE", error))
    return FALSE;

  g_atomic_pointer_set (&self->writer_thread, g_thread_self ());
  works = function (self, user_data, error);
  g_atomic_pointer_set (&self->writer_thread, NULL);

  works = works && dw_store_connection_execute (self->writer, "COMMIT", error);
  if (!sqlite3_get_autocommit (dw_store_connection_get_handle (self->writer)))
    dw_store_connection_execute (self->writer, "ROLLBACK", NULL);
  dw_store_changes_publish (self->changes, works);

  return works;
}

static void
set_text (DwEntity *entity, guint property_id, const char *text)
{
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, text);
  dw_entity_set_value (entity, property_id, &value);
}

/* Only the table of log lines counts its keys itself. */
static gboolean
insert_row (DwStore *self, DwEntity *entity, const char *id, const char *now, GError **error)
{
  g_autoptr (GRecMutexLocker) locker G_GNUC_UNUSED = g_rec_mutex_locker_new (&self->writer_lock);
  const DwStoreTable *table = dw_store_find_table (G_OBJECT_TYPE (entity));

  set_text (entity, DW_ENTITY_PROP_ID, id);
  set_text (entity, DW_ENTITY_PROP_CREATED_AT, now);
  set_text (entity, DW_ENTITY_PROP_UPDATED_AT, now);
  if (!dw_store_write (self, table->insert, entity, NULL, NULL, error))
    {
      set_text (entity, DW_ENTITY_PROP_ID, NULL);
      return FALSE;
    }

  if (id == NULL)
    {
      g_autofree char *number = g_strdup_printf (
          "%" G_GINT64_FORMAT,
          (gint64) sqlite3_last_insert_rowid (dw_store_connection_get_handle (self->writer)));

      set_text (entity, DW_ENTITY_PROP_ID, number);
    }

  return TRUE;
}

/* Says which thing has the name already; the message of the schema has only the field. */
static void
name_the_taken (GError **error, DwEntity *entity)
{
  guint id = error != NULL && g_error_matches (*error, DW_STORE_ERROR, DW_STORE_ERROR_EXISTS)
                 ? dw_entity_class_find_property_id (DW_ENTITY_GET_CLASS (entity), "name")
                 : 0;

  if (id != 0)
    {
      g_autofree char *shown = dw_model_quote (dw_entity_get_string (entity, id));

      g_prefix_error (error, "%s: ", shown);
    }
}

/**
 * dw_store_create:
 * @self: a store
 * @entity: any entity but the settings; its id, created-at and updated-at are set here
 * @error: DW_MODEL_ERROR_INVALID, DW_STORE_ERROR_EXISTS, DW_STORE_ERROR_CONSTRAINT or another
 *   DW_STORE_ERROR
 *
 * Writes a new row. Blocks; any thread.
 *
 * Returns: whether it is written
 */
gboolean
dw_store_create (DwStore *self, DwEntity *entity, GError **error)
{
  g_return_val_if_fail (DW_IS_STORE (self), FALSE);
  g_return_val_if_fail (DW_IS_ENTITY (entity), FALSE);

  g_autofree char *now = dw_store_now ();
  g_autofree char *id = DW_IS_DEPLOY_LOG (entity) ? NULL : g_uuid_string_random ();

  if (DW_IS_SETTINGS (entity))
    {
      g_set_error_literal (error, DW_STORE_ERROR, DW_STORE_ERROR_EXISTS,
                           _ ("The settings are there already; update them"));
      return FALSE;
    }

  if (!dw_entity_validate (entity, error))
    return FALSE;

  if (!insert_row (self, entity, id, now, error))
    {
      name_the_taken (error, entity);
      return FALSE;
    }

  return TRUE;
}

/**
 * dw_store_update:
 * @self: a store
 * @entity: an entity that the store gave or created; its updated-at is set here
 * @error: DW_MODEL_ERROR_INVALID, DW_STORE_ERROR_NOT_FOUND, DW_STORE_ERROR_EXISTS,
 *   DW_STORE_ERROR_CONSTRAINT (a deploy that has ended) or another DW_STORE_ERROR
 *
 * Writes every field of a row, except for a stage's current instance, which
 * dw_store_set_stage_current_instance() sets. Blocks; any thread.
 *
 * Returns: whether it is written
 */
gboolean
dw_store_update (DwStore *self, DwEntity *entity, GError **error)
{
  g_return_val_if_fail (DW_IS_STORE (self), FALSE);
  g_return_val_if_fail (DW_IS_ENTITY (entity), FALSE);
  g_return_val_if_fail (dw_entity_get_id (entity) != NULL, FALSE);

  const DwStoreTable *table = dw_store_find_table (G_OBJECT_TYPE (entity));
  g_autofree char *now = dw_store_now ();
  g_autofree char *before = g_strdup (dw_entity_get_updated_at (entity));
  int n_changes = 0;

  if (!dw_entity_validate (entity, error))
    return FALSE;

  set_text (entity, DW_ENTITY_PROP_UPDATED_AT, now);
  if (dw_store_write (self, table->update, entity, NULL, &n_changes, error) && n_changes > 0)
    return TRUE;

  set_text (entity, DW_ENTITY_PROP_UPDATED_AT, before);
  if (error == NULL || *error == NULL)
    dw_store_set_not_found (error, G_OBJECT_TYPE (entity), dw_entity_get_id (entity));
  name_the_taken (error, entity);

  return FALSE;
}

/**
 * dw_store_delete:
 * @self: a store
 * @type: an entity's type
 * @id: a row's key
 * @error: DW_STORE_ERROR_NOT_FOUND, DW_STORE_ERROR_CONSTRAINT (the settings, or a deploy whose
 *   container is there) or another DW_STORE_ERROR
 *
 * Deletes a row with all that belongs to it. Blocks; any thread.
 *
 * Returns: whether it is gone
 */
gboolean
dw_store_delete (DwStore *self, GType type, const char *id, GError **error)
{
  g_return_val_if_fail (DW_IS_STORE (self), FALSE);

  return dw_store_update_one (self, type, id, dw_store_find_table (type)->delete,
                              (DwStoreArgument[]){ DW_STORE_TEXT_ARGUMENT (":id", id), { NULL } },
                              error);
}

/**
 * dw_store_get:
 * @self: a store
 * @type: an entity's type
 * @id: a row's key
 * @error: DW_STORE_ERROR_NOT_FOUND or another DW_STORE_ERROR
 *
 * Blocks; any thread.
 *
 * Returns: (transfer full) (type DwEntity): the row
 */
gpointer
dw_store_get (DwStore *self, GType type, const char *id, GError **error)
{
  g_return_val_if_fail (DW_IS_STORE (self), NULL);

  return dw_store_read_one (self, dw_store_find_table (type)->get, type,
                            (DwStoreArgument[]){ DW_STORE_TEXT_ARGUMENT (":id", id), { NULL } }, id,
                            error);
}

/**
 * dw_store_list:
 * @self: a store
 * @type: an entity's type
 * @error: a DW_STORE_ERROR
 *
 * Blocks; any thread.
 *
 * Returns: (transfer full) (element-type DwEntity): every row of @type in its natural order: by
 *   name, by place, or as they were made
 */
GPtrArray *
dw_store_list (DwStore *self, GType type, GError **error)
{
  g_return_val_if_fail (DW_IS_STORE (self), NULL);

  return dw_store_read (self, dw_store_find_table (type)->list, type, NULL, error);
}
