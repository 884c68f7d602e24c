/* dw-cli-plan.h: what an import does, for a person and for a program
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

#include "config/dw-config-plan.h"

G_BEGIN_DECLS

void dw_cli_plan_print (DwConfigPlan *plan);
void dw_cli_plan_print_notes (GPtrArray *notes);
void dw_cli_plan_print_summary (DwConfigPlan *plan, gboolean is_applied);
JsonObject *dw_cli_plan_to_json (DwConfigPlan *plan);
JsonArray *dw_cli_plan_notes_to_json (GPtrArray *notes);

G_END_DECLS
