/* dw-validation.h: the checks that several entities share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each takes the field's name for the message, and answers whether the value may be stored; if not,
 * it sets DW_MODEL_ERROR_INVALID. Any thread.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The most bytes that a text field for people may have. */
#define DW_TEXT_LIMIT 65536

gboolean dw_validate_required (const char *field, const char *value, GError **error);
gboolean dw_validate_line (const char *field, const char *value, gsize limit, GError **error);
gboolean
dw_validate_optional_line (const char *field, const char *value, gsize limit, GError **error);
gboolean dw_validate_name (const char *field, const char *value, GError **error);
gboolean dw_validate_optional_domain (const char *field, const char *value, GError **error);
gboolean dw_validate_image (const char *field, const char *value, GError **error);
gboolean dw_validate_http_path (const char *field, const char *value, GError **error);
gboolean dw_validate_http_url (const char *field, const char *value, GError **error);

G_END_DECLS
