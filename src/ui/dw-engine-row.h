/* dw-engine-row.h: one line on whether the engine is there
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "deploy/dw-engine-status.h"

G_BEGIN_DECLS

#define DW_TYPE_ENGINE_ROW (dw_engine_row_get_type ())

G_DECLARE_FINAL_TYPE (DwEngineRow, dw_engine_row, DW, ENGINE_ROW, AdwBin)

G_END_DECLS
