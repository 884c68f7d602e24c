/* dw-test-row.h: tries out what a form says, and tells what came of it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define DW_TYPE_TEST_ROW (dw_test_row_get_type ())

/* With "title" and "subtitle" of the parent; the subtitle makes place for what came of it. Signal:
 *   "test"     the button was pressed; somebody calls dw_test_row_run()
 *   "tested" (const GError *error)   what came of it is shown; NULL when it was good
 */
G_DECLARE_FINAL_TYPE (DwTestRow, dw_test_row, DW, TEST_ROW, AdwActionRow)

/* Called in a thread. Returns: (transfer full) (nullable): what to say of the success */
typedef char *(*DwTestFunc) (gpointer data, GCancellable *cancellable, GError **error);

void dw_test_row_run (DwTestRow *self, DwTestFunc function, gpointer data, GDestroyNotify free);
void dw_test_row_show_problem (DwTestRow *self, const char *problem);
void dw_test_row_set_can_test (DwTestRow *self, gboolean can_test);
void dw_test_row_forget (DwTestRow *self);

G_END_DECLS
