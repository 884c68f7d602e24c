/* dw-registries-edit.c: to add, change and remove registries with their secrets
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A row and its secret are kept in two places, of which one may fail: what is then left is either
 * both or what there was before.
 */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "deploy/dw-registries.h"
#include "model/dw-validation.h"
#include "registry/dw-registry-client.h"
#include "secrets/dw-secrets.h"

/**
 * dw_registries_validate_url:
 * @field: its name, for the message
 * @url: (nullable): what is to be a registry's address
 * @error: DW_MODEL_ERROR_INVALID, or DW_REGISTRY_ERROR_FAILED
 *
 * Connects to nothing.
 *
 * Returns: whether a registry can be asked there. Any thread.
 */
gboolean
dw_registries_validate_url (const char *field, const char *url, GError **error)
{
  g_autoptr (DwRegistryClient) client = NULL;

  if (!dw_validate_http_url (field, url, error))
    return FALSE;

  client = dw_registry_client_new (url, NULL, error);
  g_prefix_error (error, "%s: ", field);

  return client != NULL;
}

/**
 * dw_registries_find_password:
 * @self: the registries
 * @registry_id: (nullable): the row of a registry, or %NULL to ask only whether there is a keyring
 * @place: (out): where its secret is
 * @cancellable: (nullable): ends the waiting for the keyring
 * @error: a DW_SECRETS_ERROR
 *
 * Blocks; not on the main thread.
 *
 * Returns: whether that is known
 */
gboolean
dw_registries_find_password (DwRegistries *self,
                             const char *registry_id,
                             DwPasswordPlace *place,
                             GCancellable *cancellable,
                             GError **error)
{
  g_autofree char *secret = NULL;
  g_autoptr (GError) problem = NULL;

  if (dw_secrets_lookup (registry_id != NULL ? registry_id : "", &secret, cancellable, &problem))
    *place = secret != NULL ? DW_PASSWORD_KEYRING : DW_PASSWORD_NOWHERE;
  else if (g_error_matches (problem, DW_SECRETS_ERROR, DW_SECRETS_ERROR_NO_KEYRING))
    *place = DW_PASSWORD_NO_KEYRING;
  else
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }

  return TRUE;
}

/* The row goes when its password cannot be kept: half a registry helps nobody. */
static gboolean
create (DwRegistries *self,
        DwRegistry *registry,
        const char *password,
        GCancellable *cancellable,
        GError **error)
{
  DwStore *store = dw_registries_get_store (self);
  g_autoptr (GError) problem = NULL;

  if (!dw_store_create (store, DW_ENTITY (registry), error))
    return FALSE;
  if (password == NULL || *password == '\0' ||
      dw_registries_set_password (self, registry, password, cancellable, error))
    return TRUE;

  g_prefix_error_literal (error,
                          _ ("The registry was not added, for its password cannot be kept: "));
  if (!dw_store_delete (store, DW_TYPE_REGISTRY, dw_entity_get_id (DW_ENTITY (registry)), &problem))
    g_prefix_error (error, _ ("The registry stays without its password (%s): "), problem->message);

  return FALSE;
}

/* What the last check found out is true no longer when something else is to be asked. */
static void
copy_what_is_edited (DwRegistry *from, DwRegistry *to, gboolean has_new_password)
{
  gboolean is_elsewhere = has_new_password ||
                          g_strcmp0 (dw_registry_get_url (from), dw_registry_get_url (to)) != 0 ||
                          g_strcmp0 (dw_registry_get_username (from),
                                     dw_registry_get_username (to)) != 0;

  g_object_set (to, "name", dw_registry_get_name (from), "url", dw_registry_get_url (from), "kind",
                dw_registry_get_kind (from), "username", dw_registry_get_username (from),
                "schedule", dw_registry_get_schedule (from), "enabled",
                dw_registry_get_enabled (from), NULL);
  if (is_elsewhere)
    g_object_set (to, "last-checked-at", NULL, "last-error", NULL, NULL);
}

/**
 * dw_registries_save:
 * @self: the registries
 * @registry: a registry with the values that it is to have; one without an id is new, and gets one
 * @password: (nullable): its new secret, an empty string to forget the one there is, or %NULL to
 *   leave that as it is
 * @cancellable: (nullable): ends the waiting for the keyring
 * @error: DW_STORE_ERROR_EXISTS for a name that is taken, DW_MODEL_ERROR_INVALID, another
 *   DW_STORE_ERROR, or a DW_SECRETS_ERROR
 *
 * What a check writes into the row meanwhile is kept. Blocks; not on the main thread.
 *
 * Returns: whether the row and its secret are as they are to be
 */
gboolean
dw_registries_save (DwRegistries *self,
                    DwRegistry *registry,
                    const char *password,
                    GCancellable *cancellable,
                    GError **error)
{
  DwStore *store = dw_registries_get_store (self);
  const char *id = dw_entity_get_id (DW_ENTITY (registry));
  gboolean forgets = password != NULL && *password == '\0';
  g_autoptr (GError) problem = NULL;

  if (id == NULL)
    return create (self, registry, password, cancellable, error);

  g_autoptr (DwRegistry) row = dw_store_get (store, DW_TYPE_REGISTRY, id, error);
  if (row == NULL)
    return FALSE;

  /* The row first: most of what can be wrong is in it, and a secret cannot be brought back. */
  copy_what_is_edited (registry, row, password != NULL);
  if (!dw_store_update (store, DW_ENTITY (row), error))
    return FALSE;

  if (password == NULL ||
      dw_registries_set_password (self, row, forgets ? NULL : password, cancellable, &problem) ||
      (forgets && g_error_matches (problem, DW_SECRETS_ERROR, DW_SECRETS_ERROR_NO_KEYRING)))
    return TRUE;

  g_propagate_prefixed_error (error, g_steal_pointer (&problem),
                              _ ("The registry was changed, but not its password: "));
  return FALSE;
}

typedef struct
{
  DwRegistry *registry;
  const char *const *project_ids;
} Restoring;

static gboolean
restore (DwStore *store, gpointer user_data, GError **error)
{
  Restoring *restoring = user_data;

  if (!dw_store_create (store, DW_ENTITY (restoring->registry), error))
    return FALSE;

  for (guint i = 0; restoring->project_ids[i] != NULL; i++)
    {
      g_autoptr (GError) problem = NULL;
      g_autoptr (DwProject)
          project = dw_store_get (store, DW_TYPE_PROJECT, restoring->project_ids[i], &problem);

      /* Gone meanwhile, or somebody gave it another one. */
      if (g_error_matches (problem, DW_STORE_ERROR, DW_STORE_ERROR_NOT_FOUND) ||
          (project != NULL && dw_project_get_registry_id (project) != NULL))
        continue;
      if (project == NULL)
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }

      g_object_set (project, "registry-id", dw_entity_get_id (DW_ENTITY (restoring->registry)),
                    NULL);
      if (!dw_store_update (store, DW_ENTITY (project), error))
        return FALSE;
    }

  return TRUE;
}

/**
 * dw_registries_restore:
 * @self: the registries
 * @registry: a registry that was removed; it gets a new id
 * @project_ids: the projects that used it
 * @error: DW_STORE_ERROR_EXISTS when another one has its name now, or another DW_STORE_ERROR
 *
 * Undoes the removal of a registry that had no secret. Blocks; not on the main thread.
 *
 * Returns: whether it is there again
 */
gboolean
dw_registries_restore (DwRegistries *self,
                       DwRegistry *registry,
                       const char *const *project_ids,
                       GError **error)
{
  Restoring restoring = { registry, project_ids };

  return dw_store_transact (dw_registries_get_store (self), restore, &restoring, error);
}

/**
 * dw_registries_set_password:
 * @self: the registries
 * @registry: a registry that is in the store
 * @password: (nullable): the secret, or %NULL to forget the one there is
 * @cancellable: (nullable): ends the waiting for the keyring
 * @error: a DW_SECRETS_ERROR
 *
 * Puts @password in the keyring and nowhere else. Blocks; not on the main thread.
 *
 * Returns: whether it is there
 */
gboolean
dw_registries_set_password (DwRegistries *self,
                            DwRegistry *registry,
                            const char *password,
                            GCancellable *cancellable,
                            GError **error)
{
  const char *id = dw_entity_get_id (DW_ENTITY (registry));

  if (password == NULL)
    return dw_secrets_clear (id, cancellable, error);

  g_autofree char *label = g_strdup_printf (_ ("Docker Watcher: registry %s"),
                                            dw_registry_get_name (registry));

  return dw_secrets_store (id, label, password, cancellable, error);
}

/**
 * dw_registries_remove:
 * @self: the registries
 * @registry_id: the row of a registry
 * @cancellable: (nullable): ends the waiting for the keyring
 * @error: a DW_STORE_ERROR or DW_SECRETS_ERROR
 *
 * Removes the row and its secret. Blocks; not on the main thread.
 *
 * Returns: whether both are gone; without a keyring there is no secret to remove
 */
gboolean
dw_registries_remove (DwRegistries *self,
                      const char *registry_id,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (!dw_secrets_clear (registry_id, cancellable, &problem) &&
      !g_error_matches (problem, DW_SECRETS_ERROR, DW_SECRETS_ERROR_NO_KEYRING))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }

  return dw_store_delete (dw_registries_get_store (self), DW_TYPE_REGISTRY, registry_id, error);
}
