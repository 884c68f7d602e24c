/* dw-log-demultiplexer.h: lines of output from an engine's log stream
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/dw-engine.h"

G_BEGIN_DECLS

/* The longest line that is given in one piece. */
#define DW_LOG_MAXIMUM_LINE (64 * 1024)

typedef struct _DwLogDemultiplexer DwLogDemultiplexer;

DwLogDemultiplexer *
dw_log_demultiplexer_new (gboolean has_tty, DwLogFunc function, gpointer user_data);
gboolean dw_log_demultiplexer_feed (
    DwLogDemultiplexer *self, const char *data, gsize length, gboolean *wants_more, GError **error);
gboolean dw_log_demultiplexer_finish (DwLogDemultiplexer *self, GError **error);
void dw_log_demultiplexer_free (DwLogDemultiplexer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwLogDemultiplexer, dw_log_demultiplexer_free)

G_END_DECLS
