/* dw-webhook-secret.h: what those must know who may speak to the webhook listener
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* All that touches the keyring blocks and is not for the main thread. */
char *dw_webhook_secret_lookup (GCancellable *cancellable, GError **error);
gboolean dw_webhook_secret_is_there (gboolean *is_there, GCancellable *cancellable, GError **error);
gboolean dw_webhook_secret_store (const char *secret, GCancellable *cancellable, GError **error);
char *dw_webhook_secret_generate (void);
void dw_webhook_secret_free (char *secret);

gboolean dw_webhook_secret_matches (const char *secret, const char *text);
gboolean dw_webhook_secret_signs (const char *secret, GBytes *body, const char *signature);

G_END_DECLS
