/* dw-stage-containers.c: the containers of a stage's instances
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every way from an instance in the store to its container in the engine goes through here, and
 * none touches a container that does not carry the instance's label: a name or an id alone proves
 * nothing after somebody worked with the engine by hand.
 */

#include "config.h"

#include "deploy/dw-stage-containers.h"

#include <glib/gi18n-lib.h>

#include "deploy/dw-deploy-error.h"
#include "model/dw-enum-types.h"
#include "model/dw-environment.h"
#include "model/dw-volumes.h"

/* A container publishes to this machine only; the network at large is a proxy's matter. */
#define HOST_ADDRESS "127.0.0.1"

static void
add_label (DwContainerSpec *spec, const char *name, const char *value)
{
  g_hash_table_insert (spec->labels, g_strdup (name), g_strdup (value));
}

static guint16
choose_port (DwProject *project, const DwImage *image)
{
  if (dw_project_get_port (project) != 0)
    return (guint16) dw_project_get_port (project);

  return image->exposed_ports->len > 0 ? g_array_index (image->exposed_ports, guint16, 0) : 0;
}

/**
 * dw_stage_containers_make_spec:
 * @project: the project
 * @stage: one of its stages
 * @instance: the new instance, in the store; its container name is used
 * @image: what the engine says of the image
 * @reference: what the container is made from
 * @network: (nullable): the engine's network, or %NULL for its own
 * @host_port: the port on this machine, or 0 for any free one
 * @error: DW_MODEL_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): what the engine is to make
 */
DwContainerSpec *
dw_stage_containers_make_spec (DwProject *project,
                               DwStage *stage,
                               DwInstance *instance,
                               const DwImage *image,
                               const char *reference,
                               const char *network,
                               guint16 host_port,
                               GError **error)
{
  g_autoptr (DwContainerSpec)
      spec = dw_container_spec_new (dw_instance_get_container_name (instance), reference);
  g_autofree char *host_port_label = g_strdup_printf ("%u", host_port);
  const char *command = dw_project_get_command (project);

  spec->environment = dw_environment_merge (dw_project_get_env (project), dw_stage_get_env (stage),
                                            error);
  if (spec->environment == NULL)
    return NULL;
  spec->binds = dw_volumes_merge (dw_project_get_volumes (project), dw_stage_get_volumes (stage),
                                  error);
  if (spec->binds == NULL)
    return NULL;
  if (command != NULL && !g_shell_parse_argv (command, NULL, &spec->command, error))
    return NULL;

  spec->network = g_strdup (network);
  spec->port = choose_port (project, image);
  spec->host_address = g_strdup (HOST_ADDRESS);
  spec->host_port = host_port;
  spec->restart_policy = g_strdup (
      dw_enum_to_nick (DW_TYPE_RESTART, dw_project_get_restart_policy (project)));
  spec->memory_bytes = dw_project_get_memory_limit_bytes (project);
  spec->nano_cpus = (gint64) dw_project_get_cpu_limit_millis (project) * 1000000;

  add_label (spec, DW_LABEL_PROJECT, dw_entity_get_id (DW_ENTITY (project)));
  add_label (spec, DW_LABEL_STAGE, dw_entity_get_id (DW_ENTITY (stage)));
  add_label (spec, DW_LABEL_DEPLOY, dw_instance_get_deploy_id (instance));
  add_label (spec, DW_LABEL_INSTANCE, dw_entity_get_id (DW_ENTITY (instance)));
  add_label (spec, DW_LABEL_HOST_PORT, host_port_label);

  return g_steal_pointer (&spec);
}

static gboolean
belongs_to (const DwContainer *container, DwInstance *instance)
{
  return g_strcmp0 (g_hash_table_lookup (container->labels, DW_LABEL_INSTANCE),
                    dw_entity_get_id (DW_ENTITY (instance))) == 0;
}

/* The id of the container that carries the label; NULL without an error where there is none. */
static gboolean
find_id_by_label (
    DwEngine *engine, DwInstance *instance, char **id, GCancellable *cancellable, GError **error)
{
  g_autofree char *label = g_strconcat (DW_LABEL_INSTANCE "=",
                                        dw_entity_get_id (DW_ENTITY (instance)), NULL);
  const char *labels[] = { label, NULL };
  g_autoptr (GPtrArray) containers = dw_engine_list_containers (engine, labels, cancellable, error);

  if (containers == NULL)
    return FALSE;

  *id = containers->len > 0 ? g_strdup (((DwContainer *) g_ptr_array_index (containers, 0))->id)
                            : NULL;
  return TRUE;
}

/**
 * dw_stage_containers_find:
 * @engine: the engine
 * @instance: an instance
 * @container: (out) (nullable) (transfer full): its container, or %NULL when it has none (any more)
 * @cancellable: (nullable): ends the request
 * @error: a DW_ENGINE_ERROR
 *
 * Returns: whether the engine answered
 */
gboolean
dw_stage_containers_find (DwEngine *engine,
                          DwInstance *instance,
                          DwContainer **container,
                          GCancellable *cancellable,
                          GError **error)
{
  g_autofree char *id = g_strdup (dw_instance_get_container_id (instance));
  g_autoptr (GError) problem = NULL;
  g_autoptr (DwContainer) found = NULL;

  *container = NULL;
  if (id == NULL && !find_id_by_label (engine, instance, &id, cancellable, error))
    return FALSE;
  if (id == NULL)
    return TRUE;

  found = dw_engine_inspect_container (engine, id, cancellable, &problem);
  if (found == NULL)
    {
      if (g_error_matches (problem, DW_ENGINE_ERROR, DW_ENGINE_ERROR_NOT_FOUND))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }

  if (belongs_to (found, instance))
    *container = g_steal_pointer (&found);
  return TRUE;
}

/* The port on this machine that leads to the container; a free one is drawn anew at each start. */
static guint16
get_host_port (const DwContainer *container)
{
  for (guint i = 0; i < container->ports->len; i++)
    {
      const DwContainerPort *port = g_ptr_array_index (container->ports, i);

      if (g_str_equal (port->host_address, HOST_ADDRESS))
        return port->host_port;
    }

  /* One that was adopted may be published elsewhere. */
  return container->ports->len > 0
             ? ((DwContainerPort *) g_ptr_array_index (container->ports, 0))->host_port
             : 0;
}

static gboolean
require (DwEngine *engine,
         DwInstance *instance,
         DwContainer **container,
         GCancellable *cancellable,
         GError **error)
{
  if (!dw_stage_containers_find (engine, instance, container, cancellable, error))
    return FALSE;

  if (*container == NULL)
    g_set_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_NO_INSTANCE,
                 _ ("The container %s is gone: somebody removed it; deploy again"),
                 dw_instance_get_container_name (instance));

  return *container != NULL;
}

/**
 * dw_stage_containers_start:
 * @engine: the engine
 * @store: the store
 * @instance: an instance, whose status and port are written to the store
 * @cancellable: (nullable): ends the request
 * @error: a DW_ENGINE_ERROR, a DW_STORE_ERROR or DW_DEPLOY_ERROR_NO_INSTANCE
 *
 * Returns: whether its container was started, or ran already
 */
gboolean
dw_stage_containers_start (DwEngine *engine,
                           DwStore *store,
                           DwInstance *instance,
                           GCancellable *cancellable,
                           GError **error)
{
  g_autoptr (DwContainer) container = NULL;
  g_autoptr (DwContainer) started = NULL;

  if (!require (engine, instance, &container, cancellable, error) ||
      !dw_engine_start_container (engine, container->id, cancellable, error))
    return FALSE;

  started = dw_engine_inspect_container (engine, container->id, cancellable, error);
  if (started == NULL)
    return FALSE;

  g_object_set (instance, "container-id", started->id, "host-port", (int) get_host_port (started),
                "status", DW_INSTANCE_RUNNING, NULL);

  return dw_store_update (store, DW_ENTITY (instance), error);
}

/**
 * dw_stage_containers_stop:
 * @engine: the engine
 * @store: the store
 * @instance: an instance, whose status is written to the store
 * @cancellable: (nullable): ends the request
 * @error: a DW_ENGINE_ERROR or DW_STORE_ERROR
 *
 * Stops the container with the image's signal, and kills it after the grace that goes with it.
 *
 * Returns: whether it is stopped, or gone
 */
gboolean
dw_stage_containers_stop (DwEngine *engine,
                          DwStore *store,
                          DwInstance *instance,
                          GCancellable *cancellable,
                          GError **error)
{
  g_autoptr (DwContainer) container = NULL;

  if (!dw_stage_containers_find (engine, instance, &container, cancellable, error) ||
      (container != NULL &&
       !dw_engine_stop_container (engine, container->id, -1, cancellable, error)))
    return FALSE;

  return dw_store_set_instance_status (store, dw_entity_get_id (DW_ENTITY (instance)),
                                       DW_INSTANCE_STOPPED, error);
}

/**
 * dw_stage_containers_remove:
 * @engine: the engine
 * @store: the store
 * @instance: an instance
 * @cancellable: (nullable): ends the request
 * @error: a DW_ENGINE_ERROR or DW_STORE_ERROR
 *
 * Removes the container, running or not, and then the instance from the store.
 *
 * Returns: whether both are gone
 */
gboolean
dw_stage_containers_remove (DwEngine *engine,
                            DwStore *store,
                            DwInstance *instance,
                            GCancellable *cancellable,
                            GError **error)
{
  const char *id = dw_entity_get_id (DW_ENTITY (instance));
  g_autoptr (DwContainer) container = NULL;
  g_autoptr (GError) problem = NULL;

  if (!dw_store_set_instance_status (store, id, DW_INSTANCE_REMOVING, error) ||
      !dw_stage_containers_find (engine, instance, &container, cancellable, error))
    return FALSE;

  if (container != NULL &&
      !dw_engine_remove_container (engine, container->id, cancellable, &problem) &&
      !g_error_matches (problem, DW_ENGINE_ERROR, DW_ENGINE_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }

  return dw_store_delete (store, DW_TYPE_INSTANCE, id, error);
}

/**
 * dw_stage_containers_retire:
 * @engine: the engine
 * @store: the store
 * @stage_id: a stage
 * @cancellable: (nullable): ends the requests
 * @error: a DW_ENGINE_ERROR or DW_STORE_ERROR
 *
 * Stops every instance of the stage that is not its current one, and removes the oldest of them
 * beyond the number that the stage keeps.
 *
 * Returns: whether that is so
 */
gboolean
dw_stage_containers_retire (DwEngine *engine,
                            DwStore *store,
                            const char *stage_id,
                            GCancellable *cancellable,
                            GError **error)
{
  g_autoptr (DwStage) stage = dw_store_get (store, DW_TYPE_STAGE, stage_id, error);
  g_autoptr (GPtrArray) instances = stage != NULL ? dw_store_list_instances (store, stage_id, error)
                                                  : NULL;
  int kept = 0;

  /* Newest first. */
  for (guint i = 0; instances != NULL && i < instances->len; i++)
    {
      DwInstance *instance = g_ptr_array_index (instances, i);
      DwInstanceStatus status = dw_instance_get_status (instance);

      if (g_strcmp0 (dw_entity_get_id (DW_ENTITY (instance)),
                     dw_stage_get_current_instance_id (stage)) == 0)
        continue;

      if (status == DW_INSTANCE_RUNNING &&
          !dw_stage_containers_stop (engine, store, instance, cancellable, error))
        return FALSE;
      if ((status == DW_INSTANCE_RUNNING || status == DW_INSTANCE_STOPPED) &&
          kept < dw_stage_get_keep (stage))
        kept++;
      else if (!dw_stage_containers_remove (engine, store, instance, cancellable, error))
        return FALSE;
    }

  return instances != NULL;
}

/**
 * dw_stage_containers_remove_all:
 * @engine: the engine
 * @stage_id: a stage
 * @cancellable: (nullable): ends the requests
 * @error: a DW_ENGINE_ERROR
 *
 * Removes every container that carries the stage's label, also one that the store forgot.
 *
 * Returns: whether there is none left
 */
gboolean
dw_stage_containers_remove_all (DwEngine *engine,
                                const char *stage_id,
                                GCancellable *cancellable,
                                GError **error)
{
  g_autofree char *label = g_strconcat (DW_LABEL_STAGE "=", stage_id, NULL);
  const char *labels[] = { label, NULL };
  g_autoptr (GPtrArray) containers = dw_engine_list_containers (engine, labels, cancellable, error);

  for (guint i = 0; containers != NULL && i < containers->len; i++)
    {
      DwContainer *container = g_ptr_array_index (containers, i);
      g_autoptr (GError) problem = NULL;

      if (!dw_engine_remove_container (engine, container->id, cancellable, &problem) &&
          !g_error_matches (problem, DW_ENGINE_ERROR, DW_ENGINE_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
    }

  return containers != NULL;
}
