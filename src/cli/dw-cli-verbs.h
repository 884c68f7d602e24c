/* dw-cli-verbs.h: the groups of verbs, each in a file of its own
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "cli/dw-cli-verb.h"

G_BEGIN_DECLS

extern const DwCliVerb dw_cli_project_verbs[];
extern const DwCliVerb dw_cli_stage_verbs[];
extern const DwCliVerb dw_cli_registry_verbs[];
extern const DwCliVerb dw_cli_deploy_verbs[];
extern const DwCliVerb dw_cli_action_verbs[];
extern const DwCliVerb dw_cli_status_verbs[];
extern const DwCliVerb dw_cli_check_verbs[];
extern const DwCliVerb dw_cli_history_verbs[];
extern const DwCliVerb dw_cli_settings_verbs[];
extern const DwCliVerb dw_cli_import_verbs[];
extern const DwCliVerb dw_cli_adopt_verbs[];
extern const DwCliVerb dw_cli_proxy_verbs[];
extern const DwCliVerb dw_cli_notify_verbs[];
extern const DwCliVerb dw_cli_doctor_verbs[];

G_END_DECLS
