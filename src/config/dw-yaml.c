/* dw-yaml.c: a YAML text as a tree that knows where everything stands
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is here is what a file holds; what it means is others' matter. A scalar stays the text that
 * was written, so that 1.10 is not 1.1 and “no” may be a name.
 */

#include "config.h"

#include "config/dw-yaml-private.h"

#include <glib/gi18n-lib.h>

#include "config/dw-config-error.h"
#include "model/dw-model-error.h"
#include "model/dw-nearest.h"

DwYamlNode *
dw_yaml_node_ref (DwYamlNode *self)
{
  return g_rc_box_acquire (self);
}

static void
clear_node (gpointer data)
{
  DwYamlNode *self = data;

  g_ref_string_release (self->file);
  g_free (self->text);
  g_clear_pointer (&self->indices, g_hash_table_unref);
  g_clear_pointer (&self->keys, g_ptr_array_unref);
  g_clear_pointer (&self->elements, g_ptr_array_unref);
}

void
dw_yaml_node_unref (DwYamlNode *self)
{
  g_rc_box_release_full (self, clear_node);
}

/* @file: (transfer none): a ref string */
DwYamlNode *
dw_yaml_node_new (DwYamlKind kind, char *file, guint line, guint column)
{
  DwYamlNode *self = g_rc_box_new0 (DwYamlNode);

  self->kind = kind;
  self->file = g_ref_string_acquire (file);
  self->line = line;
  self->column = column;
  self->weight = 1;
  self->height = 1;
  if (kind != DW_YAML_SCALAR)
    self->elements = g_ptr_array_new_with_free_func ((GDestroyNotify) dw_yaml_node_unref);
  if (kind == DW_YAML_MAPPING)
    {
      self->keys = g_ptr_array_new_with_free_func ((GDestroyNotify) dw_yaml_node_unref);
      self->indices = g_hash_table_new (g_str_hash, g_str_equal);
    }

  return self;
}

DwYamlKind
dw_yaml_node_get_kind (DwYamlNode *self)
{
  return self->kind;
}

/* Whether it was written as nothing: null, ~, or not at all. */
gboolean
dw_yaml_node_is_null (DwYamlNode *self)
{
  static const char *const words[] = { "", "~", "null", "Null", "NULL", NULL };

  return self->kind == DW_YAML_SCALAR && self->is_plain && g_strv_contains (words, self->text);
}

/* Whether it is a scalar without quotes, which other readers take for more than a text. */
gboolean
dw_yaml_node_is_plain (DwYamlNode *self)
{
  return self->kind == DW_YAML_SCALAR && self->is_plain;
}

/* Returns: (nullable) (transfer none): what a scalar says */
const char *
dw_yaml_node_get_text (DwYamlNode *self)
{
  return self->text;
}

/* Returns: how many nodes it stands for, itself among them */
guint
dw_yaml_node_get_weight (DwYamlNode *self)
{
  return self->weight;
}

guint
dw_yaml_node_get_length (DwYamlNode *self)
{
  return self->elements != NULL ? self->elements->len : 0;
}

/* Returns: (transfer none): an element of a sequence, or the value at that place of a mapping */
DwYamlNode *
dw_yaml_node_get_element (DwYamlNode *self, guint index)
{
  return g_ptr_array_index (self->elements, index);
}

/* Returns: (transfer none): a scalar */
DwYamlNode *
dw_yaml_node_get_key (DwYamlNode *self, guint index)
{
  return g_ptr_array_index (self->keys, index);
}

/* Returns: (nullable) (transfer none): the value of @key, or NULL when it is not there, or when
 * this is no mapping */
DwYamlNode *
dw_yaml_node_find (DwYamlNode *self, const char *key)
{
  guint index = self->kind == DW_YAML_MAPPING
                    ? GPOINTER_TO_UINT (g_hash_table_lookup (self->indices, key))
                    : 0;

  return index > 0 ? dw_yaml_node_get_element (self, index - 1) : NULL;
}

DwYamlNode *
dw_yaml_node_new_text (const char *text, gboolean is_plain, DwYamlNode *place)
{
  DwYamlNode *self = dw_yaml_node_new (DW_YAML_SCALAR, place->file, place->line, place->column);

  self->text = g_strdup (text);
  self->is_plain = is_plain;

  return self;
}

DwYamlNode *
dw_yaml_node_new_sequence (DwYamlNode *place)
{
  return dw_yaml_node_new (DW_YAML_SEQUENCE, place->file, place->line, place->column);
}

DwYamlNode *
dw_yaml_node_new_mapping (DwYamlNode *place)
{
  return dw_yaml_node_new (DW_YAML_MAPPING, place->file, place->line, place->column);
}

static void
grow (DwYamlNode *self, DwYamlNode *child)
{
  self->weight += child->weight;
  self->height = MAX (self->height, child->height + 1);
}

/* @element: (transfer none) */
void
dw_yaml_node_append (DwYamlNode *self, DwYamlNode *element)
{
  grow (self, element);
  g_ptr_array_add (self->elements, dw_yaml_node_ref (element));
}

/* Adds a key, or gives it another value. @key, @value: (transfer none) */
void
dw_yaml_node_set (DwYamlNode *self, DwYamlNode *key, DwYamlNode *value)
{
  guint index = GPOINTER_TO_UINT (g_hash_table_lookup (self->indices, key->text));

  grow (self, value);
  if (index > 0)
    {
      dw_yaml_node_unref (self->elements->pdata[index - 1]);
      self->elements->pdata[index - 1] = dw_yaml_node_ref (value);
      return;
    }

  g_ptr_array_add (self->keys, dw_yaml_node_ref (key));
  g_ptr_array_add (self->elements, dw_yaml_node_ref (value));
  g_hash_table_insert (self->indices, key->text, GUINT_TO_POINTER (self->keys->len));
}

/* Returns: (transfer full): “compose.yaml”, line 3, column 5 */
char *
dw_yaml_node_describe_place (DwYamlNode *self)
{
  g_autofree char *shown = dw_model_quote (self->file);

  return g_strdup_printf (_ ("%s, line %u, column %u"), shown, self->line, self->column);
}

/**
 * dw_yaml_node_set_error:
 * @self: where it is
 * @error: DW_CONFIG_ERROR_INVALID
 * @format: what is wrong
 *
 * The message begins with the file, the line and the column.
 */
void
dw_yaml_node_set_error (DwYamlNode *self, GError **error, const char *format, ...)
{
  g_autofree char *place = dw_yaml_node_describe_place (self);
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *message = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  g_set_error (error, DW_CONFIG_ERROR, DW_CONFIG_ERROR_INVALID, "%s: %s", place, message);
}

/* Returns: whether it is of that kind; else the error says what it should be. */
gboolean
dw_yaml_node_check_kind (DwYamlNode *self, DwYamlKind kind, GError **error)
{
  if (self->kind == kind)
    return TRUE;

  switch (kind)
    {
    case DW_YAML_SEQUENCE:
      /* Translators: after the place in a file */
      dw_yaml_node_set_error (self, error, _ ("here a list is expected, one “- element” a line"));
      break;
    case DW_YAML_MAPPING:
      dw_yaml_node_set_error (self, error, _ ("here “key: value” lines are expected"));
      break;
    case DW_YAML_SCALAR:
    default:
      dw_yaml_node_set_error (self, error, _ ("here a single value is expected"));
      break;
    }
  return FALSE;
}

/**
 * dw_yaml_node_check_keys:
 * @self: anything
 * @keys: (array zero-terminated=1): what keys it may have
 * @error: DW_CONFIG_ERROR_INVALID with the nearest key
 *
 * Returns: whether it is a mapping with no other keys
 */
gboolean
dw_yaml_node_check_keys (DwYamlNode *self, const char *const *keys, GError **error)
{
  if (!dw_yaml_node_check_kind (self, DW_YAML_MAPPING, error))
    return FALSE;

  for (guint i = 0; i < self->keys->len; i++)
    {
      DwYamlNode *key = dw_yaml_node_get_key (self, i);

      if (!g_strv_contains (keys, key->text))
        {
          g_autofree char *shown = dw_model_quote (key->text);
          g_autofree char *suggestion = dw_suggest (key->text, keys);

          dw_yaml_node_set_error (
              /* Translators: what stands there, and “; did you mean …?” or nothing */
              key, error, _ ("there is no key %s here%s"), shown, suggestion);
          return FALSE;
        }
    }

  return TRUE;
}

/* Reads true or false, in YAML's words for them. */
gboolean
dw_yaml_node_get_boolean (DwYamlNode *self, gboolean *value, GError **error)
{
  static const char *const words[] = { "false", "true", "no", "yes", "off", "on", NULL };

  if (!dw_yaml_node_check_kind (self, DW_YAML_SCALAR, error))
    return FALSE;

  for (guint i = 0; words[i] != NULL; i++)
    if (g_ascii_strcasecmp (words[i], self->text) == 0)
      {
        *value = i % 2 == 1;
        return TRUE;
      }

  g_autofree char *shown = dw_model_quote (self->text);
  dw_yaml_node_set_error (self, error, _ ("%s is neither true nor false"), shown);
  return FALSE;
}

gboolean
dw_yaml_node_get_integer (
    DwYamlNode *self, gint64 minimum, gint64 maximum, gint64 *value, GError **error)
{
  if (!dw_yaml_node_check_kind (self, DW_YAML_SCALAR, error))
    return FALSE;

  if (g_ascii_string_to_signed (self->text, 10, minimum, maximum, value, NULL))
    return TRUE;

  g_autofree char *shown = dw_model_quote (self->text);
  dw_yaml_node_set_error (self, error, _ ("%s is not a number from %lld to %lld"), shown,
                          (long long) minimum, (long long) maximum);
  return FALSE;
}
