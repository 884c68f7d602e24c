/* dw-deploy-request.h: what was asked for, made into a deploy in the store
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-stage-lock.h"
#include "store/dw-store.h"

G_BEGIN_DECLS

typedef enum
{
  DW_DEPLOY_REQUEST_DEPLOY,
  DW_DEPLOY_REQUEST_ROLL_BACK,
  DW_DEPLOY_REQUEST_PROMOTE,
} DwDeployRequestKind;

typedef struct
{
  DwDeployRequestKind kind;
  DwTrigger trigger;
  char *stage_id;    /* promote: the one that is promoted from */
  char *target;      /* deploy: a tag or digest, or NULL for the newest tag of the policy */
  char *target_tag;  /* deploy: the tag that the digest had, or NULL */
  char *note;        /* who asked for what, for the log, or NULL */
  char *deploy_id;   /* roll back: the deploy to go back to, or NULL for the last good one */
  char *to_stage_id; /* promote: or NULL for the next one */
} DwDeployRequest;

DwDeployRequest *
dw_deploy_request_new (DwDeployRequestKind kind, DwTrigger trigger, const char *stage_id);
void dw_deploy_request_free (DwDeployRequest *self);
DwDeploy *dw_deploy_request_store (DwDeployRequest *self,
                                   DwStore *store,
                                   const char *lock_directory,
                                   DwStageLock **lock,
                                   GCancellable *cancellable,
                                   GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwDeployRequest, dw_deploy_request_free)

G_END_DECLS
