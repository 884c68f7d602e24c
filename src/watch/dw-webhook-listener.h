/* dw-webhook-listener.h: hears from registries that something was pushed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define DW_TYPE_WEBHOOK_LISTENER (dw_webhook_listener_get_type ())

/* Signal, in the main context that it was made in, after the sender has its answer:
 *   "pushed" (const char *image, const char *tag, const char *note)
 *       @tag may be NULL; @note says who asked for what, for the log of a deploy
 */
G_DECLARE_FINAL_TYPE (DwWebhookListener, dw_webhook_listener, DW, WEBHOOK_LISTENER, GObject)

DwWebhookListener *dw_webhook_listener_new (guint port, const char *secret, GError **error);
guint dw_webhook_listener_get_port (DwWebhookListener *self);
gboolean dw_webhook_listener_has_secret (DwWebhookListener *self, const char *secret);

G_END_DECLS
