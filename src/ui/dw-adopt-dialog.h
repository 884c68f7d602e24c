/* dw-adopt-dialog.h: makes a project of a container that runs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ui/dw-dialog.h"

G_BEGIN_DECLS

#define DW_TYPE_ADOPT_DIALOG (dw_adopt_dialog_get_type ())

G_DECLARE_FINAL_TYPE (DwAdoptDialog, dw_adopt_dialog, DW, ADOPT_DIALOG, DwDialog)

G_END_DECLS
