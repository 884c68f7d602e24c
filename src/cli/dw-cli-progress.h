/* dw-cli-progress.h: a running deploy, for the person who waits for it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-deploy-job.h"

G_BEGIN_DECLS

typedef struct _DwCliProgress DwCliProgress;

DwCliProgress *dw_cli_progress_new (DwDeployJob *job, const char *subject);
void dw_cli_progress_free (DwCliProgress *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwCliProgress, dw_cli_progress_free)

G_END_DECLS
