/* dw-registries.h: the registries of the store with their credentials, ready to be asked
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "model/dw-image-reference.h"
#include "store/dw-store.h"

G_BEGIN_DECLS

#define DW_TYPE_REGISTRIES (dw_registries_get_type ())

G_DECLARE_FINAL_TYPE (DwRegistries, dw_registries, DW, REGISTRIES, GObject)

DwRegistries *dw_registries_new (DwStore *store);

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
