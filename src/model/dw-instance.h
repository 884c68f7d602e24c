/* dw-instance.h: one container that a deploy started
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/dw-entity.h"
#include "model/dw-enums.h"

G_BEGIN_DECLS

#define DW_TYPE_INSTANCE (dw_instance_get_type ())

G_DECLARE_FINAL_TYPE (DwInstance, dw_instance, DW, INSTANCE, DwEntity)

const char *dw_instance_get_stage_id (DwInstance *self);
const char *dw_instance_get_deploy_id (DwInstance *self);
const char *dw_instance_get_container_id (DwInstance *self);
const char *dw_instance_get_container_name (DwInstance *self);
const char *dw_instance_get_image (DwInstance *self);
const char *dw_instance_get_tag (DwInstance *self);
const char *dw_instance_get_digest (DwInstance *self);
int dw_instance_get_host_port (DwInstance *self);
const char *dw_instance_get_domain (DwInstance *self);
const char *dw_instance_get_route_id (DwInstance *self);
DwInstanceStatus dw_instance_get_status (DwInstance *self);
const char *dw_instance_get_project_id (DwInstance *self);
const char *dw_instance_get_project_name (DwInstance *self);
const char *dw_instance_get_stage_name (DwInstance *self);

G_END_DECLS
