/* dw-removal.c: what goes with a project or a stage, and its going
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The account is read first, for a person to agree to. Where nothing ever ran there is nothing to
 * lose but what was typed, and that can be brought back.
 */

#include "config.h"

#include "deploy/dw-removal.h"

#include <glib/gi18n-lib.h>

#include "deploy/dw-stage-containers.h"

static gboolean
add_containers (DwEngine *engine,
                const char *stage_id,
                GStrvBuilder *names,
                GCancellable *cancellable,
                GError **error)
{
  g_autofree char *label = g_strconcat (DW_LABEL_STAGE "=", stage_id, NULL);
  const char *labels[] = { label, NULL };
  g_autoptr (GPtrArray) containers = dw_engine_list_containers (engine, labels, cancellable, error);

  for (guint i = 0; containers != NULL && i < containers->len; i++)
    g_strv_builder_add (names, ((DwContainer *) g_ptr_array_index (containers, i))->name);

  return containers != NULL;
}

/* Without an engine to ask, the store knows which containers there should be. */
static gboolean
count_stage (DwRemoval *self,
             DwStore *store,
             DwEngine *engine,
             DwStage *stage,
             GStrvBuilder *names,
             GCancellable *cancellable,
             GError **error)
{
  const char *stage_id = dw_entity_get_id (DW_ENTITY (stage));
  g_autoptr (GPtrArray) instances = dw_store_list_instances (store, stage_id, error);
  gint64 n_deploys;

  if (instances == NULL || !dw_store_count_stage_deploys (store, stage_id, &n_deploys, error))
    return FALSE;
  self->n_deploys += n_deploys;

  for (guint i = 0; i < instances->len; i++)
    {
      DwInstance *instance = g_ptr_array_index (instances, i);

      if (g_strcmp0 (dw_entity_get_id (DW_ENTITY (instance)),
                     dw_stage_get_current_instance_id (stage)) != 0)
        self->n_kept++;
      if (engine == NULL && dw_instance_get_container_name (instance) != NULL)
        g_strv_builder_add (names, dw_instance_get_container_name (instance));
    }

  return engine == NULL || add_containers (engine, stage_id, names, cancellable, error);
}

static gboolean
find_stages (
    DwRemoval *self, DwStore *store, const char *project_id, const char *stage_id, GError **error)
{
  if (stage_id == NULL)
    {
      self->is_whole = TRUE;
      self->stages = dw_store_list_stages (store, project_id, error);
      if (self->stages == NULL)
        return FALSE;
    }
  else
    {
      DwStage *stage = dw_store_get (store, DW_TYPE_STAGE, stage_id, error);

      if (stage == NULL)
        return FALSE;
      self->stages = g_ptr_array_new_with_free_func (g_object_unref);
      g_ptr_array_add (self->stages, stage);
      project_id = dw_stage_get_project_id (stage);
    }

  self->project = dw_store_get (store, DW_TYPE_PROJECT, project_id, error);

  return self->project != NULL;
}

/**
 * dw_removal_read:
 * @store: the store
 * @engine: (nullable): the engine, or %NULL when none answers
 * @project_id: (nullable): a project that is to go
 * @stage_id: (nullable): or the one stage that is
 * @cancellable: (nullable): ends the requests
 * @error: a DW_STORE_ERROR or DW_ENGINE_ERROR
 *
 * Returns: (transfer full) (nullable): what would go
 */
DwRemoval *
dw_removal_read (DwStore *store,
                 DwEngine *engine,
                 const char *project_id,
                 const char *stage_id,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (DwRemoval) self = g_new0 (DwRemoval, 1);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  if (!find_stages (self, store, project_id, stage_id, error))
    return NULL;

  for (guint i = 0; i < self->stages->len; i++)
    if (!count_stage (self, store, engine, g_ptr_array_index (self->stages, i), names, cancellable,
                      error))
      return NULL;
  self->containers = g_strv_builder_end (names);

  return g_steal_pointer (&self);
}

/* Frees @self with all that it holds. */
void
dw_removal_free (DwRemoval *self)
{
  g_clear_object (&self->project);
  g_clear_pointer (&self->stages, g_ptr_array_unref);
  g_strfreev (self->containers);
  g_free (self);
}

/* Returns: whether dw_removal_undo() brings all of it back */
gboolean
dw_removal_can_be_undone (const DwRemoval *self)
{
  return *self->containers == NULL && self->n_deploys == 0;
}

/**
 * dw_removal_run:
 * @self: what is to go
 * @store: the store
 * @deployer: (nullable): what removes containers; %NULL will do where nothing ever ran
 * @function: (nullable): told of each stage before it goes, in this thread
 * @user_data: for @function
 * @cancellable: (nullable): ends it between two containers
 * @error: as for dw_deployer_act()
 *
 * Returns: whether all of it is gone; otherwise what is left is still whole
 */
gboolean
dw_removal_run (const DwRemoval *self,
                DwStore *store,
                DwDeployer *deployer,
                DwRemovalFunc function,
                gpointer user_data,
                GCancellable *cancellable,
                GError **error)
{
  const char *project_id = dw_entity_get_id (DW_ENTITY (self->project));

  if (deployer == NULL && !dw_removal_can_be_undone (self))
    {
      g_set_error_literal (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_UNREACHABLE,
                           _ ("There is no engine that could remove the containers; start one, or "
                              "say in the settings where it is"));
      return FALSE;
    }

  for (guint i = 0; i < self->stages->len; i++)
    {
      DwStage *stage = g_ptr_array_index (self->stages, i);
      const char *stage_id = dw_entity_get_id (DW_ENTITY (stage));

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (function != NULL)
        function (stage, i, self->stages->len, user_data);
      if (deployer != NULL
              ? !dw_deployer_act (deployer, stage_id, DW_STAGE_ACTION_REMOVE, cancellable, error)
              : !dw_store_delete (store, DW_TYPE_STAGE, stage_id, error))
        return FALSE;
    }

  if (!self->is_whole)
    return TRUE;

  /* Somebody may have added a stage meanwhile. */
  return deployer != NULL ? dw_deployer_remove_project (deployer, project_id, cancellable, error)
                          : dw_store_delete (store, DW_TYPE_PROJECT, project_id, error);
}

static gboolean
create_again (DwStore *store, gpointer user_data, GError **error)
{
  const DwRemoval *self = user_data;

  if (self->is_whole && !dw_store_create (store, DW_ENTITY (self->project), error))
    return FALSE;

  for (guint i = 0; i < self->stages->len; i++)
    {
      DwEntity *stage = g_ptr_array_index (self->stages, i);

      g_object_set (stage, "project-id", dw_entity_get_id (DW_ENTITY (self->project)), NULL);
      if (!dw_store_create (store, stage, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * dw_removal_undo:
 * @self: what is gone, and could be undone
 * @store: the store
 * @error: a DW_STORE_ERROR, such as DW_STORE_ERROR_EXISTS when the name was given to another
 *
 * Returns: whether it is there again, under new ids
 */
gboolean
dw_removal_undo (const DwRemoval *self, DwStore *store, GError **error)
{
  return dw_store_transact (store, create_again, (gpointer) self, error);
}
