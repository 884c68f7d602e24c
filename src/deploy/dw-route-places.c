/* dw-route-places.c: the proxies in which a stage has or had its route
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The settings name one proxy, and a route that was made in the one that they named before is still
 * there. So each stage remembers where it has one, before it is made. When a route leads to what
 * serves in the proxy of the settings, and not before, the others are removed: at a deploy, or when
 * the route is repaired.
 */

#include "config.h"

#include "deploy/dw-route-places.h"

#include <glib/gi18n-lib.h>

#include "deploy/dw-proxy-choice.h"
#include "model/dw-json.h"
#include "proxy/dw-caddy.h"
#include "proxy/dw-npm.h"

typedef struct
{
  DwProxyKind kind; /* the gateway, Nginx Proxy Manager or Caddy */
  char *address;    /* nullable: the usual one */
  char *user;       /* nullable */
} Place;

static void
place_free (gpointer data)
{
  Place *self = data;

  g_free (self->address);
  g_free (self->user);
  g_free (self);
}

static void
add_place (GPtrArray *places, DwProxyKind kind, const char *address, const char *user)
{
  Place *place = g_new0 (Place, 1);

  place->kind = kind;
  place->address = g_strdup (address);
  place->user = g_strdup (user);
  g_ptr_array_add (places, place);
}

static const char *
get_word (DwProxyKind kind)
{
  switch (kind)
    {
    case DW_PROXY_KIND_NPM:
      return "npm";
    case DW_PROXY_KIND_CADDY:
      return "caddy";
    case DW_PROXY_KIND_GATEWAY:
    case DW_PROXY_KIND_TRAEFIK:
    case DW_PROXY_KIND_NONE:
    default:
      return "gateway";
    }
}

static const char *
get_address (const Place *place)
{
  if (place->address != NULL)
    return place->address;

  return place->kind == DW_PROXY_KIND_NPM ? DW_NPM_DEFAULT_ADDRESS : DW_CADDY_DEFAULT_ADDRESS;
}

/* So that one proxy under two spellings is one place. */
static char *
normalize_address (const char *address)
{
  g_autoptr (GUri) uri = g_uri_parse (address, G_URI_FLAGS_SCHEME_NORMALIZE, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  g_autoptr (GInetAddress) number = host != NULL ? g_inet_address_new_from_string (host) : NULL;

  if (host == NULL || *host == '\0')
    return g_strdup (address);
  if (g_str_equal (host, "localhost") ||
      (number != NULL && g_inet_address_get_is_loopback (number)))
    host = "localhost";

  g_autofree char *lower = g_ascii_strdown (host, -1);
  return g_strdup_printf ("%s://%s:%d", g_uri_get_scheme (uri), lower, g_uri_get_port (uri));
}

static gboolean
is_same (const Place *a, const Place *b)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  if (a->kind != b->kind)
    return FALSE;
  if (a->kind == DW_PROXY_KIND_GATEWAY)
    return TRUE;

  first = normalize_address (get_address (a));
  second = normalize_address (get_address (b));
  return g_str_equal (first, second);
}

static gboolean
contains (GPtrArray *places, const Place *place)
{
  for (guint i = 0; i < places->len; i++)
    if (is_same (g_ptr_array_index (places, i), place))
      return TRUE;

  return FALSE;
}

/* Where the settings want the routes. */
static GPtrArray *
list_wanted (DwSettings *settings)
{
  GPtrArray *places = g_ptr_array_new_with_free_func (place_free);

  if (dw_proxy_choice_uses_gateway (settings))
    add_place (places, DW_PROXY_KIND_GATEWAY, NULL, NULL);
  if (dw_proxy_choice_has_front (settings))
    add_place (places, dw_settings_get_proxy_kind (settings),
               dw_settings_get_proxy_address (settings), dw_settings_get_proxy_user (settings));

  return places;
}

static GPtrArray *
parse (const char *text)
{
  GPtrArray *places = g_ptr_array_new_with_free_func (place_free);
  g_autoptr (JsonNode) root = dw_json_parse (text, -1, NULL);
  JsonArray *array = root != NULL && JSON_NODE_HOLDS_ARRAY (root) ? json_node_get_array (root)
                                                                  : NULL;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonObject *object = dw_json_array_get_object (array, i);
      const char *word = dw_json_get_string (object, "proxy");
      const char *address = dw_json_get_string (object, "address");
      const char *user = dw_json_get_string (object, "user");

      if (g_strcmp0 (word, "gateway") == 0)
        add_place (places, DW_PROXY_KIND_GATEWAY, NULL, NULL);
      else if (g_strcmp0 (word, "npm") == 0)
        add_place (places, DW_PROXY_KIND_NPM, address, user);
      else if (g_strcmp0 (word, "caddy") == 0)
        add_place (places, DW_PROXY_KIND_CADDY, address, user);
    }

  return places;
}

static char *
to_text (GPtrArray *places)
{
  JsonArray *array = json_array_new ();
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_ARRAY);

  for (guint i = 0; i < places->len; i++)
    {
      const Place *place = g_ptr_array_index (places, i);
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "proxy", get_word (place->kind));
      if (place->address != NULL)
        json_object_set_string_member (object, "address", place->address);
      if (place->user != NULL)
        json_object_set_string_member (object, "user", place->user);
      json_array_add_object_element (array, object);
    }

  json_node_take_array (root, array);
  return dw_json_to_text (root, FALSE);
}

static gboolean
save (DwStore *store, const char *stage_id, GPtrArray *places, GError **error)
{
  g_autofree char *text = to_text (places);

  return dw_store_set_stage_route_places (store, stage_id, text, error);
}

/* Returns: (transfer full) (nullable): what the stage remembers just now */
static GPtrArray *
load (DwStore *store, const char *stage_id, GError **error)
{
  g_autoptr (DwStage) stage = dw_store_get (store, DW_TYPE_STAGE, stage_id, error);

  return stage != NULL ? parse (dw_stage_get_route_places (stage)) : NULL;
}

/**
 * dw_route_places_enter:
 * @store: the store
 * @stage_id: a stage whose route is about to be made or moved
 * @settings: the settings
 * @error: a DW_STORE_ERROR
 *
 * Remembers that the proxy of the settings has a route of the stage. Whoever calls holds the
 * stage's lock.
 *
 * Returns: whether it is written
 */
gboolean
dw_route_places_enter (DwStore *store, const char *stage_id, DwSettings *settings, GError **error)
{
  g_autoptr (GPtrArray) places = load (store, stage_id, error);
  g_autoptr (GPtrArray) wanted = list_wanted (settings);
  gboolean is_new = FALSE;

  if (places == NULL)
    return FALSE;

  for (guint i = 0; i < wanted->len; i++)
    {
      const Place *place = g_ptr_array_index (wanted, i);

      if (contains (places, place))
        continue;
      add_place (places, place->kind, place->address, place->user);
      is_new = TRUE;
    }

  return !is_new || save (store, stage_id, places, error);
}

static char *
describe (const Place *place)
{
  switch (place->kind)
    {
    case DW_PROXY_KIND_NPM:
      return g_strdup_printf (_ ("Nginx Proxy Manager at %s"), get_address (place));
    case DW_PROXY_KIND_CADDY:
      return g_strdup_printf (_ ("Caddy at %s"), get_address (place));
    case DW_PROXY_KIND_GATEWAY:
    case DW_PROXY_KIND_TRAEFIK:
    case DW_PROXY_KIND_NONE:
    default:
      return g_strdup (_ ("the gateway"));
    }
}

/**
 * dw_route_places_describe_old:
 * @stage: a stage
 * @settings: the settings
 *
 * Returns: (transfer full) (nullable): a proxy that is not that of the settings and has a route of
 *   the stage, for a person; or %NULL where there is none. Any thread.
 */
char *
dw_route_places_describe_old (DwStage *stage, DwSettings *settings)
{
  g_autoptr (GPtrArray) places = parse (dw_stage_get_route_places (stage));
  g_autoptr (GPtrArray) wanted = list_wanted (settings);

  for (guint i = 0; i < places->len; i++)
    if (!contains (wanted, g_ptr_array_index (places, i)))
      return describe (g_ptr_array_index (places, i));

  return NULL;
}

/* The settings as they were when the route was made there, as far as it matters for its end. */
static DwSettings *
make_settings (DwSettings *settings, const Place *place)
{
  DwSettings *own = g_object_new (DW_TYPE_SETTINGS, NULL);

  dw_entity_copy_values (DW_ENTITY (own), DW_ENTITY (settings));
  g_object_set (own, "proxy-kind", place->kind, "proxy-address", place->address, "proxy-user",
                place->user, "proxy-strict", FALSE, NULL);

  return own;
}

static gboolean
leave (const DwDeployTools *tools,
       DwSettings *settings,
       DwProject *project,
       DwStage *stage,
       const Place *place,
       DwInstance *instance,
       DwStageRouteReportFunc report,
       gpointer user_data,
       GCancellable *cancellable,
       GError **error)
{
  g_autoptr (DwSettings) own = make_settings (settings, place);
  g_autoptr (DwStageRoute) route = dw_stage_route_new (tools, own, project, stage);
  g_autofree char *name = describe (place);
  g_autofree char *message = NULL;

  if (report != NULL)
    dw_stage_route_set_report (route, report, user_data);
  if (!dw_stage_route_leave (route, instance, cancellable, error))
    {
      g_prefix_error (error,
                      _ ("The route that the stage had before could not be removed from %s; "
                         "the next deploy tries it again: "),
                      name);
      return FALSE;
    }

  message = g_strdup_printf (_ ("Removed the route that the stage had before from %s"), name);
  if (report != NULL)
    report (DW_LOG_INFO, message, user_data);
  return TRUE;
}

/* One proxy may be known by two addresses, and have lost its only route. */
static gboolean
keep_current (const DwDeployTools *tools,
              DwSettings *settings,
              DwProject *project,
              const char *stage_id,
              GCancellable *cancellable,
              GError **error)
{
  g_autoptr (DwStage) stage = dw_store_get (tools->store, DW_TYPE_STAGE, stage_id, error);
  const char *id = stage != NULL ? dw_stage_get_current_instance_id (stage) : NULL;
  g_autoptr (DwInstance) instance = NULL;
  g_autoptr (DwStageRoute) route = NULL;
  g_autoptr (DwProxyState) state = NULL;

  if (id == NULL)
    return stage != NULL;

  instance = dw_store_get (tools->store, DW_TYPE_INSTANCE, id, error);
  route = instance != NULL ? dw_stage_route_new (tools, settings, project, stage) : NULL;
  if (route == NULL)
    return instance != NULL;

  state = dw_stage_route_look (route, instance, cancellable, error);
  return state != NULL && (state->condition != DW_PROXY_ROUTE_MISSING ||
                           dw_stage_route_move (route, instance, 100, cancellable, error));
}

/**
 * dw_route_places_leave:
 * @tools: what to work with
 * @settings: those by which the route was moved; they may have changed since
 * @project: a project
 * @stage: one of its stages; the route leads to what serves in the proxy of @settings, if those
 *   name one
 * @instance: (nullable): whose open requests are waited for
 * @report: (nullable): told of what happens
 * @user_data: for @report
 * @cancellable: (nullable): ends it
 * @error: a DW_PROXY_ERROR, a DW_ENGINE_ERROR, a DW_STORE_ERROR, a DW_SECRETS_ERROR or
 *   G_IO_ERROR_CANCELLED: the first of what went wrong
 *
 * Removes the stage's route from every proxy that is not that of @settings. Whoever calls holds
 * the stage's lock.
 *
 * Returns: whether no other has one
 */
gboolean
dw_route_places_leave (const DwDeployTools *tools,
                       DwSettings *settings,
                       DwProject *project,
                       DwStage *stage,
                       DwInstance *instance,
                       DwStageRouteReportFunc report,
                       gpointer user_data,
                       GCancellable *cancellable,
                       GError **error)
{
  const char *stage_id = dw_entity_get_id (DW_ENTITY (stage));
  g_autoptr (GPtrArray) places = load (tools->store, stage_id, error);
  g_autoptr (GPtrArray) wanted = NULL;
  g_autoptr (GPtrArray) left = g_ptr_array_new_with_free_func (place_free);
  g_autoptr (GError) first = NULL;
  gboolean may_be_current = FALSE;

  if (places == NULL)
    return FALSE;

  wanted = list_wanted (settings);
  for (guint i = 0; i < places->len; i++)
    {
      const Place *place = g_ptr_array_index (places, i);
      g_autoptr (GError) problem = NULL;

      if (!contains (wanted, place) && leave (tools, settings, project, stage, place, instance,
                                              report, user_data, cancellable, &problem))
        {
          may_be_current |= place->kind == dw_settings_get_proxy_kind (settings);
          continue;
        }

      add_place (left, place->kind, place->address, place->user);
      if (problem != NULL && first == NULL)
        first = g_steal_pointer (&problem);
    }

  if (left->len < places->len && !save (tools->store, stage_id, left, error))
    return FALSE;
  if (may_be_current && !keep_current (tools, settings, project, stage_id, cancellable, error))
    return FALSE;
  if (first != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&first));
      return FALSE;
    }

  return TRUE;
}
