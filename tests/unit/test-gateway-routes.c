/* test-gateway-routes.c: what the gateway remembers, and how it shares requests out
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "proxy/dw-gateway-routes.h"

typedef struct
{
  char *directory;
  char *path;
  DwProxyRoute *route;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->directory = g_dir_make_tmp ("dw-routes-XXXXXX", NULL);
  self->path = g_build_filename (self->directory, "routes", NULL);
  self->route = dw_proxy_route_new ("0b5c", "shop/dev", "Dev.Shop.localhost");
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_unlink (self->path);
  g_assert_cmpint (g_rmdir (self->directory), ==, 0);
  g_free (self->directory);
  g_free (self->path);
  dw_proxy_route_free (self->route);
}

static void
share (DwGatewayRoute *route, const char *name, const char *address, int percent)
{
  DwProxyUpstream upstream = { .name = (char *) name, .address = (char *) address, .port = 8080 };

  dw_gateway_route_share (route, &upstream, percent);
}

static void
assert_has (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("“%s” is not in:\n%s", part, text);
}

static void
test_remembers (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwGatewayRoutes) routes = dw_gateway_routes_new ();
  DwGatewayRoute *route = dw_gateway_routes_add (routes, self->route);
  g_autoptr (DwGatewayRoutes) loaded = NULL;

  share (route, "shop-dev-1", "172.18.0.2", 100);
  share (route, NULL, "172.18.0.3", 30);
  g_assert_true (dw_gateway_routes_save (routes, self->path, &error));
  g_assert_no_error (error);

  loaded = dw_gateway_routes_load (self->path, &error);
  g_assert_no_error (error);
  g_autofree char *config = dw_gateway_routes_to_config (routes, NULL);
  g_autofree char *again = dw_gateway_routes_to_config (loaded, NULL);
  g_autofree char *map = dw_gateway_routes_to_map (loaded);
  g_assert_cmpstr (again, ==, config);
  g_assert_cmpstr (map, ==, "dev.shop.localhost 0b5c\n");
  assert_has (config, "backend 0b5c\n"
                      "  server blue shop-dev-1:8080 init-addr 172.18.0.2 weight 70\n"
                      "  server green 172.18.0.3:8080 weight 30\n");
}

static void
test_takes_turns (Fixture *self, gconstpointer data)
{
  g_autoptr (DwGatewayRoutes) routes = dw_gateway_routes_new ();
  DwGatewayRoute *route = dw_gateway_routes_add (routes, self->route);

  share (route, NULL, "172.18.0.2", 10);
  g_assert_cmpint (route->slots[0].weight, ==, 100);
  share (route, NULL, "172.18.0.3", 100);
  g_assert_cmpint (route->slots[0].weight, ==, 0);
  g_assert_cmpint (route->slots[1].weight, ==, 100);
  share (route, NULL, "172.18.0.4", 100);
  g_assert_cmpstr (route->slots[0].upstream->address, ==, "172.18.0.4");
  g_assert_cmpint (route->slots[1].weight, ==, 0);

  /* Back to one that is there. */
  share (route, NULL, "172.18.0.3", 100);
  g_assert_cmpint (route->slots[1].weight, ==, 100);
  g_autofree char *config = dw_gateway_routes_to_config (routes, NULL);
  assert_has (config, "  server blue 172.18.0.4:8080 disabled\n"
                      "  server green 172.18.0.3:8080 weight 100\n");
}

static void
test_file_of_nonsense (Fixture *self, gconstpointer data)
{
  static const char text[] = "[a b]\ndomain=x\n"
                             "[0b5c]\ndomain=dev shop\n"
                             "[0b5d]\ndomain=good.localhost\ntitle=t\n"
                             "blue-address=172.18.0.2\nblue-name=a b\nblue-port=8080\n"
                             "blue-weight=100000\n"
                             "green-address=127.0.0.1 disabled\ngreen-port=99999\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (DwGatewayRoutes) routes = NULL;

  g_assert_true (g_file_set_contents (self->path, text, -1, &error));
  routes = dw_gateway_routes_load (self->path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (routes->len, ==, 1);
  g_autofree char *config = dw_gateway_routes_to_config (routes, NULL);
  assert_has (config, "  server blue 172.18.0.2:8080 weight 100\n"
                      "  server green 0.0.0.0:1 disabled\n");

  g_assert_true (g_file_set_contents (self->path, "no key file", -1, &error));
  g_assert_null (dw_gateway_routes_load (self->path, &error));
  g_assert_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_PARSE);
  g_assert_nonnull (strstr (error->message, self->path));
}

/* Since 3.3 HAProxy takes no frontend and backend that are called the same. */
static void
test_names (Fixture *self, gconstpointer data)
{
  g_autoptr (DwGatewayRoutes) routes = dw_gateway_routes_new ();
  DwGatewayRoute *route = dw_gateway_routes_add (routes, self->route);
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *config = NULL;
  g_auto (GStrv) lines = NULL;

  share (route, NULL, "172.18.0.2", 100);
  config = dw_gateway_routes_to_config (routes, "secret");
  lines = g_strsplit (config, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], "frontend ") || g_str_has_prefix (lines[i], "backend "))
      g_assert_true (g_hash_table_add (names, strchr (lines[i], ' ')));
  g_assert_cmpuint (g_hash_table_size (names), ==, 5);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/gateway-routes/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("what-is-saved-is-loaded", test_remembers);
  ADD ("versions-take-turns-in-two-places", test_takes_turns);
  ADD ("no-two-sections-have-one-name", test_names);
  ADD ("what-makes-no-sense-does-not-reach-the-configuration", test_file_of_nonsense);

  return g_test_run ();
}
