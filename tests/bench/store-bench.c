/* store-bench.c: inserts through the store against the same statements through SQLite's C API
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One round is what a day of deploying writes: for each deploy its row and one log line in
 * transactions of their own, as it is asked for and begins, and then its other nineteen lines
 * in one transaction, as a container's output is copied. Both sides make a UUID a row and the time
 * of each row, and bind every column of the same statements, prepared once, on connections with the
 * same pragmas; ours makes an object of each deploy besides, validates it, and notes what changed.
 * The sides take turns in one run, each in a database of its own, and the median of their rates
 * counts.
 *
 * Prints: store ours=ROWS/S peer=ROWS/S ratio=R limit=L ok|short
 */

#include "config.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <time.h>

#include "store/dw-store.h"

#define N_ROUNDS 15
#define N_DEPLOYS 100
#define N_LINES 20 /* of one deploy */
#define ROWS_PER_ROUND (N_DEPLOYS * (1 + N_LINES))
#define LIMIT 0.80

#define IMAGE "registry.example.com/team/shop"
#define TAG "v1.2.3"
#define MESSAGE "Pulling sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

static void
fail (const char *what, const char *message)
{
  g_printerr ("store-bench: %s: %s\n", what, message);
  exit (1);
}

static void
check_error (const char *what, GError *error)
{
  if (error != NULL)
    fail (what, error->message);
}

/* A project and a stage for the deploys; both sides begin with the same file. */
static void
create_parents (DwStore *store, char **project_id, char **stage_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwProject)
      project = g_object_new (DW_TYPE_PROJECT, "name", "shop", "image", IMAGE, NULL);

  dw_store_create (store, DW_ENTITY (project), &error);
  check_error ("project", error);

  g_autoptr (DwStage) stage = g_object_new (
      DW_TYPE_STAGE, "project-id", dw_entity_get_id (DW_ENTITY (project)), "name", "prod", NULL);
  dw_store_create (store, DW_ENTITY (stage), &error);
  check_error ("stage", error);

  *project_id = g_strdup (dw_entity_get_id (DW_ENTITY (project)));
  *stage_id = g_strdup (dw_entity_get_id (DW_ENTITY (stage)));
}

typedef struct
{
  DwStore *store;
  char *project_id;
  char *stage_id;
  const char *deploy_id; /* the one whose lines are written */
} Ours;

static gboolean
append_lines (DwStore *store, gpointer user_data, GError **error)
{
  Ours *self = user_data;

  for (int i = 1; i < N_LINES; i++)
    if (!dw_store_append_log (store, self->deploy_id, DW_LOG_INFO, DW_DEPLOY_PULLING, MESSAGE,
                              error))
      return FALSE;

  return TRUE;
}

static void
ours_run (Ours *self)
{
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < N_DEPLOYS; i++)
    {
      g_autoptr (DwDeploy)
          deploy = g_object_new (DW_TYPE_DEPLOY, "project-id", self->project_id, "stage-id",
                                 self->stage_id, "image", IMAGE, "tag", TAG, NULL);

      dw_store_create (self->store, DW_ENTITY (deploy), &error);
      check_error ("deploy", error);

      self->deploy_id = dw_entity_get_id (DW_ENTITY (deploy));
      dw_store_append_log (self->store, self->deploy_id, DW_LOG_INFO, DW_DEPLOY_PENDING, MESSAGE,
                           &error);
      check_error ("line", error);
      dw_store_transact (self->store, append_lines, self, &error);
      check_error ("lines", error);
    }
}

typedef struct
{
  sqlite3 *handle;
  sqlite3_stmt *begin;
  sqlite3_stmt *commit;
  sqlite3_stmt *insert_deploy;
  sqlite3_stmt *insert_line;
  char *project_id;
  char *stage_id;
} Peer;

static sqlite3_stmt *
prepare (Peer *self, const char *sql)
{
  sqlite3_stmt *stmt = NULL;

  if (sqlite3_prepare_v3 (self->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) !=
      SQLITE_OK)
    fail (sql, sqlite3_errmsg (self->handle));

  return stmt;
}

static void
peer_open (Peer *self, const char *path)
{
  if (sqlite3_open_v2 (path, &self->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
          SQLITE_OK ||
      sqlite3_exec (self->handle,
                    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; "
                    "PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000",
                    NULL, NULL, NULL) != SQLITE_OK)
    fail (path, sqlite3_errmsg (self->handle));

  self->begin = prepare (self, "BEGIN IMMEDIATE");
  self->commit = prepare (self, "COMMIT");
  self->insert_deploy = prepare (
      self, "INSERT INTO deploys (id, created_at, updated_at, project_id, stage_id, instance_id, "
            "image, tag, digest, \"trigger\", status, error, started_at, finished_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  self->insert_line = prepare (
      self, "INSERT INTO deploy_logs (created_at, updated_at, deploy_id, level, phase, message) "
            "VALUES (?, ?, ?, ?, ?, ?)");
}

static void
peer_close (Peer *self)
{
  sqlite3_finalize (self->begin);
  sqlite3_finalize (self->commit);
  sqlite3_finalize (self->insert_deploy);
  sqlite3_finalize (self->insert_line);
  sqlite3_close (self->handle);
  g_free (self->project_id);
  g_free (self->stage_id);
}

static void
step (Peer *self, sqlite3_stmt *stmt)
{
  if (sqlite3_step (stmt) != SQLITE_DONE)
    fail ("peer", sqlite3_errmsg (self->handle));
  sqlite3_reset (stmt);
}

static void
bind_text (sqlite3_stmt *stmt, int index, const char *text)
{
  sqlite3_bind_text (stmt, index, text, -1, SQLITE_STATIC);
}

/* As a program in C that cares for speed makes it. */
static void
print_now (char now[32])
{
  struct timespec time;
  struct tm parts;

  clock_gettime (CLOCK_REALTIME, &time);
  gmtime_r (&time.tv_sec, &parts);
  g_snprintf (now, 32, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year + 1900,
              parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
              (int) (time.tv_nsec / 1000000));
}

static void
peer_insert_line (Peer *self, const char *deploy_id, const char *phase)
{
  char now[32];

  print_now (now);
  bind_text (self->insert_line, 1, now);
  bind_text (self->insert_line, 2, now);
  bind_text (self->insert_line, 3, deploy_id);
  bind_text (self->insert_line, 4, "info");
  bind_text (self->insert_line, 5, phase);
  bind_text (self->insert_line, 6, MESSAGE);
  step (self, self->insert_line);
}

static void
peer_run (Peer *self)
{
  for (int i = 0; i < N_DEPLOYS; i++)
    {
      g_autofree char *id = g_uuid_string_random ();
      char now[32];

      print_now (now);
      bind_text (self->insert_deploy, 1, id);
      bind_text (self->insert_deploy, 2, now);
      bind_text (self->insert_deploy, 3, now);
      bind_text (self->insert_deploy, 4, self->project_id);
      bind_text (self->insert_deploy, 5, self->stage_id);
      sqlite3_bind_null (self->insert_deploy, 6);
      bind_text (self->insert_deploy, 7, IMAGE);
      bind_text (self->insert_deploy, 8, TAG);
      sqlite3_bind_null (self->insert_deploy, 9);
      bind_text (self->insert_deploy, 10, "manual");
      bind_text (self->insert_deploy, 11, "pending");
      sqlite3_bind_null (self->insert_deploy, 12);
      sqlite3_bind_null (self->insert_deploy, 13);
      sqlite3_bind_null (self->insert_deploy, 14);
      step (self, self->insert_deploy);

      peer_insert_line (self, id, "pending");
      step (self, self->begin);
      for (int j = 1; j < N_LINES; j++)
        peer_insert_line (self, id, "pulling");
      step (self, self->commit);
    }
}

/* Makes the file with the store, so that both have the same schema. */
static DwStore *
make_database (const char *path, char **project_id, char **stage_id)
{
  g_autoptr (GError) error = NULL;
  DwStore *store = dw_store_open (path, &error);

  check_error (path, error);
  create_parents (store, project_id, stage_id);

  return store;
}

static int
compare_numbers (const void *a, const void *b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
get_median (double *numbers)
{
  qsort (numbers, N_ROUNDS, sizeof *numbers, compare_numbers);
  return numbers[N_ROUNDS / 2];
}

static void
check_rows (const char *path)
{
  sqlite3 *handle = NULL;
  sqlite3_stmt *stmt = NULL;

  if (sqlite3_open (path, &handle) != SQLITE_OK ||
      sqlite3_prepare_v2 (handle,
                          "SELECT (SELECT count (*) FROM deploys) "
                          "+ (SELECT count (*) FROM deploy_logs)",
                          -1, &stmt, NULL) != SQLITE_OK ||
      sqlite3_step (stmt) != SQLITE_ROW ||
      sqlite3_column_int (stmt, 0) != (N_ROUNDS + 1) * ROWS_PER_ROUND)
    fail (path, "not every row was written");
  sqlite3_finalize (stmt);
  sqlite3_close (handle);
}

static void
remove_database (const char *path)
{
  static const char *suffixes[] = { "", "-wal", "-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *file = g_strconcat (path, suffixes[i], NULL);

      g_unlink (file);
    }
}

int
main (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("store-bench-XXXXXX", &error);
  check_error ("temporary folder", error);
  g_autofree char *our_path = g_build_filename (folder, "ours.db", NULL);
  g_autofree char *peer_path = g_build_filename (folder, "peer.db", NULL);
  double our_rates[N_ROUNDS], peer_rates[N_ROUNDS];
  Ours ours = { NULL };
  Peer peer = { NULL };

  ours.store = make_database (our_path, &ours.project_id, &ours.stage_id);
  g_object_unref (make_database (peer_path, &peer.project_id, &peer.stage_id));
  peer_open (&peer, peer_path);

  /* The first round warms both up and does not count. */
  for (int i = -1; i < N_ROUNDS; i++)
    {
      gint64 began = g_get_monotonic_time ();
      ours_run (&ours);
      gint64 changed = g_get_monotonic_time ();
      peer_run (&peer);
      gint64 ended = g_get_monotonic_time ();

      if (i >= 0)
        {
          our_rates[i] = ROWS_PER_ROUND * 1e6 / (double) (changed - began);
          peer_rates[i] = ROWS_PER_ROUND * 1e6 / (double) (ended - changed);
        }
    }

  g_object_unref (ours.store);
  g_free (ours.project_id);
  g_free (ours.stage_id);
  peer_close (&peer);
  check_rows (our_path);
  check_rows (peer_path);
  remove_database (our_path);
  remove_database (peer_path);
  g_rmdir (folder);

  double our_rate = get_median (our_rates);
  double peer_rate = get_median (peer_rates);
  double ratio = our_rate / peer_rate;
  gboolean is_ok = ratio >= LIMIT;
  g_print ("store ours=%.0f peer=%.0f ratio=%.2f limit=%.2f %s\n", our_rate, peer_rate, ratio,
           LIMIT, is_ok ? "ok" : "short");

  return is_ok ? 0 : 1;
}
