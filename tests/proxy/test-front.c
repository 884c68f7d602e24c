/* test-front.c: stages behind a proxy that the user runs: Caddy, Nginx Proxy Manager, Traefik
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <signal.h>
#include <string.h>

#include "deploy/dw-proxy-secret.h"
#include "deploy/dw-stage-state.h"
#include "proxy-fixture.h"
#include "proxy/dw-caddy.h"

#define N_DEPLOYS 20
#define N_PORTS 1000
#define N_TRIES 100

typedef struct
{
  Fixture base; /* first, so that it is one */
  GSubprocess *caddy;
  char *caddy_config;
  NpmServer npm;
  guint16 port;       /* of the proxy */
  guint16 admin_port; /* of Caddy */
} FrontFixture;

static void
start_caddy (FrontFixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);

  g_subprocess_launcher_setenv (launcher, "XDG_DATA_HOME", self->base.directory, TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_CONFIG_HOME", self->base.directory, TRUE);
  self->caddy = g_subprocess_launcher_spawn (launcher, &error, "caddy", "run", "--config",
                                             self->caddy_config, NULL);
  g_assert_no_error (error);
  client_await (self->port, "mine.localhost", "mine");
}

static void
stop_caddy (FrontFixture *self)
{
  g_subprocess_force_exit (self->caddy);
  g_subprocess_wait (self->caddy, NULL, NULL);
  g_clear_object (&self->caddy);
}

/* One with a site of the user's own, by plain HTTP. */
static void
set_up_caddy (FrontFixture *self, gboolean is_strict)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *address = NULL;
  g_autofree char *config = NULL;

  self->port = fixture_find_free_port ();
  self->admin_port = fixture_find_free_port ();
  address = g_strdup_printf ("http://127.0.0.1:%u", self->admin_port);
  config = g_strdup_printf (
      "{\"admin\":{\"listen\":\"127.0.0.1:%u\"},\"apps\":{\"http\":{\"servers\":{\"srv0\":{"
      "\"listen\":[\"127.0.0.1:%u\"],\"automatic_https\":{\"skip\":[\"mine.localhost\"]},"
      "\"routes\":[{\"match\":[{\"host\":[\"mine.localhost\"]}],"
      "\"handle\":[{\"handler\":\"static_response\",\"body\":\"mine\"}]}]}}}}}",
      self->admin_port, self->port);
  self->caddy_config = g_build_filename (self->base.directory, "caddy.json", NULL);
  g_file_set_contents (self->caddy_config, config, -1, &error);
  g_assert_no_error (error);
  start_caddy (self);

  proxy_fixture_set (&self->base, "proxy-kind", DW_PROXY_KIND_CADDY, "proxy-address", address,
                     "proxy-strict", is_strict, NULL);
}

static void
set_up_npm (FrontFixture *self, gboolean is_strict)
{
  g_autoptr (GError) error = NULL;

  npm_server_start (&self->npm, "2.15");
  self->port = self->npm.port;
  dw_proxy_secret_store ("changeme", NULL, &error);
  g_assert_no_error (error);
  proxy_fixture_set (&self->base, "proxy-kind", DW_PROXY_KIND_NPM, "proxy-address",
                     self->npm.address, "proxy-user", "admin@example.com", "proxy-strict",
                     is_strict, "proxy-forward-host", "127.0.0.1", NULL);
}

static void
set_up (FrontFixture *self, gconstpointer kind)
{
  proxy_fixture_set_up (&self->base, NULL);
  proxy_fixture_push (&self->base, "v1");
  proxy_fixture_push (&self->base, "v2");
  if (g_str_has_prefix (kind, "caddy"))
    set_up_caddy (self, g_str_has_suffix (kind, "strict"));
  else if (g_str_has_prefix (kind, "npm"))
    set_up_npm (self, g_str_has_suffix (kind, "strict"));
}

static void
tear_down (FrontFixture *self, gconstpointer kind)
{
  fixture_tear_down (&self->base, NULL);
  if (self->caddy != NULL)
    stop_caddy (self);
  g_clear_pointer (&self->caddy_config, g_free);
  if (self->npm.process != NULL)
    npm_server_end (&self->npm);
}

static void
repair (FrontFixture *self)
{
  g_autoptr (GError) error = NULL;

  dw_deployer_act (self->base.deployer, fixture_stage_id (&self->base), DW_STAGE_ACTION_REPAIR,
                   NULL, &error);
  g_assert_no_error (error);
}

static void
deploy_under_load (FrontFixture *self, const char *method)
{
  Load load;

  fixture_deploy_well (&self->base, "v1");
  client_await (self->port, DOMAIN, "v1");

  load_start (&load, self->port, DOMAIN, method);
  for (guint i = 0; i < N_DEPLOYS; i++)
    {
      const char *tag = i % 2 == 0 ? "v2" : "v1";

      fixture_deploy_well (&self->base, tag);
      proxy_fixture_assert_answers (self->port, DOMAIN, tag);
    }
  LoadResult result = load_end (&load);

  g_test_message ("%s: %" G_GUINT64_FORMAT " requests in %.1f s over %d deploys, %" G_GUINT64_FORMAT
                  " socket errors, %" G_GUINT64_FORMAT " answers that are not 2xx",
                  method, result.n_requests, result.seconds, N_DEPLOYS, result.n_errors,
                  result.n_bad);
  g_assert_cmpuint (result.n_requests, >, 1000);
  g_assert_cmpuint (result.n_errors, ==, 0);
  g_assert_cmpuint (result.n_bad, ==, 0);
}

static void
test_get (FrontFixture *self, gconstpointer kind)
{
  deploy_under_load (self, "GET");
}

static void
test_post (FrontFixture *self, gconstpointer kind)
{
  deploy_under_load (self, "POST");
}

/* Nginx opens a connection for each request, and so does what forwards it to the gateway. Whoever
 * closes one first cannot have its port again for a minute. The client keeps its own. */
static void
test_few_ports (FrontFixture *self, gconstpointer kind)
{
  const char *path = "/proc/sys/net/ipv4/ip_local_port_range";
  g_autofree char *before = proxy_fixture_run ("cat %s", path);
  g_autofree char *limited = NULL;
  g_autofree char *restored = NULL;
  g_autoptr (GSocketConnection) connection = NULL;

  fixture_deploy_well (&self->base, "v1");
  client_await (self->port, DOMAIN, "v1");
  limited = proxy_fixture_run ("echo 50000 %d > %s", 50000 + N_PORTS - 1, path);
  connection = raw_connect (self->port);
  for (guint i = 0; i < 2 * N_PORTS; i++)
    {
      g_autofree char *answer = NULL;

      raw_send (connection, "GET / HTTP/1.1\r\nHost: " DOMAIN "\r\n\r\n");
      answer = raw_receive (connection, "\r\n\r\n");
      if (strstr (answer, "HTTP/1.1 200 OK") == NULL)
        g_error ("Request %u is answered “%s”", i, answer);
    }
  restored = proxy_fixture_run ("echo '%s' > %s", before, path);
}

/* For a moment after nginx has read a new route, one of its processes that is to end may still take
 * a connection, and answer with the default page. */
static GSocketConnection *
open_socket (FrontFixture *self)
{
  for (guint i = 0;; i++)
    {
      g_autoptr (GSocketConnection) socket = raw_connect (self->port);
      g_autofree char *answer = raw_upgrade (socket, DOMAIN);

      if (g_str_has_prefix (answer, "HTTP/1.1 101 "))
        return g_steal_pointer (&socket);
      if (i >= N_TRIES || !g_str_has_prefix (answer, "HTTP/1.1 404 "))
        g_error ("The upgrade is answered “%s”", answer);
      g_usleep (G_USEC_PER_SEC / 10);
    }
}

/* A socket is no answer that ends, and stays while the version changes. */
static void
test_socket (FrontFixture *self, gconstpointer kind)
{
  g_autoptr (GSocketConnection) socket = NULL;
  g_autofree char *echo = NULL;

  fixture_deploy_well (&self->base, "v1");
  client_await (self->port, DOMAIN, "v1");
  socket = open_socket (self);

  g_autoptr (DwDeployJob) job = dw_deployer_deploy (
      self->base.deployer, fixture_stage_id (&self->base), "v2", DW_TRIGGER_MANUAL);
  while (dw_deploy_job_get_status (job) != DW_DEPLOY_SUCCESS && !dw_deploy_job_is_finished (job))
    g_main_context_iteration (NULL, TRUE);
  proxy_fixture_assert_answers (self->port, DOMAIN, "v2");
  raw_send (socket, "still there?\n");
  echo = raw_receive (socket, "\n");
  g_assert_cmpstr (echo, ==, "v1 still there?\n");
  g_io_stream_close (G_IO_STREAM (socket), NULL, NULL);
  fixture_wait (job);
  fixture_assert_good (job);
}

/* The route as “status” shows it. */
static DwStageState *
read_route (FrontFixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwStageState) state = dw_stage_state_read (
      self->base.store, self->base.engine, fixture_stage_id (&self->base), NULL, &error);

  g_assert_no_error (error);
  dw_stage_state_read_route (state, self->base.store, self->base.engine, NULL, &error);
  g_assert_no_error (error);

  return g_steal_pointer (&state);
}

static void
assert_route (FrontFixture *self, int condition, const char *words)
{
  g_autoptr (DwStageState) state = read_route (self);

  g_assert_no_error (state->route_problem);
  g_assert_nonnull (state->route);
  g_assert_cmpint (state->route->condition, ==, condition);
  if (words != NULL && strstr (state->route->detail, words) == NULL)
    g_error ("“%s” does not say “%s”", state->route->detail, words);
}

/* Another proxy is chosen: until a deploy the old one leads to what serves, and then the new one.
 */
static void
test_other_proxy (FrontFixture *self, gconstpointer kind)
{
  guint16 gateway_port = proxy_fixture_get_port (&self->base);
  g_autoptr (DwDeployJob) job = NULL;
  g_autofree char *gateway = NULL;

  fixture_deploy_well (&self->base, "v1");
  client_await (self->port, DOMAIN, "v1");
  proxy_fixture_set (&self->base, "proxy-kind", DW_PROXY_KIND_GATEWAY, NULL);
  assert_route (self, DW_PROXY_ROUTE_MISSING, "It is still in Caddy at http://127.0.0.1:");
  client_stays (self->port, DOMAIN, "v1");

  job = fixture_deploy (&self->base, "v2");
  fixture_assert_good (job);
  proxy_fixture_assert_logged (&self->base, job, "Removed the route that the stage had before");
  proxy_fixture_assert_answers (gateway_port, DOMAIN, "v2");
  client_await (self->port, DOMAIN, "");
  client_await (self->port, "mine.localhost", "mine");
  assert_route (self, DW_PROXY_ROUTE_SERVING, NULL);

  /* And back, by a repair. */
  proxy_fixture_set (&self->base, "proxy-kind", DW_PROXY_KIND_CADDY, NULL);
  assert_route (self, DW_PROXY_ROUTE_MISSING, "It is still in the gateway");
  repair (self);
  client_await (self->port, DOMAIN, "v2");
  assert_route (self, DW_PROXY_ROUTE_SERVING, NULL);
  gateway = proxy_fixture_find_gateway ();
  g_assert_cmpstr (gateway, ==, "");
}

static void
test_no_proxy (FrontFixture *self, gconstpointer kind)
{
  g_autoptr (DwStageState) state = NULL;

  fixture_deploy_well (&self->base, "v1");
  client_await (self->port, DOMAIN, "v1");
  proxy_fixture_set (&self->base, "proxy-kind", DW_PROXY_KIND_NONE, NULL);
  assert_route (self, DW_PROXY_ROUTE_ELSEWHERE, "It is still in Caddy");
  repair (self);
  client_await (self->port, DOMAIN, "");
  state = read_route (self);
  g_assert_null (state->route);
  fixture_assert_serves (&self->base, fixture_stage_id (&self->base), "v1");
}

/* What does not take the route leaves it where it was; what does not let it go does not hold up. */
static void
test_other_proxy_is_down (FrontFixture *self, gconstpointer kind)
{
  guint16 gateway_port = proxy_fixture_get_port (&self->base);
  g_autofree char *address = NULL;
  g_autoptr (DwSettings) settings = dw_store_get_settings (self->base.store, NULL);
  g_autoptr (DwDeployJob) refused = NULL;
  g_autoptr (DwDeployJob) job = NULL;
  g_autoptr (GError) error = NULL;

  fixture_deploy_well (&self->base, "v1");
  client_await (self->port, DOMAIN, "v1");
  address = g_strdup (dw_settings_get_proxy_address (settings));
  proxy_fixture_set (&self->base, "proxy-address", "http://127.0.0.1:1", NULL);
  refused = fixture_deploy (&self->base, "v2");
  fixture_assert_status (&self->base, refused, DW_DEPLOY_ROLLED_BACK);
  client_stays (self->port, DOMAIN, "v1");

  proxy_fixture_set (&self->base, "proxy-address", address, "proxy-kind", DW_PROXY_KIND_GATEWAY,
                     NULL);
  stop_caddy (self);
  job = fixture_deploy (&self->base, "v2");
  fixture_assert_good (job);
  proxy_fixture_assert_answers (gateway_port, DOMAIN, "v2");
  proxy_fixture_assert_logged (&self->base, job, "could not be removed from Caddy at ");
  g_assert_false (dw_deployer_act (self->base.deployer, fixture_stage_id (&self->base),
                                   DW_STAGE_ACTION_REPAIR, NULL, &error));
  g_assert_error (error, DW_PROXY_ERROR, DW_PROXY_ERROR_UNREACHABLE);
  proxy_fixture_assert_answers (gateway_port, DOMAIN, "v2");
}

/* The same proxy under another address is not left without its route. */
static void
test_other_address (FrontFixture *self, gconstpointer kind)
{
  g_autofree char *localhost = g_strdup_printf ("http://localhost:%u/", self->admin_port);
  g_autofree char *name = g_strdup_printf ("http://dw-caddy:%u", self->admin_port);
  g_autofree char *named = NULL;
  g_autofree char *allowed = NULL;

  fixture_deploy_well (&self->base, "v1");
  client_await (self->port, DOMAIN, "v1");
  proxy_fixture_set (&self->base, "proxy-address", localhost, NULL);
  assert_route (self, DW_PROXY_ROUTE_SERVING, NULL);
  repair (self);
  client_stays (self->port, DOMAIN, "v1");

  named = proxy_fixture_run ("echo 127.0.0.1 dw-caddy >> /etc/hosts");
  allowed = proxy_fixture_run ("curl -fsS -X PUT -H 'Content-Type: application/json' -d "
                               "'[\"dw-caddy:%u\",\"localhost:%u\",\"127.0.0.1:%u\"]' "
                               "http://127.0.0.1:%u/config/admin/origins",
                               self->admin_port, self->admin_port, self->admin_port,
                               self->admin_port);
  proxy_fixture_set (&self->base, "proxy-address", name, NULL);
  repair (self);
  client_await (self->port, DOMAIN, "v1");
  client_stays (self->port, DOMAIN, "v1");
}

/* Without the gateway a deploy tells the proxy itself. */
static void
test_direct (FrontFixture *self, gconstpointer kind)
{
  g_autofree char *gateway = NULL;

  fixture_deploy_well (&self->base, "v1");
  client_await (self->port, DOMAIN, "v1");
  fixture_deploy_well (&self->base, "v2");
  client_await (self->port, DOMAIN, "v2");
  if (self->caddy != NULL)
    client_await (self->port, "mine.localhost", "mine");

  gateway = proxy_fixture_find_gateway ();
  g_assert_cmpstr (gateway, ==, "");
}

static void
test_taken (FrontFixture *self, gconstpointer kind)
{
  g_autoptr (DwDeployJob) job = NULL;

  proxy_fixture_set_stage (&self->base, "domain", "mine.localhost", NULL);
  job = fixture_deploy (&self->base, "v1");
  g_assert_error (dw_deploy_job_get_error (job), DW_PROXY_ERROR, DW_PROXY_ERROR_TAKEN);
  fixture_assert_status (&self->base, job, DW_DEPLOY_ROLLED_BACK);
  client_stays (self->port, "mine.localhost", "mine");
}

static void
test_removed (FrontFixture *self, gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *address = g_strdup_printf ("http://127.0.0.1:%u", self->admin_port);
  g_autoptr (DwProxy) caddy = DW_PROXY (dw_caddy_new (address));
  g_autoptr (DwProxyRoute)
      route = dw_proxy_route_new (fixture_stage_id (&self->base), "shop/dev", DOMAIN);

  fixture_deploy_well (&self->base, "v1");
  client_await (self->port, DOMAIN, "v1");
  dw_proxy_remove (caddy, route, NULL, &error);
  g_assert_no_error (error);
  client_await (self->port, DOMAIN, "");

  fixture_deploy_well (&self->base, "v2");
  client_await (self->port, DOMAIN, "v2");
}

/* It is gone, comes back without what it was told, and is gone in the middle. */
static void
test_proxy_is_down (FrontFixture *self, gconstpointer kind)
{
  g_autoptr (DwDeployJob) job = NULL;
  g_autoptr (DwInstance) first = NULL;
  g_autoptr (DwInstance) after = NULL;

  fixture_deploy_well (&self->base, "v1");
  first = fixture_get_instance (&self->base, fixture_stage_id (&self->base));
  stop_caddy (self);
  job = fixture_deploy (&self->base, "v2");
  g_assert_error (dw_deploy_job_get_error (job), DW_PROXY_ERROR, DW_PROXY_ERROR_UNREACHABLE);
  fixture_assert_status (&self->base, job, DW_DEPLOY_ROLLED_BACK);
  proxy_fixture_assert_logged (&self->base, job, "cannot be reached");
  after = fixture_get_instance (&self->base, fixture_stage_id (&self->base));
  g_assert_cmpstr (dw_instance_get_container_id (after), ==, dw_instance_get_container_id (first));
  fixture_assert_serves (&self->base, fixture_stage_id (&self->base), "v1");

  start_caddy (self);
  fixture_deploy_well (&self->base, "v2");
  client_await (self->port, DOMAIN, "v2");
}

static void
test_wrong_password (FrontFixture *self, gconstpointer kind)
{
  g_autoptr (DwDeployJob) job = NULL;
  g_autoptr (GError) error = NULL;

  fixture_deploy_well (&self->base, "v1");
  client_await (self->port, DOMAIN, "v1");
  dw_proxy_secret_store ("wrong", NULL, &error);
  g_assert_no_error (error);

  job = fixture_deploy (&self->base, "v2");
  g_assert_error (dw_deploy_job_get_error (job), DW_PROXY_ERROR, DW_PROXY_ERROR_UNAUTHORIZED);
  fixture_assert_status (&self->base, job, DW_DEPLOY_ROLLED_BACK);
  proxy_fixture_assert_logged (&self->base, job, "Invalid email or password");
  client_stays (self->port, DOMAIN, "v1");
  dw_proxy_secret_store ("changeme", NULL, &error);
  g_assert_no_error (error);
}

/* What Traefik reads is on the gateway. */
static void
test_traefik (FrontFixture *self, gconstpointer kind)
{
  g_autofree char *gateway = NULL;
  g_autofree char *labels = NULL;

  proxy_fixture_set (&self->base, "proxy-kind", DW_PROXY_KIND_TRAEFIK, "proxy-entrypoint",
                     "websecure", "proxy-certificate", "le", NULL);
  fixture_deploy_well (&self->base, "v1");
  gateway = proxy_fixture_find_gateway ();
  labels = proxy_fixture_run ("docker inspect -f '{{json .Config.Labels}}' %s", gateway);
  g_assert_nonnull (strstr (labels, "\"traefik.http.routers.docker-watcher.rule\":"
                                    "\"Host(`" DOMAIN "`)\""));
  g_assert_nonnull (strstr (labels, "\"traefik.http.routers.docker-watcher.tls.certresolver\":"
                                    "\"le\""));
  g_assert_nonnull (strstr (labels, "\"traefik.docker.network\":\"docker-watcher\""));

  fixture_deploy_well (&self->base, "v2");
  proxy_fixture_assert_answers (proxy_fixture_get_port (&self->base), DOMAIN, "v2");
}

#define ADD(name, kind, function) g_test_add (name, FrontFixture, kind, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/caddy/strict/twenty-deploys-lose-no-get", "caddy-strict", test_get);
  ADD ("/caddy/strict/twenty-deploys-lose-no-post", "caddy-strict", test_post);
  ADD ("/caddy/strict/a-route-that-somebody-removed-comes-back", "caddy-strict", test_removed);
  ADD ("/caddy/a-deploy-moves-the-route", "caddy", test_direct);
  ADD ("/caddy/what-a-person-made-is-not-touched", "caddy", test_taken);
  ADD ("/caddy/a-proxy-that-is-down-leaves-the-old-version", "caddy", test_proxy_is_down);
  ADD ("/caddy/another-proxy-takes-the-route-over", "caddy", test_other_proxy);
  ADD ("/caddy/without-a-proxy-the-route-goes", "caddy", test_no_proxy);
  ADD ("/caddy/a-route-is-somewhere-whichever-proxy-is-down", "caddy", test_other_proxy_is_down);
  ADD ("/caddy/another-address-of-the-same-keeps-the-route", "caddy", test_other_address);
  ADD ("/npm/strict/a-connection-for-each-request-uses-up-no-ports", "npm-strict", test_few_ports);
  ADD ("/npm/strict/twenty-deploys-lose-no-get", "npm-strict", test_get);
  ADD ("/npm/strict/twenty-deploys-lose-no-post", "npm-strict", test_post);
  ADD ("/npm/strict/a-socket-is-served-to-its-end", "npm-strict", test_socket);
  ADD ("/caddy/strict/a-socket-is-served-to-its-end", "caddy-strict", test_socket);
  ADD ("/npm/a-deploy-moves-the-route", "npm", test_direct);
  ADD ("/npm/a-wrong-password-leaves-the-old-version", "npm", test_wrong_password);
  ADD ("/traefik/the-gateway-carries-its-labels", "traefik", test_traefik);

  return g_test_run ();
}
