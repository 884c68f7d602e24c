/* dw-stage-summary.h: what runs in a stage, since when and where, and what went wrong last
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "deploy/dw-route-status.h"

G_BEGIN_DECLS

#define DW_TYPE_STAGE_SUMMARY (dw_stage_summary_get_type ())

/* Properties: "status" (DwStageStatus); "route" (DwRouteStatus) and "deployer" (DwDeployer),
 * nullable
 */
G_DECLARE_FINAL_TYPE (DwStageSummary, dw_stage_summary, DW, STAGE_SUMMARY, AdwBin)

const char *dw_stage_summary_get_address (DwStageSummary *self);

G_END_DECLS
