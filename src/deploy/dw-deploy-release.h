/* dw-deploy-release.h: the stage's release command
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-deploy-run.h"

G_BEGIN_DECLS

/* Both block and are not for the main thread. */
gboolean dw_deploy_release_run (DwDeployRun *run, DwContainerSpec *spec, GError **error);
gboolean dw_deploy_release_clean_up (DwEngine *engine,
                                     const char *deploy_id,
                                     GCancellable *cancellable,
                                     GError **error);

G_END_DECLS
