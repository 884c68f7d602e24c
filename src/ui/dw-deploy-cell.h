/* dw-deploy-cell.h: one thing about one deploy of the history
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "model/dw-deploy.h"
#include "store/dw-store-row.h"

G_BEGIN_DECLS

typedef enum
{
  DW_DEPLOY_CELL_STATUS,
  DW_DEPLOY_CELL_PLACE, /* project/stage */
  DW_DEPLOY_CELL_TAG,
  DW_DEPLOY_CELL_DIGEST,
  DW_DEPLOY_CELL_TRIGGER,
  DW_DEPLOY_CELL_STARTED,
  DW_DEPLOY_CELL_DURATION,
  DW_DEPLOY_CELL_ICON,    /* the status without its word */
  DW_DEPLOY_CELL_SUMMARY, /* the status, the age and the tag */
} DwDeployCellKind;

#define DW_TYPE_DEPLOY_CELL (dw_deploy_cell_get_type ())

G_DECLARE_FINAL_TYPE (DwDeployCell, dw_deploy_cell, DW, DEPLOY_CELL, GtkWidget)

DwDeployCell *dw_deploy_cell_new (DwDeployCellKind kind);
void dw_deploy_cell_set_row (DwDeployCell *self, DwStoreRow *row);
void dw_deploy_cell_tick (DwDeployCell *self, gboolean ages);

G_END_DECLS
