/* dw-inherited-row.c: a variable or a volume that a stage has from its project
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ui/dw-inherited-row.h"

struct _DwInheritedRow
{
  AdwActionRow parent_instance;
};

enum
{
  SIGNAL_OVERRIDE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (DwInheritedRow, dw_inherited_row, ADW_TYPE_ACTION_ROW)

static void
on_clicked (DwInheritedRow *self)
{
  g_signal_emit (self, signals[SIGNAL_OVERRIDE], 0);
}

static void
dw_inherited_row_class_init (DwInheritedRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  signals[SIGNAL_OVERRIDE] = g_signal_new ("override", DW_TYPE_INHERITED_ROW, G_SIGNAL_RUN_LAST, 0,
                                           NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-inherited-row.ui");
  gtk_widget_class_bind_template_callback (widget_class, on_clicked);
}

static void
dw_inherited_row_init (DwInheritedRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
