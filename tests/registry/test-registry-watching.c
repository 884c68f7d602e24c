/* test-registry-watching.c: what a look at a registry costs, and how it signs in where no test can
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Docker Hub, GHCR, Gitea and GitLab answer as their documentation and their servers have it: what
 * was recorded there is said here by a stub, with its own address in the place of theirs.
 */

#include "config.h"

#include <string.h>

#include "registry-stub.h"
#include "registry/dw-registry-client.h"

#define DIGEST "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define NEWER "sha256:ffb0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
/* alice:wonderland */
#define BASIC "Basic YWxpY2U6d29uZGVybGFuZA=="

/* What the registry of a test does; one thread reads it while the other waits. */
typedef struct
{
  const char *etag; /* of the list of tags, or NULL for a registry that gives none */
  const char *tags; /* of the list */
  const char *digest;
  const char *header; /* one more header of every answer, or NULL */
  const char *header_value;
  guint status;        /* of every answer, or 0 for what fits */
  gboolean is_growing; /* another page after every page */
} Script;

static void
set_header (SoupServerMessage *message, const char *name, const char *value)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (message), name, value);
}

static gboolean
has_header (SoupServerMessage *message, const char *name, const char *value)
{
  return g_strcmp0 (
             soup_message_headers_get_one (soup_server_message_get_request_headers (message), name),
             value) == 0;
}

static void
answer (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  Script *script = registry_stub_get_data (stub);
  g_autofree char *quoted = g_strdup_printf ("\"%s\"", script->digest);

  if (script->header != NULL)
    set_header (message, script->header, script->header_value);

  if (script->status != 0)
    {
      registry_stub_answer (message, script->status, "application/json",
                            "{\"errors\":[{\"code\":\"TOOMANYREQUESTS\",\"message\":\"slow\"}]}");
    }
  else if (g_str_has_suffix (path, "/tags/list"))
    {
      if (script->etag != NULL)
        set_header (message, "ETag", script->etag);
      if (script->is_growing)
        {
          g_autofree char *link = g_strdup_printf ("</v2/team/app/tags/list?last=%u>; rel=\"next\"",
                                                   registry_stub_count (stub, "GET"));
          set_header (message, "Link", link);
        }
      if (script->etag != NULL && has_header (message, "If-None-Match", script->etag))
        soup_server_message_set_status (message, 304, NULL);
      else
        registry_stub_answer (message, 200, "application/json", script->tags);
    }
  else
    {
      set_header (message, "Docker-Content-Digest", script->digest);
      if (has_header (message, "If-None-Match", quoted))
        soup_server_message_set_status (message, 304, NULL);
      else
        registry_stub_answer (message, 200, "application/json", "{}");
    }
}

static RegistryStub *
stub_new (Script *script)
{
  RegistryStub *stub = registry_stub_new (answer, NULL);

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

/* Looks, and asserts that the list has @expected, or is as before where that is NULL. */
static void
assert_look (DwRegistryClient *client, DwTagsMark *mark, const char *const *expected)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) tags = NULL;

  g_assert_true (dw_registry_client_look_at_tags (client, "team/app", mark, &tags, NULL, &error));
  g_assert_no_error (error);
  if (expected == NULL)
    g_assert_null (tags);
  else
    g_assert_cmpstrv (tags, expected);
  g_assert_nonnull (mark->digest);
}

static void
look_twice_and_at_a_change (Script *script)
{
  g_autoptr (RegistryStub) stub = stub_new (script);
  g_autoptr (DwRegistryClient) client = client_new (stub, NULL);
  g_auto (DwTagsMark) mark = { NULL };

  assert_look (client, &mark, (const char *const[]){ "v1", NULL });
  assert_look (client, &mark, NULL);
  assert_look (client, &mark, NULL);
  g_assert_cmpuint (registry_stub_count (stub, ""), ==, 3);

  script->tags = "{\"tags\":[\"v1\",\"v2\"]}";
  if (script->etag != NULL)
    script->etag = "W/\"two\"";
  assert_look (client, &mark, (const char *const[]){ "v1", "v2", NULL });
  assert_look (client, &mark, NULL);
  g_assert_cmpuint (registry_stub_count (stub, ""), ==, 5);
}

static void
test_unchanged_list (void)
{
  look_twice_and_at_a_change (&(Script){ .tags = "{\"tags\":[\"v1\"]}", .etag = "\"one\"" });
  look_twice_and_at_a_change (&(Script){ .tags = "{\"tags\":[\"v1\"]}" });
}

/* The first of several pages may be as it was, and the last one not. */
static void
answer_pages (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  Script *script = registry_stub_get_data (stub);
  const char *query = g_uri_get_query (soup_server_message_get_uri (message));

  set_header (message, "ETag", "\"page\"");
  if (has_header (message, "If-None-Match", "\"page\""))
    {
      soup_server_message_set_status (message, 304, NULL);
    }
  else if (strstr (query, "last") == NULL)
    {
      set_header (message, "Link", "</v2/team/app/tags/list?last=v1>; rel=\"next\"");
      registry_stub_answer (message, 200, "application/json", "{\"tags\":[\"v1\"]}");
    }
  else
    {
      registry_stub_answer (message, 200, "application/json", script->tags);
    }
}

static void
test_unchanged_pages (void)
{
  Script script = { .tags = "{\"tags\":[\"v2\"]}" };
  g_autoptr (RegistryStub) stub = registry_stub_new (answer_pages, NULL);
  registry_stub_set_data (stub, &script);
  g_autoptr (DwRegistryClient) client = client_new (stub, NULL);
  g_auto (DwTagsMark) mark = { NULL };

  assert_look (client, &mark, (const char *const[]){ "v1", "v2", NULL });
  g_assert_null (mark.etag);
  assert_look (client, &mark, NULL);
  script.tags = "{\"tags\":[\"v3\"]}";
  assert_look (client, &mark, (const char *const[]){ "v1", "v3", NULL });
}

static void
test_conditional_head (void)
{
  Script script = { .digest = DIGEST };
  g_autoptr (RegistryStub) stub = stub_new (&script);
  g_autoptr (DwRegistryClient) client = client_new (stub, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *first = NULL;

  first = dw_registry_client_look_at_tag (client, "team/app", "dev", NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (first, ==, DIGEST);
  g_autofree char *same = dw_registry_client_look_at_tag (client, "team/app", "dev", DIGEST, NULL,
                                                          &error);
  g_assert_cmpstr (same, ==, DIGEST);
  script.digest = NEWER;
  g_autofree char *newer = dw_registry_client_look_at_tag (client, "team/app", "dev", DIGEST, NULL,
                                                           &error);
  g_assert_cmpstr (newer, ==, NEWER);

  g_assert_cmpuint (registry_stub_count (stub, "HEAD /v2/team/app/manifests/dev"), ==, 3);
  g_assert_cmpuint (registry_stub_count (stub, ""), ==, 3);
}

/* Headers, and what they mean at 2026-01-01T00:00:00Z. */
static void
test_pace (void)
{
  static const struct
  {
    guint status;
    const char *headers;
    gboolean is_slow;
    gint64 pause_s;
  } cases[] = {
    { 200, "", FALSE, 0 },
    { 429, "", TRUE, 60 },
    { 429, "Retry-After: 120", TRUE, 120 },
    { 429, "Retry-After: 0", TRUE, 1 },
    { 429, "Retry-After: 99999999", TRUE, 86400 },
    { 429, "Retry-After: 99999999999999999999999", TRUE, 86400 },
    { 429, "Retry-After: soon", TRUE, 60 },
    { 429, "Retry-After: -5", TRUE, 60 },
    { 429, "Retry-After: Thu, 01 Jan 2026 00:10:00 GMT", TRUE, 600 },
    { 429, "Retry-After: Thu, 01 Jan 1970 00:10:00 GMT", TRUE, 1 },
    { 503, "", FALSE, 0 },
    { 503, "Retry-After: 30", TRUE, 30 },
    { 200, "Retry-After: 30", FALSE, 0 },
    /* Docker Hub */
    { 200, "RateLimit-Limit: 100;w=21600\nRateLimit-Remaining: 76;w=21600", FALSE, 0 },
    { 200, "RateLimit-Limit: 100;w=21600\nRateLimit-Remaining: 9;w=21600", TRUE, 0 },
    { 429, "RateLimit-Limit: 100;w=21600\nRateLimit-Remaining: 0;w=21600", TRUE, 60 },
    /* GitLab */
    { 200, "RateLimit-Limit: 60\nRateLimit-Remaining: 0\nRateLimit-Reset: 1767225630", TRUE, 30 },
    { 429, "RateLimit-Remaining: 0\nRateLimit-Reset: 1767225630", TRUE, 30 },
    /* GitHub */
    { 200, "X-RateLimit-Limit: 5000\nX-RateLimit-Remaining: 4999\nX-RateLimit-Reset: 1767229200",
      FALSE, 0 },
    { 200, "X-RateLimit-Remaining: 0\nX-RateLimit-Reset: 1767229200", TRUE, 3600 },
    { 200, "X-RateLimit-Remaining: 0\nX-RateLimit-Reset: 1000000001", TRUE, 0 },
    /* the IETF's drafts */
    { 200, "RateLimit: limit=100, remaining=50, reset=50", FALSE, 0 },
    { 200, "RateLimit: limit=100, remaining=0, reset=50", TRUE, 50 },
    { 200, "RateLimit: \"default\";r=50;t=30", FALSE, 0 },
    { 200, "RateLimit: \"default\";r=0;t=30", TRUE, 30 },
    { 429, "RateLimit: \"default\";r=0;t=30\nRetry-After: 7", TRUE, 7 },
    { 200, "RateLimit: ;;,,=;r=;t=x", FALSE, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SoupMessageHeaders *headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);
      g_auto (GStrv) lines = g_strsplit (cases[i].headers, "\n", -1);

      for (guint j = 0; lines[j] != NULL; j++)
        {
          char *colon = strchr (lines[j], ':');

          if (colon == NULL)
            continue;
          *colon = '\0';
          soup_message_headers_append (headers, lines[j], colon + 2);
        }

      DwRegistryPace pace = dw_registry_pace_read (cases[i].status, headers, 1767225600);
      if (pace.is_slow != cases[i].is_slow || pace.pause_s != cases[i].pause_s)
        g_test_fail_printf ("%u %s: %d, %" G_GINT64_FORMAT, cases[i].status, cases[i].headers,
                            pace.is_slow, pace.pause_s);
      soup_message_headers_unref (headers);
    }
}

static void
test_pace_of_a_client (void)
{
  Script script = {
    .status = 429,
    .header = "Retry-After",
    .header_value = "77",
    .tags = "{\"tags\":[]}",
    .digest = DIGEST,
  };
  g_autoptr (RegistryStub) stub = stub_new (&script);
  g_autoptr (DwRegistryClient) client = client_new (stub, NULL);
  g_auto (DwTagsMark) mark = { NULL };
  g_auto (GStrv) tags = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) head_error = NULL;

  g_assert_false (dw_registry_client_look_at_tags (client, "team/app", &mark, &tags, NULL, &error));
  g_assert_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_RATE_LIMITED);
  g_assert_cmpint (dw_registry_client_get_pace (client).pause_s, ==, 77);

  g_assert_null (
      dw_registry_client_look_at_tag (client, "team/app", "dev", NULL, NULL, &head_error));
  g_assert_error (head_error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_RATE_LIMITED);
  g_assert_cmpuint (registry_stub_count (stub, ""), ==, 2);

  script.status = 0;
  script.header = NULL;
  assert_look (client, &mark, (const char *const[]){ NULL });
  g_assert_false (dw_registry_client_get_pace (client).is_slow);
}

/* 10 MB of tags, all in one page. */
static void
test_ten_megabytes (void)
{
  g_autoptr (GString) body = g_string_new ("{\"tags\":[\"v\"");
  for (guint i = 0; i < 90000; i++)
    g_string_append_printf (body, ",\"build-%0100u\"", i);
  g_string_append (body, "]}");
  g_assert_cmpuint (body->len, >, 9 * 1000 * 1000);

  Script script = { .tags = body->str };
  g_autoptr (RegistryStub) stub = stub_new (&script);
  g_autoptr (DwRegistryClient) client = client_new (stub, NULL);
  g_auto (DwTagsMark) mark = { NULL };
  g_auto (GStrv) tags = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (dw_registry_client_look_at_tags (client, "team/app", &mark, &tags, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (tags), ==, 90001);
  assert_look (client, &mark, NULL);
}

/* Pages that never end are given up long before the memory is. */
static void
test_growing_pages (void)
{
  g_autofree char *filler = g_strnfill (4 * 1024 * 1024, ' ');
  g_autofree char *page = g_strconcat ("{\"tags\":[\"v1\"]", filler, "}", NULL);
  Script script = { .tags = page, .is_growing = TRUE };
  g_autoptr (RegistryStub) stub = stub_new (&script);
  g_autoptr (DwRegistryClient) client = client_new (stub, NULL);
  g_auto (DwTagsMark) mark = { NULL };
  g_auto (GStrv) tags = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (dw_registry_client_look_at_tags (client, "team/app", &mark, &tags, NULL, &error));
  g_assert_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_FAILED);
  g_assert_null (mark.digest);
  g_assert_cmpuint (registry_stub_count (stub, "GET"), <=, 9);
}

/* How a registry signs in. */
typedef struct
{
  const char *path;      /* of an image */
  const char *challenge; /* with %s for the address */
  const char *realm;     /* the path of it */
  const char *query;     /* a part of what its token server is asked */
  const char *token;     /* what that answers */
  const char *refusal;   /* what it answers to a wrong password */
} SignIn;

static const SignIn docker_hub = {
  "library/nginx",
  "Bearer realm=\"%s/token\",service=\"registry.docker.io\","
  "scope=\"repository:library/nginx:pull\"",
  "/token",
  "service=registry.docker.io",
  "{\"token\":\"good.token\",\"access_token\":\"good.token\",\"expires_in\":300,"
  "\"issued_at\":\"2026-01-01T00:00:00.000000000Z\"}",
  "{\"details\":\"incorrect username or password\"}",
};

/* It names no time of expiry, and at /v2/ a scope that stands for any. */
static const SignIn ghcr = {
  "acme/app",
  "Bearer realm=\"%s/token\",service=\"ghcr.io\",scope=\"repository:user/image:pull\"",
  "/token",
  "service=ghcr.io",
  "{\"token\":\"good.token\"}",
  "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"denied\"}]}",
};

/* Forgejo's is the same. */
static const SignIn gitea = {
  "acme/app",
  "Bearer realm=\"%s/v2/token\",service=\"container_registry\",scope=\"*\"",
  "/v2/token",
  "service=container_registry",
  "{\"token\":\"good.token\"}",
  "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"\"}]}",
};

static const SignIn gitlab = {
  "group/sub-group/project/image",
  "Bearer realm=\"%s/jwt/auth\",service=\"container_registry\","
  "scope=\"repository:group/sub-group/project/image:pull\",error=\"invalid_token\"",
  "/jwt/auth",
  "service=container_registry",
  "{\"token\":\"good.token\"}",
  "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"HTTP Basic: Access denied\"}]}",
};

static void
answer_sign_in (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  const SignIn *rules = registry_stub_get_data (stub);
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *authorization = soup_message_headers_get_one (headers, "Authorization");

  set_header (message, "Docker-Distribution-Api-Version", "registry/2.0");
  if (g_str_equal (path, rules->realm))
    {
      if (authorization != NULL && !g_str_equal (authorization, BASIC))
        registry_stub_answer (message, 401, "application/json", rules->refusal);
      else
        registry_stub_answer (message, 200, "application/json", rules->token);
    }
  else if (g_strcmp0 (authorization, "Bearer good.token") != 0)
    {
      g_auto (GStrv) parts = g_strsplit (rules->challenge, "%s", 2);
      g_autofree char *challenge = g_strconcat (parts[0], registry_stub_get_url (stub), parts[1],
                                                NULL);

      set_header (message, "WWW-Authenticate", challenge);
      registry_stub_answer (message, 401, "application/json",
                            "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"authentication "
                            "required\",\"detail\":null}]}");
    }
  else if (g_str_has_suffix (path, "/tags/list"))
    {
      registry_stub_answer (message, 200, "application/json", "{\"tags\":[\"v1\"]}");
    }
  else
    {
      set_header (message, "Docker-Content-Digest", DIGEST);
      registry_stub_answer (message, 200, "application/json", "{}");
    }
}

static void
check_sign_in (const SignIn *rules, const DwCredentials *credentials)
{
  g_autoptr (RegistryStub) stub = registry_stub_new (answer_sign_in, NULL);
  registry_stub_set_data (stub, (gpointer) rules);
  g_autoptr (DwRegistryClient) client = client_new (stub, credentials);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_uri_escape_string (rules->path, NULL, FALSE);
  g_autofree char *scope = g_strdup_printf ("scope=repository%%3A%s%%3Apull", path);

  g_assert_true (dw_registry_client_test (client, NULL, &error));
  g_assert_no_error (error);
  guint n_before = registry_stub_count (stub, "");

  g_auto (GStrv) tags = dw_registry_client_list_tags (client, rules->path, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstrv (tags, ((const char *const[]){ "v1", NULL }));
  g_autofree char *digest = dw_registry_client_look_at_tag (client, rules->path, "v1", NULL, NULL,
                                                            &error);
  g_assert_cmpstr (digest, ==, DIGEST);

  /* A refusal, a token, the list, and the digest with the same token. */
  g_assert_cmpuint (registry_stub_count (stub, "") - n_before, ==, 4);
  g_assert_cmpuint (registry_stub_count (stub, rules->query), ==, 2);
  g_assert_cmpuint (registry_stub_count (stub, scope), >, 0);
  g_assert_cmpuint (registry_stub_count (stub, BASIC), ==, credentials != NULL ? 2 : 0);
}

static void
test_sign_in (gconstpointer data)
{
  const SignIn *rules = data;
  g_autoptr (DwCredentials) alice = dw_credentials_new ("alice", "wonderland");
  g_autoptr (DwCredentials) mallory = dw_credentials_new ("alice", "guess");
  g_autoptr (GError) error = NULL;

  check_sign_in (rules, NULL);
  check_sign_in (rules, alice);

  g_autoptr (RegistryStub) stub = registry_stub_new (answer_sign_in, NULL);
  registry_stub_set_data (stub, (gpointer) rules);
  g_autoptr (DwRegistryClient) client = client_new (stub, mallory);
  g_assert_null (dw_registry_client_list_tags (client, rules->path, NULL, &error));
  g_assert_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_UNAUTHORIZED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/registry/watching/a-list-that-is-as-before-costs-one-request",
                   test_unchanged_list);
  g_test_add_func ("/registry/watching/every-page-counts", test_unchanged_pages);
  g_test_add_func ("/registry/watching/a-digest-costs-one-conditional-head", test_conditional_head);
  g_test_add_func ("/registry/watching/ten-megabytes-of-tags-are-read", test_ten_megabytes);
  g_test_add_func ("/registry/watching/pages-without-an-end-take-no-more-than-so-much",
                   test_growing_pages);
  g_test_add_func ("/registry/pace/every-registry-s-headers-are-understood", test_pace);
  g_test_add_func ("/registry/pace/a-client-knows-how-long-to-wait", test_pace_of_a_client);
  g_test_add_data_func ("/registry/sign-in/docker-hub", &docker_hub, test_sign_in);
  g_test_add_data_func ("/registry/sign-in/ghcr", &ghcr, test_sign_in);
  g_test_add_data_func ("/registry/sign-in/gitea-and-forgejo", &gitea, test_sign_in);
  g_test_add_data_func ("/registry/sign-in/gitlab", &gitlab, test_sign_in);

  return g_test_run ();
}
