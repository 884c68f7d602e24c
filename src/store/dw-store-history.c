/* dw-store-history.c: what the history tells of a deploy, and how it is kept short
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every function here blocks and may be called from any thread.
 */

#include "config.h"

#include "store/dw-store-private.h"

/* Few enough that somebody else who writes does not notice. */
#define DELETED_AT_ONCE 200

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

/* As dw-deploy-request.c looks for what a rollback goes back to: a good deploy is one that counts
 * there, and the current version was last brought by the last good one of its digest. */
#define SQL_IS_GOOD(deploy)                                                                        \
  " +" deploy ".status = 'success' AND " deploy ".\"trigger\" <> 'rollback'"
#define SQL_CURRENT_CAME                                                                           \
  "(SELECT ifnull (max (c.created_at), '') FROM deploys c"                                         \
  " WHERE c.stage_id = d.stage_id AND c.digest = i.digest AND" SQL_IS_GOOD ("c") ")"
#define SQL_LATER_GOOD                                                                             \
  "SELECT 1 FROM deploys l WHERE l.stage_id = d.stage_id AND l.created_at >= d.created_at"         \
  " AND (l.created_at, l.rowid) > (d.created_at, d.rowid) AND" SQL_IS_GOOD ("l")

/* Stays whatever its age: a deploy that has not ended, or whose container is there, and what a
 * rollback needs: the last good deploy of what runs in a stage, and the good one before it. The
 * oldest go first, which are neighbours in the file. The signs keep SQLite from the indexes of
 * columns that nearly all rows agree in. */
static const char delete_old[] =
    "DELETE FROM deploys WHERE rowid IN ("
    "  SELECT d.rowid FROM deploys d JOIN stages s ON s.id = d.stage_id"
    "    LEFT JOIN instances i ON i.id = s.current_instance_id"
    "  WHERE d.created_at < :before AND d.finished_at < :before"
    "    AND +d.status IN ('success', 'failed', 'rolled_back')"
    "    AND +d.instance_id IS NULL"
    "    AND NOT EXISTS (SELECT 1 FROM instances o WHERE o.deploy_id = d.id)"
    "    AND NOT (i.id IS NOT NULL AND +d.status = 'success' AND d.\"trigger\" <> 'rollback'"
    "      AND CASE WHEN d.digest = i.digest"
    "        THEN NOT EXISTS (" SQL_LATER_GOOD " AND l.digest = i.digest)"
    "        ELSE d.created_at <= " SQL_CURRENT_CAME "          AND NOT EXISTS (" SQL_LATER_GOOD
    " AND l.digest <> i.digest"
    "            AND l.created_at <= " SQL_CURRENT_CAME ") END)"
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
