/* dw-project-dialog.h: adds a project, or changes one
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ui/dw-dialog.h"

G_BEGIN_DECLS

#define DW_TYPE_PROJECT_DIALOG (dw_project_dialog_get_type ())

G_DECLARE_FINAL_TYPE (DwProjectDialog, dw_project_dialog, DW, PROJECT_DIALOG, DwDialog)

G_END_DECLS
