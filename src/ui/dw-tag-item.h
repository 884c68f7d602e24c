/* dw-tag-item.h: a tag that can be deployed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define DW_TYPE_TAG_ITEM (dw_tag_item_get_type ())

/* Properties:
 *   "name" (string)     the tag, or a digest that somebody typed
 *   "digest" (string)   nullable: not known
 *   "created" (string)  nullable: not known
 *   "described" (boolean)  digest and created are what the registry says of them
 */
G_DECLARE_FINAL_TYPE (DwTagItem, dw_tag_item, DW, TAG_ITEM, GObject)

DwTagItem *dw_tag_item_new (const char *name, gboolean is_followed, gboolean is_listed);

const char *dw_tag_item_get_name (DwTagItem *self);
gboolean dw_tag_item_is_followed (DwTagItem *self);
gboolean dw_tag_item_is_listed (DwTagItem *self);
const char *dw_tag_item_get_digest (DwTagItem *self);
const char *dw_tag_item_get_created (DwTagItem *self);
gboolean dw_tag_item_is_described (DwTagItem *self);
void dw_tag_item_describe (DwTagItem *self, const char *digest, const char *created);

G_END_DECLS
