/* test-config-schema.c: the JSON Schema in data/ says of every field what its entity says
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The descriptions are written by hand, the rest is made from the entities: with
 * DW_TEST_WRITE_EXPECTED=1 this program writes the file anew, and a field that is new there needs
 * its description.
 */

#include "config.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "config/dw-config-fields.h"
#include "model/dw-json.h"
#include "model/dw-project.h"
#include "model/dw-registry.h"
#include "model/dw-settings.h"
#include "model/dw-stage.h"

#define SCHEMA_NAME "docker-watcher.schema.json"
#define TO_BE_DESCRIBED "TO BE DESCRIBED"

static char *
get_path (void)
{
  return g_test_build_filename (G_TEST_DIST, "..", "data", SCHEMA_NAME, NULL);
}

/* {"type":[TYPE,"null"]}: nothing is the default. */
static JsonObject *
new_type (const char *type)
{
  JsonObject *object = json_object_new ();
  JsonArray *types = json_array_new ();

  json_array_add_string_element (types, type);
  json_array_add_string_element (types, "null");
  json_object_set_array_member (object, "type", types);

  return object;
}

static JsonObject *
new_reference (const char *name)
{
  JsonObject *object = json_object_new ();
  g_autofree char *pointer = g_strconcat ("#/$defs/", name, NULL);

  json_object_set_string_member (object, "$ref", pointer);

  return object;
}

static JsonObject *
new_variables (void)
{
  static const char *const types[] = { "string", "number", "boolean", "null" };
  JsonObject *object = new_type ("object");
  JsonObject *value = json_object_new ();
  JsonArray *array = json_array_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    json_array_add_string_element (array, types[i]);
  json_object_set_array_member (value, "type", array);
  json_object_set_object_member (object, "additionalProperties", value);

  return object;
}

static JsonObject *
new_list (void)
{
  JsonObject *object = new_type ("array");
  JsonObject *element = json_object_new ();

  json_object_set_string_member (element, "type", "string");
  json_object_set_object_member (object, "items", element);

  return object;
}

static JsonObject *
new_integer (gint64 minimum, gint64 maximum, gint64 otherwise)
{
  JsonObject *object = new_type ("integer");

  json_object_set_int_member (object, "minimum", minimum);
  if (maximum < G_MAXINT64)
    json_object_set_int_member (object, "maximum", maximum);
  json_object_set_int_member (object, "default", otherwise);

  return object;
}

static JsonObject *
new_enum (GParamSpec *pspec)
{
  GParamSpecEnum *spec = G_PARAM_SPEC_ENUM (pspec);
  JsonObject *object = json_object_new ();
  JsonArray *nicks = json_array_new ();

  for (guint i = 0; i < spec->enum_class->n_values; i++)
    json_array_add_string_element (nicks, spec->enum_class->values[i].value_nick);
  json_array_add_null_element (nicks);
  json_object_set_array_member (object, "enum", nicks);
  json_object_set_string_member (
      object, "default", g_enum_get_value (spec->enum_class, spec->default_value)->value_nick);

  return object;
}

static JsonObject *
new_field (GParamSpec *pspec)
{
  const char *text = G_IS_PARAM_SPEC_STRING (pspec) ? G_PARAM_SPEC_STRING (pspec)->default_value
                                                    : NULL;

  if (g_strcmp0 (text, "{}") == 0)
    return new_variables ();
  if (g_strcmp0 (text, "[]") == 0)
    return new_list ();
  if (G_IS_PARAM_SPEC_ENUM (pspec))
    return new_enum (pspec);
  if (G_IS_PARAM_SPEC_INT (pspec))
    return new_integer (G_PARAM_SPEC_INT (pspec)->minimum, G_PARAM_SPEC_INT (pspec)->maximum,
                        G_PARAM_SPEC_INT (pspec)->default_value);
  if (G_IS_PARAM_SPEC_INT64 (pspec))
    return new_integer (G_PARAM_SPEC_INT64 (pspec)->minimum, G_PARAM_SPEC_INT64 (pspec)->maximum,
                        G_PARAM_SPEC_INT64 (pspec)->default_value);

  JsonObject *object = new_type (G_IS_PARAM_SPEC_BOOLEAN (pspec) ? "boolean" : "string");
  if (G_IS_PARAM_SPEC_BOOLEAN (pspec))
    json_object_set_boolean_member (object, "default", G_PARAM_SPEC_BOOLEAN (pspec)->default_value);
  else if (text != NULL)
    json_object_set_string_member (object, "default", text);

  return object;
}

/* Takes the description that the field has in the file now. */
static void
describe (JsonObject *field, JsonObject *old, const char *definition, const char *key)
{
  JsonObject *definitions = dw_json_get_object (old, "$defs");
  JsonObject *properties = dw_json_get_object (dw_json_get_object (definitions, definition),
                                               "properties");
  const char *description = dw_json_get_string (dw_json_get_object (properties, key),
                                                "description");

  json_object_set_string_member (field, "description",
                                 description != NULL ? description : TO_BE_DESCRIBED);
}

static void
add_field (JsonObject *properties,
           JsonObject *field,
           JsonObject *old,
           const char *definition,
           const char *key)
{
  describe (field, old, definition, key);
  json_object_set_object_member (properties, key, field);
}

static void
add_definition (JsonObject *definitions, JsonObject *old, const char *name, GType type)
{
  g_autoptr (DwEntityClass) klass = g_type_class_ref (type);
  JsonObject *definition = new_type ("object");
  JsonObject *properties = json_object_new ();

  for (guint i = 1; i < klass->n_properties; i++)
    if (dw_config_is_field (klass->properties[i]))
      {
        g_autofree char *key = dw_config_make_key (klass->properties[i]);

        add_field (properties, new_field (klass->properties[i]), old, name, key);
      }
  if (type == DW_TYPE_PROJECT)
    {
      JsonObject *stages = new_type ("object");

      json_object_set_object_member (stages, "additionalProperties", new_reference ("stage"));
      add_field (properties, new_type ("string"), old, name, DW_CONFIG_REGISTRY);
      add_field (properties, stages, old, name, "stages");
    }

  json_object_set_boolean_member (definition, "additionalProperties", FALSE);
  json_object_set_object_member (definition, "properties", properties);
  json_object_set_object_member (definitions, name, definition);
}

static void
add_section (JsonObject *properties, const char *name, const char *definition)
{
  JsonObject *section = new_type ("object");

  json_object_set_object_member (section, "additionalProperties", new_reference (definition));
  json_object_set_object_member (properties, name, section);
}

/* Returns: (transfer full): the schema as it should be, with the descriptions of @old */
static JsonNode *
make_schema (JsonObject *old)
{
  JsonObject *schema = json_object_new ();
  JsonObject *properties = json_object_new ();
  JsonObject *definitions = json_object_new ();
  JsonObject *version = json_object_new ();
  JsonNode *root = json_node_new (JSON_NODE_OBJECT);

  json_object_set_string_member (schema, "$schema", "https://json-schema.org/draft/2020-12/schema");
  json_object_set_string_member (schema, "title", "The configuration of Docker Watcher");
  json_object_set_string_member (schema, "type", "object");
  json_object_set_boolean_member (schema, "additionalProperties", FALSE);
  json_object_set_int_member (version, "const", 1);
  json_object_set_object_member (properties, "version", version);
  json_object_set_object_member (properties, "settings", new_reference ("settings"));
  add_section (properties, "registries", "registry");
  add_section (properties, "projects", "project");
  json_object_set_object_member (schema, "properties", properties);
  add_definition (definitions, old, "settings", DW_TYPE_SETTINGS);
  add_definition (definitions, old, "registry", DW_TYPE_REGISTRY);
  add_definition (definitions, old, "project", DW_TYPE_PROJECT);
  add_definition (definitions, old, "stage", DW_TYPE_STAGE);
  json_object_set_object_member (schema, "$defs", definitions);
  json_node_take_object (root, schema);

  return root;
}

static char *
to_text (JsonNode *node)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();

  json_generator_set_root (generator, node);
  json_generator_set_pretty (generator, TRUE);
  g_autofree char *text = json_generator_to_data (generator, NULL);

  return g_strconcat (text, "\n", NULL);
}

static void
test_the_schema_is_what_the_entities_say (void)
{
  g_autofree char *path = get_path ();
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  gboolean writes = g_getenv ("DW_TEST_WRITE_EXPECTED") != NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);

  g_autoptr (JsonNode) old = json_from_string (text, &error);
  g_assert_no_error (error);
  g_autoptr (JsonNode) schema = make_schema (json_node_get_object (old));
  g_autofree char *made = to_text (schema);
  if (writes)
    g_file_set_contents (path, made, -1, &error);
  g_assert_no_error (error);

  if (!writes && !g_str_equal (text, made))
    g_error ("data/" SCHEMA_NAME " is not what the entities say. Write it anew with "
             "DW_TEST_WRITE_EXPECTED=1 meson test -C build test-config-schema, and describe what "
             "is new in it.");
  if (strstr (made, TO_BE_DESCRIBED) != NULL)
    g_error ("data/" SCHEMA_NAME ": a field is “" TO_BE_DESCRIBED "”");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/config/the-schema-is-what-the-entities-say",
                   test_the_schema_is_what_the_entities_say);

  return g_test_run ();
}
