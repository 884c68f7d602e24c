/* dw-settings-dialog.h: the preferences
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ui/dw-dialog.h"

G_BEGIN_DECLS

#define DW_TYPE_SETTINGS_DIALOG (dw_settings_dialog_get_type ())

G_DECLARE_FINAL_TYPE (DwSettingsDialog, dw_settings_dialog, DW, SETTINGS_DIALOG, DwDialog)

G_END_DECLS
