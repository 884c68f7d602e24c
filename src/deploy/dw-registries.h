/* dw-registries.h: the registries of the store with their credentials, ready to be asked
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "model/dw-image-reference.h"
#include "registry/dw-registry-client.h"
#include "store/dw-store.h"

G_BEGIN_DECLS

/**
 * DwPasswordPlace:
 * @DW_PASSWORD_NO_KEYRING: nobody keeps secrets here
 * @DW_PASSWORD_NOWHERE: there is a keyring, and nothing in it
 * @DW_PASSWORD_KEYRING: it is in the keyring
 */
typedef enum
{
  DW_PASSWORD_NO_KEYRING,
  DW_PASSWORD_NOWHERE,
  DW_PASSWORD_KEYRING,
} DwPasswordPlace;

#define DW_TYPE_REGISTRIES (dw_registries_get_type ())

/* @created is when the image was built; both may be NULL, when it is not known. FALSE ends it. */
typedef gboolean (*DwTagFunc) (const char *tag,
                               const char *digest,
                               const char *created,
                               gpointer user_data);

G_DECLARE_FINAL_TYPE (DwRegistries, dw_registries, DW, REGISTRIES, GObject)

DwRegistries *dw_registries_new (DwStore *store);
DwStore *dw_registries_get_store (DwRegistries *self);
/* The domain that an image of the registry begins with; any thread. */
char *dw_registries_get_domain (DwRegistry *registry);

/* All of it blocks and is not for the main thread; any other thread may call it. @registry_id may
 * be NULL: then the registry is the one in the store that the image's domain names, or none. */
GStrv dw_registries_list_tags (DwRegistries *self,
                               const char *registry_id,
                               DwImageReference *image,
                               GCancellable *cancellable,
                               GError **error);
char *dw_registries_resolve (DwRegistries *self,
                             const char *registry_id,
                             DwImageReference *image,
                             const char *tag,
                             GCancellable *cancellable,
                             GError **error);
/* @after may be NULL for the start; the registry's own order. */
GStrv dw_registries_list_repositories (DwRegistries *self,
                                       const char *registry_id,
                                       const char *after,
                                       guint limit,
                                       gboolean *has_more,
                                       GCancellable *cancellable,
                                       GError **error);
gboolean dw_registries_describe_tags (DwRegistries *self,
                                      const char *registry_id,
                                      DwImageReference *image,
                                      const char *const *tags,
                                      DwTagFunc function,
                                      gpointer user_data,
                                      GCancellable *cancellable,
                                      GError **error);
/* For many requests on one connection. @registry is (nullable): then it is asked at the image's
 * domain. */
DwRegistry *dw_registries_choose (GPtrArray *registries, DwImageReference *image);
DwRegistryClient *dw_registries_open (DwRegistries *self,
                                      DwRegistry *registry,
                                      DwImageReference *image,
                                      GError **no_helper,
                                      GCancellable *cancellable,
                                      GError **error);
gboolean dw_registries_get_engine_auth (DwRegistries *self,
                                        const char *registry_id,
                                        DwImageReference *image,
                                        char **auth,
                                        GError **no_helper,
                                        GCancellable *cancellable,
                                        GError **error);
void dw_registries_explain_refusal (const GError *no_helper, GError **error);
/* Signs in and says whether that worked; what came of it stands in the registry's row. */
gboolean dw_registries_test (DwRegistries *self,
                             const char *registry_id,
                             GCancellable *cancellable,
                             GError **error);
/* Likewise, but for what somebody has only written down; nothing is kept of it. */
gboolean dw_registries_try (DwRegistries *self,
                            DwRegistry *registry,
                            const char *password,
                            char **username,
                            GCancellable *cancellable,
                            GError **error);

/* dw-registries-edit.c */
gboolean dw_registries_validate_url (const char *field, const char *url, GError **error);
gboolean dw_registries_find_password (DwRegistries *self,
                                      const char *registry_id,
                                      DwPasswordPlace *place,
                                      GCancellable *cancellable,
                                      GError **error);
gboolean dw_registries_save (DwRegistries *self,
                             DwRegistry *registry,
                             const char *password,
                             GCancellable *cancellable,
                             GError **error);
gboolean dw_registries_restore (DwRegistries *self,
                                DwRegistry *registry,
                                const char *const *project_ids,
                                GError **error);
gboolean dw_registries_set_password (DwRegistries *self,
                                     DwRegistry *registry,
                                     const char *password,
                                     GCancellable *cancellable,
                                     GError **error);
gboolean dw_registries_remove (DwRegistries *self,
                               const char *registry_id,
                               GCancellable *cancellable,
                               GError **error);

G_END_DECLS
