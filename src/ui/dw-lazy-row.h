/* dw-lazy-row.h: a row of a long list that is made when it comes near what is seen
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Returns: (transfer floating): what is to be seen of a row, without an item yet */
typedef GtkWidget *(*DwLazyRowFunc) (gpointer user_data);

#define DW_TYPE_LAZY_ROW (dw_lazy_row_get_type ())

G_DECLARE_FINAL_TYPE (DwLazyRow, dw_lazy_row, DW, LAZY_ROW, GtkWidget)

GtkWidget *dw_lazy_row_new (GtkWidget *sample,
                            const char *item_property,
                            DwLazyRowFunc make,
                            gpointer user_data);
void dw_lazy_row_set_item (DwLazyRow *self, gpointer item);

G_END_DECLS
