/* test-guard.c: what turns bad after the switch is taken back
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "proxy-fixture.h"

#define WATCH_S 30

static void
set_up (Fixture *self, gconstpointer data)
{
  proxy_fixture_set_up (self, data);
  proxy_fixture_set_stage (self, "watch-seconds", WATCH_S, "drain-seconds", 2, NULL);
  proxy_fixture_push (self, "v1");
  proxy_fixture_push (self, "v2");
  fixture_deploy_well (self, "v1");
}

/* Runs the main loop until the version answers, and nothing is being deployed any more. */
static void
await (Fixture *self, const char *version)
{
  gint64 ends_at_us = g_get_monotonic_time () + WATCH_S * G_USEC_PER_SEC;

  while (g_get_monotonic_time () < ends_at_us)
    {
      guint status;
      g_autofree char *answer = NULL;

      for (int i = 0; i < 20; i++)
        {
          while (g_main_context_iteration (NULL, FALSE))
            continue;
          g_usleep (G_USEC_PER_SEC / 100);
        }
      answer = client_ask (proxy_fixture_get_port (self), DOMAIN, "/", &status);
      if (g_strcmp0 (answer, version) == 0 && dw_deployer_get_n_jobs (self->deployer) == 0)
        return;
    }

  g_error ("%s did not come back", version);
}

static DwDeploy *
get_newest (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray)
      deploys = dw_store_list_stage_deploys (self->store, fixture_stage_id (self), 1, &error);

  g_assert_no_error (error);
  return g_object_ref (g_ptr_array_index (deploys, 0));
}

static void
assert_taken_back (Fixture *self, const char *reason)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwDeploy) newest = get_newest (self);
  g_autoptr (GPtrArray)
      lines = dw_store_list_logs (self->store, dw_entity_get_id (DW_ENTITY (newest)), 0, 0, &error);
  const char *note = dw_deploy_log_get_message (g_ptr_array_index (lines, 0));

  g_assert_cmpint (dw_deploy_get_trigger (newest), ==, DW_TRIGGER_ROLLBACK);
  g_assert_cmpint (dw_deploy_get_status (newest), ==, DW_DEPLOY_SUCCESS);
  g_assert_true (g_str_has_prefix (note, "v2 turned bad after it had been deployed"));
  if (strstr (note, reason) == NULL)
    g_error ("“%s” does not say “%s”", note, reason);
}

static void
test_dies (Fixture *self, gconstpointer data)
{
  guint status;
  g_autofree char *answer = NULL;

  fixture_deploy_well (self, "v2");
  answer = client_ask (proxy_fixture_get_port (self), DOMAIN, "/exit", &status);
  await (self, "v1");
  assert_taken_back (self, "ended by itself");
}

static void
test_unhealthy (Fixture *self, gconstpointer data)
{
  guint status;
  g_autofree char *answer = NULL;

  fixture_deploy_well (self, "v2");
  answer = client_ask (proxy_fixture_get_port (self), DOMAIN, "/unhealthy", &status);
  await (self, "v1");
  assert_taken_back (self, "answered 500");
}

/* A version that was taken back is not tried again by what watches the registry. */
static void
test_not_tried_again (Fixture *self, gconstpointer data)
{
  guint status;
  g_autofree char *answer = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) held = NULL;

  fixture_deploy_well (self, "v2");
  answer = client_ask (proxy_fixture_get_port (self), DOMAIN, "/exit", &status);
  await (self, "v1");

  held = dw_store_list_held_versions (self->store, fixture_stage_id (self), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (held->len, ==, 1);
  g_assert_cmpstr (dw_held_version_get_digest (g_ptr_array_index (held, 0)), ==,
                   g_ptr_array_index (self->digests, 1));
}

static void
test_stopped_by_a_person (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *fault = NULL;
  g_autoptr (DwDeployJob) job = NULL;

  dw_deployer_set_guards (self->deployer, FALSE);
  job = fixture_deploy (self, "v2");
  dw_deployer_act (self->deployer, fixture_stage_id (self), DW_STAGE_ACTION_STOP, NULL, &error);
  g_assert_no_error (error);

  dw_deployer_guard (self->deployer, dw_deploy_job_get_deploy_id (job), &fault, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (fault);
}

static void
test_stays_well (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *fault = NULL;
  g_autoptr (DwDeployJob) job = NULL;

  dw_deployer_set_guards (self->deployer, FALSE);
  proxy_fixture_set_stage (self, "watch-seconds", 3, NULL);
  job = fixture_deploy (self, "v2");
  dw_deployer_guard (self->deployer, dw_deploy_job_get_deploy_id (job), &fault, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (fault);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/guard/" name, Fixture, NULL, set_up, function, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("a-version-that-dies-is-taken-back", test_dies);
  ADD ("a-version-that-turns-unhealthy-is-taken-back", test_unhealthy);
  ADD ("a-version-that-was-taken-back-is-held", test_not_tried_again);
  ADD ("a-person-may-stop-it", test_stopped_by_a_person);
  ADD ("a-version-that-stays-well-stays", test_stays_well);

  return g_test_run ();
}
