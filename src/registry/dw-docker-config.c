/* dw-docker-config.c: the credentials that `docker login` left
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The file is Docker's (docker login, "Credential stores"): a helper program for one registry, a
 * helper for all of them, or the credentials themselves. They are asked in that order; a helper
 * that knows nothing leaves the word to what stands in the file.
 */

#include "config.h"

#include "registry/dw-credentials.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "model/dw-json.h"
#include "model/dw-model-error.h"
#include "registry/dw-credential-helper.h"
#include "registry/dw-registry-client.h"

#define FILE_BYTES (1024 * 1024)
#define DOCKER_HUB_ADDRESS "https://index.docker.io/v1/"

static gboolean
invalid (GError **error, const char *path, const char *problem)
{
  g_set_error (
      error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_FAILED,
      _ ("Docker’s configuration file %s cannot be used: %s; mend or remove it, or add the "
         "registry with credentials of its own"),
      path, problem);
  return FALSE;
}

static char *
get_path (void)
{
  const char *folder = g_getenv ("DOCKER_CONFIG");

  return folder != NULL && *folder != '\0'
             ? g_build_filename (folder, "config.json", NULL)
             : g_build_filename (g_get_home_dir (), ".docker", "config.json", NULL);
}

/* Sets *bytes to NULL, without an error, where there is no file. */
static gboolean
read_file (const char *path, GBytes **bytes, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree guint8 *buffer = NULL;
  gsize length;
  GStatBuf status;

  /* Anything else, a pipe above all, may never come to an end. */
  if (g_stat (path, &status) == 0 && !S_ISREG (status.st_mode))
    return invalid (error, path, _ ("it is not a file"));

  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, &problem);
  if (stream != NULL)
    {
      buffer = g_malloc (FILE_BYTES + 1);
      if (g_input_stream_read_all (G_INPUT_STREAM (stream), buffer, FILE_BYTES + 1, &length,
                                   cancellable, &problem))
        {
          if (length > FILE_BYTES)
            return invalid (error, path, _ ("it is larger than 1 MiB"));
          *bytes = g_bytes_new (buffer, length);
          return TRUE;
        }
    }

  if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ||
      g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY))
    return TRUE;
  if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  return invalid (error, path, problem->message);
}

/* A registry is written as host, host/v1/, https://host/v2/ and so on; all mean the host. */
static gboolean
means_domain (const char *key, const char *domain)
{
  static const char *const schemes[] = { "https://", "http://" };
  static const char *const hub_names[] = { "index.docker.io", "registry-1.docker.io" };
  static const char *const paths[] = { "", "/", "/v1", "/v1/", "/v2", "/v2/" };

  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_ascii_strncasecmp (key, schemes[i], strlen (schemes[i])) == 0)
      {
        key += strlen (schemes[i]);
        break;
      }

  gsize length = strcspn (key, "/");
  gboolean is_base = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    is_base = is_base || g_str_equal (key + length, paths[i]);
  if (!is_base)
    return FALSE;

  g_autofree char *host = g_strndup (key, length);
  for (guint i = 0; i < G_N_ELEMENTS (hub_names); i++)
    if (g_ascii_strcasecmp (host, hub_names[i]) == 0)
      return g_str_equal (domain, "docker.io");

  return g_ascii_strcasecmp (host, domain) == 0;
}

/* The members whose names mean @domain, the one that Docker itself writes before the others. */
static GPtrArray *
find_members (JsonObject *object, const char *domain, const char *address)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();

  if (object != NULL)
    {
      g_autoptr (GList) members = json_object_get_members (object);

      for (GList *l = members; l != NULL; l = l->next)
        if (g_str_equal (l->data, address))
          g_ptr_array_insert (found, 0, l->data);
        else if (means_domain (l->data, domain))
          g_ptr_array_add (found, l->data);
    }

  return g_steal_pointer (&found);
}

/* The field "auth": user name and password with a colon between them, in base64. */
static DwCredentials *
decode_auth (const char *auth, const char *key, const char *path, GError **error)
{
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                 "0123456789+/";
  gsize digits = strspn (auth, alphabet);
  gboolean is_base64 = strlen (auth) % 4 == 0 &&
                       digits + strspn (auth + digits, "=") == strlen (auth);
  gsize length = 0;
  g_autofree char *decoded = is_base64 ? (char *) g_base64_decode (auth, &length) : NULL;
  g_autofree char *pair = decoded != NULL ? g_strndup (decoded, length) : NULL;
  char *colon = pair != NULL ? strchr (pair, ':') : NULL;
  DwCredentials *credentials = NULL;

  if (colon != NULL && colon != pair && g_utf8_validate (pair, -1, NULL))
    {
      *colon = '\0';
      credentials = dw_credentials_new (pair, colon + 1);
    }
  else
    {
      g_autofree char *shown = dw_model_quote (key);
      g_autofree char *problem = g_strdup_printf (
          _ ("the field “auth” of %s is not a user name and a password in base64"), shown);

      invalid (error, path, problem);
    }

  if (decoded != NULL)
    explicit_bzero (decoded, length);
  if (pair != NULL)
    explicit_bzero (pair, length);

  return credentials;
}

/* Sets *credentials to NULL, without an error, where an entry only says that a helper has them. */
static gboolean
read_entry (JsonObject *entry,
            const char *key,
            const char *path,
            DwCredentials **credentials,
            GError **error)
{
  const char *token = dw_json_get_string (entry, "identitytoken");
  const char *auth = dw_json_get_string (entry, "auth");
  const char *username = dw_json_get_string (entry, "username");
  const char *password = dw_json_get_string (entry, "password");

  if (token != NULL && *token != '\0')
    *credentials = dw_credentials_new_for_identity_token (token);
  else if (auth != NULL && *auth != '\0')
    {
      *credentials = decode_auth (auth, key, path, error);
      return *credentials != NULL;
    }
  else if (username != NULL && *username != '\0' && password != NULL)
    *credentials = dw_credentials_new (username, password);

  return TRUE;
}

static const char *
find_helper (JsonObject *config, const char *domain, const char *address)
{
  JsonObject *helpers = dw_json_get_object (config, "credHelpers");
  g_autoptr (GPtrArray) members = find_members (helpers, domain, address);

  for (guint i = 0; i < members->len; i++)
    {
      const char *helper = dw_json_get_string (helpers, g_ptr_array_index (members, i));

      if (helper != NULL && *helper != '\0')
        return helper;
    }

  const char *store = dw_json_get_string (config, "credsStore");
  return store != NULL && *store != '\0' ? store : NULL;
}

/**
 * dw_docker_config_lookup:
 * @domain: a registry, as an image reference has it
 * @credentials: (out) (nullable) (transfer full): what Docker would use, or %NULL for nobody
 * @cancellable: (nullable): ends a helper at once
 * @error: a DW_REGISTRY_ERROR that names the file or the helper, or G_IO_ERROR_CANCELLED;
 *     DW_REGISTRY_ERROR_NO_HELPER when only a helper that is not installed would know, without
 *     which one can still go on as nobody
 *
 * Reads $DOCKER_CONFIG/config.json, or .docker/config.json in the home. Blocks; any thread but the
 * main one.
 *
 * Returns: whether it is known; a file that is not there is not an error
 */
gboolean
dw_docker_config_lookup (const char *domain,
                         DwCredentials **credentials,
                         GCancellable *cancellable,
                         GError **error)
{
  g_return_val_if_fail (domain != NULL && credentials != NULL, FALSE);

  const char *address = g_str_equal (domain, "docker.io") ? DOCKER_HUB_ADDRESS : domain;
  g_autofree char *path = get_path ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) problem = NULL;
  g_autoptr (GError) no_helper = NULL;

  *credentials = NULL;
  if (!read_file (path, &bytes, cancellable, error))
    return FALSE;
  if (bytes == NULL)
    return TRUE;

  g_autoptr (JsonObject) config = dw_json_parse_object (bytes, &problem);
  if (config == NULL)
    return invalid (error, path, problem->message);

  const char *helper = find_helper (config, domain, address);
  if (helper != NULL)
    {
      if (!dw_credential_helper_get (helper, address, credentials, cancellable, &no_helper))
        g_prefix_error (&no_helper, _ ("%s names a credential helper: "), path);
      if (no_helper != NULL &&
          !g_error_matches (no_helper, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_NO_HELPER))
        {
          g_propagate_error (error, g_steal_pointer (&no_helper));
          return FALSE;
        }
      if (*credentials != NULL)
        return TRUE;
    }

  JsonObject *auths = dw_json_get_object (config, "auths");
  g_autoptr (GPtrArray) members = find_members (auths, domain, address);
  for (guint i = 0; *credentials == NULL && i < members->len; i++)
    {
      const char *key = g_ptr_array_index (members, i);
      JsonObject *entry = dw_json_get_object (auths, key);

      if (entry != NULL && !read_entry (entry, key, path, credentials, error))
        return FALSE;
    }
  if (*credentials == NULL && no_helper != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&no_helper));
      return FALSE;
    }

  return TRUE;
}
