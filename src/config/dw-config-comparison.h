/* dw-config-comparison.h: what must be done for the store to say what a file says
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "config/dw-config-change.h"
#include "config/dw-config-document.h"
#include "store/dw-store.h"

G_BEGIN_DECLS

/* What the change at the same place writes. */
typedef struct
{
  const DwConfigItem *item; /* nullable: of what is removed */
  DwEntity *entity;         /* as it is to be, or what is to go */
} DwConfigStep;

typedef struct
{
  GPtrArray *changes; /* of DwConfigChange */
  GPtrArray *steps;   /* of DwConfigStep */
} DwConfigComparison;

/* Within a transaction, and only as long as @document is there. */
DwConfigComparison *
dw_config_compare (DwStore *store, DwConfigDocument *document, DwConfigMode mode, GError **error);
void dw_config_comparison_free (DwConfigComparison *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwConfigComparison, dw_config_comparison_free)

G_END_DECLS
