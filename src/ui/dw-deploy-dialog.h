/* dw-deploy-dialog.h: chooses what is deployed to a stage
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ui/dw-dialog.h"

G_BEGIN_DECLS

#define DW_TYPE_DEPLOY_DIALOG (dw_deploy_dialog_get_type ())

/* The item is a stage. */
G_DECLARE_FINAL_TYPE (DwDeployDialog, dw_deploy_dialog, DW, DEPLOY_DIALOG, DwDialog)

G_END_DECLS
