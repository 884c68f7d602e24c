/* dw-watch-answer.c: what a person says to a newer version
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "watch/dw-watch-answer.h"

#include <glib/gi18n-lib.h>

#include "deploy/dw-deploy-error.h"
#include "watch/dw-watch-judge.h"

typedef struct
{
  const char *stage_id;
  DwWatchAnswer answer;
  gint64 until_s;
  DwStage *stage; /* (out) */
} Saying;

/* At once, for whoever looks before the stage is judged again. */
static gboolean
show (DwStore *store, DwStage *stage, DwNewerState state, const char *until, GError **error)
{
  return dw_store_set_stage_newer (
      store, dw_entity_get_id (DW_ENTITY (stage)), state, dw_stage_get_newer_tag (stage),
      dw_stage_get_newer_digest (stage), dw_stage_get_newer_since (stage), until, error);
}

static gboolean
store_answer (DwStore *store, gpointer user_data, GError **error)
{
  Saying *saying = user_data;
  g_autoptr (DwStage) stage = dw_store_get (store, DW_TYPE_STAGE, saying->stage_id, error);
  g_autofree char *until = NULL;

  if (stage == NULL)
    return FALSE;
  g_set_object (&saying->stage, stage);

  const char *tag = dw_stage_get_newer_tag (stage);
  const char *digest = dw_stage_get_newer_digest (stage);
  if (digest == NULL && saying->answer != DW_WATCH_ANSWER_SNOOZE)
    {
      g_set_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_NO_TAG,
                   _ ("There is no newer version for the stage “%s”"), dw_stage_get_name (stage));
      return FALSE;
    }

  switch (saying->answer)
    {
    case DW_WATCH_ANSWER_NOT_NOW:
      return dw_store_set_stage_declined (store, saying->stage_id, digest, error) &&
             show (store, stage, DW_NEWER_DECLINED, NULL, error);
    case DW_WATCH_ANSWER_SKIP:
      return dw_store_hold_version (store, saying->stage_id, tag, digest, DW_HOLD_SKIPPED, error) &&
             dw_store_set_stage_newer (store, saying->stage_id, DW_NEWER_NONE, NULL, NULL, NULL,
                                       NULL, error);
    case DW_WATCH_ANSWER_SNOOZE:
      until = dw_watch_format_time (saying->until_s);
      return dw_store_set_stage_snoozed (store, saying->stage_id, until, error) &&
             (digest == NULL || until == NULL ||
              show (store, stage, DW_NEWER_SNOOZED, until, error));
    case DW_WATCH_ANSWER_DEPLOY:
    default:
      /* Whatever held it up does not any more. */
      return dw_store_release_version (store, saying->stage_id, digest, error) &&
             dw_store_set_stage_declined (store, saying->stage_id, NULL, error);
    }
}

/**
 * dw_watch_answer_store:
 * @store: the store
 * @stage_id: a stage
 * @answer: what a person says to its newer version
 * @until_s: for a snooze: until when, in seconds since 1970, or 0 for no snooze any more
 * @stage: (out) (transfer full) (optional): the stage as it was before
 * @error: DW_DEPLOY_ERROR_NO_TAG when there is no newer version, or a DW_STORE_ERROR
 *
 * Remembers the answer. To deploy is then the caller's. Blocks; any thread.
 *
 * Returns: whether it is stored
 */
gboolean
dw_watch_answer_store (DwStore *store,
                       const char *stage_id,
                       DwWatchAnswer answer,
                       gint64 until_s,
                       DwStage **stage,
                       GError **error)
{
  Saying saying = { .stage_id = stage_id, .answer = answer, .until_s = until_s };
  gboolean is_stored = dw_store_transact (store, store_answer, &saying, error);
  g_autoptr (DwStage) read = saying.stage;

  if (is_stored && stage != NULL)
    *stage = g_steal_pointer (&read);

  return is_stored;
}
