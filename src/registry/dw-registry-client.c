/* dw-registry-client.c: a client of the OCI distribution API
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It lists tags and resolves a tag to a digest, and never downloads an image: that is the engine's
 * work. A client keeps its connection and its tokens, so that a list and what is resolved after it
 * cost one sign-in.
 */

#include "config.h"

#include "registry/dw-registry-client-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "model/dw-model-error.h"

#define REQUEST_LIMIT_MS (60 * 1000)
/* On this machine a handshake is a matter of milliseconds; a server without TLS may wait for more
 * of what it takes for a request. */
#define PROBE_LIMIT_MS 2000
#define SMALL_ANSWER_BYTES (256 * 1024)

G_DEFINE_FINAL_TYPE (DwRegistryClient, dw_registry_client, G_TYPE_OBJECT)

G_DEFINE_QUARK (dw_registry_error, dw_registry_error)

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
 * and on this machine by plain HTTP where it speaks that.
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

/* Returns: how fast it wants to be asked, by its last answer or that of its token server; in the
 * thread that asks */
DwRegistryPace
dw_registry_client_get_pace (DwRegistryClient *self)
{
  g_return_val_if_fail (DW_IS_REGISTRY_CLIENT (self), (DwRegistryPace){ 0 });

  return self->pace;
}

GUri *
dw_registry_client_make_uri (DwRegistryClient *self, const char *path_and_query)
{
  return g_uri_parse_relative (self->uri, path_and_query, SOUP_HTTP_URI_FLAGS, NULL);
}

static DwHttpAnswer *
probe (DwRegistryClient *self, GUri *uri, GCancellable *cancellable, GError **error)
{
  DwHttpRequest request = {
    .method = "GET",
    .uri = uri,
    .body_limit = SMALL_ANSWER_BYTES,
    .limit_ms = PROBE_LIMIT_MS,
  };

  return dw_http_send (self->http, &request, cancellable, error);
}

/* A server with TLS answers what is not TLS with a 400, if at all, or sends one on to TLS. */
static gboolean
speaks_plain_http (DwHttpAnswer *answer, GUri *plain)
{
  return answer != NULL && dw_http_answer_get_status (answer) != SOUP_STATUS_BAD_REQUEST &&
         dw_http_is_same_origin (soup_message_get_uri (answer->message), plain);
}

/* A registry on this machine mostly has no TLS, and to find that out over TLS takes longer than all
 * that is then asked of it: so it is asked by plain HTTP first, without any credentials. */
static gboolean
settle_scheme (DwRegistryClient *self, GCancellable *cancellable, GError **error)
{
  if (!self->may_be_plain)
    return TRUE;

  g_autoptr (GUri) secure = dw_registry_client_make_uri (self, "/v2/");
  g_autoptr (GUri) plain = soup_uri_copy (
      secure, SOUP_URI_SCHEME, "http", SOUP_URI_PORT,
      g_uri_get_port (secure) == 443 ? 80 : g_uri_get_port (secure), SOUP_URI_NONE);
  g_autoptr (DwHttpAnswer) answer = probe (self, plain, cancellable, NULL);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  if (speaks_plain_http (answer, plain))
    {
      g_autoptr (GUri) base = soup_uri_copy (plain, SOUP_URI_PATH, "/", SOUP_URI_NONE);

      set_uri (self, base);
    }
  else
    {
      g_autoptr (DwHttpAnswer) secure_answer = probe (self, secure, cancellable, error);

      if (secure_answer == NULL)
        return FALSE;
    }

  self->may_be_plain = FALSE;
  return TRUE;
}

/* One request, and once more with what the registry asks for. Returns an answer of any status. */
DwHttpAnswer *
dw_registry_client_ask (DwRegistryClient *self,
                        DwHttpRequest *request,
                        const DwRegistrySubject *subject,
                        GCancellable *cancellable,
                        GError **error)
{
  g_autofree char *scope = subject->path != NULL
                               ? g_strdup_printf ("repository:%s:pull", subject->path)
                               : g_strdup (subject->is_catalog ? "registry:catalog:*" : "");

  self->pace = (DwRegistryPace){ 0 };
  for (gboolean is_second = FALSE;; is_second = TRUE)
    {
      request->authorization = dw_registry_auth_get_header (self->auth, scope);
      g_autoptr (DwHttpAnswer) answer = dw_http_send (self->http, request, cancellable, error);

      if (answer != NULL)
        self->pace = dw_registry_pace_read (dw_http_answer_get_status (answer),
                                            soup_message_get_response_headers (answer->message),
                                            g_get_real_time () / G_USEC_PER_SEC);
      if (answer == NULL || dw_http_answer_get_status (answer) != SOUP_STATUS_UNAUTHORIZED)
        return g_steal_pointer (&answer);

      /* Where a redirection led is not the registry, and has no say in where credentials go. */
      if (is_second || !dw_http_is_same_origin (soup_message_get_uri (answer->message), self->uri))
        {
          dw_registry_answer_set_unauthorized (answer, subject, error);
          return NULL;
        }
      if (!dw_registry_auth_answer_challenge (self->auth, self->http, answer, scope, subject,
                                              &self->pace, cancellable, error))
        return NULL;
    }
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

/* Everything before a request: that the names are names, that it is known whether there is TLS, and
 * what an error is about. @path and @tag may be %NULL, and stay the caller's. */
gboolean
dw_registry_client_prepare (DwRegistryClient *self,
                            const char *path,
                            const char *tag,
                            DwRegistrySubject *subject,
                            GCancellable *cancellable,
                            GError **error)
{
  if ((path != NULL && !check_names (self, path, tag, error)) ||
      !settle_scheme (self, cancellable, error))
    return FALSE;

  *subject = (DwRegistrySubject){
    .url = self->url,
    .path = path,
    .tag = tag,
    .is_signed_in = dw_registry_auth_has_credentials (self->auth),
  };

  return TRUE;
}

void
dw_registry_client_set_not_a_registry (DwRegistryClient *self, GError **error)
{
  g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_NOT_A_REGISTRY,
               _ ("what answers at %s is not a container registry; check the address"), self->url);
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

  DwRegistrySubject subject;
  if (!dw_registry_client_prepare (self, NULL, NULL, &subject, cancellable, error))
    return FALSE;

  g_autoptr (GUri) uri = dw_registry_client_make_uri (self, "/v2/");
  DwHttpRequest request = { .method = "GET", .uri = uri, .body_limit = SMALL_ANSWER_BYTES };
  g_autoptr (DwHttpAnswer)
      answer = dw_registry_client_ask (self, &request, &subject, cancellable, error);

  if (answer == NULL)
    return FALSE;
  if (dw_http_answer_get_status (answer) != SOUP_STATUS_OK)
    {
      dw_registry_answer_set_error (answer, &subject, error);
      return FALSE;
    }

  /* Docker's header, which its heirs send too, or else JSON; a web site has neither. */
  const char *version = dw_http_answer_get_header (answer, "Docker-Distribution-Api-Version");
  const char *type = dw_http_answer_get_header (answer, "Content-Type");
  if ((version == NULL || strstr (version, "registry/2") == NULL) &&
      (type == NULL || !g_str_has_prefix (type, "application/json")) &&
      !dw_registry_answer_is_json (answer))
    {
      dw_registry_client_set_not_a_registry (self, error);
      return FALSE;
    }

  return TRUE;
}

/* A refusal that is not in the specification's form, or has no body: is it a registry at all? */
void
dw_registry_client_set_refusal (DwRegistryClient *self,
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
