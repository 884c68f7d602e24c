/* dw-cli-project.c: project add, edit, list, show, remove
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli/dw-cli-context.h"
#include "cli/dw-cli-error.h"
#include "cli/dw-cli-table.h"
#include "cli/dw-cli-values.h"
#include "cli/dw-cli-verbs.h"
#include "model/dw-enum-types.h"
#include "model/dw-environment.h"
#include "model/dw-json.h"

typedef struct
{
  char *name;
  char *image;
  char *registry;
  char *port;
  char *health;
  char *health_status;
  char *health_interval;
  char *health_timeout;
  char *health_retries;
  GStrv env;
  char *env_file;
  GStrv unset_env;
  GStrv volumes;
  GStrv unset_volumes;
  char *command;
  char *network;
  char *restart;
  char *memory;
  char *cpus;
  char *notifications;
} Options;

#define MEMBER(member) DW_CLI_MEMBER (Options, member)

/* What add and edit have in common. */
#define COMMON_ENTRIES                                                                             \
  { "image",                                                                                       \
    0,                                                                                             \
    0,                                                                                             \
    G_OPTION_ARG_STRING,                                                                           \
    MEMBER (image),                                                                                \
    N_ ("The image's repository, without a tag"),                                                  \
    N_ ("REPOSITORY") },                                                                           \
      { "registry",                                                                                \
        0,                                                                                         \
        0,                                                                                         \
        G_OPTION_ARG_STRING,                                                                       \
        MEMBER (registry),                                                                         \
        N_ ("The registry to ask; otherwise the image's name says it"),                            \
        N_ ("NAME") },                                                                             \
      { "port",                                                                                    \
        0,                                                                                         \
        0,                                                                                         \
        G_OPTION_ARG_STRING,                                                                       \
        MEMBER (port),                                                                             \
        N_ ("The port inside the container; 0: the one that the image exposes"),                   \
        N_ ("N") },                                                                                \
      { "health",                                                                                  \
        0,                                                                                         \
        0,                                                                                         \
        G_OPTION_ARG_STRING,                                                                       \
        MEMBER (health),                                                                           \
        N_ ("When it is healthy: http:/PATH, tcp, docker or none"),                                \
        N_ ("KIND") },                                                                             \
      { "health-status",                                                                           \
        0,                                                                                         \
        0,                                                                                         \
        G_OPTION_ARG_STRING,                                                                       \
        MEMBER (health_status),                                                                    \
        N_ ("The HTTP status of a healthy answer; 0: any of 200 to 399"),                          \
        N_ ("N") },                                                                                \
      { "health-interval",                                                                         \
        0,                                                                                         \
        0,                                                                                         \
        G_OPTION_ARG_STRING,                                                                       \
        MEMBER (health_interval),                                                                  \
        N_ ("From one attempt to the next, like 500ms or 2s"),                                     \
        N_ ("TIME") },                                                                             \
      { "health-timeout",                                                                          \
        0,                                                                                         \
        0,                                                                                         \
        G_OPTION_ARG_STRING,                                                                       \
        MEMBER (health_timeout),                                                                   \
        N_ ("How long one attempt may take"),                                                      \
        N_ ("TIME") },                                                                             \
      { "health-retries",                                                                          \
        0,                                                                                         \
        0,                                                                                         \
        G_OPTION_ARG_STRING,                                                                       \
        MEMBER (health_retries),                                                                   \
        N_ ("How many attempts may fail"),                                                         \
        N_ ("N") },                                                                                \
      { "env",                                                                                     \
        'e',                                                                                       \
        0,                                                                                         \
        G_OPTION_ARG_STRING_ARRAY,                                                                 \
        MEMBER (env),                                                                              \
        N_ ("A variable of the environment; may be repeated"),                                     \
        N_ ("NAME=VALUE") },                                                                       \
      { "env-file",                                                                                \
        0,                                                                                         \
        0,                                                                                         \
        G_OPTION_ARG_FILENAME,                                                                     \
        MEMBER (env_file),                                                                         \
        N_ ("Variables, one a line; --env wins over them"),                                        \
        N_ ("FILE") },                                                                             \
      { "volume",                                                                                  \
        'v',                                                                                       \
        0,                                                                                         \
        G_OPTION_ARG_STRING_ARRAY,                                                                 \
        MEMBER (volumes),                                                                          \
        N_ ("A volume or folder to mount; may be repeated"),                                       \
        N_ ("SOURCE:TARGET[:ro]") },                                                               \
      { "command",                                                                                 \
        0,                                                                                         \
        0,                                                                                         \
        G_OPTION_ARG_STRING,                                                                       \
        MEMBER (command),                                                                          \
        N_ ("What to run instead of the image's command"),                                         \
        N_ ("COMMAND") },                                                                          \
      { "network",                                                                                 \
        0,                                                                                         \
        0,                                                                                         \
        G_OPTION_ARG_STRING,                                                                       \
        MEMBER (network),                                                                          \
        N_ ("The engine's network to join"),                                                       \
        N_ ("NAME") },                                                                             \
      { "restart",                                                                                 \
        0,                                                                                         \
        0,                                                                                         \
        G_OPTION_ARG_STRING,                                                                       \
        MEMBER (restart),                                                                          \
        N_ ("When the engine starts it again: no, on-failure or unless-stopped"),                  \
        N_ ("POLICY") },                                                                           \
      { "memory",                                                                                  \
        0,                                                                                         \
        0,                                                                                         \
        G_OPTION_ARG_STRING,                                                                       \
        MEMBER (memory),                                                                           \
        N_ ("The most memory it may use, like 512m; 0: no limit"),                                 \
        N_ ("SIZE") },                                                                             \
      { "cpus",                                                                                    \
        0,                                                                                         \
        0,                                                                                         \
        G_OPTION_ARG_STRING,                                                                       \
        MEMBER (cpus),                                                                             \
        N_ ("How many cores it may use, like 1.5; 0: no limit"),                                   \
        N_ ("N") },                                                                                \
  {                                                                                                \
    "notifications", 0, 0, G_OPTION_ARG_STRING, MEMBER (notifications),                            \
        N_ ("Which ones it gives: all, failures or none"), N_ ("WHICH")                            \
  }

static const GOptionEntry add_entries[] = { COMMON_ENTRIES, { NULL } };

static const GOptionEntry edit_entries[] = {
  { "name", 0, 0, G_OPTION_ARG_STRING, MEMBER (name), N_ ("A new name"), N_ ("NAME") },
  COMMON_ENTRIES,
  { "unset-env", 0, 0, G_OPTION_ARG_STRING_ARRAY, MEMBER (unset_env),
    N_ ("A variable to take away; may be repeated"), N_ ("NAME") },
  { "unset-volume", 0, 0, G_OPTION_ARG_STRING_ARRAY, MEMBER (unset_volumes),
    N_ ("A volume to take away, by its target; may be repeated"), N_ ("TARGET") },
  { NULL },
};

static gboolean
set_registry (DwCliContext *context, DwEntity *project, const char *name, GError **error)
{
  g_autoptr (DwRegistry) registry = NULL;

  if (name == NULL)
    return TRUE;

  if (*name != '\0' && (registry = dw_cli_context_find_registry (context, name, error)) == NULL)
    return FALSE;

  g_object_set (project, "registry-id",
                registry != NULL ? dw_entity_get_id (DW_ENTITY (registry)) : NULL, NULL);
  return TRUE;
}

/* Makes @project what @options say of it, and checks the whole of it. */
static gboolean
apply (DwCliContext *context, DwEntity *project, const Options *options, GError **error)
{
  return dw_cli_set_value (project, "name", "--name", options->name, error) &&
         dw_cli_set_value (project, "image", "--image", options->image, error) &&
         dw_cli_set_value (project, "port", "--port", options->port, error) &&
         dw_cli_set_health (project, options->health, error) &&
         dw_cli_set_value (project, "health-status", "--health-status", options->health_status,
                           error) &&
         dw_cli_set_duration (project, "health-interval-ms", "--health-interval",
                              options->health_interval, error) &&
         dw_cli_set_duration (project, "health-timeout-ms", "--health-timeout",
                              options->health_timeout, error) &&
         dw_cli_set_value (project, "health-retries", "--health-retries", options->health_retries,
                           error) &&
         dw_cli_set_environment (project, options->env_file, (const char *const *) options->env,
                                 (const char *const *) options->unset_env, error) &&
         dw_cli_set_volumes (project, (const char *const *) options->volumes,
                             (const char *const *) options->unset_volumes, error) &&
         dw_cli_set_value (project, "command", "--command", options->command, error) &&
         dw_cli_set_value (project, "network", "--network", options->network, error) &&
         dw_cli_set_value (project, "restart-policy", "--restart", options->restart, error) &&
         dw_cli_set_memory (project, options->memory, error) &&
         dw_cli_set_cpus (project, options->cpus, error) &&
         dw_cli_set_value (project, "notifications", "--notifications", options->notifications,
                           error) &&
         dw_entity_validate (project, error) &&
         set_registry (context, project, options->registry, error);
}

/* The registry's name, or NULL when the project names none. */
static char *
get_registry_name (DwCliContext *context, DwProject *project)
{
  const char *id = dw_project_get_registry_id (project);
  g_autoptr (DwRegistry)
      registry = id != NULL ? dw_store_get (context->store, DW_TYPE_REGISTRY, id, NULL) : NULL;

  return registry != NULL ? g_strdup (dw_registry_get_name (registry)) : NULL;
}

static JsonObject *
project_to_json (DwCliContext *context, DwProject *project)
{
  JsonObject *object = dw_cli_entity_to_json (DW_ENTITY (project));
  g_autofree char *registry = get_registry_name (context, project);

  dw_json_set_string (object, "registry", registry);

  return object;
}

static void
answer_project (DwCliContext *context, DwProject *project, const char *message)
{
  if (context->is_json)
    {
      g_autoptr (JsonObject) object = project_to_json (context, project);

      dw_cli_context_answer_object (context, object);
    }
  else
    dw_cli_text_print ("%s\n", message);
}

static gboolean
run_add (DwCliContext *context, gconstpointer user_options, char **arguments, GError **error)
{
  const Options *options = user_options;
  g_autoptr (DwProject) project = g_object_new (DW_TYPE_PROJECT, "name", arguments[0], NULL);

  if (options->image == NULL)
    {
      g_set_error_literal (error, DW_CLI_ERROR, DW_CLI_ERROR_USAGE,
                           _ ("A project needs an image: add --image REPOSITORY"));
      return FALSE;
    }

  if (!apply (context, DW_ENTITY (project), options, error))
    return FALSE;

  DwStore *store = dw_cli_context_get_store (context, error);
  if (store == NULL || !dw_store_create (store, DW_ENTITY (project), error))
    return FALSE;

  g_autofree char *message = g_strdup_printf (_ ("Added the project %s."), arguments[0]);
  answer_project (context, project, message);
  return TRUE;
}

static gboolean
run_edit (DwCliContext *context, gconstpointer user_options, char **arguments, GError **error)
{
  g_autoptr (DwProject) project = dw_cli_context_find_project (context, arguments[0], error);

  if (project == NULL || !apply (context, DW_ENTITY (project), user_options, error) ||
      !dw_store_update (context->store, DW_ENTITY (project), error))
    return FALSE;

  g_autofree char *message = g_strdup_printf (
      _ ("Changed the project %s; the next deploy of each stage takes it up."),
      dw_project_get_name (project));
  answer_project (context, project, message);
  return TRUE;
}

static gboolean
run_list (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  DwStore *store = dw_cli_context_get_store (context, error);
  g_autoptr (GPtrArray) projects = store != NULL ? dw_store_list (store, DW_TYPE_PROJECT, error)
                                                 : NULL;
  g_autoptr (JsonArray) answer = json_array_new ();
  g_autoptr (DwCliTable) table = dw_cli_table_new (_ ("PROJECT"), _ ("IMAGE"), _ ("PORT"),
                                                   _ ("HEALTH"), _ ("STAGES"), NULL);

  if (projects == NULL)
    return FALSE;

  for (guint i = 0; i < projects->len; i++)
    {
      DwProject *project = g_ptr_array_index (projects, i);
      const char *id = dw_entity_get_id (DW_ENTITY (project));
      g_autoptr (GPtrArray) stages = dw_store_list_stages (store, id, error);
      g_autoptr (GString) names = g_string_new (NULL);
      g_autofree char *port = dw_project_get_port (project) != 0
                                  ? g_strdup_printf ("%d", dw_project_get_port (project))
                                  : NULL;

      if (stages == NULL)
        return FALSE;

      for (guint j = 0; j < stages->len; j++)
        g_string_append_printf (names, "%s%s", j > 0 ? " → " : "",
                                dw_stage_get_name (g_ptr_array_index (stages, j)));

      json_array_add_object_element (answer, project_to_json (context, project));
      dw_cli_table_add (table, dw_project_get_name (project));
      dw_cli_table_add (table, dw_project_get_image (project));
      dw_cli_table_add (table, port);
      dw_cli_table_add (
          table, dw_enum_to_nick (DW_TYPE_HEALTH, (int) dw_project_get_health_kind (project)));
      dw_cli_table_add (table, names->str);
    }

  if (context->is_json)
    dw_cli_context_answer_array (context, answer);
  else if (projects->len == 0)
    dw_cli_text_print ("%s\n", _ ("There are no projects yet; add one with: docker-watcher project "
                                  "add NAME --image REPOSITORY"));
  else
    dw_cli_table_print (table);

  return TRUE;
}

static void
print_lines (const char *title, GStrv lines)
{
  for (guint i = 0; lines != NULL && lines[i] != NULL; i++)
    dw_cli_print_field (title, lines[i]);
}

static void
print_project (DwCliContext *context, DwProject *project, GPtrArray *stages)
{
  DwHealth health = dw_project_get_health_kind (project);
  g_autofree char *registry = get_registry_name (context, project);
  g_autofree char *port = g_strdup_printf ("%d", dw_project_get_port (project));
  g_autofree char *check = g_strdup_printf (health == DW_HEALTH_HTTP ? "%s %s" : "%s",
                                            dw_enum_to_nick (DW_TYPE_HEALTH, (int) health),
                                            dw_project_get_health_path (project));
  g_autofree char *attempts = g_strdup_printf (
      /* Translators: how many attempts, the time from one to the next, and how long one may take */
      _ ("%d, every %d ms, each up to %d ms"), dw_project_get_health_retries (project),
      dw_project_get_health_interval_ms (project), dw_project_get_health_timeout_ms (project));
  g_auto (GStrv) environment = dw_environment_merge (dw_project_get_env (project), "{}", NULL);
  g_autofree char *cpus = g_strdup_printf ("%g",
                                           dw_project_get_cpu_limit_millis (project) / 1000.0);
  g_autofree char *memory = g_format_size_full (
      (guint64) dw_project_get_memory_limit_bytes (project), G_FORMAT_SIZE_IEC_UNITS);

  dw_cli_print_field (_ ("Project"), dw_project_get_name (project));
  dw_cli_print_field (_ ("Image"), dw_project_get_image (project));
  dw_cli_print_field (_ ("Registry"), registry);
  dw_cli_print_field (_ ("Port"), dw_project_get_port (project) != 0
                                      ? port
                                      /* Translators: a port */
                                      : _ ("the one the image exposes"));
  dw_cli_print_field (_ ("Health check"), check);
  if (health != DW_HEALTH_NONE)
    dw_cli_print_field (_ ("Attempts"), attempts);
  print_lines (_ ("Environment"), environment);
  dw_cli_print_field (_ ("Volumes"), g_str_equal (dw_project_get_volumes (project), "[]")
                                         ? NULL
                                         : dw_project_get_volumes (project));
  dw_cli_print_field (_ ("Command"), dw_project_get_command (project));
  dw_cli_print_field (_ ("Network"), dw_project_get_network (project));
  dw_cli_print_field (
      C_ ("policy", "Restart"),
      dw_enum_to_nick (DW_TYPE_RESTART, (int) dw_project_get_restart_policy (project)));
  if (dw_project_get_memory_limit_bytes (project) != 0)
    dw_cli_print_field (_ ("Memory"), memory);
  if (dw_project_get_cpu_limit_millis (project) != 0)
    dw_cli_print_field (_ ("Cores"), cpus);
  dw_cli_print_field (
      _ ("Notifications"),
      dw_enum_to_nick (DW_TYPE_NOTIFICATIONS, (int) dw_project_get_notifications (project)));
  for (guint i = 0; i < stages->len; i++)
    dw_cli_print_field (_ ("Stage"), dw_stage_get_name (g_ptr_array_index (stages, i)));
}

static gboolean
run_show (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  g_autoptr (DwProject) project = dw_cli_context_find_project (context, arguments[0], error);
  g_autoptr (GPtrArray) stages = NULL;

  if (project == NULL ||
      (stages = dw_store_list_stages (context->store, dw_entity_get_id (DW_ENTITY (project)),
                                      error)) == NULL)
    return FALSE;

  if (context->is_json)
    {
      g_autoptr (JsonObject) object = project_to_json (context, project);
      JsonArray *array = json_array_new ();

      for (guint i = 0; i < stages->len; i++)
        json_array_add_object_element (array,
                                       dw_cli_entity_to_json (g_ptr_array_index (stages, i)));
      json_object_set_array_member (object, "stages", array);
      dw_cli_context_answer_object (context, object);
    }
  else
    print_project (context, project, stages);

  return TRUE;
}

static gboolean
run_remove (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  g_autoptr (DwProject) project = dw_cli_context_find_project (context, arguments[0], error);
  g_autoptr (GPtrArray) stages = NULL;
  DwDeployer *deployer = NULL;
  gboolean is_removed = FALSE;

  if (project == NULL)
    return FALSE;

  const char *id = dw_entity_get_id (DW_ENTITY (project));
  stages = dw_store_list_stages (context->store, id, error);
  if (stages == NULL)
    return FALSE;

  /* Without stages it has no containers, and nobody needs an engine to remove it. */
  if (stages->len == 0)
    is_removed = dw_store_delete (context->store, DW_TYPE_PROJECT, id, error);
  else if ((deployer = dw_cli_context_get_any_deployer (context, error)) != NULL)
    {
      dw_cli_context_settle (context);
      is_removed = dw_deployer_remove_project (deployer, id, context->cancellable, error);
    }

  if (!is_removed)
    return FALSE;

  g_autofree char *message = g_strdup_printf (_ ("Removed the project %s."), arguments[0]);
  answer_project (context, project, message);
  return TRUE;
}

const DwCliVerb dw_cli_project_verbs[] = {
  { "project add", "NAME", 1, 1, N_ ("Add a project: an image and how to run it"), NULL,
    add_entries, sizeof (Options), run_add },
  { "project edit", "NAME", 1, 1, N_ ("Change a project"),
    N_ ("Only what is named changes; an empty value goes back to the default. What runs stays as "
        "it is\nuntil the next deploy."),
    edit_entries, sizeof (Options), run_edit },
  { "project list", "", 0, 0, N_ ("List the projects"), NULL, NULL, 0, run_list },
  { "project show", "NAME", 1, 1, N_ ("Show a project with all its settings"), NULL, NULL, 0,
    run_show },
  { "project remove", "NAME", 1, 1, N_ ("Remove a project with its stages, containers and history"),
    NULL, NULL, 0, run_remove },
  { NULL },
};
