/* dw-deploy-pipeline.h: from a request to an instance that serves
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-deploy-job.h"
#include "deploy/dw-registries.h"
#include "deploy/dw-stage-lock.h"
#include "engine/dw-engine.h"
#include "store/dw-store.h"

G_BEGIN_DECLS

/* What a deploy works with; each of them may be used from any thread. */
typedef struct
{
  DwStore *store;
  DwEngine *engine;
  DwRegistries *registries;
  char *lock_directory;
} DwDeployTools;

/* Both block and are not for the main thread. */
gboolean dw_deploy_pipeline_run (const DwDeployTools *tools,
                                 DwDeployJob *job,
                                 DwDeploy *deploy,
                                 DwStageLock *lock,
                                 GError **error);
void dw_deploy_pipeline_drop (const DwDeployTools *tools,
                              DwDeployJob *job,
                              DwDeploy *deploy,
                              const GError *reason);

G_END_DECLS
