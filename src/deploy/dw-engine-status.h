/* dw-engine-status.h: whether the engine is there, followed live
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/dw-engine.h"

G_BEGIN_DECLS

typedef enum /*< enum >*/
{
  DW_ENGINE_STATE_CONNECTING,
  DW_ENGINE_STATE_CONNECTED,
  DW_ENGINE_STATE_UNREACHABLE,
} DwEngineState;

#define DW_TYPE_ENGINE_STATUS (dw_engine_status_get_type ())

G_DECLARE_FINAL_TYPE (DwEngineStatus, dw_engine_status, DW, ENGINE_STATUS, GObject)

DwEngineStatus *dw_engine_status_new (const char *setting);

DwEngineState dw_engine_status_get_state (DwEngineStatus *self);
DwEngine *dw_engine_status_get_engine (DwEngineStatus *self);
const char *dw_engine_status_get_address (DwEngineStatus *self);
const char *dw_engine_status_get_product (DwEngineStatus *self);
const char *dw_engine_status_get_version (DwEngineStatus *self);
const char *dw_engine_status_get_problem (DwEngineStatus *self);
const char *dw_engine_status_get_setting (DwEngineStatus *self);
void dw_engine_status_set_setting (DwEngineStatus *self, const char *setting);
void dw_engine_status_retry (DwEngineStatus *self);

G_END_DECLS
