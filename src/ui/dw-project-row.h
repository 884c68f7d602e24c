/* dw-project-row.h: one project in the list of them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "model/dw-project.h"

G_BEGIN_DECLS

#define DW_TYPE_PROJECT_ROW (dw_project_row_get_type ())

G_DECLARE_FINAL_TYPE (DwProjectRow, dw_project_row, DW, PROJECT_ROW, AdwBin)

G_END_DECLS
