/* dw-instance-count.h: how many instances there are, live
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "store/dw-store.h"

G_BEGIN_DECLS

#define DW_TYPE_INSTANCE_COUNT (dw_instance_count_get_type ())

/* Main thread. Property:
 *   "number" (uint)   0 until it has been counted
 */
G_DECLARE_FINAL_TYPE (DwInstanceCount, dw_instance_count, DW, INSTANCE_COUNT, GObject)

DwInstanceCount *dw_instance_count_new (DwStore *store);

G_END_DECLS
