/* dw-cli-stage.c: stage add, edit, list, show, remove
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

typedef struct
{
  char *name;
  char *policy;
  gboolean has_auto;
  gboolean has_no_auto;
  gboolean has_confirm;
  gboolean has_no_confirm;
  char *include;
  char *exclude;
  char *minimum_age;
  char *hours;
  gboolean has_pre_pull;
  gboolean has_no_pre_pull;
  char *keep;
  char *host_port;
  char *domain;
  char *drain_seconds;
  char *watch_seconds;
  char *canary_percent;
  char *canary_seconds;
  char *release_command;
  char *release_timeout_seconds;
  GStrv env;
  char *env_file;
  GStrv unset_env;
  GStrv volumes;
  GStrv unset_volumes;
  char *position;
} Options;

#define MEMBER(member) DW_CLI_MEMBER (Options, member)

/* What add and edit have in common. */
#define COMMON_ENTRIES                                                                               \
  { "policy",                                                                                        \
    0,                                                                                               \
    0,                                                                                               \
    G_OPTION_ARG_STRING,                                                                             \
    MEMBER (policy),                                                                                 \
    N_ ("Which tags it follows: semver:^1, glob:v*, regex:… or exact:latest"),                       \
    N_ ("KIND:PATTERN") },                                                                           \
      { "auto", 0, 0, G_OPTION_ARG_NONE, MEMBER (has_auto), N_ ("A new tag deploys itself"), NULL }, \
      { "confirm",                                                                                   \
        0,                                                                                           \
        0,                                                                                           \
        G_OPTION_ARG_NONE,                                                                           \
        MEMBER (has_confirm),                                                                        \
        N_ ("A new tag is asked about first"),                                                       \
        NULL },                                                                                      \
      { "include",                                                                                   \
        0,                                                                                           \
        0,                                                                                           \
        G_OPTION_ARG_STRING,                                                                         \
        MEMBER (include),                                                                            \
        N_ ("Of the tags that the policy takes, only those that match"),                             \
        N_ ("REGEX") },                                                                              \
      { "exclude",                                                                                   \
        0,                                                                                           \
        0,                                                                                           \
        G_OPTION_ARG_STRING,                                                                         \
        MEMBER (exclude),                                                                            \
        N_ ("None of the tags that match, such as -rc"),                                             \
        N_ ("REGEX") },                                                                              \
      { "minimum-age",                                                                               \
        0,                                                                                           \
        0,                                                                                           \
        G_OPTION_ARG_STRING,                                                                         \
        MEMBER (minimum_age),                                                                        \
        N_ ("How long a new tag must have been there, such as 12h or 3d"),                           \
        N_ ("AGE") },                                                                                \
      { "hours",                                                                                     \
        0,                                                                                           \
        0,                                                                                           \
        G_OPTION_ARG_STRING,                                                                         \
        MEMBER (hours),                                                                              \
        N_ ("When a new tag may deploy itself, such as “mon-fri 09:00-17:00”"),                      \
        N_ ("HOURS") },                                                                              \
      { "pre-pull",                                                                                  \
        0,                                                                                           \
        0,                                                                                           \
        G_OPTION_ARG_NONE,                                                                           \
        MEMBER (has_pre_pull),                                                                       \
        N_ ("A new tag is pulled as soon as it is seen"),                                            \
        NULL },                                                                                      \
      { "keep",                                                                                      \
        0,                                                                                           \
        0,                                                                                           \
        G_OPTION_ARG_STRING,                                                                         \
        MEMBER (keep),                                                                               \
        N_ ("How many retired instances stay for an instant rollback"),                              \
        N_ ("N") },                                                                                  \
      { "host-port",                                                                                 \
        0,                                                                                           \
        0,                                                                                           \
        G_OPTION_ARG_STRING,                                                                         \
        MEMBER (host_port),                                                                          \
        N_ ("The port on this machine; 0: any free one"),                                            \
        N_ ("N") },                                                                                  \
      { "domain",                                                                                    \
        0,                                                                                           \
        0,                                                                                           \
        G_OPTION_ARG_STRING,                                                                         \
        MEMBER (domain),                                                                             \
        N_ ("The host name in a reverse proxy"),                                                     \
        N_ ("DOMAIN") },                                                                             \
      { "drain",                                                                                     \
        0,                                                                                           \
        0,                                                                                           \
        G_OPTION_ARG_STRING,                                                                         \
        MEMBER (drain_seconds),                                                                      \
        N_ ("How long the old instance has for its open requests after a switch; 0: none"),          \
        N_ ("SECONDS") },                                                                            \
      { "watch",                                                                                     \
        0,                                                                                           \
        0,                                                                                           \
        G_OPTION_ARG_STRING,                                                                         \
        MEMBER (watch_seconds),                                                                      \
        N_ ("How long a new version is watched, and taken back when it turns bad; 0: not"),          \
        N_ ("SECONDS") },                                                                            \
      { "canary",                                                                                    \
        0,                                                                                           \
        0,                                                                                           \
        G_OPTION_ARG_STRING,                                                                         \
        MEMBER (canary_percent),                                                                     \
        N_ ("The part of the requests that a new version gets at first; 0: all at once"),            \
        N_ ("PERCENT") },                                                                            \
      { "canary-seconds",                                                                            \
        0,                                                                                           \
        0,                                                                                           \
        G_OPTION_ARG_STRING,                                                                         \
        MEMBER (canary_seconds),                                                                     \
        N_ ("How long it gets only those"),                                                          \
        N_ ("SECONDS") },                                                                            \
      { "release-command",                                                                           \
        0,                                                                                           \
        0,                                                                                           \
        G_OPTION_ARG_STRING,                                                                         \
        MEMBER (release_command),                                                                    \
        N_ ("What runs once in a container of the new image before it starts"),                      \
        N_ ("COMMAND") },                                                                            \
      { "release-timeout",                                                                           \
        0,                                                                                           \
        0,                                                                                           \
        G_OPTION_ARG_STRING,                                                                         \
        MEMBER (release_timeout_seconds),                                                            \
        N_ ("How long that may take"),                                                               \
        N_ ("SECONDS") },                                                                            \
      { "env",                                                                                       \
        'e',                                                                                         \
        0,                                                                                           \
        G_OPTION_ARG_STRING_ARRAY,                                                                   \
        MEMBER (env),                                                                                \
        N_ ("A variable, over the project's; may be repeated"),                                      \
        N_ ("NAME=VALUE") },                                                                         \
      { "env-file",                                                                                  \
        0,                                                                                           \
        0,                                                                                           \
        G_OPTION_ARG_FILENAME,                                                                       \
        MEMBER (env_file),                                                                           \
        N_ ("Variables, one a line; --env wins over them"),                                          \
        N_ ("FILE") },                                                                               \
      { "volume",                                                                                    \
        'v',                                                                                         \
        0,                                                                                           \
        G_OPTION_ARG_STRING_ARRAY,                                                                   \
        MEMBER (volumes),                                                                            \
        N_ ("A volume, over the project's of its target; may be repeated"),                          \
        N_ ("SOURCE:TARGET[:ro]") },                                                                 \
  {                                                                                                  \
    "position", 0, 0, G_OPTION_ARG_STRING, MEMBER (position),                                        \
        N_ ("Its place in the promotion order; a new stage is the last"), N_ ("N")                   \
  }

static const GOptionEntry add_entries[] = { COMMON_ENTRIES, { NULL } };

static const GOptionEntry edit_entries[] = {
  { "name", 0, 0, G_OPTION_ARG_STRING, MEMBER (name), N_ ("A new name"), N_ ("NAME") },
  COMMON_ENTRIES,
  { "no-auto", 0, 0, G_OPTION_ARG_NONE, MEMBER (has_no_auto), N_ ("A new tag waits for a person"),
    NULL },
  { "no-confirm", 0, 0, G_OPTION_ARG_NONE, MEMBER (has_no_confirm),
    N_ ("A new tag is not asked about"), NULL },
  { "no-pre-pull", 0, 0, G_OPTION_ARG_NONE, MEMBER (has_no_pre_pull),
    N_ ("A new tag is pulled when it is deployed"), NULL },
  { "unset-env", 0, 0, G_OPTION_ARG_STRING_ARRAY, MEMBER (unset_env),
    N_ ("A variable to take away; may be repeated"), N_ ("NAME") },
  { "unset-volume", 0, 0, G_OPTION_ARG_STRING_ARRAY, MEMBER (unset_volumes),
    N_ ("A volume to take away, by its target; may be repeated"), N_ ("TARGET") },
  { NULL },
};

static gboolean
set_switch (DwEntity *stage,
            const char *property,
            const char *name,
            gboolean is_on,
            gboolean is_off,
            GError **error)
{
  if (is_on && is_off)
    {
      g_set_error (error, DW_CLI_ERROR, DW_CLI_ERROR_USAGE,
                   _ ("--%s and --no-%s exclude each other"), name, name);
      return FALSE;
    }

  if (is_on || is_off)
    g_object_set (stage, property, is_on, NULL);
  return TRUE;
}

static gboolean
apply_traffic (DwEntity *stage, const Options *options, GError **error)
{
  return dw_cli_set_value (stage, "drain-seconds", "--drain", options->drain_seconds, error) &&
         dw_cli_set_value (stage, "watch-seconds", "--watch", options->watch_seconds, error) &&
         dw_cli_set_value (stage, "canary-percent", "--canary", options->canary_percent, error) &&
         dw_cli_set_value (stage, "canary-seconds", "--canary-seconds", options->canary_seconds,
                           error) &&
         dw_cli_set_value (stage, "release-command", "--release-command", options->release_command,
                           error) &&
         dw_cli_set_value (stage, "release-timeout-seconds", "--release-timeout",
                           options->release_timeout_seconds, error);
}

/* Makes @stage what @options say of it, and checks the whole of it. */
static gboolean
apply (DwEntity *stage, const Options *options, GError **error)
{
  return dw_cli_set_value (stage, "name", "--name", options->name, error) &&
         dw_cli_set_policy (stage, options->policy, error) &&
         set_switch (stage, "auto-deploy", "auto", options->has_auto, options->has_no_auto,
                     error) &&
         set_switch (stage, "confirm", "confirm", options->has_confirm, options->has_no_confirm,
                     error) &&
         dw_cli_set_value (stage, "policy-include", "--include", options->include, error) &&
         dw_cli_set_value (stage, "policy-exclude", "--exclude", options->exclude, error) &&
         dw_cli_set_age (stage, "minimum-age-s", "--minimum-age", options->minimum_age, error) &&
         dw_cli_set_value (stage, "allowed-hours", "--hours", options->hours, error) &&
         set_switch (stage, "pre-pull", "pre-pull", options->has_pre_pull, options->has_no_pre_pull,
                     error) &&
         dw_cli_set_value (stage, "keep", "--keep", options->keep, error) &&
         dw_cli_set_value (stage, "host-port", "--host-port", options->host_port, error) &&
         dw_cli_set_value (stage, "domain", "--domain", options->domain, error) &&
         apply_traffic (stage, options, error) &&
         dw_cli_set_environment (stage, options->env_file, (const char *const *) options->env,
                                 (const char *const *) options->unset_env, error) &&
         dw_cli_set_volumes (stage, (const char *const *) options->volumes,
                             (const char *const *) options->unset_volumes, error) &&
         dw_cli_set_value (stage, "position", "--position", options->position, error) &&
         dw_entity_validate (stage, error);
}

static JsonObject *
stage_to_json (DwStage *stage, DwProject *project)
{
  JsonObject *object = dw_cli_entity_to_json (DW_ENTITY (stage));

  json_object_set_string_member (object, "project", dw_project_get_name (project));

  return object;
}

static void
answer_stage (DwCliContext *context, DwStage *stage, DwProject *project, const char *message)
{
  g_autoptr (JsonObject) object = stage_to_json (stage, project);

  if (context->is_json)
    dw_cli_context_answer_object (context, object);
  else
    dw_cli_text_print ("%s\n", message);
}

static gboolean
run_add (DwCliContext *context, gconstpointer user_options, char **arguments, GError **error)
{
  const Options *options = user_options;
  g_autofree char *name = NULL;
  g_autofree char *project_name = dw_cli_context_split_path (arguments[0], &name, error);
  g_autoptr (DwProject) project = NULL;
  g_autoptr (GPtrArray) stages = NULL;
  int position = 0;

  if (project_name == NULL ||
      (project = dw_cli_context_find_project (context, project_name, error)) == NULL)
    return FALSE;

  const char *project_id = dw_entity_get_id (DW_ENTITY (project));
  stages = dw_store_list_stages (context->store, project_id, error);
  if (stages == NULL)
    return FALSE;

  for (guint i = 0; i < stages->len; i++)
    position = MAX (position, dw_stage_get_position (g_ptr_array_index (stages, i)) + 1);

  g_autoptr (DwStage) stage = g_object_new (DW_TYPE_STAGE, "project-id", project_id, "name", name,
                                            "position", MIN (position, 1000000), NULL);
  if (!apply (DW_ENTITY (stage), options, error) ||
      !dw_store_create (context->store, DW_ENTITY (stage), error))
    return FALSE;

  g_autofree char *message = g_strdup_printf (_ ("Added the stage %s."), arguments[0]);
  answer_stage (context, stage, project, message);
  return TRUE;
}

static gboolean
run_edit (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  g_autoptr (DwProject) project = NULL;
  g_autoptr (DwStage) stage = dw_cli_context_find_stage (context, arguments[0], &project, error);

  if (stage == NULL || !apply (DW_ENTITY (stage), options, error) ||
      !dw_store_update (context->store, DW_ENTITY (stage), error))
    return FALSE;

  g_autofree char *message = g_strdup_printf (
      _ ("Changed the stage %s/%s; its next deploy takes it up."), dw_project_get_name (project),
      dw_stage_get_name (stage));
  answer_stage (context, stage, project, message);
  return TRUE;
}

static char *
describe_policy (DwStage *stage)
{
  return g_strdup_printf (
      "%s:%s", dw_enum_to_nick (DW_TYPE_TAG_POLICY_KIND, (int) dw_stage_get_policy_kind (stage)),
      dw_stage_get_policy_pattern (stage));
}

static const char *
describe_new_tag (DwStage *stage)
{
  if (dw_stage_get_confirm (stage))
    return C_ ("new tag", "asks first");

  return dw_stage_get_auto_deploy (stage) ? C_ ("new tag", "deploys itself")
                                          : C_ ("new tag", "waits");
}

static gboolean
list_stages_of (
    DwCliContext *context, DwProject *project, DwCliTable *table, JsonArray *answer, GError **error)
{
  g_autoptr (GPtrArray)
      stages = dw_store_list_stages (context->store, dw_entity_get_id (DW_ENTITY (project)), error);

  for (guint i = 0; stages != NULL && i < stages->len; i++)
    {
      DwStage *stage = g_ptr_array_index (stages, i);
      g_autofree char *policy = describe_policy (stage);
      g_autofree char *path = g_strdup_printf ("%s/%s", dw_project_get_name (project),
                                               dw_stage_get_name (stage));
      g_autofree char *port = dw_stage_get_host_port (stage) != 0
                                  ? g_strdup_printf ("%d", dw_stage_get_host_port (stage))
                                  : g_strdup (C_ ("port", "any"));
      g_autofree char *keep = g_strdup_printf ("%d", dw_stage_get_keep (stage));

      json_array_add_object_element (answer, stage_to_json (stage, project));
      dw_cli_table_add (table, path);
      dw_cli_table_add (table, policy);
      dw_cli_table_add (table, describe_new_tag (stage));
      dw_cli_table_add (table, port);
      dw_cli_table_add (table, keep);
      dw_cli_table_add (table, dw_stage_get_domain (stage));
    }

  return stages != NULL;
}

static gboolean
run_list (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  DwStore *store = dw_cli_context_get_store (context, error);
  g_autoptr (GPtrArray) projects = NULL;
  g_autoptr (JsonArray) answer = json_array_new ();
  g_autoptr (DwCliTable) table = dw_cli_table_new (_ ("STAGE"), _ ("POLICY"), _ ("NEW TAG"),
                                                   _ ("PORT"), _ ("KEEP"), _ ("DOMAIN"), NULL);

  if (store == NULL)
    return FALSE;

  if (arguments[0] == NULL)
    {
      projects = dw_store_list (store, DW_TYPE_PROJECT, error);
    }
  else
    {
      DwProject *project = dw_cli_context_find_project (context, arguments[0], error);

      if (project != NULL)
        {
          projects = g_ptr_array_new_with_free_func (g_object_unref);
          g_ptr_array_add (projects, project);
        }
    }
  if (projects == NULL)
    return FALSE;

  for (guint i = 0; i < projects->len; i++)
    if (!list_stages_of (context, g_ptr_array_index (projects, i), table, answer, error))
      return FALSE;

  if (context->is_json)
    dw_cli_context_answer_array (context, answer);
  else if (json_array_get_length (answer) == 0)
    dw_cli_text_print ("%s\n", _ ("There are no stages yet; add one with: docker-watcher stage add "
                                  "PROJECT/STAGE"));
  else
    dw_cli_table_print (table);

  return TRUE;
}

static void
print_traffic (DwStage *stage)
{
  g_autofree char *drain = g_strdup_printf (_ ("%d s for open requests"),
                                            dw_stage_get_drain_seconds (stage));

  g_autofree char *watch = g_strdup_printf (_ ("%d s after a deploy"),
                                            dw_stage_get_watch_seconds (stage));

  dw_cli_print_field (C_ ("stage", "Drains"), drain);
  dw_cli_print_field (C_ ("stage", "Is watched"),
                      dw_stage_get_watch_seconds (stage) > 0 ? watch : C_ ("stage", "not at all"));
  if (dw_stage_get_canary_percent (stage) > 0)
    {
      g_autofree char *canary = g_strdup_printf (_ ("%d %% of the requests for %d s"),
                                                 dw_stage_get_canary_percent (stage),
                                                 dw_stage_get_canary_seconds (stage));

      dw_cli_print_field (_ ("Canary"), canary);
    }
  dw_cli_print_field (_ ("Release command"), dw_stage_get_release_command (stage));
}

static gboolean
run_show (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  g_autoptr (DwProject) project = NULL;
  g_autoptr (DwStage) stage = dw_cli_context_find_stage (context, arguments[0], &project, error);

  if (stage == NULL)
    return FALSE;

  if (context->is_json)
    {
      g_autoptr (JsonObject) object = stage_to_json (stage, project);

      dw_cli_context_answer_object (context, object);
      return TRUE;
    }

  g_autofree char *policy = describe_policy (stage);
  g_autofree char *position = g_strdup_printf ("%d", dw_stage_get_position (stage));
  g_autofree char *port = g_strdup_printf ("%d", dw_stage_get_host_port (stage));
  g_autofree char *keep = g_strdup_printf ("%d", dw_stage_get_keep (stage));
  g_autofree char *age = dw_cli_text_describe_duration (
      (gint64) dw_stage_get_minimum_age_s (stage) * 1000);
  g_autofree char *newer = dw_cli_text_describe_newer (stage);
  g_auto (GStrv) environment = dw_environment_merge (dw_stage_get_env (stage), "{}", NULL);

  dw_cli_print_field (_ ("Stage"), arguments[0]);
  dw_cli_print_field (C_ ("stage", "Position"), position);
  dw_cli_print_field (_ ("Policy"), policy);
  dw_cli_print_field (C_ ("stage", "Include"), dw_stage_get_policy_include (stage));
  dw_cli_print_field (C_ ("stage", "Exclude"), dw_stage_get_policy_exclude (stage));
  dw_cli_print_field (_ ("A new tag"), describe_new_tag (stage));
  dw_cli_print_field (_ ("Minimum age"), dw_stage_get_minimum_age_s (stage) > 0 ? age : NULL);
  dw_cli_print_field (_ ("Hours"), dw_stage_get_allowed_hours (stage));
  dw_cli_print_field (_ ("Pre-pull"), dw_stage_get_pre_pull (stage) ? _ ("yes") : NULL);
  dw_cli_print_field (C_ ("stage", "Newer"), newer);
  dw_cli_print_field (_ ("Host port"),
                      dw_stage_get_host_port (stage) != 0 ? port : C_ ("port", "any free one"));
  dw_cli_print_field (_ ("Domain"), dw_stage_get_domain (stage));
  dw_cli_print_field (C_ ("stage", "Keeps"), keep);
  print_traffic (stage);
  for (guint i = 0; environment != NULL && environment[i] != NULL; i++)
    dw_cli_print_field (_ ("Environment"), environment[i]);
  if (!g_str_equal (dw_stage_get_volumes (stage), "[]"))
    dw_cli_print_field (_ ("Volumes"), dw_stage_get_volumes (stage));

  return TRUE;
}

/* Stands under two names: “stage remove”, beside “stage add”, and “remove”, beside “stop”. */
static gboolean
run_remove (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  g_autoptr (DwProject) project = NULL;
  g_autoptr (DwStage) stage = dw_cli_context_find_stage (context, arguments[0], &project, error);
  DwDeployer *deployer = stage != NULL ? dw_cli_context_get_any_deployer (context, error) : NULL;

  if (deployer == NULL)
    return FALSE;

  dw_cli_context_settle (context);
  if (!dw_deployer_act (deployer, dw_entity_get_id (DW_ENTITY (stage)), DW_STAGE_ACTION_REMOVE,
                        context->cancellable, error))
    return FALSE;

  g_autofree char *message = g_strdup_printf (_ ("Removed the stage %s."), arguments[0]);
  answer_stage (context, stage, project, message);
  return TRUE;
}

const DwCliVerb dw_cli_stage_verbs[] = {
  { "stage add", "PROJECT/STAGE", 1, 1, N_ ("Add a place where a project runs"), NULL, add_entries,
    sizeof (Options), run_add },
  { "stage edit", "PROJECT/STAGE", 1, 1, N_ ("Change a stage"),
    N_ ("Only what is named changes; an empty value goes back to the default. What runs stays as "
        "it is\nuntil the next deploy."),
    edit_entries, sizeof (Options), run_edit },
  { "stage list", "[PROJECT]", 0, 1, N_ ("List the stages"), NULL, NULL, 0, run_list },
  { "stage show", "PROJECT/STAGE", 1, 1, N_ ("Show a stage with all its settings"), NULL, NULL, 0,
    run_show },
  { "stage remove", "PROJECT/STAGE", 1, 1, N_ ("Remove a stage with its containers and history"),
    NULL, NULL, 0, run_remove },
  { "remove", "PROJECT/STAGE", 1, 1, N_ ("Remove a stage with its containers and history"), NULL,
    NULL, 0, run_remove },
  { NULL },
};
