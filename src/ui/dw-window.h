/* dw-window.h: the window
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "deploy/dw-engine-status.h"
#include "store/dw-store-list.h"

G_BEGIN_DECLS

#define DW_TYPE_WINDOW (dw_window_get_type ())

G_DECLARE_FINAL_TYPE (DwWindow, dw_window, DW, WINDOW, AdwApplicationWindow)

DwWindow *dw_window_new (GtkApplication *application);

void dw_window_show_store (DwWindow *self, DwStore *store, DwEngineStatus *engine_status);
void dw_window_show_problem (DwWindow *self, const char *message);
void dw_window_announce (DwWindow *self, const char *message, gboolean stays);

G_END_DECLS
