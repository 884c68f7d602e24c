/* dw-project.c: one application: an image repository plus how to run it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "model/dw-project.h"

#include <glib/gi18n-lib.h>

#include "model/dw-enum-types.h"
#include "model/dw-environment.h"
#include "model/dw-model-error.h"
#include "model/dw-validation.h"
#include "model/dw-volumes.h"

struct _DwProject
{
  DwEntity parent_instance;
};

enum
{
  PROP_NAME = DW_ENTITY_N_PROPERTIES,
  PROP_IMAGE,
  PROP_REGISTRY_ID,
  PROP_PORT,
  PROP_HEALTH_KIND,
  PROP_HEALTH_PATH,
  PROP_HEALTH_STATUS,
  PROP_HEALTH_INTERVAL_MS,
  PROP_HEALTH_TIMEOUT_MS,
  PROP_HEALTH_RETRIES,
  PROP_ENV,
  PROP_VOLUMES,
  PROP_COMMAND,
  PROP_NETWORK,
  PROP_RESTART_POLICY,
  PROP_MEMORY_LIMIT_BYTES,
  PROP_CPU_LIMIT_MILLIS,
  PROP_NOTIFICATIONS,
  N_PROPERTIES,
};

G_DEFINE_FINAL_TYPE (DwProject, dw_project, DW_TYPE_ENTITY)

static gboolean
dw_project_validate (DwEntity *entity, GError **error)
{
  DwProject *self = DW_PROJECT (entity);
  const char *command = dw_project_get_command (self);
  g_autoptr (GError) problem = NULL;

  if (!dw_validate_name ("name", dw_project_get_name (self), error) ||
      !dw_validate_image ("image", dw_project_get_image (self), error) ||
      !dw_validate_http_path ("health_path", dw_project_get_health_path (self), error) ||
      !dw_environment_validate (dw_project_get_env (self), error) ||
      !dw_volumes_validate (dw_project_get_volumes (self), error) ||
      !dw_validate_optional_line ("command", command, DW_TEXT_LIMIT, error) ||
      !dw_validate_optional_line ("network", dw_project_get_network (self), 128, error))
    return FALSE;

  if (dw_project_get_health_status (self) != 0 && dw_project_get_health_status (self) < 100)
    {
      g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                   _ ("health_status: %d is no HTTP status; it goes from 100 to 599, or is 0 for "
                      "any of 200 to 399"),
                   dw_project_get_health_status (self));
      return FALSE;
    }

  if (command != NULL && !g_shell_parse_argv (command, NULL, NULL, &problem))
    {
      g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID, _ ("command: %s"),
                   problem->message);
      return FALSE;
    }

  /* The engine's own limit: it refuses less. */
  if (dw_project_get_memory_limit_bytes (self) != 0 &&
      dw_project_get_memory_limit_bytes (self) < 6 * 1024 * 1024)
    {
      g_set_error_literal (
          error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
          _ ("memory_limit_bytes: a container needs at least 6 MiB; 0 is no limit"));
      return FALSE;
    }

  return TRUE;
}

static void
dw_project_class_init (DwProjectClass *klass)
{
  DwEntityClass *entity_class = DW_ENTITY_CLASS (klass);
  GParamSpec *properties[N_PROPERTIES] = {
    [PROP_NAME] = dw_entity_param_string ("name", NULL),
    [PROP_IMAGE] = dw_entity_param_string ("image", NULL),
    [PROP_REGISTRY_ID] = dw_entity_param_string ("registry-id", NULL),
    [PROP_PORT] = dw_entity_param_int ("port", 0, 65535, 0),
    [PROP_HEALTH_KIND] = dw_entity_param_enum ("health-kind", DW_TYPE_HEALTH, DW_HEALTH_NONE),
    [PROP_HEALTH_PATH] = dw_entity_param_string ("health-path", "/"),
    [PROP_HEALTH_STATUS] = dw_entity_param_int ("health-status", 0, 599, 0),
    [PROP_HEALTH_INTERVAL_MS] = dw_entity_param_int ("health-interval-ms", 10, 3600000, 1000),
    [PROP_HEALTH_TIMEOUT_MS] = dw_entity_param_int ("health-timeout-ms", 10, 3600000, 5000),
    [PROP_HEALTH_RETRIES] = dw_entity_param_int ("health-retries", 1, 1000, 30),
    [PROP_ENV] = dw_entity_param_string ("env", "{}"),
    [PROP_VOLUMES] = dw_entity_param_string ("volumes", "[]"),
    [PROP_COMMAND] = dw_entity_param_string ("command", NULL),
    [PROP_NETWORK] = dw_entity_param_string ("network", NULL),
    [PROP_RESTART_POLICY] = dw_entity_param_enum ("restart-policy", DW_TYPE_RESTART,
                                                  DW_RESTART_UNLESS_STOPPED),
    [PROP_MEMORY_LIMIT_BYTES] = dw_entity_param_int64 ("memory-limit-bytes", 0),
    [PROP_CPU_LIMIT_MILLIS] = dw_entity_param_int ("cpu-limit-millis", 0, 1024000, 0),
    [PROP_NOTIFICATIONS] = dw_entity_param_enum ("notifications", DW_TYPE_NOTIFICATIONS,
                                                 DW_NOTIFICATIONS_ALL),
  };

  entity_class->validate = dw_project_validate;
  dw_entity_class_install_properties (entity_class, properties, N_PROPERTIES);
}

static void
dw_project_init (DwProject *self)
{
}

/* its unique name, a DNS label */
const char *
dw_project_get_name (DwProject *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_NAME);
}

/* the image repository, without a tag */
const char *
dw_project_get_image (DwProject *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_IMAGE);
}

/* (nullable): the registry it is watched in */
const char *
dw_project_get_registry_id (DwProject *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_REGISTRY_ID);
}

/* the port it listens on inside the container, or 0 for the one that the image exposes */
int
dw_project_get_port (DwProject *self)
{
  return dw_entity_get_int (DW_ENTITY (self), PROP_PORT);
}

/* how an instance is found healthy */
DwHealth
dw_project_get_health_kind (DwProject *self)
{
  return dw_entity_get_enum (DW_ENTITY (self), PROP_HEALTH_KIND);
}

/* the path of the HTTP health check */
const char *
dw_project_get_health_path (DwProject *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_HEALTH_PATH);
}

/* the HTTP status a healthy instance answers with, or 0 for any of 200 to 399 */
int
dw_project_get_health_status (DwProject *self)
{
  return dw_entity_get_int (DW_ENTITY (self), PROP_HEALTH_STATUS);
}

/* milliseconds from one health attempt to the next */
int
dw_project_get_health_interval_ms (DwProject *self)
{
  return dw_entity_get_int (DW_ENTITY (self), PROP_HEALTH_INTERVAL_MS);
}

/* milliseconds that one health attempt may take */
int
dw_project_get_health_timeout_ms (DwProject *self)
{
  return dw_entity_get_int (DW_ENTITY (self), PROP_HEALTH_TIMEOUT_MS);
}

/* how many health attempts may fail before the deploy does */
int
dw_project_get_health_retries (DwProject *self)
{
  return dw_entity_get_int (DW_ENTITY (self), PROP_HEALTH_RETRIES);
}

/* the environment, a JSON object of strings */
const char *
dw_project_get_env (DwProject *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_ENV);
}

/* the volumes, a JSON array of SOURCE:TARGET[:ro|:rw] */
const char *
dw_project_get_volumes (DwProject *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_VOLUMES);
}

/* (nullable): the command instead of the image's, quoted as for a shell */
const char *
dw_project_get_command (DwProject *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_COMMAND);
}

/* (nullable): the engine's network to join, or %NULL for the setting's */
const char *
dw_project_get_network (DwProject *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_NETWORK);
}

/* when the engine restarts an instance by itself */
DwRestart
dw_project_get_restart_policy (DwProject *self)
{
  return dw_entity_get_enum (DW_ENTITY (self), PROP_RESTART_POLICY);
}

/* the memory an instance may use in bytes, or 0 for no limit */
gint64
dw_project_get_memory_limit_bytes (DwProject *self)
{
  return dw_entity_get_int64 (DW_ENTITY (self), PROP_MEMORY_LIMIT_BYTES);
}

/* the CPU time an instance may use in thousandths of a core, or 0 for no limit */
int
dw_project_get_cpu_limit_millis (DwProject *self)
{
  return dw_entity_get_int (DW_ENTITY (self), PROP_CPU_LIMIT_MILLIS);
}

/* which notifications it gives */
DwNotifications
dw_project_get_notifications (DwProject *self)
{
  return dw_entity_get_enum (DW_ENTITY (self), PROP_NOTIFICATIONS);
}
