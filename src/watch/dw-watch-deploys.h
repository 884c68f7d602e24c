/* dw-watch-deploys.h: what deploys itself, and when what failed is tried again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-deployer.h"

G_BEGIN_DECLS

#define DW_TYPE_WATCH_DEPLOYS (dw_watch_deploys_get_type ())

/* Signals, in the main context that it was made in:
 *   "begun" (DwDeployJob *job)
 *   "cancelled" (const char *stage_id, const char *tag, const char *digest)
 *       by a person, who does not want that version by itself
 *   "failed" (const char *stage_id, gint64 again_s)
 *       for no fault of its version, as far as is known; to be begun again at @again_s, in seconds
 *       since 1970
 */
G_DECLARE_FINAL_TYPE (DwWatchDeploys, dw_watch_deploys, DW, WATCH_DEPLOYS, GObject)

/* Main thread, all of it; these return at once. */
DwWatchDeploys *dw_watch_deploys_new (void);
gint64 dw_watch_deploys_begin (DwWatchDeploys *self,
                               DwDeployer *deployer,
                               const char *stage_id,
                               const char *tag,
                               const char *digest,
                               DwTrigger trigger,
                               const char *note);
void dw_watch_deploys_forget (DwWatchDeploys *self, const char *stage_id);
void dw_watch_deploys_forget_failures (DwWatchDeploys *self);
void dw_watch_deploys_stop (DwWatchDeploys *self);

G_END_DECLS
