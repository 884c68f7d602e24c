/* dw-stage-dialog.h: adds a stage to a project, or changes one
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ui/dw-dialog.h"

G_BEGIN_DECLS

#define DW_TYPE_STAGE_DIALOG (dw_stage_dialog_get_type ())

/* Its item is a stage, or a project that is to have one more. */
G_DECLARE_FINAL_TYPE (DwStageDialog, dw_stage_dialog, DW, STAGE_DIALOG, DwDialog)

G_END_DECLS
