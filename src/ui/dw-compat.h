/* dw-compat.h: what newer versions of GTK and libadwaita have another widget or function for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

void dw_compat_present_about (GtkWindow *parent);

void dw_compat_confirm_async (GtkWidget *over,
                              const char *heading,
                              const char *body,
                              GtkWidget *extra,
                              const char *accept_label,
                              gboolean is_destructive,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean dw_compat_confirm_finish (GAsyncResult *result);
void dw_compat_show_details (GtkWidget *over, const char *heading, const char *details);

void dw_compat_choose_file_async (GtkWidget *over,
                                  const char *title,
                                  gboolean is_save,
                                  const char *initial_name,
                                  GtkFileFilter *filter,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
GFile *dw_compat_choose_file_finish (GAsyncResult *result);

void dw_compat_open_uri (GtkWidget *over, const char *uri);

void dw_compat_let_shrink (GtkButton *button);
void dw_compat_announce (GtkWidget *widget, const char *words);
void dw_compat_set_accessible_name (GtkWidget *widget, const char *name);

G_END_DECLS
