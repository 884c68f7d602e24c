/* dw-environment.c: a container's environment as JSON text and as a list
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The text is one JSON object with strings as its values, so that order and quoting are nobody's
 * concern: {"LOG_LEVEL":"debug","PORT":"8080"}.
 */

#include "config.h"

#include "model/dw-environment.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "model/dw-json.h"
#include "model/dw-model-error.h"
#include "model/dw-validation.h"

/* The kernel takes no longer argument or variable: MAX_ARG_STRLEN. */
#define VARIABLE_LIMIT (128 * 1024)
#define ENVIRONMENT_LIMIT (1024 * 1024)

/**
 * dw_environment_validate_variable:
 * @name: what is to be a variable's name
 * @value: its value
 * @error: DW_MODEL_ERROR_INVALID
 *
 * Returns: whether a process can be given it. Any thread.
 */
gboolean
dw_environment_validate_variable (const char *name, const char *value, GError **error)
{
  g_autofree char *shown = dw_model_quote (name);

  if (*name == '\0' || strchr (name, '=') != NULL)
    {
      g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                   _ ("env: %s is not a variable's name; it must not be empty or hold “=”"), shown);
      return FALSE;
    }
  for (const char *c = name; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c) || *c == ' ')
      {
        g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                     _ ("env: %s is not a variable's name; it must not hold spaces or control "
                        "characters"),
                     shown);
        return FALSE;
      }
  if (strlen (name) + strlen (value) + 2 > VARIABLE_LIMIT)
    {
      g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                   _ ("env: %s is longer than the 128 KiB that a process can be given"), shown);
      return FALSE;
    }

  return TRUE;
}

static JsonObject *
parse (const char *json, GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (!dw_validate_required ("env", json, error))
    return NULL;
  if (strlen (json) > ENVIRONMENT_LIMIT)
    {
      g_set_error_literal (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                           _ ("env: is longer than 1 MiB"));
      return NULL;
    }

  g_autoptr (JsonNode) root = dw_json_parse_text (json, &problem);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      /* without the text, in which there may be secrets */
      g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                   /* Translators: a semicolon with the reason, or nothing */
                   _ ("env: must be a JSON object of strings like {\"PORT\":\"8080\"}%s%s"),
                   problem != NULL ? "; " : "", problem != NULL ? problem->message : "");
      return NULL;
    }

  JsonObject *object = json_node_get_object (root);
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &value))
    {
      if (json_node_get_value_type (value) != G_TYPE_STRING)
        {
          g_autofree char *shown = dw_model_quote (name);

          g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                       _ ("env: the value of %s is not a string; put it in quotes"), shown);
          return NULL;
        }
      if (!dw_environment_validate_variable (name, json_node_get_string (value), error))
        return NULL;
    }

  return json_object_ref (object);
}

/**
 * dw_environment_validate:
 * @json: the text
 * @error: DW_MODEL_ERROR_INVALID
 *
 * Returns: whether @json is a JSON object of strings with names that can be variables. Any thread.
 */
gboolean
dw_environment_validate (const char *json, GError **error)
{
  g_autoptr (JsonObject) object = parse (json, error);

  return object != NULL;
}

/**
 * dw_environment_from_list:
 * @assignments: (array zero-terminated=1): NAME=VALUE strings
 * @error: DW_MODEL_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): the JSON text, sorted by name; a later one wins. Any thread.
 */
char *
dw_environment_from_list (const char *const *assignments, GError **error)
{
  g_autoptr (GTree)
      variables = g_tree_new_full ((GCompareDataFunc) (GCallback) g_strcmp0, NULL, g_free, NULL);
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);

  for (guint i = 0; assignments[i] != NULL; i++)
    {
      const char *equals = strchr (assignments[i], '=');

      if (equals == NULL || !g_utf8_validate (assignments[i], -1, NULL))
        {
          g_autofree char *shown = dw_model_quote (assignments[i]);

          g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                       _ ("env: %s is not of the form NAME=VALUE"), shown);
          return NULL;
        }

      g_autofree char *name = g_strndup (assignments[i], (gsize) (equals - assignments[i]));
      if (!dw_environment_validate_variable (name, equals + 1, error))
        return NULL;
      g_tree_replace (variables, g_steal_pointer (&name), (gpointer) (equals + 1));
    }

  for (GTreeNode *node = g_tree_node_first (variables); node != NULL;
       node = g_tree_node_next (node))
    json_object_set_string_member (object, g_tree_node_key (node), g_tree_node_value (node));
  json_node_set_object (root, object);

  return dw_json_to_text (root, FALSE);
}

/**
 * dw_environment_merge:
 * @base: a project's environment, JSON text
 * @overrides: a stage's, JSON text; its variables win
 * @error: DW_MODEL_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): NAME=VALUE strings sorted by name. Any thread.
 */
GStrv
dw_environment_merge (const char *base, const char *overrides, GError **error)
{
  g_autoptr (JsonObject) base_object = parse (base, error);
  if (base_object == NULL)
    return NULL;
  g_autoptr (JsonObject) override_object = parse (overrides, error);
  if (override_object == NULL)
    return NULL;

  g_autoptr (GTree)
      variables = g_tree_new_full ((GCompareDataFunc) (GCallback) g_strcmp0, NULL, NULL, NULL);
  JsonObject *objects[] = { base_object, override_object };
  for (guint i = 0; i < G_N_ELEMENTS (objects); i++)
    {
      JsonObjectIter iter;
      const char *name;
      JsonNode *value;

      json_object_iter_init (&iter, objects[i]);
      while (json_object_iter_next (&iter, &name, &value))
        g_tree_replace (variables, (gpointer) name, (gpointer) json_node_get_string (value));
    }

  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  for (GTreeNode *node = g_tree_node_first (variables); node != NULL;
       node = g_tree_node_next (node))
    {
      g_autofree char *assignment = g_strconcat (g_tree_node_key (node), "=",
                                                 (const char *) g_tree_node_value (node), NULL);
      g_strv_builder_add (builder, assignment);
    }

  return g_strv_builder_end (builder);
}
