/* test-registry-faults.c: what the registry client makes of registries that lie, break off or hang
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "registry-stub.h"
#include "registry/dw-http.h"
#include "registry/dw-registry-client.h"

#define DIGEST "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define NOT_FOUND(code) "{\"errors\":[{\"code\":\"" code "\",\"message\":\"unknown\"}]}"

static void
answer_json (SoupServerMessage *message, const char *body)
{
  registry_stub_answer (message, 200, "application/json", body);
}

static void
set_header (SoupServerMessage *message, const char *name, const char *value)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (message), name, value);
}

static gboolean
is_head (SoupServerMessage *message)
{
  return g_str_equal (soup_server_message_get_method (message), "HEAD");
}

static DwRegistryClient *
client_new (RegistryStub *stub)
{
  g_autoptr (GError) error = NULL;
  DwRegistryClient *client = dw_registry_client_new (registry_stub_get_url (stub), NULL, &error);

  g_assert_no_error (error);
  return client;
}

static void
assert_list_fails (RegistryStub *stub, int code, const char *words)
{
  g_autoptr (DwRegistryClient) client = client_new (stub);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) tags = dw_registry_client_list_tags (client, "team/app", NULL, &error);

  g_assert_null (tags);
  g_assert_error (error, DW_REGISTRY_ERROR, code);
  g_assert_nonnull (strstr (error->message, words));
}

static void
assert_resolve_fails (RegistryStub *stub, int code, const char *words)
{
  g_autoptr (DwRegistryClient) client = client_new (stub);
  g_autoptr (GError) error = NULL;
  g_autofree char *digest = dw_registry_client_resolve_tag (client, "team/app", "v1", NULL, &error);

  g_assert_null (digest);
  g_assert_error (error, DW_REGISTRY_ERROR, code);
  g_assert_nonnull (strstr (error->message, words));
}

/* --- Lists ------------------------------------------------------------------------------------ */

/* 250 tags, 20 a page however many were asked for; the next page is where the last tag says. */
static void
answer_pages (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  const char *query = g_uri_get_query (soup_server_message_get_uri (message));
  const char *last = query != NULL ? strstr (query, "last=v") : NULL;
  int first = last != NULL ? atoi (last + strlen ("last=v")) + 1 : 0;
  g_autoptr (GString) body = g_string_new ("{\"name\":\"team/app\",\"tags\":[");

  for (int i = first; i < MIN (first + 20, 250); i++)
    g_string_append_printf (body, "%s\"v%d\"", i > first ? "," : "", i);
  g_string_append (body, "]}");
  if (first + 20 < 250)
    {
      g_autofree char *link = g_strdup_printf (
          "</v2/team/app/tags/list?n=20&last=v%d>; rel=\"next\"", first + 19);

      set_header (message, "Link", link);
    }
  answer_json (message, body->str);
}

static void
test_pages (void)
{
  g_autoptr (RegistryStub) stub = registry_stub_new (answer_pages, NULL);
  g_autoptr (DwRegistryClient) client = client_new (stub);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) tags = dw_registry_client_list_tags (client, "team/app", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (tags), ==, 250);
  g_assert_cmpstr (tags[0], ==, "v0");
  g_assert_cmpstr (tags[249], ==, "v249");
  g_assert_cmpuint (registry_stub_count (stub, "GET /v2/team/app/tags/list"), ==, 13);
}

static void
answer_loop (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  set_header (message, "Link", "</v2/team/app/tags/list?n=1000>; rel=next");
  answer_json (message, "{\"tags\":[\"v1\"]}");
}

static void
test_loop (void)
{
  g_autoptr (RegistryStub) stub = registry_stub_new (answer_loop, NULL);

  assert_list_fails (stub, DW_REGISTRY_ERROR_FAILED, "has no end");
  g_assert_cmpuint (registry_stub_count (stub, "GET"), ==, 1);
}

/* Each page leads to another one that was not there yet. */
static void
answer_spiral (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  guint n = registry_stub_count (stub, "GET");
  g_autofree char *link = g_strdup_printf ("<list?last=v%u>; rel=next", n);

  set_header (message, "Link", link);
  answer_json (message, "{\"tags\":[\"v1\"]}");
}

static void
test_spiral (void)
{
  g_autoptr (RegistryStub) stub = registry_stub_new (answer_spiral, NULL);

  assert_list_fails (stub, DW_REGISTRY_ERROR_FAILED, "has no end");
}

static void
answer_far_link (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  RegistryStub *other = registry_stub_get_data (stub);
  g_autofree char *link = g_strdup_printf ("<%s/v2/team/app/tags/list>; rel=\"next\"",
                                           registry_stub_get_url (other));

  set_header (message, "Link", link);
  answer_json (message, "{\"tags\":[\"v1\"]}");
}

static void
test_far_link (void)
{
  g_autoptr (RegistryStub) other = registry_stub_new (answer_pages, NULL);
  g_autoptr (RegistryStub) stub = registry_stub_new (answer_far_link, NULL);

  registry_stub_set_data (stub, other);
  assert_list_fails (stub, DW_REGISTRY_ERROR_FAILED, "another address");
  g_assert_cmpuint (registry_stub_count (other, ""), ==, 0);
}

static void
answer_odd_tags (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  answer_json (message, "{\"tags\":[\"v1\",null,7,\"\",\"../../x\",\"a b\",\"-x\",\"v1\",{},"
                        "\"v2\"]}");
}

static void
test_odd_tags (void)
{
  g_autoptr (RegistryStub) stub = registry_stub_new (answer_odd_tags, NULL);
  g_autoptr (DwRegistryClient) client = client_new (stub);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) tags = dw_registry_client_list_tags (client, "team/app", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstrv (tags, ((const char *const[]){ "v1", "v2", NULL }));
}

static void
answer_null_tags (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  answer_json (message, "{\"name\":\"team/app\",\"tags\":null}");
}

static void
test_null_tags (void)
{
  g_autoptr (RegistryStub) stub = registry_stub_new (answer_null_tags, NULL);
  g_autoptr (DwRegistryClient) client = client_new (stub);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) tags = dw_registry_client_list_tags (client, "team/app", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (tags), ==, 0);
}

static void
answer_brackets (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  g_autofree char *body = g_strnfill (1024 * 1024, '[');

  answer_json (message, body);
}

static void
test_brackets (void)
{
  g_autoptr (RegistryStub) stub = registry_stub_new (answer_brackets, NULL);

  assert_list_fails (stub, DW_REGISTRY_ERROR_NOT_A_REGISTRY, "not a container registry");
}

/* --- No registries ---------------------------------------------------------------------------- */

static void
answer_html (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  registry_stub_answer (message, 200, "text/html", "<!doctype html><title>Hello</title>");
}

static void
test_html (void)
{
  g_autoptr (RegistryStub) stub = registry_stub_new (answer_html, NULL);
  g_autoptr (DwRegistryClient) client = client_new (stub);
  g_autoptr (GError) error = NULL;

  g_assert_false (dw_registry_client_test (client, NULL, &error));
  g_assert_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_NOT_A_REGISTRY);
  assert_list_fails (stub, DW_REGISTRY_ERROR_NOT_A_REGISTRY, "check the address");
  assert_resolve_fails (stub, DW_REGISTRY_ERROR_NOT_A_REGISTRY, "check the address");
}

static void
answer_html_404 (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  registry_stub_answer (message, 404, "text/html", "<title>Not found</title>");
}

static void
test_html_404 (void)
{
  g_autoptr (RegistryStub) stub = registry_stub_new (answer_html_404, NULL);

  assert_list_fails (stub, DW_REGISTRY_ERROR_NOT_A_REGISTRY, "check the address");
  assert_resolve_fails (stub, DW_REGISTRY_ERROR_NOT_A_REGISTRY, "check the address");
}

/* --- Manifests -------------------------------------------------------------------------------- */

/* The digest of an empty text, which the body is not. */
static void
answer_without_digest (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  answer_json (message, "{\"schemaVersion\":2}");
}

static void
test_missing_digest (void)
{
  g_autoptr (RegistryStub) stub = registry_stub_new (answer_without_digest, NULL);
  g_autoptr (DwRegistryClient) client = client_new (stub);
  g_autoptr (GError) error = NULL;
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "{\"schemaVersion\":2}",
                                                         -1);
  g_autofree char *expected = g_strconcat ("sha256:", hash, NULL);
  g_autofree char *digest = dw_registry_client_resolve_tag (client, "team/app", "v1", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (digest, ==, expected);
}

static void
answer_head_refused (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  if (is_head (message))
    registry_stub_answer (message, 405, "text/plain", "");
  else
    answer_json (message, "{\"schemaVersion\":2}");
}

static void
test_head_refused (void)
{
  g_autoptr (RegistryStub) stub = registry_stub_new (answer_head_refused, NULL);
  g_autoptr (DwRegistryClient) client = client_new (stub);
  g_autoptr (GError) error = NULL;
  g_autofree char *digest = dw_registry_client_resolve_tag (client, "team/app", "v1", NULL, &error);

  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (digest, "sha256:"));
}

static void
answer_wrong_digest (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  if (is_head (message))
    {
      registry_stub_answer (message, 405, "text/plain", "");
      return;
    }
  set_header (message, "Docker-Content-Digest", DIGEST);
  answer_json (message, "{\"schemaVersion\":2}");
}

static void
test_wrong_digest (void)
{
  g_autoptr (RegistryStub) stub = registry_stub_new (answer_wrong_digest, NULL);

  assert_resolve_fails (stub, DW_REGISTRY_ERROR_FAILED, "not what its digest says");
}

static void
answer_odd_digest (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  set_header (message, "Docker-Content-Digest", "sha256:short");
  answer_json (message, "{}");
}

static void
test_odd_digest (void)
{
  g_autoptr (RegistryStub) stub = registry_stub_new (answer_odd_digest, NULL);

  assert_resolve_fails (stub, DW_REGISTRY_ERROR_FAILED, "sha256:short");
}

static void
answer_unknown (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  registry_stub_answer (message, 404, "application/json",
                        registry_stub_get_data (stub) != NULL ? NOT_FOUND ("NAME_UNKNOWN")
                                                              : NOT_FOUND ("MANIFEST_UNKNOWN"));
}

static void
test_unknown (void)
{
  g_autoptr (RegistryStub) tagless = registry_stub_new (answer_unknown, NULL);
  g_autoptr (RegistryStub) nameless = registry_stub_new (answer_unknown, NULL);

  registry_stub_set_data (nameless, nameless);
  assert_resolve_fails (tagless, DW_REGISTRY_ERROR_NOT_FOUND, "no tag “v1”");
  assert_resolve_fails (nameless, DW_REGISTRY_ERROR_NOT_FOUND, "no repository “team/app”");
}

static void
test_names_stay_names (void)
{
  g_autoptr (RegistryStub) stub = registry_stub_new (answer_without_digest, NULL);
  g_autoptr (DwRegistryClient) client = client_new (stub);
  const char *const tags[] = { "../../_catalog", "v1?n=1", "", "v 1", "v1\r\nX: y", "v1@sha256" };

  for (guint i = 0; i < G_N_ELEMENTS (tags); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (dw_registry_client_resolve_tag (client, "team/app", tags[i], NULL, &error));
      g_assert_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_NOT_FOUND);
    }

  g_autoptr (GError) error = NULL;
  g_assert_null (dw_registry_client_list_tags (client, "../x", NULL, &error));
  g_assert_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_NOT_FOUND);
  g_assert_cmpuint (registry_stub_count (stub, ""), ==, 0);
}

static void
assert_describe_fails (RegistryStub *stub, int code, const char *words)
{
  g_autoptr (DwRegistryClient) client = client_new (stub);
  g_autoptr (GError) error = NULL;
  g_autofree char *digest = NULL;
  g_autofree char *created = NULL;

  g_assert_false (dw_registry_client_describe_tag (client, "team/app", "v1", "amd64", &digest,
                                                   &created, NULL, &error));
  g_assert_null (digest);
  g_assert_error (error, DW_REGISTRY_ERROR, code);
  g_assert_nonnull (strstr (error->message, words));
}

static void
answer_other_configuration (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  if (strstr (path, "/blobs/") != NULL)
    answer_json (message, "{\"created\":\"2024-01-01T00:00:00Z\"}");
  else
    answer_json (message, "{\"config\":{\"digest\":\"" DIGEST "\"}}");
}

static void
answer_way_out (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  answer_json (message, "{\"config\":{\"digest\":\"../../../catalog\"}}");
}

static void
answer_empty_index (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  answer_json (message, "{\"manifests\":[null,{\"digest\":5},[]]}");
}

static void
test_descriptions (void)
{
  g_autoptr (RegistryStub) other = registry_stub_new (answer_other_configuration, NULL);
  g_autoptr (RegistryStub) way_out = registry_stub_new (answer_way_out, NULL);
  g_autoptr (RegistryStub) empty = registry_stub_new (answer_empty_index, NULL);
  g_autoptr (RegistryStub) html = registry_stub_new (answer_html, NULL);

  assert_describe_fails (other, DW_REGISTRY_ERROR_FAILED, "not what its digest says");
  assert_describe_fails (way_out, DW_REGISTRY_ERROR_FAILED, "no digest");
  g_assert_cmpuint (registry_stub_count (way_out, "catalog"), ==, 0);
  assert_describe_fails (empty, DW_REGISTRY_ERROR_FAILED, "no digest");
  assert_describe_fails (html, DW_REGISTRY_ERROR_NOT_A_REGISTRY, "not a container registry");
}

/* --- Refusals --------------------------------------------------------------------------------- */

static void
answer_slow_down (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  const char *retry_after = registry_stub_get_data (stub);

  if (retry_after != NULL)
    set_header (message, "Retry-After", retry_after);
  registry_stub_answer (message, 429, "application/json", NOT_FOUND ("TOOMANYREQUESTS"));
}

static void
test_rate_limit (void)
{
  g_autoptr (RegistryStub) stub = registry_stub_new (answer_slow_down, NULL);

  registry_stub_set_data (stub, (gpointer) "120");
  assert_list_fails (stub, DW_REGISTRY_ERROR_RATE_LIMITED, "120 seconds");
  assert_resolve_fails (stub, DW_REGISTRY_ERROR_RATE_LIMITED, "120 seconds");
  registry_stub_set_data (stub, (gpointer) "5401");
  assert_list_fails (stub, DW_REGISTRY_ERROR_RATE_LIMITED, "91 minutes");
  registry_stub_set_data (stub, (gpointer) "Wed, 21 Oct 2015 07:28:00 GMT");
  assert_list_fails (stub, DW_REGISTRY_ERROR_RATE_LIMITED, "0 seconds");
  registry_stub_set_data (stub, (gpointer) "soon");
  assert_list_fails (stub, DW_REGISTRY_ERROR_RATE_LIMITED, "too many requests");
}

static void
answer_broken (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  registry_stub_answer (message, 503, "application/json",
                        "{\"errors\":[{\"code\":\"UNAVAILABLE\",\"message\":\"in\\nmaintenance\"}"
                        "]}");
}

static void
test_words (void)
{
  g_autoptr (RegistryStub) stub = registry_stub_new (answer_broken, NULL);

  assert_list_fails (stub, DW_REGISTRY_ERROR_FAILED, "503 in maintenance");
}

/* --- Bodies and connections ------------------------------------------------------------------- */

static void
on_chunk_written (SoupServerMessage *message, gpointer user_data)
{
  g_autofree char *chunk = g_strnfill (1024 * 1024, ' ');

  soup_message_body_append (soup_server_message_get_response_body (message), SOUP_MEMORY_COPY,
                            chunk, 1024 * 1024);
}

static void
answer_endlessly (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  soup_server_message_set_status (message, 200, NULL);
  soup_message_headers_set_encoding (soup_server_message_get_response_headers (message),
                                     SOUP_ENCODING_CHUNKED);
  soup_message_body_set_accumulate (soup_server_message_get_response_body (message), FALSE);
  g_signal_connect (message, "wrote-chunk", G_CALLBACK (on_chunk_written), NULL);
  on_chunk_written (message, NULL);
}

static void
test_endless_body (void)
{
  g_autoptr (RegistryStub) stub = registry_stub_new (answer_endlessly, NULL);

  assert_list_fails (stub, DW_REGISTRY_ERROR_FAILED, "was not read further");
}

/* These bytes instead of an answer, and the end of the connection. */
static void
answer_bytes (SoupServerMessage *message, const char *text)
{
  g_autoptr (GIOStream) connection = soup_server_message_steal_connection (message);

  g_output_stream_write_all (g_io_stream_get_output_stream (connection), text, strlen (text), NULL,
                             NULL, NULL);
  g_io_stream_close (connection, NULL, NULL);
}

static void
answer_and_break_off (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  answer_bytes (message, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                         "Content-Length: 500\r\n\r\n{\"tags\":[\"v1\"");
}

static void
test_cut_off_body (void)
{
  g_autoptr (RegistryStub) stub = registry_stub_new (answer_and_break_off, NULL);

  assert_list_fails (stub, DW_REGISTRY_ERROR_UNREACHABLE, "broke off");
}

static void
answer_no_http (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  answer_bytes (message, "220 mail ready\r\n\r\n");
}

static void
test_no_http (void)
{
  g_autoptr (RegistryStub) stub = registry_stub_new (answer_no_http, NULL);

  assert_list_fails (stub, DW_REGISTRY_ERROR_NOT_A_REGISTRY, "does not speak HTTP");
}

static void
answer_never (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  GCancellable *cancellable = registry_stub_get_data (stub);

  soup_server_message_pause (message);
  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
}

static void
test_cancel (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (RegistryStub) stub = registry_stub_new (answer_never, NULL);
  g_autoptr (DwRegistryClient) client = client_new (stub);
  g_autoptr (GError) error = NULL;

  registry_stub_set_data (stub, cancellable);
  g_assert_null (dw_registry_client_list_tags (client, "team/app", cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  g_clear_error (&error);
  g_assert_false (dw_registry_client_test (client, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (registry_stub_count (stub, ""), ==, 1);
}

static void
test_time_limit (void)
{
  g_autoptr (RegistryStub) stub = registry_stub_new (answer_never, NULL);
  g_autoptr (DwHttp) http = dw_http_new (TRUE, 50);
  g_autoptr (GUri) uri = g_uri_parse (registry_stub_get_url (stub), SOUP_HTTP_URI_FLAGS, NULL);
  g_autoptr (GError) error = NULL;
  DwHttpRequest request = { .method = "GET", .uri = uri, .body_limit = 10 };

  g_assert_null (dw_http_send (http, &request, NULL, &error));
  g_assert_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_TIMED_OUT);
}

static void
test_nobody_listens (void)
{
  RegistryStub *stub = registry_stub_new (answer_html, NULL);
  g_autoptr (DwRegistryClient) client = client_new (stub);
  g_autoptr (GError) error = NULL;

  registry_stub_free (stub);
  g_assert_false (dw_registry_client_test (client, NULL, &error));
  g_assert_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_UNREACHABLE);
  g_assert_nonnull (strstr (error->message, dw_registry_client_get_url (client)));
}

static gpointer
list_in_thread (gpointer data)
{
  return dw_registry_client_list_tags (data, "team/app", NULL, NULL);
}

#define N_CANCELS 1000
#define MOMENT_US 1500

static gpointer
cancel_in_thread (gpointer cancellable)
{
  g_usleep ((gulong) g_test_rand_int_range (1, MOMENT_US));
  g_cancellable_cancel (cancellable);

  return NULL;
}

/* The head of an answer may be there already, and nobody have been told. */
static void
test_cancel_at_any_moment (void)
{
  g_autoptr (RegistryStub) stub = registry_stub_new (answer_odd_tags, NULL);
  g_autoptr (DwRegistryClient) client = client_new (stub);

  for (guint i = 0; i < N_CANCELS; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      GThread *thread = g_thread_new ("cancel", cancel_in_thread, cancellable);
      g_auto (GStrv) tags = dw_registry_client_list_tags (client, "team/app", cancellable, &error);

      g_thread_join (thread);
      if (tags == NULL)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

static void
test_threads (void)
{
  g_autoptr (RegistryStub) stub = registry_stub_new (answer_odd_tags, NULL);
  g_autoptr (DwRegistryClient) client = client_new (stub);

  for (guint i = 0; i < 5; i++)
    {
      g_auto (GStrv) tags = g_thread_join (g_thread_new ("list", list_in_thread, client));

      g_assert_cmpstrv (tags, ((const char *const[]){ "v1", "v2", NULL }));
    }
}

/* --- Addresses -------------------------------------------------------------------------------- */

static void
test_addresses (void)
{
  const struct
  {
    const char *url;
    const char *expected;
  } cases[] = {
    { "https://registry.example.com", "https://registry.example.com" },
    { "https://registry.example.com:443/v2/", "https://registry.example.com" },
    { "http://localhost:5000/", "http://localhost:5000" },
    { "http://[::1]:5000/v2", "http://[::1]:5000" },
    { "https://docker.io", "https://registry-1.docker.io" },
    { "https://index.docker.io/v1/", "https://registry-1.docker.io" },
    { "https://hub.docker.com/u/acme", "https://registry-1.docker.io" },
    { "registry.example.com", NULL },
    { "ftp://registry.example.com", NULL },
    { "https://", NULL },
    { "https://ghcr.io/acme", NULL },
    { "https://ghcr.io/?x=y", NULL },
    { "", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (DwRegistryClient) client = dw_registry_client_new (cases[i].url, NULL, &error);

      if (cases[i].expected == NULL)
        g_assert_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_FAILED);
      else
        g_assert_cmpstr (dw_registry_client_get_url (client), ==, cases[i].expected);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/registry/list/250-tags-on-13-pages-are-all-there", test_pages);
  g_test_add_func ("/registry/list/a-page-that-leads-to-itself-is-read-once", test_loop);
  g_test_add_func ("/registry/list/pages-without-an-end-are-given-up", test_spiral);
  g_test_add_func ("/registry/list/a-next-page-at-another-host-is-not-read", test_far_link);
  g_test_add_func ("/registry/list/what-no-tag-can-be-is-left-out", test_odd_tags);
  g_test_add_func ("/registry/list/a-repository-without-tags-has-none", test_null_tags);
  g_test_add_func ("/registry/list/a-mebibyte-of-brackets-is-no-list", test_brackets);
  g_test_add_func ("/registry/no-registry/a-web-site-is-told-apart", test_html);
  g_test_add_func ("/registry/no-registry/a-web-site-that-has-nothing-is-told-apart",
                   test_html_404);
  g_test_add_func ("/registry/manifest/without-a-digest-it-is-hashed", test_missing_digest);
  g_test_add_func ("/registry/manifest/where-head-is-refused-get-serves", test_head_refused);
  g_test_add_func ("/registry/manifest/a-digest-that-does-not-fit-is-refused", test_wrong_digest);
  g_test_add_func ("/registry/manifest/a-digest-that-is-none-is-refused", test_odd_digest);
  g_test_add_func ("/registry/manifest/what-does-not-fit-together-has-no-age", test_descriptions);
  g_test_add_func ("/registry/manifest/what-is-not-there-is-named", test_unknown);
  g_test_add_func ("/registry/manifest/a-name-never-becomes-another-address",
                   test_names_stay_names);
  g_test_add_func ("/registry/refusal/a-rate-limit-says-for-how-long", test_rate_limit);
  g_test_add_func ("/registry/refusal/the-registry-has-its-say", test_words);
  g_test_add_func ("/registry/connection/an-endless-body-is-not-read-on", test_endless_body);
  g_test_add_func ("/registry/connection/a-body-that-breaks-off-is-no-list", test_cut_off_body);
  g_test_add_func ("/registry/connection/what-does-not-speak-http-is-told", test_no_http);
  g_test_add_func ("/registry/connection/a-cancel-ends-the-wait", test_cancel);
  g_test_add_func ("/registry/connection/a-cancel-may-come-at-any-moment",
                   test_cancel_at_any_moment);
  g_test_add_func ("/registry/connection/the-time-limit-ends-the-wait", test_time_limit);
  g_test_add_func ("/registry/connection/nobody-there-names-the-address", test_nobody_listens);
  g_test_add_func ("/registry/connection/one-thread-after-the-other-may-ask", test_threads);
  g_test_add_func ("/registry/address/known-spellings-lead-to-the-registry", test_addresses);

  return g_test_run ();
}
