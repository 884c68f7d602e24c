/* dw-switch-row.c: a yes or no in a form
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ui/dw-switch-row.h"

#include "ui/dw-field.h"

struct _DwSwitchRow
{
  AdwActionRow parent_instance;

  GtkSwitch *button;
};

static void field_init (DwFieldInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (DwSwitchRow,
                               dw_switch_row,
                               ADW_TYPE_ACTION_ROW,
                               G_IMPLEMENT_INTERFACE (DW_TYPE_FIELD, field_init))

static void
on_active_changed (DwSwitchRow *self)
{
  dw_field_edited (DW_FIELD (self));
}

static void
on_title_changed (DwSwitchRow *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self)), -1);
}

static void
load (DwField *field, DwEntity *entity, GParamSpec *pspec)
{
  gboolean is_active = FALSE;

  g_object_get (entity, pspec->name, &is_active, NULL);
  gtk_switch_set_active (DW_SWITCH_ROW (field)->button, is_active);
}

static gboolean
save (DwField *field, DwEntity *entity, GParamSpec *pspec, GError **error)
{
  g_object_set (entity, pspec->name, dw_switch_row_get_active (DW_SWITCH_ROW (field)), NULL);

  return TRUE;
}

static void
field_init (DwFieldInterface *interface)
{
  interface->load = load;
  interface->save = save;
}

static void
dw_switch_row_class_init (DwSwitchRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-switch-row.ui");
  gtk_widget_class_bind_template_child (widget_class, DwSwitchRow, button);
  gtk_widget_class_bind_template_callback (widget_class, on_active_changed);
}

static void
dw_switch_row_init (DwSwitchRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "notify::title", G_CALLBACK (on_title_changed), NULL);
}

/* Returns: whether it says yes */
gboolean
dw_switch_row_get_active (DwSwitchRow *self)
{
  g_return_val_if_fail (DW_IS_SWITCH_ROW (self), FALSE);

  return gtk_switch_get_active (self->button);
}
