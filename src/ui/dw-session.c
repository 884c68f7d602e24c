/* dw-session.c: what the pages of the window work with
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The application makes one when the store is open, and hands it to the window, which hands it to
 * its pages and dialogs. The live lists are shared by all of them, and made when somebody first
 * asks.
 */

#include "config.h"

#include "ui/dw-session.h"

#include "store/dw-store-window.h"
#include "ui/dw-history-filter.h"

/* The lists, in the order of their properties. */
typedef enum
{
  LIST_PROJECTS,
  LIST_STAGES,
  LIST_REGISTRIES,
  N_LISTS,
} List;

struct _DwSession
{
  GObject parent_instance;

  DwStore *store;
  DwRegistries *registry_access;
  DwEngineStatus *engine_status;
  DwDeployer *deployer; /* nullable */
  DwWatcher *watcher;   /* nullable */
  DwOverview *overview;
  DwStoreList *lists[N_LISTS];
  DwInstanceCount *instance_count; /* nullable: nobody asked yet */
  GPtrArray *jobs; /* of DwDeployJob: what this process was asked for, and has not finished */
  DwStoreWindow *running; /* nullable: the deploys that have not ended; nobody asked yet */
};

enum
{
  PROP_STORE = 1,
  PROP_REGISTRY_ACCESS,
  PROP_ENGINE_STATUS,
  PROP_DEPLOYER,
  PROP_WATCHER,
  PROP_PROJECTS,
  PROP_STAGES,
  PROP_REGISTRIES,
  PROP_INSTANCE_COUNT,
  PROP_N_RUNNING,
  PROP_N_WAITING,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (DwSession, dw_session, G_TYPE_OBJECT)

static void
on_newer_changed (DwSession *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_WAITING]);
}

/* The list holds a stage as long as it is there, and tells of what changes in it by the stage. */
static void
on_stages_changed (DwSession *self, guint position, guint n_removed, guint n_added)
{
  GListModel *stages = G_LIST_MODEL (self->lists[LIST_STAGES]);

  for (guint i = position; i < position + n_added; i++)
    {
      g_autoptr (DwStage) stage = g_list_model_get_item (stages, i);

      g_signal_handlers_disconnect_by_func (stage, on_newer_changed, self);
      g_signal_connect_object (stage, "notify::newer-state", G_CALLBACK (on_newer_changed), self,
                               G_CONNECT_SWAPPED);
    }
  on_newer_changed (self);
}

static DwStoreList *
get_list (DwSession *self, List list)
{
  GType types[N_LISTS] = { DW_TYPE_PROJECT, DW_TYPE_STAGE, DW_TYPE_REGISTRY };

  if (self->lists[list] != NULL)
    return self->lists[list];

  self->lists[list] = dw_store_list_new (self->store, types[list], NULL);
  if (list == LIST_STAGES)
    g_signal_connect_object (self->lists[list], "items-changed", G_CALLBACK (on_stages_changed),
                             self, G_CONNECT_SWAPPED);

  return self->lists[list];
}

static void
on_running_changed (DwSession *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_RUNNING]);
}

static guint
count_running (DwSession *self)
{
  DwStoreFilter filter = { .statuses = DW_HISTORY_RUNNING };

  if (self->running == NULL)
    {
      self->running = dw_store_window_new_deploys (self->store, &filter);
      g_signal_connect_object (self->running, "items-changed", G_CALLBACK (on_running_changed),
                               self, G_CONNECT_SWAPPED);
    }

  return g_list_model_get_n_items (G_LIST_MODEL (self->running));
}

static guint
count_waiting (DwSession *self)
{
  GListModel *stages = G_LIST_MODEL (get_list (self, LIST_STAGES));
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (stages); i++)
    {
      g_autoptr (DwStage) stage = g_list_model_get_item (stages, i);

      n += dw_stage_awaits_person (stage);
    }

  return n;
}

/* The lists are short enough to be looked through: what is long is in a DwStoreWindow. */
static gpointer
find (DwSession *self, List list, const char *id)
{
  GListModel *model = G_LIST_MODEL (get_list (self, list));
  guint n = g_list_model_get_n_items (model);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (DwEntity) entity = g_list_model_get_item (model, i);

      if (g_strcmp0 (dw_entity_get_id (entity), id) == 0)
        return g_steal_pointer (&entity);
    }

  return NULL;
}

static void
on_job_started (DwSession *self, DwDeployJob *job)
{
  g_ptr_array_add (self->jobs, g_object_ref (job));
}

static void
on_job_finished (DwSession *self, DwDeployJob *job)
{
  g_ptr_array_remove (self->jobs, job);
}

static void
dw_session_dispose (GObject *object)
{
  DwSession *self = DW_SESSION (object);

  for (guint i = 0; i < N_LISTS; i++)
    g_clear_object (&self->lists[i]);
  g_clear_object (&self->instance_count);
  g_clear_object (&self->running);
  g_clear_object (&self->overview);
  g_clear_object (&self->deployer);
  g_clear_object (&self->watcher);
  g_clear_object (&self->engine_status);
  g_clear_object (&self->registry_access);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (dw_session_parent_class)->dispose (object);
}

static void
dw_session_finalize (GObject *object)
{
  g_ptr_array_unref (DW_SESSION (object)->jobs);

  G_OBJECT_CLASS (dw_session_parent_class)->finalize (object);
}

static void
dw_session_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  DwSession *self = DW_SESSION (object);

  switch (property_id)
    {
    case PROP_STORE:
      g_value_set_object (value, self->store);
      break;
    case PROP_REGISTRY_ACCESS:
      g_value_set_object (value, self->registry_access);
      break;
    case PROP_ENGINE_STATUS:
      g_value_set_object (value, self->engine_status);
      break;
    case PROP_DEPLOYER:
      g_value_set_object (value, self->deployer);
      break;
    case PROP_WATCHER:
      g_value_set_object (value, self->watcher);
      break;
    case PROP_PROJECTS:
    case PROP_STAGES:
    case PROP_REGISTRIES:
      g_value_set_object (value, get_list (self, (List) (property_id - PROP_PROJECTS)));
      break;
    case PROP_INSTANCE_COUNT:
      if (self->instance_count == NULL)
        self->instance_count = dw_instance_count_new (self->store);
      g_value_set_object (value, self->instance_count);
      break;
    case PROP_N_RUNNING:
      g_value_set_uint (value, count_running (self));
      break;
    case PROP_N_WAITING:
      g_value_set_uint (value, count_waiting (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_session_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  DwSession *self = DW_SESSION (object);

  switch (property_id)
    {
    case PROP_DEPLOYER:
      dw_session_set_deployer (self, g_value_get_object (value));
      break;
    case PROP_WATCHER:
      dw_session_set_watcher (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_session_class_init (DwSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags told = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->dispose = dw_session_dispose;
  object_class->finalize = dw_session_finalize;
  object_class->get_property = dw_session_get_property;
  object_class->set_property = dw_session_set_property;

  properties[PROP_STORE] = g_param_spec_object ("store", NULL, NULL, DW_TYPE_STORE, told);
  properties[PROP_REGISTRY_ACCESS] = g_param_spec_object ("registry-access", NULL, NULL,
                                                          DW_TYPE_REGISTRIES, told);
  properties[PROP_ENGINE_STATUS] = g_param_spec_object ("engine-status", NULL, NULL,
                                                        DW_TYPE_ENGINE_STATUS, told);
  properties[PROP_DEPLOYER] = g_param_spec_object ("deployer", NULL, NULL, DW_TYPE_DEPLOYER,
                                                   G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY |
                                                       G_PARAM_STATIC_STRINGS);
  properties[PROP_WATCHER] = g_param_spec_object ("watcher", NULL, NULL, DW_TYPE_WATCHER,
                                                  G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY |
                                                      G_PARAM_STATIC_STRINGS);
  properties[PROP_PROJECTS] = g_param_spec_object ("projects", NULL, NULL, DW_TYPE_STORE_LIST,
                                                   told);
  properties[PROP_STAGES] = g_param_spec_object ("stages", NULL, NULL, DW_TYPE_STORE_LIST, told);
  properties[PROP_REGISTRIES] = g_param_spec_object ("registries", NULL, NULL, DW_TYPE_STORE_LIST,
                                                     told);
  properties[PROP_INSTANCE_COUNT] = g_param_spec_object ("instance-count", NULL, NULL,
                                                         DW_TYPE_INSTANCE_COUNT, told);
  properties[PROP_N_RUNNING] = g_param_spec_uint ("n-running", NULL, NULL, 0, G_MAXUINT, 0, told);
  properties[PROP_N_WAITING] = g_param_spec_uint ("n-waiting", NULL, NULL, 0, G_MAXUINT, 0, told);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
dw_session_init (DwSession *self)
{
  self->jobs = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * dw_session_new:
 * @store: the store
 * @registry_access: what asks the registries
 * @engine_status: whether the engine is there
 *
 * Returns: (transfer full): a session without a deployer
 */
DwSession *
dw_session_new (DwStore *store, DwRegistries *registry_access, DwEngineStatus *engine_status)
{
  DwSession *self = g_object_new (DW_TYPE_SESSION, NULL);

  self->store = g_object_ref (store);
  self->registry_access = g_object_ref (registry_access);
  self->engine_status = g_object_ref (engine_status);

  return self;
}

/* Returns: (transfer none): the store; its blocking functions are for worker threads */
DwStore *
dw_session_get_store (DwSession *self)
{
  return self->store;
}

/* Returns: (transfer none): what asks the registries; its functions are for worker threads */
DwRegistries *
dw_session_get_registry_access (DwSession *self)
{
  return self->registry_access;
}

/* Returns: (transfer none): whether the engine is there */
DwEngineStatus *
dw_session_get_engine_status (DwSession *self)
{
  return self->engine_status;
}

/* Returns: (transfer none) (nullable): what deploys; %NULL while there is no engine */
DwDeployer *
dw_session_get_deployer (DwSession *self)
{
  return self->deployer;
}

/**
 * dw_session_set_deployer:
 * @self: a session
 * @deployer: (nullable): what deploys from now on
 */
void
dw_session_set_deployer (DwSession *self, DwDeployer *deployer)
{
  g_return_if_fail (DW_IS_SESSION (self));

  if (!g_set_object (&self->deployer, deployer))
    return;

  /* What was asked of the one before goes on, and is heard of until it is finished. */
  if (deployer != NULL)
    {
      g_signal_connect_object (deployer, "started", G_CALLBACK (on_job_started), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (deployer, "finished", G_CALLBACK (on_job_finished), self,
                               G_CONNECT_SWAPPED);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DEPLOYER]);
}

/* Returns: (transfer none) (nullable): the job of the deploy, while this process runs it */
DwDeployJob *
dw_session_find_job (DwSession *self, const char *deploy_id)
{
  g_return_val_if_fail (DW_IS_SESSION (self), NULL);

  for (guint i = 0; deploy_id != NULL && i < self->jobs->len; i++)
    if (g_strcmp0 (dw_deploy_job_get_deploy_id (self->jobs->pdata[i]), deploy_id) == 0)
      return g_ptr_array_index (self->jobs, i);

  return NULL;
}

/* Returns: (transfer none) (nullable): what watches */
DwWatcher *
dw_session_get_watcher (DwSession *self)
{
  return self->watcher;
}

/**
 * dw_session_set_watcher:
 * @self: a session
 * @watcher: (nullable): what watches from now on
 */
void
dw_session_set_watcher (DwSession *self, DwWatcher *watcher)
{
  g_return_if_fail (DW_IS_SESSION (self));

  if (g_set_object (&self->watcher, watcher))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WATCHER]);
}

/* Returns: (transfer none): how all stages stand; somebody who shows it sets it active */
DwOverview *
dw_session_get_overview (DwSession *self)
{
  if (self->overview == NULL)
    self->overview = dw_overview_new (self->store, self->engine_status);

  return self->overview;
}

/* Returns: (transfer none): all projects, live */
DwStoreList *
dw_session_get_projects (DwSession *self)
{
  return get_list (self, LIST_PROJECTS);
}

/* Returns: (transfer none): the stages of all projects, live */
DwStoreList *
dw_session_get_stages (DwSession *self)
{
  return get_list (self, LIST_STAGES);
}

/* Returns: (transfer none): all registries, live */
DwStoreList *
dw_session_get_registries (DwSession *self)
{
  return get_list (self, LIST_REGISTRIES);
}

/* Returns: (transfer full) (nullable): the project, if it has been read and is there */
DwProject *
dw_session_find_project (DwSession *self, const char *id)
{
  return find (self, LIST_PROJECTS, id);
}

/* Returns: (transfer full) (nullable): the stage, if it has been read and is there */
DwStage *
dw_session_find_stage (DwSession *self, const char *id)
{
  return find (self, LIST_STAGES, id);
}

/* Returns: (transfer full) (nullable): the registry, if it has been read and is there */
DwRegistry *
dw_session_find_registry (DwSession *self, const char *id)
{
  return find (self, LIST_REGISTRIES, id);
}
