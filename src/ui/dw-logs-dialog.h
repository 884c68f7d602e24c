/* dw-logs-dialog.h: what a stage's container writes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ui/dw-dialog.h"

G_BEGIN_DECLS

#define DW_TYPE_LOGS_DIALOG (dw_logs_dialog_get_type ())

/* The item is a stage. */
G_DECLARE_FINAL_TYPE (DwLogsDialog, dw_logs_dialog, DW, LOGS_DIALOG, DwDialog)

G_END_DECLS
