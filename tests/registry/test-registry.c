/* test-registry.c: the registry client beside real registries
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * To be run by with-engine, which has started an open registry, and one that wants alice's
 * password.
 */

#include "config.h"

#include <libsoup/soup.h>
#include <string.h>

#include "registry/dw-registry-client.h"

#define MANIFEST                                                                                   \
  "{\"schemaVersion\":2,"                                                                          \
  "\"mediaType\":\"application/vnd.docker.distribution.manifest.v2+json\","                        \
  "\"config\":{\"mediaType\":\"application/vnd.docker.container.image.v1+json\","                  \
  "\"size\":%u,\"digest\":\"%s\"},\"layers\":[]}"
#define MANIFEST_TYPE "application/vnd.docker.distribution.manifest.v2+json"

static const char *
get_open_registry (void)
{
  const char *registry = g_getenv ("DW_TEST_REGISTRY");

  g_assert_nonnull (registry);
  return registry;
}

static const char *
get_auth_registry (void)
{
  const char *registry = g_getenv ("DW_TEST_AUTH_REGISTRY");

  g_assert_nonnull (registry);
  return registry;
}

/* Sends one request of a push, as alice, whom the open registry does not mind. Returns where the
 * registry says that the next one goes. */
static char *
send (SoupSession *session, const char *method, const char *url, const char *type, const char *body)
{
  g_autoptr (SoupMessage) message = soup_message_new (method, url);
  g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));
  g_autoptr (GError) error = NULL;

  soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization",
                                "Basic YWxpY2U6d29uZGVybGFuZA==");
  soup_message_set_request_body_from_bytes (message, type, bytes);
  g_autoptr (GBytes) answer = soup_session_send_and_read (session, message, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (answer);
  g_assert_cmpuint (soup_message_get_status (message), >=, 200);
  g_assert_cmpuint (soup_message_get_status (message), <, 300);

  return g_strdup (
      soup_message_headers_get_one (soup_message_get_response_headers (message), "Location"));
}

static char *
hash (const char *text)
{
  g_autofree char *digits = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);

  return g_strconcat ("sha256:", digits, NULL);
}

/* Pushes a configuration and its manifest, under the tag. Returns the manifest. */
static char *
push_image (const char *path, const char *tag, const char *config)
{
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autofree char *config_digest = hash (config);
  g_autofree char *uploads = g_strdup_printf ("http://%s/v2/%s/blobs/uploads/",
                                              get_open_registry (), path);
  g_autofree char *url = g_strdup_printf ("http://%s/v2/%s/manifests/%s", get_open_registry (),
                                          path, tag);
  char *manifest = g_strdup_printf (MANIFEST, (guint) strlen (config), config_digest);

  soup_session_set_proxy_resolver (session, NULL);
  g_autofree char *location = send (session, "POST", uploads, "text/plain", "");
  g_autofree char *finish = g_strdup_printf ("%s&digest=%s", location, config_digest);
  g_free (send (session, "PUT", finish, "application/octet-stream", config));
  g_free (send (session, "PUT", url, MANIFEST_TYPE, manifest));

  return manifest;
}

/* Pushes an image without layers, under the tags PREFIX0, PREFIX1 and so on. Returns its digest. */
static char *
push (const char *registry, const char *path, const char *prefix, guint n_tags)
{
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autofree char *config = g_strdup_printf ("{\"architecture\":\"amd64\",\"os\":\"linux\","
                                             "\"author\":\"%s\"}",
                                             path);
  g_autofree char *config_digest = hash (config);
  g_autofree char *manifest = g_strdup_printf (MANIFEST, (guint) strlen (config), config_digest);

  soup_session_set_proxy_resolver (session, NULL);
  g_autofree char *uploads = g_strdup_printf ("http://%s/v2/%s/blobs/uploads/", registry, path);
  g_autofree char *location = send (session, "POST", uploads, "text/plain", "");
  g_autofree char *finish = g_strdup_printf ("%s&digest=%s", location, config_digest);
  g_free (send (session, "PUT", finish, "application/octet-stream", config));

  for (guint i = 0; i < n_tags; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://%s/v2/%s/manifests/%s%u", registry, path,
                                              prefix, i);

      g_free (send (session, "PUT", url, MANIFEST_TYPE, manifest));
    }

  return hash (manifest);
}

static DwRegistryClient *
client_new (const char *registry, const DwCredentials *credentials)
{
  g_autofree char *name = g_strconcat (registry, "/any", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (DwImageReference) reference = dw_image_reference_parse (name, &error);

  g_assert_no_error (error);
  return dw_registry_client_new_for_reference (reference, credentials);
}

static void
test_tags (void)
{
  g_free (push (get_open_registry (), "team/many", "v", 250));

  g_autoptr (DwRegistryClient) client = client_new (get_open_registry (), NULL);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) tags = dw_registry_client_list_tags (client, "team/many", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (tags), ==, 250);
  for (guint i = 0; i < 250; i++)
    {
      g_autofree char *tag = g_strdup_printf ("v%u", i);

      g_assert_true (g_strv_contains ((const char *const *) tags, tag));
    }
}

static void
test_digest (void)
{
  g_autofree char *pushed = push (get_open_registry (), "team/app", "v", 1);
  g_autoptr (DwRegistryClient) client = client_new (get_open_registry (), NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *digest = dw_registry_client_resolve_tag (client, "team/app", "v0", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (digest, ==, pushed);
  g_assert_true (g_str_has_prefix (dw_registry_client_get_url (client), "http://127.0.0.1:"));
}

static void
test_unknown (void)
{
  g_free (push (get_open_registry (), "team/app", "v", 1));

  g_autoptr (DwRegistryClient) client = client_new (get_open_registry (), NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (dw_registry_client_resolve_tag (client, "team/app", "v99", NULL, &error));
  g_assert_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "v99"));
  g_assert_nonnull (strstr (error->message, "team/app"));

  g_clear_error (&error);
  g_assert_null (dw_registry_client_resolve_tag (client, "team/none", "v1", NULL, &error));
  g_assert_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "team/none"));

  g_clear_error (&error);
  g_assert_null (dw_registry_client_list_tags (client, "team/none", NULL, &error));
  g_assert_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "no repository “team/none”"));
}

static void
test_open (void)
{
  g_autoptr (DwCredentials) alice = dw_credentials_new ("alice", "wonderland");
  g_autoptr (DwRegistryClient) nobody = client_new (get_open_registry (), NULL);
  g_autoptr (DwRegistryClient) somebody = client_new (get_open_registry (), alice);
  g_autoptr (GError) error = NULL;

  g_assert_true (dw_registry_client_test (nobody, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (dw_registry_client_test (somebody, NULL, &error));
  g_assert_no_error (error);
}

static void
test_password (void)
{
  g_autofree char *pushed = push (get_auth_registry (), "private/app", "v", 1);
  g_autoptr (DwCredentials) alice = dw_credentials_new ("alice", "wonderland");
  g_autoptr (DwRegistryClient) client = client_new (get_auth_registry (), alice);
  g_autoptr (GError) error = NULL;

  g_assert_true (dw_registry_client_test (client, NULL, &error));
  g_assert_no_error (error);
  g_auto (GStrv) tags = dw_registry_client_list_tags (client, "private/app", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstrv (tags, ((const char *const[]){ "v0", NULL }));
  g_autofree char *digest = dw_registry_client_resolve_tag (client, "private/app", "v0", NULL,
                                                            &error);
  g_assert_no_error (error);
  g_assert_cmpstr (digest, ==, pushed);
}

static void
assert_refused (const DwCredentials *credentials, const char *words)
{
  g_autoptr (DwRegistryClient) client = client_new (get_auth_registry (), credentials);
  g_autoptr (GError) error = NULL;

  g_assert_false (dw_registry_client_test (client, NULL, &error));
  g_assert_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_UNAUTHORIZED);
  g_assert_nonnull (strstr (error->message, words));

  g_clear_error (&error);
  g_assert_null (dw_registry_client_list_tags (client, "private/app", NULL, &error));
  g_assert_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_UNAUTHORIZED);
  g_assert_nonnull (strstr (error->message, words));

  g_clear_error (&error);
  g_assert_null (dw_registry_client_resolve_tag (client, "private/app", "v0", NULL, &error));
  g_assert_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_UNAUTHORIZED);
  g_assert_nonnull (strstr (error->message, words));
}

static void
test_wrong_password (void)
{
  g_autoptr (DwCredentials) wrong = dw_credentials_new ("alice", "looking-glass");

  assert_refused (wrong, "check the user name");
}

static void
test_no_password (void)
{
  assert_refused (NULL, "docker login");
}

static void
test_insecure (void)
{
  g_autofree char *url = g_strconcat ("https://", get_open_registry (), NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (DwRegistryClient) client = dw_registry_client_new (url, NULL, &error);

  g_assert_no_error (error);
  g_assert_false (dw_registry_client_test (client, NULL, &error));
  g_assert_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_INSECURE);
  g_assert_nonnull (strstr (error->message, "http://"));
}

static void
test_pushed_image (void)
{
  g_autofree char *program = g_test_build_filename (G_TEST_DIST, "fixtures", "make-image", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;

  g_autoptr (GSubprocess) maker = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program,
                                                    "team/web:v1.0.0", NULL);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate_utf8 (maker, NULL, NULL, &output, NULL, &error));
  g_assert_no_error (error);
  g_strchomp (output);
  const char *line = strrchr (output, '\n');

  g_autoptr (DwRegistryClient) client = client_new (get_open_registry (), NULL);
  g_autofree char *digest = dw_registry_client_resolve_tag (client, "team/web", "v1.0.0", NULL,
                                                            &error);
  g_assert_no_error (error);
  g_assert_cmpstr (digest, ==, line != NULL ? line + 1 : output);
}

/* Pushes as many empty repositories as that. */
static void
push_repositories (const char *registry, const char *prefix, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/r%02u", prefix, i);

      g_free (push (registry, path, "v", 1));
    }
}

static gboolean
is_ascending (GStrv names)
{
  for (guint i = 1; names[0] != NULL && names[i] != NULL; i++)
    if (strcmp (names[i - 1], names[i]) >= 0)
      return FALSE;

  return TRUE;
}

static void
test_catalog (void)
{
  g_autoptr (DwRegistryClient) client = client_new (get_open_registry (), NULL);
  g_autoptr (GError) error = NULL;
  gboolean has_more = TRUE;

  push_repositories (get_open_registry (), "catalog", 12);

  g_auto (GStrv)
      all = dw_registry_client_list_repositories (client, NULL, 1000, &has_more, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (has_more);
  g_assert_true (is_ascending (all));
  g_assert_true (g_strv_contains ((const char *const *) all, "catalog/r00"));
  g_assert_true (g_strv_contains ((const char *const *) all, "catalog/r11"));

  g_auto (GStrv) some = dw_registry_client_list_repositories (client, "catalog/r03", 5, &has_more,
                                                              NULL, &error);
  g_assert_no_error (error);
  g_assert_true (has_more);
  g_assert_cmpuint (g_strv_length (some), ==, 5);
  g_assert_cmpstr (some[0], ==, "catalog/r04");
  g_assert_cmpstr (some[4], ==, "catalog/r08");
}

static void
test_catalog_wants_a_password (void)
{
  g_autoptr (DwCredentials) credentials = dw_credentials_new ("alice", "wonderland");
  g_autoptr (DwRegistryClient) client = client_new (get_auth_registry (), credentials);
  g_autoptr (DwRegistryClient) nobody = client_new (get_auth_registry (), NULL);
  g_autoptr (GError) error = NULL;
  gboolean has_more = TRUE;

  push_repositories (get_auth_registry (), "catalog", 1);

  g_auto (GStrv)
      names = dw_registry_client_list_repositories (client, NULL, 100, &has_more, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_strv_contains ((const char *const *) names, "catalog/r00"));

  g_assert_null (dw_registry_client_list_repositories (nobody, NULL, 100, &has_more, NULL, &error));
  g_assert_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_UNAUTHORIZED);
}

static void
assert_created (const char *path,
                const char *tag,
                const char *architecture,
                const char *expected_digest,
                const char *expected)
{
  g_autoptr (DwRegistryClient) client = client_new (get_open_registry (), NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *digest = NULL;
  g_autofree char *created = NULL;

  g_assert_true (dw_registry_client_describe_tag (client, path, tag, architecture, &digest,
                                                  &created, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (digest, ==, expected_digest);
  g_assert_cmpstr (created, ==, expected);
}

static void
test_age (void)
{
  g_autofree char *plain = push_image (
      "team/age", "plain",
      "{\"os\":\"linux\",\"created\":\"2024-05-06T10:08:09.123456789+02:00\"}");
  g_autofree char *reproducible = push_image (
      "team/age", "reproducible", "{\"os\":\"linux\",\"created\":\"1970-01-01T00:00:00Z\"}");
  g_autofree char *silent = push_image ("team/age", "silent", "{\"os\":\"linux\"}");
  g_autofree char *plain_digest = hash (plain);
  g_autofree char *reproducible_digest = hash (reproducible);
  g_autofree char *silent_digest = hash (silent);

  assert_created ("team/age", "plain", "amd64", plain_digest, "2024-05-06T08:08:09Z");
  assert_created ("team/age", "reproducible", NULL, reproducible_digest, NULL);
  assert_created ("team/age", "silent", NULL, silent_digest, NULL);
}

static void
test_age_of_index (void)
{
  g_autofree char *amd64 = push_image ("team/many-platforms", "one",
                                       "{\"os\":\"linux\",\"created\":\"2024-01-01T00:00:00Z\"}");
  g_autofree char *arm64 = push_image ("team/many-platforms", "two",
                                       "{\"os\":\"linux\",\"created\":\"2024-02-02T00:00:00Z\"}");
  g_autofree char *amd64_digest = hash (amd64);
  g_autofree char *arm64_digest = hash (arm64);
  g_autofree char *index = g_strdup_printf (
      "{\"schemaVersion\":2,\"mediaType\":\"application/"
      "vnd.oci.image.index.v1+json\",\"manifests\":["
      "{\"mediaType\":\"" MANIFEST_TYPE "\",\"size\":%u,\"digest\":\"%s\","
      "\"platform\":{\"os\":\"unknown\",\"architecture\":\"unknown\"}},"
      "{\"mediaType\":\"" MANIFEST_TYPE "\",\"size\":%u,\"digest\":\"%s\","
      "\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}},"
      "{\"mediaType\":\"" MANIFEST_TYPE "\",\"size\":%u,\"digest\":\"%s\","
      "\"platform\":{\"os\":\"linux\",\"architecture\":\"arm64\"}}]}",
      (guint) strlen (arm64), arm64_digest, (guint) strlen (amd64), amd64_digest,
      (guint) strlen (arm64), arm64_digest);
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autofree char *url = g_strdup_printf ("http://%s/v2/team/many-platforms/manifests/v1",
                                          get_open_registry ());
  g_autofree char *digest = hash (index);

  soup_session_set_proxy_resolver (session, NULL);
  g_free (send (session, "PUT", url, "application/vnd.oci.image.index.v1+json", index));
  assert_created ("team/many-platforms", "v1", "amd64", digest, "2024-01-01T00:00:00Z");
  assert_created ("team/many-platforms", "v1", "arm64", digest, "2024-02-02T00:00:00Z");
  assert_created ("team/many-platforms", "v1", "riscv64", digest, "2024-01-01T00:00:00Z");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/registry/real/all-of-250-tags-are-listed", test_tags);
  g_test_add_func ("/registry/real/a-tag-has-the-digest-that-was-pushed", test_digest);
  g_test_add_func ("/registry/real/an-image-has-the-digest-that-its-maker-says", test_pushed_image);
  g_test_add_func ("/registry/real/an-image-tells-when-it-was-built", test_age);
  g_test_add_func ("/registry/real/of-an-index-the-platform-counts", test_age_of_index);
  g_test_add_func ("/registry/real/an-unknown-tag-or-repository-is-named", test_unknown);
  g_test_add_func ("/registry/auth/an-open-registry-takes-anybody", test_open);
  g_test_add_func ("/registry/auth/the-right-password-opens", test_password);
  g_test_add_func ("/registry/auth/a-refused-login-says-so", test_wrong_password);
  g_test_add_func ("/registry/auth/no-login-says-how-to-sign-in", test_no_password);
  g_test_add_func ("/registry/catalog/repositories-are-listed-page-by-page", test_catalog);
  g_test_add_func ("/registry/catalog/who-may-not-sign-in-sees-none",
                   test_catalog_wants_a_password);
  g_test_add_func ("/registry/tls/a-registry-without-it-needs-a-choice", test_insecure);

  return g_test_run ();
}
