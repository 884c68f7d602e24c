/* dw-registries-page.h: all registries
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ui/dw-page.h"

G_BEGIN_DECLS

#define DW_TYPE_REGISTRIES_PAGE (dw_registries_page_get_type ())

G_DECLARE_FINAL_TYPE (DwRegistriesPage, dw_registries_page, DW, REGISTRIES_PAGE, DwPage)

G_END_DECLS
