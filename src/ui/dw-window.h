/* dw-window.h: the window
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "ui/dw-session.h"

G_BEGIN_DECLS

#define DW_TYPE_WINDOW (dw_window_get_type ())

/* Actions, for every widget in it:
 *   win.show-page (ss)         name and item id ("" for a page that is about no single thing)
 *   win.open-dialog (ss)       likewise; the dialog "project" also takes what the page "registry"
 *                              takes, and then makes a project of that repository
 *   win.back
 *   win.search
 *   win.announce (s)           what has been done
 *   win.announce-problem (s)   what went wrong and what to do; it stays until it is read
 *   win.open-uri (s)
 *   win.check-now             all registries, for newer versions
 *   win.export                 the configuration, to a file
 */
G_DECLARE_FINAL_TYPE (DwWindow, dw_window, DW, WINDOW, AdwApplicationWindow)

DwWindow *dw_window_new (GtkApplication *application);

void dw_window_set_session (DwWindow *self, DwSession *session);
void dw_window_show_problem (DwWindow *self, const char *message);
void dw_window_show_page (DwWindow *self, const char *name, const char *item_id);
void dw_window_search (DwWindow *self, const char *text);
const char *dw_window_get_page (DwWindow *self, const char **item_id);
void dw_window_announce (DwWindow *self, const char *message, gboolean is_problem);
void dw_window_offer_undo (
    GtkWidget *from, const char *message, GSourceOnceFunc undo, gpointer data, GDestroyNotify free);

G_END_DECLS
