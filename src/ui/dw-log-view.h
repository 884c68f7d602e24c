/* dw-log-view.h: the log of a deploy
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "store/dw-store-window.h"

G_BEGIN_DECLS

#define DW_TYPE_LOG_VIEW (dw_log_view_get_type ())

/* Properties:
 *   "narrow" (boolean)       there is little room
 *   "running" (boolean)      more lines are to come
 */
G_DECLARE_FINAL_TYPE (DwLogView, dw_log_view, DW, LOG_VIEW, AdwBin)

void dw_log_view_show_deploy (DwLogView *self, DwStore *store, const char *deploy_id);
void dw_log_view_start_search (DwLogView *self);

G_END_DECLS
