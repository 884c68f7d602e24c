/* dw-news.c: what the store knows of a stage that somebody is told about
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "dw-news.h"

/* How many deploys are looked through for one that can be gone back to. */
#define HISTORY_LIMIT 100

/* Frees @news with all that it holds. */
void
dw_news_free (DwNews *news)
{
  g_free (news->stage_id);
  g_free (news->deploy_id);
  g_clear_object (&news->settings);
  g_clear_object (&news->project);
  g_clear_object (&news->stage);
  g_clear_object (&news->deploy);
  g_free (news);
}

/* Whether an earlier deploy of the stage brought something else. */
static gboolean
has_predecessor (DwStore *store, DwNews *news, GError **error)
{
  g_autoptr (GPtrArray)
      deploys = dw_store_list_stage_deploys (store, news->stage_id, HISTORY_LIMIT, error);

  for (guint i = 0; deploys != NULL && i < deploys->len; i++)
    {
      DwDeploy *deploy = g_ptr_array_index (deploys, i);

      if (dw_deploy_get_status (deploy) == DW_DEPLOY_SUCCESS &&
          g_strcmp0 (dw_deploy_get_digest (deploy), dw_deploy_get_digest (news->deploy)) != 0)
        return TRUE;
    }

  return FALSE;
}

static gboolean
read_news (DwStore *store, DwNews *news, GError **error)
{
  g_autoptr (GError) problem = NULL;

  news->settings = dw_store_get_settings (store, error);
  if (news->settings == NULL)
    return FALSE;
  news->stage = dw_store_get (store, DW_TYPE_STAGE, news->stage_id, error);
  if (news->stage == NULL)
    return FALSE;
  news->project = dw_store_get (store, DW_TYPE_PROJECT, dw_stage_get_project_id (news->stage),
                                error);
  if (news->project == NULL)
    return FALSE;
  if (news->deploy_id == NULL)
    return TRUE;

  news->deploy = dw_store_get (store, DW_TYPE_DEPLOY, news->deploy_id, error);
  if (news->deploy == NULL)
    return FALSE;
  news->can_roll_back = has_predecessor (store, news, &problem);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));

  return FALSE;
}

static void
look_up_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  DwStore *store = source;
  g_autoptr (DwNews) news = task_data;
  GError *error = NULL;

  if (read_news (store, news, &error))
    g_task_return_pointer (task, g_steal_pointer (&news), (GDestroyNotify) dw_news_free);
  else
    g_task_return_error (task, error);
}

/**
 * dw_news_read_async:
 * @store: the store
 * @stage_id: a stage
 * @deploy_id: (nullable): the deploy of it that it is about
 * @callback: called when it is read
 * @user_data: for @callback
 */
void
dw_news_read_async (DwStore *store,
                    const char *stage_id,
                    const char *deploy_id,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (store, NULL, callback, user_data);
  DwNews *news = g_new0 (DwNews, 1);

  news->stage_id = g_strdup (stage_id);
  news->deploy_id = g_strdup (deploy_id);
  g_task_set_source_tag (task, dw_news_read_async);
  g_task_set_task_data (task, news, NULL);
  g_task_run_in_thread (task, look_up_in_thread);
}

/* Returns: (transfer full) (nullable): the news, or %NULL with a DW_STORE_ERROR */
DwNews *
dw_news_read_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
