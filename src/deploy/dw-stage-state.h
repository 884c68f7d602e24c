/* dw-stage-state.h: a stage as it is at this moment, for a person
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/dw-engine.h"
#include "proxy/dw-proxy.h"
#include "store/dw-store.h"

G_BEGIN_DECLS

typedef struct
{
  DwStage *stage;
  DwInstance *instance;   /* nullable: nothing was deployed yet, or it was removed */
  DwDeploy *deploy;       /* nullable: the one that brought the instance */
  DwDeploy *last_deploy;  /* nullable: the newest one, whatever came of it */
  DwDeploy *previous;     /* nullable: the one that a rollback goes back to */
  DwContainer *container; /* nullable: the engine has none, or does not answer */
  char *address;          /* nullable: where a browser finds it */
  DwProxyState *route;    /* nullable: as the proxy reports it, once that was read */
  GError *route_problem;  /* nullable: why it is not known */
  GError *problem;        /* nullable: why @container is not known */
} DwStageState;

/* Blocks and is not for the main thread. */
DwStageState *dw_stage_state_read (DwStore *store,
                                   DwEngine *engine,
                                   const char *stage_id,
                                   GCancellable *cancellable,
                                   GError **error);
gboolean dw_stage_state_read_route (DwStageState *self,
                                    DwStore *store,
                                    DwEngine *engine,
                                    GCancellable *cancellable,
                                    GError **error);
void dw_stage_state_free (DwStageState *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwStageState, dw_stage_state_free)

G_END_DECLS
