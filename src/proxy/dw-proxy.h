/* dw-proxy.h: what brings requests for a host name to an instance
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every kind of reverse proxy is one of these. It takes plain values and answers plain values, and
 * knows neither stages nor containers.
 */

#pragma once

#include <gio/gio.h>

#include "proxy/dw-proxy-error.h"

G_BEGIN_DECLS

/* A host name that is ours in the proxy. */
typedef struct
{
  char *id;     /* ours, the same as long as the route lives */
  char *title;  /* for a person who finds it in the proxy: shop/dev */
  char *domain; /* in lower case */
} DwProxyRoute;

/* Where the requests go: each proxy takes the way by which it reaches it. */
typedef struct
{
  char *name;        /* nullable: its host name in the network that it shares with the proxy */
  char *address;     /* nullable: its address there */
  guint16 port;      /* the port there */
  char *host;        /* nullable: this machine as the proxy sees it */
  guint16 host_port; /* the port there, or 0 */
} DwProxyUpstream;

typedef enum
{
  DW_PROXY_ROUTE_SERVING,   /* it is there */
  DW_PROXY_ROUTE_MISSING,   /* somebody removed it, or it never was */
  DW_PROXY_ROUTE_ELSEWHERE, /* it leads to something else than it should */
  DW_PROXY_ROUTE_TAKEN,     /* the host name is somebody else's */
  DW_PROXY_ROUTE_FAILING,   /* it is there, and the proxy says that it does not work */
} DwProxyCondition;

/* A route as the proxy reports it. */
typedef struct
{
  DwProxyCondition condition;
  char *upstream; /* nullable: HOST:PORT that it leads to */
  char *detail;   /* nullable: the proxy's own words */
} DwProxyState;

#define DW_TYPE_PROXY (dw_proxy_get_type ())

G_DECLARE_INTERFACE (DwProxy, dw_proxy, DW, PROXY, GObject)

/**
 * DwProxyInterface:
 * @check: says what it is, once it is sure that it can be worked with
 * @move: makes @percent of the requests of the route go to the upstream, and the others to where
 *   they went before; makes the route where there is none
 * @remove: removes the route; one that is not there is removed
 * @look: reports the route
 * @count_open: (nullable): how many requests and open connections the upstream still has
 * @settle_ms: (nullable): how long a move takes at most to be in effect after @move has returned
 *
 * Whoever calls sees to it that only one works on a proxy at a time.
 */
struct _DwProxyInterface
{
  GTypeInterface parent_iface;

  char *(*check) (DwProxy *self, GCancellable *cancellable, GError **error);
  gboolean (*move) (DwProxy *self,
                    const DwProxyRoute *route,
                    const DwProxyUpstream *upstream,
                    int percent,
                    GCancellable *cancellable,
                    GError **error);
  gboolean (*remove) (DwProxy *self,
                      const DwProxyRoute *route,
                      GCancellable *cancellable,
                      GError **error);
  DwProxyState *(*look) (DwProxy *self,
                         const DwProxyRoute *route,
                         const DwProxyUpstream *upstream,
                         GCancellable *cancellable,
                         GError **error);
  gboolean (*count_open) (DwProxy *self,
                          const DwProxyRoute *route,
                          const DwProxyUpstream *upstream,
                          guint *n_open,
                          GCancellable *cancellable,
                          GError **error);
  guint (*settle_ms) (DwProxy *self);
};

/* All of it blocks and is not for the main thread. */
char *dw_proxy_check (DwProxy *self, GCancellable *cancellable, GError **error);
gboolean dw_proxy_move (DwProxy *self,
                        const DwProxyRoute *route,
                        const DwProxyUpstream *upstream,
                        int percent,
                        GCancellable *cancellable,
                        GError **error);
gboolean dw_proxy_remove (DwProxy *self,
                          const DwProxyRoute *route,
                          GCancellable *cancellable,
                          GError **error);
DwProxyState *dw_proxy_look (DwProxy *self,
                             const DwProxyRoute *route,
                             const DwProxyUpstream *upstream,
                             GCancellable *cancellable,
                             GError **error);
gboolean dw_proxy_can_count_open (DwProxy *self);
gboolean dw_proxy_count_open (DwProxy *self,
                              const DwProxyRoute *route,
                              const DwProxyUpstream *upstream,
                              guint *n_open,
                              GCancellable *cancellable,
                              GError **error);
guint dw_proxy_get_settle_ms (DwProxy *self);

DwProxyRoute *dw_proxy_route_new (const char *id, const char *title, const char *domain);
void dw_proxy_route_free (DwProxyRoute *route);
DwProxyUpstream *dw_proxy_upstream_copy (const DwProxyUpstream *upstream);
gboolean dw_proxy_upstream_equal (const DwProxyUpstream *a, const DwProxyUpstream *b);
void dw_proxy_upstream_free (DwProxyUpstream *upstream);
void dw_proxy_state_free (DwProxyState *state);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwProxyRoute, dw_proxy_route_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwProxyUpstream, dw_proxy_upstream_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwProxyState, dw_proxy_state_free)

G_END_DECLS
