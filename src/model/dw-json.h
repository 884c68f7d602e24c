/* dw-json.h: JSON from outside, read strictly
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What this program and its users write. */
JsonNode *dw_json_parse_text (const char *text, GError **error);

/* What others answer. */
JsonNode *dw_json_parse (const char *data, gssize length, GError **error);
JsonObject *dw_json_parse_object (GBytes *bytes, GError **error);

char *dw_json_to_text (JsonNode *node, gboolean is_pretty);

JsonObject *dw_json_get_object (JsonObject *object, const char *name);
JsonArray *dw_json_get_array (JsonObject *object, const char *name);
const char *dw_json_get_string (JsonObject *object, const char *name);
gint64 dw_json_get_int (JsonObject *object, const char *name, gint64 fallback);
gboolean dw_json_get_boolean (JsonObject *object, const char *name);
GStrv dw_json_dup_strings (JsonObject *object, const char *name);
GHashTable *dw_json_dup_table (JsonObject *object, const char *name);

JsonObject *dw_json_array_get_object (JsonArray *array, guint index);
const char *dw_json_array_get_string (JsonArray *array, guint index);

G_END_DECLS
