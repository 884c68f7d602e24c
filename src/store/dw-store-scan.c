/* dw-store-scan.c: the questions that a windowed list asks
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which rows a list has, and in which order, is asked once for all of them, and only their numbers
 * (SQLite's rowid) are taken: of a million that is four megabytes and a fifth of a second, since
 * there is an index in every order. What a row says is then read by its number, which takes as long
 * at the end of the list as at its head. All of one answer is read in one snapshot.
 *
 * A filter that is not set is NULL, and costs nothing: SQLite looks for a row of the table only
 * when a condition needs more than the index.
 */

#include "config.h"

#include "store/dw-store-scan.h"

#include "model/dw-enum-types.h"
#include "store/dw-store-private.h"

#define SQL_FILTER                                                                                 \
  " (:statuses IS NULL OR d.status IN (SELECT value FROM json_each (:statuses)))"                  \
  " AND (:triggers IS NULL OR d.\"trigger\" IN (SELECT value FROM json_each (:triggers)))"         \
  " AND (:text IS NULL"                                                                            \
  "      OR d.tag LIKE :text ESCAPE '\\'"                                                          \
  "      OR d.image LIKE :text ESCAPE '\\'"                                                        \
  "      OR d.error LIKE :text ESCAPE '\\'"                                                        \
  "      OR d.digest LIKE :digest ESCAPE '\\'"                                                     \
  "      OR d.digest LIKE :hash ESCAPE '\\'"                                                       \
  "      OR d.stage_id IN (SELECT s.id FROM stages s JOIN projects p ON p.id = s.project_id"       \
  "                        WHERE p.name || '/' || s.name LIKE :text ESCAPE '\\'))"

#define SQL_DURATION "julianday (d.finished_at) - julianday (d.started_at)"

/* The loops in this order give the rows in the order of the names. */
#define SQL_BY_NAME                                                                                \
  "SELECT d.rowid FROM projects p CROSS JOIN stages s ON s.project_id = p.id "                     \
  "CROSS JOIN deploys d ON d.stage_id = s.id WHERE"

#define SQL_DEPLOYS "SELECT d.rowid FROM deploys d WHERE"

/* An order there and back; a list may end after :limit. */
#define SQL_ORDERS(select, forth, back)                                                            \
  {                                                                                                \
    select SQL_FILTER " ORDER BY " forth " LIMIT :limit",                                          \
        select SQL_FILTER " ORDER BY " back " LIMIT :limit",                                       \
  }

#define SQL_ALL_ORDERS(owner, owner_by_name)                                                       \
  {                                                                                                \
    [DW_STORE_SORT_TIME] = SQL_ORDERS (SQL_DEPLOYS owner, "d.created_at, d.rowid",                 \
                                       "d.created_at DESC, d.rowid DESC"),                         \
    [DW_STORE_SORT_DURATION] = SQL_ORDERS (SQL_DEPLOYS owner,                                      \
                                           SQL_DURATION ", d.created_at DESC, d.rowid",            \
                                           SQL_DURATION " DESC, d.created_at, d.rowid DESC"),      \
    [DW_STORE_SORT_PROJECT] = SQL_ORDERS (SQL_BY_NAME owner_by_name,                               \
                                          "p.name, s.name, d.created_at DESC, d.rowid DESC",       \
                                          "p.name DESC, s.name DESC, d.created_at, d.rowid"),      \
    [DW_STORE_SORT_TAG] = SQL_ORDERS (SQL_DEPLOYS owner, "d.tag, d.created_at DESC, d.rowid",      \
                                      "d.tag DESC, d.created_at, d.rowid DESC"),                   \
    [DW_STORE_SORT_STATUS] = SQL_ORDERS (SQL_DEPLOYS owner,                                        \
                                         "d.status, d.created_at DESC, d.rowid",                   \
                                         "d.status DESC, d.created_at, d.rowid DESC"),             \
  }

enum
{
  OF_ALL,
  OF_PROJECT,
  OF_STAGE,
  N_OWNERS,
};

static const char *find_deploys[N_OWNERS][DW_STORE_N_SORTS][2] = {
  [OF_ALL] = SQL_ALL_ORDERS ("", ""),
  [OF_PROJECT] = SQL_ALL_ORDERS (" d.project_id = :project AND", " p.id = :project AND"),
  [OF_STAGE] = SQL_ALL_ORDERS (" d.stage_id = :stage AND", " s.id = :stage AND"),
};

static const char find_lines[] =
    "SELECT l.id FROM deploy_logs l WHERE l.deploy_id = :deploy"
    " AND (:levels IS NULL OR l.level IN (SELECT value FROM json_each (:levels)))"
    " AND (:text IS NULL OR l.message LIKE :text ESCAPE '\\')"
    " ORDER BY l.id LIMIT :limit";

static const char read_deploy[] = "SELECT d.*, p.name AS project_name, s.name AS stage_name "
                                  "FROM deploys d JOIN projects p ON p.id = d.project_id "
                                  "JOIN stages s ON s.id = d.stage_id WHERE d.rowid = :number";

static const char read_line[] = "SELECT * FROM deploy_logs WHERE id = :number";

DwStoreScan *
dw_store_scan_new (DwStore *store)
{
  DwStoreScan *self = g_new0 (DwStoreScan, 1);

  self->store = g_object_ref (store);
  self->wanted = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->entities = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, g_object_unref);

  return self;
}

void
dw_store_scan_free (DwStoreScan *self)
{
  g_object_unref (self->store);
  g_free (self->deploy_id);
  g_clear_pointer (&self->filter, dw_store_filter_free);
  g_clear_pointer (&self->known, g_array_unref);
  g_array_unref (self->wanted);
  g_clear_pointer (&self->found, g_array_unref);
  g_hash_table_unref (self->entities);
  g_free (self);
}

/* Returns: (transfer full) (nullable): a JSON array of the nicks of @bits, or %NULL for all */
static char *
list_nicks (GType type, guint bits)
{
  g_autoptr (GString) nicks = g_string_new ("[");

  if (bits == 0)
    return NULL;

  for (int bit = g_bit_nth_lsf (bits, -1); bit >= 0; bit = g_bit_nth_lsf (bits, bit))
    g_string_append_printf (nicks, "%s\"%s\"", nicks->len > 1 ? "," : "",
                            dw_enum_to_nick (type, bit));
  g_string_append_c (nicks, ']');

  return g_string_free (g_steal_pointer (&nicks), FALSE);
}

/* Returns: (transfer full) (nullable): a pattern for LIKE: @before, and then @text as it stands */
static char *
make_pattern (const char *before, const char *text)
{
  g_autoptr (GString) pattern = g_string_new (before);

  if (text == NULL)
    return NULL;

  for (; *text != '\0'; text++)
    {
      if (*text == '%' || *text == '_' || *text == '\\')
        g_string_append_c (pattern, '\\');
      g_string_append_c (pattern, *text);
    }
  g_string_append_c (pattern, '%');

  return g_string_free (g_steal_pointer (&pattern), FALSE);
}

static const char *
get_find (DwStoreScan *self)
{
  int owner = self->filter->stage_id != NULL     ? OF_STAGE
              : self->filter->project_id != NULL ? OF_PROJECT
                                                 : OF_ALL;

  return self->deploy_id != NULL ? find_lines
                                 : find_deploys[owner][self->sort][self->is_descending ? 1 : 0];
}

static gboolean
find_rows (DwStoreScan *self, DwStoreConnection *reader, GCancellable *cancellable, GError **error)
{
  const DwStoreFilter *filter = self->filter;
  g_autofree char *statuses = list_nicks (DW_TYPE_DEPLOY_STATUS, filter->statuses);
  g_autofree char *triggers = list_nicks (DW_TYPE_TRIGGER, filter->triggers);
  g_autofree char *levels = list_nicks (DW_TYPE_LOG_LEVEL, filter->levels);
  g_autofree char *text = make_pattern ("%", filter->text);
  g_autofree char *digest = make_pattern ("", filter->text);
  g_autofree char *hash = make_pattern ("%:", filter->text); /* without the digest's algorithm */
  DwStoreArgument arguments[] = { DW_STORE_TEXT_ARGUMENT (":deploy", self->deploy_id),
                                  DW_STORE_TEXT_ARGUMENT (":project", filter->project_id),
                                  DW_STORE_TEXT_ARGUMENT (":stage", filter->stage_id),
                                  DW_STORE_TEXT_ARGUMENT (":statuses", statuses),
                                  DW_STORE_TEXT_ARGUMENT (":triggers", triggers),
                                  DW_STORE_TEXT_ARGUMENT (":levels", levels),
                                  DW_STORE_TEXT_ARGUMENT (":text", text),
                                  DW_STORE_TEXT_ARGUMENT (":digest", digest),
                                  DW_STORE_TEXT_ARGUMENT (":hash", hash),
                                  DW_STORE_NUMBER_ARGUMENT (
                                      ":limit", self->limit > 0 ? (gint64) self->limit : -1),
                                  { NULL } };

  self->found = dw_store_connection_find (reader, get_find (self), arguments, cancellable, error);
  if (self->found == NULL)
    return FALSE;

  self->is_whole = self->limit == 0 || self->found->len < self->limit;
  return TRUE;
}

/* All between what is the same at the head and what is the same at the tail is taken as changed. */
static void
compare (DwStoreScan *self)
{
  const guint32 *before = (const guint32 *) (gpointer) self->known->data;
  const guint32 *after = (const guint32 *) (gpointer) self->found->data;
  guint shorter = MIN (self->known->len, self->found->len);
  guint n_same_tail = 0;

  while (self->n_same < shorter && before[self->n_same] == after[self->n_same])
    self->n_same++;
  while (n_same_tail < shorter - self->n_same &&
         before[self->known->len - 1 - n_same_tail] == after[self->found->len - 1 - n_same_tail])
    n_same_tail++;

  self->n_removed = self->known->len - self->n_same - n_same_tail;
  self->n_added = self->found->len - self->n_same - n_same_tail;
  g_array_append_vals (self->wanted, after + self->n_same,
                       MIN (self->n_added, DW_STORE_SCAN_N_READ));
}

static gboolean
read_row (DwStoreScan *self, DwStoreConnection *reader, guint32 number, GError **error)
{
  DwStoreArgument arguments[] = { DW_STORE_NUMBER_ARGUMENT (":number", number), { NULL } };
  gboolean is_line = self->deploy_id != NULL;
  g_autoptr (GPtrArray) rows = dw_store_connection_read (
      reader, is_line ? read_line : read_deploy, is_line ? DW_TYPE_DEPLOY_LOG : DW_TYPE_DEPLOY,
      arguments, error);

  if (rows == NULL)
    return FALSE;

  if (rows->len > 0)
    g_hash_table_insert (self->entities, GUINT_TO_POINTER (number),
                         g_object_ref (g_ptr_array_index (rows, 0)));
  return TRUE;
}

typedef struct
{
  DwStoreScan *scan;
  GCancellable *cancellable;
} Run;

static gboolean
run (DwStoreConnection *reader, gpointer user_data, GError **error)
{
  DwStoreScan *self = ((Run *) user_data)->scan;
  GCancellable *cancellable = ((Run *) user_data)->cancellable;

  if (self->finds_rows)
    {
      if (!find_rows (self, reader, cancellable, error))
        return FALSE;
      compare (self);
    }

  for (guint i = 0; i < self->wanted->len; i++)
    if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
        !read_row (self, reader, g_array_index (self->wanted, guint32, i), error))
      return FALSE;

  return TRUE;
}

/**
 * dw_store_scan_run:
 * @self: the question, which gets its answer
 * @cancellable: stops it within a few milliseconds
 * @error: a DW_STORE_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Blocks; in a worker thread.
 *
 * Returns: whether it has an answer
 */
gboolean
dw_store_scan_run (DwStoreScan *self, GCancellable *cancellable, GError **error)
{
  return dw_store_read_snapshot (self->store, run, &(Run){ self, cancellable }, error);
}
