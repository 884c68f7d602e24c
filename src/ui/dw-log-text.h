/* dw-log-text.h: a deploy's log as text, to be copied or kept
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "store/dw-store-filter.h"
#include "store/dw-store.h"

G_BEGIN_DECLS

void dw_log_text_copy_async (GtkWidget *widget,
                             DwStore *store,
                             const char *deploy_id,
                             const DwStoreFilter *filter,
                             GtkBitset *places,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
char *dw_log_text_copy_finish (GAsyncResult *result, guint *n_lines, GError **error);
void dw_log_text_save_async (GtkWidget *widget,
                             DwStore *store,
                             const char *deploy_id,
                             GFile *file,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean dw_log_text_save_finish (GAsyncResult *result, GError **error);

G_END_DECLS
