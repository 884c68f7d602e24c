/* dw-project.h: one application: an image repository plus how to run it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/dw-entity.h"
#include "model/dw-enums.h"

G_BEGIN_DECLS

#define DW_TYPE_PROJECT (dw_project_get_type ())

G_DECLARE_FINAL_TYPE (DwProject, dw_project, DW, PROJECT, DwEntity)

const char *dw_project_get_name (DwProject *self);
const char *dw_project_get_image (DwProject *self);
const char *dw_project_get_registry_id (DwProject *self);
int dw_project_get_port (DwProject *self);
DwHealth dw_project_get_health_kind (DwProject *self);
const char *dw_project_get_health_path (DwProject *self);
int dw_project_get_health_status (DwProject *self);
int dw_project_get_health_interval_ms (DwProject *self);
int dw_project_get_health_timeout_ms (DwProject *self);
int dw_project_get_health_retries (DwProject *self);
const char *dw_project_get_env (DwProject *self);
const char *dw_project_get_volumes (DwProject *self);
const char *dw_project_get_command (DwProject *self);
const char *dw_project_get_network (DwProject *self);
DwRestart dw_project_get_restart_policy (DwProject *self);
gint64 dw_project_get_memory_limit_bytes (DwProject *self);
int dw_project_get_cpu_limit_millis (DwProject *self);
DwNotifications dw_project_get_notifications (DwProject *self);

G_END_DECLS
