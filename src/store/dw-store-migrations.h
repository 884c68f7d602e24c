/* dw-store-migrations.h: brings a database to the schema of this program
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Private to the store and its tests.
 */

#pragma once

#include "store/dw-store-connection.h"

G_BEGIN_DECLS

/* @resource_path: the folder of the numbered SQL files among the program's resources */
gboolean dw_store_migrate (DwStoreConnection *connection,
                           const char *path,
                           const char *resource_path,
                           GError **error);

G_END_DECLS
