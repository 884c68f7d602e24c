/* dw-watch-judge.h: whether a stage has a newer version to take, and what becomes of it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/dw-instance.h"
#include "model/dw-stage.h"
#include "watch/dw-watch-seen.h"

G_BEGIN_DECLS

/**
 * DwWatchCase:
 * @stage: the stage
 * @policy: which tags it follows
 * @current: (nullable): what serves there
 * @held: (element-type DwHeldVersion): what it does not take by itself
 * @seen: what was seen of its image's repository
 * @zone: whose clocks its hours go by
 * @now_s: the time, in seconds since 1970
 */
typedef struct
{
  DwStage *stage;
  DwTagPolicy *policy;
  DwInstance *current;
  GPtrArray *held;
  DwWatchSeen *seen;
  GTimeZone *zone;
  gint64 now_s;
} DwWatchCase;

/**
 * DwWatchVerdict:
 * @state: whether there is a newer version, and what becomes of it
 * @tag: (nullable): its tag; without one there is no newer version, and nothing to ask for
 * @digest: (nullable): its digest, or %NULL when that is to be asked for first
 * @since_s: when it was first seen
 * @until_s: until when it waits by itself, or 0
 */
typedef struct
{
  DwNewerState state;
  char *tag;
  char *digest;
  gint64 since_s;
  gint64 until_s;
} DwWatchVerdict;

DwWatchVerdict dw_watch_judge (const DwWatchCase *it);
void dw_watch_verdict_clear (DwWatchVerdict *verdict);

char *dw_watch_format_time (gint64 time_s);
gint64 dw_watch_parse_time (const char *text);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DwWatchVerdict, dw_watch_verdict_clear)

G_END_DECLS
