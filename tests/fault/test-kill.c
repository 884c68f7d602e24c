/* test-kill.c: the program killed in every phase of a deploy, and started again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The deploy runs in a child: this program, with --deploy STORE STAGE TAG PHASE, which kills itself
 * as soon as the deploy has reached the phase, or has a line in its log that begins with it.
 */

#include "config.h"

#include <signal.h>
#include <string.h>

#include "../deploy/deploy-fixture.h"
#include "../proxy/proxy-fixture.h"
#include "engine/dw-engine-address.h"

static char *own_path;

static void
on_status (DwDeployJob *job, GParamSpec *pspec, gpointer user_data)
{
  if (g_strcmp0 (dw_enum_to_nick (DW_TYPE_DEPLOY_STATUS, dw_deploy_job_get_status (job)),
                 user_data) == 0)
    raise (SIGKILL);
}

/* Where no status says it: a line of the log, and a moment for what it tells of. */
static void
on_log (DwDeployJob *job,
        DwLogLevel level,
        DwDeployStatus phase,
        const char *message,
        gpointer beginning)
{
  if (!g_str_has_prefix (message, beginning))
    return;

  g_usleep (200 * 1000);
  raise (SIGKILL);
}

static int
deploy_and_die (char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *address = dw_engine_find_address (NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (DwStore) store = dw_store_open (argv[0], &error);
  g_assert_no_error (error);
  g_autoptr (DwEngine) engine = dw_engine_new (address);
  g_autoptr (DwRegistries) registries = dw_registries_new (store);
  g_autoptr (DwDeployer) deployer = dw_deployer_new (store, engine, registries);
  g_autoptr (DwDeployJob) job = dw_deployer_deploy (deployer, argv[1], argv[2], DW_TRIGGER_CLI);

  g_signal_connect (job, "notify::deploy-id", G_CALLBACK (on_status), argv[3]);
  g_signal_connect (job, "notify::status", G_CALLBACK (on_status), argv[3]);
  g_signal_connect (job, "log", G_CALLBACK (on_log), argv[3]);
  fixture_wait (job);

  return 0;
}

static void
kill_in_phase (Fixture *self, const char *tag, const char *phase)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) child = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, own_path,
                                                    "--deploy", dw_store_get_path (self->store),
                                                    fixture_stage_id (self), tag, phase, NULL);

  g_assert_no_error (error);
  g_subprocess_wait (child, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_signaled (child));
  g_assert_cmpint (g_subprocess_get_term_sig (child), ==, SIGKILL);
}

static DwDeploy *
get_newest_deploy (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray)
      deploys = dw_store_list_stage_deploys (self->store, fixture_stage_id (self), 1, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (deploys->len, ==, 1);

  return g_object_ref (g_ptr_array_index (deploys, 0));
}

/* A recovery starts the old one again and does not wait until it listens. */
static char *
ask_patiently (guint16 port)
{
  char *answer = fixture_ask_port (port, "/");

  for (int i = 0; answer == NULL && i < 100; i++)
    {
      g_usleep (100 * 1000);
      answer = fixture_ask_port (port, "/");
    }

  return answer;
}

/* The phases, and what is said of a deploy that ended in one. */
static const struct
{
  const char *name;
  const char *words;
} phases[] = {
  { "pending", "while it waited" },
  { "pulling", "while the image was pulled" },
  { "starting", "while the new container was started" },
  { "health_checking", "while the new container was checked" },
};

static void
test_killed_beside_the_old_one (Fixture *self, gconstpointer data)
{
  fixture_push (self, "v1", NULL);

  fixture_deploy_well (self, "v1");

  for (guint i = 0; i < G_N_ELEMENTS (phases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *tag = g_strdup_printf ("v2.%u", i);
      fixture_push (self, tag, NULL);

      kill_in_phase (self, tag, phases[i].name);
      dw_deployer_recover (self->deployer, NULL, NULL, &error);
      g_assert_no_error (error);

      g_autoptr (DwDeploy) deploy = get_newest_deploy (self);
      g_assert_cmpstr (dw_deploy_get_tag (deploy), ==, tag);
      g_assert_cmpint (dw_deploy_get_status (deploy), ==, DW_DEPLOY_FAILED);
      g_assert_nonnull (strstr (dw_deploy_get_error (deploy), phases[i].words));
      fixture_assert_serves (self, fixture_stage_id (self), "v1");
      g_assert_cmpuint (fixture_count_containers (self, fixture_stage_id (self), FALSE), ==, 1);
    }

  fixture_deploy_well (self, "v2.0");
  fixture_assert_serves (self, fixture_stage_id (self), "v2.0");
}

static void
test_killed_after_the_old_one_made_room (Fixture *self, gconstpointer data)
{
  guint16 port = fixture_find_free_port ();
  g_autoptr (GError) error = NULL;
  fixture_push (self, "v1", NULL);
  fixture_push (self, "v2", NULL);

  g_object_set (self->stage, "host-port", (int) port, NULL);
  dw_store_update (self->store, DW_ENTITY (self->stage), &error);
  g_assert_no_error (error);
  fixture_deploy_well (self, "v1");

  kill_in_phase (self, "v2", "health_checking");
  dw_deployer_recover (self->deployer, NULL, NULL, &error);
  g_assert_no_error (error);

  g_autoptr (DwDeploy) deploy = get_newest_deploy (self);
  g_assert_cmpint (dw_deploy_get_status (deploy), ==, DW_DEPLOY_ROLLED_BACK);
  g_autofree char *answer = ask_patiently (port);
  g_assert_cmpstr (answer, ==, "v1");
  g_assert_cmpuint (fixture_count_containers (self, fixture_stage_id (self), FALSE), ==, 1);
}

static void
test_killed_while_the_old_one_stops (Fixture *self, gconstpointer data)
{
  guint16 port = fixture_find_free_port ();
  g_autoptr (GError) error = NULL;
  fixture_push (self, "v1", "--stop-slow", NULL);
  fixture_push (self, "v2", NULL);

  g_object_set (self->stage, "host-port", (int) port, NULL);
  dw_store_update (self->store, DW_ENTITY (self->stage), &error);
  g_assert_no_error (error);
  fixture_deploy_well (self, "v1");
  g_autoptr (DwInstance) instance = fixture_get_instance (self, fixture_stage_id (self));

  kill_in_phase (self, "v2", "Stopping the container");
  dw_deployer_recover (self->deployer, NULL, NULL, &error);
  g_assert_no_error (error);

  /* Whatever the engine still had to do is done when it has stopped it once more. */
  g_autoptr (DwContainer) container = dw_engine_inspect_container (
      self->engine, dw_instance_get_container_id (instance), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (container->state, ==, DW_CONTAINER_RUNNING);
  g_autoptr (DwDeploy) deploy = get_newest_deploy (self);
  g_assert_cmpint (dw_deploy_get_status (deploy), ==, DW_DEPLOY_ROLLED_BACK);
  g_autofree char *answer = ask_patiently (port);
  g_assert_cmpstr (answer, ==, "v1");
}

/* Nobody could deploy to the stage any more if this were tried for ever. */
static void
test_killed_and_not_to_be_brought_back (Fixture *self, gconstpointer data)
{
  guint16 port = fixture_find_free_port ();
  g_autoptr (GSocketListener) foreigner = g_socket_listener_new ();
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", port);
  g_autoptr (GError) error = NULL;
  fixture_push (self, "v1", NULL);
  fixture_push (self, "v2", NULL);

  g_object_set (self->stage, "host-port", (int) port, NULL);
  dw_store_update (self->store, DW_ENTITY (self->stage), &error);
  g_assert_no_error (error);
  fixture_deploy_well (self, "v1");
  kill_in_phase (self, "v2", "health_checking");

  g_autoptr (DwDeploy) killed = get_newest_deploy (self);
  g_autoptr (DwInstance) instance = dw_store_get (self->store, DW_TYPE_INSTANCE,
                                                  dw_deploy_get_instance_id (killed), &error);
  g_assert_no_error (error);
  dw_engine_remove_container (self->engine, dw_instance_get_container_id (instance), NULL, &error);
  g_assert_no_error (error);
  g_socket_listener_add_address (foreigner, address, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                                 NULL, NULL, &error);
  g_assert_no_error (error);

  dw_deployer_recover (self->deployer, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (DwDeploy) deploy = get_newest_deploy (self);
  g_assert_cmpint (dw_deploy_get_status (deploy), ==, DW_DEPLOY_FAILED);
  g_assert_nonnull (strstr (dw_deploy_get_error (deploy), "could not be started again"));

  g_object_set (self->stage, "host-port", 0, NULL);
  dw_store_update (self->store, DW_ENTITY (self->stage), &error);
  g_assert_no_error (error);
  fixture_deploy_well (self, "v2");
  fixture_assert_serves (self, fixture_stage_id (self), "v2");
}

/* Without a recovery of everything: the next deploy of the stage finds what is left. */
static void
test_next_deploy_settles_it (Fixture *self, gconstpointer data)
{
  fixture_push (self, "v1", NULL);
  fixture_push (self, "v2", NULL);

  kill_in_phase (self, "v1", "health_checking");
  g_autoptr (DwDeploy) killed = get_newest_deploy (self);
  fixture_deploy_well (self, "v2");
  fixture_assert_serves (self, fixture_stage_id (self), "v2");

  g_autoptr (GError) error = NULL;
  g_autoptr (DwDeploy) settled = dw_store_get (self->store, DW_TYPE_DEPLOY,
                                               dw_entity_get_id (DW_ENTITY (killed)), &error);
  g_assert_no_error (error);
  g_assert_cmpint (dw_deploy_get_status (settled), ==, DW_DEPLOY_FAILED);
  g_assert_cmpuint (fixture_count_containers (self, fixture_stage_id (self), FALSE), ==, 1);
}

static void
test_killed_after_success (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fixture_push (self, "v1", NULL);
  fixture_push (self, "v2", NULL);

  fixture_deploy_well (self, "v1");
  kill_in_phase (self, "v2", "success");
  dw_deployer_recover (self->deployer, NULL, NULL, &error);
  g_assert_no_error (error);

  g_autoptr (DwDeploy) deploy = get_newest_deploy (self);
  g_assert_cmpint (dw_deploy_get_status (deploy), ==, DW_DEPLOY_SUCCESS);
  fixture_assert_serves (self, fixture_stage_id (self), "v2");
}

/* The success is in the store before the old instance is stopped. */
static void
test_killed_before_the_old_one_retires (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fixture_push (self, "v1", "--stop-slow", NULL);
  fixture_push (self, "v2", NULL);

  g_object_set (self->stage, "keep", 0, NULL);
  dw_store_update (self->store, DW_ENTITY (self->stage), &error);
  g_assert_no_error (error);
  fixture_deploy_well (self, "v1");
  kill_in_phase (self, "v2", "success");
  g_assert_cmpuint (fixture_count_containers (self, fixture_stage_id (self), FALSE), ==, 2);
  dw_deployer_recover (self->deployer, NULL, NULL, &error);
  g_assert_no_error (error);

  g_assert_cmpuint (fixture_count_containers (self, fixture_stage_id (self), FALSE), ==, 1);
  fixture_assert_serves (self, fixture_stage_id (self), "v2");
}

/* The gateway may have been told of the new one by then, wholly or in part. */
static void
test_killed_at_the_gateway (Fixture *self, gconstpointer data)
{
  static const char *const moments[] = { "configuring_proxy", "50 % of the requests" };
  guint16 port = proxy_fixture_get_port (self);

  fixture_push (self, "v1", NULL);
  fixture_push (self, "v2", NULL);
  fixture_deploy_well (self, "v1");
  proxy_fixture_set_stage (self, "canary-percent", 50, "canary-seconds", 30, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (moments); i++)
    {
      g_autoptr (GError) error = NULL;

      kill_in_phase (self, "v2", moments[i]);
      dw_deployer_recover (self->deployer, NULL, NULL, &error);
      g_assert_no_error (error);

      g_autoptr (DwDeploy) deploy = get_newest_deploy (self);
      g_assert_cmpint (dw_deploy_get_status (deploy), ==, DW_DEPLOY_ROLLED_BACK);
      g_assert_cmpuint (fixture_count_containers (self, fixture_stage_id (self), FALSE), ==, 1);
      for (int n = 0; n < 20; n++)
        proxy_fixture_assert_answers (port, DOMAIN, "v1\n");
    }
}

static void
test_killed_with_the_gateway (Fixture *self, gconstpointer data)
{
  guint16 port = proxy_fixture_get_port (self);
  g_autoptr (GError) error = NULL;
  g_autofree char *gateway = NULL;
  g_autofree char *killed = NULL;

  fixture_push (self, "v1", NULL);
  fixture_push (self, "v2", NULL);
  fixture_deploy_well (self, "v1");
  proxy_fixture_set_stage (self, "canary-percent", 50, "canary-seconds", 30, NULL);
  kill_in_phase (self, "v2", "50 % of the requests");
  gateway = proxy_fixture_find_gateway ();
  killed = proxy_fixture_run ("docker rm -f %s", gateway);

  dw_deployer_recover (self->deployer, NULL, NULL, &error);
  g_assert_no_error (error);
  for (int n = 0; n < 20; n++)
    proxy_fixture_assert_answers (port, DOMAIN, "v1\n");
}

#define ADD(name, function)                                                                        \
  g_test_add ("/fault/kill/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main (int argc, char **argv)
{
  own_path = argv[0];
  if (argc == 6 && g_str_equal (argv[1], "--deploy"))
    return deploy_and_die (argv + 2);

  g_test_init (&argc, &argv, NULL);

  ADD ("in-every-phase-the-old-one-goes-on-serving", test_killed_beside_the_old_one);
  ADD ("with-a-fixed-port-the-old-one-is-brought-back", test_killed_after_the_old_one_made_room);
  ADD ("while-the-old-one-stops-it-is-started-again", test_killed_while_the_old_one_stops);
  ADD ("with-the-port-taken-meanwhile-the-deploy-ends-and-says-so",
       test_killed_and_not_to_be_brought_back);
  ADD ("the-next-deploy-settles-what-is-left", test_next_deploy_settles_it);
  ADD ("after-the-success-the-new-one-serves", test_killed_after_success);
  ADD ("after-the-success-the-old-one-is-retired", test_killed_before_the_old_one_retires);

  g_test_add ("/fault/kill/at-the-gateway-the-route-leads-to-the-old-one", Fixture, NULL,
              proxy_fixture_set_up, test_killed_at_the_gateway, fixture_tear_down);
  g_test_add ("/fault/kill/together-with-the-gateway-both-come-back", Fixture, NULL,
              proxy_fixture_set_up, test_killed_with_the_gateway, fixture_tear_down);

  return g_test_run ();
}
