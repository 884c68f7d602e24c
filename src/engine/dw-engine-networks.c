/* dw-engine-networks.c: networks of an engine
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Specification: Docker Engine API, “Networks”.
 */

#include "config.h"

#include <string.h>

#include "engine/dw-engine-private.h"
#include "model/dw-json.h"

/**
 * dw_engine_list_networks:
 * @self: an engine
 * @cancellable: (nullable): ends the waiting at once
 * @error: a DW_ENGINE_ERROR or G_IO_ERROR_CANCELLED
 *
 * Blocks; not on the main thread. Docker Engine API, “NetworkList”.
 *
 * Returns: (transfer full) (nullable): their names
 */
GStrv
dw_engine_list_networks (DwEngine *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (DW_IS_ENGINE (self), NULL);

  const DwEngineRequest request = { .method = "GET", .path = "/networks" };
  g_autoptr (JsonNode) root = dw_engine_connection_ask (dw_engine_get_connection (self), &request,
                                                        JSON_NODE_ARRAY, cancellable, error);
  if (root == NULL)
    return NULL;

  JsonArray *array = json_node_get_array (root);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      const char *name = dw_json_get_string (dw_json_array_get_object (array, i), "Name");

      if (name != NULL)
        g_strv_builder_add (names, name);
    }

  return g_strv_builder_end (names);
}

/* NAME=VALUE, or NAME for an empty value. */
static JsonObject *
make_labels (const char *const *labels)
{
  JsonObject *object = json_object_new ();

  for (guint i = 0; labels != NULL && labels[i] != NULL; i++)
    {
      gsize length = strcspn (labels[i], "=");
      g_autofree char *name = g_strndup (labels[i], length);

      json_object_set_string_member (object, name,
                                     labels[i][length] == '=' ? labels[i] + length + 1 : "");
    }

  return object;
}

/**
 * dw_engine_create_network:
 * @self: an engine
 * @name: its name
 * @labels: (nullable): NAME=VALUE each
 * @cancellable: (nullable): ends the waiting at once; the engine may make it nevertheless
 * @error: DW_ENGINE_ERROR_CONFLICT when there is one of that name, any other DW_ENGINE_ERROR, or
 *   G_IO_ERROR_CANCELLED
 *
 * Makes a network of the engine's usual kind. Blocks; not on the main thread. Docker Engine API,
 * “NetworkCreate”.
 *
 * Returns: whether it has been made
 */
gboolean
dw_engine_create_network (DwEngine *self,
                          const char *name,
                          const char *const *labels,
                          GCancellable *cancellable,
                          GError **error)
{
  g_return_val_if_fail (DW_IS_ENGINE (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) body = json_node_new (JSON_NODE_OBJECT);
  json_object_set_string_member (object, "Name", name);
  json_object_set_boolean_member (object, "CheckDuplicate", TRUE);
  json_object_set_object_member (object, "Labels", make_labels (labels));
  json_node_set_object (body, object);

  const DwEngineRequest request = { .method = "POST", .path = "/networks/create", .body = body };
  return dw_engine_connection_call (dw_engine_get_connection (self), &request, cancellable, error);
}

/**
 * dw_engine_connect_network:
 * @self: an engine
 * @name: the network's name
 * @container_id: an id or a name of a container that is not in it
 * @cancellable: (nullable): ends the waiting at once
 * @error: DW_ENGINE_ERROR_NOT_FOUND, any other DW_ENGINE_ERROR (also when the container is in it
 *   already), or G_IO_ERROR_CANCELLED
 *
 * Blocks; not on the main thread. Docker Engine API, “NetworkConnect”.
 *
 * Returns: whether the container has been put into the network
 */
gboolean
dw_engine_connect_network (DwEngine *self,
                           const char *name,
                           const char *container_id,
                           GCancellable *cancellable,
                           GError **error)
{
  g_return_val_if_fail (DW_IS_ENGINE (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (container_id != NULL, FALSE);

  if (!dw_engine_check_name (name, error))
    return FALSE;

  g_autofree char *escaped = g_uri_escape_string (name, NULL, FALSE);
  g_autofree char *path = g_strconcat ("/networks/", escaped, "/connect", NULL);
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) body = json_node_new (JSON_NODE_OBJECT);
  json_object_set_string_member (object, "Container", container_id);
  json_node_set_object (body, object);

  const DwEngineRequest request = { .method = "POST", .path = path, .body = body };
  return dw_engine_connection_call (dw_engine_get_connection (self), &request, cancellable, error);
}

/**
 * dw_engine_remove_network:
 * @self: an engine
 * @name: its name
 * @cancellable: (nullable): ends the waiting at once
 * @error: DW_ENGINE_ERROR_NOT_FOUND, any other DW_ENGINE_ERROR (also when a container is in it), or
 *   G_IO_ERROR_CANCELLED
 *
 * Blocks; not on the main thread. Docker Engine API, “NetworkDelete”.
 *
 * Returns: whether it is gone
 */
gboolean
dw_engine_remove_network (DwEngine *self,
                          const char *name,
                          GCancellable *cancellable,
                          GError **error)
{
  g_return_val_if_fail (DW_IS_ENGINE (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  if (!dw_engine_check_name (name, error))
    return FALSE;

  g_autofree char *escaped = g_uri_escape_string (name, NULL, FALSE);
  g_autofree char *path = g_strconcat ("/networks/", escaped, NULL);
  const DwEngineRequest request = { .method = "DELETE", .path = path };

  return dw_engine_connection_call (dw_engine_get_connection (self), &request, cancellable, error);
}
