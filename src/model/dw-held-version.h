/* dw-held-version.h: a version that a stage does not take by itself
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/dw-entity.h"
#include "model/dw-enums.h"

G_BEGIN_DECLS

#define DW_TYPE_HELD_VERSION (dw_held_version_get_type ())

G_DECLARE_FINAL_TYPE (DwHeldVersion, dw_held_version, DW, HELD_VERSION, DwEntity)

const char *dw_held_version_get_stage_id (DwHeldVersion *self);
const char *dw_held_version_get_tag (DwHeldVersion *self);
const char *dw_held_version_get_digest (DwHeldVersion *self);
DwHoldReason dw_held_version_get_reason (DwHeldVersion *self);

G_END_DECLS
