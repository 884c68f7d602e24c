/* dw-gateway-socket.h: speaks with a running HAProxy
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* One process of HAProxy: after a reload those before stay until their last connection ends. */
typedef struct
{
  int pid;
  gboolean is_current;
} DwGatewayWorker;

/* One server as a worker reports it. */
typedef struct
{
  char *backend;
  char *name;
  char *address; /* HOST:PORT */
  char *status;  /* HAProxy's word */
  int weight;
  guint n_open; /* requests and connections */
} DwGatewayServer;

/* All of it blocks and is not for the main thread. @address is a path to the socket of the master
 * process, or HOST:PORT. */
GArray *dw_gateway_socket_list_workers (const char *address,
                                        char **version,
                                        GCancellable *cancellable,
                                        GError **error);
GPtrArray *dw_gateway_socket_list_servers (const char *address,
                                           int pid,
                                           GCancellable *cancellable,
                                           GError **error);
gboolean dw_gateway_socket_run (const char *address,
                                int pid,
                                const char *const *commands,
                                GCancellable *cancellable,
                                GError **error);
gboolean dw_gateway_socket_reload (const char *address, GCancellable *cancellable, GError **error);

G_END_DECLS
