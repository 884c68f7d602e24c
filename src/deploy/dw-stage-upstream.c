/* dw-stage-upstream.c: how a proxy reaches what serves in a stage
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "deploy/dw-stage-upstream.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "deploy/dw-deploy-error.h"
#include "deploy/dw-gateway-spec.h"
#include "deploy/dw-stage-address.h"
#include "deploy/dw-stage-containers.h"

#define LOOPBACK "127.0.0.1"
/* A label of DNS has no more, and so have the names that the engine's resolver knows. */
#define LONGEST_NAME 63

/* Names are told by Docker's resolver, and only in networks that somebody made; the engine's own
 * are told apart by their names. With Podman it depends on what else is installed. */
static gboolean
has_names (DwEngine *engine, const char *network, GCancellable *cancellable)
{
  g_autoptr (DwEngineInfo) info = NULL;

  if (g_str_equal (network, "bridge") || g_str_equal (network, "podman"))
    return FALSE;

  info = dw_engine_get_info (engine, cancellable, NULL);
  return info != NULL && g_str_equal (info->product, "Docker");
}

/* The port on this machine by which the proxy comes in: where this is published on several of its
 * addresses, on the one that the proxy knows. */
static const DwContainerPort *
choose_port (DwSettings *settings, const DwContainer *container)
{
  g_autofree char *wanted = dw_stage_route_choose_publish_address (settings);

  for (guint i = 0; wanted != NULL && i < container->ports->len; i++)
    {
      const DwContainerPort *port = g_ptr_array_index (container->ports, i);

      if (g_str_equal (port->host_address, wanted))
        return port;
    }

  return g_ptr_array_index (container->ports, 0);
}

static const char *
choose_network (const char *preferred, const DwContainer *container)
{
  GHashTableIter iter;
  gpointer network;

  if (preferred != NULL && g_hash_table_contains (container->addresses, preferred))
    return preferred;

  g_hash_table_iter_init (&iter, container->addresses);
  return g_hash_table_iter_next (&iter, &network, NULL) ? network : NULL;
}

/**
 * dw_stage_upstream_find:
 * @engine: the engine
 * @settings: the settings
 * @preferred: (nullable): the network by which it is to be reached, where it is in that
 * @instance: an instance
 * @network: (out) (transfer full) (nullable): the network in which it has its address
 * @cancellable: (nullable): ends the request
 * @error: a DW_ENGINE_ERROR, DW_DEPLOY_ERROR_NO_PORT or _NO_INSTANCE, or G_IO_ERROR_CANCELLED
 *
 * Blocks; not on the main thread.
 *
 * Returns: (transfer full) (nullable): how the instance's container is reached
 */
DwProxyUpstream *
dw_stage_upstream_find (DwEngine *engine,
                        DwSettings *settings,
                        const char *preferred,
                        DwInstance *instance,
                        char **network,
                        GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (DwContainer) container = NULL;
  g_autoptr (DwProxyUpstream) upstream = g_new0 (DwProxyUpstream, 1);

  if (!dw_stage_containers_find (engine, instance, &container, cancellable, error))
    return NULL;
  if (container == NULL || container->ports->len == 0)
    {
      if (container == NULL)
        g_set_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_NO_INSTANCE,
                     _ ("The container %s is gone: somebody removed it; deploy again"),
                     dw_instance_get_container_name (instance));
      else
        g_set_error_literal (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_NO_PORT,
                             _ ("A route needs a port to lead to, and neither the project nor the "
                                "image names one; set the project's port"));
      return NULL;
    }

  const DwContainerPort *port = choose_port (settings, container);
  const char *found = choose_network (preferred, container);
  upstream->port = port->port;
  upstream->host = g_strdup (port->host_address);
  upstream->host_port = port->host_port;
  if (found != NULL)
    {
      *network = g_strdup (found);
      upstream->address = g_strdup (g_hash_table_lookup (container->addresses, found));
      if (strlen (container->name) <= LONGEST_NAME && has_names (engine, found, cancellable))
        upstream->name = g_strdup (container->name);
    }

  return g_steal_pointer (&upstream);
}

/**
 * dw_stage_upstream_make_front:
 * @settings: the settings
 * @gateway: (nullable): what stands between, and never changes
 * @upstream: an instance
 *
 * Nginx Proxy Manager is in the instances' network when nobody says how it sees this machine; a
 * Caddy is beside the engine. Any thread.
 *
 * Returns: (transfer full): what the user's own proxy is to lead to
 */
DwProxyUpstream *
dw_stage_upstream_make_front (DwSettings *settings,
                              DwGateway *gateway,
                              const DwProxyUpstream *upstream)
{
  const char *host = dw_settings_get_proxy_forward_host (settings);
  DwProxyUpstream *front = dw_proxy_upstream_copy (upstream);

  g_free (front->host);
  if (host == NULL && dw_settings_get_proxy_kind (settings) == DW_PROXY_KIND_CADDY)
    host = LOOPBACK;
  front->host = g_strdup (host);
  if (gateway != NULL)
    {
      g_free (front->name);
      front->name = dw_gateway_spec_make_name (gateway);
      front->port = DW_GATEWAY_PORT;
      front->host_port = (guint16) dw_settings_get_gateway_port (settings);
    }
  /* Without the network of both there is no name that the proxy would know. */
  if (dw_settings_get_network (settings) == NULL)
    g_clear_pointer (&front->name, g_free);

  return front;
}
