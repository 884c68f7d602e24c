/* dw-engine-banner.h: why the engine cannot be reached, and what to do
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "deploy/dw-engine-status.h"

G_BEGIN_DECLS

#define DW_TYPE_ENGINE_BANNER (dw_engine_banner_get_type ())

G_DECLARE_FINAL_TYPE (DwEngineBanner, dw_engine_banner, DW, ENGINE_BANNER, AdwBin)

G_END_DECLS
