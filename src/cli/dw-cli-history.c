/* dw-cli-history.c: history, log: what happened, from the store
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli/dw-cli-context.h"
#include "cli/dw-cli-error.h"
#include "cli/dw-cli-table.h"
#include "cli/dw-cli-values.h"
#include "cli/dw-cli-verbs.h"
#include "model/dw-enum-types.h"
#include "model/dw-json.h"

#define DEFAULT_LIMIT 20
#define SHORT_ID 8
#define SHORT_DIGEST 12
/* How many lines of a log are held at a time. */
#define LOG_PAGE 500
/* Another process writes the log that is followed; this is how often it is looked at. */
#define FOLLOW_INTERVAL_US (200 * 1000)

typedef struct
{
  char *limit;
} HistoryOptions;

static const GOptionEntry history_entries[] = {
  { "limit", 'n', 0, G_OPTION_ARG_STRING, DW_CLI_MEMBER (HistoryOptions, limit),
    N_ ("How many of the newest deploys, 20 unless told; 0: all"), N_ ("N") },
  { NULL },
};

typedef struct
{
  gboolean follows;
} LogOptions;

static const GOptionEntry log_entries[] = {
  { "follow", 'f', 0, G_OPTION_ARG_NONE, DW_CLI_MEMBER (LogOptions, follows),
    N_ ("Go on until the deploy ends"), NULL },
  { NULL },
};

static GPtrArray *
list_deploys (DwCliContext *context, const char *name, guint limit, GError **error)
{
  DwStore *store = dw_cli_context_get_store (context, error);
  g_autoptr (DwProject) project = NULL;
  g_autoptr (DwStage) stage = NULL;

  if (store == NULL)
    return NULL;
  if (name == NULL)
    return dw_store_list_recent_deploys (store, limit, error);

  if (strchr (name, '/') != NULL)
    {
      stage = dw_cli_context_find_stage (context, name, NULL, error);
      return stage != NULL ? dw_store_list_stage_deploys (
                                 store, dw_entity_get_id (DW_ENTITY (stage)), limit, error)
                           : NULL;
    }

  project = dw_cli_context_find_project (context, name, error);
  return project != NULL ? dw_store_list_project_deploys (
                               store, dw_entity_get_id (DW_ENTITY (project)), limit, error)
                         : NULL;
}

/* The names of the stages, “PROJECT/STAGE”, by their ids. */
static GHashTable *
list_paths (DwStore *store, GError **error)
{
  g_autoptr (GHashTable) paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GPtrArray) projects = dw_store_list (store, DW_TYPE_PROJECT, error);

  for (guint i = 0; projects != NULL && i < projects->len; i++)
    {
      DwProject *project = g_ptr_array_index (projects, i);
      g_autoptr (GPtrArray)
          stages = dw_store_list_stages (store, dw_entity_get_id (DW_ENTITY (project)), error);

      if (stages == NULL)
        return NULL;
      for (guint j = 0; j < stages->len; j++)
        {
          DwStage *stage = g_ptr_array_index (stages, j);

          g_hash_table_insert (
              paths, g_strdup (dw_entity_get_id (DW_ENTITY (stage))),
              g_strdup_printf ("%s/%s", dw_project_get_name (project), dw_stage_get_name (stage)));
        }
    }

  return projects != NULL ? g_steal_pointer (&paths) : NULL;
}

static JsonObject *
deploy_to_json (DwDeploy *deploy, const char *path)
{
  JsonObject *object = dw_cli_entity_to_json (DW_ENTITY (deploy));

  dw_json_set_string (object, "stage", path);

  return object;
}

static void
add_row (DwCliTable *table, DwDeploy *deploy, const char *path)
{
  DwDeployStatus status = dw_deploy_get_status (deploy);
  const char *digest = dw_deploy_get_digest (deploy);
  const char *started_at = dw_deploy_get_started_at (deploy) != NULL
                               ? dw_deploy_get_started_at (deploy)
                               : dw_entity_get_created_at (DW_ENTITY (deploy));
  g_autofree char *id = g_strndup (dw_entity_get_id (DW_ENTITY (deploy)), SHORT_ID);
  g_autofree char *short_digest = digest != NULL && g_str_has_prefix (digest, "sha256:")
                                      ? g_strndup (digest + strlen ("sha256:"), SHORT_DIGEST)
                                      : g_strdup (digest);
  g_autofree char *when = dw_cli_text_describe_time (started_at);
  g_autofree char *took = dw_deploy_status_has_ended (status)
                              ? dw_cli_text_describe_duration (dw_cli_text_measure_ms (
                                    started_at, dw_deploy_get_finished_at (deploy)))
                              : NULL;

  dw_cli_table_add (table, id);
  dw_cli_table_add (table, path);
  dw_cli_table_add (table, dw_deploy_get_tag (deploy));
  dw_cli_table_add (table, short_digest);
  dw_cli_table_add (table, dw_enum_to_nick (DW_TYPE_TRIGGER, (int) dw_deploy_get_trigger (deploy)));
  dw_cli_table_add_colored (table, dw_enum_to_nick (DW_TYPE_DEPLOY_STATUS, (int) status),
                            dw_cli_text_choose_color (status));
  dw_cli_table_add (table, when);
  dw_cli_table_add (table, took);
  dw_cli_table_add (table, dw_deploy_get_error (deploy));
}

static gboolean
run_history (DwCliContext *context, gconstpointer user_options, char **arguments, GError **error)
{
  const HistoryOptions *options = user_options;
  g_autoptr (GError) problem = NULL;
  guint64 limit = DEFAULT_LIMIT;

  if (options->limit != NULL &&
      !g_ascii_string_to_unsigned (options->limit, 10, 0, G_MAXINT, &limit, &problem))
    {
      g_set_error (error, DW_CLI_ERROR, DW_CLI_ERROR_USAGE, "--limit: %s", problem->message);
      return FALSE;
    }

  g_autoptr (GPtrArray) deploys = list_deploys (context, arguments[0], (guint) limit, error);
  g_autoptr (GHashTable) paths = deploys != NULL ? list_paths (context->store, error) : NULL;
  g_autoptr (JsonArray) answer = json_array_new ();
  g_autoptr (DwCliTable)
      table = dw_cli_table_new (_ ("DEPLOY"), _ ("STAGE"), _ ("TAG"), _ ("DIGEST"), _ ("TRIGGER"),
                                _ ("STATUS"), _ ("WHEN"), _ ("TOOK"), _ ("ERROR"), NULL);

  if (paths == NULL)
    return FALSE;

  for (guint i = 0; i < deploys->len; i++)
    {
      DwDeploy *deploy = g_ptr_array_index (deploys, i);
      const char *path = g_hash_table_lookup (paths, dw_deploy_get_stage_id (deploy));

      json_array_add_object_element (answer, deploy_to_json (deploy, path));
      add_row (table, deploy, path);
    }

  if (context->is_json)
    dw_cli_context_answer_array (context, answer);
  else if (deploys->len == 0)
    dw_cli_text_print ("%s\n", _ ("Nothing was deployed yet; docker-watcher deploy PROJECT/STAGE "
                                  "begins"));
  else
    dw_cli_table_print (table);

  return TRUE;
}

static JsonObject *
line_to_json (DwDeployLog *line)
{
  JsonObject *object = dw_cli_entity_to_json (DW_ENTITY (line));

  json_object_remove_member (object, "updated_at");
  json_object_remove_member (object, "deploy_id");

  return object;
}

/* The time of the day here. */
static char *
describe_clock (const char *time)
{
  g_autoptr (GDateTime) utc = time != NULL ? g_date_time_new_from_iso8601 (time, NULL) : NULL;
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;

  return local != NULL ? g_date_time_format (local, "%H:%M:%S") : g_strdup ("–");
}

static void
print_line (DwDeployLog *line)
{
  static const DwCliColor colors[] = {
    [DW_LOG_DEBUG] = DW_CLI_COLOR_DIM,
    [DW_LOG_INFO] = DW_CLI_COLOR_NONE,
    [DW_LOG_WARNING] = DW_CLI_COLOR_BUSY,
    [DW_LOG_ERROR] = DW_CLI_COLOR_BAD,
  };
  g_autofree char *clock = describe_clock (dw_entity_get_created_at (DW_ENTITY (line)));
  g_autofree char *harmless = dw_cli_text_make_harmless (dw_deploy_log_get_message (line));
  g_autofree char *painted = dw_cli_text_paint (harmless, colors[dw_deploy_log_get_level (line)]);

  dw_cli_text_print ("%s  %-17s  %s\n", clock,
                     dw_enum_to_nick (DW_TYPE_DEPLOY_STATUS, (int) dw_deploy_log_get_phase (line)),
                     painted);
}

/* The lines after @last, which then names the last of them. With @array they go there. */
static gboolean
take_lines (
    DwCliContext *context, const char *deploy_id, gint64 *last, JsonArray *array, GError **error)
{
  guint n = 0;

  do
    {
      g_autoptr (GPtrArray)
          lines = dw_store_list_logs (context->store, deploy_id, *last, LOG_PAGE, error);

      if (lines == NULL)
        return FALSE;

      n = lines->len;
      for (guint i = 0; i < n; i++)
        {
          DwDeployLog *line = g_ptr_array_index (lines, i);
          g_autoptr (JsonObject) object = line_to_json (line);

          *last = g_ascii_strtoll (dw_entity_get_id (DW_ENTITY (line)), NULL, 10);
          if (array != NULL)
            json_array_add_object_element (array, json_object_ref (object));
          else if (context->is_json)
            dw_cli_context_stream (context, object);
          else
            print_line (line);
        }
    }
  while (n == LOG_PAGE);

  return TRUE;
}

/* Writes the lines as they come, until the deploy has ended. */
static gboolean
follow_log (DwCliContext *context, const char *deploy_id, GError **error)
{
  gint64 last = 0;

  while (!g_cancellable_is_cancelled (context->cancellable))
    {
      /* First the status: the lines that come before its end are in the store by then. */
      g_autoptr (DwDeploy) deploy = dw_store_get (context->store, DW_TYPE_DEPLOY, deploy_id, error);

      if (deploy == NULL || !take_lines (context, deploy_id, &last, NULL, error))
        return FALSE;
      if (dw_deploy_status_has_ended (dw_deploy_get_status (deploy)))
        break;
      g_usleep (FOLLOW_INTERVAL_US);
    }

  return TRUE;
}

static gboolean
run_log (DwCliContext *context, gconstpointer user_options, char **arguments, GError **error)
{
  const LogOptions *options = user_options;
  g_autoptr (DwDeploy) deploy = dw_cli_context_find_deploy (context, arguments[0], NULL, error);
  gint64 last = 0;

  if (deploy == NULL)
    return FALSE;

  const char *id = dw_entity_get_id (DW_ENTITY (deploy));
  if (options->follows)
    return follow_log (context, id, error);

  g_autoptr (JsonArray) lines = context->is_json ? json_array_new () : NULL;
  if (!take_lines (context, id, &last, lines, error))
    return FALSE;

  if (context->is_json)
    dw_cli_context_answer_array (context, lines);
  else if (last == 0)
    dw_cli_text_print ("%s\n", _ ("The log of this deploy is empty."));

  return TRUE;
}

const DwCliVerb dw_cli_history_verbs[] = {
  { "history", "[PROJECT[/STAGE]]", 0, 1, N_ ("List the deploys, the newest first"), NULL,
    history_entries, sizeof (HistoryOptions), run_history },
  { "log", "DEPLOY", 1, 1, N_ ("Show what a deploy did"),
    N_ ("The first characters of the id are enough. With --json it answers an array, and with "
        "--follow\none object a line."),
    log_entries, sizeof (LogOptions), run_log },
  { NULL },
};
