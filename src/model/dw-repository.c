/* dw-repository.c: what was last seen of an image's repository
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "model/dw-repository.h"

#include "model/dw-validation.h"

struct _DwRepository
{
  DwEntity parent_instance;
};

enum
{
  PROP_IMAGE = DW_ENTITY_N_PROPERTIES,
  PROP_ETAG,
  PROP_TAGS_DIGEST,
  PROP_TAGS,
  PROP_DIGESTS,
  PROP_CHECKED_AT,
  PROP_ERROR,
  N_PROPERTIES,
};

G_DEFINE_FINAL_TYPE (DwRepository, dw_repository, DW_TYPE_ENTITY)

static gboolean
dw_repository_validate (DwEntity *entity, GError **error)
{
  DwRepository *self = DW_REPOSITORY (entity);

  return dw_validate_image ("image", dw_repository_get_image (self), error) &&
         dw_validate_required ("tags", dw_repository_get_tags (self), error) &&
         dw_validate_required ("digests", dw_repository_get_digests (self), error);
}

static void
dw_repository_class_init (DwRepositoryClass *klass)
{
  DwEntityClass *entity_class = DW_ENTITY_CLASS (klass);
  GParamSpec *properties[N_PROPERTIES] = {
    [PROP_IMAGE] = dw_entity_param_string ("image", NULL),
    [PROP_ETAG] = dw_entity_param_string ("etag", NULL),
    [PROP_TAGS_DIGEST] = dw_entity_param_string ("tags-digest", NULL),
    [PROP_TAGS] = dw_entity_param_string ("tags", "{}"),
    [PROP_DIGESTS] = dw_entity_param_string ("digests", "{}"),
    [PROP_CHECKED_AT] = dw_entity_param_string ("checked-at", NULL),
    [PROP_ERROR] = dw_entity_param_string ("error", NULL),
  };

  entity_class->validate = dw_repository_validate;
  dw_entity_class_install_properties (entity_class, properties, N_PROPERTIES);
}

static void
dw_repository_init (DwRepository *self)
{
}

/* the repository, as a project names it */
const char *
dw_repository_get_image (DwRepository *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_IMAGE);
}

/* (nullable): the entity tag of its list of tags */
const char *
dw_repository_get_etag (DwRepository *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_ETAG);
}

/* (nullable): the digest of that list */
const char *
dw_repository_get_tags_digest (DwRepository *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_TAGS_DIGEST);
}

/* a JSON object: of each tag, when it was first seen, in seconds since 1970 */
const char *
dw_repository_get_tags (DwRepository *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_TAGS);
}

/* a JSON object: of each tag that is watched for its digest, an array of that and since when */
const char *
dw_repository_get_digests (DwRepository *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_DIGESTS);
}

/* (nullable): when it was last asked */
const char *
dw_repository_get_checked_at (DwRepository *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_CHECKED_AT);
}

/* (nullable): what was wrong then */
const char *
dw_repository_get_error (DwRepository *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_ERROR);
}
