/* dw-store-scan.h: the questions that a windowed list asks
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Private to the store.
 */

#pragma once

#include "store/dw-store-filter.h"
#include "store/dw-store.h"

G_BEGIN_DECLS

/* Filled in by who asks, up to the rows to read; the rest by the answer. */
typedef struct
{
  DwStore *store;
  char *deploy_id; /* nullable: log lines of this deploy, the oldest first, instead of deploys */
  DwStoreFilter *filter;
  DwStoreSort sort;
  gboolean is_descending;
  gboolean finds_rows; /* whether to find what the list has, or only to read rows */
  guint limit;         /* how many to find at most, or 0 for all */
  GArray *known;       /* of guint32: the numbers of the rows of the list now; not changed */
  GArray *wanted;      /* of guint32: the numbers of the rows to read */
  guint start;         /* where those stand in the list, one after the other, if it finds none */

  GArray *found;     /* (nullable) of guint32: the numbers of the rows of the list, in order */
  gboolean is_whole; /* there are no more than were found */
  /* Where @found differs from @known. */
  guint n_same; /* at the head */
  guint n_removed;
  guint n_added;
  GHashTable *entities; /* of a row's number to DwEntity: the wanted ones, and the first new ones */
} DwStoreScan;

/* How many of the rows that are new in the list are read at once. */
#define DW_STORE_SCAN_N_READ 100

DwStoreScan *dw_store_scan_new (DwStore *store);
void dw_store_scan_free (DwStoreScan *self);
gboolean dw_store_scan_run (DwStoreScan *self, GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwStoreScan, dw_store_scan_free)

G_END_DECLS
