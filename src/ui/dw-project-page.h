/* dw-project-page.h: one project: its stages in promotion order
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ui/dw-page.h"

G_BEGIN_DECLS

#define DW_TYPE_PROJECT_PAGE (dw_project_page_get_type ())

G_DECLARE_FINAL_TYPE (DwProjectPage, dw_project_page, DW, PROJECT_PAGE, DwPage)

G_END_DECLS
