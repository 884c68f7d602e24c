/* dw-enums.h: the closed vocabularies of the product
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The nicks are what stands in the database, in JSON and on the command line.
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum /*< enum >*/
{
  DW_HEALTH_NONE,
  DW_HEALTH_HTTP,
  DW_HEALTH_TCP,
  DW_HEALTH_DOCKER,
} DwHealth;

/* No "always": it would start retired instances again whenever the engine restarts. */
typedef enum /*< enum >*/
{
  DW_RESTART_NO,
  DW_RESTART_ON_FAILURE,
  DW_RESTART_UNLESS_STOPPED,
} DwRestart;

typedef enum /*< enum >*/
{
  DW_TAG_POLICY_SEMVER,
  DW_TAG_POLICY_GLOB,
  DW_TAG_POLICY_REGEX,
  DW_TAG_POLICY_EXACT,
} DwTagPolicyKind;

typedef enum /*< enum >*/
{
  DW_REGISTRY_KIND_GENERIC,
  DW_REGISTRY_KIND_DOCKER_HUB,
  DW_REGISTRY_KIND_GHCR,
  DW_REGISTRY_KIND_GITEA,
  DW_REGISTRY_KIND_GITLAB,
} DwRegistryKind;

typedef enum /*< enum >*/
{
  DW_PROXY_KIND_NONE,
  DW_PROXY_KIND_GATEWAY,
  DW_PROXY_KIND_NPM,
  DW_PROXY_KIND_CADDY,
  DW_PROXY_KIND_TRAEFIK,
} DwProxyKind;

typedef enum /*< enum >*/
{
  DW_OUTGOING_WEBHOOK_GENERIC,
  DW_OUTGOING_WEBHOOK_SLACK,
  DW_OUTGOING_WEBHOOK_NTFY,
  DW_OUTGOING_WEBHOOK_GOTIFY,
} DwOutgoingWebhookKind;

/* Which notifications a project gives. */
typedef enum /*< enum >*/
{
  DW_NOTIFICATIONS_ALL,
  DW_NOTIFICATIONS_FAILURES,
  DW_NOTIFICATIONS_NONE,
} DwNotifications;

/* What the outgoing webhook is told of. */
typedef enum /*< enum >*/
{
  DW_MESSAGE_DEPLOY, /* one ended */
  DW_MESSAGE_UPDATE, /* a newer version asks to be confirmed */
  DW_MESSAGE_HEALTH, /* what was deployed turned bad */
} DwMessageEvent;

typedef enum /*< enum >*/
{
  DW_TRIGGER_MANUAL,
  DW_TRIGGER_WATCH,
  DW_TRIGGER_WEBHOOK,
  DW_TRIGGER_ROLLBACK,
  DW_TRIGGER_PROMOTE,
  DW_TRIGGER_CLI,
} DwTrigger;

typedef enum /*< enum >*/
{
  DW_DEPLOY_PENDING,
  DW_DEPLOY_PULLING,
  DW_DEPLOY_STARTING,
  DW_DEPLOY_HEALTH_CHECKING,   /*< nick=health_checking >*/
  DW_DEPLOY_CONFIGURING_PROXY, /*< nick=configuring_proxy >*/
  DW_DEPLOY_SUCCESS,
  DW_DEPLOY_FAILED,
  DW_DEPLOY_ROLLED_BACK, /*< nick=rolled_back >*/
} DwDeployStatus;

typedef enum /*< enum >*/
{
  DW_INSTANCE_RUNNING,
  DW_INSTANCE_STOPPED,
  DW_INSTANCE_FAILED,
  DW_INSTANCE_REMOVING,
} DwInstanceStatus;

/**
 * DwNewerState:
 * @DW_NEWER_NONE: there is no newer version
 * @DW_NEWER_SHOWN: it waits for a person to deploy it
 * @DW_NEWER_ASKS: a person is asked
 * @DW_NEWER_DECLINED: a person was asked, and did not want it now
 * @DW_NEWER_AGING: it is not old enough yet
 * @DW_NEWER_CLOSED: it waits for the allowed hours
 * @DW_NEWER_SNOOZED: a person does not want to hear of any until a time
 * @DW_NEWER_HELD: it failed here, or was rolled back by hand
 * @DW_NEWER_STOPPED: a person stopped the stage
 * @DW_NEWER_READY: it deploys itself now
 *
 * What becomes of a newer version of what runs in a stage.
 */
typedef enum /*< enum >*/
{
  DW_NEWER_NONE,
  DW_NEWER_SHOWN,
  DW_NEWER_ASKS,
  DW_NEWER_DECLINED,
  DW_NEWER_AGING,
  DW_NEWER_CLOSED,
  DW_NEWER_SNOOZED,
  DW_NEWER_HELD,
  DW_NEWER_STOPPED,
  DW_NEWER_READY,
} DwNewerState;

/* Why a stage does not take a version by itself. */
typedef enum /*< enum >*/
{
  DW_HOLD_FAILED,
  DW_HOLD_CANCELLED,
  DW_HOLD_ROLLED_BACK, /*< nick=rolled-back >*/
  DW_HOLD_SKIPPED,
} DwHoldReason;

typedef enum /*< enum >*/
{
  DW_LOG_DEBUG,
  DW_LOG_INFO,
  DW_LOG_WARNING,
  DW_LOG_ERROR,
} DwLogLevel;

const char *dw_enum_to_nick (GType type, int value);
gboolean dw_enum_from_nick (GType type, const char *nick, int *value, GError **error);
char *dw_enum_list_nicks (GType type);
gboolean dw_deploy_status_has_ended (DwDeployStatus status);

G_END_DECLS
