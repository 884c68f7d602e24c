/* dw-export.h: writes the configuration to a file that a person chooses
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "store/dw-store.h"

G_BEGIN_DECLS

void dw_export_start (GtkWidget *over, DwStore *store);

G_END_DECLS
