/* registry-stub.h: an HTTP server that answers as a test wants it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

typedef struct _RegistryStub RegistryStub;

/* Runs in the server's own thread. */
typedef void (*RegistryStubAnswer) (RegistryStub *stub,
                                    SoupServerMessage *message,
                                    const char *path);

RegistryStub *registry_stub_new (RegistryStubAnswer answer, GTlsCertificate *certificate);
void registry_stub_free (RegistryStub *self);
const char *registry_stub_get_url (RegistryStub *self);
guint registry_stub_get_port (RegistryStub *self);
void registry_stub_set_data (RegistryStub *self, gpointer data);
gpointer registry_stub_get_data (RegistryStub *self);

/* What has been asked: lines of "METHOD PATH?QUERY AUTHORIZATION", the last with "-" for none. */
guint registry_stub_count (RegistryStub *self, const char *part);
char *registry_stub_get_log (RegistryStub *self);

void
registry_stub_answer (SoupServerMessage *message, guint status, const char *type, const char *body);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RegistryStub, registry_stub_free)

G_END_DECLS
