/* dw-choice-label.c: what is chosen in a combo row, in whole
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The label that a combo row has of itself gives way to its subtitle until nothing but dots is
 * left, which longer words than the English ones come to soon.
 */

#include "config.h"

#include "ui/dw-choice-label.h"

/* Beyond it, as with the name of a registry, it is cut. */
#define CHARACTERS_KEPT 30

static void
set_up (GtkListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_list_item_set_child (item, label);
}

static void
bind (GtkListItemFactory *factory, GtkListItem *item)
{
  GtkLabel *label = GTK_LABEL (gtk_list_item_get_child (item));
  const char *text = gtk_string_object_get_string (gtk_list_item_get_item (item));
  gboolean is_long = g_utf8_strlen (text, -1) > CHARACTERS_KEPT;

  gtk_label_set_label (label, text);
  gtk_label_set_ellipsize (label, is_long ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
  gtk_label_set_width_chars (label, is_long ? CHARACTERS_KEPT : -1);
}

/**
 * dw_choice_label_use:
 * @row: a row that chooses one of a GtkStringList
 *
 * Keeps room for what is chosen. The list that opens stays as it is.
 */
void
dw_choice_label_use (AdwComboRow *row)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  GtkListItemFactory *usual = adw_combo_row_get_factory (row);

  g_signal_connect (factory, "setup", G_CALLBACK (set_up), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind), NULL);
  adw_combo_row_set_list_factory (row, usual);
  adw_combo_row_set_factory (row, factory);
}
