/* dw-job-keeper.h: keeps the process while deploys run
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-deployer.h"

G_BEGIN_DECLS

#define DW_TYPE_JOB_KEEPER (dw_job_keeper_get_type ())

G_DECLARE_FINAL_TYPE (DwJobKeeper, dw_job_keeper, DW, JOB_KEEPER, GObject)

DwJobKeeper *dw_job_keeper_new (GApplication *application);

void dw_job_keeper_follow (DwJobKeeper *self, DwDeployer *deployer);
guint dw_job_keeper_get_n_open (DwJobKeeper *self);
void dw_job_keeper_leave (DwJobKeeper *self);
void dw_job_keeper_stay (DwJobKeeper *self);

G_END_DECLS
