/* dw-watch-answer.h: what a person says to a newer version
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "store/dw-store.h"

G_BEGIN_DECLS

/**
 * DwWatchAnswer:
 * @DW_WATCH_ANSWER_DEPLOY: take it now
 * @DW_WATCH_ANSWER_NOT_NOW: do not ask again until there is another one
 * @DW_WATCH_ANSWER_SKIP: never take this one, and do not show it
 * @DW_WATCH_ANSWER_SNOOZE: say nothing of any until a time
 */
typedef enum
{
  DW_WATCH_ANSWER_DEPLOY,
  DW_WATCH_ANSWER_NOT_NOW,
  DW_WATCH_ANSWER_SKIP,
  DW_WATCH_ANSWER_SNOOZE,
} DwWatchAnswer;

gboolean dw_watch_answer_store (DwStore *store,
                                const char *stage_id,
                                DwWatchAnswer answer,
                                gint64 until_s,
                                DwStage **stage,
                                GError **error);

G_END_DECLS
