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

#include "config/dw-compose.h"
#include "config/dw-config-comparison.h"
#include "config/dw-config-fields.h"

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

/* A file has no passwords: who signs in at a registry that is new must be told. */
static void
note_passwords (DwConfigPlan *self)
{
  for (guint i = 0; i < self->changes->len; i++)
    {
      const DwConfigChange *change = g_ptr_array_index (self->changes, i);

      for (guint j = 0; change->kind == DW_CONFIG_ADDED && change->type == DW_TYPE_REGISTRY &&
                        j < change->fields->len;
           j++)
        {
          const DwConfigFieldChange *field = g_ptr_array_index (change->fields, j);

          if (g_str_equal (field->key, "username"))
            g_ptr_array_add (self->document->notes,
                             dw_config_note_new (change->name,
                                                 _ ("Its password is not in the file: give it in "
                                                    "the window, under Registries, or sign in with "
                                                    "docker login.")));
        }
    }
}

static gboolean
make_changes (DwStore *store, gpointer user_data, GError **error)
{
  DwConfigPlan *self = user_data;
  g_autoptr (DwConfigComparison)
      comparison = dw_config_compare (store, self->document, self->mode, error);

  if (comparison == NULL)
    return FALSE;

  self->changes = g_ptr_array_ref (comparison->changes);
  note_passwords (self);
  return TRUE;
}

/* @document: (transfer full) */
static DwConfigPlan *
plan_new (DwStore *store, DwConfigDocument *document, DwConfigMode mode, GError **error)
{
  g_autoptr (DwConfigPlan) self = g_object_new (DW_TYPE_CONFIG_PLAN, NULL);

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

  return document != NULL ? plan_new (store, document, mode, error) : NULL;
}

/* --- Applying ----------------------------------------------------------------------------------
 */

static gboolean
check_use (GPtrArray *changes, GError **error)
{
  for (guint i = 0; i < changes->len; i++)
    {
      const DwConfigChange *change = g_ptr_array_index (changes, i);

      if (change->is_in_use)
        {
          g_set_error (
              error, DW_CONFIG_ERROR, DW_CONFIG_ERROR_IN_USE,
              _ ("The stage %s is to be removed and has containers, or a deploy under way; "
                 "remove it first with: docker-watcher remove %s"),
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
      (item->registry != NULL || dw_config_item_gives (item, DW_CONFIG_REGISTRY)))
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
apply_step (DwConfigPlan *self,
            DwStore *store,
            DwConfigChangeKind kind,
            const DwConfigStep *step,
            GError **error)
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
  g_autoptr (DwConfigComparison)
      comparison = dw_config_compare (store, self->document, self->mode, error);

  if (comparison == NULL)
    return FALSE;
  if (!dw_config_changes_are_equal (self->changes, comparison->changes))
    {
      g_set_error_literal (error, DW_CONFIG_ERROR, DW_CONFIG_ERROR_CHANGED,
                           _ ("The configuration was changed since the plan was made; make it "
                              "again"));
      return FALSE;
    }
  if (!check_use (comparison->changes, error))
    return FALSE;

  for (guint i = 0; i < comparison->changes->len; i++)
    {
      const DwConfigChange *change = g_ptr_array_index (comparison->changes, i);

      if (!apply_step (self, store, change->kind, g_ptr_array_index (comparison->steps, i), error))
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
