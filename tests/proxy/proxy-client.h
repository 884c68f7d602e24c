/* proxy-client.h: asks a proxy, and starts what it leads to
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Needs no engine.
 */

#pragma once

#include <gio/gio.h>

char *client_ask (guint16 port, const char *domain, const char *path, guint *status);
/* Asks again until @version is the answer. */
void client_await (guint16 port, const char *domain, const char *version);
/* Asks for a while, in which nothing else may be the answer. */
void client_stays (guint16 port, const char *domain, const char *version);
guint16 client_find_free_port (void);

GSubprocess *app_server_start (const char *version, guint16 *port);

typedef struct
{
  char *directory;
  GSubprocess *process;
  char *address;
  guint16 port; /* of the proxy itself */
} NpmServer;

void npm_server_start (NpmServer *self, const char *version);
void npm_server_end (NpmServer *self);
