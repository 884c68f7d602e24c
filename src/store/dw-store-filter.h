/* dw-store-filter.h: which rows of the history or of a log are shown, and in which order
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/dw-enums.h"

G_BEGIN_DECLS

/* Ascending, equals are the newest first, but for DW_STORE_SORT_TIME. */
typedef enum
{
  DW_STORE_SORT_TIME,
  DW_STORE_SORT_DURATION, /* those that have not ended come before the shortest */
  DW_STORE_SORT_PROJECT,  /* by the project's name, and the stage's within */
  DW_STORE_SORT_TAG,
  DW_STORE_SORT_STATUS,
  DW_STORE_N_SORTS,
} DwStoreSort;

/* The bit of a member of an enumeration. */
#define DW_STORE_BIT(member) (1u << (member))

/**
 * DwStoreFilter:
 * @project_id: (nullable): of this project only
 * @stage_id: (nullable): of this stage only
 * @statuses: bits of #DwDeployStatus, or 0 for all
 * @triggers: bits of #DwTrigger, or 0 for all
 * @levels: bits of #DwLogLevel, or 0 for all; only for log lines
 * @text: (nullable): what must occur in the tag, the image, the error or "project/stage", or begin
 *   the digest; for log lines in the message. ASCII letters match in both cases.
 *
 * What a row must be to be shown. The empty one shows every row.
 */
typedef struct
{
  const char *project_id;
  const char *stage_id;
  guint statuses;
  guint triggers;
  guint levels;
  const char *text;
} DwStoreFilter;

DwStoreFilter *dw_store_filter_copy (const DwStoreFilter *self);
void dw_store_filter_free (DwStoreFilter *self);
gboolean dw_store_filter_equal (const DwStoreFilter *a, const DwStoreFilter *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwStoreFilter, dw_store_filter_free)

G_END_DECLS
