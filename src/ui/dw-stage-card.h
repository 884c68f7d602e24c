/* dw-stage-card.h: what runs in a stage, and what can be done about it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "deploy/dw-route-status.h"

G_BEGIN_DECLS

#define DW_TYPE_STAGE_CARD (dw_stage_card_get_type ())

/* Properties: "status" (DwStageStatus), construct-only; "deployer" (DwDeployer), nullable.
 * Signal:
 *   "move" (int by)   the stage is to stand so many places later in the order
 */
G_DECLARE_FINAL_TYPE (DwStageCard, dw_stage_card, DW, STAGE_CARD, AdwBin)

DwStageCard *dw_stage_card_new (DwStore *store, DwStageStatus *status, DwRouteStatus *route);
DwStage *dw_stage_card_get_stage (DwStageCard *self);
void dw_stage_card_set_place (DwStageCard *self, gboolean is_first, DwStage *next);

G_END_DECLS
