/* make-history.c: a database with a long history, for benchmarks
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * make-history PATH [--projects N] [--deploys N]
 *
 * Each project has three stages, and each stage what runs in it; its deploys go back three years
 * from now, and all have ended. The schema is that of the program, and so are the projects and the
 * stages; the deploys are written past it, in one statement, and are the same each time but for
 * their times.
 */

#include "config.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "store/dw-store.h"

static const char *const stage_names[] = { "dev", "staging", "prod" };

static const char make_deploys[] =
    "WITH RECURSIVE numbers (i) AS ("
    "  SELECT 0 UNION ALL SELECT i + 1 FROM numbers WHERE i + 1 < :deploys), "
    "made (i, stage, hash, running, began) AS ("
    "  SELECT i, i * 7919 % :stages, i * 2654435761 % 4294967296, i >= :deploys - :stages,"
    "    unixepoch ('now', '-1 hour') - (:deploys - i) * (3 * 365 * 86400.0 / :deploys)"
    "  FROM numbers) "
    "INSERT INTO deploys (id, created_at, updated_at, project_id, stage_id, instance_id, image, "
    "  tag, digest, \"trigger\", status, error, started_at, finished_at) "
    "SELECT printf ('%08x-0000-4000-8000-%012x', hash, i),"
    "  strftime ('%Y-%m-%dT%H:%M:%fZ', began, 'unixepoch'),"
    "  strftime ('%Y-%m-%dT%H:%M:%fZ', began + 2 + hash % 97, 'unixepoch'),"
    "  project_id, id,"
    "  iif (running, printf ('%08x-0001-4000-8000-%012x', hash, i), NULL),"
    "  image, printf ('v%d.%d.%d', i / 100000, i / 1000 % 100, i % 1000),"
    "  printf ('sha256:%08x%056x', hash, i),"
    "  CASE i % 6 WHEN 0 THEN 'manual' WHEN 1 THEN 'webhook' WHEN 2 THEN 'promote'"
    "    WHEN 3 THEN 'cli' ELSE 'watch' END,"
    "  CASE WHEN running THEN 'success' WHEN i % 20 = 7 THEN 'failed'"
    "    WHEN i % 97 = 5 THEN 'rolled_back' ELSE 'success' END,"
    "  CASE WHEN NOT running AND i % 20 = 7"
    "    THEN 'The container ended with code ' || (i % 3) || ' before it was healthy' END,"
    "  strftime ('%Y-%m-%dT%H:%M:%fZ', began + 1, 'unixepoch'),"
    "  strftime ('%Y-%m-%dT%H:%M:%fZ', began + 2 + hash % 97, 'unixepoch') "
    "FROM made JOIN temp.numbered ON number = stage";

/* What the last deploy of each stage started. */
static const char make_instances[] =
    "INSERT INTO instances (id, created_at, updated_at, stage_id, deploy_id, container_id,"
    "  container_name, image, tag, digest, host_port, status) "
    "SELECT instance_id, created_at, updated_at, stage_id, id, substr (digest, 8),"
    "  'app-' || substr (id, 1, 8), image, tag, digest, 1024 + rowid % 60000, 'running' "
    "FROM deploys WHERE instance_id IS NOT NULL;"
    "UPDATE stages SET current_instance_id ="
    "  (SELECT i.id FROM instances i WHERE i.stage_id = stages.id)";

static void
check_error (const char *what, GError *error)
{
  if (error == NULL)
    return;

  g_printerr ("make-history: %s: %s\n", what, error->message);
  exit (1);
}

static void
check_code (sqlite3 *handle, int code)
{
  if (code == SQLITE_OK || code == SQLITE_DONE)
    return;

  g_printerr ("make-history: %s\n", sqlite3_errmsg (handle));
  exit (1);
}

static gboolean
make_projects (DwStore *store, gpointer user_data, GError **error)
{
  int n_projects = *(int *) user_data;

  for (int i = 0; i < n_projects; i++)
    {
      g_autofree char *name = g_strdup_printf ("project-%04d", i);
      g_autofree char *image = g_strdup_printf ("registry.example.com/team/app-%04d", i);
      g_autoptr (DwProject) project = g_object_new (DW_TYPE_PROJECT, "name", name, "image", image,
                                                    "port", 8080, NULL);

      if (!dw_store_create (store, DW_ENTITY (project), error))
        return FALSE;

      for (int j = 0; j < (int) G_N_ELEMENTS (stage_names); j++)
        {
          g_autoptr (DwStage) stage = g_object_new (DW_TYPE_STAGE, "project-id",
                                                    dw_entity_get_id (DW_ENTITY (project)), "name",
                                                    stage_names[j], "position", j, NULL);

          if (!dw_store_create (store, DW_ENTITY (stage), error))
            return FALSE;
        }
    }

  return TRUE;
}

static void
make_history (const char *path, int n_stages, int n_deploys)
{
  sqlite3 *handle = NULL;
  sqlite3_stmt *statement = NULL;

  check_code (handle, sqlite3_open (path, &handle));
  check_code (handle, sqlite3_exec (handle,
                                    "PRAGMA synchronous = OFF; PRAGMA cache_size = -262144; BEGIN;"
                                    "CREATE TEMP TABLE numbered (number INTEGER PRIMARY KEY, id, "
                                    "  project_id, image);"
                                    "INSERT INTO temp.numbered SELECT"
                                    "  row_number () OVER (ORDER BY p.name, s.position) - 1,"
                                    "  s.id, p.id, p.image "
                                    "FROM stages s JOIN projects p ON p.id = s.project_id;",
                                    NULL, NULL, NULL));

  check_code (handle, sqlite3_prepare_v2 (handle, make_deploys, -1, &statement, NULL));
  sqlite3_bind_int (statement, sqlite3_bind_parameter_index (statement, ":deploys"), n_deploys);
  sqlite3_bind_int (statement, sqlite3_bind_parameter_index (statement, ":stages"), n_stages);
  check_code (handle, sqlite3_step (statement));
  check_code (handle, sqlite3_finalize (statement));

  check_code (handle, sqlite3_exec (handle, make_instances, NULL, NULL, NULL));
  check_code (handle,
              sqlite3_exec (handle, "COMMIT; PRAGMA wal_checkpoint (TRUNCATE)", NULL, NULL, NULL));
  check_code (handle, sqlite3_close (handle));
}

int
main (int argc, char **argv)
{
  int n_projects = 1000;
  int n_deploys = 1000000;
  const GOptionEntry entries[] = {
    { "projects", 0, 0, G_OPTION_ARG_INT, &n_projects, "How many projects (1000)", "N" },
    { "deploys", 0, 0, G_OPTION_ARG_INT, &n_deploys, "How many deploys (1000000)", "N" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new ("PATH");

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2 || n_projects < 1 ||
      n_deploys < 1)
    {
      g_printerr ("make-history: %s\n",
                  error != NULL ? error->message : "one path, and numbers above zero");
      return 2;
    }

  g_autoptr (DwStore) store = dw_store_open (argv[1], &error);
  check_error (argv[1], error);
  dw_store_transact (store, make_projects, &n_projects, &error);
  check_error (argv[1], error);
  g_clear_object (&store);

  make_history (argv[1], n_projects * (int) G_N_ELEMENTS (stage_names), n_deploys);
  return 0;
}
