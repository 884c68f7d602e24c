/* dw-pull-parser.h: the progress and the end of a pull
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/dw-engine.h"

G_BEGIN_DECLS

typedef struct _DwPullParser DwPullParser;

DwPullParser *dw_pull_parser_new (const char *address,
                                  gboolean is_podman,
                                  DwPullFunc progress,
                                  gpointer user_data);
gboolean dw_pull_parser_feed (DwPullParser *self, const char *data, gsize length, GError **error);
gboolean dw_pull_parser_finish (DwPullParser *self, GError **error);
void dw_pull_parser_free (DwPullParser *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwPullParser, dw_pull_parser_free)

G_END_DECLS
