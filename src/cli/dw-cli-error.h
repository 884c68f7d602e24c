/* dw-cli-error.h: what goes wrong on the command line, and the exit codes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define DW_CLI_ERROR (dw_cli_error_quark ())

/**
 * DwCliError:
 * @DW_CLI_ERROR_FAILED: it did not work
 * @DW_CLI_ERROR_USAGE: the command line is not one
 * @DW_CLI_ERROR_NOT_FOUND: what it names does not exist
 * @DW_CLI_ERROR_UNREACHABLE: the engine or a registry does not answer
 *
 * Each is the exit code of the program as well.
 */
typedef enum
{
  DW_CLI_ERROR_FAILED = 1,
  DW_CLI_ERROR_USAGE = 2,
  DW_CLI_ERROR_NOT_FOUND = 3,
  DW_CLI_ERROR_UNREACHABLE = 4,
} DwCliError;

GQuark dw_cli_error_quark (void);

DwCliError dw_cli_error_get_exit_code (const GError *error);
const char *dw_cli_error_get_name (const GError *error);
JsonNode *dw_cli_error_to_json (const GError *error);

G_END_DECLS
