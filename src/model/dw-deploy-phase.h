/* dw-deploy-phase.h: how long a deploy was in one of its phases
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/dw-entity.h"
#include "model/dw-enums.h"

G_BEGIN_DECLS

#define DW_TYPE_DEPLOY_PHASE (dw_deploy_phase_get_type ())

G_DECLARE_FINAL_TYPE (DwDeployPhase, dw_deploy_phase, DW, DEPLOY_PHASE, DwEntity)

DwDeployStatus dw_deploy_phase_get_phase (DwDeployPhase *self);
const char *dw_deploy_phase_get_started_at (DwDeployPhase *self);
gint64 dw_deploy_phase_get_duration_ms (DwDeployPhase *self);

G_END_DECLS
