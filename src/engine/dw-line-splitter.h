/* dw-line-splitter.h: lines from bytes that come in pieces
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _DwLineSplitter DwLineSplitter;

/* @line has no end of line and no NUL behind it; @is_whole is FALSE of the beginning or the middle
 * of one that is too long. FALSE ends the splitting. */
typedef gboolean (*DwLineFunc) (const char *line,
                                gsize length,
                                gboolean is_whole,
                                gpointer user_data);

DwLineSplitter *dw_line_splitter_new (gsize maximum, DwLineFunc function, gpointer user_data);
gboolean dw_line_splitter_feed (DwLineSplitter *self, const char *data, gsize length);
gboolean dw_line_splitter_finish (DwLineSplitter *self);
void dw_line_splitter_free (DwLineSplitter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwLineSplitter, dw_line_splitter_free)

G_END_DECLS
