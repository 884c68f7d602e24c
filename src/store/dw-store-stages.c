/* dw-store-stages.c: what is asked about a stage's place and its past
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every function here blocks and may be called from any thread.
 */

#include "config.h"

#include "store/dw-store-private.h"

#define ARGUMENTS(...) ((DwStoreArgument[]){ __VA_ARGS__, { NULL } })
#define TEXT DW_STORE_TEXT_ARGUMENT
#define NUMBER DW_STORE_NUMBER_ARGUMENT

static gboolean
set_positions (DwStore *self, gpointer user_data, GError **error)
{
  const char *const *stage_ids = user_data;
  g_autofree char *now = dw_store_now ();

  for (int i = 0; stage_ids[i] != NULL; i++)
    if (!dw_store_update_one (
            self, DW_TYPE_STAGE, stage_ids[i],
            "UPDATE stages SET position = :position, updated_at = :now "
            "WHERE id = :id",
            ARGUMENTS (TEXT (":id", stage_ids[i]), NUMBER (":position", i), TEXT (":now", now)),
            error))
      return FALSE;

  return TRUE;
}

/**
 * dw_store_set_stage_order:
 * @self: a store
 * @stage_ids: the stages of a project, in their new order
 * @error: DW_STORE_ERROR_NOT_FOUND or another DW_STORE_ERROR
 *
 * Writes the positions and nothing else of the rows, all of them or none.
 *
 * Returns: whether they are written
 */
gboolean
dw_store_set_stage_order (DwStore *self, const char *const *stage_ids, GError **error)
{
  g_return_val_if_fail (DW_IS_STORE (self), FALSE);
  g_return_val_if_fail (stage_ids != NULL, FALSE);

  return dw_store_transact (self, set_positions, (gpointer) stage_ids, error);
}

/**
 * dw_store_list_stage_keys:
 * @self: a store
 * @error: a DW_STORE_ERROR
 *
 * Returns: (transfer full) (element-type DwStage): all stages, with no more than their ids and
 *   those of what serves in them
 */
GPtrArray *
dw_store_list_stage_keys (DwStore *self, GError **error)
{
  return dw_store_read (self, "SELECT id, current_instance_id FROM stages", DW_TYPE_STAGE, NULL,
                        error);
}

/**
 * dw_store_list_serving:
 * @self: a store
 * @error: a DW_STORE_ERROR
 *
 * Returns: (transfer full) (element-type DwInstance): what serves in all stages, with no more than
 *   ids, tags and statuses
 */
GPtrArray *
dw_store_list_serving (DwStore *self, GError **error)
{
  return dw_store_read (self,
                        "SELECT instances.id, instances.tag, instances.status FROM stages "
                        "JOIN instances ON instances.id = stages.current_instance_id",
                        DW_TYPE_INSTANCE, NULL, error);
}

/**
 * dw_store_find_previous_deploy:
 * @self: a store
 * @stage_id: a stage
 * @digest: what runs there
 * @error: DW_STORE_ERROR_NOT_FOUND or another DW_STORE_ERROR
 *
 * The deploys of a stage are its line of versions, and a rollback is a step back on it, no new
 * version: so that two rollbacks go back two versions.
 *
 * Returns: (transfer full): the last deploy of another digest that succeeded before @digest did
 */
DwDeploy *
dw_store_find_previous_deploy (DwStore *self,
                               const char *stage_id,
                               const char *digest,
                               GError **error)
{
  return dw_store_read_one (
      self,
      "SELECT * FROM deploys WHERE stage_id = :stage_id AND status = 'success' "
      "AND \"trigger\" <> 'rollback' AND digest <> :digest "
      "AND (created_at, rowid) < (SELECT created_at, rowid FROM deploys "
      "WHERE stage_id = :stage_id AND status = 'success' AND \"trigger\" <> 'rollback' "
      "AND digest = :digest ORDER BY created_at DESC, rowid DESC LIMIT 1) "
      "ORDER BY created_at DESC, rowid DESC LIMIT 1",
      DW_TYPE_DEPLOY, ARGUMENTS (TEXT (":stage_id", stage_id), TEXT (":digest", digest)), stage_id,
      error);
}

/**
 * dw_store_list_good_deploys:
 * @self: a store
 * @stage_id: a stage
 * @but_digest: (nullable): a digest that is left out
 * @limit: how many at most
 * @error: a DW_STORE_ERROR
 *
 * Returns: (transfer full) (element-type DwDeploy): of each digest that succeeded in the stage the
 *   newest deploy, the newest first
 */
GPtrArray *
dw_store_list_good_deploys (
    DwStore *self, const char *stage_id, const char *but_digest, guint limit, GError **error)
{
  return dw_store_read (self,
                        "SELECT * FROM deploys WHERE rowid IN (SELECT max (rowid) FROM deploys "
                        "WHERE stage_id = :stage_id AND status = 'success' AND digest IS NOT NULL "
                        "AND digest IS NOT :digest GROUP BY digest) "
                        "ORDER BY created_at DESC, rowid DESC LIMIT :limit",
                        DW_TYPE_DEPLOY,
                        ARGUMENTS (TEXT (":stage_id", stage_id), TEXT (":digest", but_digest),
                                   NUMBER (":limit", (gint64) limit)),
                        error);
}

typedef struct
{
  const char *stage_id;
  gint64 number;
} Count;

static gboolean
count (DwStoreConnection *reader, gpointer user_data, GError **error)
{
  Count *self = user_data;

  return dw_store_connection_count (
      reader, "SELECT count (*) FROM deploys WHERE stage_id = :stage_id",
      ARGUMENTS (TEXT (":stage_id", self->stage_id)), &self->number, error);
}

static gboolean
count_instances (DwStoreConnection *reader, gpointer user_data, GError **error)
{
  return dw_store_connection_count (reader, "SELECT count (*) FROM instances", NULL, user_data,
                                    error);
}

/**
 * dw_store_count_instances:
 * @self: a store
 * @number: (out): how many instances there are, of all stages
 * @error: a DW_STORE_ERROR
 *
 * Returns: whether they could be counted
 */
gboolean
dw_store_count_instances (DwStore *self, gint64 *number, GError **error)
{
  g_return_val_if_fail (DW_IS_STORE (self), FALSE);

  return dw_store_read_snapshot (self, count_instances, number, error);
}

/**
 * dw_store_count_stage_deploys:
 * @self: a store
 * @stage_id: a stage
 * @number: (out): how many deploys its history has
 * @error: a DW_STORE_ERROR
 *
 * Returns: whether they could be counted
 */
gboolean
dw_store_count_stage_deploys (DwStore *self, const char *stage_id, gint64 *number, GError **error)
{
  Count query = { .stage_id = stage_id };

  g_return_val_if_fail (DW_IS_STORE (self), FALSE);

  if (!dw_store_read_snapshot (self, count, &query, error))
    return FALSE;
  *number = query.number;

  return TRUE;
}
