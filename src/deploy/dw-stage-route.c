/* dw-stage-route.c: the way from a host name to what serves in a stage
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Joins the proxies, which know plain values, with the engine's containers and the store's stages.
 * A proxy of the user's own may have the gateway behind it: then what is at its end never changes,
 * and a deploy is the gateway's matter alone.
 */

#include "config.h"

#include "deploy/dw-stage-route.h"

#include <glib/gi18n-lib.h>

#include "deploy/dw-gateway-container.h"
#include "deploy/dw-pause.h"
#include "deploy/dw-proxy-choice.h"
#include "deploy/dw-route-places.h"
#include "deploy/dw-stage-lock.h"
#include "deploy/dw-stage-upstream.h"

/* Of the file in the locks' folder; no stage has this id. */
#define LOCK_NAME "proxy"

#define DRAIN_POLL_MS 50
/* How long an instance is left alone of which nobody can say what is open there. */
#define BLIND_DRAIN_S 10

struct _DwStageRoute
{
  DwStore *store;
  DwEngine *engine;
  DwSettings *settings;
  char *lock_directory;
  char *network;
  int drain_seconds;
  char *url;

  DwProxyRoute *route;
  DwGateway *gateway; /* nullable */
  DwProxy *front;     /* nullable: the user's own */

  DwStageRouteReportFunc report;
  gpointer report_data;
};

static void
ignore_report (DwLogLevel level, const char *message, gpointer user_data)
{
}

static void
    G_GNUC_PRINTF (3, 4) reportf (DwStageRoute *self, DwLogLevel level, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *message = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  self->report (level, message, self->report_data);
}

static void
report_gateway (const char *message, gpointer user_data)
{
  DwStageRoute *self = user_data;

  self->report (DW_LOG_INFO, message, self->report_data);
}

/**
 * dw_stage_route_new:
 * @tools: what to work with
 * @settings: the settings
 * @project: a project
 * @stage: one of its stages
 *
 * Returns: (transfer full) (nullable): the stage's route, or %NULL when the settings name no proxy
 */
DwStageRoute *
dw_stage_route_new (const DwDeployTools *tools,
                    DwSettings *settings,
                    DwProject *project,
                    DwStage *stage)
{
  if (dw_settings_get_proxy_kind (settings) == DW_PROXY_KIND_NONE)
    return NULL;

  DwStageRoute *self = g_new0 (DwStageRoute, 1);
  g_autofree char *domain = dw_stage_route_make_domain (settings, project, stage);
  g_autofree char *title = g_strdup_printf ("%s/%s", dw_project_get_name (project),
                                            dw_stage_get_name (stage));

  self->store = g_object_ref (tools->store);
  self->engine = g_object_ref (tools->engine);
  self->settings = g_object_ref (settings);
  self->lock_directory = g_strdup (tools->lock_directory);
  self->network = dw_stage_route_choose_network (settings, project);
  self->drain_seconds = dw_stage_get_drain_seconds (stage);
  self->url = dw_stage_route_make_url (settings, domain);
  self->route = dw_proxy_route_new (dw_entity_get_id (DW_ENTITY (stage)), title, domain);
  if (dw_proxy_choice_uses_gateway (settings))
    {
      self->gateway = dw_proxy_choice_make_gateway (tools->store);
      dw_gateway_container_attach (self->engine, self->gateway);
    }
  self->report = ignore_report;

  return self;
}

void
dw_stage_route_free (DwStageRoute *self)
{
  g_clear_object (&self->store);
  g_clear_object (&self->engine);
  g_clear_object (&self->settings);
  g_clear_object (&self->gateway);
  g_clear_object (&self->front);
  g_clear_pointer (&self->route, dw_proxy_route_free);
  g_free (self->lock_directory);
  g_free (self->network);
  g_free (self->url);
  g_free (self);
}

const char *
dw_stage_route_get_domain (DwStageRoute *self)
{
  return self->route->domain;
}

/* Returns: (transfer none) (nullable): the network that the stage's containers are made in */
const char *
dw_stage_route_get_network (DwStageRoute *self)
{
  return self->network;
}

/* Returns: (transfer none): the address of the stage in a browser */
const char *
dw_stage_route_get_url (DwStageRoute *self)
{
  return self->url;
}

/* Who is told of what happens: @report, in the thread that works. */
void
dw_stage_route_set_report (DwStageRoute *self, DwStageRouteReportFunc report, gpointer user_data)
{
  self->report = report;
  self->report_data = user_data;
}

/* Has the user's own proxy in @self, where there is one; its password is asked for once. */
static gboolean
open_front (DwStageRoute *self, GCancellable *cancellable, GError **error)
{
  if (self->front == NULL && dw_proxy_choice_has_front (self->settings))
    {
      self->front = dw_proxy_choice_open_front (self->settings, cancellable, error);
      return self->front != NULL;
    }

  return TRUE;
}

/* A proxy is worked on by one at a time, of whatever process. */
static DwStageLock *
lock (DwStageRoute *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (DwStageLock) locked = dw_stage_lock_open (self->lock_directory, LOCK_NAME, error);

  return locked != NULL && dw_stage_lock_work (locked, cancellable, error)
             ? g_steal_pointer (&locked)
             : NULL;
}

/**
 * dw_stage_route_prepare_network:
 * @self: a route
 * @cancellable: (nullable): ends it
 * @error: a DW_ENGINE_ERROR or G_IO_ERROR_CANCELLED
 *
 * Makes the network that is the program's own, when the stage's containers are to be in it.
 *
 * Returns: whether it is there
 */
gboolean
dw_stage_route_prepare_network (DwStageRoute *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_auto (GStrv) networks = NULL;

  if (g_strcmp0 (self->network, DW_STAGE_ROUTE_OWN_NETWORK) != 0)
    return TRUE;

  networks = dw_engine_list_networks (self->engine, cancellable, error);
  if (networks == NULL)
    return FALSE;
  if (g_strv_contains ((const char *const *) networks, DW_STAGE_ROUTE_OWN_NETWORK) ||
      dw_engine_create_network (self->engine, DW_STAGE_ROUTE_OWN_NETWORK, NULL, cancellable,
                                &problem) ||
      g_error_matches (problem, DW_ENGINE_ERROR, DW_ENGINE_ERROR_CONFLICT))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/* Whether a part of the requests can be moved. */
gboolean
dw_stage_route_can_share (DwStageRoute *self)
{
  return self->gateway != NULL;
}

/**
 * dw_stage_route_prepare:
 * @self: a route
 * @cancellable: (nullable): ends it
 * @error: a DW_PROXY_ERROR, a DW_ENGINE_ERROR, a G_FILE_ERROR, a DW_SECRETS_ERROR or
 *   G_IO_ERROR_CANCELLED
 *
 * Sees to it that the proxy answers and lets routes be changed. The gateway is started when it does
 * not run.
 *
 * Returns: whether a route can be moved
 */
gboolean
dw_stage_route_prepare (DwStageRoute *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (DwStageLock) locked = lock (self, cancellable, error);

  if (locked == NULL || !open_front (self, cancellable, error))
    return FALSE;

  if (self->gateway != NULL &&
      (!dw_gateway_container_ensure (self->engine, self->gateway, self->settings,
                                     self->route->domain, self->network, report_gateway, self,
                                     cancellable, error) ||
       (self->network != NULL && !dw_gateway_container_join (self->engine, self->gateway,
                                                             self->network, cancellable, error))))
    return FALSE;

  if (self->front != NULL)
    {
      g_autofree char *description = dw_proxy_check (self->front, cancellable, error);

      if (description == NULL)
        return FALSE;
      reportf (self, DW_LOG_DEBUG, _ ("%s answers"), description);
    }

  return TRUE;
}

static DwProxyUpstream *
find_upstream (DwStageRoute *self,
               DwInstance *instance,
               char **network,
               GCancellable *cancellable,
               GError **error)
{
  return dw_stage_upstream_find (self->engine, self->settings, self->network, instance, network,
                                 cancellable, error);
}

static gboolean
move_gateway (DwStageRoute *self,
              const DwProxyUpstream *upstream,
              const char *network,
              int percent,
              GCancellable *cancellable,
              GError **error)
{
  return (network == NULL ||
          dw_gateway_container_join (self->engine, self->gateway, network, cancellable, error)) &&
         dw_proxy_move (DW_PROXY (self->gateway), self->route, upstream, percent, cancellable,
                        error);
}

/**
 * dw_stage_route_move:
 * @self: a route that is prepared
 * @instance: an instance that runs
 * @percent: the part of the requests that it is to get, from 1 to 100
 * @cancellable: (nullable): ends it
 * @error: a DW_PROXY_ERROR, a DW_ENGINE_ERROR, DW_DEPLOY_ERROR_NO_PORT or _NO_INSTANCE, or
 *   G_IO_ERROR_CANCELLED
 *
 * Returns: whether the instance gets them
 */
gboolean
dw_stage_route_move (DwStageRoute *self,
                     DwInstance *instance,
                     int percent,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autofree char *network = NULL;
  g_autoptr (DwProxyUpstream)
      upstream = find_upstream (self, instance, &network, cancellable, error);
  g_autoptr (DwStageLock) locked = upstream != NULL ? lock (self, cancellable, error) : NULL;

  if (locked == NULL || !open_front (self, cancellable, error) ||
      !dw_route_places_enter (self->store, self->route->id, self->settings, error))
    return FALSE;

  if (self->gateway != NULL && !move_gateway (self, upstream, network, percent, cancellable, error))
    return FALSE;
  if (self->gateway != NULL && upstream->name == NULL && percent == 100)
    reportf (self, DW_LOG_INFO,
             _ ("The engine tells no names in the network %s: when it starts the container again, "
                "the route is to be repaired, because the container has another address then"),
             network != NULL ? network : "");
  if (self->front == NULL)
    return TRUE;

  g_autoptr (DwProxyUpstream)
      front = dw_stage_upstream_make_front (self->settings, self->gateway, upstream);
  return dw_proxy_move (self->front, self->route, front, 100, cancellable, error);
}

static gboolean
drain_counted (DwStageRoute *self,
               DwProxy *proxy,
               const DwProxyUpstream *upstream,
               GCancellable *cancellable,
               GError **error)
{
  gint64 began_at_us = g_get_monotonic_time ();
  gint64 ends_at_us = began_at_us + self->drain_seconds * G_TIME_SPAN_SECOND;
  gboolean has_waited = FALSE;

  for (;;)
    {
      guint n_open;

      if (!dw_proxy_count_open (proxy, self->route, upstream, &n_open, cancellable, error))
        return FALSE;
      if (n_open == 0)
        break;
      if (g_get_monotonic_time () >= ends_at_us)
        {
          reportf (self, DW_LOG_WARNING,
                   ngettext ("%u request or connection is still open after %d s, and is closed now",
                             "%u requests or connections are still open after %d s, and are closed "
                             "now",
                             n_open),
                   n_open, self->drain_seconds);
          return TRUE;
        }
      if (!has_waited)
        reportf (self, DW_LOG_INFO,
                 ngettext ("Waiting for %u open request or connection of the previous instance",
                           "Waiting for %u open requests or connections of the previous instance",
                           n_open),
                 n_open);
      has_waited = TRUE;
      if (!dw_pause (DRAIN_POLL_MS, cancellable, error))
        return FALSE;
    }

  if (has_waited)
    reportf (self, DW_LOG_INFO, _ ("All were answered after %.1f s"),
             (double) (g_get_monotonic_time () - began_at_us) / G_USEC_PER_SEC);
  return TRUE;
}

/**
 * dw_stage_route_drain:
 * @self: a route
 * @instance: an instance that gets no new requests any more
 * @cancellable: (nullable): ends the waiting
 * @error: a DW_PROXY_ERROR, a DW_ENGINE_ERROR or G_IO_ERROR_CANCELLED
 *
 * Waits until all is answered that the instance was asked for, but no longer than the stage allows.
 *
 * Returns: whether it may be stopped
 */
gboolean
dw_stage_route_drain (DwStageRoute *self,
                      DwInstance *instance,
                      GCancellable *cancellable,
                      GError **error)
{
  DwProxy *proxy = NULL;
  g_autofree char *network = NULL;
  g_autoptr (DwProxyUpstream) upstream = NULL;

  if (!open_front (self, cancellable, error))
    return FALSE;
  proxy = self->gateway != NULL ? DW_PROXY (self->gateway) : self->front;
  if (!dw_proxy_can_count_open (proxy))
    return dw_pause (
        MAX (MIN (self->drain_seconds, BLIND_DRAIN_S) * 1000, (int) dw_proxy_get_settle_ms (proxy)),
        cancellable, error);

  upstream = find_upstream (self, instance, &network, cancellable, error);

  return upstream != NULL &&
         (upstream->address == NULL || drain_counted (self, proxy, upstream, cancellable, error));
}

/* A gateway without a route has nothing to do. */
static gboolean
remove_idle_gateway (DwStageRoute *self, GCancellable *cancellable, GError **error)
{
  g_auto (GStrv) left = dw_gateway_list_domains (self->gateway, error);

  return left != NULL && (left[0] != NULL || dw_gateway_container_remove (
                                                 self->engine, self->gateway, cancellable, error));
}

static gboolean
remove_from_proxies (DwStageRoute *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (DwStageLock) locked = lock (self, cancellable, error);

  return locked != NULL && open_front (self, cancellable, error) &&
         (self->front == NULL || dw_proxy_remove (self->front, self->route, cancellable, error)) &&
         (self->gateway == NULL ||
          dw_proxy_remove (DW_PROXY (self->gateway), self->route, cancellable, error));
}

/**
 * dw_stage_route_leave:
 * @self: a route
 * @instance: (nullable): one that it led to, whose open requests are waited for
 * @cancellable: (nullable): ends it
 * @error: a DW_PROXY_ERROR, a DW_ENGINE_ERROR or G_IO_ERROR_CANCELLED
 *
 * As dw_stage_route_remove(), but what is open is answered before the gateway ends.
 *
 * Returns: whether the proxy has the route no more
 */
gboolean
dw_stage_route_leave (DwStageRoute *self,
                      DwInstance *instance,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (DwStageLock) locked = NULL;
  g_autoptr (GError) problem = NULL;

  if (!remove_from_proxies (self, cancellable, error))
    return FALSE;
  if (instance != NULL && !dw_stage_route_drain (self, instance, cancellable, &problem))
    reportf (self, DW_LOG_DEBUG, _ ("What is open at the instance is not known: %s"),
             problem->message);
  if (self->gateway == NULL)
    return TRUE;

  locked = lock (self, cancellable, error);
  return locked != NULL && remove_idle_gateway (self, cancellable, error);
}

/**
 * dw_stage_route_remove:
 * @self: a route
 * @cancellable: (nullable): ends it
 * @error: a DW_PROXY_ERROR, a DW_ENGINE_ERROR or G_IO_ERROR_CANCELLED
 *
 * Returns: whether the proxy has the route no more
 */
gboolean
dw_stage_route_remove (DwStageRoute *self, GCancellable *cancellable, GError **error)
{
  return dw_stage_route_leave (self, NULL, cancellable, error);
}

/**
 * dw_stage_route_look:
 * @self: a route
 * @instance: what it should lead to
 * @cancellable: (nullable): ends it
 * @error: a DW_PROXY_ERROR, a DW_ENGINE_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): the route as the proxy reports it
 */
DwProxyState *
dw_stage_route_look (DwStageRoute *self,
                     DwInstance *instance,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autofree char *network = NULL;
  g_autoptr (DwProxyUpstream)
      upstream = find_upstream (self, instance, &network, cancellable, error);
  g_autoptr (DwProxyState) inner = NULL;

  if (upstream == NULL || !open_front (self, cancellable, error))
    return NULL;

  if (self->gateway != NULL)
    inner = dw_proxy_look (DW_PROXY (self->gateway), self->route, upstream, cancellable, error);
  if (self->front == NULL ||
      (self->gateway != NULL && (inner == NULL || inner->condition != DW_PROXY_ROUTE_SERVING)))
    return g_steal_pointer (&inner);

  g_autoptr (DwProxyUpstream)
      front = dw_stage_upstream_make_front (self->settings, self->gateway, upstream);
  return dw_proxy_look (self->front, self->route, front, cancellable, error);
}
