/* dw-webhook-secret.c: what those must know who may speak to the webhook listener
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It is kept in the keyring and nowhere else. Comparisons take the same time wherever the first
 * difference is: what is compared are digests, and all of them to the end.
 */

#include "config.h"

#include "watch/dw-webhook-secret.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/random.h>

#include "secrets/dw-secrets.h"

/* The settings' row has another secret, that of the proxy. */
#define OWNER "1/webhook"
#define RANDOM_BYTES 32
#define DIGEST_BYTES 32

/**
 * dw_webhook_secret_lookup:
 * @cancellable: (nullable): ends it at once
 * @error: a DW_SECRETS_ERROR, DW_SECRETS_ERROR_FAILED when there is none
 *
 * Blocks, as long as the keyring asks its user; not on the main thread.
 *
 * Returns: (transfer full) (nullable): the secret, for dw_webhook_secret_free()
 */
char *
dw_webhook_secret_lookup (GCancellable *cancellable, GError **error)
{
  char *secret = NULL;

  if (dw_secrets_lookup (OWNER, &secret, cancellable, error) && secret == NULL)
    g_set_error_literal (error, DW_SECRETS_ERROR, DW_SECRETS_ERROR_FAILED,
                         _ ("the webhook has no secret yet; make one with: docker-watcher webhook "
                            "secret --new"));

  return secret;
}

/**
 * dw_webhook_secret_is_there:
 * @is_there: (out): whether the webhook has a secret
 * @cancellable: (nullable): ends it at once
 * @error: a DW_SECRETS_ERROR
 *
 * Blocks, as long as the keyring asks its user; not on the main thread.
 *
 * Returns: whether that is known
 */
gboolean
dw_webhook_secret_is_there (gboolean *is_there, GCancellable *cancellable, GError **error)
{
  char *secret = NULL;
  gboolean is_known = dw_secrets_lookup (OWNER, &secret, cancellable, error);

  *is_there = secret != NULL;
  dw_webhook_secret_free (secret);

  return is_known;
}

/**
 * dw_webhook_secret_store:
 * @secret: (nullable): the secret, or %NULL to forget the one there is
 * @cancellable: (nullable): ends it at once
 * @error: a DW_SECRETS_ERROR
 *
 * Blocks; not on the main thread.
 *
 * Returns: whether it is kept
 */
gboolean
dw_webhook_secret_store (const char *secret, GCancellable *cancellable, GError **error)
{
  if (secret == NULL)
    return dw_secrets_clear (OWNER, cancellable, error);

  return dw_secrets_store (OWNER, _ ("Docker Watcher: webhook"), secret, cancellable, error);
}

/* Returns: (transfer full): a secret that nobody can guess */
char *
dw_webhook_secret_generate (void)
{
  guint8 bytes[RANDOM_BYTES];
  GString *text = g_string_new (NULL);

  /* As many as these are never given in parts (getrandom(2)). */
  if (getrandom (bytes, sizeof bytes, 0) != sizeof bytes)
    g_error ("the kernel gives no random bytes");
  for (gsize i = 0; i < sizeof bytes; i++)
    g_string_append_printf (text, "%02x", bytes[i]);

  return g_string_free (text, FALSE);
}

/* Overwrites what it frees. */
void
dw_webhook_secret_free (char *secret)
{
  if (secret == NULL)
    return;

  explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

static gboolean
is_same_digest (const guint8 *a, const guint8 *b)
{
  volatile guint8 difference = 0;

  for (guint i = 0; i < DIGEST_BYTES; i++)
    difference = (guint8) (difference | (a[i] ^ b[i]));

  return difference == 0;
}

static void
hash_text (const char *text, guint8 *digest)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize length = DIGEST_BYTES;

  g_checksum_update (checksum, (const guchar *) text, (gssize) strlen (text));
  g_checksum_get_digest (checksum, digest, &length);
}

/* Returns: whether @text is the secret. Any thread. */
gboolean
dw_webhook_secret_matches (const char *secret, const char *text)
{
  guint8 expected[DIGEST_BYTES];
  guint8 given[DIGEST_BYTES];

  hash_text (secret, expected);
  hash_text (text, given);

  return is_same_digest (expected, given);
}

static gboolean
read_digest (const char *text, guint8 *digest)
{
  if (strlen (text) != 2 * DIGEST_BYTES)
    return FALSE;

  for (guint i = 0; i < DIGEST_BYTES; i++)
    {
      int high = g_ascii_xdigit_value (text[2 * i]);
      int low = g_ascii_xdigit_value (text[2 * i + 1]);

      if (high < 0 || low < 0)
        return FALSE;
      digest[i] = (guint8) (high << 4 | low);
    }

  return TRUE;
}

/**
 * dw_webhook_secret_signs:
 * @secret: the secret
 * @body: what was sent
 * @signature: its HMAC-SHA256 in hexadecimal digits, as its sender says, with or without “sha256=”
 *
 * Returns: whether who sent it knows the secret. Any thread.
 */
gboolean
dw_webhook_secret_signs (const char *secret, GBytes *body, const char *signature)
{
  gsize body_length;
  const guint8 *data = g_bytes_get_data (body, &body_length);
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA256, (const guchar *) secret, strlen (secret));
  guint8 expected[DIGEST_BYTES];
  guint8 given[DIGEST_BYTES];
  gsize length = sizeof expected;

  if (g_str_has_prefix (signature, "sha256="))
    signature += strlen ("sha256=");
  g_hmac_update (hmac, data, (gssize) body_length);
  g_hmac_get_digest (hmac, expected, &length);

  return read_digest (signature, given) && is_same_digest (expected, given);
}
