/* dw-projects-page.h: all projects, to look through
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ui/dw-page.h"

G_BEGIN_DECLS

#define DW_TYPE_PROJECTS_PAGE (dw_projects_page_get_type ())

G_DECLARE_FINAL_TYPE (DwProjectsPage, dw_projects_page, DW, PROJECTS_PAGE, DwPage)

G_END_DECLS
