/* dw-quantity.h: times, amounts of memory and numbers of cores as people write them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is read sets DW_MODEL_ERROR_INVALID with a message that names no field; what is written is
 * read again as the same. Any thread.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean dw_quantity_parse_duration (
    const char *text, gint64 minimum_ms, gint64 maximum_ms, gint64 *ms, GError **error);
char *dw_quantity_format_duration (gint64 ms);
gboolean dw_quantity_parse_memory (const char *text, gint64 *bytes, GError **error);
char *dw_quantity_format_memory (gint64 bytes);
gboolean dw_quantity_parse_cores (const char *text, int *millis, GError **error);
char *dw_quantity_format_cores (int millis);

G_END_DECLS
