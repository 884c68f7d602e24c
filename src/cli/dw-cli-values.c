/* dw-cli-values.c: between what is typed, what is stored and JSON
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The model's properties know their types and their bounds; so one function reads them all.
 */

#include "config.h"

#include "cli/dw-cli-values.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli/dw-cli-error.h"
#include "model/dw-enums.h"
#include "model/dw-environment.h"
#include "model/dw-json.h"
#include "model/dw-model-error.h"
#include "model/dw-schedule.h"
#include "model/dw-nearest.h"
#include "model/dw-quantity.h"
#include "model/dw-tag-policy.h"
#include "model/dw-volumes.h"

#define ENV_FILE_LIMIT (1024 * 1024)

static gboolean G_GNUC_PRINTF (2, 3) refuse (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *message = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  g_set_error_literal (error, DW_CLI_ERROR, DW_CLI_ERROR_USAGE, message);
  return FALSE;
}

static gboolean
read_boolean (const char *label, const char *text, gboolean *value, GError **error)
{
  static const char *const words[] = { "false", "true", "no", "yes", "off", "on", "0", "1", NULL };

  for (guint i = 0; words[i] != NULL; i++)
    if (g_ascii_strcasecmp (words[i], text) == 0)
      {
        *value = i % 2 == 1;
        return TRUE;
      }

  g_autofree char *shown = dw_model_quote (text);

  return refuse (error, _ ("%s: %s is neither true nor false"), label, shown);
}

static gboolean
read_enum (const char *label, GType type, const char *text, int *value, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (dw_enum_from_nick (type, text, value, &problem))
    return TRUE;

  for (guint i = 0; i < klass->n_values; i++)
    g_strv_builder_add (builder, klass->values[i].value_nick);

  g_auto (GStrv) nicks = g_strv_builder_end (builder);
  g_autofree char *suggestion = dw_suggest (text, (const char *const *) nicks);

  return refuse (error, "%s: %s%s", label, problem->message, suggestion);
}

static gboolean
read_integer (const char *label,
              const char *text,
              gint64 minimum,
              gint64 maximum,
              gint64 *value,
              GError **error)
{
  if (g_ascii_string_to_signed (text, 10, minimum, maximum, value, NULL))
    return TRUE;

  g_autofree char *shown = dw_model_quote (text);

  return refuse (error, _ ("%s: %s is not a number from %lld to %lld"), label, shown,
                 (long long) minimum, (long long) maximum);
}

/**
 * dw_cli_set_value:
 * @entity: what is to be changed
 * @property: one of its properties
 * @label: what the person calls it, for the message
 * @text: (nullable): what was typed; nothing happens without it
 * @error: DW_CLI_ERROR_USAGE
 *
 * Sets the property to what @text says, within the property's bounds. An empty text is the default.
 *
 * Returns: whether @text can be that
 */
gboolean
dw_cli_set_value (
    DwEntity *entity, const char *property, const char *label, const char *text, GError **error)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (entity), property);
  g_auto (GValue) value = G_VALUE_INIT;
  gint64 integer = 0;
  int number = 0;

  g_return_val_if_fail (pspec != NULL, FALSE);

  if (text == NULL)
    return TRUE;

  g_value_init (&value, pspec->value_type);
  if (*text == '\0')
    {
      g_param_value_set_default (pspec, &value);
    }
  else if (G_IS_PARAM_SPEC_STRING (pspec))
    {
      g_value_set_string (&value, text);
    }
  else if (G_IS_PARAM_SPEC_BOOLEAN (pspec))
    {
      if (!read_boolean (label, text, &number, error))
        return FALSE;
      g_value_set_boolean (&value, number);
    }
  else if (G_IS_PARAM_SPEC_ENUM (pspec))
    {
      if (!read_enum (label, pspec->value_type, text, &number, error))
        return FALSE;
      g_value_set_enum (&value, number);
    }
  else if (G_IS_PARAM_SPEC_INT (pspec))
    {
      GParamSpecInt *bounds = G_PARAM_SPEC_INT (pspec);

      if (!read_integer (label, text, bounds->minimum, bounds->maximum, &integer, error))
        return FALSE;
      g_value_set_int (&value, (int) integer);
    }
  else
    {
      GParamSpecInt64 *bounds = G_PARAM_SPEC_INT64 (pspec);

      if (!read_integer (label, text, bounds->minimum, bounds->maximum, &integer, error))
        return FALSE;
      g_value_set_int64 (&value, integer);
    }

  g_object_set_property (G_OBJECT (entity), property, &value);
  return TRUE;
}

/* Returns: (transfer full) (nullable): the property as dw_cli_set_value() reads it. */
char *
dw_cli_get_value (DwEntity *entity, const char *property)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (entity), property);
  g_auto (GValue) value = G_VALUE_INIT;

  g_return_val_if_fail (pspec != NULL, NULL);

  g_object_get_property (G_OBJECT (entity), property, &value);
  if (G_VALUE_HOLDS_STRING (&value))
    return g_value_dup_string (&value);
  if (G_VALUE_HOLDS_BOOLEAN (&value))
    return g_strdup (g_value_get_boolean (&value) ? "true" : "false");
  if (G_VALUE_HOLDS_ENUM (&value))
    return g_strdup (dw_enum_to_nick (pspec->value_type, g_value_get_enum (&value)));
  if (G_VALUE_HOLDS_INT (&value))
    return g_strdup_printf ("%d", g_value_get_int (&value));

  return g_strdup_printf ("%" G_GINT64_FORMAT, g_value_get_int64 (&value));
}

/* What the model says of a text, as a fault of the command line. */
static gboolean
refuse_value (GError **error, const char *label, const GError *problem)
{
  return refuse (error, "%s: %s", label, problem->message);
}

/* Sets a property in milliseconds from "2s", "500ms", "1m" or seconds; see dw_cli_set_value(). */
gboolean
dw_cli_set_duration (
    DwEntity *entity, const char *property, const char *label, const char *text, GError **error)
{
  GParamSpecInt *bounds = G_PARAM_SPEC_INT (
      g_object_class_find_property (G_OBJECT_GET_CLASS (entity), property));
  g_autoptr (GError) problem = NULL;
  gint64 ms = 0;

  if (text == NULL || *text == '\0')
    return dw_cli_set_value (entity, property, label, text, error);
  if (!dw_quantity_parse_duration (text, bounds->minimum, bounds->maximum, &ms, &problem))
    return refuse_value (error, label, problem);

  g_object_set (entity, property, (int) ms, NULL);
  return TRUE;
}

/* Sets a property in seconds from "3d", "36h", "1h30m" or "0"; see dw_cli_set_value(). */
gboolean
dw_cli_set_age (
    DwEntity *entity, const char *property, const char *label, const char *text, GError **error)
{
  gint64 seconds = 0;

  if (text == NULL || *text == '\0' || g_str_equal (text, "0"))
    return dw_cli_set_value (entity, property, label, text, error);

  g_autofree char *shown = dw_model_quote (text);
  GParamSpecInt *bounds = G_PARAM_SPEC_INT (
      g_object_class_find_property (G_OBJECT_GET_CLASS (entity), property));
  if (!dw_schedule_parse_duration (text, &seconds) || seconds > bounds->maximum)
    return refuse (error, _ ("%s: %s is not an age; write it like 30m, 12h or 3d"), label, shown);

  g_object_set (entity, property, (int) seconds, NULL);
  return TRUE;
}

/* Sets the memory limit from "512m", "2g", "1.5g" or bytes; see dw_cli_set_value(). */
gboolean
dw_cli_set_memory (DwEntity *entity, const char *text, GError **error)
{
  g_autoptr (GError) problem = NULL;
  gint64 bytes = 0;

  if (text == NULL || *text == '\0')
    return dw_cli_set_value (entity, "memory-limit-bytes", "--memory", text, error);
  if (!dw_quantity_parse_memory (text, &bytes, &problem))
    return refuse_value (error, "--memory", problem);

  g_object_set (entity, "memory-limit-bytes", bytes, NULL);
  return TRUE;
}

/* Sets the CPU limit from a number of cores like "1.5"; see dw_cli_set_value(). */
gboolean
dw_cli_set_cpus (DwEntity *entity, const char *text, GError **error)
{
  g_autoptr (GError) problem = NULL;
  int millis = 0;

  if (text == NULL || *text == '\0')
    return dw_cli_set_value (entity, "cpu-limit-millis", "--cpus", text, error);
  if (!dw_quantity_parse_cores (text, &millis, &problem))
    return refuse_value (error, "--cpus", problem);

  g_object_set (entity, "cpu-limit-millis", millis, NULL);
  return TRUE;
}

/* Sets kind and path of the health check from "http:/health", "tcp", …; see dw_cli_set_value(). */
gboolean
dw_cli_set_health (DwEntity *entity, const char *text, GError **error)
{
  const char *colon = text != NULL ? strchr (text, ':') : NULL;

  if (text == NULL)
    return TRUE;

  g_autofree char *kind = colon != NULL ? g_strndup (text, (gsize) (colon - text))
                                        : g_strdup (text);
  if (!dw_cli_set_value (entity, "health-kind", "--health", kind, error))
    return FALSE;

  if (colon == NULL)
    return TRUE;
  if (!g_str_equal (kind, "http"))
    return refuse (error, _ ("--health: “%s” takes no path; only http does, like http:/health"),
                   kind);

  return dw_cli_set_value (entity, "health-path", "--health", colon + 1, error);
}

/* Sets kind and pattern of the tag policy from "semver:^1", …; see dw_cli_set_value(). */
gboolean
dw_cli_set_policy (DwEntity *entity, const char *text, GError **error)
{
  g_autoptr (DwTagPolicy) policy = NULL;
  int kind = 0;

  if (text == NULL)
    return TRUE;

  /* The nearest kind is a better answer than the parser's. */
  const char *colon = strchr (text, ':');
  g_autofree char *name = g_strndup (text, colon != NULL ? (gsize) (colon - text) : strlen (text));
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (entity), "policy-kind");
  if (!read_enum ("--policy", pspec->value_type, name, &kind, error))
    return FALSE;

  policy = dw_tag_policy_parse (text, error);
  if (policy == NULL)
    {
      g_prefix_error_literal (error, "--policy: ");
      return FALSE;
    }

  g_object_set (entity, "policy-kind", (int) dw_tag_policy_get_kind (policy), "policy-pattern",
                dw_tag_policy_get_pattern (policy), NULL);
  return TRUE;
}

/* Adds the assignments of a file in Docker's form: one a line, empty ones and # ignored. */
static gboolean
read_env_file (const char *path, GStrvBuilder *builder, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  g_autofree char *text = g_new (char, ENV_FILE_LIMIT + 2);
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr (GError) problem = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, &problem);
  gsize length = 0;

  if (stream == NULL || !g_input_stream_read_all (G_INPUT_STREAM (stream), text, ENV_FILE_LIMIT + 1,
                                                  &length, NULL, &problem))
    {
      g_set_error (error, DW_CLI_ERROR,
                   g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)
                       ? DW_CLI_ERROR_NOT_FOUND
                       : DW_CLI_ERROR_FAILED,
                   _ ("The file %s cannot be read: %s"), shown, problem->message);
      return FALSE;
    }
  if (length > ENV_FILE_LIMIT)
    return refuse (error, _ ("--env-file: %s is larger than 1 MiB"), shown);
  text[length] = '\0';
  if (!g_utf8_validate (text, (gssize) length, NULL))
    return refuse (error, _ ("--env-file: %s is not a text in UTF-8"), shown);

  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line = g_strchug (lines[i]);
      gsize line_length = strlen (line);

      if (line_length > 0 && line[line_length - 1] == '\r')
        lines[i][line_length - 1] = '\0';
      if (*line == '\0' || *line == '#')
        continue;
      if (strchr (line, '=') == NULL)
        return refuse (error, _ ("--env-file: line %u of %s is not NAME=VALUE"), i + 1, shown);
      g_strv_builder_add (builder, line);
    }

  return TRUE;
}

static gboolean
has_name (const char *assignment, const char *name)
{
  gsize length = strlen (name);

  return strncmp (assignment, name, length) == 0 && assignment[length] == '=';
}

/**
 * dw_cli_set_environment:
 * @entity: a project or a stage
 * @file: (nullable): a file with assignments
 * @assignments: (nullable): NAME=VALUE strings, which win over the file's
 * @removed: (nullable): names to be taken away
 * @error: DW_CLI_ERROR_USAGE, DW_MODEL_ERROR_INVALID, or why the file cannot be read
 *
 * Changes the environment of @entity; what is not named stays. Blocks.
 *
 * Returns: whether all of it is an environment
 */
gboolean
dw_cli_set_environment (DwEntity *entity,
                        const char *file,
                        const char *const *assignments,
                        const char *const *removed,
                        GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *old = dw_cli_get_value (entity, "env");
  g_auto (GStrv) present = dw_environment_merge (old, "{}", error);

  if (present == NULL)
    return FALSE;

  for (guint i = 0; present[i] != NULL; i++)
    {
      gboolean is_removed = FALSE;

      for (guint j = 0; !is_removed && removed != NULL && removed[j] != NULL; j++)
        is_removed = has_name (present[i], removed[j]);
      if (!is_removed)
        g_strv_builder_add (builder, present[i]);
    }

  if (file != NULL && !read_env_file (file, builder, error))
    return FALSE;
  if (assignments != NULL)
    g_strv_builder_addv (builder, (const char **) assignments);

  g_auto (GStrv) all = g_strv_builder_end (builder);
  g_autofree char *json = dw_environment_from_list ((const char *const *) all, error);
  if (json == NULL)
    return FALSE;

  g_object_set (entity, "env", json, NULL);
  return TRUE;
}

/**
 * dw_cli_set_volumes:
 * @entity: a project or a stage
 * @volumes: (nullable): SOURCE:TARGET[:ro|:rw] strings; one takes the place of another of its
 * target
 * @removed: (nullable): targets to be taken away
 * @error: DW_MODEL_ERROR_INVALID
 *
 * Changes the volumes of @entity; what is not named stays.
 *
 * Returns: whether all of them are volumes
 */
gboolean
dw_cli_set_volumes (DwEntity *entity,
                    const char *const *volumes,
                    const char *const *removed,
                    GError **error)
{
  static const char *const none[] = { NULL };
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *old = dw_cli_get_value (entity, "volumes");
  g_autofree char *added = dw_volumes_from_list (volumes != NULL ? volumes : none, error);
  g_auto (GStrv) merged = added != NULL ? dw_volumes_merge (old, added, error) : NULL;

  if (merged == NULL)
    return FALSE;

  for (guint i = 0; merged[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (merged[i], ":", 3);

      if (removed == NULL || !g_strv_contains (removed, parts[1]))
        g_strv_builder_add (builder, merged[i]);
    }

  g_auto (GStrv) all = g_strv_builder_end (builder);
  g_autofree char *json = dw_volumes_from_list ((const char *const *) all, error);
  if (json == NULL)
    return FALSE;

  g_object_set (entity, "volumes", json, NULL);
  return TRUE;
}

static JsonNode *
value_to_json (const char *name, const GValue *value)
{
  JsonNode *node = json_node_alloc ();

  if (G_VALUE_HOLDS_BOOLEAN (value))
    return json_node_init_boolean (node, g_value_get_boolean (value));
  if (G_VALUE_HOLDS_INT (value))
    return json_node_init_int (node, g_value_get_int (value));
  if (G_VALUE_HOLDS_INT64 (value))
    return json_node_init_int (node, g_value_get_int64 (value));
  if (G_VALUE_HOLDS_ENUM (value))
    return json_node_init_string (node,
                                  dw_enum_to_nick (G_VALUE_TYPE (value), g_value_get_enum (value)));
  if (g_value_get_string (value) == NULL)
    return json_node_init_null (node);

  /* JSON in JSON is no use to anyone. */
  if (g_str_equal (name, "env") || g_str_equal (name, "volumes"))
    {
      JsonNode *parsed = dw_json_parse_text (g_value_get_string (value), NULL);

      if (parsed != NULL)
        {
          json_node_free (node);
          return parsed;
        }
    }

  g_autofree char *valid = g_utf8_make_valid (g_value_get_string (value), -1);
  return json_node_init_string (node, valid);
}

/**
 * dw_cli_entity_to_json:
 * @entity: an entity
 *
 * Returns: (transfer full): every field that is stored, named as in the database
 */
JsonObject *
dw_cli_entity_to_json (DwEntity *entity)
{
  JsonObject *object = json_object_new ();
  DwEntityClass *klass = DW_ENTITY_GET_CLASS (entity);

  for (guint i = 1; i < klass->n_properties; i++)
    {
      g_autofree char *name = g_strdelimit (g_strdup (klass->properties[i]->name), "-", '_');

      if (dw_entity_param_is_joined (klass->properties[i]))
        continue;

      GValue value = dw_entity_peek_value (entity, i);
      json_object_set_member (object, name, value_to_json (name, &value));
    }

  return object;
}
