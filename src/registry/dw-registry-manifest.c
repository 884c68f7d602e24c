/* dw-registry-manifest.c: the digest that a tag stands for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "model/dw-model-error.h"
#include "registry/dw-registry-client-private.h"

/* Whether it is a digest of an algorithm that the specification has. */
gboolean
dw_registry_is_digest (const char *text)
{
  return g_regex_match_simple ("\\A(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})\\z", text,
                               G_REGEX_RAW, 0);
}

/* The digest that the header says, or NULL; a header that says none is an error. */
static char *
read_digest (DwHttpAnswer *answer, const DwRegistrySubject *subject, GError **error)
{
  const char *digest = dw_http_answer_get_header (answer, "Docker-Content-Digest");

  if (digest == NULL || dw_registry_is_digest (digest))
    return g_strdup (digest);

  g_autofree char *shown = dw_model_quote (digest);
  g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_FAILED,
               _ ("%s says that “%s:%s” has the digest %s, which is none; tell its owner"),
               subject->url, subject->path, subject->tag, shown);
  return NULL;
}

/* The manifest's own hash, which the header must agree with where there is one. */
static char *
hash_manifest (DwHttpAnswer *answer, const DwRegistrySubject *subject, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autofree char *said = read_digest (answer, subject, &problem);

  if (problem != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }

  gboolean is_sha512 = said != NULL && g_str_has_prefix (said, "sha512:");
  g_autofree char *hash = g_compute_checksum_for_bytes (
      is_sha512 ? G_CHECKSUM_SHA512 : G_CHECKSUM_SHA256, answer->body);
  g_autofree char *digest = g_strconcat (is_sha512 ? "sha512:" : "sha256:", hash, NULL);

  if (said != NULL && !g_str_equal (said, digest))
    {
      g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_FAILED,
                   _ ("the manifest of “%s:%s” at %s is not what its digest says; try again"),
                   subject->path, subject->tag, subject->url);
      return NULL;
    }

  return g_steal_pointer (&digest);
}

/* Docker Hub counts a GET of a manifest as a pull, and always tells the digest by HEAD. */
static gboolean
counts_pulls (DwRegistryClient *self)
{
  return g_str_equal (self->url, "https://registry-1.docker.io");
}

/* By HEAD (OCI distribution specification, end-3), and by GET where a registry does not do that or
 * does not tell the digest; with @spares_pulls not where that would be counted. */
static char *
ask_for_digest (DwRegistryClient *self,
                const char *path,
                const char *tag,
                const char *known_digest,
                gboolean spares_pulls,
                GCancellable *cancellable,
                GError **error)
{
  DwRegistrySubject subject;
  if (!dw_registry_client_prepare (self, path, tag, &subject, cancellable, error))
    return NULL;

  g_autofree char *manifest = g_strdup_printf ("/v2/%s/manifests/%s", path, tag);
  g_autofree char *etag = known_digest != NULL ? g_strdup_printf ("\"%s\"", known_digest) : NULL;
  g_autoptr (GUri) uri = dw_registry_client_make_uri (self, manifest);
  DwHttpRequest request = {
    .method = "HEAD",
    .uri = uri,
    .accept = DW_REGISTRY_MANIFEST_TYPES,
    .if_none_match = etag,
    .body_limit = DW_REGISTRY_MANIFEST_BYTES,
  };
  g_autoptr (DwHttpAnswer)
      head = dw_registry_client_ask (self, &request, &subject, cancellable, error);

  if (head == NULL)
    return NULL;

  guint status = dw_http_answer_get_status (head);
  gboolean has_digest = dw_http_answer_get_header (head, "Docker-Content-Digest") != NULL;
  if (status == SOUP_STATUS_NOT_MODIFIED && known_digest != NULL)
    return has_digest ? read_digest (head, &subject, error) : g_strdup (known_digest);
  if (status == SOUP_STATUS_OK && has_digest)
    return read_digest (head, &subject, error);
  if (status == 429 || (spares_pulls && counts_pulls (self)))
    {
      dw_registry_answer_set_error (head, &subject, error);
      return NULL;
    }

  /* No digest, or no words to a refusal: an answer to HEAD has no body. */
  request.method = "GET";
  request.if_none_match = NULL;
  g_autoptr (DwHttpAnswer)
      answer = dw_registry_client_ask (self, &request, &subject, cancellable, error);
  if (answer == NULL)
    return NULL;
  if (dw_http_answer_get_status (answer) != SOUP_STATUS_OK)
    {
      dw_registry_client_set_refusal (self, answer, &subject, cancellable, error);
      return NULL;
    }
  if (!dw_registry_answer_is_json (answer))
    {
      dw_registry_client_set_not_a_registry (self, error);
      return NULL;
    }

  return hash_manifest (answer, &subject, error);
}

/**
 * dw_registry_client_resolve_tag:
 * @self: a client
 * @path: a repository in the registry, such as library/debian
 * @tag: one of its tags
 * @cancellable: (nullable): ends it at once
 * @error: a DW_REGISTRY_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Asks for the tag's manifest. Blocks; not on the main thread; one thread at a time.
 *
 * Returns: (transfer full) (nullable): the digest that @tag stands for now
 */
char *
dw_registry_client_resolve_tag (DwRegistryClient *self,
                                const char *path,
                                const char *tag,
                                GCancellable *cancellable,
                                GError **error)
{
  g_return_val_if_fail (DW_IS_REGISTRY_CLIENT (self), NULL);
  g_return_val_if_fail (path != NULL && tag != NULL, NULL);

  return ask_for_digest (self, path, tag, NULL, FALSE, cancellable, error);
}

/**
 * dw_registry_client_look_at_tag:
 * @self: a client
 * @path: a repository in the registry
 * @tag: one of its tags
 * @known_digest: (nullable): what it stood for at the last look
 * @cancellable: (nullable): ends it at once
 * @error: a DW_REGISTRY_ERROR, or G_IO_ERROR_CANCELLED
 *
 * As dw_registry_client_resolve_tag(), by one conditional HEAD, and never in a way that Docker Hub
 * counts as a pull. Blocks; not on the main thread; one thread at a time.
 *
 * Returns: (transfer full) (nullable): the digest that @tag stands for now
 */
char *
dw_registry_client_look_at_tag (DwRegistryClient *self,
                                const char *path,
                                const char *tag,
                                const char *known_digest,
                                GCancellable *cancellable,
                                GError **error)
{
  g_return_val_if_fail (DW_IS_REGISTRY_CLIENT (self), NULL);
  g_return_val_if_fail (path != NULL && tag != NULL, NULL);

  return ask_for_digest (self, path, tag, known_digest, TRUE, cancellable, error);
}
