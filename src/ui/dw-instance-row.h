/* dw-instance-row.h: one instance in the list of them, and what can be done with it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "deploy/dw-live-instance.h"
#include "ui/dw-session.h"

G_BEGIN_DECLS

#define DW_TYPE_INSTANCE_ROW (dw_instance_row_get_type ())

G_DECLARE_FINAL_TYPE (DwInstanceRow, dw_instance_row, DW, INSTANCE_ROW, AdwBin)

DwInstanceRow *dw_instance_row_new (DwSession *session);
void dw_instance_row_set_instance (DwInstanceRow *self, DwLiveInstance *instance);

G_END_DECLS
