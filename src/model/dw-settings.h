/* dw-settings.h: the choices that hold for the whole program
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/dw-entity.h"
#include "model/dw-enums.h"

G_BEGIN_DECLS

#define DW_TYPE_SETTINGS (dw_settings_get_type ())

G_DECLARE_FINAL_TYPE (DwSettings, dw_settings, DW, SETTINGS, DwEntity)

const char *dw_settings_get_engine_address (DwSettings *self);
const char *dw_settings_get_default_schedule (DwSettings *self);
DwProxyKind dw_settings_get_proxy_kind (DwSettings *self);
const char *dw_settings_get_proxy_address (DwSettings *self);
const char *dw_settings_get_proxy_user (DwSettings *self);
const char *dw_settings_get_base_domain (DwSettings *self);
const char *dw_settings_get_network (DwSettings *self);
gboolean dw_settings_get_webhook_enabled (DwSettings *self);
int dw_settings_get_webhook_port (DwSettings *self);
gboolean dw_settings_get_notify_success (DwSettings *self);
gboolean dw_settings_get_notify_failure (DwSettings *self);
gboolean dw_settings_get_notify_update (DwSettings *self);
const char *dw_settings_get_outgoing_webhook_url (DwSettings *self);
DwOutgoingWebhookKind dw_settings_get_outgoing_webhook_kind (DwSettings *self);
const char *dw_settings_get_outgoing_webhook_error (DwSettings *self);
const char *dw_settings_get_outgoing_webhook_failed_at (DwSettings *self);
int dw_settings_get_history_retention_days (DwSettings *self);
int dw_settings_get_max_parallel_deploys (DwSettings *self);
gboolean dw_settings_get_keep_watching (DwSettings *self);
gboolean dw_settings_get_start_at_login (DwSettings *self);
gboolean dw_settings_get_proxy_strict (DwSettings *self);
const char *dw_settings_get_proxy_forward_host (DwSettings *self);
const char *dw_settings_get_proxy_certificate (DwSettings *self);
const char *dw_settings_get_proxy_entrypoint (DwSettings *self);
const char *dw_settings_get_gateway_image (DwSettings *self);
const char *dw_settings_get_gateway_address (DwSettings *self);
int dw_settings_get_gateway_port (DwSettings *self);

G_END_DECLS
