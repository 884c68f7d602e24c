/* dw-store-list.c: a live list of one kind of entity
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rows are read in a worker thread whenever the store says that somebody wrote; what differs
 * from the last reading is then worked into the list in place. An entity that a view holds stays
 * the same object for as long as its row exists: its properties change, and it may move. Only what
 * came, went or moved is in the items-changed signals.
 *
 * It holds every row, so it is for projects, stages, registries and instances; it is not for the
 * history or the logs, which have no end.
 */

#include "config.h"

#include "store/dw-store-list.h"

struct _DwStoreList
{
  GObject parent_instance;

  DwStore *store;
  GType type;
  char *parent_id;

  GPtrArray *entities;   /* of DwEntity, in the store's order */
  GHashTable *by_id;     /* of id to DwEntity, both the entities' own */
  GCancellable *loading; /* nullable: while a worker reads */
  gboolean is_outdated;  /* somebody wrote while a worker was reading */
  gboolean is_loaded;
  char *problem;
};

enum
{
  PROP_STORE = 1,
  PROP_TYPE,
  PROP_PARENT_ID,
  PROP_N_ITEMS,
  PROP_LOADED,
  PROP_PROBLEM,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

static GType
dw_store_list_get_item_type (GListModel *model)
{
  return DW_STORE_LIST (model)->type;
}

static guint
dw_store_list_get_n_items (GListModel *model)
{
  return DW_STORE_LIST (model)->entities->len;
}

static gpointer
dw_store_list_get_item (GListModel *model, guint position)
{
  DwStoreList *self = DW_STORE_LIST (model);

  return position < self->entities->len
             ? g_object_ref (g_ptr_array_index (self->entities, position))
             : NULL;
}

static void
list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = dw_store_list_get_item_type;
  interface->get_n_items = dw_store_list_get_n_items;
  interface->get_item = dw_store_list_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (DwStoreList,
                               dw_store_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static const char *
get_id (GPtrArray *entities, guint position)
{
  return dw_entity_get_id (g_ptr_array_index (entities, position));
}

/* Marks the longest run of @ranks, not counting the negative ones, that ascends: those entities can
 * stay where they are while the others move around them. */
static gboolean *
find_resting (const int *ranks, guint n)
{
  g_autofree guint *tails = g_new (guint,
                                   n + 1); /* by length - 1: where the lowest such run ends */
  g_autofree int *previous = g_new (int, n + 1);
  gboolean *is_resting = g_new0 (gboolean, n + 1);
  guint length = 0;

  for (guint i = 0; i < n; i++)
    {
      guint low = 0;
      guint high = length;

      if (ranks[i] < 0)
        continue;

      while (low < high)
        {
          guint middle = (low + high) / 2;

          if (ranks[tails[middle]] < ranks[i])
            low = middle + 1;
          else
            high = middle;
        }

      previous[i] = low > 0 ? (int) tails[low - 1] : -1;
      tails[low] = i;
      length = MAX (length, low + 1);
    }

  for (int i = length > 0 ? (int) tails[length - 1] : -1; i >= 0; i = previous[i])
    is_resting[i] = TRUE;

  return is_resting;
}

/* Where each of @entities is in @fresh, or -1. */
static int *
rank_entities (GPtrArray *entities, GPtrArray *fresh)
{
  g_autoptr (GHashTable) positions = g_hash_table_new (g_str_hash, g_str_equal);
  int *ranks = g_new (int, entities->len + 1);

  for (guint i = 0; i < fresh->len; i++)
    g_hash_table_insert (positions, (gpointer) get_id (fresh, i), GUINT_TO_POINTER (i + 1));
  for (guint i = 0; i < entities->len; i++)
    ranks[i] = GPOINTER_TO_INT (g_hash_table_lookup (positions, get_id (entities, i))) - 1;

  return ranks;
}

/* The entities to show: those that are known already, with the values of now, and the new ones. */
static GPtrArray *
merge_entities (DwStoreList *self, GPtrArray *fresh)
{
  GPtrArray *merged = g_ptr_array_new_full (fresh->len, g_object_unref);

  for (guint i = 0; i < fresh->len; i++)
    {
      DwEntity *entity = g_ptr_array_index (fresh, i);
      DwEntity *known = g_hash_table_lookup (self->by_id, dw_entity_get_id (entity));

      if (known != NULL)
        dw_entity_copy_values (known, entity);
      g_ptr_array_add (merged, g_object_ref (known != NULL ? known : entity));
    }

  return merged;
}

/* Replaces @n_removed entities with @n_added of @from, and says so. */
static void
splice (
    DwStoreList *self, guint position, guint n_removed, GPtrArray *from, guint first, guint n_added)
{
  guint n_replaced = MIN (n_removed, n_added);

  if (n_removed == 0 && n_added == 0)
    return;

  for (guint i = 0; i < n_replaced; i++)
    {
      g_object_unref (g_ptr_array_index (self->entities, position + i));
      g_ptr_array_index (self->entities,
                         position + i) = g_object_ref (g_ptr_array_index (from, first + i));
    }
  if (n_removed > n_replaced)
    g_ptr_array_remove_range (self->entities, position + n_replaced, n_removed - n_replaced);
  for (guint i = n_replaced; i < n_added; i++)
    g_ptr_array_insert (self->entities, (int) (position + i),
                        g_object_ref (g_ptr_array_index (from, first + i)));

  g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed, n_added);
}

/* Turns the list into what @fresh says, from its start to its end: what rests is passed by, and
 * between two of those everything that left is replaced by everything that came. */
static void
take_entities (DwStoreList *self, GPtrArray *fresh)
{
  guint n_before = self->entities->len;
  g_autofree int *ranks = rank_entities (self->entities, fresh);
  g_autofree gboolean *is_resting = find_resting (ranks, n_before);
  g_autoptr (GPtrArray) merged = merge_entities (self, fresh);
  guint next = 0; /* in @merged */

  g_hash_table_remove_all (self->by_id);
  for (guint i = 0; i < merged->len; i++)
    g_hash_table_insert (self->by_id, (gpointer) get_id (merged, i), g_ptr_array_index (merged, i));

  for (guint i = 0; i <= n_before; i++)
    {
      guint n_removed = 0;

      while (i + n_removed < n_before && !is_resting[i + n_removed])
        n_removed++;
      i += n_removed;

      guint end = i < n_before ? (guint) ranks[i] : merged->len;
      splice (self, next, n_removed, merged, next, end - next);
      next = end + 1;
    }

  if (self->entities->len != n_before)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_ITEMS]);
}

static void
set_problem (DwStoreList *self, const char *problem)
{
  if (g_strcmp0 (self->problem, problem) == 0)
    return;

  g_free (self->problem);
  self->problem = g_strdup (problem);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROBLEM]);
}

static void load (DwStoreList *self);

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwStoreList *self = DW_STORE_LIST (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) fresh = g_task_propagate_pointer (G_TASK (result), &error);

  /* Disposed meanwhile. */
  if (self->store == NULL)
    return;

  g_clear_object (&self->loading);
  if (fresh != NULL)
    take_entities (self, fresh);
  set_problem (self, error != NULL ? error->message : NULL);

  if (fresh != NULL && !self->is_loaded)
    {
      self->is_loaded = TRUE;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADED]);
    }

  if (self->is_outdated)
    load (self);
}

/* What the worker needs, so that it does not touch the list itself. */
typedef struct
{
  DwStore *store;
  GType type;
  char *parent_id;
} Query;

static void
query_free (Query *query)
{
  g_clear_object (&query->store);
  g_free (query->parent_id);
  g_free (query);
}

static void
run_query (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Query *query = task_data;
  GError *error = NULL;
  GPtrArray *entities;

  if (query->parent_id == NULL)
    entities = dw_store_list (query->store, query->type, &error);
  else if (query->type == DW_TYPE_STAGE)
    entities = dw_store_list_stages (query->store, query->parent_id, &error);
  else
    entities = dw_store_list_instances (query->store, query->parent_id, &error);

  /* Who lets go of the list and of the store last should not find the store held by this thread. */
  g_clear_object (&query->store);

  if (entities != NULL)
    g_task_return_pointer (task, entities, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
load (DwStoreList *self)
{
  Query *query = g_new0 (Query, 1);

  query->store = g_object_ref (self->store);
  query->type = self->type;
  query->parent_id = g_strdup (self->parent_id);

  self->is_outdated = FALSE;
  self->loading = g_cancellable_new ();

  g_autoptr (GTask) task = g_task_new (self, self->loading, on_loaded, NULL);
  g_task_set_source_tag (task, load);
  g_task_set_task_data (task, query, (GDestroyNotify) query_free);
  g_task_run_in_thread (task, run_query);
}

static void
on_store_changed (DwStore *store, GType type, DwStoreList *self)
{
  /* An instance is shown with the names of its project and its stage. */
  if (type == self->type ||
      (self->type == DW_TYPE_INSTANCE && (type == DW_TYPE_PROJECT || type == DW_TYPE_STAGE)))
    dw_store_list_reload (self);
}

static void
dw_store_list_constructed (GObject *object)
{
  DwStoreList *self = DW_STORE_LIST (object);

  G_OBJECT_CLASS (dw_store_list_parent_class)->constructed (object);

  g_signal_connect_object (self->store, "changed", G_CALLBACK (on_store_changed), self, 0);
  dw_store_watch (self->store);
  load (self);
}

static void
dw_store_list_dispose (GObject *object)
{
  DwStoreList *self = DW_STORE_LIST (object);

  if (self->loading != NULL)
    g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (dw_store_list_parent_class)->dispose (object);
}

static void
dw_store_list_finalize (GObject *object)
{
  DwStoreList *self = DW_STORE_LIST (object);

  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->entities);
  g_free (self->parent_id);
  g_free (self->problem);

  G_OBJECT_CLASS (dw_store_list_parent_class)->finalize (object);
}

static void
dw_store_list_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  DwStoreList *self = DW_STORE_LIST (object);

  switch (property_id)
    {
    case PROP_STORE:
      g_value_set_object (value, self->store);
      break;
    case PROP_TYPE:
      g_value_set_gtype (value, self->type);
      break;
    case PROP_PARENT_ID:
      g_value_set_string (value, self->parent_id);
      break;
    case PROP_N_ITEMS:
      g_value_set_uint (value, self->entities->len);
      break;
    case PROP_LOADED:
      g_value_set_boolean (value, self->is_loaded);
      break;
    case PROP_PROBLEM:
      g_value_set_string (value, self->problem);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_store_list_set_property (GObject *object,
                            guint property_id,
                            const GValue *value,
                            GParamSpec *pspec)
{
  DwStoreList *self = DW_STORE_LIST (object);

  switch (property_id)
    {
    case PROP_STORE:
      self->store = g_value_dup_object (value);
      break;
    case PROP_TYPE:
      self->type = g_value_get_gtype (value);
      break;
    case PROP_PARENT_ID:
      self->parent_id = g_value_dup_string (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_store_list_class_init (DwStoreListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags given = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  GParamFlags told = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->constructed = dw_store_list_constructed;
  object_class->dispose = dw_store_list_dispose;
  object_class->finalize = dw_store_list_finalize;
  object_class->get_property = dw_store_list_get_property;
  object_class->set_property = dw_store_list_set_property;

  properties[PROP_STORE] = g_param_spec_object ("store", NULL, NULL, DW_TYPE_STORE, given);
  properties[PROP_TYPE] = g_param_spec_gtype ("type", NULL, NULL, DW_TYPE_ENTITY, given);
  properties[PROP_PARENT_ID] = g_param_spec_string ("parent-id", NULL, NULL, NULL, given);
  properties[PROP_N_ITEMS] = g_param_spec_uint ("n-items", NULL, NULL, 0, G_MAXUINT, 0, told);
  properties[PROP_LOADED] = g_param_spec_boolean ("loaded", NULL, NULL, FALSE, told);
  properties[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL, told);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
dw_store_list_init (DwStoreList *self)
{
  self->entities = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
}

/**
 * dw_store_list_new:
 * @store: the store
 * @type: an entity's type: projects, stages, registries, instances or settings
 * @parent_id: (nullable): only the stages of this project, or only the instances of this stage
 *
 * The list is empty until the first reading is done, and is for the main context of the caller.
 *
 * Returns: (transfer full): a #GListModel of @type
 */
DwStoreList *
dw_store_list_new (DwStore *store, GType type, const char *parent_id)
{
  g_return_val_if_fail (DW_IS_STORE (store), NULL);
  g_return_val_if_fail (parent_id == NULL || type == DW_TYPE_STAGE || type == DW_TYPE_INSTANCE,
                        NULL);

  return g_object_new (DW_TYPE_STORE_LIST, "store", store, "type", type, "parent-id", parent_id,
                       NULL);
}

/* Returns: (transfer none): the store that it shows. */
DwStore *
dw_store_list_get_store (DwStoreList *self)
{
  g_return_val_if_fail (DW_IS_STORE_LIST (self), NULL);

  return self->store;
}

/* Returns: (transfer none) (nullable): the row whose children alone it shows. */
const char *
dw_store_list_get_parent_id (DwStoreList *self)
{
  g_return_val_if_fail (DW_IS_STORE_LIST (self), NULL);

  return self->parent_id;
}

/* Returns: whether it was read once, so that being empty means that there is nothing. */
gboolean
dw_store_list_is_loaded (DwStoreList *self)
{
  g_return_val_if_fail (DW_IS_STORE_LIST (self), FALSE);

  return self->is_loaded;
}

/* Returns: (transfer none) (nullable): why the last reading failed; the rows are older then. */
const char *
dw_store_list_get_problem (DwStoreList *self)
{
  g_return_val_if_fail (DW_IS_STORE_LIST (self), NULL);

  return self->problem;
}

/**
 * dw_store_list_reload:
 * @self: the list
 *
 * Reads the rows again. Returns at once; the list does this by itself when somebody writes, and it
 * is for a person who wants another try after a problem.
 */
void
dw_store_list_reload (DwStoreList *self)
{
  g_return_if_fail (DW_IS_STORE_LIST (self));

  if (self->loading != NULL)
    self->is_outdated = TRUE;
  else
    load (self);
}
