/* dw-image-reference.h: the name of an image, as the distribution project's grammar has it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define DW_TYPE_IMAGE_REFERENCE (dw_image_reference_get_type ())

/* An immutable value: what is asked of it is safe from any thread. */
typedef struct _DwImageReference DwImageReference;

GType dw_image_reference_get_type (void);
DwImageReference *dw_image_reference_parse (const char *text, GError **error);
DwImageReference *dw_image_reference_ref (DwImageReference *self);
void dw_image_reference_unref (DwImageReference *self);
DwImageReference *
dw_image_reference_with_tag (DwImageReference *self, const char *tag, GError **error);
DwImageReference *
dw_image_reference_with_digest (DwImageReference *self, const char *digest, GError **error);
const char *dw_image_reference_get_domain (DwImageReference *self);
const char *dw_image_reference_get_path (DwImageReference *self);
const char *dw_image_reference_get_tag (DwImageReference *self);
const char *dw_image_reference_get_digest (DwImageReference *self);
char *dw_image_reference_get_repository (DwImageReference *self);
char *dw_image_reference_to_string (DwImageReference *self);
gboolean dw_image_reference_is_loopback (DwImageReference *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwImageReference, dw_image_reference_unref)

G_END_DECLS
