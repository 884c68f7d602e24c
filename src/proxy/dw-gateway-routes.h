/* dw-gateway-routes.h: what the gateway serves, in memory, on disk and as HAProxy reads it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "proxy/dw-proxy.h"

G_BEGIN_DECLS

/* Where it listens for commands, when no socket can be shared with it. */
#define DW_GATEWAY_DOOR_PORT 8404

/* Two: what serves, and what is coming or draining. Nothing is kept in a third place, since one
 * stage is deployed to by one deploy at a time, which ends when the old instance is drained. */
#define DW_GATEWAY_N_SLOTS 2

typedef struct
{
  DwProxyUpstream *upstream; /* nullable: never used */
  int weight;                /* the requests it gets, in a hundred; 0 for none */
} DwGatewaySlot;

typedef struct
{
  DwProxyRoute *route;
  DwGatewaySlot slots[DW_GATEWAY_N_SLOTS];
} DwGatewayRoute;

/* (element-type DwGatewayRoute) */
typedef GPtrArray DwGatewayRoutes;

extern const char *const dw_gateway_slot_names[DW_GATEWAY_N_SLOTS];

DwGatewayRoutes *dw_gateway_routes_new (void);
DwGatewayRoutes *dw_gateway_routes_load (const char *path, GError **error);
gboolean dw_gateway_routes_save (DwGatewayRoutes *self, const char *path, GError **error);

DwGatewayRoute *dw_gateway_routes_find (DwGatewayRoutes *self, const char *id);
DwGatewayRoute *dw_gateway_routes_find_domain (DwGatewayRoutes *self, const char *domain);
DwGatewayRoute *dw_gateway_routes_add (DwGatewayRoutes *self, const DwProxyRoute *route);
guint dw_gateway_route_share (DwGatewayRoute *self, const DwProxyUpstream *upstream, int percent);

char *dw_gateway_routes_to_config (DwGatewayRoutes *self, const char *secret);
gboolean dw_gateway_routes_knows_config (const char *config, const char *secret);
char *dw_gateway_routes_to_map (DwGatewayRoutes *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwGatewayRoutes, g_ptr_array_unref)

G_END_DECLS
