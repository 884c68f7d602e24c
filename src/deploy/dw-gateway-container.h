/* dw-gateway-container.h: the container in which the gateway runs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/dw-engine.h"
#include "model/dw-settings.h"
#include "proxy/dw-gateway.h"

G_BEGIN_DECLS

/* What happens on the way, for a log. */
typedef void (*DwGatewayReportFunc) (const char *message, gpointer user_data);

void dw_gateway_container_attach (DwEngine *engine, DwGateway *gateway);

/* The rest blocks and is not for the main thread. One at a time works on a gateway. */
gboolean dw_gateway_container_ensure (DwEngine *engine,
                                      DwGateway *gateway,
                                      DwSettings *settings,
                                      const char *domain,
                                      const char *network,
                                      DwGatewayReportFunc report,
                                      gpointer user_data,
                                      GCancellable *cancellable,
                                      GError **error);
gboolean dw_gateway_container_join (DwEngine *engine,
                                    DwGateway *gateway,
                                    const char *network,
                                    GCancellable *cancellable,
                                    GError **error);
gboolean dw_gateway_container_remove (DwEngine *engine,
                                      DwGateway *gateway,
                                      GCancellable *cancellable,
                                      GError **error);

G_END_DECLS
