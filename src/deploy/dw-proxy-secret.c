/* dw-proxy-secret.c: the password with which the reverse proxy of the settings is spoken to
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It is kept in the keyring and nowhere else.
 */

#include "config.h"

#include "deploy/dw-proxy-secret.h"

#include <glib/gi18n-lib.h>

#include "secrets/dw-secrets.h"

/* The id of the one row of the settings. */
#define OWNER "1"

/**
 * dw_proxy_secret_store:
 * @password: the password
 * @cancellable: (nullable): ends it at once
 * @error: a DW_SECRETS_ERROR
 *
 * Blocks; not on the main thread.
 *
 * Returns: whether it is kept
 */
gboolean
dw_proxy_secret_store (const char *password, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (password != NULL, FALSE);

  return dw_secrets_store (OWNER, _ ("Docker Watcher: reverse proxy"), password, cancellable,
                           error);
}

/**
 * dw_proxy_secret_lookup:
 * @password: (out) (nullable) (transfer full): the password, for secret_password_free(), or %NULL
 * @cancellable: (nullable): ends it at once
 * @error: a DW_SECRETS_ERROR
 *
 * Returns: whether it is known
 */
gboolean
dw_proxy_secret_lookup (char **password, GCancellable *cancellable, GError **error)
{
  return dw_secrets_lookup (OWNER, password, cancellable, error);
}

/* Forgets the password; that there was none is not an error. */
gboolean
dw_proxy_secret_clear (GCancellable *cancellable, GError **error)
{
  return dw_secrets_clear (OWNER, cancellable, error);
}
