/* dw-cli-secret.h: a password from standard input
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

char *dw_cli_secret_read (const char *option, GCancellable *cancellable, GError **error);

G_END_DECLS
