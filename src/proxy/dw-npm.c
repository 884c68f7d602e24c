/* dw-npm.c: an Nginx Proxy Manager that the user runs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Through its API, as tried with versions 2.11, 2.12 and 2.15; the codes of its errors differ from
 * one to the next, so that what an answer says counts more than its status. Ours is the host whose
 * free-form field “meta” says so; the user's own are never touched. A failure may leave its
 * database changed while nginx goes on with what it had, so after one it is written back.
 */

#include "config.h"

#include "proxy/dw-npm.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>
#include <string.h>

#include "model/dw-json.h"
#include "proxy/dw-npm-host.h"
#include "proxy/dw-proxy-http.h"

#define HOSTS "/api/nginx/proxy-hosts"
/* The API answers before nginx has read what is new, and nothing says when it has. */
#define SETTLE_MS 1000
#define SETTLE_WITH_MANY_MS 2000
#define MANY 100

struct _DwNpm
{
  GObject parent_instance;

  char *address;
  char *user;
  char *password;    /* nullable */
  char *certificate; /* nullable */

  char *token; /* of the operation that runs */
  gint64 minor_version;
  guint n_hosts;
};

static void dw_npm_proxy_init (DwProxyInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (DwNpm,
                               dw_npm,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (DW_TYPE_PROXY, dw_npm_proxy_init))

static gboolean
is_good (const DwProxyAnswer *answer)
{
  return answer->status >= 200 && answer->status < 300;
}

/* Nullable: what it says is wrong. */
static const char *
get_words (const DwProxyAnswer *answer)
{
  return dw_json_get_string (dw_json_get_object (dw_proxy_answer_get_object (answer), "error"),
                             "message");
}

static gboolean
means_not_found (const DwProxyAnswer *answer)
{
  const char *words = get_words (answer);

  /* “Not Found - 2”, but not “Not Found - /nginx/proxy-hosts”, which is said to a stranger. */
  return answer->status == SOUP_STATUS_NOT_FOUND && words != NULL && *words != '\0' &&
         g_ascii_isdigit (words[strlen (words) - 1]);
}

static gboolean
means_expired (const DwProxyAnswer *answer)
{
  const char *words = get_words (answer);

  return !is_good (answer) && words != NULL &&
         (answer->status == SOUP_STATUS_UNAUTHORIZED || strstr (words, "expired") != NULL);
}

static void
explain (DwNpm *self, const DwProxyAnswer *answer, GError **error)
{
  const char *words = get_words (answer);

  if (words == NULL)
    g_set_error (error, DW_PROXY_ERROR, DW_PROXY_ERROR_NOT_A_PROXY,
                 _ ("What answers at %s is no Nginx Proxy Manager (status %u); its address is that "
                    "of its own pages, as http://localhost:81"),
                 self->address, answer->status);
  else
    g_set_error (error, DW_PROXY_ERROR,
                 answer->status == SOUP_STATUS_FORBIDDEN ||
                         answer->status == SOUP_STATUS_UNAUTHORIZED
                     ? DW_PROXY_ERROR_UNAUTHORIZED
                     : DW_PROXY_ERROR_REFUSED,
                 _ ("Nginx Proxy Manager answers %u: %s"), answer->status, words);
}

static JsonNode *
make_login (DwNpm *self)
{
  JsonNode *root = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "identity", self->user);
  json_object_set_string_member (object, "secret", self->password);
  json_node_take_object (root, object);

  return root;
}

/* Asks who it is: anything else that listens at the address answers something else. */
static gboolean
greet (DwNpm *self, char **version, GCancellable *cancellable, GError **error)
{
  g_autoptr (DwProxyAnswer)
      answer = dw_proxy_http_send (self->address, "GET", "/api/", NULL, NULL, cancellable, error);
  JsonObject *object = answer != NULL ? dw_proxy_answer_get_object (answer) : NULL;
  JsonObject *number = dw_json_get_object (object, "version");

  if (answer == NULL)
    return FALSE;
  if (number == NULL || dw_json_get_string (object, "status") == NULL)
    {
      explain (self, answer, error);
      return FALSE;
    }
  if (json_object_has_member (object, "setup") && !dw_json_get_boolean (object, "setup"))
    {
      g_set_error (error, DW_PROXY_ERROR, DW_PROXY_ERROR_UNAUTHORIZED,
                   _ ("Nginx Proxy Manager at %s has no user yet; open its page and make one"),
                   self->address);
      return FALSE;
    }

  self->minor_version = dw_json_get_int (number, "minor", 0);
  if (version != NULL)
    *version = g_strdup_printf ("%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT,
                                dw_json_get_int (number, "major", 0), self->minor_version,
                                dw_json_get_int (number, "revision", 0));
  return TRUE;
}

static gboolean
log_in (DwNpm *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (JsonNode) body = NULL;
  g_autoptr (DwProxyAnswer) answer = NULL;

  g_clear_pointer (&self->token, g_free);
  if (self->user == NULL || self->password == NULL)
    {
      g_set_error_literal (error, DW_PROXY_ERROR, DW_PROXY_ERROR_UNAUTHORIZED,
                           _ ("Nginx Proxy Manager wants an e-mail address and a password; give "
                              "both in the preferences, or with docker-watcher settings set "
                              "proxy_user and docker-watcher proxy login"));
      return FALSE;
    }

  body = make_login (self);
  answer = dw_proxy_http_send (self->address, "POST", "/api/tokens", NULL, body, cancellable,
                               error);
  if (answer == NULL)
    return FALSE;

  JsonObject *object = dw_proxy_answer_get_object (answer);
  const char *token = dw_json_get_string (object, "token");
  if (is_good (answer) && dw_json_get_boolean (object, "requires_2fa"))
    {
      g_set_error (error, DW_PROXY_ERROR, DW_PROXY_ERROR_UNAUTHORIZED,
                   _ ("%s signs in to Nginx Proxy Manager with a second factor, which a program "
                      "has not; make a user without one for it"),
                   self->user);
      return FALSE;
    }
  if (!is_good (answer) || token == NULL)
    {
      if (get_words (answer) != NULL)
        g_set_error (error, DW_PROXY_ERROR, DW_PROXY_ERROR_UNAUTHORIZED,
                     _ ("Nginx Proxy Manager does not let %s in: %s; check the e-mail address and "
                        "the password in the preferences, or with docker-watcher proxy login"),
                     self->user, get_words (answer));
      else
        explain (self, answer, error);
      return FALSE;
    }

  self->token = g_strdup (token);
  return TRUE;
}

/* One question of an operation; a token that has expired meanwhile is replaced once. The answer is
 * whatever it says. */
static DwProxyAnswer *
ask (DwNpm *self,
     const char *method,
     const char *path,
     JsonNode *body,
     GCancellable *cancellable,
     GError **error)
{
  g_autoptr (DwProxyAnswer) answer = dw_proxy_http_send (self->address, method, path, self->token,
                                                         body, cancellable, error);

  if (answer == NULL || !means_expired (answer))
    return g_steal_pointer (&answer);

  return log_in (self, cancellable, error)
             ? dw_proxy_http_send (self->address, method, path, self->token, body, cancellable,
                                   error)
             : NULL;
}

/* All hosts, of which ours is @own (nullable) and one of the user's with the route's name @other
 * (nullable); both belong to the answer. */
static DwProxyAnswer *
list_hosts (DwNpm *self,
            const DwProxyRoute *route,
            JsonObject **own,
            JsonObject **other,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (DwProxyAnswer) answer = NULL;

  *own = *other = NULL;
  if (!greet (self, NULL, cancellable, error) || !log_in (self, cancellable, error) ||
      (answer = ask (self, "GET", HOSTS, NULL, cancellable, error)) == NULL)
    return NULL;
  if (!is_good (answer) || answer->root == NULL || !JSON_NODE_HOLDS_ARRAY (answer->root))
    {
      explain (self, answer, error);
      return NULL;
    }

  JsonArray *hosts = json_node_get_array (answer->root);
  self->n_hosts = json_array_get_length (hosts);
  for (guint i = 0; i < self->n_hosts; i++)
    {
      JsonObject *host = dw_json_array_get_object (hosts, i);

      if (dw_npm_host_is_ours (host, route))
        *own = host;
      else if (dw_npm_host_has_domain (host, route->domain))
        *other = host;
    }

  return g_steal_pointer (&answer);
}

static char *
make_host_path (JsonObject *host, const char *rest)
{
  return g_strdup_printf (HOSTS "/%" G_GINT64_FORMAT "%s", dw_json_get_int (host, "id", 0), rest);
}

/* Whether nginx has taken a host, as a look at it says; what it says else is the error. */
static gboolean
check_online (DwNpm *self, JsonObject *host, GError **error)
{
  const char *words = dw_npm_host_get_problem (host);

  if (dw_npm_host_is_online (host))
    return TRUE;

  g_set_error (error, DW_PROXY_ERROR, DW_PROXY_ERROR_REFUSED,
               _ ("nginx does not take the host: %s"),
               words != NULL ? words : _ ("it does not say why"));
  return FALSE;
}

/* Not to be cancelled: it sets right what is half done. */
static void
undo (DwNpm *self, const char *method, const char *path, JsonNode *body)
{
  g_autoptr (JsonNode) own = body;
  g_autoptr (GError) problem = NULL;
  g_autoptr (DwProxyAnswer) answer = ask (self, method, path, own, NULL, &problem);

  if (answer == NULL || !is_good (answer))
    g_message ("Nginx Proxy Manager could not be set back (%s %s): %s", method, path,
               answer != NULL ? get_words (answer) : problem->message);
}

static gboolean
create (DwNpm *self,
        const DwProxyRoute *route,
        const DwProxyUpstream *upstream,
        GCancellable *cancellable,
        GError **error)
{
  g_autoptr (JsonNode)
      body = dw_npm_host_make (route, upstream, self->certificate, self->user, self->minor_version);
  g_autoptr (DwProxyAnswer) answer = ask (self, "POST", HOSTS, body, cancellable, error);
  g_autoptr (DwProxyAnswer) listed = NULL;
  JsonObject *own, *other;

  if (answer != NULL && !is_good (answer))
    explain (self, answer, error);

  /* Only a look afterwards tells what came of it; also of a failure, which may have left a row. */
  listed = list_hosts (self, route, &own, &other, NULL,
                       error == NULL || *error == NULL ? error : NULL);
  if (listed == NULL || own == NULL)
    {
      if (error != NULL && *error == NULL)
        g_set_error_literal (error, DW_PROXY_ERROR, DW_PROXY_ERROR_REFUSED,
                             _ ("Nginx Proxy Manager said that it made the host, and has none"));
      return FALSE;
    }
  if (answer != NULL && is_good (answer) && check_online (self, own, error))
    return TRUE;

  g_autofree char *path = make_host_path (own, "");
  undo (self, "DELETE", path, NULL);
  return FALSE;
}

static gboolean
change (DwNpm *self,
        JsonObject *host,
        const DwProxyRoute *route,
        const DwProxyUpstream *upstream,
        GCancellable *cancellable,
        GError **error)
{
  g_autoptr (JsonNode) body = dw_npm_host_make_change (host, route, upstream);
  g_autofree char *path = make_host_path (host, "");
  g_autoptr (DwProxyAnswer) answer = ask (self, "PUT", path, body, cancellable, error);

  if (answer != NULL && (!is_good (answer) || dw_proxy_answer_get_object (answer) == NULL))
    explain (self, answer, error);
  else if (answer != NULL && check_online (self, dw_proxy_answer_get_object (answer), error))
    return TRUE;

  undo (self, "PUT", path, dw_npm_host_make_undo (host, route));
  return FALSE;
}

static gboolean
enable (DwNpm *self, JsonObject *host, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = make_host_path (host, "/enable");
  g_autoptr (DwProxyAnswer) answer = NULL;

  if (dw_npm_host_is_enabled (host))
    return TRUE;

  answer = ask (self, "POST", path, NULL, cancellable, error);
  if (answer != NULL && !is_good (answer))
    explain (self, answer, error);
  return answer != NULL && is_good (answer);
}

static gboolean
check_certificate (DwNpm *self, GError **error)
{
  if (self->certificate == NULL || g_str_equal (self->certificate, "new") ||
      g_ascii_string_to_unsigned (self->certificate, 10, 1, G_MAXINT32, NULL, NULL))
    return TRUE;

  g_set_error (error, DW_PROXY_ERROR, DW_PROXY_ERROR_UNSUPPORTED,
               _ ("“%s” is no certificate of Nginx Proxy Manager; set proxy_certificate to its "
                  "number there, or to “new” for one of Let’s Encrypt"),
               self->certificate);
  return FALSE;
}

static gboolean
dw_npm_move (DwProxy *proxy,
             const DwProxyRoute *route,
             const DwProxyUpstream *upstream,
             int percent,
             GCancellable *cancellable,
             GError **error)
{
  DwNpm *self = DW_NPM (proxy);
  JsonObject *own, *other;
  g_autoptr (DwProxyAnswer) listed = NULL;

  if (dw_npm_host_choose_address (upstream) == NULL)
    {
      g_set_error_literal (error, DW_PROXY_ERROR, DW_PROXY_ERROR_UNSUPPORTED,
                           _ ("Nginx Proxy Manager needs a way to the instance: name the network "
                              "that both are in (settings set network), or this machine as it sees "
                              "it (settings set proxy_forward_host)"));
      return FALSE;
    }
  if (!check_certificate (self, error) ||
      (listed = list_hosts (self, route, &own, &other, cancellable, error)) == NULL)
    return FALSE;
  if (other != NULL)
    {
      g_set_error (error, DW_PROXY_ERROR, DW_PROXY_ERROR_TAKEN,
                   _ ("Nginx Proxy Manager has a host for %s that is not this stage's, and is not "
                      "touched; give the stage another domain, or remove it there"),
                   route->domain);
      return FALSE;
    }
  if (own == NULL)
    return create (self, route, upstream, cancellable, error);
  if (!dw_npm_host_leads_to (own, upstream) || !dw_npm_host_has_domain (own, route->domain) ||
      !dw_npm_host_is_online (own))
    return change (self, own, route, upstream, cancellable, error) &&
           enable (self, own, cancellable, error);

  return enable (self, own, cancellable, error);
}

static gboolean
dw_npm_remove (DwProxy *proxy, const DwProxyRoute *route, GCancellable *cancellable, GError **error)
{
  DwNpm *self = DW_NPM (proxy);
  JsonObject *own, *other;
  g_autoptr (DwProxyAnswer) listed = list_hosts (self, route, &own, &other, cancellable, error);
  g_autoptr (DwProxyAnswer) answer = NULL;

  if (listed == NULL)
    return FALSE;
  if (own == NULL)
    return TRUE;

  g_autofree char *path = make_host_path (own, "");
  answer = ask (self, "DELETE", path, NULL, cancellable, error);
  if (answer != NULL && !is_good (answer) && !means_not_found (answer))
    {
      explain (self, answer, error);
      return FALSE;
    }

  return answer != NULL;
}

static DwProxyState *
dw_npm_look (DwProxy *proxy,
             const DwProxyRoute *route,
             const DwProxyUpstream *upstream,
             GCancellable *cancellable,
             GError **error)
{
  DwNpm *self = DW_NPM (proxy);
  JsonObject *own, *other;
  g_autoptr (DwProxyAnswer) listed = list_hosts (self, route, &own, &other, cancellable, error);

  if (listed == NULL)
    return NULL;

  DwProxyState *state = g_new0 (DwProxyState, 1);
  if (own == NULL || !dw_npm_host_has_domain (own, route->domain))
    {
      state->condition = other != NULL ? DW_PROXY_ROUTE_TAKEN : DW_PROXY_ROUTE_MISSING;
      return state;
    }

  state->upstream = dw_npm_host_describe_upstream (own);
  state->detail = g_strdup (dw_npm_host_get_problem (own));
  if (!dw_npm_host_is_enabled (own))
    {
      state->condition = DW_PROXY_ROUTE_FAILING;
      g_free (state->detail);
      state->detail = g_strdup (C_ ("route", "disabled"));
    }
  else if (!dw_npm_host_is_online (own))
    state->condition = DW_PROXY_ROUTE_FAILING;
  else if (!dw_npm_host_leads_to (own, upstream))
    state->condition = DW_PROXY_ROUTE_ELSEWHERE;

  return state;
}

/* Whether the user may change hosts, which a list of them does not tell. */
static gboolean
check_rights (DwNpm *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (DwProxyAnswer)
      answer = ask (self, "GET", "/api/users/me?expand=permissions", NULL, cancellable, error);
  JsonObject *me = answer != NULL ? dw_proxy_answer_get_object (answer) : NULL;
  g_auto (GStrv) roles = dw_json_dup_strings (me, "roles");

  if (answer == NULL)
    return FALSE;
  if (!is_good (answer))
    {
      explain (self, answer, error);
      return FALSE;
    }
  if (g_strv_contains ((const char *const *) roles, "admin") ||
      g_strcmp0 (dw_json_get_string (dw_json_get_object (me, "permissions"), "proxy_hosts"),
                 "manage") == 0)
    return TRUE;

  g_set_error (error, DW_PROXY_ERROR, DW_PROXY_ERROR_UNAUTHORIZED,
               _ ("%s may not manage proxy hosts in Nginx Proxy Manager; give the user that "
                  "permission"),
               self->user);
  return FALSE;
}

static char *
dw_npm_check (DwProxy *proxy, GCancellable *cancellable, GError **error)
{
  DwNpm *self = DW_NPM (proxy);
  g_autofree char *version = NULL;

  if (!check_certificate (self, error) || !greet (self, &version, cancellable, error) ||
      !log_in (self, cancellable, error) || !check_rights (self, cancellable, error))
    return NULL;

  return g_strdup_printf ("Nginx Proxy Manager %s", version);
}

static guint
dw_npm_settle_ms (DwProxy *proxy)
{
  return DW_NPM (proxy)->n_hosts > MANY ? SETTLE_WITH_MANY_MS : SETTLE_MS;
}

static void
dw_npm_proxy_init (DwProxyInterface *iface)
{
  iface->check = dw_npm_check;
  iface->move = dw_npm_move;
  iface->remove = dw_npm_remove;
  iface->look = dw_npm_look;
  iface->settle_ms = dw_npm_settle_ms;
}

static void
dw_npm_finalize (GObject *object)
{
  DwNpm *self = DW_NPM (object);

  g_free (self->address);
  g_free (self->user);
  g_free (self->password);
  g_free (self->certificate);
  g_free (self->token);

  G_OBJECT_CLASS (dw_npm_parent_class)->finalize (object);
}

static void
dw_npm_class_init (DwNpmClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dw_npm_finalize;
}

static void
dw_npm_init (DwNpm *self)
{
}

/**
 * dw_npm_new:
 * @address: (nullable): where its pages are, or %NULL for where they usually are
 * @user: (nullable): who signs in, an e-mail address
 * @password: (nullable): with what
 * @certificate: (nullable): the number of a certificate there, “new” for one of Let's Encrypt, or
 *   %NULL for plain HTTP
 *
 * Returns: (transfer full): the Nginx Proxy Manager there. Any thread, one at a time.
 */
DwNpm *
dw_npm_new (const char *address, const char *user, const char *password, const char *certificate)
{
  DwNpm *self = g_object_new (DW_TYPE_NPM, NULL);

  self->address = g_strdup (address != NULL ? address : DW_NPM_DEFAULT_ADDRESS);
  if (g_str_has_suffix (self->address, "/"))
    self->address[strlen (self->address) - 1] = '\0';
  self->user = g_strdup (user);
  self->password = g_strdup (password);
  self->certificate = g_strdup (certificate);

  return self;
}
