/* test-gateway-load.c: not one request is lost while versions come and go
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "proxy-fixture.h"

#define N_DEPLOYS 20

static void
deploy_under_load (Fixture *self, const char *method)
{
  guint16 port = proxy_fixture_get_port (self);
  Load load;

  proxy_fixture_push (self, "v1");
  proxy_fixture_push (self, "v2");
  fixture_deploy_well (self, "v1");
  proxy_fixture_assert_answers (port, DOMAIN, "v1");

  load_start (&load, port, DOMAIN, method);
  for (guint i = 0; i < N_DEPLOYS; i++)
    {
      const char *tag = i % 2 == 0 ? "v2" : "v1";

      fixture_deploy_well (self, tag);
      proxy_fixture_assert_answers (port, DOMAIN, tag);
    }
  LoadResult result = load_end (&load);

  g_test_message ("%s: %" G_GUINT64_FORMAT " requests in %.1f s over %d deploys, %" G_GUINT64_FORMAT
                  " socket errors, %" G_GUINT64_FORMAT " answers that are not 2xx",
                  method, result.n_requests, result.seconds, N_DEPLOYS, result.n_errors,
                  result.n_bad);
  g_assert_cmpuint (result.n_requests, >, 1000);
  g_assert_cmpuint (result.n_errors, ==, 0);
  g_assert_cmpuint (result.n_bad, ==, 0);
}

static void
test_get (Fixture *self, gconstpointer data)
{
  deploy_under_load (self, "GET");
}

static void
test_post (Fixture *self, gconstpointer data)
{
  deploy_under_load (self, "POST");
}

/* That another stage comes and goes is a reload of the gateway. */
static void
test_other_stages (Fixture *self, gconstpointer data)
{
  guint16 port = proxy_fixture_get_port (self);
  g_autoptr (GError) error = NULL;
  Load load;

  proxy_fixture_push (self, "v1");
  fixture_deploy_well (self, "v1");

  load_start (&load, port, DOMAIN, "GET");
  for (int i = 0; i < 4; i++)
    {
      g_autoptr (DwStage) other = fixture_add_stage (self, "other", 1);
      const char *id = dw_entity_get_id (DW_ENTITY (other));
      g_autoptr (DwDeployJob)
          job = dw_deployer_deploy (self->deployer, id, "v1", DW_TRIGGER_MANUAL);

      fixture_wait (job);
      fixture_assert_good (job);
      proxy_fixture_assert_answers (port, "other.shop.localhost", "v1");
      dw_deployer_act (self->deployer, id, DW_STAGE_ACTION_REMOVE, NULL, &error);
      g_assert_no_error (error);
    }
  LoadResult result = load_end (&load);

  g_test_message ("%" G_GUINT64_FORMAT " requests over 8 reloads, %" G_GUINT64_FORMAT
                  " socket errors, %" G_GUINT64_FORMAT " answers that are not 2xx",
                  result.n_requests, result.n_errors, result.n_bad);
  g_assert_cmpuint (result.n_errors, ==, 0);
  g_assert_cmpuint (result.n_bad, ==, 0);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/gateway/" name, Fixture, NULL, proxy_fixture_set_up, function, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("twenty-deploys-lose-no-get", test_get);
  ADD ("twenty-deploys-lose-no-post", test_post);
  ADD ("that-another-stage-comes-and-goes-loses-nothing", test_other_stages);

  return g_test_run ();
}
