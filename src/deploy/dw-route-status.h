/* dw-route-status.h: a stage's route as the proxy reports it, followed while somebody looks
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-stage-status.h"

G_BEGIN_DECLS

typedef enum /*< enum >*/
{
  DW_ROUTE_UNSEEN,      /* nothing runs in the stage, or it is not known yet */
  DW_ROUTE_NO_PROXY,    /* the settings name none: the stage is reached by its port */
  DW_ROUTE_LEFT,        /* and one that they named before still has the route */
  DW_ROUTE_NOT_MADE,    /* what runs was deployed before there was a proxy */
  DW_ROUTE_SERVING,     /* it leads to what runs */
  DW_ROUTE_MISSING,     /* somebody removed it */
  DW_ROUTE_ELSEWHERE,   /* it leads to something else */
  DW_ROUTE_TAKEN,       /* the host name is somebody else's */
  DW_ROUTE_FAILING,     /* the proxy says that it does not work */
  DW_ROUTE_UNREACHABLE, /* the proxy does not answer */
  DW_ROUTE_UNKNOWN,     /* it answers and does not say, or cannot be asked */
} DwRouteCondition;

#define DW_TYPE_ROUTE_STATUS (dw_route_status_get_type ())

/* Properties, each notified in the main context in which it was made:
 *   "condition" (DwRouteCondition)
 *   "proxy-kind" (DwProxyKind)   whose word it is
 *   "detail" (string)            nullable: where it leads, or what the proxy says of it
 *   "checking" (boolean)         the proxy is asked at this moment
 */
G_DECLARE_FINAL_TYPE (DwRouteStatus, dw_route_status, DW, ROUTE_STATUS, GObject)

gboolean dw_route_condition_is_problem (DwRouteCondition condition);
gboolean dw_route_condition_can_be_repaired (DwRouteCondition condition, DwProxyKind kind);

DwRouteStatus *
dw_route_status_new (DwStore *store, DwStageStatus *stage_status, DwEngineStatus *engine_status);

DwRouteCondition dw_route_status_get_condition (DwRouteStatus *self);
DwProxyKind dw_route_status_get_proxy_kind (DwRouteStatus *self);
const char *dw_route_status_get_detail (DwRouteStatus *self);
gboolean dw_route_status_is_checking (DwRouteStatus *self);
void dw_route_status_set_active (DwRouteStatus *self, gboolean is_active);
void dw_route_status_check (DwRouteStatus *self);

G_END_DECLS
