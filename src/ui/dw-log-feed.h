/* dw-log-feed.h: the output of a stage's container, as it comes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-deployer.h"
#include "ui/dw-log-line.h"

G_BEGIN_DECLS

#define DW_TYPE_LOG_FEED (dw_log_feed_get_type ())

/* Main thread. It is a list of the last DwLogLine, oldest first. Properties:
 *   "reading" (boolean)   the container may write more
 *   "paused" (boolean)    what it writes is kept, and shown later
 *   "problem" (string)    nullable: why it cannot be read
 */
G_DECLARE_FINAL_TYPE (DwLogFeed, dw_log_feed, DW, LOG_FEED, GObject)

DwLogFeed *dw_log_feed_new (void);

void dw_log_feed_start (DwLogFeed *self, DwDeployer *deployer, const char *stage_id);
void dw_log_feed_stop (DwLogFeed *self);
gboolean dw_log_feed_is_reading (DwLogFeed *self);
const char *dw_log_feed_get_problem (DwLogFeed *self);
void dw_log_feed_set_paused (DwLogFeed *self, gboolean is_paused);
GListModel *dw_log_feed_get_lines (DwLogFeed *self);

G_END_DECLS
