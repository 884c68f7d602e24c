/* dw-entity.c: what every row of the store is as an object
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A subclass only declares its properties; the values are kept here, in an array by property id, so
 * that a list model can refresh an object that a view holds, and so that the store can move a row
 * into an object without a name lookup a column. There may be thousands of them, so that a value
 * takes no more room than it needs. An entity does no I/O and belongs to one thread at a time.
 */

#include "config.h"

#include "model/dw-entity.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "model/dw-enums.h"
#include "model/dw-model-error.h"

/* A value without its type, which the property has. */
typedef union
{
  char *text; /* its own, unless it is the property's default */
  int integer;
  gint64 integer64;
} Field;

typedef struct
{
  Field *fields;
} DwEntityPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (DwEntity, dw_entity, G_TYPE_OBJECT)

/* Of GObject's flags those that a program may give a meaning to. */
#define ENTITY_PARAM_STATE ((GParamFlags) (1 << G_PARAM_USER_SHIFT))
#define ENTITY_PARAM_JOINED ((GParamFlags) (1 << (G_PARAM_USER_SHIFT + 1)))
#define ENTITY_PARAM (G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS)

GParamSpec *
dw_entity_param_string (const char *name, const char *default_value)
{
  return g_param_spec_string (name, NULL, NULL, default_value, ENTITY_PARAM);
}

GParamSpec *
dw_entity_param_int (const char *name, int minimum, int maximum, int default_value)
{
  return g_param_spec_int (name, NULL, NULL, minimum, maximum, default_value, ENTITY_PARAM);
}

GParamSpec *
dw_entity_param_int64 (const char *name, gint64 minimum)
{
  return g_param_spec_int64 (name, NULL, NULL, minimum, G_MAXINT64, minimum, ENTITY_PARAM);
}

GParamSpec *
dw_entity_param_boolean (const char *name, gboolean default_value)
{
  return g_param_spec_boolean (name, NULL, NULL, default_value, ENTITY_PARAM);
}

GParamSpec *
dw_entity_param_enum (const char *name, GType type, int default_value)
{
  return g_param_spec_enum (name, NULL, NULL, type, default_value, ENTITY_PARAM);
}

GParamSpec *
dw_entity_param_state (GParamSpec *pspec)
{
  pspec->flags |= ENTITY_PARAM_STATE;

  return pspec;
}

/* Whether it is no choice of a person, and so in no export. */
gboolean
dw_entity_param_is_state (GParamSpec *pspec)
{
  return (pspec->flags & ENTITY_PARAM_STATE) != 0;
}

GParamSpec *
dw_entity_param_joined (GParamSpec *pspec)
{
  pspec->flags |= ENTITY_PARAM_STATE | ENTITY_PARAM_JOINED;

  return pspec;
}

/* Whether it is not of the row itself, and so not stored with it. */
gboolean
dw_entity_param_is_joined (GParamSpec *pspec)
{
  return (pspec->flags & ENTITY_PARAM_JOINED) != 0;
}

static const char *
get_default_text (GParamSpec *pspec)
{
  return G_PARAM_SPEC_STRING (pspec)->default_value;
}

static void
field_clear (Field *field, GParamSpec *pspec)
{
  if (G_IS_PARAM_SPEC_STRING (pspec) && field->text != get_default_text (pspec))
    g_free (field->text);
}

static void
field_set (Field *field, GParamSpec *pspec, const GValue *value)
{
  if (G_IS_PARAM_SPEC_STRING (pspec))
    {
      const char *text = g_value_get_string (value);

      field->text = g_strcmp0 (text, get_default_text (pspec)) == 0
                        ? (char *) get_default_text (pspec)
                        : g_strdup (text);
    }
  else if (G_IS_PARAM_SPEC_INT64 (pspec))
    field->integer64 = g_value_get_int64 (value);
  else if (G_IS_PARAM_SPEC_BOOLEAN (pspec))
    field->integer = g_value_get_boolean (value);
  else if (G_IS_PARAM_SPEC_ENUM (pspec))
    field->integer = g_value_get_enum (value);
  else
    field->integer = g_value_get_int (value);
}

static void
dw_entity_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  GValue field = dw_entity_peek_value (DW_ENTITY (object), property_id);

  g_value_copy (&field, value);
}

static void
dw_entity_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  dw_entity_set_value (DW_ENTITY (object), property_id, value);
}

static void
dw_entity_finalize (GObject *object)
{
  DwEntityClass *klass = DW_ENTITY_GET_CLASS (object);
  DwEntityPrivate *priv = dw_entity_get_instance_private (DW_ENTITY (object));

  for (guint i = 1; i < klass->n_properties; i++)
    field_clear (&priv->fields[i], klass->properties[i]);
  g_free (priv->fields);

  G_OBJECT_CLASS (dw_entity_parent_class)->finalize (object);
}

/* Not in init(), which runs while the instance is of this base class still and knows no more. */
static void
dw_entity_constructed (GObject *object)
{
  DwEntityClass *klass = DW_ENTITY_GET_CLASS (object);
  DwEntityPrivate *priv = dw_entity_get_instance_private (DW_ENTITY (object));

  priv->fields = g_new0 (Field, klass->n_properties);
  for (guint i = 1; i < klass->n_properties; i++)
    field_set (&priv->fields[i], klass->properties[i],
               g_param_spec_get_default_value (klass->properties[i]));

  G_OBJECT_CLASS (dw_entity_parent_class)->constructed (object);
}

static void
dw_entity_class_init (DwEntityClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamSpec *properties[DW_ENTITY_N_PROPERTIES] = {
    [DW_ENTITY_PROP_ID] = dw_entity_param_state (dw_entity_param_string ("id", NULL)),
    [DW_ENTITY_PROP_CREATED_AT] = dw_entity_param_state (
        dw_entity_param_string ("created-at", NULL)),
    [DW_ENTITY_PROP_UPDATED_AT] = dw_entity_param_state (
        dw_entity_param_string ("updated-at", NULL)),
  };

  object_class->constructed = dw_entity_constructed;
  object_class->finalize = dw_entity_finalize;

  klass->properties = NULL;
  klass->n_properties = 0;
  dw_entity_class_install_properties (klass, properties, DW_ENTITY_N_PROPERTIES);
}

static void
dw_entity_init (DwEntity *self)
{
}

/**
 * dw_entity_class_install_properties:
 * @klass: the class being initialised
 * @properties: (transfer full): indexed by property id; those of the parent class may be %NULL
 * @n: one more than the highest property id
 *
 * To be called once from a subclass's class_init, in place of g_object_class_install_properties().
 */
void
dw_entity_class_install_properties (DwEntityClass *klass, GParamSpec **properties, guint n)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamSpec **all = g_new0 (GParamSpec *, n);

  /* GObject does not hand these two down to a subclass. */
  object_class->get_property = dw_entity_get_property;
  object_class->set_property = dw_entity_set_property;

  for (guint i = 1; i < n; i++)
    {
      if (i < klass->n_properties)
        {
          all[i] = klass->properties[i];
          continue;
        }
      all[i] = properties[i];
      g_object_class_install_property (object_class, i, properties[i]);
    }

  klass->properties = all;
  klass->n_properties = n;
}

/**
 * dw_entity_class_find_property_id:
 * @klass: the class of an entity
 * @column: a column's name, with underscores
 *
 * Returns: the id of the property that the column holds, or 0 when there is none. Any thread.
 */
guint
dw_entity_class_find_property_id (DwEntityClass *klass, const char *column)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_CLASS (klass), column);

  for (guint i = 1; pspec != NULL && i < klass->n_properties; i++)
    if (klass->properties[i] == pspec)
      return i;

  return 0;
}

/**
 * dw_entity_get_id:
 * @self: an entity
 *
 * Returns: (nullable) (transfer none): its key, or %NULL before the store has created it
 */
const char *
dw_entity_get_id (DwEntity *self)
{
  return dw_entity_get_string (self, DW_ENTITY_PROP_ID);
}

/**
 * dw_entity_get_created_at:
 * @self: an entity
 *
 * Returns: (nullable) (transfer none): when the store created it, UTC ISO 8601 with milliseconds
 */
const char *
dw_entity_get_created_at (DwEntity *self)
{
  return dw_entity_get_string (self, DW_ENTITY_PROP_CREATED_AT);
}

/**
 * dw_entity_get_updated_at:
 * @self: an entity
 *
 * Returns: (nullable) (transfer none): when the store last wrote it, UTC ISO 8601 with milliseconds
 */
const char *
dw_entity_get_updated_at (DwEntity *self)
{
  return dw_entity_get_string (self, DW_ENTITY_PROP_UPDATED_AT);
}

/**
 * dw_entity_peek_value:
 * @self: an entity
 * @property_id: an id of one of its properties
 *
 * Returns: the property's value, which need not be unset; good until it is next set
 */
GValue
dw_entity_peek_value (DwEntity *self, guint property_id)
{
  DwEntityPrivate *priv = dw_entity_get_instance_private (self);
  GValue value = G_VALUE_INIT;

  g_return_val_if_fail (DW_IS_ENTITY (self), value);
  g_return_val_if_fail (property_id < DW_ENTITY_GET_CLASS (self)->n_properties, value);

  GParamSpec *pspec = DW_ENTITY_GET_CLASS (self)->properties[property_id];
  const Field *field = &priv->fields[property_id];

  g_value_init (&value, pspec->value_type);
  if (G_IS_PARAM_SPEC_STRING (pspec))
    g_value_set_static_string (&value, field->text);
  else if (G_IS_PARAM_SPEC_INT64 (pspec))
    g_value_set_int64 (&value, field->integer64);
  else if (G_IS_PARAM_SPEC_BOOLEAN (pspec))
    g_value_set_boolean (&value, field->integer);
  else if (G_IS_PARAM_SPEC_ENUM (pspec))
    g_value_set_enum (&value, field->integer);
  else
    g_value_set_int (&value, field->integer);

  return value;
}

/**
 * dw_entity_set_value:
 * @self: an entity
 * @property_id: an id of one of its properties
 * @value: (transfer none): a value of the property's type
 *
 * Sets the property, and notifies when that changes it.
 */
void
dw_entity_set_value (DwEntity *self, guint property_id, const GValue *value)
{
  DwEntityPrivate *priv = dw_entity_get_instance_private (self);
  GParamSpec *pspec = DW_ENTITY_GET_CLASS (self)->properties[property_id];
  GValue current = dw_entity_peek_value (self, property_id);
  Field before = priv->fields[property_id];

  if (g_param_values_cmp (pspec, &current, value) == 0)
    return;

  /* In this order: the new text may be a part of the one before. */
  field_set (&priv->fields[property_id], pspec, value);
  field_clear (&before, pspec);
  g_object_notify_by_pspec (G_OBJECT (self), pspec);
}

/* Returns: (nullable): the field, if it is of the kind that @type is the declaration of */
static const Field *
get_field (DwEntity *self, guint property_id, GType type)
{
  DwEntityPrivate *priv = dw_entity_get_instance_private (self);

  g_return_val_if_fail (DW_IS_ENTITY (self), NULL);
  g_return_val_if_fail (property_id < DW_ENTITY_GET_CLASS (self)->n_properties, NULL);
  g_return_val_if_fail (
      g_type_is_a (DW_ENTITY_GET_CLASS (self)->properties[property_id]->value_type, type), NULL);

  return &priv->fields[property_id];
}

/* The getters that the subclasses' own stand on; they are typed by the property's declaration. */
const char *
dw_entity_get_string (DwEntity *self, guint property_id)
{
  const Field *field = get_field (self, property_id, G_TYPE_STRING);

  return field != NULL ? field->text : NULL;
}

int
dw_entity_get_int (DwEntity *self, guint property_id)
{
  const Field *field = get_field (self, property_id, G_TYPE_INT);

  return field != NULL ? field->integer : 0;
}

gint64
dw_entity_get_int64 (DwEntity *self, guint property_id)
{
  const Field *field = get_field (self, property_id, G_TYPE_INT64);

  return field != NULL ? field->integer64 : 0;
}

gboolean
dw_entity_get_boolean (DwEntity *self, guint property_id)
{
  const Field *field = get_field (self, property_id, G_TYPE_BOOLEAN);

  return field != NULL && field->integer;
}

int
dw_entity_get_enum (DwEntity *self, guint property_id)
{
  const Field *field = get_field (self, property_id, G_TYPE_ENUM);

  return field != NULL ? field->integer : 0;
}

/* Returns: whether both, of one class, say the same in the property */
gboolean
dw_entity_is_same (DwEntity *self, DwEntity *other, guint property_id)
{
  GValue a = dw_entity_peek_value (self, property_id);
  GValue b = dw_entity_peek_value (other, property_id);

  return g_param_values_cmp (DW_ENTITY_GET_CLASS (self)->properties[property_id], &a, &b) == 0;
}

/* Sets the property to what @from, of the same class, says in it. */
void
dw_entity_copy_value (DwEntity *self, DwEntity *from, guint property_id)
{
  GValue value = dw_entity_peek_value (from, property_id);

  dw_entity_set_value (self, property_id, &value);
}

/**
 * dw_entity_copy_values:
 * @self: an entity
 * @from: another of the same class
 *
 * Makes @self say what @from says, with a notification for each property that changes.
 */
void
dw_entity_copy_values (DwEntity *self, DwEntity *from)
{
  g_return_if_fail (DW_IS_ENTITY (self));
  g_return_if_fail (G_OBJECT_TYPE (self) == G_OBJECT_TYPE (from));

  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = 1; i < DW_ENTITY_GET_CLASS (self)->n_properties; i++)
    dw_entity_copy_value (self, from, i);
  g_object_thaw_notify (G_OBJECT (self));
}

/* Of a number that is set through GObject's own functions this is sure; not of one that the store
 * or a form sets in place. */
static gboolean
validate_bounds (const GValue *value, GParamSpec *pspec, GError **error)
{
  g_autofree char *column = NULL;
  g_autofree char *shown = NULL;
  gint64 minimum = 0;
  gint64 maximum = 0;

  if (g_param_value_is_valid (pspec, value))
    return TRUE;

  column = g_strdelimit (g_strdup (pspec->name), "-", '_');
  if (G_IS_PARAM_SPEC_ENUM (pspec))
    {
      shown = dw_enum_list_nicks (pspec->value_type);
      g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID, _ ("%s: %d is none of %s"),
                   column, g_value_get_enum (value), shown);
      return FALSE;
    }

  if (G_IS_PARAM_SPEC_INT (pspec))
    {
      minimum = G_PARAM_SPEC_INT (pspec)->minimum;
      maximum = G_PARAM_SPEC_INT (pspec)->maximum;
    }
  else if (G_IS_PARAM_SPEC_INT64 (pspec))
    {
      minimum = G_PARAM_SPEC_INT64 (pspec)->minimum;
      maximum = G_PARAM_SPEC_INT64 (pspec)->maximum;
    }
  shown = g_strdup_value_contents (value);
  g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
               /* Translators: a field, what it should become, and what it may be */
               _ ("%s: %s is out of bounds; it goes from %lld to %lld"), column, shown,
               (long long) minimum, (long long) maximum);

  return FALSE;
}

/**
 * dw_entity_validate:
 * @self: an entity
 * @error: DW_MODEL_ERROR_INVALID; the message names the field and says what it may hold
 *
 * Checks every field. The store calls it before it writes; a form may call it while one types.
 *
 * Returns: whether @self may be stored
 */
gboolean
dw_entity_validate (DwEntity *self, GError **error)
{
  DwEntityClass *klass = DW_ENTITY_GET_CLASS (self);

  g_return_val_if_fail (DW_IS_ENTITY (self), FALSE);

  for (guint i = 1; i < klass->n_properties; i++)
    {
      GValue value = dw_entity_peek_value (self, i);

      if (!validate_bounds (&value, klass->properties[i], error))
        return FALSE;
    }

  return klass->validate == NULL || klass->validate (self, error);
}

/**
 * dw_entity_find_problems:
 * @self: an entity
 * @example: one of the same class that is valid
 *
 * Finds what is wrong with each field, where dw_entity_validate() stops at the first: a field that
 * is wrong is taken from @example, and the rest checked again. Any thread that has both.
 *
 * Returns: (transfer full): what may be said below a field, by the field's column; what is wrong
 *   with no single field is under ""
 */
GHashTable *
dw_entity_find_problems (DwEntity *self, DwEntity *example)
{
  GHashTable *problems = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (DwEntity) probe = g_object_new (G_OBJECT_TYPE (self), NULL);
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (G_OBJECT_TYPE (self) == G_OBJECT_TYPE (example), problems);

  dw_entity_copy_values (probe, self);
  while (!dw_entity_validate (probe, &error))
    {
      /* The message names the field: “name: must not be empty”. */
      const char *colon = strstr (error->message, ": ");
      g_autofree char *column = colon != NULL
                                    ? g_strndup (error->message, (gsize) (colon - error->message))
                                    : NULL;
      guint id = column != NULL
                     ? dw_entity_class_find_property_id (DW_ENTITY_GET_CLASS (self), column)
                     : 0;

      if (id == 0)
        {
          g_hash_table_insert (problems, g_strdup (""), g_strdup (error->message));
          break;
        }
      /* Where the example's does not go with the other fields, those are as far as one can see. */
      if (g_hash_table_contains (problems, column))
        break;
      g_hash_table_insert (problems, g_steal_pointer (&column), g_strdup (colon + strlen (": ")));
      dw_entity_copy_value (probe, example, id);
      g_clear_error (&error);
    }

  return problems;
}
