/* dw-compose-folder.c: the files that a compose file may name
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A compose file names others: those whose services it extends, and files of variables. Only what
 * is below its own folder is read, whatever links there are, so that a file from somebody else
 * brings nothing of this machine into a configuration. Specification: the Compose Specification,
 * “extends”.
 */

#include "config.h"

#include "config/dw-compose-folder.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#include "config/dw-config-error.h"
#include "model/dw-model-error.h"
#include "model/dw-nearest.h"

/* How many files may be read, and how many services may extend one another in a row. */
#define FILES_LIMIT 32
#define CHAIN_LIMIT 16
/* How many values all services have that extend another one. */
#define WEIGHT_LIMIT 1000000

struct _DwComposeFolder
{
  char *path; /* absolute and without links */
  DwComposeVariables *variables;
  GHashTable *files; /* of path to DwComposeFile */
  guint weight;      /* of what was merged */
};

static void
file_free (gpointer data)
{
  DwComposeFile *file = data;

  g_free (file->path);
  g_free (file->folder);
  dw_yaml_node_unref (file->root);
  g_free (file);
}

/* @path: of the folder; @variables: (transfer none): must outlive it */
DwComposeFolder *
dw_compose_folder_new (const char *path, DwComposeVariables *variables)
{
  DwComposeFolder *self = g_new0 (DwComposeFolder, 1);
  char *resolved = realpath (path, NULL);

  self->path = g_strdup (resolved != NULL ? resolved : path);
  free (resolved);
  self->variables = variables;
  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, file_free);

  return self;
}

void
dw_compose_folder_free (DwComposeFolder *self)
{
  g_hash_table_unref (self->files);
  g_free (self->path);
  g_free (self);
}

/* The path without links, when it is below the folder. */
static char *
find_below (DwComposeFolder *self, const char *path, GError **error)
{
  char *resolved = realpath (path, NULL);
  g_autofree char *copy = g_strdup (resolved);
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *shown = dw_model_quote (base);
  gsize length = strlen (self->path);

  free (resolved);
  if (copy == NULL)
    {
      g_set_error (error, DW_CONFIG_ERROR, DW_CONFIG_ERROR_NOT_FOUND, _ ("there is no file %s"),
                   shown);
      return NULL;
    }
  if (strncmp (copy, self->path, length) != 0 ||
      (copy[length] != '/' && !g_str_equal (self->path, "/")))
    {
      g_set_error (error, DW_CONFIG_ERROR, DW_CONFIG_ERROR_INVALID,
                   _ ("the file %s is not below the folder of the compose file, and is not read"),
                   shown);
      return NULL;
    }

  return g_steal_pointer (&copy);
}

/**
 * dw_compose_folder_read_text:
 * @self: the folder
 * @path: an absolute path
 * @cancellable: (nullable): ends the reading
 * @error: a DW_CONFIG_ERROR or G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): what is in the file, which is below the folder
 */
char *
dw_compose_folder_read_text (DwComposeFolder *self,
                             const char *path,
                             GCancellable *cancellable,
                             GError **error)
{
  g_autofree char *below = find_below (self, path, error);
  g_autoptr (GFile) file = below != NULL ? g_file_new_for_path (below) : NULL;
  gsize length = 0;

  return file != NULL ? dw_yaml_read_text (file, &length, cancellable, error) : NULL;
}

/* --- Paths -------------------------------------------------------------------------------------
 */

static char *
make_absolute (const char *path, const char *folder)
{
  if (g_str_equal (path, "~") || g_str_has_prefix (path, "~/"))
    return g_build_filename (g_get_home_dir (), path + 1, NULL);

  return g_canonicalize_filename (path, folder);
}

/* ./data:/data becomes /srv/shop/data:/data; a volume's name stays. */
static DwYamlNode *
make_volume_absolute (DwYamlNode *volume, const char *folder)
{
  const char *text = dw_yaml_node_get_text (volume);
  DwYamlNode *source = dw_yaml_node_find (volume, "source");
  DwYamlNode *type = dw_yaml_node_find (volume, "type");

  if (text != NULL && (*text == '.' || *text == '~' || *text == '/') && strchr (text, ':') != NULL)
    {
      g_autofree char *path = g_strndup (text, strcspn (text, ":"));
      g_autofree char *absolute = make_absolute (path, folder);
      g_autofree char *whole = g_strconcat (absolute, text + strlen (path), NULL);

      return dw_yaml_node_new_text (whole, FALSE, volume);
    }
  if (source != NULL && dw_yaml_node_get_text (source) != NULL && type != NULL &&
      g_strcmp0 (dw_yaml_node_get_text (type), "bind") == 0)
    {
      DwYamlNode *copy = dw_yaml_node_new_mapping (volume);
      g_autofree char *absolute = make_absolute (dw_yaml_node_get_text (source), folder);
      g_autoptr (DwYamlNode) path = dw_yaml_node_new_text (absolute, FALSE, source);

      for (guint i = 0; i < dw_yaml_node_get_length (volume); i++)
        {
          DwYamlNode *value = dw_yaml_node_get_element (volume, i);

          dw_yaml_node_set (copy, dw_yaml_node_get_key (volume, i), value == source ? path : value);
        }
      return copy;
    }

  return dw_yaml_node_ref (volume);
}

/* A file's name, or a mapping with one under “path”. */
static DwYamlNode *
make_env_file_absolute (DwYamlNode *entry, const char *folder)
{
  DwYamlNode *path = dw_yaml_node_find (entry, "path");
  const char *text = dw_yaml_node_get_text (path != NULL ? path : entry);

  if (text == NULL)
    return dw_yaml_node_ref (entry);

  g_autofree char *absolute = make_absolute (text, folder);
  g_autoptr (DwYamlNode) node = dw_yaml_node_new_text (absolute, FALSE, entry);
  if (path == NULL)
    return g_steal_pointer (&node);

  DwYamlNode *copy = dw_yaml_node_new_mapping (entry);
  for (guint i = 0; i < dw_yaml_node_get_length (entry); i++)
    dw_yaml_node_set (
        copy, dw_yaml_node_get_key (entry, i),
        dw_yaml_node_get_element (entry, i) == path ? node : dw_yaml_node_get_element (entry, i));
  return copy;
}

/* Applies @make to each element of a sequence, or to what stands in the place of one. */
static DwYamlNode *
map_elements (DwYamlNode *list,
              const char *folder,
              DwYamlNode *(*make) (DwYamlNode *element, const char *folder))
{
  DwYamlNode *result = dw_yaml_node_new_sequence (list);

  if (dw_yaml_node_get_kind (list) != DW_YAML_SEQUENCE)
    {
      g_autoptr (DwYamlNode) element = make (list, folder);

      if (!dw_yaml_node_is_null (list))
        dw_yaml_node_append (result, element);
      return result;
    }

  for (guint i = 0; i < dw_yaml_node_get_length (list); i++)
    {
      g_autoptr (DwYamlNode) element = make (dw_yaml_node_get_element (list, i), folder);

      dw_yaml_node_append (result, element);
    }
  return result;
}

static DwYamlNode *
make_service_absolute (DwYamlNode *service, const char *folder)
{
  DwYamlNode *result = NULL;

  if (dw_yaml_node_get_kind (service) != DW_YAML_MAPPING)
    return dw_yaml_node_ref (service);

  result = dw_yaml_node_new_mapping (service);
  for (guint i = 0; i < dw_yaml_node_get_length (service); i++)
    {
      DwYamlNode *key = dw_yaml_node_get_key (service, i);
      DwYamlNode *value = dw_yaml_node_get_element (service, i);
      g_autoptr (DwYamlNode) absolute = NULL;

      if (g_str_equal (dw_yaml_node_get_text (key), "volumes"))
        absolute = map_elements (value, folder, make_volume_absolute);
      else if (g_str_equal (dw_yaml_node_get_text (key), "env_file"))
        absolute = map_elements (value, folder, make_env_file_absolute);
      dw_yaml_node_set (result, key, absolute != NULL ? absolute : value);
    }

  return result;
}

/* --- Files -------------------------------------------------------------------------------------
 */

/* With its variables expanded, and the paths of its services absolute. */
static DwYamlNode *
prepare (DwComposeFolder *self, DwYamlNode *root, const char *folder, GError **error)
{
  g_autoptr (DwYamlNode) expanded = dw_compose_variables_expand_tree (self->variables, root, error);
  DwYamlNode *services = expanded != NULL ? dw_yaml_node_find (expanded, "services") : NULL;
  g_autoptr (DwYamlNode) absolute = NULL;
  DwYamlNode *result = NULL;

  if (expanded == NULL)
    return NULL;
  if (services == NULL || !dw_yaml_node_check_kind (services, DW_YAML_MAPPING, error))
    {
      if (services == NULL)
        dw_yaml_node_set_error (root, error, _ ("a compose file has “services”"));
      return NULL;
    }

  absolute = dw_yaml_node_new_mapping (services);
  for (guint i = 0; i < dw_yaml_node_get_length (services); i++)
    {
      g_autoptr (DwYamlNode)
          service = make_service_absolute (dw_yaml_node_get_element (services, i), folder);

      dw_yaml_node_set (absolute, dw_yaml_node_get_key (services, i), service);
    }

  result = dw_yaml_node_new_mapping (expanded);
  for (guint i = 0; i < dw_yaml_node_get_length (expanded); i++)
    {
      DwYamlNode *value = dw_yaml_node_get_element (expanded, i);

      dw_yaml_node_set (result, dw_yaml_node_get_key (expanded, i),
                        value == services ? absolute : value);
    }
  return result;
}

/**
 * dw_compose_folder_add:
 * @self: the folder
 * @path: where the file is
 * @root: what is in it
 * @error: DW_CONFIG_ERROR_INVALID or _TOO_LARGE
 *
 * Returns: (transfer none) (nullable): the file
 */
DwComposeFile *
dw_compose_folder_add (DwComposeFolder *self, const char *path, DwYamlNode *root, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  DwYamlNode *prepared = prepare (self, root, folder, error);

  if (prepared == NULL)
    return NULL;

  DwComposeFile *file = g_new0 (DwComposeFile, 1);
  file->path = g_strdup (path);
  file->folder = g_steal_pointer (&folder);
  file->root = prepared;
  g_hash_table_replace (self->files, file->path, file);

  return file;
}

/**
 * dw_compose_folder_load:
 * @self: the folder
 * @from: a file
 * @name: what it calls another one
 * @cancellable: (nullable): ends the reading
 * @error: a DW_CONFIG_ERROR, with the place of @name where it is about the name, or
 *   G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer none) (nullable): that file, read once
 */
DwComposeFile *
dw_compose_folder_load (DwComposeFolder *self,
                        const DwComposeFile *from,
                        DwYamlNode *name,
                        GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autofree char *path = NULL;
  g_autofree char *below = NULL;

  if (!dw_yaml_node_check_kind (name, DW_YAML_SCALAR, error))
    return NULL;

  path = make_absolute (dw_yaml_node_get_text (name), from->folder);
  below = find_below (self, path, &problem);
  if (below == NULL)
    {
      dw_yaml_node_set_error (name, error, "%s", problem->message);
      return NULL;
    }

  DwComposeFile *known = g_hash_table_lookup (self->files, below);
  if (known != NULL)
    return known;
  if (g_hash_table_size (self->files) >= FILES_LIMIT)
    {
      dw_yaml_node_set_error (name, error,
                              ngettext ("more than %d file extends another",
                                        "more than %d files extend one another", FILES_LIMIT),
                              FILES_LIMIT);
      return NULL;
    }

  g_autoptr (GFile) file = g_file_new_for_path (below);
  g_autoptr (DwYamlNode) root = dw_yaml_read (file, cancellable, error);
  return root != NULL ? dw_compose_folder_add (self, below, root, error) : NULL;
}

/* --- extends -----------------------------------------------------------------------------------
 */

/* NAME=VALUE elements as NAME: VALUE, so that one can win over another; a mapping stays. */
static DwYamlNode *
to_mapping (DwYamlNode *node)
{
  DwYamlNode *result = NULL;

  if (dw_yaml_node_get_kind (node) != DW_YAML_SEQUENCE)
    return dw_yaml_node_ref (node);

  result = dw_yaml_node_new_mapping (node);
  for (guint i = 0; i < dw_yaml_node_get_length (node); i++)
    {
      DwYamlNode *element = dw_yaml_node_get_element (node, i);
      const char *text = dw_yaml_node_get_text (element);

      if (text == NULL)
        continue;

      gsize length = strcspn (text, "=");
      g_autofree char *name = g_strndup (text, length);
      g_autoptr (DwYamlNode) key = dw_yaml_node_new_text (name, FALSE, element);
      g_autoptr (DwYamlNode) value = text[length] == '='
                                         ? dw_yaml_node_new_text (text + length + 1, FALSE, element)
                                         : dw_yaml_node_new_text ("", TRUE, element);
      dw_yaml_node_set (result, key, value);
    }

  return result;
}

static gboolean
is_one_of (const char *key, const char *const *keys)
{
  return key != NULL && g_strv_contains (keys, key);
}

/* @key: (nullable): what both are the value of. What @own says wins; lists that add up do. */
static DwYamlNode *
merge (const char *key, DwYamlNode *base, DwYamlNode *own)
{
  static const char *const assignments[] = { "environment", "labels", "extra_hosts", NULL };
  static const char *const sums[] = { "ports",   "expose",  "volumes",      "env_file", "dns",
                                      "tmpfs",   "devices", "cap_add",      "cap_drop", "networks",
                                      "secrets", "configs", "security_opt", NULL };
  gboolean assigns = is_one_of (key, assignments);
  g_autoptr (DwYamlNode) first = assigns ? to_mapping (base) : dw_yaml_node_ref (base);
  g_autoptr (DwYamlNode) second = assigns ? to_mapping (own) : dw_yaml_node_ref (own);
  DwYamlKind kind = dw_yaml_node_get_kind (first);
  DwYamlNode *result = NULL;

  if (kind != dw_yaml_node_get_kind (second) || kind == DW_YAML_SCALAR ||
      (kind == DW_YAML_SEQUENCE && !is_one_of (key, sums)))
    return g_steal_pointer (&second);

  result = kind == DW_YAML_MAPPING ? dw_yaml_node_new_mapping (second)
                                   : dw_yaml_node_new_sequence (second);
  for (guint i = 0; i < dw_yaml_node_get_length (first); i++)
    {
      DwYamlNode *value = dw_yaml_node_get_element (first, i);

      if (kind == DW_YAML_SEQUENCE)
        dw_yaml_node_append (result, value);
      else
        dw_yaml_node_set (result, dw_yaml_node_get_key (first, i), value);
    }
  for (guint i = 0; i < dw_yaml_node_get_length (second); i++)
    {
      DwYamlNode *value = dw_yaml_node_get_element (second, i);

      if (kind == DW_YAML_SEQUENCE)
        {
          dw_yaml_node_append (result, value);
          continue;
        }

      DwYamlNode *name = dw_yaml_node_get_key (second, i);
      DwYamlNode *before = dw_yaml_node_find (result, dw_yaml_node_get_text (name));
      g_autoptr (DwYamlNode) both = before != NULL
                                        ? merge (dw_yaml_node_get_text (name), before, value)
                                        : dw_yaml_node_ref (value);
      dw_yaml_node_set (result, name, both);
    }

  return result;
}

static DwYamlNode *
find_service (const DwComposeFile *file, const char *name, DwYamlNode *place, GError **error)
{
  DwYamlNode *services = dw_yaml_node_find (file->root, "services");
  DwYamlNode *service = dw_yaml_node_find (services, name);

  if (service == NULL)
    {
      g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
      g_autofree char *shown = dw_model_quote (name);

      for (guint i = 0; i < dw_yaml_node_get_length (services); i++)
        g_strv_builder_add (builder, dw_yaml_node_get_text (dw_yaml_node_get_key (services, i)));

      g_auto (GStrv) names = g_strv_builder_end (builder);
      g_autofree char *suggestion = dw_suggest (name, (const char *const *) names);
      dw_yaml_node_set_error (
          /* Translators: what stands there, and “; did you mean …?” or nothing */
          place, error, _ ("there is no service %s%s"), shown, suggestion);
      return NULL;
    }

  return dw_yaml_node_check_kind (service, DW_YAML_MAPPING, error) ? service : NULL;
}

/* The service that @extends names: a name alone, or with a file. */
static gboolean
find_base (DwComposeFolder *self,
           const DwComposeFile *file,
           DwYamlNode *extends,
           const DwComposeFile **base_file,
           const char **base_name,
           GCancellable *cancellable,
           GError **error)
{
  static const char *const keys[] = { "service", "file", NULL };
  DwYamlNode *name = extends;
  DwYamlNode *path = NULL;

  if (dw_yaml_node_get_kind (extends) != DW_YAML_SCALAR)
    {
      if (!dw_yaml_node_check_keys (extends, keys, error))
        return FALSE;
      name = dw_yaml_node_find (extends, "service");
      path = dw_yaml_node_find (extends, "file");
      if (name == NULL)
        {
          dw_yaml_node_set_error (extends, error, _ ("“extends” needs the name of a service"));
          return FALSE;
        }
    }

  *base_file = path != NULL ? dw_compose_folder_load (self, file, path, cancellable, error) : file;
  *base_name = dw_yaml_node_get_text (name);

  return *base_file != NULL && dw_yaml_node_check_kind (name, DW_YAML_SCALAR, error);
}

static DwYamlNode *
resolve (DwComposeFolder *self,
         const DwComposeFile *file,
         const char *name,
         DwYamlNode *place,
         guint depth,
         GCancellable *cancellable,
         GError **error)
{
  DwYamlNode *service = find_service (file, name, place, error);
  DwYamlNode *extends = service != NULL ? dw_yaml_node_find (service, "extends") : NULL;
  const DwComposeFile *base_file = NULL;
  const char *base_name = NULL;
  g_autoptr (DwYamlNode) base = NULL;

  if (service == NULL || extends == NULL)
    return service != NULL ? dw_yaml_node_ref (service) : NULL;

  if (depth >= CHAIN_LIMIT)
    {
      dw_yaml_node_set_error (
          extends, error,
          ngettext ("more than %d service extends another, or it extends itself",
                    "more than %d services extend one another, or one extends itself", CHAIN_LIMIT),
          CHAIN_LIMIT);
      return NULL;
    }
  if (!find_base (self, file, extends, &base_file, &base_name, cancellable, error))
    return NULL;

  base = resolve (self, base_file, base_name, extends, depth + 1, cancellable, error);
  if (base == NULL)
    return NULL;

  self->weight += dw_yaml_node_get_weight (base) + dw_yaml_node_get_weight (service);
  if (self->weight > WEIGHT_LIMIT)
    {
      g_set_error (error, DW_CONFIG_ERROR, DW_CONFIG_ERROR_TOO_LARGE,
                   ngettext ("the services that extend others have more than %d value",
                             "the services that extend others have more than %d values",
                             WEIGHT_LIMIT),
                   WEIGHT_LIMIT);
      return NULL;
    }
  return merge (NULL, base, service);
}

/**
 * dw_compose_folder_resolve:
 * @self: the folder
 * @file: one of its files
 * @service: the name of a service in it
 * @cancellable: (nullable): ends the reading of other files
 * @error: a DW_CONFIG_ERROR or G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): the service with all that it extends
 */
DwYamlNode *
dw_compose_folder_resolve (DwComposeFolder *self,
                           const DwComposeFile *file,
                           const char *service,
                           GCancellable *cancellable,
                           GError **error)
{
  return resolve (self, file, service, file->root, 0, cancellable, error);
}
