/* dw-registry-dialog.h: adds a registry, or changes one
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ui/dw-dialog.h"

G_BEGIN_DECLS

#define DW_TYPE_REGISTRY_DIALOG (dw_registry_dialog_get_type ())

/* "item-id" is the registry's, or empty to add one */
G_DECLARE_FINAL_TYPE (DwRegistryDialog, dw_registry_dialog, DW, REGISTRY_DIALOG, DwDialog)

G_END_DECLS
