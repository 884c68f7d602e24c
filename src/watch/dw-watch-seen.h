/* dw-watch-seen.h: what was seen of a repository, and since when
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "model/dw-repository.h"

G_BEGIN_DECLS

/* Of one thread at a time. */
typedef struct _DwWatchSeen DwWatchSeen;

DwWatchSeen *dw_watch_seen_new (DwRepository *repository);
void dw_watch_seen_free (DwWatchSeen *self);
void dw_watch_seen_write (DwWatchSeen *self, DwRepository *repository);

GHashTable *dw_watch_seen_get_tags (DwWatchSeen *self);
gint64 dw_watch_seen_get_since (DwWatchSeen *self, const char *tag);
const char *dw_watch_seen_get_digest (DwWatchSeen *self, const char *tag, gint64 *since_s);

void dw_watch_seen_set_tags (DwWatchSeen *self, const char *const *tags, gint64 now_s);
gboolean dw_watch_seen_remove_tag (DwWatchSeen *self, const char *tag);
void dw_watch_seen_add_tag (DwWatchSeen *self, const char *tag, gint64 now_s);
gboolean
dw_watch_seen_set_digest (DwWatchSeen *self, const char *tag, const char *digest, gint64 now_s);
void dw_watch_seen_keep_digests (DwWatchSeen *self, GHashTable *tags);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwWatchSeen, dw_watch_seen_free)

G_END_DECLS
