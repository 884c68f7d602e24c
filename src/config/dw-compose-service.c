/* dw-compose-service.c: one service of a compose file
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a project has a field for is read; every other key is noted, with the reason where there is
 * one to be given. Specification: the Compose Specification, “Services”, with its short and long
 * forms.
 */

#include "config.h"

#include "config/dw-compose-readers.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "config/dw-compose-values.h"
#include "config/dw-config-error.h"
#include "model/dw-model-error.h"

/* What Docker takes where a health check does not say. */
#define USUAL_INTERVAL_MS 30000
#define USUAL_RETRIES 3

typedef gboolean (*ReadFunc) (const DwComposeContext *context,
                              DwYamlNode *value,
                              DwForeign *foreign,
                              GError **error);

/* --- Environment -------------------------------------------------------------------------------
 */

static void
add_variable (DwForeign *foreign, const char *name, const char *value)
{
  g_ptr_array_add (foreign->environment, g_strconcat (name, "=", value, NULL));
}

/* A name alone stands for what the environment has. */
static void
add_inherited (const DwComposeContext *context, DwForeign *foreign, const char *name)
{
  const char *value = dw_compose_variables_find (context->variables, name);
  g_autofree char *shown = dw_model_quote (name);

  if (value != NULL)
    add_variable (foreign, name, value);
  else
    dw_foreign_note (foreign,
                     _ ("The variable %s is to be taken from the environment, which does "
                        "not have it; it is left out."),
                     shown);
}

static gboolean
read_environment (const DwComposeContext *context,
                  DwYamlNode *value,
                  DwForeign *foreign,
                  GError **error)
{
  gboolean is_list = dw_yaml_node_get_kind (value) == DW_YAML_SEQUENCE;

  if (!is_list && !dw_yaml_node_check_kind (value, DW_YAML_MAPPING, error))
    return FALSE;

  for (guint i = 0; i < dw_yaml_node_get_length (value); i++)
    {
      DwYamlNode *element = dw_yaml_node_get_element (value, i);
      const char *text = dw_yaml_node_get_text (element);

      if (!dw_yaml_node_check_kind (element, DW_YAML_SCALAR, error))
        return FALSE;

      if (!is_list && dw_yaml_node_is_null (element))
        add_inherited (context, foreign, dw_yaml_node_get_text (dw_yaml_node_get_key (value, i)));
      else if (!is_list)
        add_variable (foreign, dw_yaml_node_get_text (dw_yaml_node_get_key (value, i)), text);
      else if (strchr (text, '=') == NULL)
        add_inherited (context, foreign, text);
      else
        g_ptr_array_add (foreign->environment, g_strdup (text));
    }

  return TRUE;
}

/* What cannot be read is noted: it may hold secrets that are on another machine. */
static gboolean
read_env_file (const DwComposeContext *context,
               DwYamlNode *value,
               DwForeign *foreign,
               GError **error)
{
  for (guint i = 0; i < dw_yaml_node_get_length (value); i++)
    {
      DwYamlNode *entry = dw_yaml_node_get_element (value, i);
      const char *path = dw_yaml_node_get_kind (entry) == DW_YAML_MAPPING
                             ? dw_compose_find_text (entry, "path")
                             : dw_yaml_node_get_text (entry);
      DwYamlNode *required = dw_yaml_node_find (entry, "required");
      g_autoptr (GError) problem = NULL;
      g_autofree char *text = NULL;
      g_auto (GStrv) assignments = NULL;
      gboolean is_required = TRUE;

      if (path == NULL)
        continue;
      if (required != NULL && !dw_yaml_node_get_boolean (required, &is_required, error))
        return FALSE;

      g_autofree char *name = g_path_get_basename (path);
      text = dw_compose_folder_read_text (context->folder, path, context->cancellable, &problem);
      if (text != NULL)
        assignments = dw_compose_variables_parse_file (context->variables, text, name, &problem);
      if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
      if (assignments == NULL &&
          (is_required || !g_error_matches (problem, DW_CONFIG_ERROR, DW_CONFIG_ERROR_NOT_FOUND)))
        dw_foreign_note (foreign, _ ("The variables of “env_file” are left out: %s."),
                         problem->message);

      for (guint j = 0; assignments != NULL && assignments[j] != NULL; j++)
        g_ptr_array_add (foreign->environment, g_strdup (assignments[j]));
    }

  return TRUE;
}

/* --- The rest ----------------------------------------------------------------------------------
 */

static gboolean
read_image (const DwComposeContext *context, DwYamlNode *value, DwForeign *foreign, GError **error)
{
  if (!dw_yaml_node_check_kind (value, DW_YAML_SCALAR, error))
    return FALSE;

  g_free (foreign->image);
  foreign->image = g_strdup (dw_yaml_node_get_text (value));
  return TRUE;
}

static gboolean
read_command (const DwComposeContext *context,
              DwYamlNode *value,
              DwForeign *foreign,
              GError **error)
{
  if (dw_yaml_node_is_null (value))
    return TRUE;

  foreign->command = dw_compose_read_words (value, error);
  return foreign->command != NULL;
}

static gboolean
read_restart (const DwComposeContext *context,
              DwYamlNode *value,
              DwForeign *foreign,
              GError **error)
{
  const char *text = dw_yaml_node_get_text (value);

  if (!dw_yaml_node_check_kind (value, DW_YAML_SCALAR, error))
    return FALSE;

  g_auto (GStrv) parts = g_strsplit (text, ":", 2);
  guint64 limit = 0;
  if (parts[0] != NULL && parts[1] != NULL)
    g_ascii_string_to_unsigned (parts[1], 10, 0, G_MAXINT, &limit, NULL);
  dw_foreign_set_restart (foreign, parts[0], (int) limit);

  return TRUE;
}

static gboolean
read_memory (const DwComposeContext *context, DwYamlNode *value, DwForeign *foreign, GError **error)
{
  return dw_compose_read_bytes (value, &foreign->memory_bytes, error);
}

static gboolean
read_cpus (const DwComposeContext *context, DwYamlNode *value, DwForeign *foreign, GError **error)
{
  return dw_compose_read_cpus (value, &foreign->nano_cpus, error);
}

static gboolean
read_labels (const DwComposeContext *context, DwYamlNode *value, DwForeign *foreign, GError **error)
{
  gboolean is_mapping = dw_yaml_node_get_kind (value) == DW_YAML_MAPPING;

  for (guint i = 0; i < dw_yaml_node_get_length (value); i++)
    {
      DwYamlNode *element = dw_yaml_node_get_element (value, i);
      const char *text = dw_yaml_node_get_text (element);

      if (!dw_yaml_node_check_kind (element, DW_YAML_SCALAR, error))
        return FALSE;

      gsize length = strcspn (text, "=");
      g_autofree char *name = is_mapping ? g_strdup (dw_yaml_node_get_text (
                                               dw_yaml_node_get_key (value, i)))
                                         : g_strndup (text, length);
      const char *label = is_mapping ? text : text + length + (text[length] == '=');
      dw_foreign_add_label (foreign, name, label);
    }

  return TRUE;
}

static gboolean
read_health_times (DwYamlNode *value, DwForeign *foreign, GError **error)
{
  DwYamlNode *interval = dw_yaml_node_find (value, "interval");
  DwYamlNode *timeout = dw_yaml_node_find (value, "timeout");
  DwYamlNode *start = dw_yaml_node_find (value, "start_period");
  DwYamlNode *retries = dw_yaml_node_find (value, "retries");
  gint64 interval_ms = USUAL_INTERVAL_MS;
  gint64 start_ms = 0;
  gint64 n_retries = USUAL_RETRIES;

  if ((interval != NULL && !dw_compose_read_duration (interval, &interval_ms, error)) ||
      (timeout != NULL &&
       !dw_compose_read_duration (timeout, &foreign->health_timeout_ms, error)) ||
      (start != NULL && !dw_compose_read_duration (start, &start_ms, error)) ||
      (retries != NULL && !dw_yaml_node_get_integer (retries, 0, 10000, &n_retries, error)))
    return FALSE;

  foreign->health_patience_ms = start_ms + interval_ms * n_retries;
  return TRUE;
}

static gboolean
read_health (const DwComposeContext *context, DwYamlNode *value, DwForeign *foreign, GError **error)
{
  DwYamlNode *test = dw_yaml_node_find (value, "test");
  DwYamlNode *disable = dw_yaml_node_find (value, "disable");
  gboolean is_disabled = FALSE;

  if (!dw_yaml_node_check_kind (value, DW_YAML_MAPPING, error) ||
      (disable != NULL && !dw_yaml_node_get_boolean (disable, &is_disabled, error)) ||
      !read_health_times (value, foreign, error))
    return FALSE;

  if (is_disabled)
    return TRUE;
  /* Only the times are other than the image's. */
  if (test == NULL)
    {
      foreign->has_image_health = TRUE;
      return TRUE;
    }

  if (dw_yaml_node_get_kind (test) == DW_YAML_SCALAR)
    {
      const char *const words[] = { "CMD-SHELL", dw_yaml_node_get_text (test), NULL };

      foreign->health_test = g_strdupv ((char **) words);
      return TRUE;
    }

  foreign->health_test = dw_compose_read_words (test, error);
  return foreign->health_test != NULL;
}

static gboolean
read_limits (DwYamlNode *resources, DwForeign *foreign, GError **error)
{
  DwYamlNode *limits = dw_yaml_node_find (resources, "limits");
  DwYamlNode *memory = limits != NULL ? dw_yaml_node_find (limits, "memory") : NULL;
  DwYamlNode *cpus = limits != NULL ? dw_yaml_node_find (limits, "cpus") : NULL;

  if (dw_yaml_node_find (resources, "reservations") != NULL)
    dw_foreign_note_key (foreign, "deploy.resources.reservations");

  return (memory == NULL || dw_compose_read_bytes (memory, &foreign->memory_bytes, error)) &&
         (cpus == NULL || dw_compose_read_cpus (cpus, &foreign->nano_cpus, error));
}

/* For a swarm it stands in the place of “restart”. */
static gboolean
read_restart_policy (DwYamlNode *policy, DwForeign *foreign, GError **error)
{
  const char *condition = dw_compose_find_text (policy, "condition");
  DwYamlNode *attempts = dw_yaml_node_find (policy, "max_attempts");
  gint64 limit = 0;

  if (attempts != NULL && !dw_yaml_node_get_integer (attempts, 0, G_MAXINT, &limit, error))
    return FALSE;

  if (foreign->restart == NULL)
    dw_foreign_set_restart (foreign,
                            g_strcmp0 (condition, "none") == 0         ? "no"
                            : g_strcmp0 (condition, "on-failure") == 0 ? "on-failure"
                                                                       : "unless-stopped",
                            (int) limit);
  return TRUE;
}

static void
note_replicas (DwForeign *foreign, DwYamlNode *value)
{
  const char *text = dw_yaml_node_get_text (value);

  if (text != NULL && !g_str_equal (text, "1"))
    dw_foreign_note (foreign, _ ("It runs %s times; a stage runs one container."), text);
}

static gboolean
read_deploy (const DwComposeContext *context, DwYamlNode *value, DwForeign *foreign, GError **error)
{
  if (!dw_yaml_node_check_kind (value, DW_YAML_MAPPING, error))
    return FALSE;

  for (guint i = 0; i < dw_yaml_node_get_length (value); i++)
    {
      const char *key = dw_yaml_node_get_text (dw_yaml_node_get_key (value, i));
      DwYamlNode *element = dw_yaml_node_get_element (value, i);

      if (g_str_equal (key, "resources"))
        {
          if (!read_limits (element, foreign, error))
            return FALSE;
        }
      else if (g_str_equal (key, "restart_policy"))
        {
          if (!read_restart_policy (element, foreign, error))
            return FALSE;
        }
      else if (g_str_equal (key, "replicas"))
        {
          note_replicas (foreign, element);
        }
      else
        {
          g_autofree char *full_key = g_strconcat ("deploy.", key, NULL);

          dw_foreign_note_key (foreign, full_key);
        }
    }

  return TRUE;
}

static gboolean
note_scale (const DwComposeContext *context, DwYamlNode *value, DwForeign *foreign, GError **error)
{
  note_replicas (foreign, value);
  return TRUE;
}

static gboolean
note_build (const DwComposeContext *context, DwYamlNode *value, DwForeign *foreign, GError **error)
{
  dw_foreign_note (foreign, _ ("Compose builds its image; here it is pulled, so push it to its "
                               "registry."));
  return TRUE;
}

static gboolean
note_depends (const DwComposeContext *context,
              DwYamlNode *value,
              DwForeign *foreign,
              GError **error)
{
  dw_foreign_note (foreign, _ ("The order in which services start (“depends_on”) is left out."));
  return TRUE;
}

static gboolean
note_entrypoint (const DwComposeContext *context,
                 DwYamlNode *value,
                 DwForeign *foreign,
                 GError **error)
{
  dw_foreign_note (foreign, _ ("Its entrypoint is not the image's; here it will be the image's."));
  return TRUE;
}

static gboolean
skip (const DwComposeContext *context, DwYamlNode *value, DwForeign *foreign, GError **error)
{
  return TRUE;
}

/* In this order: a file of variables before the environment, which wins, and “restart” before what
 * a swarm is told. */
static const struct
{
  const char *key;
  ReadFunc read;
} readers[] = {
  { "image", read_image },
  { "build", note_build },
  { "ports", dw_compose_read_ports },
  { "expose", dw_compose_read_expose },
  { "env_file", read_env_file },
  { "environment", read_environment },
  { "volumes", dw_compose_read_volumes },
  { "command", read_command },
  { "entrypoint", note_entrypoint },
  { "networks", dw_compose_read_networks },
  { "network_mode", dw_compose_read_network_mode },
  { "restart", read_restart },
  { "mem_limit", read_memory },
  { "cpus", read_cpus },
  { "deploy", read_deploy },
  { "healthcheck", read_health },
  { "labels", read_labels },
  { "depends_on", note_depends },
  { "scale", note_scale },
  /* Read elsewhere, or of no matter once there is a name of one's own. */
  { "extends", skip },
  { "profiles", skip },
  { "container_name", skip },
  { "pull_policy", skip },
  { "develop", skip },
};

static gboolean
has_reader (const char *key)
{
  for (gsize i = 0; i < G_N_ELEMENTS (readers); i++)
    if (g_str_equal (readers[i].key, key))
      return TRUE;

  return g_str_has_prefix (key, "x-");
}

/**
 * dw_compose_service_read:
 * @context: what it is read with
 * @service: a service, with all that it extends
 * @foreign: what is made of it
 * @error: DW_CONFIG_ERROR_INVALID, or G_IO_ERROR_CANCELLED
 *
 * What is not carried over is noted. Blocks; not on the main thread.
 *
 * Returns: whether it is a service
 */
gboolean
dw_compose_service_read (const DwComposeContext *context,
                         DwYamlNode *service,
                         DwForeign *foreign,
                         GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (readers); i++)
    {
      DwYamlNode *value = dw_yaml_node_find (service, readers[i].key);

      if (value != NULL && !dw_yaml_node_is_null (value) &&
          !readers[i].read (context, value, foreign, error))
        return FALSE;
    }

  for (guint i = 0; i < dw_yaml_node_get_length (service); i++)
    {
      const char *key = dw_yaml_node_get_text (dw_yaml_node_get_key (service, i));

      if (!has_reader (key))
        dw_foreign_note_key (foreign, key);
    }

  return TRUE;
}
