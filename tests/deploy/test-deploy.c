/* test-deploy.c: what a deploy, a rollback and a promotion promise, on a real engine
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "deploy-fixture.h"
#include "registry/dw-registry-client.h"

static void
test_tag_becomes_healthy_container (Fixture *self, gconstpointer data)
{
  const char *digest = fixture_push (self, "v1", "--env", "COLOUR=red", NULL);
  g_autoptr (DwDeployJob) job = fixture_deploy (self, "v1");
  g_autoptr (DwDeploy) deploy = NULL;
  g_autoptr (DwInstance) instance = NULL;

  fixture_assert_good (job);
  fixture_assert_serves (self, fixture_stage_id (self), "v1");

  deploy = fixture_get_deploy (self, job);
  instance = fixture_get_instance (self, fixture_stage_id (self));
  g_assert_cmpstr (dw_deploy_get_digest (deploy), ==, digest);
  g_assert_cmpstr (dw_deploy_get_tag (deploy), ==, "v1");
  g_assert_cmpint (dw_deploy_get_status (deploy), ==, DW_DEPLOY_SUCCESS);
  g_assert_null (dw_deploy_get_error (deploy));
  g_assert_nonnull (dw_deploy_get_started_at (deploy));
  g_assert_nonnull (dw_deploy_get_finished_at (deploy));
  g_assert_cmpstr (dw_deploy_get_instance_id (deploy), ==, dw_entity_get_id (DW_ENTITY (instance)));
  g_assert_cmpint (dw_instance_get_status (instance), ==, DW_INSTANCE_RUNNING);
  g_assert_cmpstr (dw_instance_get_digest (instance), ==, digest);
  g_assert_cmpuint (fixture_count_containers (self, fixture_stage_id (self), FALSE), ==, 1);
}

static void
test_newest_by_policy (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fixture_push (self, "v1.9.0", NULL);
  fixture_push (self, "v1.10.0", NULL);
  fixture_push (self, "v2.0.0", NULL);
  fixture_push (self, "latest", NULL);

  g_object_set (self->stage, "policy-kind", DW_TAG_POLICY_SEMVER, "policy-pattern", "^1", NULL);
  dw_store_update (self->store, DW_ENTITY (self->stage), &error);
  g_assert_no_error (error);

  fixture_deploy_well (self, NULL);
  fixture_assert_serves (self, fixture_stage_id (self), "v1.10.0");
}

static void
test_environments_are_merged (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fixture_push (self, "v1", NULL);

  g_object_set (self->project, "env", "{\"A\": \"project\", \"B\": \"project\"}", NULL);
  dw_store_update (self->store, DW_ENTITY (self->project), &error);
  g_assert_no_error (error);
  g_object_set (self->stage, "env", "{\"B\": \"stage = 1\"}", NULL);
  dw_store_update (self->store, DW_ENTITY (self->stage), &error);
  g_assert_no_error (error);

  fixture_deploy_well (self, "v1");

  g_autofree char *environment = fixture_ask (self, fixture_stage_id (self), "/env");
  g_assert_nonnull (strstr (environment, "A=project\n"));
  g_assert_nonnull (strstr (environment, "B=stage = 1\n"));
}

static void
test_unhealthy_is_refused (Fixture *self, gconstpointer data)
{
  fixture_push (self, "v1", NULL);
  fixture_push (self, "v2", "--broken", "health", NULL);

  fixture_deploy_well (self, "v1");
  g_autoptr (DwDeployJob) job = fixture_deploy (self, "v2");

  g_assert_error (dw_deploy_job_get_error (job), DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_UNHEALTHY);
  g_assert_nonnull (strstr (dw_deploy_job_get_error (job)->message, "500"));
  fixture_assert_status (self, job, DW_DEPLOY_FAILED);
  fixture_assert_serves (self, fixture_stage_id (self), "v1");
  g_assert_cmpuint (fixture_count_containers (self, fixture_stage_id (self), FALSE), ==, 1);

  g_autofree char *log = fixture_get_log (self, job);
  g_assert_nonnull (strstr (log, "version v2"));
}

static void
test_fixed_port_is_rolled_back (Fixture *self, gconstpointer data)
{
  guint16 port = fixture_find_free_port ();
  g_autoptr (GError) error = NULL;
  fixture_push (self, "v1", NULL);
  fixture_push (self, "v2", NULL);
  fixture_push (self, "v3", "--broken", "health", NULL);

  g_object_set (self->stage, "host-port", (int) port, NULL);
  dw_store_update (self->store, DW_ENTITY (self->stage), &error);
  g_assert_no_error (error);

  fixture_deploy_well (self, "v1");
  fixture_deploy_well (self, "v2");
  g_autofree char *second = fixture_ask_port (port, "/");
  g_assert_cmpstr (second, ==, "v2");

  g_autoptr (DwDeployJob) job = fixture_deploy (self, "v3");
  g_assert_error (dw_deploy_job_get_error (job), DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_UNHEALTHY);
  fixture_assert_status (self, job, DW_DEPLOY_ROLLED_BACK);
  g_autofree char *third = fixture_ask_port (port, "/");
  g_assert_cmpstr (third, ==, "v2");
}

/* Somebody removes what was to be brought back. */
static void
test_what_cannot_be_brought_back_is_said (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fixture_push (self, "v1", NULL);
  fixture_push (self, "v2", "--broken", "hang", NULL);

  g_object_set (self->stage, "host-port", (int) fixture_find_free_port (), NULL);
  dw_store_update (self->store, DW_ENTITY (self->stage), &error);
  g_assert_no_error (error);
  fixture_deploy_well (self, "v1");
  g_autoptr (DwInstance) old = fixture_get_instance (self, fixture_stage_id (self));

  g_autoptr (DwDeployJob)
      job = dw_deployer_deploy (self->deployer, fixture_stage_id (self), "v2", DW_TRIGGER_MANUAL);
  while (dw_deploy_job_get_status (job) != DW_DEPLOY_HEALTH_CHECKING)
    g_main_context_iteration (NULL, TRUE);
  dw_engine_remove_container (self->engine, dw_instance_get_container_id (old), NULL, &error);
  g_assert_no_error (error);
  dw_deploy_job_cancel (job);
  fixture_wait (job);

  g_assert_error (dw_deploy_job_get_error (job), DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_NOT_RESTORED);
  g_assert_nonnull (
      strstr (dw_deploy_job_get_error (job)->message, dw_instance_get_container_name (old)));
  fixture_assert_status (self, job, DW_DEPLOY_FAILED);
  g_assert_cmpuint (fixture_count_containers (self, fixture_stage_id (self), FALSE), ==, 0);
}

static void
test_port_in_use (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, &error);
  fixture_push (self, "v1", NULL);

  g_assert_no_error (error);
  fixture_deploy_well (self, "v1");
  g_object_set (self->stage, "host-port", (int) port, NULL);
  g_autoptr (DwStage)
      stage = dw_store_get (self->store, DW_TYPE_STAGE, fixture_stage_id (self), &error);
  g_object_set (stage, "host-port", (int) port, NULL);
  dw_store_update (self->store, DW_ENTITY (stage), &error);
  g_assert_no_error (error);

  g_autoptr (DwDeployJob) job = fixture_deploy (self, "v1");
  g_assert_error (dw_deploy_job_get_error (job), DW_ENGINE_ERROR, DW_ENGINE_ERROR_PORT_IN_USE);
  fixture_assert_status (self, job, DW_DEPLOY_FAILED);
  fixture_assert_serves (self, fixture_stage_id (self), "v1");
  g_assert_cmpuint (fixture_count_containers (self, fixture_stage_id (self), FALSE), ==, 1);
}

static void
test_exits_at_once (Fixture *self, gconstpointer data)
{
  fixture_push (self, "v1", "--broken", "exit", NULL);
  g_autoptr (DwDeployJob) job = fixture_deploy (self, "v1");

  g_assert_error (dw_deploy_job_get_error (job), DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_EXITED);
  g_assert_nonnull (strstr (dw_deploy_job_get_error (job)->message, "ended by itself"));
  fixture_assert_status (self, job, DW_DEPLOY_FAILED);
  g_assert_cmpuint (fixture_count_containers (self, fixture_stage_id (self), FALSE), ==, 0);

  g_autofree char *log = fixture_get_log (self, job);
  g_assert_nonnull (strstr (log, "the configuration is missing"));
}

static void
test_other_architecture (Fixture *self, gconstpointer data)
{
  fixture_push (self, "v1", "--arch", "s390x", NULL);
  g_autoptr (DwDeployJob) job = fixture_deploy (self, "v1");

  g_assert_error (dw_deploy_job_get_error (job), DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_PLATFORM);
  g_assert_nonnull (strstr (dw_deploy_job_get_error (job)->message, "s390x"));
  fixture_assert_status (self, job, DW_DEPLOY_FAILED);
  g_assert_cmpuint (fixture_count_containers (self, fixture_stage_id (self), FALSE), ==, 0);
}

static void
test_unknown_tag_and_image (Fixture *self, gconstpointer data)
{
  fixture_push (self, "v1", NULL);

  fixture_deploy_well (self, "v1");
  g_autoptr (DwDeployJob) no_tag = fixture_deploy (self, "v7");
  g_assert_error (dw_deploy_job_get_error (no_tag), DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (dw_deploy_job_get_error (no_tag)->message, "v7"));
  fixture_assert_status (self, no_tag, DW_DEPLOY_FAILED);
  fixture_assert_serves (self, fixture_stage_id (self), "v1");

  g_autoptr (GError) error = NULL;
  g_autofree char *nowhere = g_strconcat (self->repository, "-nowhere", NULL);
  g_object_set (self->project, "image", nowhere, NULL);
  dw_store_update (self->store, DW_ENTITY (self->project), &error);
  g_assert_no_error (error);
  g_autoptr (DwDeployJob) no_image = fixture_deploy (self, NULL);
  g_assert_error (dw_deploy_job_get_error (no_image), DW_REGISTRY_ERROR,
                  DW_REGISTRY_ERROR_NOT_FOUND);
  fixture_assert_status (self, no_image, DW_DEPLOY_FAILED);
  fixture_assert_serves (self, fixture_stage_id (self), "v1");
}

static void
test_refused_login (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *image = g_strconcat (g_getenv ("DW_TEST_AUTH_REGISTRY"), "/secret", NULL);

  g_object_set (self->project, "image", image, NULL);
  dw_store_update (self->store, DW_ENTITY (self->project), &error);
  g_assert_no_error (error);

  g_autoptr (DwDeployJob) job = fixture_deploy (self, "v1");
  g_assert_error (dw_deploy_job_get_error (job), DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_UNAUTHORIZED);
  fixture_assert_status (self, job, DW_DEPLOY_FAILED);
}

static void
test_health_kinds (Fixture *self, gconstpointer data)
{
  static const DwHealth kinds[] = { DW_HEALTH_TCP, DW_HEALTH_NONE, DW_HEALTH_DOCKER };
  /* Podman leaves the running of health checks to systemd's timers, which are not there. */
  gboolean has_docker_health = g_strcmp0 (g_getenv ("DW_TEST_ENGINE"), "docker") == 0;
  fixture_push (self, "v1", "--healthcheck", "ok", NULL);
  fixture_push (self, "v2", "--healthcheck", "bad", NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (kinds) - (has_docker_health ? 0 : 1); i++)
    {
      g_object_set (self->project, "health-kind", kinds[i], "health-retries", 100, NULL);
      dw_store_update (self->store, DW_ENTITY (self->project), &error);
      g_assert_no_error (error);
      fixture_deploy_well (self, "v1");
      fixture_assert_serves (self, fixture_stage_id (self), "v1");
    }

  if (!has_docker_health)
    return;

  g_object_set (self->project, "health-kind", DW_HEALTH_DOCKER, NULL);
  dw_store_update (self->store, DW_ENTITY (self->project), &error);
  g_assert_no_error (error);
  g_autoptr (DwDeployJob) job = fixture_deploy (self, "v2");
  g_assert_error (dw_deploy_job_get_error (job), DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_UNHEALTHY);
  g_assert_nonnull (strstr (dw_deploy_job_get_error (job)->message, "the check says no"));
  fixture_assert_serves (self, fixture_stage_id (self), "v1");
}

static void
test_roll_back_reuses_kept_container (Fixture *self, gconstpointer data)
{
  const char *first = fixture_push (self, "v1", NULL);
  fixture_push (self, "v2", NULL);

  fixture_deploy_well (self, "v1");
  g_autoptr (DwInstance) old = fixture_get_instance (self, fixture_stage_id (self));
  fixture_deploy_well (self, "v2");
  fixture_assert_serves (self, fixture_stage_id (self), "v2");

  g_autoptr (DwDeployJob)
      job = dw_deployer_roll_back (self->deployer, fixture_stage_id (self), NULL);
  fixture_wait (job);
  fixture_assert_good (job);
  fixture_assert_serves (self, fixture_stage_id (self), "v1");

  g_autoptr (DwInstance) now = fixture_get_instance (self, fixture_stage_id (self));
  g_autoptr (DwDeploy) deploy = fixture_get_deploy (self, job);
  g_assert_cmpstr (dw_instance_get_container_id (now), ==, dw_instance_get_container_id (old));
  g_assert_cmpint (dw_deploy_get_trigger (deploy), ==, DW_TRIGGER_ROLLBACK);
  g_assert_cmpstr (dw_deploy_get_digest (deploy), ==, first);

  /* Further back than the first there is nothing. */
  g_autoptr (DwDeployJob)
      again = dw_deployer_roll_back (self->deployer, fixture_stage_id (self), NULL);
  fixture_wait (again);
  g_assert_error (dw_deploy_job_get_error (again), DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_NO_PREVIOUS);
  g_assert_null (dw_deploy_job_get_deploy_id (again));
}

static void
test_roll_back_without_kept_container (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fixture_push (self, "v1", NULL);
  fixture_push (self, "v2", NULL);

  g_object_set (self->stage, "keep", 0, NULL);
  dw_store_update (self->store, DW_ENTITY (self->stage), &error);
  g_assert_no_error (error);

  g_autoptr (DwDeployJob) oldest = fixture_deploy (self, "v1");
  fixture_deploy_well (self, "v2");
  g_assert_cmpuint (fixture_count_containers (self, fixture_stage_id (self), FALSE), ==, 1);

  g_autoptr (DwDeployJob) job = dw_deployer_roll_back (self->deployer, fixture_stage_id (self),
                                                       dw_deploy_job_get_deploy_id (oldest));
  fixture_wait (job);
  fixture_assert_good (job);
  fixture_assert_serves (self, fixture_stage_id (self), "v1");
}

/* What is known by its digest is in the repository of then. */
static void
test_project_moves_to_another_image (Fixture *self, gconstpointer data)
{
  g_autoptr (DwStage) prod = fixture_add_stage (self, "prod", 1);
  g_autofree char *moved = g_strconcat (self->repository, "-moved", NULL);
  g_autoptr (GError) error = NULL;
  fixture_push (self, "v1", NULL);
  fixture_push (self, "v2", NULL);

  fixture_deploy_well (self, "v1");
  fixture_deploy_well (self, "v2");
  g_object_set (self->project, "image", moved, NULL);
  dw_store_update (self->store, DW_ENTITY (self->project), &error);
  g_assert_no_error (error);

  g_autoptr (DwDeployJob)
      promotion = dw_deployer_promote (self->deployer, fixture_stage_id (self), NULL);
  fixture_wait (promotion);
  fixture_assert_good (promotion);
  fixture_assert_serves (self, dw_entity_get_id (DW_ENTITY (prod)), "v2");

  g_autoptr (DwDeployJob)
      job = dw_deployer_roll_back (self->deployer, fixture_stage_id (self), NULL);
  fixture_wait (job);
  fixture_assert_good (job);
  fixture_assert_serves (self, fixture_stage_id (self), "v1");
  g_autoptr (DwDeploy) deploy = fixture_get_deploy (self, job);
  g_assert_cmpstr (dw_deploy_get_image (deploy), ==, self->repository);
}

static void
test_promote_takes_the_digest (Fixture *self, gconstpointer data)
{
  g_autoptr (DwStage) prod = fixture_add_stage (self, "prod", 1);
  const char *first = fixture_push (self, "latest", "--env", "BUILD=1", NULL);

  fixture_deploy_well (self, "latest");
  /* The tag moves on before the promotion; what was tried is what is promoted. */
  const char *second = fixture_push (self, "latest", "--env", "BUILD=2", NULL);
  g_assert_cmpstr (first, !=, second);

  g_autoptr (DwDeployJob) job = dw_deployer_promote (self->deployer, fixture_stage_id (self), NULL);
  fixture_wait (job);
  fixture_assert_good (job);
  g_assert_cmpstr (dw_deploy_job_get_stage_id (job), ==, dw_entity_get_id (DW_ENTITY (prod)));

  g_autoptr (DwInstance) promoted = fixture_get_instance (self, dw_deploy_job_get_stage_id (job));
  g_assert_cmpstr (dw_instance_get_digest (promoted), ==, first);

  g_autoptr (DwDeployJob)
      beyond = dw_deployer_promote (self->deployer, dw_entity_get_id (DW_ENTITY (prod)), NULL);
  fixture_wait (beyond);
  g_assert_error (dw_deploy_job_get_error (beyond), DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_NO_NEXT_STAGE);
}

static void
test_keeps_as_many_as_asked (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_object_set (self->stage, "keep", 2, NULL);
  dw_store_update (self->store, DW_ENTITY (self->stage), &error);
  g_assert_no_error (error);

  for (int i = 1; i <= 5; i++)
    {
      g_autofree char *tag = g_strdup_printf ("v%d", i);
      fixture_push (self, tag, NULL);

      fixture_deploy_well (self, tag);
    }

  g_autoptr (GPtrArray)
      instances = dw_store_list_instances (self->store, fixture_stage_id (self), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (instances->len, ==, 3);
  g_assert_cmpstr (dw_instance_get_tag (g_ptr_array_index (instances, 0)), ==, "v5");
  g_assert_cmpstr (dw_instance_get_tag (g_ptr_array_index (instances, 2)), ==, "v3");
  g_assert_cmpuint (fixture_count_containers (self, fixture_stage_id (self), FALSE), ==, 3);
  g_assert_cmpuint (fixture_count_containers (self, fixture_stage_id (self), TRUE), ==, 1);
}

static void
test_actions (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fixture_push (self, "v1", NULL);
  const char *stage_id = fixture_stage_id (self);

  g_assert_false (dw_deployer_act (self->deployer, stage_id, DW_STAGE_ACTION_STOP, NULL, &error));
  g_assert_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_NO_INSTANCE);
  g_clear_error (&error);

  fixture_deploy_well (self, "v1");
  dw_deployer_act (self->deployer, stage_id, DW_STAGE_ACTION_STOP, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fixture_count_containers (self, stage_id, TRUE), ==, 0);
  dw_deployer_act (self->deployer, stage_id, DW_STAGE_ACTION_START, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (DwStageState)
      state = dw_deployer_inspect_stage (self->deployer, stage_id, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (state->container->state, ==, DW_CONTAINER_RUNNING);
  g_assert_cmpint (dw_deploy_get_status (state->deploy), ==, DW_DEPLOY_SUCCESS);
  dw_deployer_act (self->deployer, stage_id, DW_STAGE_ACTION_RESTART, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fixture_count_containers (self, stage_id, TRUE), ==, 1);

  dw_deployer_act (self->deployer, stage_id, DW_STAGE_ACTION_REMOVE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fixture_count_containers (self, stage_id, FALSE), ==, 0);
  g_assert_null (dw_store_get (self->store, DW_TYPE_STAGE, stage_id, &error));
  g_assert_error (error, DW_STORE_ERROR, DW_STORE_ERROR_NOT_FOUND);
}

static gboolean
cancel_when_stopped (const DwEngineEvent *event, gpointer user_data)
{
  if (!g_str_equal (event->action, "die"))
    return TRUE;

  g_cancellable_cancel (user_data);
  return FALSE;
}

typedef struct
{
  DwEngine *engine;
  GCancellable *restart;
  GCancellable *end;
} Watch;

static gpointer
watch (gpointer data)
{
  Watch *self = data;

  dw_engine_watch_events (self->engine, NULL, cancel_when_stopped, self->restart, self->end, NULL);
  return NULL;
}

static void
test_cancelled_restart (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) restart = g_cancellable_new ();
  g_autoptr (GCancellable) end = g_cancellable_new ();
  Watch watched = { self->engine, restart, end };
  fixture_push (self, "v1", NULL);
  const char *stage_id = fixture_stage_id (self);

  fixture_deploy_well (self, "v1");
  g_autoptr (GThread) thread = g_thread_new ("watch", watch, &watched);
  /* The first ones may be over before the watch has begun. */
  for (guint i = 0; i < 20 && !g_cancellable_is_cancelled (restart); i++)
    dw_deployer_act (self->deployer, stage_id, DW_STAGE_ACTION_RESTART, restart, &error);
  g_cancellable_cancel (end);
  g_thread_join (g_steal_pointer (&thread));

  g_assert_true (g_cancellable_is_cancelled (restart));
  g_assert_no_error (error);
  g_assert_cmpuint (fixture_count_containers (self, stage_id, TRUE), ==, 1);

  g_assert_false (
      dw_deployer_act (self->deployer, stage_id, DW_STAGE_ACTION_RESTART, restart, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (fixture_count_containers (self, stage_id, TRUE), ==, 1);
}

/* What a person made with the name and the image of ours, and without our labels. */
static void
test_foreign_container_is_left_alone (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const char *digest = fixture_push (self, "v1", NULL);

  fixture_deploy_well (self, "v1");
  g_autoptr (DwInstance) instance = fixture_get_instance (self, fixture_stage_id (self));
  g_autofree char *image = g_strconcat (self->repository, "@", digest, NULL);
  g_autoptr (DwContainerSpec) spec = dw_container_spec_new ("shop-dev-foreign", image);
  g_autofree char *foreign = dw_engine_create_container (self->engine, spec, NULL, &error);
  g_assert_no_error (error);

  /* Even the store says that it is ours. */
  g_object_set (instance, "container-id", foreign, NULL);
  dw_store_update (self->store, DW_ENTITY (instance), &error);
  g_assert_no_error (error);

  g_assert_false (dw_deployer_act (self->deployer, fixture_stage_id (self), DW_STAGE_ACTION_START,
                                   NULL, &error));
  g_assert_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_NO_INSTANCE);
  g_clear_error (&error);

  fixture_deploy_well (self, "v1");
  dw_deployer_act (self->deployer, fixture_stage_id (self), DW_STAGE_ACTION_REMOVE, NULL, &error);
  g_assert_no_error (error);

  g_autoptr (DwContainer) left = dw_engine_inspect_container (self->engine, foreign, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (left->state, ==, DW_CONTAINER_CREATED);
  dw_engine_remove_container (self->engine, foreign, NULL, &error);
  g_assert_no_error (error);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/deploy/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("a-tag-becomes-a-healthy-container", test_tag_becomes_healthy_container);
  ADD ("without-a-tag-the-newest-of-the-policy-is-taken", test_newest_by_policy);
  ADD ("the-stage-overrides-the-projects-environment", test_environments_are_merged);
  ADD ("an-unhealthy-container-is-refused-while-the-old-one-serves", test_unhealthy_is_refused);
  ADD ("with-a-fixed-port-the-old-one-is-brought-back", test_fixed_port_is_rolled_back);
  ADD ("what-cannot-be-brought-back-is-said", test_what_cannot_be_brought_back_is_said);
  ADD ("a-port-in-use-leaves-the-stage-as-it-was", test_port_in_use);
  ADD ("a-container-that-exits-at-once-shows-its-last-words", test_exits_at_once);
  ADD ("an-image-for-another-architecture-is-refused", test_other_architecture);
  ADD ("an-unknown-tag-or-image-is-in-the-history", test_unknown_tag_and_image);
  ADD ("a-refused-login-is-in-the-history", test_refused_login);
  ADD ("every-kind-of-health-check-works", test_health_kinds);
  ADD ("a-rollback-brings-back-the-kept-container", test_roll_back_reuses_kept_container);
  ADD ("a-rollback-makes-a-new-container-when-none-was-kept",
       test_roll_back_without_kept_container);
  ADD ("a-digest-is-taken-from-the-image-that-it-is-of", test_project_moves_to_another_image);
  ADD ("a-promotion-takes-the-digest-that-runs", test_promote_takes_the_digest);
  ADD ("as-many-retired-instances-stay-as-asked", test_keeps_as_many_as_asked);
  ADD ("a-stage-is-stopped-started-and-removed", test_actions);
  ADD ("a-restart-that-is-cancelled-does-not-stay-stopped", test_cancelled_restart);
  ADD ("a-foreign-container-is-never-touched", test_foreign_container_is_left_alone);

  return g_test_run ();
}
