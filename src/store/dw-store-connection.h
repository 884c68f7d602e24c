/* dw-store-connection.h: one connection to the database, with its prepared statements
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Private to the store. A connection is used by one thread at a time.
 */

#pragma once

#include <sqlite3.h>

#include "model/dw-entity.h"
#include "store/dw-store.h"

G_BEGIN_DECLS

typedef struct _DwStoreConnection DwStoreConnection;

/* A value for a parameter of a query that is no property of an entity. */
typedef struct
{
  const char *name; /* with its colon; NULL ends a list */
  enum
  {
    DW_STORE_TEXT,
    DW_STORE_NUMBER,
    DW_STORE_NICK,
  } kind;
  const char *text; /* nullable: SQL's NULL */
  gint64 number;
  GType type; /* of the enumeration */
} DwStoreArgument;

#define DW_STORE_TEXT_ARGUMENT(n, v)                                                               \
  {                                                                                                \
    .name = n, .kind = DW_STORE_TEXT, .text = v                                                    \
  }
#define DW_STORE_NUMBER_ARGUMENT(n, v)                                                             \
  {                                                                                                \
    .name = n, .kind = DW_STORE_NUMBER, .number = v                                                \
  }
#define DW_STORE_NICK_ARGUMENT(n, t, v)                                                            \
  {                                                                                                \
    .name = n, .kind = DW_STORE_NICK, .type = t, .number = v                                       \
  }

DwStoreConnection *dw_store_connection_open (const char *path, gboolean is_writer, GError **error);
void dw_store_connection_close (DwStoreConnection *self);
gboolean dw_store_connection_has_log (const char *path);
void dw_store_connection_keep_log (DwStoreConnection *self);

sqlite3 *dw_store_connection_get_handle (DwStoreConnection *self);
gboolean dw_store_connection_get_number (DwStoreConnection *self,
                                         const char *sql,
                                         gint64 *number,
                                         GError **error);
gboolean dw_store_connection_execute (DwStoreConnection *self, const char *sql, GError **error);

/* @sql is a string literal: a connection knows its prepared statements by the literal's address.
 * The parameters are bound from @entity's properties of the same name, which may be NULL, and from
 * @arguments, which may be NULL. @n_changes may be NULL. */
gboolean dw_store_connection_write (DwStoreConnection *self,
                                    const char *sql,
                                    DwEntity *entity,
                                    const DwStoreArgument *arguments,
                                    int *n_changes,
                                    GError **error);
GPtrArray *dw_store_connection_read (DwStoreConnection *self,
                                     const char *sql,
                                     GType type,
                                     const DwStoreArgument *arguments,
                                     GError **error);
gboolean dw_store_connection_count (DwStoreConnection *self,
                                    const char *sql,
                                    const DwStoreArgument *arguments,
                                    gint64 *number,
                                    GError **error);

GArray *dw_store_connection_find (DwStoreConnection *self,
                                  const char *sql,
                                  const DwStoreArgument *arguments,
                                  GCancellable *cancellable,
                                  GError **error);

void dw_store_set_sqlite_error (GError **error, sqlite3 *handle, int code, const char *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwStoreConnection, dw_store_connection_close)

G_END_DECLS
