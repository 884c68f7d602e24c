/* dw-gateway-files.c: what of the gateway is on the disk
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The routes, and a secret where nothing can be shared with HAProxy, are this user's alone. Beside
 * them is the folder that HAProxy sees, with its configuration; where it sees none, what is in
 * there is brought to it.
 */

#include "config.h"

#include "proxy/dw-gateway-files.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define SECRET_BYTES 32

struct _DwGatewayFiles
{
  char *directory;
  char *routes_path;
  char *secret_path; /* there is one where nothing can be shared with HAProxy */
  char *shared;
};

/**
 * dw_gateway_files_new:
 * @directory: the folder that is the gateway's; it is made when it is needed
 *
 * Returns: (transfer full): what is in there. Any thread.
 */
DwGatewayFiles *
dw_gateway_files_new (const char *directory)
{
  DwGatewayFiles *self = g_new0 (DwGatewayFiles, 1);

  self->directory = g_strdup (directory);
  self->routes_path = g_build_filename (directory, "routes", NULL);
  self->secret_path = g_build_filename (directory, "secret", NULL);
  self->shared = g_build_filename (directory, "shared", NULL);

  return self;
}

void
dw_gateway_files_free (DwGatewayFiles *self)
{
  g_free (self->directory);
  g_free (self->routes_path);
  g_free (self->secret_path);
  g_free (self->shared);
  g_free (self);
}

/* Returns: (transfer none): the folder that HAProxy is to see as %DW_GATEWAY_SHARED_PATH */
const char *
dw_gateway_files_get_shared (DwGatewayFiles *self)
{
  return self->shared;
}

/* Whether HAProxy sees no folder of this machine, and is commanded by a port. */
gboolean
dw_gateway_files_is_apart (DwGatewayFiles *self)
{
  return g_file_test (self->secret_path, G_FILE_TEST_EXISTS);
}

/* Bytes of the kernel's, as hexadecimal digits. */
static char *
make_secret (GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint8 bytes[SECRET_BYTES];

  if (getentropy (bytes, sizeof bytes) != 0)
    {
      int saved = errno;

      g_set_error_literal (error, G_FILE_ERROR, g_file_error_from_errno (saved),
                           g_strerror (saved));
      return NULL;
    }
  for (guint i = 0; i < sizeof bytes; i++)
    g_string_append_printf (text, "%02x", bytes[i]);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * dw_gateway_files_set_apart:
 * @self: the files
 * @is_apart: whether nothing can be shared with HAProxy
 * @error: a G_FILE_ERROR
 *
 * HAProxy is to be started anew after that. The secret for its port is a new one.
 *
 * Returns: whether it is remembered
 */
gboolean
dw_gateway_files_set_apart (DwGatewayFiles *self, gboolean is_apart, GError **error)
{
  g_autofree char *secret = NULL;

  if (is_apart == dw_gateway_files_is_apart (self))
    return TRUE;
  if (is_apart)
    {
      secret = make_secret (error);
      return secret != NULL &&
             g_file_set_contents_full (self->secret_path, secret, -1,
                                       G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                       0600, error);
    }
  if (g_unlink (self->secret_path) == 0 || errno == ENOENT)
    return TRUE;

  int saved = errno;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (saved), "%s: %s", self->secret_path,
               g_strerror (saved));
  return FALSE;
}

/**
 * dw_gateway_files_load_secret:
 * @self: the files
 * @secret: (out) (transfer full) (nullable): what opens HAProxy's port for commands, or %NULL where
 *   a folder is shared with it
 * @error: a G_FILE_ERROR
 *
 * Returns: whether it is known
 */
gboolean
dw_gateway_files_load_secret (DwGatewayFiles *self, char **secret, GError **error)
{
  g_autoptr (GError) problem = NULL;

  *secret = NULL;
  if (g_file_get_contents (self->secret_path, secret, NULL, &problem))
    {
      /* It gets into HAProxy's configuration. */
      if (g_regex_match_simple ("^[0-9a-f]{64}$", *secret, G_REGEX_DOLLAR_ENDONLY, 0))
        return TRUE;
      g_clear_pointer (secret, g_free);
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                   _ ("The gateway's secret in %s is damaged; remove that file, and deploy again"),
                   self->secret_path);
      return FALSE;
    }
  if (g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return TRUE;

  g_propagate_prefixed_error (error, g_steal_pointer (&problem),
                              _ ("The gateway's secret cannot be read: "));
  return FALSE;
}

/**
 * dw_gateway_files_make_folders:
 * @self: the files
 * @error: a G_FILE_ERROR
 *
 * The user under which HAProxy runs may write in the shared one; others do not get there.
 *
 * Returns: whether they are there
 */
gboolean
dw_gateway_files_make_folders (DwGatewayFiles *self, GError **error)
{
  if (g_mkdir_with_parents (self->directory, 0700) == 0 &&
      g_mkdir_with_parents (self->shared, 0777) == 0 && g_chmod (self->directory, 0700) == 0 &&
      g_chmod (self->shared, 0777) == 0)
    return TRUE;

  int saved = errno;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (saved),
               _ ("The gateway's folder %s cannot be made: %s"), self->shared, g_strerror (saved));
  return FALSE;
}

/* Returns: (transfer full) (nullable): the routes; a G_FILE_ERROR or G_KEY_FILE_ERROR */
DwGatewayRoutes *
dw_gateway_files_load (DwGatewayFiles *self, GError **error)
{
  return dw_gateway_routes_load (self->routes_path, error);
}

/* HAProxy runs under another user, which reads these. */
static gboolean
write_shared (DwGatewayFiles *self, const char *name, const char *content, GError **error)
{
  g_autofree char *path = g_build_filename (self->shared, name, NULL);

  return g_file_set_contents_full (path, content, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0644, error);
}

/**
 * dw_gateway_files_save:
 * @self: the files, with their folders
 * @routes: the routes
 * @error: a G_FILE_ERROR
 *
 * Returns: whether all of the files say what @routes say
 */
gboolean
dw_gateway_files_save (DwGatewayFiles *self, DwGatewayRoutes *routes, GError **error)
{
  g_autofree char *secret = NULL;
  g_autofree char *map = dw_gateway_routes_to_map (routes);
  g_autofree char *config = NULL;

  if (!dw_gateway_files_load_secret (self, &secret, error))
    return FALSE;

  config = dw_gateway_routes_to_config (routes, secret);
  if (dw_gateway_routes_save (routes, self->routes_path, error) &&
      write_shared (self, DW_GATEWAY_CONFIG_NAME, config, error) &&
      write_shared (self, DW_GATEWAY_MAP_NAME, map, error))
    return TRUE;

  g_prefix_error (error, _ ("The gateway's configuration cannot be written: "));
  return FALSE;
}

/* Returns: (transfer full) (nullable): the content of one of the shared files; a G_FILE_ERROR */
char *
dw_gateway_files_read_shared (DwGatewayFiles *self, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (self->shared, name, NULL);
  char *content = NULL;

  return g_file_get_contents (path, &content, NULL, error) ? content : NULL;
}

/* Whether what HAProxy runs with was written by another version of the program. */
gboolean
dw_gateway_files_is_outdated (DwGatewayFiles *self, const char *secret)
{
  g_autofree char *config = dw_gateway_files_read_shared (self, DW_GATEWAY_CONFIG_NAME, NULL);

  return config == NULL || !dw_gateway_routes_knows_config (config, secret);
}
