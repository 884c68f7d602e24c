/* dw-store-connection.c: one connection to the database, with its prepared statements
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Statements are prepared once. With each stands which property every parameter is bound from and
 * every column goes to, so that a row costs no lookup by name. This is the one place where a row
 * becomes an entity and an entity a row.
 */

#include "config.h"

#include "store/dw-store-connection.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "model/dw-enums.h"
#include "model/dw-model-error.h"

#define BUSY_TIMEOUT_MS 5000
/* In KiB: there are several readers, and the system has the file's pages as well. */
#define READER_CACHE "PRAGMA cache_size = -256"

typedef struct
{
  sqlite3_stmt *stmt;
  GType type;           /* of the entity that the ids below are for */
  guint *parameter_ids; /* by parameter, from 1: a property's id, or 0 for an argument */
  guint *column_ids;    /* by column, from 0: a property's id */
} Statement;

struct _DwStoreConnection
{
  sqlite3 *handle;
  char *path;
  GHashTable *statements; /* const char * to Statement, by address */
};

static void
statement_free (Statement *self)
{
  sqlite3_finalize (self->stmt);
  g_free (self->parameter_ids);
  g_free (self->column_ids);
  g_free (self);
}

/* The message of a broken uniqueness is "UNIQUE constraint failed: stages.project_id, stages.name";
 * the last column is the one that a person chose. */
static void
set_exists_error (GError **error, const char *message)
{
  const char *column = strrchr (message, '.');

  g_set_error (error, DW_STORE_ERROR, DW_STORE_ERROR_EXISTS, _ ("%s: it is taken already"),
               column != NULL ? column + 1 : message);
}

/**
 * dw_store_set_sqlite_error:
 * @error: where to, or %NULL
 * @handle: (nullable): the connection that failed
 * @code: what SQLite returned
 * @path: the database's file, for the message
 *
 * Sets the DW_STORE_ERROR that @code stands for. Any thread that may use @handle.
 */
void
dw_store_set_sqlite_error (GError **error, sqlite3 *handle, int code, const char *path)
{
  const char *message = handle != NULL ? sqlite3_errmsg (handle) : sqlite3_errstr (code);
  int extended = handle != NULL ? sqlite3_extended_errcode (handle) : code;
  g_autofree char *shown = g_filename_display_name (path);

  switch (code & 0xff)
    {
    case SQLITE_CONSTRAINT:
      if (extended == SQLITE_CONSTRAINT_UNIQUE || extended == SQLITE_CONSTRAINT_PRIMARYKEY ||
          extended == SQLITE_CONSTRAINT_ROWID)
        set_exists_error (error, message);
      else if (extended == SQLITE_CONSTRAINT_FOREIGNKEY)
        g_set_error_literal (error, DW_STORE_ERROR, DW_STORE_ERROR_CONSTRAINT,
                             _ ("It refers to something that is not there, or something that is "
                                "there refers to it"));
      else
        g_set_error_literal (error, DW_STORE_ERROR, DW_STORE_ERROR_CONSTRAINT, message);
      break;

    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      g_set_error (error, DW_STORE_ERROR, DW_STORE_ERROR_LOCKED,
                   _ ("%s: another program keeps the database locked; close it and try again"),
                   shown);
      break;

    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      g_set_error (
          error, DW_STORE_ERROR, DW_STORE_ERROR_NOT_A_DATABASE,
          _ ("%s is damaged or is no database (%s). It was left as it is: move it away, or "
             "put a backup in its place"),
          shown, message);
      break;

    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      g_set_error (
          error, DW_STORE_ERROR, DW_STORE_ERROR_READ_ONLY,
          _ ("%s cannot be opened for writing (%s); check who owns the file and its folder, "
             "and their permissions"),
          shown, message);
      break;

    case SQLITE_FULL:
      g_set_error (error, DW_STORE_ERROR, DW_STORE_ERROR_FAILED,
                   _ ("%s: the disk is full; make room and try again"), shown);
      break;

    default:
      g_set_error (error, DW_STORE_ERROR, DW_STORE_ERROR_FAILED, _ ("%s: %s"), shown, message);
    }
}

static gboolean
check (DwStoreConnection *self, int code, GError **error)
{
  if (code == SQLITE_OK || code == SQLITE_DONE)
    return TRUE;

  dw_store_set_sqlite_error (error, self->handle, code, self->path);
  return FALSE;
}

/**
 * dw_store_connection_open:
 * @path: the database's file, which is there
 * @is_writer: whether it will write
 * @error: a DW_STORE_ERROR
 *
 * Blocks, any thread.
 *
 * Returns: (transfer full): a connection that checks foreign keys and waits for locks
 */
DwStoreConnection *
dw_store_connection_open (const char *path, gboolean is_writer, GError **error)
{
  g_autoptr (DwStoreConnection) self = g_new0 (DwStoreConnection, 1);
  int flags = SQLITE_OPEN_NOMUTEX | (is_writer ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
  int code;

  self->path = g_strdup (path);
  self->statements = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL,
                                            (GDestroyNotify) statement_free);
  code = sqlite3_open_v2 (path, &self->handle, flags, NULL);
  if (!check (self, code, error))
    return NULL;

  sqlite3_extended_result_codes (self->handle, 1);
  sqlite3_busy_timeout (self->handle, BUSY_TIMEOUT_MS);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
  if (!is_writer && !dw_store_connection_execute (self, READER_CACHE, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
dw_store_connection_close (DwStoreConnection *self)
{
  g_hash_table_unref (self->statements);
  sqlite3_close (self->handle);
  g_free (self->path);
  g_free (self);
}

/**
 * dw_store_connection_has_log:
 * @path: a database's file
 *
 * Returns: whether there is something in its write-ahead log, which nobody has brought to the file
 *   yet: somebody else has it open, or was killed
 */
gboolean
dw_store_connection_has_log (const char *path)
{
  g_autofree char *log_path = g_strconcat (path, "-wal", NULL);
  GStatBuf status;

  return g_stat (log_path, &status) == 0 && status.st_size > 0;
}

/* Closing the last connection brings the log to the file; a file that is refused is left alone. */
void
dw_store_connection_keep_log (DwStoreConnection *self)
{
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
}

sqlite3 *
dw_store_connection_get_handle (DwStoreConnection *self)
{
  return self->handle;
}

/* Runs statements that return nothing of interest and are not worth keeping. */
gboolean
dw_store_connection_execute (DwStoreConnection *self, const char *sql, GError **error)
{
  return check (self, sqlite3_exec (self->handle, sql, NULL, NULL, NULL), error);
}

/* Runs a query for one number, such as most pragmas are. */
gboolean
dw_store_connection_get_number (DwStoreConnection *self,
                                const char *sql,
                                gint64 *number,
                                GError **error)
{
  sqlite3_stmt *stmt = NULL;
  int code = sqlite3_prepare_v2 (self->handle, sql, -1, &stmt, NULL);

  if (code == SQLITE_OK)
    code = sqlite3_step (stmt);
  *number = code == SQLITE_ROW ? sqlite3_column_int64 (stmt, 0) : 0;
  if (code == SQLITE_ROW)
    code = SQLITE_OK;
  if (code != SQLITE_OK)
    check (self, code, error);
  sqlite3_finalize (stmt);

  return code == SQLITE_OK;
}

static Statement *
prepare (DwStoreConnection *self, const char *sql, GType type, GError **error)
{
  Statement *statement = g_hash_table_lookup (self->statements, sql);

  if (statement != NULL)
    return statement;

  sqlite3_stmt *stmt = NULL;
  if (!check (self,
              sqlite3_prepare_v3 (self->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL),
              error))
    return NULL;

  g_autoptr (GTypeClass) klass = type != G_TYPE_NONE ? g_type_class_ref (type) : NULL;
  int n_parameters = sqlite3_bind_parameter_count (stmt);
  int n_columns = sqlite3_column_count (stmt);

  statement = g_new0 (Statement, 1);
  statement->stmt = stmt;
  statement->type = type;
  statement->parameter_ids = g_new0 (guint, n_parameters + 1);
  statement->column_ids = g_new0 (guint, MAX (n_columns, 1));
  for (int i = 1; klass != NULL && i <= n_parameters; i++)
    statement->parameter_ids[i] = dw_entity_class_find_property_id (
        (DwEntityClass *) klass, sqlite3_bind_parameter_name (stmt, i) + 1);
  for (int i = 0; klass != NULL && i < n_columns; i++)
    statement->column_ids[i] = dw_entity_class_find_property_id ((DwEntityClass *) klass,
                                                                 sqlite3_column_name (stmt, i));
  g_hash_table_insert (self->statements, (gpointer) sql, statement);

  return statement;
}

/* The texts outlive the step, so SQLite needs no copy of them. */
static int
bind_text (sqlite3_stmt *stmt, int index, const char *text)
{
  return text != NULL ? sqlite3_bind_text (stmt, index, text, -1, SQLITE_STATIC)
                      : sqlite3_bind_null (stmt, index);
}

static int
bind_value (sqlite3_stmt *stmt, int index, const GValue *value)
{
  if (G_VALUE_HOLDS_STRING (value))
    return bind_text (stmt, index, g_value_get_string (value));
  if (G_VALUE_HOLDS_ENUM (value))
    return bind_text (stmt, index,
                      dw_enum_to_nick (G_VALUE_TYPE (value), g_value_get_enum (value)));
  if (G_VALUE_HOLDS_BOOLEAN (value))
    return sqlite3_bind_int (stmt, index, g_value_get_boolean (value));
  if (G_VALUE_HOLDS_INT (value))
    return sqlite3_bind_int (stmt, index, g_value_get_int (value));

  return sqlite3_bind_int64 (stmt, index, g_value_get_int64 (value));
}

static int
bind_argument (sqlite3_stmt *stmt, int index, const DwStoreArgument *argument)
{
  if (argument->kind == DW_STORE_NUMBER)
    return sqlite3_bind_int64 (stmt, index, argument->number);
  if (argument->kind == DW_STORE_NICK)
    return bind_text (stmt, index, dw_enum_to_nick (argument->type, (int) argument->number));

  return bind_text (stmt, index, argument->text);
}

static int
bind (Statement *statement, DwEntity *entity, const DwStoreArgument *arguments)
{
  int n_parameters = sqlite3_bind_parameter_count (statement->stmt);
  int code = SQLITE_OK;

  for (int i = 1; entity != NULL && i <= n_parameters && code == SQLITE_OK; i++)
    if (statement->parameter_ids[i] != 0)
      {
        GValue value = dw_entity_peek_value (entity, statement->parameter_ids[i]);

        code = bind_value (statement->stmt, i, &value);
      }

  /* One that the query has no parameter for is for others that are asked with the same list. */
  for (; arguments != NULL && arguments->name != NULL && code == SQLITE_OK; arguments++)
    {
      int index = sqlite3_bind_parameter_index (statement->stmt, arguments->name);

      if (index > 0)
        code = bind_argument (statement->stmt, index, arguments);
    }

  return code;
}

/* Ready for the next time; what was bound may be freed now. */
static void
reset (Statement *statement)
{
  sqlite3_reset (statement->stmt);
  sqlite3_clear_bindings (statement->stmt);
}

gboolean
dw_store_connection_write (DwStoreConnection *self,
                           const char *sql,
                           DwEntity *entity,
                           const DwStoreArgument *arguments,
                           int *n_changes,
                           GError **error)
{
  Statement *statement = prepare (self, sql, entity != NULL ? G_OBJECT_TYPE (entity) : G_TYPE_NONE,
                                  error);
  int code;

  if (statement == NULL)
    return FALSE;

  code = bind (statement, entity, arguments);
  if (code == SQLITE_OK)
    code = sqlite3_step (statement->stmt);
  if (code == SQLITE_DONE && n_changes != NULL)
    *n_changes = sqlite3_changes (self->handle);
  if (code != SQLITE_DONE)
    check (self, code, error);
  reset (statement);

  return code == SQLITE_DONE;
}

/* The schema's checks keep such values out; a file that was edited by hand may hold them. */
static gboolean
set_damaged_error (DwStoreConnection *self, sqlite3_stmt *row, int column, GError **error)
{
  g_autofree char *shown = dw_model_quote ((const char *) sqlite3_column_text (row, column));
  g_autofree char *path = g_filename_display_name (self->path);

  g_set_error (error, DW_STORE_ERROR, DW_STORE_ERROR_NOT_A_DATABASE,
               /* Translators: a file, a column of it, and what that holds */
               _ ("%s is damaged: %s holds %s"), path, sqlite3_column_name (row, column), shown);
  return FALSE;
}

static gboolean
read_value (DwStoreConnection *self, sqlite3_stmt *row, int column, GValue *value, GError **error)
{
  if (G_VALUE_HOLDS_STRING (value))
    {
      const char *text = (const char *) sqlite3_column_text (row, column);

      if (text == NULL || g_utf8_validate (text, -1, NULL))
        g_value_set_string (value, text);
      else
        g_value_take_string (value, g_utf8_make_valid (text, -1));
      return TRUE;
    }

  if (G_VALUE_HOLDS_ENUM (value))
    {
      int member;

      if (!dw_enum_from_nick (G_VALUE_TYPE (value),
                              (const char *) sqlite3_column_text (row, column), &member, NULL))
        return set_damaged_error (self, row, column, error);
      g_value_set_enum (value, member);
      return TRUE;
    }

  gint64 number = sqlite3_column_int64 (row, column);
  if (G_VALUE_HOLDS_BOOLEAN (value))
    g_value_set_boolean (value, number != 0);
  else if (G_VALUE_HOLDS_INT64 (value))
    g_value_set_int64 (value, number);
  else if (number >= G_MININT && number <= G_MAXINT)
    g_value_set_int (value, (int) number);
  else
    return set_damaged_error (self, row, column, error);

  return TRUE;
}

static DwEntity *
read_entity (DwStoreConnection *self, Statement *statement, GError **error)
{
  g_autoptr (DwEntity) entity = g_object_new (statement->type, NULL);
  int n_columns = sqlite3_column_count (statement->stmt);

  for (int i = 0; i < n_columns; i++)
    {
      guint id = statement->column_ids[i];
      g_auto (GValue) value = G_VALUE_INIT;

      if (id == 0)
        continue;
      g_value_init (&value, DW_ENTITY_GET_CLASS (entity)->properties[id]->value_type);
      if (!read_value (self, statement->stmt, i, &value, error))
        return NULL;
      dw_entity_set_value (entity, id, &value);
    }

  return g_steal_pointer (&entity);
}

/**
 * dw_store_connection_read:
 * @self: a connection
 * @sql: a string literal: a query whose columns are properties of @type
 * @type: an entity's type
 * @arguments: (nullable): what its parameters are
 * @error: a DW_STORE_ERROR
 *
 * Returns: (transfer full) (element-type DwEntity): the rows, or %NULL with @error set
 */
GPtrArray *
dw_store_connection_read (DwStoreConnection *self,
                          const char *sql,
                          GType type,
                          const DwStoreArgument *arguments,
                          GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  Statement *statement = prepare (self, sql, type, error);
  gboolean works = TRUE;
  int code;

  if (statement == NULL)
    return NULL;

  code = bind (statement, NULL, arguments);
  if (code == SQLITE_OK)
    code = sqlite3_step (statement->stmt);
  for (; code == SQLITE_ROW && works; code = works ? sqlite3_step (statement->stmt) : code)
    {
      DwEntity *entity = read_entity (self, statement, error);

      works = entity != NULL;
      if (works)
        g_ptr_array_add (rows, entity);
    }
  if (works && code != SQLITE_DONE)
    works = check (self, code, error);
  reset (statement);

  return works ? g_steal_pointer (&rows) : NULL;
}

/**
 * dw_store_connection_count:
 * @self: a connection
 * @sql: a string literal: a query for one number
 * @arguments: (nullable): what its parameters are
 * @number: (out): the number
 * @error: a DW_STORE_ERROR
 *
 * As dw_store_connection_get_number(), for a query that is worth keeping.
 *
 * Returns: whether it is known
 */
gboolean
dw_store_connection_count (DwStoreConnection *self,
                           const char *sql,
                           const DwStoreArgument *arguments,
                           gint64 *number,
                           GError **error)
{
  Statement *statement = prepare (self, sql, G_TYPE_NONE, error);
  int code;

  if (statement == NULL)
    return FALSE;

  code = bind (statement, NULL, arguments);
  if (code == SQLITE_OK)
    code = sqlite3_step (statement->stmt);
  *number = code == SQLITE_ROW ? sqlite3_column_int64 (statement->stmt, 0) : 0;
  if (code != SQLITE_ROW)
    check (self, code, error);
  reset (statement);

  return code == SQLITE_ROW;
}

/* SQLite's machine makes some ten million steps a second. */
#define STEPS_PER_LOOK 20000

static int
is_cancelled (gpointer cancellable)
{
  return g_cancellable_is_cancelled (cancellable);
}

/**
 * dw_store_connection_find:
 * @self: a connection
 * @sql: a string literal: a query for the numbers of rows
 * @arguments: (nullable): what its parameters are
 * @cancellable: (nullable): stops it while it searches
 * @error: a DW_STORE_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (element-type guint32): the numbers, in their order, or %NULL
 */
GArray *
dw_store_connection_find (DwStoreConnection *self,
                          const char *sql,
                          const DwStoreArgument *arguments,
                          GCancellable *cancellable,
                          GError **error)
{
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint32));
  Statement *statement = prepare (self, sql, G_TYPE_NONE, error);
  gboolean works = TRUE;
  int code;

  if (statement == NULL)
    return NULL;

  sqlite3_progress_handler (self->handle, STEPS_PER_LOOK, is_cancelled, cancellable);
  code = bind (statement, NULL, arguments);
  if (code == SQLITE_OK)
    code = sqlite3_step (statement->stmt);
  for (; code == SQLITE_ROW && works; code = works ? sqlite3_step (statement->stmt) : code)
    {
      gint64 number = sqlite3_column_int64 (statement->stmt, 0);

      works = number >= 0 && number <= G_MAXUINT32;
      if (works)
        g_array_append_vals (numbers, &(guint32){ (guint32) number }, 1);
      else
        set_damaged_error (self, statement->stmt, 0, error);
    }
  if (code == SQLITE_INTERRUPT)
    works = !g_cancellable_set_error_if_cancelled (cancellable, error);
  else if (works && code != SQLITE_DONE)
    works = check (self, code, error);
  reset (statement);
  sqlite3_progress_handler (self->handle, 0, NULL, NULL);

  return works ? g_steal_pointer (&numbers) : NULL;
}
