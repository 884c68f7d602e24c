/* dw-instances-page.h: every container that the application made
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ui/dw-page.h"

G_BEGIN_DECLS

#define DW_TYPE_INSTANCES_PAGE (dw_instances_page_get_type ())

G_DECLARE_FINAL_TYPE (DwInstancesPage, dw_instances_page, DW, INSTANCES_PAGE, DwPage)

G_END_DECLS
