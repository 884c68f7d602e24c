/* dw-watch-plan.c: which registries are to be asked about which repositories, for which stages
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "watch/dw-watch-plan.h"

/* While the plan is made. */
typedef struct
{
  GPtrArray *registries;
  GPtrArray *groups;
  GHashTable *group_by_key;
  GHashTable *repository_by_key; /* the group's key and the image */
  const char *default_schedule;
} Plan;

static void
repository_free (gpointer data)
{
  DwWatchRepository *repository = data;

  g_free (repository->image);
  g_clear_pointer (&repository->reference, dw_image_reference_unref);
  g_ptr_array_unref (repository->stage_ids);
  g_free (repository);
}

void
dw_watch_group_free (DwWatchGroup *group)
{
  if (group == NULL)
    return;

  g_free (group->key);
  g_free (group->name);
  g_clear_object (&group->registry);
  g_free (group->schedule);
  g_ptr_array_unref (group->repositories);
  g_free (group);
}

static DwWatchGroup *
add_group (Plan *plan, const char *key, const char *name, DwRegistry *registry)
{
  DwWatchGroup *group = g_new0 (DwWatchGroup, 1);
  const char *schedule = registry != NULL ? dw_registry_get_schedule (registry) : NULL;

  group->key = g_strdup (key);
  group->name = g_strdup (name);
  g_set_object (&group->registry, registry);
  group->schedule = g_strdup (schedule != NULL ? schedule : plan->default_schedule);
  group->repositories = g_ptr_array_new_with_free_func (repository_free);
  g_ptr_array_add (plan->groups, group);
  g_hash_table_insert (plan->group_by_key, group->key, group);

  return group;
}

static DwWatchGroup *
find_group (Plan *plan, DwProject *project, DwImageReference *image)
{
  const char *domain = dw_image_reference_get_domain (image);
  DwRegistry *registry = NULL;

  for (guint i = 0; dw_project_get_registry_id (project) != NULL && i < plan->registries->len; i++)
    if (g_strcmp0 (dw_entity_get_id (plan->registries->pdata[i]),
                   dw_project_get_registry_id (project)) == 0)
      registry = plan->registries->pdata[i];
  if (registry == NULL)
    registry = dw_registries_choose (plan->registries, image);

  const char *key = registry != NULL ? dw_entity_get_id (DW_ENTITY (registry)) : domain;
  DwWatchGroup *group = g_hash_table_lookup (plan->group_by_key, key);

  return group != NULL ? group : add_group (plan, key, domain, registry);
}

static DwWatchRepository *
find_repository (Plan *plan, DwProject *project)
{
  const char *image = dw_project_get_image (project);
  g_autoptr (DwImageReference) reference = dw_image_reference_parse (image, NULL);

  /* What the model has validated can be parsed; what a hand has written is not watched. */
  if (reference == NULL)
    return NULL;

  DwWatchGroup *group = find_group (plan, project, reference);
  g_autofree char *key = g_strdup_printf ("%s %s", group->key, image);
  DwWatchRepository *repository = g_hash_table_lookup (plan->repository_by_key, key);

  if (repository == NULL)
    {
      repository = g_new0 (DwWatchRepository, 1);
      repository->image = g_strdup (image);
      repository->reference = g_steal_pointer (&reference);
      repository->stage_ids = g_ptr_array_new_with_free_func (g_free);
      g_ptr_array_add (group->repositories, repository);
      g_hash_table_insert (plan->repository_by_key, g_steal_pointer (&key), repository);
    }

  return repository;
}

static void
add_stages (Plan *plan, GPtrArray *projects, GPtrArray *stages)
{
  g_autoptr (GHashTable) project_by_id = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < projects->len; i++)
    g_hash_table_insert (project_by_id, (gpointer) dw_entity_get_id (projects->pdata[i]),
                         projects->pdata[i]);

  for (guint i = 0; i < stages->len; i++)
    {
      DwStage *stage = stages->pdata[i];
      DwProject *project = g_hash_table_lookup (project_by_id, dw_stage_get_project_id (stage));
      DwWatchRepository *repository = project != NULL ? find_repository (plan, project) : NULL;

      if (repository != NULL)
        g_ptr_array_add (repository->stage_ids, g_strdup (dw_entity_get_id (DW_ENTITY (stage))));
    }
}

/**
 * dw_watch_plan_read:
 * @store: the store
 * @error: a DW_STORE_ERROR
 *
 * Blocks; any thread.
 *
 * Returns: (transfer full) (element-type DwWatchGroup) (nullable): every registry of the store, and
 *   a group for each domain besides that an image of a project with stages is at
 */
GPtrArray *
dw_watch_plan_read (DwStore *store, GError **error)
{
  g_autoptr (DwSettings) settings = dw_store_get_settings (store, error);
  g_autoptr (GPtrArray) registries = NULL;
  g_autoptr (GPtrArray) projects = NULL;
  g_autoptr (GPtrArray) stages = NULL;

  if (settings == NULL || (registries = dw_store_list (store, DW_TYPE_REGISTRY, error)) == NULL ||
      (projects = dw_store_list (store, DW_TYPE_PROJECT, error)) == NULL ||
      (stages = dw_store_list (store, DW_TYPE_STAGE, error)) == NULL)
    return NULL;

  g_autoptr (GHashTable) group_by_key = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable)
      repository_by_key = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Plan plan = {
    .registries = registries,
    .groups = g_ptr_array_new_with_free_func ((GDestroyNotify) dw_watch_group_free),
    .group_by_key = group_by_key,
    .repository_by_key = repository_by_key,
    .default_schedule = dw_settings_get_default_schedule (settings),
  };

  for (guint i = 0; i < registries->len; i++)
    add_group (&plan, dw_entity_get_id (registries->pdata[i]),
               dw_registry_get_name (registries->pdata[i]), registries->pdata[i]);
  add_stages (&plan, projects, stages);

  return plan.groups;
}

/* Returns: (transfer none) (nullable): the group of @groups with the key */
DwWatchGroup *
dw_watch_plan_find (GPtrArray *groups, const char *key)
{
  for (guint i = 0; i < groups->len; i++)
    {
      DwWatchGroup *group = groups->pdata[i];

      if (g_str_equal (group->key, key))
        return group;
    }

  return NULL;
}

/* Returns: whether it is to be looked at by itself */
gboolean
dw_watch_group_is_enabled (DwWatchGroup *group)
{
  return group->repositories->len > 0 &&
         (group->registry == NULL || dw_registry_get_enabled (group->registry));
}
