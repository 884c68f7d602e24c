/* dw-registry-auth.h: what a registry is told about who asks
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "registry/dw-credentials.h"
#include "registry/dw-http.h"
#include "registry/dw-registry-answer.h"
#include "registry/dw-registry-pace.h"

G_BEGIN_DECLS

typedef struct _DwRegistryAuth DwRegistryAuth;

DwRegistryAuth *dw_registry_auth_new (const DwCredentials *credentials);
void dw_registry_auth_free (DwRegistryAuth *self);
gboolean dw_registry_auth_has_credentials (DwRegistryAuth *self);
const char *dw_registry_auth_get_header (DwRegistryAuth *self, const char *scope);
gboolean dw_registry_auth_answer_challenge (DwRegistryAuth *self,
                                            DwHttp *http,
                                            DwHttpAnswer *answer,
                                            const char *scope,
                                            const DwRegistrySubject *subject,
                                            DwRegistryPace *pace,
                                            GCancellable *cancellable,
                                            GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwRegistryAuth, dw_registry_auth_free)

G_END_DECLS
