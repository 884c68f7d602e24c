/* dw-format.h: values as a person reads them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-stage-status.h"
#include "watch/dw-watched-registry.h"

G_BEGIN_DECLS

char *dw_format_age (const char *time);
char *dw_format_time (const char *time);
char *dw_format_clock (const char *time);
char *dw_format_until (const char *time);
char *dw_format_duration (gint64 duration_ms);
gint64 dw_format_measure_ms (const char *from, const char *to);
char *dw_format_digest (const char *digest);
const char *dw_format_condition (DwStageCondition condition);
const char *dw_format_condition_class (DwStageCondition condition);
const char *dw_format_deploy_status (DwDeployStatus status);
const char *dw_format_deploy_icon (DwDeployStatus status);
const char *dw_format_deploy_class (DwDeployStatus status);
const char *dw_format_trigger (DwTrigger trigger);
const char *dw_format_trigger_name (DwTrigger trigger);
const char *dw_format_registry_kind (DwRegistryKind kind);
char *dw_format_watching (DwWatchedRegistry *watched);
char *dw_format_sentence (const char *message);

G_END_DECLS
