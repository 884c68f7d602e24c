/* dw-news.h: what the store knows of a stage that somebody is told about
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "store/dw-store.h"

G_BEGIN_DECLS

typedef struct
{
  char *stage_id;
  char *deploy_id; /* nullable */

  DwSettings *settings;
  DwProject *project;
  DwStage *stage;
  DwDeploy *deploy; /* nullable, as its id */
  gboolean can_roll_back;
} DwNews;

void dw_news_free (DwNews *news);

/* Main thread. */
void dw_news_read_async (DwStore *store,
                         const char *stage_id,
                         const char *deploy_id,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
DwNews *dw_news_read_finish (GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwNews, dw_news_free)

G_END_DECLS
