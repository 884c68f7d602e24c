/* dw-proxy.c: what brings requests for a host name to an instance
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "proxy/dw-proxy.h"

G_DEFINE_INTERFACE (DwProxy, dw_proxy, G_TYPE_OBJECT)

static void
dw_proxy_default_init (DwProxyInterface *iface)
{
}

/**
 * dw_proxy_check:
 * @self: a proxy
 * @cancellable: (nullable): ends it
 * @error: a DW_PROXY_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Tries whether the proxy answers, and lets routes be changed. It changes nothing.
 *
 * Returns: (transfer full) (nullable): what it is, for a person: “HAProxy 2.6.12”
 */
char *
dw_proxy_check (DwProxy *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (DW_IS_PROXY (self), NULL);

  return DW_PROXY_GET_IFACE (self)->check (self, cancellable, error);
}

/**
 * dw_proxy_move:
 * @self: a proxy
 * @route: the route, which is made when it is not there
 * @upstream: where the requests are to go
 * @percent: how many of them, from 1 to 100
 * @cancellable: (nullable): ends it
 * @error: a DW_PROXY_ERROR, or G_IO_ERROR_CANCELLED; then the requests go where they went, unless
 *   the proxy was lost in the middle of it
 *
 * Moves the route in one step. Where the upstream has its part of the requests already, nothing
 * changes.
 *
 * Returns: whether the proxy has taken it
 */
gboolean
dw_proxy_move (DwProxy *self,
               const DwProxyRoute *route,
               const DwProxyUpstream *upstream,
               int percent,
               GCancellable *cancellable,
               GError **error)
{
  g_return_val_if_fail (DW_IS_PROXY (self), FALSE);
  g_return_val_if_fail (percent >= 1 && percent <= 100, FALSE);

  return DW_PROXY_GET_IFACE (self)->move (self, route, upstream, percent, cancellable, error);
}

/**
 * dw_proxy_remove:
 * @self: a proxy
 * @route: the route
 * @cancellable: (nullable): ends it
 * @error: a DW_PROXY_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Returns: whether the proxy has no such route of ours any more
 */
gboolean
dw_proxy_remove (DwProxy *self,
                 const DwProxyRoute *route,
                 GCancellable *cancellable,
                 GError **error)
{
  g_return_val_if_fail (DW_IS_PROXY (self), FALSE);

  return DW_PROXY_GET_IFACE (self)->remove (self, route, cancellable, error);
}

/**
 * dw_proxy_look:
 * @self: a proxy
 * @route: the route
 * @upstream: where it should lead
 * @cancellable: (nullable): ends it
 * @error: a DW_PROXY_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): the route as the proxy has it
 */
DwProxyState *
dw_proxy_look (DwProxy *self,
               const DwProxyRoute *route,
               const DwProxyUpstream *upstream,
               GCancellable *cancellable,
               GError **error)
{
  g_return_val_if_fail (DW_IS_PROXY (self), NULL);

  return DW_PROXY_GET_IFACE (self)->look (self, route, upstream, cancellable, error);
}

/* Whether the proxy knows what is open at an upstream. */
gboolean
dw_proxy_can_count_open (DwProxy *self)
{
  g_return_val_if_fail (DW_IS_PROXY (self), FALSE);

  return DW_PROXY_GET_IFACE (self)->count_open != NULL;
}

/**
 * dw_proxy_count_open:
 * @self: a proxy that can count
 * @route: the route
 * @upstream: one that it led to
 * @n_open: (out): the requests that it has not answered, and the connections such as websockets
 * @cancellable: (nullable): ends it
 * @error: a DW_PROXY_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Returns: whether it is known
 */
gboolean
dw_proxy_count_open (DwProxy *self,
                     const DwProxyRoute *route,
                     const DwProxyUpstream *upstream,
                     guint *n_open,
                     GCancellable *cancellable,
                     GError **error)
{
  g_return_val_if_fail (dw_proxy_can_count_open (self), FALSE);

  return DW_PROXY_GET_IFACE (self)->count_open (self, route, upstream, n_open, cancellable, error);
}

/* Returns: how long the old upstream may still get requests after a move, in milliseconds */
guint
dw_proxy_get_settle_ms (DwProxy *self)
{
  g_return_val_if_fail (DW_IS_PROXY (self), 0);

  DwProxyInterface *iface = DW_PROXY_GET_IFACE (self);

  return iface->settle_ms != NULL ? iface->settle_ms (self) : 0;
}

/* Returns: (transfer full): a route; the domain is put into lower case */
DwProxyRoute *
dw_proxy_route_new (const char *id, const char *title, const char *domain)
{
  DwProxyRoute *route = g_new0 (DwProxyRoute, 1);

  route->id = g_strdup (id);
  route->title = g_strdup (title);
  route->domain = g_ascii_strdown (domain, -1);

  return route;
}

void
dw_proxy_route_free (DwProxyRoute *route)
{
  g_free (route->id);
  g_free (route->title);
  g_free (route->domain);
  g_free (route);
}

/* Returns: (transfer full): the same */
DwProxyUpstream *
dw_proxy_upstream_copy (const DwProxyUpstream *upstream)
{
  DwProxyUpstream *copy = g_new0 (DwProxyUpstream, 1);

  copy->name = g_strdup (upstream->name);
  copy->address = g_strdup (upstream->address);
  copy->port = upstream->port;
  copy->host = g_strdup (upstream->host);
  copy->host_port = upstream->host_port;

  return copy;
}

/* Whether both are reached in the shared network in the same way. */
gboolean
dw_proxy_upstream_equal (const DwProxyUpstream *a, const DwProxyUpstream *b)
{
  return g_strcmp0 (a->name, b->name) == 0 && g_strcmp0 (a->address, b->address) == 0 &&
         a->port == b->port;
}

void
dw_proxy_upstream_free (DwProxyUpstream *upstream)
{
  g_free (upstream->name);
  g_free (upstream->address);
  g_free (upstream->host);
  g_free (upstream);
}

void
dw_proxy_state_free (DwProxyState *state)
{
  g_free (state->upstream);
  g_free (state->detail);
  g_free (state);
}
