/* dw-cli-deploy.c: deploy, promote, rollback
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli/dw-cli-context.h"
#include "cli/dw-cli-detached.h"
#include "cli/dw-cli-error.h"
#include "cli/dw-cli-progress.h"
#include "cli/dw-cli-text.h"
#include "cli/dw-cli-values.h"
#include "cli/dw-cli-verbs.h"
#include "deploy/dw-stage-route.h"
#include "model/dw-json.h"

/* What a person sees of an id; the whole of it is in JSON. */
#define SHORT_ID 8

typedef struct
{
  gboolean has_no_wait;
  int report_fd; /* or 0: this is not the detached child */
} Options;

static const GOptionEntry entries[] = {
  { "no-wait", 0, 0, G_OPTION_ARG_NONE, DW_CLI_MEMBER (Options, has_no_wait),
    N_ ("Print the deploy's id and go on without waiting"), NULL },
  { DW_CLI_REPORT_OPTION, 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT,
    DW_CLI_MEMBER (Options, report_fd), "", NULL },
  { NULL },
};

/* “PROJECT/STAGE” of a stage that was not typed. */
static char *
get_path (DwCliContext *context, const char *stage_id, GError **error)
{
  g_autoptr (DwStage) stage = dw_store_get (context->store, DW_TYPE_STAGE, stage_id, error);
  g_autoptr (DwProject) project = stage != NULL
                                      ? dw_store_get (context->store, DW_TYPE_PROJECT,
                                                      dw_stage_get_project_id (stage), error)
                                      : NULL;

  return project != NULL
             ? g_strdup_printf ("%s/%s", dw_project_get_name (project), dw_stage_get_name (stage))
             : NULL;
}

/* Where the deploy's instance is reached, or NULL. */
static char *
get_address (DwCliContext *context, DwDeploy *deploy)
{
  const char *id = dw_deploy_get_instance_id (deploy);
  g_autoptr (DwInstance)
      instance = id != NULL ? dw_store_get (context->store, DW_TYPE_INSTANCE, id, NULL) : NULL;

  g_autoptr (DwSettings) settings = dw_store_get_settings (context->store, NULL);

  return dw_deploy_get_status (deploy) == DW_DEPLOY_SUCCESS && settings != NULL
             ? dw_stage_route_make_address (settings, instance)
             : NULL;
}

static void
answer_deploy (DwCliContext *context,
               DwDeploy *deploy,
               const char *path,
               const char *address,
               const GError *problem)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_string_member (object, "stage", path);
  json_object_set_object_member (object, "deploy", dw_cli_entity_to_json (DW_ENTITY (deploy)));
  dw_json_set_string (object, "address", address);
  if (problem != NULL)
    json_object_set_member (object, "error", dw_cli_error_to_json (problem));
  dw_cli_context_answer_object (context, object);
}

static void
print_success (DwDeploy *deploy, const char *path, const char *address)
{
  const char *version = dw_deploy_get_tag (deploy) != NULL ? dw_deploy_get_tag (deploy)
                                                           : dw_deploy_get_digest (deploy);
  g_autofree char *took = dw_cli_text_describe_duration (dw_cli_text_measure_ms (
      dw_deploy_get_started_at (deploy) != NULL ? dw_deploy_get_started_at (deploy)
                                                : dw_entity_get_created_at (DW_ENTITY (deploy)),
      dw_deploy_get_finished_at (deploy)));
  g_autofree char *harmless = dw_cli_text_make_harmless (version);
  /* Translators: what became of a version, which stands before it */
  g_autofree char *done = dw_cli_text_paint (C_ ("version", "deployed"), DW_CLI_COLOR_GOOD);

  dw_cli_text_print ("%s: %s %s (%s)%s%s\n", path, harmless, done, took, address != NULL ? " " : "",
                     address != NULL ? address : "");
}

/* @problem of a deploy that is in the history. It failed, and the command line was right, even
 * where the project turned out not to be. */
static void
take_failure (GError **error, const GError *problem, const char *message)
{
  gboolean is_cancelled = g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  gboolean is_usage = dw_cli_error_get_exit_code (problem) == DW_CLI_ERROR_USAGE;

  if (is_cancelled || is_usage)
    g_set_error_literal (error, DW_CLI_ERROR, DW_CLI_ERROR_FAILED, message);
  else
    g_set_error_literal (error, problem->domain, problem->code, message);
}

/* @problem, and where a person reads on. */
static void
set_failure (GError **error, const GError *problem, DwDeploy *deploy, const char *path)
{
  gboolean is_cancelled = g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  /* Translators: what became of a stage */
  const char *outcome = _ ("it is as it was");

  if (dw_deploy_get_status (deploy) == DW_DEPLOY_ROLLED_BACK)
    outcome = _ ("its previous instance was brought back");
  else if (g_str_equal (dw_cli_error_get_name (problem), "not_restored"))
    outcome = _ ("nothing runs there");

  /* Translators: what went wrong (PROJECT/STAGE: what that did to it; where to read more) */
  g_autofree char *message = g_strdup_printf (_ ("%s (%s: %s; docker-watcher log %.*s says more)"),
                                              is_cancelled ? _ ("Cancelled") : problem->message,
                                              path, outcome, SHORT_ID,
                                              dw_entity_get_id (DW_ENTITY (deploy)));
  take_failure (error, problem, message);
}

/* Says what became of the job; @problem is why it did not succeed. */
static gboolean
conclude (DwCliContext *context, DwDeployJob *job, const GError *problem, GError **error)
{
  const char *id = dw_deploy_job_get_deploy_id (job);
  g_autoptr (DwDeploy) deploy = NULL;
  g_autofree char *path = NULL;

  /* A request that made no sense is not in the store. */
  if (id != NULL && ((deploy = dw_store_get (context->store, DW_TYPE_DEPLOY, id, error)) == NULL ||
                     (path = get_path (context, dw_deploy_job_get_stage_id (job), error)) == NULL))
    return FALSE;

  if (deploy != NULL)
    {
      g_autofree char *address = get_address (context, deploy);

      if (context->is_json)
        answer_deploy (context, deploy, path, address, problem);
      else if (problem == NULL)
        print_success (deploy, path, address);
      else
        set_failure (error, problem, deploy, path);
    }

  if (problem != NULL && deploy == NULL)
    g_propagate_error (error, g_error_copy (problem));
  else if (problem != NULL && context->is_json)
    take_failure (error, problem, problem->message);
  return problem == NULL;
}

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  dw_deploy_job_cancel (user_data);
}

static void
on_deploy_id (DwDeployJob *job, GParamSpec *pspec, gpointer user_data)
{
  int *report_fd = user_data;

  dw_cli_detached_report_id (*report_fd, dw_deploy_job_get_deploy_id (job));
  *report_fd = 0;
}

/* Watches what was deployed, and goes back when it turns bad. */
static gboolean
guard (DwCliContext *context, const char *deploy_id, const char *stage_id, GError **error)
{
  GMainContext *main_context = g_main_context_get_thread_default ();
  g_autofree char *fault = NULL;
  g_autoptr (DwDeployJob) job = NULL;

  if (!dw_deployer_guard (context->deployer, deploy_id, &fault, context->cancellable, error))
    return FALSE;
  if (fault == NULL)
    return TRUE;

  job = dw_deployer_take_back (context->deployer, stage_id, fault);
  while (!dw_deploy_job_is_finished (job))
    g_main_context_iteration (main_context, TRUE);

  g_set_error (error, DW_CLI_ERROR, DW_CLI_ERROR_FAILED, "%s%s%s", fault,
               dw_deploy_job_get_error (job) != NULL ? "; " : "",
               dw_deploy_job_get_error (job) != NULL ? dw_deploy_job_get_error (job)->message : "");
  return FALSE;
}

/* Whoever asked for the deploy need not wait for that. */
static void
leave_guard (DwCliContext *context, DwDeployJob *job)
{
  const char *id = dw_deploy_job_get_deploy_id (job);
  const char *words[] = { "guard", id, NULL };
  g_autoptr (DwStage)
      stage = dw_store_get (context->store, DW_TYPE_STAGE, dw_deploy_job_get_stage_id (job), NULL);
  g_autoptr (GError) problem = NULL;

  if (stage != NULL && dw_stage_get_watch_seconds (stage) > 0 &&
      !dw_cli_detached_leave (words, &problem))
    g_message ("The deploy %s is not watched: %s", id, problem->message);
}

/* Stays with the job to its end. */
static gboolean
follow (DwCliContext *context,
        DwDeployJob *job,
        const char *subject,
        const Options *options,
        GError **error)
{
  GMainContext *main_context = g_main_context_get_thread_default ();
  g_autoptr (DwCliProgress) progress = NULL;
  int report_fd = options->report_fd;

  if (report_fd != 0)
    {
      fcntl (report_fd, F_SETFD, FD_CLOEXEC);
      g_signal_connect (job, "notify::deploy-id", G_CALLBACK (on_deploy_id), &report_fd);
    }
  else if (!context->is_json)
    progress = dw_cli_progress_new (job, subject);

  gulong handler = g_cancellable_connect (context->cancellable, G_CALLBACK (on_cancelled),
                                          g_object_ref (job), g_object_unref);
  while (!dw_deploy_job_is_finished (job))
    g_main_context_iteration (main_context, TRUE);
  g_cancellable_disconnect (context->cancellable, handler);
  g_clear_pointer (&progress, dw_cli_progress_free);

  if (report_fd != 0)
    dw_cli_detached_report_error (report_fd, dw_deploy_job_get_error (job));
  if (dw_deploy_job_get_error (job) == NULL)
    leave_guard (context, job);

  return conclude (context, job, dw_deploy_job_get_error (job), error);
}

/* Has it made by another process, and says its id. */
static gboolean
detach (DwCliContext *context, const char *verb, char **arguments, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (DwDeploy) deploy = NULL;

  g_strv_builder_add (builder, verb);
  g_strv_builder_addv (builder, (const char **) arguments);

  g_auto (GStrv) words = g_strv_builder_end (builder);
  g_autofree char *id = dw_cli_detached_start ((const char *const *) words, context->cancellable,
                                               error);
  if (id == NULL)
    return FALSE;

  if (!context->is_json)
    {
      dw_cli_text_print ("%s\n", id);
      return TRUE;
    }

  deploy = dw_store_get (context->store, DW_TYPE_DEPLOY, id, error);
  g_autofree char *path = deploy != NULL
                              ? get_path (context, dw_deploy_get_stage_id (deploy), error)
                              : NULL;
  if (path == NULL)
    return FALSE;

  answer_deploy (context, deploy, path, NULL, NULL);
  return TRUE;
}

/* The deployer, with what a crash left behind set right. */
static DwDeployer *
get_deployer (DwCliContext *context, const Options *options, GError **error)
{
  g_autoptr (GError) problem = NULL;
  DwDeployer *deployer = dw_cli_context_get_deployer (context, &problem);

  if (deployer != NULL)
    {
      dw_cli_context_settle (context);
      return deployer;
    }

  if (options->report_fd != 0)
    dw_cli_detached_report_error (options->report_fd, problem);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

static gboolean
run_deploy (DwCliContext *context, gconstpointer user_options, char **arguments, GError **error)
{
  const Options *options = user_options;
  g_autoptr (DwStage) stage = dw_cli_context_find_stage (context, arguments[0], NULL, error);
  DwDeployer *deployer = NULL;

  if (stage == NULL)
    return FALSE;
  if (options->has_no_wait)
    return detach (context, "deploy", arguments, error);
  if ((deployer = get_deployer (context, options, error)) == NULL)
    return FALSE;

  g_autoptr (DwDeployJob) job = dw_deployer_deploy (deployer, dw_entity_get_id (DW_ENTITY (stage)),
                                                    arguments[1], DW_TRIGGER_CLI);

  return follow (context, job, arguments[0], options, error);
}

/* The stage to promote to: a name in the same project, or PROJECT/STAGE. */
static DwStage *
find_target (DwCliContext *context, DwProject *project, const char *name, GError **error)
{
  g_autofree char *path = strchr (name, '/') != NULL
                              ? g_strdup (name)
                              : g_strdup_printf ("%s/%s", dw_project_get_name (project), name);

  return dw_cli_context_find_stage (context, path, NULL, error);
}

static gboolean
run_promote (DwCliContext *context, gconstpointer user_options, char **arguments, GError **error)
{
  const Options *options = user_options;
  g_autoptr (DwProject) project = NULL;
  g_autoptr (DwStage) from = dw_cli_context_find_stage (context, arguments[0], &project, error);
  g_autoptr (DwStage) to = NULL;
  DwDeployer *deployer = NULL;

  if (from == NULL ||
      (arguments[1] != NULL && (to = find_target (context, project, arguments[1], error)) == NULL))
    return FALSE;
  if (options->has_no_wait)
    return detach (context, "promote", arguments, error);
  if ((deployer = get_deployer (context, options, error)) == NULL)
    return FALSE;

  g_autoptr (DwDeployJob)
      job = dw_deployer_promote (deployer, dw_entity_get_id (DW_ENTITY (from)),
                                 to != NULL ? dw_entity_get_id (DW_ENTITY (to)) : NULL);

  /* Translators: a stage that is promoted; the line then says how far that is */
  g_autofree char *subject = g_strdup_printf (_ ("from %s"), arguments[0]);

  return follow (context, job, subject, options, error);
}

static gboolean
run_rollback (DwCliContext *context, gconstpointer user_options, char **arguments, GError **error)
{
  const Options *options = user_options;
  g_autoptr (DwStage) stage = dw_cli_context_find_stage (context, arguments[0], NULL, error);
  g_autoptr (DwDeploy) target = NULL;
  DwDeployer *deployer = NULL;

  if (stage == NULL)
    return FALSE;

  const char *stage_id = dw_entity_get_id (DW_ENTITY (stage));
  if (arguments[1] != NULL &&
      (target = dw_cli_context_find_deploy (context, arguments[1], stage_id, error)) == NULL)
    return FALSE;
  if (options->has_no_wait)
    return detach (context, "rollback", arguments, error);
  if ((deployer = get_deployer (context, options, error)) == NULL)
    return FALSE;

  g_autoptr (DwDeployJob) job = dw_deployer_roll_back (
      deployer, stage_id, target != NULL ? dw_entity_get_id (DW_ENTITY (target)) : NULL);

  return follow (context, job, arguments[0], options, error);
}

static gboolean
run_guard (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  DwDeployer *deployer = dw_cli_context_get_deployer (context, error);
  g_autoptr (DwDeploy)
      deploy = deployer != NULL ? dw_cli_context_find_deploy (context, arguments[0], NULL, error)
                                : NULL;

  return deploy != NULL && guard (context, dw_entity_get_id (DW_ENTITY (deploy)),
                                  dw_deploy_get_stage_id (deploy), error);
}

#define ANSWER                                                                                     \
  N_ ("With --json it answers at the end, with one object: stage, deploy, address, and error "     \
      "when\n"                                                                                     \
      "it failed. Ctrl+C cancels, and leaves the stage as it was.")

const DwCliVerb dw_cli_deploy_verbs[] = {
  { "deploy", "PROJECT/STAGE [TAG]", 1, 2,
    N_ ("Deploy a tag or digest, or the newest tag that the stage follows"), ANSWER, entries,
    sizeof (Options), run_deploy },
  { "promote", "PROJECT/STAGE [TO]", 1, 2,
    N_ ("Deploy what runs in a stage to the next one, or to another"), ANSWER, entries,
    sizeof (Options), run_promote },
  { "rollback", "PROJECT/STAGE [DEPLOY]", 1, 2,
    N_ ("Go back to the last good deploy before, or to another"), ANSWER, entries, sizeof (Options),
    run_rollback },
  { "guard", "DEPLOY", 1, 1, N_ ("Watch what a deploy brought, and go back when it turns bad"),
    N_ ("It does so for as long as the stage says (stage edit --watch), counted from the end of "
        "the "
        "deploy.\nEvery deploy starts it by itself; it ends with 1 when it went back."),
    NULL, 0, run_guard },
  { NULL },
};
