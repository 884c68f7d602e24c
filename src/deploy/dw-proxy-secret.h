/* dw-proxy-secret.h: the password with which the reverse proxy of the settings is spoken to
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* These block, as long as the keyring asks its user, and are not for the main thread. */
gboolean dw_proxy_secret_store (const char *password, GCancellable *cancellable, GError **error);
gboolean dw_proxy_secret_lookup (char **password, GCancellable *cancellable, GError **error);
gboolean dw_proxy_secret_clear (GCancellable *cancellable, GError **error);

G_END_DECLS
