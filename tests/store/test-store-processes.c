/* test-store-processes.c: transactions, and many threads and processes at one store
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "store-fixture.h"

#include <signal.h>
#include <string.h>

#define N_THREADS 8
#define N_ROUNDS 60

static const char *
id_of (gpointer entity)
{
  return dw_entity_get_id (entity);
}

static gboolean
write_project_and_line (DwStore *store, gpointer user_data, GError **error)
{
  DwDeploy *deploy = user_data;
  g_autoptr (DwProject) project G_GNUC_UNUSED = store_fixture_add_project (store, "within");

  return dw_store_append_log (store, id_of (deploy), DW_LOG_INFO, DW_DEPLOY_PULLING, "within",
                              error);
}

static gboolean
write_and_fail (DwStore *store, gpointer user_data, GError **error)
{
  g_autoptr (GPtrArray) projects = NULL;

  if (!write_project_and_line (store, user_data, error))
    return FALSE;

  /* It sees what it has written. */
  g_autoptr (DwProject) own = dw_store_find_project (store, "within", error);
  g_assert_nonnull (own);

  /* A refused write takes nothing else with it. */
  g_autoptr (DwProject)
      again = g_object_new (DW_TYPE_PROJECT, "name", "within", "image", "busybox", NULL);
  g_assert_false (dw_store_create (store, DW_ENTITY (again), NULL));
  projects = dw_store_list (store, DW_TYPE_PROJECT, error);
  g_assert_cmpuint (projects->len, ==, 2);

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "not wanted any more");
  return FALSE;
}

static DwDeploy *
add_deploy (DwStore *store)
{
  g_autoptr (DwProject) project = store_fixture_add_project (store, "shop");
  g_autoptr (DwStage) stage = store_fixture_add_stage (store, project, "prod");

  return store_fixture_add_deploy (store, stage, "v1");
}

static void
test_a_failed_transaction_undoes_everything (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwDeploy) deploy = add_deploy (fixture->store);

  g_assert_false (dw_store_transact (fixture->store, write_and_fail, deploy, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  g_assert_null (dw_store_find_project (fixture->store, "within", &error));
  g_assert_error (error, DW_STORE_ERROR, DW_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_cmpint (store_fixture_count (fixture, "SELECT count (*) FROM deploy_logs"), ==, 0);

  /* The next one works. */
  g_assert_true (dw_store_transact (fixture->store, write_project_and_line, deploy, &error));
  g_assert_no_error (error);
  g_assert_cmpint (store_fixture_count (fixture, "SELECT count (*) FROM deploy_logs"), ==, 1);
}

static gboolean
write_in_steps (DwStore *store, gpointer user_data, GError **error)
{
  g_autoptr (GError) problem = NULL;

  g_assert_false (dw_store_transact (store, write_and_fail, user_data, &problem));
  g_assert_error (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  return dw_store_transact (store, write_project_and_line, user_data, error);
}

static void
test_steps_within_a_transaction (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwDeploy) deploy = add_deploy (fixture->store);

  g_assert_true (dw_store_transact (fixture->store, write_in_steps, deploy, &error));
  g_assert_no_error (error);
  g_assert_cmpint (store_fixture_count (fixture, "SELECT count (*) FROM deploy_logs"), ==, 1);
  g_assert_cmpint (store_fixture_count (fixture, "SELECT count (*) FROM projects"), ==, 2);
}

static gpointer
count_projects (gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) projects = dw_store_list (data, DW_TYPE_PROJECT, &error);

  g_assert_no_error (error);

  return GUINT_TO_POINTER (projects->len);
}

static gboolean
write_while_another_looks (DwStore *store, gpointer user_data, GError **error)
{
  if (!write_project_and_line (store, user_data, error))
    return FALSE;

  GThread *thread = g_thread_new ("reader", count_projects, store);
  g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (thread)), ==, 1);
  g_assert_cmpuint (GPOINTER_TO_UINT (count_projects (store)), ==, 2);

  return TRUE;
}

static void
test_nobody_sees_a_transaction_before_its_end (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwDeploy) deploy = add_deploy (fixture->store);

  g_assert_true (dw_store_transact (fixture->store, write_while_another_looks, deploy, &error));
  g_assert_no_error (error);

  GThread *thread = g_thread_new ("reader", count_projects, fixture->store);
  g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (thread)), ==, 2);
}

typedef struct
{
  DwStore *store;
  DwDeploy *deploy;
  int number;
} Worker;

static gboolean
write_two_lines (DwStore *store, gpointer user_data, GError **error)
{
  Worker *worker = user_data;

  return dw_store_append_log (store, id_of (worker->deploy), DW_LOG_INFO, DW_DEPLOY_PULLING, "one",
                              error) &&
         dw_store_append_log (store, id_of (worker->deploy), DW_LOG_INFO, DW_DEPLOY_PULLING, "two",
                              error);
}

/* Every other line is one of a pair that nobody may see half of. */
static gpointer
work (gpointer data)
{
  Worker *worker = data;
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < N_ROUNDS; i++)
    {
      g_autofree char *name = g_strdup_printf ("p-%d-%d", worker->number, i);
      g_autoptr (DwProject) project = store_fixture_add_project (worker->store, name);

      dw_store_transact (worker->store, write_two_lines, worker, &error);
      g_assert_no_error (error);

      g_autoptr (GPtrArray)
          lines = dw_store_list_logs (worker->store, id_of (worker->deploy), 0, 0, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (lines->len % 2, ==, 0);
      g_assert_cmpuint (lines->len, >=, (i + 1) * 2);

      g_autoptr (DwProject) found = dw_store_find_project (worker->store, name, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (id_of (found), ==, id_of (project));
    }

  return NULL;
}

static void
test_many_threads (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (DwDeploy) deploy = add_deploy (fixture->store);
  Worker workers[N_THREADS];
  GThread *threads[N_THREADS];

  for (int i = 0; i < N_THREADS; i++)
    {
      workers[i] = (Worker){ fixture->store, deploy, i };
      threads[i] = g_thread_new ("worker", work, &workers[i]);
    }
  for (int i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);

  g_assert_cmpint (store_fixture_count (fixture, "SELECT count (*) FROM deploy_logs"), ==,
                   2 * N_THREADS * N_ROUNDS);
  g_assert_cmpint (store_fixture_count (fixture, "SELECT count (*) FROM projects"), ==,
                   N_THREADS * N_ROUNDS + 1);
}

/* The only deploy that there is. */
static DwDeploy *
find_deploy (DwStore *store)
{
  g_autoptr (GPtrArray) deploys = dw_store_list_recent_deploys (store, 1, NULL);

  g_assert_cmpuint (deploys->len, ==, 1);
  return g_object_ref (deploys->pdata[0]);
}

static int
run_writer (DwStore *store)
{
  g_autoptr (DwDeploy) deploy = find_deploy (store);
  Worker worker = { store, deploy, N_THREADS };

  store_fixture_say_ready ();
  work (&worker);

  return 0;
}

static void
test_two_processes (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwDeploy) deploy = add_deploy (fixture->store);
  g_autoptr (GSubprocess) process = store_fixture_spawn ("write", fixture->path, 0);
  Worker worker = { fixture->store, deploy, 0 };

  store_fixture_await_ready (process);
  work (&worker);
  g_assert_true (g_subprocess_wait_check (process, NULL, &error));
  g_assert_no_error (error);

  g_assert_cmpint (store_fixture_count (fixture, "SELECT count (*) FROM deploy_logs"), ==,
                   4 * N_ROUNDS);
  g_assert_cmpint (store_fixture_count (fixture, "SELECT count (*) FROM projects"), ==,
                   2 * N_ROUNDS + 1);
}

static gboolean
write_and_wait (DwStore *store, gpointer user_data, GError **error)
{
  if (!write_project_and_line (store, user_data, error))
    return FALSE;

  store_fixture_say_ready ();
  store_fixture_await_end ();
  return TRUE;
}

static int
run_transaction (DwStore *store)
{
  g_autoptr (DwDeploy) deploy = find_deploy (store);

  return dw_store_transact (store, write_and_wait, deploy, NULL) ? 0 : 1;
}

static void
test_a_killed_writer (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwDeploy) deploy = add_deploy (fixture->store);

  store_fixture_close (fixture);
  g_autoptr (GSubprocess) process = store_fixture_spawn ("transact", fixture->path, 0);
  store_fixture_await_ready (process);
  g_subprocess_send_signal (process, SIGKILL);
  g_assert_true (g_subprocess_wait (process, NULL, &error));
  g_assert_cmpint (g_subprocess_get_term_sig (process), ==, SIGKILL);

  store_fixture_reopen (fixture);
  store_fixture_assert_missing (fixture->store, DW_TYPE_PROJECT, "within");
  g_autoptr (DwDeploy) read G_GNUC_UNUSED = store_fixture_read_again (fixture->store, deploy);
  g_assert_true (dw_store_transact (fixture->store, write_project_and_line, deploy, &error));
  g_assert_no_error (error);
  g_assert_cmpint (store_fixture_count (fixture, "SELECT count (*) FROM pragma_integrity_check "
                                                 "WHERE integrity_check = 'ok'"),
                   ==, 1);
  g_assert_cmpint (store_fixture_count (fixture, "SELECT count (*) FROM deploy_logs"), ==, 1);
}

/* Reading goes on while another process is within a transaction. */
static void
test_readers_do_not_wait (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (DwDeploy) deploy G_GNUC_UNUSED = add_deploy (fixture->store);
  g_autoptr (GSubprocess) process = store_fixture_spawn ("transact", fixture->path, 0);

  store_fixture_await_ready (process);
  g_assert_cmpuint (GPOINTER_TO_UINT (count_projects (fixture->store)), ==, 1);
  g_output_stream_close (g_subprocess_get_stdin_pipe (process), NULL, NULL);
  g_assert_true (g_subprocess_wait_check (process, NULL, NULL));
  g_assert_cmpuint (GPOINTER_TO_UINT (count_projects (fixture->store)), ==, 2);
}

static int
run_task (const char *task, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwStore) store = dw_store_open (path, &error);

  g_assert_no_error (error);

  return g_str_equal (task, "write") ? run_writer (store) : run_transaction (store);
}

int
main (int argc, char **argv)
{
  const char *task = store_fixture_get_task (argc, argv);

  if (task != NULL)
    return run_task (task, argv[2]);

  g_test_init (&argc, &argv, NULL);

  store_test_add ("/store/transactions/a-failed-one-undoes-everything",
                  test_a_failed_transaction_undoes_everything);
  store_test_add ("/store/transactions/one-within-another-undoes-its-own-part",
                  test_steps_within_a_transaction);
  store_test_add ("/store/transactions/nobody-sees-one-before-its-end",
                  test_nobody_sees_a_transaction_before_its_end);
  store_test_add ("/store/threads/eight-write-and-read-at-once", test_many_threads);
  store_test_add ("/store/processes/two-that-write-at-once-lose-nothing", test_two_processes);
  store_test_add ("/store/processes/a-killed-writer-leaves-the-store-whole", test_a_killed_writer);
  store_test_add ("/store/processes/readers-do-not-wait-for-a-writer", test_readers_do_not_wait);

  return g_test_run ();
}
