/* dw-deploy.h: one attempt to bring one tag to one stage
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/dw-entity.h"
#include "model/dw-enums.h"

G_BEGIN_DECLS

#define DW_TYPE_DEPLOY (dw_deploy_get_type ())

G_DECLARE_FINAL_TYPE (DwDeploy, dw_deploy, DW, DEPLOY, DwEntity)

const char *dw_deploy_get_project_id (DwDeploy *self);
const char *dw_deploy_get_stage_id (DwDeploy *self);
const char *dw_deploy_get_instance_id (DwDeploy *self);
const char *dw_deploy_get_image (DwDeploy *self);
const char *dw_deploy_get_tag (DwDeploy *self);
const char *dw_deploy_get_digest (DwDeploy *self);
DwTrigger dw_deploy_get_trigger (DwDeploy *self);
DwDeployStatus dw_deploy_get_status (DwDeploy *self);
const char *dw_deploy_get_error (DwDeploy *self);
const char *dw_deploy_get_started_at (DwDeploy *self);
const char *dw_deploy_get_finished_at (DwDeploy *self);
const char *dw_deploy_get_project_name (DwDeploy *self);
const char *dw_deploy_get_stage_name (DwDeploy *self);

G_END_DECLS
