/* dw-store-range.h: the questions that a windowed list asks
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Private to the store.
 */

#pragma once

#include "store/dw-store.h"

G_BEGIN_DECLS

typedef enum
{
  DW_STORE_RANGE_DEPLOYS,         /* of everything, the newest first */
  DW_STORE_RANGE_PROJECT_DEPLOYS, /* of a project, the newest first */
  DW_STORE_RANGE_STAGE_DEPLOYS,   /* of a stage, the newest first */
  DW_STORE_RANGE_LOGS,            /* of a deploy, the oldest first */
} DwStoreRangeKind;

/* Some neighbours in the list. */
typedef struct
{
  guint start;
  guint length;
  GPtrArray *entities; /* (nullable) (element-type DwEntity): what was read */
} DwStoreRange;

/* Filled in by who asks, up to the ranges; the rest by the answer. */
typedef struct
{
  DwStore *store;
  DwStoreRangeKind kind;
  char *owner_id; /* nullable: of everything */
  char *edge_id;  /* nullable: the row at the end where the list grows, when it was last read */
  guint n_known;  /* how many rows there were then */
  gboolean is_recount; /* whether to count, or only to read the ranges */
  gboolean wants_edge; /* whether to read what is new at that end */
  GArray *ranges;      /* of DwStoreRange; their places come back as they are now */

  guint n_total;
  guint n_new;       /* at the end where the list grows */
  gboolean is_grown; /* nothing else happened to the list than that */
  gboolean is_short; /* a range has fewer rows than was thought */
  char *new_edge_id;
} DwStoreRangeQuery;

DwStoreRangeQuery *dw_store_range_query_new (DwStore *store, DwStoreRangeKind kind);
void dw_store_range_query_free (DwStoreRangeQuery *self);
void dw_store_range_query_add (DwStoreRangeQuery *self, guint start, guint length);
gboolean dw_store_range_query_run (DwStoreRangeQuery *self, GError **error);

GType dw_store_range_get_entity_type (DwStoreRangeKind kind);
gboolean dw_store_range_grows_at_head (DwStoreRangeKind kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwStoreRangeQuery, dw_store_range_query_free)

G_END_DECLS
