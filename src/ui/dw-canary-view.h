/* dw-canary-view.h: a new version that gets a few of the requests, for a while
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "deploy/dw-deploy-job.h"

G_BEGIN_DECLS

#define DW_TYPE_CANARY_VIEW (dw_canary_view_get_type ())

/* Visible while there is something to say. Property: "job" (DwDeployJob), nullable */
G_DECLARE_FINAL_TYPE (DwCanaryView, dw_canary_view, DW, CANARY_VIEW, AdwBin)

G_END_DECLS
