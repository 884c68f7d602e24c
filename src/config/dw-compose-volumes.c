/* dw-compose-volumes.c: the volumes and networks of a service
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "config/dw-compose-readers.h"

#include <glib/gi18n-lib.h>

#include "config/dw-compose-values.h"

/* What the file says below @section of the volume or the network that it calls @name. */
static DwYamlNode *
find_declared (const DwComposeContext *context, const char *section, const char *name)
{
  DwYamlNode *sections = dw_yaml_node_find (context->root, section);

  return sections != NULL ? dw_yaml_node_find (sections, name) : NULL;
}

/* What the engine calls it. */
static char *
make_full_name (const DwComposeContext *context, const char *section, const char *name)
{
  DwYamlNode *declared = find_declared (context, section, name);
  DwYamlNode *external = declared != NULL ? dw_yaml_node_find (declared, "external") : NULL;
  const char *full_name = declared != NULL ? dw_compose_find_text (declared, "name") : NULL;
  gboolean is_external = FALSE;

  if (full_name != NULL)
    return g_strdup (full_name);
  /* The older form has the name there. */
  if (external != NULL && dw_yaml_node_get_kind (external) == DW_YAML_MAPPING)
    return g_strdup (dw_compose_find_text (external, "name") != NULL
                         ? dw_compose_find_text (external, "name")
                         : name);
  if (external != NULL && dw_yaml_node_get_boolean (external, &is_external, NULL) && is_external)
    return g_strdup (name);

  return g_strconcat (context->project, "_", name, NULL);
}

static void
add_volume (const DwComposeContext *context,
            DwForeign *foreign,
            const char *source,
            const char *target,
            const char *mode)
{
  DwYamlNode *declared = *source != '/' ? find_declared (context, "volumes", source) : NULL;
  g_autofree char *full_name = *source == '/' ? g_strdup (source)
                                              : make_full_name (context, "volumes", source);

  if (declared != NULL && (dw_yaml_node_find (declared, "driver") != NULL ||
                           dw_yaml_node_find (declared, "driver_opts") != NULL))
    dw_foreign_note (
        foreign,
        _ ("The volume “%s” has a driver of its own: it must be there before the first "
           "deploy, as Compose makes it."),
        full_name);
  g_ptr_array_add (foreign->volumes,
                   g_strconcat (full_name, ":", target, *mode != '\0' ? ":" : "", mode, NULL));
}

static void
note_anonymous (DwForeign *foreign, const char *target)
{
  dw_foreign_note (foreign,
                   _ ("The volume at %s has no name and would be a new one at every deploy; it is "
                      "left out."),
                   target);
}

static gboolean
read_long_volume (const DwComposeContext *context,
                  DwYamlNode *element,
                  DwForeign *foreign,
                  GError **error)
{
  const char *type = dw_compose_find_text (element, "type");
  const char *source = dw_compose_find_text (element, "source");
  const char *target = dw_compose_find_text (element, "target");
  DwYamlNode *read_only = dw_yaml_node_find (element, "read_only");
  gboolean is_read_only = FALSE;

  if (target == NULL)
    {
      dw_yaml_node_set_error (element, error, _ ("a volume needs “target”, the path inside"));
      return FALSE;
    }
  if (read_only != NULL && !dw_yaml_node_get_boolean (read_only, &is_read_only, error))
    return FALSE;

  if (type != NULL && !g_str_equal (type, "bind") && !g_str_equal (type, "volume"))
    dw_foreign_note (foreign, _ ("What is mounted at %s is of the type “%s” and is left out."),
                     target, type);
  else if (source == NULL)
    note_anonymous (foreign, target);
  else
    add_volume (context, foreign, source, target, is_read_only ? "ro" : "");

  return TRUE;
}

/* “volumes”, in short and in long form. */
gboolean
dw_compose_read_volumes (const DwComposeContext *context,
                         DwYamlNode *value,
                         DwForeign *foreign,
                         GError **error)
{
  for (guint i = 0; i < dw_yaml_node_get_length (value); i++)
    {
      DwYamlNode *element = dw_yaml_node_get_element (value, i);
      const char *text = dw_yaml_node_get_text (element);

      if (text == NULL)
        {
          if (!read_long_volume (context, element, foreign, error))
            return FALSE;
          continue;
        }

      g_auto (GStrv) parts = g_strsplit (text, ":", 3);
      if (parts[0] == NULL || parts[1] == NULL)
        note_anonymous (foreign, text);
      else
        add_volume (context, foreign, parts[0], parts[1], parts[2] != NULL ? parts[2] : "");
    }

  return TRUE;
}

/* “networks”: the first of them; the others are noted. */
gboolean
dw_compose_read_networks (const DwComposeContext *context,
                          DwYamlNode *value,
                          DwForeign *foreign,
                          GError **error)
{
  gboolean is_mapping = dw_yaml_node_get_kind (value) == DW_YAML_MAPPING;

  for (guint i = 0; i < dw_yaml_node_get_length (value); i++)
    {
      DwYamlNode *node = is_mapping ? dw_yaml_node_get_key (value, i)
                                    : dw_yaml_node_get_element (value, i);
      const char *name = dw_yaml_node_get_text (node);

      if (!dw_yaml_node_check_kind (node, DW_YAML_SCALAR, error))
        return FALSE;

      g_autofree char *full_name = make_full_name (context, "networks", name);
      if (foreign->network != NULL)
        dw_foreign_note (foreign,
                         _ ("It is in the network “%s” as well; a project is in one "
                            "network."),
                         full_name);
      else
        foreign->network = g_steal_pointer (&full_name);

      DwYamlNode *options = is_mapping ? dw_yaml_node_get_element (value, i) : NULL;
      for (guint j = 0; options != NULL && j < dw_yaml_node_get_length (options); j++)
        if (dw_yaml_node_get_kind (options) == DW_YAML_MAPPING)
          {
            g_autofree char *key = g_strdup_printf (
                "networks.%s.%s", name, dw_yaml_node_get_text (dw_yaml_node_get_key (options, j)));

            dw_foreign_note_key (foreign, key);
          }
    }

  if (foreign->network != NULL)
    dw_foreign_note (foreign,
                     _ ("The network “%s” must be there before the first deploy: Compose makes it, "
                        "or “docker network create %s”."),
                     foreign->network, foreign->network);
  return TRUE;
}

/* “network_mode”, which is noted. */
gboolean
dw_compose_read_network_mode (const DwComposeContext *context,
                              DwYamlNode *value,
                              DwForeign *foreign,
                              GError **error)
{
  const char *mode = dw_yaml_node_get_text (value);

  if (!dw_yaml_node_check_kind (value, DW_YAML_SCALAR, error))
    return FALSE;

  if (!g_str_equal (mode, "bridge"))
    dw_foreign_note (foreign,
                     _ ("Its network is “%s”; here a container has a network of its own and "
                        "publishes a port."),
                     mode);
  return TRUE;
}
