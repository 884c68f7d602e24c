/* dw-caddy.c: a Caddy that the user runs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Through its admin interface, as tried with version 2.6.2. Ours is what has an @id that begins as
 * ours; all else is the user's and stays as it is. A server that only speaks plain HTTP would be
 * turned to HTTPS by a host name alone, so the name is taken out of that first. Every change makes
 * Caddy close connections that are idle, and websockets, so what is as it should be is not written.
 */

#include "config.h"

#include "proxy/dw-caddy.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>
#include <string.h>

#include "model/dw-json.h"
#include "proxy/dw-proxy-http.h"

/* What is ours. */
#define ID_PREFIX "docker-watcher-"
#define OWN_SERVER "docker_watcher"
#define SERVERS "/config/apps/http/servers"

struct _DwCaddy
{
  GObject parent_instance;

  char *address;
};

static void dw_caddy_proxy_init (DwProxyInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (DwCaddy,
                               dw_caddy,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (DW_TYPE_PROXY, dw_caddy_proxy_init))

static char *
make_id_path (const DwProxyRoute *route, const char *rest)
{
  return g_strconcat ("/id/" ID_PREFIX, route->id, rest, NULL);
}

static char *
make_dial (const DwProxyUpstream *upstream)
{
  return g_strdup_printf ("%s:%u", upstream->host, upstream->host_port);
}

/* The answer to a request that is to succeed. Caddy says why not in a word of its own. */
static DwProxyAnswer *
ask (DwCaddy *self,
     const char *method,
     const char *path,
     JsonNode *body,
     GCancellable *cancellable,
     GError **error)
{
  g_autoptr (DwProxyAnswer)
      answer = dw_proxy_http_send (self->address, method, path, NULL, body, cancellable, error);
  const char *words = answer != NULL
                          ? dw_json_get_string (dw_proxy_answer_get_object (answer), "error")
                          : NULL;

  if (answer == NULL || answer->status == SOUP_STATUS_OK)
    return g_steal_pointer (&answer);

  if (words != NULL)
    g_set_error (error, DW_PROXY_ERROR,
                 answer->status == SOUP_STATUS_FORBIDDEN ? DW_PROXY_ERROR_UNAUTHORIZED
                                                         : DW_PROXY_ERROR_REFUSED,
                 _ ("Caddy says: %s"), words);
  else
    g_set_error (error, DW_PROXY_ERROR, DW_PROXY_ERROR_NOT_A_PROXY,
                 _ ("What answers at %s is no admin interface of Caddy (status %u)"), self->address,
                 answer->status);
  return NULL;
}

/* Takes @body. */
static gboolean
tell (DwCaddy *self,
      const char *method,
      const char *path,
      JsonNode *body,
      GCancellable *cancellable,
      GError **error)
{
  g_autoptr (JsonNode) own = body;
  g_autoptr (DwProxyAnswer) answer = ask (self, method, path, own, cancellable, error);

  return answer != NULL;
}

/* The route as Caddy has it, in @answer; NULL in there without an error where it has none. */
static gboolean
get_route (DwCaddy *self,
           const DwProxyRoute *route,
           DwProxyAnswer **answer,
           GCancellable *cancellable,
           GError **error)
{
  g_autofree char *path = make_id_path (route, "");
  g_autoptr (DwProxyAnswer)
      found = dw_proxy_http_send (self->address, "GET", path, NULL, NULL, cancellable, error);

  *answer = NULL;
  if (found == NULL)
    return FALSE;
  if (found->status == SOUP_STATUS_OK && dw_proxy_answer_get_object (found) != NULL)
    {
      *answer = g_steal_pointer (&found);
      return TRUE;
    }
  if (found->status == SOUP_STATUS_NOT_FOUND)
    return TRUE;

  const char *words = dw_json_get_string (dw_proxy_answer_get_object (found), "error");
  g_set_error (
      error, DW_PROXY_ERROR, words != NULL ? DW_PROXY_ERROR_REFUSED : DW_PROXY_ERROR_NOT_A_PROXY,
      _ ("Caddy at %s answers %u: %s"), self->address, found->status, words != NULL ? words : "");
  return FALSE;
}

/* The only element of an array in @object, where that is an object. */
static JsonObject *
get_first (JsonObject *object, const char *name)
{
  JsonArray *array = dw_json_get_array (object, name);

  return array != NULL ? dw_json_array_get_object (array, 0) : NULL;
}

static const char *
get_dial (JsonObject *route)
{
  return dw_json_get_string (get_first (get_first (route, "handle"), "upstreams"), "dial");
}

static gboolean
has_host (JsonObject *route, const char *domain)
{
  JsonArray *matches = dw_json_get_array (route, "match");

  for (guint i = 0; matches != NULL && i < json_array_get_length (matches); i++)
    {
      JsonArray *hosts = dw_json_get_array (dw_json_array_get_object (matches, i), "host");

      for (guint j = 0; hosts != NULL && j < json_array_get_length (hosts); j++)
        if (g_strcmp0 (dw_json_array_get_string (hosts, j), domain) == 0)
          return TRUE;
    }

  return FALSE;
}

static JsonNode *
make_string (const char *text)
{
  return json_node_init_string (json_node_alloc (), text);
}

static JsonNode *
make_list (const char *text)
{
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);
  JsonArray *array = json_array_new ();

  json_array_add_string_element (array, text);
  json_node_take_array (node, array);

  return node;
}

static JsonNode *
make_route (const DwProxyRoute *route, const char *dial)
{
  JsonNode *root = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  JsonObject *match = json_object_new ();
  JsonArray *matches = json_array_new ();
  JsonObject *upstream = json_object_new ();
  JsonArray *upstreams = json_array_new ();
  JsonObject *handler = json_object_new ();
  JsonArray *handlers = json_array_new ();
  g_autofree char *id = g_strconcat (ID_PREFIX, route->id, NULL);

  json_object_set_member (match, "host", make_list (route->domain));
  json_array_add_object_element (matches, match);
  json_object_set_string_member (upstream, "dial", dial);
  json_array_add_object_element (upstreams, upstream);
  json_object_set_string_member (handler, "handler", "reverse_proxy");
  json_object_set_array_member (handler, "upstreams", upstreams);
  json_array_add_object_element (handlers, handler);

  json_object_set_string_member (object, "@id", id);
  json_object_set_array_member (object, "match", matches);
  json_object_set_array_member (object, "handle", handlers);
  json_object_set_boolean_member (object, "terminal", TRUE);
  json_node_take_object (root, object);

  return root;
}

static gboolean
listens_on (JsonObject *server, const char *port)
{
  JsonArray *listen = dw_json_get_array (server, "listen");

  for (guint i = 0; listen != NULL && i < json_array_get_length (listen); i++)
    {
      const char *address = dw_json_array_get_string (listen, i);

      if (address != NULL && g_str_has_suffix (address, port))
        return TRUE;
    }

  return FALSE;
}

/* Refuses a name that a route of the user's has. */
static gboolean
check_domain (JsonObject *servers, const DwProxyRoute *route, GError **error)
{
  g_autofree char *id = g_strconcat (ID_PREFIX, route->id, NULL);
  JsonObjectIter iter;
  const char *name;

  json_object_iter_init (&iter, servers);
  while (json_object_iter_next (&iter, &name, NULL))
    {
      JsonArray *routes = dw_json_get_array (dw_json_get_object (servers, name), "routes");

      for (guint i = 0; routes != NULL && i < json_array_get_length (routes); i++)
        {
          JsonObject *other = dw_json_array_get_object (routes, i);

          if (!has_host (other, route->domain) ||
              g_strcmp0 (dw_json_get_string (other, "@id"), id) == 0)
            continue;
          g_set_error (error, DW_PROXY_ERROR, DW_PROXY_ERROR_TAKEN,
                       _ ("Caddy has another route for %s, which is not touched; give the stage "
                          "another domain, or remove it there"),
                       route->domain);
          return FALSE;
        }
    }

  return TRUE;
}

/* The name of the server that the routes go to: one of our own, one for HTTPS, one for HTTP, or the
 * only one. */
static const char *
choose_server (JsonObject *servers)
{
  static const char *const ports[] = { ":443", ":80" };
  JsonObjectIter iter;
  const char *name = NULL;

  if (json_object_has_member (servers, OWN_SERVER))
    return OWN_SERVER;

  for (guint i = 0; i < G_N_ELEMENTS (ports); i++)
    {
      json_object_iter_init (&iter, servers);
      while (json_object_iter_next (&iter, &name, NULL))
        if (listens_on (dw_json_get_object (servers, name), ports[i]))
          return name;
    }

  if (json_object_get_size (servers) != 1)
    return NULL;
  json_object_iter_init (&iter, servers);
  json_object_iter_next (&iter, &name, NULL);

  return name;
}

static JsonNode *
make_own_server (JsonNode *route)
{
  JsonNode *root = json_node_new (JSON_NODE_OBJECT);
  JsonObject *server = json_object_new ();
  JsonObject *https = json_object_new ();
  JsonArray *routes = json_array_new ();

  json_object_set_boolean_member (https, "disable", TRUE);
  json_array_add_element (routes, route);
  json_object_set_member (server, "listen", make_list (":80"));
  json_object_set_object_member (server, "automatic_https", https);
  json_object_set_array_member (server, "routes", routes);
  json_node_take_object (root, server);

  return root;
}

static JsonNode *
wrap (const char *name, JsonNode *inner)
{
  JsonNode *root = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  json_object_set_member (object, name, inner);
  json_node_take_object (root, object);

  return root;
}

/* Keeps Caddy from making a plain server one for HTTPS because of the name. */
static gboolean
skip_https (DwCaddy *self,
            const char *name,
            JsonObject *server,
            const char *domain,
            GCancellable *cancellable,
            GError **error)
{
  JsonObject *https = dw_json_get_object (server, "automatic_https");
  JsonArray *skipped = dw_json_get_array (https, "skip");
  g_autofree char *base = g_strdup_printf (SERVERS "/%s/automatic_https", name);
  g_autofree char *path = g_strconcat (base, "/skip", NULL);

  if (listens_on (server, ":443") || dw_json_get_boolean (https, "disable"))
    return TRUE;
  if (https == NULL)
    return tell (self, "PUT", base, wrap ("skip", make_list (domain)), cancellable, error);
  if (skipped == NULL)
    return tell (self, "PUT", path, make_list (domain), cancellable, error);

  for (guint i = 0; i < json_array_get_length (skipped); i++)
    if (g_strcmp0 (dw_json_array_get_string (skipped, i), domain) == 0)
      return TRUE;

  return tell (self, "POST", path, make_string (domain), cancellable, error);
}

/* The first routes of a Caddy that has served nothing over HTTP yet; how much of the way to them is
 * there it only says when it is told. */
static gboolean
make_first (DwCaddy *self,
            const DwProxyRoute *route,
            const char *dial,
            GCancellable *cancellable,
            GError **error)
{
  static const struct
  {
    const char *method;
    const char *path;
    const char *above[2];
  } ways[] = {
    { "PUT", SERVERS, { NULL } },
    { "PUT", "/config/apps/http", { NULL } },
    { "PUT", "/config/apps", { "http" } },
    { "POST", "/config/", { "http", "apps" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      JsonNode *node = wrap (OWN_SERVER, make_own_server (make_route (route, dial)));

      if (i > 0)
        node = wrap ("servers", node);
      for (guint j = 0; j < G_N_ELEMENTS (ways[i].above) && ways[i].above[j] != NULL; j++)
        node = wrap (ways[i].above[j], node);
      g_clear_error (error);
      if (tell (self, ways[i].method, ways[i].path, node, cancellable, error))
        return TRUE;
    }

  return FALSE;
}

/* In front of the user's own, which may have one that takes all names. */
static gboolean
insert_route (DwCaddy *self,
              JsonObject *servers,
              const DwProxyRoute *route,
              const char *dial,
              GCancellable *cancellable,
              GError **error)
{
  const char *name = servers != NULL ? choose_server (servers) : NULL;
  JsonObject *server = name != NULL ? dw_json_get_object (servers, name) : NULL;

  if (servers == NULL)
    return make_first (self, route, dial, cancellable, error);
  if (server == NULL)
    return tell (self, "PUT", SERVERS "/" OWN_SERVER, make_own_server (make_route (route, dial)),
                 cancellable, error);

  if (!skip_https (self, name, server, route->domain, cancellable, error))
    return FALSE;

  JsonArray *routes = dw_json_get_array (server, "routes");
  g_autofree char *path = g_strdup_printf (SERVERS "/%s/routes%s", name,
                                           routes != NULL ? "/0" : "");
  JsonNode *node = make_route (route, dial);
  if (routes == NULL)
    {
      JsonArray *array = json_array_new ();

      json_array_add_element (array, node);
      node = json_node_new (JSON_NODE_ARRAY);
      json_node_take_array (node, array);
    }

  return tell (self, "PUT", path, node, cancellable, error);
}

static gboolean
dw_caddy_move (DwProxy *proxy,
               const DwProxyRoute *route,
               const DwProxyUpstream *upstream,
               int percent,
               GCancellable *cancellable,
               GError **error)
{
  DwCaddy *self = DW_CADDY (proxy);
  g_autofree char *dial = make_dial (upstream);
  g_autoptr (DwProxyAnswer) found = NULL;
  g_autoptr (DwProxyAnswer) answer = NULL;

  if (!get_route (self, route, &found, cancellable, error))
    return FALSE;

  JsonObject *old = found != NULL ? dw_proxy_answer_get_object (found) : NULL;
  if (old != NULL && has_host (old, route->domain))
    {
      g_autofree char *path = make_id_path (route, "/handle/0/upstreams/0/dial");

      return g_strcmp0 (get_dial (old), dial) == 0 ||
             tell (self, "PATCH", path, make_string (dial), cancellable, error);
    }

  /* Where there is no such part of the configuration yet, that is an error and no nothing. */
  answer = dw_proxy_http_send (self->address, "GET", SERVERS, NULL, NULL, cancellable, error);
  if (answer == NULL)
    return FALSE;

  JsonObject *servers = answer->status == SOUP_STATUS_OK ? dw_proxy_answer_get_object (answer)
                                                         : NULL;
  if (servers != NULL && !check_domain (servers, route, error))
    return FALSE;
  /* The stage's domain is another one now. */
  if (old != NULL && !dw_proxy_remove (proxy, route, cancellable, error))
    return FALSE;

  return insert_route (self, servers, route, dial, cancellable, error);
}

static gboolean
dw_caddy_remove (DwProxy *proxy,
                 const DwProxyRoute *route,
                 GCancellable *cancellable,
                 GError **error)
{
  DwCaddy *self = DW_CADDY (proxy);
  g_autofree char *path = make_id_path (route, "");
  g_autoptr (DwProxyAnswer) found = NULL;

  return get_route (self, route, &found, cancellable, error) &&
         (found == NULL || tell (self, "DELETE", path, NULL, cancellable, error));
}

static DwProxyState *
dw_caddy_look (DwProxy *proxy,
               const DwProxyRoute *route,
               const DwProxyUpstream *upstream,
               GCancellable *cancellable,
               GError **error)
{
  DwCaddy *self = DW_CADDY (proxy);
  g_autofree char *dial = make_dial (upstream);
  g_autoptr (DwProxyAnswer) found = NULL;

  if (!get_route (self, route, &found, cancellable, error))
    return NULL;

  DwProxyState *state = g_new0 (DwProxyState, 1);
  JsonObject *old = found != NULL ? dw_proxy_answer_get_object (found) : NULL;
  state->upstream = g_strdup (get_dial (old));
  if (old == NULL || !has_host (old, route->domain))
    state->condition = DW_PROXY_ROUTE_MISSING;
  else if (g_strcmp0 (state->upstream, dial) != 0)
    state->condition = DW_PROXY_ROUTE_ELSEWHERE;

  return state;
}

static char *
dw_caddy_check (DwProxy *proxy, GCancellable *cancellable, GError **error)
{
  DwCaddy *self = DW_CADDY (proxy);
  g_autoptr (DwProxyAnswer) answer = ask (self, "GET", "/config/", NULL, cancellable, error);

  if (answer == NULL)
    return NULL;
  /* One that was told nothing yet says null. */
  if (dw_proxy_answer_get_object (answer) == NULL && !answer->is_null)
    {
      g_set_error (error, DW_PROXY_ERROR, DW_PROXY_ERROR_NOT_A_PROXY,
                   _ ("What answers at %s is no admin interface of Caddy"), self->address);
      return NULL;
    }

  return g_strdup ("Caddy");
}

static void
dw_caddy_proxy_init (DwProxyInterface *iface)
{
  iface->check = dw_caddy_check;
  iface->move = dw_caddy_move;
  iface->remove = dw_caddy_remove;
  iface->look = dw_caddy_look;
}

static void
dw_caddy_finalize (GObject *object)
{
  g_free (DW_CADDY (object)->address);

  G_OBJECT_CLASS (dw_caddy_parent_class)->finalize (object);
}

static void
dw_caddy_class_init (DwCaddyClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dw_caddy_finalize;
}

static void
dw_caddy_init (DwCaddy *self)
{
}

/**
 * dw_caddy_new:
 * @address: (nullable): its admin interface, http://HOST:PORT or unix:///PATH, or %NULL for where
 * it usually is
 *
 * Returns: (transfer full): the Caddy that answers there. Any thread.
 */
DwCaddy *
dw_caddy_new (const char *address)
{
  DwCaddy *self = g_object_new (DW_TYPE_CADDY, NULL);

  self->address = g_strdup (address != NULL ? address : DW_CADDY_DEFAULT_ADDRESS);
  if (g_str_has_suffix (self->address, "/"))
    self->address[strlen (self->address) - 1] = '\0';

  return self;
}
