/* dw-json-text.h: JSON from outside, read strictly
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

JsonNode *dw_json_text_parse (const char *text, GError **error);

G_END_DECLS
