/* dw-config-fields.c: between the entities' properties and the keys of a configuration
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every property that a person sets is a key, named like its column; what it may hold, and what it
 * is when nobody says, is the property's. A new property is here by itself.
 */

#include "config.h"

#include "config/dw-config-fields.h"

#include "model/dw-enums.h"
#include "model/dw-environment.h"
#include "model/dw-json.h"
#include "model/dw-nearest.h"
#include "model/dw-volumes.h"

/* Whether the property is a key: the name is the key of the whole, and a reference stands under the
 * name of what it refers to. */
gboolean
dw_config_is_field (GParamSpec *pspec)
{
  return !dw_entity_param_is_state (pspec) && !g_str_equal (pspec->name, "name") &&
         !g_str_equal (pspec->name, "registry-id");
}

char *
dw_config_make_key (GParamSpec *pspec)
{
  return g_strdelimit (g_strdup (pspec->name), "-", '_');
}

/**
 * dw_config_list_keys:
 * @klass: an entity's class
 * @others: (nullable) (array zero-terminated=1): what else there is
 *
 * Returns: (transfer full): the keys that its fields have, and @others
 */
GStrv
dw_config_list_keys (DwEntityClass *klass, const char *const *others)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 1; i < klass->n_properties; i++)
    if (dw_config_is_field (klass->properties[i]))
      {
        g_autofree char *key = dw_config_make_key (klass->properties[i]);

        g_strv_builder_add (builder, key);
      }
  if (others != NULL)
    g_strv_builder_addv (builder, (const char **) others);

  return g_strv_builder_end (builder);
}

/* Returns: the id of the field with that key, or 0 */
guint
dw_config_find_field (DwEntityClass *klass, const char *key)
{
  guint id = dw_entity_class_find_property_id (klass, key);

  return id != 0 && dw_config_is_field (klass->properties[id]) ? id : 0;
}

static GParamSpec *
get_pspec (DwEntity *entity, guint id)
{
  return DW_ENTITY_GET_CLASS (entity)->properties[id];
}

gboolean
dw_config_has_default (DwEntity *entity, guint id)
{
  GValue value = dw_entity_peek_value (entity, id);

  return g_param_value_defaults (get_pspec (entity, id), &value);
}

void
dw_config_reset_field (DwEntity *entity, guint id)
{
  GParamSpec *pspec = get_pspec (entity, id);

  dw_entity_set_value (entity, id, g_param_spec_get_default_value (pspec));
}

/* A property that holds JSON says so by its default. */
static gboolean
holds_json (GParamSpec *pspec, const char *empty)
{
  return G_IS_PARAM_SPEC_STRING (pspec) &&
         g_strcmp0 (G_PARAM_SPEC_STRING (pspec)->default_value, empty) == 0;
}

/* Puts the place before what the model says. */
static gboolean
place_error (DwYamlNode *node, GError *problem, GError **error)
{
  dw_yaml_node_set_error (node, error, "%s", problem->message);
  g_error_free (problem);

  return FALSE;
}

/* What makes JSON of a list, and checks it. */
typedef char *(*FromListFunc) (const char *const *texts, GError **error);

/* @texts: (transfer none): what stands at each of the elements of @node */
static gboolean
set_list (
    DwEntity *entity, guint id, DwYamlNode *node, GStrv texts, FromListFunc make, GError **error)
{
  g_auto (GValue) value = G_VALUE_INIT;
  GError *problem = NULL;

  /* First each alone, to say which it is. */
  for (guint i = 0; texts[i] != NULL; i++)
    {
      const char *const alone[] = { texts[i], NULL };
      g_autofree char *checked = make (alone, &problem);

      if (checked == NULL)
        return place_error (dw_yaml_node_get_element (node, i), problem, error);
    }

  g_autofree char *json = make ((const char *const *) texts, &problem);
  if (json == NULL)
    return place_error (node, problem, error);

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, json);
  dw_entity_set_value (entity, id, &value);
  return TRUE;
}

/* NAME: VALUE lines. */
static gboolean
read_variables (DwEntity *entity, guint id, DwYamlNode *node, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (!dw_yaml_node_check_kind (node, DW_YAML_MAPPING, error))
    return FALSE;

  for (guint i = 0; i < dw_yaml_node_get_length (node); i++)
    {
      DwYamlNode *value = dw_yaml_node_get_element (node, i);
      const char *name = dw_yaml_node_get_text (dw_yaml_node_get_key (node, i));

      if (!dw_yaml_node_check_kind (value, DW_YAML_SCALAR, error))
        return FALSE;

      g_autofree char *assignment = g_strconcat (
          name, "=", dw_yaml_node_is_null (value) ? "" : dw_yaml_node_get_text (value), NULL);
      g_strv_builder_add (builder, assignment);
    }

  g_auto (GStrv) assignments = g_strv_builder_end (builder);
  return set_list (entity, id, node, assignments, dw_environment_from_list, error);
}

static gboolean
read_list (DwEntity *entity, guint id, DwYamlNode *node, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (!dw_yaml_node_check_kind (node, DW_YAML_SEQUENCE, error))
    return FALSE;

  for (guint i = 0; i < dw_yaml_node_get_length (node); i++)
    {
      DwYamlNode *element = dw_yaml_node_get_element (node, i);

      if (!dw_yaml_node_check_kind (element, DW_YAML_SCALAR, error))
        return FALSE;
      g_strv_builder_add (builder, dw_yaml_node_get_text (element));
    }

  g_auto (GStrv) volumes = g_strv_builder_end (builder);
  return set_list (entity, id, node, volumes, dw_volumes_from_list, error);
}

static gboolean
read_enum (GType type, DwYamlNode *node, int *value, GError **error)
{
  const char *text = dw_yaml_node_get_text (node);
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GError) problem = NULL;

  if (dw_enum_from_nick (type, text, value, &problem))
    return TRUE;

  for (guint i = 0; i < klass->n_values; i++)
    g_strv_builder_add (builder, klass->values[i].value_nick);

  g_auto (GStrv) nicks = g_strv_builder_end (builder);
  g_autofree char *suggestion = dw_suggest (text, (const char *const *) nicks);
  dw_yaml_node_set_error (node, error, "%s%s", problem->message, suggestion);
  return FALSE;
}

/**
 * dw_config_read_field:
 * @entity: what is to be changed
 * @id: one of its fields
 * @node: what it is to be; null is the default
 * @error: DW_CONFIG_ERROR_INVALID
 *
 * Returns: whether @node can be that
 */
gboolean
dw_config_read_field (DwEntity *entity, guint id, DwYamlNode *node, GError **error)
{
  GParamSpec *pspec = get_pspec (entity, id);
  g_auto (GValue) value = G_VALUE_INIT;
  gboolean is_true = FALSE;
  gint64 integer = 0;
  int number = 0;

  if (dw_yaml_node_is_null (node))
    {
      dw_config_reset_field (entity, id);
      return TRUE;
    }
  if (holds_json (pspec, "{}"))
    return read_variables (entity, id, node, error);
  if (holds_json (pspec, "[]"))
    return read_list (entity, id, node, error);

  g_value_init (&value, pspec->value_type);
  if (!dw_yaml_node_check_kind (node, DW_YAML_SCALAR, error))
    return FALSE;
  if (G_IS_PARAM_SPEC_STRING (pspec))
    {
      g_value_set_string (&value, dw_yaml_node_get_text (node));
    }
  else if (G_IS_PARAM_SPEC_BOOLEAN (pspec))
    {
      if (!dw_yaml_node_get_boolean (node, &is_true, error))
        return FALSE;
      g_value_set_boolean (&value, is_true);
    }
  else if (G_IS_PARAM_SPEC_ENUM (pspec))
    {
      if (!read_enum (pspec->value_type, node, &number, error))
        return FALSE;
      g_value_set_enum (&value, number);
    }
  else if (G_IS_PARAM_SPEC_INT (pspec))
    {
      GParamSpecInt *bounds = G_PARAM_SPEC_INT (pspec);

      if (!dw_yaml_node_get_integer (node, bounds->minimum, bounds->maximum, &integer, error))
        return FALSE;
      g_value_set_int (&value, (int) integer);
    }
  else
    {
      GParamSpecInt64 *bounds = G_PARAM_SPEC_INT64 (pspec);

      if (!dw_yaml_node_get_integer (node, bounds->minimum, bounds->maximum, &integer, error))
        return FALSE;
      g_value_set_int64 (&value, integer);
    }

  dw_entity_set_value (entity, id, &value);
  return TRUE;
}

/* The JSON of a field, which the model has validated. */
static JsonNode *
parse_field (DwEntity *entity, guint id)
{
  return dw_json_parse_text (dw_entity_get_string (entity, id), NULL);
}

/**
 * dw_config_dup_variables:
 * @entity: an entity
 * @id: one of its fields
 *
 * Returns: (transfer full) (nullable): the variables of a field that holds some, by their names
 */
GHashTable *
dw_config_dup_variables (DwEntity *entity, guint id)
{
  g_autoptr (JsonNode) root = holds_json (get_pspec (entity, id), "{}") ? parse_field (entity, id)
                                                                        : NULL;
  GHashTable *variables = NULL;
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return NULL;

  variables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  json_object_iter_init (&iter, json_node_get_object (root));
  while (json_object_iter_next (&iter, &name, &value))
    g_hash_table_insert (variables, g_strdup (name), g_strdup (json_node_get_string (value)));

  return variables;
}

static void
write_variables (DwYamlWriter *writer, DwEntity *entity, guint id)
{
  g_autoptr (GHashTable) variables = dw_config_dup_variables (entity, id);
  g_autoptr (GList) names = g_list_sort (
      variables != NULL ? g_hash_table_get_keys (variables) : NULL, (GCompareFunc) g_strcmp0);

  dw_yaml_writer_begin_mapping (writer);
  for (GList *name = names; name != NULL; name = name->next)
    {
      dw_yaml_writer_add_text (writer, name->data);
      dw_yaml_writer_add_text (writer, g_hash_table_lookup (variables, name->data));
    }
  dw_yaml_writer_end_mapping (writer);
}

static void
write_list (DwYamlWriter *writer, DwEntity *entity, guint id)
{
  g_autoptr (JsonNode) root = parse_field (entity, id);
  JsonArray *array = root != NULL && JSON_NODE_HOLDS_ARRAY (root) ? json_node_get_array (root)
                                                                  : NULL;

  dw_yaml_writer_begin_sequence (writer);
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    dw_yaml_writer_add_text (writer, json_array_get_string_element (array, i));
  dw_yaml_writer_end_sequence (writer);
}

/* What a field that is neither JSON nor empty says. */
static char *
value_to_text (const GValue *value)
{
  if (G_VALUE_HOLDS_STRING (value))
    return g_value_dup_string (value);
  if (G_VALUE_HOLDS_BOOLEAN (value))
    return g_strdup (g_value_get_boolean (value) ? "true" : "false");
  if (G_VALUE_HOLDS_ENUM (value))
    return g_strdup (dw_enum_to_nick (G_VALUE_TYPE (value), g_value_get_enum (value)));
  if (G_VALUE_HOLDS_INT (value))
    return g_strdup_printf ("%d", g_value_get_int (value));

  return g_strdup_printf ("%" G_GINT64_FORMAT, g_value_get_int64 (value));
}

/* Writes key and value, as dw_config_read_field() reads them. */
void
dw_config_write_field (DwYamlWriter *writer, DwEntity *entity, guint id)
{
  GParamSpec *pspec = get_pspec (entity, id);
  g_autofree char *key = dw_config_make_key (pspec);
  GValue value = dw_entity_peek_value (entity, id);
  g_autofree char *text = value_to_text (&value);

  dw_yaml_writer_add_text (writer, key);
  if (holds_json (pspec, "{}"))
    write_variables (writer, entity, id);
  else if (holds_json (pspec, "[]"))
    write_list (writer, entity, id);
  else if (text == NULL)
    dw_yaml_writer_add_plain (writer, "null");
  else if (G_VALUE_HOLDS_STRING (&value) || G_VALUE_HOLDS_ENUM (&value))
    dw_yaml_writer_add_text (writer, text);
  else
    dw_yaml_writer_add_plain (writer, text);
}

/**
 * dw_config_show_field:
 * @entity: an entity
 * @id: one of its fields
 *
 * Returns: (transfer full) (nullable): the field in one line for a person, or %NULL for nothing
 */
char *
dw_config_show_field (DwEntity *entity, guint id)
{
  if (holds_json (get_pspec (entity, id), "[]"))
    {
      g_autoptr (JsonNode) root = parse_field (entity, id);
      JsonArray *array = root != NULL && JSON_NODE_HOLDS_ARRAY (root) ? json_node_get_array (root)
                                                                      : NULL;
      g_autoptr (GString) list = g_string_new (NULL);

      for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
        g_string_append_printf (list, "%s%s", i > 0 ? ", " : "",
                                json_array_get_string_element (array, i));

      return list->len > 0 ? g_string_free (g_steal_pointer (&list), FALSE) : NULL;
    }

  GValue value = dw_entity_peek_value (entity, id);

  return value_to_text (&value);
}
