/* dw-route-view.h: whether a stage's route leads to it, and what repairs it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "deploy/dw-route-status.h"

G_BEGIN_DECLS

#define DW_TYPE_ROUTE_VIEW (dw_route_view_get_type ())

/* Properties:
 *   "route" (DwRouteStatus)     nullable
 *   "status" (DwStageStatus)    nullable: of the same stage
 *   "deployer" (DwDeployer)     nullable: what repairs
 */
G_DECLARE_FINAL_TYPE (DwRouteView, dw_route_view, DW, ROUTE_VIEW, AdwBin)

G_END_DECLS
