/* dw-cli-import.c: import, export
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli/dw-cli-context.h"
#include "cli/dw-cli-plan.h"
#include "cli/dw-cli-text.h"
#include "cli/dw-cli-verbs.h"
#include "config/dw-config-export.h"
#include "config/dw-config-plan.h"

typedef struct
{
  gboolean replaces;
  gboolean is_dry;
} Options;

#define MEMBER(member) DW_CLI_MEMBER (Options, member)

static const GOptionEntry import_entries[] = {
  { "replace", 0, 0, G_OPTION_ARG_NONE, MEMBER (replaces),
    N_ ("Remove what the file does not name, and reset what it leaves out"), NULL },
  { "dry-run", 0, 0, G_OPTION_ARG_NONE, MEMBER (is_dry), N_ ("Only say what would be done"), NULL },
  { NULL },
};

/* A dash is what every program takes for standard input. */
static GFile *
get_input (const char *path)
{
  return g_file_new_for_path (g_str_equal (path, "-") ? "/dev/stdin" : path);
}

static gboolean
run_import (DwCliContext *context, gconstpointer user_options, char **arguments, GError **error)
{
  const Options *options = user_options;
  DwStore *store = dw_cli_context_get_store (context, error);
  g_autoptr (GFile) file = get_input (arguments[0]);
  g_autoptr (DwConfigPlan) plan = NULL;

  if (store == NULL)
    return FALSE;

  plan = dw_config_plan_new_for_file (store, file,
                                      options->replaces ? DW_CONFIG_REPLACE : DW_CONFIG_MERGE,
                                      context->cancellable, error);
  if (plan == NULL)
    return FALSE;

  /* A person sees what was to be done even when it cannot be. */
  if (!context->is_json)
    dw_cli_plan_print (plan);
  if (!options->is_dry && !dw_config_plan_apply (plan, error))
    return FALSE;

  if (context->is_json)
    {
      g_autoptr (JsonObject) answer = dw_cli_plan_to_json (plan);

      json_object_set_boolean_member (answer, "applied", !options->is_dry);
      dw_cli_context_answer_object (context, answer);
    }
  else
    dw_cli_plan_print_summary (plan, !options->is_dry);

  return TRUE;
}

/* The same as the text, for programs that have no reader of YAML; import reads it as well. */
static JsonNode *
to_json (DwYamlNode *node)
{
  const char *text = dw_yaml_node_get_text (node);
  JsonNode *json = json_node_alloc ();
  gint64 number = 0;

  switch (dw_yaml_node_get_kind (node))
    {
    case DW_YAML_MAPPING:
      {
        g_autoptr (JsonObject) object = json_object_new ();

        for (guint i = 0; i < dw_yaml_node_get_length (node); i++)
          json_object_set_member (object, dw_yaml_node_get_text (dw_yaml_node_get_key (node, i)),
                                  to_json (dw_yaml_node_get_element (node, i)));
        return json_node_init_object (json, object);
      }
    case DW_YAML_SEQUENCE:
      {
        g_autoptr (JsonArray) array = json_array_new ();

        for (guint i = 0; i < dw_yaml_node_get_length (node); i++)
          json_array_add_element (array, to_json (dw_yaml_node_get_element (node, i)));
        return json_node_init_array (json, array);
      }
    case DW_YAML_SCALAR:
    default:
      break;
    }

  if (dw_yaml_node_is_null (node))
    return json_node_init_null (json);
  if (dw_yaml_node_is_plain (node) && (g_str_equal (text, "true") || g_str_equal (text, "false")))
    return json_node_init_boolean (json, g_str_equal (text, "true"));
  if (dw_yaml_node_is_plain (node) &&
      g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &number, NULL))
    return json_node_init_int (json, number);

  return json_node_init_string (json, text);
}

static gboolean
print_export (DwCliContext *context, DwStore *store, GError **error)
{
  g_autofree char *text = dw_config_export (store, error);
  g_autoptr (DwYamlNode) root = NULL;

  if (text == NULL)
    return FALSE;

  if (!context->is_json)
    {
      dw_cli_text_print ("%s", text);
      return TRUE;
    }

  root = dw_yaml_parse (text, strlen (text), "", error);
  if (root == NULL)
    return FALSE;

  g_autoptr (JsonNode) answer = to_json (root);
  dw_cli_context_answer (context, answer);
  return TRUE;
}

static gboolean
run_export (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  DwStore *store = dw_cli_context_get_store (context, error);

  if (store == NULL)
    return FALSE;
  if (arguments[0] == NULL || g_str_equal (arguments[0], "-"))
    return print_export (context, store, error);

  g_autoptr (GFile) file = g_file_new_for_path (arguments[0]);
  if (!dw_config_export_to_file (store, file, context->cancellable, error))
    return FALSE;

  if (context->is_json)
    {
      g_autoptr (JsonObject) answer = json_object_new ();

      json_object_set_string_member (answer, "file", arguments[0]);
      dw_cli_context_answer_object (context, answer);
    }
  else
    {
      g_autofree char *harmless = dw_cli_text_make_harmless (arguments[0]);

      dw_cli_text_print (_ ("Wrote the configuration to %s; passwords and tokens stay in the "
                            "keyring.\n"),
                         harmless);
    }
  return TRUE;
}

const DwCliVerb dw_cli_import_verbs[] = {
  { "import", "FILE.yaml", 1, 1, N_ ("Take over a configuration from a file"),
    N_ ("What the file names is added or changed, and everything else stays; with --replace the\n"
        "sections that the file has become what it says. It is done as a whole or not at all.\n"
        "A compose file is one too: each service that has an image becomes a project. With “-” for "
        "the\n"
        "file it is read from standard input."),
    import_entries, sizeof (Options), run_import },
  { "export", "[FILE.yaml]", 0, 1, N_ ("Write projects, stages, registries and settings as YAML"),
    N_ ("Passwords and tokens are not in it; the environment is."), NULL, 0, run_export },
  { NULL },
};
