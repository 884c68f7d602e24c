/* dw-compose-ports.c: the ports of a service
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "config/dw-compose-readers.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "config/dw-compose-values.h"
#include "model/dw-model-error.h"

/* "8080", or "8080-8085" of which the first is @port. */
static gboolean
read_port_range (const char *text, guint16 *port, guint16 *last)
{
  const char *dash = strchr (text, '-');
  g_autofree char *first = dash != NULL ? g_strndup (text, (gsize) (dash - text)) : g_strdup (text);
  guint64 number = 0;
  guint64 end = 0;

  if (!g_ascii_string_to_unsigned (first, 10, 1, G_MAXUINT16, &number, NULL) ||
      (dash != NULL && !g_ascii_string_to_unsigned (dash + 1, 10, number, G_MAXUINT16, &end, NULL)))
    return FALSE;

  *port = (guint16) number;
  *last = dash != NULL ? (guint16) end : *port;
  return TRUE;
}

/* @published: (nullable): or an empty text, for any free port */
static gboolean
add_port (DwForeign *foreign,
          DwYamlNode *node,
          const char *host,
          const char *published,
          const char *target,
          const char *protocol,
          GError **error)
{
  guint16 port = 0, last = 0, host_port = 0, host_last = 0;

  if (!read_port_range (target, &port, &last) ||
      (published != NULL && *published != '\0' &&
       !read_port_range (published, &host_port, &host_last)))
    {
      const char *text = dw_yaml_node_get_text (node);
      g_autofree char *shown = dw_model_quote (text != NULL ? text : target);

      dw_yaml_node_set_error (
          node, error, _ ("%s is not a port; write it like 8080:80, or 127.0.0.1:8080:80"), shown);
      return FALSE;
    }

  if (last != port)
    dw_foreign_note (foreign, _ ("Of the ports %u to %u only the first can be published."), port,
                     last);
  else if (host_last != host_port)
    {
      dw_foreign_note (foreign,
                       _ ("Any of the ports %u to %u will do; here any free one is taken."),
                       host_port, host_last);
      host_port = 0;
    }
  dw_foreign_add_port (foreign, port, host_port, protocol == NULL || !g_str_equal (protocol, "udp"),
                       host);
  return TRUE;
}

/* [HOST:][PUBLISHED:]TARGET[/PROTOCOL], with an address of IPv6 in brackets. */
static gboolean
read_short_port (DwForeign *foreign, DwYamlNode *node, GError **error)
{
  const char *text = dw_yaml_node_get_text (node);
  const char *slash = strrchr (text, '/');
  g_autofree char *ports = slash != NULL ? g_strndup (text, (gsize) (slash - text))
                                         : g_strdup (text);
  char *target = strrchr (ports, ':');
  char *published = NULL;
  const char *host = NULL;

  if (target == NULL)
    return add_port (foreign, node, NULL, NULL, ports, slash != NULL ? slash + 1 : NULL, error);

  *target++ = '\0';
  published = strrchr (ports, ':');
  if (published != NULL)
    {
      *published++ = '\0';
      host = ports;
    }
  else
    {
      published = ports;
    }

  return add_port (foreign, node, host, published, target, slash != NULL ? slash + 1 : NULL, error);
}

/* “ports”, in short and in long form. */
gboolean
dw_compose_read_ports (const DwComposeContext *context,
                       DwYamlNode *value,
                       DwForeign *foreign,
                       GError **error)
{
  if (!dw_yaml_node_check_kind (value, DW_YAML_SEQUENCE, error))
    return FALSE;

  for (guint i = 0; i < dw_yaml_node_get_length (value); i++)
    {
      DwYamlNode *element = dw_yaml_node_get_element (value, i);

      if (dw_yaml_node_get_kind (element) == DW_YAML_SCALAR)
        {
          if (!read_short_port (foreign, element, error))
            return FALSE;
          continue;
        }

      const char *target = dw_compose_find_text (element, "target");
      if (target == NULL)
        {
          dw_yaml_node_set_error (element, error, _ ("a port needs “target”, the port inside"));
          return FALSE;
        }
      if (!add_port (foreign, element, dw_compose_find_text (element, "host_ip"),
                     dw_compose_find_text (element, "published"), target,
                     dw_compose_find_text (element, "protocol"), error))
        return FALSE;
    }

  return TRUE;
}

/* “expose”: the first of the ports that only other containers are told of. */
gboolean
dw_compose_read_expose (const DwComposeContext *context,
                        DwYamlNode *value,
                        DwForeign *foreign,
                        GError **error)
{
  guint16 port = 0, last = 0;

  for (guint i = 0; foreign->exposed_port == 0 && i < dw_yaml_node_get_length (value); i++)
    {
      const char *text = dw_yaml_node_get_text (dw_yaml_node_get_element (value, i));
      g_autofree char *number = text != NULL ? g_strndup (text, strcspn (text, "/")) : NULL;

      if (number != NULL && read_port_range (number, &port, &last))
        foreign->exposed_port = port;
    }

  return TRUE;
}
