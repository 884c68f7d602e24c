/* dw-cli-adopt.c: adopt
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli/dw-cli-context.h"
#include "cli/dw-cli-error.h"
#include "cli/dw-cli-plan.h"
#include "cli/dw-cli-table.h"
#include "cli/dw-cli-values.h"
#include "cli/dw-cli-verbs.h"
#include "deploy/dw-adoption.h"
#include "deploy/dw-engine-choice.h"
#include "model/dw-enum-types.h"
#include "model/dw-json.h"

typedef struct
{
  char *project;
  char *stage;
  gboolean is_dry;
} Options;

#define MEMBER(member) DW_CLI_MEMBER (Options, member)

static const GOptionEntry adopt_entries[] = {
  { "project", 0, 0, G_OPTION_ARG_STRING, MEMBER (project),
    N_ ("What the project is called; otherwise like the container"), N_ ("NAME") },
  { "stage", 0, 0, G_OPTION_ARG_STRING, MEMBER (stage),
    N_ ("What its stage is called; otherwise main"), N_ ("NAME") },
  { "dry-run", 0, 0, G_OPTION_ARG_NONE, MEMBER (is_dry), N_ ("Only say what would be done"), NULL },
  { NULL },
};

/* {"container":…,"project":{…},"stage":{…},"problem":…,"notes":[…]} */
static JsonObject *
adoption_to_json (const DwAdoption *adoption)
{
  JsonObject *object = json_object_new ();

  dw_json_set_string (object, "container", adoption->container_name);
  dw_json_set_string (object, "container_id", adoption->container_id);
  dw_json_set_string (object, "image", adoption->image);
  if (adoption->project != NULL)
    {
      json_object_set_object_member (object, "project",
                                     dw_cli_entity_to_json (DW_ENTITY (adoption->project)));
      json_object_set_object_member (object, "stage",
                                     dw_cli_entity_to_json (DW_ENTITY (adoption->stage)));
    }
  else
    {
      json_object_set_null_member (object, "project");
      json_object_set_null_member (object, "stage");
    }
  dw_json_set_string (object, "problem", adoption->problem);
  json_object_set_array_member (object, "notes", dw_cli_plan_notes_to_json (adoption->notes));

  return object;
}

static char *
describe_port (const DwAdoption *adoption)
{
  if (adoption->project == NULL || dw_project_get_port (adoption->project) == 0)
    return NULL;
  if (dw_stage_get_host_port (adoption->stage) == 0)
    return g_strdup_printf ("%d", dw_project_get_port (adoption->project));

  return g_strdup_printf ("%d → %d", dw_stage_get_host_port (adoption->stage),
                          dw_project_get_port (adoption->project));
}

static char *
describe_policy (DwStage *stage)
{
  return g_strdup_printf (
      "%s:%s", dw_enum_to_nick (DW_TYPE_TAG_POLICY_KIND, (int) dw_stage_get_policy_kind (stage)),
      dw_stage_get_policy_pattern (stage));
}

static gboolean
list (DwCliContext *context, DwEngine *engine, GError **error)
{
  g_autoptr (GPtrArray)
      adoptions = dw_adoption_list (engine, context->store, context->cancellable, error);
  g_autoptr (JsonArray) answer = json_array_new ();
  g_autoptr (DwCliTable) table = dw_cli_table_new (_ ("CONTAINER"), _ ("IMAGE"), _ ("PROJECT"),
                                                   _ ("POLICY"), _ ("PORT"), NULL);

  if (adoptions == NULL)
    return FALSE;

  for (guint i = 0; i < adoptions->len; i++)
    {
      const DwAdoption *adoption = g_ptr_array_index (adoptions, i);
      g_autofree char *port = describe_port (adoption);
      g_autofree char *policy = adoption->stage != NULL ? describe_policy (adoption->stage) : NULL;

      json_array_add_object_element (answer, adoption_to_json (adoption));
      dw_cli_table_add (table, adoption->container_name);
      dw_cli_table_add (table, adoption->image);
      dw_cli_table_add (table, adoption->project != NULL ? dw_project_get_name (adoption->project)
                                                         : adoption->problem);
      dw_cli_table_add (table, policy);
      dw_cli_table_add (table, port);
    }

  if (context->is_json)
    dw_cli_context_answer_array (context, answer);
  else if (adoptions->len == 0)
    dw_cli_text_print ("%s\n", _ ("No container runs here but those of Docker Watcher."));
  else
    dw_cli_table_print (table);

  return TRUE;
}

static void
print_adoption (const DwAdoption *adoption, gboolean is_dry)
{
  const char *project = dw_project_get_name (adoption->project);
  const char *stage = dw_stage_get_name (adoption->stage);
  g_autofree char *policy = describe_policy (adoption->stage);
  g_autofree char *port = describe_port (adoption);

  dw_cli_print_field (_ ("Container"), adoption->container_name);
  dw_cli_print_field (_ ("Image"), dw_project_get_image (adoption->project));
  dw_cli_print_field (_ ("Policy"), policy);
  dw_cli_print_field (_ ("Port"), port);
  dw_cli_plan_print_notes (adoption->notes);
  if (is_dry)
    dw_cli_text_print (_ ("Nothing was done. It would become the stage %s/%s.\n"), project, stage);
  else
    dw_cli_text_print (_ ("Added the stage %s/%s. The container stays as it is; a deploy starts "
                          "one of its own: docker-watcher deploy %s/%s\n"),
                       project, stage, project, stage);
}

static gboolean
adopt (DwCliContext *context,
       DwEngine *engine,
       const Options *options,
       const char *container,
       GError **error)
{
  g_autoptr (DwAdoption)
      adoption = dw_adoption_find (engine, context->store, container, context->cancellable, error);

  if (adoption == NULL)
    return FALSE;

  if (adoption->project != NULL &&
      !(dw_cli_set_value (DW_ENTITY (adoption->project), "name", "--project", options->project,
                          error) &&
        dw_cli_set_value (DW_ENTITY (adoption->stage), "name", "--stage", options->stage, error)))
    return FALSE;

  if ((adoption->project == NULL || !options->is_dry) &&
      !dw_adoption_apply (adoption, context->store, error))
    return FALSE;

  if (context->is_json)
    {
      g_autoptr (JsonObject) answer = adoption_to_json (adoption);

      json_object_set_boolean_member (answer, "applied", !options->is_dry);
      dw_cli_context_answer_object (context, answer);
    }
  else
    print_adoption (adoption, options->is_dry);

  return TRUE;
}

static gboolean
run_adopt (DwCliContext *context, gconstpointer user_options, char **arguments, GError **error)
{
  const Options *options = user_options;
  DwStore *store = NULL;
  g_autoptr (DwEngine) engine = NULL;

  if (arguments[0] == NULL && (options->project != NULL || options->stage != NULL))
    {
      g_set_error_literal (error, DW_CLI_ERROR, DW_CLI_ERROR_USAGE,
                           _ ("--project and --stage need a container to be adopted"));
      return FALSE;
    }

  store = dw_cli_context_get_store (context, error);
  engine = store != NULL ? dw_choose_engine (store, error) : NULL;
  if (engine == NULL)
    return FALSE;

  return arguments[0] != NULL ? adopt (context, engine, options, arguments[0], error)
                              : list (context, engine, error);
}

const DwCliVerb dw_cli_adopt_verbs[] = {
  { "adopt", "[CONTAINER]", 0, 1, N_ ("Make a project of a container that runs"),
    N_ ("Its image, port, environment, volumes and limits become a project with one stage; the\n"
        "container stays as it is. Without a container it lists those that can be adopted."),
    adopt_entries, sizeof (Options), run_adopt },
  { NULL },
};
