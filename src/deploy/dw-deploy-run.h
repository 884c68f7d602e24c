/* dw-deploy-run.h: one deploy being run, as its phases share it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-deploy-pipeline.h"
#include "deploy/dw-stage-route.h"
#include "model/dw-image-reference.h"

G_BEGIN_DECLS

typedef struct
{
  const DwDeployTools *tools;
  DwDeployJob *job;
  GCancellable *cancellable;
  DwDeploy *deploy;
  DwDeployStatus phase;
  gint64 started_at_us;

  DwStage *stage;
  DwProject *project;
  DwSettings *settings;
  DwImageReference *image;
  DwInstance *previous; /* nullable: what serves before */
  char *digest;
  char *reference; /* the image by digest, for the engine */

  DwInstance *instance; /* what is to serve */
  char *container_id;
  gboolean is_kept_instance;     /* it served before, and was kept */
  gboolean has_started_instance; /* so that its output is worth a look when it fails */
  gboolean has_stopped_previous;
  gint64 last_pull_report_us;

  DwStageRoute *route;      /* nullable: without a proxy */
  gboolean has_moved_route; /* or tried to */
} DwDeployRun;

void dw_deploy_run_clear (DwDeployRun *run);

const char *dw_deploy_run_get_id (DwDeployRun *run);
void dw_deploy_run_log (DwDeployRun *run, DwLogLevel level, const char *message);
void dw_deploy_run_logf (DwDeployRun *run, DwLogLevel level, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
gboolean dw_deploy_run_enter (DwDeployRun *run, DwDeployStatus phase, GError **error);
void dw_deploy_run_log_attempt (gboolean is_healthy, const char *outcome, gpointer user_data);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DwDeployRun, dw_deploy_run_clear)

G_END_DECLS
