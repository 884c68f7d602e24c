/* dw-stage.h: a place where a project runs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/dw-entity.h"
#include "model/dw-enums.h"
#include "model/dw-tag-policy.h"

G_BEGIN_DECLS

#define DW_TYPE_STAGE (dw_stage_get_type ())

G_DECLARE_FINAL_TYPE (DwStage, dw_stage, DW, STAGE, DwEntity)

const char *dw_stage_get_project_id (DwStage *self);
const char *dw_stage_get_name (DwStage *self);
int dw_stage_get_position (DwStage *self);
DwTagPolicyKind dw_stage_get_policy_kind (DwStage *self);
const char *dw_stage_get_policy_pattern (DwStage *self);
gboolean dw_stage_get_auto_deploy (DwStage *self);
gboolean dw_stage_get_confirm (DwStage *self);
int dw_stage_get_keep (DwStage *self);
int dw_stage_get_host_port (DwStage *self);
const char *dw_stage_get_domain (DwStage *self);
const char *dw_stage_get_env (DwStage *self);
const char *dw_stage_get_volumes (DwStage *self);
const char *dw_stage_get_current_instance_id (DwStage *self);
const char *dw_stage_get_policy_include (DwStage *self);
const char *dw_stage_get_policy_exclude (DwStage *self);
int dw_stage_get_minimum_age_s (DwStage *self);
const char *dw_stage_get_allowed_hours (DwStage *self);
gboolean dw_stage_get_pre_pull (DwStage *self);
const char *dw_stage_get_snoozed_until (DwStage *self);
const char *dw_stage_get_declined_digest (DwStage *self);
DwNewerState dw_stage_get_newer_state (DwStage *self);
const char *dw_stage_get_newer_tag (DwStage *self);
const char *dw_stage_get_newer_digest (DwStage *self);
const char *dw_stage_get_newer_since (DwStage *self);
const char *dw_stage_get_newer_until (DwStage *self);
const char *dw_stage_get_route_places (DwStage *self);
gboolean dw_stage_awaits_person (DwStage *self);
DwTagPolicy *dw_stage_read_policy (DwStage *self, GError **error);
const char *dw_stage_get_release_command (DwStage *self);
int dw_stage_get_release_timeout_seconds (DwStage *self);
int dw_stage_get_drain_seconds (DwStage *self);
int dw_stage_get_watch_seconds (DwStage *self);
int dw_stage_get_canary_percent (DwStage *self);
int dw_stage_get_canary_seconds (DwStage *self);

G_END_DECLS
