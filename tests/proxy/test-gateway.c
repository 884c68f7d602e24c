/* test-gateway.c: a stage is reached by its name, and an open connection lives on
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "deploy/dw-proxy-choice.h"
#include "deploy/dw-stage-containers.h"
#include "deploy/dw-stage-state.h"
#include "proxy-fixture.h"
#include "proxy/dw-gateway-socket.h"
#include "proxy/dw-proxy-error.h"

static void
test_name (Fixture *self, gconstpointer data)
{
  guint16 port = proxy_fixture_get_port (self);
  guint status;
  g_autofree char *unknown = NULL;

  proxy_fixture_push (self, "v1");
  fixture_deploy_well (self, "v1");
  proxy_fixture_assert_answers (port, DOMAIN, "v1");
  proxy_fixture_assert_answers (port, "DEV.shop.localhost:80", "v1");

  unknown = client_ask (port, "prod.shop.localhost", "/", &status);
  g_assert_cmpuint (status, ==, 404);
}

static DwDeployJob *
deploy_to (Fixture *self, DwStage *stage, const char *tag)
{
  DwDeployJob *job = dw_deployer_deploy (self->deployer, dw_entity_get_id (DW_ENTITY (stage)), tag,
                                         DW_TRIGGER_MANUAL);

  fixture_wait (job);

  return job;
}

static void
test_domain (Fixture *self, gconstpointer data)
{
  guint16 port = proxy_fixture_get_port (self);
  guint status;
  g_autofree char *answer = NULL;

  proxy_fixture_push (self, "v1");
  fixture_deploy_well (self, "v1");
  proxy_fixture_set_stage (self, "domain", "shop.example.com", NULL);
  fixture_deploy_well (self, "v1");

  proxy_fixture_assert_answers (port, "shop.example.com", "v1");
  answer = client_ask (port, DOMAIN, "/", &status);
  g_assert_cmpuint (status, ==, 404);
}

static void
test_domain_is_taken (Fixture *self, gconstpointer data)
{
  guint16 port = proxy_fixture_get_port (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (DwStage) other = fixture_add_stage (self, "other", 1);
  g_autoptr (DwDeployJob) job = NULL;

  proxy_fixture_push (self, "v1");
  proxy_fixture_push (self, "v2");
  fixture_deploy_well (self, "v1");
  g_object_set (other, "domain", DOMAIN, NULL);
  dw_store_update (self->store, DW_ENTITY (other), &error);
  g_assert_no_error (error);

  job = deploy_to (self, other, "v2");
  g_assert_error (dw_deploy_job_get_error (job), DW_PROXY_ERROR, DW_PROXY_ERROR_TAKEN);
  fixture_assert_status (self, job, DW_DEPLOY_ROLLED_BACK);
  proxy_fixture_assert_logged (self, job, "that of shop/dev already");
  proxy_fixture_assert_answers (port, DOMAIN, "v1");
  g_assert_cmpuint (fixture_count_containers (self, dw_entity_get_id (DW_ENTITY (other)), FALSE),
                    ==, 0);
}

/* The engine, or a person, starts it again. */
static void
test_restarted_gateway (Fixture *self, gconstpointer data)
{
  guint16 port = proxy_fixture_get_port (self);
  g_autofree char *gateway = NULL;
  g_autofree char *restarted = NULL;

  proxy_fixture_push (self, "v1");
  proxy_fixture_push (self, "v2");
  fixture_deploy_well (self, "v1");
  fixture_deploy_well (self, "v2");
  gateway = proxy_fixture_find_gateway ();

  restarted = proxy_fixture_run ("docker restart -t 0 %s", gateway);
  client_await (port, DOMAIN, "v2");
  fixture_deploy_well (self, "v1");
  proxy_fixture_assert_answers (port, DOMAIN, "v1");
}

/* How often HAProxy has read its configuration. */
static guint64
count_reads (void)
{
  g_autofree char *gateway = proxy_fixture_find_gateway ();
  g_autofree char *n = proxy_fixture_run ("docker logs %s 2>&1 | grep -ci 'new worker ('", gateway);

  return g_ascii_strtoull (n, NULL, 10);
}

/* One that a version of the program before this one has written still runs. */
static void
test_outdated_gateway (Fixture *self, gconstpointer data)
{
  guint64 n_reads;
  g_autofree char *changed = NULL;

  proxy_fixture_push (self, "v1");
  proxy_fixture_push (self, "v2");
  fixture_deploy_well (self, "v1");
  n_reads = count_reads ();
  fixture_deploy_well (self, "v2");
  g_assert_cmpuint (count_reads (), ==, n_reads);

  changed = proxy_fixture_run ("sed -i 's/timeout connect 3s/timeout connect 2s/' "
                               "%s/gateway/shared/haproxy.cfg",
                               self->directory);
  fixture_deploy_well (self, "v1");
  g_assert_cmpuint (count_reads (), ==, n_reads + 1);
  proxy_fixture_assert_answers (proxy_fixture_get_port (self), DOMAIN, "v1");
}

/* The head of the answer to one more request on a connection. */
static char *
ask_on (GSocketConnection *connection, const char *header)
{
  g_autofree char *request = g_strdup_printf ("GET / HTTP/1.1\r\nHost: %s\r\n%s\r\n", DOMAIN,
                                              header);
  g_autofree char *answer = NULL;

  raw_send (connection, request);
  answer = raw_receive (connection, "\r\n\r\n");
  g_assert_nonnull (strstr (answer, "HTTP/1.1 200 OK"));

  return g_ascii_strdown (answer, -1);
}

/* Nobody's connection is closed but that of a proxy that uses each for one request. */
static void
test_kept_connection (Fixture *self, gconstpointer data)
{
  g_autoptr (GSocketConnection) connection = NULL;
  g_autofree char *last = NULL;

  proxy_fixture_push (self, "v1");
  fixture_deploy_well (self, "v1");
  connection = raw_connect (proxy_fixture_get_port (self));
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *answer = ask_on (connection, "");

      g_assert_null (strstr (answer, "connection: close"));
    }
  last = ask_on (connection, "X-Forwarded-Scheme: http\r\n");
  g_assert_nonnull (strstr (last, "connection: close"));
}

/* It knows every stage still, not only the one that is deployed. */
static void
test_removed_gateway (Fixture *self, gconstpointer data)
{
  guint16 port = proxy_fixture_get_port (self);
  g_autoptr (DwStage) other = fixture_add_stage (self, "other", 1);
  g_autoptr (DwDeployJob) job = NULL;
  g_autofree char *gateway = NULL;
  g_autofree char *removed = NULL;

  proxy_fixture_push (self, "v1");
  proxy_fixture_push (self, "v2");
  fixture_deploy_well (self, "v1");
  job = deploy_to (self, other, "v1");
  fixture_assert_good (job);
  gateway = proxy_fixture_find_gateway ();

  removed = proxy_fixture_run ("docker rm -f %s", gateway);
  fixture_deploy_well (self, "v2");
  proxy_fixture_assert_answers (port, DOMAIN, "v2");
  proxy_fixture_assert_answers (port, "other.shop.localhost", "v1");
}

/* With Podman nobody tells the gateway, which is said, seen, and repaired. */
static void
repair_new_address (Fixture *self, DwDeployJob *job, const char *stage_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwStageState)
      state = dw_stage_state_read (self->store, self->engine, stage_id, NULL, &error);

  proxy_fixture_assert_logged (self, job,
                               "The engine tells no names in the network docker-watcher");
  g_assert_no_error (error);
  dw_stage_state_read_route (state, self->store, self->engine, NULL, &error);
  g_assert_no_error (error);
  g_assert_no_error (state->route_problem);
  g_assert_cmpint (state->route->condition, ==, DW_PROXY_ROUTE_ELSEWHERE);
  dw_deployer_act (self->deployer, stage_id, DW_STAGE_ACTION_REPAIR, NULL, &error);
  g_assert_no_error (error);
}

/* The engine gives an instance another address whenever it starts it. */
static void
test_new_address (Fixture *self, gconstpointer data)
{
  guint16 port = proxy_fixture_get_port (self);
  g_autoptr (DwStage) other = fixture_add_stage (self, "other", 1);
  g_autoptr (DwDeployJob) job = NULL;
  g_autoptr (DwInstance) first = NULL;
  g_autoptr (DwInstance) second = NULL;
  g_autofree char *swapped = NULL;

  proxy_fixture_push (self, "v1");
  proxy_fixture_push (self, "v2");
  fixture_deploy_well (self, "v1");
  job = deploy_to (self, other, "v2");
  fixture_assert_good (job);
  first = fixture_get_instance (self, fixture_stage_id (self));
  second = fixture_get_instance (self, dw_entity_get_id (DW_ENTITY (other)));

  swapped = proxy_fixture_run (
      "docker stop -t 0 %s %s; docker start %s; docker start %s",
      dw_instance_get_container_id (first), dw_instance_get_container_id (second),
      dw_instance_get_container_id (second), dw_instance_get_container_id (first));
  g_usleep (3 * G_USEC_PER_SEC);
  if (g_str_equal (g_getenv ("DW_TEST_ENGINE"), "podman"))
    {
      repair_new_address (self, job, fixture_stage_id (self));
      repair_new_address (self, job, dw_entity_get_id (DW_ENTITY (other)));
    }
  proxy_fixture_assert_answers (port, DOMAIN, "v1");
  proxy_fixture_assert_answers (port, "other.shop.localhost", "v2");
}

static void
test_open_connections (Fixture *self, gconstpointer data)
{
  guint16 port = proxy_fixture_get_port (self);
  g_autoptr (GSocketConnection) socket = NULL;
  g_autoptr (GSocketConnection) download = NULL;
  g_autofree char *head = NULL;
  g_autofree char *upgrade = NULL;
  g_autofree char *echo = NULL;

  proxy_fixture_push (self, "v1");
  proxy_fixture_push (self, "v2");
  fixture_deploy_well (self, "v1");

  socket = raw_connect (port);
  upgrade = raw_upgrade (socket, DOMAIN);
  g_assert_true (g_str_has_prefix (upgrade, "HTTP/1.1 101 "));
  download = raw_connect (port);
  raw_send (download, "GET /slow/5 HTTP/1.1\r\nHost: " DOMAIN "\r\nConnection: close\r\n\r\n");
  head = raw_receive (download, "\r\n\r\n");
  g_assert_nonnull (strstr (head, "v1"));

  g_autoptr (DwDeployJob)
      job = dw_deployer_deploy (self->deployer, fixture_stage_id (self), "v2", DW_TRIGGER_MANUAL);
  while (dw_deploy_job_get_status (job) != DW_DEPLOY_SUCCESS && !dw_deploy_job_is_finished (job))
    g_main_context_iteration (NULL, TRUE);

  /* New ones go to the new version, and the old one goes on speaking. */
  proxy_fixture_assert_answers (port, DOMAIN, "v2");
  raw_send (socket, "still there?\n");
  echo = raw_receive (socket, "\n");
  g_assert_cmpstr (echo, ==, "v1 still there?\n");
  g_assert_cmpuint (strlen (strstr (head, "\r\n\r\n") + 4) + raw_receive_all (download), ==,
                    5 * 20 * 4096);
  g_assert_false (dw_deploy_job_is_finished (job));

  g_io_stream_close (G_IO_STREAM (socket), NULL, NULL);
  fixture_wait (job);
  fixture_assert_good (job);
  g_assert_cmpuint (fixture_count_containers (self, fixture_stage_id (self), TRUE), ==, 1);
  proxy_fixture_assert_logged (self, job, "Waiting for 2 open requests or connections");
}

static void
test_drain_limit (Fixture *self, gconstpointer data)
{
  guint16 port = proxy_fixture_get_port (self);
  g_autoptr (GSocketConnection) socket = NULL;
  g_autofree char *upgrade = NULL;

  proxy_fixture_push (self, "v1");
  proxy_fixture_push (self, "v2");
  proxy_fixture_set_stage (self, "drain-seconds", 1, NULL);
  fixture_deploy_well (self, "v1");
  socket = raw_connect (port);
  upgrade = raw_upgrade (socket, DOMAIN);

  g_autoptr (DwDeployJob) job = fixture_deploy (self, "v2");
  fixture_assert_good (job);
  proxy_fixture_assert_logged (self, job, "1 request or connection is still open after 1 s");
  g_assert_cmpuint (raw_receive_all (socket), ==, 0);
}

static void
test_rollback (Fixture *self, gconstpointer data)
{
  guint16 port = proxy_fixture_get_port (self);
  g_autoptr (DwInstance) first = NULL;
  g_autoptr (DwInstance) now = NULL;
  g_autoptr (DwDeployJob) job = NULL;

  proxy_fixture_push (self, "v1");
  proxy_fixture_push (self, "v2");
  fixture_deploy_well (self, "v1");
  first = fixture_get_instance (self, fixture_stage_id (self));
  fixture_deploy_well (self, "v2");

  job = dw_deployer_roll_back (self->deployer, fixture_stage_id (self), NULL);
  fixture_wait (job);
  fixture_assert_good (job);
  now = fixture_get_instance (self, fixture_stage_id (self));
  g_assert_cmpstr (dw_instance_get_container_id (now), ==, dw_instance_get_container_id (first));
  proxy_fixture_assert_logged (self, job, "The engine has the image already");
  proxy_fixture_assert_answers (port, DOMAIN, "v1");
}

static void
test_unhealthy (Fixture *self, gconstpointer data)
{
  guint16 port = proxy_fixture_get_port (self);
  g_autoptr (DwDeployJob) job = NULL;

  proxy_fixture_push (self, "v1");
  fixture_push (self, "v2", "--broken", "health", NULL);
  fixture_deploy_well (self, "v1");

  job = fixture_deploy (self, "v2");
  fixture_assert_status (self, job, DW_DEPLOY_FAILED);
  proxy_fixture_assert_answers (port, DOMAIN, "v1");
}

/* What cannot be had is found out before what there is is touched. */
static void
test_image_that_is_not_there (Fixture *self, gconstpointer data)
{
  guint16 port = proxy_fixture_get_port (self);
  g_autoptr (DwDeployJob) job = NULL;
  g_autofree char *image = g_strdup_printf ("%s/none:1", g_getenv ("DW_TEST_REGISTRY"));

  proxy_fixture_push (self, "v1");
  proxy_fixture_push (self, "v2");
  fixture_deploy_well (self, "v1");
  proxy_fixture_set (self, "gateway-image", image, NULL);

  job = fixture_deploy (self, "v2");
  fixture_assert_status (self, job, DW_DEPLOY_ROLLED_BACK);
  proxy_fixture_assert_answers (port, DOMAIN, "v1");
  proxy_fixture_set (self, "gateway-image", GATEWAY_IMAGE, NULL);
}

static void
test_port_in_use (Fixture *self, gconstpointer data)
{
  guint16 port = proxy_fixture_get_port (self);
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (DwDeployJob) job = NULL;
  g_autoptr (GError) error = NULL;
  guint16 taken;

  proxy_fixture_push (self, "v1");
  proxy_fixture_push (self, "v2");
  fixture_deploy_well (self, "v1");
  taken = g_socket_listener_add_any_inet_port (listener, NULL, &error);
  g_assert_no_error (error);
  proxy_fixture_set (self, "gateway-port", (int) taken, NULL);

  job = fixture_deploy (self, "v2");
  g_assert_error (dw_deploy_job_get_error (job), DW_ENGINE_ERROR, DW_ENGINE_ERROR_PORT_IN_USE);
  fixture_assert_status (self, job, DW_DEPLOY_ROLLED_BACK);
  client_await (port, DOMAIN, "v1");
  proxy_fixture_set (self, "gateway-port", (int) port, NULL);
  fixture_deploy_well (self, "v2");
  proxy_fixture_assert_answers (port, DOMAIN, "v2");
}

/* It cannot be told anything, and another takes its place. */
static void
test_hanging_gateway (Fixture *self, gconstpointer data)
{
  guint16 port = proxy_fixture_get_port (self);
  g_autofree char *gateway = NULL;
  g_autofree char *stopped = NULL;

  proxy_fixture_push (self, "v1");
  proxy_fixture_push (self, "v2");
  fixture_deploy_well (self, "v1");
  gateway = proxy_fixture_find_gateway ();
  stopped = proxy_fixture_run ("docker kill -s STOP %s", gateway);

  fixture_deploy_well (self, "v2");
  proxy_fixture_assert_answers (port, DOMAIN, "v2");
}

static void
test_actions (Fixture *self, gconstpointer data)
{
  guint16 port = proxy_fixture_get_port (self);
  const char *id = fixture_stage_id (self);
  g_autoptr (GError) error = NULL;
  g_autofree char *gateway = NULL;

  proxy_fixture_push (self, "v1");
  fixture_deploy_well (self, "v1");
  dw_deployer_act (self->deployer, id, DW_STAGE_ACTION_RESTART, NULL, &error);
  g_assert_no_error (error);
  client_await (port, DOMAIN, "v1");

  dw_deployer_act (self->deployer, id, DW_STAGE_ACTION_REMOVE, NULL, &error);
  g_assert_no_error (error);
  gateway = proxy_fixture_find_gateway ();
  g_assert_cmpstr (gateway, ==, "");
}

static char *
list_gateways (const char *format)
{
  return proxy_fixture_run ("docker ps -a --filter label=" DW_LABEL_PREFIX "gateway --format '%s'",
                            format);
}

/* Whoever was to exchange it was killed before the old one was removed. */
static void
test_two_gateways (Fixture *self, gconstpointer data)
{
  g_autofree char *name = NULL;
  g_autofree char *left = NULL;
  g_autofree char *names = NULL;

  proxy_fixture_push (self, "v1");
  fixture_deploy_well (self, "v1");
  name = list_gateways ("{{.Names}}");
  left = proxy_fixture_run ("docker rename %s %s-next && docker create --name %s "
                            "--label " DW_LABEL_PREFIX "gateway=%s/gateway/shared " GATEWAY_IMAGE
                            " haproxy",
                            name, name, name, self->directory);
  fixture_deploy_well (self, "v1");
  proxy_fixture_assert_answers (proxy_fixture_get_port (self), DOMAIN, "v1");
  names = list_gateways ("{{.Names}} {{.State}}");
  g_assert_true (g_str_has_prefix (names, name));
  g_assert_cmpstr (names + strlen (name), ==, " running");
}

/* Whoever was to exchange it was killed before the new one got its name. */
static void
test_name_of_a_successor (Fixture *self, gconstpointer data)
{
  g_autofree char *name = NULL;
  g_autofree char *renamed = NULL;
  g_autofree char *names = NULL;

  proxy_fixture_push (self, "v1");
  fixture_deploy_well (self, "v1");
  name = list_gateways ("{{.Names}}");
  renamed = proxy_fixture_run ("docker rename %s %s-next", name, name);
  proxy_fixture_set (self, "gateway-address", "127.0.0.2", NULL);
  fixture_deploy_well (self, "v1");
  names = list_gateways ("{{.Names}} {{.Ports}}");
  g_assert_true (g_str_has_prefix (names, name));
  g_assert_true (g_str_has_prefix (names + strlen (name), " 127.0.0.2:"));
}

/* Whoever was to exchange it was killed before the new one was in every network. */
static void
test_networks_of_a_successor (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwStage) other = fixture_add_stage (self, "other", 1);
  g_autofree char *name = NULL;
  g_autofree char *changed = NULL;

  proxy_fixture_push (self, "v1");
  fixture_deploy_well (self, "v1");
  g_autoptr (DwDeployJob) job = deploy_to (self, other, "v1");
  fixture_assert_good (job);
  name = list_gateways ("{{.Names}}");
  changed = proxy_fixture_run ("docker rename %s %s-next && docker network create dw-second && "
                               "docker network disconnect docker-watcher %s-next",
                               name, name, name);
  g_object_set (self->project, "network", "dw-second", NULL);
  dw_store_update (self->store, DW_ENTITY (self->project), &error);
  g_assert_no_error (error);

  fixture_deploy_well (self, "v1");
  proxy_fixture_assert_answers (proxy_fixture_get_port (self), "other.shop.localhost", "v1");
}

/* Somebody has spoken with HAProxy himself. */
static void
test_changed_by_hand (Fixture *self, gconstpointer data)
{
  guint16 port = proxy_fixture_get_port (self);
  g_autoptr (GError) error = NULL;
  g_autofree char *changed = NULL;
  guint status;

  proxy_fixture_push (self, "v1");
  fixture_deploy_well (self, "v1");
  changed = proxy_fixture_run ("echo '@1 set server %s/blue addr 127.0.0.9 port 9' | "
                               "socat - UNIX-CONNECT:%s/gateway/shared/master.sock",
                               fixture_stage_id (self), self->directory);
  g_test_message ("%s", changed);
  g_free (client_ask (port, DOMAIN, "/", &status));
  g_assert_cmpuint (status, ==, 503);

  dw_deployer_act (self->deployer, fixture_stage_id (self), DW_STAGE_ACTION_REPAIR, NULL, &error);
  g_assert_no_error (error);
  proxy_fixture_assert_answers (port, DOMAIN, "v1");
}

/* A route whose end was cancelled is there still for who tries again. */
static void
test_cancelled_removal (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwGateway) gateway = dw_proxy_choice_make_gateway (self->store);
  g_autoptr (DwProxyRoute) route = dw_proxy_route_new (fixture_stage_id (self), "shop/dev", DOMAIN);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  guint status;

  proxy_fixture_push (self, "v1");
  fixture_deploy_well (self, "v1");
  g_cancellable_cancel (cancellable);
  g_assert_false (dw_proxy_remove (DW_PROXY (gateway), route, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  proxy_fixture_assert_answers (proxy_fixture_get_port (self), DOMAIN, "v1");

  g_assert_true (dw_proxy_remove (DW_PROXY (gateway), route, NULL, &error));
  g_assert_no_error (error);
  g_free (client_ask (proxy_fixture_get_port (self), DOMAIN, "/", &status));
  g_assert_cmpuint (status, ==, 404);
}

/* Where the engine shares nothing with this program, and then only on the loopback interface. */
static void
test_secret (Fixture *self, gconstpointer data)
{
  g_autofree char *gateway = NULL;
  g_autofree char *port = NULL;
  g_autofree char *path = g_build_filename (self->directory, "gateway", "secret", NULL);
  g_autofree char *answer = NULL;
  g_autofree char *secret = NULL;
  g_autofree char *words = NULL;
  const char *const commands[] = { "show info", NULL };
  g_autoptr (DwGatewayDoor) door = NULL;
  g_autoptr (GError) error = NULL;
  GStatBuf status;

  proxy_fixture_push (self, "v1");
  fixture_deploy_well (self, "v1");
  gateway = proxy_fixture_find_gateway ();
  port = proxy_fixture_run ("docker port %s 8404/tcp 2>/dev/null || true", gateway);
  if (g_getenv ("DW_TEST_APART") == NULL)
    {
      g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
      g_assert_cmpstr (port, ==, "");
      return;
    }

  g_assert_true (g_str_has_prefix (port, "127.0.0.1:"));
  g_assert_null (strchr (port, '\n'));
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  answer = proxy_fixture_run ("exec 3<>/dev/tcp/127.0.0.1/%s; echo 'show proc' >&3; "
                              "timeout 2 cat <&3 2>/dev/null || true",
                              port + strlen ("127.0.0.1:"));
  g_assert_cmpstr (answer, ==, "");

  g_assert_true (g_file_get_contents (path, &secret, NULL, &error));
  g_assert_no_error (error);
  words = proxy_fixture_run ("docker inspect %s; docker logs %s 2>&1; docker top %s", gateway,
                             gateway, gateway);
  g_assert_nonnull (strstr (words, "haproxy"));
  g_assert_null (strstr (words, secret));

  /* Nor does one believe that he has. */
  door = dw_gateway_door_new (port, "another one");
  g_assert_false (dw_gateway_socket_run (door, 1, commands, NULL, &error));
  g_assert_error (error, DW_PROXY_ERROR, DW_PROXY_ERROR_UNREACHABLE);
}

/* Counts the answers of each of two versions among some. */
static void
count_versions (guint16 port, guint n, guint *n_first, guint *n_second)
{
  *n_first = *n_second = 0;
  for (guint i = 0; i < n; i++)
    {
      guint status;
      g_autofree char *answer = client_ask (port, DOMAIN, "/", &status);

      g_assert_cmpuint (status, ==, 200);
      *n_first += g_strcmp0 (answer, "v1") == 0;
      *n_second += g_strcmp0 (answer, "v2") == 0;
    }
}

static void
wait_for_log (Fixture *self, DwDeployJob *job, const char *words)
{
  for (;;)
    {
      g_autofree char *log = NULL;

      while (g_main_context_iteration (NULL, FALSE))
        continue;
      log = dw_deploy_job_get_deploy_id (job) != NULL ? fixture_get_log (self, job) : NULL;
      if (log != NULL && strstr (log, words) != NULL)
        return;
      g_assert_false (dw_deploy_job_is_finished (job));
      g_usleep (G_USEC_PER_SEC / 20);
    }
}

static void
test_canary (Fixture *self, gconstpointer data)
{
  guint16 port = proxy_fixture_get_port (self);
  g_autoptr (DwDeployJob) job = NULL;
  guint n_first, n_second;

  proxy_fixture_push (self, "v1");
  proxy_fixture_push (self, "v2");
  fixture_deploy_well (self, "v1");
  proxy_fixture_set_stage (self, "canary-percent", 20, "canary-seconds", 5, NULL);

  job = dw_deployer_deploy (self->deployer, fixture_stage_id (self), "v2", DW_TRIGGER_MANUAL);
  wait_for_log (self, job, "20 % of the requests");
  count_versions (port, 100, &n_first, &n_second);
  g_assert_cmpuint (n_first, >=, 70);
  g_assert_cmpuint (n_second, >=, 10);

  fixture_wait (job);
  fixture_assert_good (job);
  count_versions (port, 20, &n_first, &n_second);
  g_assert_cmpuint (n_second, ==, 20);
}

static void
test_bad_canary (Fixture *self, gconstpointer data)
{
  guint16 port = proxy_fixture_get_port (self);
  g_autoptr (DwDeployJob) job = NULL;
  g_autofree char *old = NULL;
  g_autofree char *killed = NULL;
  guint n_first, n_second;

  proxy_fixture_push (self, "v1");
  proxy_fixture_push (self, "v2");
  fixture_deploy_well (self, "v1");
  old = proxy_fixture_run ("docker ps --quiet --filter label=" DW_LABEL_INSTANCE);
  proxy_fixture_set_stage (self, "canary-percent", 1, "canary-seconds", 60, NULL);

  job = dw_deployer_deploy (self->deployer, fixture_stage_id (self), "v2", DW_TRIGGER_MANUAL);
  wait_for_log (self, job, "1 % of the requests");
  killed = proxy_fixture_run ("docker ps --quiet --filter label=" DW_LABEL_INSTANCE
                              " | grep -v %s | xargs docker kill",
                              old);

  fixture_wait (job);
  g_assert_error (dw_deploy_job_get_error (job), DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_EXITED);
  fixture_assert_status (self, job, DW_DEPLOY_ROLLED_BACK);
  count_versions (port, 20, &n_first, &n_second);
  g_assert_cmpuint (n_first, ==, 20);
  g_assert_cmpuint (fixture_count_containers (self, fixture_stage_id (self), FALSE), ==, 1);
}

static void
test_cancelled_canary (Fixture *self, gconstpointer data)
{
  guint16 port = proxy_fixture_get_port (self);
  g_autoptr (DwDeployJob) job = NULL;
  guint n_first, n_second;

  proxy_fixture_push (self, "v1");
  proxy_fixture_push (self, "v2");
  fixture_deploy_well (self, "v1");
  proxy_fixture_set_stage (self, "canary-percent", 50, "canary-seconds", 60, NULL);

  job = dw_deployer_deploy (self->deployer, fixture_stage_id (self), "v2", DW_TRIGGER_MANUAL);
  wait_for_log (self, job, "50 % of the requests");
  dw_deploy_job_cancel (job);
  fixture_wait (job);
  fixture_assert_status (self, job, DW_DEPLOY_ROLLED_BACK);
  count_versions (port, 20, &n_first, &n_second);
  g_assert_cmpuint (n_first, ==, 20);
}

static void
test_hurried_canary (Fixture *self, gconstpointer data)
{
  guint16 port = proxy_fixture_get_port (self);
  g_autoptr (DwDeployJob) job = NULL;
  guint n_first, n_second;
  gint64 left_ms;

  proxy_fixture_push (self, "v1");
  proxy_fixture_push (self, "v2");
  fixture_deploy_well (self, "v1");
  proxy_fixture_set_stage (self, "canary-percent", 50, "canary-seconds", 600, NULL);

  job = dw_deployer_deploy (self->deployer, fixture_stage_id (self), "v2", DW_TRIGGER_MANUAL);
  while (dw_deploy_job_get_canary_percent (job) == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (dw_deploy_job_get_canary_percent (job), ==, 50);
  g_assert_cmpint (dw_deploy_job_get_canary_ms (job, &left_ms), ==, 600000);
  g_assert_cmpint (left_ms, >, 0);
  g_assert_cmpint (left_ms, <=, 600000);

  dw_deploy_job_go_on (job);
  fixture_wait (job);
  fixture_assert_good (job);
  g_assert_cmpint (dw_deploy_job_get_canary_percent (job), ==, 0);
  proxy_fixture_assert_logged (self, job, "before the time");
  count_versions (port, 20, &n_first, &n_second);
  g_assert_cmpuint (n_second, ==, 20);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/gateway/" name, Fixture, NULL, proxy_fixture_set_up, function, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("a-stage-is-reached-by-its-name", test_name);
  ADD ("a-restarted-gateway-serves-the-same", test_restarted_gateway);
  ADD ("a-removed-gateway-comes-back-with-every-stage", test_removed_gateway);
  ADD ("a-gateway-that-hangs-is-replaced", test_hanging_gateway);
  ADD ("a-restart-keeps-the-route-and-a-removal-takes-it", test_actions);
  ADD ("who-does-not-know-the-secret-cannot-command-it", test_secret);
  ADD ("a-canary-gets-its-part-and-then-all", test_canary);

  /* The rest has nothing to do with what can be shared with the engine. */
  if (g_getenv ("DW_TEST_APART") != NULL)
    return g_test_run ();

  ADD ("a-stages-own-domain-takes-the-place-of-its-name", test_domain);
  ADD ("a-domain-that-another-stage-has-is-refused", test_domain_is_taken);
  ADD ("a-connection-is-kept-but-for-who-keeps-none", test_kept_connection);
  ADD ("one-with-an-older-configuration-reads-the-new", test_outdated_gateway);
  ADD ("of-two-gateways-one-goes-on", test_two_gateways);
  ADD ("a-gateway-gets-its-name-back", test_name_of_a_successor);
  ADD ("a-gateway-is-in-every-network-again", test_networks_of_a_successor);
  ADD ("a-route-that-somebody-changed-is-repaired", test_changed_by_hand);
  ADD ("a-removal-that-was-cancelled-can-be-tried-again", test_cancelled_removal);
  ADD ("instances-that-swap-addresses-are-found", test_new_address);
  ADD ("a-download-and-a-socket-are-served-to-their-end", test_open_connections);
  ADD ("what-stays-open-is-closed-after-the-stages-limit", test_drain_limit);
  ADD ("a-rollback-is-a-start-and-a-switch", test_rollback);
  ADD ("an-unhealthy-version-gets-no-request", test_unhealthy);
  ADD ("without-its-new-image-the-old-gateway-goes-on", test_image_that_is_not_there);
  ADD ("with-its-new-port-taken-the-old-gateway-goes-on", test_port_in_use);
  ADD ("a-canary-gets-all-when-a-person-says-so", test_hurried_canary);
  ADD ("a-canary-that-dies-is-taken-back", test_bad_canary);
  ADD ("a-canary-that-is-cancelled-is-taken-back", test_cancelled_canary);

  return g_test_run ();
}
