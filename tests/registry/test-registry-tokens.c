/* test-registry-tokens.c: who is told the credentials, and for how long a token serves
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "registry-stub.h"
#include "registry/dw-registry-client.h"

#define DIGEST "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
/* alice:wonderland */
#define BASIC "Basic YWxpY2U6d29uZGVybGFuZA=="

/* What the registry of a test does; one thread reads it while the other waits. */
typedef struct
{
  RegistryStub *token_server; /* NULL: the registry's own */
  const char *realm;          /* NULL: where the token server is */
  const char *location;       /* where every request is redirected */
  int expires_in;
  const char *token_name;
  guint token_status;
} Script;

static void
set_header (SoupServerMessage *message, const char *name, const char *value)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (message), name, value);
}

static gboolean
has_authorization (SoupServerMessage *message, const char *value)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  return g_strcmp0 (soup_message_headers_get_one (headers, "Authorization"), value) == 0;
}

/* As the specification has it: a name and a password, an identity token, or nobody at all. */
static void
answer_token (Script *script, SoupServerMessage *message)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autofree char *form = g_strndup (body->data, (gsize) body->length);
  gboolean is_post = g_str_equal (soup_server_message_get_method (message), "POST");
  gboolean is_known = is_post
                          ? strstr (form, "refresh_token=identity") != NULL &&
                                strstr (form, "grant_type=refresh_token") != NULL
                          : has_authorization (message, BASIC) || has_authorization (message, NULL);

  if (script->token_status != 0)
    {
      registry_stub_answer (message, script->token_status, "application/json",
                            "{\"error\":\"invalid_grant\",\"error_description\":\"it is over\"}");
      return;
    }
  if (!is_known)
    {
      registry_stub_answer (message, 401, "application/json",
                            "{\"details\":\"incorrect username or password\"}");
      return;
    }

  g_autofree char *answer = g_strdup_printf ("{\"%s\":\"good.token\",\"expires_in\":%d}",
                                             script->token_name, script->expires_in);
  registry_stub_answer (message, 200, "application/json", answer);
}

static void
answer (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  Script *script = registry_stub_get_data (stub);
  const char *token_url = registry_stub_get_url (script->token_server != NULL ? script->token_server
                                                                              : stub);
  g_autofree char *realm = script->realm != NULL ? g_strdup (script->realm)
                                                 : g_strconcat (token_url, "/token", NULL);

  if (g_str_equal (path, "/token"))
    answer_token (script, message);
  else if (script->location != NULL && g_str_has_prefix (path, "/v2/team"))
    {
      set_header (message, "Location", script->location);
      registry_stub_answer (message, 307, "text/plain", "");
    }
  else if (!has_authorization (message, "Bearer good.token"))
    {
      g_autofree char *challenge = g_strdup_printf (
          "Bearer realm=\"%s\",service=\"registry.test\",scope=\"repository:any:pull\"", realm);

      set_header (message, "WWW-Authenticate", challenge);
      registry_stub_answer (message, 401, "application/json",
                            "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"who are "
                            "you\"}]}");
    }
  else
    {
      set_header (message, "Docker-Content-Digest", DIGEST);
      registry_stub_answer (message, 200, "application/json", "{\"tags\":[\"v1\"]}");
    }
}

static Script
make_script (void)
{
  return (Script){ .expires_in = 300, .token_name = "token" };
}

static RegistryStub *
stub_new (Script *script, GTlsCertificate *certificate)
{
  RegistryStub *stub = registry_stub_new (answer, certificate);

  registry_stub_set_data (stub, script);
  return stub;
}

static DwRegistryClient *
client_new (RegistryStub *stub, const DwCredentials *credentials)
{
  g_autoptr (GError) error = NULL;
  DwRegistryClient *client = dw_registry_client_new (registry_stub_get_url (stub), credentials,
                                                     &error);

  g_assert_no_error (error);
  return client;
}

static DwCredentials *
alice_new (void)
{
  return dw_credentials_new ("alice", "wonderland");
}

static void
assert_resolves (DwRegistryClient *client, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *digest = dw_registry_client_resolve_tag (client, path, "v1", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (digest, ==, DIGEST);
}

static void
assert_fails (DwRegistryClient *client, int code, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *digest = dw_registry_client_resolve_tag (client, "team/app", "v1", NULL, &error);

  g_assert_null (digest);
  g_assert_error (error, DW_REGISTRY_ERROR, code);
  g_assert_nonnull (strstr (error->message, words));
}

static void
test_anonymous (void)
{
  Script script = make_script ();
  g_autoptr (RegistryStub) stub = stub_new (&script, NULL);
  g_autoptr (DwRegistryClient) client = client_new (stub, NULL);

  assert_resolves (client, "team/app");
  g_assert_cmpuint (registry_stub_count (stub, "GET /token?"), ==, 1);
  g_assert_cmpuint (registry_stub_count (stub, "scope=repository%3Ateam%2Fapp%3Apull"), ==, 1);
  g_assert_cmpuint (registry_stub_count (stub, "Basic"), ==, 0);
}

static void
test_password (void)
{
  Script script = make_script ();
  g_autoptr (DwCredentials) alice = alice_new ();
  g_autoptr (RegistryStub) stub = stub_new (&script, NULL);
  g_autoptr (DwRegistryClient) client = client_new (stub, alice);

  script.token_name = "access_token";
  assert_resolves (client, "team/app");
  g_assert_cmpuint (registry_stub_count (stub, BASIC), ==, 1);
  g_assert_cmpuint (registry_stub_count (stub, "account=alice"), ==, 1);
}

static void
test_one_token_a_repository (void)
{
  Script script = make_script ();
  g_autoptr (RegistryStub) stub = stub_new (&script, NULL);
  g_autoptr (DwRegistryClient) client = client_new (stub, NULL);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) tags = dw_registry_client_list_tags (client, "team/app", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstrv (tags, ((const char *const[]){ "v1", NULL }));
  assert_resolves (client, "team/app");
  assert_resolves (client, "team/app");
  g_assert_cmpuint (registry_stub_count (stub, "GET /token"), ==, 1);
  assert_resolves (client, "team/other");
  g_assert_cmpuint (registry_stub_count (stub, "GET /token"), ==, 2);
}

static void
test_expiry (void)
{
  Script script = make_script ();
  g_autoptr (RegistryStub) stub = stub_new (&script, NULL);
  g_autoptr (DwRegistryClient) client = client_new (stub, NULL);

  script.expires_in = 0;
  assert_resolves (client, "team/app");
  assert_resolves (client, "team/app");
  g_assert_cmpuint (registry_stub_count (stub, "GET /token"), ==, 2);
}

static void
test_identity_token (void)
{
  Script script = make_script ();
  g_autoptr (DwCredentials) identity = dw_credentials_new_for_identity_token ("identity");
  g_autoptr (RegistryStub) stub = stub_new (&script, NULL);
  g_autoptr (DwRegistryClient) client = client_new (stub, identity);

  script.token_name = "access_token";
  assert_resolves (client, "team/app");
  g_assert_cmpuint (registry_stub_count (stub, "POST /token -"), ==, 1);
  g_assert_cmpuint (registry_stub_count (stub, "service=registry.test"), ==, 1);
}

static void
test_identity_token_over (void)
{
  Script script = make_script ();
  g_autoptr (DwCredentials) identity = dw_credentials_new_for_identity_token ("identity");
  g_autoptr (RegistryStub) stub = stub_new (&script, NULL);
  g_autoptr (DwRegistryClient) client = client_new (stub, identity);

  script.token_status = 400;
  assert_fails (client, DW_REGISTRY_ERROR_UNAUTHORIZED, "it is over");
}

static void
test_wrong_password (void)
{
  Script script = make_script ();
  g_autoptr (DwCredentials) wrong = dw_credentials_new ("alice", "looking-glass");
  g_autoptr (RegistryStub) stub = stub_new (&script, NULL);
  g_autoptr (DwRegistryClient) client = client_new (stub, wrong);

  assert_fails (client, DW_REGISTRY_ERROR_UNAUTHORIZED, "check the user name");
}

static void
test_token_that_does_not_help (void)
{
  Script script = make_script ();
  Script other_script = make_script ();
  g_autoptr (RegistryStub) token_server = stub_new (&other_script, NULL);
  g_autoptr (RegistryStub) stub = stub_new (&script, NULL);
  g_autoptr (DwRegistryClient) client = client_new (stub, NULL);

  /* A token of the right form that the registry does not take. */
  other_script.token_name = "token\":\"bad\",\"x";
  script.token_server = token_server;
  assert_fails (client, DW_REGISTRY_ERROR_UNAUTHORIZED, "needs credentials");
  g_assert_cmpuint (registry_stub_count (token_server, ""), ==, 1);
}

static void
test_token_server_faults (void)
{
  const struct
  {
    guint status;
    int code;
  } cases[] = {
    { 403, DW_REGISTRY_ERROR_UNAUTHORIZED },
    { 429, DW_REGISTRY_ERROR_RATE_LIMITED },
    { 500, DW_REGISTRY_ERROR_FAILED },
    { 404, DW_REGISTRY_ERROR_FAILED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Script script = make_script ();
      g_autoptr (RegistryStub) stub = stub_new (&script, NULL);
      g_autoptr (DwRegistryClient) client = client_new (stub, NULL);

      script.token_status = cases[i].status;
      assert_fails (client, cases[i].code, registry_stub_get_url (stub));
    }
}

static void
test_odd_tokens (void)
{
  const char *const names[] = { "other", "token\":\"a b\",\"x", "token\":\"\",\"x",
                                "token\":[],\"x" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      Script script = make_script ();
      g_autoptr (RegistryStub) stub = stub_new (&script, NULL);
      g_autoptr (DwRegistryClient) client = client_new (stub, NULL);

      script.token_name = names[i];
      assert_fails (client, DW_REGISTRY_ERROR_NOT_A_REGISTRY, "without a token");
    }
}

static void
test_odd_realms (void)
{
  const char *const realms[] = { "", "token", "file:///etc/passwd", "https://" };

  for (guint i = 0; i < G_N_ELEMENTS (realms); i++)
    {
      Script script = make_script ();
      g_autoptr (DwCredentials) alice = alice_new ();
      g_autoptr (RegistryStub) stub = stub_new (&script, NULL);
      g_autoptr (DwRegistryClient) client = client_new (stub, alice);

      script.realm = realms[i];
      assert_fails (client, DW_REGISTRY_ERROR_FAILED, "where from");
      g_assert_cmpuint (registry_stub_count (stub, BASIC), ==, 0);
    }
}

/* --- Redirections ----------------------------------------------------------------------------- */

static void
test_redirect_keeps_token (void)
{
  Script script = make_script ();
  Script other_script = make_script ();
  g_autoptr (DwCredentials) alice = alice_new ();
  g_autoptr (RegistryStub) other = stub_new (&other_script, NULL);
  g_autoptr (RegistryStub) stub = stub_new (&script, NULL);
  g_autoptr (DwRegistryClient) client = client_new (stub, alice);
  g_autofree char *location = g_strconcat (registry_stub_get_url (other), "/v2/other", NULL);

  /* Get a token first, so that there is something to tell. */
  assert_resolves (client, "team/app");
  script.location = location;
  assert_fails (client, DW_REGISTRY_ERROR_UNAUTHORIZED, "refuses these credentials");

  g_assert_cmpuint (registry_stub_count (stub, "HEAD /v2/team/app/manifests/v1 Bearer"), >=, 1);
  g_assert_cmpuint (registry_stub_count (other, "HEAD /v2/other - "), ==, 1);
  g_assert_cmpuint (registry_stub_count (other, ""), ==, 1);
}

static void
test_redirect_at_home (void)
{
  Script script = make_script ();
  g_autoptr (RegistryStub) stub = stub_new (&script, NULL);
  g_autoptr (DwRegistryClient) client = client_new (stub, NULL);

  assert_resolves (client, "team/app");
  script.location = "/v2/moved/manifests/v1";
  assert_resolves (client, "team/app");
  g_assert_cmpuint (registry_stub_count (stub, "HEAD /v2/moved/manifests/v1 Bearer"), ==, 1);
}

static void
test_redirect_loop (void)
{
  Script script = make_script ();
  g_autoptr (RegistryStub) stub = stub_new (&script, NULL);
  g_autoptr (DwRegistryClient) client = client_new (stub, NULL);

  script.location = "/v2/team/again";
  assert_fails (client, DW_REGISTRY_ERROR_NOT_A_REGISTRY, "again and again");
}

/* --- TLS -------------------------------------------------------------------------------------- */

static void
trust (const char *file)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsDatabase) database = file != NULL ? g_tls_file_database_new (file, &error) : NULL;

  g_assert_no_error (error);
  g_tls_backend_set_default_database (g_tls_backend_get_default (), database);
}

/* A certificate of this run for localhost, and where it is. */
static GTlsCertificate *
make_certificate (char **file)
{
  g_autofree char *folder = g_dir_make_tmp ("dw-registry-XXXXXX", NULL);
  g_autofree char *key = g_build_filename (folder, "key.pem", NULL);
  g_autoptr (GError) error = NULL;

  *file = g_build_filename (folder, "certificate.pem", NULL);
  g_autoptr (GSubprocess) openssl = g_subprocess_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error, "openssl",
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
      "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key,
      "-out", *file, NULL);
  g_assert_no_error (error);
  g_subprocess_wait_check (openssl, NULL, &error);
  g_assert_no_error (error);

  GTlsCertificate *certificate = g_tls_certificate_new_from_files (*file, key, &error);
  g_assert_no_error (error);

  return certificate;
}

static void
remove_certificate (const char *file)
{
  g_autofree char *folder = g_path_get_dirname (file);
  g_autofree char *key = g_build_filename (folder, "key.pem", NULL);

  trust (NULL);
  g_assert_cmpint (g_remove (key), ==, 0);
  g_assert_cmpint (g_remove (file), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static gboolean
needs_openssl (void)
{
  g_autofree char *path = g_find_program_in_path ("openssl");

  if (path == NULL && g_getenv ("CI") == NULL)
    g_test_skip ("openssl is not installed");
  return path != NULL || g_getenv ("CI") != NULL;
}

static void
test_realm_without_tls (void)
{
  Script script = make_script ();
  Script plain_script = make_script ();
  g_autofree char *file = NULL;

  if (!needs_openssl ())
    return;

  g_autoptr (GTlsCertificate) certificate = make_certificate (&file);
  g_autoptr (DwCredentials) alice = alice_new ();
  g_autoptr (RegistryStub) plain = stub_new (&plain_script, NULL);
  g_autoptr (RegistryStub) stub = stub_new (&script, certificate);
  trust (file);
  g_autoptr (DwRegistryClient) client = client_new (stub, alice);

  script.token_server = plain;
  assert_fails (client, DW_REGISTRY_ERROR_INSECURE, "nothing was sent");
  g_assert_cmpuint (registry_stub_count (plain, ""), ==, 0);

  script.token_server = NULL;
  assert_resolves (client, "team/app");

  g_autofree char *location = g_strconcat (registry_stub_get_url (plain), "/v2/other", NULL);
  script.location = location;
  assert_fails (client, DW_REGISTRY_ERROR_INSECURE, "plain HTTP");
  g_assert_cmpuint (registry_stub_count (plain, ""), ==, 0);

  remove_certificate (file);
}

static void
test_certificate (void)
{
  Script script = make_script ();
  g_autofree char *file = NULL;

  if (!needs_openssl ())
    return;

  g_autoptr (GTlsCertificate) certificate = make_certificate (&file);
  g_autoptr (RegistryStub) stub = stub_new (&script, certificate);
  g_autofree char *name = g_strdup_printf ("localhost:%u/team/app", registry_stub_get_port (stub));
  g_autofree char *number = g_strdup_printf ("https://127.0.0.1:%u", registry_stub_get_port (stub));
  g_autoptr (DwImageReference) reference = dw_image_reference_parse (name, NULL);

  g_autoptr (DwRegistryClient) stranger = client_new (stub, NULL);
  assert_fails (stranger, DW_REGISTRY_ERROR_UNREACHABLE, "trusts has signed it");
  g_autoptr (DwRegistryClient)
      local_stranger = dw_registry_client_new_for_reference (reference, NULL);
  assert_fails (local_stranger, DW_REGISTRY_ERROR_UNREACHABLE, "trusts has signed it");

  trust (file);
  g_autoptr (DwRegistryClient) known = dw_registry_client_new_for_reference (reference, NULL);
  assert_resolves (known, "team/app");
  g_assert_cmpstr (dw_registry_client_get_url (known), ==, registry_stub_get_url (stub));
  g_autoptr (DwRegistryClient) misnamed = dw_registry_client_new (number, NULL, NULL);
  assert_fails (misnamed, DW_REGISTRY_ERROR_UNREACHABLE, "another host");

  remove_certificate (file);
}

static void
test_plain_http (void)
{
  Script script = make_script ();
  g_autoptr (RegistryStub) stub = stub_new (&script, NULL);
  g_autofree char *name = g_strdup_printf ("127.0.0.1:%u/team/app", registry_stub_get_port (stub));
  g_autoptr (DwImageReference) reference = dw_image_reference_parse (name, NULL);

  g_autoptr (DwRegistryClient) local = dw_registry_client_new_for_reference (reference, NULL);
  assert_resolves (local, "team/app");
  g_assert_cmpstr (dw_registry_client_get_url (local), ==, registry_stub_get_url (stub));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/registry/token/nobody-gets-one-without-credentials", test_anonymous);
  g_test_add_func ("/registry/token/a-password-buys-one", test_password);
  g_test_add_func ("/registry/token/one-serves-a-repository", test_one_token_a_repository);
  g_test_add_func ("/registry/token/one-that-expires-is-fetched-again", test_expiry);
  g_test_add_func ("/registry/token/an-identity-token-buys-one", test_identity_token);
  g_test_add_func ("/registry/token/an-identity-token-that-is-over-says-so",
                   test_identity_token_over);
  g_test_add_func ("/registry/token/a-wrong-password-says-so", test_wrong_password);
  g_test_add_func ("/registry/token/one-that-does-not-help-is-not-tried-again",
                   test_token_that_does_not_help);
  g_test_add_func ("/registry/token/the-server's-refusals-are-told-apart",
                   test_token_server_faults);
  g_test_add_func ("/registry/token/what-is-no-token-is-not-sent", test_odd_tokens);
  g_test_add_func ("/registry/token/a-realm-that-is-no-address-gets-nothing", test_odd_realms);
  g_test_add_func ("/registry/redirect/another-host-never-gets-the-token",
                   test_redirect_keeps_token);
  g_test_add_func ("/registry/redirect/the-same-host-gets-the-token", test_redirect_at_home);
  g_test_add_func ("/registry/redirect/a-loop-is-left", test_redirect_loop);
  g_test_add_func ("/registry/tls/credentials-never-leave-for-plain-http", test_realm_without_tls);
  g_test_add_func ("/registry/tls/a-certificate-that-nobody-trusts-says-why", test_certificate);
  g_test_add_func ("/registry/tls/this-machine-is-asked-by-plain-http-after-it", test_plain_http);

  return g_test_run ();
}
