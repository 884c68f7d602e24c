/* dw-watch-seen.c: what was seen of a repository, and since when
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The row of the store holds it as JSON. A row that a hand has broken is as one that knows nothing:
 * the next look fills it again.
 */

#include "config.h"

#include "watch/dw-watch-seen.h"

#include "model/dw-json.h"

typedef struct
{
  char *digest;
  gint64 since_s;
} Stand;

struct _DwWatchSeen
{
  GHashTable *tags;    /* name to when it was first seen, in seconds since 1970 */
  GHashTable *digests; /* name to Stand */
};

static void
stand_free (gpointer data)
{
  Stand *stand = data;

  g_free (stand->digest);
  g_free (stand);
}

static void
put_digest (DwWatchSeen *self, const char *tag, const char *digest, gint64 since_s)
{
  Stand *stand = g_new0 (Stand, 1);

  stand->digest = g_strdup (digest);
  stand->since_s = since_s;
  g_hash_table_replace (self->digests, g_strdup (tag), stand);
}

static JsonObject *
parse (const char *text)
{
  g_autoptr (JsonNode) node = dw_json_parse_text (text, NULL);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_dup_object (node)
                                                       : json_object_new ();
}

/**
 * dw_watch_seen_new:
 * @repository: (nullable): the row, or %NULL where nothing was seen yet
 *
 * Returns: (transfer full): what it says
 */
DwWatchSeen *
dw_watch_seen_new (DwRepository *repository)
{
  DwWatchSeen *self = g_new0 (DwWatchSeen, 1);

  self->tags = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->digests = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, stand_free);
  if (repository == NULL)
    return self;

  g_autoptr (JsonObject) tags = parse (dw_repository_get_tags (repository));
  g_autoptr (JsonObject) digests = parse (dw_repository_get_digests (repository));
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init (&iter, tags);
  while (json_object_iter_next (&iter, &name, &node))
    if (JSON_NODE_HOLDS_VALUE (node))
      g_hash_table_replace (self->tags, g_strdup (name),
                            GSIZE_TO_POINTER ((gsize) json_node_get_int (node)));

  json_object_iter_init (&iter, digests);
  while (json_object_iter_next (&iter, &name, &node))
    {
      JsonArray *pair = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

      if (pair != NULL && json_array_get_length (pair) == 2 &&
          dw_json_array_get_string (pair, 0) != NULL &&
          JSON_NODE_HOLDS_VALUE (json_array_get_element (pair, 1)))
        put_digest (self, name, dw_json_array_get_string (pair, 0),
                    json_array_get_int_element (pair, 1));
    }

  return self;
}

void
dw_watch_seen_free (DwWatchSeen *self)
{
  if (self == NULL)
    return;

  g_hash_table_unref (self->tags);
  g_hash_table_unref (self->digests);
  g_free (self);
}

static char *
write_object (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);

  return dw_json_to_text (node, FALSE);
}

/* Makes @repository say what @self does. */
void
dw_watch_seen_write (DwWatchSeen *self, DwRepository *repository)
{
  g_autoptr (JsonObject) tags = json_object_new ();
  g_autoptr (JsonObject) digests = json_object_new ();
  GHashTableIter iter;
  gpointer name;
  gpointer value;

  g_hash_table_iter_init (&iter, self->tags);
  while (g_hash_table_iter_next (&iter, &name, &value))
    json_object_set_int_member (tags, name, (gint64) GPOINTER_TO_SIZE (value));

  g_hash_table_iter_init (&iter, self->digests);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      const Stand *stand = value;
      JsonArray *pair = json_array_new ();

      json_array_add_string_element (pair, stand->digest);
      json_array_add_int_element (pair, stand->since_s);
      json_object_set_array_member (digests, name, pair);
    }

  g_autofree char *tags_text = write_object (tags);
  g_autofree char *digests_text = write_object (digests);
  g_object_set (repository, "tags", tags_text, "digests", digests_text, NULL);
}

/* Returns: (transfer none): a set of the names of the tags that there are */
GHashTable *
dw_watch_seen_get_tags (DwWatchSeen *self)
{
  return self->tags;
}

/* Returns: when @tag was first seen, in seconds since 1970, or 0 when it is not there */
gint64
dw_watch_seen_get_since (DwWatchSeen *self, const char *tag)
{
  return (gint64) GPOINTER_TO_SIZE (g_hash_table_lookup (self->tags, tag));
}

/**
 * dw_watch_seen_get_digest:
 * @self: what was seen
 * @tag: a tag
 * @since_s: (out) (optional): since when it stands for that, in seconds since 1970
 *
 * Returns: (transfer none) (nullable): what @tag stands for, or %NULL when nobody asked
 */
const char *
dw_watch_seen_get_digest (DwWatchSeen *self, const char *tag, gint64 *since_s)
{
  const Stand *stand = g_hash_table_lookup (self->digests, tag);

  if (since_s != NULL)
    *since_s = stand != NULL ? stand->since_s : 0;

  return stand != NULL ? stand->digest : NULL;
}

/* @tags are all that there are now; those that are new are seen since @now_s. */
void
dw_watch_seen_set_tags (DwWatchSeen *self, const char *const *tags, gint64 now_s)
{
  g_autoptr (GHashTable) before = g_steal_pointer (&self->tags);

  self->tags = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; tags[i] != NULL; i++)
    {
      gpointer since = g_hash_table_lookup (before, tags[i]);

      g_hash_table_replace (self->tags, g_strdup (tags[i]),
                            since != NULL ? since : GSIZE_TO_POINTER ((gsize) now_s));
    }
}

void
dw_watch_seen_add_tag (DwWatchSeen *self, const char *tag, gint64 now_s)
{
  if (!g_hash_table_contains (self->tags, tag))
    g_hash_table_replace (self->tags, g_strdup (tag), GSIZE_TO_POINTER ((gsize) now_s));
}

/* Returns: whether @tag was one of the list; it is not any more */
gboolean
dw_watch_seen_remove_tag (DwWatchSeen *self, const char *tag)
{
  return g_hash_table_remove (self->tags, tag);
}

/**
 * dw_watch_seen_set_digest:
 * @self: what was seen
 * @tag: a tag
 * @digest: (nullable): what it stands for, or %NULL when it is not there
 * @now_s: the time, in seconds since 1970
 *
 * Returns: whether that is new
 */
gboolean
dw_watch_seen_set_digest (DwWatchSeen *self, const char *tag, const char *digest, gint64 now_s)
{
  const char *before = dw_watch_seen_get_digest (self, tag, NULL);

  if (g_strcmp0 (before, digest) == 0)
    return FALSE;

  if (digest != NULL)
    put_digest (self, tag, digest, now_s);
  else
    g_hash_table_remove (self->digests, tag);

  return TRUE;
}

/* Forgets what the tags stand for that are not in the set @tags. */
void
dw_watch_seen_keep_digests (DwWatchSeen *self, GHashTable *tags)
{
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, self->digests);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (!g_hash_table_contains (tags, name))
      g_hash_table_iter_remove (&iter);
}
