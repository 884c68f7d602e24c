/* dw-stage-action.h: starts, stops and restarts a stage, away from the main thread
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-deployer.h"

G_BEGIN_DECLS

void dw_stage_action_async (DwDeployer *deployer,
                            const char *stage_id,
                            DwStageAction action,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean dw_stage_action_finish (GAsyncResult *result, GError **error);

G_END_DECLS
