/* dw-watch-task.h: one piece of a watcher's work that a thread does
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-deployer.h"
#include "watch/dw-watch-answer.h"
#include "watch/dw-watch-check.h"

G_BEGIN_DECLS

typedef enum
{
  DW_WATCH_TASK_PLAN,   /* read what is to be watched, and how */
  DW_WATCH_TASK_CHECK,  /* look at one registry */
  DW_WATCH_TASK_PUSH,   /* look at what somebody says was pushed */
  DW_WATCH_TASK_JUDGE,  /* think again about what was seen */
  DW_WATCH_TASK_ANSWER, /* remember what a person said, and think again */
  DW_WATCH_TASK_HOLD,   /* remember that a person cancelled a version, and think again */
  DW_WATCH_TASK_PULL,   /* have the engine pull a version early */
} DwWatchTaskKind;

typedef struct
{
  DwWatchTaskKind kind;
  gpointer owner; /* a reference to the watcher */
  DwStore *store;
  DwRegistries *registries;
  DwDeployer *deployer; /* nullable; for a pull */
  GCancellable *cancellable;
  GPtrArray *groups; /* nullable; of DwWatchGroup: the plan, which nobody changes any more */

  char *key;      /* check: of the group */
  guint n_lanes;  /* check */
  char *image;    /* push */
  char *tag;      /* push (nullable), hold, pull */
  char *note;     /* push: who asked for what */
  char *stage_id; /* answer, hold, pull */
  char *digest;   /* hold, pull */
  DwWatchAnswer answer;
  gint64 until_s;           /* answer */
  gboolean was_autostarted; /* plan: what the last one wanted */
  char *settings_at;        /* plan: when the settings that the last one read were written */

  /* What came of it: */
  GPtrArray *plan;      /* plan: of DwWatchGroup */
  DwSettings *settings; /* plan: where they are others than at the last one */
  char *secret;         /* plan: of the webhook, where it is wanted and there is one */
  char *secret_problem; /* plan: why there is none */
  DwWatchReport *report;
  DwStage *stage;  /* answer: as it was before */
  GPtrArray *keys; /* push: of the groups whose registry could not be asked */
  GError *error;
} DwWatchTask;

DwWatchTask *dw_watch_task_new (DwWatchTaskKind kind);
void dw_watch_task_free (DwWatchTask *task);
void dw_watch_task_run (DwWatchTask *task);

G_END_DECLS
