/* dw-stage.c: a place where a project runs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "model/dw-stage.h"

#include "model/dw-enum-types.h"
#include "model/dw-environment.h"
#include "model/dw-tag-policy.h"
#include "model/dw-validation.h"
#include "model/dw-volumes.h"

struct _DwStage
{
  DwEntity parent_instance;
};

enum
{
  PROP_PROJECT_ID = DW_ENTITY_N_PROPERTIES,
  PROP_NAME,
  PROP_POSITION,
  PROP_POLICY_KIND,
  PROP_POLICY_PATTERN,
  PROP_AUTO_DEPLOY,
  PROP_CONFIRM,
  PROP_KEEP,
  PROP_HOST_PORT,
  PROP_DOMAIN,
  PROP_ENV,
  PROP_VOLUMES,
  PROP_CURRENT_INSTANCE_ID,
  N_PROPERTIES,
};

G_DEFINE_FINAL_TYPE (DwStage, dw_stage, DW_TYPE_ENTITY)

static gboolean
validate_policy (DwStage *self, GError **error)
{
  g_autoptr (DwTagPolicy) policy = dw_tag_policy_new (dw_stage_get_policy_kind (self),
                                                      dw_stage_get_policy_pattern (self), error);

  if (policy == NULL)
    g_prefix_error (error, "policy_pattern: ");

  return policy != NULL;
}

static gboolean
dw_stage_validate (DwEntity *entity, GError **error)
{
  DwStage *self = DW_STAGE (entity);

  return dw_validate_required ("project_id", dw_stage_get_project_id (self), error) &&
         dw_validate_name ("name", dw_stage_get_name (self), error) &&
         validate_policy (self, error) &&
         dw_validate_optional_domain ("domain", dw_stage_get_domain (self), error) &&
         dw_environment_validate (dw_stage_get_env (self), error) &&
         dw_volumes_validate (dw_stage_get_volumes (self), error);
}

static void
dw_stage_class_init (DwStageClass *klass)
{
  DwEntityClass *entity_class = DW_ENTITY_CLASS (klass);
  GParamSpec *properties[N_PROPERTIES] = {
    [PROP_PROJECT_ID] = dw_entity_param_state (dw_entity_param_string ("project-id", NULL)),
    [PROP_NAME] = dw_entity_param_string ("name", NULL),
    [PROP_POSITION] = dw_entity_param_int ("position", 0, 1000000, 0),
    [PROP_POLICY_KIND] = dw_entity_param_enum ("policy-kind", DW_TYPE_TAG_POLICY_KIND,
                                               DW_TAG_POLICY_SEMVER),
    [PROP_POLICY_PATTERN] = dw_entity_param_string ("policy-pattern", "*"),
    [PROP_AUTO_DEPLOY] = dw_entity_param_boolean ("auto-deploy", FALSE),
    [PROP_CONFIRM] = dw_entity_param_boolean ("confirm", FALSE),
    [PROP_KEEP] = dw_entity_param_int ("keep", 0, 100, 1),
    [PROP_HOST_PORT] = dw_entity_param_int ("host-port", 0, 65535, 0),
    [PROP_DOMAIN] = dw_entity_param_string ("domain", NULL),
    [PROP_ENV] = dw_entity_param_string ("env", "{}"),
    [PROP_VOLUMES] = dw_entity_param_string ("volumes", "[]"),
    [PROP_CURRENT_INSTANCE_ID] = dw_entity_param_state (
        dw_entity_param_string ("current-instance-id", NULL)),
  };

  entity_class->validate = dw_stage_validate;
  dw_entity_class_install_properties (entity_class, properties, N_PROPERTIES);
}

static void
dw_stage_init (DwStage *self)
{
}

/* the project */
const char *
dw_stage_get_project_id (DwStage *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_PROJECT_ID);
}

/* its name, a DNS label that is unique in the project */
const char *
dw_stage_get_name (DwStage *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_NAME);
}

/* its place in the promotion order, from 0 */
int
dw_stage_get_position (DwStage *self)
{
  return dw_entity_get_int (DW_ENTITY (self), PROP_POSITION);
}

/* how the pattern is read */
DwTagPolicyKind
dw_stage_get_policy_kind (DwStage *self)
{
  return dw_entity_get_enum (DW_ENTITY (self), PROP_POLICY_KIND);
}

/* which tags it follows */
const char *
dw_stage_get_policy_pattern (DwStage *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_POLICY_PATTERN);
}

/* whether a new tag deploys itself */
gboolean
dw_stage_get_auto_deploy (DwStage *self)
{
  return dw_entity_get_boolean (DW_ENTITY (self), PROP_AUTO_DEPLOY);
}

/* whether a new tag is asked about first */
gboolean
dw_stage_get_confirm (DwStage *self)
{
  return dw_entity_get_boolean (DW_ENTITY (self), PROP_CONFIRM);
}

/* how many retired instances stay for an instant rollback */
int
dw_stage_get_keep (DwStage *self)
{
  return dw_entity_get_int (DW_ENTITY (self), PROP_KEEP);
}

/* the port on this machine, or 0 for any free one */
int
dw_stage_get_host_port (DwStage *self)
{
  return dw_entity_get_int (DW_ENTITY (self), PROP_HOST_PORT);
}

/* (nullable): the host name it is reached by through a proxy */
const char *
dw_stage_get_domain (DwStage *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_DOMAIN);
}

/* what the stage adds to the project's environment or overrides in it */
const char *
dw_stage_get_env (DwStage *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_ENV);
}

/* what the stage adds to the project's volumes or overrides by target */
const char *
dw_stage_get_volumes (DwStage *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_VOLUMES);
}

/* (nullable): the instance that serves now */
const char *
dw_stage_get_current_instance_id (DwStage *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_CURRENT_INSTANCE_ID);
}
