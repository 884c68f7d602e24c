/* test-containers.c: the life of containers and networks on a real engine
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "engine-fixture.h"
#include "engine/dw-tar-writer.h"

/* The image that most tests use, pulled once. */
typedef struct
{
  DwEngine *engine;
  char *image;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->engine = fixture_new_engine ();
  fixture->image = fixture_pull_image (fixture->engine, "web:1.0.0", "--version", "1.0.0", "--env",
                                       "FROM_IMAGE=yes", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->engine);
  g_clear_pointer (&fixture->image, g_free);
}

static DwContainer *
inspect (Fixture *fixture, const char *id)
{
  g_autoptr (GError) error = NULL;
  DwContainer *container = dw_engine_inspect_container (fixture->engine, id, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (container);

  return container;
}

static void
add_label (DwContainerSpec *spec, const char *name, const char *value)
{
  g_hash_table_insert (spec->labels, g_strdup (name), g_strdup (value));
}

static void
test_a_started_container_is_as_it_was_asked_for (Fixture *fixture, gconstpointer data)
{
  g_autoptr (DwContainerSpec) spec = fixture_new_spec ("asked-for", fixture->image, NULL);
  g_autofree char *directory = g_dir_make_tmp ("bind.XXXXXX", NULL);
  g_autofree char *bind = g_strdup_printf ("%s:/data:ro", directory);

  spec->environment = fixture_strv ("GREETING=good day = hello", "EMPTY=", NULL);
  spec->binds = fixture_strv (bind, NULL);
  spec->port = 8080;
  add_label (spec, "io.github.alexei.DockerWatcher.stage", "7");
  add_label (spec, "note", "\"quoted\" and ünïcode");
  g_autofree char *id = fixture_run (fixture->engine, spec);
  g_autoptr (DwContainer) container = inspect (fixture, id);

  g_assert_cmpstr (container->id, ==, id);
  g_assert_cmpstr (container->name, ==, "asked-for");
  g_assert_cmpstr (container->image, ==, fixture->image);
  g_assert_true (g_str_has_prefix (container->image_id, "sha256:"));
  g_assert_cmpint (container->state, ==, DW_CONTAINER_RUNNING);
  g_assert_cmpint (container->health, ==, DW_CONTAINER_HEALTH_NONE);
  g_assert_nonnull (container->started_at);
  g_assert_false (container->has_tty);
  g_assert_false (container->was_oom_killed);
  g_assert_cmpint (container->restart_count, ==, 0);
  g_assert_cmpstr (g_hash_table_lookup (container->labels, "io.github.alexei.DockerWatcher.stage"),
                   ==, "7");
  g_assert_cmpstr (g_hash_table_lookup (container->labels, "note"), ==, "\"quoted\" and ünïcode");
  g_assert_true (
      g_strv_contains ((const char *const *) container->environment, "GREETING=good day = hello"));
  g_assert_true (g_strv_contains ((const char *const *) container->environment, "FROM_IMAGE=yes"));
  g_assert_true (g_str_has_prefix (container->binds[0], directory));

  guint16 port = dw_container_get_host_port (container, 8080);
  g_assert_cmpuint (port, !=, 0);
  g_assert_cmpuint (dw_container_get_host_port (container, 8081), ==, 0);
  const DwContainerPort *published = g_ptr_array_index (container->ports, 0);
  g_assert_cmpstr (published->host_address, ==, "127.0.0.1");

  g_autofree char *answer = fixture_http_get (port, "/");
  g_autofree char *environment = fixture_http_get (port, "/env");
  g_assert_cmpstr (answer, ==, "1.0.0\n");
  g_assert_nonnull (strstr (environment, "GREETING=good day = hello\n"));
  g_assert_nonnull (strstr (environment, "EMPTY=\n"));
}

static void
test_binds_and_limits_hold_inside (Fixture *fixture, gconstpointer data)
{
  g_autofree char *directory = g_dir_make_tmp ("bind.XXXXXX", NULL);
  g_autofree char *file = g_build_filename (directory, "word", NULL);
  g_autofree char *bind = g_strdup_printf ("%s:/data:ro", directory);
  g_autoptr (DwContainerSpec) spec = fixture_new_spec (
      "limited", fixture->image,
      "cat /data/word; touch /data/new || echo read-only;"
      "cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes;"
      "cat /sys/fs/cgroup/cpu.max /sys/fs/cgroup/cpu/cpu.cfs_quota_us");

  g_file_set_contents (file, "from outside\n", -1, NULL);
  spec->binds = fixture_strv (bind, NULL);
  spec->memory_bytes = 64 * 1024 * 1024;
  spec->nano_cpus = 500 * 1000 * 1000;
  g_autofree char *id = fixture_run (fixture->engine, spec);
  fixture_wait (fixture->engine, id);

  g_autofree char *output = fixture_read_all_logs (fixture->engine, id);
  g_assert_nonnull (strstr (output, "from outside\n"));
  g_assert_nonnull (strstr (output, "read-only\n"));
  g_assert_nonnull (strstr (output, "67108864"));
  g_assert_nonnull (strstr (output, "50000"));
}

static void
test_a_fixed_port_is_taken_and_given (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSocket) socket = NULL;
  guint16 port = fixture_take_port (&socket);
  g_autoptr (DwContainerSpec) spec = fixture_new_spec ("fixed-port", fixture->image, NULL);

  g_socket_close (socket, NULL);
  spec->port = 8080;
  spec->host_port = port;
  g_autofree char *id = fixture_run (fixture->engine, spec);
  g_autoptr (DwContainer) container = inspect (fixture, id);

  g_assert_cmpuint (dw_container_get_host_port (container, 8080), ==, port);
  g_autofree char *answer = fixture_http_get (port, "/health");
  g_assert_cmpstr (answer, ==, "ok\n");
}

static void
check_port_in_use (Fixture *fixture, const char *name, guint16 port)
{
  g_autoptr (DwContainerSpec) spec = fixture_new_spec (name, fixture->image, NULL);
  g_autofree char *text = g_strdup_printf ("%u", port);
  g_autoptr (GError) error = NULL;

  spec->port = 8080;
  spec->host_port = port;
  g_autofree char *id = fixture_create (fixture->engine, spec);
  g_assert_false (dw_engine_start_container (fixture->engine, id, NULL, &error));
  g_assert_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_PORT_IN_USE);
  g_assert_nonnull (strstr (error->message, text));

  g_autoptr (DwContainer) container = inspect (fixture, id);
  g_assert_cmpint (container->state, !=, DW_CONTAINER_RUNNING);
  g_clear_error (&error);
  dw_engine_remove_container (fixture->engine, id, NULL, &error);
  g_assert_no_error (error);
}

static void
test_a_port_that_is_taken_says_so (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSocket) socket = NULL;
  guint16 port = fixture_take_port (&socket);
  g_autoptr (DwContainerSpec) spec = fixture_new_spec ("port-owner", fixture->image, NULL);

  check_port_in_use (fixture, "port-of-a-process", port);

  spec->port = 8080;
  g_autofree char *id = fixture_run (fixture->engine, spec);
  g_autoptr (DwContainer) owner = inspect (fixture, id);
  check_port_in_use (fixture, "port-of-a-container", dw_container_get_host_port (owner, 8080));
}

static void
check_create_fails (Fixture *fixture, const char *name, const char *image, DwEngineError code)
{
  g_autoptr (DwContainerSpec) spec = fixture_new_spec (name, image, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (dw_engine_create_container (fixture->engine, spec, NULL, &error));
  g_assert_error (error, DW_ENGINE_ERROR, (int) code);
  g_test_message ("%s", error->message);
}

static void
test_creating_refuses_what_cannot_be (Fixture *fixture, gconstpointer data)
{
  g_autofree char *unknown = fixture_image ("not/there:1");
  g_autoptr (DwContainerSpec) spec = fixture_new_spec ("taken", fixture->image, NULL);
  g_autofree char *id = fixture_create (fixture->engine, spec);

  g_assert_nonnull (id);
  check_create_fails (fixture, "taken", fixture->image, DW_ENGINE_ERROR_CONFLICT);
  check_create_fails (fixture, "no-image", unknown, DW_ENGINE_ERROR_NOT_FOUND);
  check_create_fails (fixture, "white space", fixture->image, DW_ENGINE_ERROR_INVALID);
}

static void
test_a_program_that_is_not_there_cannot_start (Fixture *fixture, gconstpointer data)
{
  g_autoptr (DwContainerSpec) spec = fixture_new_spec ("no-program", fixture->image, NULL);
  g_autoptr (GError) error = NULL;

  spec->command = fixture_strv ("/no/such/program", NULL);
  g_autofree char *id = fixture_create (fixture->engine, spec);
  g_assert_false (dw_engine_start_container (fixture->engine, id, NULL, &error));
  g_assert_true (error->domain == DW_ENGINE_ERROR);
  g_assert_nonnull (strstr (error->message, "/no/such/program"));
}

static void
test_starting_and_stopping_twice_is_no_error (Fixture *fixture, gconstpointer data)
{
  g_autoptr (DwContainerSpec) spec = fixture_new_spec ("twice", fixture->image, NULL);
  g_autoptr (GError) error = NULL;

  spec->port = 8080;
  g_autofree char *id = fixture_run (fixture->engine, spec);
  dw_engine_start_container (fixture->engine, id, NULL, &error);
  g_assert_no_error (error);

  /* Before it answers it may not heed the signal yet. */
  g_autoptr (DwContainer) running = inspect (fixture, id);
  g_autofree char *answer = fixture_http_get (dw_container_get_host_port (running, 8080), "/");
  g_assert_cmpstr (answer, ==, "1.0.0\n");
  for (int i = 0; i < 2; i++)
    {
      dw_engine_stop_container (fixture->engine, id, 60, NULL, &error);
      g_assert_no_error (error);
    }

  g_autoptr (DwContainer) stopped = inspect (fixture, id);
  g_assert_cmpint (stopped->state, ==, DW_CONTAINER_EXITED);
  g_assert_cmpint (stopped->exit_code, ==, 0);
}

static void
test_what_ignores_the_signal_is_killed_after_the_grace (Fixture *fixture, gconstpointer data)
{
  g_autofree char *image = fixture_pull_image (fixture->engine, "slow:1", "--stop-slow", NULL);
  g_autoptr (DwContainerSpec) spec = fixture_new_spec ("slow", image, NULL);

  spec->port = 8080;
  g_autofree char *id = fixture_run (fixture->engine, spec);
  g_autoptr (DwContainer) running = inspect (fixture, id);
  g_autofree char *answer = fixture_http_get (dw_container_get_host_port (running, 8080), "/");
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (answer, ==, "1\n");
  dw_engine_stop_container (fixture->engine, id, 1, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (DwContainer) stopped = inspect (fixture, id);
  g_assert_cmpint (stopped->state, ==, DW_CONTAINER_EXITED);
  g_assert_cmpint (stopped->exit_code, ==, 137);
}

static void
test_a_container_is_found_under_its_new_name (Fixture *fixture, gconstpointer data)
{
  g_autoptr (DwContainerSpec) spec = fixture_new_spec ("first-name", fixture->image, NULL);
  g_autoptr (DwContainerSpec) other = fixture_new_spec ("other-name", fixture->image, NULL);
  g_autofree char *id = fixture_create (fixture->engine, spec);
  g_autofree char *other_id = fixture_create (fixture->engine, other);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (id, !=, other_id);
  dw_engine_rename_container (fixture->engine, id, "second-name", NULL, &error);
  g_assert_no_error (error);
  g_autoptr (DwContainer) container = inspect (fixture, "second-name");
  g_assert_cmpstr (container->id, ==, id);
  g_assert_cmpstr (container->name, ==, "second-name");

  g_assert_false (dw_engine_rename_container (fixture->engine, id, "other-name", NULL, &error));
  g_assert_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_CONFLICT);
}

static void
test_restarting_starts_anew (Fixture *fixture, gconstpointer data)
{
  g_autoptr (DwContainerSpec) spec = fixture_new_spec ("restarted", fixture->image, NULL);
  g_autofree char *id = fixture_run (fixture->engine, spec);
  g_autoptr (DwContainer) before = inspect (fixture, id);
  g_autoptr (GError) error = NULL;

  dw_engine_restart_container (fixture->engine, id, 5, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (DwContainer) after = inspect (fixture, id);
  g_assert_cmpint (after->state, ==, DW_CONTAINER_RUNNING);
  g_assert_cmpstr (after->started_at, !=, before->started_at);
}

static void
test_a_running_container_is_removed_too (Fixture *fixture, gconstpointer data)
{
  g_autoptr (DwContainerSpec) spec = fixture_new_spec ("removed", fixture->image, NULL);
  g_autofree char *id = fixture_run (fixture->engine, spec);
  g_autoptr (GError) error = NULL;

  dw_engine_remove_container (fixture->engine, id, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (dw_engine_inspect_container (fixture->engine, id, NULL, &error));
  g_assert_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_NOT_FOUND);
}

static void
test_an_unknown_container_is_not_found (Fixture *fixture, gconstpointer data)
{
  DwEngine *engine = fixture->engine;
  gint64 exit_code;
  GError *errors[6] = { NULL };

  g_assert_false (dw_engine_start_container (engine, "nobody", NULL, &errors[0]));
  g_assert_false (dw_engine_stop_container (engine, "nobody", 1, NULL, &errors[1]));
  g_assert_false (dw_engine_restart_container (engine, "nobody", 1, NULL, &errors[2]));
  g_assert_false (dw_engine_rename_container (engine, "nobody", "somebody", NULL, &errors[3]));
  g_assert_false (dw_engine_remove_container (engine, "nobody", NULL, &errors[4]));
  g_assert_false (dw_engine_wait_container (engine, "nobody", &exit_code, NULL, &errors[5]));

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_assert_error (errors[i], DW_ENGINE_ERROR, DW_ENGINE_ERROR_NOT_FOUND);
      if (i < 5 || !fixture_is_podman ()) /* which does not say who cannot be waited for */
        g_assert_nonnull (strstr (errors[i]->message, "nobody"));
      g_clear_error (&errors[i]);
    }
}

static void
test_waiting_gives_the_exit_code (Fixture *fixture, gconstpointer data)
{
  g_autofree char *image = fixture_pull_image (fixture->engine, "exits:1", "--broken", "exit",
                                               NULL);
  g_autoptr (DwContainerSpec) spec = fixture_new_spec ("exits", image, NULL);
  g_autofree char *id = fixture_run (fixture->engine, spec);

  g_assert_cmpint (fixture_wait (fixture->engine, id), ==, 3);
  /* And once more, when it has ended long since. */
  g_assert_cmpint (fixture_wait (fixture->engine, id), ==, 3);

  g_autoptr (DwContainer) container = inspect (fixture, id);
  g_assert_cmpint (container->state, ==, DW_CONTAINER_EXITED);
  g_assert_cmpint (container->exit_code, ==, 3);
  g_autofree char *output = fixture_read_all_logs (fixture->engine, id);
  g_assert_nonnull (strstr (output, "cannot start"));
}

static void
test_the_restart_policy_is_kept (Fixture *fixture, gconstpointer data)
{
  g_autoptr (DwContainerSpec) spec = fixture_new_spec ("policy", fixture->image, "exit 1");
  int restart_count = 0;

  spec->restart_policy = g_strdup ("on-failure");
  g_autofree char *id = fixture_run (fixture->engine, spec);
  while (restart_count == 0)
    {
      g_autoptr (DwContainer) container = inspect (fixture, id);
      restart_count = container->restart_count;
      g_usleep (50 * 1000);
    }

  dw_engine_remove_container (fixture->engine, id, NULL, NULL);
}

static char *
create_labelled (Fixture *fixture, const char *name, const char *stage)
{
  g_autoptr (DwContainerSpec) spec = fixture_new_spec (name, fixture->image, NULL);

  add_label (spec, "listed", "yes");
  add_label (spec, "stage", stage);

  return fixture_create (fixture->engine, spec);
}

static guint
count_listed (Fixture *fixture, const char *first, const char *second)
{
  const char *labels[] = { first, second, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray)
      containers = dw_engine_list_containers (fixture->engine, labels, NULL, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < containers->len; i++)
    {
      const DwContainer *container = g_ptr_array_index (containers, i);

      g_assert_true (g_str_has_prefix (container->name, "listed-"));
      g_assert_cmpstr (g_hash_table_lookup (container->labels, "listed"), ==, "yes");
    }

  return containers->len;
}

static void
test_listing_gives_those_with_all_the_labels (Fixture *fixture, gconstpointer data)
{
  g_autofree char *first = create_labelled (fixture, "listed-1", "a=b");
  g_autofree char *second = create_labelled (fixture, "listed-2", "other");
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (first, !=, second);
  dw_engine_start_container (fixture->engine, first, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_listed (fixture, "listed", NULL), ==, 2);
  g_assert_cmpuint (count_listed (fixture, "listed=yes", NULL), ==, 2);
  g_assert_cmpuint (count_listed (fixture, "listed=yes", "stage=a=b"), ==, 1);
  g_assert_cmpuint (count_listed (fixture, "listed=yes", "stage=none"), ==, 0);

  g_autoptr (GPtrArray) all = dw_engine_list_containers (fixture->engine, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (all->len, >, 2);
}

/* Podman leaves the times of the checks to systemd, which is not there: this stands in for it. */
static void
run_health_check (const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) podman = g_subprocess_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error, "podman",
      "--remote", "--url", g_getenv ("DOCKER_HOST"), "healthcheck", "run", id, NULL);

  g_assert_no_error (error);
  /* It fails when the check does. */
  g_subprocess_wait (podman, NULL, &error);
  g_assert_no_error (error);
}

static DwContainer *
await_verdict (Fixture *fixture, const char *id)
{
  for (;;)
    {
      if (fixture_is_podman ())
        run_health_check (id);

      g_autoptr (DwContainer) container = inspect (fixture, id);

      if (container->health == DW_CONTAINER_HEALTH_HEALTHY ||
          container->health == DW_CONTAINER_HEALTH_UNHEALTHY)
        return g_steal_pointer (&container);
      g_assert_cmpint (container->health, ==, DW_CONTAINER_HEALTH_STARTING);
      g_usleep (100 * 1000);
    }
}

static void
test_health_is_told (Fixture *fixture, gconstpointer data)
{
  g_autofree char *good = fixture_pull_image (fixture->engine, "healthy:1", "--healthcheck", "ok",
                                              NULL);
  g_autofree char *bad = fixture_pull_image (fixture->engine, "unhealthy:1", "--healthcheck", "bad",
                                             NULL);
  g_autoptr (DwContainerSpec) good_spec = fixture_new_spec ("healthy", good, NULL);
  g_autoptr (DwContainerSpec) bad_spec = fixture_new_spec ("unhealthy", bad, NULL);
  g_autofree char *good_id = fixture_run (fixture->engine, good_spec);
  g_autofree char *bad_id = fixture_run (fixture->engine, bad_spec);
  g_autoptr (DwContainer) good_verdict = await_verdict (fixture, good_id);
  g_autoptr (DwContainer) bad_verdict = await_verdict (fixture, bad_id);

  g_assert_cmpint (good_verdict->health, ==, DW_CONTAINER_HEALTH_HEALTHY);
  g_assert_cmpint (bad_verdict->health, ==, DW_CONTAINER_HEALTH_UNHEALTHY);
  g_assert_nonnull (strstr (bad_verdict->health_output, "the check says no"));
}

static gboolean
has_network (Fixture *fixture, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = dw_engine_list_networks (fixture->engine, NULL, &error);

  g_assert_no_error (error);

  return g_strv_contains ((const char *const *) names, name);
}

static void
test_containers_meet_by_name_on_a_network (Fixture *fixture, gconstpointer data)
{
  const char *labels[] = { "made-by=test", NULL };
  g_autoptr (GError) error = NULL;

  dw_engine_create_network (fixture->engine, "meeting", labels, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (has_network (fixture, "meeting"));

  g_autoptr (DwContainerSpec) server = fixture_new_spec ("server", fixture->image, NULL);
  server->network = g_strdup ("meeting");
  g_autofree char *server_id = fixture_run (fixture->engine, server);
  if (!fixture_is_podman ()) /* which needs a plugin for names, and may have none */
    {
      g_autoptr (DwContainerSpec) client = fixture_new_spec (
          "client", fixture->image, "until wget -q -O - http://server:8080/; do :; done");
      client->network = g_strdup ("meeting");
      g_autofree char *client_id = fixture_run (fixture->engine, client);
      g_assert_cmpint (fixture_wait (fixture->engine, client_id), ==, 0);
      g_autofree char *output = fixture_read_all_logs (fixture->engine, client_id);
      g_assert_nonnull (strstr (output, "1.0.0\n"));
      dw_engine_remove_container (fixture->engine, client_id, NULL, &error);
      g_assert_no_error (error);
    }

  dw_engine_remove_container (fixture->engine, server_id, NULL, &error);
  g_assert_no_error (error);
  dw_engine_remove_network (fixture->engine, "meeting", NULL, &error);
  g_assert_no_error (error);
  g_assert_false (has_network (fixture, "meeting"));
}

static void
test_networks_refuse_what_cannot_be (Fixture *fixture, gconstpointer data)
{
  g_autoptr (DwContainerSpec) spec = fixture_new_spec ("lost", fixture->image, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (dw_engine_remove_network (fixture->engine, "no-network", NULL, &error));
  g_assert_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_NOT_FOUND);
  g_clear_error (&error);

  dw_engine_create_network (fixture->engine, "only-one", NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (dw_engine_create_network (fixture->engine, "only-one", NULL, NULL, &error));
  g_assert_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_CONFLICT);
  g_clear_error (&error);

  spec->network = g_strdup ("no-network");
  g_autofree char *id = dw_engine_create_container (fixture->engine, spec, NULL, &error);
  if (id != NULL)
    g_assert_false (dw_engine_start_container (fixture->engine, id, NULL, &error));
  g_assert_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_NOT_FOUND);
}

static void
test_files_are_put_into_it (Fixture *fixture, gconstpointer data)
{
  g_autoptr (DwContainerSpec) spec = fixture_new_spec (
      "with-files", fixture->image,
      "ls -ld /given; ls -l /given/note; cat /given/note /given/long | md5sum");
  g_autoptr (GError) error = NULL;
  g_autofree char *id = fixture_create (fixture->engine, spec);
  g_autofree char *content = g_strnfill (1024, 'x');
  g_autofree char *all = g_strconcat ("hello\n", content, NULL);
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_MD5, all, -1);
  DwTarWriter *writer = dw_tar_writer_new ();

  dw_tar_writer_add_folder (writer, "given/", 0777);
  dw_tar_writer_add_file (writer, "given/note", 0640, "hello\n");
  dw_tar_writer_add_file (writer, "given/long", 0644, content);
  dw_tar_writer_add_file (writer, "given/empty", 0644, "");
  g_autoptr (GBytes) archive = dw_tar_writer_end (writer);

  g_assert_true (dw_engine_put_archive (fixture->engine, id, archive, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (dw_engine_start_container (fixture->engine, id, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (fixture_wait (fixture->engine, id), ==, 0);
  g_autofree char *output = fixture_read_all_logs (fixture->engine, id);
  g_assert_nonnull (strstr (output, "drwxrwxrwx"));
  g_assert_nonnull (strstr (output, "-rw-r-----"));
  g_assert_nonnull (strstr (output, sum));

  g_assert_false (dw_engine_put_archive (fixture->engine, "nobody", archive, NULL, &error));
  g_assert_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_NOT_FOUND);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/engine/containers/a-started-one-is-as-it-was-asked-for",
       test_a_started_container_is_as_it_was_asked_for);
  ADD ("/engine/containers/binds-and-limits-hold-inside", test_binds_and_limits_hold_inside);
  ADD ("/engine/containers/a-fixed-port-is-given", test_a_fixed_port_is_taken_and_given);
  ADD ("/engine/containers/a-port-that-is-taken-says-so", test_a_port_that_is_taken_says_so);
  ADD ("/engine/containers/creating-refuses-what-cannot-be", test_creating_refuses_what_cannot_be);
  ADD ("/engine/containers/a-program-that-is-not-there-cannot-start",
       test_a_program_that_is_not_there_cannot_start);
  ADD ("/engine/containers/starting-and-stopping-twice-is-no-error",
       test_starting_and_stopping_twice_is_no_error);
  ADD ("/engine/containers/what-ignores-the-signal-is-killed-after-the-grace",
       test_what_ignores_the_signal_is_killed_after_the_grace);
  ADD ("/engine/containers/one-is-found-under-its-new-name",
       test_a_container_is_found_under_its_new_name);
  ADD ("/engine/containers/restarting-starts-anew", test_restarting_starts_anew);
  ADD ("/engine/containers/a-running-one-is-removed-too", test_a_running_container_is_removed_too);
  ADD ("/engine/containers/an-unknown-one-is-not-found", test_an_unknown_container_is_not_found);
  ADD ("/engine/containers/waiting-gives-the-exit-code", test_waiting_gives_the_exit_code);
  ADD ("/engine/containers/the-restart-policy-is-kept", test_the_restart_policy_is_kept);
  ADD ("/engine/containers/listing-gives-those-with-all-the-labels",
       test_listing_gives_those_with_all_the_labels);
  ADD ("/engine/containers/health-is-told", test_health_is_told);
  ADD ("/engine/containers/files-are-put-into-it", test_files_are_put_into_it);
  ADD ("/engine/networks/containers-meet-by-name", test_containers_meet_by_name_on_a_network);
  ADD ("/engine/networks/refuse-what-cannot-be", test_networks_refuse_what_cannot_be);

  return g_test_run ();
}
