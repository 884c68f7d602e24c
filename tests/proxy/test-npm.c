/* test-npm.c: Nginx Proxy Manager, whose API is spoken as it was recorded, with a real nginx
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "model/dw-json.h"
#include "proxy-client.h"
#include "proxy/dw-npm.h"
#include "proxy/dw-proxy-http.h"

#define DOMAIN "dev.shop.localhost"
/* Until nginx has read what it was told. */
#define SETTLE_US (G_USEC_PER_SEC / 2)

typedef struct
{
  NpmServer server;
  GSubprocess *apps[2];
  DwProxy *npm;
  DwProxyRoute *route;
  DwProxyUpstream upstreams[2];
} Fixture;

static void
set_up (Fixture *self, gconstpointer version)
{
  static const char *const versions[] = { "v1", "v2" };

  npm_server_start (&self->server, version);
  for (guint i = 0; i < G_N_ELEMENTS (versions); i++)
    {
      self->upstreams[i].host = (char *) "127.0.0.1";
      self->apps[i] = app_server_start (versions[i], &self->upstreams[i].host_port);
    }
  self->npm = DW_PROXY (dw_npm_new (self->server.address, "admin@example.com", "changeme", NULL));
  self->route = dw_proxy_route_new ("0b5c", "shop/dev", DOMAIN);
}

static void
tear_down (Fixture *self, gconstpointer version)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->apps); i++)
    {
      g_subprocess_force_exit (self->apps[i]);
      g_object_unref (self->apps[i]);
    }
  g_object_unref (self->npm);
  dw_proxy_route_free (self->route);
  npm_server_end (&self->server);
}

static void
move (Fixture *self, guint i)
{
  g_autoptr (GError) error = NULL;

  dw_proxy_move (self->npm, self->route, &self->upstreams[i], 100, NULL, &error);
  g_assert_no_error (error);
  client_await (self->server.port, DOMAIN, i == 0 ? "v1" : "v2");
}

static DwProxyCondition
look (Fixture *self, guint i)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwProxyState)
      state = dw_proxy_look (self->npm, self->route, &self->upstreams[i], NULL, &error);

  g_assert_no_error (error);
  return state->condition;
}

/* Somebody works with the pages of the proxy. */
static void
tell (Fixture *self, const char *method, const char *path, const char *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) login = json_from_string (
      "{\"identity\":\"admin@example.com\",\"secret\":\"changeme\"}", NULL);
  g_autoptr (JsonNode) node = body != NULL ? json_from_string (body, NULL) : NULL;
  g_autoptr (DwProxyAnswer) session = dw_proxy_http_send (self->server.address, "POST",
                                                          "/api/tokens", NULL, login, NULL, &error);
  g_assert_no_error (error);
  const char *token = dw_json_get_string (dw_proxy_answer_get_object (session), "token");
  g_autoptr (DwProxyAnswer)
      answer = dw_proxy_http_send (self->server.address, method, path, token, node, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (answer->status / 100, ==, 2);
}

static void
fail (Fixture *self, const char *mode, int after)
{
  g_autofree char *text = g_strdup_printf ("{\"mode\":\"%s\",\"after\":%d}", mode, after);
  g_autoptr (JsonNode) body = json_from_string (text, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (DwProxyAnswer) answer = dw_proxy_http_send (self->server.address, "POST", "/fault",
                                                         NULL, body, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (answer->status, ==, 200);
}

/* A move that does not succeed leaves the requests where they went. */
static void
assert_refused (Fixture *self, int code, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (dw_proxy_move (self->npm, self->route, &self->upstreams[1], 100, NULL, &error));
  g_assert_error (error, DW_PROXY_ERROR, code);
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” does not say “%s”", error->message, words);
  /* One that was done and then denied is taken back, and nginx reads that in a moment. */
  client_await (self->server.port, DOMAIN, "v1");
  g_usleep (SETTLE_US);
  client_stays (self->server.port, DOMAIN, "v1");
}

static void
test_life (Fixture *self, gconstpointer version)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *description = dw_proxy_check (self->npm, NULL, &error);
  g_autofree char *expected = g_strdup_printf ("Nginx Proxy Manager %s.1", (const char *) version);

  g_assert_no_error (error);
  g_assert_cmpstr (description, ==, expected);
  g_assert_cmpint (look (self, 0), ==, DW_PROXY_ROUTE_MISSING);

  move (self, 0);
  g_assert_cmpint (look (self, 0), ==, DW_PROXY_ROUTE_SERVING);
  g_assert_cmpint (look (self, 1), ==, DW_PROXY_ROUTE_ELSEWHERE);
  move (self, 1);
  g_assert_cmpint (look (self, 1), ==, DW_PROXY_ROUTE_SERVING);

  dw_proxy_remove (self->npm, self->route, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (look (self, 1), ==, DW_PROXY_ROUTE_MISSING);
  dw_proxy_remove (self->npm, self->route, NULL, &error);
  g_assert_no_error (error);
}

static void
test_domain_changes (Fixture *self, gconstpointer version)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwProxyRoute) renamed = dw_proxy_route_new ("0b5c", "shop/dev", "shop.localhost");

  move (self, 0);
  dw_proxy_move (self->npm, renamed, &self->upstreams[0], 100, NULL, &error);
  g_assert_no_error (error);
  client_await (self->server.port, "shop.localhost", "v1");
  client_await (self->server.port, DOMAIN, "default page");
}

static void
test_foreign (Fixture *self, gconstpointer version)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *body = g_strdup_printf ("{\"domain_names\":[\"" DOMAIN
                                           "\"],\"forward_scheme\":\"http\",\"forward_host\":"
                                           "\"127.0.0.1\",\"forward_port\":%u,\"advanced_config\":"
                                           "\"\",\"locations\":[],\"enabled\":true,"
                                           "\"meta\":{}}",
                                           self->upstreams[0].host_port);

  tell (self, "POST", "/api/nginx/proxy-hosts", body);
  client_await (self->server.port, DOMAIN, "v1");
  g_assert_cmpint (look (self, 0), ==, DW_PROXY_ROUTE_TAKEN);
  assert_refused (self, DW_PROXY_ERROR_TAKEN, "is not touched");
  dw_proxy_remove (self->npm, self->route, NULL, &error);
  g_assert_no_error (error);
  client_stays (self->server.port, DOMAIN, "v1");
}

static void
test_wrong_password (Fixture *self, gconstpointer version)
{
  move (self, 0);
  g_clear_object (&self->npm);
  self->npm = DW_PROXY (dw_npm_new (self->server.address, "admin@example.com", "wrong", NULL));
  assert_refused (self, DW_PROXY_ERROR_UNAUTHORIZED, "Invalid");

  g_clear_object (&self->npm);
  self->npm = DW_PROXY (dw_npm_new (self->server.address, "admin@example.com", NULL, NULL));
  assert_refused (self, DW_PROXY_ERROR_UNAUTHORIZED, "proxy login");
}

/* The fourth request is that which changes the host. */
static void
test_expired (Fixture *self, gconstpointer version)
{
  move (self, 0);
  for (int after = 2; after <= 3; after++)
    {
      fail (self, "expire", after);
      move (self, after % 2 == 0);
    }
}

static void
test_half_and_wrong_answers (Fixture *self, gconstpointer version)
{
  move (self, 0);
  fail (self, "500", 3);
  assert_refused (self, DW_PROXY_ERROR_REFUSED, "Internal Error");
  fail (self, "half", 3);
  assert_refused (self, DW_PROXY_ERROR_UNREACHABLE, "cannot be reached");
  fail (self, "html", 0);
  assert_refused (self, DW_PROXY_ERROR_NOT_A_PROXY, "is no Nginx Proxy Manager");
  fail (self, "html", 3);
  assert_refused (self, DW_PROXY_ERROR_NOT_A_PROXY, "is no Nginx Proxy Manager");
  move (self, 1);
}

static void
test_nginx_refuses (Fixture *self, gconstpointer version)
{
  char *host = self->upstreams[1].host;

  move (self, 0);
  self->upstreams[1].host = (char *) "bad\" host";
  assert_refused (self, DW_PROXY_ERROR_REFUSED, "nginx does not take the host: ");
  g_assert_cmpint (look (self, 0), ==, DW_PROXY_ROUTE_SERVING);

  /* Somebody else's. */
  self->upstreams[1].host = host;
  fail (self, "broken-conf", 0);
  assert_refused (self, DW_PROXY_ERROR_REFUSED, "Internal Error");
  fail (self, "mended-conf", 0);
  move (self, 1);
}

static gpointer
cancel_soon (gpointer cancellable)
{
  g_usleep (G_USEC_PER_SEC / 2);
  g_cancellable_cancel (cancellable);

  return NULL;
}

static void
test_hangs (Fixture *self, gconstpointer version)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  move (self, 0);
  fail (self, "hang", 3);
  GThread *thread = g_thread_new ("cancel", cancel_soon, cancellable);
  g_assert_false (
      dw_proxy_move (self->npm, self->route, &self->upstreams[1], 100, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  g_usleep (SETTLE_US);
  client_stays (self->server.port, DOMAIN, "v1");
}

static void
test_nobody (Fixture *self, gconstpointer version)
{
  g_autoptr (DwProxy) nobody = DW_PROXY (dw_npm_new ("http://127.0.0.1:1", "a", "b", NULL));
  g_autoptr (DwProxy) nonsense = DW_PROXY (dw_npm_new ("not an address", "a", "b", NULL));
  g_autoptr (GError) error = NULL;

  g_assert_null (dw_proxy_check (nobody, NULL, &error));
  g_assert_error (error, DW_PROXY_ERROR, DW_PROXY_ERROR_UNREACHABLE);
  g_clear_error (&error);
  g_assert_null (dw_proxy_check (nonsense, NULL, &error));
  g_assert_error (error, DW_PROXY_ERROR, DW_PROXY_ERROR_UNSUPPORTED);
}

/* What a person has done to a host of ours is seen, and set right when the stage is deployed. */
static void
test_repair (Fixture *self, gconstpointer version)
{
  move (self, 0);
  tell (self, "POST", "/api/nginx/proxy-hosts/1/disable", NULL);
  g_assert_cmpint (look (self, 0), ==, DW_PROXY_ROUTE_FAILING);
  move (self, 0);

  tell (self, "DELETE", "/api/nginx/proxy-hosts/1", NULL);
  g_assert_cmpint (look (self, 0), ==, DW_PROXY_ROUTE_MISSING);
  move (self, 0);
}

/* A deploy that changes nothing there must not make nginx read everything again. */
static void
test_writes_only_changes (Fixture *self, gconstpointer version)
{
  g_autofree char *path = g_build_filename (self->server.directory, "requests", NULL);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;

  move (self, 0);
  g_file_get_contents (path, &before, NULL, &error);
  g_assert_no_error (error);
  move (self, 0);
  g_file_get_contents (path, &after, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (strstr (after + strlen (before), "PUT"));
}

#define ADD(name, version, function)                                                               \
  g_test_add ("/npm/" name, Fixture, version, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("2.15/a-host-is-made-moved-and-removed", "2.15", test_life);
  ADD ("2.12/a-host-is-made-moved-and-removed", "2.12", test_life);
  ADD ("2.11/a-host-is-made-moved-and-removed", "2.11", test_life);
  ADD ("a-host-follows-its-domain", "2.15", test_domain_changes);
  ADD ("what-a-person-made-is-not-touched", "2.15", test_foreign);
  ADD ("2.15/a-wrong-password-is-said", "2.15", test_wrong_password);
  ADD ("2.11/a-wrong-password-is-said", "2.11", test_wrong_password);
  ADD ("2.15/a-token-that-expires-in-the-middle-is-replaced", "2.15", test_expired);
  ADD ("2.12/a-token-that-expires-in-the-middle-is-replaced", "2.12", test_expired);
  ADD ("wrong-and-half-answers-leave-the-old-route", "2.15", test_half_and_wrong_answers);
  ADD ("what-nginx-refuses-leaves-the-old-route", "2.15", test_nginx_refuses);
  ADD ("what-hangs-can-be-cancelled", "2.15", test_hangs);
  ADD ("nobody-there-is-said", "2.15", test_nobody);
  ADD ("what-somebody-switched-off-or-removed-is-set-right", "2.15", test_repair);
  ADD ("2.11/what-is-as-it-should-be-is-not-written", "2.11", test_writes_only_changes);
  ADD ("2.15/what-is-as-it-should-be-is-not-written", "2.15", test_writes_only_changes);

  return g_test_run ();
}
