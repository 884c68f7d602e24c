/* test-json.c: whatever somebody answers, it is read as JSON or refused
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "model/dw-json.h"
#include "model/dw-model-error.h"

static JsonObject *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  JsonObject *object = dw_json_parse_object (bytes, &error);

  g_assert_no_error (error);
  g_assert_nonnull (object);

  return object;
}

static void
check_refused (const char *data, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, length);
  g_autoptr (JsonObject) object = dw_json_parse_object (bytes, &error);

  g_assert_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID);
  g_assert_null (object);
}

static void
test_hidden_depth (void)
{
  static const char *const beginnings[] = { "",      "{'a\"':",   "{\"a\":'\"',\"b\":",    "/*\"*/",
                                            "#\"\n", "{\"a\\\":", "{\"a\":\"\\\"\",\"b\":" };
  g_autofree char *arrays = g_strnfill (1000000, '[');

  for (guint i = 0; i < G_N_ELEMENTS (beginnings); i++)
    {
      g_autofree char *text = g_strconcat (beginnings[i], arrays, NULL);

      check_refused (text, strlen (text));
    }
}

static void
test_words (void)
{
  static const char *const refused[] = {
    "",        "[]",          "null",         "{\"a\":01}", "{\"a\":0x1}",    "{\"a\":+1}",
    "{a:1}",   "{\"a\":nul}", "{\"a\":trUe}", "{\"a\":.5}", "{\"a\":1.}",     "{\"a\":1e}",
    "{\"a\":", "{\"a\":-}",   "{\"a\":NaN}",  "{\"a\":1}}", "{\"a\":truely}", "{\"a\":'b'}",
  };
  g_autoptr (JsonObject) numbers = parse (
      "{\"zero\":0,\"less\":-12,\"more\":1.5e+3,\"large\":99999999999999999999,\"deep\":1E-400}");

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    check_refused (refused[i], strlen (refused[i]));
  check_refused ("{}\0{}", 5);
  check_refused ("{\"a\0\":1}", 8);
  check_refused ("{\"a\":\"\xff\"}", 9);

  g_assert_cmpint (dw_json_get_int (numbers, "zero", 7), ==, 0);
  g_assert_cmpint (dw_json_get_int (numbers, "less", 7), ==, -12);
  g_assert_cmpint (dw_json_get_int (numbers, "more", 7), ==, 7);
}

static void
test_no_text (void)
{
  g_autoptr (JsonObject) object = parse ("{\"Id\":\"sha256:1\","
                                         "\"Labels\":{\"a\":\"b\\u0000c\",\"d\\u0000e\":\"f\","
                                         "\"g\":\"\\ud800\",\"h\":\"\\udc33\\ud83d\\udc33\","
                                         "\"i\":\"\\\\u0000\",\"j\":\"\\ud83d\\u0041\"}}");
  g_autoptr (GHashTable) labels = dw_json_dup_table (object, "Labels");

  g_assert_cmpstr (dw_json_get_string (object, "Id"), ==, "sha256:1");
  g_assert_cmpstr (g_hash_table_lookup (labels, "a"), ==,
                   "b\xef\xbf\xbd"
                   "c");
  g_assert_cmpstr (g_hash_table_lookup (labels, "d\xef\xbf\xbd"
                                                "e"),
                   ==, "f");
  g_assert_cmpstr (g_hash_table_lookup (labels, "g"), ==, "\xef\xbf\xbd");
  g_assert_cmpstr (g_hash_table_lookup (labels, "h"), ==, "\xef\xbf\xbd\xf0\x9f\x90\xb3");
  g_assert_cmpstr (g_hash_table_lookup (labels, "i"), ==, "\\u0000");
  g_assert_cmpstr (g_hash_table_lookup (labels, "j"), ==,
                   "\xef\xbf\xbd"
                   "A");
}

static void
test_getters (void)
{
  g_autoptr (JsonObject) object = parse (
      "{\"object\":{\"a\":\"b\",\"c\":1},\"array\":[\"a\",1,null,{},\"b\"],\"string\":\"s\","
      "\"int\":5,\"boolean\":true,\"null\":null}");
  static const char *const names[] = { "object",  "array", "string", "int",
                                       "boolean", "null",  "missing" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *name = names[i];
      g_auto (GStrv) strings = dw_json_dup_strings (object, name);
      g_autoptr (GHashTable) table = dw_json_dup_table (object, name);

      g_assert_cmpint (dw_json_get_object (object, name) != NULL, ==, i == 0);
      g_assert_cmpint (dw_json_get_array (object, name) != NULL, ==, i == 1);
      g_assert_cmpint (dw_json_get_string (object, name) != NULL, ==, i == 2);
      g_assert_cmpint (dw_json_get_int (object, name, -1) != -1, ==, i == 3);
      g_assert_cmpint (dw_json_get_boolean (object, name), ==, i == 4);
      g_assert_cmpuint (g_strv_length (strings), ==, i == 1 ? 2 : 0);
      g_assert_cmpuint (g_hash_table_size (table), ==, i == 0 ? 1 : 0);
      g_assert_null (dw_json_get_string (NULL, name));
    }
}

static void
test_writing (void)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) root = json_node_init_object (json_node_alloc (), object);
  g_autoptr (GString) controls = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  for (char c = 1; c <= 0x20; c++)
    g_string_append_c (controls, c);
  json_object_set_string_member (object, "controls", controls->str);

  g_autofree char *text = dw_json_to_text (root, FALSE);
  for (const char *c = text; *c != '\0'; c++)
    g_assert_false (g_ascii_iscntrl (*c));
  g_autoptr (JsonNode) back = dw_json_parse_text (text, &error);
  g_assert_no_error (error);
  g_assert_true (json_node_equal (root, back));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/model/json/depth-cannot-hide-behind-what-is-not-json", test_hidden_depth);
  g_test_add_func ("/model/json/words-are-those-of-the-standard", test_words);
  g_test_add_func ("/model/json/an-answer-outlives-a-string-that-is-no-text", test_no_text);
  g_test_add_func ("/model/json/a-member-of-another-type-is-none", test_getters);

  g_test_add_func ("/model/json/what-is-written-can-be-read-again", test_writing);

  return g_test_run ();
}
