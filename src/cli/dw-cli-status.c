/* dw-cli-status.c: status, logs: what the engine says of the stages now
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/dw-cli-context.h"
#include "cli/dw-cli-error.h"
#include "cli/dw-cli-table.h"
#include "cli/dw-cli-values.h"
#include "cli/dw-cli-verbs.h"
#include "deploy/dw-engine-choice.h"
#include "deploy/dw-problem.h"
#include "deploy/dw-stage-state.h"
#include "model/dw-enum-types.h"
#include "model/dw-json.h"

/* What a person sees of a digest, after sha256: */
#define SHORT_DIGEST 12

typedef struct
{
  gboolean follows;
  char *tail;
} LogsOptions;

static const GOptionEntry logs_entries[] = {
  { "follow", 'f', 0, G_OPTION_ARG_NONE, DW_CLI_MEMBER (LogsOptions, follows),
    N_ ("Go on as it writes, until Ctrl+C"), NULL },
  { "tail", 'n', 0, G_OPTION_ARG_STRING, DW_CLI_MEMBER (LogsOptions, tail),
    N_ ("Only the last lines; 0: all of them"), N_ ("N") },
  { NULL },
};

/* The words for what a container is at; they are in JSON too and are not translated. */
static const char *
name_state (const DwStageState *state)
{
  static const char *const names[] = {
    [DW_CONTAINER_CREATED] = "created",   [DW_CONTAINER_RUNNING] = "running",
    [DW_CONTAINER_PAUSED] = "paused",     [DW_CONTAINER_RESTARTING] = "restarting",
    [DW_CONTAINER_REMOVING] = "removing", [DW_CONTAINER_EXITED] = "stopped",
    [DW_CONTAINER_DEAD] = "dead",         [DW_CONTAINER_UNKNOWN] = "unknown",
  };

  if (state->instance == NULL)
    return "empty";
  if (state->problem != NULL)
    return dw_problem_classify (state->problem) == DW_PROBLEM_UNREACHABLE ? "unreachable"
                                                                          : "unknown";

  return state->container != NULL ? names[state->container->state] : "gone";
}

/* NULL where the image has no health check. */
static const char *
name_health (const DwStageState *state)
{
  static const char *const names[] = {
    [DW_CONTAINER_HEALTH_NONE] = NULL,
    [DW_CONTAINER_HEALTH_STARTING] = "starting",
    [DW_CONTAINER_HEALTH_HEALTHY] = "healthy",
    [DW_CONTAINER_HEALTH_UNHEALTHY] = "unhealthy",
  };

  return state->container != NULL ? names[state->container->health] : NULL;
}

/* The words for what a route is at, as those of a container. */
static const char *
name_route (const DwStageState *state)
{
  static const char *const names[] = {
    [DW_PROXY_ROUTE_SERVING] = "serving",     [DW_PROXY_ROUTE_MISSING] = "missing",
    [DW_PROXY_ROUTE_ELSEWHERE] = "elsewhere", [DW_PROXY_ROUTE_TAKEN] = "taken",
    [DW_PROXY_ROUTE_FAILING] = "failing",
  };

  if (state->route_problem != NULL)
    return "unknown";

  return state->route != NULL ? names[state->route->condition] : NULL;
}

static DwCliColor
choose_color (const DwStageState *state)
{
  const char *route = name_route (state);

  if (state->instance == NULL || state->problem != NULL)
    return DW_CLI_COLOR_DIM;
  if (state->container == NULL || state->container->state == DW_CONTAINER_DEAD ||
      state->container->health == DW_CONTAINER_HEALTH_UNHEALTHY)
    return DW_CLI_COLOR_BAD;

  if (route != NULL && !g_str_equal (route, "serving"))
    return DW_CLI_COLOR_BAD;

  return state->container->state == DW_CONTAINER_RUNNING ? DW_CLI_COLOR_GOOD : DW_CLI_COLOR_BUSY;
}

/* The version of an instance: its tag, or the beginning of its digest. */
static char *
describe_version (DwInstance *instance)
{
  if (instance == NULL)
    return NULL;
  if (dw_instance_get_tag (instance) != NULL)
    return g_strdup (dw_instance_get_tag (instance));

  const char *digest = dw_instance_get_digest (instance);

  return digest != NULL ? g_strndup (digest, sizeof "sha256:" - 1 + SHORT_DIGEST) : NULL;
}

/* Null where the stage has no route. */
static void
set_route (JsonObject *object, const DwStageState *state)
{
  JsonObject *route = NULL;

  if (name_route (state) == NULL)
    {
      json_object_set_null_member (object, "route");
      return;
    }

  route = json_object_new ();
  json_object_set_string_member (route, "state", name_route (state));
  dw_json_set_string (route, "upstream", state->route != NULL ? state->route->upstream : NULL);
  dw_json_set_string (route, "detail", state->route != NULL ? state->route->detail : NULL);
  dw_json_set_string (route, "problem",
                      state->route_problem != NULL ? state->route_problem->message : NULL);
  json_object_set_object_member (object, "route", route);
}

/* A route that does not lead to what runs is a part of how the stage stands. */
static char *
describe_state (const DwStageState *state)
{
  const char *health = name_health (state);
  const char *route = name_route (state);
  GString *text = g_string_new (name_state (state));

  if (health != NULL)
    g_string_append_printf (text, ", %s", health);
  if (route != NULL && !g_str_equal (route, "serving"))
    g_string_append_printf (text, ", route %s", route);

  return g_string_free (text, FALSE);
}

static void
set_entity (JsonObject *object, const char *name, gpointer entity)
{
  if (entity != NULL)
    json_object_set_object_member (object, name, dw_cli_entity_to_json (entity));
  else
    json_object_set_null_member (object, name);
}

/* Null where there is nothing newer. */
static void
set_newer (JsonObject *object, DwStage *stage)
{
  DwNewerState state = dw_stage_get_newer_state (stage);

  if (state == DW_NEWER_NONE)
    {
      json_object_set_null_member (object, "newer");
      return;
    }

  JsonObject *newer = json_object_new ();
  json_object_set_string_member (newer, "state",
                                 dw_enum_to_nick (DW_TYPE_NEWER_STATE, (int) state));
  dw_json_set_string (newer, "tag", dw_stage_get_newer_tag (stage));
  dw_json_set_string (newer, "digest", dw_stage_get_newer_digest (stage));
  dw_json_set_string (newer, "since", dw_stage_get_newer_since (stage));
  dw_json_set_string (newer, "until", dw_stage_get_newer_until (stage));
  json_object_set_object_member (object, "newer", newer);
}

static JsonObject *
state_to_json (const DwStageState *state, const char *path)
{
  JsonObject *object = json_object_new ();
  DwInstance *instance = state->instance;

  json_object_set_string_member (object, "stage", path);
  json_object_set_string_member (object, "state", name_state (state));
  dw_json_set_string (object, "health", name_health (state));
  dw_json_set_string (object, "address", state->address);
  dw_json_set_string (object, "tag", instance != NULL ? dw_instance_get_tag (instance) : NULL);
  dw_json_set_string (object, "digest",
                      instance != NULL ? dw_instance_get_digest (instance) : NULL);
  dw_json_set_string (object, "since",
                      state->deploy != NULL ? dw_deploy_get_finished_at (state->deploy) : NULL);
  set_newer (object, state->stage);
  dw_json_set_string (object, "container",
                      state->container != NULL ? state->container->name : NULL);
  dw_json_set_string (object, "problem", state->problem != NULL ? state->problem->message : NULL);
  set_route (object, state);
  set_entity (object, "instance", instance);
  set_entity (object, "deploy", state->deploy);
  set_entity (object, "last_deploy", state->last_deploy);

  return object;
}

static void
add_row (DwCliTable *table, const DwStageState *state, const char *path)
{
  DwDeploy *last = state->last_deploy;
  g_autofree char *version = describe_version (state->instance);
  g_autofree char *since = dw_cli_text_describe_time (
      state->deploy != NULL ? dw_deploy_get_finished_at (state->deploy) : NULL);
  g_autofree char *newer = dw_cli_text_describe_newer (state->stage);
  g_autofree char *shown_state = describe_state (state);
  DwDeployStatus status = last != NULL ? dw_deploy_get_status (last) : DW_DEPLOY_PENDING;

  dw_cli_table_add (table, path);
  dw_cli_table_add (table, version);
  dw_cli_table_add_colored (table, newer, DW_CLI_COLOR_BUSY);
  dw_cli_table_add_colored (table, shown_state, choose_color (state));
  dw_cli_table_add (table, since);
  dw_cli_table_add (table, state->address);
  dw_cli_table_add_colored (
      table, last != NULL ? dw_enum_to_nick (DW_TYPE_DEPLOY_STATUS, (int) status) : NULL,
      last != NULL ? dw_cli_text_choose_color (status) : DW_CLI_COLOR_NONE);
}

/* The rows of a status, while they are gathered. */
typedef struct
{
  DwCliContext *context;
  JsonArray *answer;
  DwCliTable *table;
  DwEngine *engine;
  GError *problem; /* the first of the engine */
} Gathering;

static gboolean
gather (Gathering *self, DwProject *project, DwStage *stage, GError **error)
{
  g_autofree char *path = g_strdup_printf ("%s/%s", dw_project_get_name (project),
                                           dw_stage_get_name (stage));
  g_autoptr (DwStageState) state = dw_stage_state_read (self->context->store, self->engine,
                                                        dw_entity_get_id (DW_ENTITY (stage)),
                                                        self->context->cancellable, error);

  if (state == NULL || !dw_stage_state_read_route (state, self->context->store, self->engine,
                                                   self->context->cancellable, error))
    return FALSE;

  if (self->problem == NULL && state->problem != NULL)
    self->problem = g_error_copy (state->problem);
  json_array_add_object_element (self->answer, state_to_json (state, path));
  add_row (self->table, state, path);

  return TRUE;
}

static gboolean
gather_project (Gathering *self, DwProject *project, GError **error)
{
  g_autoptr (GPtrArray) stages = dw_store_list_stages (
      self->context->store, dw_entity_get_id (DW_ENTITY (project)), error);

  for (guint i = 0; stages != NULL && i < stages->len; i++)
    if (!gather (self, project, g_ptr_array_index (stages, i), error))
      return FALSE;

  return stages != NULL;
}

static gboolean
gather_all (Gathering *self, GError **error)
{
  g_autoptr (GPtrArray) projects = dw_store_list (self->context->store, DW_TYPE_PROJECT, error);

  for (guint i = 0; projects != NULL && i < projects->len; i++)
    if (!gather_project (self, g_ptr_array_index (projects, i), error))
      return FALSE;

  return projects != NULL;
}

/* What @name says: all, a project or a stage. */
static gboolean
gather_named (Gathering *self, const char *name, GError **error)
{
  g_autoptr (DwProject) project = NULL;
  g_autoptr (DwStage) stage = NULL;

  if (name == NULL)
    return gather_all (self, error);
  if (strchr (name, '/') != NULL)
    return (stage = dw_cli_context_find_stage (self->context, name, &project, error)) != NULL &&
           gather (self, project, stage, error);

  return (project = dw_cli_context_find_project (self->context, name, error)) != NULL &&
         gather_project (self, project, error);
}

static gboolean
run_status (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  g_autoptr (JsonArray) answer = json_array_new ();
  g_autoptr (DwCliTable)
      table = dw_cli_table_new (_ ("STAGE"), _ ("VERSION"), _ ("NEWER"), _ ("STATE"), _ ("SINCE"),
                                _ ("ADDRESS"), _ ("LAST DEPLOY"), NULL);
  Gathering gathering = { .context = context, .answer = answer, .table = table };
  DwStore *store = dw_cli_context_get_store (context, error);
  g_autoptr (DwEngine) engine = store != NULL ? dw_choose_engine_or_nowhere (store, error) : NULL;

  if (engine == NULL)
    return FALSE;

  gathering.engine = engine;
  gboolean is_gathered = gather_named (&gathering, arguments[0], error);
  g_autoptr (GError) problem = gathering.problem;

  if (!is_gathered)
    return FALSE;

  if (context->is_json)
    dw_cli_context_answer_array (context, answer);
  else if (json_array_get_length (answer) == 0)
    dw_cli_text_print ("%s\n", _ ("There are no stages yet; docker-watcher project add and stage "
                                  "add make some"));
  else
    dw_cli_table_print (table);

  /* What the store knows was shown; that the engine does not answer is said all the same. */
  if (problem == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
write_line (const char *line, gboolean is_stderr, gpointer user_data)
{
  DwCliContext *context = user_data;

  if (context->is_json)
    {
      g_autoptr (JsonObject) object = json_object_new ();

      json_object_set_string_member (object, "stream", is_stderr ? "stderr" : "stdout");
      json_object_set_string_member (object, "line", line);
      return dw_cli_context_stream (context, object);
    }

  FILE *stream = is_stderr ? stderr : stdout;
  g_autofree char *harmless = isatty (fileno (stream)) ? dw_cli_text_make_harmless (line) : NULL;

  return fputs (harmless != NULL ? harmless : line, stream) >= 0 && fputc ('\n', stream) >= 0 &&
         fflush (stream) == 0;
}

static gboolean
run_logs (DwCliContext *context, gconstpointer user_options, char **arguments, GError **error)
{
  const LogsOptions *options = user_options;
  g_autoptr (DwStage) stage = dw_cli_context_find_stage (context, arguments[0], NULL, error);
  g_autoptr (GError) problem = NULL;
  guint64 tail = 0;

  if (stage == NULL)
    return FALSE;
  if (options->tail != NULL &&
      !g_ascii_string_to_unsigned (options->tail, 10, 0, G_MAXINT, &tail, &problem))
    {
      g_set_error (error, DW_CLI_ERROR, DW_CLI_ERROR_USAGE, "--tail: %s", problem->message);
      return FALSE;
    }

  if (dw_cli_context_get_deployer (context, error) == NULL)
    return FALSE;
  if (dw_deployer_read_logs (context->deployer, dw_entity_get_id (DW_ENTITY (stage)), (guint) tail,
                             options->follows, write_line, context, context->cancellable, &problem))
    return TRUE;

  /* That is how following ends. */
  if (options->follows && g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

const DwCliVerb dw_cli_status_verbs[] = {
  { "status", "[PROJECT[/STAGE]]", 0, 1, N_ ("Say what runs where, and since when"),
    N_ ("When the engine does not answer, it still shows what is known, with “unreachable” as the "
        "state of\nall that should run, and ends with 4."),
    NULL, 0, run_status },
  { "logs", "PROJECT/STAGE", 1, 1, N_ ("Show the output of what runs in a stage"),
    N_ ("With --json it answers one object a line: stream and line. What the container writes to "
        "its\nstandard error comes on standard error."),
    logs_entries, sizeof (LogsOptions), run_logs },
  { NULL },
};
