/* dw-deploy-plan.h: what a deploy will do to a stage, in one sentence
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "store/dw-store.h"

G_BEGIN_DECLS

/* What a plan depends on. */
typedef struct
{
  DwStage *stage;
  char *domain;        /* nullable: by which it is reached through a proxy */
  DwInstance *current; /* nullable: nothing was deployed yet */
  gboolean is_serving; /* the current one runs */
  gint64 gap_ms; /* how long the stage was without traffic at its last deploy; -1: not known */
} DwDeployPlan;

DwDeployPlan *
dw_deploy_plan_read (DwStore *store, const char *stage_id, gboolean is_serving, GError **error);
void dw_deploy_plan_free (DwDeployPlan *self);
char *dw_deploy_plan_describe (const DwDeployPlan *self, const char *target, const char *digest);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwDeployPlan, dw_deploy_plan_free)

G_END_DECLS
