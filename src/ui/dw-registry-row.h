/* dw-registry-row.h: one registry in the list of them, and what can be done with it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ui/dw-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define DW_TYPE_REGISTRY_ROW (dw_registry_row_get_type ())

G_DECLARE_FINAL_TYPE (DwRegistryRow, dw_registry_row, DW, REGISTRY_ROW, GtkListBoxRow)

DwRegistryRow *dw_registry_row_new (DwSession *session, DwRegistry *registry);
DwRegistry *dw_registry_row_get_registry (DwRegistryRow *self);

G_END_DECLS
