/* dw-choice-label.c: what is chosen in a combo row, in whole
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The label that a combo row has of itself gives way to its subtitle until nothing but dots is
 * left, which longer words than the English ones come to soon.
 */

#include "config.h"

#include "ui/dw-choice-label.h"

/* What a row of a narrow window has for its title and for what is chosen. The title is kept room
 * for some characters; what does not go into the rest, as the name of a registry, or large text, is
 * cut, but for so many characters at least. */
#define ROW_WIDTH 330
#define TITLE_CHARACTERS 12
#define LEAST_CHARACTERS 6

static void
set_up (GtkListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_list_item_set_child (item, label);
}

static int
get_width_kept (GtkWidget *label)
{
  PangoFontMetrics *metrics = pango_context_get_metrics (gtk_widget_get_pango_context (label), NULL,
                                                         NULL);
  int character = PANGO_PIXELS (pango_font_metrics_get_approximate_char_width (metrics));

  pango_font_metrics_unref (metrics);

  return MAX (ROW_WIDTH - TITLE_CHARACTERS * character, LEAST_CHARACTERS * character);
}

static void
bind (GtkListItemFactory *factory, GtkListItem *item)
{
  GtkLabel *label = GTK_LABEL (gtk_list_item_get_child (item));
  const char *text = gtk_string_object_get_string (gtk_list_item_get_item (item));
  int kept = get_width_kept (GTK_WIDGET (label));
  int width;

  gtk_label_set_label (label, text);
  gtk_label_set_ellipsize (label, PANGO_ELLIPSIZE_NONE);
  gtk_widget_set_size_request (GTK_WIDGET (label), -1, -1);
  gtk_widget_measure (GTK_WIDGET (label), GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  if (width > kept)
    {
      gtk_label_set_ellipsize (label, PANGO_ELLIPSIZE_END);
      gtk_widget_set_size_request (GTK_WIDGET (label), kept, -1);
    }
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
