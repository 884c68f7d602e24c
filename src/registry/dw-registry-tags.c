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
          g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_FAILED,
                       _ ("the repository “%s” at %s has more than %d tags, which is more than are "
                          "read; delete old ones"),
                       path, self->url, TAG_LIMIT);
          return FALSE;
        }
      char *copy = g_strdup (tag);
      g_ptr_array_add (tags, copy);
      g_hash_table_add (known, copy);
    }

  return TRUE;
}

/* Where the next page is, or NULL without an error after the last one. */
static GUri *
get_next_page (DwRegistryClient *self, DwHttpAnswer *answer, GUri *page, GError **error)
{
  g_autofree char *link = dw_link_find_next (dw_http_answer_get_header (answer, "Link"));
  if (link == NULL)
    return NULL;

  g_autoptr (GUri) next = g_uri_parse_relative (page, link, SOUP_HTTP_URI_FLAGS, NULL);
  if (!dw_http_is_address (next) || !dw_http_is_same_origin (next, self->uri))
    {
      g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_FAILED,
                   _ ("%s says that its list of tags goes on at another address, which is not "
                      "followed; tell its owner"),
                   self->url);
      return NULL;
    }

  return g_steal_pointer (&next);
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
  g_return_val_if_fail (DW_IS_REGISTRY_CLIENT (self), NULL);
  g_return_val_if_fail (path != NULL, NULL);

  DwRegistrySubject subject;
  if (!dw_registry_client_prepare (self, path, NULL, &subject, cancellable, error))
    return NULL;

  g_autofree char *first = g_strdup_printf ("/v2/%s/tags/list?n=" PAGE_TAGS, path);
  g_autoptr (GUri) page = dw_registry_client_make_uri (self, first);
  g_autoptr (GPtrArray) tags = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) visited = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  while (page != NULL)
    {
      g_autoptr (GError) problem = NULL;
      DwHttpRequest request = { .method = "GET", .uri = page, .body_limit = PAGE_BYTES };

      if (!g_hash_table_add (visited, g_uri_to_string (page)) ||
          g_hash_table_size (visited) > PAGE_LIMIT)
        {
          g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_FAILED,
                       _ ("the list of tags of “%s” at %s has no end; tell its owner"), path,
                       self->url);
          return NULL;
        }

      g_autoptr (DwHttpAnswer)
          answer = dw_registry_client_ask (self, &request, &subject, cancellable, error);
      if (answer == NULL)
        return NULL;
      if (dw_http_answer_get_status (answer) != SOUP_STATUS_OK)
        {
          dw_registry_client_set_refusal (self, answer, &subject, cancellable, error);
          return NULL;
        }
      if (!add_tags (self, answer, path, tags, known, error))
        return NULL;

      GUri *next = get_next_page (self, answer, page, &problem);
      g_uri_unref (page);
      page = next;
      if (problem != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return NULL;
        }
    }

  g_ptr_array_add (tags, NULL);

  return (GStrv) g_ptr_array_free (g_steal_pointer (&tags), FALSE);
}
