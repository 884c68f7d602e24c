/* dw-engine-address.c: where the engine listens
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The order is that of Docker's own client: what is set explicitly, DOCKER_HOST, the current
 * context; and then, where that would take one fixed path, the sockets that engines usually have.
 */

#include "config.h"

#include "engine/dw-engine-address-private.h"

#include <string.h>

#include <gio/gunixsocketaddress.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "engine/dw-engine-error.h"
#include "engine/dw-engine-fault.h"
#include "model/dw-json.h"

#define DEFAULT_TCP_PORT 2375
#define MAXIMUM_FILE_SIZE (1024 * 1024)
/* sun_path with its NUL, see unix(7). */
#define MAXIMUM_PATH_LENGTH 107

static GSocketConnectable *
parse_unix (const char *shown, const char *path, GError **error)
{
  if (*path != '/' || strlen (path) > MAXIMUM_PATH_LENGTH)
    {
      g_set_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_INVALID,
                   _ ("The engine address “%s” names no socket: after unix:// there must be an "
                      "absolute path of at most %d bytes, as in unix:///var/run/docker.sock"),
                   shown, MAXIMUM_PATH_LENGTH);
      return NULL;
    }

  return G_SOCKET_CONNECTABLE (g_unix_socket_address_new (path));
}

static GSocketConnectable *
parse_tcp (const char *address, const char *shown, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GUri) uri = g_uri_parse (address, G_URI_FLAGS_NONE, &problem);

  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0' ||
      g_uri_get_port (uri) == 0 || g_uri_get_userinfo (uri) != NULL ||
      (*g_uri_get_path (uri) != '\0' && !g_str_equal (g_uri_get_path (uri), "/")))
    {
      g_set_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_INVALID,
                   _ ("The engine address “%s” is not understood; write it as tcp://HOST:PORT"),
                   shown);
      return NULL;
    }

  int port = g_uri_get_port (uri) > 0 ? g_uri_get_port (uri) : DEFAULT_TCP_PORT;

  return g_network_address_new (g_uri_get_host (uri), (guint16) port);
}

/**
 * dw_engine_address_parse:
 * @address: unix://PATH, tcp://HOST:PORT, http://HOST:PORT or an absolute path
 * @error: DW_ENGINE_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): what to connect to. Any thread.
 */
GSocketConnectable *
dw_engine_address_parse (const char *address, GError **error)
{
  g_autofree char *shown = dw_engine_fault_make_excerpt (address, strlen (address));

  if (g_str_has_prefix (address, "unix://"))
    return parse_unix (shown, address + strlen ("unix://"), error);
  if (*address == '/')
    return parse_unix (shown, address, error);
  if (g_str_has_prefix (address, "tcp://") || g_str_has_prefix (address, "http://"))
    return parse_tcp (address, shown, error);

  if (g_str_has_prefix (address, "ssh://"))
    g_set_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_INVALID,
                 _ ("The engine address “%s” is reached over SSH, which is not supported; "
                    "forward its socket with “ssh -L /tmp/docker.sock:/var/run/docker.sock HOST” "
                    "and use unix:///tmp/docker.sock"),
                 shown);
  else if (g_str_has_prefix (address, "https://"))
    g_set_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_INVALID,
                 _ ("The engine address “%s” needs TLS, which is not supported; use a local "
                    "socket, or forward the engine's socket over SSH"),
                 shown);
  else
    g_set_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_INVALID,
                 _ ("The engine address “%s” is not understood; write unix:///PATH or "
                    "tcp://HOST:PORT"),
                 shown);

  return NULL;
}

/**
 * dw_engine_address_get_remedy:
 * @address: an engine's address
 * @code: DW_ENGINE_ERROR_PERMISSION or DW_ENGINE_ERROR_UNREACHABLE
 *
 * Returns: (transfer full): what a person can do so that the address can be used. Any thread.
 */
char *
dw_engine_address_get_remedy (const char *address, int code)
{
  gboolean is_socket = *address == '/' || g_str_has_prefix (address, "unix://");
  const char *path = *address == '/' ? address : address + strlen ("unix://");
  gboolean is_podman = strstr (address, "podman") != NULL;

  if (!is_socket)
    /* Translators: what to do, after the reason */
    return g_strdup (_ ("start the engine there, or correct the address in the settings"));
  if (g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS))
    /* Translators: %s are the path of a socket and the identity of this application */
    return g_strdup_printf (
        _ ("start the engine, and let the application use its socket: flatpak override --user "
           "--filesystem=%s %s"),
        path, DW_APPLICATION_ID);
  if (code == DW_ENGINE_ERROR_PERMISSION && !is_podman)
    return g_strdup (_ ("add yourself to its group (sudo usermod -aG docker \"$USER\"), then log "
                        "out and in again"));
  if (code == DW_ENGINE_ERROR_PERMISSION)
    return g_strdup (_ ("use your own engine instead (systemctl --user start podman.socket)"));
  if (g_str_has_prefix (path, g_get_user_runtime_dir ()))
    return is_podman ? g_strdup (_ ("start it with “systemctl --user start podman.socket”"))
                     : g_strdup (_ ("start it with “systemctl --user start docker”"));

  return is_podman ? g_strdup (_ ("start it with “sudo systemctl start podman.socket”"))
                   : g_strdup (_ ("start it with “sudo systemctl start docker”"));
}

/* Where Docker's client keeps its configuration. */
static char *
get_docker_dir (void)
{
  const char *dir = g_getenv ("DOCKER_CONFIG");

  return dir != NULL && *dir != '\0' ? g_strdup (dir)
                                     : g_build_filename (g_get_home_dir (), ".docker", NULL);
}

/* The object in a file of JSON; NULL without an error when there is no such file. */
static gboolean
read_object (const char *path, JsonNode **root, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) problem = NULL;
  g_autoptr (GFileInputStream) stream = NULL;
  g_autofree char *text = NULL;
  gsize length = 0;
  GStatBuf status;

  *root = NULL;

  /* Opening anything else, a pipe above all, may take for ever. */
  if (g_stat (path, &status) == 0 && !S_ISREG (status.st_mode))
    g_set_error_literal (&problem, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, _ ("It is not a file"));
  else
    stream = g_file_read (file, NULL, &problem);
  if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ||
      g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY))
    return TRUE;

  if (stream != NULL)
    text = g_malloc (MAXIMUM_FILE_SIZE + 1);
  if (stream != NULL && g_input_stream_read_all (G_INPUT_STREAM (stream), text,
                                                 MAXIMUM_FILE_SIZE + 1, &length, NULL, &problem))
    {
      if (length > MAXIMUM_FILE_SIZE)
        g_set_error_literal (&problem, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("It is too large"));
      else
        *root = dw_json_parse (text, (gssize) length, &problem);
    }
  if (*root != NULL && !JSON_NODE_HOLDS_OBJECT (*root))
    {
      g_clear_pointer (root, json_node_unref);
      g_set_error_literal (&problem, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("It is no JSON object"));
    }
  if (*root != NULL)
    return TRUE;

  g_set_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_INVALID,
               _ ("%s, which names the Docker context in use, cannot be read: %s; mend it, or set "
                  "the engine's address in the settings"),
               path, problem->message);
  return FALSE;
}

/* The name of the current context; NULL when that is the default one. */
static gboolean
find_context_name (const char *dir, char **name, GError **error)
{
  g_autofree char *path = g_build_filename (dir, "config.json", NULL);
  const char *from_environment = g_getenv ("DOCKER_CONTEXT");
  g_autoptr (JsonNode) root = NULL;

  *name = NULL;
  if (from_environment != NULL && *from_environment != '\0')
    {
      *name = g_strdup (from_environment);
    }
  else
    {
      if (!read_object (path, &root, error))
        return FALSE;
      if (root != NULL)
        *name = g_strdup (dw_json_get_string (json_node_get_object (root), "currentContext"));
    }

  if (*name != NULL && (**name == '\0' || g_str_equal (*name, "default")))
    g_clear_pointer (name, g_free);

  return TRUE;
}

static gboolean
has_tls_files (const char *dir, const char *context_id)
{
  g_autofree char *path = g_build_filename (dir, "contexts", "tls", context_id, "docker", NULL);

  return g_file_test (path, G_FILE_TEST_IS_DIR);
}

static gboolean
check_no_tls (const char *address, const char *where, gboolean has_tls, GError **error)
{
  if (!has_tls || !(g_str_has_prefix (address, "tcp://") || g_str_has_prefix (address, "http://")))
    return TRUE;

  g_set_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_INVALID,
               _ ("%s names the engine %s with TLS, which is not supported; set the address of a "
                  "local socket in the settings, or forward the engine's socket over SSH"),
               where, address);
  return FALSE;
}

/* The address in the current context; NULL without an error when that is the default one. */
static gboolean
find_in_context (char **address, GError **error)
{
  g_autofree char *dir = get_docker_dir ();
  g_autofree char *name = NULL;
  g_autoptr (JsonNode) root = NULL;

  *address = NULL;
  if (!find_context_name (dir, &name, error))
    return FALSE;
  if (name == NULL)
    return TRUE;

  g_autofree char *id = g_compute_checksum_for_string (G_CHECKSUM_SHA256, name, -1);
  g_autofree char *path = g_build_filename (dir, "contexts", "meta", id, "meta.json", NULL);
  g_autofree char *shown = dw_engine_fault_make_excerpt (name, strlen (name));
  g_autofree char *where = g_strdup_printf (_ ("The Docker context “%s”"), shown);
  if (!read_object (path, &root, error))
    return FALSE;

  JsonObject *meta = root != NULL ? json_node_get_object (root) : NULL;
  JsonObject *endpoints = dw_json_get_object (meta, "Endpoints");
  const char *host = dw_json_get_string (dw_json_get_object (endpoints, "docker"), "Host");
  if (host == NULL || *host == '\0')
    {
      g_set_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_INVALID,
                   _ ("%s is in use, and %s names no engine; choose another one with “docker "
                      "context use”, or set the engine's address in the settings"),
                   where, path);
      return FALSE;
    }

  if (!check_no_tls (host, where, has_tls_files (dir, id), error))
    return FALSE;

  g_autoptr (GSocketConnectable) connectable = dw_engine_address_parse (host, error);
  if (connectable == NULL)
    {
      g_prefix_error (error, "%s: ", where);
      return FALSE;
    }

  *address = g_strdup (host);
  return TRUE;
}

static GStrv
list_usual_sockets (void)
{
  g_autoptr (GStrvBuilder) paths = g_strv_builder_new ();
  const char *runtime = g_get_user_runtime_dir ();
  const char *home = g_get_home_dir ();
  g_autofree char *rootless_docker = g_build_filename (runtime, "docker.sock", NULL);
  g_autofree char *rootless_podman = g_build_filename (runtime, "podman", "podman.sock", NULL);
  g_autofree char *desktop = g_build_filename (home, ".docker", "desktop", "docker.sock", NULL);
  g_autofree char *desktop_run = g_build_filename (home, ".docker", "run", "docker.sock", NULL);

  g_strv_builder_add_many (paths, "/var/run/docker.sock", rootless_docker, rootless_podman,
                           "/run/podman/podman.sock", desktop, desktop_run, NULL);

  return g_strv_builder_end (paths);
}

/* A file that is left of an engine which has ended looks like a socket; only connecting tells. */
static gboolean
can_be_opened (const char *path, GError **error)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM,
                                             G_SOCKET_PROTOCOL_DEFAULT, error);

  if (socket == NULL)
    return FALSE;
  g_socket_set_blocking (socket, FALSE);

  return g_socket_connect (socket, address, NULL, error);
}

static char *
find_usual_socket (GError **error)
{
  g_auto (GStrv) paths = list_usual_sockets ();
  g_autoptr (GString) closed = g_string_new (NULL);
  g_autoptr (GString) absent = g_string_new (NULL);
  g_autofree char *remedy = NULL;
  int code = DW_ENGINE_ERROR_UNREACHABLE;

  for (guint i = 0; paths[i] != NULL; i++)
    {
      g_autoptr (GError) problem = NULL;

      if (strlen (paths[i]) > MAXIMUM_PATH_LENGTH)
        continue;
      if (can_be_opened (paths[i], &problem))
        return g_strconcat ("unix://", paths[i], NULL);

      gboolean is_forbidden = g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
      gboolean is_there = !g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
      if (is_there && (remedy == NULL || (is_forbidden && code != DW_ENGINE_ERROR_PERMISSION)))
        {
          if (is_forbidden)
            code = DW_ENGINE_ERROR_PERMISSION;
          g_free (remedy);
          remedy = dw_engine_address_get_remedy (paths[i], code);
        }
      if (is_there)
        g_string_append_printf (closed, "%s%s (%s)", closed->len > 0 ? ", " : "", paths[i],
                                problem->message);
      else
        g_string_append_printf (absent, "%s%s", absent->len > 0 ? ", " : "", paths[i]);
    }

  if (remedy == NULL && g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS))
    remedy = dw_engine_address_get_remedy (paths[0], code);
  if (remedy == NULL)
    remedy = g_strdup (_ ("install and start Docker (“sudo systemctl start docker”) or Podman "
                          "(“systemctl --user start podman.socket”), or set the engine's address "
                          "in the settings"));
  /* What to do comes first, for where there is no room for all. */
  if (closed->len == 0)
    g_set_error (error, DW_ENGINE_ERROR, code,
                 /* Translators: what to do, and a list of sockets that do not exist */
                 _ ("No container engine can be reached; %s (not there: %s)"), remedy, absent->str);
  else
    g_set_error (error, DW_ENGINE_ERROR, code,
                 /* Translators: what to do, a list of sockets that do not answer, and one of such
                  * that do not exist */
                 _ ("No container engine can be reached; %s (%s; not there: %s)"), remedy,
                 closed->str, absent->len > 0 ? absent->str : "–");

  return NULL;
}

/* What an explicit source names is used as it is; that it can be reached shows in its use. */
static char *
check_explicit (const char *address, const char *where, GError **error)
{
  g_autoptr (GSocketConnectable) connectable = dw_engine_address_parse (address, error);

  if (connectable == NULL)
    {
      g_prefix_error (error, "%s: ", where);
      return NULL;
    }

  return *address == '/' ? g_strconcat ("unix://", address, NULL) : g_strdup (address);
}

/**
 * dw_engine_find_address:
 * @setting: (nullable): the address in the settings; nothing else is asked when it is there
 * @source: (out) (optional): what named the address
 * @error: DW_ENGINE_ERROR_UNREACHABLE or _PERMISSION with all that was tried, _INVALID
 *
 * Finds where the engine listens: the setting, DOCKER_HOST, the current Docker context, and then
 * the first usual socket that can be opened. Blocks on files and sockets of this machine; any
 * thread.
 *
 * Returns: (transfer full) (nullable): an address for dw_engine_new()
 */
char *
dw_engine_find_address (const char *setting, DwEngineSource *source, GError **error)
{
  const char *docker_host = g_getenv ("DOCKER_HOST");
  const char *tls_verify = g_getenv ("DOCKER_TLS_VERIFY");
  g_autofree char *context_address = NULL;
  DwEngineSource ignored;

  if (source == NULL)
    source = &ignored;

  if (setting != NULL && *setting != '\0')
    {
      *source = DW_ENGINE_SOURCE_SETTING;
      return check_explicit (setting, _ ("The settings"), error);
    }

  if (docker_host != NULL && *docker_host != '\0')
    {
      *source = DW_ENGINE_SOURCE_DOCKER_HOST;
      return check_no_tls (docker_host, "DOCKER_HOST", tls_verify != NULL && *tls_verify != '\0',
                           error)
                 ? check_explicit (docker_host, "DOCKER_HOST", error)
                 : NULL;
    }

  *source = DW_ENGINE_SOURCE_DOCKER_CONTEXT;
  if (!find_in_context (&context_address, error))
    return NULL;
  if (context_address != NULL)
    return g_steal_pointer (&context_address);

  *source = DW_ENGINE_SOURCE_USUAL_SOCKET;
  return find_usual_socket (error);
}
