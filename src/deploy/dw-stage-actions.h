/* dw-stage-actions.h: starts, stops, restarts and removes what serves in a stage
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-deploy-pipeline.h"
#include "deploy/dw-deployer.h"

G_BEGIN_DECLS

/* All of it blocks and is not for the main thread; whoever calls has locked the stage. */
DwInstance *
dw_stage_action_get_instance (const DwDeployTools *tools, DwStage *stage, GError **error);
gboolean dw_stage_action_restore_route (const DwDeployTools *tools,
                                        DwStage *stage,
                                        DwInstance *instance,
                                        GCancellable *cancellable,
                                        GError **error);
gboolean dw_stage_action_run (const DwDeployTools *tools,
                              DwStage *stage,
                              DwStageAction action,
                              GCancellable *cancellable,
                              GError **error);

G_END_DECLS
