/* dw-store-range.c: the questions that a windowed list asks
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * History only grows at its new end, and is cleared up rarely. So the row at that end tells how far
 * every place has moved, and a place that somebody asked for is still the same row when others came
 * before it. All of one answer is read in one snapshot. To skip to a place, SQLite walks the index
 * and not the rows.
 */

#include "config.h"

#include "store/dw-store-range.h"

#include "store/dw-store-private.h"

/* How many of the rows that are new at the end are read with the count. */
#define EDGE_LENGTH 100

typedef struct
{
  const char *count;
  const char *count_new; /* those beyond the edge */
  const char *edge;      /* the row at the end where the list grows */
  const char *read;
} Queries;

static const Queries queries[] = {
  [DW_STORE_RANGE_DEPLOYS] =
      {
          .count = "SELECT count (*) FROM deploys",
          .count_new = "SELECT count (*) FROM deploys WHERE (created_at, rowid) > "
                       "(SELECT created_at, rowid FROM deploys WHERE id = :edge)",
          .edge = "SELECT id FROM deploys ORDER BY created_at DESC, rowid DESC LIMIT 1",
          .read = "SELECT * FROM deploys ORDER BY created_at DESC, rowid DESC "
                  "LIMIT :limit OFFSET :offset",
      },
  [DW_STORE_RANGE_PROJECT_DEPLOYS] =
      {
          .count = "SELECT count (*) FROM deploys WHERE project_id = :owner",
          .count_new = "SELECT count (*) FROM deploys WHERE project_id = :owner "
                       "AND (created_at, rowid) > "
                       "(SELECT created_at, rowid FROM deploys WHERE id = :edge)",
          .edge = "SELECT id FROM deploys WHERE project_id = :owner "
                  "ORDER BY created_at DESC, rowid DESC LIMIT 1",
          .read = "SELECT * FROM deploys WHERE project_id = :owner "
                  "ORDER BY created_at DESC, rowid DESC LIMIT :limit OFFSET :offset",
      },
  [DW_STORE_RANGE_STAGE_DEPLOYS] =
      {
          .count = "SELECT count (*) FROM deploys WHERE stage_id = :owner",
          .count_new = "SELECT count (*) FROM deploys WHERE stage_id = :owner "
                       "AND (created_at, rowid) > "
                       "(SELECT created_at, rowid FROM deploys WHERE id = :edge)",
          .edge = "SELECT id FROM deploys WHERE stage_id = :owner "
                  "ORDER BY created_at DESC, rowid DESC LIMIT 1",
          .read = "SELECT * FROM deploys WHERE stage_id = :owner "
                  "ORDER BY created_at DESC, rowid DESC LIMIT :limit OFFSET :offset",
      },
  [DW_STORE_RANGE_LOGS] =
      {
          .count = "SELECT count (*) FROM deploy_logs WHERE deploy_id = :owner",
          .count_new = "SELECT count (*) FROM deploy_logs WHERE deploy_id = :owner AND id > :edge",
          .edge = "SELECT id FROM deploy_logs WHERE deploy_id = :owner ORDER BY id DESC LIMIT 1",
          .read = "SELECT * FROM deploy_logs WHERE deploy_id = :owner ORDER BY id "
                  "LIMIT :limit OFFSET :offset",
      },
};

GType
dw_store_range_get_entity_type (DwStoreRangeKind kind)
{
  return kind == DW_STORE_RANGE_LOGS ? DW_TYPE_DEPLOY_LOG : DW_TYPE_DEPLOY;
}

gboolean
dw_store_range_grows_at_head (DwStoreRangeKind kind)
{
  return kind != DW_STORE_RANGE_LOGS;
}

static void
range_clear (gpointer data)
{
  DwStoreRange *range = data;

  g_clear_pointer (&range->entities, g_ptr_array_unref);
}

DwStoreRangeQuery *
dw_store_range_query_new (DwStore *store, DwStoreRangeKind kind)
{
  DwStoreRangeQuery *self = g_new0 (DwStoreRangeQuery, 1);

  self->store = g_object_ref (store);
  self->kind = kind;
  self->ranges = g_array_new (FALSE, FALSE, sizeof (DwStoreRange));
  g_array_set_clear_func (self->ranges, range_clear);

  return self;
}

void
dw_store_range_query_free (DwStoreRangeQuery *self)
{
  g_object_unref (self->store);
  g_array_unref (self->ranges);
  g_free (self->owner_id);
  g_free (self->edge_id);
  g_free (self->new_edge_id);
  g_free (self);
}

/* Asks for @length rows from @start on; one that goes on from the one before makes that longer. */
void
dw_store_range_query_add (DwStoreRangeQuery *self, guint start, guint length)
{
  DwStoreRange range = { start, length, NULL };
  DwStoreRange *last = self->ranges->len > 0
                           ? &g_array_index (self->ranges, DwStoreRange, self->ranges->len - 1)
                           : NULL;

  if (length == 0)
    return;

  if (last != NULL && last->start + last->length == start)
    last->length += length;
  else
    g_array_append_val (self->ranges, range);
}

static gboolean
count (DwStoreRangeQuery *self,
       DwStoreConnection *reader,
       const char *sql,
       guint *number,
       GError **error)
{
  DwStoreArgument arguments[] = { DW_STORE_TEXT_ARGUMENT (":owner", self->owner_id),
                                  DW_STORE_TEXT_ARGUMENT (":edge", self->edge_id),
                                  { NULL } };
  gint64 value;

  if (!dw_store_connection_count (reader, sql, arguments, &value, error))
    return FALSE;

  *number = (guint) MIN (value, G_MAXUINT);
  return TRUE;
}

static gboolean
recount (DwStoreRangeQuery *self, DwStoreConnection *reader, GError **error)
{
  DwStoreArgument arguments[] = { DW_STORE_TEXT_ARGUMENT (":owner", self->owner_id), { NULL } };
  g_autoptr (GPtrArray) edge = NULL;

  if (!count (self, reader, queries[self->kind].count, &self->n_total, error))
    return FALSE;

  edge = dw_store_connection_read (reader, queries[self->kind].edge,
                                   dw_store_range_get_entity_type (self->kind), arguments, error);
  if (edge == NULL)
    return FALSE;

  if (edge->len > 0)
    self->new_edge_id = g_strdup (dw_entity_get_id (g_ptr_array_index (edge, 0)));
  if (self->edge_id == NULL && self->n_known == 0)
    self->n_new = self->n_total;
  self->is_grown = self->n_known + self->n_new == self->n_total;

  return TRUE;
}

/* Where the ranges are now; those that are new come as one more. */
static void
move_ranges (DwStoreRangeQuery *self)
{
  gboolean grows_at_head = dw_store_range_grows_at_head (self->kind);

  if (self->is_recount && !self->is_grown)
    return;

  if (grows_at_head)
    for (guint i = 0; i < self->ranges->len; i++)
      g_array_index (self->ranges, DwStoreRange, i).start += self->n_new;

  if (self->is_recount && self->wants_edge && self->n_new > 0)
    {
      DwStoreRange range = { .start = grows_at_head ? 0 : self->n_known,
                             .length = MIN (self->n_new, EDGE_LENGTH) };

      g_array_append_val (self->ranges, range);
    }
}

static gboolean
read_range (DwStoreRangeQuery *self, DwStoreConnection *reader, DwStoreRange *range, GError **error)
{
  DwStoreArgument arguments[] = { DW_STORE_TEXT_ARGUMENT (":owner", self->owner_id),
                                  DW_STORE_NUMBER_ARGUMENT (":limit", range->length),
                                  DW_STORE_NUMBER_ARGUMENT (":offset", range->start),
                                  { NULL } };

  range->entities = dw_store_connection_read (reader, queries[self->kind].read,
                                              dw_store_range_get_entity_type (self->kind),
                                              arguments, error);
  if (range->entities == NULL)
    return FALSE;

  self->is_short = self->is_short || range->entities->len < range->length;
  return TRUE;
}

static gboolean
run (DwStoreConnection *reader, gpointer user_data, GError **error)
{
  DwStoreRangeQuery *self = user_data;

  if (self->edge_id != NULL &&
      !count (self, reader, queries[self->kind].count_new, &self->n_new, error))
    return FALSE;
  if (self->is_recount && !recount (self, reader, error))
    return FALSE;

  move_ranges (self);
  for (guint i = 0; i < self->ranges->len; i++)
    if (!read_range (self, reader, &g_array_index (self->ranges, DwStoreRange, i), error))
      return FALSE;

  return TRUE;
}

/**
 * dw_store_range_query_run:
 * @self: the question, which gets its answer
 * @error: a DW_STORE_ERROR
 *
 * Blocks; in a worker thread.
 *
 * Returns: whether it has an answer
 */
gboolean
dw_store_range_query_run (DwStoreRangeQuery *self, GError **error)
{
  return dw_store_read_snapshot (self->store, run, self, error);
}
