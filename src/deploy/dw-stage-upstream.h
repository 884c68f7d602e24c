/* dw-stage-upstream.h: how a proxy reaches what serves in a stage
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/dw-engine.h"
#include "model/dw-instance.h"
#include "model/dw-settings.h"
#include "proxy/dw-gateway.h"

G_BEGIN_DECLS

DwProxyUpstream *dw_stage_upstream_find (DwEngine *engine,
                                         DwSettings *settings,
                                         const char *preferred,
                                         DwInstance *instance,
                                         char **network,
                                         GCancellable *cancellable,
                                         GError **error);
DwProxyUpstream *dw_stage_upstream_make_front (DwSettings *settings,
                                               DwGateway *gateway,
                                               const DwProxyUpstream *upstream);

G_END_DECLS
