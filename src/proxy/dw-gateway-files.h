/* dw-gateway-files.h: what of the gateway is on the disk
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "proxy/dw-gateway-routes.h"

G_BEGIN_DECLS

#define DW_GATEWAY_CONFIG_NAME "haproxy.cfg"
#define DW_GATEWAY_MAP_NAME "hosts.map"

typedef struct _DwGatewayFiles DwGatewayFiles;

DwGatewayFiles *dw_gateway_files_new (const char *directory);
void dw_gateway_files_free (DwGatewayFiles *self);
const char *dw_gateway_files_get_shared (DwGatewayFiles *self);

gboolean dw_gateway_files_is_apart (DwGatewayFiles *self);
gboolean dw_gateway_files_set_apart (DwGatewayFiles *self, gboolean is_apart, GError **error);
gboolean dw_gateway_files_load_secret (DwGatewayFiles *self, char **secret, GError **error);

gboolean dw_gateway_files_make_folders (DwGatewayFiles *self, GError **error);
DwGatewayRoutes *dw_gateway_files_load (DwGatewayFiles *self, GError **error);
gboolean dw_gateway_files_save (DwGatewayFiles *self, DwGatewayRoutes *routes, GError **error);
gboolean dw_gateway_files_is_outdated (DwGatewayFiles *self, const char *secret);
char *dw_gateway_files_read_shared (DwGatewayFiles *self, const char *name, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwGatewayFiles, dw_gateway_files_free)

G_END_DECLS
