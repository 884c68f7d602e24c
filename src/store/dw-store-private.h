/* dw-store-private.h: how the parts of the store reach its connections
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "store/dw-store-connection.h"
#include "store/dw-store.h"

G_BEGIN_DECLS

char *dw_store_now (void);

/* As the functions of DwStoreConnection; a write waits its turn, a read does not. */
gboolean dw_store_write (DwStore *self,
                         const char *sql,
                         DwEntity *entity,
                         const DwStoreArgument *arguments,
                         int *n_changes,
                         GError **error);
GPtrArray *dw_store_read (
    DwStore *self, const char *sql, GType type, const DwStoreArgument *arguments, GError **error);
gpointer dw_store_read_one (DwStore *self,
                            const char *sql,
                            GType type,
                            const DwStoreArgument *arguments,
                            const char *name,
                            GError **error);
gboolean dw_store_update_one (DwStore *self,
                              GType type,
                              const char *id,
                              const char *sql,
                              const DwStoreArgument *arguments,
                              GError **error);

/* Several reads that see the same state of the database. */
typedef gboolean (*DwStoreSnapshotFunc) (DwStoreConnection *reader,
                                         gpointer user_data,
                                         GError **error);
gboolean dw_store_read_snapshot (DwStore *self,
                                 DwStoreSnapshotFunc function,
                                 gpointer user_data,
                                 GError **error);

void dw_store_set_not_found (GError **error, GType type, const char *name);

G_END_DECLS
