/* dw-overview.h: how all stages stand, at a glance
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-stage-status.h"

G_BEGIN_DECLS

/* One stage. */
typedef struct
{
  DwStageCondition condition;
  gboolean is_deploying; /* in whatever process */
  char *tag;             /* nullable: of what serves */
  char *instance_id;     /* nullable: likewise */
} DwGlance;

#define DW_TYPE_OVERVIEW (dw_overview_get_type ())

/* Main thread. Signal:
 *   "changed"   some stage stands otherwise than before
 */
G_DECLARE_FINAL_TYPE (DwOverview, dw_overview, DW, OVERVIEW, GObject)

DwOverview *dw_overview_new (DwStore *store, DwEngineStatus *engine_status);

const DwGlance *dw_overview_find (DwOverview *self, const char *stage_id);
GHashTable *dw_overview_peek (DwOverview *self);
void dw_overview_hold (DwOverview *self);
void dw_overview_release (DwOverview *self);

G_END_DECLS
