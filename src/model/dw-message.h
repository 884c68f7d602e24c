/* dw-message.h: what the outgoing webhook has not been told yet
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/dw-entity.h"
#include "model/dw-enums.h"

G_BEGIN_DECLS

#define DW_TYPE_MESSAGE (dw_message_get_type ())

G_DECLARE_FINAL_TYPE (DwMessage, dw_message, DW, MESSAGE, DwEntity)

DwMessageEvent dw_message_get_event (DwMessage *self);
const char *dw_message_get_stage_id (DwMessage *self);
const char *dw_message_get_deploy_id (DwMessage *self);
const char *dw_message_get_tag (DwMessage *self);
const char *dw_message_get_digest (DwMessage *self);
const char *dw_message_get_text (DwMessage *self);

G_END_DECLS
