/* dw-registry-auth.c: what a registry is told about who asks
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A registry that wants to know says in its first 401 how: Basic, or Bearer with the address of a
 * token server (distribution project, "Token Authentication Specification"). What was found out is
 * kept, so that later requests are right at once. The credentials go to the registry itself and to
 * the token server that it names, and that only over TLS where the registry has TLS.
 */

#include "config.h"

#include "registry/dw-registry-auth.h"

#include <glib/gi18n-lib.h>

#include "model/dw-json.h"
#include "model/dw-model-error.h"
#include "registry/dw-challenge.h"
#include "registry/dw-registry-client.h"

#define CLIENT_ID "docker-watcher"
#define TOKEN_ANSWER_BYTES (256 * 1024)
#define TOKEN_BYTES (64 * 1024)
/* What the specification gives a token that says nothing. */
#define DEFAULT_LIFE_SECONDS 60
#define LONGEST_LIFE_SECONDS (24 * 60 * 60)
/* A token is not used in its last seconds: it is to be valid when it arrives. */
#define SAFETY_SECONDS 5

typedef struct
{
  char *header;
  gint64 expires_at_us; /* monotonic */
  gboolean is_used;
} Token;

struct _DwRegistryAuth
{
  DwCredentials *credentials; /* nullable */
  char *basic;                /* nullable; once the registry has asked for it */
  GHashTable *tokens;         /* scope to Token */
};

static void
token_free (gpointer data)
{
  Token *token = data;

  g_free (token->header);
  g_free (token);
}

/**
 * dw_registry_auth_new:
 * @credentials: (nullable): who asks, or %NULL for nobody
 *
 * Returns: (transfer full): a state that serves one thread at a time; any thread
 */
DwRegistryAuth *
dw_registry_auth_new (const DwCredentials *credentials)
{
  DwRegistryAuth *self = g_new0 (DwRegistryAuth, 1);

  self->credentials = dw_credentials_copy (credentials);
  self->tokens = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, token_free);

  return self;
}

/* Any thread. */
void
dw_registry_auth_free (DwRegistryAuth *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->credentials, dw_credentials_free);
  g_clear_pointer (&self->basic, g_free);
  g_clear_pointer (&self->tokens, g_hash_table_unref);
  g_free (self);
}

gboolean
dw_registry_auth_has_credentials (DwRegistryAuth *self)
{
  return self->credentials != NULL;
}

/**
 * dw_registry_auth_get_header:
 * @self: the state
 * @scope: what the request needs, or an empty string
 *
 * Returns: (transfer none) (nullable): the value of Authorization as far as it is known
 */
const char *
dw_registry_auth_get_header (DwRegistryAuth *self, const char *scope)
{
  Token *token = g_hash_table_lookup (self->tokens, scope);

  if (token == NULL)
    return self->basic;

  /* A token that has expired on arrival serves the one request that it was fetched for. */
  if (token->is_used && token->expires_at_us <= g_get_monotonic_time ())
    {
      g_hash_table_remove (self->tokens, scope);
      return NULL;
    }
  token->is_used = TRUE;

  return token->header;
}

static char *
make_basic (const DwCredentials *credentials)
{
  g_autofree char *pair = g_strconcat (credentials->username, ":", credentials->password, NULL);
  g_autofree char *encoded = g_base64_encode ((const guchar *) pair, strlen (pair));

  return g_strconcat ("Basic ", encoded, NULL);
}

/* Where tokens come from: HTTPS, or plain HTTP where the registry itself is asked that way. */
static GUri *
get_realm (const DwChallenge *challenge, DwHttpAnswer *answer, const char *url, GError **error)
{
  const char *realm = dw_challenge_get_parameter (challenge, "realm");
  g_autoptr (GUri) uri = realm != NULL ? g_uri_parse (realm, SOUP_HTTP_URI_FLAGS, NULL) : NULL;
  const char *registry_scheme = g_uri_get_scheme (soup_message_get_uri (answer->message));

  if (!dw_http_is_address (uri))
    {
      g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_FAILED,
                   _ ("%s asks for a token, and does not say where from; tell its owner"), url);
      return NULL;
    }
  if (g_str_equal (g_uri_get_scheme (uri), "http") && !g_str_equal (registry_scheme, "http"))
    {
      g_autofree char *origin = dw_http_get_origin (uri);

      g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_INSECURE,
                   _ ("%s wants the credentials sent to %s in plain HTTP; nothing was sent"), url,
                   origin);
      return NULL;
    }

  return g_steal_pointer (&uri);
}

/* The token specification's GET with Basic; its OAuth 2 form with POST for an identity token. */
static DwHttpAnswer *
ask_for_token (DwRegistryAuth *self,
               DwHttp *http,
               GUri *realm,
               const char *service,
               const char *scope,
               GCancellable *cancellable,
               GError **error)
{
  const DwCredentials *credentials = self->credentials;
  g_autoptr (GHashTable) form = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *basic = NULL;
  DwHttpRequest request = {
    .method = "GET",
    .uri = realm,
    .accept = "application/json",
    .body_limit = TOKEN_ANSWER_BYTES,
  };

  if (service != NULL)
    g_hash_table_insert (form, (gpointer) "service", (gpointer) service);
  if (*scope != '\0')
    g_hash_table_insert (form, (gpointer) "scope", (gpointer) scope);

  if (credentials != NULL && credentials->identity_token != NULL)
    {
      g_hash_table_insert (form, (gpointer) "grant_type", (gpointer) "refresh_token");
      g_hash_table_insert (form, (gpointer) "refresh_token", credentials->identity_token);
      g_hash_table_insert (form, (gpointer) "client_id", (gpointer) CLIENT_ID);
      g_autofree char *encoded = soup_form_encode_hash (form);
      request.method = "POST";
      request.form = encoded;
      return dw_http_send (http, &request, cancellable, error);
    }

  if (credentials != NULL)
    {
      g_hash_table_insert (form, (gpointer) "account", credentials->username);
      basic = make_basic (credentials);
    }

  g_autofree char *encoded = soup_form_encode_hash (form);
  const char *query = g_uri_get_query (realm);
  g_autofree char *whole_query = query != NULL && *query != '\0'
                                     ? g_strjoin ("&", query, *encoded ? encoded : NULL, NULL)
                                     : g_strdup (encoded);
  g_autoptr (GUri)
      uri = soup_uri_copy (realm, SOUP_URI_QUERY, *whole_query ? whole_query : NULL, SOUP_URI_NONE);
  request.uri = uri;
  request.authorization = basic;
  return dw_http_send (http, &request, cancellable, error);
}

/* RFC 6750, section 2.1: what may stand after "Bearer" in a header. */
static gboolean
is_token (const char *text)
{
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                 "0123456789-._~+/=";

  return text != NULL && *text != '\0' && strlen (text) <= TOKEN_BYTES &&
         text[strspn (text, alphabet)] == '\0';
}

static gboolean
keep_token (DwRegistryAuth *self,
            DwHttpAnswer *answer,
            const char *scope,
            const char *origin,
            GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (JsonObject) object = dw_json_parse_object (answer->body, &problem);
  const char *text = NULL;

  if (object != NULL)
    {
      text = dw_json_get_string (object, "token");
      if (text == NULL || *text == '\0')
        text = dw_json_get_string (object, "access_token");
    }
  if (!is_token (text))
    {
      g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_NOT_A_REGISTRY,
                   _ ("the token server %s answers without a token; tell its owner"), origin);
      return FALSE;
    }

  gint64 life_seconds = dw_json_get_int (object, "expires_in", DEFAULT_LIFE_SECONDS);
  life_seconds = CLAMP (life_seconds - SAFETY_SECONDS, 0, LONGEST_LIFE_SECONDS);

  Token *token = g_new0 (Token, 1);
  token->header = g_strconcat ("Bearer ", text, NULL);
  token->expires_at_us = g_get_monotonic_time () + life_seconds * G_USEC_PER_SEC;
  g_hash_table_replace (self->tokens, g_strdup (scope), token);

  return TRUE;
}

static gboolean
fetch_token (DwRegistryAuth *self,
             DwHttp *http,
             const DwChallenge *challenge,
             DwHttpAnswer *refusal,
             const char *scope,
             const DwRegistrySubject *subject,
             DwRegistryPace *pace,
             GCancellable *cancellable,
             GError **error)
{
  const char *service = dw_challenge_get_parameter (challenge, "service");
  const char *asked_scope = dw_challenge_get_parameter (challenge, "scope");
  g_autoptr (GUri) realm = get_realm (challenge, refusal, subject->url, error);
  if (realm == NULL)
    return FALSE;

  /* Some registries want a scope even from one who asks for nothing in particular. */
  const char *wanted = *scope == '\0' && asked_scope != NULL ? asked_scope : scope;
  g_autoptr (DwHttpAnswer)
      answer = ask_for_token (self, http, realm, service, wanted, cancellable, error);
  if (answer == NULL)
    return FALSE;

  g_autofree char *origin = dw_http_get_origin (realm);
  guint status = dw_http_answer_get_status (answer);
  *pace = dw_registry_pace_read (status, soup_message_get_response_headers (answer->message),
                                 g_get_real_time () / G_USEC_PER_SEC);
  if (status == SOUP_STATUS_OK)
    return keep_token (self, answer, scope, origin, error);

  DwRegistrySubject token_subject = *subject;
  token_subject.url = status == 429 ? origin : subject->url;

  /* RFC 6749, section 5.2: a refresh token that is not valid any more is a 400. */
  if (status == SOUP_STATUS_UNAUTHORIZED || status == SOUP_STATUS_FORBIDDEN ||
      (status == SOUP_STATUS_BAD_REQUEST && self->credentials != NULL &&
       self->credentials->identity_token != NULL))
    dw_registry_answer_set_unauthorized (answer, &token_subject, error);
  else if (status == 429)
    dw_registry_answer_set_error (answer, &token_subject, error);
  else
    {
      g_autofree char *words = dw_registry_answer_get_words (answer);

      g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_FAILED,
                   _ ("the token server %s of %s answers “%s”; try again later, or tell its owner"),
                   origin, subject->url, words);
    }

  return FALSE;
}

/**
 * dw_registry_auth_answer_challenge:
 * @self: the state
 * @http: what sends
 * @answer: a 401 of the registry's own origin
 * @scope: what the request needs, or an empty string
 * @subject: what was asked for
 * @pace: (out): how fast the token server wants to be asked, where it was
 * @cancellable: (nullable): ends it at once
 * @error: a DW_REGISTRY_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Does what the registry asks for. Blocks; not on the main thread.
 *
 * Returns: whether the request is worth sending again, once, with what
 *     dw_registry_auth_get_header() then says
 */
gboolean
dw_registry_auth_answer_challenge (DwRegistryAuth *self,
                                   DwHttp *http,
                                   DwHttpAnswer *answer,
                                   const char *scope,
                                   const DwRegistrySubject *subject,
                                   DwRegistryPace *pace,
                                   GCancellable *cancellable,
                                   GError **error)
{
  const char *header = dw_http_answer_get_header (answer, "WWW-Authenticate");
  g_autoptr (GPtrArray) challenges = dw_challenge_parse_header (header);
  const DwChallenge *bearer = dw_challenge_find (challenges, "bearer");

  g_hash_table_remove (self->tokens, scope);
  if (bearer != NULL)
    return fetch_token (self, http, bearer, answer, scope, subject, pace, cancellable, error);

  gboolean has_password = self->credentials != NULL && self->credentials->password != NULL;
  if (dw_challenge_find (challenges, "basic") != NULL && has_password && self->basic == NULL)
    {
      self->basic = make_basic (self->credentials);
      return TRUE;
    }

  if (challenges->len > 0 && dw_challenge_find (challenges, "basic") == NULL)
    {
      const DwChallenge *first = g_ptr_array_index (challenges, 0);
      g_autofree char *scheme = dw_model_quote (dw_challenge_get_scheme (first));

      g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_UNAUTHORIZED,
                   _ ("%s wants a sign-in of the kind %s, which registries do not use; check the "
                      "address"),
                   subject->url, scheme);
      return FALSE;
    }

  dw_registry_answer_set_unauthorized (answer, subject, error);
  return FALSE;
}
