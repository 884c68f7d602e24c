/* dw-deploy-job-private.h: how the pipeline reports to a job
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-deploy-job.h"

G_BEGIN_DECLS

DwDeployJob *dw_deploy_job_new (const char *stage_id);
GCancellable *dw_deploy_job_get_cancellable (DwDeployJob *self);
gboolean dw_deploy_job_is_to_go_on (DwDeployJob *self);

/* In the job's main context. */
void dw_deploy_job_set_deploy (DwDeployJob *self, const char *deploy_id, const char *stage_id);
void dw_deploy_job_finish (DwDeployJob *self, GError *error);

/* From any thread; they take effect in the job's main context, in the order of the calls. */
void dw_deploy_job_post_status (DwDeployJob *self, DwDeployStatus status);
void dw_deploy_job_post_pull (DwDeployJob *self, gint64 done, gint64 total);
void dw_deploy_job_post_canary (DwDeployJob *self, int percent, int seconds);
void dw_deploy_job_post_log (DwDeployJob *self,
                             DwLogLevel level,
                             DwDeployStatus phase,
                             const char *message);

G_END_DECLS
