/* dw-config-content.c: the whole configuration as the store has it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "config/dw-config-content.h"

void
dw_config_content_free (DwConfigContent *self)
{
  g_clear_object (&self->settings);
  g_clear_pointer (&self->registries, g_ptr_array_unref);
  g_clear_pointer (&self->projects, g_ptr_array_unref);
  g_clear_pointer (&self->stages, g_ptr_array_unref);
  g_hash_table_unref (self->by_name);
  g_hash_table_unref (self->by_id);
  g_hash_table_unref (self->in_use);
  g_free (self);
}

/**
 * dw_config_content_make_key:
 * @type: an entity's type
 * @parent: (nullable): of a stage, what its project is known by
 * @name: the entity's name
 *
 * Returns: (transfer full): what no other entity has
 */
char *
dw_config_content_make_key (GType type, const char *parent, const char *name)
{
  return g_strconcat (g_type_name (type), " ", parent != NULL ? parent : "", "/", name, NULL);
}

/* Returns: (nullable) (transfer none): its name, which the settings do not have */
const char *
dw_config_content_get_name (DwEntity *entity)
{
  guint id = dw_entity_class_find_property_id (DW_ENTITY_GET_CLASS (entity), "name");

  return id != 0 ? dw_entity_get_string (entity, id) : NULL;
}

static void
add_to_index (DwConfigContent *self, GPtrArray *entities)
{
  for (guint i = 0; i < entities->len; i++)
    {
      DwEntity *entity = g_ptr_array_index (entities, i);
      const char *parent = DW_IS_STAGE (entity) ? dw_stage_get_project_id (DW_STAGE (entity))
                                                : NULL;
      const char *name = dw_config_content_get_name (entity);

      g_hash_table_insert (
          self->by_name, dw_config_content_make_key (G_OBJECT_TYPE (entity), parent, name), entity);
      g_hash_table_insert (self->by_id, (gpointer) dw_entity_get_id (entity), entity);
    }
}

static gboolean
read_use (DwConfigContent *self, DwStore *store, GError **error)
{
  g_autoptr (GPtrArray) instances = dw_store_list (store, DW_TYPE_INSTANCE, error);
  g_autoptr (GPtrArray)
      deploys = instances != NULL ? dw_store_list_unfinished_deploys (store, error) : NULL;

  if (deploys == NULL)
    return FALSE;

  for (guint i = 0; i < instances->len; i++)
    g_hash_table_add (self->in_use,
                      g_strdup (dw_instance_get_stage_id (g_ptr_array_index (instances, i))));
  for (guint i = 0; i < deploys->len; i++)
    g_hash_table_add (self->in_use,
                      g_strdup (dw_deploy_get_stage_id (g_ptr_array_index (deploys, i))));

  return TRUE;
}

/**
 * dw_config_content_read:
 * @store: a store
 * @error: a DW_STORE_ERROR
 *
 * Blocks; any thread.
 *
 * Returns: (transfer full) (nullable): what it has
 */
DwConfigContent *
dw_config_content_read (DwStore *store, GError **error)
{
  g_autoptr (DwConfigContent) self = g_new0 (DwConfigContent, 1);

  self->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->in_use = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if ((self->settings = dw_store_get_settings (store, error)) == NULL ||
      (self->registries = dw_store_list (store, DW_TYPE_REGISTRY, error)) == NULL ||
      (self->projects = dw_store_list (store, DW_TYPE_PROJECT, error)) == NULL ||
      (self->stages = dw_store_list (store, DW_TYPE_STAGE, error)) == NULL ||
      !read_use (self, store, error))
    return NULL;

  add_to_index (self, self->registries);
  add_to_index (self, self->projects);
  add_to_index (self, self->stages);

  return g_steal_pointer (&self);
}

static gpointer
find_by_key (const DwConfigContent *self, GType type, const char *parent, const char *name)
{
  g_autofree char *key = dw_config_content_make_key (type, parent, name);

  return g_hash_table_lookup (self->by_name, key);
}

/**
 * dw_config_content_find:
 * @self: the content
 * @type: an entity's type
 * @project: (nullable): of a stage, the name of its project
 * @name: (nullable): its name; the settings have none
 *
 * Returns: (nullable) (transfer none): the entity
 */
gpointer
dw_config_content_find (const DwConfigContent *self,
                        GType type,
                        const char *project,
                        const char *name)
{
  if (type == DW_TYPE_SETTINGS)
    return self->settings;
  if (type != DW_TYPE_STAGE)
    return find_by_key (self, type, NULL, name);

  DwEntity *parent = find_by_key (self, DW_TYPE_PROJECT, NULL, project);
  return parent != NULL ? find_by_key (self, type, dw_entity_get_id (parent), name) : NULL;
}

/* Returns: (nullable) (transfer none): the name of the registry that @project is watched in */
const char *
dw_config_content_find_registry_name (const DwConfigContent *self, DwProject *project)
{
  const char *id = dw_project_get_registry_id (project);
  DwRegistry *registry = id != NULL ? g_hash_table_lookup (self->by_id, id) : NULL;

  return registry != NULL ? dw_registry_get_name (registry) : NULL;
}
