/* dw-overview.c: how all stages stand, at a glance
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One list of instances and one of containers tell of all stages, however many there are; both are
 * read in a thread when the store or the engine tell of a change, and no more often than a person
 * can follow. Who wants to know all of one stage has DwStageStatus.
 */

#include "config.h"

#include "deploy/dw-overview.h"

#include "deploy/dw-stage-containers.h"

#define PAUSE_MS 500
/* Docker tells of an end before its own list of containers has it. */
#define SETTLE_MS 1000

struct _DwOverview
{
  GObject parent_instance;

  DwStore *store;
  DwEngineStatus *engine_status;
  GCancellable *cancellable;
  guint n_holders;
  gboolean is_reading;
  gboolean is_stale;  /* something changed since the last reading began */
  guint pause_source; /* until the next reading may begin */
  guint settle_source;

  GHashTable *glances; /* of a stage's id to DwGlance */
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (DwOverview, dw_overview, G_TYPE_OBJECT)

static void
glance_free (gpointer data)
{
  DwGlance *glance = data;

  g_free (glance->tag);
  g_free (glance->instance_id);
  g_free (glance);
}

static GHashTable *
glances_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, glance_free);
}

/* What the thread works with. */
typedef struct
{
  DwStore *store;
  DwEngine *engine; /* nullable: it does not answer */
} Reading;

static void
reading_free (Reading *reading)
{
  g_clear_object (&reading->store);
  g_clear_object (&reading->engine);
  g_free (reading);
}

/* The containers of the application by the instance that each stands for. */
static GHashTable *
index_containers (GPtrArray *containers)
{
  GHashTable *by_instance = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < containers->len; i++)
    {
      DwContainer *container = g_ptr_array_index (containers, i);
      char *instance_id = g_hash_table_lookup (container->labels, DW_LABEL_INSTANCE);

      if (instance_id != NULL)
        g_hash_table_insert (by_instance, instance_id, container);
    }

  return by_instance;
}

/* Rows by their ids, which are the rows' own. */
static GHashTable *
index_entities (GPtrArray *entities)
{
  GHashTable *by_id = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < entities->len; i++)
    g_hash_table_insert (by_id, (gpointer) dw_entity_get_id (g_ptr_array_index (entities, i)),
                         g_ptr_array_index (entities, i));

  return by_id;
}

static void
add_stages (GHashTable *glances, GPtrArray *stages, GHashTable *instances, GHashTable *containers)
{
  for (guint i = 0; i < stages->len; i++)
    {
      DwStage *stage = g_ptr_array_index (stages, i);
      const char *instance_id = dw_stage_get_current_instance_id (stage);
      DwInstance *instance = instance_id != NULL ? g_hash_table_lookup (instances, instance_id)
                                                 : NULL;
      DwGlance *glance = g_new0 (DwGlance, 1);

      if (instance != NULL && containers == NULL)
        glance->condition = DW_STAGE_UNKNOWN;
      else
        glance->condition = dw_stage_condition_judge (
            instance, instance != NULL ? g_hash_table_lookup (containers, instance_id) : NULL);
      if (instance != NULL)
        {
          glance->tag = g_strdup (dw_instance_get_tag (instance));
          glance->instance_id = g_strdup (instance_id);
        }
      g_hash_table_insert (glances, g_strdup (dw_entity_get_id (DW_ENTITY (stage))), glance);
    }
}

static void
add_deploys (GHashTable *glances, GPtrArray *unfinished)
{
  for (guint i = 0; i < unfinished->len; i++)
    {
      DwGlance *glance = g_hash_table_lookup (
          glances, dw_deploy_get_stage_id (g_ptr_array_index (unfinished, i)));

      if (glance != NULL)
        glance->is_deploying = TRUE;
    }
}

static void
read_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  static const char *const labels[] = { DW_LABEL_INSTANCE, NULL };
  Reading *reading = task_data;
  GError *error = NULL;
  g_autoptr (GError) problem = NULL;
  g_autoptr (GPtrArray) stages = NULL;
  g_autoptr (GPtrArray) instances = NULL;
  g_autoptr (GPtrArray) unfinished = NULL;
  g_autoptr (GPtrArray) containers = NULL;
  g_autoptr (GHashTable) instances_by_id = NULL;
  g_autoptr (GHashTable) containers_by_instance = NULL;
  g_autoptr (GHashTable) glances = glances_new ();

  if ((stages = dw_store_list_stage_keys (reading->store, &error)) == NULL ||
      (instances = dw_store_list_serving (reading->store, &error)) == NULL ||
      (unfinished = dw_store_list_unfinished_deploys (reading->store, &error)) == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  if (reading->engine != NULL)
    containers = dw_engine_list_containers (reading->engine, labels, cancellable, &problem);
  if (problem != NULL)
    g_debug ("The containers cannot be listed: %s", problem->message);

  instances_by_id = index_entities (instances);
  if (containers != NULL)
    containers_by_instance = index_containers (containers);
  add_stages (glances, stages, instances_by_id, containers_by_instance);
  add_deploys (glances, unfinished);
  g_task_return_pointer (task, g_steal_pointer (&glances), (GDestroyNotify) g_hash_table_unref);
}

static gboolean
are_same (GHashTable *a, GHashTable *b)
{
  GHashTableIter iter;
  gpointer id;
  gpointer value;

  if (g_hash_table_size (a) != g_hash_table_size (b))
    return FALSE;

  g_hash_table_iter_init (&iter, a);
  while (g_hash_table_iter_next (&iter, &id, &value))
    {
      const DwGlance *one = value;
      const DwGlance *other = g_hash_table_lookup (b, id);

      if (other == NULL || one->condition != other->condition ||
          one->is_deploying != other->is_deploying || g_strcmp0 (one->tag, other->tag) != 0 ||
          g_strcmp0 (one->instance_id, other->instance_id) != 0)
        return FALSE;
    }

  return TRUE;
}

static void reload (DwOverview *self);

static gboolean
on_pause_over (gpointer user_data)
{
  DwOverview *self = user_data;

  self->pause_source = 0;
  if (self->is_stale)
    reload (self);

  return G_SOURCE_REMOVE;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwOverview *self = DW_OVERVIEW (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) glances = g_task_propagate_pointer (G_TASK (result), &error);

  self->is_reading = FALSE;
  if (g_cancellable_is_cancelled (self->cancellable))
    return;

  self->pause_source = g_timeout_add (PAUSE_MS, on_pause_over, self);
  if (glances == NULL)
    {
      /* The lists of the window read the same store, and say so. */
      g_debug ("The stages cannot be looked over: %s", error->message);
      return;
    }
  if (are_same (glances, self->glances))
    return;

  g_hash_table_unref (self->glances);
  self->glances = g_steal_pointer (&glances);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
reload (DwOverview *self)
{
  self->is_stale = TRUE;
  if (self->n_holders == 0 || self->is_reading || self->pause_source != 0)
    return;

  Reading *reading = g_new0 (Reading, 1);
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, on_read, NULL);

  self->is_stale = FALSE;
  self->is_reading = TRUE;
  reading->store = g_object_ref (self->store);
  if (dw_engine_status_get_state (self->engine_status) == DW_ENGINE_STATE_CONNECTED)
    g_set_object (&reading->engine, dw_engine_status_get_engine (self->engine_status));
  g_task_set_source_tag (task, reload);
  g_task_set_task_data (task, reading, (GDestroyNotify) reading_free);
  g_task_run_in_thread (task, read_in_thread);
}

static gboolean
on_settled (gpointer user_data)
{
  DwOverview *self = user_data;

  self->settle_source = 0;
  reload (self);

  return G_SOURCE_REMOVE;
}

static void
on_instances_changed (DwOverview *self)
{
  reload (self);
  if (self->settle_source == 0)
    self->settle_source = g_timeout_add (SETTLE_MS, on_settled, self);
}

static void
on_store_changed (DwOverview *self, GType type)
{
  if (type == DW_TYPE_STAGE || type == DW_TYPE_INSTANCE || type == DW_TYPE_DEPLOY)
    reload (self);
}

static void
dw_overview_dispose (GObject *object)
{
  DwOverview *self = DW_OVERVIEW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->pause_source, g_source_remove);
  g_clear_handle_id (&self->settle_source, g_source_remove);
  g_clear_object (&self->store);
  g_clear_object (&self->engine_status);

  G_OBJECT_CLASS (dw_overview_parent_class)->dispose (object);
}

static void
dw_overview_finalize (GObject *object)
{
  DwOverview *self = DW_OVERVIEW (object);

  g_object_unref (self->cancellable);
  g_hash_table_unref (self->glances);

  G_OBJECT_CLASS (dw_overview_parent_class)->finalize (object);
}

static void
dw_overview_class_init (DwOverviewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = dw_overview_dispose;
  object_class->finalize = dw_overview_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", DW_TYPE_OVERVIEW, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
}

static void
dw_overview_init (DwOverview *self)
{
  self->cancellable = g_cancellable_new ();
  self->glances = glances_new ();
}

/**
 * dw_overview_new:
 * @store: the store
 * @engine_status: whether the engine is there
 *
 * Returns: (transfer full): an overview that knows nothing until somebody holds it
 */
DwOverview *
dw_overview_new (DwStore *store, DwEngineStatus *engine_status)
{
  DwOverview *self = g_object_new (DW_TYPE_OVERVIEW, NULL);

  self->store = g_object_ref (store);
  self->engine_status = g_object_ref (engine_status);
  g_signal_connect_object (store, "changed", G_CALLBACK (on_store_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (engine_status, "notify::state", G_CALLBACK (reload), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (engine_status, "instances-changed", G_CALLBACK (on_instances_changed),
                           self, G_CONNECT_SWAPPED);
  dw_store_watch (store);

  return self;
}

/**
 * dw_overview_find:
 * @self: the overview
 * @stage_id: a stage
 *
 * Returns: (nullable): how it stands; good until the next "changed", %NULL before it was read
 */
const DwGlance *
dw_overview_find (DwOverview *self, const char *stage_id)
{
  g_return_val_if_fail (DW_IS_OVERVIEW (self), NULL);

  return g_hash_table_lookup (self->glances, stage_id);
}

/* Returns: (transfer none) (element-type utf8 DwGlance): all stages by their ids, as for
 * dw_overview_find() */
GHashTable *
dw_overview_peek (DwOverview *self)
{
  g_return_val_if_fail (DW_IS_OVERVIEW (self), NULL);

  return self->glances;
}

/* Somebody looks, until dw_overview_release(); what changes while nobody does is read afterwards.
 */
void
dw_overview_hold (DwOverview *self)
{
  g_return_if_fail (DW_IS_OVERVIEW (self));

  if (self->n_holders++ == 0)
    reload (self);
}

void
dw_overview_release (DwOverview *self)
{
  g_return_if_fail (DW_IS_OVERVIEW (self));
  g_return_if_fail (self->n_holders > 0);

  self->n_holders--;
}
