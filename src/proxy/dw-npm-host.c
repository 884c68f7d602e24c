/* dw-npm-host.c: a proxy host of Nginx Proxy Manager, as its API has it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What its versions 2.11, 2.12 and 2.15 say of one, and want to be told. Nobody is asked here.
 */

#include "config.h"

#include "proxy/dw-npm-host.h"

#include "model/dw-json.h"

#define OWNER "docker-watcher"
/* Newer ones know the user's address themselves. */
#define LAST_WITHOUT_ADDRESS 12

/* Free-form, and kept: what is ours is marked in there, and what nginx says is added to it. */
static JsonObject *
get_meta (JsonObject *host)
{
  return dw_json_get_object (host, "meta");
}

/* Whether it was made for the route, by this program. */
gboolean
dw_npm_host_is_ours (JsonObject *host, const DwProxyRoute *route)
{
  return g_strcmp0 (dw_json_get_string (get_meta (host), "managed_by"), OWNER) == 0 &&
         g_strcmp0 (dw_json_get_string (get_meta (host), "route"), route->id) == 0;
}

gboolean
dw_npm_host_has_domain (JsonObject *host, const char *domain)
{
  JsonArray *names = dw_json_get_array (host, "domain_names");

  for (guint i = 0; names != NULL && i < json_array_get_length (names); i++)
    {
      const char *name = dw_json_array_get_string (names, i);

      if (name != NULL && g_ascii_strcasecmp (name, domain) == 0)
        return TRUE;
    }

  return FALSE;
}

/* Older ones write 0 and 1. */
gboolean
dw_npm_host_is_enabled (JsonObject *host)
{
  return dw_json_get_boolean (host, "enabled") || dw_json_get_int (host, "enabled", 0) != 0;
}

/* Whether nginx has taken it. */
gboolean
dw_npm_host_is_online (JsonObject *host)
{
  return dw_json_get_boolean (get_meta (host), "nginx_online");
}

/* Returns: (transfer none) (nullable): why nginx has not taken it, in its words */
const char *
dw_npm_host_get_problem (JsonObject *host)
{
  return dw_json_get_string (get_meta (host), "nginx_err");
}

/* In the network that both are in the proxy asks for the name; from elsewhere for this machine.
 *
 * Returns: (transfer none) (nullable): by which host it reaches the upstream */
const char *
dw_npm_host_choose_address (const DwProxyUpstream *upstream)
{
  return upstream->host != NULL ? upstream->host : upstream->name;
}

static guint16
choose_port (const DwProxyUpstream *upstream)
{
  return upstream->host != NULL ? upstream->host_port : upstream->port;
}

gboolean
dw_npm_host_leads_to (JsonObject *host, const DwProxyUpstream *upstream)
{
  return g_strcmp0 (dw_json_get_string (host, "forward_host"),
                    dw_npm_host_choose_address (upstream)) == 0 &&
         dw_json_get_int (host, "forward_port", 0) == choose_port (upstream);
}

/* Returns: (transfer full): HOST:PORT that it leads to */
char *
dw_npm_host_describe_upstream (JsonObject *host)
{
  return g_strdup_printf ("%s:%" G_GINT64_FORMAT, dw_json_get_string (host, "forward_host"),
                          dw_json_get_int (host, "forward_port", 0));
}

static void
set_upstream (JsonObject *body, const char *host, gint64 port)
{
  json_object_set_string_member (body, "forward_scheme", "http");
  json_object_set_string_member (body, "forward_host", host);
  json_object_set_int_member (body, "forward_port", port);
}

static void
set_domain (JsonObject *body, const DwProxyRoute *route)
{
  JsonArray *names = json_array_new ();

  json_array_add_string_element (names, route->domain);
  json_object_set_array_member (body, "domain_names", names);
}

static JsonNode *
to_node (JsonObject *object)
{
  JsonNode *root = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (root, object);
  return root;
}

static JsonObject *
make_meta (const DwProxyRoute *route, gboolean is_issued, const char *user, gint64 minor_version)
{
  JsonObject *meta = json_object_new ();

  json_object_set_string_member (meta, "managed_by", OWNER);
  json_object_set_string_member (meta, "route", route->id);
  json_object_set_string_member (meta, "app", route->title);
  if (is_issued)
    json_object_set_boolean_member (meta, "dns_challenge", FALSE);
  if (is_issued && minor_version <= LAST_WITHOUT_ADDRESS)
    {
      json_object_set_string_member (meta, "letsencrypt_email", user);
      json_object_set_boolean_member (meta, "letsencrypt_agree", TRUE);
    }

  return meta;
}

/**
 * dw_npm_host_make:
 * @route: a route
 * @upstream: where it leads
 * @certificate: (nullable): a number, or “new”
 * @user: who signs in
 * @minor_version: of Nginx Proxy Manager 2
 *
 * Returns: (transfer full): a host that is to be made, with everything that any version wants to be
 *   told, and nothing that one does not know
 */
JsonNode *
dw_npm_host_make (const DwProxyRoute *route,
                  const DwProxyUpstream *upstream,
                  const char *certificate,
                  const char *user,
                  gint64 minor_version)
{
  JsonObject *body = json_object_new ();
  gboolean is_issued = g_strcmp0 (certificate, "new") == 0;

  set_domain (body, route);
  set_upstream (body, dw_npm_host_choose_address (upstream), choose_port (upstream));
  if (is_issued)
    json_object_set_string_member (body, "certificate_id", "new");
  else
    json_object_set_int_member (body, "certificate_id",
                                certificate != NULL ? g_ascii_strtoll (certificate, NULL, 10) : 0);
  json_object_set_int_member (body, "access_list_id", 0);
  json_object_set_boolean_member (body, "ssl_forced", certificate != NULL);
  json_object_set_boolean_member (body, "caching_enabled", FALSE);
  json_object_set_boolean_member (body, "block_exploits", FALSE);
  json_object_set_boolean_member (body, "allow_websocket_upgrade", TRUE);
  json_object_set_boolean_member (body, "http2_support", certificate != NULL);
  json_object_set_boolean_member (body, "hsts_enabled", FALSE);
  json_object_set_boolean_member (body, "hsts_subdomains", FALSE);
  json_object_set_string_member (body, "advanced_config", "");
  json_object_set_array_member (body, "locations", json_array_new ());
  json_object_set_boolean_member (body, "enabled", TRUE);
  json_object_set_object_member (body, "meta", make_meta (route, is_issued, user, minor_version));

  return to_node (body);
}

/* Returns: (transfer full): what of @host is to be another, so that it is that of @route and leads
 * to @upstream */
JsonNode *
dw_npm_host_make_change (JsonObject *host,
                         const DwProxyRoute *route,
                         const DwProxyUpstream *upstream)
{
  JsonObject *wanted = json_object_new ();

  set_upstream (wanted, dw_npm_host_choose_address (upstream), choose_port (upstream));
  if (!dw_npm_host_has_domain (host, route->domain))
    set_domain (wanted, route);

  return to_node (wanted);
}

/* Returns: (transfer full): what takes that back */
JsonNode *
dw_npm_host_make_undo (JsonObject *host, const DwProxyRoute *route)
{
  JsonObject *before = json_object_new ();

  set_upstream (before, dw_json_get_string (host, "forward_host"),
                dw_json_get_int (host, "forward_port", 0));
  if (!dw_npm_host_has_domain (host, route->domain))
    json_object_set_member (before, "domain_names",
                            json_node_copy (json_object_get_member (host, "domain_names")));

  return to_node (before);
}
