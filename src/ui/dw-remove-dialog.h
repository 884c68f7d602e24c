/* dw-remove-dialog.h: asks before a project or a stage is removed, and removes it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ui/dw-dialog.h"

G_BEGIN_DECLS

#define DW_TYPE_REMOVE_DIALOG (dw_remove_dialog_get_type ())

/* The item is a project or a stage. */
G_DECLARE_FINAL_TYPE (DwRemoveDialog, dw_remove_dialog, DW, REMOVE_DIALOG, DwDialog)

G_END_DECLS
