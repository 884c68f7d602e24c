/* dw-deploy-phase.c: how long a deploy was in one of its phases
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It has no table and no key: the store makes it of the deploy and of its log.
 */

#include "config.h"

#include "model/dw-deploy-phase.h"

#include "model/dw-enum-types.h"

struct _DwDeployPhase
{
  DwEntity parent_instance;
};

enum
{
  PROP_PHASE = DW_ENTITY_N_PROPERTIES,
  PROP_STARTED_AT,
  PROP_DURATION_MS,
  N_PROPERTIES,
};

G_DEFINE_FINAL_TYPE (DwDeployPhase, dw_deploy_phase, DW_TYPE_ENTITY)

static void
dw_deploy_phase_class_init (DwDeployPhaseClass *klass)
{
  DwEntityClass *entity_class = DW_ENTITY_CLASS (klass);
  GParamSpec *properties[N_PROPERTIES] = {
    [PROP_PHASE] = dw_entity_param_enum ("phase", DW_TYPE_DEPLOY_STATUS, DW_DEPLOY_PENDING),
    [PROP_STARTED_AT] = dw_entity_param_string ("started-at", NULL),
    [PROP_DURATION_MS] = dw_entity_param_int64 ("duration-ms", 0),
  };

  dw_entity_class_install_properties (entity_class, properties, N_PROPERTIES);
}

static void
dw_deploy_phase_init (DwDeployPhase *self)
{
}

/* which one */
DwDeployStatus
dw_deploy_phase_get_phase (DwDeployPhase *self)
{
  return dw_entity_get_enum (DW_ENTITY (self), PROP_PHASE);
}

/* when it began */
const char *
dw_deploy_phase_get_started_at (DwDeployPhase *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_STARTED_AT);
}

/* how long it took; of the one that a deploy is in now, until it was asked */
gint64
dw_deploy_phase_get_duration_ms (DwDeployPhase *self)
{
  return dw_entity_get_int64 (DW_ENTITY (self), PROP_DURATION_MS);
}
