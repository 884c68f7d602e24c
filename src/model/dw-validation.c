/* dw-validation.c: the checks that several entities share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "model/dw-validation.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "model/dw-image-reference.h"
#include "model/dw-model-error.h"

/* RFC 1035, section 2.3.4 */
#define LABEL_LIMIT 63
#define DOMAIN_LIMIT 253

#define LINE_SEPARATOR 0x2028
#define PARAGRAPH_SEPARATOR 0x2029

static gboolean
invalid (GError **error, const char *field, const char *problem)
{
  g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID, "%s: %s", field, problem);
  return FALSE;
}

gboolean
dw_validate_required (const char *field, const char *value, GError **error)
{
  if (value == NULL || *value == '\0')
    return invalid (
        error, field,
        /* Translators: the name of a field and a colon stand before it */ _ ("must not be empty"));
  if (!g_utf8_validate (value, -1, NULL))
    /* Translators: the name of a field and a colon stand before it */
    return invalid (error, field, _ ("is not valid UTF-8"));

  return TRUE;
}

gboolean
dw_validate_line (const char *field, const char *value, gsize limit, GError **error)
{
  if (!dw_validate_required (field, value, error))
    return FALSE;

  gsize length = strlen (value);
  if (length > limit)
    {
      g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                   /* Translators: a field, how long its text is, and how long it may be */
                   ngettext ("%s: is %lu bytes long; it may have %lu byte",
                             "%s: is %lu bytes long; it may have %lu bytes", (gulong) limit),
                   field, (gulong) length, (gulong) limit);
      return FALSE;
    }

  for (const char *c = value; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar character = g_utf8_get_char (c);

      if (g_unichar_iscntrl (character) || character == LINE_SEPARATOR ||
          character == PARAGRAPH_SEPARATOR)
        return invalid (error, field,
                        /* Translators: the name of a field and a colon stand before it */
                        _ ("must be one line without control characters"));
    }

  return TRUE;
}

gboolean
dw_validate_optional_line (const char *field, const char *value, gsize limit, GError **error)
{
  return value == NULL || dw_validate_line (field, value, limit, error);
}

static gboolean
is_label (const char *text, gsize length)
{
  if (length == 0 || length > LABEL_LIMIT || text[0] == '-' || text[length - 1] == '-')
    return FALSE;

  for (gsize i = 0; i < length; i++)
    if (!g_ascii_islower (text[i]) && !g_ascii_isdigit (text[i]) && text[i] != '-')
      return FALSE;

  return TRUE;
}

/* A name becomes part of host names and of container names, so it is a DNS label. */
gboolean
dw_validate_name (const char *field, const char *value, GError **error)
{
  if (!dw_validate_required (field, value, error))
    return FALSE;

  if (!is_label (value, strlen (value)))
    {
      g_autofree char *shown = dw_model_quote (value);

      g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                   _ ("%s: %s is not a name; use 1 to 63 lower-case letters, digits and hyphens, "
                      "and no hyphen at either end"),
                   field, shown);
      return FALSE;
    }

  return TRUE;
}

gboolean
dw_validate_optional_domain (const char *field, const char *value, GError **error)
{
  if (value == NULL)
    return TRUE;

  g_auto (GStrv) labels = g_strsplit (value, ".", -1);
  gboolean is_valid = *value != '\0' && strlen (value) <= DOMAIN_LIMIT;

  for (guint i = 0; is_valid && labels[i] != NULL; i++)
    is_valid = is_label (labels[i], strlen (labels[i]));

  if (!is_valid)
    {
      g_autofree char *shown = dw_model_quote (value);

      g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                   _ ("%s: %s is not a host name; write it like app.example.com"), field, shown);
    }

  return is_valid;
}

gboolean
dw_validate_image (const char *field, const char *value, GError **error)
{
  g_autoptr (DwImageReference) reference = NULL;

  if (!dw_validate_required (field, value, error))
    return FALSE;

  reference = dw_image_reference_parse (value, error);
  if (reference == NULL)
    {
      g_prefix_error (error, "%s: ", field);
      return FALSE;
    }

  if (dw_image_reference_get_tag (reference) != NULL ||
      dw_image_reference_get_digest (reference) != NULL)
    return invalid (error, field,
                    /* Translators: the name of a field and a colon stand before it */
                    _ ("must be a repository without a tag or digest; the stage says which tag"));

  return TRUE;
}

gboolean
dw_validate_http_path (const char *field, const char *value, GError **error)
{
  if (!dw_validate_line (field, value, 2048, error))
    return FALSE;
  if (value[0] != '/' || strpbrk (value, " #") != NULL)
    /* Translators: the name of a field and a colon stand before it */
    return invalid (error, field, _ ("must be a path that begins with a slash, like /health"));

  return TRUE;
}

gboolean
dw_validate_http_url (const char *field, const char *value, GError **error)
{
  if (!dw_validate_line (field, value, 2048, error))
    return FALSE;

  g_autoptr (GUri) uri = g_uri_parse (value, G_URI_FLAGS_HAS_PASSWORD, NULL);
  if (uri == NULL || strchr (value, ' ') != NULL || g_uri_get_host (uri) == NULL ||
      *g_uri_get_host (uri) == '\0' ||
      (!g_str_equal (g_uri_get_scheme (uri), "https") &&
       !g_str_equal (g_uri_get_scheme (uri), "http")))
    /* Translators: the name of a field and a colon stand before it */
    return invalid (error, field, _ ("must be an address like https://registry.example.com"));

  /* It would stand in the database and in every export. */
  if (g_uri_get_userinfo (uri) != NULL)
    /* Translators: the name of a field and a colon stand before it */
    return invalid (error, field, _ ("must not hold a user name or password"));

  return TRUE;
}
