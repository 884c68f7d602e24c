/* dw-gateway-routes.c: what the gateway serves, in memory, on disk and as HAProxy reads it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The file is the gateway's memory: with it a gateway that was restarted, or made anew, serves what
 * the one before served. HAProxy's configuration is written from it and never read. All that gets
 * into it was validated as a domain, an address or a container's name; what was not is left out.
 *
 * Specification: HAProxy Configuration Manual, version 2.6.
 */

#include "config.h"

#include "proxy/dw-gateway-routes.h"

#include <glib/gi18n-lib.h>

const char *const dw_gateway_slot_names[DW_GATEWAY_N_SLOTS] = { "blue", "green" };

static const char head[] =
    "# Written by Docker Watcher at every change; what is changed here by hand is lost.\n"
    "global\n"
    "  hard-stop-after 1h\n"
    "\n";

/* For a gateway with which no socket can be shared: whoever knows the secret speaks with the
 * master. It stands before the defaults, which are for HTTP. */
static const char door[] =
    "frontend door\n"
    "  mode tcp\n"
    "  bind :" G_STRINGIFY (
        DW_GATEWAY_DOOR_PORT) " accept-proxy\n"
                              "  timeout client 30s\n"
                              "  tcp-request session reject unless { fc_pp_authority -m str %s }\n"
                              "  default_backend master\n"
                              "\n"
                              "backend master\n"
                              "  mode tcp\n"
                              "  timeout connect 3s\n"
                              "  timeout server 30s\n"
                              "  server master unix@/gateway/master.sock\n"
                              "\n";

/* Nginx Proxy Manager asks each time on a new connection, and would close it first, in which case
 * its port, or the one by which the engine forwards it, is of no use for a minute: some hundred
 * requests in a second are too many then. So it is we who close it, as soon as all is said. It is
 * known by a field that only it sends; a websocket is no answer that ends.
 *
 * Timeouts: a download or a websocket may be silent for an hour. Kept connections are held longer
 * than the two minutes after which another proxy in front gives them up, so that it is never we who
 * close one on which it is just asking.
 *
 * A server's name is resolved again and again, so that an instance that the engine has restarted is
 * found at its new address; what the resolver does not know or say changes nothing. */
static const char rest[] =
    "defaults\n"
    "  mode http\n"
    "  timeout connect 3s\n"
    "  timeout client 1h\n"
    "  timeout server 1h\n"
    "  timeout tunnel 24h\n"
    "  timeout http-request 30s\n"
    "  timeout http-keep-alive 5m\n"
    "  timeout queue 10s\n"
    "  option redispatch 1\n"
    "  option idle-close-on-response\n"
    "  option forwardfor\n"
    "  retries 3\n"
    "  default-server resolvers engine resolve-prefer ipv4\n"
    "\n"
    "resolvers engine\n"
    "  parse-resolv-conf\n"
    "  accepted_payload_size 4096\n"
    "  timeout resolve 1s\n"
    "  timeout retry 1s\n"
    "  hold valid 1s\n"
    "  hold nx 24d\n"
    "  hold timeout 24d\n"
    "  hold refused 24d\n"
    "  hold other 24d\n"
    "\n"
    "frontend gateway\n"
    "  bind :8080\n"
    "  http-request set-var(txn.front) req.hdr(x-forwarded-scheme)\n"
    "  http-after-response set-header connection close if { var(txn.front) -m found } "
    "!{ status 101 }\n"
    "  use_backend %[req.hdr(host),field(1,:),lower,map(/gateway/hosts.map,none)]\n"
    "  default_backend none\n"
    "\n"
    "backend none\n"
    "  http-request return status 404 content-type text/plain "
    "string \"Docker Watcher knows no stage of this name.\"\n";

static void
route_free (gpointer data)
{
  DwGatewayRoute *self = data;

  for (guint i = 0; i < DW_GATEWAY_N_SLOTS; i++)
    g_clear_pointer (&self->slots[i].upstream, dw_proxy_upstream_free);
  dw_proxy_route_free (self->route);
  g_free (self);
}

/* Returns: (transfer full): a gateway without routes */
DwGatewayRoutes *
dw_gateway_routes_new (void)
{
  return g_ptr_array_new_with_free_func (route_free);
}

/* Nothing but these may stand in a configuration file; it has no quotes that a name could end. */
static gboolean
is_word (const char *text)
{
  return text != NULL &&
         g_regex_match_simple ("^[A-Za-z0-9_.-]{1,253}$", text, G_REGEX_DOLLAR_ENDONLY, 0);
}

static DwProxyUpstream *
load_upstream (GKeyFile *file, const char *group, const char *slot)
{
  g_autofree char *address_key = g_strconcat (slot, "-address", NULL);
  g_autofree char *name_key = g_strconcat (slot, "-name", NULL);
  g_autofree char *port_key = g_strconcat (slot, "-port", NULL);
  g_autofree char *address = g_key_file_get_string (file, group, address_key, NULL);
  g_autofree char *name = g_key_file_get_string (file, group, name_key, NULL);
  int port = g_key_file_get_integer (file, group, port_key, NULL);

  if (address == NULL || !g_hostname_is_ip_address (address) || port < 1 || port > G_MAXUINT16)
    return NULL;

  DwProxyUpstream *upstream = g_new0 (DwProxyUpstream, 1);
  upstream->address = g_steal_pointer (&address);
  upstream->name = is_word (name) ? g_steal_pointer (&name) : NULL;
  upstream->port = (guint16) port;

  return upstream;
}

static void
load_route (DwGatewayRoutes *self, GKeyFile *file, const char *group)
{
  g_autofree char *domain = g_key_file_get_string (file, group, "domain", NULL);
  g_autofree char *title = g_key_file_get_string (file, group, "title", NULL);
  g_autoptr (DwProxyRoute) route = NULL;

  if (!is_word (group) || !is_word (domain))
    return;

  route = dw_proxy_route_new (group, title != NULL ? title : group, domain);
  DwGatewayRoute *loaded = dw_gateway_routes_add (self, route);
  for (guint i = 0; i < DW_GATEWAY_N_SLOTS; i++)
    {
      g_autofree char *weight_key = g_strconcat (dw_gateway_slot_names[i], "-weight", NULL);

      loaded->slots[i].upstream = load_upstream (file, group, dw_gateway_slot_names[i]);
      if (loaded->slots[i].upstream != NULL)
        loaded->slots[i].weight = CLAMP (g_key_file_get_integer (file, group, weight_key, NULL), 0,
                                         100);
    }
}

/**
 * dw_gateway_routes_load:
 * @path: the file
 * @error: a G_FILE_ERROR or G_KEY_FILE_ERROR
 *
 * Returns: (transfer full) (nullable): what is in the file; nothing where there is none
 */
DwGatewayRoutes *
dw_gateway_routes_load (const char *path, GError **error)
{
  g_autoptr (DwGatewayRoutes) self = dw_gateway_routes_new ();
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) problem = NULL;

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &problem))
    {
      if (g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return g_steal_pointer (&self);

      g_propagate_prefixed_error (error, g_steal_pointer (&problem),
                                  _ ("The gateway's routes in %s cannot be read: "), path);
      return NULL;
    }

  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);
  for (guint i = 0; groups[i] != NULL; i++)
    load_route (self, file, groups[i]);

  return g_steal_pointer (&self);
}

static void
save_slot (GKeyFile *file, const char *group, const char *slot, const DwGatewaySlot *state)
{
  g_autofree char *address_key = g_strconcat (slot, "-address", NULL);
  g_autofree char *name_key = g_strconcat (slot, "-name", NULL);
  g_autofree char *port_key = g_strconcat (slot, "-port", NULL);
  g_autofree char *weight_key = g_strconcat (slot, "-weight", NULL);

  if (state->upstream == NULL)
    return;

  g_key_file_set_string (file, group, address_key, state->upstream->address);
  if (state->upstream->name != NULL)
    g_key_file_set_string (file, group, name_key, state->upstream->name);
  g_key_file_set_integer (file, group, port_key, state->upstream->port);
  g_key_file_set_integer (file, group, weight_key, state->weight);
}

/**
 * dw_gateway_routes_save:
 * @self: the routes
 * @path: the file, which is replaced in one step
 * @error: a G_FILE_ERROR
 *
 * Returns: whether they are on the disk
 */
gboolean
dw_gateway_routes_save (DwGatewayRoutes *self, const char *path, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  for (guint i = 0; i < self->len; i++)
    {
      DwGatewayRoute *route = g_ptr_array_index (self, i);

      g_key_file_set_string (file, route->route->id, "domain", route->route->domain);
      g_key_file_set_string (file, route->route->id, "title", route->route->title);
      for (guint slot = 0; slot < DW_GATEWAY_N_SLOTS; slot++)
        save_slot (file, route->route->id, dw_gateway_slot_names[slot], &route->slots[slot]);
    }

  gsize length;
  g_autofree char *text = g_key_file_to_data (file, &length, NULL);

  return g_file_set_contents_full (path, text, (gssize) length,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                   0600, error);
}

/* Returns: (nullable) (transfer none): the route with that id */
DwGatewayRoute *
dw_gateway_routes_find (DwGatewayRoutes *self, const char *id)
{
  for (guint i = 0; i < self->len; i++)
    {
      DwGatewayRoute *route = g_ptr_array_index (self, i);

      if (g_str_equal (route->route->id, id))
        return route;
    }

  return NULL;
}

/* Returns: (nullable) (transfer none): the route of that host name */
DwGatewayRoute *
dw_gateway_routes_find_domain (DwGatewayRoutes *self, const char *domain)
{
  for (guint i = 0; i < self->len; i++)
    {
      DwGatewayRoute *route = g_ptr_array_index (self, i);

      if (g_str_equal (route->route->domain, domain))
        return route;
    }

  return NULL;
}

/* Returns: (transfer none): a new route that leads nowhere yet */
DwGatewayRoute *
dw_gateway_routes_add (DwGatewayRoutes *self, const DwProxyRoute *route)
{
  DwGatewayRoute *added = g_new0 (DwGatewayRoute, 1);

  added->route = dw_proxy_route_new (route->id, route->title, route->domain);
  g_ptr_array_add (self, added);

  return added;
}

/* The slot that @upstream is in, or -1. */
static int
find_slot (DwGatewayRoute *self, const DwProxyUpstream *upstream)
{
  for (int i = 0; i < DW_GATEWAY_N_SLOTS; i++)
    if (self->slots[i].upstream != NULL &&
        dw_proxy_upstream_equal (self->slots[i].upstream, upstream))
      return i;

  return -1;
}

/**
 * dw_gateway_route_share:
 * @self: a route
 * @upstream: where requests are to go
 * @percent: how many of them
 *
 * Gives @upstream its part, in the slot that it has or in the one that has less to do, and the rest
 * to the other one. Where there is no other, @upstream gets all.
 *
 * Returns: its slot
 */
guint
dw_gateway_route_share (DwGatewayRoute *self, const DwProxyUpstream *upstream, int percent)
{
  int found = find_slot (self, upstream);
  guint slot = 0;

  if (found >= 0)
    slot = (guint) found;
  else if (self->slots[0].weight > self->slots[1].weight)
    slot = 1;

  DwGatewaySlot *other = &self->slots[1 - slot];
  if (found < 0)
    {
      g_clear_pointer (&self->slots[slot].upstream, dw_proxy_upstream_free);
      self->slots[slot].upstream = dw_proxy_upstream_copy (upstream);
    }
  if (other->upstream == NULL || other->weight == 0)
    percent = 100;
  self->slots[slot].weight = percent;
  other->weight = 100 - percent;

  return slot;
}

static void
append_server (GString *text, const char *slot, const DwGatewaySlot *state)
{
  const DwProxyUpstream *upstream = state->upstream;

  /* A place for what is to come; nothing is asked of it while it is disabled. */
  if (upstream == NULL)
    {
      g_string_append_printf (text, "  server %s 0.0.0.0:1 disabled\n", slot);
      return;
    }

  g_string_append_printf (text, "  server %s %s:%u", slot,
                          upstream->name != NULL ? upstream->name : upstream->address,
                          upstream->port);
  if (upstream->name != NULL)
    g_string_append_printf (text, " init-addr %s", upstream->address);
  if (state->weight > 0)
    g_string_append_printf (text, " weight %d\n", state->weight);
  else
    g_string_append (text, " disabled\n");
}

/* What is the same whatever the routes are. */
static GString *
make_beginning (const char *secret)
{
  GString *text = g_string_new (head);

  if (secret != NULL)
    g_string_append_printf (text, door, secret);
  g_string_append (text, rest);

  return text;
}

/**
 * dw_gateway_routes_to_config:
 * @self: the routes
 * @secret: (nullable): hexadecimal digits that let in who commands it by its port, or %NULL where a
 *   socket is shared with it
 *
 * Returns: (transfer full): HAProxy's configuration
 */
char *
dw_gateway_routes_to_config (DwGatewayRoutes *self, const char *secret)
{
  GString *text = make_beginning (secret);

  for (guint i = 0; i < self->len; i++)
    {
      const DwGatewayRoute *route = g_ptr_array_index (self, i);

      g_string_append_printf (text, "\n# %s\nbackend %s\n", route->route->title, route->route->id);
      for (guint slot = 0; slot < DW_GATEWAY_N_SLOTS; slot++)
        append_server (text, dw_gateway_slot_names[slot], &route->slots[slot]);
    }

  return g_string_free (text, FALSE);
}

/* Whether a configuration is of this version of the program, whatever the routes in it are. */
gboolean
dw_gateway_routes_knows_config (const char *config, const char *secret)
{
  g_autofree char *beginning = g_string_free (make_beginning (secret), FALSE);

  return g_str_has_prefix (config, beginning);
}

/* Returns: (transfer full): the map from host names to HAProxy's backends */
char *
dw_gateway_routes_to_map (DwGatewayRoutes *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->len; i++)
    {
      const DwGatewayRoute *route = g_ptr_array_index (self, i);

      g_string_append_printf (text, "%s %s\n", route->route->domain, route->route->id);
    }

  return g_string_free (text, FALSE);
}
