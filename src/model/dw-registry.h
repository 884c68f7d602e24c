/* dw-registry.h: a container registry that is watched
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/dw-entity.h"
#include "model/dw-enums.h"

G_BEGIN_DECLS

#define DW_TYPE_REGISTRY (dw_registry_get_type ())

G_DECLARE_FINAL_TYPE (DwRegistry, dw_registry, DW, REGISTRY, DwEntity)

const char *dw_registry_get_name (DwRegistry *self);
const char *dw_registry_get_url (DwRegistry *self);
DwRegistryKind dw_registry_get_kind (DwRegistry *self);
const char *dw_registry_get_username (DwRegistry *self);
const char *dw_registry_get_schedule (DwRegistry *self);
gboolean dw_registry_get_enabled (DwRegistry *self);
const char *dw_registry_get_last_checked_at (DwRegistry *self);
const char *dw_registry_get_last_error (DwRegistry *self);

G_END_DECLS
