/* dw-config-plan.h: what an import would do, and doing it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "config/dw-config-document.h"
#include "config/dw-config-error.h"
#include "store/dw-store.h"

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

#define DW_TYPE_CONFIG_PLAN (dw_config_plan_get_type ())

G_DECLARE_FINAL_TYPE (DwConfigPlan, dw_config_plan, DW, CONFIG_PLAN, GObject)

/* Both block and are not for the main thread. */
DwConfigPlan *dw_config_plan_new_for_file (
    DwStore *store, GFile *file, DwConfigMode mode, GCancellable *cancellable, GError **error);
gboolean dw_config_plan_apply (DwConfigPlan *self, GError **error);

DwConfigPlan *dw_config_plan_new_for_document (DwStore *store,
                                               DwConfigDocument *document,
                                               DwConfigMode mode,
                                               GError **error);

GPtrArray *dw_config_plan_get_changes (DwConfigPlan *self);
GPtrArray *dw_config_plan_get_notes (DwConfigPlan *self);

G_END_DECLS
