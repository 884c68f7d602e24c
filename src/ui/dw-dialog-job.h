/* dw-dialog-job.h: a dialog that asked for a deploy, until the deploy is under way
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ui/dw-dialog.h"

G_BEGIN_DECLS

void dw_dialog_await_job (DwDialog *self, DwDeployJob *job);

G_END_DECLS
