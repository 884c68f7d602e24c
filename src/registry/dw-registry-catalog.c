/* dw-registry-catalog.c: the list of a registry's repositories
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list is an extension of Docker's that many registries have, and that Docker Hub, GHCR and
 * GitLab for most accounts have not: that is no fault of anybody, and has an error of its own.
 */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "model/dw-json.h"
#include "model/dw-model-error.h"
#include "registry/dw-registry-client-private.h"

#define PAGE_BYTES (4 * 1024 * 1024)
/* A registry may give fewer a page than it is asked for; this many pages are not for a person. */
#define PAGE_LIMIT 100

/* What no repository's name can be is left out: nobody could pull from it. */
static gboolean
is_repository (const char *name)
{
  g_autofree char *text = g_strconcat ("r.io/", name, NULL);
  g_autoptr (DwImageReference) reference = dw_image_reference_parse (text, NULL);

  return reference != NULL && g_strcmp0 (dw_image_reference_get_path (reference), name) == 0 &&
         dw_image_reference_get_tag (reference) == NULL &&
         dw_image_reference_get_digest (reference) == NULL;
}

/* Adds a page's repositories; FALSE when the answer is no such page. */
static gboolean
add_repositories (DwHttpAnswer *answer, GPtrArray *names, GHashTable *known)
{
  g_autoptr (JsonObject) object = dw_json_parse_object (answer->body, NULL);
  if (object == NULL || !json_object_has_member (object, "repositories"))
    return FALSE;

  /* An empty registry has null in place of the list. */
  JsonArray *array = dw_json_get_array (object, "repositories");
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      const char *name = dw_json_array_get_string (array, i);

      if (name == NULL || g_hash_table_contains (known, name) || !is_repository (name))
        continue;
      char *copy = g_strdup (name);
      g_ptr_array_add (names, copy);
      g_hash_table_add (known, copy);
    }

  return TRUE;
}

static void
set_no_catalog (DwRegistryClient *self, GError **error)
{
  g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_NO_CATALOG,
               _ ("%s does not list its repositories, or not to this account; name the one that is "
                  "wanted"),
               self->url);
}

/* A registry that takes the credentials and yet refuses the list does not have it for them. */
static void
explain_refusal (DwRegistryClient *self, GCancellable *cancellable, GError **error)
{
  if (dw_registry_client_test (self, cancellable, error))
    set_no_catalog (self, error);
}

static gboolean
is_refusal (guint status)
{
  return status == SOUP_STATUS_UNAUTHORIZED || status == SOUP_STATUS_FORBIDDEN ||
         status == SOUP_STATUS_NOT_FOUND || status == SOUP_STATUS_METHOD_NOT_ALLOWED ||
         status == SOUP_STATUS_NOT_IMPLEMENTED;
}

/* Reads one page, and sets *next to where the list goes on, or to NULL at its end. */
static gboolean
read_page (DwRegistryClient *self,
           GUri *page,
           const DwRegistrySubject *subject,
           GPtrArray *names,
           GHashTable *known,
           GUri **next,
           GCancellable *cancellable,
           GError **error)
{
  DwHttpRequest request = { .method = "GET", .uri = page, .body_limit = PAGE_BYTES };
  g_autoptr (GError) problem = NULL;
  g_autoptr (DwHttpAnswer)
      answer = dw_registry_client_ask (self, &request, subject, cancellable, &problem);

  *next = NULL;
  if (answer == NULL)
    {
      if (g_error_matches (problem, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_UNAUTHORIZED))
        explain_refusal (self, cancellable, error);
      else
        g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }

  guint status = dw_http_answer_get_status (answer);
  if (is_refusal (status))
    {
      explain_refusal (self, cancellable, error);
      return FALSE;
    }
  if (status != SOUP_STATUS_OK)
    {
      dw_registry_answer_set_error (answer, subject, error);
      return FALSE;
    }
  if (!add_repositories (answer, names, known))
    {
      dw_registry_client_set_not_a_registry (self, error);
      return FALSE;
    }

  return dw_registry_client_find_next_page (self, answer, page, next, error);
}

/**
 * dw_registry_client_list_repositories:
 * @self: a client
 * @after: (nullable): the repository after which the list is to begin, or %NULL for its start
 * @limit: how many are wanted
 * @has_more: (out): whether there are others after them
 * @cancellable: (nullable): ends it at once
 * @error: DW_REGISTRY_ERROR_NO_CATALOG when it has no such list, another DW_REGISTRY_ERROR, or
 *   G_IO_ERROR_CANCELLED
 *
 * Docker Registry HTTP API V2, “Listing Repositories”. Blocks; not on the main thread; one thread
 * at a time.
 *
 * Returns: (transfer full) (nullable): the repositories in the registry's order, each once
 */
GStrv
dw_registry_client_list_repositories (DwRegistryClient *self,
                                      const char *after,
                                      guint limit,
                                      gboolean *has_more,
                                      GCancellable *cancellable,
                                      GError **error)
{
  g_return_val_if_fail (DW_IS_REGISTRY_CLIENT (self), NULL);
  g_return_val_if_fail (limit > 0 && has_more != NULL, NULL);

  DwRegistrySubject subject;
  if (!dw_registry_client_prepare (self, NULL, NULL, &subject, cancellable, error))
    return NULL;
  subject.is_catalog = TRUE;

  g_autofree char *escaped = after != NULL ? g_uri_escape_string (after, NULL, FALSE) : NULL;
  g_autofree char *first = g_strdup_printf ("/v2/_catalog?n=%u%s%s", limit,
                                            escaped != NULL ? "&last=" : "",
                                            escaped != NULL ? escaped : "");
  g_autoptr (GUri) page = dw_registry_client_make_uri (self, first);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint n = 0; page != NULL && names->len < limit && n < PAGE_LIMIT; n++)
    {
      GUri *next = NULL;
      guint n_before = names->len;

      if (!read_page (self, page, &subject, names, known, &next, cancellable, error))
        return NULL;
      g_uri_unref (page);
      page = next;
      /* A list that brings nothing new leads in a circle. */
      if (names->len == n_before)
        g_clear_pointer (&page, g_uri_unref);
    }

  *has_more = page != NULL || names->len > limit;
  if (names->len > limit)
    g_ptr_array_set_size (names, (int) limit);
  g_ptr_array_add (names, NULL);

  return (GStrv) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}
