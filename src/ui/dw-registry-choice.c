/* dw-registry-choice.c: the registry that an image is in
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ui/dw-registry-choice.h"

#include <glib/gi18n.h>

#include "model/dw-registry.h"
#include "ui/dw-choice-label.h"
#include "ui/dw-field.h"

struct _DwRegistryChoice
{
  AdwComboRow parent_instance;

  GListModel *registries; /* nullable: of DwRegistry */
  GPtrArray *ids;         /* by position; NULL for the one that the name says */
  char *selected_id;      /* nullable */
  gboolean is_filling;
};

static void field_init (DwFieldInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (DwRegistryChoice,
                               dw_registry_choice,
                               ADW_TYPE_COMBO_ROW,
                               G_IMPLEMENT_INTERFACE (DW_TYPE_FIELD, field_init))

static void
select_id (DwRegistryChoice *self)
{
  guint position = 0;

  self->is_filling = TRUE;
  for (guint i = 1; i < self->ids->len; i++)
    if (g_strcmp0 (g_ptr_array_index (self->ids, i), self->selected_id) == 0)
      position = i;
  adw_combo_row_set_selected (ADW_COMBO_ROW (self), position);
  self->is_filling = FALSE;
}

static void
fill (DwRegistryChoice *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  self->is_filling = TRUE;
  g_ptr_array_set_size (self->ids, 0);
  g_ptr_array_add (self->ids, NULL);
  gtk_string_list_append (names, _ ("By the Image’s Name"));
  for (guint i = 0; self->registries != NULL && i < g_list_model_get_n_items (self->registries);
       i++)
    {
      g_autoptr (DwRegistry) registry = g_list_model_get_item (self->registries, i);

      g_ptr_array_add (self->ids, g_strdup (dw_entity_get_id (DW_ENTITY (registry))));
      gtk_string_list_append (names, dw_registry_get_name (registry));
    }
  adw_combo_row_set_model (ADW_COMBO_ROW (self), G_LIST_MODEL (names));
  select_id (self);
}

static void
on_selected (DwRegistryChoice *self)
{
  guint selected = adw_combo_row_get_selected (ADW_COMBO_ROW (self));

  if (self->is_filling || selected >= self->ids->len)
    return;

  g_free (self->selected_id);
  self->selected_id = g_strdup (g_ptr_array_index (self->ids, selected));
  dw_field_edited (DW_FIELD (self));
}

static void
load (DwField *field, DwEntity *entity, GParamSpec *pspec)
{
  DwRegistryChoice *self = DW_REGISTRY_CHOICE (field);

  g_clear_pointer (&self->selected_id, g_free);
  g_object_get (entity, pspec->name, &self->selected_id, NULL);
  select_id (self);
}

static gboolean
save (DwField *field, DwEntity *entity, GParamSpec *pspec, GError **error)
{
  g_object_set (entity, pspec->name, DW_REGISTRY_CHOICE (field)->selected_id, NULL);

  return TRUE;
}

static void
field_init (DwFieldInterface *interface)
{
  interface->load = load;
  interface->save = save;
}

static void
dw_registry_choice_dispose (GObject *object)
{
  DwRegistryChoice *self = DW_REGISTRY_CHOICE (object);

  if (self->registries != NULL)
    g_signal_handlers_disconnect_by_func (self->registries, fill, self);
  g_clear_object (&self->registries);

  G_OBJECT_CLASS (dw_registry_choice_parent_class)->dispose (object);
}

static void
dw_registry_choice_finalize (GObject *object)
{
  DwRegistryChoice *self = DW_REGISTRY_CHOICE (object);

  g_ptr_array_unref (self->ids);
  g_free (self->selected_id);

  G_OBJECT_CLASS (dw_registry_choice_parent_class)->finalize (object);
}

static void
dw_registry_choice_class_init (DwRegistryChoiceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = dw_registry_choice_dispose;
  object_class->finalize = dw_registry_choice_finalize;
}

static void
dw_registry_choice_init (DwRegistryChoice *self)
{
  self->ids = g_ptr_array_new_with_free_func (g_free);
  dw_choice_label_use (ADW_COMBO_ROW (self));
  fill (self);
  g_signal_connect (self, "notify::selected", G_CALLBACK (on_selected), NULL);
}

/**
 * dw_registry_choice_set_registries:
 * @self: a row
 * @registries: of DwRegistry, live
 *
 * Says which registries there are to choose from. To be called once.
 */
void
dw_registry_choice_set_registries (DwRegistryChoice *self, GListModel *registries)
{
  g_return_if_fail (DW_IS_REGISTRY_CHOICE (self));
  g_return_if_fail (self->registries == NULL);

  self->registries = g_object_ref (registries);
  g_signal_connect_swapped (registries, "items-changed", G_CALLBACK (fill), self);
  fill (self);
}
