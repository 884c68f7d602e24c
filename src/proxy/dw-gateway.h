/* dw-gateway.h: the HAProxy that the application runs by itself
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "proxy/dw-proxy.h"

G_BEGIN_DECLS

/* Where the container sees the folder that it shares with the program, and what it listens on. */
#define DW_GATEWAY_SHARED_PATH "/gateway"
#define DW_GATEWAY_PORT 8080

#define DW_TYPE_GATEWAY (dw_gateway_get_type ())

G_DECLARE_FINAL_TYPE (DwGateway, dw_gateway, DW, GATEWAY, GObject)

DwGateway *dw_gateway_new (const char *directory);

char *dw_gateway_get_shared_directory (DwGateway *self);
const char *const *dw_gateway_get_command (void);

/* The rest blocks and is not for the main thread. */
gboolean dw_gateway_prepare (DwGateway *self, GError **error);
GStrv dw_gateway_list_domains (DwGateway *self, GError **error);

G_END_DECLS
