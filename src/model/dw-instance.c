/* dw-instance.c: one container that a deploy started
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "model/dw-instance.h"

#include "model/dw-enum-types.h"
#include "model/dw-validation.h"

struct _DwInstance
{
  DwEntity parent_instance;
};

enum
{
  PROP_STAGE_ID = DW_ENTITY_N_PROPERTIES,
  PROP_DEPLOY_ID,
  PROP_CONTAINER_ID,
  PROP_CONTAINER_NAME,
  PROP_IMAGE,
  PROP_TAG,
  PROP_DIGEST,
  PROP_HOST_PORT,
  PROP_DOMAIN,
  PROP_ROUTE_ID,
  PROP_STATUS,
  PROP_PROJECT_ID,
  PROP_PROJECT_NAME,
  PROP_STAGE_NAME,
  N_PROPERTIES,
};

G_DEFINE_FINAL_TYPE (DwInstance, dw_instance, DW_TYPE_ENTITY)

static gboolean
dw_instance_validate (DwEntity *entity, GError **error)
{
  DwInstance *self = DW_INSTANCE (entity);

  return dw_validate_required ("stage_id", dw_instance_get_stage_id (self), error) &&
         dw_validate_required ("deploy_id", dw_instance_get_deploy_id (self), error) &&
         dw_validate_required ("image", dw_instance_get_image (self), error) &&
         dw_validate_required ("digest", dw_instance_get_digest (self), error);
}

static void
dw_instance_class_init (DwInstanceClass *klass)
{
  DwEntityClass *entity_class = DW_ENTITY_CLASS (klass);
  GParamSpec *properties[N_PROPERTIES] = {
    [PROP_STAGE_ID] = dw_entity_param_string ("stage-id", NULL),
    [PROP_DEPLOY_ID] = dw_entity_param_string ("deploy-id", NULL),
    [PROP_CONTAINER_ID] = dw_entity_param_string ("container-id", NULL),
    [PROP_CONTAINER_NAME] = dw_entity_param_string ("container-name", NULL),
    [PROP_IMAGE] = dw_entity_param_string ("image", NULL),
    [PROP_TAG] = dw_entity_param_string ("tag", NULL),
    [PROP_DIGEST] = dw_entity_param_string ("digest", NULL),
    [PROP_HOST_PORT] = dw_entity_param_int ("host-port", 0, 65535, 0),
    [PROP_DOMAIN] = dw_entity_param_string ("domain", NULL),
    [PROP_ROUTE_ID] = dw_entity_param_string ("route-id", NULL),
    [PROP_STATUS] = dw_entity_param_enum ("status", DW_TYPE_INSTANCE_STATUS, DW_INSTANCE_RUNNING),
    [PROP_PROJECT_ID] = dw_entity_param_joined (dw_entity_param_string ("project-id", NULL)),
    [PROP_PROJECT_NAME] = dw_entity_param_joined (dw_entity_param_string ("project-name", NULL)),
    [PROP_STAGE_NAME] = dw_entity_param_joined (dw_entity_param_string ("stage-name", NULL)),
  };

  entity_class->validate = dw_instance_validate;
  dw_entity_class_install_properties (entity_class, properties, N_PROPERTIES);
}

static void
dw_instance_init (DwInstance *self)
{
}

/* the stage it runs for */
const char *
dw_instance_get_stage_id (DwInstance *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_STAGE_ID);
}

/* the deploy that started it */
const char *
dw_instance_get_deploy_id (DwInstance *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_DEPLOY_ID);
}

/* (nullable): the engine's id of the container */
const char *
dw_instance_get_container_id (DwInstance *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_CONTAINER_ID);
}

/* (nullable): the container's name */
const char *
dw_instance_get_container_name (DwInstance *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_CONTAINER_NAME);
}

/* the image repository, without a tag */
const char *
dw_instance_get_image (DwInstance *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_IMAGE);
}

/* (nullable): the tag that was asked for */
const char *
dw_instance_get_tag (DwInstance *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_TAG);
}

/* the digest that the tag stood for */
const char *
dw_instance_get_digest (DwInstance *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_DIGEST);
}

/* the port on this machine, or 0 while there is none */
int
dw_instance_get_host_port (DwInstance *self)
{
  return dw_entity_get_int (DW_ENTITY (self), PROP_HOST_PORT);
}

/* (nullable): the host name of its route */
const char *
dw_instance_get_domain (DwInstance *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_DOMAIN);
}

/* (nullable): the proxy's id of its route */
const char *
dw_instance_get_route_id (DwInstance *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_ROUTE_ID);
}

/* what was last done with it */
DwInstanceStatus
dw_instance_get_status (DwInstance *self)
{
  return dw_entity_get_enum (DW_ENTITY (self), PROP_STATUS);
}

/* (nullable): its stage's project, where a list of instances says it; it is not stored here */
const char *
dw_instance_get_project_id (DwInstance *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_PROJECT_ID);
}

/* (nullable): the project's name, where a list of instances says it; it is not stored here */
const char *
dw_instance_get_project_name (DwInstance *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_PROJECT_NAME);
}

/* (nullable): the stage's name, where a list of instances says it; it is not stored here */
const char *
dw_instance_get_stage_name (DwInstance *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_STAGE_NAME);
}
