/* dw-gateway-spec.h: what the gateway's container is made from
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-stage-containers.h"
#include "model/dw-settings.h"
#include "proxy/dw-gateway.h"

G_BEGIN_DECLS

/* The folder that it shares with the program: there is one gateway for each. */
#define DW_LABEL_GATEWAY DW_LABEL_PREFIX "gateway"
/* What it was made from. */
#define DW_LABEL_GATEWAY_MADE_FROM DW_LABEL_PREFIX "gateway-made-from"

char *dw_gateway_spec_make_name (DwGateway *gateway);
DwContainerSpec *dw_gateway_spec_make (DwGateway *gateway,
                                       DwSettings *settings,
                                       const char *domain,
                                       const char *network,
                                       GError **error);

G_END_DECLS
