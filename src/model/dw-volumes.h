/* dw-volumes.h: a container's volumes as JSON text and as a list
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean dw_volumes_validate (const char *json, GError **error);
char *dw_volumes_from_list (const char *const *volumes, GError **error);
char *dw_volumes_make_canonical (const char *path);
GStrv dw_volumes_merge (const char *base, const char *overrides, GError **error);

G_END_DECLS
