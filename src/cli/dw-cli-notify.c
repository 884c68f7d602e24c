/* dw-cli-notify.c: notify test, login, logout, deliver
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli/dw-cli-context.h"
#include "cli/dw-cli-error.h"
#include "cli/dw-cli-secret.h"
#include "cli/dw-cli-verbs.h"
#include "deploy/dw-courier.h"
#include "deploy/dw-outgoing-token.h"

#define FIRST_PAUSE_MS 1000

static gboolean
run_test (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  DwStore *store = dw_cli_context_get_store (context, error);
  g_autoptr (DwSettings) settings = store != NULL ? dw_store_get_settings (store, error) : NULL;
  const char *url = settings != NULL ? dw_settings_get_outgoing_webhook_url (settings) : NULL;

  if (settings == NULL)
    return FALSE;
  if (url == NULL)
    {
      g_set_error_literal (error, DW_CLI_ERROR, DW_CLI_ERROR_FAILED,
                           _ ("There is no outgoing webhook; name its address with: docker-watcher "
                              "settings set outgoing_webhook_url ADDRESS"));
      return FALSE;
    }

  g_autofree char *detail = dw_courier_test (dw_settings_get_outgoing_webhook_kind (settings), url,
                                             NULL, context->cancellable, error);
  if (detail == NULL)
    return FALSE;

  dw_cli_context_answer_sentence (context, "detail", detail, detail);
  return TRUE;
}

static gboolean
run_login (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  g_autofree char *token = dw_cli_secret_read ("notify login", context->cancellable, error);

  if (token == NULL || !dw_outgoing_token_store (token, context->cancellable, error))
    return FALSE;

  dw_cli_context_answer_sentence (context, "token", "kept",
                                  _ ("The keyring keeps the outgoing webhook's token."));
  return TRUE;
}

static gboolean
run_logout (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  if (!dw_outgoing_token_clear (context->cancellable, error))
    return FALSE;

  dw_cli_context_answer_sentence (context, "token", "forgotten",
                                  _ ("The keyring has the outgoing webhook's token no more."));
  return TRUE;
}

static gboolean
run_deliver (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  DwStore *store = dw_cli_context_get_store (context, error);

  return store != NULL && dw_courier_deliver (store, FIRST_PAUSE_MS, context->cancellable, error);
}

const DwCliVerb dw_cli_notify_verbs[] = {
  { "notify test", "", 0, 0, N_ ("Post a test to the outgoing webhook"), NULL, NULL, 0, run_test },
  { "notify login", "", 0, 0, N_ ("Keep the outgoing webhook's token in the keyring"),
    N_ ("It is read from standard input. It goes where the address has {token}, or otherwise into "
        "a "
        "header:\nAuthorization, or X-Gotify-Key for Gotify."),
    NULL, 0, run_login },
  { "notify logout", "", 0, 0, N_ ("Forget the outgoing webhook's token"), NULL, NULL, 0,
    run_logout },
  { "notify deliver", "", 0, 0, N_ ("Post what the outgoing webhook has not been told yet"),
    N_ ("Every deploy starts it by itself. That it is not taken is in the preferences, and what "
        "doctor says."),
    NULL, 0, run_deliver },
  { NULL },
};
