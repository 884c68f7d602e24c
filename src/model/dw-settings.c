/* dw-settings.c: the choices that hold for the whole program
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "model/dw-settings.h"

#include <glib/gi18n-lib.h>

#include "model/dw-enum-types.h"
#include "model/dw-image-reference.h"
#include "model/dw-model-error.h"
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
  PROP_PROXY_STRICT,
  PROP_PROXY_FORWARD_HOST,
  PROP_PROXY_CERTIFICATE,
  PROP_PROXY_ENTRYPOINT,
  PROP_GATEWAY_IMAGE,
  PROP_GATEWAY_ADDRESS,
  PROP_GATEWAY_PORT,
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
  PROP_OUTGOING_WEBHOOK_KIND,
  PROP_OUTGOING_WEBHOOK_ERROR,
  PROP_OUTGOING_WEBHOOK_FAILED_AT,
  N_PROPERTIES,
};

G_DEFINE_FINAL_TYPE (DwSettings, dw_settings, DW_TYPE_ENTITY)

/* They go into labels and addresses as they are. */
static gboolean
validate_word (const char *field, const char *value, GError **error)
{
  if (value == NULL || g_regex_match_simple ("^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,252}$", value,
                                             G_REGEX_DOLLAR_ENDONLY, 0))
    return TRUE;

  g_autofree char *shown = dw_model_quote (value);
  g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
               _ ("%s: %s is no name; it may have letters, digits, “.”, “-”, “_” and “:”"), field,
               shown);
  return FALSE;
}

static gboolean
validate_proxy (DwSettings *self, GError **error)
{
  return validate_word ("proxy_forward_host", dw_settings_get_proxy_forward_host (self), error) &&
         validate_word ("proxy_certificate", dw_settings_get_proxy_certificate (self), error) &&
         validate_word ("proxy_entrypoint", dw_settings_get_proxy_entrypoint (self), error);
}

static gboolean
validate_gateway (DwSettings *self, GError **error)
{
  const char *address = dw_settings_get_gateway_address (self);
  g_autoptr (DwImageReference) image = NULL;

  if (!dw_validate_required ("gateway_image", dw_settings_get_gateway_image (self), error))
    return FALSE;
  image = dw_image_reference_parse (dw_settings_get_gateway_image (self), error);
  if (image == NULL)
    {
      g_prefix_error (error, "gateway_image: ");
      return FALSE;
    }
  if (address != NULL && g_hostname_is_ip_address (address))
    return TRUE;

  g_set_error_literal (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                       _ ("gateway_address: it is the IP address of this machine that the gateway "
                          "listens on, such as 127.0.0.1, or 0.0.0.0 for all of them"));
  return FALSE;
}

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
         (url == NULL || dw_validate_http_url ("outgoing_webhook_url", url, error)) &&
         validate_proxy (self, error) && validate_gateway (self, error);
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
    [PROP_PROXY_STRICT] = dw_entity_param_boolean ("proxy-strict", FALSE),
    [PROP_PROXY_FORWARD_HOST] = dw_entity_param_string ("proxy-forward-host", NULL),
    [PROP_PROXY_CERTIFICATE] = dw_entity_param_string ("proxy-certificate", NULL),
    [PROP_PROXY_ENTRYPOINT] = dw_entity_param_string ("proxy-entrypoint", NULL),
    [PROP_GATEWAY_IMAGE] = dw_entity_param_string ("gateway-image",
                                                   "docker.io/library/haproxy:lts"),
    [PROP_GATEWAY_ADDRESS] = dw_entity_param_string ("gateway-address", "127.0.0.1"),
    [PROP_GATEWAY_PORT] = dw_entity_param_int ("gateway-port", 1, 65535, 8880),
    [PROP_OUTGOING_WEBHOOK_KIND] = dw_entity_param_enum (
        "outgoing-webhook-kind", DW_TYPE_OUTGOING_WEBHOOK_KIND, DW_OUTGOING_WEBHOOK_GENERIC),
    [PROP_OUTGOING_WEBHOOK_ERROR] = dw_entity_param_state (
        dw_entity_param_string ("outgoing-webhook-error", NULL)),
    [PROP_OUTGOING_WEBHOOK_FAILED_AT] = dw_entity_param_state (
        dw_entity_param_string ("outgoing-webhook-failed-at", NULL)),
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

/* whether the traffic goes through the gateway behind the user's own proxy, so that a deploy
 * changes nothing there and loses nothing */
gboolean
dw_settings_get_proxy_strict (DwSettings *self)
{
  return dw_entity_get_boolean (DW_ENTITY (self), PROP_PROXY_STRICT);
}

/* (nullable): this machine as the proxy sees it, or %NULL when it is in the instances' network */
const char *
dw_settings_get_proxy_forward_host (DwSettings *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_PROXY_FORWARD_HOST);
}

/* (nullable): the certificate's number in Nginx Proxy Manager, or Traefik's resolver */
const char *
dw_settings_get_proxy_certificate (DwSettings *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_PROXY_CERTIFICATE);
}

/* (nullable): Traefik's entry point */
const char *
dw_settings_get_proxy_entrypoint (DwSettings *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_PROXY_ENTRYPOINT);
}

/* the HAProxy image that the gateway runs */
const char *
dw_settings_get_gateway_image (DwSettings *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_GATEWAY_IMAGE);
}

/* the address of this machine that it listens on */
const char *
dw_settings_get_gateway_address (DwSettings *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_GATEWAY_ADDRESS);
}

/* the port there */
int
dw_settings_get_gateway_port (DwSettings *self)
{
  return dw_entity_get_int (DW_ENTITY (self), PROP_GATEWAY_PORT);
}

/* the form in which events are posted there */
DwOutgoingWebhookKind
dw_settings_get_outgoing_webhook_kind (DwSettings *self)
{
  return dw_entity_get_enum (DW_ENTITY (self), PROP_OUTGOING_WEBHOOK_KIND);
}

/* (nullable): why the last event could not be posted there */
const char *
dw_settings_get_outgoing_webhook_error (DwSettings *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_OUTGOING_WEBHOOK_ERROR);
}

/* (nullable): since when events cannot be posted there */
const char *
dw_settings_get_outgoing_webhook_failed_at (DwSettings *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_OUTGOING_WEBHOOK_FAILED_AT);
}
