/* test-registry-helper.c: a credential helper that is not installed stops nobody who needs none
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "deploy/dw-registries.h"
#include "registry-stub.h"
#include "registry/dw-registry-client.h"

#define DIGEST "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static char *folder;

/* public/ is for everybody. */
static void
answer (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  if (strstr (path, "/public/") != NULL)
    {
      soup_message_headers_replace (headers, "Docker-Content-Digest", DIGEST);
      registry_stub_answer (message, 200, "application/json", "{\"tags\":[\"v1\"]}");
    }
  else
    {
      soup_message_headers_replace (headers, "WWW-Authenticate", "Basic realm=\"stub\"");
      registry_stub_answer (message, 401, "application/json", "{\"errors\":[]}");
    }
}

/* What asks for REGISTRY/PATH, and its store. */
static DwRegistries *
make_registries (RegistryStub *stub, const char *path, DwImageReference **image)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *database = g_build_filename (folder, "store.db", NULL);
  g_autofree char *name = g_strdup_printf ("127.0.0.1:%u/%s", registry_stub_get_port (stub), path);
  g_autoptr (DwStore) store = dw_store_open (database, &error);

  g_assert_no_error (error);
  *image = dw_image_reference_parse (name, &error);
  g_assert_no_error (error);

  return dw_registries_new (store);
}

static void
test_public (void)
{
  g_autoptr (RegistryStub) stub = registry_stub_new (answer, NULL);
  g_autoptr (DwImageReference) image = NULL;
  g_autoptr (DwRegistries) registries = make_registries (stub, "public/app", &image);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) no_helper = NULL;
  g_autofree char *auth = NULL;
  g_autofree char *digest = dw_registries_resolve (registries, NULL, image, "v1", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (digest, ==, DIGEST);

  g_assert_true (
      dw_registries_get_engine_auth (registries, NULL, image, &auth, &no_helper, NULL, &error));
  g_assert_no_error (error);
  g_assert_null (auth);
  g_assert_error (no_helper, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_NO_HELPER);
}

static void
test_private (void)
{
  g_autoptr (RegistryStub) stub = registry_stub_new (answer, NULL);
  g_autoptr (DwImageReference) image = NULL;
  g_autoptr (DwRegistries) registries = make_registries (stub, "private/app", &image);
  g_autoptr (GError) error = NULL;
  g_autofree char *digest = dw_registries_resolve (registries, NULL, image, "v1", NULL, &error);

  g_assert_null (digest);
  g_assert_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_UNAUTHORIZED);
  g_assert_nonnull (strstr (error->message, "docker-credential-nowhere is not installed"));
  g_clear_error (&error);

  g_auto (GStrv) tags = dw_registries_list_tags (registries, NULL, image, NULL, &error);
  g_assert_null (tags);
  g_assert_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_UNAUTHORIZED);
  g_assert_nonnull (strstr (error->message, "docker-credential-nowhere is not installed"));
}

static void
remove_folder (void)
{
  static const char *const names[] = { "config.json", "store.db", "store.db-wal", "store.db-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);

      g_remove (path);
    }
  g_rmdir (folder);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("docker-watcher-helper-XXXXXX", &error);
  g_assert_no_error (error);
  g_setenv ("DOCKER_CONFIG", folder, TRUE);

  g_autofree char *path = g_build_filename (folder, "config.json", NULL);
  g_file_set_contents (path, "{\"credsStore\":\"nowhere\"}", -1, &error);
  g_assert_no_error (error);

  g_test_add_func ("/registry/helper/without-it-anybody-gets-what-is-for-everybody", test_public);
  g_test_add_func ("/registry/helper/without-it-a-refusal-names-it", test_private);

  int status = g_test_run ();
  remove_folder ();
  g_free (folder);

  return status;
}
