/* test-engine-address.c: where the engine is looked for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>
#include <sys/stat.h>

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>

#include "engine/dw-engine-address.h"
#include "engine/dw-engine-error.h"

static void
clear_environment (void)
{
  g_unsetenv ("DOCKER_HOST");
  g_unsetenv ("DOCKER_CONTEXT");
  g_unsetenv ("DOCKER_TLS_VERIFY");
}

static void
write_file (const char *dir, const char *name, const char *content)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_file_set_contents (path, content, -1, &error);
  g_assert_no_error (error);
}

/* A folder of Docker's client, in which the context “shop” has the given address. */
static char *
make_docker_dir (const char *config, const char *host)
{
  g_autofree char *dir = g_dir_make_tmp ("dw-docker-XXXXXX", NULL);
  g_autofree char *id = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "shop", -1);
  g_autofree char *name = g_build_filename ("contexts", "meta", id, "meta.json", NULL);

  if (config != NULL)
    write_file (dir, "config.json", config);
  if (host != NULL)
    {
      g_autofree char *meta = g_strdup_printf (
          "{\"Name\":\"shop\",\"Endpoints\":{\"docker\":{\"Host\":\"%s\"}}}", host);

      write_file (dir, name, meta);
    }
  g_setenv ("DOCKER_CONFIG", dir, TRUE);

  return g_steal_pointer (&dir);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

static void
assert_found (const char *setting, DwEngineSource expected_source, const char *expected)
{
  g_autoptr (GError) error = NULL;
  DwEngineSource source;
  g_autofree char *address = dw_engine_find_address (setting, &source, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (address, ==, expected);
  g_assert_cmpint (source, ==, expected_source);
}

static void
assert_refused (const char *setting, const char *hint)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *address = dw_engine_find_address (setting, NULL, &error);

  g_assert_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_INVALID);
  g_assert_null (address);
  g_assert_nonnull (strstr (error->message, hint));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

static void
test_setting_first (void)
{
  clear_environment ();
  g_setenv ("DOCKER_HOST", "tcp://10.0.0.1:2375", TRUE);

  assert_found ("unix:///run/mine.sock", DW_ENGINE_SOURCE_SETTING, "unix:///run/mine.sock");
  assert_found ("/run/mine.sock", DW_ENGINE_SOURCE_SETTING, "unix:///run/mine.sock");
  assert_found ("http://[::1]:2375", DW_ENGINE_SOURCE_SETTING, "http://[::1]:2375");
}

static void
test_docker_host_second (void)
{
  g_autofree char *dir = make_docker_dir ("{\"currentContext\":\"shop\"}", "unix:///run/shop.sock");

  clear_environment ();
  g_setenv ("DOCKER_HOST", "tcp://10.0.0.1:2375", TRUE);
  assert_found (NULL, DW_ENGINE_SOURCE_DOCKER_HOST, "tcp://10.0.0.1:2375");
  assert_found ("", DW_ENGINE_SOURCE_DOCKER_HOST, "tcp://10.0.0.1:2375");
  remove_tree (dir);
}

static void
test_context_third (void)
{
  g_autofree char *dir = make_docker_dir ("{\"currentContext\":\"shop\"}", "unix:///run/shop.sock");

  clear_environment ();
  assert_found (NULL, DW_ENGINE_SOURCE_DOCKER_CONTEXT, "unix:///run/shop.sock");
  remove_tree (dir);
}

static void
test_context_from_environment (void)
{
  g_autofree char *dir = make_docker_dir ("{\"currentContext\":\"other\"}",
                                          "unix:///run/shop.sock");

  clear_environment ();
  g_setenv ("DOCKER_CONTEXT", "shop", TRUE);
  assert_found (NULL, DW_ENGINE_SOURCE_DOCKER_CONTEXT, "unix:///run/shop.sock");
  remove_tree (dir);
}

static void
test_context_not_there (void)
{
  g_autofree char *dir = make_docker_dir ("{\"currentContext\":\"gone\"}", NULL);

  clear_environment ();
  assert_refused (NULL, "“gone”");
  remove_tree (dir);
}

static void
test_context_with_tls (void)
{
  g_autofree char *dir = make_docker_dir ("{\"currentContext\":\"shop\"}", "tcp://10.0.0.1:2376");
  g_autofree char *id = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "shop", -1);
  g_autofree char *name = g_build_filename ("contexts", "tls", id, "docker", "ca.pem", NULL);

  clear_environment ();
  write_file (dir, name, "");
  assert_refused (NULL, "TLS");
  remove_tree (dir);
}

static void
test_broken_configuration (void)
{
  g_autofree char *dir = make_docker_dir ("{\"currentContext\":", NULL);

  clear_environment ();
  assert_refused (NULL, "config.json");
  write_file (dir, "config.json", "[]");
  assert_refused (NULL, "config.json");
  remove_tree (dir);
}

static void
test_configuration_that_is_no_file (void)
{
  g_autofree char *dir = make_docker_dir (NULL, NULL);
  g_autofree char *path = g_build_filename (dir, "config.json", NULL);

  clear_environment ();
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  assert_refused (NULL, "config.json");
  remove_tree (dir);
}

static void
test_member_of_another_type (void)
{
  g_autofree char *dir = make_docker_dir ("{\"currentContext\":\"shop\"}", NULL);
  g_autofree char *id = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "shop", -1);
  g_autofree char *name = g_build_filename ("contexts", "meta", id, "meta.json", NULL);

  clear_environment ();
  write_file (dir, name, "{\"Endpoints\":[{\"docker\":7}]}");
  assert_refused (NULL, "“shop”");
  write_file (dir, name, "{\"Endpoints\":{\"docker\":{\"Host\":{}}}}");
  assert_refused (NULL, "“shop”");
  remove_tree (dir);
}

static void
test_addresses_of_no_use (void)
{
  g_autofree char *long_path = g_strnfill (200, 'x');
  g_autofree char *long_address = g_strconcat ("unix:///", long_path, NULL);

  clear_environment ();
  assert_refused ("ssh://user@host", "ssh -L");
  assert_refused ("https://host:2376", "TLS");
  assert_refused ("unix://relative.sock", "absolute path");
  assert_refused ("unix://", "absolute path");
  assert_refused (long_address, "107");
  assert_refused ("npipe:////./pipe/docker_engine", "not understood");
  assert_refused ("tcp://", "not understood");
  assert_refused ("tcp://host:99999", "not understood");
  assert_refused ("tcp://user:secret@host:1", "not understood");
  assert_refused ("tcp://host:1/path", "not understood");
  assert_refused ("localhost:2375", "not understood");
  g_setenv ("DOCKER_HOST", "tcp://10.0.0.1:2376", TRUE);
  g_setenv ("DOCKER_TLS_VERIFY", "1", TRUE);
  assert_refused (NULL, "TLS");
}

static gboolean
system_engine_answers (void)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new ("/var/run/docker.sock");
  g_autoptr (GSocketConnection)
      connection = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, NULL);

  return connection != NULL;
}

static GSocketListener *
listen_at (const char *path)
{
  g_autofree char *dir = g_path_get_dirname (path);
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (dir, 0700), ==, 0);
  g_socket_listener_add_address (listener, address, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT,
                                 NULL, NULL, &error);
  g_assert_no_error (error);

  return g_steal_pointer (&listener);
}

static void
test_usual_sockets (void)
{
  g_autofree char *dir = make_docker_dir (NULL, NULL);
  g_autofree char *docker = g_build_filename (g_get_user_runtime_dir (), "docker.sock", NULL);
  g_autofree char *podman = g_build_filename (g_get_user_runtime_dir (), "podman", "podman.sock",
                                              NULL);
  g_autofree char *podman_address = g_strconcat ("unix://", podman, NULL);
  g_autoptr (GSocketListener) dead = NULL;
  g_autoptr (GSocketListener) live = NULL;
  g_autoptr (GError) error = NULL;

  clear_environment ();
  if (system_engine_answers ())
    {
      assert_found (NULL, DW_ENGINE_SOURCE_USUAL_SOCKET, "unix:///var/run/docker.sock");
      remove_tree (dir);
      return;
    }

  /* What an engine that was killed leaves behind. */
  dead = listen_at (docker);
  g_socket_listener_close (dead);
  live = listen_at (podman);
  assert_found (NULL, DW_ENGINE_SOURCE_USUAL_SOCKET, podman_address);

  g_socket_listener_close (live);
  g_autofree char *address = dw_engine_find_address (NULL, NULL, &error);
  g_assert_null (address);
  g_assert_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_UNREACHABLE);
  g_assert_nonnull (strstr (error->message, docker));
  g_assert_nonnull (strstr (error->message, podman));
  /* What to do is read even where there is no room for all. */
  const char *remedy = strstr (error->message, "systemctl");
  g_assert_nonnull (remedy);
  g_assert_nonnull (strstr (remedy, podman));
  remove_tree (dir);
}

int
main (int argc, char **argv)
{
  g_autofree char *root = g_dir_make_tmp ("dw-XXXXXX", NULL);

  g_setenv ("XDG_RUNTIME_DIR", root, TRUE);
  g_setenv ("HOME", root, TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/address/the-setting-comes-first", test_setting_first);
  g_test_add_func ("/engine/address/docker-host-comes-second", test_docker_host_second);
  g_test_add_func ("/engine/address/the-current-context-comes-third", test_context_third);
  g_test_add_func ("/engine/address/the-environment-can-name-the-context",
                   test_context_from_environment);
  g_test_add_func ("/engine/address/a-context-that-is-not-there-is-an-error",
                   test_context_not_there);
  g_test_add_func ("/engine/address/a-context-with-tls-says-that-it-is-not-supported",
                   test_context_with_tls);
  g_test_add_func ("/engine/address/a-broken-configuration-is-named", test_broken_configuration);
  g_test_add_func ("/engine/address/a-configuration-that-is-a-pipe-is-not-waited-for",
                   test_configuration_that_is_no_file);
  g_test_add_func ("/engine/address/a-member-of-another-type-is-none", test_member_of_another_type);
  g_test_add_func ("/engine/address/addresses-of-no-use-are-refused-with-a-remedy",
                   test_addresses_of_no_use);
  g_test_add_func ("/engine/address/the-first-usual-socket-that-opens-is-taken",
                   test_usual_sockets);

  int result = g_test_run ();
  remove_tree (root);

  return result;
}
