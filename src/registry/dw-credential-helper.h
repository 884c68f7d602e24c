/* dw-credential-helper.h: a program that keeps Docker's credentials
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "registry/dw-credentials.h"

G_BEGIN_DECLS

gboolean dw_credential_helper_get (const char *helper,
                                   const char *address,
                                   DwCredentials **credentials,
                                   GCancellable *cancellable,
                                   GError **error);

G_END_DECLS
