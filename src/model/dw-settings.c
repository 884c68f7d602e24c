/* dw-settings.c: the choices that hold for the whole program
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "model/dw-settings.h"

#include "model/dw-enum-types.h"
#include "model/dw-schedule.h"
#include "model/dw-validation.h"

struct _DwSettings
{
  DwEntity parent_instance;
};

enum
{
  PROP_ENGINE_ADDRESS = DW_ENTITY_N_PROPERTIES,
  PROP_DEFAULT_SCHEDULE,
  PROP_PROXY_KIND,
  PROP_PROXY_ADDRESS,
  PROP_PROXY_USER,
  PROP_BASE_DOMAIN,
  PROP_NETWORK,
  PROP_WEBHOOK_ENABLED,
  PROP_WEBHOOK_PORT,
  PROP_NOTIFY_SUCCESS,
  PROP_NOTIFY_FAILURE,
  PROP_NOTIFY_UPDATE,
  PROP_OUTGOING_WEBHOOK_URL,
  PROP_HISTORY_RETENTION_DAYS,
  PROP_MAX_PARALLEL_DEPLOYS,
  PROP_KEEP_WATCHING,
  PROP_START_AT_LOGIN,
  N_PROPERTIES,
};

G_DEFINE_FINAL_TYPE (DwSettings, dw_settings, DW_TYPE_ENTITY)

static gboolean
dw_settings_validate (DwEntity *entity, GError **error)
{
  DwSettings *self = DW_SETTINGS (entity);
  const char *url = dw_settings_get_outgoing_webhook_url (self);

  return dw_validate_optional_line ("engine_address", dw_settings_get_engine_address (self), 4096,
                                    error) &&
         dw_schedule_validate ("default_schedule", dw_settings_get_default_schedule (self),
                               error) &&
         dw_validate_optional_line ("proxy_address", dw_settings_get_proxy_address (self), 4096,
                                    error) &&
         dw_validate_optional_line ("proxy_user", dw_settings_get_proxy_user (self), 256, error) &&
         dw_validate_optional_domain ("base_domain", dw_settings_get_base_domain (self), error) &&
         dw_validate_optional_line ("network", dw_settings_get_network (self), 128, error) &&
         (url == NULL || dw_validate_http_url ("outgoing_webhook_url", url, error));
}

static void
dw_settings_class_init (DwSettingsClass *klass)
{
  DwEntityClass *entity_class = DW_ENTITY_CLASS (klass);
  GParamSpec *properties[N_PROPERTIES] = {
    [PROP_ENGINE_ADDRESS] = dw_entity_param_string ("engine-address", NULL),
    [PROP_DEFAULT_SCHEDULE] = dw_entity_param_string ("default-schedule", "@every 5m"),
    [PROP_PROXY_KIND] = dw_entity_param_enum ("proxy-kind", DW_TYPE_PROXY_KIND, DW_PROXY_KIND_NONE),
    [PROP_PROXY_ADDRESS] = dw_entity_param_string ("proxy-address", NULL),
    [PROP_PROXY_USER] = dw_entity_param_string ("proxy-user", NULL),
    [PROP_BASE_DOMAIN] = dw_entity_param_string ("base-domain", NULL),
    [PROP_NETWORK] = dw_entity_param_string ("network", NULL),
    [PROP_WEBHOOK_ENABLED] = dw_entity_param_boolean ("webhook-enabled", FALSE),
    [PROP_WEBHOOK_PORT] = dw_entity_param_int ("webhook-port", 1, 65535, 9339),
    [PROP_NOTIFY_SUCCESS] = dw_entity_param_boolean ("notify-success", TRUE),
    [PROP_NOTIFY_FAILURE] = dw_entity_param_boolean ("notify-failure", TRUE),
    [PROP_NOTIFY_UPDATE] = dw_entity_param_boolean ("notify-update", TRUE),
    [PROP_OUTGOING_WEBHOOK_URL] = dw_entity_param_string ("outgoing-webhook-url", NULL),
    [PROP_HISTORY_RETENTION_DAYS] = dw_entity_param_int ("history-retention-days", 0, 36500, 0),
    [PROP_MAX_PARALLEL_DEPLOYS] = dw_entity_param_int ("max-parallel-deploys", 1, 64, 2),
    [PROP_KEEP_WATCHING] = dw_entity_param_boolean ("keep-watching", FALSE),
    [PROP_START_AT_LOGIN] = dw_entity_param_boolean ("start-at-login", FALSE),
  };

  entity_class->validate = dw_settings_validate;
  dw_entity_class_install_properties (entity_class, properties, N_PROPERTIES);
}

static void
dw_settings_init (DwSettings *self)
{
}

/* (nullable): the engine's address, or %NULL to find it */
const char *
dw_settings_get_engine_address (DwSettings *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_ENGINE_ADDRESS);
}

/* when registries are polled that say nothing else */
const char *
dw_settings_get_default_schedule (DwSettings *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_DEFAULT_SCHEDULE);
}

/* which reverse proxy takes the routes */
DwProxyKind
dw_settings_get_proxy_kind (DwSettings *self)
{
  return dw_entity_get_enum (DW_ENTITY (self), PROP_PROXY_KIND);
}

/* (nullable): where its interface for programs is */
const char *
dw_settings_get_proxy_address (DwSettings *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_PROXY_ADDRESS);
}

/* (nullable): who signs in there; the secret is in the keyring */
const char *
dw_settings_get_proxy_user (DwSettings *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_PROXY_USER);
}

/* (nullable): what a stage's own name is put before */
const char *
dw_settings_get_base_domain (DwSettings *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_BASE_DOMAIN);
}

/* (nullable): the engine's network that instances join */
const char *
dw_settings_get_network (DwSettings *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_NETWORK);
}

/* whether the webhook listener runs */
gboolean
dw_settings_get_webhook_enabled (DwSettings *self)
{
  return dw_entity_get_boolean (DW_ENTITY (self), PROP_WEBHOOK_ENABLED);
}

/* the loopback port it listens on */
int
dw_settings_get_webhook_port (DwSettings *self)
{
  return dw_entity_get_int (DW_ENTITY (self), PROP_WEBHOOK_PORT);
}

/* whether a success is notified */
gboolean
dw_settings_get_notify_success (DwSettings *self)
{
  return dw_entity_get_boolean (DW_ENTITY (self), PROP_NOTIFY_SUCCESS);
}

/* whether a failure is notified */
gboolean
dw_settings_get_notify_failure (DwSettings *self)
{
  return dw_entity_get_boolean (DW_ENTITY (self), PROP_NOTIFY_FAILURE);
}

/* whether a newer version is notified */
gboolean
dw_settings_get_notify_update (DwSettings *self)
{
  return dw_entity_get_boolean (DW_ENTITY (self), PROP_NOTIFY_UPDATE);
}

/* (nullable): where events are posted to */
const char *
dw_settings_get_outgoing_webhook_url (DwSettings *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_OUTGOING_WEBHOOK_URL);
}

/* days that ended deploys are kept, or 0 for always */
int
dw_settings_get_history_retention_days (DwSettings *self)
{
  return dw_entity_get_int (DW_ENTITY (self), PROP_HISTORY_RETENTION_DAYS);
}

/* how many stages deploy side by side */
int
dw_settings_get_max_parallel_deploys (DwSettings *self)
{
  return dw_entity_get_int (DW_ENTITY (self), PROP_MAX_PARALLEL_DEPLOYS);
}

/* whether it goes on when its window is closed */
gboolean
dw_settings_get_keep_watching (DwSettings *self)
{
  return dw_entity_get_boolean (DW_ENTITY (self), PROP_KEEP_WATCHING);
}

/* whether it starts, without a window, when the user signs in */
gboolean
dw_settings_get_start_at_login (DwSettings *self)
{
  return dw_entity_get_boolean (DW_ENTITY (self), PROP_START_AT_LOGIN);
}
