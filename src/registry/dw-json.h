/* dw-json.h: JSON from outside, read without trust
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

JsonObject *dw_json_parse_object (GBytes *bytes, GError **error);
const char *dw_json_get_string (JsonObject *object, const char *name);
JsonObject *dw_json_get_object (JsonObject *object, const char *name);
JsonArray *dw_json_get_array (JsonObject *object, const char *name);
gint64 dw_json_get_int (JsonObject *object, const char *name, gint64 fallback);

G_END_DECLS
