/* dw-search-provider.h: projects and stages in the search of the desktop
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "ui/dw-session.h"

G_BEGIN_DECLS

#define DW_TYPE_SEARCH_PROVIDER (dw_search_provider_get_type ())

/* Signals:
 *   "show-page" (name, item_id)     somebody chose a result; see dw-places.c for the names
 *   "open-dialog" (name, item_id)   likewise
 *   "search" (text)                 somebody wants to search in the window
 */
G_DECLARE_FINAL_TYPE (DwSearchProvider, dw_search_provider, DW, SEARCH_PROVIDER, GObject)

DwSearchProvider *dw_search_provider_new (GApplication *application);

gboolean dw_search_provider_export (DwSearchProvider *self,
                                    GDBusConnection *connection,
                                    const char *object_path,
                                    GError **error);
void dw_search_provider_unexport (DwSearchProvider *self);
void dw_search_provider_set_session (DwSearchProvider *self, DwSession *session);

G_END_DECLS
