/* dw-engine-containers.c: containers of an engine
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Specification: Docker Engine API, “Containers”.
 */

#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>

#include "engine/dw-container-parser.h"
#include "engine/dw-engine-fault.h"
#include "engine/dw-engine-private.h"
#include "model/dw-json.h"

/* How much longer than its grace the engine may take to stop a container. */
#define USUAL_GRACE_SECONDS 60

static char *
make_path (const char *id, const char *rest, GError **error)
{
  if (!dw_engine_check_name (id, error))
    return NULL;

  g_autofree char *escaped = g_uri_escape_string (id, NULL, FALSE);
  return g_strconcat ("/containers/", escaped, rest, NULL);
}

/* A request about the container @id of whose answer only its success counts. */
static gboolean
call (DwEngine *self,
      const char *method,
      const char *id,
      const char *rest,
      DwEnginePatience patience,
      GCancellable *cancellable,
      GError **error)
{
  g_autofree char *path = make_path (id, rest, error);
  const DwEngineRequest request = { .method = method, .path = path, .patience = patience };

  return path != NULL &&
         dw_engine_connection_call (dw_engine_get_connection (self), &request, cancellable, error);
}

static void
set_strings (JsonObject *object, const char *name, GStrv strings)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; strings[i] != NULL; i++)
    json_array_add_string_element (array, strings[i]);
  json_object_set_array_member (object, name, array);
}

static JsonObject *
make_labels (GHashTable *labels)
{
  JsonObject *object = json_object_new ();
  GHashTableIter iter;
  gpointer name;
  gpointer value;

  g_hash_table_iter_init (&iter, labels);
  while (g_hash_table_iter_next (&iter, &name, &value))
    json_object_set_string_member (object, name, value);

  return object;
}

/* An empty host port is any free one. */
static JsonObject *
make_binding (const char *address, guint16 host_port)
{
  JsonObject *binding = json_object_new ();
  g_autofree char *port = host_port != 0 ? g_strdup_printf ("%u", host_port) : g_strdup ("");

  json_object_set_string_member (binding, "HostIp", address);
  json_object_set_string_member (binding, "HostPort", port);

  return binding;
}

static void
add_port (JsonObject *map, JsonObject *exposed, guint16 port, JsonArray *bindings)
{
  g_autofree char *name = g_strdup_printf ("%u/tcp", port);

  json_object_set_array_member (map, name, bindings);
  json_object_set_object_member (exposed, name, json_object_new ());
}

static void
set_ports (JsonObject *config, JsonObject *host, const DwContainerSpec *spec)
{
  JsonArray *bindings = json_array_new ();
  JsonObject *map = json_object_new ();
  JsonObject *exposed = json_object_new ();

  json_array_add_object_element (
      bindings, make_binding (spec->host_address != NULL ? spec->host_address : "127.0.0.1",
                              spec->host_port));
  if (spec->other_address != NULL)
    json_array_add_object_element (bindings, make_binding (spec->other_address, 0));
  add_port (map, exposed, spec->port, bindings);
  if (spec->private_port != 0)
    {
      JsonArray *private_bindings = json_array_new ();

      json_array_add_object_element (private_bindings, make_binding ("127.0.0.1", 0));
      add_port (map, exposed, spec->private_port, private_bindings);
    }

  json_object_set_object_member (host, "PortBindings", map);
  json_object_set_object_member (config, "ExposedPorts", exposed);
}

static JsonNode *
make_body (const DwContainerSpec *spec)
{
  JsonObject *config = json_object_new ();
  JsonObject *host = json_object_new ();
  JsonObject *restart = json_object_new ();
  JsonNode *root = json_node_new (JSON_NODE_OBJECT);

  json_object_set_string_member (config, "Image", spec->image);
  json_object_set_object_member (config, "Labels", make_labels (spec->labels));
  if (spec->command != NULL)
    set_strings (config, "Cmd", spec->command);
  if (spec->environment != NULL)
    set_strings (config, "Env", spec->environment);
  if (spec->port != 0)
    set_ports (config, host, spec);

  if (spec->binds != NULL)
    set_strings (host, "Binds", spec->binds);
  if (spec->network != NULL && *spec->network != '\0')
    json_object_set_string_member (host, "NetworkMode", spec->network);
  if (spec->memory_bytes > 0)
    json_object_set_int_member (host, "Memory", spec->memory_bytes);
  if (spec->nano_cpus > 0)
    json_object_set_int_member (host, "NanoCpus", spec->nano_cpus);
  json_object_set_string_member (restart, "Name",
                                 spec->restart_policy != NULL ? spec->restart_policy : "no");
  json_object_set_object_member (host, "RestartPolicy", restart);
  json_object_set_object_member (config, "HostConfig", host);
  json_node_take_object (root, config);

  return root;
}

/**
 * dw_engine_create_container:
 * @self: an engine
 * @spec: what to make
 * @cancellable: (nullable): ends the waiting at once; the engine may make it nevertheless
 * @error: DW_ENGINE_ERROR_NOT_FOUND when the engine has no such image, _CONFLICT when the name is
 *   taken, _INVALID, any other DW_ENGINE_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Makes a container without starting it. Blocks; not on the main thread. Docker Engine API,
 * “ContainerCreate”.
 *
 * Returns: (transfer full) (nullable): its id
 */
char *
dw_engine_create_container (DwEngine *self,
                            DwContainerSpec *spec,
                            GCancellable *cancellable,
                            GError **error)
{
  g_return_val_if_fail (DW_IS_ENGINE (self), NULL);
  g_return_val_if_fail (spec != NULL, NULL);

  g_autofree char *query = soup_form_encode ("name", spec->name, NULL);
  g_autofree char *path = g_strconcat ("/containers/create?", query, NULL);
  g_autoptr (JsonNode) body = make_body (spec);
  const DwEngineRequest request = { .method = "POST", .path = path, .body = body };
  g_autoptr (JsonNode) root = dw_engine_connection_ask (dw_engine_get_connection (self), &request,
                                                        JSON_NODE_OBJECT, cancellable, error);
  if (root == NULL)
    return NULL;

  const char *id = dw_json_get_string (json_node_get_object (root), "Id");
  if (id == NULL || *id == '\0')
    {
      dw_engine_fault_set_no_engine (error, dw_engine_get_address (self),
                                     _ ("it made a container and did not say which"));
      return NULL;
    }

  return g_strdup (id);
}

/**
 * dw_engine_start_container:
 * @self: an engine
 * @id: an id or a name
 * @cancellable: (nullable): ends the waiting at once; the engine may start it nevertheless
 * @error: DW_ENGINE_ERROR_PORT_IN_USE, _NOT_FOUND, any other DW_ENGINE_ERROR, or
 *   G_IO_ERROR_CANCELLED
 *
 * One that runs already is started, too. Blocks; not on the main thread. Docker Engine API,
 * “ContainerStart”.
 *
 * Returns: whether it has been started
 */
gboolean
dw_engine_start_container (DwEngine *self,
                           const char *id,
                           GCancellable *cancellable,
                           GError **error)
{
  g_return_val_if_fail (DW_IS_ENGINE (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  return call (self, "POST", id, "/start", DW_ENGINE_PATIENCE_USUAL, cancellable, error);
}

static gboolean
call_with_grace (DwEngine *self,
                 const char *id,
                 const char *action,
                 int grace_seconds,
                 GCancellable *cancellable,
                 GError **error)
{
  gboolean is_long = grace_seconds < 0 || grace_seconds > USUAL_GRACE_SECONDS;
  g_autofree char *rest = grace_seconds < 0 ? g_strconcat ("/", action, NULL)
                                            : g_strdup_printf ("/%s?t=%d", action, grace_seconds);

  return call (self, "POST", id, rest, is_long ? DW_ENGINE_PATIENCE_LONG : DW_ENGINE_PATIENCE_USUAL,
               cancellable, error);
}

/**
 * dw_engine_stop_container:
 * @self: an engine
 * @id: an id or a name
 * @grace_seconds: how long its process may take before it is killed, or -1 for what the container
 *   or the engine has
 * @cancellable: (nullable): ends the waiting at once; the engine stops it nevertheless
 * @error: DW_ENGINE_ERROR_NOT_FOUND, any other DW_ENGINE_ERROR, or G_IO_ERROR_CANCELLED
 *
 * One that does not run is stopped, too. Blocks; not on the main thread. Docker Engine API,
 * “ContainerStop”.
 *
 * Returns: whether it has been stopped
 */
gboolean
dw_engine_stop_container (
    DwEngine *self, const char *id, int grace_seconds, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (DW_IS_ENGINE (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  return call_with_grace (self, id, "stop", grace_seconds, cancellable, error);
}

/**
 * dw_engine_restart_container:
 * @self: an engine
 * @id: an id or a name
 * @grace_seconds: as for dw_engine_stop_container()
 * @cancellable: (nullable): ends the waiting at once; the engine restarts it nevertheless
 * @error: as dw_engine_stop_container() and dw_engine_start_container()
 *
 * Blocks; not on the main thread. Docker Engine API, “ContainerRestart”.
 *
 * Returns: whether it runs anew
 */
gboolean
dw_engine_restart_container (
    DwEngine *self, const char *id, int grace_seconds, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (DW_IS_ENGINE (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  return call_with_grace (self, id, "restart", grace_seconds, cancellable, error);
}

/**
 * dw_engine_rename_container:
 * @self: an engine
 * @id: an id or a name
 * @name: its new name
 * @cancellable: (nullable): ends the waiting at once
 * @error: DW_ENGINE_ERROR_CONFLICT when the name is taken, _NOT_FOUND, any other DW_ENGINE_ERROR,
 *   or G_IO_ERROR_CANCELLED
 *
 * Blocks; not on the main thread. Docker Engine API, “ContainerRename”.
 *
 * Returns: whether it has the name
 */
gboolean
dw_engine_rename_container (
    DwEngine *self, const char *id, const char *name, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (DW_IS_ENGINE (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  g_autofree char *query = soup_form_encode ("name", name, NULL);
  g_autofree char *rest = g_strconcat ("/rename?", query, NULL);

  return call (self, "POST", id, rest, DW_ENGINE_PATIENCE_USUAL, cancellable, error);
}

/**
 * dw_engine_remove_container:
 * @self: an engine
 * @id: an id or a name
 * @cancellable: (nullable): ends the waiting at once; the engine may remove it nevertheless
 * @error: DW_ENGINE_ERROR_NOT_FOUND, any other DW_ENGINE_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Removes it, with its anonymous volumes, even if it runs. Blocks; not on the main thread. Docker
 * Engine API, “ContainerDelete”.
 *
 * Returns: whether it is gone
 */
gboolean
dw_engine_remove_container (DwEngine *self,
                            const char *id,
                            GCancellable *cancellable,
                            GError **error)
{
  g_return_val_if_fail (DW_IS_ENGINE (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  return call (self, "DELETE", id, "?force=1&v=1", DW_ENGINE_PATIENCE_USUAL, cancellable, error);
}

/**
 * dw_engine_inspect_container:
 * @self: an engine
 * @id: an id or a name
 * @cancellable: (nullable): ends the waiting at once
 * @error: DW_ENGINE_ERROR_NOT_FOUND, any other DW_ENGINE_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Blocks; not on the main thread. Docker Engine API, “ContainerInspect”.
 *
 * Returns: (transfer full) (nullable): the container
 */
DwContainer *
dw_engine_inspect_container (DwEngine *self,
                             const char *id,
                             GCancellable *cancellable,
                             GError **error)
{
  g_return_val_if_fail (DW_IS_ENGINE (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  g_autofree char *path = make_path (id, "/json", error);
  const DwEngineRequest request = { .method = "GET", .path = path };
  g_autoptr (JsonNode)
      root = path != NULL ? dw_engine_connection_ask (dw_engine_get_connection (self), &request,
                                                      JSON_NODE_OBJECT, cancellable, error)
                          : NULL;

  return root != NULL ? dw_container_parse_inspection (json_node_get_object (root)) : NULL;
}

/**
 * dw_engine_list_containers:
 * @self: an engine
 * @labels: (nullable): NAME or NAME=VALUE each; only those that carry them all
 * @cancellable: (nullable): ends the waiting at once
 * @error: a DW_ENGINE_ERROR or G_IO_ERROR_CANCELLED
 *
 * Lists those that run and those that do not. Blocks; not on the main thread. Docker Engine API,
 * “ContainerList”.
 *
 * Returns: (transfer full) (element-type DwContainer) (nullable): the containers, without what only
 *   an inspection tells
 */
GPtrArray *
dw_engine_list_containers (DwEngine *self,
                           const char *const *labels,
                           GCancellable *cancellable,
                           GError **error)
{
  g_return_val_if_fail (DW_IS_ENGINE (self), NULL);

  g_autofree char *filters = dw_engine_make_label_filter (labels);
  g_autofree char *query = soup_form_encode ("all", "1", "filters", filters, NULL);
  g_autofree char *path = g_strconcat ("/containers/json?", query, NULL);
  const DwEngineRequest request = { .method = "GET", .path = path };
  g_autoptr (JsonNode) root = dw_engine_connection_ask (dw_engine_get_connection (self), &request,
                                                        JSON_NODE_ARRAY, cancellable, error);
  if (root == NULL)
    return NULL;

  JsonArray *array = json_node_get_array (root);
  GPtrArray *containers = g_ptr_array_new_with_free_func ((GDestroyNotify) dw_container_free);
  for (guint i = 0; i < json_array_get_length (array); i++)
    g_ptr_array_add (containers, dw_container_parse_summary (dw_json_array_get_object (array, i)));

  return containers;
}

/**
 * dw_engine_wait_container:
 * @self: an engine
 * @id: an id or a name
 * @exit_code: (out) (optional): what its process ended with
 * @cancellable: (nullable): ends the waiting at once
 * @error: DW_ENGINE_ERROR_NOT_FOUND, any other DW_ENGINE_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Waits until the container does not run. Blocks; not on the main thread. Docker Engine API,
 * “ContainerWait”.
 *
 * Returns: whether it has ended
 */
gboolean
dw_engine_wait_container (
    DwEngine *self, const char *id, gint64 *exit_code, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (DW_IS_ENGINE (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  g_autofree char *path = make_path (id, "/wait", error);
  const DwEngineRequest request = { .method = "POST",
                                    .path = path,
                                    .patience = DW_ENGINE_PATIENCE_ENDLESS };
  g_autoptr (JsonNode)
      root = path != NULL ? dw_engine_connection_ask (dw_engine_get_connection (self), &request,
                                                      JSON_NODE_OBJECT, cancellable, error)
                          : NULL;
  if (root == NULL)
    return FALSE;

  JsonObject *answer = json_node_get_object (root);
  const char *problem = dw_json_get_string (dw_json_get_object (answer, "Error"), "Message");
  if (problem != NULL && *problem != '\0')
    {
      dw_engine_fault_set_refusal (error, dw_engine_get_address (self),
                                   SOUP_STATUS_INTERNAL_SERVER_ERROR, problem, FALSE);
      return FALSE;
    }

  if (exit_code != NULL)
    *exit_code = dw_json_get_int (answer, "StatusCode", 0);
  return TRUE;
}
