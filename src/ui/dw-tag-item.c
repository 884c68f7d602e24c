/* dw-tag-item.c: a tag that can be deployed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What it stands for is asked of the registry when somebody looks at it.
 */

#include "config.h"

#include "ui/dw-tag-item.h"

struct _DwTagItem
{
  GObject parent_instance;

  char *name;
  char *digest;
  char *created;
  gboolean is_followed;
  gboolean is_listed;
  gboolean is_described;
};

enum
{
  PROP_NAME = 1,
  PROP_DIGEST,
  PROP_CREATED,
  PROP_DESCRIBED,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (DwTagItem, dw_tag_item, G_TYPE_OBJECT)

static void
dw_tag_item_finalize (GObject *object)
{
  DwTagItem *self = DW_TAG_ITEM (object);

  g_free (self->name);
  g_free (self->digest);
  g_free (self->created);

  G_OBJECT_CLASS (dw_tag_item_parent_class)->finalize (object);
}

static void
dw_tag_item_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  DwTagItem *self = DW_TAG_ITEM (object);

  switch (property_id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_DIGEST:
      g_value_set_string (value, self->digest);
      break;
    case PROP_CREATED:
      g_value_set_string (value, self->created);
      break;
    case PROP_DESCRIBED:
      g_value_set_boolean (value, self->is_described);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_tag_item_class_init (DwTagItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->finalize = dw_tag_item_finalize;
  object_class->get_property = dw_tag_item_get_property;

  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_DIGEST] = g_param_spec_string ("digest", NULL, NULL, NULL, flags);
  properties[PROP_CREATED] = g_param_spec_string ("created", NULL, NULL, NULL, flags);
  properties[PROP_DESCRIBED] = g_param_spec_boolean ("described", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
dw_tag_item_init (DwTagItem *self)
{
}

/**
 * dw_tag_item_new:
 * @name: a tag, or a digest
 * @is_followed: whether the stage's policy follows it
 * @is_listed: whether the registry has it in its list; otherwise somebody typed it
 *
 * Returns: (transfer full): the item
 */
DwTagItem *
dw_tag_item_new (const char *name, gboolean is_followed, gboolean is_listed)
{
  DwTagItem *self = g_object_new (DW_TYPE_TAG_ITEM, NULL);

  self->name = g_strdup (name);
  self->is_followed = is_followed;
  self->is_listed = is_listed;

  return self;
}

/* Returns: the tag, or a digest */
const char *
dw_tag_item_get_name (DwTagItem *self)
{
  return self->name;
}

/* Returns: whether the stage's policy follows it */
gboolean
dw_tag_item_is_followed (DwTagItem *self)
{
  return self->is_followed;
}

/* Returns: whether the registry has it in its list */
gboolean
dw_tag_item_is_listed (DwTagItem *self)
{
  return self->is_listed;
}

/* Returns: (nullable): what it stands for */
const char *
dw_tag_item_get_digest (DwTagItem *self)
{
  return self->digest;
}

/* Returns: (nullable): when the image was built */
const char *
dw_tag_item_get_created (DwTagItem *self)
{
  return self->created;
}

/* Returns: whether the registry was asked what it stands for */
gboolean
dw_tag_item_is_described (DwTagItem *self)
{
  return self->is_described;
}

/**
 * dw_tag_item_describe:
 * @self: an item
 * @digest: (nullable): what it stands for
 * @created: (nullable): when the image was built
 */
void
dw_tag_item_describe (DwTagItem *self, const char *digest, const char *created)
{
  g_return_if_fail (DW_IS_TAG_ITEM (self));

  g_free (self->digest);
  self->digest = g_strdup (digest);
  g_free (self->created);
  self->created = g_strdup (created);
  self->is_described = TRUE;
  for (guint i = PROP_DIGEST; i < N_PROPERTIES; i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
}
