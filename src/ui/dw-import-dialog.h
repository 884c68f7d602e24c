/* dw-import-dialog.h: takes the configuration from a file
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ui/dw-dialog.h"

G_BEGIN_DECLS

#define DW_TYPE_IMPORT_DIALOG (dw_import_dialog_get_type ())

/* Its item id, where there is one, is the URI of a file that has been chosen already. */
G_DECLARE_FINAL_TYPE (DwImportDialog, dw_import_dialog, DW, IMPORT_DIALOG, DwDialog)

G_END_DECLS
