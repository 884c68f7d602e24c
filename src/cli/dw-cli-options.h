/* dw-cli-options.h: reads a verb's options and says what they are
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "cli/dw-cli-verb.h"

G_BEGIN_DECLS

/* What every verb takes. */
typedef struct
{
  gboolean is_json;
  gboolean is_verbose;
  gboolean wants_help;
} DwCliCommonOptions;

gpointer dw_cli_options_parse (const DwCliVerb *verb,
                               DwCliCommonOptions *common,
                               char ***arguments,
                               GError **error);
const GOptionEntry *dw_cli_options_find (const DwCliVerb *verb, const char *word);
const GOptionEntry *dw_cli_options_nth (const DwCliVerb *verb, guint position);
void dw_cli_options_free (const DwCliVerb *verb, gpointer options);
void dw_cli_options_print_help (const DwCliVerb *verb);

G_END_DECLS
