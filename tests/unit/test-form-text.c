/* test-form-text.c: what is typed into a form: quantities, .env files, and what is wrong with a
 * field
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "model/dw-env-file.h"
#include "model/dw-model-error.h"
#include "model/dw-project.h"
#include "model/dw-quantity.h"
#include "model/dw-stage.h"

static void
check_duration (const char *text, gint64 expected)
{
  g_autoptr (GError) error = NULL;
  gint64 ms = -1;

  g_assert_true (dw_quantity_parse_duration (text, 10, 3600000, &ms, &error));
  g_assert_no_error (error);
  g_assert_cmpint (ms, ==, expected);
}

static void
refuse_duration (const char *text)
{
  g_autoptr (GError) error = NULL;
  gint64 ms = 0;

  g_assert_false (dw_quantity_parse_duration (text, 10, 3600000, &ms, &error));
  g_assert_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID);
}

static void
test_durations (void)
{
  static const gint64 values[] = { 0,     1,     10,      999,       1000,    1500,
                                   90000, 60000, 3600000, 259200000, G_MAXINT };

  check_duration ("500ms", 500);
  check_duration ("2s", 2000);
  check_duration ("2", 2000);
  check_duration ("0.25s", 250);
  check_duration ("1m", 60000);
  check_duration ("1h", 3600000);
  refuse_duration ("");
  refuse_duration ("9ms");
  check_duration ("60m", 3600000);
  refuse_duration ("61m");
  refuse_duration ("1d");
  refuse_duration ("-1s");
  refuse_duration ("1 s");
  refuse_duration ("0x10");
  refuse_duration ("inf");
  refuse_duration ("1.2.3s");
  refuse_duration ("2 parsecs");

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autofree char *text = dw_quantity_format_duration (values[i]);
      gint64 ms = -1;

      g_assert_true (dw_quantity_parse_duration (text, 0, G_MAXINT64 / 2, &ms, NULL));
      g_assert_cmpint (ms, ==, values[i]);
    }
}

static void
test_memory_and_cores (void)
{
  static const gint64 amounts[] = { 0, 1, 1024, 6291456, 536870912, 1610612736, 2199023255552 };
  static const int cores[] = { 0, 1, 250, 1500, 1024000 };
  gint64 bytes = 0;
  int millis = 0;

  g_assert_true (dw_quantity_parse_memory ("1.5G", &bytes, NULL));
  g_assert_cmpint (bytes, ==, 1610612736);
  g_assert_false (dw_quantity_parse_memory ("much", &bytes, NULL));
  g_assert_false (dw_quantity_parse_memory ("5x", &bytes, NULL));
  g_assert_false (dw_quantity_parse_cores ("1025", &millis, NULL));
  g_assert_false (dw_quantity_parse_cores ("1m", &millis, NULL));

  for (gsize i = 0; i < G_N_ELEMENTS (amounts); i++)
    {
      g_autofree char *text = dw_quantity_format_memory (amounts[i]);

      g_assert_true (dw_quantity_parse_memory (text, &bytes, NULL));
      g_assert_cmpint (bytes, ==, amounts[i]);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (cores); i++)
    {
      g_autofree char *text = dw_quantity_format_cores (cores[i]);

      g_assert_true (dw_quantity_parse_cores (text, &millis, NULL));
      g_assert_cmpint (millis, ==, cores[i]);
    }
}

static void
check_env_file (const char *text, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) variables = dw_env_file_parse (text, &error);

  g_assert_no_error (error);
  g_autofree char *joined = g_strjoinv ("|", variables);
  g_assert_cmpstr (joined, ==, expected);
}

static void
refuse_env_file (const char *text, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) variables = dw_env_file_parse (text, &error);

  g_assert_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID);
  g_assert_null (variables);
  g_assert_nonnull (strstr (error->message, words));
}

static void
test_env_files (void)
{
  check_env_file ("", "");
  check_env_file ("# nothing\n\n  \n", "");
  check_env_file ("A=1\r\nB=two words\n", "A=1|B=two words");
  check_env_file ("\xef\xbb\xbf"
                  "A=1",
                  "A=1");
  check_env_file ("export A=1 # why\nB=a#b\nC= # empty", "A=1|B=a#b|C=");
  check_env_file ("A='it is # $HOME \\n'\nB=\"a\\tb \\\"c\\\" \\$d\"",
                  "A=it is # $HOME \\n|B=a\tb \"c\" $d");
  check_env_file ("KEY=\"-----BEGIN\nline two\n-----END\" # key\nB = spaced ",
                  "KEY=-----BEGIN\nline two\n-----END|B=spaced");
  check_env_file ("URL=postgres://u:p@h/db?a=b", "URL=postgres://u:p@h/db?a=b");
  refuse_env_file ("A=1\nwords", "line 2");
  refuse_env_file ("A=1\n\nB=\"open\n\n", "line 3");
  refuse_env_file ("A='x' y", "line 1");
  refuse_env_file ("=x", "line 1");
  refuse_env_file ("A B=x", "line 1");
}

static void
check_problem (GHashTable *problems, const char *column, const char *start)
{
  const char *message = g_hash_table_lookup (problems, column);

  g_assert_nonnull (message);
  g_assert_true (g_str_has_prefix (message, start));
}

static void
test_problems_by_field (void)
{
  g_autoptr (DwProject)
      example = g_object_new (DW_TYPE_PROJECT, "name", "shop", "image", "acme.dev/shop", NULL);
  g_autoptr (DwProject) project = g_object_new (
      DW_TYPE_PROJECT, "name", "My Shop", "image", "acme.dev/shop:v1", "health-path", "health",
      "command", "sh 'open", "memory-limit-bytes", (gint64) 1, NULL);
  g_autoptr (GHashTable)
      problems = dw_entity_find_problems (DW_ENTITY (project), DW_ENTITY (example));
  g_autoptr (GHashTable) none = dw_entity_find_problems (DW_ENTITY (example), DW_ENTITY (example));

  g_assert_cmpuint (g_hash_table_size (none), ==, 0);
  g_assert_cmpuint (g_hash_table_size (problems), ==, 5);
  check_problem (problems, "name", "“My Shop” is not a name");
  check_problem (problems, "image", "must be a repository without a tag");
  check_problem (problems, "health_path", "must be a path");
  g_assert_true (g_hash_table_contains (problems, "command"));
  check_problem (problems, "memory_limit_bytes", "a container needs");
}

/* A pattern is read by its kind. */
static void
test_problem_of_two_fields (void)
{
  g_autoptr (DwStage)
      example = g_object_new (DW_TYPE_STAGE, "project-id", "p", "name", "dev", NULL);
  g_autoptr (DwStage)
      stage = g_object_new (DW_TYPE_STAGE, "project-id", "p", "name", "Dev", "policy-kind",
                            DW_TAG_POLICY_REGEX, "policy-pattern", "(", "domain", "no host", NULL);
  g_autoptr (GHashTable)
      problems = dw_entity_find_problems (DW_ENTITY (stage), DW_ENTITY (example));

  check_problem (problems, "name", "“Dev” is not a name");
  g_assert_true (g_hash_table_contains (problems, "policy_pattern"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/form/quantities/durations-are-read-and-written", test_durations);
  g_test_add_func ("/form/quantities/memory-and-cores-are-read-and-written", test_memory_and_cores);
  g_test_add_func ("/form/env-file/quotes-comments-and-faults", test_env_files);
  g_test_add_func ("/form/problems/each-field-has-its-own", test_problems_by_field);
  g_test_add_func ("/form/problems/a-field-is-read-by-another", test_problem_of_two_fields);

  return g_test_run ();
}
