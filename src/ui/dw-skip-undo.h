/* dw-skip-undo.h: takes back that a version is skipped
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "store/dw-store.h"

G_BEGIN_DECLS

void dw_skip_undo_offer (GtkWidget *widget, DwStore *store, DwStage *stage);

G_END_DECLS
