/* dw-proxy-choice.c: which proxy the settings mean
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "deploy/dw-proxy-choice.h"

#include <glib/gi18n-lib.h>
#include <libsecret/secret.h>

#include "deploy/dw-engine-choice.h"
#include "deploy/dw-gateway-container.h"
#include "deploy/dw-proxy-secret.h"
#include "proxy/dw-caddy.h"
#include "proxy/dw-npm.h"

/* Whether the gateway is on the way. Traefik reads labels, which are made with a container and not
 * before it is healthy: what it leads to is the gateway always. */
gboolean
dw_proxy_choice_uses_gateway (DwSettings *settings)
{
  switch (dw_settings_get_proxy_kind (settings))
    {
    case DW_PROXY_KIND_GATEWAY:
    case DW_PROXY_KIND_TRAEFIK:
      return TRUE;
    case DW_PROXY_KIND_NPM:
    case DW_PROXY_KIND_CADDY:
      return dw_settings_get_proxy_strict (settings);
    case DW_PROXY_KIND_NONE:
    default:
      return FALSE;
    }
}

/* Whether there is one of the user's own that is told of routes. */
gboolean
dw_proxy_choice_has_front (DwSettings *settings)
{
  DwProxyKind kind = dw_settings_get_proxy_kind (settings);

  return kind == DW_PROXY_KIND_NPM || kind == DW_PROXY_KIND_CADDY;
}

/* Returns: (transfer full): the gateway that belongs to the store */
DwGateway *
dw_proxy_choice_make_gateway (DwStore *store)
{
  g_autofree char *data = g_path_get_dirname (dw_store_get_path (store));
  g_autofree char *directory = g_build_filename (data, "gateway", NULL);

  return dw_gateway_new (directory);
}

static DwProxy *
make_npm (DwSettings *settings, const char *password)
{
  return DW_PROXY (dw_npm_new (dw_settings_get_proxy_address (settings),
                               dw_settings_get_proxy_user (settings), password,
                               dw_settings_get_proxy_certificate (settings)));
}

/**
 * dw_proxy_choice_open_front:
 * @settings: settings that name a proxy of the user's own
 * @cancellable: (nullable): ends the request
 * @error: a DW_SECRETS_ERROR or G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): that proxy; it was not spoken to yet
 */
DwProxy *
dw_proxy_choice_open_front (DwSettings *settings, GCancellable *cancellable, GError **error)
{
  char *password = NULL;

  if (dw_settings_get_proxy_kind (settings) == DW_PROXY_KIND_CADDY)
    return DW_PROXY (dw_caddy_new (dw_settings_get_proxy_address (settings)));

  if (!dw_proxy_secret_lookup (&password, cancellable, error))
    return NULL;

  DwProxy *npm = make_npm (settings, password);
  secret_password_free (password);

  return npm;
}

static char *
check_gateway (DwStore *store, GCancellable *cancellable, GError **error)
{
  g_autoptr (DwGateway) gateway = dw_proxy_choice_make_gateway (store);
  g_auto (GStrv) domains = dw_gateway_list_domains (gateway, error);
  g_autofree char *version = NULL;
  g_autoptr (DwEngine) engine = NULL;

  if (domains == NULL)
    return NULL;
  if (domains[0] == NULL)
    return g_strdup (_ ("The gateway starts with the first deploy"));

  if (dw_gateway_files_is_apart (dw_gateway_get_files (gateway)))
    {
      engine = dw_choose_engine (store, error);
      if (engine == NULL)
        return NULL;
      dw_gateway_container_attach (engine, gateway);
    }
  version = dw_proxy_check (DW_PROXY (gateway), cancellable, error);

  return version != NULL ? g_strdup_printf (_ ("The gateway runs, %s"), version) : NULL;
}

/**
 * dw_proxy_choice_check:
 * @store: the store
 * @cancellable: (nullable): ends it
 * @error: a DW_STORE_ERROR, or what dw_proxy_choice_test() says
 *
 * As dw_proxy_choice_test(), with the settings that are in the store.
 *
 * Returns: (transfer full) (nullable): what works, for a person
 */
char *
dw_proxy_choice_check (DwStore *store, GCancellable *cancellable, GError **error)
{
  g_autoptr (DwSettings) settings = dw_store_get_settings (store, error);

  return settings != NULL ? dw_proxy_choice_test (store, settings, NULL, cancellable, error) : NULL;
}

/**
 * dw_proxy_choice_test:
 * @store: the store
 * @settings: settings that may not be in effect yet
 * @password: (nullable): the password for them, or %NULL for the one that is in the keyring
 * @cancellable: (nullable): ends it
 * @error: a DW_PROXY_ERROR, DW_SECRETS_ERROR, G_FILE_ERROR or G_IO_ERROR_CANCELLED
 *
 * Tries whether routes can be changed. It changes nothing.
 *
 * Returns: (transfer full) (nullable): what works, for a person
 */
char *
dw_proxy_choice_test (DwStore *store,
                      DwSettings *settings,
                      const char *password,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (DwProxy) front = NULL;
  g_autofree char *gateway = NULL;
  g_autofree char *description = NULL;

  if (dw_settings_get_proxy_kind (settings) == DW_PROXY_KIND_NONE)
    return g_strdup (_ ("There is none; stages are reached by their ports"));

  if (dw_proxy_choice_uses_gateway (settings) &&
      (gateway = check_gateway (store, cancellable, error)) == NULL)
    return NULL;
  if (!dw_proxy_choice_has_front (settings))
    return g_steal_pointer (&gateway);

  front = password != NULL && dw_settings_get_proxy_kind (settings) == DW_PROXY_KIND_NPM
              ? make_npm (settings, password)
              : dw_proxy_choice_open_front (settings, cancellable, error);
  description = front != NULL ? dw_proxy_check (front, cancellable, error) : NULL;
  if (description == NULL)
    return NULL;

  return gateway != NULL ? g_strdup_printf (_ ("%s answers. %s"), description, gateway)
                         : g_strdup_printf (_ ("%s answers"), description);
}
