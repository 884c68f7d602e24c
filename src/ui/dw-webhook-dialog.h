/* dw-webhook-dialog.h: who may tell of a push, and how
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ui/dw-dialog.h"

G_BEGIN_DECLS

#define DW_TYPE_WEBHOOK_DIALOG (dw_webhook_dialog_get_type ())

G_DECLARE_FINAL_TYPE (DwWebhookDialog, dw_webhook_dialog, DW, WEBHOOK_DIALOG, DwDialog)

G_END_DECLS
