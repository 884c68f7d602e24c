/* dw-version-range.h: which versions are meant, as npm writes it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

#include "model/dw-version.h"

G_BEGIN_DECLS

/* An immutable value: what is asked of it is safe from any thread. */
typedef struct _DwVersionRange DwVersionRange;

DwVersionRange *dw_version_range_parse (const char *text, GError **error);
void dw_version_range_free (DwVersionRange *self);
gboolean dw_version_range_contains (DwVersionRange *self, const DwVersion *version);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwVersionRange, dw_version_range_free)

G_END_DECLS
