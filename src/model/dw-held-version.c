/* dw-held-version.c: a version that a stage does not take by itself
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "model/dw-held-version.h"

#include "model/dw-enum-types.h"
#include "model/dw-validation.h"

struct _DwHeldVersion
{
  DwEntity parent_instance;
};

enum
{
  PROP_STAGE_ID = DW_ENTITY_N_PROPERTIES,
  PROP_TAG,
  PROP_DIGEST,
  PROP_REASON,
  N_PROPERTIES,
};

G_DEFINE_FINAL_TYPE (DwHeldVersion, dw_held_version, DW_TYPE_ENTITY)

static gboolean
dw_held_version_validate (DwEntity *entity, GError **error)
{
  DwHeldVersion *self = DW_HELD_VERSION (entity);

  return dw_validate_required ("stage_id", dw_held_version_get_stage_id (self), error) &&
         dw_validate_required ("digest", dw_held_version_get_digest (self), error);
}

static void
dw_held_version_class_init (DwHeldVersionClass *klass)
{
  DwEntityClass *entity_class = DW_ENTITY_CLASS (klass);
  GParamSpec *properties[N_PROPERTIES] = {
    [PROP_STAGE_ID] = dw_entity_param_string ("stage-id", NULL),
    [PROP_TAG] = dw_entity_param_string ("tag", NULL),
    [PROP_DIGEST] = dw_entity_param_string ("digest", NULL),
    [PROP_REASON] = dw_entity_param_enum ("reason", DW_TYPE_HOLD_REASON, DW_HOLD_FAILED),
  };

  entity_class->validate = dw_held_version_validate;
  dw_entity_class_install_properties (entity_class, properties, N_PROPERTIES);
}

static void
dw_held_version_init (DwHeldVersion *self)
{
}

/* the stage */
const char *
dw_held_version_get_stage_id (DwHeldVersion *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_STAGE_ID);
}

/* (nullable): the tag that it had */
const char *
dw_held_version_get_tag (DwHeldVersion *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_TAG);
}

/* its digest */
const char *
dw_held_version_get_digest (DwHeldVersion *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_DIGEST);
}

/* why it is held */
DwHoldReason
dw_held_version_get_reason (DwHeldVersion *self)
{
  return dw_entity_get_enum (DW_ENTITY (self), PROP_REASON);
}
