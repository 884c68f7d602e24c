/* test-adoption.c: a container that somebody else started becomes a project, and is left alone
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs under fixtures/with-engine. The containers are started by the docker command, as a person
 * does it.
 */

#include "config.h"

#include <string.h>

#include "deploy-fixture.h"
#include "deploy/dw-adoption.h"
#include "deploy/dw-deploy-error.h"
#include "model/dw-environment.h"

/* Runs docker with these words, which must succeed. */
static void
docker (const char *first, ...)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autofree char *errors = NULL;
  g_autoptr (GError) error = NULL;
  va_list arguments;
  int status = 0;

  g_ptr_array_add (words, (gpointer) "docker");
  va_start (arguments, first);
  for (const char *word = first; word != NULL; word = va_arg (arguments, const char *))
    g_ptr_array_add (words, (gpointer) word);
  va_end (arguments);
  g_ptr_array_add (words, NULL);

  g_spawn_sync (NULL, (char **) words->pdata, NULL,
                G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &errors,
                &status, &error);
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, NULL))
    g_error ("docker %s: %s", first, errors);
}

static DwAdoption *
find (Fixture *self, const char *container)
{
  g_autoptr (GError) error = NULL;
  DwAdoption *adoption = dw_adoption_find (self->engine, self->store, container, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (adoption);

  return adoption;
}

static gboolean
has_note (DwAdoption *adoption, const char *part)
{
  for (guint i = 0; i < adoption->notes->len; i++)
    {
      const DwConfigNote *note = g_ptr_array_index (adoption->notes, i);

      if (strstr (note->text, part) != NULL)
        return TRUE;
      g_test_message ("%s", note->text);
    }

  return FALSE;
}

static void
assert_note (DwAdoption *adoption, const char *part)
{
  if (!has_note (adoption, part))
    g_error ("“%s” is in none of the notes", part);
}

static const char *
get_string (gpointer entity, const char *property)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (entity), property);

  return dw_entity_get_string (
      entity, dw_entity_class_find_property_id (DW_ENTITY_GET_CLASS (entity), pspec->name));
}

static void
test_everything_it_has_is_read (Fixture *self, gconstpointer data)
{
  g_autofree char *image = g_strdup_printf ("%s:v1.2.3", self->repository);
  g_autofree char *port = g_strdup_printf ("127.0.0.1:%u:8080", fixture_find_free_port ());

  fixture_push (self, "v1.2.3", "--env", "FROM_IMAGE=1", NULL);
  docker ("network", "create", "dw-back", NULL);
  docker ("run", "-d", "--name", "My_Web", "-p", port, "-p", "9090", "-e", "LOG=debug", "-e",
          "FROM_IMAGE=2", "-v", "dw-data:/data", "-v", "/tmp:/host:ro", "--tmpfs", "/scratch",
          "--restart", "on-failure:3", "-m", "64m", "--cpus", "0.5", "--health-cmd",
          "wget -q -O - http://localhost:8080/health", "--health-interval", "5s", "--network",
          "dw-back", "--label", "traefik.http.routers.web.rule=Host(`web.example.com`)", "--label",
          "team=red", image, "/start", "two words", NULL);

  g_autoptr (DwAdoption) adoption = find (self, "My_Web");
  g_assert_null (adoption->problem);
  g_assert_cmpstr (dw_project_get_name (adoption->project), ==, "my-web");
  g_assert_cmpstr (dw_project_get_image (adoption->project), ==, self->repository);
  g_assert_cmpint (dw_project_get_port (adoption->project), ==, 8080);
  g_assert_cmpstr (dw_project_get_env (adoption->project), ==,
                   "{\"FROM_IMAGE\":\"2\",\"LOG\":\"debug\"}");
  g_assert_cmpstr (dw_project_get_volumes (adoption->project), ==,
                   "[\"dw-data:/data\",\"/tmp:/host:ro\"]");
  g_assert_cmpstr (dw_project_get_command (adoption->project), ==, "/start 'two words'");
  g_assert_cmpstr (dw_project_get_network (adoption->project), ==, "dw-back");
  g_assert_cmpint (dw_project_get_restart_policy (adoption->project), ==, DW_RESTART_ON_FAILURE);
  g_assert_cmpint (dw_project_get_memory_limit_bytes (adoption->project), ==, 64 << 20);
  g_assert_cmpint (dw_project_get_cpu_limit_millis (adoption->project), ==, 500);
  g_assert_cmpint (dw_project_get_health_kind (adoption->project), ==, DW_HEALTH_HTTP);
  g_assert_cmpstr (dw_project_get_health_path (adoption->project), ==, "/health");
  g_assert_cmpint (dw_stage_get_policy_kind (adoption->stage), ==, DW_TAG_POLICY_SEMVER);
  g_assert_cmpstr (dw_stage_get_policy_pattern (adoption->stage), ==, "^1.2.3");
  g_assert_cmpint (dw_stage_get_host_port (adoption->stage), !=, 0);
  g_assert_cmpstr (get_string (adoption->stage, "domain"), ==, "web.example.com");
  assert_note (adoption, "/scratch");
  assert_note (adoption, "9090");
  assert_note (adoption, "“team”");
  assert_note (adoption, "3 times");
  assert_note (adoption, "docker stop My_Web");
  g_assert_false (has_note (adoption, "No registry has given"));

  docker ("rm", "-f", "My_Web", NULL);
  docker ("network", "rm", "dw-back", NULL);
  docker ("volume", "rm", "dw-data", NULL);
}

static void
test_what_the_image_says_is_left_to_it (Fixture *self, gconstpointer data)
{
  g_autofree char *image = g_strdup_printf ("%s:latest", self->repository);

  fixture_push (self, "latest", "--env", "FROM_IMAGE=1", "--healthcheck", "ok", NULL);
  docker ("run", "-d", "--name", "dw-plain", image, NULL);

  g_autoptr (DwAdoption) adoption = find (self, "dw-plain");
  g_assert_cmpstr (dw_project_get_env (adoption->project), ==, "{}");
  g_assert_null (dw_project_get_command (adoption->project));
  g_assert_null (dw_project_get_network (adoption->project));
  /* Podman does not say what health check an image has: this one is read from the container. */
  g_assert_cmpint (dw_project_get_health_kind (adoption->project), ==,
                   g_str_equal (g_getenv ("DW_TEST_ENGINE"), "podman") ? DW_HEALTH_HTTP
                                                                       : DW_HEALTH_DOCKER);
  g_assert_cmpint (dw_project_get_restart_policy (adoption->project), ==, DW_RESTART_NO);
  g_assert_cmpint (dw_stage_get_policy_kind (adoption->stage), ==, DW_TAG_POLICY_EXACT);
  g_assert_cmpstr (dw_stage_get_policy_pattern (adoption->stage), ==, "latest");
  g_assert_cmpint (dw_stage_get_host_port (adoption->stage), ==, 0);

  docker ("rm", "-f", "dw-plain", NULL);
}

static void
test_an_image_that_is_only_here_is_said (Fixture *self, gconstpointer data)
{
  g_autofree char *image = g_strdup_printf ("%s:v1.0.0", self->repository);

  fixture_push (self, "v1.0.0", NULL);
  docker ("pull", image, NULL);
  docker ("tag", image, "localhost/own/thing:1", NULL);
  docker ("run", "-d", "--name", "dw-own", "localhost/own/thing:1", NULL);

  g_autoptr (DwAdoption) adoption = find (self, "dw-own");
  assert_note (adoption, "No registry has given its image");

  docker ("rm", "-f", "dw-own", NULL);
  docker ("rmi", "localhost/own/thing:1", NULL);
}

/* What the port answers, once it does; the build's limit ends a test for which it never does. */
static char *
await_answer (guint16 port)
{
  char *answer = NULL;

  while ((answer = fixture_ask_port (port, "/")) == NULL)
    g_usleep (20 * 1000);

  return answer;
}

/* The deploy needs the port: it fails as long as the container has it, and serves when it has not.
 * Nobody but the person stops the container. */
static void
test_an_adopted_container_is_left_alone (Fixture *self, gconstpointer data)
{
  g_autofree char *image = g_strdup_printf ("%s:v1.0.0", self->repository);
  guint16 host_port = fixture_find_free_port ();
  g_autofree char *port = g_strdup_printf ("127.0.0.1:%u:8080", host_port);
  g_autoptr (GError) error = NULL;

  fixture_push (self, "v1.0.0", NULL);
  docker ("run", "-d", "--name", "dw-alone", "-p", port, image, NULL);

  g_autoptr (DwAdoption) adoption = find (self, "dw-alone");
  g_object_set (adoption->project, "name", "adopted", NULL);
  dw_adoption_apply (adoption, self->store, &error);
  g_assert_no_error (error);
  g_autofree char *serves = await_answer (host_port);
  g_assert_cmpstr (serves, ==, "v1.0.0");

  const char *stage_id = dw_entity_get_id (DW_ENTITY (adoption->stage));
  g_clear_object (&self->stage);
  self->stage = g_object_ref (adoption->stage);
  g_autoptr (DwDeployJob) refused = fixture_deploy (self, "v1.0.0");
  g_assert_nonnull (dw_deploy_job_get_error (refused));
  g_autofree char *still_serves = fixture_ask_port (host_port, "/");
  g_assert_cmpstr (still_serves, ==, "v1.0.0");

  docker ("stop", "-t", "1", "dw-alone", NULL);
  fixture_deploy_well (self, "v1.0.0");
  fixture_assert_serves (self, stage_id, "v1.0.0");

  dw_deployer_remove_project (self->deployer, dw_entity_get_id (DW_ENTITY (adoption->project)),
                              NULL, &error);
  g_assert_no_error (error);
  docker ("rm", "-f", "dw-alone", NULL);
}

/* What the project of that container is to be called. */
static const char *
get_proposed_name (GPtrArray *adoptions, const char *container)
{
  for (guint i = 0; i < adoptions->len; i++)
    {
      const DwAdoption *adoption = g_ptr_array_index (adoptions, i);

      if (g_str_equal (adoption->container_name, container))
        return dw_project_get_name (adoption->project);
    }

  return NULL;
}

static void
test_the_list_has_what_runs_and_is_not_ours (Fixture *self, gconstpointer data)
{
  g_autofree char *image = g_strdup_printf ("%s:v1.0.0", self->repository);
  g_autoptr (GError) error = NULL;

  fixture_push (self, "v1.0.0", NULL);
  fixture_deploy_well (self, "v1.0.0");
  docker ("run", "-d", "--name", "shop", "--label", "com.docker.compose.project=shop", "--label",
          "com.docker.compose.service=shop", image, NULL);
  docker ("run", "-d", "--name", "shop-db-1", "--label", "com.docker.compose.project=shop",
          "--label", "com.docker.compose.service=db", image, NULL);
  docker ("create", "--name", "dw-sleeping", image, NULL);

  g_autoptr (GPtrArray) adoptions = dw_adoption_list (self->engine, self->store, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (adoptions->len, ==, 2);
  /* The name is taken by the fixture's project. */
  g_assert_cmpstr (get_proposed_name (adoptions, "shop"), ==, "shop-2");
  g_assert_cmpstr (get_proposed_name (adoptions, "shop-db-1"), ==, "shop-db");

  docker ("rm", "-f", "shop", "shop-db-1", "dw-sleeping", NULL);
}

static void
test_what_cannot_be_adopted_says_why (Fixture *self, gconstpointer data)
{
  g_autoptr (DwInstance) instance = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (dw_adoption_find (self->engine, self->store, "nobody", NULL, &error));
  g_assert_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_NO_CONTAINER);
  g_clear_error (&error);

  fixture_push (self, "v1.0.0", NULL);
  fixture_deploy_well (self, "v1.0.0");
  instance = fixture_get_instance (self, fixture_stage_id (self));
  g_assert_null (dw_adoption_find (self->engine, self->store,
                                   dw_instance_get_container_name (instance), NULL, &error));
  g_assert_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_NO_CONTAINER);
  g_assert_nonnull (strstr (error->message, "already"));
}

static void
test_a_name_that_is_taken_writes_nothing (Fixture *self, gconstpointer data)
{
  g_autofree char *image = g_strdup_printf ("%s:v1.0.0", self->repository);
  g_autoptr (GError) error = NULL;

  fixture_push (self, "v1.0.0", NULL);
  docker ("run", "-d", "--name", "dw-taken", image, NULL);

  g_autoptr (DwAdoption) adoption = find (self, "dw-taken");
  g_object_set (adoption->stage, "name", "Not A Name", NULL);
  g_assert_false (dw_adoption_apply (adoption, self->store, &error));
  g_autoptr (GPtrArray) projects = dw_store_list (self->store, DW_TYPE_PROJECT, NULL);
  g_assert_cmpuint (projects->len, ==, 1);
  g_clear_error (&error);

  g_object_set (adoption->project, "name", "shop", NULL);
  g_object_set (adoption->stage, "name", "main", NULL);
  g_assert_false (dw_adoption_apply (adoption, self->store, &error));
  g_assert_error (error, DW_STORE_ERROR, DW_STORE_ERROR_EXISTS);

  docker ("rm", "-f", "dw-taken", NULL);
}

#define add_test(path, test)                                                                       \
  g_test_add (path, Fixture, NULL, fixture_set_up, test, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_test ("/adoption/everything-it-has-is-read", test_everything_it_has_is_read);
  add_test ("/adoption/what-the-image-says-is-left-to-it", test_what_the_image_says_is_left_to_it);
  add_test ("/adoption/an-image-that-is-only-here-is-said",
            test_an_image_that_is_only_here_is_said);
  add_test ("/adoption/an-adopted-container-is-left-alone",
            test_an_adopted_container_is_left_alone);
  add_test ("/adoption/the-list-has-what-runs-and-is-not-ours",
            test_the_list_has_what_runs_and_is_not_ours);
  add_test ("/adoption/what-cannot-be-adopted-says-why", test_what_cannot_be_adopted_says_why);
  add_test ("/adoption/a-name-that-is-taken-writes-nothing",
            test_a_name_that_is_taken_writes_nothing);

  return g_test_run ();
}
