/* dw-gateway-spec.c: what the gateway's container is made from
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "deploy/dw-gateway-spec.h"

/* Two stores on one engine have a gateway each.
 *
 * Returns: (transfer full): the container's name */
char *
dw_gateway_spec_make_name (DwGateway *gateway)
{
  const char *shared = dw_gateway_files_get_shared (dw_gateway_get_files (gateway));
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, shared, -1);

  return g_strdup_printf ("docker-watcher-gateway-%.8s", sum);
}

static void
add_label (DwContainerSpec *spec, const char *name, const char *value)
{
  g_hash_table_insert (spec->labels, g_strdup (name), g_strdup (value));
}

/* What Traefik reads (doc.traefik.io, Docker provider). @domain is about to be one of the
 * gateway's, if it is none yet. */
static gboolean
add_traefik_labels (DwContainerSpec *spec,
                    DwGateway *gateway,
                    DwSettings *settings,
                    const char *domain,
                    const char *network,
                    GError **error)
{
  g_auto (GStrv) domains = dw_gateway_list_domains (gateway, error);
  const char *entrypoint = dw_settings_get_proxy_entrypoint (settings);
  const char *resolver = dw_settings_get_proxy_certificate (settings);
  g_autoptr (GString) rule = g_string_new (NULL);

  if (domains == NULL)
    return FALSE;

  for (guint i = 0; domains[i] != NULL; i++)
    g_string_append_printf (rule, "%sHost(`%s`)", i > 0 ? " || " : "", domains[i]);
  if (!g_strv_contains ((const char *const *) domains, domain))
    g_string_append_printf (rule, "%sHost(`%s`)", rule->len > 0 ? " || " : "", domain);

  add_label (spec, "traefik.enable", "true");
  add_label (spec, "traefik.docker.network", network);
  add_label (spec, "traefik.http.routers.docker-watcher.rule", rule->str);
  add_label (spec, "traefik.http.routers.docker-watcher.service", "docker-watcher");
  add_label (spec, "traefik.http.services.docker-watcher.loadbalancer.server.port",
             G_STRINGIFY (DW_GATEWAY_PORT));
  if (entrypoint != NULL)
    add_label (spec, "traefik.http.routers.docker-watcher.entrypoints", entrypoint);
  if (resolver != NULL)
    {
      add_label (spec, "traefik.http.routers.docker-watcher.tls", "true");
      add_label (spec, "traefik.http.routers.docker-watcher.tls.certresolver", resolver);
    }

  return TRUE;
}

/* All that is in the labels is what it was made from. */
static char *
describe_spec (const DwContainerSpec *spec)
{
  g_autoptr (GList)
      names = g_list_sort (g_hash_table_get_keys (spec->labels), (GCompareFunc) g_strcmp0);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%s %s %u", spec->image, spec->host_address, spec->host_port);
  if (spec->private_port != 0)
    g_string_append_printf (text, " %u", spec->private_port);
  for (GList *link = names; link != NULL; link = link->next)
    g_string_append_printf (text, " %s=%s", (const char *) link->data,
                            (const char *) g_hash_table_lookup (spec->labels, link->data));

  g_autofree char *own = g_string_free (text, FALSE);
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, own, -1);
}

/**
 * dw_gateway_spec_make:
 * @gateway: the gateway
 * @settings: what it is made from
 * @domain: the host name of a route that it has or is about to get
 * @network: (nullable): where Traefik finds it
 * @error: a G_FILE_ERROR or G_KEY_FILE_ERROR
 *
 * Returns: (transfer full) (nullable): the container that the settings want
 */
DwContainerSpec *
dw_gateway_spec_make (DwGateway *gateway,
                      DwSettings *settings,
                      const char *domain,
                      const char *network,
                      GError **error)
{
  const char *shared = dw_gateway_files_get_shared (dw_gateway_get_files (gateway));
  g_autofree char *name = dw_gateway_spec_make_name (gateway);
  g_autofree char *bind = g_strdup_printf ("%s:%s:z", shared, DW_GATEWAY_SHARED_PATH);
  const char *binds[] = { bind, NULL };
  g_autoptr (DwContainerSpec)
      spec = dw_container_spec_new (name, dw_settings_get_gateway_image (settings));

  /* With a system that labels files the container could not read them without the z. */
  if (dw_gateway_files_is_apart (dw_gateway_get_files (gateway)))
    spec->private_port = DW_GATEWAY_DOOR_PORT;
  else
    spec->binds = g_strdupv ((GStrv) binds);
  spec->command = g_strdupv ((GStrv) dw_gateway_get_command ());
  spec->port = DW_GATEWAY_PORT;
  spec->host_address = g_strdup (dw_settings_get_gateway_address (settings));
  spec->host_port = (guint16) dw_settings_get_gateway_port (settings);
  spec->restart_policy = g_strdup ("unless-stopped");
  add_label (spec, DW_LABEL_GATEWAY, shared);
  if (dw_settings_get_proxy_kind (settings) == DW_PROXY_KIND_TRAEFIK &&
      !add_traefik_labels (spec, gateway, settings, domain, network, error))
    return NULL;

  g_autofree char *made_from = describe_spec (spec);
  add_label (spec, DW_LABEL_GATEWAY_MADE_FROM, made_from);

  return g_steal_pointer (&spec);
}
