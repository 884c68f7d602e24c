/* fuzz-tag-policy.c: no policy and no tag breaks the choice of the newest
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first line is the policy, each other line a tag.
 */

#include "config.h"

#include "fuzz.h"
#include "model/dw-tag-policy.h"

static int
get_sign (int number)
{
  return (number > 0) - (number < 0);
}

static void
check_order (DwTagPolicy *policy, const char *a, const char *b, const char *c)
{
  int order = get_sign (dw_tag_policy_compare (policy, a, b));

  g_assert_cmpint (order, ==, -get_sign (dw_tag_policy_compare (policy, b, a)));
  g_assert_cmpint (order == 0, ==, g_str_equal (a, b));
  if (order > 0 && dw_tag_policy_compare (policy, b, c) > 0)
    g_assert_cmpint (dw_tag_policy_compare (policy, a, c), >, 0);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", 64);
  g_autoptr (GError) error = NULL;
  g_autoptr (DwTagPolicy) policy = dw_tag_policy_parse (lines[0] != NULL ? lines[0] : "", &error);

  if (policy == NULL)
    {
      fuzz_check_error (error);
      return 0;
    }

  const char *const *tags = (const char *const *) lines + 1;
  guint n_tags = g_strv_length (lines) - 1;
  const char *newest = dw_tag_policy_find_newest (policy, tags);

  g_assert_true (newest == NULL || dw_tag_policy_matches (policy, newest));
  for (guint i = 0; i < n_tags; i++)
    {
      if (dw_tag_policy_matches (policy, tags[i]))
        g_assert_cmpint (dw_tag_policy_compare (policy, newest, tags[i]), >=, 0);
      check_order (policy, tags[i], tags[(i + 1) % n_tags], tags[(i + 2) % n_tags]);
    }

  return 0;
}
