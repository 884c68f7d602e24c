/* dw-history-filter.h: what the history is filtered by
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "store/dw-store-filter.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The bits of #DwDeployStatus that a person sees as one: it has not ended. */
#define DW_HISTORY_RUNNING                                                                         \
  (DW_STORE_BIT (DW_DEPLOY_PENDING) | DW_STORE_BIT (DW_DEPLOY_PULLING) |                           \
   DW_STORE_BIT (DW_DEPLOY_STARTING) | DW_STORE_BIT (DW_DEPLOY_HEALTH_CHECKING) |                  \
   DW_STORE_BIT (DW_DEPLOY_CONFIGURING_PROXY))

#define DW_TYPE_HISTORY_FILTER (dw_history_filter_get_type ())

/* Signal:
 *   "changed"
 */
G_DECLARE_FINAL_TYPE (DwHistoryFilter, dw_history_filter, DW, HISTORY_FILTER, GObject)

DwHistoryFilter *dw_history_filter_new (GSettings *state);

const DwStoreFilter *dw_history_filter_get (DwHistoryFilter *self);
gboolean dw_history_filter_is_empty (DwHistoryFilter *self);
void dw_history_filter_set_project (DwHistoryFilter *self, const char *project_id);
void dw_history_filter_set_stage (DwHistoryFilter *self, const char *stage_id);
void dw_history_filter_set_text (DwHistoryFilter *self, const char *text);
void dw_history_filter_set_statuses (DwHistoryFilter *self, guint bits, gboolean is_shown);
void dw_history_filter_set_triggers (DwHistoryFilter *self, guint bits, gboolean is_shown);
void dw_history_filter_clear (DwHistoryFilter *self);

G_END_DECLS
