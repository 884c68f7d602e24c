/* dw-secrets.h: the user's keyring
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define DW_SECRETS_ERROR (dw_secrets_error_quark ())

/**
 * DwSecretsError:
 * @DW_SECRETS_ERROR_NO_KEYRING: no secret service answers; the program goes on without secrets
 * @DW_SECRETS_ERROR_LOCKED: the keyring is locked and was not unlocked
 * @DW_SECRETS_ERROR_FAILED: anything else
 */
typedef enum
{
  DW_SECRETS_ERROR_NO_KEYRING,
  DW_SECRETS_ERROR_LOCKED,
  DW_SECRETS_ERROR_FAILED,
} DwSecretsError;

GQuark dw_secrets_error_quark (void);

/* All of it blocks and is not for the main thread; any other thread may call it. @owner is the id
 * of the row that the secret belongs to; @label is what the keyring's own window shows. */
gboolean dw_secrets_store (const char *owner,
                           const char *label,
                           const char *secret,
                           GCancellable *cancellable,
                           GError **error);
gboolean
dw_secrets_lookup (const char *owner, char **secret, GCancellable *cancellable, GError **error);
gboolean dw_secrets_clear (const char *owner, GCancellable *cancellable, GError **error);

G_END_DECLS
