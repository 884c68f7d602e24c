/* dw-stage-address.c: by which name a stage is reached, and in which network it is
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the settings make of it; nobody is asked.
 */

#include "config.h"

#include "deploy/dw-stage-address.h"

#include <gio/gio.h>

#include "deploy/dw-proxy-choice.h"

#define LOCAL_DOMAIN "localhost"

/**
 * dw_stage_route_choose_network:
 * @settings: the settings
 * @project: a project
 *
 * With the gateway everything is in a network in which the engine tells names, so that an instance
 * is found at whatever address.
 *
 * Returns: (transfer full) (nullable): the network that the project's containers are in, or %NULL
 *   for the engine's own. Any thread.
 */
char *
dw_stage_route_choose_network (DwSettings *settings, DwProject *project)
{
  if (dw_project_get_network (project) != NULL)
    return g_strdup (dw_project_get_network (project));
  if (dw_settings_get_network (settings) != NULL)
    return g_strdup (dw_settings_get_network (settings));

  return dw_proxy_choice_uses_gateway (settings) ? g_strdup (DW_STAGE_ROUTE_OWN_NETWORK) : NULL;
}

/**
 * dw_stage_route_choose_publish_address:
 * @settings: the settings
 *
 * A proxy of the user's that is not on this machine cannot come in by the loopback interface.
 *
 * Returns: (transfer full) (nullable): where instances are published beside that, or %NULL. Any
 *   thread.
 */
char *
dw_stage_route_choose_publish_address (DwSettings *settings)
{
  const char *host = dw_settings_get_proxy_forward_host (settings);
  g_autoptr (GInetAddress) address = host != NULL ? g_inet_address_new_from_string (host) : NULL;

  if (!dw_proxy_choice_has_front (settings) || dw_proxy_choice_uses_gateway (settings) ||
      host == NULL || g_str_equal (host, "localhost") ||
      (address != NULL && g_inet_address_get_is_loopback (address)))
    return NULL;

  return g_strdup (address != NULL ? host : "0.0.0.0");
}

/* Returns: (transfer full): the host name by which the stage is reached through a proxy */
char *
dw_stage_route_make_domain (DwSettings *settings, DwProject *project, DwStage *stage)
{
  const char *base = dw_settings_get_base_domain (settings);

  if (dw_stage_get_domain (stage) != NULL)
    return g_strdup (dw_stage_get_domain (stage));

  return g_strdup_printf ("%s.%s.%s", dw_stage_get_name (stage), dw_project_get_name (project),
                          base != NULL ? base : LOCAL_DOMAIN);
}

/**
 * dw_stage_route_make_url:
 * @settings: the settings
 * @domain: the host name of a route
 *
 * Returns: (transfer full) (nullable): the address of it in a browser, or %NULL without a proxy
 */
char *
dw_stage_route_make_url (DwSettings *settings, const char *domain)
{
  int port = dw_settings_get_gateway_port (settings);

  switch (dw_settings_get_proxy_kind (settings))
    {
    case DW_PROXY_KIND_GATEWAY:
      return port == 80 ? g_strconcat ("http://", domain, NULL)
                        : g_strdup_printf ("http://%s:%d", domain, port);
    case DW_PROXY_KIND_NPM:
    case DW_PROXY_KIND_CADDY:
    case DW_PROXY_KIND_TRAEFIK:
      return g_strconcat (dw_settings_get_proxy_certificate (settings) != NULL ? "https://"
                                                                               : "http://",
                          domain, NULL);
    case DW_PROXY_KIND_NONE:
    default:
      return NULL;
    }
}

/**
 * dw_stage_route_make_address:
 * @settings: the settings
 * @instance: (nullable): what serves in a stage
 *
 * Returns: (transfer full) (nullable): where a browser finds it, or %NULL when nobody can say
 */
char *
dw_stage_route_make_address (DwSettings *settings, DwInstance *instance)
{
  char *url = NULL;

  if (instance != NULL && dw_instance_get_domain (instance) != NULL)
    url = dw_stage_route_make_url (settings, dw_instance_get_domain (instance));
  if (url == NULL && instance != NULL && dw_instance_get_host_port (instance) != 0)
    url = g_strdup_printf ("http://127.0.0.1:%d", dw_instance_get_host_port (instance));

  return url;
}
