/* dw-engine.c: a client of the Docker Engine API
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * This file is the object and who the engine is; what it can be asked stands in dw-engine-images.c,
 * -containers.c, -networks.c, -events.c and -logs.c, and how it is asked in -connection.c.
 */

#include "config.h"

#include "engine/dw-engine.h"

#include <string.h>

#include "engine/dw-engine-private.h"
#include "model/dw-json.h"

struct _DwEngine
{
  GObject parent_instance;

  DwEngineConnection *connection;

  GMutex mutex;       /* for both below */
  DwEngineInfo *info; /* nullable: not asked yet */
  char *identity;     /* whose info it is */
};

G_DEFINE_FINAL_TYPE (DwEngine, dw_engine, G_TYPE_OBJECT)

static void
dw_engine_finalize (GObject *object)
{
  DwEngine *self = DW_ENGINE (object);

  g_clear_pointer (&self->connection, dw_engine_connection_free);
  g_clear_pointer (&self->info, dw_engine_info_free);
  g_clear_pointer (&self->identity, g_free);
  g_mutex_clear (&self->mutex);

  G_OBJECT_CLASS (dw_engine_parent_class)->finalize (object);
}

static void
dw_engine_class_init (DwEngineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dw_engine_finalize;
}

static void
dw_engine_init (DwEngine *self)
{
  g_mutex_init (&self->mutex);
}

static DwEngineInfo *
info_copy (const DwEngineInfo *info)
{
  DwEngineInfo *copy = g_new0 (DwEngineInfo, 1);

  copy->product = g_strdup (info->product);
  copy->version = g_strdup (info->version);
  copy->api_version = g_strdup (info->api_version);
  copy->architecture = g_strdup (info->architecture);
  copy->os = g_strdup (info->os);

  return copy;
}

static gboolean
is_podman (JsonObject *version)
{
  JsonArray *components = dw_json_get_array (version, "Components");

  for (guint i = 0; components != NULL && i < json_array_get_length (components); i++)
    if (g_strcmp0 (dw_json_get_string (dw_json_array_get_object (components, i), "Name"),
                   "Podman Engine") == 0)
      return TRUE;

  return FALSE;
}

/* As image configurations have it, whatever the kernel calls it. */
static const char *
normalise_architecture (const char *architecture)
{
  if (g_strcmp0 (architecture, "x86_64") == 0)
    return "amd64";
  if (g_strcmp0 (architecture, "aarch64") == 0)
    return "arm64";

  return architecture;
}

static char *
dup_or_empty (const char *text)
{
  return g_strdup (text != NULL ? text : "");
}

static DwEngineInfo *
ask_info (DwEngine *self, const char *api_version, GCancellable *cancellable, GError **error)
{
  const DwEngineRequest version_request = { .method = "GET", .path = "/version" };
  g_autoptr (JsonNode) version_root = NULL;

  version_root = dw_engine_connection_ask (self->connection, &version_request, JSON_NODE_OBJECT,
                                           cancellable, error);
  if (version_root == NULL)
    return NULL;

  JsonObject *version = json_node_get_object (version_root);
  DwEngineInfo *info = g_new0 (DwEngineInfo, 1);
  info->product = g_strdup (is_podman (version) ? "Podman" : "Docker");
  info->version = dup_or_empty (dw_json_get_string (version, "Version"));
  info->api_version = g_strdup (api_version);
  info->architecture = dup_or_empty (normalise_architecture (dw_json_get_string (version, "Arch")));
  info->os = dup_or_empty (dw_json_get_string (version, "Os"));

  return info;
}

/**
 * dw_engine_new:
 * @address: unix://PATH, tcp://HOST:PORT or http://HOST:PORT, as dw_engine_find_address() gives it
 *
 * Nothing is opened before the first request; an address that is wrong is the error of each.
 *
 * Returns: (transfer full): a client of the engine there. Any thread.
 */
DwEngine *
dw_engine_new (const char *address)
{
  g_return_val_if_fail (address != NULL, NULL);

  DwEngine *self = g_object_new (DW_TYPE_ENGINE, NULL);
  self->connection = dw_engine_connection_new (address, NULL);

  return self;
}

/**
 * dw_engine_new_nowhere:
 * @problem: a DW_ENGINE_ERROR, of looking for an engine
 *
 * Stands in for the engine that there is not, for what needs one for a part of its work only.
 *
 * Returns: (transfer full): an engine with an empty address, of which each request ends with
 *   @problem. Any thread.
 */
DwEngine *
dw_engine_new_nowhere (const GError *problem)
{
  g_return_val_if_fail (problem != NULL, NULL);

  DwEngine *self = g_object_new (DW_TYPE_ENGINE, NULL);
  self->connection = dw_engine_connection_new ("", problem);

  return self;
}

/* Returns: (transfer none): where the engine is asked. Any thread. */
const char *
dw_engine_get_address (DwEngine *self)
{
  g_return_val_if_fail (DW_IS_ENGINE (self), NULL);

  return dw_engine_connection_get_address (self->connection);
}

/* Returns: (transfer none): for the other parts of the client */
DwEngineConnection *
dw_engine_get_connection (DwEngine *self)
{
  return self->connection;
}

/**
 * dw_engine_make_label_filter:
 * @labels: (nullable): NAME or NAME=VALUE each
 *
 * Returns: (transfer full): the value of the query's parameter “filters” for what has them all
 */
char *
dw_engine_make_label_filter (const char *const *labels)
{
  g_autoptr (JsonObject) filter = json_object_new ();
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);

  if (labels != NULL && labels[0] != NULL)
    {
      JsonArray *values = json_array_new ();

      for (guint i = 0; labels[i] != NULL; i++)
        json_array_add_string_element (values, labels[i]);
      json_object_set_array_member (filter, "label", values);
    }
  json_node_set_object (root, filter);

  return dw_json_to_text (root, FALSE);
}

/**
 * dw_engine_get_info:
 * @self: an engine
 * @cancellable: (nullable): ends the waiting at once
 * @error: a DW_ENGINE_ERROR or G_IO_ERROR_CANCELLED
 *
 * Asks the engine whether it is there and the same as before, and only when it is not for all of
 * it: Docker runs programs to answer /version. Blocks; not on the main thread. Docker Engine API,
 * “Ping” and “SystemVersion”.
 *
 * Returns: (transfer full) (nullable): what answers
 */
DwEngineInfo *
dw_engine_get_info (DwEngine *self, GCancellable *cancellable, GError **error)
{
  g_autofree char *identity = NULL;
  g_autofree char *version = NULL;
  g_autoptr (DwEngineInfo) info = NULL;

  g_return_val_if_fail (DW_IS_ENGINE (self), NULL);

  version = dw_engine_connection_negotiate (self->connection, &identity, cancellable, error);
  if (version == NULL)
    return NULL;

  g_mutex_lock (&self->mutex);
  if (self->info != NULL && g_strcmp0 (self->identity, identity) == 0)
    info = info_copy (self->info);
  g_mutex_unlock (&self->mutex);
  if (info != NULL)
    return g_steal_pointer (&info);

  info = ask_info (self, version, cancellable, error);
  if (info == NULL)
    return NULL;

  g_mutex_lock (&self->mutex);
  g_clear_pointer (&self->info, dw_engine_info_free);
  self->info = info_copy (info);
  g_free (self->identity);
  self->identity = g_steal_pointer (&identity);
  g_mutex_unlock (&self->mutex);

  return g_steal_pointer (&info);
}

/**
 * dw_engine_get_root_dir:
 * @self: an engine
 * @cancellable: (nullable): ends the waiting at once
 * @error: a DW_ENGINE_ERROR or G_IO_ERROR_CANCELLED
 *
 * Blocks; not on the main thread. Docker Engine API, “SystemInfo”.
 *
 * Returns: (transfer full) (nullable): the folder in which the engine keeps images, on the machine
 *   that it runs on; empty when it does not say
 */
char *
dw_engine_get_root_dir (DwEngine *self, GCancellable *cancellable, GError **error)
{
  const DwEngineRequest request = { .method = "GET", .path = "/info" };
  g_autoptr (JsonNode) root = NULL;

  g_return_val_if_fail (DW_IS_ENGINE (self), NULL);

  root = dw_engine_connection_ask (self->connection, &request, JSON_NODE_OBJECT, cancellable,
                                   error);

  return root != NULL
             ? dup_or_empty (dw_json_get_string (json_node_get_object (root), "DockerRootDir"))
             : NULL;
}

/* Frees @info with all that it holds. */
void
dw_engine_info_free (DwEngineInfo *info)
{
  g_free (info->product);
  g_free (info->version);
  g_free (info->api_version);
  g_free (info->architecture);
  g_free (info->os);
  g_free (info);
}
