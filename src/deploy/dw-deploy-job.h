/* dw-deploy-job.h: one deploy on its way
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "deploy/dw-deploy-error.h"
#include "model/dw-enums.h"

G_BEGIN_DECLS

#define DW_TYPE_DEPLOY_JOB (dw_deploy_job_get_type ())

/* Properties, each notified in the main context in which the job was made:
 *   "deploy-id" (string)     NULL until the deploy is in the store
 *   "status" (DwDeployStatus)
 *   "pull-done", "pull-total" (int64)  bytes, while pulling
 *   "canary-percent" (int)   the part of the requests that the new version gets while it is tried
 *                            with a few, or 0
 *   "finished" (boolean)     TRUE once, at the end
 * Signal, in the same context:
 *   "log" (DwLogLevel level, DwDeployStatus phase, const char *message)
 */
G_DECLARE_FINAL_TYPE (DwDeployJob, dw_deploy_job, DW, DEPLOY_JOB, GObject)

const char *dw_deploy_job_get_stage_id (DwDeployJob *self);
const char *dw_deploy_job_get_deploy_id (DwDeployJob *self);
DwDeployStatus dw_deploy_job_get_status (DwDeployJob *self);
gint64 dw_deploy_job_get_pull_done (DwDeployJob *self);
gint64 dw_deploy_job_get_pull_total (DwDeployJob *self);
int dw_deploy_job_get_canary_percent (DwDeployJob *self);
gint64 dw_deploy_job_get_canary_ms (DwDeployJob *self, gint64 *left_ms);
gboolean dw_deploy_job_is_finished (DwDeployJob *self);
const GError *dw_deploy_job_get_error (DwDeployJob *self);
void dw_deploy_job_go_on (DwDeployJob *self);
void dw_deploy_job_cancel (DwDeployJob *self);

G_END_DECLS
