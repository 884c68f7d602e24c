/* dw-registry-client.c: a client of the OCI distribution API
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It lists tags and resolves a tag to a digest, and never downloads an image: that is the engine's
 * work. A client keeps its connection and its tokens, so that a list and what is resolved after it
 * cost one sign-in.
 */

#include "config.h"

#include "registry/dw-registry-client.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "model/dw-model-error.h"
#include "registry/dw-json.h"
#include "registry/dw-link.h"
#include "registry/dw-registry-answer.h"
#include "registry/dw-registry-auth.h"

#define REQUEST_LIMIT_MS (60 * 1000)
/* On this machine a handshake is a matter of milliseconds; a server without TLS may wait for more
 * of what it takes for a request. */
#define PROBE_LIMIT_MS 2000
#define PAGE_TAGS "1000"
#define PAGE_BYTES (16 * 1024 * 1024)
#define PAGE_LIMIT 1000
#define TAG_LIMIT 100000
#define SMALL_ANSWER_BYTES (256 * 1024)
/* The specification's own limit for a manifest. */
#define MANIFEST_BYTES (4 * 1024 * 1024)

#define MANIFEST_TYPES                                                                             \
  "application/vnd.oci.image.index.v1+json, "                                                      \
  "application/vnd.docker.distribution.manifest.list.v2+json, "                                    \
  "application/vnd.oci.image.manifest.v1+json, "                                                   \
  "application/vnd.docker.distribution.manifest.v2+json"

struct _DwRegistryClient
{
  GObject parent_instance;

  char *url; /* scheme, host and port, without a slash at its end */
  GUri *uri; /* of the same */
  DwHttp *http;
  DwRegistryAuth *auth;
  gboolean may_be_plain; /* on this machine, and it has not said yet whether it has TLS */
};

G_DEFINE_FINAL_TYPE (DwRegistryClient, dw_registry_client, G_TYPE_OBJECT)

G_DEFINE_QUARK (dw - registry - error - quark, dw_registry_error)

static void
dw_registry_client_finalize (GObject *object)
{
  DwRegistryClient *self = DW_REGISTRY_CLIENT (object);

  g_clear_pointer (&self->url, g_free);
  g_clear_pointer (&self->uri, g_uri_unref);
  g_clear_pointer (&self->http, dw_http_free);
  g_clear_pointer (&self->auth, dw_registry_auth_free);

  G_OBJECT_CLASS (dw_registry_client_parent_class)->finalize (object);
}

static void
dw_registry_client_class_init (DwRegistryClientClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dw_registry_client_finalize;
}

static void
dw_registry_client_init (DwRegistryClient *self)
{
}

static void
set_uri (DwRegistryClient *self, GUri *uri)
{
  g_clear_pointer (&self->uri, g_uri_unref);
  g_clear_pointer (&self->url, g_free);
  self->uri = g_uri_ref (uri);
  self->url = dw_http_get_origin (uri);
}

static gboolean
is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return address != NULL
             ? g_inet_address_get_is_loopback (address)
             : g_ascii_strcasecmp (host, "localhost") == 0 || g_str_has_suffix (host, ".localhost");
}

/* Docker's registry is not at the address that images are named by, or that people know. */
static gboolean
is_docker_hub (const char *host)
{
  static const char *const names[] = { "docker.io", "index.docker.io", "hub.docker.com",
                                       "registry.hub.docker.com", "www.docker.io" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (host, names[i]) == 0)
      return TRUE;

  return FALSE;
}

static DwRegistryClient *
client_new (GUri *uri, const DwCredentials *credentials)
{
  DwRegistryClient *self = g_object_new (DW_TYPE_REGISTRY_CLIENT, NULL);

  set_uri (self, uri);
  self->http = dw_http_new (is_loopback (g_uri_get_host (uri)), REQUEST_LIMIT_MS);
  self->auth = dw_registry_auth_new (credentials);

  return self;
}

/**
 * dw_registry_client_new:
 * @url: the registry's address, with https://, or http:// where plain HTTP is what is wanted
 * @credentials: (nullable): who asks
 * @error: DW_REGISTRY_ERROR_FAILED where @url is no address of a registry
 *
 * Connects to nothing yet. A path in @url may only be that of the API itself, such as /v2/.
 *
 * Returns: (transfer full) (nullable): a client. Any thread.
 */
DwRegistryClient *
dw_registry_client_new (const char *url, const DwCredentials *credentials, GError **error)
{
  static const char *const paths[] = { "", "/", "/v1", "/v1/", "/v2", "/v2/" };

  g_return_val_if_fail (url != NULL, NULL);

  g_autoptr (GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);
  g_autofree char *shown = dw_model_quote (url);

  if (!dw_http_is_address (uri))
    {
      g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_FAILED,
                   _ ("%s is no registry’s address; write it like https://registry.example.com"),
                   shown);
      return NULL;
    }

  if (is_docker_hub (g_uri_get_host (uri)))
    {
      g_autoptr (GUri)
          hub = g_uri_parse ("https://registry-1.docker.io", SOUP_HTTP_URI_FLAGS, NULL);

      return client_new (hub, credentials);
    }

  gboolean is_base = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    is_base = is_base || g_str_equal (g_uri_get_path (uri), paths[i]);
  if (!is_base || g_uri_get_query (uri) != NULL)
    {
      g_autofree char *origin = dw_http_get_origin (uri);

      g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_FAILED,
                   _ ("%s has a path, and a registry’s address has none: write %s, and the rest "
                      "belongs to the image"),
                   shown, origin);
      return NULL;
    }

  return client_new (uri, credentials);
}

/**
 * dw_registry_client_new_for_reference:
 * @reference: an image
 * @credentials: (nullable): who asks
 *
 * Connects to nothing yet. The registry is the one that the reference names; it is asked over TLS,
 * and on this machine over plain HTTP when it has no TLS.
 *
 * Returns: (transfer full): a client. Any thread.
 */
DwRegistryClient *
dw_registry_client_new_for_reference (DwImageReference *reference, const DwCredentials *credentials)
{
  g_return_val_if_fail (reference != NULL, NULL);

  const char *domain = dw_image_reference_get_domain (reference);
  g_autofree char *url = g_strconcat (
      "https://", g_str_equal (domain, "docker.io") ? "registry-1.docker.io" : domain, NULL);
  g_autoptr (GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);

  /* The grammar of references lets a port pass that is larger than there are. */
  if (uri == NULL)
    uri = g_uri_build (SOUP_HTTP_URI_FLAGS, "https", NULL, "invalid", -1, "/", NULL, NULL);

  DwRegistryClient *self = client_new (uri, credentials);
  self->may_be_plain = dw_image_reference_is_loopback (reference);

  return self;
}

/* Returns: (transfer none): scheme, host and port; http:// once that is what it speaks */
const char *
dw_registry_client_get_url (DwRegistryClient *self)
{
  g_return_val_if_fail (DW_IS_REGISTRY_CLIENT (self), NULL);

  return self->url;
}

static GUri *
make_uri (DwRegistryClient *self, const char *path_and_query)
{
  return g_uri_parse_relative (self->uri, path_and_query, SOUP_HTTP_URI_FLAGS, NULL);
}

/* A registry on this machine is asked over TLS first, and then by plain HTTP. */
static gboolean
settle_scheme (DwRegistryClient *self, GCancellable *cancellable, GError **error)
{
  if (!self->may_be_plain)
    return TRUE;

  g_autoptr (GError) problem = NULL;
  g_autoptr (GUri) secure = make_uri (self, "/v2/");
  DwHttpRequest request = {
    .method = "GET",
    .uri = secure,
    .body_limit = SMALL_ANSWER_BYTES,
    .limit_ms = PROBE_LIMIT_MS,
  };
  g_autoptr (DwHttpAnswer) answer = dw_http_send (self->http, &request, cancellable, &problem);

  if (answer == NULL && problem->domain == DW_REGISTRY_ERROR)
    {
      g_autoptr (GUri) plain = soup_uri_copy (
          secure, SOUP_URI_SCHEME, "http", SOUP_URI_PORT,
          g_uri_get_port (secure) == 443 ? 80 : g_uri_get_port (secure), SOUP_URI_NONE);

      request.uri = plain;
      answer = dw_http_send (self->http, &request, cancellable, NULL);
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;

      /* A server with TLS answers what is not TLS with a 400, if at all. */
      if (answer != NULL && dw_http_answer_get_status (answer) != SOUP_STATUS_BAD_REQUEST)
        {
          g_autoptr (GUri) base = soup_uri_copy (plain, SOUP_URI_PATH, "/", SOUP_URI_NONE);

          set_uri (self, base);
        }
      else
        g_clear_pointer (&answer, dw_http_answer_free);
    }

  if (answer == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }

  self->may_be_plain = FALSE;
  return TRUE;
}

/* One request, and once more with what the registry asks for. Returns an answer of any status. */
static DwHttpAnswer *
ask (DwRegistryClient *self,
     DwHttpRequest *request,
     const DwRegistrySubject *subject,
     GCancellable *cancellable,
     GError **error)
{
  g_autofree char *scope = subject->path != NULL
                               ? g_strdup_printf ("repository:%s:pull", subject->path)
                               : g_strdup ("");

  for (gboolean is_second = FALSE;; is_second = TRUE)
    {
      request->authorization = dw_registry_auth_get_header (self->auth, scope);
      g_autoptr (DwHttpAnswer) answer = dw_http_send (self->http, request, cancellable, error);

      if (answer == NULL || dw_http_answer_get_status (answer) != SOUP_STATUS_UNAUTHORIZED)
        return g_steal_pointer (&answer);

      /* Where a redirection led is not the registry, and has no say in where credentials go. */
      if (is_second || !dw_http_is_same_origin (soup_message_get_uri (answer->message), self->uri))
        {
          dw_registry_answer_set_unauthorized (answer, subject, error);
          return NULL;
        }
      if (!dw_registry_auth_answer_challenge (self->auth, self->http, answer, scope, subject,
                                              cancellable, error))
        return NULL;
    }
}

static DwRegistrySubject
make_subject (DwRegistryClient *self, const char *path, const char *tag)
{
  return (DwRegistrySubject){
    .url = self->url,
    .path = path,
    .tag = tag,
    .is_signed_in = dw_registry_auth_has_credentials (self->auth),
  };
}

/* What goes into an address must not be able to change which address it is. */
static gboolean
check_names (DwRegistryClient *self, const char *path, const char *tag, GError **error)
{
  g_autofree char *text = g_strconcat ("r.io/", path, tag != NULL ? ":" : "", tag, NULL);
  g_autoptr (DwImageReference) reference = dw_image_reference_parse (text, NULL);

  if (reference != NULL && g_strcmp0 (dw_image_reference_get_path (reference), path) == 0 &&
      g_strcmp0 (dw_image_reference_get_tag (reference), tag) == 0 &&
      dw_image_reference_get_digest (reference) == NULL)
    return TRUE;

  g_autofree char *shown_path = dw_model_quote (path);
  g_autofree char *shown_tag = dw_model_quote (tag);
  if (tag == NULL)
    g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_NOT_FOUND,
                 _ ("%s cannot have a repository %s, which is not a repository’s name"), self->url,
                 shown_path);
  else
    g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_NOT_FOUND,
                 _ ("the repository %s at %s cannot have a tag %s, which is not a tag’s name"),
                 shown_path, self->url, shown_tag);
  return FALSE;
}

static gboolean
set_not_a_registry (DwRegistryClient *self, GError **error)
{
  g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_NOT_A_REGISTRY,
               _ ("what answers at %s is not a container registry; check the address"), self->url);
  return FALSE;
}

/**
 * dw_registry_client_test:
 * @self: a client
 * @cancellable: (nullable): ends it at once
 * @error: a DW_REGISTRY_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Asks whether it is a registry that takes the credentials (OCI distribution specification,
 * end-1). Blocks; not on the main thread; one thread at a time.
 *
 * Returns: whether it is
 */
gboolean
dw_registry_client_test (DwRegistryClient *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (DW_IS_REGISTRY_CLIENT (self), FALSE);

  if (!settle_scheme (self, cancellable, error))
    return FALSE;

  DwRegistrySubject subject = make_subject (self, NULL, NULL);
  g_autoptr (GUri) uri = make_uri (self, "/v2/");
  DwHttpRequest request = { .method = "GET", .uri = uri, .body_limit = SMALL_ANSWER_BYTES };
  g_autoptr (DwHttpAnswer) answer = ask (self, &request, &subject, cancellable, error);

  if (answer == NULL)
    return FALSE;
  if (dw_http_answer_get_status (answer) != SOUP_STATUS_OK)
    {
      dw_registry_answer_set_error (answer, &subject, error);
      return FALSE;
    }

  /* The header is Docker's, and only what is derived from its code sends it. */
  const char *version = dw_http_answer_get_header (answer, "Docker-Distribution-Api-Version");
  if ((version == NULL || strstr (version, "registry/2") == NULL) &&
      !dw_registry_answer_is_json (answer))
    return set_not_a_registry (self, error);

  return TRUE;
}

/* A refusal that is not in the specification's form, or has no body: is it a registry at all? */
static void
set_refusal (DwRegistryClient *self,
             DwHttpAnswer *answer,
             const DwRegistrySubject *subject,
             GCancellable *cancellable,
             GError **error)
{
  guint status = dw_http_answer_get_status (answer);

  if (status == SOUP_STATUS_NOT_FOUND && !dw_registry_answer_is_error_list (answer))
    {
      if (!dw_registry_client_test (self, cancellable, error))
        return;
      if (subject->tag != NULL)
        g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_NOT_FOUND,
                     _ ("%s has no repository “%s”, or no tag “%s” in it; check both names"),
                     self->url, subject->path, subject->tag);
      else
        g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_NOT_FOUND,
                     _ ("%s has no repository “%s”; check its name, or push to it first"),
                     self->url, subject->path);
      return;
    }

  dw_registry_answer_set_error (answer, subject, error);
}

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
    return set_not_a_registry (self, error);

  /* A repository whose tags were all deleted has null in place of the list. */
  JsonArray *array = dw_json_get_array (object, "tags");
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      const char *tag = JSON_NODE_HOLDS_VALUE (node) &&
                                json_node_get_value_type (node) == G_TYPE_STRING
                            ? json_node_get_string (node)
                            : NULL;

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
                   _ ("%s says that its list of tags goes on at another host, which is not "
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

  if (!check_names (self, path, NULL, error) || !settle_scheme (self, cancellable, error))
    return NULL;

  DwRegistrySubject subject = make_subject (self, path, NULL);
  g_autofree char *first = g_strdup_printf ("/v2/%s/tags/list?n=" PAGE_TAGS, path);
  g_autoptr (GUri) page = make_uri (self, first);
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

      g_autoptr (DwHttpAnswer) answer = ask (self, &request, &subject, cancellable, error);
      if (answer == NULL)
        return NULL;
      if (dw_http_answer_get_status (answer) != SOUP_STATUS_OK)
        {
          set_refusal (self, answer, &subject, cancellable, error);
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

static gboolean
is_digest (const char *text)
{
  return g_regex_match_simple ("\\A(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})\\z", text,
                               G_REGEX_RAW, 0);
}

/* The digest that the header says, or NULL; a header that says none is an error. */
static char *
read_digest (DwHttpAnswer *answer, const DwRegistrySubject *subject, GError **error)
{
  const char *digest = dw_http_answer_get_header (answer, "Docker-Content-Digest");

  if (digest == NULL || is_digest (digest))
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

/**
 * dw_registry_client_resolve_tag:
 * @self: a client
 * @path: a repository in the registry, such as library/debian
 * @tag: one of its tags
 * @cancellable: (nullable): ends it at once
 * @error: a DW_REGISTRY_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Asks for the tag's manifest by HEAD (OCI distribution specification, end-3), and by GET where a
 * registry does not do that or does not tell the digest. Blocks; not on the main thread; one thread
 * at a time.
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

  if (!check_names (self, path, tag, error) || !settle_scheme (self, cancellable, error))
    return NULL;

  DwRegistrySubject subject = make_subject (self, path, tag);
  g_autofree char *manifest = g_strdup_printf ("/v2/%s/manifests/%s", path, tag);
  g_autoptr (GUri) uri = make_uri (self, manifest);
  DwHttpRequest request = {
    .method = "HEAD",
    .uri = uri,
    .accept = MANIFEST_TYPES,
    .body_limit = MANIFEST_BYTES,
  };
  g_autoptr (DwHttpAnswer) head = ask (self, &request, &subject, cancellable, error);

  if (head == NULL)
    return NULL;
  if (dw_http_answer_get_status (head) == 429)
    {
      dw_registry_answer_set_error (head, &subject, error);
      return NULL;
    }
  if (dw_http_answer_get_status (head) == SOUP_STATUS_OK &&
      dw_http_answer_get_header (head, "Docker-Content-Digest") != NULL)
    return read_digest (head, &subject, error);

  /* No digest, or no words to a refusal: an answer to HEAD has no body. */
  request.method = "GET";
  g_autoptr (DwHttpAnswer) answer = ask (self, &request, &subject, cancellable, error);
  if (answer == NULL)
    return NULL;
  if (dw_http_answer_get_status (answer) != SOUP_STATUS_OK)
    {
      set_refusal (self, answer, &subject, cancellable, error);
      return NULL;
    }
  if (!dw_registry_answer_is_json (answer))
    {
      set_not_a_registry (self, error);
      return NULL;
    }

  return hash_manifest (answer, &subject, error);
}
