/* dw-registry-client-private.h: what the requests of the client stand on
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "registry/dw-registry-answer.h"
#include "registry/dw-registry-auth.h"
#include "registry/dw-registry-client.h"

G_BEGIN_DECLS

/* The specification's own limit for a manifest. */
#define DW_REGISTRY_MANIFEST_BYTES (4 * 1024 * 1024)
#define DW_REGISTRY_MANIFEST_TYPES                                                                 \
  "application/vnd.oci.image.index.v1+json, "                                                      \
  "application/vnd.docker.distribution.manifest.list.v2+json, "                                    \
  "application/vnd.oci.image.manifest.v1+json, "                                                   \
  "application/vnd.docker.distribution.manifest.v2+json"

struct _DwRegistryClient
{
  GObject parent_instance;

  char *url; /* scheme, host and port, without a slash at its end */
  GUri *uri; /* of the same */
  DwHttp *http;
  DwRegistryAuth *auth;
  gboolean may_be_plain; /* on this machine, and it has not said yet whether it has TLS */
  DwRegistryPace pace;   /* what its last answer said */
};

gboolean dw_registry_client_prepare (DwRegistryClient *self,
                                     const char *path,
                                     const char *tag,
                                     DwRegistrySubject *subject,
                                     GCancellable *cancellable,
                                     GError **error);
GUri *dw_registry_client_make_uri (DwRegistryClient *self, const char *path_and_query);
DwHttpAnswer *dw_registry_client_ask (DwRegistryClient *self,
                                      DwHttpRequest *request,
                                      const DwRegistrySubject *subject,
                                      GCancellable *cancellable,
                                      GError **error);
void dw_registry_client_set_refusal (DwRegistryClient *self,
                                     DwHttpAnswer *answer,
                                     const DwRegistrySubject *subject,
                                     GCancellable *cancellable,
                                     GError **error);
gboolean dw_registry_client_find_next_page (
    DwRegistryClient *self, DwHttpAnswer *answer, GUri *page, GUri **next, GError **error);
void dw_registry_client_set_not_a_registry (DwRegistryClient *self, GError **error);
gboolean dw_registry_is_digest (const char *text);

G_END_DECLS
