/* dw-secrets.c: the user's keyring
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One secret an owner, found again by the id of the row that it belongs to. The library finds the
 * keyring by itself: the secret service on the session bus, or in a sandbox a file that the portal
 * has the key to.
 */

#include "config.h"

#include "secrets/dw-secrets.h"

#include <glib/gi18n-lib.h>
#include <libsecret/secret.h>

G_DEFINE_QUARK (dw_secrets_error, dw_secrets_error)

static const SecretSchema schema = {
  "io.github.alexei.DockerWatcher",
  SECRET_SCHEMA_NONE,
  { { "owner", SECRET_SCHEMA_ATTRIBUTE_STRING }, { NULL, 0 } },
};

static gboolean
set_no_keyring (GError **error, const char *problem)
{
  g_set_error (error, DW_SECRETS_ERROR, DW_SECRETS_ERROR_NO_KEYRING,
               _ ("there is no keyring to keep passwords in (%s); install and start one, such as "
                  "gnome-keyring, or sign in to registries with “docker login”"),
               problem);
  return FALSE;
}

static gboolean
set_locked (GError **error)
{
  g_set_error_literal (error, DW_SECRETS_ERROR, DW_SECRETS_ERROR_LOCKED,
                       _ ("the keyring is locked; unlock it, for example with Passwords and Keys, "
                          "and try again"));
  return FALSE;
}

/* Where there is no bus, GDBus would start one, which outlives us and has no keyring either. */
static gboolean
check_bus (GError **error)
{
  const char *backend = g_getenv ("SECRET_BACKEND");
  const char *address = g_getenv ("DBUS_SESSION_BUS_ADDRESS");
  g_autofree char *socket = g_build_filename (g_get_user_runtime_dir (), "bus", NULL);

  if (g_strcmp0 (backend, "file") == 0)
    return TRUE;
  if (address != NULL && *address != '\0' && !g_str_has_prefix (address, "autolaunch:"))
    return TRUE;
  if (address == NULL && g_file_test (socket, G_FILE_TEST_EXISTS))
    return TRUE;

  return set_no_keyring (error, _ ("this session has no D-Bus"));
}

/* Whether nobody is there who could keep or tell a secret. */
static gboolean
is_absence (const GError *problem)
{
  return g_error_matches (problem, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) ||
         g_error_matches (problem, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER) ||
         g_error_matches (problem, G_DBUS_ERROR, G_DBUS_ERROR_NO_SERVER) ||
         g_error_matches (problem, G_DBUS_ERROR, G_DBUS_ERROR_DISCONNECTED) ||
         g_error_matches (problem, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY) ||
         (problem->domain == G_DBUS_ERROR && problem->code >= G_DBUS_ERROR_SPAWN_EXEC_FAILED &&
          problem->code <= G_DBUS_ERROR_SPAWN_NO_MEMORY) ||
         g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ||
         g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED) ||
         g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

static gboolean
translate (GError *problem, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) own = problem;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  g_dbus_error_strip_remote_error (own);
  if (is_absence (own))
    return set_no_keyring (error, own->message);

  /* A cancel that nobody here asked for is that of the person whom the keyring asked. */
  if (g_error_matches (own, SECRET_ERROR, SECRET_ERROR_IS_LOCKED) ||
      g_error_matches (own, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return set_locked (error);

  g_set_error (error, DW_SECRETS_ERROR, DW_SECRETS_ERROR_FAILED,
               _ ("the keyring answers: %s; check it with Passwords and Keys, and try again"),
               own->message);
  return FALSE;
}

/**
 * dw_secrets_store:
 * @owner: the id of the row that the secret belongs to
 * @label: what the keyring's own window shows
 * @secret: a password or token
 * @cancellable: (nullable): ends it at once
 * @error: a DW_SECRETS_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Keeps @secret in place of the one that @owner had. Blocks; any thread but the main one.
 *
 * Returns: whether it is kept
 */
gboolean
dw_secrets_store (const char *owner,
                  const char *label,
                  const char *secret,
                  GCancellable *cancellable,
                  GError **error)
{
  GError *problem = NULL;

  g_return_val_if_fail (owner != NULL && label != NULL && secret != NULL, FALSE);

  if (!check_bus (error))
    return FALSE;

  return secret_password_store_sync (&schema, SECRET_COLLECTION_DEFAULT, label, secret, cancellable,
                                     &problem, "owner", owner, NULL) ||
         translate (problem, cancellable, error);
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **found = user_data;

  *found = g_object_ref (result);
}

/* What is locked and stays so looks to a lookup as if it were not there. The blocking form of the
 * search would take its main context along, which the items need once more when they are let go. */
static gboolean
check_locked (const char *owner, GCancellable *cancellable, GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  GAsyncResult *result = NULL;
  GError *problem = NULL;
  gboolean is_locked = FALSE;

  g_main_context_push_thread_default (context);
  secret_password_search (&schema, SECRET_SEARCH_ALL, cancellable, on_found, &result, "owner",
                          owner, NULL);
  while (result == NULL)
    g_main_context_iteration (context, TRUE);

  GList *items = secret_password_search_finish (result, &problem);
  for (GList *l = items; l != NULL; l = l->next)
    is_locked = is_locked || (SECRET_IS_ITEM (l->data) && secret_item_get_locked (l->data));

  g_list_free_full (items, g_object_unref);
  g_object_unref (result);
  while (g_main_context_iteration (context, FALSE))
    continue;
  g_main_context_pop_thread_default (context);

  if (problem != NULL)
    return translate (problem, cancellable, error);

  return !is_locked || set_locked (error);
}

/**
 * dw_secrets_lookup:
 * @owner: the id of a row
 * @secret: (out) (nullable) (transfer full): its secret, or %NULL where it has none
 * @cancellable: (nullable): ends it at once
 * @error: a DW_SECRETS_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Blocks, as long as the keyring asks its user; any thread but the main one. The secret is for
 * g_free(), and better for secret_password_free(), which overwrites it.
 *
 * Returns: whether it is known
 */
gboolean
dw_secrets_lookup (const char *owner, char **secret, GCancellable *cancellable, GError **error)
{
  GError *problem = NULL;

  g_return_val_if_fail (owner != NULL && secret != NULL, FALSE);

  *secret = NULL;
  if (!check_bus (error))
    return FALSE;

  *secret = secret_password_lookup_sync (&schema, cancellable, &problem, "owner", owner, NULL);
  if (problem != NULL)
    return translate (problem, cancellable, error);

  return *secret != NULL || check_locked (owner, cancellable, error);
}

/**
 * dw_secrets_clear:
 * @owner: the id of a row
 * @cancellable: (nullable): ends it at once
 * @error: a DW_SECRETS_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Forgets the secret of @owner. Blocks; any thread but the main one.
 *
 * Returns: whether it is gone; that there was none is not an error
 */
gboolean
dw_secrets_clear (const char *owner, GCancellable *cancellable, GError **error)
{
  GError *problem = NULL;

  g_return_val_if_fail (owner != NULL, FALSE);

  if (!check_bus (error))
    return FALSE;

  gboolean is_cleared = secret_password_clear_sync (&schema, cancellable, &problem, "owner", owner,
                                                    NULL);
  if (problem != NULL)
    return translate (problem, cancellable, error);

  return is_cleared || check_locked (owner, cancellable, error);
}
