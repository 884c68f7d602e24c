/* dw-stage-route.h: the way from a host name to what serves in a stage
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-deploy-pipeline.h"
#include "deploy/dw-stage-address.h"
#include "proxy/dw-proxy.h"

G_BEGIN_DECLS

/* What happens on the way, for a log. */
typedef void (*DwStageRouteReportFunc) (DwLogLevel level, const char *message, gpointer user_data);

typedef struct _DwStageRoute DwStageRoute;

/* All of it blocks and is not for the main thread. */
DwStageRoute *dw_stage_route_new (const DwDeployTools *tools,
                                  DwSettings *settings,
                                  DwProject *project,
                                  DwStage *stage);
void dw_stage_route_free (DwStageRoute *self);
const char *dw_stage_route_get_domain (DwStageRoute *self);
const char *dw_stage_route_get_network (DwStageRoute *self);
const char *dw_stage_route_get_url (DwStageRoute *self);
void
dw_stage_route_set_report (DwStageRoute *self, DwStageRouteReportFunc report, gpointer user_data);

gboolean dw_stage_route_can_share (DwStageRoute *self);
gboolean
dw_stage_route_prepare_network (DwStageRoute *self, GCancellable *cancellable, GError **error);
gboolean dw_stage_route_prepare (DwStageRoute *self, GCancellable *cancellable, GError **error);
gboolean dw_stage_route_move (DwStageRoute *self,
                              DwInstance *instance,
                              int percent,
                              GCancellable *cancellable,
                              GError **error);
gboolean dw_stage_route_leave (DwStageRoute *self,
                               DwInstance *instance,
                               GCancellable *cancellable,
                               GError **error);
gboolean dw_stage_route_remove (DwStageRoute *self, GCancellable *cancellable, GError **error);
gboolean dw_stage_route_drain (DwStageRoute *self,
                               DwInstance *instance,
                               GCancellable *cancellable,
                               GError **error);
DwProxyState *dw_stage_route_look (DwStageRoute *self,
                                   DwInstance *instance,
                                   GCancellable *cancellable,
                                   GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwStageRoute, dw_stage_route_free)

G_END_DECLS
