/* dw-live-instance.h: an instance with its container, as both are now
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/dw-container.h"
#include "model/dw-instance.h"
#include "model/dw-stage.h"

G_BEGIN_DECLS

typedef enum
{
  DW_LIVE_UNKNOWN,  /* the engine does not answer */
  DW_LIVE_STARTING, /* made and not started yet, or its own check has not ended */
  DW_LIVE_RUNNING,
  DW_LIVE_HEALTHY,
  DW_LIVE_UNHEALTHY,
  DW_LIVE_STOPPED,
  DW_LIVE_FAILED,     /* it ended by itself */
  DW_LIVE_RESTARTING, /* the engine starts it again and again */
  DW_LIVE_REMOVING,
  DW_LIVE_GONE, /* somebody removed the container */
} DwLiveState;

typedef enum
{
  DW_LIVE_CURRENT, /* it serves */
  DW_LIVE_NEW,     /* a deploy is bringing it */
  DW_LIVE_KEPT,    /* for a rollback */
  DW_LIVE_ORPHANED,
} DwLiveRole;

#define DW_TYPE_LIVE_INSTANCE (dw_live_instance_get_type ())

/* Signal "changed": something of it is other than it was. An orphan is either a container that no
 * instance stands for (:id is NULL), or an instance whose container is gone. */
G_DECLARE_FINAL_TYPE (DwLiveInstance, dw_live_instance, DW, LIVE_INSTANCE, GObject)

DwLiveInstance *dw_live_instance_new_for_row (DwInstance *row,
                                              DwStage *stage,
                                              gboolean is_being_deployed,
                                              gboolean is_missing,
                                              const DwContainer *container);
DwLiveInstance *dw_live_instance_new_for_container (const DwContainer *container,
                                                    const char *project_name,
                                                    const char *stage_name);

const char *dw_live_instance_get_key (DwLiveInstance *self);
const char *dw_live_instance_get_id (DwLiveInstance *self);
const char *dw_live_instance_get_project_id (DwLiveInstance *self);
const char *dw_live_instance_get_project_name (DwLiveInstance *self);
const char *dw_live_instance_get_stage_id (DwLiveInstance *self);
const char *dw_live_instance_get_stage_name (DwLiveInstance *self);
const char *dw_live_instance_get_container_id (DwLiveInstance *self);
const char *dw_live_instance_get_container_name (DwLiveInstance *self);
const char *dw_live_instance_get_tag (DwLiveInstance *self);
const char *dw_live_instance_get_digest (DwLiveInstance *self);
const char *dw_live_instance_get_address (DwLiveInstance *self);
DwLiveState dw_live_instance_get_state (DwLiveInstance *self);
DwLiveRole dw_live_instance_get_role (DwLiveInstance *self);
gboolean dw_live_instance_is_current (DwLiveInstance *self);

gboolean dw_live_instance_take (DwLiveInstance *self, DwLiveInstance *from);
int dw_live_instance_compare (DwLiveInstance *a, DwLiveInstance *b);
gboolean dw_live_instance_contains (DwLiveInstance *self, const char *folded_text);

G_END_DECLS
