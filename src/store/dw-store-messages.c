/* dw-store-messages.c: what the outgoing webhook is told, and whether it could be
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every function here blocks and may be called from any thread. The end of a deploy and a version
 * that asks are written down by triggers.
 */

#include "config.h"

#include "model/dw-enum-types.h"
#include "store/dw-store-private.h"

#define ARGUMENTS(...) ((DwStoreArgument[]){ __VA_ARGS__, { NULL } })
#define TEXT DW_STORE_TEXT_ARGUMENT

/**
 * dw_store_tell_health_lost:
 * @self: a store
 * @deploy_id: the deploy that brought what turned bad
 * @fault: what is wrong with it, for a person
 * @error: a DW_STORE_ERROR
 *
 * Has the outgoing webhook told of it, if there is one and the project wants that.
 *
 * Returns: whether it is written down
 */
gboolean
dw_store_tell_health_lost (DwStore *self, const char *deploy_id, const char *fault, GError **error)
{
  g_autofree char *now = dw_store_now ();
  g_autofree char *id = g_uuid_string_random ();

  g_return_val_if_fail (DW_IS_STORE (self), FALSE);

  return dw_store_write (
      self,
      "INSERT INTO messages (id, created_at, updated_at, event, stage_id, deploy_id, text) "
      "SELECT :id, :now, :now, 'health', deploys.stage_id, deploys.id, :fault "
      "FROM deploys JOIN projects ON projects.id = deploys.project_id JOIN settings "
      "WHERE deploys.id = :deploy_id AND projects.notifications <> 'none' "
      "  AND settings.outgoing_webhook_url IS NOT NULL",
      NULL,
      ARGUMENTS (TEXT (":id", id), TEXT (":now", now), TEXT (":deploy_id", deploy_id),
                 TEXT (":fault", fault)),
      NULL, error);
}

/**
 * dw_store_set_outgoing_webhook_outcome:
 * @self: a store
 * @settings: the receiver that a message was for
 * @problem: (nullable): why it was not delivered, or %NULL when it was
 * @error: a DW_STORE_ERROR
 *
 * Writes what came of the last message, and nothing else of the settings. The time stays that of
 * the first failure in a row. Where there is another receiver by now, it is not about that one.
 *
 * Returns: whether that is done
 */
gboolean
dw_store_set_outgoing_webhook_outcome (DwStore *self,
                                       DwSettings *settings,
                                       const char *problem,
                                       GError **error)
{
  const char *kind = dw_enum_to_nick (DW_TYPE_OUTGOING_WEBHOOK_KIND,
                                      (int) dw_settings_get_outgoing_webhook_kind (settings));
  g_autofree char *now = dw_store_now ();

  g_return_val_if_fail (DW_IS_STORE (self), FALSE);

  return dw_store_write (
      self,
      "UPDATE settings SET outgoing_webhook_error = :problem, outgoing_webhook_failed_at = "
      "  CASE WHEN :problem IS NULL THEN NULL ELSE coalesce (outgoing_webhook_failed_at, :now) END "
      "WHERE outgoing_webhook_url IS :url AND outgoing_webhook_kind = :kind",
      NULL,
      ARGUMENTS (TEXT (":problem", problem), TEXT (":now", now),
                 TEXT (":url", dw_settings_get_outgoing_webhook_url (settings)),
                 TEXT (":kind", kind)),
      NULL, error);
}
