/* dw-instance-list.c: every container that the application made, followed live
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One request to the engine for all of them, and one reading of the store, in a thread, whenever
 * either tells of a change; then what is other than it was is worked into the list. What costs is
 * the engine's answer, so that the next one is asked for only after a pause in proportion.
 *
 * An instance is written to the store before its container is made, and deleted after the container
 * was: so the store is read before and after the engine, and only what is amiss in both readings is
 * an orphan.
 */

#include "config.h"

#include "deploy/dw-instance-list.h"

#include "deploy/dw-stage-containers.h"

/* How many times as long as a reading took nothing is read. */
#define PAUSE_FACTOR 3
#define LONGEST_PAUSE_MS 5000
/* Docker tells of an end before its own list of containers has it. */
#define SETTLE_MS 1000

struct _DwInstanceList
{
  GObject parent_instance;

  DwStore *store;
  DwEngineStatus *engine_status;
  GCancellable *cancellable;
  GPtrArray *items;   /* of DwLiveInstance */
  GHashTable *by_key; /* of the items' keys to them */
  gboolean is_active;
  gboolean is_reading;
  gboolean is_stale; /* a change was told that has not been read */
  guint pause_source;
  guint settle_source;
  gboolean is_loaded;
  char *problem;
};

enum
{
  PROP_N_ITEMS = 1,
  PROP_LOADED,
  PROP_PROBLEM,
  PROP_ACTIVE,
  N_PROPERTIES,
};

enum
{
  UPDATED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];

static GType
get_item_type (GListModel *model)
{
  return DW_TYPE_LIVE_INSTANCE;
}

static guint
get_n_items (GListModel *model)
{
  return DW_INSTANCE_LIST (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  DwInstanceList *self = DW_INSTANCE_LIST (model);

  return position < self->items->len ? g_object_ref (g_ptr_array_index (self->items, position))
                                     : NULL;
}

static void
list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (DwInstanceList,
                               dw_instance_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* --- Reading, in a thread -----------------------------------------------------------------------
 */

/* What a thread reads. */
typedef struct
{
  DwStore *store;
  DwEngine *engine; /* nullable: it does not answer */
  gint64 duration_ms;

  GPtrArray *before; /* of DwInstance: those there were before the engine was asked */
  GPtrArray *rows;   /* of DwInstance: those there are after */
  GPtrArray *stages;
  GPtrArray *projects;
  GPtrArray *unfinished; /* of DwDeploy */
  GPtrArray *containers; /* nullable, of DwContainer */

  GPtrArray *items; /* of DwLiveInstance, in order */
} Reading;

static void
reading_free (Reading *reading)
{
  g_clear_object (&reading->store);
  g_clear_object (&reading->engine);
  g_clear_pointer (&reading->before, g_ptr_array_unref);
  g_clear_pointer (&reading->rows, g_ptr_array_unref);
  g_clear_pointer (&reading->stages, g_ptr_array_unref);
  g_clear_pointer (&reading->projects, g_ptr_array_unref);
  g_clear_pointer (&reading->unfinished, g_ptr_array_unref);
  g_clear_pointer (&reading->containers, g_ptr_array_unref);
  g_clear_pointer (&reading->items, g_ptr_array_unref);
  g_free (reading);
}

static gboolean
read_everything (Reading *reading, GCancellable *cancellable, GError **error)
{
  const char *labels[] = { DW_LABEL_STAGE, NULL };

  return (reading->before = dw_store_list (reading->store, DW_TYPE_INSTANCE, error)) != NULL &&
         (reading->engine == NULL || (reading->containers = dw_engine_list_containers (
                                          reading->engine, labels, cancellable, error)) != NULL) &&
         (reading->rows = dw_store_list (reading->store, DW_TYPE_INSTANCE, error)) != NULL &&
         (reading->stages = dw_store_list (reading->store, DW_TYPE_STAGE, error)) != NULL &&
         (reading->projects = dw_store_list (reading->store, DW_TYPE_PROJECT, error)) != NULL &&
         (reading->unfinished = dw_store_list_unfinished_deploys (reading->store, error)) != NULL;
}

/* Returns: (transfer full): the entities by their ids, both theirs */
static GHashTable *
index_entities (GPtrArray *entities)
{
  GHashTable *index = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < entities->len; i++)
    g_hash_table_insert (index, (gpointer) dw_entity_get_id (g_ptr_array_index (entities, i)),
                         g_ptr_array_index (entities, i));

  return index;
}

/* Returns: (transfer full): the containers by the instances that their labels name */
static GHashTable *
index_containers (GPtrArray *containers)
{
  GHashTable *index = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; containers != NULL && i < containers->len; i++)
    {
      DwContainer *container = g_ptr_array_index (containers, i);
      char *id = g_hash_table_lookup (container->labels, DW_LABEL_INSTANCE);

      if (id != NULL)
        g_hash_table_insert (index, id, container);
    }

  return index;
}

static void
add_rows (Reading *reading, GHashTable *before, GHashTable *stages, GHashTable *containers)
{
  g_autoptr (GHashTable) unfinished = index_entities (reading->unfinished);

  for (guint i = 0; i < reading->rows->len; i++)
    {
      DwInstance *row = g_ptr_array_index (reading->rows, i);
      const char *id = dw_entity_get_id (DW_ENTITY (row));
      DwInstance *earlier = g_hash_table_lookup (before, id);
      const DwContainer *container = g_hash_table_lookup (containers, id);
      gboolean is_being_deployed = g_hash_table_contains (unfinished,
                                                          dw_instance_get_deploy_id (row));
      gboolean is_missing = reading->containers != NULL && container == NULL &&
                            !is_being_deployed && earlier != NULL &&
                            g_strcmp0 (dw_instance_get_container_id (earlier),
                                       dw_instance_get_container_id (row)) == 0;

      g_ptr_array_add (reading->items,
                       dw_live_instance_new_for_row (
                           row, g_hash_table_lookup (stages, dw_instance_get_stage_id (row)),
                           is_being_deployed, is_missing, container));
    }
}

static void
add_orphans (Reading *reading, GHashTable *before, GHashTable *rows, GHashTable *stages)
{
  g_autoptr (GHashTable) projects = index_entities (reading->projects);

  for (guint i = 0; reading->containers != NULL && i < reading->containers->len; i++)
    {
      const DwContainer *container = g_ptr_array_index (reading->containers, i);
      const char *id = g_hash_table_lookup (container->labels, DW_LABEL_INSTANCE);
      const char *stage_id = g_hash_table_lookup (container->labels, DW_LABEL_STAGE);
      DwStage *stage = g_hash_table_lookup (stages, stage_id != NULL ? stage_id : "");
      DwProject *project = stage != NULL
                               ? g_hash_table_lookup (projects, dw_stage_get_project_id (stage))
                               : NULL;

      if (id != NULL && (g_hash_table_contains (rows, id) || g_hash_table_contains (before, id)))
        continue;
      g_ptr_array_add (reading->items,
                       dw_live_instance_new_for_container (
                           container, project != NULL ? dw_project_get_name (project) : NULL,
                           stage != NULL ? dw_stage_get_name (stage) : NULL));
    }
}

static int
compare_items (gconstpointer a, gconstpointer b)
{
  return dw_live_instance_compare (*(DwLiveInstance *const *) a, *(DwLiveInstance *const *) b);
}

static void
read_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Reading *reading = task_data;
  GError *error = NULL;
  gint64 start_us = g_get_monotonic_time ();

  if (!read_everything (reading, cancellable, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  g_autoptr (GHashTable) before = index_entities (reading->before);
  g_autoptr (GHashTable) rows = index_entities (reading->rows);
  g_autoptr (GHashTable) stages = index_entities (reading->stages);
  g_autoptr (GHashTable) containers = index_containers (reading->containers);

  reading->items = g_ptr_array_new_with_free_func (g_object_unref);
  add_rows (reading, before, stages, containers);
  add_orphans (reading, before, rows, stages);
  g_ptr_array_sort (reading->items, compare_items);
  reading->duration_ms = (g_get_monotonic_time () - start_us) / 1000;

  g_task_return_boolean (task, TRUE);
}

/* --- Taking over, in the main context -----------------------------------------------------------
 */

/* Replaces what is between the same start and the same end. */
static void
take_items (DwInstanceList *self, GPtrArray *fresh)
{
  g_autoptr (GPtrArray) before = g_steal_pointer (&self->items);
  guint start = 0;
  guint end = 0;

  self->items = g_ptr_array_new_full (fresh->len, g_object_unref);
  for (guint i = 0; i < fresh->len; i++)
    {
      DwLiveInstance *item = g_ptr_array_index (fresh, i);
      DwLiveInstance *known = g_hash_table_lookup (self->by_key, dw_live_instance_get_key (item));

      g_ptr_array_add (self->items, g_object_ref (known != NULL ? known : item));
    }

  g_hash_table_remove_all (self->by_key);
  for (guint i = 0; i < self->items->len; i++)
    g_hash_table_insert (self->by_key,
                         (gpointer) dw_live_instance_get_key (g_ptr_array_index (self->items, i)),
                         g_ptr_array_index (self->items, i));

  while (start < before->len && start < self->items->len &&
         before->pdata[start] == self->items->pdata[start])
    start++;
  while (end < before->len - start && end < self->items->len - start &&
         before->pdata[before->len - 1 - end] == self->items->pdata[self->items->len - 1 - end])
    end++;
  if (before->len != self->items->len || start + end < before->len)
    g_list_model_items_changed (G_LIST_MODEL (self), start, before->len - start - end,
                                self->items->len - start - end);
  if (before->len != self->items->len)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_ITEMS]);

  /* Their key stays what it is. */
  for (guint i = 0; i < fresh->len; i++)
    if (self->items->pdata[i] != fresh->pdata[i])
      dw_live_instance_take (self->items->pdata[i], fresh->pdata[i]);
}

static void
set_problem (DwInstanceList *self, const char *problem)
{
  if (g_strcmp0 (self->problem, problem) == 0)
    return;

  g_free (self->problem);
  self->problem = g_strdup (problem);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROBLEM]);
}

static gboolean
on_pause_over (gpointer user_data)
{
  DwInstanceList *self = user_data;

  self->pause_source = 0;
  if (self->is_stale)
    dw_instance_list_reload (self);

  return G_SOURCE_REMOVE;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwInstanceList *self = DW_INSTANCE_LIST (source);
  Reading *reading = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  gboolean is_read = g_task_propagate_boolean (G_TASK (result), &error);

  self->is_reading = FALSE;
  if (g_cancellable_is_cancelled (self->cancellable))
    return;

  if (is_read)
    take_items (self, reading->items);
  set_problem (self, is_read ? NULL : error->message);
  if (is_read && !self->is_loaded)
    {
      self->is_loaded = TRUE;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADED]);
    }
  g_signal_emit (self, signals[UPDATED], 0);

  self->pause_source = g_timeout_add (
      (guint) MIN (reading->duration_ms * PAUSE_FACTOR, LONGEST_PAUSE_MS), on_pause_over, self);
}

/**
 * dw_instance_list_reload:
 * @self: the list
 *
 * Has it read again, at once or after the pause there is. In the main context.
 */
void
dw_instance_list_reload (DwInstanceList *self)
{
  g_return_if_fail (DW_IS_INSTANCE_LIST (self));

  self->is_stale = self->is_reading || self->pause_source != 0 || !self->is_active;
  if (self->is_stale)
    return;

  Reading *reading = g_new0 (Reading, 1);
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, on_read, NULL);

  self->is_reading = TRUE;
  reading->store = g_object_ref (self->store);
  if (dw_engine_status_get_state (self->engine_status) == DW_ENGINE_STATE_CONNECTED)
    g_set_object (&reading->engine, dw_engine_status_get_engine (self->engine_status));
  g_task_set_source_tag (task, dw_instance_list_reload);
  g_task_set_task_data (task, reading, (GDestroyNotify) reading_free);
  g_task_run_in_thread (task, read_in_thread);
}

static gboolean
on_settled (gpointer user_data)
{
  DwInstanceList *self = user_data;

  self->settle_source = 0;
  dw_instance_list_reload (self);

  return G_SOURCE_REMOVE;
}

static void
on_instances_changed (DwInstanceList *self)
{
  g_clear_handle_id (&self->settle_source, g_source_remove);
  self->settle_source = g_timeout_add (SETTLE_MS, on_settled, self);
  dw_instance_list_reload (self);
}

static void
on_store_changed (DwInstanceList *self, GType type)
{
  if (type == DW_TYPE_INSTANCE || type == DW_TYPE_STAGE || type == DW_TYPE_PROJECT ||
      type == DW_TYPE_DEPLOY)
    dw_instance_list_reload (self);
}

static void
dw_instance_list_dispose (GObject *object)
{
  DwInstanceList *self = DW_INSTANCE_LIST (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->pause_source, g_source_remove);
  g_clear_handle_id (&self->settle_source, g_source_remove);
  g_clear_object (&self->store);
  g_clear_object (&self->engine_status);

  G_OBJECT_CLASS (dw_instance_list_parent_class)->dispose (object);
}

static void
dw_instance_list_finalize (GObject *object)
{
  DwInstanceList *self = DW_INSTANCE_LIST (object);

  g_object_unref (self->cancellable);
  g_hash_table_unref (self->by_key);
  g_ptr_array_unref (self->items);
  g_free (self->problem);

  G_OBJECT_CLASS (dw_instance_list_parent_class)->finalize (object);
}

static void
dw_instance_list_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  DwInstanceList *self = DW_INSTANCE_LIST (object);

  switch (property_id)
    {
    case PROP_N_ITEMS:
      g_value_set_uint (value, self->items->len);
      break;
    case PROP_LOADED:
      g_value_set_boolean (value, self->is_loaded);
      break;
    case PROP_PROBLEM:
      g_value_set_string (value, self->problem);
      break;
    case PROP_ACTIVE:
      g_value_set_boolean (value, self->is_active);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_instance_list_class_init (DwInstanceListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags told = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = dw_instance_list_dispose;
  object_class->finalize = dw_instance_list_finalize;
  object_class->get_property = dw_instance_list_get_property;

  properties[PROP_N_ITEMS] = g_param_spec_uint ("n-items", NULL, NULL, 0, G_MAXUINT, 0, told);
  properties[PROP_LOADED] = g_param_spec_boolean ("loaded", NULL, NULL, FALSE, told);
  properties[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL, told);
  properties[PROP_ACTIVE] = g_param_spec_boolean ("active", NULL, NULL, TRUE, told);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  signals[UPDATED] = g_signal_new ("updated", DW_TYPE_INSTANCE_LIST, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
dw_instance_list_init (DwInstanceList *self)
{
  self->cancellable = g_cancellable_new ();
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_key = g_hash_table_new (g_str_hash, g_str_equal);
  self->is_active = TRUE;
}

/**
 * dw_instance_list_new:
 * @store: the store, watched
 * @engine_status: whether the engine is there
 *
 * Begins to read at once. For the main context, which is that of @engine_status.
 *
 * Returns: (transfer full): the list, empty until it was read
 */
DwInstanceList *
dw_instance_list_new (DwStore *store, DwEngineStatus *engine_status)
{
  DwInstanceList *self = g_object_new (DW_TYPE_INSTANCE_LIST, NULL);

  self->store = g_object_ref (store);
  self->engine_status = g_object_ref (engine_status);
  g_signal_connect_object (store, "changed", G_CALLBACK (on_store_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (engine_status, "instances-changed", G_CALLBACK (on_instances_changed),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine_status, "notify::state", G_CALLBACK (dw_instance_list_reload),
                           self, G_CONNECT_SWAPPED);
  dw_instance_list_reload (self);

  return self;
}

/* Returns: whether it was read once */
gboolean
dw_instance_list_is_loaded (DwInstanceList *self)
{
  g_return_val_if_fail (DW_IS_INSTANCE_LIST (self), FALSE);

  return self->is_loaded;
}

/* Returns: (nullable): why the last reading failed; what was read before it stays */
const char *
dw_instance_list_get_problem (DwInstanceList *self)
{
  g_return_val_if_fail (DW_IS_INSTANCE_LIST (self), NULL);

  return self->problem;
}

/**
 * dw_instance_list_set_active:
 * @self: the list
 * @is_active: whether somebody looks
 *
 * One that nobody looks at costs nothing, and is read when somebody looks again.
 */
void
dw_instance_list_set_active (DwInstanceList *self, gboolean is_active)
{
  g_return_if_fail (DW_IS_INSTANCE_LIST (self));

  if (self->is_active == is_active)
    return;

  self->is_active = is_active;
  if (is_active && self->is_stale)
    dw_instance_list_reload (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACTIVE]);
}
