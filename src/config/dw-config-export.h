/* dw-config-export.h: the whole configuration as YAML
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "store/dw-store.h"

G_BEGIN_DECLS

/* Both block and are not for the main thread. */
char *dw_config_export (DwStore *store, GError **error);
gboolean
dw_config_export_to_file (DwStore *store, GFile *file, GCancellable *cancellable, GError **error);

G_END_DECLS
