/* test-model-json.c: the environment and the volumes, which are kept as JSON text
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "model/dw-environment.h"
#include "model/dw-json.h"
#include "model/dw-model-error.h"
#include "model/dw-volumes.h"

typedef gboolean (*Validate) (const char *json, GError **error);

static void
check_taken (Validate validate, const char *json)
{
  g_autoptr (GError) error = NULL;

  if (!validate (json, &error))
    g_test_fail_printf ("%s: %s", json, error->message);
}

static void
check_refused (Validate validate, const char *json)
{
  g_autoptr (GError) error = NULL;
  const char *field = validate == dw_environment_validate ? "env: " : "volumes: ";

  if (validate (json, &error))
    {
      g_autofree char *shown = dw_model_quote (json);

      g_test_fail_printf ("%s%s is taken", field, shown);
      return;
    }

  g_assert_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID);
  g_assert_true (g_str_has_prefix (error->message, field));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_cmpuint (strlen (error->message), <, 1024);
  for (const char *c = error->message; *c != '\0'; c++)
    g_assert_false (g_ascii_iscntrl (*c));
}

static void
check_list (GStrv list, const char *const *expected)
{
  g_assert_nonnull (list);
  g_assert_cmpstrv (list, expected);
}

#define LIST(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* Neither an environment nor volumes, and much of it not JSON, though json-glib takes it. */
static void
test_not_json (void)
{
  static const char *const texts[] = {
    "",
    " ",
    "A=b",
    "null",
    "true",
    "4",
    "\"text\"",
    "{",
    "[",
    "}",
    "]",
    "{]",
    "[}",
    "{}{}",
    "[][]",
    "{} x",
    "[] x",
    "{}]",
    "{'A':'b'}",
    "['a:/b']",
    "/* c */ {}",
    "{} // c",
    "{/**/}",
    "[/**/]",
    "var a = {};",
    "a = []",
    "{A:\"b\"}",
    "{\"A\" \"b\"}",
    "{\"A\":}",
    "{\"A\":\"b\",}",
    "[\"a:/b\",]",
    "[,]",
    "{,}",
    "{\"A\":\"b\"",
    "[\"a:/b\"",
    "{\"A\":\"\\q\"}",
    "[\"\\q:/b\"]",
    "{\"A\":\"\\u0000\"}",
    "[\"aa:/b\\u0000c\"]",
    "{\"A\":\"\\ud800\"}",
    "{\"A\":\"\\udc33\"}",
    "{\"A\":\"\\ud83d\\u0041\"}",
    "{\"A\":\"b\"\n\"\n\"}",
    "{\"A\":\"\\u12\"}",
    "{\"A\":\"b\nc\"}",
    "{\"A\":\"b\xff\"}",
    "[\"aa:/b\xff\"]",
    "\xef\xbb\xbf{}",
    "{\"A\":\"b",
    "{\"A\\",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      check_refused (dw_environment_validate, texts[i]);
      check_refused (dw_volumes_validate, texts[i]);
    }
  check_refused (dw_environment_validate, NULL);

  g_autoptr (GError) error = NULL;
  g_assert_false (dw_environment_validate ("{\"PASSWORD\":\"secret\"", &error));
  g_assert_null (strstr (error->message, "secret"));
  check_refused (dw_volumes_validate, NULL);
}

static void
test_deep (void)
{
  g_autofree char *arrays = g_strnfill (1000000, '[');
  g_autoptr (GString) objects = g_string_new (NULL);
  g_autofree char *closed = NULL;
  g_autofree char *closing = g_strnfill (60, ']');
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 200000; i++)
    g_string_append (objects, "{\"\":");
  closed = g_strdup_printf ("%.60s%s", arrays, closing);

  check_refused (dw_environment_validate, arrays);
  check_refused (dw_volumes_validate, arrays);
  check_refused (dw_environment_validate, objects->str);
  check_refused (dw_volumes_validate, closed);

  g_autoptr (JsonNode) node = dw_json_parse_text (closed, &error);
  g_assert_no_error (error);
  g_assert_nonnull (node);
}

static void
test_environment (void)
{
  static const char *const taken[] = {
    "{}",
    " { } \n",
    "{\"A\":\"b\"}",
    "{\"A\":\"\"}",
    "{\"a.b-c/d\":\"any = text: \\u00fc\\ud83d\\udc33\\n\\t\\\"\"}",
    "{\"GRÖSSE\":\"groß\"}",
  };
  static const char *const refused[] = {
    "[]",
    "[\"A=b\"]",
    "{\"A\":1}",
    "{\"A\":null}",
    "{\"A\":true}",
    "{\"A\":[\"b\"]}",
    "{\"A\":{\"B\":\"c\"}}",
    "{\"\":\"b\"}",
    "{\"A=B\":\"c\"}",
    "{\"A B\":\"c\"}",
    "{\"A\\n\":\"c\"}",
    "{\"\\u001b\":\"c\"}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (taken); i++)
    check_taken (dw_environment_validate, taken[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    check_refused (dw_environment_validate, refused[i]);
}

static void
test_environment_limits (void)
{
  g_autofree char *fits = g_strnfill (128 * 1024 - 3, 'a');
  g_autofree char *too_long = g_strnfill (128 * 1024 - 2, 'a');
  g_autofree char *huge = g_strnfill (1024 * 1024, ' ');
  g_autofree char *with_fits = g_strdup_printf ("{\"A\":\"%s\"}", fits);
  g_autofree char *with_too_long = g_strdup_printf ("{\"A\":\"%s\"}", too_long);
  g_autofree char *with_huge = g_strconcat ("{}", huge, NULL);

  check_taken (dw_environment_validate, with_fits);
  check_refused (dw_environment_validate, with_too_long);
  check_refused (dw_environment_validate, with_huge);
}

static void
test_environment_from_list (void)
{
  static const char *const refused[] = { "A", "", "=b", "A B=c", "A\n=c", "A=\xff", "\xff=a" };
  g_autoptr (GError) error = NULL;
  g_autofree char *json = dw_environment_from_list (
      LIST ("B=2", "A=x=y", "B=3 \"quoted\"\n", "EMPTY="), &error);
  g_autofree char *empty = dw_environment_from_list (LIST (NULL), &error);

  g_assert_no_error (error);
  g_assert_cmpstr (json, ==, "{\"A\":\"x=y\",\"B\":\"3 \\\"quoted\\\"\\n\",\"EMPTY\":\"\"}");
  g_assert_cmpstr (empty, ==, "{}");

  g_autoptr (GString) controls = g_string_new ("A=");
  for (char c = 1; c <= 0x20; c++)
    g_string_append_c (controls, c);
  g_autofree char *escaped = dw_environment_from_list (LIST (controls->str), &error);
  g_auto (GStrv) back = dw_environment_merge (escaped, "{}", &error);
  g_assert_no_error (error);
  check_list (back, LIST (controls->str));
  check_taken (dw_environment_validate, json);

  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_assert_null (dw_environment_from_list (LIST ("A=b", refused[i]), &error));
      g_assert_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID);
      g_clear_error (&error);
    }
}

static void
test_environment_merge (void)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) merged = dw_environment_merge ("{\"C\":\"3\",\"A\":\"1\",\"B\":\"2\"}",
                                                "{\"B\":\"two\",\"D\":\"\"}", &error);
  g_auto (GStrv) nothing = dw_environment_merge ("{}", "{}", &error);
  g_auto (GStrv) repeated = dw_environment_merge ("{\"A\":\"1\",\"\\u0041\":\"2\"}", "{}", &error);

  g_assert_no_error (error);
  check_list (merged, LIST ("A=1", "B=two", "C=3", "D="));
  check_list (nothing, LIST (NULL));
  check_list (repeated, LIST ("A=2"));

  g_assert_null (dw_environment_merge ("{}", "[]", &error));
  g_assert_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (dw_environment_merge ("[]", "{}", &error));
  g_assert_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID);
}

static void
test_volumes (void)
{
  static const char *const taken[] = {
    "[]",
    " [ ] ",
    "[\"data:/var/lib/app\"]",
    "[\"/srv/data:/data:ro\",\"cache:/cache:rw\"]",
    "[\"/srv/with space/ü:/data\"]",
    "[\"my_vol.1-a:/a\"]",
    "[\"data:/a\",\"data:/b\"]",
  };
  static const char *const refused[] = {
    "{}",
    "{\"data\":\"/var\"}",
    "[1]",
    "[null]",
    "[[\"data:/a\"]]",
    "[\"\"]",
    "[\"data\"]",
    "[\"/data\"]",
    "[\"data:data\"]",
    "[\"./data:/data\"]",
    "[\"../data:/data\"]",
    "[\"~/data:/data\"]",
    "[\"data:/\"]",
    "[\"data://\"]",
    "[\"data:/./\"]",
    "[\"data:/a/..\"]",
    "[\"data:/a:rx\"]",
    "[\"data:/a:ro:rw\"]",
    "[\"data:/a:\"]",
    "[\":/a\"]",
    "[\"d:/a\"]",
    "[\"-data:/a\"]",
    "[\"da ta:/a\"]",
    "[\"data:/a\\nb\"]",
    "[\"data:/a\\u001b\"]",
    "[\"data:/a\",\"cache:/a\"]",
    "[\"data:/a\",\"cache:/a/\"]",
    "[\"data:/a/b\",\"cache:/a//./b:ro\"]",
  };
  g_autofree char *filler = g_strnfill (10000, 'a');
  g_autofree char *long_volume = g_strdup_printf ("[\"/%s:/a\"]", filler);
  g_autofree char *spaces = g_strnfill (1024 * 1024, ' ');
  g_autofree char *huge = g_strconcat ("[]", spaces, NULL);
  g_autoptr (GString) many = g_string_new ("[\"data:/0\"");

  for (guint i = 1; i <= 1000; i++)
    g_string_append_printf (many, ",\"data:/%u\"", i);
  g_string_append_c (many, ']');

  for (gsize i = 0; i < G_N_ELEMENTS (taken); i++)
    check_taken (dw_volumes_validate, taken[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    check_refused (dw_volumes_validate, refused[i]);
  check_refused (dw_volumes_validate, long_volume);
  check_refused (dw_volumes_validate, huge);
  check_refused (dw_volumes_validate, many->str);
}

static void
test_volumes_from_list (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *json = dw_volumes_from_list (LIST ("data:/a", "/b \"c\":/b:ro"), &error);
  g_autofree char *empty = dw_volumes_from_list (LIST (NULL), &error);

  g_assert_no_error (error);
  g_assert_cmpstr (json, ==, "[\"data:/a\",\"/b \\\"c\\\":/b:ro\"]");
  g_assert_cmpstr (empty, ==, "[]");
  check_taken (dw_volumes_validate, json);

  g_assert_null (dw_volumes_from_list (LIST ("data:/a", "data"), &error));
  g_assert_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (dw_volumes_from_list (LIST ("data:/a", "cache:/a"), &error));
  g_assert_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID);
}

static void
test_volumes_merge (void)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) merged = dw_volumes_merge ("[\"data:/a\",\"logs:/b/\",\"/etc/x:/c:ro\"]",
                                            "[\"other:/b:ro\",\"new:/d\"]", &error);
  g_auto (GStrv) nothing = dw_volumes_merge ("[]", "[]", &error);

  g_assert_no_error (error);
  check_list (merged, LIST ("data:/a", "/etc/x:/c:ro", "other:/b:ro", "new:/d"));
  check_list (nothing, LIST (NULL));

  g_assert_null (dw_volumes_merge ("[]", "{}", &error));
  g_assert_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (dw_volumes_merge ("[\"data\"]", "[]", &error));
  g_assert_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/model/json/what-is-not-json-is-refused", test_not_json);
  g_test_add_func ("/model/json/a-deep-text-is-refused-without-a-crash", test_deep);
  g_test_add_func ("/model/environment/is-an-object-of-strings", test_environment);
  g_test_add_func ("/model/environment/is-no-longer-than-a-process-takes", test_environment_limits);
  g_test_add_func ("/model/environment/is-made-of-assignments", test_environment_from_list);
  g_test_add_func ("/model/environment/the-stage's-variables-win", test_environment_merge);
  g_test_add_func ("/model/volumes/is-an-array-of-binds", test_volumes);
  g_test_add_func ("/model/volumes/is-made-of-binds", test_volumes_from_list);
  g_test_add_func ("/model/volumes/the-stage's-volume-wins-where-the-target-is-one",
                   test_volumes_merge);

  return g_test_run ();
}
