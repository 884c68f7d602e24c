/* dw-proxy-choice.h: which proxy the settings mean
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "proxy/dw-gateway.h"
#include "store/dw-store.h"

G_BEGIN_DECLS

gboolean dw_proxy_choice_uses_gateway (DwSettings *settings);
gboolean dw_proxy_choice_has_front (DwSettings *settings);
DwGateway *dw_proxy_choice_make_gateway (DwStore *store);

/* These block and are not for the main thread. */
DwProxy *
dw_proxy_choice_open_front (DwSettings *settings, GCancellable *cancellable, GError **error);
char *dw_proxy_choice_check (DwStore *store, GCancellable *cancellable, GError **error);
char *dw_proxy_choice_test (DwStore *store,
                            DwSettings *settings,
                            const char *password,
                            GCancellable *cancellable,
                            GError **error);

G_END_DECLS
