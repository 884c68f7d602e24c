/* dw-watched-registry.h: a registry as it is watched, live
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "watch/dw-agenda.h"
#include "watch/dw-watch-plan.h"

G_BEGIN_DECLS

/**
 * DwWatchState:
 * @DW_WATCH_STATE_OFF: it is not watched: it is switched off, or no stage has an image there
 * @DW_WATCH_STATE_IDLE: it waits for its next turn
 * @DW_WATCH_STATE_CHECKING: it is being asked
 * @DW_WATCH_STATE_PAUSED: it said that it wants to be left alone for a while
 * @DW_WATCH_STATE_FAILING: it could not be asked, or did not answer well; it is tried again
 */
typedef enum /*< enum >*/
{
  DW_WATCH_STATE_OFF,
  DW_WATCH_STATE_IDLE,
  DW_WATCH_STATE_CHECKING,
  DW_WATCH_STATE_PAUSED,
  DW_WATCH_STATE_FAILING,
} DwWatchState;

#define DW_TYPE_WATCHED_REGISTRY (dw_watched_registry_get_type ())

/* Properties, each notified in the watcher's main context:
 *   "key" (string)          the registry's id, or the domain of images without one
 *   "name" (string)         for people
 *   "state" (DwWatchState)
 *   "next-check" (int64)    when it is its turn, in seconds since 1970, or 0
 *   "problem" (string)      what was wrong at the last look, or NULL
 */
G_DECLARE_FINAL_TYPE (DwWatchedRegistry, dw_watched_registry, DW, WATCHED_REGISTRY, GObject)

const char *dw_watched_registry_get_key (DwWatchedRegistry *self);
const char *dw_watched_registry_get_name (DwWatchedRegistry *self);
DwWatchState dw_watched_registry_get_state (DwWatchedRegistry *self);
gint64 dw_watched_registry_get_next_check (DwWatchedRegistry *self);
const char *dw_watched_registry_get_problem (DwWatchedRegistry *self);

/* For the watcher. */
DwWatchedRegistry *dw_watched_registry_new (const char *key);
void dw_watched_registry_plan (DwWatchedRegistry *self, DwWatchGroup *group, DwAgendaTime now);
void dw_watched_registry_request (DwWatchedRegistry *self, DwAgendaTime now);
gint64 dw_watched_registry_get_wait (DwWatchedRegistry *self, DwAgendaTime now);
guint dw_watched_registry_begin (DwWatchedRegistry *self);
void dw_watched_registry_end (DwWatchedRegistry *self,
                              const char *problem,
                              gboolean is_down,
                              gboolean is_slow,
                              gint64 pause_s,
                              DwAgendaTime now);

G_END_DECLS
