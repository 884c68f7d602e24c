/* dw-deploy-guard.h: watches what was deployed for a while
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-deploy-pipeline.h"

G_BEGIN_DECLS

/* Blocks and is not for the main thread. */
gboolean dw_deploy_guard_watch (const DwDeployTools *tools,
                                const char *deploy_id,
                                char **fault,
                                GCancellable *cancellable,
                                GError **error);

G_END_DECLS
