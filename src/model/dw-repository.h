/* dw-repository.h: what was last seen of an image's repository
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/dw-entity.h"
#include "model/dw-enums.h"

G_BEGIN_DECLS

#define DW_TYPE_REPOSITORY (dw_repository_get_type ())

G_DECLARE_FINAL_TYPE (DwRepository, dw_repository, DW, REPOSITORY, DwEntity)

const char *dw_repository_get_image (DwRepository *self);
const char *dw_repository_get_etag (DwRepository *self);
const char *dw_repository_get_tags_digest (DwRepository *self);
const char *dw_repository_get_tags (DwRepository *self);
const char *dw_repository_get_digests (DwRepository *self);
const char *dw_repository_get_checked_at (DwRepository *self);
const char *dw_repository_get_error (DwRepository *self);

G_END_DECLS
