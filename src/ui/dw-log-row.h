/* dw-log-row.h: one line of a deploy's log
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "store/dw-store-row.h"

G_BEGIN_DECLS

#define DW_TYPE_LOG_ROW (dw_log_row_get_type ())

/* Properties:
 *   "wrap" (boolean)         whether a long message has more than one line
 *   "narrow" (boolean)       there is no room for the phase
 *   "highlight" (string)     nullable: what is marked in the message
 */
G_DECLARE_FINAL_TYPE (DwLogRow, dw_log_row, DW, LOG_ROW, GtkWidget)

void dw_log_row_set_row (DwLogRow *self, DwStoreRow *row);

G_END_DECLS
