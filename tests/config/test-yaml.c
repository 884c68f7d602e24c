/* test-yaml.c: a YAML text is read whole, or refused with its place
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "config/dw-config-error.h"
#include "config/dw-yaml-writer.h"
#include "config/dw-yaml.h"

static DwYamlNode *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  DwYamlNode *root = dw_yaml_parse (text, strlen (text), "test.yaml", &error);

  g_assert_no_error (error);
  g_assert_nonnull (root);

  return root;
}

static void
assert_refused (const char *text, int code, const char *message)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (dw_yaml_parse (text, strlen (text), "test.yaml", &error));
  g_assert_error (error, DW_CONFIG_ERROR, code);
  if (strstr (error->message, message) == NULL)
    g_error ("“%s” is not in “%s”", message, error->message);
}

static const char *
get_text (DwYamlNode *root, const char *key)
{
  DwYamlNode *node = dw_yaml_node_find (root, key);

  return node != NULL ? dw_yaml_node_get_text (node) : NULL;
}

static void
test_scalars_stay_what_was_written (void)
{
  g_autoptr (DwYamlNode) root = parse ("a: 1.10\nb: no\nc: '~'\nd: ~\ne:\nf: 08080\ng: !!str 1\n");

  g_assert_cmpstr (get_text (root, "a"), ==, "1.10");
  g_assert_cmpstr (get_text (root, "b"), ==, "no");
  g_assert_cmpstr (get_text (root, "f"), ==, "08080");
  g_assert_false (dw_yaml_node_is_null (dw_yaml_node_find (root, "c")));
  g_assert_true (dw_yaml_node_is_null (dw_yaml_node_find (root, "d")));
  g_assert_true (dw_yaml_node_is_null (dw_yaml_node_find (root, "e")));
  g_assert_false (dw_yaml_node_is_plain (dw_yaml_node_find (root, "g")));
}

static void
test_merge_keys_give_what_is_not_said (void)
{
  g_autoptr (DwYamlNode) root = parse ("one: &one {a: 1, b: 1}\n"
                                       "two: &two {b: 2, c: 2}\n"
                                       "all: {<<: [*one, *two], c: 3}\n"
                                       "quoted: {'<<': 1}\n");
  DwYamlNode *all = dw_yaml_node_find (root, "all");

  g_assert_cmpstr (get_text (all, "a"), ==, "1");
  g_assert_cmpstr (get_text (all, "b"), ==, "1");
  g_assert_cmpstr (get_text (all, "c"), ==, "3");
  g_assert_null (dw_yaml_node_find (all, "<<"));
  g_assert_cmpstr (get_text (dw_yaml_node_find (root, "quoted"), "<<"), ==, "1");
}

static void
test_an_error_has_its_line_and_column (void)
{
  assert_refused ("a: 1\nb: [1, 2\nc: 3\n", DW_CONFIG_ERROR_INVALID, "“test.yaml”, line 3");
  assert_refused ("a: 1\nb:\n  c: 1\n  c: 2\n", DW_CONFIG_ERROR_INVALID, "line 4, column 3");
  assert_refused ("a: 1\nb: *gone\n", DW_CONFIG_ERROR_INVALID, "line 2, column 4");
  assert_refused ("a: &a [*a]\n", DW_CONFIG_ERROR_INVALID, "no anchor “a”");
  assert_refused ("a: 1\n---\nb: 1\n", DW_CONFIG_ERROR_INVALID, "second document");
  assert_refused ("? [a]\n: 1\n", DW_CONFIG_ERROR_INVALID, "single value");
  assert_refused ("a: !secret x\n", DW_CONFIG_ERROR_INVALID, "“!secret”");
  assert_refused ("a: \"x\\0y\"\n", DW_CONFIG_ERROR_INVALID, "character 0");
  assert_refused ("a: {<<: 1}\n", DW_CONFIG_ERROR_INVALID, "line 1, column 9");
  assert_refused ("a: \xff\n", DW_CONFIG_ERROR_INVALID, "UTF-8");
}

/* Every line stands for nine of the one before it. */
static void
test_a_billion_laughs_are_refused (void)
{
  g_autoptr (GString) text = g_string_new ("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");

  for (int i = 1; i <= 9; i++)
    g_string_append_printf (text,
                            "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i,
                            i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);

  assert_refused (text->str, DW_CONFIG_ERROR_TOO_LARGE, "more than 500000 values");
}

/* Depth by brackets, and depth by aliases each of which is not deep. */
static void
test_depth_is_bounded (void)
{
  g_autofree char *open = g_strnfill (70, '[');
  g_autoptr (GString) chain = g_string_new ("a0: &a0 [x]\n");

  assert_refused (open, DW_CONFIG_ERROR_TOO_LARGE, "deep");
  for (int i = 1; i < 70; i++)
    g_string_append_printf (chain, "a%d: &a%d [*a%d]\n", i, i, i - 1);
  assert_refused (chain->str, DW_CONFIG_ERROR_TOO_LARGE, "deep");
}

static void
test_a_large_file_is_refused (void)
{
  g_autofree char *text = g_strnfill (16 * 1024 * 1024 + 1, '#');

  assert_refused (text, DW_CONFIG_ERROR_TOO_LARGE, "16 MiB");
}

static void
test_every_text_is_written_so_that_it_is_read (void)
{
  static const char *const texts[] = { "",
                                       "~",
                                       "null",
                                       "yes",
                                       "On",
                                       "1",
                                       "1.5",
                                       "0x10",
                                       "8:30",
                                       "2026-01-01",
                                       "- a",
                                       "a: b",
                                       "a #b",
                                       " a",
                                       "a ",
                                       "'",
                                       "\"",
                                       "\\n",
                                       "a\nb",
                                       "\na",
                                       "\t",
                                       "é",
                                       "😀",
                                       "\xe2\x80\xa8",
                                       "@every 5m",
                                       "%x",
                                       "&a",
                                       "*a",
                                       "!x",
                                       "|",
                                       "=",
                                       "<<",
                                       "a,b",
                                       "[x]",
                                       "{x}",
                                       "\x7f",
                                       "\xc2\x85",
                                       "x:",
                                       "plain/path:80",
                                       "\xef\xbb\xbf" };

  g_autoptr (DwYamlWriter) writer = dw_yaml_writer_new ();
  dw_yaml_writer_begin_sequence (writer);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    dw_yaml_writer_add_text (writer, texts[i]);
  dw_yaml_writer_end_sequence (writer);

  g_autofree char *text = dw_yaml_writer_finish (writer);
  g_autoptr (DwYamlNode) root = parse (text);
  g_assert_cmpuint (dw_yaml_node_get_length (root), ==, G_N_ELEMENTS (texts));
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_cmpstr (dw_yaml_node_get_text (dw_yaml_node_get_element (root, i)), ==, texts[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/yaml/scalars-stay-what-was-written", test_scalars_stay_what_was_written);
  g_test_add_func ("/yaml/merge-keys-give-what-is-not-said", test_merge_keys_give_what_is_not_said);
  g_test_add_func ("/yaml/an-error-has-its-line-and-column", test_an_error_has_its_line_and_column);
  g_test_add_func ("/yaml/a-billion-laughs-are-refused", test_a_billion_laughs_are_refused);
  g_test_add_func ("/yaml/depth-is-bounded", test_depth_is_bounded);
  g_test_add_func ("/yaml/a-large-file-is-refused", test_a_large_file_is_refused);
  g_test_add_func ("/yaml/every-text-is-written-so-that-it-is-read",
                   test_every_text_is_written_so_that_it_is_read);

  return g_test_run ();
}
