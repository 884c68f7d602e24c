/* dw-config-document.c: what a file says the configuration is to be
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads the form that dw-config-export.c writes; docs/manual/configuration.md shows it. Whether the
 * values may be stored is the entities' to say, when the plan has put them together with what is
 * there.
 */

#include "config.h"

#include "config/dw-config-document.h"

#include <glib/gi18n-lib.h>

#include "config/dw-config-error.h"
#include "config/dw-config-fields.h"
#include "model/dw-project.h"
#include "model/dw-registry.h"
#include "model/dw-settings.h"
#include "model/dw-stage.h"

/* What this program writes and reads. */
#define VERSION 1

static void
item_free (gpointer data)
{
  DwConfigItem *self = data;

  g_free (self->project);
  g_free (self->name);
  g_free (self->registry);
  g_object_unref (self->entity);
  g_hash_table_unref (self->places);
  dw_yaml_node_unref (self->place);
  g_free (self);
}

/**
 * dw_config_item_new:
 * @type: an entity's type
 * @name: (nullable): its name
 * @place: where it is
 *
 * Returns: (transfer full): an item of which nothing is given, to be added to a document
 */
DwConfigItem *
dw_config_item_new (GType type, const char *name, DwYamlNode *place)
{
  DwConfigItem *self = g_new0 (DwConfigItem, 1);

  self->type = type;
  self->name = g_strdup (name);
  self->entity = g_object_new (type, NULL);
  self->places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify) dw_yaml_node_unref);
  self->place = dw_yaml_node_ref (place);
  if (name != NULL)
    g_object_set (self->entity, "name", name, NULL);

  return self;
}

/* Takes a field from @value. */
gboolean
dw_config_item_give (DwConfigItem *self, const char *key, DwYamlNode *value, GError **error)
{
  if (g_str_equal (key, DW_CONFIG_REGISTRY))
    {
      if (!dw_yaml_node_check_kind (value, DW_YAML_SCALAR, error))
        return FALSE;
      g_free (self->registry);
      self->registry = dw_yaml_node_is_null (value) ? NULL
                                                    : g_strdup (dw_yaml_node_get_text (value));
    }
  else
    {
      guint id = dw_config_find_field (DW_ENTITY_GET_CLASS (self->entity), key);

      if (!dw_config_read_field (self->entity, id, value, error))
        return FALSE;
    }

  g_hash_table_replace (self->places, g_strdup (key), dw_yaml_node_ref (value));
  return TRUE;
}

/* Whether the file says what @key is. */
gboolean
dw_config_item_gives (const DwConfigItem *self, const char *key)
{
  return g_hash_table_contains (self->places, key);
}

/* Returns: (transfer none): where the key's value is, or the whole when it is not given */
DwYamlNode *
dw_config_item_find_place (DwConfigItem *self, const char *key)
{
  DwYamlNode *place = g_hash_table_lookup (self->places, key);

  return place != NULL ? place : self->place;
}

DwConfigDocument *
dw_config_document_new (void)
{
  DwConfigDocument *self = g_new0 (DwConfigDocument, 1);

  self->items = g_ptr_array_new_with_free_func (item_free);
  self->notes = g_ptr_array_new_with_free_func ((GDestroyNotify) dw_config_note_free);

  return self;
}

void
dw_config_document_free (DwConfigDocument *self)
{
  g_ptr_array_unref (self->items);
  g_ptr_array_unref (self->notes);
  g_free (self);
}

/* Reads the fields of @node; @others are keys of it that somebody else reads. */
static gboolean
read_fields (DwConfigItem *item, DwYamlNode *node, const char *const *others, GError **error)
{
  DwEntityClass *klass = DW_ENTITY_GET_CLASS (item->entity);
  g_auto (GStrv) keys = dw_config_list_keys (klass, others);

  if (!dw_yaml_node_check_keys (node, (const char *const *) keys, error))
    return FALSE;

  for (guint i = 0; i < dw_yaml_node_get_length (node); i++)
    {
      const char *key = dw_yaml_node_get_text (dw_yaml_node_get_key (node, i));

      if ((dw_config_find_field (klass, key) != 0 || g_str_equal (key, DW_CONFIG_REGISTRY)) &&
          !dw_config_item_give (item, key, dw_yaml_node_get_element (node, i), error))
        return FALSE;
    }

  return TRUE;
}

/* Everything that has a name stands under it. Nothing at all is no keys. */
static DwConfigItem *
add_item (DwConfigDocument *self,
          GType type,
          DwYamlNode *parent,
          guint index,
          const char *const *others,
          GError **error)
{
  DwYamlNode *key = dw_yaml_node_get_key (parent, index);
  DwYamlNode *node = dw_yaml_node_get_element (parent, index);
  DwConfigItem *item = dw_config_item_new (type, dw_yaml_node_get_text (key), key);

  item->index = index;
  g_ptr_array_add (self->items, item);

  return dw_yaml_node_is_null (node) || read_fields (item, node, others, error) ? item : NULL;
}

static gboolean
read_settings (DwConfigDocument *self, DwYamlNode *node, GError **error)
{
  DwConfigItem *item = dw_config_item_new (DW_TYPE_SETTINGS, NULL, node);

  g_ptr_array_add (self->items, item);

  return read_fields (item, node, NULL, error);
}

static gboolean
read_registries (DwConfigDocument *self, DwYamlNode *node, GError **error)
{
  if (!dw_yaml_node_check_kind (node, DW_YAML_MAPPING, error))
    return FALSE;

  for (guint i = 0; i < dw_yaml_node_get_length (node); i++)
    if (add_item (self, DW_TYPE_REGISTRY, node, i, NULL, error) == NULL)
      return FALSE;

  return TRUE;
}

static gboolean
read_stages (DwConfigDocument *self, const char *project, DwYamlNode *node, GError **error)
{
  if (!dw_yaml_node_check_kind (node, DW_YAML_MAPPING, error))
    return FALSE;

  for (guint i = 0; i < dw_yaml_node_get_length (node); i++)
    {
      DwConfigItem *item = add_item (self, DW_TYPE_STAGE, node, i, NULL, error);

      if (item == NULL)
        return FALSE;
      item->project = g_strdup (project);
    }

  return TRUE;
}

static gboolean
read_projects (DwConfigDocument *self, DwYamlNode *node, GError **error)
{
  static const char *const others[] = { DW_CONFIG_REGISTRY, "stages", NULL };

  if (!dw_yaml_node_check_kind (node, DW_YAML_MAPPING, error))
    return FALSE;

  for (guint i = 0; i < dw_yaml_node_get_length (node); i++)
    {
      DwConfigItem *item = add_item (self, DW_TYPE_PROJECT, node, i, others, error);
      DwYamlNode *stages = dw_yaml_node_find (dw_yaml_node_get_element (node, i), "stages");

      if (item == NULL || (stages != NULL && !dw_yaml_node_is_null (stages) &&
                           !read_stages (self, item->name, stages, error)))
        return FALSE;
    }

  return TRUE;
}

static gboolean
check_version (DwYamlNode *node, GError **error)
{
  gint64 version = 0;

  if (node == NULL)
    return TRUE;
  if (!dw_yaml_node_get_integer (node, 1, G_MAXINT, &version, error))
    return FALSE;

  if (version > VERSION)
    dw_yaml_node_set_error (node, error,
                            _ ("a newer version of this program wrote this (form %d, and %d is "
                               "known here); update it"),
                            (int) version, VERSION);
  return version <= VERSION;
}

/**
 * dw_config_document_read:
 * @root: a configuration
 * @error: DW_CONFIG_ERROR_INVALID with line and column
 *
 * Returns: (transfer full) (nullable): what it says
 */
DwConfigDocument *
dw_config_document_read (DwYamlNode *root, GError **error)
{
  static const char *const keys[] = { "version", "settings", "registries", "projects", NULL };
  g_autoptr (DwConfigDocument) self = dw_config_document_new ();
  const struct
  {
    const char *key;
    gboolean (*read) (DwConfigDocument *, DwYamlNode *, GError **);
    gboolean *is_there;
  } sections[] = {
    { "settings", read_settings, &self->has_settings },
    { "registries", read_registries, &self->has_registries },
    { "projects", read_projects, &self->has_projects },
  };

  if (!dw_yaml_node_check_keys (root, keys, error) ||
      !check_version (dw_yaml_node_find (root, "version"), error))
    return NULL;

  for (guint i = 0; i < G_N_ELEMENTS (sections); i++)
    {
      DwYamlNode *node = dw_yaml_node_find (root, sections[i].key);

      *sections[i].is_there = node != NULL;
      if (node != NULL && !dw_yaml_node_is_null (node) && !sections[i].read (self, node, error))
        return NULL;
    }

  return g_steal_pointer (&self);
}
