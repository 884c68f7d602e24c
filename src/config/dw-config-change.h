/* dw-config-change.h: one thing that an import adds, changes or removes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum
{
  DW_CONFIG_ADDED,
  DW_CONFIG_CHANGED,
  DW_CONFIG_REMOVED,
} DwConfigChangeKind;

/* A field, or one variable of an environment as env.NAME; NULL is nothing. */
typedef struct
{
  char *key;
  char *old_value; /* nullable; of what is added always */
  char *new_value; /* nullable; of what is removed always */
} DwConfigFieldChange;

typedef struct
{
  DwConfigChangeKind kind;
  GType type;         /* DW_TYPE_SETTINGS, _REGISTRY, _PROJECT or _STAGE */
  char *name;         /* nullable: the settings have none; a stage's is PROJECT/STAGE */
  GPtrArray *fields;  /* of DwConfigFieldChange; none of what is removed */
  gboolean is_in_use; /* it is to be removed and has containers: the plan cannot be applied */
} DwConfigChange;

DwConfigChange *
dw_config_change_new (DwConfigChangeKind kind, GType type, const char *project, const char *name);
void dw_config_change_free (DwConfigChange *self);
void dw_config_change_add_field (DwConfigChange *self,
                                 const char *key,
                                 const char *old_value,
                                 const char *new_value);
gboolean dw_config_changes_are_equal (GPtrArray *a, GPtrArray *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwConfigChange, dw_config_change_free)

G_END_DECLS
