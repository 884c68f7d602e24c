/* dw-entity.h: what every row of the store is as an object
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define DW_TYPE_ENTITY (dw_entity_get_type ())

G_DECLARE_DERIVABLE_TYPE (DwEntity, dw_entity, DW, ENTITY, GObject)

/* The property ids that DwEntity takes; a subclass counts on from DW_ENTITY_N_PROPERTIES. */
enum
{
  DW_ENTITY_PROP_ID = 1,
  DW_ENTITY_PROP_CREATED_AT,
  DW_ENTITY_PROP_UPDATED_AT,
  DW_ENTITY_N_PROPERTIES,
};

/**
 * DwEntityClass:
 * @validate: checks every field; chain-up is not needed
 */
struct _DwEntityClass
{
  GObjectClass parent_class;

  gboolean (*validate) (DwEntity *self, GError **error);

  /*< private >*/
  GParamSpec **properties;
  guint n_properties;
};

void dw_entity_class_install_properties (DwEntityClass *klass, GParamSpec **properties, guint n);
guint dw_entity_class_find_property_id (DwEntityClass *klass, const char *column);

const char *dw_entity_get_id (DwEntity *self);
const char *dw_entity_get_created_at (DwEntity *self);
const char *dw_entity_get_updated_at (DwEntity *self);

GValue dw_entity_peek_value (DwEntity *self, guint property_id);
void dw_entity_set_value (DwEntity *self, guint property_id, const GValue *value);
const char *dw_entity_get_string (DwEntity *self, guint property_id);
int dw_entity_get_int (DwEntity *self, guint property_id);
gint64 dw_entity_get_int64 (DwEntity *self, guint property_id);
gboolean dw_entity_get_boolean (DwEntity *self, guint property_id);
int dw_entity_get_enum (DwEntity *self, guint property_id);

gboolean dw_entity_is_same (DwEntity *self, DwEntity *other, guint property_id);
void dw_entity_copy_value (DwEntity *self, DwEntity *from, guint property_id);
void dw_entity_copy_values (DwEntity *self, DwEntity *from);
gboolean dw_entity_validate (DwEntity *self, GError **error);
GHashTable *dw_entity_find_problems (DwEntity *self, DwEntity *example);

GParamSpec *dw_entity_param_string (const char *name, const char *default_value);
GParamSpec *dw_entity_param_int (const char *name, int minimum, int maximum, int default_value);
GParamSpec *dw_entity_param_int64 (const char *name, gint64 minimum);
GParamSpec *dw_entity_param_boolean (const char *name, gboolean default_value);
GParamSpec *dw_entity_param_enum (const char *name, GType type, int default_value);
/* Around one of the above: what the program writes down for itself, and no person sets. */
GParamSpec *dw_entity_param_state (GParamSpec *pspec);
gboolean dw_entity_param_is_state (GParamSpec *pspec);
/* And what some queries tell beside the row: it is no column of the table. */
GParamSpec *dw_entity_param_joined (GParamSpec *pspec);
gboolean dw_entity_param_is_joined (GParamSpec *pspec);

G_END_DECLS
