/* dw-config-change.c: one thing that an import adds, changes or removes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "config/dw-config-change.h"

static void
field_change_free (gpointer data)
{
  DwConfigFieldChange *field = data;

  g_free (field->key);
  g_free (field->old_value);
  g_free (field->new_value);
  g_free (field);
}

/* @project: (nullable): of a stage; @name: (nullable): the settings have none */
DwConfigChange *
dw_config_change_new (DwConfigChangeKind kind, GType type, const char *project, const char *name)
{
  DwConfigChange *self = g_new0 (DwConfigChange, 1);

  self->kind = kind;
  self->type = type;
  self->name = project != NULL ? g_strconcat (project, "/", name, NULL) : g_strdup (name);
  self->fields = g_ptr_array_new_with_free_func (field_change_free);

  return self;
}

void
dw_config_change_free (DwConfigChange *self)
{
  g_free (self->name);
  g_ptr_array_unref (self->fields);
  g_free (self);
}

/* Adds the field when it is another one than before. */
void
dw_config_change_add_field (DwConfigChange *self,
                            const char *key,
                            const char *old_value,
                            const char *new_value)
{
  if (g_strcmp0 (old_value, new_value) == 0)
    return;

  DwConfigFieldChange *field = g_new0 (DwConfigFieldChange, 1);
  field->key = g_strdup (key);
  field->old_value = g_strdup (old_value);
  field->new_value = g_strdup (new_value);
  g_ptr_array_add (self->fields, field);
}

/* Whether two lists of changes say the same. */
gboolean
dw_config_changes_are_equal (GPtrArray *a, GPtrArray *b)
{
  gboolean are = a->len == b->len;

  for (guint i = 0; are && i < a->len; i++)
    {
      const DwConfigChange *x = g_ptr_array_index (a, i);
      const DwConfigChange *y = g_ptr_array_index (b, i);

      are = x->kind == y->kind && x->type == y->type && g_strcmp0 (x->name, y->name) == 0 &&
            x->fields->len == y->fields->len;
      for (guint j = 0; are && j < x->fields->len; j++)
        {
          const DwConfigFieldChange *left = g_ptr_array_index (x->fields, j);
          const DwConfigFieldChange *right = g_ptr_array_index (y->fields, j);

          are = g_str_equal (left->key, right->key) &&
                g_strcmp0 (left->old_value, right->old_value) == 0 &&
                g_strcmp0 (left->new_value, right->new_value) == 0;
        }
    }

  return are;
}
