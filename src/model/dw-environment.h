/* dw-environment.h: a container's environment as JSON text and as a list
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean dw_environment_validate (const char *json, GError **error);
gboolean dw_environment_validate_variable (const char *name, const char *value, GError **error);
char *dw_environment_from_list (const char *const *assignments, GError **error);
GStrv dw_environment_merge (const char *base, const char *overrides, GError **error);

G_END_DECLS
