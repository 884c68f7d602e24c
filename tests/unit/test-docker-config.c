/* test-docker-config.c: the credentials that Docker has are found, and nothing else is believed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "registry/dw-credentials.h"
#include "registry/dw-registry-client.h"

/* alice:wonderland, bob:builder, and <token> is never in this field */
#define ALICE "YWxpY2U6d29uZGVybGFuZA=="
#define BOB "Ym9iOmJ1aWxkZXI="

static char *folder;

static char *
get_config (void)
{
  return g_build_filename (folder, "config.json", NULL);
}

static void
write_config (const char *text)
{
  g_autofree char *path = get_config ();
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

/* A program that stands in for docker-credential-NAME. */
static void
write_helper (const char *name, const char *script)
{
  g_autofree char *path = g_strdup_printf ("%s/bin/docker-credential-%s", folder, name);
  g_autofree char *text = g_strconcat ("#!/bin/sh\n", script, "\n", NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0755, &error);
  g_assert_no_error (error);
}

static void
assert_user (const char *domain, const char *username, const char *password)
{
  g_autoptr (DwCredentials) credentials = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (dw_docker_config_lookup (domain, &credentials, NULL, &error));
  g_assert_no_error (error);
  g_assert_nonnull (credentials);
  g_assert_cmpstr (credentials->username, ==, username);
  g_assert_cmpstr (credentials->password, ==, password);
  g_assert_null (credentials->identity_token);
}

static void
assert_nobody (const char *domain)
{
  g_autoptr (DwCredentials) credentials = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (dw_docker_config_lookup (domain, &credentials, NULL, &error));
  g_assert_no_error (error);
  g_assert_null (credentials);
}

static void
assert_fails_with (const char *domain, int code, const char *words)
{
  g_autoptr (DwCredentials) credentials = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = get_config ();

  g_assert_false (dw_docker_config_lookup (domain, &credentials, NULL, &error));
  g_assert_error (error, DW_REGISTRY_ERROR, code);
  g_assert_null (credentials);
  g_assert_nonnull (strstr (error->message, path));
  g_assert_nonnull (strstr (error->message, words));
}

static void
assert_fails (const char *domain, const char *words)
{
  assert_fails_with (domain, DW_REGISTRY_ERROR_FAILED, words);
}

static void
test_missing (void)
{
  g_autofree char *path = get_config ();

  g_remove (path);
  assert_nobody ("ghcr.io");
}

static void
test_spellings (void)
{
  const struct
  {
    const char *key;
    const char *domain;
  } cases[] = {
    { "ghcr.io", "ghcr.io" },
    { "https://ghcr.io", "ghcr.io" },
    { "https://ghcr.io/", "ghcr.io" },
    { "https://ghcr.io/v1/", "ghcr.io" },
    { "https://GHCR.io/v2/", "ghcr.io" },
    { "ghcr.io/v2", "ghcr.io" },
    { "http://localhost:5000", "localhost:5000" },
    { "localhost:5000", "localhost:5000" },
    { "https://index.docker.io/v1/", "docker.io" },
    { "index.docker.io", "docker.io" },
    { "docker.io", "docker.io" },
    { "https://registry-1.docker.io/v2/", "docker.io" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"auths\":{\"quay.io\":{\"auth\":\"" BOB "\"},"
                                               "\"%s\":{\"auth\":\"" ALICE "\"}}}",
                                               cases[i].key);

      write_config (text);
      assert_user (cases[i].domain, "alice", "wonderland");
      assert_user ("quay.io", "bob", "builder");
      assert_nobody ("example.com");
    }
}

static void
test_other_registries (void)
{
  const char *const keys[] = { "ghcr.io.example.com",
                               "https://example.com/ghcr.io",
                               "ghcr.io/acme",
                               "ghcr.io:5000",
                               "https://",
                               "",
                               "user@ghcr.io" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"auths\":{\"%s\":{\"auth\":\"" ALICE "\"}}}",
                                               keys[i]);

      write_config (text);
      assert_nobody ("ghcr.io");
    }
}

static void
test_best_key (void)
{
  write_config ("{\"auths\":{\"docker.io\":{\"auth\":\"" BOB "\"},"
                "\"https://index.docker.io/v1/\":{\"auth\":\"" ALICE "\"}}}");
  assert_user ("docker.io", "alice", "wonderland");

  write_config ("{\"auths\":{\"https://ghcr.io\":{\"auth\":\"" BOB "\"},\"ghcr.io\":{}}}");
  assert_user ("ghcr.io", "bob", "builder");
}

static void
test_fields (void)
{
  write_config ("{\"auths\":{\"ghcr.io\":{\"username\":\"bob\",\"password\":\"b:c\"},"
                "\"quay.io\":{\"auth\":\"YWxpY2U6YTpiOmM=\"},"
                "\"empty.io\":{},\"odd.io\":7,\"list.io\":{\"auth\":[]}}}");
  assert_user ("ghcr.io", "bob", "b:c");
  assert_user ("quay.io", "alice", "a:b:c");
  assert_nobody ("empty.io");
  assert_nobody ("odd.io");
  assert_nobody ("list.io");
}

static void
test_identity_token (void)
{
  g_autoptr (DwCredentials) credentials = NULL;
  g_autoptr (GError) error = NULL;

  write_config ("{\"auths\":{\"ghcr.io\":{\"auth\":\"" ALICE "\",\"identitytoken\":\"abc\"}}}");
  g_assert_true (dw_docker_config_lookup ("ghcr.io", &credentials, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (credentials->identity_token, ==, "abc");
  g_assert_null (credentials->password);
}

static void
test_broken_auth (void)
{
  const char *const auths[] = { "%%%", "YWxpY2U", "YWxpY2U=", "OnNlY3JldA==", "====", "/////w==" };

  for (guint i = 0; i < G_N_ELEMENTS (auths); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"auths\":{\"ghcr.io\":{\"auth\":\"%s\"}}}",
                                               auths[i]);

      write_config (text);
      assert_fails ("ghcr.io", "“ghcr.io”");
      assert_nobody ("quay.io");
    }
}

static void
test_broken_file (void)
{
  const char *const texts[] = {
    "", "{", "[]", "null", "hello", "{\"auths\":", "{\"auths\":{}}x", "\xff\xfe{}", "/* \" */{}"
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      write_config (texts[i]);
      assert_fails ("ghcr.io", "cannot be used");
    }

  write_config ("{\"auths\":[],\"credHelpers\":7,\"credsStore\":{}}");
  assert_nobody ("ghcr.io");
}

static void
test_deep_file (void)
{
  g_autofree char *brackets = g_strnfill (500000, '[');

  write_config (brackets);
  assert_fails ("ghcr.io", "cannot be read from line 1");
}

static void
test_huge_file (void)
{
  g_autofree char *spaces = g_strnfill (2 * 1024 * 1024, ' ');

  write_config (spaces);
  assert_fails ("ghcr.io", "1 MiB");
}

static void
test_no_file (void)
{
  g_autofree char *path = get_config ();

  g_remove (path);
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  assert_fails ("ghcr.io", "not a file");
  g_remove (path);

  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  assert_fails ("ghcr.io", "not a file");
  g_rmdir (path);
}

/* --- Helpers ---------------------------------------------------------------------------------- */

static void
test_helper (void)
{
  write_helper ("echo", "read -r address\n"
                        "echo \"{\\\"ServerURL\\\":\\\"$address\\\",\\\"Username\\\":\\\"$1\\\","
                        "\\\"Secret\\\":\\\"$address\\\"}\"");
  write_config ("{\"credHelpers\":{\"ghcr.io\":\"echo\"},\"auths\":{\"ghcr.io\":{}}}");
  assert_user ("ghcr.io", "get", "ghcr.io");
  assert_nobody ("quay.io");
}

static void
test_store (void)
{
  write_config ("{\"credsStore\":\"echo\",\"auths\":{\"ghcr.io\":{\"auth\":\"" ALICE "\"}}}");
  assert_user ("ghcr.io", "get", "ghcr.io");
  assert_user ("docker.io", "get", "https://index.docker.io/v1/");
}

static void
test_helper_before_store (void)
{
  write_helper ("other", "echo '{\"Username\":\"bob\",\"Secret\":\"builder\"}'");
  write_config ("{\"credsStore\":\"echo\",\"credHelpers\":{\"https://ghcr.io\":\"other\"}}");
  assert_user ("ghcr.io", "bob", "builder");
  assert_user ("quay.io", "get", "quay.io");
}

static void
test_helper_knows_nobody (void)
{
  write_helper ("empty", "echo 'credentials not found in native keychain'; exit 1");
  write_config ("{\"credsStore\":\"empty\",\"auths\":{\"ghcr.io\":{\"auth\":\"" ALICE "\"}}}");
  assert_user ("ghcr.io", "alice", "wonderland");
  assert_nobody ("quay.io");
}

static void
test_helper_token (void)
{
  g_autoptr (DwCredentials) credentials = NULL;
  g_autoptr (GError) error = NULL;

  write_helper ("token", "echo '{\"Username\":\"<token>\",\"Secret\":\"abc\"}'");
  write_config ("{\"credsStore\":\"token\"}");
  g_assert_true (dw_docker_config_lookup ("ghcr.io", &credentials, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (credentials->identity_token, ==, "abc");
}

static void
test_helper_faults (void)
{
  const struct
  {
    const char *script;
    const char *words;
  } cases[] = {
    { "echo 'the keychain is on fire'; exit 2", "on fire" },
    { "kill -KILL $$", "failed" },
    { "echo nonsense", "without a user name" },
    { "echo '{\"Username\":\"bob\"}'", "without a user name" },
    { "exec cat /dev/zero", "without an end" },
    { ":", "without a user name" },
  };

  write_config ("{\"credsStore\":\"fault\"}");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      write_helper ("fault", cases[i].script);
      assert_fails ("ghcr.io", cases[i].words);
    }

  write_config ("{\"credsStore\":\"../echo\"}");
  assert_fails ("ghcr.io", "not the name of a helper");
}

static void
test_no_helper (void)
{
  write_config ("{\"credsStore\":\"nowhere\",\"auths\":{\"ghcr.io\":{\"auth\":\"" ALICE "\"}}}");

  assert_user ("ghcr.io", "alice", "wonderland");
  assert_fails_with ("docker.io", DW_REGISTRY_ERROR_NO_HELPER,
                     "docker-credential-nowhere is not installed");
}

static gpointer
cancel_when_started (gpointer data)
{
  g_autofree char *path = g_build_filename (folder, "started", NULL);

  while (!g_file_test (path, G_FILE_TEST_EXISTS))
    g_usleep (1000);
  g_cancellable_cancel (data);

  return NULL;
}

static void
test_cancel (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (DwCredentials) credentials = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *started = g_build_filename (folder, "started", NULL);
  g_autofree char *script = g_strdup_printf ("echo $$ > '%s.new'; mv '%s.new' '%s'\n"
                                             "exec sleep 1000",
                                             started, started, started);
  g_autofree char *pid = NULL;

  write_helper ("slow", script);
  write_config ("{\"credsStore\":\"slow\"}");
  GThread *thread = g_thread_new ("cancel", cancel_when_started, cancellable);
  g_assert_false (dw_docker_config_lookup ("ghcr.io", &credentials, cancellable, &error));
  g_thread_join (thread);
  g_assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));

  /* And the helper is gone, as soon as the system has taken note. */
  g_assert_true (g_file_get_contents (started, &pid, NULL, NULL));
  g_autofree char *process = g_strconcat ("/proc/", g_strchomp (pid), NULL);
  while (g_file_test (process, G_FILE_TEST_EXISTS))
    g_usleep (1000);
}

static void
test_engine_auth (void)
{
  g_autoptr (DwCredentials) alice = dw_credentials_new ("alice", "w\"on\xc3\xbf\xc3\xbe?");
  g_autoptr (DwCredentials) identity = dw_credentials_new_for_identity_token ("abc");
  const struct
  {
    const DwCredentials *credentials;
    const char *domain;
    const char *expected;
  } cases[] = {
    { alice, "docker.io",
      "{\"username\":\"alice\",\"password\":\"w\\\"on\xc3\xbf\xc3\xbe?\","
      "\"serveraddress\":\"https://index.docker.io/v1/\"}" },
    { identity, "ghcr.io", "{\"identitytoken\":\"abc\",\"serveraddress\":\"ghcr.io\"}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *auth = dw_credentials_to_engine_auth (cases[i].credentials, cases[i].domain);

      g_assert_null (strpbrk (auth, "+/\n"));
      g_strdelimit (auth, "-", '+');
      g_strdelimit (auth, "_", '/');
      gsize length;
      g_autofree guchar *decoded = g_base64_decode (auth, &length);
      g_autofree char *json = g_strndup ((const char *) decoded, length);
      g_assert_cmpstr (json, ==, cases[i].expected);
    }
}

static void
test_home (void)
{
  g_autofree char *home = g_build_filename (folder, "home", ".docker", NULL);
  g_autofree char *path = g_build_filename (home, "config.json", NULL);

  g_unsetenv ("DOCKER_CONFIG");
  assert_nobody ("ghcr.io");
  g_assert_cmpint (g_mkdir_with_parents (home, 0700), ==, 0);
  g_assert_true (
      g_file_set_contents (path, "{\"auths\":{\"ghcr.io\":{\"auth\":\"" ALICE "\"}}}", -1, NULL));
  assert_user ("ghcr.io", "alice", "wonderland");
  g_setenv ("DOCKER_CONFIG", folder, TRUE);
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        remove_folder (child);
      else
        g_remove (child);
    }
  g_rmdir (path);
}

int
main (int argc, char *argv[])
{
  folder = g_dir_make_tmp ("dw-docker-config-XXXXXX", NULL);
  g_autofree char *bin = g_build_filename (folder, "bin", NULL);
  g_autofree char *home = g_build_filename (folder, "home", NULL);
  g_autofree char *path = g_strconcat (bin, ":", g_getenv ("PATH"), NULL);

  g_mkdir (bin, 0700);
  g_setenv ("DOCKER_CONFIG", folder, TRUE);
  g_setenv ("HOME", home, TRUE);
  g_setenv ("PATH", path, TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/docker-config/no-file-means-nobody", test_missing);
  g_test_add_func ("/docker-config/every-spelling-of-a-registry-is-known", test_spellings);
  g_test_add_func ("/docker-config/another-registry's-credentials-are-not-taken",
                   test_other_registries);
  g_test_add_func ("/docker-config/docker's-own-spelling-comes-first", test_best_key);
  g_test_add_func ("/docker-config/the-fields-of-an-entry-are-read", test_fields);
  g_test_add_func ("/docker-config/an-identity-token-comes-first", test_identity_token);
  g_test_add_func ("/docker-config/a-broken-entry-is-named", test_broken_auth);
  g_test_add_func ("/docker-config/a-broken-file-is-named", test_broken_file);
  g_test_add_func ("/docker-config/a-deep-file-is-refused", test_deep_file);
  g_test_add_func ("/docker-config/a-huge-file-is-refused", test_huge_file);
  g_test_add_func ("/docker-config/what-is-no-file-is-refused", test_no_file);
  g_test_add_func ("/docker-config/helper/the-registry's-is-asked", test_helper);
  g_test_add_func ("/docker-config/helper/the-one-for-all-is-asked", test_store);
  g_test_add_func ("/docker-config/helper/the-registry's-comes-before-the-one-for-all",
                   test_helper_before_store);
  g_test_add_func ("/docker-config/helper/one-that-knows-nobody-leaves-it-to-the-file",
                   test_helper_knows_nobody);
  g_test_add_func ("/docker-config/helper/an-identity-token-is-told-apart", test_helper_token);
  g_test_add_func ("/docker-config/helper/one-that-fails-is-named", test_helper_faults);
  g_test_add_func ("/docker-config/helper/one-that-is-not-installed-leaves-it-to-the-file",
                   test_no_helper);
  g_test_add_func ("/docker-config/helper/a-cancel-ends-it", test_cancel);
  g_test_add_func ("/docker-config/engine/credentials-are-told-in-its-form", test_engine_auth);
  g_test_add_func ("/docker-config/without-a-folder-of-its-own-it-is-in-the-home", test_home);

  int result = g_test_run ();
  remove_folder (folder);
  g_free (folder);

  return result;
}
