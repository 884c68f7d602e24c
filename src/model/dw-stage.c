/* dw-stage.c: a place where a project runs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "model/dw-stage.h"

#include "model/dw-enum-types.h"
#include "model/dw-environment.h"
#include "model/dw-hours.h"
#include "model/dw-model-error.h"
#include "model/dw-tag-policy.h"
#include "model/dw-validation.h"
#include "model/dw-volumes.h"

/* Ten years */
#define LONGEST_AGE_S (10 * 366 * 24 * 60 * 60)

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
  PROP_POLICY_INCLUDE,
  PROP_POLICY_EXCLUDE,
  PROP_MINIMUM_AGE_S,
  PROP_ALLOWED_HOURS,
  PROP_PRE_PULL,
  PROP_SNOOZED_UNTIL,
  PROP_DECLINED_DIGEST,
  PROP_NEWER_STATE,
  PROP_NEWER_TAG,
  PROP_NEWER_DIGEST,
  PROP_NEWER_SINCE,
  PROP_NEWER_UNTIL,
  PROP_RELEASE_COMMAND,
  PROP_RELEASE_TIMEOUT_SECONDS,
  PROP_DRAIN_SECONDS,
  PROP_WATCH_SECONDS,
  PROP_CANARY_PERCENT,
  PROP_CANARY_SECONDS,
  PROP_ROUTE_PLACES,
  N_PROPERTIES,
};

G_DEFINE_FINAL_TYPE (DwStage, dw_stage, DW_TYPE_ENTITY)

static gboolean
validate_policy (DwStage *self, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (DwTagPolicy) policy = dw_stage_read_policy (self, &problem);

  if (policy != NULL)
    return TRUE;

  /* The two that narrow it name their fields themselves. */
  if (g_str_has_prefix (problem->message, "policy_"))
    g_propagate_error (error, g_steal_pointer (&problem));
  else
    g_propagate_prefixed_error (error, g_steal_pointer (&problem), "policy_pattern: ");
  return FALSE;
}

static gboolean
validate_hours (const char *text, GError **error)
{
  g_autoptr (DwHours) hours = NULL;

  if (text == NULL)
    return TRUE;

  hours = dw_hours_parse (text, error);
  if (hours == NULL)
    g_prefix_error (error, "allowed_hours: ");

  return hours != NULL;
}

/* It is split into arguments as a shell does it, but no shell runs it. */
static gboolean
validate_release_command (DwStage *self, GError **error)
{
  const char *command = dw_stage_get_release_command (self);
  g_autoptr (GError) problem = NULL;

  if (!dw_validate_optional_line ("release_command", command, 4096, error))
    return FALSE;
  if (command == NULL || g_shell_parse_argv (command, NULL, NULL, &problem))
    return TRUE;

  g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID, "release_command: %s",
               problem->message);
  return FALSE;
}

static gboolean
dw_stage_validate (DwEntity *entity, GError **error)
{
  DwStage *self = DW_STAGE (entity);

  return dw_validate_required ("project_id", dw_stage_get_project_id (self), error) &&
         dw_validate_name ("name", dw_stage_get_name (self), error) &&
         validate_policy (self, error) &&
         validate_hours (dw_stage_get_allowed_hours (self), error) &&
         dw_validate_optional_domain ("domain", dw_stage_get_domain (self), error) &&
         dw_environment_validate (dw_stage_get_env (self), error) &&
         dw_volumes_validate (dw_stage_get_volumes (self), error) &&
         validate_release_command (self, error);
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
    [PROP_POLICY_INCLUDE] = dw_entity_param_string ("policy-include", NULL),
    [PROP_POLICY_EXCLUDE] = dw_entity_param_string ("policy-exclude", NULL),
    [PROP_MINIMUM_AGE_S] = dw_entity_param_int ("minimum-age-s", 0, LONGEST_AGE_S, 0),
    [PROP_ALLOWED_HOURS] = dw_entity_param_string ("allowed-hours", NULL),
    [PROP_PRE_PULL] = dw_entity_param_boolean ("pre-pull", FALSE),
    [PROP_SNOOZED_UNTIL] = dw_entity_param_state (dw_entity_param_string ("snoozed-until", NULL)),
    [PROP_DECLINED_DIGEST] = dw_entity_param_state (
        dw_entity_param_string ("declined-digest", NULL)),
    [PROP_NEWER_STATE] = dw_entity_param_state (
        dw_entity_param_enum ("newer-state", DW_TYPE_NEWER_STATE, DW_NEWER_NONE)),
    [PROP_NEWER_TAG] = dw_entity_param_state (dw_entity_param_string ("newer-tag", NULL)),
    [PROP_NEWER_DIGEST] = dw_entity_param_state (dw_entity_param_string ("newer-digest", NULL)),
    [PROP_NEWER_SINCE] = dw_entity_param_state (dw_entity_param_string ("newer-since", NULL)),
    [PROP_NEWER_UNTIL] = dw_entity_param_state (dw_entity_param_string ("newer-until", NULL)),
    [PROP_RELEASE_COMMAND] = dw_entity_param_string ("release-command", NULL),
    [PROP_RELEASE_TIMEOUT_SECONDS] = dw_entity_param_int ("release-timeout-seconds", 1, 86400, 600),
    [PROP_DRAIN_SECONDS] = dw_entity_param_int ("drain-seconds", 0, 86400, 30),
    [PROP_WATCH_SECONDS] = dw_entity_param_int ("watch-seconds", 0, 86400, 30),
    [PROP_CANARY_PERCENT] = dw_entity_param_int ("canary-percent", 0, 99, 0),
    [PROP_CANARY_SECONDS] = dw_entity_param_int ("canary-seconds", 1, 86400, 60),
    [PROP_ROUTE_PLACES] = dw_entity_param_state (dw_entity_param_string ("route-places", "[]")),
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

/* (nullable): an expression that a tag must hold to be followed */
const char *
dw_stage_get_policy_include (DwStage *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_POLICY_INCLUDE);
}

/* (nullable): one that it must not hold */
const char *
dw_stage_get_policy_exclude (DwStage *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_POLICY_EXCLUDE);
}

/* how long a version must have been there before it is taken */
int
dw_stage_get_minimum_age_s (DwStage *self)
{
  return dw_entity_get_int (DW_ENTITY (self), PROP_MINIMUM_AGE_S);
}

/* (nullable): when a version may deploy itself, as dw_hours_parse() reads it */
const char *
dw_stage_get_allowed_hours (DwStage *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_ALLOWED_HOURS);
}

/* whether a newer version is pulled as soon as it is seen */
gboolean
dw_stage_get_pre_pull (DwStage *self)
{
  return dw_entity_get_boolean (DW_ENTITY (self), PROP_PRE_PULL);
}

/* (nullable): until when nobody wants to hear of a newer version */
const char *
dw_stage_get_snoozed_until (DwStage *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_SNOOZED_UNTIL);
}

/* (nullable): the version that somebody did not want when asked */
const char *
dw_stage_get_declined_digest (DwStage *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_DECLINED_DIGEST);
}

/* whether there is a newer version, and what becomes of it */
DwNewerState
dw_stage_get_newer_state (DwStage *self)
{
  return dw_entity_get_enum (DW_ENTITY (self), PROP_NEWER_STATE);
}

/* (nullable): the tag of the newer version */
const char *
dw_stage_get_newer_tag (DwStage *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_NEWER_TAG);
}

/* (nullable): its digest, once it is known */
const char *
dw_stage_get_newer_digest (DwStage *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_NEWER_DIGEST);
}

/* (nullable): when it was first seen */
const char *
dw_stage_get_newer_since (DwStage *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_NEWER_SINCE);
}

/* (nullable): until when it waits by itself */
const char *
dw_stage_get_newer_until (DwStage *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_NEWER_UNTIL);
}

/* the proxies in which it has or had a route, as JSON */
const char *
dw_stage_get_route_places (DwStage *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_ROUTE_PLACES);
}

/* Returns: whether there is a newer version that only a person brings here */
gboolean
dw_stage_awaits_person (DwStage *self)
{
  DwNewerState state = dw_stage_get_newer_state (self);

  return state == DW_NEWER_SHOWN || state == DW_NEWER_ASKS;
}

/**
 * dw_stage_read_policy:
 * @self: a stage
 * @error: DW_MODEL_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): which tags it follows, with all that narrows them
 */
DwTagPolicy *
dw_stage_read_policy (DwStage *self, GError **error)
{
  return dw_tag_policy_new_filtered (
      dw_stage_get_policy_kind (self), dw_stage_get_policy_pattern (self),
      dw_stage_get_policy_include (self), dw_stage_get_policy_exclude (self), error);
}

/* (nullable): what runs once, in a container of the new image, before the new instance starts */
const char *
dw_stage_get_release_command (DwStage *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_RELEASE_COMMAND);
}

/* how long that may take */
int
dw_stage_get_release_timeout_seconds (DwStage *self)
{
  return dw_entity_get_int (DW_ENTITY (self), PROP_RELEASE_TIMEOUT_SECONDS);
}

/* how long the old instance has for its open requests after the route moved */
int
dw_stage_get_drain_seconds (DwStage *self)
{
  return dw_entity_get_int (DW_ENTITY (self), PROP_DRAIN_SECONDS);
}

/* how long a new version that serves is watched, and taken back when it turns bad; 0: not at all */
int
dw_stage_get_watch_seconds (DwStage *self)
{
  return dw_entity_get_int (DW_ENTITY (self), PROP_WATCH_SECONDS);
}

/* the part of the requests that a new version gets at first, or 0 for all at once */
int
dw_stage_get_canary_percent (DwStage *self)
{
  return dw_entity_get_int (DW_ENTITY (self), PROP_CANARY_PERCENT);
}

/* how long it gets only those */
int
dw_stage_get_canary_seconds (DwStage *self)
{
  return dw_entity_get_int (DW_ENTITY (self), PROP_CANARY_SECONDS);
}
