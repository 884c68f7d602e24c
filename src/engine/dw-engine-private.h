/* dw-engine-private.h: what the parts of the engine's client share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/dw-engine-connection.h"
#include "engine/dw-engine.h"

G_BEGIN_DECLS

DwEngineConnection *dw_engine_get_connection (DwEngine *self);
char *dw_engine_make_label_filter (const char *const *labels);

G_END_DECLS
