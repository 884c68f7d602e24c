/* dw-stage-state.c: a stage as it is at this moment, for a person
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the store knows is told with or without an engine.
 */

#include "config.h"

#include "deploy/dw-stage-state.h"

#include <glib/gi18n-lib.h>

#include "deploy/dw-route-places.h"
#include "deploy/dw-stage-containers.h"
#include "deploy/dw-stage-route.h"

static gboolean
is_found_or_missing (const GError *problem)
{
  return problem == NULL || g_error_matches (problem, DW_STORE_ERROR, DW_STORE_ERROR_NOT_FOUND);
}

static gboolean
find_deploys (DwStageState *self, DwStore *store, GError **error)
{
  const char *stage_id = dw_entity_get_id (DW_ENTITY (self->stage));
  g_autoptr (GError) problem = NULL;
  g_autoptr (GPtrArray) newest = dw_store_list_stage_deploys (store, stage_id, 1, error);

  if (newest == NULL)
    return FALSE;
  if (newest->len > 0)
    self->last_deploy = g_object_ref (g_ptr_array_index (newest, 0));
  if (self->instance == NULL)
    return TRUE;

  self->deploy = dw_store_find_instance_deploy (
      store, dw_entity_get_id (DW_ENTITY (self->instance)), &problem);
  if (is_found_or_missing (problem))
    {
      g_clear_error (&problem);
      self->previous = dw_store_find_previous_deploy (
          store, stage_id, dw_instance_get_digest (self->instance), &problem);
      if (is_found_or_missing (problem))
        return TRUE;
    }

  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static void
find_container (DwStageState *self, DwEngine *engine, GCancellable *cancellable)
{
  if (engine != NULL)
    dw_stage_containers_find (engine, self->instance, &self->container, cancellable,
                              &self->problem);
  else
    g_set_error_literal (&self->problem, DW_ENGINE_ERROR, DW_ENGINE_ERROR_UNREACHABLE,
                         _ ("There is no engine to ask; start one, or say in the settings where "
                            "it is"));
}

/**
 * dw_stage_state_read:
 * @store: the store
 * @engine: (nullable): the engine, or %NULL when none is to be found
 * @stage_id: the stage
 * @cancellable: (nullable): ends the request
 * @error: a DW_STORE_ERROR; what is wrong with the engine is in the state
 *
 * Blocks; not on the main thread.
 *
 * Returns: (transfer full) (nullable): what the store and the engine say of the stage now
 */
DwStageState *
dw_stage_state_read (DwStore *store,
                     DwEngine *engine,
                     const char *stage_id,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (DwStageState) self = g_new0 (DwStageState, 1);
  g_autoptr (DwSettings) settings = dw_store_get_settings (store, error);

  if (settings == NULL ||
      (self->stage = dw_store_get (store, DW_TYPE_STAGE, stage_id, error)) == NULL)
    return NULL;

  if (dw_stage_get_current_instance_id (self->stage) != NULL)
    {
      self->instance = dw_store_get (store, DW_TYPE_INSTANCE,
                                     dw_stage_get_current_instance_id (self->stage), error);
      if (self->instance == NULL)
        return NULL;
      find_container (self, engine, cancellable);
      self->address = dw_stage_route_make_address (settings, self->instance);
    }

  return find_deploys (self, store, error) ? g_steal_pointer (&self) : NULL;
}

/* Between the choice of another proxy and the next deploy the route is where it was. */
static void
tell_of_old_place (DwStageState *self, DwSettings *settings)
{
  g_autofree char *old = dw_route_places_describe_old (self->stage, settings);
  gboolean has_proxy = dw_settings_get_proxy_kind (settings) != DW_PROXY_KIND_NONE;

  if (old == NULL || (self->route != NULL && self->route->condition != DW_PROXY_ROUTE_MISSING))
    return;

  /* The gateway, for one, does not run before it has a route. */
  if (self->route == NULL)
    {
      g_clear_error (&self->route_problem);
      self->route = g_new0 (DwProxyState, 1);
      self->route->condition = has_proxy ? DW_PROXY_ROUTE_MISSING : DW_PROXY_ROUTE_ELSEWHERE;
    }

  g_free (self->route->detail);
  self->route->detail = g_strdup_printf (
      has_proxy ? _ ("It is still in %s; repairing it, or the next deploy, brings it here")
                : _ ("It is still in %s; repairing it, or the next deploy, removes it there"),
      old);
}

/**
 * dw_stage_state_read_route:
 * @self: a state
 * @store: the store that it was read from
 * @engine: the engine
 * @cancellable: (nullable): ends the request
 * @error: a DW_STORE_ERROR; what is wrong with the proxy is in the state
 *
 * Asks the proxy for the stage's route, where it has one and the engine answers. A proxy may take
 * its time. Blocks; not on the main thread.
 *
 * Returns: whether the state tells what is known
 */
gboolean
dw_stage_state_read_route (
    DwStageState *self, DwStore *store, DwEngine *engine, GCancellable *cancellable, GError **error)
{
  g_autoptr (DwSettings) settings = dw_store_get_settings (store, error);
  g_autoptr (DwProject) project = NULL;
  g_autoptr (DwStageRoute) route = NULL;
  const DwDeployTools tools = { .store = store, .engine = engine };

  if (settings == NULL ||
      (project = dw_store_get (store, DW_TYPE_PROJECT, dw_stage_get_project_id (self->stage),
                               error)) == NULL)
    return FALSE;
  if (self->container == NULL || self->container->state != DW_CONTAINER_RUNNING ||
      dw_instance_get_route_id (self->instance) == NULL)
    return TRUE;

  route = dw_stage_route_new (&tools, settings, project, self->stage);
  if (route != NULL)
    self->route = dw_stage_route_look (route, self->instance, cancellable, &self->route_problem);
  tell_of_old_place (self, settings);
  return TRUE;
}

/* Frees @self with all that it holds. */
void
dw_stage_state_free (DwStageState *self)
{
  g_clear_object (&self->stage);
  g_clear_object (&self->instance);
  g_clear_object (&self->deploy);
  g_clear_object (&self->last_deploy);
  g_clear_object (&self->previous);
  g_clear_pointer (&self->container, dw_container_free);
  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->route, dw_proxy_state_free);
  g_clear_error (&self->route_problem);
  g_clear_error (&self->problem);
  g_free (self);
}
