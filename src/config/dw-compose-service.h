/* dw-compose-service.h: one service of a compose file
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "config/dw-compose-folder.h"
#include "config/dw-foreign.h"

G_BEGIN_DECLS

/* What a service is read with. */
typedef struct
{
  const char *project; /* what Compose calls the whole */
  DwYamlNode *root;    /* of the compose file */
  DwComposeFolder *folder;
  DwComposeVariables *variables;
  GCancellable *cancellable; /* nullable */
} DwComposeContext;

gboolean dw_compose_service_read (const DwComposeContext *context,
                                  DwYamlNode *service,
                                  DwForeign *foreign,
                                  GError **error);

G_END_DECLS
