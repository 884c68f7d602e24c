/* dw-gateway.h: the HAProxy that the application runs by itself
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "proxy/dw-gateway-files.h"
#include "proxy/dw-proxy.h"

G_BEGIN_DECLS

/* Where the container sees the folder that it shares with the program, and what it listens on. */
#define DW_GATEWAY_SHARED_PATH "/gateway"
#define DW_GATEWAY_PORT 8080

/**
 * DwGatewayCarrier:
 * @find: says where the port for commands is just now, HOST:PORT
 * @put: brings the files of the gateway to where HAProxy reads them
 *
 * How HAProxy is reached that sees no folder of this machine. Both block.
 */
typedef struct
{
  char *(*find) (gpointer user_data, GCancellable *cancellable, GError **error);
  gboolean (*put) (gpointer user_data, GCancellable *cancellable, GError **error);
} DwGatewayCarrier;

#define DW_TYPE_GATEWAY (dw_gateway_get_type ())

G_DECLARE_FINAL_TYPE (DwGateway, dw_gateway, DW, GATEWAY, GObject)

DwGateway *dw_gateway_new (const char *directory);

void dw_gateway_set_carrier (DwGateway *self, const DwGatewayCarrier *carrier, gpointer user_data);
DwGatewayFiles *dw_gateway_get_files (DwGateway *self);
const char *const *dw_gateway_get_command (void);

/* The rest blocks and is not for the main thread. */
gboolean dw_gateway_prepare (DwGateway *self, GError **error);
GStrv dw_gateway_list_domains (DwGateway *self, GError **error);

G_END_DECLS
