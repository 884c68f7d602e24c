/* dw-engine-choice.h: the engine that the settings choose
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/dw-engine.h"
#include "store/dw-store.h"

G_BEGIN_DECLS

DwEngine *dw_choose_engine (DwStore *store, GError **error);
DwEngine *dw_choose_engine_or_nowhere (DwStore *store, GError **error);
gboolean dw_check_engine_address (const char *address, GError **error);
char *dw_test_engine_address (const char *address, GCancellable *cancellable, GError **error);

G_END_DECLS
