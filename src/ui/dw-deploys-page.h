/* dw-deploys-page.h: the history of all deploys
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ui/dw-page.h"

G_BEGIN_DECLS

#define DW_TYPE_DEPLOYS_PAGE (dw_deploys_page_get_type ())

G_DECLARE_FINAL_TYPE (DwDeploysPage, dw_deploys_page, DW, DEPLOYS_PAGE, DwPage)

G_END_DECLS
