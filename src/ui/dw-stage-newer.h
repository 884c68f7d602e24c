/* dw-stage-newer.h: that there is a newer version for a stage, and what becomes of it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "deploy/dw-stage-status.h"
#include "watch/dw-watcher.h"

G_BEGIN_DECLS

#define DW_TYPE_STAGE_NEWER (dw_stage_newer_get_type ())

/* Properties:
 *   "status" (DwStageStatus)  of the stage; while there is nothing newer, there is nothing to be
 * seen "store" (DwStore) "watcher" (DwWatcher)     nullable: who is told what a person wants
 */
G_DECLARE_FINAL_TYPE (DwStageNewer, dw_stage_newer, DW, STAGE_NEWER, AdwBin)

G_END_DECLS
