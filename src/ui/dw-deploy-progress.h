/* dw-deploy-progress.h: a stage's deploy while it runs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "deploy/dw-stage-status.h"

G_BEGIN_DECLS

#define DW_TYPE_DEPLOY_PROGRESS (dw_deploy_progress_get_type ())

/* Properties: "status" (DwStageStatus). It is visible while a deploy runs, and its Cancel button
 * asks for the action stage.cancel. */
G_DECLARE_FINAL_TYPE (DwDeployProgress, dw_deploy_progress, DW, DEPLOY_PROGRESS, AdwBin)

G_END_DECLS
