/* dw-credentials.h: who signs in at a registry
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* An immutable value. Either a user name with a password, or an identity token (OAuth 2). */
typedef struct
{
  char *username;
  char *password;       /* nullable */
  char *identity_token; /* nullable */
} DwCredentials;

DwCredentials *dw_credentials_new (const char *username, const char *password);
DwCredentials *dw_credentials_new_for_identity_token (const char *token);
DwCredentials *dw_credentials_copy (const DwCredentials *self);
void dw_credentials_free (DwCredentials *self);
char *dw_credentials_to_engine_auth (const DwCredentials *self, const char *domain);

/* The user's Docker configuration file: auths, credsStore, credHelpers. Blocks, any thread but the
 * main one. */
gboolean dw_docker_config_lookup (const char *domain,
                                  DwCredentials **credentials,
                                  GCancellable *cancellable,
                                  GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwCredentials, dw_credentials_free)

G_END_DECLS
