/* test-deploy-queue.c: who waits for whom, and what a cancelled deploy leaves
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "deploy-fixture.h"
#include "deploy/dw-stage-state.h"

/* A health check that takes for ever with an image that never answers. */
static void
make_patient (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  g_object_set (self->project, "health-retries", 1000, "health-timeout-ms", 60000, NULL);
  dw_store_update (self->store, DW_ENTITY (self->project), &error);
  g_assert_no_error (error);
}

static void
wait_for_status (DwDeployJob *job, DwDeployStatus status)
{
  while (dw_deploy_job_get_status (job) != status && !dw_deploy_job_is_finished (job))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (dw_deploy_job_get_status (job), ==, status);
}

static void
wait_for_deploy_id (DwDeployJob *job)
{
  while (dw_deploy_job_get_deploy_id (job) == NULL && !dw_deploy_job_is_finished (job))
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (dw_deploy_job_get_deploy_id (job));
}

static void
assert_cancelled (Fixture *self, DwDeployJob *job, guint n_containers)
{
  g_autoptr (DwDeploy) deploy = NULL;

  fixture_wait (job);
  g_assert_error (dw_deploy_job_get_error (job), G_IO_ERROR, G_IO_ERROR_CANCELLED);
  deploy = fixture_get_deploy (self, job);
  g_assert_cmpstr (dw_deploy_get_error (deploy), ==, "Cancelled");
  g_assert_nonnull (dw_deploy_get_finished_at (deploy));
  g_assert_cmpuint (fixture_count_containers (self, fixture_stage_id (self), FALSE), ==,
                    n_containers);
}

static void
test_cancel_in_every_phase (Fixture *self, gconstpointer data)
{
  static const DwDeployStatus phases[] = { DW_DEPLOY_PENDING, DW_DEPLOY_PULLING, DW_DEPLOY_STARTING,
                                           DW_DEPLOY_HEALTH_CHECKING };
  fixture_push (self, "v1", NULL);

  make_patient (self);
  fixture_deploy_well (self, "v1");

  for (guint i = 0; i < G_N_ELEMENTS (phases); i++)
    {
      g_autofree char *tag = g_strdup_printf ("hang%u", i);
      fixture_push (self, tag, "--broken", "hang", "--big", "20", NULL);
      g_autoptr (DwDeployJob) job = dw_deployer_deploy (self->deployer, fixture_stage_id (self),
                                                        tag, DW_TRIGGER_MANUAL);

      if (phases[i] == DW_DEPLOY_PENDING)
        wait_for_deploy_id (job);
      else
        wait_for_status (job, phases[i]);
      dw_deploy_job_cancel (job);
      assert_cancelled (self, job, 1);
      fixture_assert_status (self, job, DW_DEPLOY_FAILED);
      fixture_assert_serves (self, fixture_stage_id (self), "v1");
    }
}

static void
test_cancel_brings_back_a_fixed_port (Fixture *self, gconstpointer data)
{
  guint16 port = fixture_find_free_port ();
  g_autoptr (GError) error = NULL;
  fixture_push (self, "v1", NULL);
  fixture_push (self, "v2", "--broken", "hang", NULL);

  make_patient (self);
  g_object_set (self->stage, "host-port", (int) port, NULL);
  dw_store_update (self->store, DW_ENTITY (self->stage), &error);
  g_assert_no_error (error);
  fixture_deploy_well (self, "v1");

  g_autoptr (DwDeployJob)
      job = dw_deployer_deploy (self->deployer, fixture_stage_id (self), "v2", DW_TRIGGER_MANUAL);
  wait_for_status (job, DW_DEPLOY_HEALTH_CHECKING);
  dw_deploy_job_cancel (job);
  assert_cancelled (self, job, 1);
  fixture_assert_status (self, job, DW_DEPLOY_ROLLED_BACK);
  g_autofree char *answer = fixture_ask_port (port, "/");
  g_assert_cmpstr (answer, ==, "v1");
}

static void
on_log_line (
    DwDeployJob *job, DwLogLevel level, DwDeployStatus phase, const char *message, gpointer found)
{
  if (strstr (message, "Stopping the container") != NULL)
    *(gboolean *) found = TRUE;
}

static char *
get_start_time (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwStageState) state = dw_stage_state_read (self->store, self->engine,
                                                        fixture_stage_id (self), NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (state->container);

  return g_strdup (state->container->started_at);
}

/* It is the person that waits who cancels, and the end of a deploy cannot be cancelled. */
static void
test_cancel_does_not_wait_for_health (Fixture *self, gconstpointer data)
{
  guint16 port = fixture_find_free_port ();
  g_autoptr (GError) error = NULL;
  fixture_push (self, "v1", NULL);
  fixture_push (self, "v2", "--broken", "hang", NULL);

  g_object_set (self->stage, "host-port", (int) port, NULL);
  dw_store_update (self->store, DW_ENTITY (self->stage), &error);
  g_assert_no_error (error);
  fixture_deploy_well (self, "v1");
  make_patient (self);
  g_object_set (self->project, "health-path", "/nowhere", NULL);
  dw_store_update (self->store, DW_ENTITY (self->project), &error);
  g_assert_no_error (error);

  /* v1 answers 404 to that: a thousand attempts, one a second. */
  g_autoptr (DwDeployJob)
      job = dw_deployer_deploy (self->deployer, fixture_stage_id (self), "v2", DW_TRIGGER_MANUAL);
  wait_for_status (job, DW_DEPLOY_HEALTH_CHECKING);
  dw_deploy_job_cancel (job);
  assert_cancelled (self, job, 1);
  fixture_assert_status (self, job, DW_DEPLOY_ROLLED_BACK);
  g_autofree char *log = fixture_get_log (self, job);
  g_assert_nonnull (strstr (log, "runs again, but:"));
}

/* The engine goes on stopping what it was asked to stop, whoever has lost the interest. */
static void
test_cancel_while_the_old_one_stops (Fixture *self, gconstpointer data)
{
  guint16 port = fixture_find_free_port ();
  gboolean is_stopping = FALSE;
  g_autoptr (GError) error = NULL;
  fixture_push (self, "v1", "--stop-slow", NULL);
  fixture_push (self, "v2", NULL);

  g_object_set (self->stage, "host-port", (int) port, NULL);
  dw_store_update (self->store, DW_ENTITY (self->stage), &error);
  g_assert_no_error (error);
  fixture_deploy_well (self, "v1");
  g_autofree char *before = get_start_time (self);

  g_autoptr (DwDeployJob)
      job = dw_deployer_deploy (self->deployer, fixture_stage_id (self), "v2", DW_TRIGGER_MANUAL);
  g_signal_connect (job, "log", G_CALLBACK (on_log_line), &is_stopping);
  while (!is_stopping)
    g_main_context_iteration (NULL, TRUE);
  g_usleep (200 * 1000);
  dw_deploy_job_cancel (job);
  assert_cancelled (self, job, 1);
  fixture_assert_status (self, job, DW_DEPLOY_ROLLED_BACK);

  g_autofree char *after = get_start_time (self);
  g_assert_cmpstr (after, !=, before);
  g_autofree char *answer = fixture_ask_port (port, "/");
  g_assert_cmpstr (answer, ==, "v1");
}

static void
test_newer_supersedes_the_waiting (Fixture *self, gconstpointer data)
{
  fixture_push (self, "v1", "--broken", "hang", NULL);
  fixture_push (self, "v2", NULL);
  fixture_push (self, "v3", NULL);
  const char *stage_id = fixture_stage_id (self);

  make_patient (self);
  g_autoptr (DwDeployJob)
      running = dw_deployer_deploy (self->deployer, stage_id, "v1", DW_TRIGGER_MANUAL);
  wait_for_status (running, DW_DEPLOY_HEALTH_CHECKING);
  g_autoptr (DwDeployJob)
      waiting = dw_deployer_deploy (self->deployer, stage_id, "v2", DW_TRIGGER_MANUAL);
  g_autoptr (DwDeployJob)
      newest = dw_deployer_deploy (self->deployer, stage_id, "v3", DW_TRIGGER_MANUAL);

  fixture_wait (waiting);
  g_assert_error (dw_deploy_job_get_error (waiting), DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_SUPERSEDED);
  fixture_assert_status (self, waiting, DW_DEPLOY_FAILED);
  g_assert_false (dw_deploy_job_is_finished (newest));

  dw_deploy_job_cancel (running);
  fixture_wait (running);
  fixture_wait (newest);
  fixture_assert_good (newest);
  fixture_assert_serves (self, stage_id, "v3");
}

static void
test_waiting_is_cancelled_at_once (Fixture *self, gconstpointer data)
{
  fixture_push (self, "v1", "--broken", "hang", NULL);
  const char *stage_id = fixture_stage_id (self);

  make_patient (self);
  g_autoptr (DwDeployJob)
      running = dw_deployer_deploy (self->deployer, stage_id, "v1", DW_TRIGGER_MANUAL);
  wait_for_status (running, DW_DEPLOY_HEALTH_CHECKING);
  g_autoptr (DwDeployJob)
      waiting = dw_deployer_deploy (self->deployer, stage_id, "v1", DW_TRIGGER_MANUAL);
  wait_for_deploy_id (waiting);
  dw_deploy_job_cancel (waiting);
  assert_cancelled (self, waiting, 1);
  g_assert_false (dw_deploy_job_is_finished (running));

  dw_deploy_job_cancel (running);
  assert_cancelled (self, running, 0);
}

/* Two deployers with a store each are what the window and the command line are to each other. */
static void
test_two_processes_take_turns (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwStore) store = dw_store_open (dw_store_get_path (self->store), &error);
  g_assert_no_error (error);
  g_autoptr (DwRegistries) registries = dw_registries_new (store);
  g_autoptr (DwDeployer) other = dw_deployer_new (store, self->engine, registries);
  fixture_push (self, "v1", "--broken", "hang", NULL);
  fixture_push (self, "v2", NULL);
  const char *stage_id = fixture_stage_id (self);

  make_patient (self);
  g_autoptr (DwDeployJob)
      running = dw_deployer_deploy (self->deployer, stage_id, "v1", DW_TRIGGER_MANUAL);
  wait_for_status (running, DW_DEPLOY_HEALTH_CHECKING);

  g_assert_false (dw_deployer_act (other, stage_id, DW_STAGE_ACTION_REMOVE, NULL, &error));
  g_assert_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_BUSY);
  g_clear_error (&error);

  /* Nor does the other take what runs here for interrupted. */
  dw_deployer_recover (other, NULL, NULL, &error);
  g_assert_no_error (error);
  fixture_assert_status (self, running, DW_DEPLOY_HEALTH_CHECKING);

  g_autoptr (DwDeployJob) next = dw_deployer_deploy (other, stage_id, "v2", DW_TRIGGER_CLI);
  wait_for_deploy_id (next);
  for (int i = 0; i < 20; i++)
    {
      g_usleep (10000);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  g_assert_cmpint (dw_deploy_job_get_status (next), ==, DW_DEPLOY_PENDING);

  dw_deploy_job_cancel (running);
  fixture_wait (running);
  fixture_wait (next);
  fixture_assert_good (next);
  fixture_assert_serves (self, stage_id, "v2");
}

/* Which of those that wait has the lock first is chance; here the older one is tried last. */
static void
test_older_gives_way_to_another_process (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwStore) store = dw_store_open (dw_store_get_path (self->store), &error);
  g_assert_no_error (error);
  g_autoptr (DwRegistries) registries = dw_registries_new (store);
  g_autoptr (DwDeployer) other = dw_deployer_new (store, self->engine, registries);
  g_autoptr (DwStage) beside = fixture_add_stage (self, "prod", 1);
  const char *stage_id = fixture_stage_id (self);
  fixture_push (self, "hang", "--broken", "hang", NULL);
  fixture_push (self, "v1", NULL);
  fixture_push (self, "v2", NULL);
  g_autoptr (DwSettings) settings = dw_store_get_settings (store, &error);
  g_assert_no_error (error);
  g_object_set (settings, "max-parallel-deploys", 1, NULL);
  dw_store_update (store, DW_ENTITY (settings), &error);
  g_assert_no_error (error);

  make_patient (self);
  g_autoptr (DwDeployJob) running = dw_deployer_deploy (
      self->deployer, dw_entity_get_id (DW_ENTITY (beside)), "hang", DW_TRIGGER_MANUAL);
  wait_for_status (running, DW_DEPLOY_HEALTH_CHECKING);
  g_autoptr (DwDeployJob)
      older = dw_deployer_deploy (self->deployer, stage_id, "v1", DW_TRIGGER_MANUAL);
  wait_for_deploy_id (older);
  g_autoptr (DwDeployJob) newer = dw_deployer_deploy (other, stage_id, "v2", DW_TRIGGER_CLI);
  fixture_wait (newer);
  fixture_assert_good (newer);

  dw_deploy_job_cancel (running);
  fixture_wait (running);
  fixture_wait (older);
  g_assert_error (dw_deploy_job_get_error (older), DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_SUPERSEDED);
  fixture_assert_serves (self, stage_id, "v2");
}

static void
test_stages_run_side_by_side (Fixture *self, gconstpointer data)
{
  g_autoptr (DwStage) other = fixture_add_stage (self, "prod", 1);
  fixture_push (self, "v1", "--broken", "hang", NULL);
  fixture_push (self, "v2", NULL);

  make_patient (self);
  g_autoptr (DwDeployJob) running = dw_deployer_deploy (self->deployer, fixture_stage_id (self),
                                                        "v1", DW_TRIGGER_MANUAL);
  wait_for_status (running, DW_DEPLOY_HEALTH_CHECKING);
  g_autoptr (DwDeployJob) beside = dw_deployer_deploy (
      self->deployer, dw_entity_get_id (DW_ENTITY (other)), "v2", DW_TRIGGER_MANUAL);
  fixture_wait (beside);
  fixture_assert_good (beside);
  g_assert_false (dw_deploy_job_is_finished (running));

  dw_deploy_job_cancel (running);
  fixture_wait (running);
}

static void
test_requests_without_sense_leave_no_trace (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwDeployJob)
      no_stage = dw_deployer_deploy (self->deployer, "nowhere", "v1", DW_TRIGGER_MANUAL);
  g_autoptr (DwDeployJob) no_tag = dw_deployer_deploy (self->deployer, fixture_stage_id (self),
                                                       "not a tag", DW_TRIGGER_MANUAL);
  g_autoptr (DwDeployJob)
      nothing = dw_deployer_promote (self->deployer, fixture_stage_id (self), NULL);

  fixture_wait (no_stage);
  fixture_wait (no_tag);
  fixture_wait (nothing);
  g_assert_error (dw_deploy_job_get_error (no_stage), DW_STORE_ERROR, DW_STORE_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (dw_deploy_job_get_error (no_tag)->message, "not a tag"));
  g_assert_error (dw_deploy_job_get_error (nothing), DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_NO_INSTANCE);

  g_autoptr (GPtrArray) deploys = dw_store_list_recent_deploys (self->store, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (deploys->len, ==, 0);
  g_assert_cmpuint (dw_deployer_get_n_jobs (self->deployer), ==, 0);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/deploy/queue/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("cancelling-in-every-phase-leaves-what-was-there", test_cancel_in_every_phase);
  ADD ("cancelling-brings-back-what-had-the-port", test_cancel_brings_back_a_fixed_port);
  ADD ("cancelling-does-not-wait-for-health-for-ever", test_cancel_does_not_wait_for_health);
  ADD ("cancelling-while-the-old-one-stops-starts-it-again", test_cancel_while_the_old_one_stops);
  ADD ("a-newer-request-supersedes-the-one-that-waits", test_newer_supersedes_the_waiting);
  ADD ("a-waiting-deploy-is-cancelled-at-once", test_waiting_is_cancelled_at_once);
  ADD ("two-processes-take-turns-at-a-stage", test_two_processes_take_turns);
  ADD ("an-older-request-gives-way-to-one-of-another-process",
       test_older_gives_way_to_another_process);
  ADD ("stages-run-side-by-side", test_stages_run_side_by_side);
  ADD ("requests-without-sense-leave-no-trace", test_requests_without_sense_leave_no_trace);

  return g_test_run ();
}
