/* dw-cli-context.c: what a verb works with
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "cli/dw-cli-context.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "cli/dw-cli-detached.h"
#include "cli/dw-cli-error.h"
#include "cli/dw-cli-text.h"
#include "deploy/dw-courier.h"
#include "deploy/dw-engine-choice.h"
#include "model/dw-json.h"
#include "model/dw-model-error.h"
#include "model/dw-nearest.h"

/* The fewest characters of a deploy's id that may stand for it. */
#define ID_PREFIX_LIMIT 4

/**
 * dw_cli_context_get_store:
 * @self: the context
 * @error: a DW_STORE_ERROR
 *
 * Returns: (transfer none) (nullable): the store, open
 */
DwStore *
dw_cli_context_get_store (DwCliContext *self, GError **error)
{
  if (self->store == NULL)
    {
      g_autofree char *path = dw_store_get_default_path ();

      self->store = dw_store_open (path, error);
    }

  return self->store;
}

/**
 * dw_cli_context_get_registries:
 * @self: the context
 * @error: a DW_STORE_ERROR
 *
 * Returns: (transfer none) (nullable): what asks registries
 */
DwRegistries *
dw_cli_context_get_registries (DwCliContext *self, GError **error)
{
  DwStore *store = dw_cli_context_get_store (self, error);

  if (self->registries == NULL && store != NULL)
    self->registries = dw_registries_new (store);

  return self->registries;
}

static DwDeployer *
get_deployer (DwCliContext *self, DwEngine *(*choose) (DwStore *, GError **), GError **error)
{
  DwRegistries *registries = dw_cli_context_get_registries (self, error);
  g_autoptr (DwEngine) engine = NULL;

  if (self->deployer == NULL && registries != NULL &&
      (engine = choose (self->store, error)) != NULL)
    {
      self->deployer = dw_deployer_new (self->store, engine, registries);
      /* This process ends with its verb; who watches is dw-cli-deploy.c's matter. */
      dw_deployer_set_guards (self->deployer, FALSE);
    }

  return self->deployer;
}

/**
 * dw_cli_context_get_deployer:
 * @self: the context
 * @error: a DW_STORE_ERROR, or a DW_ENGINE_ERROR when there is no engine anywhere
 *
 * Returns: (transfer none) (nullable): the deployer
 */
DwDeployer *
dw_cli_context_get_deployer (DwCliContext *self, GError **error)
{
  return get_deployer (self, dw_choose_engine, error);
}

/**
 * dw_cli_context_get_any_deployer:
 * @self: the context
 * @error: a DW_STORE_ERROR
 *
 * For verbs that have something to do even when there is no engine anywhere: the deployer then says
 * so where it needs one.
 *
 * Returns: (transfer none) (nullable): the deployer
 */
DwDeployer *
dw_cli_context_get_any_deployer (DwCliContext *self, GError **error)
{
  return get_deployer (self, dw_choose_engine_or_nowhere, error);
}

/**
 * dw_cli_context_settle:
 * @self: the context, with a deployer
 *
 * Settles what a crash interrupted, before something new is begun. That this fails ends nothing: a
 * deploy settles its own stage once more and says what is wrong with it.
 */
void
dw_cli_context_settle (DwCliContext *self)
{
  g_autoptr (GError) problem = NULL;

  if (dw_deployer_recover (self->deployer, NULL, self->cancellable, &problem))
    return;

  g_autofree char *message = dw_cli_text_make_harmless (problem->message);

  /* Whatever comes next needs the engine, and says the same. */
  if (dw_cli_error_get_exit_code (problem) == DW_CLI_ERROR_UNREACHABLE ||
      g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_debug ("Not settled: %s", message);
  else
    dw_cli_text_print_error (_ ("docker-watcher: An interrupted deploy could not be settled: %s\n"),
                             message);
}

/**
 * dw_cli_context_leave_messages:
 * @self: the context
 *
 * Has another process tell the outgoing webhook what the verb brought about: its receiver may take
 * its time, and nobody waits for it.
 */
void
dw_cli_context_leave_messages (DwCliContext *self)
{
  const char *words[] = { "notify", "deliver", NULL };
  g_autoptr (GError) problem = NULL;

  /* Only what has a deployer, or looks for newer versions, brings something about. */
  if (self->registries != NULL && dw_courier_has_messages (self->store) &&
      !dw_cli_detached_leave (words, &problem))
    g_message ("The outgoing webhook is told later: %s", problem->message);
}

/* Lets go of what was opened. */
void
dw_cli_context_close (DwCliContext *self)
{
  g_clear_object (&self->deployer);
  g_clear_object (&self->registries);
  g_clear_object (&self->store);
}

void
dw_cli_context_clear (DwCliContext *self)
{
  dw_cli_context_close (self);
  g_clear_object (&self->cancellable);
}

/* The message for @name when it is no name of @entities. */
static void
set_not_found (GError **error, const char *message, const char *name, GPtrArray *entities)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *shown = dw_model_quote (name);

  for (guint i = 0; entities != NULL && i < entities->len; i++)
    {
      g_autofree char *other = NULL;

      g_object_get (g_ptr_array_index (entities, i), "name", &other, NULL);
      g_strv_builder_add (builder, other);
    }

  g_auto (GStrv) names = g_strv_builder_end (builder);
  g_autofree char *suggestion = dw_suggest (name, (const char *const *) names);

  g_set_error (error, DW_CLI_ERROR, DW_CLI_ERROR_NOT_FOUND, "%s %s%s", message, shown, suggestion);
}

/* Whether @problem says that there is no such row; anything else is passed on. */
static gboolean
is_not_found (GError *problem, GError **error)
{
  if (g_error_matches (problem, DW_STORE_ERROR, DW_STORE_ERROR_NOT_FOUND))
    {
      g_error_free (problem);
      return TRUE;
    }

  g_propagate_error (error, problem);
  return FALSE;
}

/**
 * dw_cli_context_find_project:
 * @self: the context
 * @name: what was typed
 * @error: DW_CLI_ERROR_NOT_FOUND with the nearest name, or a DW_STORE_ERROR
 *
 * Returns: (transfer full) (nullable): the project
 */
DwProject *
dw_cli_context_find_project (DwCliContext *self, const char *name, GError **error)
{
  DwStore *store = dw_cli_context_get_store (self, error);
  GError *problem = NULL;

  if (store == NULL)
    return NULL;

  DwProject *project = dw_store_find_project (store, name, &problem);
  if (project == NULL && is_not_found (problem, error))
    {
      g_autoptr (GPtrArray) projects = dw_store_list (store, DW_TYPE_PROJECT, NULL);

      set_not_found (error, _ ("There is no project"), name, projects);
    }

  return project;
}

/**
 * dw_cli_context_find_registry:
 * @self: the context
 * @name: what was typed
 * @error: DW_CLI_ERROR_NOT_FOUND with the nearest name, or a DW_STORE_ERROR
 *
 * Returns: (transfer full) (nullable): the registry
 */
DwRegistry *
dw_cli_context_find_registry (DwCliContext *self, const char *name, GError **error)
{
  DwStore *store = dw_cli_context_get_store (self, error);
  GError *problem = NULL;

  if (store == NULL)
    return NULL;

  DwRegistry *registry = dw_store_find_registry (store, name, &problem);
  if (registry == NULL && is_not_found (problem, error))
    {
      g_autoptr (GPtrArray) registries = dw_store_list (store, DW_TYPE_REGISTRY, NULL);

      set_not_found (error, _ ("There is no registry"), name, registries);
    }

  return registry;
}

/**
 * dw_cli_context_split_path:
 * @path: what was typed
 * @stage_name: (out) (transfer full): the part after the slash
 * @error: DW_CLI_ERROR_USAGE
 *
 * Returns: (transfer full) (nullable): the name of the project in PROJECT/STAGE
 */
char *
dw_cli_context_split_path (const char *path, char **stage_name, GError **error)
{
  const char *slash = strchr (path, '/');

  if (slash == NULL || slash == path || slash[1] == '\0' || strchr (slash + 1, '/') != NULL)
    {
      g_autofree char *shown = dw_model_quote (path);

      g_set_error (error, DW_CLI_ERROR, DW_CLI_ERROR_USAGE,
                   _ ("%s does not name a stage; write PROJECT/STAGE, like shop/prod"), shown);
      return NULL;
    }

  *stage_name = g_strdup (slash + 1);
  return g_strndup (path, (gsize) (slash - path));
}

/**
 * dw_cli_context_find_stage:
 * @self: the context
 * @path: PROJECT/STAGE as it was typed
 * @project: (out) (transfer full) (nullable) (optional): the stage's project
 * @error: DW_CLI_ERROR_NOT_FOUND with the nearest name, DW_CLI_ERROR_USAGE or a DW_STORE_ERROR
 *
 * Returns: (transfer full) (nullable): the stage
 */
DwStage *
dw_cli_context_find_stage (DwCliContext *self,
                           const char *path,
                           DwProject **project,
                           GError **error)
{
  g_autofree char *stage_name = NULL;
  g_autofree char *project_name = dw_cli_context_split_path (path, &stage_name, error);
  g_autoptr (DwProject) found = NULL;
  GError *problem = NULL;

  if (project_name == NULL ||
      (found = dw_cli_context_find_project (self, project_name, error)) == NULL)
    return NULL;

  const char *project_id = dw_entity_get_id (DW_ENTITY (found));
  DwStage *stage = dw_store_find_stage (self->store, project_id, stage_name, &problem);
  if (stage == NULL && is_not_found (problem, error))
    {
      g_autoptr (GPtrArray) stages = dw_store_list_stages (self->store, project_id, NULL);
      g_autofree char *message = g_strdup_printf (_ ("The project “%s” has no stage"),
                                                  project_name);

      set_not_found (error, message, stage_name, stages);
    }
  if (stage != NULL && project != NULL)
    *project = g_steal_pointer (&found);

  return stage;
}

/**
 * dw_cli_context_find_deploy:
 * @self: the context
 * @id: a deploy's id, or the beginning of it
 * @stage_id: (nullable): the only stage to look in
 * @error: DW_CLI_ERROR_NOT_FOUND, DW_CLI_ERROR_USAGE when several begin so, or a DW_STORE_ERROR
 *
 * Returns: (transfer full) (nullable): the deploy
 */
DwDeploy *
dw_cli_context_find_deploy (DwCliContext *self,
                            const char *id,
                            const char *stage_id,
                            GError **error)
{
  DwStore *store = dw_cli_context_get_store (self, error);
  g_autoptr (GPtrArray) deploys = NULL;
  DwDeploy *found = NULL;
  GError *problem = NULL;
  g_autofree char *shown = dw_model_quote (id);

  if (store == NULL)
    return NULL;

  g_autoptr (DwDeploy) exact = dw_store_get (store, DW_TYPE_DEPLOY, id, &problem);
  if (exact == NULL && !is_not_found (problem, error))
    return NULL;
  if (exact != NULL &&
      (stage_id == NULL || g_strcmp0 (dw_deploy_get_stage_id (exact), stage_id) == 0))
    return g_steal_pointer (&exact);

  deploys = stage_id != NULL ? dw_store_list_stage_deploys (store, stage_id, 0, error)
                             : dw_store_list_recent_deploys (store, 0, error);
  if (deploys == NULL)
    return NULL;

  for (guint i = 0; strlen (id) >= ID_PREFIX_LIMIT && i < deploys->len; i++)
    {
      DwDeploy *deploy = g_ptr_array_index (deploys, i);

      if (!g_str_has_prefix (dw_entity_get_id (DW_ENTITY (deploy)), id))
        continue;
      if (found != NULL)
        {
          g_set_error (error, DW_CLI_ERROR, DW_CLI_ERROR_USAGE,
                       _ ("Several deploys begin with %s; write more of the id"), shown);
          return NULL;
        }
      found = deploy;
    }

  if (found == NULL)
    g_set_error (error, DW_CLI_ERROR, DW_CLI_ERROR_NOT_FOUND,
                 stage_id != NULL
                     ? _ ("The stage has no deploy %s (docker-watcher history lists them)")
                     : _ ("There is no deploy %s (docker-watcher history lists them)"),
                 shown);

  return found != NULL ? g_object_ref (found) : NULL;
}

static gboolean
print_json (JsonNode *node, gboolean is_pretty)
{
  g_autofree char *text = dw_json_to_text (node, is_pretty);

  return fputs (text, stdout) >= 0 && fputc ('\n', stdout) >= 0 && fflush (stdout) == 0;
}

/**
 * dw_cli_context_answer:
 * @self: the context
 * @node: (transfer none): the whole answer of a verb in JSON
 *
 * Writes it to standard output, once a run.
 */
void
dw_cli_context_answer (DwCliContext *self, JsonNode *node)
{
  g_return_if_fail (!self->has_answered);

  self->has_answered = TRUE;
  print_json (node, dw_cli_text_has_terminal ());
}

/* Answers with @object (transfer none). */
void
dw_cli_context_answer_object (DwCliContext *self, JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);

  dw_cli_context_answer (self, node);
}

/* Answers with @array (transfer none). */
void
dw_cli_context_answer_array (DwCliContext *self, JsonArray *array)
{
  g_autoptr (JsonNode) node = json_node_init_array (json_node_alloc (), array);

  dw_cli_context_answer (self, node);
}

/**
 * dw_cli_context_answer_sentence:
 * @self: the context
 * @member: the name of the one member of the JSON answer
 * @value: what the member says
 * @sentence: the same for a person
 *
 * Answers with one of the two, as it was asked for.
 */
void
dw_cli_context_answer_sentence (DwCliContext *self,
                                const char *member,
                                const char *value,
                                const char *sentence)
{
  g_autoptr (JsonObject) object = json_object_new ();

  if (!self->is_json)
    {
      dw_cli_text_print ("%s\n", sentence);
      return;
    }

  json_object_set_string_member (object, member, value);
  dw_cli_context_answer_object (self, object);
}

/* Answers with what went wrong. */
void
dw_cli_context_answer_error (DwCliContext *self, const GError *error)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_member (object, "error", dw_cli_error_to_json (error));
  dw_cli_context_answer_object (self, object);
}

/**
 * dw_cli_context_stream:
 * @self: the context
 * @object: (transfer none): one line of an answer that has no end yet
 *
 * Returns: whether somebody still reads
 */
gboolean
dw_cli_context_stream (DwCliContext *self, JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);

  return print_json (node, FALSE);
}
