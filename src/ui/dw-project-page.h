/* dw-project-page.h: one project: its stages in promotion order
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "deploy/dw-deployer.h"
#include "deploy/dw-engine-status.h"

G_BEGIN_DECLS

#define DW_TYPE_PROJECT_PAGE (dw_project_page_get_type ())

G_DECLARE_FINAL_TYPE (DwProjectPage, dw_project_page, DW, PROJECT_PAGE, AdwBin)

void dw_project_page_show_project (DwProjectPage *self,
                                   DwStore *store,
                                   DwEngineStatus *engine_status,
                                   DwProject *project);
DwProject *dw_project_page_get_project (DwProjectPage *self);

G_END_DECLS
