/* dw-config-export.c: the whole configuration as YAML
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Only what is not as it would be anyway is written, in one order, so that the same configuration
 * is the same text. What is in the keyring is not here.
 */

#include "config.h"

#include "config/dw-config-export.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "config/dw-config-content.h"
#include "config/dw-config-error.h"
#include "config/dw-config-fields.h"

/* Not translated: the text is the same wherever it is written. */
#define HEADING                                                                                    \
  "# The configuration of Docker Watcher. Passwords and tokens are in the keyring, not here.\n"

static gboolean
read_content (DwStore *store, gpointer user_data, GError **error)
{
  DwConfigContent **content = user_data;

  *content = dw_config_content_read (store, error);

  return *content != NULL;
}

static void
write_field_unless_default (DwYamlWriter *writer, DwEntity *entity, guint id)
{
  if (dw_config_is_field (DW_ENTITY_GET_CLASS (entity)->properties[id]) &&
      !dw_config_has_default (entity, id))
    dw_config_write_field (writer, entity, id);
}

static void
write_fields (DwYamlWriter *writer, DwEntity *entity)
{
  for (guint i = 1; i < DW_ENTITY_GET_CLASS (entity)->n_properties; i++)
    write_field_unless_default (writer, entity, i);
}

static void
write_registries (DwYamlWriter *writer, GPtrArray *registries)
{
  dw_yaml_writer_begin_mapping (writer);
  for (guint i = 0; i < registries->len; i++)
    {
      DwRegistry *registry = g_ptr_array_index (registries, i);

      dw_yaml_writer_add_text (writer, dw_registry_get_name (registry));
      dw_yaml_writer_begin_mapping (writer);
      write_fields (writer, DW_ENTITY (registry));
      dw_yaml_writer_end_mapping (writer);
    }
  dw_yaml_writer_end_mapping (writer);
}

/* Where the order says the position already, it is not written. */
static void
write_stage (DwYamlWriter *writer, DwStage *stage, guint index)
{
  DwEntityClass *klass = DW_ENTITY_GET_CLASS (stage);
  guint position = dw_config_find_field (klass, "position");

  dw_yaml_writer_add_text (writer, dw_stage_get_name (stage));
  dw_yaml_writer_begin_mapping (writer);
  for (guint i = 1; i < klass->n_properties; i++)
    if (i != position)
      write_field_unless_default (writer, DW_ENTITY (stage), i);
    else if (dw_stage_get_position (stage) != (int) index)
      dw_config_write_field (writer, DW_ENTITY (stage), i);
  dw_yaml_writer_end_mapping (writer);
}

static void
write_stages (DwYamlWriter *writer, DwProject *project, GPtrArray *stages)
{
  guint n = 0;

  for (guint i = 0; i < stages->len; i++)
    {
      DwStage *stage = g_ptr_array_index (stages, i);

      if (g_strcmp0 (dw_stage_get_project_id (stage), dw_entity_get_id (DW_ENTITY (project))) != 0)
        continue;
      if (n == 0)
        {
          dw_yaml_writer_add_text (writer, "stages");
          dw_yaml_writer_begin_mapping (writer);
        }
      write_stage (writer, stage, n++);
    }
  if (n > 0)
    dw_yaml_writer_end_mapping (writer);
}

static void
write_projects (DwYamlWriter *writer, const DwConfigContent *content)
{
  dw_yaml_writer_begin_mapping (writer);
  for (guint i = 0; i < content->projects->len; i++)
    {
      DwProject *project = g_ptr_array_index (content->projects, i);
      const char *registry = dw_config_content_find_registry_name (content, project);

      dw_yaml_writer_add_text (writer, dw_project_get_name (project));
      dw_yaml_writer_begin_mapping (writer);
      write_fields (writer, DW_ENTITY (project));
      if (registry != NULL)
        {
          dw_yaml_writer_add_text (writer, DW_CONFIG_REGISTRY);
          dw_yaml_writer_add_text (writer, registry);
        }
      write_stages (writer, project, content->stages);
      dw_yaml_writer_end_mapping (writer);
    }
  dw_yaml_writer_end_mapping (writer);
}

/**
 * dw_config_export:
 * @store: a store
 * @error: a DW_STORE_ERROR
 *
 * Blocks; not on the main thread.
 *
 * Returns: (transfer full) (nullable): settings, registries, projects and stages, without secrets;
 *   dw_config_plan_new_for_file() reads it
 */
char *
dw_config_export (DwStore *store, GError **error)
{
  g_autoptr (DwConfigContent) content = NULL;

  g_return_val_if_fail (DW_IS_STORE (store), NULL);

  if (!dw_store_transact (store, read_content, &content, error))
    return NULL;

  g_autoptr (DwYamlWriter) writer = dw_yaml_writer_new ();
  dw_yaml_writer_begin_mapping (writer);
  dw_yaml_writer_add_text (writer, "version");
  dw_yaml_writer_add_plain (writer, "1");
  dw_yaml_writer_add_text (writer, "settings");
  dw_yaml_writer_begin_mapping (writer);
  write_fields (writer, DW_ENTITY (content->settings));
  dw_yaml_writer_end_mapping (writer);
  dw_yaml_writer_add_text (writer, "registries");
  write_registries (writer, content->registries);
  dw_yaml_writer_add_text (writer, "projects");
  write_projects (writer, content);
  dw_yaml_writer_end_mapping (writer);

  g_autofree char *text = dw_yaml_writer_finish (writer);
  return g_strconcat (HEADING, text, NULL);
}

/**
 * dw_config_export_to_file:
 * @store: a store
 * @file: where to write it; what is there is replaced, once all of it is written
 * @cancellable: (nullable): ends the writing
 * @error: a DW_STORE_ERROR, DW_CONFIG_ERROR_UNREADABLE or G_IO_ERROR_CANCELLED
 *
 * The environment in it is not for everybody's eyes: a new file is readable by its owner alone.
 * Blocks; not on the main thread.
 *
 * Returns: whether it is written
 */
gboolean
dw_config_export_to_file (DwStore *store, GFile *file, GCancellable *cancellable, GError **error)
{
  g_autofree char *text = dw_config_export (store, error);
  g_autoptr (GError) problem = NULL;

  g_return_val_if_fail (G_IS_FILE (file), FALSE);

  if (text == NULL)
    return FALSE;
  if (g_file_replace_contents (file, text, strlen (text), NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL,
                               cancellable, &problem))
    return TRUE;

  if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }

  g_autofree char *name = g_file_get_parse_name (file);
  g_set_error (error, DW_CONFIG_ERROR, DW_CONFIG_ERROR_UNREADABLE,
               _ ("The file %s cannot be written: %s"), name, problem->message);
  return FALSE;
}
