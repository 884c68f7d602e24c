/* dw-roll-back-dialog.h: chooses which earlier version a stage goes back to
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ui/dw-dialog.h"

G_BEGIN_DECLS

#define DW_TYPE_ROLL_BACK_DIALOG (dw_roll_back_dialog_get_type ())

/* The item is a stage. */
G_DECLARE_FINAL_TYPE (DwRollBackDialog, dw_roll_back_dialog, DW, ROLL_BACK_DIALOG, DwDialog)

G_END_DECLS
