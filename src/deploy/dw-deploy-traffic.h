/* dw-deploy-traffic.h: the requests go to the new instance, or back
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-deploy-run.h"

G_BEGIN_DECLS

/* All of it blocks and is not for the main thread. */
gboolean dw_deploy_traffic_move (DwDeployRun *run, GError **error);
void dw_deploy_traffic_take_back (DwDeployRun *run);
void dw_deploy_traffic_drain (DwDeployRun *run);

G_END_DECLS
