/* dw-removal-task.h: removes projects and stages away from the main thread
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-removal.h"
#include "ui/dw-session.h"

G_BEGIN_DECLS

/* @item_id is that of a project or of a stage. */
void dw_removal_read_async (DwSession *session,
                            const char *item_id,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
DwRemoval *dw_removal_read_finish (GAsyncResult *result, GError **error);

/* Called in the main context. */
typedef void (*DwRemovalProgressFunc) (const char *stage_name,
                                       guint index,
                                       guint n_stages,
                                       gpointer user_data);

void dw_removal_run_async (DwSession *session,
                           DwRemoval *removal,
                           DwRemovalProgressFunc progress,
                           gpointer progress_data,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
/* Returns what was removed, for dw_removal_undo_async(). */
DwRemoval *dw_removal_run_finish (GAsyncResult *result, GError **error);

void dw_removal_undo_async (DwSession *session,
                            DwRemoval *removal,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean dw_removal_undo_finish (GAsyncResult *result, GError **error);

G_END_DECLS
