/* dw-registry.c: a container registry that is watched
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "model/dw-registry.h"

#include "model/dw-enum-types.h"
#include "model/dw-schedule.h"
#include "model/dw-validation.h"

struct _DwRegistry
{
  DwEntity parent_instance;
};

enum
{
  PROP_NAME = DW_ENTITY_N_PROPERTIES,
  PROP_URL,
  PROP_KIND,
  PROP_USERNAME,
  PROP_SCHEDULE,
  PROP_ENABLED,
  PROP_LAST_CHECKED_AT,
  PROP_LAST_ERROR,
  N_PROPERTIES,
};

G_DEFINE_FINAL_TYPE (DwRegistry, dw_registry, DW_TYPE_ENTITY)

static gboolean
dw_registry_validate (DwEntity *entity, GError **error)
{
  DwRegistry *self = DW_REGISTRY (entity);

  return dw_validate_line ("name", dw_registry_get_name (self), 100, error) &&
         dw_validate_http_url ("url", dw_registry_get_url (self), error) &&
         dw_validate_optional_line ("username", dw_registry_get_username (self), 256, error) &&
         (dw_registry_get_schedule (self) == NULL ||
          dw_schedule_validate ("schedule", dw_registry_get_schedule (self), error));
}

static void
dw_registry_class_init (DwRegistryClass *klass)
{
  DwEntityClass *entity_class = DW_ENTITY_CLASS (klass);
  GParamSpec *properties[N_PROPERTIES] = {
    [PROP_NAME] = dw_entity_param_string ("name", NULL),
    [PROP_URL] = dw_entity_param_string ("url", NULL),
    [PROP_KIND] = dw_entity_param_enum ("kind", DW_TYPE_REGISTRY_KIND, DW_REGISTRY_KIND_GENERIC),
    [PROP_USERNAME] = dw_entity_param_string ("username", NULL),
    [PROP_SCHEDULE] = dw_entity_param_string ("schedule", NULL),
    [PROP_ENABLED] = dw_entity_param_boolean ("enabled", TRUE),
    [PROP_LAST_CHECKED_AT] = dw_entity_param_state (
        dw_entity_param_string ("last-checked-at", NULL)),
    [PROP_LAST_ERROR] = dw_entity_param_state (dw_entity_param_string ("last-error", NULL)),
  };

  entity_class->validate = dw_registry_validate;
  dw_entity_class_install_properties (entity_class, properties, N_PROPERTIES);
}

static void
dw_registry_init (DwRegistry *self)
{
}

/* its unique name */
const char *
dw_registry_get_name (DwRegistry *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_NAME);
}

/* its address; one that begins with http:// is the explicit choice of plain HTTP */
const char *
dw_registry_get_url (DwRegistry *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_URL);
}

/* whose sign-in rules it follows */
DwRegistryKind
dw_registry_get_kind (DwRegistry *self)
{
  return dw_entity_get_enum (DW_ENTITY (self), PROP_KIND);
}

/* (nullable): who signs in; the secret is in the keyring under the id */
const char *
dw_registry_get_username (DwRegistry *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_USERNAME);
}

/* (nullable): when it is polled, or %NULL for the default schedule */
const char *
dw_registry_get_schedule (DwRegistry *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_SCHEDULE);
}

/* whether it is watched */
gboolean
dw_registry_get_enabled (DwRegistry *self)
{
  return dw_entity_get_boolean (DW_ENTITY (self), PROP_ENABLED);
}

/* (nullable): when it last answered or failed */
const char *
dw_registry_get_last_checked_at (DwRegistry *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_LAST_CHECKED_AT);
}

/* (nullable): what was wrong then */
const char *
dw_registry_get_last_error (DwRegistry *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_LAST_ERROR);
}
