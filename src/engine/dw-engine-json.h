/* dw-engine-json.h: JSON that somebody else wrote
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

JsonNode *dw_engine_json_parse (const char *data, gssize length, GError **error);

JsonObject *dw_engine_json_get_object (JsonObject *object, const char *name);
JsonArray *dw_engine_json_get_array (JsonObject *object, const char *name);
const char *dw_engine_json_get_string (JsonObject *object, const char *name);
gint64 dw_engine_json_get_int (JsonObject *object, const char *name);
gboolean dw_engine_json_get_boolean (JsonObject *object, const char *name);
GStrv dw_engine_json_dup_strings (JsonObject *object, const char *name);
GHashTable *dw_engine_json_dup_table (JsonObject *object, const char *name);

JsonObject *dw_engine_json_array_get_object (JsonArray *array, guint index);

G_END_DECLS
