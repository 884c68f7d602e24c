/* dw-credentials.c: who signs in at a registry
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "registry/dw-credentials.h"

#include <string.h>

#include "model/dw-json.h"

/* How Docker has called its own registry since before there was a second version of the protocol.
 */
#define DOCKER_HUB_ADDRESS "https://index.docker.io/v1/"

/**
 * dw_credentials_new:
 * @username: a user's name
 * @password: the password, or an access token in its place
 *
 * Returns: (transfer full): the credentials. Any thread.
 */
DwCredentials *
dw_credentials_new (const char *username, const char *password)
{
  g_return_val_if_fail (username != NULL && password != NULL, NULL);

  DwCredentials *self = g_new0 (DwCredentials, 1);

  self->username = g_strdup (username);
  self->password = g_strdup (password);

  return self;
}

/**
 * dw_credentials_new_for_identity_token:
 * @token: an OAuth 2 refresh token, which a registry gave to `docker login`
 *
 * Returns: (transfer full): the credentials. Any thread.
 */
DwCredentials *
dw_credentials_new_for_identity_token (const char *token)
{
  g_return_val_if_fail (token != NULL, NULL);

  DwCredentials *self = g_new0 (DwCredentials, 1);

  self->username = g_strdup ("<token>");
  self->identity_token = g_strdup (token);

  return self;
}

/**
 * dw_credentials_copy:
 * @self: (nullable): credentials
 *
 * Returns: (transfer full) (nullable): the same again. Any thread.
 */
DwCredentials *
dw_credentials_copy (const DwCredentials *self)
{
  if (self == NULL)
    return NULL;

  DwCredentials *copy = g_new0 (DwCredentials, 1);

  copy->username = g_strdup (self->username);
  copy->password = g_strdup (self->password);
  copy->identity_token = g_strdup (self->identity_token);

  return copy;
}

static void
wipe (char *secret)
{
  if (secret != NULL)
    explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

/**
 * dw_credentials_free:
 * @self: (nullable) (transfer full): credentials
 *
 * Overwrites the secrets and frees everything. Any thread.
 */
void
dw_credentials_free (DwCredentials *self)
{
  if (self == NULL)
    return;

  g_free (self->username);
  wipe (self->password);
  wipe (self->identity_token);
  g_free (self);
}

static void
add_member (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

/**
 * dw_credentials_to_engine_auth:
 * @self: credentials
 * @domain: the registry's, as an image reference has it
 *
 * The value of the header X-Registry-Auth of the engine's API: an AuthConfig as JSON, in base64
 * with the alphabet for URLs (Engine API, "Authentication").
 *
 * Returns: (transfer full): the header's value. Any thread.
 */
char *
dw_credentials_to_engine_auth (const DwCredentials *self, const char *domain)
{
  g_return_val_if_fail (self != NULL && domain != NULL, NULL);

  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  if (self->identity_token != NULL)
    add_member (builder, "identitytoken", self->identity_token);
  else
    {
      add_member (builder, "username", self->username);
      add_member (builder, "password", self->password);
    }
  add_member (builder, "serveraddress",
              g_str_equal (domain, "docker.io") ? DOCKER_HUB_ADDRESS : domain);
  json_builder_end_object (builder);

  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  char *json = dw_json_to_text (root, FALSE);
  char *encoded = g_base64_encode ((const guchar *) json, strlen (json));
  wipe (json);

  g_strdelimit (encoded, "+", '-');
  g_strdelimit (encoded, "/", '_');

  return encoded;
}
