/* dw-health-gate.h: whether a new instance may have the traffic
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/dw-engine.h"
#include "model/dw-project.h"

G_BEGIN_DECLS

/* @outcome is what one attempt found, for the deploy's log. */
typedef void (*DwHealthGateFunc) (gboolean is_healthy, const char *outcome, gpointer user_data);

gboolean dw_health_gate_pass (DwEngine *engine,
                              DwProject *project,
                              const char *container_id,
                              guint16 host_port,
                              int limit_ms,
                              DwHealthGateFunc report,
                              gpointer user_data,
                              GCancellable *cancellable,
                              GError **error);

G_END_DECLS
