/* dw-filter-popover.h: chooses what the history is filtered by
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "ui/dw-history-filter.h"
#include "ui/dw-session.h"

G_BEGIN_DECLS

#define DW_TYPE_FILTER_POPOVER (dw_filter_popover_get_type ())

G_DECLARE_FINAL_TYPE (DwFilterPopover, dw_filter_popover, DW, FILTER_POPOVER, GtkPopover)

void dw_filter_popover_connect (DwFilterPopover *self, DwSession *session, DwHistoryFilter *filter);

G_END_DECLS
