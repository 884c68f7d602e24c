/* dw-watch-turns.h: whose turn it is to be looked at, or thought about again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "watch/dw-watched-registry.h"

G_BEGIN_DECLS

#define DW_TYPE_WATCH_TURNS (dw_watch_turns_get_type ())

/* Signals, in the main context that it was made in:
 *   "due" (DwWatchedRegistry *registry)
 *       it is to be looked at now, which dw_watched_registry_begin() says is being done
 *   "think"
 *       the time of a stage has come: what was seen may mean something else now
 */
G_DECLARE_FINAL_TYPE (DwWatchTurns, dw_watch_turns, DW, WATCH_TURNS, GObject)

/* Main thread, all of it; these return at once. */
DwWatchTurns *dw_watch_turns_new (void);
/* Of DwWatchedRegistry, live. */
GListModel *dw_watch_turns_get_registries (DwWatchTurns *self);
DwWatchedRegistry *dw_watch_turns_find (DwWatchTurns *self, const char *key);
void dw_watch_turns_follow (DwWatchTurns *self, GPtrArray *groups);
void dw_watch_turns_request (DwWatchTurns *self, const char *key);
void dw_watch_turns_think_at (DwWatchTurns *self, const char *stage_id, gint64 time_s);
void dw_watch_turns_clear_thoughts (DwWatchTurns *self);
void dw_watch_turns_take (DwWatchTurns *self);
void dw_watch_turns_stop (DwWatchTurns *self);

G_END_DECLS
