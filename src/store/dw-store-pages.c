/* dw-store-pages.c: the rows of a windowed list that are held, and where they stand
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The few pages that were used last hold their rows, so that these stay the same objects when a
 * view goes back and forth. Of a row that somebody else holds the place is known too, after its
 * page has gone. It knows nothing of what the rows say.
 */

#include "config.h"

#include "store/dw-store-pages.h"

#define MAX_PAGES 8
/* Among how many of the new places a row is looked for that is not at its own. */
#define MAX_MOVED_FAR 10000

typedef struct
{
  guint index;
  GPtrArray *rows;    /* (element-type DwStoreRow): in no order */
  gboolean is_wanted; /* somebody has a row of it that is not read */
} Page;

struct _DwStorePages
{
  GQueue pages; /* of Page, the last used first */

  /* Every row that anybody holds; neither is a reference. */
  GHashTable *rows;   /* of a place to DwStoreRow */
  GHashTable *places; /* of DwStoreRow to its place */
};

static void
page_free (gpointer data)
{
  Page *page = data;

  g_ptr_array_unref (page->rows);
  g_free (page);
}

DwStorePages *
dw_store_pages_new (void)
{
  DwStorePages *self = g_new0 (DwStorePages, 1);

  g_queue_init (&self->pages);
  self->rows = g_hash_table_new (g_direct_hash, g_direct_equal);
  self->places = g_hash_table_new (g_direct_hash, g_direct_equal);

  return self;
}

void
dw_store_pages_free (DwStorePages *self)
{
  dw_store_pages_clear (self);
  g_hash_table_unref (self->rows);
  g_hash_table_unref (self->places);
  g_free (self);
}

static void
on_row_gone (gpointer user_data, GObject *row)
{
  DwStorePages *self = user_data;

  g_hash_table_remove (self->rows, g_hash_table_lookup (self->places, row));
  g_hash_table_remove (self->places, row);
}

/* Nothing is known of any place any more; the rows that somebody holds are nowhere. */
void
dw_store_pages_clear (DwStorePages *self)
{
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, self->places);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    g_object_weak_unref (row, on_row_gone, self);
  g_hash_table_remove_all (self->places);
  g_hash_table_remove_all (self->rows);
  g_queue_clear_full (&self->pages, page_free);
}

static void
place_row (DwStorePages *self, DwStoreRow *row, guint place)
{
  g_hash_table_insert (self->rows, GUINT_TO_POINTER (place), row);
  g_hash_table_insert (self->places, row, GUINT_TO_POINTER (place));
}

static Page *
find_page (DwStorePages *self, guint index)
{
  for (GList *link = self->pages.head; link != NULL; link = link->next)
    {
      Page *page = link->data;

      if (page->index == index)
        return page;
    }

  return NULL;
}

/* The page becomes the last used; the one that was not used for longest goes. */
static Page *
use_page (DwStorePages *self, guint index)
{
  Page *page = find_page (self, index);

  if (page != NULL)
    g_queue_remove (&self->pages, page);
  else
    {
      page = g_new0 (Page, 1);
      page->index = index;
      page->rows = g_ptr_array_new_with_free_func (g_object_unref);
    }
  g_queue_push_head (&self->pages, page);
  if (self->pages.length > MAX_PAGES)
    page_free (g_queue_pop_tail (&self->pages));

  return page;
}

/* Returns: (transfer none): the row of this place, which @page holds */
static DwStoreRow *
ensure_row (DwStorePages *self, Page *page, guint place)
{
  DwStoreRow *row = g_hash_table_lookup (self->rows, GUINT_TO_POINTER (place));

  if (row == NULL)
    {
      row = dw_store_row_new ();
      g_object_weak_ref (G_OBJECT (row), on_row_gone, self);
      place_row (self, row, place);
      g_ptr_array_add (page->rows, row);
    }
  else if (!g_ptr_array_find (page->rows, row, NULL))
    g_ptr_array_add (page->rows, g_object_ref (row));

  return row;
}

/* Returns: (transfer full): the row of this place, which is made when nobody holds one; when it is
 * not read, its page is wanted from now on. */
DwStoreRow *
dw_store_pages_get_row (DwStorePages *self, guint place)
{
  Page *page = use_page (self, place / DW_STORE_PAGE_LENGTH);
  DwStoreRow *row = ensure_row (self, page, place);

  page->is_wanted = page->is_wanted || dw_store_row_get_entity (row) == NULL;

  return g_object_ref (row);
}

/* Returns: (transfer full) (element-type DwStoreRow): every row that anybody holds */
GPtrArray *
dw_store_pages_list_rows (DwStorePages *self)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, self->places);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    g_ptr_array_add (rows, g_object_ref (row));

  return rows;
}

/* Returns: whether @row is anywhere */
gboolean
dw_store_pages_find_place (DwStorePages *self, DwStoreRow *row, guint *place)
{
  gpointer found;

  if (!g_hash_table_lookup_extended (self->places, row, NULL, &found))
    return FALSE;

  *place = GPOINTER_TO_UINT (found);
  return TRUE;
}

/* Returns: (transfer container): of a row's number to its place among those that came */
static GHashTable *
find_added (const DwStoreScan *scan)
{
  GHashTable *added = g_hash_table_new (g_direct_hash, g_direct_equal);

  for (guint i = scan->n_same; i < scan->n_same + MIN (scan->n_added, MAX_MOVED_FAR); i++)
    g_hash_table_insert (added, GUINT_TO_POINTER (g_array_index (scan->found, guint32, i)),
                         GUINT_TO_POINTER (i));

  return added;
}

/* Returns: whether the row that was at @place is anywhere now */
static gboolean
follow_row (const DwStoreScan *scan, GHashTable *added, guint *place)
{
  gpointer found;

  if (*place >= scan->n_same + scan->n_removed)
    *place = *place - scan->n_removed + scan->n_added;
  else if (*place >= scan->n_same)
    {
      guint32 number = g_array_index (scan->known, guint32, *place);

      if (!g_hash_table_lookup_extended (added, GUINT_TO_POINTER (number), NULL, &found))
        return FALSE;
      *place = GPOINTER_TO_UINT (found);
    }

  return TRUE;
}

/**
 * dw_store_pages_move:
 * @self: the rows
 * @scan: what a list has now, and had before
 *
 * The rows move to where they are now, and their pages with them; those that are gone, and those
 * that moved too far to be looked for, are nowhere.
 */
void
dw_store_pages_move (DwStorePages *self, const DwStoreScan *scan)
{
  g_autoptr (GPtrArray) rows = dw_store_pages_list_rows (self);
  g_autoptr (GHashTable) before = g_steal_pointer (&self->places);
  g_autoptr (GHashTable) added = find_added (scan);
  GQueue pages = self->pages;

  g_queue_init (&self->pages);
  self->places = g_hash_table_new (g_direct_hash, g_direct_equal);
  g_hash_table_remove_all (self->rows);
  for (guint i = 0; i < rows->len; i++)
    {
      guint place = GPOINTER_TO_UINT (g_hash_table_lookup (before, rows->pdata[i]));

      if (follow_row (scan, added, &place))
        place_row (self, rows->pdata[i], place);
      else
        g_object_weak_unref (rows->pdata[i], on_row_gone, self);
    }

  for (GList *link = pages.tail; link != NULL; link = link->prev)
    {
      GPtrArray *held = ((Page *) link->data)->rows;
      guint place;

      for (guint i = 0; i < held->len; i++)
        if (dw_store_pages_find_place (self, held->pdata[i], &place))
          ensure_row (self, use_page (self, place / DW_STORE_PAGE_LENGTH), place);
    }
  g_queue_clear_full (&pages, page_free);
}

/* Makes rows for neighbours that were read, as long as there are pages for them. */
void
dw_store_pages_fill (DwStorePages *self, guint start, guint length)
{
  for (guint place = start; place < start + length; place++)
    {
      Page *page = find_page (self, place / DW_STORE_PAGE_LENGTH);

      if (page == NULL && self->pages.length < MAX_PAGES)
        page = use_page (self, place / DW_STORE_PAGE_LENGTH);
      if (page != NULL)
        ensure_row (self, page, place);
    }
}

/* A row that was asked for before its page went is wanted too, as long as it is held. */
static Page *
find_wanted (DwStorePages *self)
{
  GHashTableIter iter;
  gpointer place, row;

  for (GList *link = self->pages.head; link != NULL; link = link->next)
    if (((Page *) link->data)->is_wanted)
      return link->data;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &place, &row))
    if (dw_store_row_get_entity (row) == NULL)
      {
        Page *page = use_page (self, GPOINTER_TO_UINT (place) / DW_STORE_PAGE_LENGTH);

        ensure_row (self, page, GPOINTER_TO_UINT (place));
        return page;
      }

  return NULL;
}

/**
 * dw_store_pages_take_wanted:
 * @self: the rows
 * @start: (out): the first place of a page that is to be read
 *
 * Returns: whether there is one; it counts as read from now on. The last used comes first.
 */
gboolean
dw_store_pages_take_wanted (DwStorePages *self, guint *start)
{
  Page *page = find_wanted (self);

  if (page == NULL)
    return FALSE;

  page->is_wanted = FALSE;
  *start = page->index * DW_STORE_PAGE_LENGTH;
  return TRUE;
}

/* Every row that is held is about to be read. */
void
dw_store_pages_want_nothing (DwStorePages *self)
{
  for (GList *link = self->pages.head; link != NULL; link = link->next)
    ((Page *) link->data)->is_wanted = FALSE;
}
