/* dw-store-history.c: what the history tells of a deploy, and how it is kept short
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every function here blocks and may be called from any thread.
 */

#include "config.h"

#include "store/dw-store-private.h"

/* Few enough that somebody else who writes does not notice. */
#define DELETED_AT_ONCE 500

#define ARGUMENTS(...) ((DwStoreArgument[]){ __VA_ARGS__, { NULL } })

/**
 * dw_store_list_deploy_phases:
 * @self: a store
 * @deploy_id: a deploy
 * @error: DW_STORE_ERROR_NOT_FOUND or another DW_STORE_ERROR
 *
 * A phase begins with its first log line, but for the first one, which begins with the deploy; it
 * lasts until the next one begins, and the last one until the end, or until now.
 *
 * Returns: (transfer full) (element-type DwDeployPhase): the phases that the deploy came to, in
 *   their order
 */
GPtrArray *
dw_store_list_deploy_phases (DwStore *self, const char *deploy_id, GError **error)
{
  g_return_val_if_fail (DW_IS_STORE (self), NULL);
  g_return_val_if_fail (deploy_id != NULL, NULL);

  g_autofree char *now = dw_store_now ();
  g_autoptr (GPtrArray) phases = dw_store_read (
      self,
      "WITH begun (line, phase, started_at) AS ("
      "  SELECT 0, 'pending', created_at FROM deploys WHERE id = :deploy_id"
      "  UNION ALL"
      "  SELECT min (id), phase, min (created_at) FROM deploy_logs"
      "  WHERE deploy_id = :deploy_id"
      "    AND phase NOT IN ('pending', 'success', 'failed', 'rolled_back') GROUP BY phase), "
      "ended (line, ended_at) AS ("
      "  SELECT b.line, lead (b.started_at, 1, coalesce (d.finished_at, :now)) OVER (ORDER BY line)"
      "  FROM begun b JOIN deploys d ON d.id = :deploy_id) "
      "SELECT phase, started_at, CAST (max (0, round (86400000 * "
      "  (julianday (ended_at) - julianday (started_at)))) AS INTEGER) AS duration_ms "
      "FROM begun JOIN ended USING (line) ORDER BY line",
      DW_TYPE_DEPLOY_PHASE,
      ARGUMENTS (DW_STORE_TEXT_ARGUMENT (":deploy_id", deploy_id),
                 DW_STORE_TEXT_ARGUMENT (":now", now)),
      error);

  if (phases != NULL && phases->len == 0)
    {
      dw_store_set_not_found (error, DW_TYPE_DEPLOY, deploy_id);
      return NULL;
    }

  return g_steal_pointer (&phases);
}

/* Stays whatever its age: a deploy whose container is there, one that has not ended, and what a
 * rollback needs to know: the last deploy of what runs in a stage, and the good one before it (see
 * dw-deploy-request.c). */
static const char delete_old[] =
    "WITH current (stage_id, digest, number) AS MATERIALIZED ("
    "  SELECT s.id, i.digest, ("
    "    SELECT d.rowid FROM deploys d"
    "    WHERE d.stage_id = s.id AND d.digest = i.digest"
    "      AND d.status = 'success' AND d.\"trigger\" <> 'rollback'"
    "    ORDER BY d.created_at DESC, d.rowid DESC LIMIT 1)"
    "  FROM stages s JOIN instances i ON i.id = s.current_instance_id), "
    "kept (number) AS ("
    "  SELECT number FROM current"
    "  UNION ALL"
    "  SELECT ("
    "    SELECT d.rowid FROM deploys d JOIN deploys c ON c.rowid = current.number"
    "    WHERE d.stage_id = current.stage_id AND d.digest <> current.digest"
    "      AND d.status = 'success' AND d.\"trigger\" <> 'rollback'"
    "      AND (d.created_at, d.rowid) < (c.created_at, c.rowid)"
    "    ORDER BY d.created_at DESC, d.rowid DESC LIMIT 1)"
    "  FROM current) "
    "DELETE FROM deploys WHERE rowid IN ("
    "  SELECT d.rowid FROM deploys d"
    "  WHERE d.created_at < :before AND d.finished_at < :before"
    "    AND d.status IN ('success', 'failed', 'rolled_back')"
    "    AND d.instance_id IS NULL"
    "    AND NOT EXISTS (SELECT 1 FROM instances i WHERE i.deploy_id = d.id)"
    "    AND d.rowid NOT IN (SELECT number FROM kept WHERE number IS NOT NULL)"
    "  ORDER BY d.created_at LIMIT :limit)";

/**
 * dw_store_delete_old_deploys:
 * @self: a store
 * @days: how old a deploy is at least, in days, that is deleted
 * @cancellable: (nullable): stops it; what is deleted by then stays so
 * @n_deleted: (out) (optional): how many there were
 * @error: a DW_STORE_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Deletes the deploys that ended so long ago, with their logs, a few at a time so that others can
 * write between. One whose container is still there stays, and so does what a rollback would look
 * for.
 *
 * Returns: whether none is left
 */
gboolean
dw_store_delete_old_deploys (
    DwStore *self, guint days, GCancellable *cancellable, guint *n_deleted, GError **error)
{
  g_return_val_if_fail (DW_IS_STORE (self), FALSE);

  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) limit = g_date_time_add_days (now, -(int) MIN (days, G_MAXINT));
  g_autofree char *before = limit != NULL ? g_date_time_format (limit, "%Y-%m-%dT%H:%M:%S.000Z")
                                          : g_strdup ("0000");
  int n_changes = 0;
  guint n = 0;

  do
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
          !dw_store_write (self, delete_old, NULL,
                           ARGUMENTS (DW_STORE_TEXT_ARGUMENT (":before", before),
                                      DW_STORE_NUMBER_ARGUMENT (":limit", DELETED_AT_ONCE)),
                           &n_changes, error))
        return FALSE;
      n += (guint) n_changes;
    }
  while (n_changes > 0);

  if (n_deleted != NULL)
    *n_deleted = n;
  return TRUE;
}

/**
 * dw_store_apply_history_retention:
 * @self: a store
 * @cancellable: (nullable): stops it; what is deleted by then stays so
 * @error: a DW_STORE_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Deletes what the settings say is too old, as dw_store_delete_old_deploys(), if they say so.
 *
 * Returns: whether it is done
 */
gboolean
dw_store_apply_history_retention (DwStore *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (DW_IS_STORE (self), FALSE);

  g_autoptr (DwSettings) settings = dw_store_get_settings (self, error);
  guint n_deleted = 0;

  if (settings == NULL)
    return FALSE;

  guint days = (guint) dw_settings_get_history_retention_days (settings);
  if (days > 0 && !dw_store_delete_old_deploys (self, days, cancellable, &n_deleted, error))
    return FALSE;

  g_debug ("%u deploys were older than the history is kept", n_deleted);
  return TRUE;
}
