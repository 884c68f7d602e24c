/* dw-webhook-help.h: what to write where, so that the listener hears of a push
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum /*< enum >*/
{
  DW_WEBHOOK_SENDER_SCRIPT,
  DW_WEBHOOK_SENDER_DISTRIBUTION,
  DW_WEBHOOK_SENDER_DOCKER_HUB,
  DW_WEBHOOK_SENDER_GITEA,
  DW_WEBHOOK_SENDER_GITHUB,
} DwWebhookSender;

/* What stands in a block where the secret belongs; nobody copies the secret by accident. */
#define DW_WEBHOOK_SECRET_PLACE "SECRET"

char *dw_webhook_help_get_address (guint port);
const char *dw_webhook_help_get_title (DwWebhookSender sender);
char *dw_webhook_help_make_block (DwWebhookSender sender, guint port);

G_END_DECLS
