/* dw-stage-containers.h: the containers of a stage's instances
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/dw-engine.h"
#include "store/dw-store.h"

G_BEGIN_DECLS

/* What is on every container that the application makes; all but the last hold a row's id. */
#define DW_LABEL_PREFIX "io.github.alexei.DockerWatcher."
#define DW_LABEL_PROJECT DW_LABEL_PREFIX "project"
#define DW_LABEL_STAGE DW_LABEL_PREFIX "stage"
#define DW_LABEL_DEPLOY DW_LABEL_PREFIX "deploy"
#define DW_LABEL_INSTANCE DW_LABEL_PREFIX "instance"
#define DW_LABEL_HOST_PORT DW_LABEL_PREFIX "host-port"

/* All of it blocks and is not for the main thread. */
DwContainerSpec *dw_stage_containers_make_spec (DwProject *project,
                                                DwStage *stage,
                                                DwInstance *instance,
                                                const DwImage *image,
                                                const char *reference,
                                                const char *network,
                                                guint16 host_port,
                                                GError **error);
gboolean dw_stage_containers_find (DwEngine *engine,
                                   DwInstance *instance,
                                   DwContainer **container,
                                   GCancellable *cancellable,
                                   GError **error);
gboolean dw_stage_containers_start (DwEngine *engine,
                                    DwStore *store,
                                    DwInstance *instance,
                                    GCancellable *cancellable,
                                    GError **error);
gboolean dw_stage_containers_stop (DwEngine *engine,
                                   DwStore *store,
                                   DwInstance *instance,
                                   GCancellable *cancellable,
                                   GError **error);
gboolean dw_stage_containers_remove (DwEngine *engine,
                                     DwStore *store,
                                     DwInstance *instance,
                                     GCancellable *cancellable,
                                     GError **error);
gboolean dw_stage_containers_retire (DwEngine *engine,
                                     DwStore *store,
                                     const char *stage_id,
                                     GCancellable *cancellable,
                                     GError **error);
gboolean dw_stage_containers_remove_all (DwEngine *engine,
                                         const char *stage_id,
                                         GCancellable *cancellable,
                                         GError **error);

G_END_DECLS
