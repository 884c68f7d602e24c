/* dw-deployer.h: takes requests for deploys and runs them, one at a time a stage
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-deploy-job.h"
#include "deploy/dw-registries.h"
#include "engine/dw-engine.h"
#include "store/dw-store.h"

G_BEGIN_DECLS

#define DW_TYPE_DEPLOYER (dw_deployer_get_type ())

/* Signals, in the main context of its jobs; each job is told of by both:
 *   "started" (DwDeployJob *job)    somebody asked for a deploy
 *   "finished" (DwDeployJob *job)   whatever came of it
 *   "job-stored" (DwDeployJob *job)  it is in the store now, and its stage is known
 * And of what was deployed and is watched:
 *   "health-lost" (const char *stage_id, const char *deploy_id, const char *fault)
 *       it turned bad, and is about to be taken back
 */
G_DECLARE_FINAL_TYPE (DwDeployer, dw_deployer, DW, DEPLOYER, GObject)

typedef enum
{
  DW_STAGE_ACTION_START,
  DW_STAGE_ACTION_STOP,
  DW_STAGE_ACTION_RESTART,
  DW_STAGE_ACTION_REPAIR, /* make its route lead to what serves */
  DW_STAGE_ACTION_REMOVE, /* the stage with its containers, from the store too */
} DwStageAction;

DwDeployer *dw_deployer_new (DwStore *store, DwEngine *engine, DwRegistries *registries);

/* Main thread; these return at once. @target is a tag or a digest, or NULL for the newest tag that
 * the stage's policy follows. The job is (transfer full) and runs whether or not it is kept. */
DwDeployJob *
dw_deployer_deploy (DwDeployer *self, const char *stage_id, const char *target, DwTrigger trigger);
/* What watching found: exactly @digest, which had @tag; @note (nullable) says in the deploy's log
 * who asked for it. */
DwDeployJob *dw_deployer_deploy_version (DwDeployer *self,
                                         const char *stage_id,
                                         const char *tag,
                                         const char *digest,
                                         DwTrigger trigger,
                                         const char *note);
/* @deploy_id may be NULL: the last good deploy before the one that runs. */
DwDeployJob *dw_deployer_roll_back (DwDeployer *self, const char *stage_id, const char *deploy_id);
/* @to_stage_id may be NULL: the next stage in the promotion order. */
DwDeployJob *
dw_deployer_promote (DwDeployer *self, const char *from_stage_id, const char *to_stage_id);
/* What a deploy brought turned bad: back to the version before, with @fault in the log. */
DwDeployJob *dw_deployer_take_back (DwDeployer *self, const char *stage_id, const char *fault);
guint dw_deployer_get_n_jobs (DwDeployer *self);
/* Whether it watches by itself what it has deployed, as the stages say; it does from the start. */
void dw_deployer_set_guards (DwDeployer *self, gboolean guards);
DwDeployJob *dw_deployer_find_job (DwDeployer *self, const char *stage_id);

/* The rest blocks and is not for the main thread; any other thread may call it. */
gboolean dw_deployer_recover (DwDeployer *self,
                              GPtrArray *settled,
                              GCancellable *cancellable,
                              GError **error);
gboolean dw_deployer_act (DwDeployer *self,
                          const char *stage_id,
                          DwStageAction action,
                          GCancellable *cancellable,
                          GError **error);
gboolean dw_deployer_remove_project (DwDeployer *self,
                                     const char *project_id,
                                     GCancellable *cancellable,
                                     GError **error);
/* Has the engine pull a version of the stage's image, so that a deploy of it takes seconds. */
gboolean dw_deployer_pull (DwDeployer *self,
                           const char *stage_id,
                           const char *digest,
                           GCancellable *cancellable,
                           GError **error);
gboolean dw_deployer_guard (DwDeployer *self,
                            const char *deploy_id,
                            char **fault,
                            GCancellable *cancellable,
                            GError **error);
gboolean dw_deployer_read_logs (DwDeployer *self,
                                const char *stage_id,
                                guint tail,
                                gboolean follow,
                                DwLogFunc function,
                                gpointer user_data,
                                GCancellable *cancellable,
                                GError **error);

G_END_DECLS
