/* dw-store-row.c: one place in a list of rows, which may not have been read yet
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "store/dw-store-row.h"

struct _DwStoreRow
{
  GObject parent_instance;

  DwEntity *entity; /* nullable */
};

G_DEFINE_FINAL_TYPE (DwStoreRow, dw_store_row, G_TYPE_OBJECT)

enum
{
  PROP_ENTITY = 1,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

static void
dw_store_row_dispose (GObject *object)
{
  DwStoreRow *self = DW_STORE_ROW (object);

  g_clear_object (&self->entity);

  G_OBJECT_CLASS (dw_store_row_parent_class)->dispose (object);
}

static void
dw_store_row_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  DwStoreRow *self = DW_STORE_ROW (object);

  switch (property_id)
    {
    case PROP_ENTITY:
      g_value_set_object (value, self->entity);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_store_row_class_init (DwStoreRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = dw_store_row_dispose;
  object_class->get_property = dw_store_row_get_property;

  properties[PROP_ENTITY] = g_param_spec_object ("entity", NULL, NULL, DW_TYPE_ENTITY,
                                                 G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                                                     G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
dw_store_row_init (DwStoreRow *self)
{
}

/* Returns: (transfer full): a place whose row is not known yet */
DwStoreRow *
dw_store_row_new (void)
{
  return g_object_new (DW_TYPE_STORE_ROW, NULL);
}

/**
 * dw_store_row_get_entity:
 * @self: a place in a list
 *
 * Returns: (nullable) (transfer none): the row that is there, or %NULL until it has been read; it
 *   is notified then
 */
DwEntity *
dw_store_row_get_entity (DwStoreRow *self)
{
  g_return_val_if_fail (DW_IS_STORE_ROW (self), NULL);

  return self->entity;
}

/**
 * dw_store_row_take_values:
 * @self: a place in a list
 * @entity: (transfer none): the row that is there now
 *
 * Takes @entity; the one that was there before stays the same object when it is the same row, and
 * gets its values.
 */
void
dw_store_row_take_values (DwStoreRow *self, DwEntity *entity)
{
  g_return_if_fail (DW_IS_STORE_ROW (self));
  g_return_if_fail (DW_IS_ENTITY (entity));

  if (self->entity != NULL &&
      g_strcmp0 (dw_entity_get_id (self->entity), dw_entity_get_id (entity)) == 0)
    dw_entity_copy_values (self->entity, entity);
  else if (g_set_object (&self->entity, entity))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ENTITY]);
}
