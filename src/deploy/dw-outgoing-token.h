/* dw-outgoing-token.h: what the outgoing webhook's receiver knows its senders by
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean dw_outgoing_token_check (const char *token, GError **error);

/* These block, as long as the keyring asks its user, and are not for the main thread. */
gboolean dw_outgoing_token_store (const char *token, GCancellable *cancellable, GError **error);
gboolean dw_outgoing_token_lookup (char **token, GCancellable *cancellable, GError **error);
gboolean dw_outgoing_token_clear (GCancellable *cancellable, GError **error);

G_END_DECLS
