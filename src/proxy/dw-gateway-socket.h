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
  guint n_reloads; /* since it began */
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

/* Where the master process is spoken to: at a socket that is a file, or at a port behind which
 * HAProxy lets in only who knows the secret. */
typedef struct
{
  char *address; /* a path, or HOST:PORT */
  char *secret;  /* nullable: for a port */
} DwGatewayDoor;

DwGatewayDoor *dw_gateway_door_new (const char *address, const char *secret);
void dw_gateway_door_free (DwGatewayDoor *door);

/* All of it blocks and is not for the main thread. */
GArray *dw_gateway_socket_list_workers (const DwGatewayDoor *door,
                                        char **version,
                                        GCancellable *cancellable,
                                        GError **error);
GPtrArray *dw_gateway_socket_list_servers (const DwGatewayDoor *door,
                                           int pid,
                                           GCancellable *cancellable,
                                           GError **error);
gboolean dw_gateway_socket_run (const DwGatewayDoor *door,
                                int pid,
                                const char *const *commands,
                                GCancellable *cancellable,
                                GError **error);
gboolean
dw_gateway_socket_reload (const DwGatewayDoor *door, GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwGatewayDoor, dw_gateway_door_free)

G_END_DECLS
