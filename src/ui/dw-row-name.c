/* dw-row-name.c: what a screen reader calls the row of a list
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the keyboard reaches in a list is the list's own widget around what a factory made, and that
 * has no name by itself.
 */

#include "config.h"

#include "ui/dw-row-name.h"

static gboolean
is_row (GtkWidget *widget)
{
  GtkAccessibleRole role = gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (widget));

  return role == GTK_ACCESSIBLE_ROLE_LIST_ITEM || role == GTK_ACCESSIBLE_ROLE_ROW ||
         role == GTK_ACCESSIBLE_ROLE_OPTION;
}

/**
 * dw_row_name_set:
 * @part: what a factory made for a row, or a part of it
 * @name: what the row is called
 *
 * Names the row that @part is in; nothing happens while it is in none. From the main thread.
 */
void
dw_row_name_set (GtkWidget *part, const char *name)
{
  GtkWidget *row = part;

  g_return_if_fail (GTK_IS_WIDGET (part));

  while (row != NULL && !is_row (row))
    row = gtk_widget_get_parent (row);
  if (row != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}
