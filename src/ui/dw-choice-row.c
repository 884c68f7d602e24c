/* dw-choice-row.c: one of a few in a form
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ui/dw-choice-row.h"

#include "ui/dw-choice-label.h"
#include "ui/dw-field.h"

struct _DwChoiceRow
{
  AdwComboRow parent_instance;
};

static void field_init (DwFieldInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (DwChoiceRow,
                               dw_choice_row,
                               ADW_TYPE_COMBO_ROW,
                               G_IMPLEMENT_INTERFACE (DW_TYPE_FIELD, field_init))

static void
load (DwField *field, DwEntity *entity, GParamSpec *pspec)
{
  GEnumClass *klass = G_PARAM_SPEC_ENUM (pspec)->enum_class;
  int value = 0;

  g_object_get (entity, pspec->name, &value, NULL);
  for (guint i = 0; i < klass->n_values; i++)
    if (klass->values[i].value == value)
      adw_combo_row_set_selected (ADW_COMBO_ROW (field), i);
}

static gboolean
save (DwField *field, DwEntity *entity, GParamSpec *pspec, GError **error)
{
  GEnumClass *klass = G_PARAM_SPEC_ENUM (pspec)->enum_class;
  guint selected = adw_combo_row_get_selected (ADW_COMBO_ROW (field));

  g_return_val_if_fail (selected < klass->n_values, FALSE);

  g_object_set (entity, pspec->name, klass->values[selected].value, NULL);
  return TRUE;
}

static void
field_init (DwFieldInterface *interface)
{
  interface->load = load;
  interface->save = save;
}

static void
dw_choice_row_class_init (DwChoiceRowClass *klass)
{
}

static void
dw_choice_row_init (DwChoiceRow *self)
{
  dw_choice_label_use (ADW_COMBO_ROW (self));
  g_signal_connect (self, "notify::selected", G_CALLBACK (dw_field_edited), NULL);
}
