/* dw-health-watch.h: notices that what serves in a stage turned bad
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-overview.h"
#include "store/dw-store.h"

G_BEGIN_DECLS

#define DW_TYPE_HEALTH_WATCH (dw_health_watch_get_type ())

/* Main thread. Signal:
 *   "lost" (const char *stage_id, const char *deploy_id, const char *fault)
 *       what the deploy brought ran, and does so no more, or its check fails; nobody takes it back
 */
G_DECLARE_FINAL_TYPE (DwHealthWatch, dw_health_watch, DW, HEALTH_WATCH, GObject)

DwHealthWatch *dw_health_watch_new (DwStore *store, DwOverview *overview);

G_END_DECLS
