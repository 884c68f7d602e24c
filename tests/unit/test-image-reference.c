/* test-image-reference.c: the grammar of image names, with Docker's defaults
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "model/dw-image-reference.h"
#include "model/dw-model-error.h"

#define SHA256 "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void
test_parts (void)
{
  static const struct
  {
    const char *text;
    const char *domain;
    const char *path;
    const char *tag;
    const char *digest;
  } cases[] = {
    { "shop", "docker.io", "library/shop" },
    { "shop:v1", "docker.io", "library/shop", "v1" },
    { "acme/shop", "docker.io", "acme/shop" },
    { "docker.io/shop", "docker.io", "library/shop" },
    { "index.docker.io/shop", "docker.io", "library/shop" },
    { "docker.io/library/shop", "docker.io", "library/shop" },
    { "ghcr.io/acme/shop:1.2", "ghcr.io", "acme/shop", "1.2" },
    { "localhost/shop", "localhost", "shop" },
    { "localhost:5000/shop", "localhost:5000", "shop" },
    { "localhost:5000/shop:v1", "localhost:5000", "shop", "v1" },
    { "127.0.0.1:5000/a/b/c", "127.0.0.1:5000", "a/b/c" },
    { "[::1]:5000/shop:v1", "[::1]:5000", "shop", "v1" },
    { "[::1]/shop", "[::1]", "shop" },
    { "Registry/shop", "Registry", "shop" },
    { "registry/shop", "docker.io", "registry/shop" },
    { "a.b/c", "a.b", "c" },
    { "a_b/c__d-e---f.g", "docker.io", "a_b/c__d-e---f.g" },
    { "shop@" SHA256, "docker.io", "library/shop", NULL, SHA256 },
    { "a.b/shop:v1@" SHA256, "a.b", "shop", "v1", SHA256 },
    { "shop:5000", "docker.io", "library/shop", "5000" },
    { "shop:_.-", "docker.io", "library/shop", "_.-" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (DwImageReference) reference = dw_image_reference_parse (cases[i].text, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (dw_image_reference_get_domain (reference), ==, cases[i].domain);
      g_assert_cmpstr (dw_image_reference_get_path (reference), ==, cases[i].path);
      g_assert_cmpstr (dw_image_reference_get_tag (reference), ==, cases[i].tag);
      g_assert_cmpstr (dw_image_reference_get_digest (reference), ==, cases[i].digest);
    }
}

static void
test_there_and_back (void)
{
  static const char *const texts[] = {
    "docker.io/library/shop",
    "ghcr.io/acme/shop:v1",
    "localhost:5000/shop@" SHA256,
    "[::1]:5000/shop:v1@" SHA256,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (DwImageReference) reference = dw_image_reference_parse (texts[i], NULL);
      g_autofree char *written = dw_image_reference_to_string (reference);

      g_assert_cmpstr (written, ==, texts[i]);
    }
}

static void
check_refused (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwImageReference) reference = dw_image_reference_parse (text, &error);

  if (reference != NULL)
    {
      g_test_fail_printf ("%s is taken", text);
      return;
    }
  g_assert_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_cmpuint (strlen (error->message), <, 1024);
  for (const char *c = error->message; *c != '\0'; c++)
    g_assert_false (g_ascii_iscntrl (*c));
}

static void
test_refused (void)
{
  static const char *const texts[] = {
    "",
    " ",
    ":v1",
    "@" SHA256,
    "/shop",
    "shop/",
    "a//b",
    "Shop",
    "acme/Shop",
    "shop:",
    "shop@",
    "shop:v 1",
    "shop:-v1",
    "shop:.v1",
    "shop:v1:v2",
    "shop:v1\n",
    "shop\n",
    "sh\xff",
    "schöp",
    "https://ghcr.io/shop",
    "-shop",
    "shop-",
    "a..b/c",
    "a._b",
    "a___b",
    ".a/b",
    "a./b",
    "-a.b/c",
    "a.b:port/c",
    "a.b:/c",
    "a.b:123456/c",
    "[::1/shop",
    "[::g]/shop",
    "shop@sha256:0123",
    "shop@sha256",
    "shop@" SHA256 "0",
    "shop@" SHA256 "@" SHA256,
    "shop@SHA:x",
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "shop@sha256:0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
  };
  g_autofree char *tag = g_strnfill (129, 'a');
  g_autofree char *long_tag = g_strconcat ("shop:", tag, NULL);
  g_autofree char *long_name = g_strnfill (256, 'a');
  g_autofree char *huge = g_strnfill (1024 * 1024, 'a');
  g_autoptr (GString) slashes = g_string_new ("a");

  for (guint i = 0; i < 600; i++)
    g_string_append (slashes, "/a");

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    check_refused (texts[i]);
  check_refused (NULL);
  check_refused (long_tag);
  check_refused (long_name);
  check_refused (huge);
  check_refused (slashes->str);
}

static void
test_limits (void)
{
  g_autofree char *tag = g_strnfill (128, 'a');
  g_autofree char *path = g_strnfill (255 - strlen ("docker.io/library/"), 'a');
  g_autofree char *whole = g_strconcat (path, ":", tag, "@", SHA256, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (DwImageReference) reference = dw_image_reference_parse (whole, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (dw_image_reference_get_tag (reference), ==, tag);
}

static void
test_with (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwImageReference) reference = dw_image_reference_parse ("shop:v1@" SHA256, &error);
  g_autoptr (DwImageReference) tagged = dw_image_reference_with_tag (reference, "v2", &error);
  g_autoptr (DwImageReference) pinned = dw_image_reference_with_digest (tagged, SHA256, &error);
  g_autofree char *repository = dw_image_reference_get_repository (pinned);
  g_autofree char *tagged_text = dw_image_reference_to_string (tagged);
  g_autofree char *pinned_text = dw_image_reference_to_string (pinned);

  g_assert_no_error (error);
  g_assert_cmpstr (repository, ==, "docker.io/library/shop");
  g_assert_cmpstr (tagged_text, ==, "docker.io/library/shop:v2");
  g_assert_cmpstr (pinned_text, ==, "docker.io/library/shop@" SHA256);

  g_assert_null (dw_image_reference_with_tag (reference, "v 2", &error));
  g_assert_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (dw_image_reference_with_digest (reference, "sha256:0123", &error));
  g_assert_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID);
}

static void
test_loopback (void)
{
  static const struct
  {
    const char *text;
    gboolean is_loopback;
  } cases[] = {
    { "localhost/a", TRUE },
    { "localhost:5000/a", TRUE },
    { "registry.localhost/a", TRUE },
    { "127.0.0.1:5000/a", TRUE },
    { "127.9.9.9/a", TRUE },
    { "[::1]:5000/a", TRUE },
    { "[::1]/a", TRUE },
    { "a", FALSE },
    { "ghcr.io/a", FALSE },
    { "10.0.0.1:5000/a", FALSE },
    { "localhost.example.com/a", FALSE },
    { "127.0.0.1.example.com/a", FALSE },
    { "notlocalhost:5000/a", FALSE },
    { "LOCALHOST/a", TRUE },
    { "[fe80::1]/a", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (DwImageReference) reference = dw_image_reference_parse (cases[i].text, NULL);

      if (dw_image_reference_is_loopback (reference) != cases[i].is_loopback)
        g_test_fail_printf ("%s", cases[i].text);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/model/image-reference/what-is-left-out-is-filled-in", test_parts);
  g_test_add_func ("/model/image-reference/is-written-as-it-was-read", test_there_and_back);
  g_test_add_func ("/model/image-reference/what-is-no-image-is-refused", test_refused);
  g_test_add_func ("/model/image-reference/the-longest-is-taken", test_limits);
  g_test_add_func ("/model/image-reference/gets-another-tag-or-digest", test_with);
  g_test_add_func ("/model/image-reference/knows-this-machine", test_loopback);

  return g_test_run ();
}
