/* dw-watch-check.h: one look at a registry, and what it means for the stages
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "watch/dw-watch-plan.h"

G_BEGIN_DECLS

/* A stage for which there is something newer. */
typedef struct
{
  char *stage_id;
  DwNewerState state;
  char *tag;
  char *digest;
  gint64 until_s;    /* seconds since 1970, or 0 */
  gboolean is_new;   /* nobody was told of this version in this state yet */
  gboolean pre_pull; /* the engine is to have it early */
} DwWatchFinding;

/**
 * DwWatchReport:
 * @findings: (element-type DwWatchFinding): the stages with a newer version
 * @n_looked: how many repositories were asked for
 * @n_failed: how many of them could not be looked at
 * @problem: (nullable): what was wrong with the first of them
 * @is_slow: the registry says slow down
 * @pause_s: how long it is to be left alone, as it says, or 0
 * @is_down: there is no use in asking it for more now
 */
typedef struct
{
  GPtrArray *findings;
  guint n_looked;
  guint n_failed;
  GError *problem;
  gboolean is_slow;
  gint64 pause_s;
  gboolean is_down;
} DwWatchReport;

DwWatchReport *dw_watch_report_new (void);
void dw_watch_report_free (DwWatchReport *report);

/* All of it blocks and is not for the main thread. */
gboolean dw_watch_check_group (DwStore *store,
                               DwRegistries *registries,
                               DwWatchGroup *group,
                               guint n_lanes,
                               DwWatchReport *report,
                               GCancellable *cancellable,
                               GError **error);
gboolean dw_watch_check_repository (DwStore *store,
                                    DwRegistries *registries,
                                    DwWatchGroup *group,
                                    DwWatchRepository *repository,
                                    const char *pushed_tag,
                                    DwWatchReport *report,
                                    GCancellable *cancellable,
                                    GError **error);
gboolean
dw_watch_judge_group (DwStore *store, DwWatchGroup *group, DwWatchReport *report, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwWatchReport, dw_watch_report_free)

G_END_DECLS
