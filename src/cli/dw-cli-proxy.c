/* dw-cli-proxy.c: proxy login, logout, test, and repair
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli/dw-cli-context.h"
#include "cli/dw-cli-error.h"
#include "cli/dw-cli-secret.h"
#include "cli/dw-cli-verbs.h"
#include "deploy/dw-proxy-choice.h"
#include "deploy/dw-proxy-secret.h"

static gboolean
run_login (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  g_autofree char *password = dw_cli_secret_read ("proxy login", context->cancellable, error);

  if (password == NULL || !dw_proxy_secret_store (password, context->cancellable, error))
    return FALSE;

  dw_cli_context_answer_sentence (context, "password", "kept",
                                  _ ("The keyring keeps the proxy's password."));
  return TRUE;
}

static gboolean
run_logout (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  if (!dw_proxy_secret_clear (context->cancellable, error))
    return FALSE;

  dw_cli_context_answer_sentence (context, "password", "forgotten",
                                  _ ("The keyring has the proxy's password no more."));
  return TRUE;
}

static gboolean
run_test (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  DwStore *store = dw_cli_context_get_store (context, error);
  g_autofree char *detail = store != NULL
                                ? dw_proxy_choice_check (store, context->cancellable, error)
                                : NULL;

  if (detail == NULL)
    return FALSE;

  dw_cli_context_answer_sentence (context, "detail", detail, detail);
  return TRUE;
}

static gboolean
run_repair (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  g_autoptr (DwStage) stage = dw_cli_context_find_stage (context, arguments[0], NULL, error);
  DwDeployer *deployer = stage != NULL ? dw_cli_context_get_deployer (context, error) : NULL;

  if (deployer == NULL || !dw_deployer_act (deployer, dw_entity_get_id (DW_ENTITY (stage)),
                                            DW_STAGE_ACTION_REPAIR, context->cancellable, error))
    return FALSE;

  g_autofree char *message = g_strdup_printf (_ ("The route of %s leads to what serves there."),
                                              arguments[0]);
  dw_cli_context_answer_sentence (context, "stage", arguments[0], message);
  return TRUE;
}

const DwCliVerb dw_cli_proxy_verbs[] = {
  { "proxy test", "", 0, 0, N_ ("Say whether the proxy of the settings answers"), NULL, NULL, 0,
    run_test },
  { "proxy login", "", 0, 0, N_ ("Keep the proxy's password in the keyring"),
    N_ ("It is read from standard input; who signs in is the setting proxy_user."), NULL, 0,
    run_login },
  { "proxy logout", "", 0, 0, N_ ("Forget the proxy's password"), NULL, NULL, 0, run_logout },
  { "repair", "PROJECT/STAGE", 1, 1, N_ ("Make a stage's route lead to what serves there"),
    N_ ("For a route that somebody removed or changed in the proxy; status shows it. What is as it "
        "should\nbe is left alone."),
    NULL, 0, run_repair },
  { NULL },
};
