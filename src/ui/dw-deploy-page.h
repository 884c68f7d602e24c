/* dw-deploy-page.h: one deploy: what came of it, how long it took, and its log
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ui/dw-page.h"

G_BEGIN_DECLS

#define DW_TYPE_DEPLOY_PAGE (dw_deploy_page_get_type ())

G_DECLARE_FINAL_TYPE (DwDeployPage, dw_deploy_page, DW, DEPLOY_PAGE, DwPage)

G_END_DECLS
