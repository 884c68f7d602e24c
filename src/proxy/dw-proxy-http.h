/* dw-proxy-http.h: asks a proxy's interface for programs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint status;
  JsonNode *root;   /* nullable: the body, where it is an object or an array */
  gboolean is_null; /* it is JSON's word for nothing */
} DwProxyAnswer;

/* Blocks and is not for the main thread. @base is http://HOST:PORT or unix:///PATH. */
DwProxyAnswer *dw_proxy_http_send (const char *base,
                                   const char *method,
                                   const char *path,
                                   const char *token,
                                   JsonNode *body,
                                   GCancellable *cancellable,
                                   GError **error);
JsonObject *dw_proxy_answer_get_object (const DwProxyAnswer *answer);
void dw_proxy_answer_free (DwProxyAnswer *answer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwProxyAnswer, dw_proxy_answer_free)

G_END_DECLS
