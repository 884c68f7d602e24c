/* dw-yaml-private.h: what the reader of YAML knows of the tree besides
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "config/dw-yaml.h"

G_BEGIN_DECLS

struct _DwYamlNode
{
  DwYamlKind kind;
  char *file; /* (type ref string): the name for messages */
  guint line;
  guint column;
  guint weight; /* how many nodes it stands for */
  guint height;

  char *text;        /* of a scalar */
  gboolean is_plain; /* neither quoted nor said to be a text */

  GPtrArray *elements; /* of DwYamlNode: a sequence's, or a mapping's values */
  GPtrArray *keys;     /* of DwYamlNode: a mapping's, in the same order */
  GHashTable *indices; /* of a mapping: a key's text to its index plus one */
};

DwYamlNode *dw_yaml_node_new (DwYamlKind kind, char *file, guint line, guint column);

G_END_DECLS
