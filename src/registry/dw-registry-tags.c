/* dw-registry-tags.c: the list of a repository's tags
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "model/dw-json.h"
#include "registry/dw-link.h"
#include "registry/dw-registry-client-private.h"

#define PAGE_TAGS "1000"
#define PAGE_BYTES (16 * 1024 * 1024)
#define PAGE_LIMIT 1000
#define TAG_LIMIT 100000
/* Of all pages together; 100,000 tags of the longest name are 13 MB. */
#define LIST_BYTES (32 * 1024 * 1024)

/* The specification's grammar of a tag. */
static gboolean
is_tag (const char *text)
{
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                 "0123456789_.-";
  gsize length = strspn (text, alphabet);

  return length > 0 && length <= 128 && text[length] == '\0' && *text != '.' && *text != '-';
}

/* Adds a page's tags. What no tag can be is left out: nobody could pull it. */
static gboolean
add_tags (DwRegistryClient *self,
          DwHttpAnswer *answer,
          const char *path,
          GPtrArray *tags,
          GHashTable *known,
          GError **error)
{
  g_autoptr (JsonObject) object = dw_json_parse_object (answer->body, NULL);
  if (object == NULL || !json_object_has_member (object, "tags"))
    {
      dw_registry_client_set_not_a_registry (self, error);
      return FALSE;
    }

  /* A repository whose tags were all deleted has null in place of the list. */
  JsonArray *array = dw_json_get_array (object, "tags");
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      const char *tag = dw_json_array_get_string (array, i);

      if (tag == NULL || !is_tag (tag) || g_hash_table_contains (known, tag))
        continue;
      if (tags->len >= TAG_LIMIT)
        {
          g_set_error (
              error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_FAILED,
              ngettext ("the repository “%s” at %s has more than %d tag, which is more than is "
                        "read; delete old ones",
                        "the repository “%s” at %s has more than %d tags, which is more "
                        "than are read; delete old ones",
                        TAG_LIMIT),
              path, self->url, TAG_LIMIT);
          return FALSE;
        }
      char *copy = g_strdup (tag);
      g_ptr_array_add (tags, copy);
      g_hash_table_add (known, copy);
    }

  return TRUE;
}

/* Sets *next to where the page after @page is, or to NULL after the last one. */
gboolean
dw_registry_client_find_next_page (
    DwRegistryClient *self, DwHttpAnswer *answer, GUri *page, GUri **next, GError **error)
{
  g_autofree char *link = dw_link_find_next (dw_http_answer_get_header (answer, "Link"));

  *next = NULL;
  if (link == NULL)
    return TRUE;

  g_autoptr (GUri) uri = g_uri_parse_relative (page, link, SOUP_HTTP_URI_FLAGS, NULL);
  if (!dw_http_is_address (uri) || !dw_http_is_same_origin (uri, self->uri))
    {
      g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_FAILED,
                   _ ("%s says that its list goes on at another address, which is not followed; "
                      "tell its owner"),
                   self->url);
      return FALSE;
    }

  *next = g_steal_pointer (&uri);
  return TRUE;
}

/* What was read of a list so far. */
typedef struct
{
  GPtrArray *tags;
  GHashTable *known;
  GHashTable *visited;
  GChecksum *checksum;
  gsize n_bytes;
} List;

static void
clear_list (List *list)
{
  g_clear_pointer (&list->known, g_hash_table_unref);
  g_clear_pointer (&list->visited, g_hash_table_unref);
  g_clear_pointer (&list->tags, g_ptr_array_unref);
  g_clear_pointer (&list->checksum, g_checksum_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (List, clear_list)

static List
make_list (void)
{
  return (List){
    .tags = g_ptr_array_new_with_free_func (g_free),
    .known = g_hash_table_new (g_str_hash, g_str_equal),
    .visited = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
    .checksum = g_checksum_new (G_CHECKSUM_SHA256),
  };
}

/* One page's body, or NULL; an answer that nothing has changed has no body and is no error. */
static DwHttpAnswer *
read_page (DwRegistryClient *self,
           GUri *page,
           const char *etag,
           const DwRegistrySubject *subject,
           List *list,
           GCancellable *cancellable,
           GError **error)
{
  DwHttpRequest request = {
    .method = "GET",
    .uri = page,
    .if_none_match = etag,
    .body_limit = MIN (PAGE_BYTES, LIST_BYTES - list->n_bytes),
  };

  if (!g_hash_table_add (list->visited, g_uri_to_string (page)) ||
      g_hash_table_size (list->visited) > PAGE_LIMIT)
    {
      g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_FAILED,
                   _ ("the list of tags of “%s” at %s has no end; tell its owner"), subject->path,
                   self->url);
      return NULL;
    }

  g_autoptr (DwHttpAnswer)
      answer = dw_registry_client_ask (self, &request, subject, cancellable, error);
  if (answer == NULL)
    return NULL;

  guint status = dw_http_answer_get_status (answer);
  if (status != SOUP_STATUS_OK && !(status == SOUP_STATUS_NOT_MODIFIED && etag != NULL))
    {
      dw_registry_client_set_refusal (self, answer, subject, cancellable, error);
      return NULL;
    }

  gsize length;
  const guint8 *data = g_bytes_get_data (answer->body, &length);
  list->n_bytes += length;
  g_checksum_update (list->checksum, data, (gssize) length);

  return g_steal_pointer (&answer);
}

/* Reads the pages from @first on. With @etag it ends without tags and without an error where the
 * first page is as it was. */
static gboolean
read_list (DwRegistryClient *self,
           const char *path,
           DwTagsMark *mark,
           List *list,
           gboolean *is_unchanged,
           GCancellable *cancellable,
           GError **error)
{
  DwRegistrySubject subject;
  if (!dw_registry_client_prepare (self, path, NULL, &subject, cancellable, error))
    return FALSE;

  g_autofree char *first = g_strdup_printf ("/v2/%s/tags/list?n=" PAGE_TAGS, path);
  g_autoptr (GUri) page = dw_registry_client_make_uri (self, first);
  g_autofree char *known_etag = g_steal_pointer (&mark->etag);
  g_autofree char *known_digest = g_steal_pointer (&mark->digest);
  const char *etag = known_etag;

  for (guint n_pages = 0; page != NULL; n_pages++)
    {
      g_autoptr (DwHttpAnswer)
          answer = read_page (self, page, etag, &subject, list, cancellable, error);
      if (answer == NULL)
        return FALSE;

      if (dw_http_answer_get_status (answer) == SOUP_STATUS_NOT_MODIFIED)
        {
          mark->etag = g_steal_pointer (&known_etag);
          mark->digest = g_steal_pointer (&known_digest);
          *is_unchanged = TRUE;
          return TRUE;
        }
      etag = NULL;

      GUri *next = NULL;
      if (!dw_registry_client_find_next_page (self, answer, page, &next, error))
        return FALSE;
      g_uri_unref (page);
      page = next;

      /* The one page that there is need not be read when it says what it said. */
      if (n_pages == 0 && page == NULL)
        {
          mark->etag = g_strdup (dw_http_answer_get_header (answer, "ETag"));
          *is_unchanged = g_strcmp0 (known_digest, g_checksum_get_string (list->checksum)) == 0;
        }
      if (!*is_unchanged && !add_tags (self, answer, path, list->tags, list->known, error))
        return FALSE;
    }

  mark->digest = g_strdup (g_checksum_get_string (list->checksum));
  *is_unchanged = g_strcmp0 (known_digest, mark->digest) == 0;

  return TRUE;
}

static GStrv
take_tags (List *list)
{
  g_ptr_array_add (list->tags, NULL);

  return (GStrv) g_ptr_array_free (g_steal_pointer (&list->tags), FALSE);
}

/**
 * dw_registry_client_list_tags:
 * @self: a client
 * @path: a repository in the registry, such as library/debian
 * @cancellable: (nullable): ends it at once
 * @error: a DW_REGISTRY_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Reads all pages of the list (OCI distribution specification, end-8a and 8b). Blocks; not on the
 * main thread; one thread at a time.
 *
 * Returns: (transfer full) (nullable): the tags in the registry's order, each once
 */
GStrv
dw_registry_client_list_tags (DwRegistryClient *self,
                              const char *path,
                              GCancellable *cancellable,
                              GError **error)
{
  g_auto (DwTagsMark) mark = { NULL };
  g_auto (List) list = make_list ();
  gboolean is_unchanged = FALSE;

  g_return_val_if_fail (DW_IS_REGISTRY_CLIENT (self), NULL);
  g_return_val_if_fail (path != NULL, NULL);

  if (!read_list (self, path, &mark, &list, &is_unchanged, cancellable, error))
    return NULL;

  return take_tags (&list);
}

void
dw_tags_mark_clear (DwTagsMark *mark)
{
  g_clear_pointer (&mark->etag, g_free);
  g_clear_pointer (&mark->digest, g_free);
}

/**
 * dw_registry_client_look_at_tags:
 * @self: a client
 * @path: a repository in the registry
 * @mark: (inout): what the list looked like at the last look, or nothing; then what it looks like
 * @tags: (out) (transfer full) (nullable): as dw_registry_client_list_tags(), or %NULL when nothing
 *   has changed since
 * @cancellable: (nullable): ends it at once
 * @error: a DW_REGISTRY_ERROR, or G_IO_ERROR_CANCELLED; then @mark holds nothing
 *
 * One request a page, with If-None-Match where the registry gave an entity tag. Blocks; not on the
 * main thread; one thread at a time.
 *
 * Returns: whether it is known
 */
gboolean
dw_registry_client_look_at_tags (DwRegistryClient *self,
                                 const char *path,
                                 DwTagsMark *mark,
                                 GStrv *tags,
                                 GCancellable *cancellable,
                                 GError **error)
{
  g_auto (List) list = make_list ();
  gboolean is_unchanged = FALSE;

  g_return_val_if_fail (DW_IS_REGISTRY_CLIENT (self), FALSE);
  g_return_val_if_fail (path != NULL && mark != NULL && tags != NULL, FALSE);

  *tags = NULL;
  if (!read_list (self, path, mark, &list, &is_unchanged, cancellable, error))
    {
      dw_tags_mark_clear (mark);
      return FALSE;
    }
  if (!is_unchanged)
    *tags = take_tags (&list);

  return TRUE;
}
