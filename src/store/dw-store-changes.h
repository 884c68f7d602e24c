/* dw-store-changes.h: who changed what, told in the main context
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Private to the store.
 */

#pragma once

#include "store/dw-store-connection.h"

G_BEGIN_DECLS

typedef struct _DwStoreChanges DwStoreChanges;

/* Rows of @type changed; @owner is the store. */
typedef void (*DwStoreChangesFunc) (GType type, gpointer owner);
/* Reads PRAGMA data_version of the writer; in a worker thread. */
typedef gboolean (*DwStoreVersionFunc) (gint64 *version, gpointer owner, GError **error);

DwStoreChanges *dw_store_changes_new (DwStoreConnection *writer);
void dw_store_changes_free (DwStoreChanges *self);

void dw_store_changes_watch (DwStoreChanges *self,
                             GObject *owner,
                             const char *path,
                             DwStoreVersionFunc read_version,
                             DwStoreChangesFunc function);
void dw_store_changes_publish (DwStoreChanges *self, gboolean is_committed);

G_END_DECLS
