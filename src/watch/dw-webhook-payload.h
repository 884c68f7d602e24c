/* dw-webhook-payload.h: what a webhook says was pushed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * DwWebhookPush:
 * @image: a repository, valid as one; its domain may be one that only the sender knows
 * @tag: (nullable): the tag that was pushed
 * @source: who says so, for people: the kind of sender, and whom it names
 */
typedef struct
{
  char *image;
  char *tag;
  char *source;
} DwWebhookPush;

GPtrArray *dw_webhook_payload_parse (GBytes *body, const char *event, GError **error);

G_END_DECLS
