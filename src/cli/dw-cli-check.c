/* dw-cli-check.c: check, skip, snooze, webhook secret: what watching does, for scripts and by hand
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli/dw-cli-context.h"
#include "cli/dw-cli-error.h"
#include "cli/dw-cli-secret.h"
#include "cli/dw-cli-table.h"
#include "cli/dw-cli-values.h"
#include "cli/dw-cli-verbs.h"
#include "deploy/dw-problem.h"
#include "model/dw-enum-types.h"
#include "model/dw-json.h"
#include "model/dw-schedule.h"
#include "watch/dw-watch-enum-types.h"
#include "watch/dw-watch-answer.h"
#include "watch/dw-watch-check.h"
#include "watch/dw-watch-judge.h"
#include "watch/dw-webhook-help.h"
#include "watch/dw-webhook-secret.h"

/* Not one of the codes for what goes wrong. */
#define EXIT_NEWER 10
#define LANES 4

typedef struct
{
  gboolean is_new;
  gboolean is_from_stdin;
  gboolean is_cleared;
} SecretOptions;

static const GOptionEntry secret_entries[] = {
  { "new", 0, 0, G_OPTION_ARG_NONE, DW_CLI_MEMBER (SecretOptions, is_new),
    N_ ("Make a new one, keep it in the keyring, and show it"), NULL },
  { "stdin", 0, 0, G_OPTION_ARG_NONE, DW_CLI_MEMBER (SecretOptions, is_from_stdin),
    N_ ("Read it from standard input, and keep it in the keyring"), NULL },
  { "clear", 0, 0, G_OPTION_ARG_NONE, DW_CLI_MEMBER (SecretOptions, is_cleared), N_ ("Forget it"),
    NULL },
  { NULL },
};

/* What a check has found, while it goes from registry to registry. */
typedef struct
{
  DwCliContext *context;
  JsonArray *newer;
  JsonArray *problems;
  DwCliTable *table;
  GError *problem; /* the worst: that one cannot be reached, or else the first */
} Checking;

static void
keep_problem (Checking *self, const char *name, const GError *problem)
{
  JsonObject *object = json_object_new ();
  g_autofree char *message = dw_cli_text_make_harmless (problem->message);

  json_object_set_string_member (object, "registry", name);
  json_object_set_string_member (object, "code", dw_cli_error_get_name (problem));
  json_object_set_string_member (object, "message", message);
  json_array_add_object_element (self->problems, object);

  if (self->problem != NULL && dw_cli_error_get_exit_code (problem) != DW_CLI_ERROR_UNREACHABLE)
    return;
  g_clear_error (&self->problem);
  self->problem = g_error_copy (problem);
}

static gboolean
add_finding (Checking *self, const char *stage_id, GError **error)
{
  DwStore *store = self->context->store;
  g_autoptr (DwStage) stage = dw_store_get (store, DW_TYPE_STAGE, stage_id, error);
  g_autoptr (DwProject) project = NULL;
  g_autoptr (DwInstance) current = NULL;

  if (stage == NULL ||
      (project = dw_store_get (store, DW_TYPE_PROJECT, dw_stage_get_project_id (stage), error)) ==
          NULL ||
      (dw_stage_get_current_instance_id (stage) != NULL &&
       (current = dw_store_get (store, DW_TYPE_INSTANCE, dw_stage_get_current_instance_id (stage),
                                error)) == NULL))
    return FALSE;

  g_autofree char *path = g_strdup_printf ("%s/%s", dw_project_get_name (project),
                                           dw_stage_get_name (stage));
  g_autofree char *since = dw_cli_text_describe_time (dw_stage_get_newer_since (stage));
  g_autofree char *newer = dw_cli_text_describe_newer (stage);
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "stage", path);
  json_object_set_string_member (
      object, "state",
      dw_enum_to_nick (DW_TYPE_NEWER_STATE, (int) dw_stage_get_newer_state (stage)));
  dw_json_set_string (object, "tag", dw_stage_get_newer_tag (stage));
  dw_json_set_string (object, "digest", dw_stage_get_newer_digest (stage));
  dw_json_set_string (object, "since", dw_stage_get_newer_since (stage));
  dw_json_set_string (object, "until", dw_stage_get_newer_until (stage));
  dw_json_set_string (object, "current_tag",
                      current != NULL ? dw_instance_get_tag (current) : NULL);
  dw_json_set_string (object, "current_digest",
                      current != NULL ? dw_instance_get_digest (current) : NULL);
  json_array_add_object_element (self->newer, object);

  dw_cli_table_add (self->table, path);
  dw_cli_table_add (self->table, current != NULL ? dw_instance_get_tag (current) : NULL);
  dw_cli_table_add_colored (self->table, newer, DW_CLI_COLOR_BUSY);
  dw_cli_table_add (self->table, since);

  return TRUE;
}

static gboolean
check_group (Checking *self, DwWatchGroup *group, GError **error)
{
  DwCliContext *context = self->context;
  g_autoptr (DwWatchReport) report = dw_watch_report_new ();

  if (!dw_watch_check_group (context->store, context->registries, group, LANES, report,
                             context->cancellable, error))
    return FALSE;

  if (report->problem != NULL)
    keep_problem (self, group->name, report->problem);
  for (guint i = 0; i < report->findings->len; i++)
    if (!add_finding (self, ((DwWatchFinding *) report->findings->pdata[i])->stage_id, error))
      return FALSE;

  return TRUE;
}

/* The group of a registry's name, or of the domain of images that no registry stands for. */
static DwWatchGroup *
find_group (Checking *self, GPtrArray *groups, const char *name, GError **error)
{
  DwWatchGroup *group = dw_watch_plan_find (groups, name);
  g_autoptr (DwRegistry) registry = NULL;

  if (group != NULL)
    return group;

  registry = dw_cli_context_find_registry (self->context, name, error);

  return registry != NULL ? dw_watch_plan_find (groups, dw_entity_get_id (DW_ENTITY (registry)))
                          : NULL;
}

static gboolean
check_all (Checking *self, const char *name, GError **error)
{
  g_autoptr (GPtrArray) groups = dw_watch_plan_read (self->context->store, error);
  DwWatchGroup *only = NULL;

  if (groups == NULL || (name != NULL && (only = find_group (self, groups, name, error)) == NULL))
    return FALSE;

  for (guint i = 0; i < groups->len; i++)
    if ((only != NULL ? only == groups->pdata[i] : dw_watch_group_is_enabled (groups->pdata[i])) &&
        !check_group (self, groups->pdata[i], error))
      return FALSE;

  return TRUE;
}

static void
answer_check (Checking *self)
{
  g_autoptr (JsonObject) answer = json_object_new ();

  json_object_set_array_member (answer, "newer", json_array_ref (self->newer));
  json_object_set_array_member (answer, "problems", json_array_ref (self->problems));
  if (self->context->is_json)
    dw_cli_context_answer_object (self->context, answer);
  else if (json_array_get_length (self->newer) > 0)
    dw_cli_table_print (self->table);
  else if (self->problem == NULL)
    dw_cli_text_print ("%s\n", _ ("There is nothing newer."));
}

static gboolean
run_check (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  g_autoptr (JsonArray) newer = json_array_new ();
  g_autoptr (JsonArray) problems = json_array_new ();
  g_autoptr (DwCliTable)
      table = dw_cli_table_new (_ ("STAGE"), _ ("VERSION"), _ ("NEWER"), _ ("SINCE"), NULL);
  Checking checking = {
    .context = context,
    .newer = newer,
    .problems = problems,
    .table = table,
  };

  if (dw_cli_context_get_registries (context, error) == NULL)
    return FALSE;

  gboolean is_checked = check_all (&checking, arguments[0], error);
  g_autoptr (GError) problem = checking.problem;
  if (!is_checked)
    return FALSE;

  answer_check (&checking);
  if (json_array_get_length (newer) > 0)
    context->exit_code = EXIT_NEWER;
  if (problem == NULL)
    return TRUE;

  /* What was found was shown; that not everything could be looked at is said all the same. */
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
answer_stage (DwCliContext *context,
              const char *path,
              DwWatchAnswer answer,
              gint64 until_s,
              const char *message,
              GError **error)
{
  g_autoptr (DwStage) stage = dw_cli_context_find_stage (context, path, NULL, error);
  g_autoptr (DwStage) after = NULL;
  const char *id = stage != NULL ? dw_entity_get_id (DW_ENTITY (stage)) : NULL;

  if (id == NULL || !dw_watch_answer_store (context->store, id, answer, until_s, NULL, error) ||
      (after = dw_store_get (context->store, DW_TYPE_STAGE, id, error)) == NULL)
    return FALSE;

  if (context->is_json)
    {
      g_autoptr (JsonObject) object = dw_cli_entity_to_json (DW_ENTITY (after));

      dw_cli_context_answer_object (context, object);
    }
  else
    {
      dw_cli_text_print ("%s\n", message);
    }

  return TRUE;
}

static gboolean
run_skip (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  g_autofree char *message = g_strdup_printf (
      _ ("The newer version of %s is skipped; the next one is not."), arguments[0]);

  return answer_stage (context, arguments[0], DW_WATCH_ANSWER_SKIP, 0, message, error);
}

/* A duration from now, a time in ISO 8601, or “off”. */
static gboolean
read_until (const char *text, gint64 *until_s, GError **error)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, zone);
  gint64 seconds = 0;

  if (g_str_equal (text, "off"))
    *until_s = 0;
  else if (time != NULL)
    *until_s = g_date_time_to_unix (time);
  else if (dw_schedule_parse_duration (text, &seconds))
    *until_s = g_get_real_time () / G_USEC_PER_SEC + seconds;
  else
    {
      g_set_error (error, DW_CLI_ERROR, DW_CLI_ERROR_USAGE,
                   _ ("“%s” is no time; write 3d, 12h, 2026-12-24T08:00 or off"), text);
      return FALSE;
    }

  return TRUE;
}

static gboolean
run_snooze (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  gint64 until_s = 0;

  if (!read_until (arguments[1], &until_s, error))
    return FALSE;

  g_autofree char *message = g_strdup_printf (
      until_s > 0 ? _ ("%s takes no newer version by itself until then.")
                  : _ ("%s is not snoozed any more."),
      arguments[0]);

  return answer_stage (context, arguments[0], DW_WATCH_ANSWER_SNOOZE, until_s, message, error);
}

/* Whoever listens reads the secret anew when the settings are written. */
static gboolean
touch_settings (DwStore *store, gpointer user_data, GError **error)
{
  g_autoptr (DwSettings) settings = dw_store_get_settings (store, error);

  return settings != NULL && dw_store_update (store, DW_ENTITY (settings), error);
}

static gboolean
keep_secret (DwCliContext *context, const char *secret, GError **error)
{
  DwStore *store = dw_cli_context_get_store (context, error);

  return store != NULL && dw_webhook_secret_store (secret, context->cancellable, error) &&
         dw_store_transact (store, touch_settings, NULL, error);
}

static void
say_secret (DwCliContext *context, gboolean is_set, const char *secret)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_boolean_member (object, "secret_set", is_set);
  if (secret != NULL)
    json_object_set_string_member (object, "secret", secret);
  if (context->is_json)
    dw_cli_context_answer_object (context, object);
  else if (secret != NULL)
    dw_cli_text_print ("%s\n", secret);
  else
    dw_cli_text_print ("%s\n", is_set ? _ ("The webhook has a secret, in the keyring.")
                                      : _ ("The webhook has no secret; make one with --new."));
}

static gboolean
run_secret (DwCliContext *context, gconstpointer user_options, char **arguments, GError **error)
{
  const SecretOptions *options = user_options;
  g_autofree char *secret = NULL;
  gboolean is_kept = FALSE;

  if ((int) options->is_new + (int) options->is_from_stdin + (int) options->is_cleared > 1)
    {
      g_set_error_literal (error, DW_CLI_ERROR, DW_CLI_ERROR_USAGE,
                           _ ("--new, --stdin and --clear exclude each other"));
      return FALSE;
    }

  if (options->is_new)
    secret = dw_webhook_secret_generate ();
  else if (options->is_from_stdin &&
           (secret = dw_cli_secret_read ("--stdin", context->cancellable, error)) == NULL)
    return FALSE;

  if (secret != NULL || options->is_cleared)
    {
      is_kept = keep_secret (context, secret, error);
      if (is_kept)
        say_secret (context, secret != NULL, options->is_new ? secret : NULL);
      return is_kept;
    }

  return dw_webhook_secret_is_there (&is_kept, context->cancellable, error) &&
         (say_secret (context, is_kept, NULL), TRUE);
}

static gboolean
run_show (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  DwStore *store = dw_cli_context_get_store (context, error);
  g_autoptr (DwSettings) settings = store != NULL ? dw_store_get_settings (store, error) : NULL;
  g_autoptr (GEnumClass) klass = g_type_class_ref (DW_TYPE_WEBHOOK_SENDER);
  g_autoptr (JsonObject) answer = json_object_new ();
  JsonObject *blocks = json_object_new ();
  int only = -1;

  json_object_set_object_member (answer, "blocks", blocks);
  if (settings == NULL)
    return FALSE;
  if (arguments[0] != NULL &&
      !dw_enum_from_nick (DW_TYPE_WEBHOOK_SENDER, arguments[0], &only, error))
    return FALSE;

  guint port = (guint) dw_settings_get_webhook_port (settings);
  gboolean is_enabled = dw_settings_get_webhook_enabled (settings);
  g_autofree char *address = dw_webhook_help_get_address (port);
  json_object_set_boolean_member (answer, "enabled", is_enabled);
  json_object_set_string_member (answer, "address", address);
  if (!context->is_json && only < 0)
    dw_cli_text_print ("%s %s\n\n", address,
                       is_enabled ? ""
                                  : _ ("(off; docker-watcher settings set webhook-enabled "
                                       "true)"));
  for (guint i = 0; i < klass->n_values; i++)
    {
      g_autofree char *block = dw_webhook_help_make_block (klass->values[i].value, port);

      if (only >= 0 && only != klass->values[i].value)
        continue;
      json_object_set_string_member (blocks, klass->values[i].value_nick, block);
      if (!context->is_json)
        dw_cli_text_print ("# %s\n%s\n", dw_webhook_help_get_title (klass->values[i].value), block);
    }
  if (context->is_json)
    dw_cli_context_answer_object (context, answer);

  return TRUE;
}

const DwCliVerb dw_cli_check_verbs[] = {
  { "check", "[REGISTRY]", 0, 1, N_ ("Look at the registries now, and say what is newer"),
    N_ ("It deploys nothing. It ends with 0 when there is nothing newer and with 10 when there is; "
        "when a\nregistry cannot be asked, with 4 or 1, and what it could find is shown all the "
        "same."),
    NULL, 0, run_check },
  { "skip", "PROJECT/STAGE", 1, 1, N_ ("Never take the newer version that there is"), NULL, NULL, 0,
    run_skip },
  { "snooze", "PROJECT/STAGE UNTIL", 2, 2, N_ ("Take no newer version by itself for a while"),
    N_ ("UNTIL is a duration like 3d or 12h, a time like 2026-12-24T08:00, or off."), NULL, 0,
    run_snooze },
  { "webhook show", "[SENDER]", 0, 1, N_ ("Show the webhook's address, and what to write where"),
    N_ ("SENDER is script, distribution, docker-hub, gitea or github. SECRET stands where the "
        "secret belongs."),
    NULL, 0, run_show },
  { "webhook secret", "", 0, 0, N_ ("Say whether the webhook has a secret, or give it one"),
    N_ ("Whoever sends must know it: as “Authorization: Bearer SECRET”, or as the secret of the "
        "webhook at\nGitHub or Gitea. It is kept in the keyring alone, and only shown when it is "
        "made."),
    secret_entries, sizeof (SecretOptions), run_secret },
  { NULL },
};
