/* dw-stage-status.h: how a stage stands, followed live
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-deployer.h"
#include "deploy/dw-engine-status.h"

G_BEGIN_DECLS

typedef enum /*< enum >*/
{
  DW_STAGE_EMPTY,   /* nothing was deployed yet */
  DW_STAGE_UNKNOWN, /* the engine does not answer */
  DW_STAGE_RUNNING,
  DW_STAGE_UNHEALTHY, /* it runs, and the image's own check fails */
  DW_STAGE_STOPPED,
  DW_STAGE_FAILING, /* it ended by itself, or the engine starts it again and again */
  DW_STAGE_GONE,    /* somebody removed the container */
} DwStageCondition;

#define DW_TYPE_STAGE_STATUS (dw_stage_status_get_type ())

/* Properties, each notified in the main context in which the status was made:
 *   "stage" (DwStage)           as the live list has it
 *   "condition" (DwStageCondition)
 *   "instance" (DwInstance)     nullable: what serves
 *   "deploy" (DwDeploy)         nullable: what brought it
 *   "last-deploy" (DwDeploy)    nullable: the newest, whatever came of it
 *   "previous" (DwDeploy)       nullable: what a rollback goes back to
 *   "address" (string)          nullable: where a browser finds it
 *   "deploying" (boolean)       the newest has not ended, in whatever process
 *   "log" (string)              nullable: the last lines of the newest deploy, while it runs
 *   "problem" (string)          nullable: why the condition is not known
 *   "job" (DwDeployJob)         nullable: the deploy that runs in this process
 */
G_DECLARE_FINAL_TYPE (DwStageStatus, dw_stage_status, DW, STAGE_STATUS, GObject)

DwStageCondition dw_stage_condition_judge (DwInstance *instance, const DwContainer *container);

DwStageStatus *dw_stage_status_new (DwStore *store, DwStage *stage, DwEngineStatus *engine_status);

DwStage *dw_stage_status_get_stage (DwStageStatus *self);
DwStageCondition dw_stage_status_get_condition (DwStageStatus *self);
DwInstance *dw_stage_status_get_instance (DwStageStatus *self);
DwDeploy *dw_stage_status_get_deploy (DwStageStatus *self);
DwDeploy *dw_stage_status_get_last_deploy (DwStageStatus *self);
DwDeploy *dw_stage_status_get_previous (DwStageStatus *self);
const char *dw_stage_status_get_address (DwStageStatus *self);
const char *dw_stage_status_get_log (DwStageStatus *self);
const char *dw_stage_status_get_problem (DwStageStatus *self);
gboolean dw_stage_status_is_deploying (DwStageStatus *self);
DwDeployJob *dw_stage_status_get_job (DwStageStatus *self);
void dw_stage_status_set_job (DwStageStatus *self, DwDeployJob *job);
void dw_stage_status_reload (DwStageStatus *self);

G_END_DECLS
