/* dw-tag-preview.h: which of a registry's tags a policy follows
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "deploy/dw-registries.h"
#include "model/dw-project.h"
#include "model/dw-tag-policy.h"

G_BEGIN_DECLS

#define DW_TYPE_TAG_PREVIEW (dw_tag_preview_get_type ())

G_DECLARE_FINAL_TYPE (DwTagPreview, dw_tag_preview, DW, TAG_PREVIEW, AdwPreferencesRow)

void dw_tag_preview_fetch (DwTagPreview *self, DwRegistries *registries, DwProject *project);
void dw_tag_preview_set_policy (DwTagPreview *self, DwTagPolicy *policy);

G_END_DECLS
