/* dw-projects-page.h: all projects, to look through
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "store/dw-store-list.h"

G_BEGIN_DECLS

#define DW_TYPE_PROJECTS_PAGE (dw_projects_page_get_type ())

G_DECLARE_FINAL_TYPE (DwProjectsPage, dw_projects_page, DW, PROJECTS_PAGE, AdwBin)

G_END_DECLS
