/* dw-compose.c: what a compose file would be as projects
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each service that has an image becomes a project with one stage, named as Compose names its
 * container, so that the same service is the same project whenever it is read. Specification: the
 * Compose Specification.
 */

#include "config.h"

#include "config/dw-compose.h"

#include <glib/gi18n-lib.h>

#include "config/dw-compose-readers.h"
#include "config/dw-config-error.h"
#include "config/dw-config-fields.h"
#include "config/dw-foreign.h"

/* Where the document portal says what a file is called outside of the sandbox. */
#define HOST_PATH "xattr::document-portal.host-path"

/* Whether it is a compose file, and not a configuration of this program. */
gboolean
dw_compose_is (DwYamlNode *root)
{
  return dw_yaml_node_find (root, "services") != NULL;
}

static void
add_note (DwConfigDocument *document, const char *subject, const char *text)
{
  g_ptr_array_add (document->notes, dw_config_note_new (subject, text));
}

/* What Compose makes of a folder's name: lower case, and nothing but letters, digits, - and _. */
static char *
normalize_name (const char *text)
{
  g_autoptr (GString) name = g_string_new (NULL);

  for (const char *c = text; *c != '\0'; c++)
    if (g_ascii_isalnum (*c) || (name->len > 0 && (*c == '-' || *c == '_')))
      g_string_append_c (name, g_ascii_tolower (*c));

  return g_string_free (g_steal_pointer (&name), FALSE);
}

/* What Compose calls the whole: by the environment, the file or its folder. */
static char *
find_project_name (DwYamlNode *root, const char *folder, DwComposeVariables *variables)
{
  const char *said = dw_compose_variables_find (variables, "COMPOSE_PROJECT_NAME");
  DwYamlNode *name = dw_yaml_node_find (root, "name");
  g_autofree char *base = g_path_get_basename (folder);

  if (said == NULL || *said == '\0')
    said = name != NULL ? dw_yaml_node_get_text (name) : NULL;

  g_autofree char *normalized = normalize_name (said != NULL ? said : base);
  return *normalized != '\0' ? g_steal_pointer (&normalized) : g_strdup ("compose");
}

/* The file .env beside the compose file, which need not be there. */
static gboolean
read_defaults (DwComposeFolder *folder,
               const char *path,
               DwComposeVariables *variables,
               GCancellable *cancellable,
               GError **error)
{
  g_autofree char *env_path = g_build_filename (path, ".env", NULL);
  g_autoptr (GError) problem = NULL;
  g_autofree char *text = dw_compose_folder_read_text (folder, env_path, cancellable, &problem);
  g_auto (GStrv) assignments = NULL;

  if (text == NULL)
    {
      if (g_error_matches (problem, DW_CONFIG_ERROR, DW_CONFIG_ERROR_NOT_FOUND))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }

  assignments = dw_compose_variables_parse_file (variables, text, ".env", error);
  if (assignments != NULL)
    dw_compose_variables_add_defaults (variables, (const char *const *) assignments);

  return assignments != NULL;
}

/* Whether a profile of the service is asked for; one without profiles always is. */
static gboolean
is_active (DwYamlNode *service, DwComposeVariables *variables, char **profiles)
{
  DwYamlNode *node = dw_yaml_node_find (service, "profiles");
  const char *asked = dw_compose_variables_find (variables, "COMPOSE_PROFILES");
  g_auto (GStrv) names = g_strsplit (asked != NULL ? asked : "", ",", -1);
  g_autoptr (GString) list = g_string_new (NULL);
  gboolean is = node == NULL || dw_yaml_node_get_length (node) == 0;

  for (guint i = 0; node != NULL && i < dw_yaml_node_get_length (node); i++)
    {
      const char *profile = dw_yaml_node_get_text (dw_yaml_node_get_element (node, i));

      if (profile == NULL)
        continue;
      is = is || g_strv_contains ((const char *const *) names, profile) ||
           g_strv_contains ((const char *const *) names, "*");
      g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", profile);
    }

  *profiles = g_string_free (g_steal_pointer (&list), FALSE);
  return is;
}

/* A proposal as an item: given is what a compose file can say, and whatever else it did. */
static DwConfigItem *
take_entity (DwConfigDocument *document, DwEntity *entity, const char *name, DwYamlNode *place)
{
  static const char *const always[] = {
    "image", "port", "env", "volumes", "restart_policy", "policy_kind", "policy_pattern", NULL
  };
  DwEntityClass *klass = DW_ENTITY_GET_CLASS (entity);
  DwConfigItem *item = dw_config_item_new (G_OBJECT_TYPE (entity), name, place);

  dw_entity_copy_values (item->entity, entity);
  for (guint i = 1; i < klass->n_properties; i++)
    {
      g_autofree char *key = dw_config_make_key (klass->properties[i]);

      if (dw_config_is_field (klass->properties[i]) &&
          (g_strv_contains (always, key) || !dw_config_has_default (entity, i)))
        g_hash_table_insert (item->places, g_strdup (key), dw_yaml_node_ref (place));
    }
  g_ptr_array_add (document->items, item);

  return item;
}

static void
take_notes (DwConfigDocument *document, DwForeign *foreign)
{
  for (guint i = 0; i < foreign->notes->len; i++)
    {
      const DwConfigNote *note = g_ptr_array_index (foreign->notes, i);

      add_note (document, note->subject, note->text);
    }
}

/* Two services may have names that become one. @names: (transfer none): those before it */
static gboolean
take_name (GHashTable *names, const char *name, DwYamlNode *place, GError **error)
{
  if (g_hash_table_add (names, g_strdup (name)))
    return TRUE;

  dw_yaml_node_set_error (place, error, _ ("two services would be the project “%s”; rename one"),
                          name);
  return FALSE;
}

static gboolean
read_service (const DwComposeContext *context,
              const DwComposeFile *file,
              DwYamlNode *key,
              GHashTable *names,
              DwConfigDocument *document,
              GError **error)
{
  const char *name = dw_yaml_node_get_text (key);
  g_autoptr (DwYamlNode) service = dw_compose_folder_resolve (context->folder, file, name,
                                                              context->cancellable, error);
  g_autofree char *profiles = NULL;
  g_autofree char *project_name = dw_foreign_make_service_name (context->project, name);
  g_autoptr (DwForeign) foreign = dw_foreign_new (name);
  g_autoptr (DwProject) project = NULL;
  g_autoptr (DwStage) stage = NULL;
  g_autoptr (GError) problem = NULL;

  if (service == NULL)
    return FALSE;

  if (!is_active (service, context->variables, &profiles))
    {
      g_autofree char *text = g_strdup_printf (_ ("It is not imported: its profile (%s) is not "
                                                  "active; COMPOSE_PROFILES says which are."),
                                               profiles);

      add_note (document, name, text);
      return TRUE;
    }
  if (dw_yaml_node_find (service, "image") == NULL)
    {
      add_note (document, name,
                dw_yaml_node_find (service, "build") != NULL
                    ? _ ("It is not imported: Compose builds it and it has no image; push one to a "
                         "registry and name it.")
                    : _ ("It is not imported: it has no image."));
      return TRUE;
    }

  if (!dw_compose_service_read (context, service, foreign, error))
    return FALSE;
  if (!dw_foreign_propose (foreign, &project, &stage, &problem))
    {
      g_autofree char *text = g_strdup_printf (_ ("It is not imported: %s."), problem->message);

      add_note (document, name, text);
      return TRUE;
    }
  if (!take_name (names, project_name, key, error))
    return FALSE;

  g_object_set (project, "name", project_name, NULL);
  take_entity (document, DW_ENTITY (project), project_name, key);
  take_entity (document, DW_ENTITY (stage), dw_stage_get_name (stage), key)->project = g_strdup (
      project_name);
  take_notes (document, foreign);

  return TRUE;
}

/* What is said about the file as a whole. */
static void
note_the_file (DwConfigDocument *document, const DwComposeFile *file, DwComposeVariables *variables)
{
  static const char *const beside[] = { "compose.override.yaml", "compose.override.yml",
                                        "docker-compose.override.yaml",
                                        "docker-compose.override.yml" };
  g_autofree char *name = g_path_get_basename (file->path);
  g_auto (GStrv) unset = dw_compose_variables_list_unset (variables);
  guint n_projects = 0;
  gboolean has_port = FALSE;

  for (guint i = 0; i < document->items->len; i++)
    {
      const DwConfigItem *item = g_ptr_array_index (document->items, i);

      n_projects += item->type == DW_TYPE_PROJECT;
      has_port = has_port || (item->type == DW_TYPE_STAGE &&
                              dw_stage_get_host_port (DW_STAGE (item->entity)) != 0);
    }

  if (n_projects > 1)
    add_note (document, name,
              _ ("With Compose services reach one another by their names; containers of Docker "
                 "Watcher have names of their own. Leave what others need, such as a database, to "
                 "Compose, or put addresses into the environment."));
  if (has_port)
    add_note (document, name,
              _ ("What runs with Compose now keeps its ports: stop it before the first deploy "
                 "(docker compose stop)."));
  if (dw_yaml_node_find (file->root, "include") != NULL)
    add_note (document, name, _ ("The files under “include” are not read; import them as well."));
  for (gsize i = 0; i < G_N_ELEMENTS (beside); i++)
    {
      g_autofree char *path = g_build_filename (file->folder, beside[i], NULL);

      if (g_file_test (path, G_FILE_TEST_EXISTS) && !g_str_equal (name, beside[i]))
        {
          g_autofree char *text = g_strdup_printf (
              _ ("Compose reads %s as well, and this import does not."), beside[i]);

          add_note (document, name, text);
        }
    }
  if (unset[0] != NULL)
    {
      g_autofree char *list = g_strjoinv (", ", unset);
      g_autofree char *text = g_strdup_printf (
          _ ("These variables are not set and are taken for empty: %s."), list);

      add_note (document, name, text);
    }
}

/* Where the file is for the engine. What the file chooser gives into a sandbox is at a path that is
 * only there, and knows its own; what comes by a pipe belongs to the working folder. */
static char *
find_path (GFile *file)
{
  g_autofree char *given = g_file_get_path (file);
  g_autoptr (GFileInfo)
      info = g_file_query_info (file, HOST_PATH, G_FILE_QUERY_INFO_NONE, NULL, NULL);
  const char *host_path = info != NULL ? g_file_info_get_attribute_string (info, HOST_PATH) : NULL;

  if (host_path != NULL && g_path_is_absolute (host_path) && g_utf8_validate (host_path, -1, NULL))
    return g_canonicalize_filename (host_path, NULL);

  return g_canonicalize_filename (
      given != NULL && !g_str_has_prefix (given, "/dev/") ? given : "compose.yaml", NULL);
}

/**
 * dw_compose_read:
 * @root: what is in the file
 * @file: the file, beside which .env and others may be
 * @environment: NAME=VALUE strings, as g_get_environ() returns them
 * @cancellable: (nullable): ends the reading of other files
 * @error: a DW_CONFIG_ERROR, with line and column for _INVALID, or G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): a project with a stage for each service, and notes about
 *   everything that is not carried over
 */
DwConfigDocument *
dw_compose_read (DwYamlNode *root,
                 GFile *file,
                 const char *const *environment,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autofree char *path = find_path (file);
  g_autofree char *folder_path = g_path_get_dirname (path);
  g_autoptr (DwComposeVariables) variables = dw_compose_variables_new (environment);
  g_autoptr (DwComposeFolder) folder = dw_compose_folder_new (folder_path, variables);
  g_autoptr (DwConfigDocument) document = dw_config_document_new ();
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  DwComposeFile *added = NULL;

  if (!read_defaults (folder, folder_path, variables, cancellable, error) ||
      (added = dw_compose_folder_add (folder, path, root, error)) == NULL)
    return NULL;

  DwYamlNode *services = dw_yaml_node_find (added->root, "services");
  g_autofree char *project = find_project_name (added->root, folder_path, variables);
  const DwComposeContext context = {
    .project = project,
    .root = added->root,
    .folder = folder,
    .variables = variables,
    .cancellable = cancellable,
  };
  for (guint i = 0; i < dw_yaml_node_get_length (services); i++)
    if (!read_service (&context, added, dw_yaml_node_get_key (services, i), names, document, error))
      return NULL;
  note_the_file (document, added, variables);

  return g_steal_pointer (&document);
}
