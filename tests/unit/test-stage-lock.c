/* test-stage-lock.c: one worker a stage, over threads and processes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The other process is this program again, as "test-stage-lock --hold DIRECTORY STAGE": it takes
 * the lock, says so with a line, and holds it until its input ends.
 */

#include "config.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deploy/dw-stage-lock.h"

typedef struct
{
  char *directory;
} Fixture;

static char *program;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;

  fixture->directory = g_dir_make_tmp ("dw-stage-lock-XXXXXX", &error);
  g_assert_no_error (error);
}

static void
remove_tree (const char *directory)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        remove_tree (path);
      else
        g_assert_cmpint (g_unlink (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (directory), ==, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  remove_tree (fixture->directory);
  g_free (fixture->directory);
}

static DwStageLock *
lock_open (Fixture *fixture, const char *stage_id)
{
  g_autoptr (GError) error = NULL;
  DwStageLock *lock = dw_stage_lock_open (fixture->directory, stage_id, &error);

  g_assert_no_error (error);
  g_assert_nonnull (lock);

  return lock;
}

static int
hold (const char *directory, const char *stage_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwStageLock) lock = dw_stage_lock_open (directory, stage_id, &error);

  if (lock == NULL || !dw_stage_lock_join_queue (lock, NULL, &error) ||
      !dw_stage_lock_work (lock, NULL, &error))
    {
      fprintf (stderr, "%s\n", error->message);
      return EXIT_FAILURE;
    }

  printf ("held\n");
  fflush (stdout);
  while (getchar () != EOF)
    continue;

  return EXIT_SUCCESS;
}

static GSubprocess *
holder_new (Fixture *fixture, const char *stage_id)
{
  g_autoptr (GError) error = NULL;
  GSubprocess *holder = g_subprocess_new (
      G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, "--hold",
      fixture->directory, stage_id, NULL);

  g_assert_no_error (error);

  return holder;
}

/* Blocks until the other process has said that it holds the lock. */
static void
holder_expect (GSubprocess *holder)
{
  g_autoptr (GError) error = NULL;
  char line[8] = "";
  gsize n_read;

  g_input_stream_read_all (g_subprocess_get_stdout_pipe (holder), line, strlen ("held\n"), &n_read,
                           NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (line, ==, "held\n");
}

static void
holder_end (GSubprocess *holder)
{
  g_autoptr (GError) error = NULL;

  g_output_stream_close (g_subprocess_get_stdin_pipe (holder), NULL, &error);
  g_assert_no_error (error);
  g_subprocess_wait_check (holder, NULL, &error);
  g_assert_no_error (error);
}

static void
test_files (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *deep = g_build_filename (fixture->directory, "a", "b", NULL);
  g_autofree char *file = g_build_filename (deep, "stage.lock", NULL);
  GStatBuf status;
  g_autoptr (DwStageLock) lock = dw_stage_lock_open (deep, "stage", &error);

  g_assert_no_error (error);
  g_assert_nonnull (lock);
  g_assert_cmpint (g_stat (file, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
  g_assert_cmpint (g_stat (deep, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0700);

  g_assert_null (dw_stage_lock_open (file, "stage", &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOTDIR);
  g_assert_nonnull (strstr (error->message, file));
}

static void
test_work (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (DwStageLock) first = lock_open (fixture, "stage");
  g_autoptr (DwStageLock) second = lock_open (fixture, "stage");
  g_autoptr (DwStageLock) other = lock_open (fixture, "other");

  g_assert_true (dw_stage_lock_try_work (first));
  g_assert_true (dw_stage_lock_try_work (first));
  g_assert_false (dw_stage_lock_try_work (second));
  g_assert_true (dw_stage_lock_try_work (other));

  g_clear_pointer (&first, dw_stage_lock_free);
  g_assert_true (dw_stage_lock_try_work (second));
}

static void
test_queue (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwStageLock) first = lock_open (fixture, "stage");
  g_autoptr (DwStageLock) second = lock_open (fixture, "stage");
  g_autoptr (DwStageLock) owner = lock_open (fixture, "stage");

  g_assert_true (dw_stage_lock_join_queue (first, NULL, &error));
  g_assert_true (dw_stage_lock_join_queue (second, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (dw_stage_lock_try_own_queue (owner));
  /* The two halves have nothing to do with each other. */
  g_assert_true (dw_stage_lock_try_work (owner));

  g_clear_pointer (&first, dw_stage_lock_free);
  g_assert_false (dw_stage_lock_try_own_queue (owner));
  g_clear_pointer (&second, dw_stage_lock_free);
  g_assert_true (dw_stage_lock_try_own_queue (owner));
}

static void
test_owned_queue (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (DwStageLock) owner = lock_open (fixture, "stage");
  g_autoptr (DwStageLock) joiner = lock_open (fixture, "stage");

  g_assert_true (dw_stage_lock_try_own_queue (owner));
  g_cancellable_cancel (cancellable);
  g_assert_false (dw_stage_lock_join_queue (joiner, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  g_clear_pointer (&owner, dw_stage_lock_free);
  g_assert_true (dw_stage_lock_join_queue (joiner, NULL, &error));
  g_assert_no_error (error);
}

typedef struct
{
  Fixture *fixture;
  int inside;
  guint total;
} Counter;

static gpointer
count_under_lock (gpointer user_data)
{
  Counter *counter = user_data;

  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (DwStageLock) lock = lock_open (counter->fixture, "stage");

      dw_stage_lock_work (lock, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (g_atomic_int_add (&counter->inside, 1), ==, 0);
      counter->total++;
      g_thread_yield ();
      g_assert_cmpint (g_atomic_int_add (&counter->inside, -1), ==, 1);
    }

  return NULL;
}

static void
test_threads (Fixture *fixture, gconstpointer user_data)
{
  Counter counter = { .fixture = fixture };
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("worker", count_under_lock, &counter);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);

  g_assert_cmpuint (counter.total, ==, 20 * G_N_ELEMENTS (threads));
}

static void
test_processes (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwStageLock) lock = lock_open (fixture, "stage");
  g_autoptr (DwStageLock) other = lock_open (fixture, "other");
  g_autoptr (GSubprocess) holder = holder_new (fixture, "stage");

  holder_expect (holder);
  g_assert_false (dw_stage_lock_try_work (lock));
  g_assert_false (dw_stage_lock_try_own_queue (lock));
  g_assert_true (dw_stage_lock_try_work (other));

  holder_end (holder);
  g_assert_true (dw_stage_lock_work (lock, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (dw_stage_lock_try_own_queue (lock));
}

/* The other way round: the other process waits for us. */
static void
test_process_waits (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (DwStageLock) lock = lock_open (fixture, "stage");
  g_autoptr (DwStageLock) probe = lock_open (fixture, "stage");

  g_assert_true (dw_stage_lock_try_work (lock));
  g_autoptr (GSubprocess) holder = holder_new (fixture, "stage");
  /* It has joined the queue, so it is on its way to the wait. */
  while (dw_stage_lock_try_own_queue (probe))
    {
      g_clear_pointer (&probe, dw_stage_lock_free);
      g_usleep (1000);
      probe = lock_open (fixture, "stage");
    }
  g_assert_false (g_pollable_input_stream_is_readable (
      G_POLLABLE_INPUT_STREAM (g_subprocess_get_stdout_pipe (holder))));

  g_clear_pointer (&lock, dw_stage_lock_free);
  holder_expect (holder);
  holder_end (holder);
}

static void
test_killed (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwStageLock) lock = lock_open (fixture, "stage");
  g_autoptr (GSubprocess) holder = holder_new (fixture, "stage");

  holder_expect (holder);
  g_assert_false (dw_stage_lock_try_work (lock));

  g_subprocess_force_exit (holder);
  g_assert_true (dw_stage_lock_work (lock, NULL, &error));
  g_assert_no_error (error);
  g_subprocess_wait (holder, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_signaled (holder));
  g_assert_true (dw_stage_lock_try_own_queue (lock));
}

/* A child that is started while we hold the lock must not go on holding it. */
static void
test_not_inherited (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (DwStageLock) lock = lock_open (fixture, "stage");
  g_autoptr (DwStageLock) next = lock_open (fixture, "stage");

  g_assert_true (dw_stage_lock_try_work (lock));
  g_autoptr (GSubprocess) child = holder_new (fixture, "other");
  holder_expect (child);

  g_clear_pointer (&lock, dw_stage_lock_free);
  g_assert_true (dw_stage_lock_try_work (next));
  holder_end (child);
}

static gpointer
cancel (gpointer user_data)
{
  g_usleep (20 * 1000);
  g_cancellable_cancel (user_data);

  return NULL;
}

static void
test_cancel (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (DwStageLock) holder = lock_open (fixture, "stage");
  g_autoptr (DwStageLock) waiter = lock_open (fixture, "stage");

  g_assert_true (dw_stage_lock_try_work (holder));
  GThread *thread = g_thread_new ("cancel", cancel, cancellable);
  g_assert_false (dw_stage_lock_work (waiter, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);

  /* and it did not get the lock after all */
  g_clear_pointer (&holder, dw_stage_lock_free);
  g_autoptr (DwStageLock) third = lock_open (fixture, "stage");
  g_assert_true (dw_stage_lock_try_work (third));
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  if (argc == 4 && g_str_equal (argv[1], "--hold"))
    return hold (argv[2], argv[3]);

  program = argv[0];
  g_test_init (&argc, &argv, NULL);

  ADD ("/deploy/stage-lock/the-files-are-private-and-made-when-missing", test_files);
  ADD ("/deploy/stage-lock/one-works-on-a-stage-at-a-time", test_work);
  ADD ("/deploy/stage-lock/many-wait-and-nobody-owns-the-queue-meanwhile", test_queue);
  ADD ("/deploy/stage-lock/nobody-joins-a-queue-that-is-owned", test_owned_queue);
  ADD ("/deploy/stage-lock/threads-exclude-each-other", test_threads);
  ADD ("/deploy/stage-lock/processes-exclude-each-other", test_processes);
  ADD ("/deploy/stage-lock/a-process-waits-for-another", test_process_waits);
  ADD ("/deploy/stage-lock/a-killed-process-lets-go", test_killed);
  ADD ("/deploy/stage-lock/a-child-does-not-inherit-it", test_not_inherited);
  ADD ("/deploy/stage-lock/cancel-ends-the-wait", test_cancel);

  return g_test_run ();
}
