/* dw-registry-image.c: when the image that a tag stands for was built
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two or three small requests: the manifest, for an index that of the platform, and the image's
 * configuration. All of it is checked against the digests that lead to it.
 */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "model/dw-json.h"
#include "model/dw-model-error.h"
#include "registry/dw-registry-client-private.h"

/* Configurations hold the history of a build; none that people make come near this. */
#define CONFIGURATION_BYTES (1024 * 1024)
/* Before this nobody built a container: it is what a reproducible build writes in place of a time.
 */
#define EARLIEST_YEAR 2000

static GBytes *
get_blob (DwRegistryClient *self,
          const DwRegistrySubject *subject,
          const char *kind,
          const char *digest,
          gsize limit,
          GCancellable *cancellable,
          GError **error)
{
  g_autofree char *path = g_strdup_printf ("/v2/%s/%s/%s", subject->path, kind, digest);
  g_autoptr (GUri) uri = dw_registry_client_make_uri (self, path);
  DwHttpRequest request = {
    .method = "GET",
    .uri = uri,
    .accept = g_str_equal (kind, "manifests") ? DW_REGISTRY_MANIFEST_TYPES : NULL,
    .body_limit = limit,
  };
  g_autoptr (DwHttpAnswer)
      answer = dw_registry_client_ask (self, &request, subject, cancellable, error);

  if (answer == NULL)
    return NULL;
  if (dw_http_answer_get_status (answer) != SOUP_STATUS_OK)
    {
      dw_registry_client_set_refusal (self, answer, subject, cancellable, error);
      return NULL;
    }

  return g_bytes_ref (answer->body);
}

static JsonObject *
get_checked (DwRegistryClient *self,
             const DwRegistrySubject *subject,
             const char *kind,
             const char *digest,
             gsize limit,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (JsonObject) object = NULL;

  if (digest == NULL || !dw_registry_is_digest (digest))
    {
      g_autofree char *shown = dw_model_quote (digest != NULL ? digest : "");

      g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_FAILED,
                   _ ("the manifest of “%s:%s” at %s leads to %s, which is no digest"),
                   subject->path, subject->tag, subject->url, shown);
      return NULL;
    }

  g_autoptr (GBytes) body = get_blob (self, subject, kind, digest, limit, cancellable, error);
  if (body == NULL)
    return NULL;

  g_autofree char *hash = g_compute_checksum_for_bytes (
      g_str_has_prefix (digest, "sha512:") ? G_CHECKSUM_SHA512 : G_CHECKSUM_SHA256, body);
  if (g_str_equal (strchr (digest, ':') + 1, hash))
    object = dw_json_parse_object (body, NULL);
  if (object == NULL)
    g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_FAILED,
                 _ ("what %s has of “%s:%s” is not what its digest says; try again"), subject->url,
                 subject->path, subject->tag);

  return g_steal_pointer (&object);
}

/* The digest of the platform's manifest; what stands beside images, such as attestations, is for
 * the platform unknown/unknown. */
static const char *
choose_manifest (JsonArray *manifests, const char *architecture)
{
  const char *any = NULL;

  for (guint i = 0; i < json_array_get_length (manifests); i++)
    {
      JsonObject *entry = dw_json_array_get_object (manifests, i);
      JsonObject *platform = dw_json_get_object (entry, "platform");
      const char *digest = dw_json_get_string (entry, "digest");

      if (g_strcmp0 (dw_json_get_string (platform, "os"), "unknown") == 0)
        continue;
      if (architecture != NULL && g_strcmp0 (dw_json_get_string (platform, "os"), "linux") == 0 &&
          g_strcmp0 (dw_json_get_string (platform, "architecture"), architecture) == 0)
        return digest;
      if (any == NULL)
        any = digest;
    }

  return any;
}

/* The time in the store's form, or NULL for one that says nothing. */
static char *
read_created (JsonObject *configuration)
{
  const char *text = dw_json_get_string (configuration, "created");
  g_autoptr (GDateTime) time = text != NULL ? g_date_time_new_from_iso8601 (text, NULL) : NULL;
  g_autoptr (GDateTime) utc = time != NULL ? g_date_time_to_utc (time) : NULL;

  return utc != NULL && g_date_time_get_year (utc) >= EARLIEST_YEAR
             ? g_date_time_format (utc, "%Y-%m-%dT%H:%M:%SZ")
             : NULL;
}

/**
 * dw_registry_client_describe_tag:
 * @self: a client
 * @path: a repository in the registry, such as library/debian
 * @tag: one of its tags
 * @architecture: (nullable): which image of an index counts, such as amd64
 * @digest: (out) (transfer full): what the tag stands for now
 * @created: (out) (nullable) (transfer full): when the image was built, in UTC, ISO 8601; %NULL
 *   when it does not tell
 * @cancellable: (nullable): ends it at once
 * @error: a DW_REGISTRY_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Reads the manifest and the configuration (OCI distribution specification, end-2 and end-3; OCI
 * image specification, “created”). Blocks; not on the main thread; one thread at a time.
 *
 * Returns: whether it is known
 */
gboolean
dw_registry_client_describe_tag (DwRegistryClient *self,
                                 const char *path,
                                 const char *tag,
                                 const char *architecture,
                                 char **digest,
                                 char **created,
                                 GCancellable *cancellable,
                                 GError **error)
{
  g_return_val_if_fail (DW_IS_REGISTRY_CLIENT (self), FALSE);
  g_return_val_if_fail (path != NULL && tag != NULL, FALSE);
  g_return_val_if_fail (digest != NULL && created != NULL, FALSE);

  DwRegistrySubject subject;
  if (!dw_registry_client_prepare (self, path, tag, &subject, cancellable, error))
    return FALSE;

  g_autoptr (GBytes) body = get_blob (self, &subject, "manifests", tag, DW_REGISTRY_MANIFEST_BYTES,
                                      cancellable, error);
  if (body == NULL)
    return FALSE;

  g_autoptr (JsonObject) manifest = dw_json_parse_object (body, NULL);
  if (manifest == NULL)
    {
      dw_registry_client_set_not_a_registry (self, error);
      return FALSE;
    }

  g_autofree char *hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, body);
  JsonArray *manifests = dw_json_get_array (manifest, "manifests");
  if (manifests != NULL)
    {
      JsonObject *chosen = get_checked (self, &subject, "manifests",
                                        choose_manifest (manifests, architecture),
                                        DW_REGISTRY_MANIFEST_BYTES, cancellable, error);

      if (chosen == NULL)
        return FALSE;
      json_object_unref (manifest);
      manifest = chosen;
    }

  JsonObject *config = dw_json_get_object (manifest, "config");
  g_autoptr (JsonObject)
      configuration = get_checked (self, &subject, "blobs", dw_json_get_string (config, "digest"),
                                   CONFIGURATION_BYTES, cancellable, error);
  if (configuration == NULL)
    return FALSE;

  *digest = g_strconcat ("sha256:", hash, NULL);
  *created = read_created (configuration);

  return TRUE;
}
