/* dw-route-places.h: the proxies in which a stage has or had its route
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-stage-route.h"

G_BEGIN_DECLS

gboolean
dw_route_places_enter (DwStore *store, const char *stage_id, DwSettings *settings, GError **error);
char *dw_route_places_describe_old (DwStage *stage, DwSettings *settings);

/* Blocks; not on the main thread. */
gboolean dw_route_places_leave (const DwDeployTools *tools,
                                DwSettings *settings,
                                DwProject *project,
                                DwStage *stage,
                                DwInstance *instance,
                                DwStageRouteReportFunc report,
                                gpointer user_data,
                                GCancellable *cancellable,
                                GError **error);

G_END_DECLS
