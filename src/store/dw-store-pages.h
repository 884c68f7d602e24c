/* dw-store-pages.h: the rows of a windowed list that are held, and where they stand
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Private to the store.
 */

#pragma once

#include "store/dw-store-row.h"
#include "store/dw-store-scan.h"

G_BEGIN_DECLS

#define DW_STORE_PAGE_LENGTH 100

typedef struct _DwStorePages DwStorePages;

DwStorePages *dw_store_pages_new (void);
void dw_store_pages_free (DwStorePages *self);
void dw_store_pages_clear (DwStorePages *self);

DwStoreRow *dw_store_pages_get_row (DwStorePages *self, guint place);
GPtrArray *dw_store_pages_list_rows (DwStorePages *self);
gboolean dw_store_pages_find_place (DwStorePages *self, DwStoreRow *row, guint *place);

void dw_store_pages_move (DwStorePages *self, const DwStoreScan *scan);
void dw_store_pages_fill (DwStorePages *self, guint start, guint length);

gboolean dw_store_pages_take_wanted (DwStorePages *self, guint *start);
void dw_store_pages_want_nothing (DwStorePages *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwStorePages, dw_store_pages_free)

G_END_DECLS
