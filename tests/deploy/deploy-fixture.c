/* deploy-fixture.c: a project with a stage on a real engine, and images in a real registry
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "deploy-fixture.h"

#include <libsoup/soup.h>
#include <string.h>

#include "deploy/dw-stage-containers.h"
#include "engine/dw-engine-address.h"

/* Longer than any deploy here takes on a busy machine; a test that waits so long hangs. */
#define PATIENCE_S 120

static void
remove_recursively (const char *path)
{
  const char *argv[] = { "rm", "-rf", path, NULL };
  g_autoptr (GError) error = NULL;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                &error);
  g_assert_no_error (error);
}

void
fixture_set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *unique = g_uuid_string_random ();
  g_autofree char *address = dw_engine_find_address (NULL, NULL, &error);
  g_assert_no_error (error);
  self->directory = g_dir_make_tmp ("dw-deploy-XXXXXX", &error);
  g_assert_no_error (error);

  g_autofree char *path = g_build_filename (self->directory, "store.db", NULL);
  self->store = dw_store_open (path, &error);
  g_assert_no_error (error);
  self->engine = dw_engine_new (address);
  self->registries = dw_registries_new (self->store);
  self->deployer = dw_deployer_new (self->store, self->engine, self->registries);

  self->digests = g_ptr_array_new_with_free_func (g_free);
  unique[8] = '\0';
  self->repository = g_strdup_printf ("%s/t/%s", g_getenv ("DW_TEST_REGISTRY"), unique);
  self->project = g_object_new (DW_TYPE_PROJECT, "name", "shop", "image", self->repository,
                                "health-kind", DW_HEALTH_HTTP, "health-path", "/health",
                                "health-interval-ms", 100, "health-timeout-ms", 1000,
                                "health-retries", 8, NULL);
  dw_store_create (self->store, DW_ENTITY (self->project), &error);
  g_assert_no_error (error);
  self->stage = fixture_add_stage (self, "dev", 0);
}

void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  dw_deployer_remove_project (self->deployer, dw_entity_get_id (DW_ENTITY (self->project)), NULL,
                              &error);
  g_assert_no_error (error);

  g_clear_object (&self->deployer);
  g_clear_object (&self->registries);
  g_clear_object (&self->engine);
  g_clear_object (&self->store);
  g_clear_object (&self->project);
  g_clear_object (&self->stage);
  g_ptr_array_unref (self->digests);
  g_free (self->repository);
  remove_recursively (self->directory);
  g_free (self->directory);
}

const char *
fixture_push (Fixture *self, const char *tag, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;
  va_list options;
  int status;

  g_ptr_array_add (argv, g_build_filename (g_getenv ("DW_TEST_FIXTURES"), "make-image", NULL));
  g_ptr_array_add (argv, g_strdup_printf ("%s:%s", self->repository, tag));
  g_ptr_array_add (argv, g_strdup ("--version"));
  g_ptr_array_add (argv, g_strdup (tag));
  va_start (options, tag);
  for (const char *option; (option = va_arg (options, const char *)) != NULL;)
    g_ptr_array_add (argv, g_strdup (option));
  va_end (options);
  g_ptr_array_add (argv, NULL);

  g_spawn_sync (NULL, (char **) argv->pdata, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL,
                &status, &error);
  g_assert_no_error (error);
  g_spawn_check_wait_status (status, &error);
  g_assert_no_error (error);

  char *digest = strstr (output, "sha256:");
  g_assert_nonnull (digest);

  g_ptr_array_add (self->digests, g_strchomp (g_strdup (digest)));

  return g_ptr_array_index (self->digests, self->digests->len - 1);
}

DwStage *
fixture_add_stage (Fixture *self, const char *name, int position)
{
  g_autoptr (GError) error = NULL;
  DwStage *stage = g_object_new (DW_TYPE_STAGE, "project-id",
                                 dw_entity_get_id (DW_ENTITY (self->project)), "name", name,
                                 "position", position, NULL);

  dw_store_create (self->store, DW_ENTITY (stage), &error);
  g_assert_no_error (error);

  return stage;
}

const char *
fixture_stage_id (Fixture *self)
{
  return dw_entity_get_id (DW_ENTITY (self->stage));
}

guint16
fixture_find_free_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();

  return g_socket_listener_add_any_inet_port (listener, NULL, NULL);
}

static gboolean
on_out_of_patience (gpointer user_data)
{
  g_error ("The deploy does not end");

  return G_SOURCE_REMOVE;
}

void
fixture_wait (DwDeployJob *job)
{
  guint timeout = g_timeout_add_seconds (PATIENCE_S, on_out_of_patience, NULL);

  while (!dw_deploy_job_is_finished (job))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timeout);
}

DwDeployJob *
fixture_deploy (Fixture *self, const char *target)
{
  DwDeployJob *job = dw_deployer_deploy (self->deployer, fixture_stage_id (self), target,
                                         DW_TRIGGER_MANUAL);

  fixture_wait (job);

  return job;
}

void
fixture_assert_good (DwDeployJob *job)
{
  const GError *error = dw_deploy_job_get_error (job);

  g_assert_no_error (error);
  g_assert_cmpint (dw_deploy_job_get_status (job), ==, DW_DEPLOY_SUCCESS);
}

void
fixture_deploy_well (Fixture *self, const char *target)
{
  g_autoptr (DwDeployJob) job = fixture_deploy (self, target);

  fixture_assert_good (job);
}

DwInstance *
fixture_get_instance (Fixture *self, const char *stage_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwStage) stage = dw_store_get (self->store, DW_TYPE_STAGE, stage_id, &error);
  DwInstance *instance = NULL;

  g_assert_no_error (error);
  if (dw_stage_get_current_instance_id (stage) != NULL)
    instance = dw_store_get (self->store, DW_TYPE_INSTANCE,
                             dw_stage_get_current_instance_id (stage), &error);
  g_assert_no_error (error);

  return instance;
}

char *
fixture_ask_port (guint16 port, const char *path)
{
  g_autoptr (SoupSession) session = soup_session_new_with_options ("timeout", 5, NULL);
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%d%s", port, path);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);
  g_autoptr (GBytes) body = soup_session_send_and_read (session, message, NULL, NULL);

  if (body == NULL || soup_message_get_status (message) != SOUP_STATUS_OK)
    return NULL;

  return g_strchomp (g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body)));
}

char *
fixture_ask (Fixture *self, const char *stage_id, const char *path)
{
  g_autoptr (DwInstance) instance = fixture_get_instance (self, stage_id);

  return instance != NULL ? fixture_ask_port ((guint16) dw_instance_get_host_port (instance), path)
                          : NULL;
}

DwDeploy *
fixture_get_deploy (Fixture *self, DwDeployJob *job)
{
  g_autoptr (GError) error = NULL;
  DwDeploy *deploy = dw_store_get (self->store, DW_TYPE_DEPLOY, dw_deploy_job_get_deploy_id (job),
                                   &error);

  g_assert_no_error (error);

  return deploy;
}

guint
fixture_count_containers (Fixture *self, const char *stage_id, gboolean only_running)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *label = g_strconcat (DW_LABEL_STAGE "=", stage_id, NULL);
  g_autoptr (GPtrArray) containers = dw_engine_list_containers (
      self->engine, (const char *[]){ label, NULL }, NULL, &error);
  guint count = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < containers->len; i++)
    {
      DwContainer *container = g_ptr_array_index (containers, i);

      if (!only_running || container->state == DW_CONTAINER_RUNNING)
        count++;
    }

  return count;
}

char *
fixture_get_log (Fixture *self, DwDeployJob *job)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray)
      lines = dw_store_list_logs (self->store, dw_deploy_job_get_deploy_id (job), 0, 0, &error);
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < lines->len; i++)
    g_string_append_printf (text, "%s\n", dw_deploy_log_get_message (g_ptr_array_index (lines, i)));

  return g_string_free (g_steal_pointer (&text), FALSE);
}
