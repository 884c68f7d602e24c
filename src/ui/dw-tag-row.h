/* dw-tag-row.h: one tag in the list of those that can be deployed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "model/dw-instance.h"
#include "ui/dw-tag-item.h"

G_BEGIN_DECLS

#define DW_TYPE_TAG_ROW (dw_tag_row_get_type ())

G_DECLARE_FINAL_TYPE (DwTagRow, dw_tag_row, DW, TAG_ROW, AdwBin)

DwTagItem *dw_tag_row_get_item (DwTagRow *self);
void dw_tag_row_set_item (DwTagRow *self, DwTagItem *item, DwInstance *current);

G_END_DECLS
