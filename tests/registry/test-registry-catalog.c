/* test-registry-catalog.c: what the client makes of registries that do not list their repositories
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "registry-stub.h"
#include "registry/dw-registry-client.h"

static GStrv
list (RegistryStub *stub, guint limit, gboolean *has_more, GError **error)
{
  g_autoptr (DwRegistryClient)
      client = dw_registry_client_new (registry_stub_get_url (stub), NULL, error);

  g_assert_nonnull (client);
  return dw_registry_client_list_repositories (client, NULL, limit, has_more, NULL, error);
}

static void
assert_fails (RegistryStub *stub, int code, const char *words)
{
  g_autoptr (GError) error = NULL;
  gboolean has_more = FALSE;

  g_assert_null (list (stub, 100, &has_more, &error));
  g_assert_error (error, DW_REGISTRY_ERROR, code);
  g_assert_nonnull (strstr (error->message, words));
}

static gboolean
is_catalog (const char *path)
{
  return g_str_equal (path, "/v2/_catalog");
}

/* What answers to the catalog with @data as its status, and is a registry otherwise. */
static void
answer_status (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  if (is_catalog (path))
    registry_stub_answer (message, GPOINTER_TO_UINT (registry_stub_get_data (stub)),
                          "application/json", "{\"errors\":[{\"code\":\"UNSUPPORTED\"}]}");
  else
    registry_stub_answer (message, 200, "application/json", "{}");
}

static void
test_no_catalog (void)
{
  static const guint statuses[] = { 401, 403, 404, 405, 501 };

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autoptr (RegistryStub) stub = registry_stub_new (answer_status, NULL);

      registry_stub_set_data (stub, GUINT_TO_POINTER (statuses[i]));
      assert_fails (stub, DW_REGISTRY_ERROR_NO_CATALOG, "name the one that is wanted");
    }
}

static void
test_trouble (void)
{
  g_autoptr (RegistryStub) stub = registry_stub_new (answer_status, NULL);

  registry_stub_set_data (stub, GUINT_TO_POINTER (500));
  assert_fails (stub, DW_REGISTRY_ERROR_FAILED, "try again later");
}

static void
answer_nothing (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  registry_stub_answer (message, 404, "text/html", "<html>");
}

static void
test_web_site (void)
{
  g_autoptr (RegistryStub) stub = registry_stub_new (answer_nothing, NULL);

  assert_fails (stub, DW_REGISTRY_ERROR_NOT_A_REGISTRY, "not a container registry");
}

/* Names are the registry's word, and go into addresses. */
static void
answer_odd (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  registry_stub_answer (message, 200, "application/json",
                        "{\"repositories\":[\"team/app\",\"../../etc\",\"a?b\",\"\",7,null,"
                        "\"UPPER\",\"team/app\",\"team/app:v1\",\"web\"]}");
}

static void
test_odd_names (void)
{
  g_autoptr (RegistryStub) stub = registry_stub_new (answer_odd, NULL);
  g_autoptr (GError) error = NULL;
  gboolean has_more = TRUE;
  g_auto (GStrv) names = list (stub, 100, &has_more, &error);

  g_assert_no_error (error);
  g_assert_cmpstrv (names, ((const char *const[]){ "team/app", "web", NULL }));
  g_assert_false (has_more);
}

static void
answer_circle (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Link",
                                "</v2/_catalog?n=1>; rel=\"next\"");
  registry_stub_answer (message, 200, "application/json", "{\"repositories\":[\"web\"]}");
}

static void
test_circle (void)
{
  g_autoptr (RegistryStub) stub = registry_stub_new (answer_circle, NULL);
  g_autoptr (GError) error = NULL;
  gboolean has_more = TRUE;
  g_auto (GStrv) names = list (stub, 100, &has_more, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (names), ==, 1);
  g_assert_false (has_more);
  g_assert_cmpuint (registry_stub_count (stub, "GET /v2/_catalog"), ==, 2);
}

static void
answer_far (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Link",
                                "<https://elsewhere.example.com/v2/_catalog>; rel=\"next\"");
  registry_stub_answer (message, 200, "application/json", "{\"repositories\":[\"web\"]}");
}

static void
test_far_page (void)
{
  g_autoptr (RegistryStub) stub = registry_stub_new (answer_far, NULL);

  assert_fails (stub, DW_REGISTRY_ERROR_FAILED, "another address");
}

/* More than was asked for. */
static void
answer_many (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  g_autoptr (GString) names = g_string_new ("\"r0\"");
  g_autofree char *body = NULL;

  for (guint i = 1; i < 50; i++)
    g_string_append_printf (names, ",\"r%u\"", i);
  body = g_strdup_printf ("{\"repositories\":[%s]}", names->str);
  registry_stub_answer (message, 200, "application/json", body);
}

static void
test_limit (void)
{
  g_autoptr (RegistryStub) stub = registry_stub_new (answer_many, NULL);
  g_autoptr (GError) error = NULL;
  gboolean has_more = FALSE;
  g_auto (GStrv) names = list (stub, 20, &has_more, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (names), ==, 20);
  g_assert_true (has_more);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/registry/catalog/a-registry-without-one-says-so", test_no_catalog);
  g_test_add_func ("/registry/catalog/trouble-is-told-apart-from-having-none", test_trouble);
  g_test_add_func ("/registry/catalog/a-web-site-is-told-apart", test_web_site);
  g_test_add_func ("/registry/catalog/what-no-repository-can-be-is-left-out", test_odd_names);
  g_test_add_func ("/registry/catalog/a-circle-is-left", test_circle);
  g_test_add_func ("/registry/catalog/a-next-page-at-another-host-is-not-read", test_far_page);
  g_test_add_func ("/registry/catalog/no-more-come-than-were-wanted", test_limit);

  return g_test_run ();
}
