/* fuzz-yaml.c: no text breaks the reading of YAML, and what was read can be written
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "config/dw-yaml-writer.h"
#include "config/dw-yaml.h"
#include "fuzz.h"

static void
write_tree (DwYamlWriter *writer, DwYamlNode *node)
{
  switch (dw_yaml_node_get_kind (node))
    {
    case DW_YAML_SEQUENCE:
      dw_yaml_writer_begin_sequence (writer);
      for (guint i = 0; i < dw_yaml_node_get_length (node); i++)
        write_tree (writer, dw_yaml_node_get_element (node, i));
      dw_yaml_writer_end_sequence (writer);
      break;
    case DW_YAML_MAPPING:
      dw_yaml_writer_begin_mapping (writer);
      for (guint i = 0; i < dw_yaml_node_get_length (node); i++)
        {
          dw_yaml_writer_add_text (writer, dw_yaml_node_get_text (dw_yaml_node_get_key (node, i)));
          write_tree (writer, dw_yaml_node_get_element (node, i));
        }
      dw_yaml_writer_end_mapping (writer);
      break;
    case DW_YAML_SCALAR:
    default:
      dw_yaml_writer_add_text (writer, dw_yaml_node_get_text (node));
      break;
    }
}

static void
assert_same (DwYamlNode *a, DwYamlNode *b)
{
  g_assert_cmpint (dw_yaml_node_get_kind (a), ==, dw_yaml_node_get_kind (b));
  g_assert_cmpstr (dw_yaml_node_get_text (a), ==, dw_yaml_node_get_text (b));
  g_assert_cmpuint (dw_yaml_node_get_length (a), ==, dw_yaml_node_get_length (b));
  for (guint i = 0; i < dw_yaml_node_get_length (a); i++)
    {
      if (dw_yaml_node_get_kind (a) == DW_YAML_MAPPING)
        assert_same (dw_yaml_node_get_key (a, i), dw_yaml_node_get_key (b, i));
      assert_same (dw_yaml_node_get_element (a, i), dw_yaml_node_get_element (b, i));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwYamlNode) root = dw_yaml_parse ((const char *) data, size, "fuzz.yaml", &error);

  if (root == NULL)
    {
      fuzz_check_error (error);
      return 0;
    }

  g_autoptr (DwYamlWriter) writer = dw_yaml_writer_new ();
  write_tree (writer, root);
  g_autofree char *text = dw_yaml_writer_finish (writer);
  g_autoptr (DwYamlNode) again = dw_yaml_parse (text, strlen (text), "again.yaml", &error);
  g_assert_no_error (error);
  assert_same (root, again);

  return 0;
}
