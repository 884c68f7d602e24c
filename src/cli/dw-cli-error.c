/* dw-cli-error.c: what goes wrong on the command line, and the exit codes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "cli/dw-cli-error.h"

#include "deploy/dw-problem.h"

G_DEFINE_QUARK (dw_cli_error, dw_cli_error)

/* Returns: what the program ends with when @error ended the verb. Any thread. */
DwCliError
dw_cli_error_get_exit_code (const GError *error)
{
  if (error->domain == DW_CLI_ERROR)
    return (DwCliError) error->code;

  switch (dw_problem_classify (error))
    {
    case DW_PROBLEM_INVALID:
      return DW_CLI_ERROR_USAGE;
    case DW_PROBLEM_NOT_FOUND:
      return DW_CLI_ERROR_NOT_FOUND;
    case DW_PROBLEM_UNREACHABLE:
      return DW_CLI_ERROR_UNREACHABLE;
    case DW_PROBLEM_FAILED:
    case DW_PROBLEM_CANCELLED:
    default:
      return DW_CLI_ERROR_FAILED;
    }
}

/* Returns: (transfer none): what a script compares. Any thread. */
const char *
dw_cli_error_get_name (const GError *error)
{
  static const char *const names[] = {
    [DW_CLI_ERROR_FAILED] = "failed",
    [DW_CLI_ERROR_USAGE] = "usage",
    [DW_CLI_ERROR_NOT_FOUND] = "not_found",
    [DW_CLI_ERROR_UNREACHABLE] = "unreachable",
  };

  return error->domain == DW_CLI_ERROR ? names[error->code] : dw_problem_get_name (error);
}

/**
 * dw_cli_error_to_json:
 * @error: what ended the verb
 *
 * Returns: (transfer full): {"code":…,"message":…}
 */
JsonNode *
dw_cli_error_to_json (const GError *error)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autofree char *message = g_utf8_make_valid (error->message, -1);
  JsonNode *node = json_node_alloc ();

  json_object_set_string_member (object, "code", dw_cli_error_get_name (error));
  json_object_set_string_member (object, "message", message);

  return json_node_init_object (node, object);
}
