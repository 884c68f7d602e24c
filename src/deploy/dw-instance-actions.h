/* dw-instance-actions.h: what a person can do with one instance
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/dw-engine.h"
#include "store/dw-store.h"

G_BEGIN_DECLS

typedef enum
{
  DW_INSTANCE_ACTION_START,
  DW_INSTANCE_ACTION_STOP,
  DW_INSTANCE_ACTION_RESTART,
  DW_INSTANCE_ACTION_REMOVE, /* the container, and the instance from the store */
} DwInstanceAction;

/* Both block and are not for the main thread. */
gboolean dw_instance_act (DwStore *store,
                          DwEngine *engine,
                          const char *instance_id,
                          DwInstanceAction action,
                          GError **error);
/* Of a container that no instance stands for. */
gboolean dw_instance_act_on_orphan (DwStore *store,
                                    DwEngine *engine,
                                    const char *container_id,
                                    DwInstanceAction action,
                                    GError **error);

G_END_DECLS
