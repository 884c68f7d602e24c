/* dw-deploy-log.c: one line of what a deploy did
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "model/dw-deploy-log.h"

#include "model/dw-enum-types.h"
#include "model/dw-validation.h"

struct _DwDeployLog
{
  DwEntity parent_instance;
};

enum
{
  PROP_DEPLOY_ID = DW_ENTITY_N_PROPERTIES,
  PROP_LEVEL,
  PROP_PHASE,
  PROP_MESSAGE,
  N_PROPERTIES,
};

G_DEFINE_FINAL_TYPE (DwDeployLog, dw_deploy_log, DW_TYPE_ENTITY)

static gboolean
dw_deploy_log_validate (DwEntity *entity, GError **error)
{
  DwDeployLog *self = DW_DEPLOY_LOG (entity);

  return dw_validate_required ("deploy_id", dw_deploy_log_get_deploy_id (self), error) &&
         dw_validate_required ("message", dw_deploy_log_get_message (self), error);
}

static void
dw_deploy_log_class_init (DwDeployLogClass *klass)
{
  DwEntityClass *entity_class = DW_ENTITY_CLASS (klass);
  GParamSpec *properties[N_PROPERTIES] = {
    [PROP_DEPLOY_ID] = dw_entity_param_string ("deploy-id", NULL),
    [PROP_LEVEL] = dw_entity_param_enum ("level", DW_TYPE_LOG_LEVEL, DW_LOG_INFO),
    [PROP_PHASE] = dw_entity_param_enum ("phase", DW_TYPE_DEPLOY_STATUS, DW_DEPLOY_PENDING),
    [PROP_MESSAGE] = dw_entity_param_string ("message", NULL),
  };

  entity_class->validate = dw_deploy_log_validate;
  dw_entity_class_install_properties (entity_class, properties, N_PROPERTIES);
}

static void
dw_deploy_log_init (DwDeployLog *self)
{
}

/* the deploy */
const char *
dw_deploy_log_get_deploy_id (DwDeployLog *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_DEPLOY_ID);
}

/* how much it matters */
DwLogLevel
dw_deploy_log_get_level (DwDeployLog *self)
{
  return dw_entity_get_enum (DW_ENTITY (self), PROP_LEVEL);
}

/* what the deploy was at */
DwDeployStatus
dw_deploy_log_get_phase (DwDeployLog *self)
{
  return dw_entity_get_enum (DW_ENTITY (self), PROP_PHASE);
}

/* what happened */
const char *
dw_deploy_log_get_message (DwDeployLog *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_MESSAGE);
}
