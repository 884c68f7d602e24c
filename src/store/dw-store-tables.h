/* dw-store-tables.h: the statements that every table has
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef struct
{
  const char *name;
  const char *missing; /* what is said when a row is not there; to be translated */
  GType (*get_type) (void);
  const char *insert;
  const char *update;
  const char *delete;
  const char *get;
  const char *list;
} DwStoreTable;

#define DW_STORE_N_TABLES 10

const DwStoreTable *dw_store_get_table (guint index);
const DwStoreTable *dw_store_find_table (GType type);
guint dw_store_find_table_index (const char *name);

G_END_DECLS
