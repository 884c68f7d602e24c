/* proxy-fixture.h: a stage that is reached by its name, and clients that ask for it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy-fixture.h"
#include "proxy-client.h"

#define GATEWAY_IMAGE "docker-watcher-gateway:test"
#define DOMAIN "dev.shop.localhost"

/* A Fixture whose settings name the gateway, on a port of its own. */
void proxy_fixture_set_up (Fixture *self, gconstpointer data);
void proxy_fixture_set (Fixture *self, const char *property, ...);
void proxy_fixture_set_stage (Fixture *self, const char *property, ...);
guint16 proxy_fixture_get_port (Fixture *self);
const char *proxy_fixture_push (Fixture *self, const char *tag);
char *proxy_fixture_run (const char *command, ...) G_GNUC_PRINTF (1, 2);
char *proxy_fixture_find_gateway (void);

#define proxy_fixture_assert_answers(port, domain, version)                                        \
  G_STMT_START                                                                                     \
  {                                                                                                \
    guint status_;                                                                                 \
    g_autofree char *answer_ = client_ask (port, domain, "/", &status_);                           \
    g_assert_cmpstr (answer_, ==, version);                                                        \
    g_assert_cmpuint (status_, ==, 200);                                                           \
  }                                                                                                \
  G_STMT_END

#define proxy_fixture_assert_logged(self, job, words)                                              \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *log_ = fixture_get_log (self, job);                                           \
    if (strstr (log_, words) == NULL)                                                              \
      g_error ("“%s” is not in the log:\n%s", words, log_);                                        \
  }                                                                                                \
  G_STMT_END

/* wrk at full speed on kept connections, until it is told to end. */
typedef struct
{
  GSubprocess *process;
  char *script;
} Load;

typedef struct
{
  guint64 n_requests;
  guint64 n_errors; /* of sockets, timeouts among them */
  guint64 n_bad;    /* answers that are not 2xx */
  double seconds;
} LoadResult;

void load_start (Load *self, guint16 port, const char *domain, const char *method);
LoadResult load_end (Load *self);

/* A connection that is written to and read from by hand. */
GSocketConnection *raw_connect (guint16 port);
void raw_send (GSocketConnection *connection, const char *text);
char *raw_receive (GSocketConnection *connection, const char *until);
/* Makes a websocket of it, and gives back the head of the answer. */
char *raw_upgrade (GSocketConnection *connection, const char *domain);
gsize raw_receive_all (GSocketConnection *connection);
