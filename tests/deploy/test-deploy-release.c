/* test-deploy-release.c: what runs once before a new version starts
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "deploy-fixture.h"

static void
set_release (Fixture *self, const char *command, int timeout_s)
{
  g_autoptr (GError) error = NULL;

  g_object_set (self->stage, "release-command", command, "release-timeout-seconds", timeout_s,
                NULL);
  dw_store_update (self->store, DW_ENTITY (self->stage), &error);
  g_assert_no_error (error);
}

static guint
count (const char *text, const char *part)
{
  guint n = 0;

  for (const char *p = text; (p = strstr (p, part)) != NULL; p += strlen (part))
    n++;

  return n;
}

/* Where nothing is left of the containers that it ran in. */
static void
assert_serves_alone (Fixture *self, const char *version)
{
  fixture_assert_serves (self, fixture_stage_id (self), version);
  g_assert_cmpuint (fixture_count_containers (self, fixture_stage_id (self), FALSE), ==, 1);
}

static void
test_runs_once (Fixture *self, gconstpointer data)
{
  g_autoptr (DwDeployJob) job = NULL;
  g_autofree char *log = NULL;

  fixture_push (self, "v1", NULL);
  g_object_set (self->stage, "env", "{\"DATABASE\":\"shop\"}", NULL);
  set_release (self, "sh -c 'echo \"migrates $DATABASE to $(cat /www/index.html)\"; echo oh >&2'",
               60);

  job = fixture_deploy (self, "v1");
  fixture_assert_good (job);
  log = fixture_get_log (self, job);
  g_assert_cmpuint (count (log, "│ migrates shop to v1\n"), ==, 1);
  g_assert_cmpuint (count (log, "│ oh\n"), ==, 1);
  assert_serves_alone (self, "v1");
}

static void
test_failure (Fixture *self, gconstpointer data)
{
  g_autoptr (DwDeployJob) job = NULL;
  g_autofree char *log = NULL;

  fixture_push (self, "v1", NULL);
  fixture_push (self, "v2", NULL);
  fixture_deploy_well (self, "v1");
  set_release (self, "sh -c 'echo no such table; exit 5'", 60);

  job = fixture_deploy (self, "v2");
  g_assert_error (dw_deploy_job_get_error (job), DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_RELEASE);
  fixture_assert_status (self, job, DW_DEPLOY_FAILED);
  log = fixture_get_log (self, job);
  g_assert_cmpuint (count (log, "│ no such table\n"), ==, 1);
  g_assert_cmpuint (count (log, "exit status 5"), ==, 1);
  assert_serves_alone (self, "v1");
}

static void
test_time_limit (Fixture *self, gconstpointer data)
{
  g_autoptr (DwDeployJob) job = NULL;

  fixture_push (self, "v1", NULL);
  fixture_push (self, "v2", NULL);
  fixture_deploy_well (self, "v1");
  set_release (self, "sleep 1000", 1);

  job = fixture_deploy (self, "v2");
  g_assert_error (dw_deploy_job_get_error (job), DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_RELEASE);
  g_assert_nonnull (strstr (dw_deploy_job_get_error (job)->message, "within 1 s"));
  assert_serves_alone (self, "v1");
}

static void
test_no_such_program (Fixture *self, gconstpointer data)
{
  g_autoptr (DwDeployJob) job = NULL;

  fixture_push (self, "v1", NULL);
  fixture_push (self, "v2", NULL);
  fixture_deploy_well (self, "v1");
  set_release (self, "/no/such/program", 10);

  job = fixture_deploy (self, "v2");
  g_assert_nonnull (dw_deploy_job_get_error (job));
  fixture_assert_status (self, job, DW_DEPLOY_FAILED);
  assert_serves_alone (self, "v1");
}

static void
test_cancelled (Fixture *self, gconstpointer data)
{
  g_autoptr (DwDeployJob) job = NULL;

  fixture_push (self, "v1", NULL);
  fixture_push (self, "v2", NULL);
  fixture_deploy_well (self, "v1");
  set_release (self, "sh -c 'echo begun; sleep 1000'", 600);

  job = dw_deployer_deploy (self->deployer, fixture_stage_id (self), "v2", DW_TRIGGER_MANUAL);
  for (;;)
    {
      g_autofree char *log = NULL;

      g_main_context_iteration (NULL, TRUE);
      log = dw_deploy_job_get_deploy_id (job) != NULL ? fixture_get_log (self, job) : g_strdup ("");
      if (strstr (log, "│ begun") != NULL)
        break;
    }
  dw_deploy_job_cancel (job);
  fixture_wait (job);
  g_assert_error (dw_deploy_job_get_error (job), G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_serves_alone (self, "v1");
}

static void
test_not_for_a_rollback (Fixture *self, gconstpointer data)
{
  g_autoptr (DwDeployJob) job = NULL;
  g_autofree char *log = NULL;

  fixture_push (self, "v1", NULL);
  fixture_push (self, "v2", NULL);
  set_release (self, "echo migrating", 60);
  fixture_deploy_well (self, "v1");
  fixture_deploy_well (self, "v2");

  job = dw_deployer_roll_back (self->deployer, fixture_stage_id (self), NULL);
  fixture_wait (job);
  fixture_assert_good (job);
  log = fixture_get_log (self, job);
  g_assert_cmpuint (count (log, "migrating"), ==, 0);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/release/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("the-command-runs-once-in-the-new-image-and-is-in-the-log", test_runs_once);
  ADD ("a-command-that-fails-leaves-the-old-version-serving", test_failure);
  ADD ("a-command-that-does-not-end-is-ended", test_time_limit);
  ADD ("a-command-that-is-not-in-the-image-is-a-failure", test_no_such_program);
  ADD ("a-cancel-ends-the-command", test_cancelled);
  ADD ("a-rollback-does-without", test_not_for_a_rollback);

  return g_test_run ();
}
