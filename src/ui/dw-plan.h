/* dw-plan.h: reads a deploy's plan away from the main thread
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-deploy-plan.h"
#include "deploy/dw-stage-status.h"

G_BEGIN_DECLS

void dw_plan_read_async (GObject *source,
                         DwStore *store,
                         const char *stage_id,
                         DwStageCondition condition,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
DwDeployPlan *dw_plan_read_finish (GAsyncResult *result, GError **error);

G_END_DECLS
