/* dw-outgoing-webhook.h: tells another service what came of a deploy
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "model/dw-enums.h"

G_BEGIN_DECLS

#define DW_OUTGOING_WEBHOOK_ERROR (dw_outgoing_webhook_error_quark ())

/**
 * DwOutgoingWebhookError:
 * @DW_OUTGOING_WEBHOOK_ERROR_ADDRESS: the address cannot be posted to
 * @DW_OUTGOING_WEBHOOK_ERROR_UNREACHABLE: nobody answers there, tried again and again
 * @DW_OUTGOING_WEBHOOK_ERROR_REFUSED: who answers does not take it
 */
typedef enum
{
  DW_OUTGOING_WEBHOOK_ERROR_ADDRESS,
  DW_OUTGOING_WEBHOOK_ERROR_UNREACHABLE,
  DW_OUTGOING_WEBHOOK_ERROR_REFUSED,
} DwOutgoingWebhookError;

GQuark dw_outgoing_webhook_error_quark (void);

/* What is told. All of it but the first three may be NULL. */
typedef struct
{
  const char *event; /* deploy, update, health or test */
  const char *title; /* for a person */
  const char *text;  /* likewise, one or a few lines */
  gboolean is_problem;
  const char *project;
  const char *stage;
  const char *deploy_id;
  const char *tag;
  const char *digest;
  const char *trigger;
  const char *status;
  const char *error;
} DwOutgoingEvent;

#define DW_TYPE_OUTGOING_WEBHOOK (dw_outgoing_webhook_get_type ())

G_DECLARE_FINAL_TYPE (DwOutgoingWebhook, dw_outgoing_webhook, DW, OUTGOING_WEBHOOK, GObject)

/* @first_pause_ms: before it is tried for the second time; each further pause is five times as
 * long. With 0 there is no second time. */
DwOutgoingWebhook *dw_outgoing_webhook_new (guint first_pause_ms);
void dw_outgoing_webhook_send_async (DwOutgoingWebhook *self,
                                     DwOutgoingWebhookKind kind,
                                     const char *url,
                                     const char *token,
                                     const DwOutgoingEvent *event,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean
dw_outgoing_webhook_send_finish (DwOutgoingWebhook *self, GAsyncResult *result, GError **error);

#define DW_OUTGOING_WEBHOOK_PAUSE_MS 1000
/* What stands in an address for the token. */
#define DW_OUTGOING_WEBHOOK_TOKEN "{token}"

G_END_DECLS
