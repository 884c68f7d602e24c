/* dw-config-fields.h: between the entities' properties and the keys of a configuration
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "config/dw-yaml-writer.h"
#include "config/dw-yaml.h"
#include "model/dw-entity.h"

G_BEGIN_DECLS

/* What stands in for the id of a row of another table is that row's name. */
#define DW_CONFIG_REGISTRY "registry"

gboolean dw_config_is_field (GParamSpec *pspec);
char *dw_config_make_key (GParamSpec *pspec);
GStrv dw_config_list_keys (DwEntityClass *klass, const char *const *others);
guint dw_config_find_field (DwEntityClass *klass, const char *key);

gboolean dw_config_has_default (DwEntity *entity, guint id);
void dw_config_reset_field (DwEntity *entity, guint id);
gboolean dw_config_read_field (DwEntity *entity, guint id, DwYamlNode *node, GError **error);
void dw_config_write_field (DwYamlWriter *writer, DwEntity *entity, guint id);
char *dw_config_show_field (DwEntity *entity, guint id);
GHashTable *dw_config_dup_variables (DwEntity *entity, guint id);

G_END_DECLS
