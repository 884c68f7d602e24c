/* dw-deploy.c: one attempt to bring one tag to one stage
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "model/dw-deploy.h"

#include "model/dw-enum-types.h"
#include "model/dw-validation.h"

struct _DwDeploy
{
  DwEntity parent_instance;
};

enum
{
  PROP_PROJECT_ID = DW_ENTITY_N_PROPERTIES,
  PROP_STAGE_ID,
  PROP_INSTANCE_ID,
  PROP_IMAGE,
  PROP_TAG,
  PROP_DIGEST,
  PROP_TRIGGER,
  PROP_STATUS,
  PROP_ERROR,
  PROP_STARTED_AT,
  PROP_FINISHED_AT,
  PROP_PROJECT_NAME,
  PROP_STAGE_NAME,
  N_PROPERTIES,
};

G_DEFINE_FINAL_TYPE (DwDeploy, dw_deploy, DW_TYPE_ENTITY)

static gboolean
dw_deploy_validate (DwEntity *entity, GError **error)
{
  DwDeploy *self = DW_DEPLOY (entity);

  return dw_validate_required ("project_id", dw_deploy_get_project_id (self), error) &&
         dw_validate_required ("stage_id", dw_deploy_get_stage_id (self), error) &&
         dw_validate_required ("image", dw_deploy_get_image (self), error);
}

static void
dw_deploy_class_init (DwDeployClass *klass)
{
  DwEntityClass *entity_class = DW_ENTITY_CLASS (klass);
  GParamSpec *properties[N_PROPERTIES] = {
    [PROP_PROJECT_ID] = dw_entity_param_string ("project-id", NULL),
    [PROP_STAGE_ID] = dw_entity_param_string ("stage-id", NULL),
    [PROP_INSTANCE_ID] = dw_entity_param_string ("instance-id", NULL),
    [PROP_IMAGE] = dw_entity_param_string ("image", NULL),
    [PROP_TAG] = dw_entity_param_string ("tag", NULL),
    [PROP_DIGEST] = dw_entity_param_string ("digest", NULL),
    [PROP_TRIGGER] = dw_entity_param_enum ("trigger", DW_TYPE_TRIGGER, DW_TRIGGER_MANUAL),
    [PROP_STATUS] = dw_entity_param_enum ("status", DW_TYPE_DEPLOY_STATUS, DW_DEPLOY_PENDING),
    [PROP_ERROR] = dw_entity_param_string ("error", NULL),
    [PROP_STARTED_AT] = dw_entity_param_string ("started-at", NULL),
    [PROP_FINISHED_AT] = dw_entity_param_string ("finished-at", NULL),
    [PROP_PROJECT_NAME] = dw_entity_param_joined (dw_entity_param_string ("project-name", NULL)),
    [PROP_STAGE_NAME] = dw_entity_param_joined (dw_entity_param_string ("stage-name", NULL)),
  };

  entity_class->validate = dw_deploy_validate;
  dw_entity_class_install_properties (entity_class, properties, N_PROPERTIES);
}

static void
dw_deploy_init (DwDeploy *self)
{
}

/* the project */
const char *
dw_deploy_get_project_id (DwDeploy *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_PROJECT_ID);
}

/* the stage */
const char *
dw_deploy_get_stage_id (DwDeploy *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_STAGE_ID);
}

/* (nullable): the instance that it started or brought back */
const char *
dw_deploy_get_instance_id (DwDeploy *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_INSTANCE_ID);
}

/* the image repository, without a tag */
const char *
dw_deploy_get_image (DwDeploy *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_IMAGE);
}

/* (nullable): the tag, or %NULL when a digest was asked for */
const char *
dw_deploy_get_tag (DwDeploy *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_TAG);
}

/* (nullable): the digest, or %NULL until the tag is resolved */
const char *
dw_deploy_get_digest (DwDeploy *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_DIGEST);
}

/* what asked for it */
DwTrigger
dw_deploy_get_trigger (DwDeploy *self)
{
  return dw_entity_get_enum (DW_ENTITY (self), PROP_TRIGGER);
}

/* how far it has come */
DwDeployStatus
dw_deploy_get_status (DwDeploy *self)
{
  return dw_entity_get_enum (DW_ENTITY (self), PROP_STATUS);
}

/* (nullable): why it did not succeed */
const char *
dw_deploy_get_error (DwDeploy *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_ERROR);
}

/* (nullable): when it left the queue */
const char *
dw_deploy_get_started_at (DwDeploy *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_STARTED_AT);
}

/* (nullable): when it ended */
const char *
dw_deploy_get_finished_at (DwDeploy *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_FINISHED_AT);
}

/* (nullable): the project's name, where a list of the history says it; it is not stored here */
const char *
dw_deploy_get_project_name (DwDeploy *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_PROJECT_NAME);
}

/* (nullable): the stage's name, where a list of the history says it; it is not stored here */
const char *
dw_deploy_get_stage_name (DwDeploy *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_STAGE_NAME);
}
