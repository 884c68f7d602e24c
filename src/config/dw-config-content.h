/* dw-config-content.h: the whole configuration as the store has it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "store/dw-store.h"

G_BEGIN_DECLS

typedef struct
{
  DwSettings *settings;
  GPtrArray *registries;
  GPtrArray *projects;
  GPtrArray *stages;   /* by project, position and name */
  GHashTable *by_name; /* of dw_config_content_make_key() to DwEntity, of the above */
  GHashTable *by_id;   /* of id to DwEntity, likewise */
  GHashTable *in_use;  /* of ids: the stages that have containers, or a deploy that has not ended */
} DwConfigContent;

/* Within a transaction, so that all of it is of one moment. */
DwConfigContent *dw_config_content_read (DwStore *store, GError **error);
void dw_config_content_free (DwConfigContent *self);

char *dw_config_content_make_key (GType type, const char *parent, const char *name);
gpointer dw_config_content_find (const DwConfigContent *self,
                                 GType type,
                                 const char *project,
                                 const char *name);
const char *dw_config_content_get_name (DwEntity *entity);
const char *dw_config_content_find_registry_name (const DwConfigContent *self, DwProject *project);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwConfigContent, dw_config_content_free)

G_END_DECLS
