/* dw-stage-lock.h: one worker a stage, over all processes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * DwStageLock:
 *
 * A lock file of one stage. It has two halves: *queue* is shared by all who have a deploy of the
 * stage waiting, *work* belongs to the one who changes the stage. The kernel lets go of both when
 * the process ends, however it ends: that is how others know that a deploy was interrupted.
 */
typedef struct _DwStageLock DwStageLock;

char *dw_stage_lock_get_directory (const char *store_path);
DwStageLock *dw_stage_lock_open (const char *directory, const char *stage_id, GError **error);
void dw_stage_lock_free (DwStageLock *self);

gboolean dw_stage_lock_join_queue (DwStageLock *self, GCancellable *cancellable, GError **error);
gboolean dw_stage_lock_try_own_queue (DwStageLock *self);
gboolean dw_stage_lock_work (DwStageLock *self, GCancellable *cancellable, GError **error);
gboolean dw_stage_lock_try_work (DwStageLock *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwStageLock, dw_stage_lock_free)

G_END_DECLS
