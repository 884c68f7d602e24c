/* dw-watched-row.h: a registry that is watched without being in the list of them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "watch/dw-watcher.h"

G_BEGIN_DECLS

#define DW_TYPE_WATCHED_ROW (dw_watched_row_get_type ())

G_DECLARE_FINAL_TYPE (DwWatchedRow, dw_watched_row, DW, WATCHED_ROW, AdwActionRow)

DwWatchedRow *dw_watched_row_new (DwWatcher *watcher, DwWatchedRegistry *watched);

G_END_DECLS
