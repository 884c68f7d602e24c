/* dw-config-plan.h: what an import would do, and doing it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "config/dw-config-change.h"
#include "config/dw-config-document.h"
#include "config/dw-config-error.h"
#include "store/dw-store.h"

G_BEGIN_DECLS

#define DW_TYPE_CONFIG_PLAN (dw_config_plan_get_type ())

G_DECLARE_FINAL_TYPE (DwConfigPlan, dw_config_plan, DW, CONFIG_PLAN, GObject)

/* Both block and are not for the main thread. */
DwConfigPlan *dw_config_plan_new_for_file (
    DwStore *store, GFile *file, DwConfigMode mode, GCancellable *cancellable, GError **error);
gboolean dw_config_plan_apply (DwConfigPlan *self, GError **error);

GPtrArray *dw_config_plan_get_changes (DwConfigPlan *self);
GPtrArray *dw_config_plan_get_notes (DwConfigPlan *self);

G_END_DECLS
