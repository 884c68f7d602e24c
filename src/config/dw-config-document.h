/* dw-config-document.h: what a file says the configuration is to be
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "config/dw-config-note.h"
#include "config/dw-yaml.h"
#include "model/dw-entity.h"

G_BEGIN_DECLS

/**
 * DwConfigMode:
 * @DW_CONFIG_MERGE: what the file names is added or changed, everything else stays
 * @DW_CONFIG_REPLACE: the sections that the file has become what it says, and the rest of them goes
 */
typedef enum
{
  DW_CONFIG_MERGE,
  DW_CONFIG_REPLACE,
} DwConfigMode;

/* One thing that a file describes. */
typedef struct
{
  GType type;         /* DW_TYPE_SETTINGS, _REGISTRY, _PROJECT or _STAGE */
  char *project;      /* nullable: of a stage, the name of its project */
  char *name;         /* nullable: the settings have none */
  DwEntity *entity;   /* its fields; those that are not given have their defaults */
  char *registry;     /* nullable: of a project, the name of its registry */
  GHashTable *places; /* of char * to DwYamlNode: the keys that are given and where */
  DwYamlNode *place;  /* where it is */
  guint index;        /* of a stage: its place among the others */
} DwConfigItem;

typedef struct
{
  GPtrArray *items; /* of DwConfigItem: settings, registries, projects each before its stages */
  GPtrArray *notes; /* of DwConfigNote */
  gboolean has_settings;
  gboolean has_registries;
  gboolean has_projects;
} DwConfigDocument;

DwConfigDocument *dw_config_document_new (void);
DwConfigDocument *dw_config_document_read (DwYamlNode *root, GError **error);
void dw_config_document_free (DwConfigDocument *self);

DwConfigItem *dw_config_item_new (GType type, const char *name, DwYamlNode *place);
gboolean
dw_config_item_give (DwConfigItem *self, const char *key, DwYamlNode *value, GError **error);
gboolean dw_config_item_gives (const DwConfigItem *self, const char *key);
DwYamlNode *dw_config_item_find_place (DwConfigItem *self, const char *key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwConfigDocument, dw_config_document_free)

G_END_DECLS
