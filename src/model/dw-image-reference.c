/* dw-image-reference.c: the name of an image, as the distribution project's grammar has it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The grammar is that of distribution/reference: NAME[:TAG][@DIGEST], where a NAME is
 * [DOMAIN/]PATH, and what people leave out is filled in as Docker does: docker.io for the domain,
 * library/ before a path of one component there.
 */

#include "config.h"

#include "model/dw-image-reference.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "model/dw-model-error.h"

#define NAME_LIMIT 255
/* A name, a tag of 128, a digest; anything longer is not worth the matching. */
#define REFERENCE_LIMIT 1024

#define DOMAIN_COMPONENT "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
#define DOMAIN                                                                                     \
  "(?:" DOMAIN_COMPONENT "(?:\\." DOMAIN_COMPONENT ")*|\\[[a-fA-F0-9:]+\\])(?::[0-9]{1,5})?"
#define PATH_COMPONENT "[a-z0-9]++(?:(?:[._]|__|-+)[a-z0-9]++)*+"
#define TAG "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
#define DIGEST "[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,512}"

struct _DwImageReference
{
  gatomicrefcount ref_count;
  char *domain;
  char *path;
  char *tag;
  char *digest;
};

G_DEFINE_BOXED_TYPE (DwImageReference,
                     dw_image_reference,
                     dw_image_reference_ref,
                     dw_image_reference_unref)

static gboolean
matches (const char *pattern, const char *text)
{
  g_autofree char *anchored = g_strconcat ("\\A(?:", pattern, ")\\z", NULL);

  return g_regex_match_simple (anchored, text, G_REGEX_RAW, 0);
}

static DwImageReference *
image_reference_new (const char *domain, const char *path, const char *tag, const char *digest)
{
  DwImageReference *self = g_new0 (DwImageReference, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->domain = g_strdup (domain);
  self->path = g_strdup (path);
  self->tag = g_strdup (tag);
  self->digest = g_strdup (digest);

  return self;
}

static gpointer
invalid (GError **error, const char *text, const char *problem)
{
  g_autofree char *shown = dw_model_quote (text);

  g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID, _ ("%s is not an image: %s"), shown,
               problem);
  return NULL;
}

/**
 * dw_image_reference_parse:
 * @text: (nullable): for example "shop", "ghcr.io/acme/shop:v1" or "localhost:5000/shop@sha256:…"
 * @error: DW_MODEL_ERROR_INVALID
 *
 * Reads an image reference by the grammar of distribution/reference, with Docker's defaults.
 *
 * Returns: (transfer full) (nullable): the reference. Any thread.
 */
DwImageReference *
dw_image_reference_parse (const char *text, GError **error)
{
  if (text == NULL || *text == '\0')
    /* Translators: after “%s is not an image: ” */
    return invalid (error, text, _ ("it is empty"));
  if (strnlen (text, REFERENCE_LIMIT + 1) > REFERENCE_LIMIT)
    return invalid (error, text, _ ("it is too long"));

  g_autofree char *name = g_strdup (text);
  const char *digest = NULL;
  const char *tag = NULL;

  char *at = strchr (name, '@');
  if (at != NULL)
    {
      *at = '\0';
      digest = at + 1;
      if (!matches (DIGEST, digest) ||
          (g_str_has_prefix (digest, "sha256:") && !matches ("sha256:[0-9a-f]{64}", digest)))
        return invalid (error, text, _ ("after “@” there must be a digest like sha256:…"));
    }

  char *colon = strrchr (name, ':');
  if (colon != NULL && strchr (colon, '/') == NULL)
    {
      *colon = '\0';
      tag = colon + 1;
      if (!matches (TAG, tag))
        return invalid (error, text,
                        _ ("a tag has up to 128 letters, digits, “_”, “.” and “-”, and begins with "
                           "none of the last two"));
    }

  const char *domain = "docker.io";
  const char *path = name;
  char *slash = strchr (name, '/');
  g_autofree char *first = slash != NULL ? g_strndup (name, (gsize) (slash - name)) : NULL;
  g_autofree char *lower = first != NULL ? g_ascii_strdown (first, -1) : NULL;

  if (first != NULL && (strpbrk (first, ".:") != NULL || g_str_equal (first, "localhost") ||
                        !g_str_equal (first, lower)))
    {
      domain = g_str_equal (first, "index.docker.io") ? "docker.io" : first;
      path = slash + 1;
    }

  if (!matches (DOMAIN, domain))
    return invalid (error, text, _ ("the registry before the first slash is not a host name"));
  if (!matches (PATH_COMPONENT "(?:/" PATH_COMPONENT ")*", path))
    return invalid (error, text,
                    _ ("a repository has lower-case letters and digits, with “.”, “_”, “-” or “/” "
                       "between them"));
  if (slash == NULL && matches ("[0-9a-f]{64}", path))
    return invalid (error, text, _ ("64 hexadecimal digits are an image's id, not its name"));

  gboolean is_official = g_str_equal (domain, "docker.io") && strchr (path, '/') == NULL;
  g_autofree char *whole_path = g_strconcat (is_official ? "library/" : "", path, NULL);
  if (strlen (domain) + 1 + strlen (whole_path) > NAME_LIMIT)
    return invalid (error, text, _ ("a repository's name has at most 255 characters"));

  return image_reference_new (domain, whole_path, tag, digest);
}

/* Any thread. Returns: (transfer full) */
DwImageReference *
dw_image_reference_ref (DwImageReference *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/* Any thread. */
void
dw_image_reference_unref (DwImageReference *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->domain);
  g_free (self->path);
  g_free (self->tag);
  g_free (self->digest);
  g_free (self);
}

/**
 * dw_image_reference_with_tag:
 * @self: a reference
 * @tag: a tag
 * @error: DW_MODEL_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): the repository of @self with @tag, and no digest
 */
DwImageReference *
dw_image_reference_with_tag (DwImageReference *self, const char *tag, GError **error)
{
  g_return_val_if_fail (self != NULL && tag != NULL, NULL);

  if (!matches (TAG, tag))
    {
      g_autofree char *shown = dw_model_quote (tag);

      g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                   _ ("%s is not a tag; one has up to 128 letters, digits, “_”, “.” and “-”"),
                   shown);
      return NULL;
    }

  return image_reference_new (self->domain, self->path, tag, NULL);
}

/**
 * dw_image_reference_with_digest:
 * @self: a reference
 * @digest: a digest like sha256:…
 * @error: DW_MODEL_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): the repository of @self with @digest, and no tag
 */
DwImageReference *
dw_image_reference_with_digest (DwImageReference *self, const char *digest, GError **error)
{
  g_return_val_if_fail (self != NULL && digest != NULL, NULL);

  if (!matches ("sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}", digest))
    {
      g_autofree char *shown = dw_model_quote (digest);

      g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                   _ ("%s is not a digest; one looks like sha256: and 64 hexadecimal digits"),
                   shown);
      return NULL;
    }

  return image_reference_new (self->domain, self->path, NULL, digest);
}

/* Returns: (transfer none): the registry's host and port, such as docker.io or localhost:5000 */
const char *
dw_image_reference_get_domain (DwImageReference *self)
{
  return self->domain;
}

/* Returns: (transfer none): the repository in its registry, such as library/debian */
const char *
dw_image_reference_get_path (DwImageReference *self)
{
  return self->path;
}

/* Returns: (nullable) (transfer none): the tag that was given */
const char *
dw_image_reference_get_tag (DwImageReference *self)
{
  return self->tag;
}

/* Returns: (nullable) (transfer none): the digest that was given */
const char *
dw_image_reference_get_digest (DwImageReference *self)
{
  return self->digest;
}

/* Returns: (transfer full): registry and repository, without tag and digest */
char *
dw_image_reference_get_repository (DwImageReference *self)
{
  return g_strconcat (self->domain, "/", self->path, NULL);
}

/* Returns: (transfer full): the whole reference, which dw_image_reference_parse() reads again */
char *
dw_image_reference_to_string (DwImageReference *self)
{
  return g_strconcat (self->domain, "/", self->path, self->tag != NULL ? ":" : "",
                      self->tag != NULL ? self->tag : "", self->digest != NULL ? "@" : "",
                      self->digest != NULL ? self->digest : "", NULL);
}

/**
 * dw_image_reference_is_loopback:
 * @self: a reference
 *
 * Returns: whether its registry is on this machine, where plain HTTP is safe
 */
gboolean
dw_image_reference_is_loopback (DwImageReference *self)
{
  g_autoptr (GSocketConnectable) host = g_network_address_parse (self->domain, 443, NULL);

  if (host == NULL)
    return FALSE;

  g_autofree char *name = g_ascii_strdown (
      g_network_address_get_hostname (G_NETWORK_ADDRESS (host)), -1);
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (name);

  return address != NULL ? g_inet_address_get_is_loopback (address)
                         : g_str_equal (name, "localhost") || g_str_has_suffix (name, ".localhost");
}
