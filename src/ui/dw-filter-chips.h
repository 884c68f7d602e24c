/* dw-filter-chips.h: what the history is filtered by, each to be taken away
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "ui/dw-history-filter.h"
#include "ui/dw-session.h"

G_BEGIN_DECLS

#define DW_TYPE_FILTER_CHIPS (dw_filter_chips_get_type ())

G_DECLARE_FINAL_TYPE (DwFilterChips, dw_filter_chips, DW, FILTER_CHIPS, AdwBin)

void dw_filter_chips_connect (DwFilterChips *self, DwSession *session, DwHistoryFilter *filter);

G_END_DECLS
