/* dw-npm-host.h: a proxy host of Nginx Proxy Manager, as its API has it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

#include "proxy/dw-proxy.h"

G_BEGIN_DECLS

const char *dw_npm_host_choose_address (const DwProxyUpstream *upstream);

/* One that it has. */
gboolean dw_npm_host_is_ours (JsonObject *host, const DwProxyRoute *route);
gboolean dw_npm_host_has_domain (JsonObject *host, const char *domain);
gboolean dw_npm_host_is_enabled (JsonObject *host);
gboolean dw_npm_host_is_online (JsonObject *host);
const char *dw_npm_host_get_problem (JsonObject *host);
gboolean dw_npm_host_leads_to (JsonObject *host, const DwProxyUpstream *upstream);
char *dw_npm_host_describe_upstream (JsonObject *host);

/* What it is to be told. */
JsonNode *dw_npm_host_make (const DwProxyRoute *route,
                            const DwProxyUpstream *upstream,
                            const char *certificate,
                            const char *user,
                            gint64 minor_version);
JsonNode *dw_npm_host_make_change (JsonObject *host,
                                   const DwProxyRoute *route,
                                   const DwProxyUpstream *upstream);
JsonNode *dw_npm_host_make_undo (JsonObject *host, const DwProxyRoute *route);

G_END_DECLS
