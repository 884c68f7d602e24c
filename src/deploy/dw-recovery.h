/* dw-recovery.h: sets right what a crash left behind
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-deploy-pipeline.h"

G_BEGIN_DECLS

/* Both block and are not for the main thread. */
gboolean dw_recovery_settle_deploy (const DwDeployTools *tools,
                                    DwDeploy *deploy,
                                    GCancellable *cancellable,
                                    GError **error);
gboolean dw_recovery_settle_all (const DwDeployTools *tools,
                                 GPtrArray *settled,
                                 GCancellable *cancellable,
                                 GError **error);

G_END_DECLS
