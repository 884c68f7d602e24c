/* dw-config-plan.c: what an import would do, and doing it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A plan is made from what a file says and what the store has. It is applied in one transaction, in
 * which it is made once more: what was agreed to is what is done, or nothing is.
 */

#include "config.h"

#include "config/dw-config-plan.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "config/dw-compose.h"
#include "config/dw-config-fields.h"
#include "model/dw-model-error.h"
#include "model/dw-nearest.h"

#define POSITION_LIMIT 1000000

/* What the change at the same place writes. */
typedef struct
{
  const DwConfigItem *item; /* nullable: of what is removed */
  DwEntity *entity;         /* as it is to be, or what is to go */
} Step;

/* The outcome of one comparison with the store. */
typedef struct
{
  GPtrArray *changes; /* of DwConfigChange */
  GPtrArray *steps;   /* of Step */
} Outcome;

/* What the store has. */
typedef struct
{
  DwSettings *settings;
  GPtrArray *registries;
  GPtrArray *projects;
  GPtrArray *stages;
  GHashTable *by_name; /* of "TYPE PARENT/NAME" to DwEntity, of the above */
  GHashTable *by_id;   /* of id to DwEntity, likewise */
  GHashTable *in_use;  /* of ids: the stages that have containers */
} Content;

struct _DwConfigPlan
{
  GObject parent_instance;

  DwStore *store;
  DwConfigDocument *document;
  DwConfigMode mode;
  GPtrArray *changes; /* of DwConfigChange */
};

G_DEFINE_FINAL_TYPE (DwConfigPlan, dw_config_plan, G_TYPE_OBJECT)

static void
field_change_free (gpointer data)
{
  DwConfigFieldChange *field = data;

  g_free (field->key);
  g_free (field->old_value);
  g_free (field->new_value);
  g_free (field);
}

static void
change_free (gpointer data)
{
  DwConfigChange *change = data;

  g_free (change->name);
  g_ptr_array_unref (change->fields);
  g_free (change);
}

static void
step_free (gpointer data)
{
  Step *step = data;

  g_object_unref (step->entity);
  g_free (step);
}

static void
clear_outcome (Outcome *outcome)
{
  g_clear_pointer (&outcome->changes, g_ptr_array_unref);
  g_clear_pointer (&outcome->steps, g_ptr_array_unref);
}

static void
clear_content (Content *content)
{
  g_clear_object (&content->settings);
  g_clear_pointer (&content->registries, g_ptr_array_unref);
  g_clear_pointer (&content->projects, g_ptr_array_unref);
  g_clear_pointer (&content->stages, g_ptr_array_unref);
  g_clear_pointer (&content->by_name, g_hash_table_unref);
  g_clear_pointer (&content->by_id, g_hash_table_unref);
  g_clear_pointer (&content->in_use, g_hash_table_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, clear_outcome)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Content, clear_content)

static void
dw_config_plan_dispose (GObject *object)
{
  DwConfigPlan *self = DW_CONFIG_PLAN (object);

  g_clear_object (&self->store);
  g_clear_pointer (&self->changes, g_ptr_array_unref);
  g_clear_pointer (&self->document, dw_config_document_free);

  G_OBJECT_CLASS (dw_config_plan_parent_class)->dispose (object);
}

static void
dw_config_plan_class_init (DwConfigPlanClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dw_config_plan_dispose;
}

static void
dw_config_plan_init (DwConfigPlan *self)
{
}

/* --- What the store has ------------------------------------------------------------------------
 */

/* A key of Content.by_name; a stage's has the id of its project before its name. */
static char *
make_name_key (GType type, const char *parent, const char *name)
{
  return g_strconcat (g_type_name (type), " ", parent != NULL ? parent : "", "/", name, NULL);
}

static const char *
get_name (DwEntity *entity)
{
  guint id = dw_entity_class_find_property_id (DW_ENTITY_GET_CLASS (entity), "name");

  return id != 0 ? dw_entity_get_string (entity, id) : NULL;
}

static void
add_to_index (Content *content, GPtrArray *entities)
{
  for (guint i = 0; i < entities->len; i++)
    {
      DwEntity *entity = g_ptr_array_index (entities, i);
      const char *parent = DW_IS_STAGE (entity) ? dw_stage_get_project_id (DW_STAGE (entity))
                                                : NULL;

      g_hash_table_insert (content->by_name,
                           make_name_key (G_OBJECT_TYPE (entity), parent, get_name (entity)),
                           entity);
      g_hash_table_insert (content->by_id, (gpointer) dw_entity_get_id (entity), entity);
    }
}

static gboolean
read_use (Content *content, DwStore *store, GError **error)
{
  g_autoptr (GPtrArray) instances = dw_store_list (store, DW_TYPE_INSTANCE, error);

  for (guint i = 0; instances != NULL && i < instances->len; i++)
    g_hash_table_add (content->in_use,
                      g_strdup (dw_instance_get_stage_id (g_ptr_array_index (instances, i))));

  return instances != NULL;
}

static gboolean
read_content (Content *content, DwStore *store, GError **error)
{
  content->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  content->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  content->in_use = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if ((content->settings = dw_store_get_settings (store, error)) == NULL ||
      (content->registries = dw_store_list (store, DW_TYPE_REGISTRY, error)) == NULL ||
      (content->projects = dw_store_list (store, DW_TYPE_PROJECT, error)) == NULL ||
      (content->stages = dw_store_list (store, DW_TYPE_STAGE, error)) == NULL ||
      !read_use (content, store, error))
    return FALSE;

  add_to_index (content, content->registries);
  add_to_index (content, content->projects);
  add_to_index (content, content->stages);

  return TRUE;
}

static gpointer
find_named (const Content *content, GType type, const char *parent, const char *name)
{
  g_autofree char *key = make_name_key (type, parent, name);

  return g_hash_table_lookup (content->by_name, key);
}

/* Returns: (nullable): what the item is about, as it is now */
static DwEntity *
find_existing (const Content *content, const DwConfigItem *item)
{
  if (item->type == DW_TYPE_SETTINGS)
    return DW_ENTITY (content->settings);
  if (item->type != DW_TYPE_STAGE)
    return find_named (content, item->type, NULL, item->name);

  DwEntity *project = find_named (content, DW_TYPE_PROJECT, NULL, item->project);
  return project != NULL
             ? find_named (content, DW_TYPE_STAGE, dw_entity_get_id (project), item->name)
             : NULL;
}

static const char *
find_registry_name (const Content *content, DwEntity *project)
{
  const char *id = project != NULL ? dw_project_get_registry_id (DW_PROJECT (project)) : NULL;
  DwRegistry *registry = id != NULL ? g_hash_table_lookup (content->by_id, id) : NULL;

  return registry != NULL ? dw_registry_get_name (registry) : NULL;
}

/* The place of a stage that is added to those that its project has. */
static int
find_last_position (const Content *content, const DwConfigItem *item)
{
  DwEntity *project = find_named (content, DW_TYPE_PROJECT, NULL, item->project);
  int position = (int) item->index;

  for (guint i = 0; project != NULL && i < content->stages->len; i++)
    {
      DwStage *stage = g_ptr_array_index (content->stages, i);

      if (g_strcmp0 (dw_stage_get_project_id (stage), dw_entity_get_id (project)) == 0)
        position = MAX (position, dw_stage_get_position (stage) + 1);
    }

  return MIN (position, POSITION_LIMIT);
}

/* --- Comparing ---------------------------------------------------------------------------------
 */

static gboolean
is_given (const DwConfigItem *item, const char *key)
{
  return g_hash_table_contains (item->places, key);
}

/* The item's entity as it is to be: what it says, over what is there. */
static DwEntity *
make_target (const Content *content,
             const DwConfigItem *item,
             DwEntity *existing,
             DwConfigMode mode)
{
  DwEntity *target = g_object_new (item->type, NULL);
  DwEntityClass *klass = DW_ENTITY_GET_CLASS (target);

  dw_entity_copy_values (target, existing != NULL ? existing : item->entity);
  for (guint i = 1; existing != NULL && i < klass->n_properties; i++)
    {
      g_autofree char *key = dw_config_make_key (klass->properties[i]);

      if (dw_config_is_field (klass->properties[i]) &&
          (mode == DW_CONFIG_REPLACE || is_given (item, key)))
        dw_entity_set_value (target, i, dw_entity_peek_value (item->entity, i));
    }

  if (item->type == DW_TYPE_STAGE && !is_given (item, "position"))
    {
      if (mode == DW_CONFIG_REPLACE)
        g_object_set (target, "position", (int) MIN (item->index, POSITION_LIMIT), NULL);
      else if (existing == NULL)
        g_object_set (target, "position", find_last_position (content, item), NULL);
    }
  /* Until its project is written and has an id. */
  if (item->type == DW_TYPE_STAGE && existing == NULL)
    g_object_set (target, "project-id", "-", NULL);

  return target;
}

static void
add_field (DwConfigChange *change, const char *key, const char *old_value, const char *new_value)
{
  if (g_strcmp0 (old_value, new_value) == 0)
    return;

  DwConfigFieldChange *field = g_new0 (DwConfigFieldChange, 1);
  field->key = g_strdup (key);
  field->old_value = g_strdup (old_value);
  field->new_value = g_strdup (new_value);
  g_ptr_array_add (change->fields, field);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

/* One field change a variable. */
static void
compare_variables (DwConfigChange *change, const char *key, GHashTable *old, GHashTable *new)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  GHashTable *tables[] = { old, new };

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      GHashTableIter iter;
      gpointer name;

      g_hash_table_iter_init (&iter, tables[i]);
      while (g_hash_table_iter_next (&iter, &name, NULL))
        if (i == 0 || !g_hash_table_contains (old, name))
          g_ptr_array_add (names, name);
    }

  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *variable = g_strconcat (key, ".", name, NULL);

      add_field (change, variable, g_hash_table_lookup (old, name),
                 g_hash_table_lookup (new, name));
    }
}

/* Of what is new only that counts which is not as it would be anyway. */
static void
compare_fields (DwConfigChange *change, DwEntity *existing, DwEntity *target)
{
  DwEntityClass *klass = DW_ENTITY_GET_CLASS (target);

  for (guint i = 1; i < klass->n_properties; i++)
    {
      g_autofree char *key = dw_config_make_key (klass->properties[i]);
      g_autoptr (GHashTable) new_variables = NULL;

      if (!dw_config_is_field (klass->properties[i]) ||
          (existing == NULL && dw_config_has_default (target, i)))
        continue;

      new_variables = dw_config_dup_variables (target, i);
      if (new_variables != NULL)
        {
          g_autoptr (GHashTable)
              old_variables = existing != NULL ? dw_config_dup_variables (existing, i) : NULL;

          if (old_variables == NULL)
            old_variables = g_hash_table_new (g_str_hash, g_str_equal);
          compare_variables (change, key, old_variables, new_variables);
        }
      else
        {
          g_autofree char *old_value = existing != NULL ? dw_config_show_field (existing, i) : NULL;
          g_autofree char *new_value = dw_config_show_field (target, i);

          add_field (change, key, old_value, new_value);
        }
    }
}

static DwConfigChange *
change_new (DwConfigChangeKind kind, GType type, const char *project, const char *name)
{
  DwConfigChange *change = g_new0 (DwConfigChange, 1);

  change->kind = kind;
  change->type = type;
  change->name = project != NULL ? g_strconcat (project, "/", name, NULL) : g_strdup (name);
  change->fields = g_ptr_array_new_with_free_func (field_change_free);

  return change;
}

static void
take_step (Outcome *outcome, DwConfigChange *change, const DwConfigItem *item, DwEntity *entity)
{
  Step *step = g_new0 (Step, 1);

  step->item = item;
  step->entity = g_object_ref (entity);
  g_ptr_array_add (outcome->changes, change);
  g_ptr_array_add (outcome->steps, step);
}

/* The model's message begins with the field: that is where it is. */
static gboolean
check_target (DwConfigItem *item, DwEntity *target, GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (dw_entity_validate (target, &problem))
    return TRUE;

  g_autofree char *key = g_strndup (problem->message, strcspn (problem->message, ":"));
  dw_yaml_node_set_error (dw_config_item_find_place (item, key), error, "%s", problem->message);
  return FALSE;
}

/* The names of the registries that will be there. */
static GStrv
list_registries (DwConfigPlan *self, const Content *content)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  gboolean replaces = self->mode == DW_CONFIG_REPLACE && self->document->has_registries;

  for (guint i = 0; !replaces && i < content->registries->len; i++)
    g_strv_builder_add (builder, dw_registry_get_name (g_ptr_array_index (content->registries, i)));
  for (guint i = 0; i < self->document->items->len; i++)
    {
      const DwConfigItem *item = g_ptr_array_index (self->document->items, i);

      if (item->type == DW_TYPE_REGISTRY)
        g_strv_builder_add (builder, item->name);
    }

  return g_strv_builder_end (builder);
}

static gboolean
check_registry (DwConfigItem *item, const char *const *registries, GError **error)
{
  if (item->registry == NULL || g_strv_contains (registries, item->registry))
    return TRUE;

  g_autofree char *shown = dw_model_quote (item->registry);
  g_autofree char *suggestion = dw_suggest (item->registry, registries);
  dw_yaml_node_set_error (dw_config_item_find_place (item, DW_CONFIG_REGISTRY), error,
                          _ ("there is no registry %s%s"), shown, suggestion);
  return FALSE;
}

static gboolean
compare_item (DwConfigPlan *self,
              const Content *content,
              DwConfigItem *item,
              const char *const *registries,
              Outcome *outcome,
              GError **error)
{
  DwEntity *existing = find_existing (content, item);
  g_autoptr (DwEntity) target = make_target (content, item, existing, self->mode);

  if (!check_target (item, target, error) || !check_registry (item, registries, error))
    return FALSE;

  DwConfigChange *change = change_new (existing != NULL ? DW_CONFIG_CHANGED : DW_CONFIG_ADDED,
                                       item->type, item->project, item->name);
  compare_fields (change, existing, target);
  if (item->type == DW_TYPE_PROJECT &&
      (existing == NULL || self->mode == DW_CONFIG_REPLACE || is_given (item, DW_CONFIG_REGISTRY)))
    add_field (change, DW_CONFIG_REGISTRY, find_registry_name (content, existing), item->registry);

  if (existing == NULL || change->fields->len > 0)
    take_step (outcome, change, item, target);
  else
    change_free (change);
  return TRUE;
}

static void
remove_entity (Outcome *outcome, DwEntity *entity, const char *project, gboolean is_in_use)
{
  DwConfigChange *change = change_new (DW_CONFIG_REMOVED, G_OBJECT_TYPE (entity), project,
                                       get_name (entity));

  change->is_in_use = is_in_use;
  take_step (outcome, change, NULL, entity);
}

/* The names that the file has, as in Content.by_name but with a project's name for its id. */
static GHashTable *
list_named (DwConfigDocument *document)
{
  GHashTable *named = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < document->items->len; i++)
    {
      const DwConfigItem *item = g_ptr_array_index (document->items, i);

      if (item->name != NULL)
        g_hash_table_add (named, make_name_key (item->type, item->project, item->name));
    }

  return named;
}

/* Those of @entities that are not in the file. */
static void
compare_removals (const Content *content, GPtrArray *entities, GHashTable *named, Outcome *outcome)
{
  for (guint i = 0; i < entities->len; i++)
    {
      DwEntity *entity = g_ptr_array_index (entities, i);
      DwEntity *project = DW_IS_STAGE (entity)
                              ? g_hash_table_lookup (content->by_id,
                                                     dw_stage_get_project_id (DW_STAGE (entity)))
                              : NULL;
      const char *parent = project != NULL ? get_name (project) : NULL;
      g_autofree char *key = make_name_key (G_OBJECT_TYPE (entity), parent, get_name (entity));

      if (!g_hash_table_contains (named, key))
        remove_entity (outcome, entity, parent,
                       g_hash_table_contains (content->in_use, dw_entity_get_id (entity)));
    }
}

/* Within a transaction: what is to be done, by what is there now. */
static gboolean
compare (DwConfigPlan *self, DwStore *store, Outcome *outcome, GError **error)
{
  g_auto (Content) content = { 0 };

  outcome->changes = g_ptr_array_new_with_free_func (change_free);
  outcome->steps = g_ptr_array_new_with_free_func (step_free);
  if (!read_content (&content, store, error))
    return FALSE;

  g_auto (GStrv) registries = list_registries (self, &content);
  for (guint i = 0; i < self->document->items->len; i++)
    if (!compare_item (self, &content, g_ptr_array_index (self->document->items, i),
                       (const char *const *) registries, outcome, error))
      return FALSE;

  if (self->mode == DW_CONFIG_REPLACE)
    {
      g_autoptr (GHashTable) named = list_named (self->document);

      /* The stages that go with their project are named as well. */
      if (self->document->has_projects)
        {
          compare_removals (&content, content.stages, named, outcome);
          compare_removals (&content, content.projects, named, outcome);
        }
      if (self->document->has_registries)
        compare_removals (&content, content.registries, named, outcome);
    }

  return TRUE;
}

static gboolean
make_changes (DwStore *store, gpointer user_data, GError **error)
{
  DwConfigPlan *self = user_data;
  g_auto (Outcome) outcome = { 0 };

  if (!compare (self, store, &outcome, error))
    return FALSE;

  self->changes = g_steal_pointer (&outcome.changes);
  return TRUE;
}

/**
 * dw_config_plan_new_for_document:
 * @store: a store
 * @document: (transfer full): what the configuration is to be
 * @mode: what becomes of what @document does not name
 * @error: DW_CONFIG_ERROR_INVALID, or a DW_STORE_ERROR
 *
 * Blocks; not on the main thread.
 *
 * Returns: (transfer full) (nullable): what would be done; nothing is yet
 */
DwConfigPlan *
dw_config_plan_new_for_document (DwStore *store,
                                 DwConfigDocument *document,
                                 DwConfigMode mode,
                                 GError **error)
{
  g_autoptr (DwConfigPlan) self = g_object_new (DW_TYPE_CONFIG_PLAN, NULL);

  g_return_val_if_fail (DW_IS_STORE (store), NULL);
  g_return_val_if_fail (document != NULL, NULL);

  self->store = g_object_ref (store);
  self->document = document;
  self->mode = mode;

  return dw_store_transact (store, make_changes, self, error) ? g_steal_pointer (&self) : NULL;
}

static DwConfigDocument *
read_document (
    DwYamlNode *root, GFile *file, DwConfigMode mode, GCancellable *cancellable, GError **error)
{
  if (!dw_compose_is (root))
    return dw_config_document_read (root, error);

  /* It says what it runs, and nothing of what else there is here. */
  if (mode == DW_CONFIG_REPLACE)
    {
      dw_yaml_node_set_error (root, error,
                              _ ("a compose file cannot replace the configuration; it can only add "
                                 "to it"));
      return NULL;
    }

  g_auto (GStrv) environment = g_get_environ ();
  return dw_compose_read (root, file, (const char *const *) environment, cancellable, error);
}

/**
 * dw_config_plan_new_for_file:
 * @store: a store
 * @file: a configuration, as dw_config_export() writes it, or a compose file, which can only be
 *   merged
 * @mode: what becomes of what the file does not name
 * @cancellable: (nullable): ends the reading
 * @error: a DW_CONFIG_ERROR, of which the message of _INVALID says line and column, a
 *   DW_STORE_ERROR or G_IO_ERROR_CANCELLED
 *
 * Blocks; not on the main thread.
 *
 * Returns: (transfer full) (nullable): what would be done; nothing is yet
 */
DwConfigPlan *
dw_config_plan_new_for_file (
    DwStore *store, GFile *file, DwConfigMode mode, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (DW_IS_STORE (store), NULL);
  g_return_val_if_fail (G_IS_FILE (file), NULL);

  g_autoptr (DwYamlNode) root = dw_yaml_read (file, cancellable, error);
  DwConfigDocument *document = root != NULL ? read_document (root, file, mode, cancellable, error)
                                            : NULL;

  return document != NULL ? dw_config_plan_new_for_document (store, document, mode, error) : NULL;
}

/* --- Applying ----------------------------------------------------------------------------------
 */

static gboolean
are_equal (GPtrArray *a, GPtrArray *b)
{
  gboolean are = a->len == b->len;

  for (guint i = 0; are && i < a->len; i++)
    {
      const DwConfigChange *x = g_ptr_array_index (a, i);
      const DwConfigChange *y = g_ptr_array_index (b, i);

      are = x->kind == y->kind && x->type == y->type && g_strcmp0 (x->name, y->name) == 0 &&
            x->fields->len == y->fields->len;
      for (guint j = 0; are && j < x->fields->len; j++)
        {
          const DwConfigFieldChange *left = g_ptr_array_index (x->fields, j);
          const DwConfigFieldChange *right = g_ptr_array_index (y->fields, j);

          are = g_str_equal (left->key, right->key) &&
                g_strcmp0 (left->old_value, right->old_value) == 0 &&
                g_strcmp0 (left->new_value, right->new_value) == 0;
        }
    }

  return are;
}

static gboolean
check_use (GPtrArray *changes, GError **error)
{
  for (guint i = 0; i < changes->len; i++)
    {
      const DwConfigChange *change = g_ptr_array_index (changes, i);

      if (change->is_in_use)
        {
          g_set_error (error, DW_CONFIG_ERROR, DW_CONFIG_ERROR_IN_USE,
                       _ ("The stage %s is to be removed and has containers; remove it first with: "
                          "docker-watcher remove %s"),
                       change->name, change->name);
          return FALSE;
        }
    }

  return TRUE;
}

/* By then its registry and its project are written. */
static gboolean
set_references (DwStore *store, const DwConfigItem *item, DwEntity *entity, GError **error)
{
  if (item->type == DW_TYPE_PROJECT &&
      (item->registry != NULL || is_given (item, DW_CONFIG_REGISTRY)))
    {
      g_autoptr (DwRegistry) registry = item->registry != NULL
                                            ? dw_store_find_registry (store, item->registry, error)
                                            : NULL;

      if (item->registry != NULL && registry == NULL)
        return FALSE;
      g_object_set (entity, "registry-id",
                    registry != NULL ? dw_entity_get_id (DW_ENTITY (registry)) : NULL, NULL);
    }
  else if (item->type == DW_TYPE_STAGE)
    {
      g_autoptr (DwProject) project = dw_store_find_project (store, item->project, error);

      if (project == NULL)
        return FALSE;
      g_object_set (entity, "project-id", dw_entity_get_id (DW_ENTITY (project)), NULL);
    }

  return TRUE;
}

static gboolean
apply_step (
    DwConfigPlan *self, DwStore *store, DwConfigChangeKind kind, const Step *step, GError **error)
{
  if (kind == DW_CONFIG_REMOVED)
    return dw_store_delete (store, G_OBJECT_TYPE (step->entity), dw_entity_get_id (step->entity),
                            error);

  if (self->mode == DW_CONFIG_REPLACE && step->item->type == DW_TYPE_PROJECT)
    g_object_set (step->entity, "registry-id", NULL, NULL);

  return set_references (store, step->item, step->entity, error) &&
         (kind == DW_CONFIG_ADDED ? dw_store_create (store, step->entity, error)
                                  : dw_store_update (store, step->entity, error));
}

static gboolean
apply (DwStore *store, gpointer user_data, GError **error)
{
  DwConfigPlan *self = user_data;
  g_auto (Outcome) outcome = { 0 };

  if (!compare (self, store, &outcome, error))
    return FALSE;
  if (!are_equal (self->changes, outcome.changes))
    {
      g_set_error_literal (error, DW_CONFIG_ERROR, DW_CONFIG_ERROR_CHANGED,
                           _ ("The configuration was changed since the plan was made; make it "
                              "again"));
      return FALSE;
    }
  if (!check_use (outcome.changes, error))
    return FALSE;

  for (guint i = 0; i < outcome.changes->len; i++)
    {
      const DwConfigChange *change = g_ptr_array_index (outcome.changes, i);

      if (!apply_step (self, store, change->kind, g_ptr_array_index (outcome.steps, i), error))
        return FALSE;
    }

  return TRUE;
}

/**
 * dw_config_plan_apply:
 * @self: a plan
 * @error: DW_CONFIG_ERROR_CHANGED when it is not what would be done any more, _IN_USE, or a
 *   DW_STORE_ERROR; then nothing is done
 *
 * Does in one transaction what the plan says. Blocks; not on the main thread.
 *
 * Returns: whether it is done
 */
gboolean
dw_config_plan_apply (DwConfigPlan *self, GError **error)
{
  g_return_val_if_fail (DW_IS_CONFIG_PLAN (self), FALSE);

  return dw_store_transact (self->store, apply, self, error);
}

/* Returns: (transfer none) (element-type DwConfigChange): what it does, in the order of doing; none
 * when the configuration is as it should be */
GPtrArray *
dw_config_plan_get_changes (DwConfigPlan *self)
{
  g_return_val_if_fail (DW_IS_CONFIG_PLAN (self), NULL);

  return self->changes;
}

/* Returns: (transfer none) (element-type DwConfigNote): what is not carried over, and why */
GPtrArray *
dw_config_plan_get_notes (DwConfigPlan *self)
{
  g_return_val_if_fail (DW_IS_CONFIG_PLAN (self), NULL);

  return self->document->notes;
}
