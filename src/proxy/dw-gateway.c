/* dw-gateway.c: the HAProxy that the application runs by itself
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A switch is a command to the running process, and loses nothing. That a route comes or goes is a
 * reload, in which a new process takes the listening sockets over. The configuration on the disk is
 * always what runs, so that one that is started again serves the same. Who runs the process, and
 * where, is not known here.
 */

#include "config.h"

#include "proxy/dw-gateway.h"

#include <glib/gi18n-lib.h>

#include "proxy/dw-gateway-socket.h"

#define MASTER_NAME "master.sock"

struct _DwGateway
{
  GObject parent_instance;

  DwGatewayFiles *files;
  const DwGatewayCarrier *carrier; /* nullable */
  gpointer carrier_data;
};

static void dw_gateway_proxy_init (DwProxyInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (DwGateway,
                               dw_gateway,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (DW_TYPE_PROXY, dw_gateway_proxy_init))

/* Where its master is to be spoken to just now. */
static DwGatewayDoor *
find_door (DwGateway *self, GCancellable *cancellable, GError **error)
{
  g_autofree char *secret = NULL;
  g_autofree char *address = NULL;

  if (!dw_gateway_files_load_secret (self->files, &secret, error))
    return NULL;
  if (secret == NULL)
    {
      address = g_build_filename (dw_gateway_files_get_shared (self->files), MASTER_NAME, NULL);
      return dw_gateway_door_new (address, NULL);
    }
  if (self->carrier == NULL)
    {
      g_set_error_literal (
          error, DW_PROXY_ERROR, DW_PROXY_ERROR_UNREACHABLE,
          _ ("The gateway is reached through the engine alone, and there is none"));
      return NULL;
    }

  address = self->carrier->find (self->carrier_data, cancellable, error);
  return address != NULL ? dw_gateway_door_new (address, secret) : NULL;
}

/* Writes them, and has HAProxy see them. */
static gboolean
hand_over (DwGateway *self, DwGatewayRoutes *routes, GCancellable *cancellable, GError **error)
{
  return dw_gateway_files_save (self->files, routes, error) &&
         (!dw_gateway_files_is_apart (self->files) ||
          self->carrier->put (self->carrier_data, cancellable, error));
}

/* What did not succeed is not what a gateway that is started again would begin with. */
static void
take_back (DwGateway *self, DwGatewayRoutes *before)
{
  g_autoptr (GError) problem = NULL;

  if (!hand_over (self, before, NULL, &problem))
    g_message ("The gateway's routes are not as they were: %s", problem->message);
}

/* Writes what @routes say and makes HAProxy read it. Where it does not, all is as it was. */
static gboolean
reload (DwGateway *self,
        const DwGatewayDoor *door,
        DwGatewayRoutes *routes,
        GCancellable *cancellable,
        GError **error)
{
  g_autoptr (DwGatewayRoutes) before = dw_gateway_files_load (self->files, error);

  if (before == NULL)
    return FALSE;
  if (hand_over (self, routes, cancellable, error) &&
      dw_gateway_socket_reload (door, cancellable, error))
    return TRUE;

  take_back (self, before);
  return FALSE;
}

/* The commands that make a slot what it is to be; one that is to get requests is ready after them,
 * and one that is not drains. Where it leads is told to the one that is moved, whatever is
 * remembered of it: somebody may have changed it, or a switch have ended halfway. */
static void
add_commands (GPtrArray *commands, DwGatewayRoute *route, guint slot, gboolean is_moved)
{
  const DwGatewaySlot *state = &route->slots[slot];
  g_autofree char *server = g_strdup_printf ("set server %s/%s", route->route->id,
                                             dw_gateway_slot_names[slot]);

  if (state->upstream == NULL)
    return;

  if (is_moved && state->upstream->name != NULL)
    g_ptr_array_add (commands, g_strdup_printf ("%s fqdn %s", server, state->upstream->name));
  if (is_moved)
    g_ptr_array_add (commands, g_strdup_printf ("%s addr %s port %u", server,
                                                state->upstream->address, state->upstream->port));
  if (state->weight > 0)
    g_ptr_array_add (commands, g_strdup_printf ("%s weight %d", server, state->weight));
  g_ptr_array_add (commands,
                   g_strdup_printf ("%s state %s", server, state->weight > 0 ? "ready" : "drain"));
}

/* Every process gets them: one that a reload replaced still has connections on which it is asked.
 */
static gboolean
run_everywhere (const DwGatewayDoor *door,
                const char *const *commands,
                GCancellable *cancellable,
                GError **error)
{
  g_autoptr (GArray) workers = dw_gateway_socket_list_workers (door, NULL, cancellable, error);

  for (guint i = 0; workers != NULL && i < workers->len; i++)
    {
      const DwGatewayWorker *worker = &g_array_index (workers, DwGatewayWorker, i);
      g_autoptr (GError) problem = NULL;

      if (dw_gateway_socket_run (door, worker->pid, commands, cancellable, &problem))
        continue;
      /* It may have ended just now, or be older than the route. */
      if (i == 0 || g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
      g_debug ("The gateway's old process %d was not told: %s", worker->pid, problem->message);
    }

  return workers != NULL;
}

static gboolean
switch_route (DwGateway *self,
              const DwGatewayDoor *door,
              DwGatewayRoutes *routes,
              DwGatewayRoute *route,
              guint slot,
              GCancellable *cancellable,
              GError **error)
{
  g_autoptr (DwGatewayRoutes) before = dw_gateway_files_load (self->files, error);
  g_autoptr (GPtrArray) commands = g_ptr_array_new_with_free_func (g_free);

  if (before == NULL)
    return FALSE;

  /* The new one is ready before the old one is not. */
  add_commands (commands, route, slot, TRUE);
  add_commands (commands, route, 1 - slot, FALSE);
  g_ptr_array_add (commands, NULL);
  if (hand_over (self, routes, cancellable, error) &&
      run_everywhere (door, (const char *const *) commands->pdata, cancellable, error))
    return TRUE;

  take_back (self, before);
  return FALSE;
}

/* Whether the running process has the route; somebody may have started it with other files. */
static gboolean
is_loaded (const DwGatewayDoor *door,
           const DwProxyRoute *route,
           gboolean *loaded,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (GArray) workers = dw_gateway_socket_list_workers (door, NULL, cancellable, error);
  g_autoptr (GPtrArray) servers = NULL;

  if (workers == NULL)
    return FALSE;

  servers = dw_gateway_socket_list_servers (door, g_array_index (workers, DwGatewayWorker, 0).pid,
                                            cancellable, error);
  *loaded = FALSE;
  for (guint i = 0; servers != NULL && i < servers->len && !*loaded; i++)
    *loaded = g_str_equal (((DwGatewayServer *) g_ptr_array_index (servers, i))->backend,
                           route->id);

  return servers != NULL;
}

/* A name once given to a server of the running process cannot be taken from it again. */
static gboolean
loses_name (DwGatewayRoute *route, const DwProxyUpstream *upstream)
{
  for (guint i = 0; i < DW_GATEWAY_N_SLOTS; i++)
    if (upstream->name == NULL && route->slots[i].upstream != NULL &&
        route->slots[i].upstream->name != NULL)
      return TRUE;

  return FALSE;
}

static gboolean
check_domain (DwGatewayRoutes *routes, const DwProxyRoute *route, GError **error)
{
  DwGatewayRoute *other = dw_gateway_routes_find_domain (routes, route->domain);

  if (other == NULL || g_str_equal (other->route->id, route->id))
    return TRUE;

  g_set_error (error, DW_PROXY_ERROR, DW_PROXY_ERROR_TAKEN,
               _ ("The host name %s is that of %s already; give one of them another domain"),
               route->domain, other->route->title);
  return FALSE;
}

static gboolean
dw_gateway_move (DwProxy *proxy,
                 const DwProxyRoute *route,
                 const DwProxyUpstream *upstream,
                 int percent,
                 GCancellable *cancellable,
                 GError **error)
{
  DwGateway *self = DW_GATEWAY (proxy);
  g_autoptr (DwGatewayDoor) door = find_door (self, cancellable, error);
  g_autoptr (DwGatewayRoutes) routes = door != NULL ? dw_gateway_files_load (self->files, error)
                                                    : NULL;
  gboolean is_running = FALSE;

  if (routes == NULL || !check_domain (routes, route, error) ||
      !is_loaded (door, route, &is_running, cancellable, error))
    return FALSE;
  if (upstream->address == NULL)
    {
      g_set_error (error, DW_PROXY_ERROR, DW_PROXY_ERROR_UNSUPPORTED,
                   _ ("The gateway cannot reach the instance: it has no address in a network of "
                      "its own; give the project another network"));
      return FALSE;
    }

  DwGatewayRoute *known = dw_gateway_routes_find (routes, route->id);
  gboolean needs_reload = !is_running || known == NULL ||
                          dw_gateway_files_is_outdated (self->files, door->secret) ||
                          loses_name (known, upstream) ||
                          !g_str_equal (known->route->domain, route->domain);
  if (known == NULL)
    known = dw_gateway_routes_add (routes, route);

  g_clear_pointer (&known->route, dw_proxy_route_free);
  known->route = dw_proxy_route_new (route->id, route->title, route->domain);
  guint slot = dw_gateway_route_share (known, upstream, percent);

  return needs_reload ? reload (self, door, routes, cancellable, error)
                      : switch_route (self, door, routes, known, slot, cancellable, error);
}

static gboolean
dw_gateway_remove (DwProxy *proxy,
                   const DwProxyRoute *route,
                   GCancellable *cancellable,
                   GError **error)
{
  DwGateway *self = DW_GATEWAY (proxy);
  g_autoptr (DwGatewayRoutes) routes = dw_gateway_files_load (self->files, error);
  g_autoptr (DwGatewayDoor) door = NULL;
  g_autoptr (GError) problem = NULL;

  if (routes == NULL)
    return FALSE;

  DwGatewayRoute *known = dw_gateway_routes_find (routes, route->id);
  if (known == NULL)
    return TRUE;

  g_ptr_array_remove (routes, known);
  door = find_door (self, cancellable, &problem);
  if (door != NULL && reload (self, door, routes, cancellable, &problem))
    return TRUE;
  /* One that does not run has it no more when it is started; of any other, whoever tries again is
   * to find it. */
  if (g_error_matches (problem, DW_PROXY_ERROR, DW_PROXY_ERROR_UNREACHABLE))
    return door != NULL ? hand_over (self, routes, cancellable, error)
                        : dw_gateway_files_save (self->files, routes, error);

  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/* The sum over all processes: those that a reload replaced have connections still. */
static gboolean
dw_gateway_count_open (DwProxy *proxy,
                       const DwProxyRoute *route,
                       const DwProxyUpstream *upstream,
                       guint *n_open,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (DwGatewayDoor) door = find_door (DW_GATEWAY (proxy), cancellable, error);
  g_autoptr (GArray) workers = door != NULL
                                   ? dw_gateway_socket_list_workers (door, NULL, cancellable, error)
                                   : NULL;
  g_autofree char *address = g_strdup_printf ("%s:%u", upstream->address, upstream->port);

  *n_open = 0;
  for (guint i = 0; workers != NULL && i < workers->len; i++)
    {
      const DwGatewayWorker *worker = &g_array_index (workers, DwGatewayWorker, i);
      g_autoptr (GError) problem = NULL;
      g_autoptr (GPtrArray)
          servers = dw_gateway_socket_list_servers (door, worker->pid, cancellable, &problem);

      if (servers == NULL && i == 0)
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
      for (guint j = 0; servers != NULL && j < servers->len; j++)
        {
          const DwGatewayServer *server = g_ptr_array_index (servers, j);

          if (g_str_equal (server->backend, route->id) && g_str_equal (server->address, address))
            *n_open += server->n_open;
        }
    }

  return workers != NULL;
}

/* Among the servers of a route the one that gets most. */
static const DwGatewayServer *
find_serving (GPtrArray *servers, const char *backend, gboolean *has_backend)
{
  const DwGatewayServer *found = NULL;

  *has_backend = FALSE;
  for (guint i = 0; i < servers->len; i++)
    {
      const DwGatewayServer *server = g_ptr_array_index (servers, i);

      if (!g_str_equal (server->backend, backend))
        continue;
      *has_backend = TRUE;
      if (!g_str_has_prefix (server->status, "DRAIN") &&
          !g_str_has_prefix (server->status, "MAINT") &&
          (found == NULL || server->weight > found->weight))
        found = server;
    }

  return found;
}

static DwProxyState *
dw_gateway_look (DwProxy *proxy,
                 const DwProxyRoute *route,
                 const DwProxyUpstream *upstream,
                 GCancellable *cancellable,
                 GError **error)
{
  DwGateway *self = DW_GATEWAY (proxy);
  g_autoptr (DwGatewayDoor) door = find_door (self, cancellable, error);
  g_autoptr (GArray) workers = door != NULL
                                   ? dw_gateway_socket_list_workers (door, NULL, cancellable, error)
                                   : NULL;
  g_autoptr (DwGatewayRoutes) routes = workers != NULL ? dw_gateway_files_load (self->files, error)
                                                       : NULL;
  g_autoptr (GPtrArray) servers = NULL;
  gboolean has_backend = FALSE;

  if (routes == NULL)
    return NULL;
  servers = dw_gateway_socket_list_servers (door, g_array_index (workers, DwGatewayWorker, 0).pid,
                                            cancellable, error);
  if (servers == NULL)
    return NULL;

  const DwGatewayServer *serving = find_serving (servers, route->id, &has_backend);
  DwGatewayRoute *domain_owner = dw_gateway_routes_find_domain (routes, route->domain);
  DwProxyState *state = g_new0 (DwProxyState, 1);
  g_autofree char *wanted = g_strdup_printf ("%s:%u", upstream->address, upstream->port);

  if (!has_backend || domain_owner == NULL)
    state->condition = DW_PROXY_ROUTE_MISSING;
  else if (!g_str_equal (domain_owner->route->id, route->id))
    state->condition = DW_PROXY_ROUTE_TAKEN;
  else if (serving == NULL)
    state->condition = DW_PROXY_ROUTE_FAILING;
  else
    {
      state->upstream = g_strdup (serving->address);
      state->detail = g_strdup (serving->status);
      state->condition = g_str_equal (serving->address, wanted) ? DW_PROXY_ROUTE_SERVING
                                                                : DW_PROXY_ROUTE_ELSEWHERE;
    }

  return state;
}

static char *
dw_gateway_check (DwProxy *proxy, GCancellable *cancellable, GError **error)
{
  g_autoptr (DwGatewayDoor) door = find_door (DW_GATEWAY (proxy), cancellable, error);
  g_autofree char *version = NULL;
  g_autoptr (GArray)
      workers = door != NULL ? dw_gateway_socket_list_workers (door, &version, cancellable, error)
                             : NULL;

  return workers != NULL ? g_strdup_printf ("HAProxy %s", version != NULL ? version : "?") : NULL;
}

static void
dw_gateway_proxy_init (DwProxyInterface *iface)
{
  iface->check = dw_gateway_check;
  iface->move = dw_gateway_move;
  iface->remove = dw_gateway_remove;
  iface->look = dw_gateway_look;
  iface->count_open = dw_gateway_count_open;
}

static void
dw_gateway_finalize (GObject *object)
{
  DwGateway *self = DW_GATEWAY (object);

  dw_gateway_files_free (self->files);

  G_OBJECT_CLASS (dw_gateway_parent_class)->finalize (object);
}

static void
dw_gateway_class_init (DwGatewayClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dw_gateway_finalize;
}

static void
dw_gateway_init (DwGateway *self)
{
}

/**
 * dw_gateway_new:
 * @directory: the folder that is the gateway's; it is made when it is needed
 *
 * Returns: (transfer full): the gateway of that folder. Any thread.
 */
DwGateway *
dw_gateway_new (const char *directory)
{
  DwGateway *self = g_object_new (DW_TYPE_GATEWAY, NULL);

  self->files = dw_gateway_files_new (directory);

  return self;
}

/**
 * dw_gateway_set_carrier:
 * @self: the gateway
 * @carrier: how HAProxy is reached where nothing can be shared with it; it stays as long as @self
 * @user_data: for @carrier
 */
void
dw_gateway_set_carrier (DwGateway *self, const DwGatewayCarrier *carrier, gpointer user_data)
{
  self->carrier = carrier;
  self->carrier_data = user_data;
}

/* Returns: (transfer none): what of it is on the disk */
DwGatewayFiles *
dw_gateway_get_files (DwGateway *self)
{
  return self->files;
}

/* Returns: (transfer none): what HAProxy is to be started with; its master listens on a socket in
 * the shared folder. The official image's entry point knows the first word. */
const char *const *
dw_gateway_get_command (void)
{
  static const char *const command[] = {
    "haproxy",
    "-W",
    "-db",
    "-f",
    DW_GATEWAY_SHARED_PATH "/" DW_GATEWAY_CONFIG_NAME,
    "-S",
    DW_GATEWAY_SHARED_PATH "/" MASTER_NAME ",mode,666",
    NULL,
  };

  return command;
}

/**
 * dw_gateway_prepare:
 * @self: the gateway
 * @error: a G_FILE_ERROR
 *
 * Makes the folders, and writes the configuration from what is remembered, for HAProxy to start
 * with.
 *
 * Returns: whether it can be started
 */
gboolean
dw_gateway_prepare (DwGateway *self, GError **error)
{
  g_autoptr (DwGatewayRoutes) routes = NULL;

  if (!dw_gateway_files_make_folders (self->files, error))
    return FALSE;

  routes = dw_gateway_files_load (self->files, error);
  return routes != NULL && dw_gateway_files_save (self->files, routes, error);
}

/* Returns: (transfer full) (nullable): the host names of its routes */
GStrv
dw_gateway_list_domains (DwGateway *self, GError **error)
{
  g_autoptr (DwGatewayRoutes) routes = dw_gateway_files_load (self->files, error);
  g_autoptr (GStrvBuilder) domains = g_strv_builder_new ();

  if (routes == NULL)
    return NULL;

  for (guint i = 0; i < routes->len; i++)
    g_strv_builder_add (domains, ((DwGatewayRoute *) g_ptr_array_index (routes, i))->route->domain);

  return g_strv_builder_end (domains);
}
