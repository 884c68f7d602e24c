/* dw-compose-readers.h: what reads a service of a compose file
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

/* Each reads the value of one key. */
gboolean dw_compose_read_ports (const DwComposeContext *context,
                                DwYamlNode *value,
                                DwForeign *foreign,
                                GError **error);
gboolean dw_compose_read_expose (const DwComposeContext *context,
                                 DwYamlNode *value,
                                 DwForeign *foreign,
                                 GError **error);
gboolean dw_compose_read_volumes (const DwComposeContext *context,
                                  DwYamlNode *value,
                                  DwForeign *foreign,
                                  GError **error);
gboolean dw_compose_read_networks (const DwComposeContext *context,
                                   DwYamlNode *value,
                                   DwForeign *foreign,
                                   GError **error);
gboolean dw_compose_read_network_mode (const DwComposeContext *context,
                                       DwYamlNode *value,
                                       DwForeign *foreign,
                                       GError **error);

G_END_DECLS
