/* dw-deploy-log.h: one line of what a deploy did
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/dw-entity.h"
#include "model/dw-enums.h"

G_BEGIN_DECLS

#define DW_TYPE_DEPLOY_LOG (dw_deploy_log_get_type ())

G_DECLARE_FINAL_TYPE (DwDeployLog, dw_deploy_log, DW, DEPLOY_LOG, DwEntity)

const char *dw_deploy_log_get_deploy_id (DwDeployLog *self);
DwLogLevel dw_deploy_log_get_level (DwDeployLog *self);
DwDeployStatus dw_deploy_log_get_phase (DwDeployLog *self);
const char *dw_deploy_log_get_message (DwDeployLog *self);

G_END_DECLS
