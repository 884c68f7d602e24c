/* dw-outgoing-token.c: what the outgoing webhook's receiver knows its senders by
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It is kept in the keyring and nowhere else.
 */

#include "config.h"

#include "deploy/dw-outgoing-token.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "model/dw-model-error.h"
#include "secrets/dw-secrets.h"

/* The one row of the settings has more than one secret. */
#define OWNER "1/outgoing-webhook"
#define TOKEN_LIMIT 4096

/**
 * dw_outgoing_token_check:
 * @token: what somebody says is a token
 * @error: DW_MODEL_ERROR_INVALID
 *
 * Returns: whether it can go into a header. Any thread.
 */
gboolean
dw_outgoing_token_check (const char *token, GError **error)
{
  gsize length = strlen (token);

  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isgraph (token[i]))
      length = 0;
  if (length > 0 && length <= TOKEN_LIMIT)
    return TRUE;

  g_set_error_literal (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                       _ ("A token has letters, digits and other characters of ASCII, and no "
                          "spaces; copy it once more from where it was made"));
  return FALSE;
}

/**
 * dw_outgoing_token_store:
 * @token: the token
 * @cancellable: (nullable): ends it at once
 * @error: DW_MODEL_ERROR_INVALID or a DW_SECRETS_ERROR
 *
 * Blocks; not on the main thread.
 *
 * Returns: whether it is kept
 */
gboolean
dw_outgoing_token_store (const char *token, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (token != NULL, FALSE);

  return dw_outgoing_token_check (token, error) &&
         dw_secrets_store (OWNER, _ ("Docker Watcher: outgoing webhook"), token, cancellable,
                           error);
}

/**
 * dw_outgoing_token_lookup:
 * @token: (out) (nullable) (transfer full): the token, for secret_password_free(), or %NULL
 * @cancellable: (nullable): ends it at once
 * @error: a DW_SECRETS_ERROR
 *
 * That there is no keyring is no error: nothing is kept in it then.
 *
 * Returns: whether it is known
 */
gboolean
dw_outgoing_token_lookup (char **token, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (dw_secrets_lookup (OWNER, token, cancellable, &problem))
    return TRUE;
  if (g_error_matches (problem, DW_SECRETS_ERROR, DW_SECRETS_ERROR_NO_KEYRING))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/* Forgets the token; that there was none is not an error. */
gboolean
dw_outgoing_token_clear (GCancellable *cancellable, GError **error)
{
  return dw_secrets_clear (OWNER, cancellable, error);
}
