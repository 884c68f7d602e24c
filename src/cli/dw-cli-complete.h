/* dw-cli-complete.h: what the shell offers to type next
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "cli/dw-cli-verb.h"

G_BEGIN_DECLS

/* Stands alone for “the names of files”, which the shell knows better. */
#define DW_CLI_COMPLETE_FILES ":files"

void dw_cli_complete (const DwCliVerb *const *groups,
                      gsize n_groups,
                      const char *const *words,
                      GCancellable *cancellable);

G_END_DECLS
