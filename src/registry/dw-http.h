/* dw-http.h: one bounded HTTP exchange after the other, on kept connections
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

typedef struct _DwHttp DwHttp;

typedef struct
{
  const char *method;
  GUri *uri;
  const char *accept;        /* nullable */
  const char *authorization; /* nullable; for the origin of @uri and no other */
  const char *if_none_match; /* nullable; the entity tags that need no answer but 304 */
  const char *form;          /* nullable; an encoded body */
  gsize body_limit;
  guint limit_ms; /* 0: that of the client */
} DwHttpRequest;

typedef struct
{
  SoupMessage *message; /* the last of them, after redirections */
  GBytes *body;
} DwHttpAnswer;

DwHttp *dw_http_new (gboolean is_loopback, guint limit_ms);
void dw_http_free (DwHttp *self);
DwHttpAnswer *dw_http_send (DwHttp *self,
                            const DwHttpRequest *request,
                            GCancellable *cancellable,
                            GError **error);

void dw_http_answer_free (DwHttpAnswer *self);
guint dw_http_answer_get_status (DwHttpAnswer *self);
const char *dw_http_answer_get_header (DwHttpAnswer *self, const char *name);
gboolean dw_http_is_address (GUri *uri);
gboolean dw_http_is_same_origin (GUri *a, GUri *b);
char *dw_http_get_origin (GUri *uri);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwHttp, dw_http_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwHttpAnswer, dw_http_answer_free)

G_END_DECLS
