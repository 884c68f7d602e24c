/* dw-yaml.h: a YAML text as a tree that knows where everything stands
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  DW_YAML_SCALAR,
  DW_YAML_SEQUENCE,
  DW_YAML_MAPPING,
} DwYamlKind;

/* Immutable once it was read, and shared by those that hold a reference. */
typedef struct _DwYamlNode DwYamlNode;

DwYamlNode *dw_yaml_parse (const char *text, gsize length, const char *name, GError **error);
DwYamlNode *dw_yaml_read (GFile *file, GCancellable *cancellable, GError **error);
char *dw_yaml_read_text (GFile *file, gsize *length, GCancellable *cancellable, GError **error);

DwYamlNode *dw_yaml_node_ref (DwYamlNode *self);
void dw_yaml_node_unref (DwYamlNode *self);
DwYamlKind dw_yaml_node_get_kind (DwYamlNode *self);
gboolean dw_yaml_node_is_null (DwYamlNode *self);
gboolean dw_yaml_node_is_plain (DwYamlNode *self);
const char *dw_yaml_node_get_text (DwYamlNode *self);

/* Of sequences and mappings; a scalar has no elements. */
guint dw_yaml_node_get_length (DwYamlNode *self);
guint dw_yaml_node_get_weight (DwYamlNode *self);
DwYamlNode *dw_yaml_node_get_element (DwYamlNode *self, guint index);
/* Of mappings. */
DwYamlNode *dw_yaml_node_get_key (DwYamlNode *self, guint index);
DwYamlNode *dw_yaml_node_find (DwYamlNode *self, const char *key);

/* Made by hand, before anybody else holds it; messages say that it stands where @place does. */
DwYamlNode *dw_yaml_node_new_text (const char *text, gboolean is_plain, DwYamlNode *place);
DwYamlNode *dw_yaml_node_new_sequence (DwYamlNode *place);
DwYamlNode *dw_yaml_node_new_mapping (DwYamlNode *place);
void dw_yaml_node_append (DwYamlNode *self, DwYamlNode *element);
void dw_yaml_node_set (DwYamlNode *self, DwYamlNode *key, DwYamlNode *value);

gboolean dw_yaml_node_get_boolean (DwYamlNode *self, gboolean *value, GError **error);
gboolean dw_yaml_node_get_integer (
    DwYamlNode *self, gint64 minimum, gint64 maximum, gint64 *value, GError **error);
gboolean dw_yaml_node_check_kind (DwYamlNode *self, DwYamlKind kind, GError **error);
gboolean dw_yaml_node_check_keys (DwYamlNode *self, const char *const *keys, GError **error);

char *dw_yaml_node_describe_place (DwYamlNode *self);
void dw_yaml_node_set_error (DwYamlNode *self, GError **error, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwYamlNode, dw_yaml_node_unref)

G_END_DECLS
