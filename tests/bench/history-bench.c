/* history-bench.c: pages of a history of a million deploys against SQLite's LIMIT and OFFSET
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A page is asked for at the same places all over the history: ours as a view does, from the
 * windowed list, until the row is there with the names of its project and stage; the peer as a
 * program does that asks SQLite's C API for the page with LIMIT and OFFSET, in the order of the
 * same index, and throws the rows away. The medians count. Beside that, no step of the main loop
 * may take longer than a frame has, while the list is scrolled from end to end, filtered and
 * sorted.
 *
 * On stderr it says what else it measured. Prints: history ours=MS peer=MS ratio=R limit=L ok|short
 */

#include "config.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/dw-store-window.h"

#define N_JUMPS 101
#define PAGE_LENGTH 100
#define ROWS_IN_VIEW 40
#define ROWS_PER_STEP 250
#define FRAME_MS 33.0
#define LIMIT 1.00

static double longest_step_ms;

static void
fail (const char *what, const char *message)
{
  g_printerr ("history-bench: %s: %s\n", what, message);
  exit (1);
}

static double
get_ms_since (gint64 began)
{
  return (double) (g_get_monotonic_time () - began) / 1000;
}

/* What the main loop does at once is what a frame would wait for. */
static void
run_main_loop (void)
{
  gint64 began = g_get_monotonic_time ();

  while (g_main_context_iteration (NULL, FALSE))
    {
      longest_step_ms = MAX (longest_step_ms, get_ms_since (began));
      began = g_get_monotonic_time ();
    }
}

static double
await_row (DwStoreWindow *list, guint place)
{
  gint64 began = g_get_monotonic_time ();
  g_autoptr (DwStoreRow) row = g_list_model_get_item (G_LIST_MODEL (list), place);

  if (row == NULL)
    fail ("row", "there are fewer rows");
  while (dw_store_row_get_entity (row) == NULL)
    {
      run_main_loop ();
      g_usleep (20);
    }

  return get_ms_since (began);
}

static double
await_complete (DwStoreWindow *list, gint64 began)
{
  while (!dw_store_window_is_complete (list))
    {
      run_main_loop ();
      g_usleep (100);
    }

  return get_ms_since (began);
}

static void
on_items_changed (
    GListModel *list, guint position, guint n_removed, guint n_added, double *first_ms)
{
  if (*first_ms < 0)
    *first_ms = (double) g_get_monotonic_time () / 1000;
}

/* When its first rows are there, and when all are known. */
static void
report_change (DwStoreWindow *list, const char *what, gint64 began, double *first_ms)
{
  double whole_ms = await_complete (list, began);

  g_printerr ("history-bench: %s: first rows after %.1f ms, all %u after %.0f ms\n", what,
              *first_ms < 0 ? whole_ms : *first_ms - (double) began / 1000,
              g_list_model_get_n_items (G_LIST_MODEL (list)), whole_ms);
  *first_ms = -1;
}

static void
change_filters (DwStoreWindow *list, double *first_ms)
{
  static const struct
  {
    const char *what;
    DwStoreFilter filter;
  } filters[] = {
    { "failed", { .statuses = DW_STORE_BIT (DW_DEPLOY_FAILED) } },
    { "text of one project", { .text = "project-0500" } },
    { "text of nothing", { .text = "nothing of it" } },
    { "all", { NULL } },
  };
  static const char *const orders[DW_STORE_N_SORTS] = {
    "by time", "by duration", "by project", "by tag", "by status",
  };

  for (guint i = 0; i < G_N_ELEMENTS (filters); i++)
    {
      gint64 began = g_get_monotonic_time ();

      dw_store_window_set_filter (list, &filters[i].filter);
      report_change (list, filters[i].what, began, first_ms);
    }
  for (guint i = 0; i < DW_STORE_N_SORTS; i++)
    {
      gint64 began = g_get_monotonic_time ();

      dw_store_window_set_sort (list, i, FALSE);
      report_change (list, orders[i], began, first_ms);
    }
}

static void
scroll (DwStoreWindow *list)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (list));
  gint64 began = g_get_monotonic_time ();

  for (guint place = 0; place + ROWS_IN_VIEW <= n; place += ROWS_PER_STEP)
    {
      DwStoreRow *rows[ROWS_IN_VIEW];
      gint64 step_began = g_get_monotonic_time ();

      for (guint i = 0; i < ROWS_IN_VIEW; i++)
        rows[i] = g_list_model_get_item (G_LIST_MODEL (list), place + i);
      longest_step_ms = MAX (longest_step_ms, get_ms_since (step_began));
      run_main_loop ();
      for (guint i = 0; i < ROWS_IN_VIEW; i++)
        g_object_unref (rows[i]);
    }
  g_printerr ("history-bench: scrolled through %u rows in %.0f ms\n", n, get_ms_since (began));
}

/* A text a row, as a view would show it. */
static double
read_page (sqlite3_stmt *statement, guint place)
{
  gint64 began = g_get_monotonic_time ();
  guint n = 0;

  sqlite3_bind_int (statement, 1, (int) place);
  for (; sqlite3_step (statement) == SQLITE_ROW; n++)
    if (sqlite3_column_text (statement, 0) == NULL)
      fail ("peer", "a row has no id");
  sqlite3_reset (statement);
  if (n != PAGE_LENGTH)
    fail ("peer", "a page is not whole");

  return get_ms_since (began);
}

static int
compare_numbers (const void *a, const void *b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
make_history (const char *program, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_path_get_dirname (program);
  g_autofree char *maker = g_build_filename (folder, "make-history", NULL);
  const char *arguments[] = { maker, path, NULL };
  int status = 0;

  if (!g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL,
                     &status, &error) ||
      !g_spawn_check_wait_status (status, &error))
    fail (maker, error->message);
}

static long
get_resident_mib (void)
{
  g_autofree char *text = NULL;
  long size = 0, resident = 0;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL) ||
      sscanf (text, "%ld %ld", &size, &resident) != 2)
    fail ("memory", "it is not known");

  return resident * (sysconf (_SC_PAGESIZE) / 1024) / 1024;
}

static void
measure (const char *path, double *our_ms, double *peer_ms)
{
  static double ours[N_JUMPS], peers[N_JUMPS];
  g_autoptr (GError) error = NULL;
  g_autoptr (DwStore) store = dw_store_open (path, &error);
  sqlite3 *handle = NULL;
  sqlite3_stmt *statement = NULL;
  double first_ms = -1;

  if (store == NULL)
    fail (path, error->message);
  if (sqlite3_open_v2 (path, &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) !=
          SQLITE_OK ||
      sqlite3_prepare_v2 (handle,
                          "SELECT * FROM deploys ORDER BY created_at DESC, rowid DESC "
                          "LIMIT 100 OFFSET ?",
                          -1, &statement, NULL) != SQLITE_OK)
    fail (path, sqlite3_errmsg (handle));

  gint64 began = g_get_monotonic_time ();
  DwStoreWindow *list = dw_store_window_new_deploys (store, NULL);
  g_signal_connect (list, "items-changed", G_CALLBACK (on_items_changed), &first_ms);
  report_change (list, "opened", began, &first_ms);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (list));

  for (guint i = 0; i < N_JUMPS; i++)
    {
      guint place = (guint) ((i * 2654435761u) % (n - PAGE_LENGTH));

      ours[i] = await_row (list, place);
      peers[i] = read_page (statement, place);
    }
  qsort (ours, N_JUMPS, sizeof *ours, compare_numbers);
  qsort (peers, N_JUMPS, sizeof *peers, compare_numbers);
  g_printerr ("history-bench: a page took %.1f ms, at most %.1f ms\n", ours[N_JUMPS / 2],
              ours[N_JUMPS - 1]);

  scroll (list);
  change_filters (list, &first_ms);
  g_printerr ("history-bench: the longest step of the main loop took %.1f ms; %ld MiB resident\n",
              longest_step_ms, get_resident_mib ());

  *our_ms = ours[N_JUMPS / 2];
  *peer_ms = peers[N_JUMPS / 2];
  sqlite3_finalize (statement);
  sqlite3_close (handle);
  g_object_unref (list);
}

int
main (int argc, char **argv)
{
  static const char *suffixes[] = { "", "-wal", "-shm" };
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("history-bench-XXXXXX", &error);
  double our_ms, peer_ms;

  if (folder == NULL)
    fail ("temporary folder", error->message);
  g_autofree char *path = g_build_filename (folder, "history.db", NULL);

  make_history (argv[0], path);
  measure (path, &our_ms, &peer_ms);
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *file = g_strconcat (path, suffixes[i], NULL);

      g_unlink (file);
    }
  g_rmdir (folder);

  double ratio = our_ms / peer_ms;
  gboolean is_ok = ratio <= LIMIT && longest_step_ms <= FRAME_MS;
  g_print ("history ours=%.2f peer=%.2f ratio=%.2f limit=%.2f %s\n", our_ms, peer_ms, ratio, LIMIT,
           is_ok ? "ok" : "short");

  return is_ok ? 0 : 1;
}
