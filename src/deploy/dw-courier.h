/* dw-courier.h: brings the outgoing webhook what it is to be told
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "store/dw-store.h"

G_BEGIN_DECLS

#define DW_TYPE_COURIER (dw_courier_get_type ())

/* Delivers what is there, and from then on whatever comes, whoever writes it. Property, notified in
 * the main context:
 *   "busy" (boolean)   something is on its way
 */
G_DECLARE_FINAL_TYPE (DwCourier, dw_courier, DW, COURIER, GObject)

/* Main thread. */
DwCourier *dw_courier_new (DwStore *store);
gboolean dw_courier_is_busy (DwCourier *self);
void dw_courier_stop (DwCourier *self);

/* These block and are not for the main thread. */
gboolean dw_courier_deliver (DwStore *store,
                             guint first_pause_ms,
                             GCancellable *cancellable,
                             GError **error);
gboolean dw_courier_has_messages (DwStore *store);
char *dw_courier_test (DwOutgoingWebhookKind kind,
                       const char *url,
                       const char *token,
                       GCancellable *cancellable,
                       GError **error);

G_END_DECLS
