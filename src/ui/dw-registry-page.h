/* dw-registry-page.h: what is in a registry: its repositories, and the tags of one
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ui/dw-page.h"

G_BEGIN_DECLS

#define DW_TYPE_REGISTRY_PAGE (dw_registry_page_get_type ())

/* "item-id" is a registry's id, or one with a slash and a repository's path after it */
G_DECLARE_FINAL_TYPE (DwRegistryPage, dw_registry_page, DW, REGISTRY_PAGE, DwPage)

G_END_DECLS
