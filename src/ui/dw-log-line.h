/* dw-log-line.h: one line of a container's output
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define DW_TYPE_LOG_LINE (dw_log_line_get_type ())

/* Properties: "text" (string) */
G_DECLARE_FINAL_TYPE (DwLogLine, dw_log_line, DW, LOG_LINE, GObject)

DwLogLine *dw_log_line_new (const char *text, gboolean is_stderr);

const char *dw_log_line_get_text (DwLogLine *self);
gsize dw_log_line_get_size (DwLogLine *self);
gboolean dw_log_line_is_stderr (DwLogLine *self);

G_END_DECLS
