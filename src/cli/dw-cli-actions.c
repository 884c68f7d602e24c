/* dw-cli-actions.c: stop, start, restart
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli/dw-cli-context.h"
#include "cli/dw-cli-text.h"
#include "cli/dw-cli-verbs.h"

static gboolean
act (
    DwCliContext *context, const char *path, DwStageAction action, const char *done, GError **error)
{
  g_autoptr (DwStage) stage = dw_cli_context_find_stage (context, path, NULL, error);
  DwDeployer *deployer = stage != NULL ? dw_cli_context_get_deployer (context, error) : NULL;

  if (deployer == NULL)
    return FALSE;

  dw_cli_context_settle (context);
  if (!dw_deployer_act (deployer, dw_entity_get_id (DW_ENTITY (stage)), action,
                        context->cancellable, error))
    return FALSE;

  if (context->is_json)
    {
      g_autoptr (JsonObject) object = json_object_new ();

      json_object_set_string_member (object, "stage", path);
      json_object_set_string_member (object, "stage_id", dw_entity_get_id (DW_ENTITY (stage)));
      json_object_set_string_member (object, "state",
                                     action == DW_STAGE_ACTION_STOP ? "stopped" : "running");
      dw_cli_context_answer_object (context, object);
    }
  else
    dw_cli_text_print ("%s: %s\n", path, done);

  return TRUE;
}

static gboolean
run_stop (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  return act (context, arguments[0], DW_STAGE_ACTION_STOP, C_ ("stage", "stopped"), error);
}

static gboolean
run_start (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  return act (context, arguments[0], DW_STAGE_ACTION_START, C_ ("stage", "started"), error);
}

static gboolean
run_restart (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  return act (context, arguments[0], DW_STAGE_ACTION_RESTART, C_ ("stage", "restarted"), error);
}

const DwCliVerb dw_cli_action_verbs[] = {
  { "stop", "PROJECT/STAGE", 1, 1, N_ ("Stop what runs in a stage"), NULL, NULL, 0, run_stop },
  { "start", "PROJECT/STAGE", 1, 1, N_ ("Start what was stopped in a stage"), NULL, NULL, 0,
    run_start },
  { "restart", "PROJECT/STAGE", 1, 1, N_ ("Stop and start what runs in a stage"),
    N_ ("Ctrl+C does not leave it stopped: what has begun is brought to its end."), NULL, 0,
    run_restart },
  { NULL },
};
