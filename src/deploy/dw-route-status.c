/* dw-route-status.c: a stage's route as the proxy reports it, followed while somebody looks
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A proxy tells nobody of what is changed in it: it is asked when somebody begins to look, whenever
 * what runs in the stage has changed, and now and then. It may take its time to answer, which is
 * why this is not a part of the stage's status. While a deploy moves the route it is not asked.
 */

#include "config.h"

#include "deploy/dw-route-status.h"

#include "deploy/dw-deploy-enum-types.h"
#include "deploy/dw-proxy-choice.h"
#include "deploy/dw-stage-state.h"
#include "model/dw-enum-types.h"

/* To sign in costs a proxy some work. */
#define INTERVAL_S 30

struct _DwRouteStatus
{
  GObject parent_instance;

  DwStore *store;
  DwStageStatus *stage_status;
  DwEngineStatus *engine_status;
  GCancellable *cancellable; /* nullable: while the proxy is asked */
  gboolean is_stale;         /* since then something has changed */
  gboolean is_active;
  guint check_source;

  DwRouteCondition condition;
  DwProxyKind proxy_kind;
  char *detail;
};

enum
{
  PROP_CONDITION = 1,
  PROP_PROXY_KIND,
  PROP_DETAIL,
  PROP_CHECKING,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (DwRouteStatus, dw_route_status, G_TYPE_OBJECT)

/* What a thread finds out. */
typedef struct
{
  DwStore *store;
  DwEngine *engine;
  char *stage_id;

  DwRouteCondition condition;
  DwProxyKind proxy_kind;
  char *detail; /* nullable */
} Look;

static void
look_free (Look *look)
{
  g_object_unref (look->store);
  g_object_unref (look->engine);
  g_free (look->stage_id);
  g_free (look->detail);
  g_free (look);
}

/* --- In the thread ------------------------------------------------------------------------------
 */

static DwRouteCondition
convert (DwProxyCondition condition)
{
  switch (condition)
    {
    case DW_PROXY_ROUTE_MISSING:
      return DW_ROUTE_MISSING;
    case DW_PROXY_ROUTE_ELSEWHERE:
      return DW_ROUTE_ELSEWHERE;
    case DW_PROXY_ROUTE_TAKEN:
      return DW_ROUTE_TAKEN;
    case DW_PROXY_ROUTE_FAILING:
      return DW_ROUTE_FAILING;
    case DW_PROXY_ROUTE_SERVING:
    default:
      return DW_ROUTE_SERVING;
    }
}

static void
take_route (Look *look, const DwStageState *state)
{
  const DwProxyState *route = state->route;

  if (state->route_problem != NULL)
    {
      look->condition = g_error_matches (state->route_problem, DW_PROXY_ERROR,
                                         DW_PROXY_ERROR_UNREACHABLE)
                            ? DW_ROUTE_UNREACHABLE
                            : DW_ROUTE_UNKNOWN;
      look->detail = g_strdup (state->route_problem->message);
    }
  if (route == NULL)
    return;

  look->condition = convert (route->condition);
  look->detail = g_strdup (route->condition == DW_PROXY_ROUTE_FAILING ||
                                   route->condition == DW_PROXY_ROUTE_MISSING
                               ? route->detail
                               : route->upstream);
}

/* Without a proxy there may be a route in one that there was before. */
static void
take_rest (Look *look, const DwStageState *state)
{
  look->condition = state->route != NULL ? DW_ROUTE_LEFT : DW_ROUTE_NO_PROXY;
  if (state->route != NULL)
    look->detail = g_strdup (state->route->detail);
}

/* Whose word it is: where the gateway is behind another proxy, it may be either's. */
static DwProxyKind
choose_speaker (DwSettings *settings, DwRouteCondition condition)
{
  if (!dw_proxy_choice_has_front (settings))
    return dw_proxy_choice_uses_gateway (settings) ? DW_PROXY_KIND_GATEWAY : DW_PROXY_KIND_NONE;

  return dw_proxy_choice_uses_gateway (settings) && condition != DW_ROUTE_SERVING
             ? DW_PROXY_KIND_NONE
             : dw_settings_get_proxy_kind (settings);
}

static gboolean
find_out (Look *look, GCancellable *cancellable, GError **error)
{
  g_autoptr (DwSettings) settings = dw_store_get_settings (look->store, error);
  g_autoptr (DwStageState) state = NULL;

  if (settings == NULL || (state = dw_stage_state_read (look->store, look->engine, look->stage_id,
                                                        cancellable, error)) == NULL)
    return FALSE;

  if (state->container == NULL || state->container->state != DW_CONTAINER_RUNNING)
    look->condition = DW_ROUTE_UNSEEN;
  else if (dw_instance_get_route_id (state->instance) == NULL)
    look->condition = dw_settings_get_proxy_kind (settings) == DW_PROXY_KIND_NONE
                          ? DW_ROUTE_NO_PROXY
                          : DW_ROUTE_NOT_MADE;
  else if (!dw_stage_state_read_route (state, look->store, look->engine, cancellable, error))
    return FALSE;
  else if (dw_settings_get_proxy_kind (settings) == DW_PROXY_KIND_NONE)
    take_rest (look, state);
  else
    take_route (look, state);

  look->proxy_kind = choose_speaker (settings, look->condition);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static void
look_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (find_out (task_data, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* --- In the main context ------------------------------------------------------------------------
 */

static void
take (DwRouteStatus *self, DwRouteCondition condition, DwProxyKind proxy_kind, const char *detail)
{
  gboolean has_other_condition = self->condition != condition;
  gboolean has_other_kind = self->proxy_kind != proxy_kind;
  gboolean has_other_detail = g_strcmp0 (self->detail, detail) != 0;

  self->condition = condition;
  self->proxy_kind = proxy_kind;
  if (has_other_detail)
    {
      g_free (self->detail);
      self->detail = g_strdup (detail);
    }

  g_object_freeze_notify (G_OBJECT (self));
  if (has_other_condition)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONDITION]);
  if (has_other_kind)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROXY_KIND]);
  if (has_other_detail)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DETAIL]);
  g_object_thaw_notify (G_OBJECT (self));
}

static void
set_cancellable (DwRouteStatus *self, GCancellable *cancellable)
{
  if (g_set_object (&self->cancellable, cancellable))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHECKING]);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwRouteStatus *self = DW_ROUTE_STATUS (source);
  const Look *look = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  /* Nobody looks any more, or the proxy was asked anew since then. */
  if (g_task_get_cancellable (G_TASK (result)) != self->cancellable)
    return;

  set_cancellable (self, NULL);
  if (g_task_propagate_boolean (G_TASK (result), &error))
    take (self, look->condition, look->proxy_kind, look->detail);
  /* A stage that is gone is taken from the page, and this with it. */
  else if (!g_error_matches (error, DW_STORE_ERROR, DW_STORE_ERROR_NOT_FOUND))
    take (self, DW_ROUTE_UNKNOWN, DW_PROXY_KIND_NONE, error->message);

  if (self->is_stale)
    dw_route_status_check (self);
}

static void
stop (DwRouteStatus *self)
{
  g_clear_handle_id (&self->check_source, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  set_cancellable (self, NULL);
  self->is_stale = FALSE;
}

static gboolean
on_interval (gpointer user_data)
{
  dw_route_status_check (user_data);

  return G_SOURCE_CONTINUE;
}

static void
on_store_changed (DwRouteStatus *self, GType type)
{
  if (type == DW_TYPE_SETTINGS)
    dw_route_status_check (self);
}

static void
dw_route_status_dispose (GObject *object)
{
  DwRouteStatus *self = DW_ROUTE_STATUS (object);

  stop (self);
  g_clear_object (&self->store);
  g_clear_object (&self->stage_status);
  g_clear_object (&self->engine_status);

  G_OBJECT_CLASS (dw_route_status_parent_class)->dispose (object);
}

static void
dw_route_status_finalize (GObject *object)
{
  g_free (DW_ROUTE_STATUS (object)->detail);

  G_OBJECT_CLASS (dw_route_status_parent_class)->finalize (object);
}

static void
dw_route_status_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  DwRouteStatus *self = DW_ROUTE_STATUS (object);

  switch (property_id)
    {
    case PROP_CONDITION:
      g_value_set_enum (value, (int) self->condition);
      break;
    case PROP_PROXY_KIND:
      g_value_set_enum (value, (int) self->proxy_kind);
      break;
    case PROP_DETAIL:
      g_value_set_string (value, self->detail);
      break;
    case PROP_CHECKING:
      g_value_set_boolean (value, dw_route_status_is_checking (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_route_status_class_init (DwRouteStatusClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = dw_route_status_dispose;
  object_class->finalize = dw_route_status_finalize;
  object_class->get_property = dw_route_status_get_property;

  properties[PROP_CONDITION] = g_param_spec_enum ("condition", NULL, NULL, DW_TYPE_ROUTE_CONDITION,
                                                  DW_ROUTE_UNSEEN, flags);
  properties[PROP_PROXY_KIND] = g_param_spec_enum ("proxy-kind", NULL, NULL, DW_TYPE_PROXY_KIND,
                                                   DW_PROXY_KIND_NONE, flags);
  properties[PROP_DETAIL] = g_param_spec_string ("detail", NULL, NULL, NULL, flags);
  properties[PROP_CHECKING] = g_param_spec_boolean ("checking", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
dw_route_status_init (DwRouteStatus *self)
{
}

/* Returns: whether requests may not get to what runs */
gboolean
dw_route_condition_is_problem (DwRouteCondition condition)
{
  return condition == DW_ROUTE_MISSING || condition == DW_ROUTE_ELSEWHERE ||
         condition == DW_ROUTE_TAKEN || condition == DW_ROUTE_FAILING ||
         condition == DW_ROUTE_UNREACHABLE || condition == DW_ROUTE_UNKNOWN;
}

/* Returns: whether %DW_STAGE_ACTION_REPAIR can help: a gateway that does not answer is started, but
 * a proxy of somebody's own is not, and no host name is taken from anybody */
gboolean
dw_route_condition_can_be_repaired (DwRouteCondition condition, DwProxyKind kind)
{
  return condition == DW_ROUTE_LEFT || condition == DW_ROUTE_NOT_MADE ||
         condition == DW_ROUTE_MISSING || condition == DW_ROUTE_ELSEWHERE ||
         condition == DW_ROUTE_FAILING ||
         (condition == DW_ROUTE_UNREACHABLE && kind != DW_PROXY_KIND_NPM &&
          kind != DW_PROXY_KIND_CADDY);
}

/**
 * dw_route_status_new:
 * @store: the store
 * @stage_status: how the stage stands
 * @engine_status: whether the engine is there
 *
 * Returns: (transfer full): how the stage's route stands, once it is active; it reports in the main
 *   context of this thread
 */
DwRouteStatus *
dw_route_status_new (DwStore *store, DwStageStatus *stage_status, DwEngineStatus *engine_status)
{
  DwRouteStatus *self = g_object_new (DW_TYPE_ROUTE_STATUS, NULL);
  const char *const changes[] = { "notify::instance", "notify::condition", "notify::deploying" };

  self->store = g_object_ref (store);
  self->stage_status = g_object_ref (stage_status);
  self->engine_status = g_object_ref (engine_status);
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    g_signal_connect_object (stage_status, changes[i], G_CALLBACK (dw_route_status_check), self,
                             G_CONNECT_SWAPPED);
  g_signal_connect_object (dw_stage_status_get_stage (stage_status), "notify::domain",
                           G_CALLBACK (dw_route_status_check), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (store, "changed", G_CALLBACK (on_store_changed), self,
                           G_CONNECT_SWAPPED);
  dw_store_watch (store);

  return self;
}

/* Returns: how the route stands, by what was heard last */
DwRouteCondition
dw_route_status_get_condition (DwRouteStatus *self)
{
  g_return_val_if_fail (DW_IS_ROUTE_STATUS (self), DW_ROUTE_UNSEEN);

  return self->condition;
}

/* Returns: whose word it is, or %DW_PROXY_KIND_NONE where it may be that of one of two */
DwProxyKind
dw_route_status_get_proxy_kind (DwRouteStatus *self)
{
  g_return_val_if_fail (DW_IS_ROUTE_STATUS (self), DW_PROXY_KIND_NONE);

  return self->proxy_kind;
}

/* Returns: (nullable): HOST:PORT that the route leads to, or what the proxy says of it */
const char *
dw_route_status_get_detail (DwRouteStatus *self)
{
  g_return_val_if_fail (DW_IS_ROUTE_STATUS (self), NULL);

  return self->detail;
}

/* Returns: whether the proxy is asked at this moment */
gboolean
dw_route_status_is_checking (DwRouteStatus *self)
{
  g_return_val_if_fail (DW_IS_ROUTE_STATUS (self), FALSE);

  return self->cancellable != NULL;
}

/**
 * dw_route_status_set_active:
 * @self: a route's status
 * @is_active: whether somebody looks
 *
 * What is not active asks nobody, and says what it heard last.
 */
void
dw_route_status_set_active (DwRouteStatus *self, gboolean is_active)
{
  g_return_if_fail (DW_IS_ROUTE_STATUS (self));

  stop (self);
  self->is_active = is_active;
  if (!is_active)
    return;

  self->check_source = g_timeout_add_seconds (INTERVAL_S, on_interval, self);
  dw_route_status_check (self);
}

/**
 * dw_route_status_check:
 * @self: a route's status
 *
 * Asks the proxy in a thread, if somebody looks. In the status's main context.
 */
void
dw_route_status_check (DwRouteStatus *self)
{
  g_autoptr (GCancellable) cancellable = NULL;
  g_autoptr (GTask) task = NULL;
  Look *look;

  g_return_if_fail (DW_IS_ROUTE_STATUS (self));

  self->is_stale = dw_route_status_is_checking (self);
  if (self->is_stale || !self->is_active)
    return;
  if (dw_stage_status_is_deploying (self->stage_status) ||
      dw_stage_status_get_instance (self->stage_status) == NULL ||
      dw_engine_status_get_state (self->engine_status) != DW_ENGINE_STATE_CONNECTED)
    {
      take (self, DW_ROUTE_UNSEEN, DW_PROXY_KIND_NONE, NULL);
      return;
    }

  cancellable = g_cancellable_new ();
  look = g_new0 (Look, 1);
  look->store = g_object_ref (self->store);
  look->engine = g_object_ref (dw_engine_status_get_engine (self->engine_status));
  look->stage_id = g_strdup (
      dw_entity_get_id (DW_ENTITY (dw_stage_status_get_stage (self->stage_status))));
  task = g_task_new (self, cancellable, on_looked, NULL);
  g_task_set_source_tag (task, dw_route_status_check);
  g_task_set_task_data (task, look, (GDestroyNotify) look_free);
  g_task_run_in_thread (task, look_in_thread);
  set_cancellable (self, cancellable);
}
