/* dw-watcher.h: turns a new tag into a deploy, or into a question
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-deployer.h"
#include "watch/dw-watch-answer.h"
#include "watch/dw-watched-registry.h"

G_BEGIN_DECLS

#define DW_TYPE_WATCHER (dw_watcher_get_type ())

/* Properties, notified in the main context that it was made in:
 *   "deployer" (DwDeployer)   nullable, writable: without one nothing is deployed, but seen
 *   "webhook-problem" (string) why the webhook listener is not as the settings want it, or NULL
 * Signals, in the same context:
 *   "found" (const char *stage_id, const char *tag, const char *digest, DwNewerState state)
 *       there is a newer version, or something else becomes of it
 *   "asks" (const char *stage_id, const char *tag, const char *digest)
 *       a person is to confirm it with dw_watcher_answer(); once a version
 *   "deploying" (DwDeployJob *job)
 *       it deploys itself now
 *   "answer-failed" (const char *stage_id, const char *problem)
 *       what a person said could not be remembered, and nothing came of it
 *   "checked" (const char *key)
 *       a registry was looked at
 */
G_DECLARE_FINAL_TYPE (DwWatcher, dw_watcher, DW, WATCHER, GObject)

/* Main thread, all of it; these return at once. */
DwWatcher *dw_watcher_new (DwStore *store, DwRegistries *registries);
void dw_watcher_start (DwWatcher *self);
void dw_watcher_stop (DwWatcher *self);
DwDeployer *dw_watcher_get_deployer (DwWatcher *self);
void dw_watcher_set_deployer (DwWatcher *self, DwDeployer *deployer);
/* The engine answers again: what failed without it is tried at once. */
void dw_watcher_retry (DwWatcher *self);
/* Of DwWatchedRegistry, live. */
GListModel *dw_watcher_get_registries (DwWatcher *self);
/* @key is a registry's id, or NULL for all of them. */
void dw_watcher_check_now (DwWatcher *self, const char *key);
void dw_watcher_push (DwWatcher *self, const char *image, const char *tag, const char *note);
void
dw_watcher_answer (DwWatcher *self, const char *stage_id, DwWatchAnswer answer, gint64 until_s);
const char *dw_watcher_get_webhook_problem (DwWatcher *self);
guint dw_watcher_get_webhook_port (DwWatcher *self);

G_END_DECLS
