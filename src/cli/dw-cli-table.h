/* dw-cli-table.h: rows of text in columns
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "cli/dw-cli-text.h"

G_BEGIN_DECLS

typedef struct _DwCliTable DwCliTable;

DwCliTable *dw_cli_table_new (const char *first_title, ...) G_GNUC_NULL_TERMINATED;
void dw_cli_table_free (DwCliTable *self);
void dw_cli_table_add (DwCliTable *self, const char *text);
void dw_cli_table_add_colored (DwCliTable *self, const char *text, DwCliColor color);
void dw_cli_table_print (DwCliTable *self);

/* "Name:  value", for the page of one thing; nothing for no value. */
void dw_cli_print_field (const char *title, const char *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwCliTable, dw_cli_table_free)

G_END_DECLS
