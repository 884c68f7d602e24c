/* dw-instance-actions.c: what a person can do with one instance
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * No deploy works on the stage meanwhile, in whatever process. What has begun is not cancelled: the
 * engine would go on with it.
 */

#include "config.h"

#include "deploy/dw-instance-actions.h"

#include <glib/gi18n-lib.h>

#include "deploy/dw-deploy-error.h"
#include "deploy/dw-stage-containers.h"
#include "deploy/dw-stage-lock.h"

/* Returns: (transfer full) (nullable): the lock of the stage, with its work */
static DwStageLock *
lock_stage (DwStore *store, const char *stage_id, GError **error)
{
  g_autofree char *directory = dw_stage_lock_get_directory (dw_store_get_path (store));
  g_autoptr (DwStageLock) lock = dw_stage_lock_open (directory, stage_id, error);

  if (lock == NULL)
    return NULL;

  if (!dw_stage_lock_try_work (lock))
    {
      g_set_error_literal (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_BUSY,
                           _ ("A deploy works on the stage; wait until it has ended, or cancel "
                              "it"));
      return NULL;
    }

  return g_steal_pointer (&lock);
}

/**
 * dw_instance_act:
 * @store: the store
 * @engine: the engine
 * @instance_id: an instance
 * @action: what is to be done with it
 * @error: DW_DEPLOY_ERROR_BUSY while a deploy works on its stage, DW_DEPLOY_ERROR_NO_INSTANCE when
 *   its container is gone, a DW_ENGINE_ERROR or a DW_STORE_ERROR
 *
 * An instance whose container is gone can be removed all the same. Blocks; not on the main thread.
 *
 * Returns: whether it is done
 */
gboolean
dw_instance_act (DwStore *store,
                 DwEngine *engine,
                 const char *instance_id,
                 DwInstanceAction action,
                 GError **error)
{
  g_autoptr (DwInstance) instance = dw_store_get (store, DW_TYPE_INSTANCE, instance_id, error);
  g_autoptr (DwStageLock) lock = NULL;

  if (instance == NULL ||
      (lock = lock_stage (store, dw_instance_get_stage_id (instance), error)) == NULL)
    return FALSE;

  switch (action)
    {
    case DW_INSTANCE_ACTION_START:
      return dw_stage_containers_start (engine, store, instance, NULL, error);
    case DW_INSTANCE_ACTION_STOP:
      return dw_stage_containers_stop (engine, store, instance, NULL, error);
    case DW_INSTANCE_ACTION_RESTART:
      return dw_stage_containers_stop (engine, store, instance, NULL, error) &&
             dw_stage_containers_start (engine, store, instance, NULL, error);
    case DW_INSTANCE_ACTION_REMOVE:
    default:
      return dw_stage_containers_remove (engine, store, instance, NULL, error);
    }
}

/* It must be ours, and nobody's: meanwhile somebody may have brought the instance back. */
static gboolean
check_orphan (DwStore *store, const DwContainer *container, GError **error)
{
  const char *id = g_hash_table_lookup (container->labels, DW_LABEL_INSTANCE);
  g_autoptr (GError) problem = NULL;
  g_autoptr (DwInstance) row = id != NULL ? dw_store_get (store, DW_TYPE_INSTANCE, id, &problem)
                                          : NULL;

  if (problem != NULL && !g_error_matches (problem, DW_STORE_ERROR, DW_STORE_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  if (row != NULL || !g_hash_table_contains (container->labels, DW_LABEL_STAGE))
    {
      g_set_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_NO_INSTANCE,
                   _ ("The container %s is no orphan of Docker Watcher; look again"),
                   container->name);
      return FALSE;
    }

  return TRUE;
}

/**
 * dw_instance_act_on_orphan:
 * @store: the store
 * @engine: the engine
 * @container_id: a container with our labels that no instance stands for
 * @action: what is to be done with it
 * @error: DW_DEPLOY_ERROR_NO_INSTANCE when it is not such a one, a DW_ENGINE_ERROR or a
 *   DW_STORE_ERROR
 *
 * Blocks; not on the main thread.
 *
 * Returns: whether it is done
 */
gboolean
dw_instance_act_on_orphan (DwStore *store,
                           DwEngine *engine,
                           const char *container_id,
                           DwInstanceAction action,
                           GError **error)
{
  g_autoptr (DwContainer)
      container = dw_engine_inspect_container (engine, container_id, NULL, error);

  if (container == NULL || !check_orphan (store, container, error))
    return FALSE;

  switch (action)
    {
    case DW_INSTANCE_ACTION_START:
      return dw_engine_start_container (engine, container->id, NULL, error);
    case DW_INSTANCE_ACTION_STOP:
      return dw_engine_stop_container (engine, container->id, -1, NULL, error);
    case DW_INSTANCE_ACTION_RESTART:
      return dw_engine_restart_container (engine, container->id, -1, NULL, error);
    case DW_INSTANCE_ACTION_REMOVE:
    default:
      return dw_engine_remove_container (engine, container->id, NULL, error);
    }
}
