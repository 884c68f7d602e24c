/* dw-compose-values.h: amounts, times and words as compose files write them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each of the readers sets DW_CONFIG_ERROR_INVALID with the place for what is none.
 */

#pragma once

#include "config/dw-yaml.h"

G_BEGIN_DECLS

gboolean dw_compose_read_bytes (DwYamlNode *node, gint64 *bytes, GError **error);
gboolean dw_compose_read_cpus (DwYamlNode *node, gint64 *nano_cpus, GError **error);
gboolean dw_compose_read_duration (DwYamlNode *node, gint64 *ms, GError **error);
GStrv dw_compose_read_words (DwYamlNode *node, GError **error);

const char *dw_compose_find_text (DwYamlNode *mapping, const char *key);

G_END_DECLS
