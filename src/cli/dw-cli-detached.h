/* dw-cli-detached.h: a deploy that goes on without the one who asked for it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "cli/dw-cli-verb.h"
#include "deploy/dw-deploy-job.h"

G_BEGIN_DECLS

/* The name of the hidden option that tells the child where to report to. */
#define DW_CLI_REPORT_OPTION "report-fd"

char *dw_cli_detached_start (const char *const *words, GCancellable *cancellable, GError **error);

gboolean dw_cli_detached_leave (const char *const *words, GError **error);
void dw_cli_detached_report_id (int fd, const char *deploy_id);
void dw_cli_detached_report_error (int fd, const GError *error);

G_END_DECLS
