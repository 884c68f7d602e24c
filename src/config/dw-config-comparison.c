/* dw-config-comparison.c: what must be done for the store to say what a file says
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "config/dw-config-comparison.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "config/dw-config-content.h"
#include "config/dw-config-fields.h"
#include "model/dw-model-error.h"
#include "model/dw-nearest.h"

#define POSITION_LIMIT 1000000

/* What everything here looks at. */
typedef struct
{
  const DwConfigContent *content;
  DwConfigDocument *document;
  DwConfigMode mode;
  GStrv registries; /* the names of those that will be there */
} Context;

static void
step_free (gpointer data)
{
  DwConfigStep *step = data;

  g_object_unref (step->entity);
  g_free (step);
}

void
dw_config_comparison_free (DwConfigComparison *self)
{
  g_ptr_array_unref (self->changes);
  g_ptr_array_unref (self->steps);
  g_free (self);
}

/* The place of a stage that is added to those that its project has. */
static int
find_last_position (const DwConfigContent *content, const DwConfigItem *item)
{
  DwEntity *project = dw_config_content_find (content, DW_TYPE_PROJECT, NULL, item->project);
  int position = (int) item->index;

  for (guint i = 0; project != NULL && i < content->stages->len; i++)
    {
      DwStage *stage = g_ptr_array_index (content->stages, i);

      if (g_strcmp0 (dw_stage_get_project_id (stage), dw_entity_get_id (project)) == 0)
        position = MAX (position, dw_stage_get_position (stage) + 1);
    }

  return MIN (position, POSITION_LIMIT);
}

/* The item's entity as it is to be: what it says, over what is there. */
static DwEntity *
make_target (const Context *context, const DwConfigItem *item, DwEntity *existing)
{
  DwEntity *target = g_object_new (item->type, NULL);
  DwEntityClass *klass = DW_ENTITY_GET_CLASS (target);

  dw_entity_copy_values (target, existing != NULL ? existing : item->entity);
  for (guint i = 1; existing != NULL && i < klass->n_properties; i++)
    {
      g_autofree char *key = dw_config_make_key (klass->properties[i]);

      if (dw_config_is_field (klass->properties[i]) &&
          (context->mode == DW_CONFIG_REPLACE || dw_config_item_gives (item, key)))
        dw_entity_copy_value (target, item->entity, i);
    }

  if (item->type == DW_TYPE_STAGE && !dw_config_item_gives (item, "position"))
    {
      if (context->mode == DW_CONFIG_REPLACE)
        g_object_set (target, "position", (int) MIN (item->index, POSITION_LIMIT), NULL);
      else if (existing == NULL)
        g_object_set (target, "position", find_last_position (context->content, item), NULL);
    }
  /* Until its project is written and has an id. */
  if (item->type == DW_TYPE_STAGE && existing == NULL)
    g_object_set (target, "project-id", "-", NULL);

  return target;
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

      dw_config_change_add_field (change, variable, g_hash_table_lookup (old, name),
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

          dw_config_change_add_field (change, key, old_value, new_value);
        }
    }
}

static void
take_step (DwConfigComparison *self,
           DwConfigChange *change,
           const DwConfigItem *item,
           DwEntity *entity)
{
  DwConfigStep *step = g_new0 (DwConfigStep, 1);

  step->item = item;
  step->entity = g_object_ref (entity);
  g_ptr_array_add (self->changes, change);
  g_ptr_array_add (self->steps, step);
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
list_registries (const Context *context)
{
  const DwConfigContent *content = context->content;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  gboolean replaces = context->mode == DW_CONFIG_REPLACE && context->document->has_registries;

  for (guint i = 0; !replaces && i < content->registries->len; i++)
    g_strv_builder_add (builder, dw_registry_get_name (g_ptr_array_index (content->registries, i)));
  for (guint i = 0; i < context->document->items->len; i++)
    {
      const DwConfigItem *item = g_ptr_array_index (context->document->items, i);

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
                          /* Translators: what stands there, and “; did you mean …?” or nothing */
                          _ ("there is no registry %s%s"), shown, suggestion);
  return FALSE;
}

static gboolean
compare_item (DwConfigComparison *self, const Context *context, DwConfigItem *item, GError **error)
{
  DwEntity *existing = dw_config_content_find (context->content, item->type, item->project,
                                               item->name);
  g_autoptr (DwEntity) target = make_target (context, item, existing);

  if (!check_target (item, target, error) ||
      !check_registry (item, (const char *const *) context->registries, error))
    return FALSE;

  g_autoptr (DwConfigChange)
      change = dw_config_change_new (existing != NULL ? DW_CONFIG_CHANGED : DW_CONFIG_ADDED,
                                     item->type, item->project, item->name);
  compare_fields (change, existing, target);
  if (item->type == DW_TYPE_PROJECT && (existing == NULL || context->mode == DW_CONFIG_REPLACE ||
                                        dw_config_item_gives (item, DW_CONFIG_REGISTRY)))
    dw_config_change_add_field (change, DW_CONFIG_REGISTRY,
                                existing != NULL ? dw_config_content_find_registry_name (
                                                       context->content, DW_PROJECT (existing))
                                                 : NULL,
                                item->registry);

  if (existing == NULL || change->fields->len > 0)
    take_step (self, g_steal_pointer (&change), item, target);
  return TRUE;
}

static void
remove_entity (DwConfigComparison *self, DwEntity *entity, const char *project, gboolean is_in_use)
{
  DwConfigChange *change = dw_config_change_new (DW_CONFIG_REMOVED, G_OBJECT_TYPE (entity), project,
                                                 dw_config_content_get_name (entity));

  change->is_in_use = is_in_use;
  take_step (self, change, NULL, entity);
}

/* The names that the file has, as in DwConfigContent.by_name but with a project's name for its id.
 */
static GHashTable *
list_named (DwConfigDocument *document)
{
  GHashTable *named = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < document->items->len; i++)
    {
      const DwConfigItem *item = g_ptr_array_index (document->items, i);

      if (item->name != NULL)
        g_hash_table_add (named,
                          dw_config_content_make_key (item->type, item->project, item->name));
    }

  return named;
}

/* Those of @entities that are not in the file. */
static void
compare_removals (DwConfigComparison *self,
                  const DwConfigContent *content,
                  GPtrArray *entities,
                  GHashTable *named)
{
  for (guint i = 0; i < entities->len; i++)
    {
      DwEntity *entity = g_ptr_array_index (entities, i);
      DwEntity *project = DW_IS_STAGE (entity)
                              ? g_hash_table_lookup (content->by_id,
                                                     dw_stage_get_project_id (DW_STAGE (entity)))
                              : NULL;
      const char *parent = project != NULL ? dw_config_content_get_name (project) : NULL;
      g_autofree char *key = dw_config_content_make_key (G_OBJECT_TYPE (entity), parent,
                                                         dw_config_content_get_name (entity));

      if (!g_hash_table_contains (named, key))
        remove_entity (self, entity, parent,
                       g_hash_table_contains (content->in_use, dw_entity_get_id (entity)));
    }
}

/**
 * dw_config_compare:
 * @store: a store, in a transaction
 * @document: what a file says
 * @mode: what becomes of what it does not name
 * @error: DW_CONFIG_ERROR_INVALID with the place, or a DW_STORE_ERROR
 *
 * Returns: (transfer full) (nullable): what must be done, in the order of doing
 */
DwConfigComparison *
dw_config_compare (DwStore *store, DwConfigDocument *document, DwConfigMode mode, GError **error)
{
  g_autoptr (DwConfigContent) content = dw_config_content_read (store, error);
  g_autoptr (DwConfigComparison) self = g_new0 (DwConfigComparison, 1);
  Context context = { .content = content, .document = document, .mode = mode };

  self->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) dw_config_change_free);
  self->steps = g_ptr_array_new_with_free_func (step_free);
  if (content == NULL)
    return NULL;

  g_auto (GStrv) registries = list_registries (&context);
  context.registries = registries;
  for (guint i = 0; i < document->items->len; i++)
    if (!compare_item (self, &context, g_ptr_array_index (document->items, i), error))
      return NULL;

  if (mode == DW_CONFIG_REPLACE)
    {
      g_autoptr (GHashTable) named = list_named (document);

      /* The stages that go with their project are named as well. */
      if (document->has_projects)
        {
          compare_removals (self, content, content->stages, named);
          compare_removals (self, content, content->projects, named);
        }
      if (document->has_registries)
        compare_removals (self, content, content->registries, named);
    }

  return g_steal_pointer (&self);
}
