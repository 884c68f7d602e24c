/* dw-cli-text.h: text for a person at a terminal
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

#include "model/dw-stage.h"

G_BEGIN_DECLS

typedef enum
{
  DW_CLI_COLOR_NONE,
  DW_CLI_COLOR_GOOD,
  DW_CLI_COLOR_BUSY,
  DW_CLI_COLOR_BAD,
  DW_CLI_COLOR_DIM,
} DwCliColor;

void dw_cli_text_print (const char *format, ...) G_GNUC_PRINTF (1, 2);
void dw_cli_text_print_error (const char *format, ...) G_GNUC_PRINTF (1, 2);

char *dw_cli_text_make_harmless (const char *text);
guint dw_cli_text_measure (const char *text);
void dw_cli_text_pad (GString *line, guint width);
void dw_cli_text_cut (GString *line, guint width);
DwCliColor dw_cli_text_choose_color (DwDeployStatus status);
char *dw_cli_text_paint (const char *text, DwCliColor color);

gboolean dw_cli_text_has_terminal (void);
guint dw_cli_text_get_columns (void);

char *dw_cli_text_describe_time (const char *time);
char *dw_cli_text_describe_duration (gint64 duration_ms);
char *dw_cli_text_describe_newer (DwStage *stage);
gint64 dw_cli_text_measure_ms (const char *from, const char *to);

G_END_DECLS
