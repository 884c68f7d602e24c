/* dw-registry-client.h: a client of the OCI distribution API
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "model/dw-image-reference.h"
#include "registry/dw-credentials.h"
#include "registry/dw-registry-pace.h"

G_BEGIN_DECLS

#define DW_REGISTRY_ERROR (dw_registry_error_quark ())

/**
 * DwRegistryError:
 * @DW_REGISTRY_ERROR_UNREACHABLE: no connection, or it broke
 * @DW_REGISTRY_ERROR_UNAUTHORIZED: it wants other credentials, or any
 * @DW_REGISTRY_ERROR_NOT_FOUND: no such repository or tag
 * @DW_REGISTRY_ERROR_RATE_LIMITED: it says slow down; the message says for how long
 * @DW_REGISTRY_ERROR_NOT_A_REGISTRY: what answers does not speak the distribution API
 * @DW_REGISTRY_ERROR_INSECURE: it has only plain HTTP, and nobody chose that
 * @DW_REGISTRY_ERROR_TIMED_OUT: no answer in time
 * @DW_REGISTRY_ERROR_NO_HELPER: Docker's configuration names a credential helper that is not there
 * @DW_REGISTRY_ERROR_NO_CATALOG: it does not list its repositories
 * @DW_REGISTRY_ERROR_FAILED: anything else, in the registry's words
 */
typedef enum
{
  DW_REGISTRY_ERROR_UNREACHABLE,
  DW_REGISTRY_ERROR_UNAUTHORIZED,
  DW_REGISTRY_ERROR_NOT_FOUND,
  DW_REGISTRY_ERROR_RATE_LIMITED,
  DW_REGISTRY_ERROR_NOT_A_REGISTRY,
  DW_REGISTRY_ERROR_INSECURE,
  DW_REGISTRY_ERROR_TIMED_OUT,
  DW_REGISTRY_ERROR_NO_HELPER,
  DW_REGISTRY_ERROR_NO_CATALOG,
  DW_REGISTRY_ERROR_FAILED,
} DwRegistryError;

GQuark dw_registry_error_quark (void);

#define DW_TYPE_REGISTRY_CLIENT (dw_registry_client_get_type ())

G_DECLARE_FINAL_TYPE (DwRegistryClient, dw_registry_client, DW, REGISTRY_CLIENT, GObject)

/* @url is the registry's base address; http:// in it is the explicit choice of plain HTTP. */
DwRegistryClient *
dw_registry_client_new (const char *url, const DwCredentials *credentials, GError **error);
/* The address follows from the reference's domain: HTTPS, and for loopback plain HTTP after it. */
DwRegistryClient *dw_registry_client_new_for_reference (DwImageReference *reference,
                                                        const DwCredentials *credentials);
const char *dw_registry_client_get_url (DwRegistryClient *self);

/* How fast it wants to be asked, by its last answer. */
DwRegistryPace dw_registry_client_get_pace (DwRegistryClient *self);

/* All of it blocks and is not for the main thread; a client serves one thread at a time. */
gboolean
dw_registry_client_test (DwRegistryClient *self, GCancellable *cancellable, GError **error);
GStrv dw_registry_client_list_tags (DwRegistryClient *self,
                                    const char *path,
                                    GCancellable *cancellable,
                                    GError **error);
GStrv dw_registry_client_list_repositories (DwRegistryClient *self,
                                            const char *after,
                                            guint limit,
                                            gboolean *has_more,
                                            GCancellable *cancellable,
                                            GError **error);
char *dw_registry_client_resolve_tag (DwRegistryClient *self,
                                      const char *path,
                                      const char *tag,
                                      GCancellable *cancellable,
                                      GError **error);

gboolean dw_registry_client_describe_tag (DwRegistryClient *self,
                                          const char *path,
                                          const char *tag,
                                          const char *architecture,
                                          char **digest,
                                          char **created,
                                          GCancellable *cancellable,
                                          GError **error);

/* What a list of tags looked like when it was last read, to be kept and shown at the next look. */
typedef struct
{
  char *etag;   /* nullable: the registry gives none, or the list has several pages */
  char *digest; /* nullable: of what was read */
} DwTagsMark;

void dw_tags_mark_clear (DwTagsMark *mark);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DwTagsMark, dw_tags_mark_clear)

/* For watching: an answer that is as before costs little, and no image is ever asked for in a way
 * that a registry could count as a pull. */
gboolean dw_registry_client_look_at_tags (DwRegistryClient *self,
                                          const char *path,
                                          DwTagsMark *mark,
                                          GStrv *tags,
                                          GCancellable *cancellable,
                                          GError **error);
char *dw_registry_client_look_at_tag (DwRegistryClient *self,
                                      const char *path,
                                      const char *tag,
                                      const char *known_digest,
                                      GCancellable *cancellable,
                                      GError **error);

G_END_DECLS
