/* dw-compose.h: what a compose file would be as projects
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "config/dw-config-document.h"

G_BEGIN_DECLS

gboolean dw_compose_is (DwYamlNode *root);
/* Reads files beside it; blocks, and is not for the main thread. */
DwConfigDocument *dw_compose_read (DwYamlNode *root,
                                   GFile *file,
                                   const char *const *environment,
                                   GCancellable *cancellable,
                                   GError **error);

G_END_DECLS
