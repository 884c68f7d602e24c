/* semver-table.c: what this program says of ranges and versions, for test-semver-peer to compare
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every range is asked about every version, and every version is compared with every other. Lines
 * of JSON: ["range", R, V, 0 or 1], ["refused", R] and ["order", V, V, -1, 0 or 1]. Only what both
 * can read stands here: npm takes no tag that leaves numbers out or has leading zeros.
 */

#include "config.h"

#include "model/dw-enums.h"
#include "model/dw-tag-policy.h"
#include "model/dw-version.h"

static const char *const ranges[] = {
  "1.2.3",
  "=1.2.3",
  "v1.2.3",
  "=v1.2.3",
  ">1.2.3",
  ">=1.2.3",
  "<1.2.3",
  "<=1.2.3",
  ">= 1.2.3",
  "> 1.2.3  <  2",
  ">=1.2.7 <1.3.0",
  "1.2.7 || >=1.2.9 <2.0.0",
  "<0.5||>=2",
  ">1.2.3 >1.5.0",
  ">2 <1 || 7",
  "1.2.3 - 2.3.4",
  "1.2 - 2.3.4",
  "1.2.3 - 2.3",
  "1.2.3 - 2",
  "1.2.3 - *",
  "1.2.3-beta - 1.4.0",
  "1.2.3-beta.2 - 2.0.0-rc.1",
  "1 - 2 || 4 - 5",
  "*",
  "x",
  "X",
  "^1 ||",
  "|| ^1",
  "1.x",
  "1.X.x",
  "1",
  "1.*.*",
  "1.2.X",
  "1.2",
  "0",
  "0.x",
  ">1",
  ">1.2",
  ">=1.2",
  "<1.2",
  "<=1.2",
  "<=1",
  "<1",
  ">=1",
  ">=*",
  ">* || 3",
  "<* || 3",
  "~1.2.3",
  "~1.2",
  "~1",
  "~0.2.3",
  "~0",
  "~> 1.2.3",
  "~ 1.2",
  "~*",
  "~1.2.3-beta.2",
  "~0.0.1-rc.1",
  "^1.2.3",
  "^0.2.3",
  "^0.0.3",
  "^0.0.0",
  "^1.2.3-beta.2",
  "^0.0.3-beta",
  "^0.2.0-rc.1",
  "^1.2.x",
  "^0.0.x",
  "^0.0",
  "^0.1",
  "^1.x",
  "^0.x",
  "^0",
  "^1",
  "^ 1",
  "^*",
  "^9.9",
  "^99.0.0",
  "^2 <2.5 || ^3.1",
  ">1.2.3-alpha.3",
  ">=1.2.3-0",
  "<=1.2.3-rc.1",
  "<1.2.3-rc.1",
  "1.2.3-rc.1",
  ">=1.0.0-a <1.0.0-c || 2",
  ">=2.0.0-0 <3.0.0-0",
  "~1.27.0-alpine",
  "1.2.3+build.7",
  ">1.2.3+a <=2.0.0+b",
};

static const char *const versions[] = {
  "0.0.0",        "0.0.0-0",      "0.0.1",        "0.0.1-rc.1",    "0.0.2",
  "0.0.3-alpha",  "0.0.3-beta",   "0.0.3-pr.2",   "0.0.3",         "0.0.4-0",
  "0.0.4",        "0.1.0",        "0.1.9",        "0.2.0-rc.1",    "0.2.0-rc.2",
  "0.2.2",        "0.2.3",        "0.2.99",       "0.3.0",         "0.4.9",
  "0.5.0",        "0.9.9",        "1.0.0-a",      "1.0.0-b",       "1.0.0-c",
  "1.0.0-rc.1",   "1.0.0",        "1.1.9",        "1.2.0-rc.1",    "1.2.0",
  "1.2.2",        "1.2.3-0",      "1.2.3-alpha",  "1.2.3-alpha.3", "1.2.3-alpha.7",
  "1.2.3-beta",   "1.2.3-beta.1", "1.2.3-beta.2", "1.2.3-beta.10", "1.2.3-rc",
  "1.2.3-rc.1",   "1.2.3-rc.2",   "1.2.3-rc10",   "1.2.3-rc9",     "1.2.3",
  "1.2.4-beta.2", "1.2.4",        "1.2.7",        "1.2.8",         "1.2.9",
  "1.2.99",       "1.3.0-0",      "1.3.0-rc.1",   "1.3.0",         "1.4.0",
  "1.4.6",        "1.5.0",        "1.5.1",        "1.9.9",         "1.27.0-alpine",
  "1.27.3",       "1.99.99",      "2.0.0-0",      "2.0.0-rc.1",    "2.0.0",
  "2.3.4",        "2.3.99",       "2.4.0-0",      "2.5.0",         "2.99.99",
  "3.0.0-0",      "3.0.0",        "3.1.0",        "4.0.0",         "5.9.9",
  "6.0.0",        "7.0.0",        "9.8.0",        "9.9.0",         "9.10.0",
  "10.0.0",       "99.9.9",       "100.0.0",      "1.0.0--",       "1.0.0-1a",
  "1.0.0-A",      "1.0.0-2",      "1.0.0-10",     "1.0.0-a.b.c.1",
};

static const char *const refused[] = {
  "latest",    "1.2.3.4",   "1.2.y", "1..2",   "1.",  "1.2.3-",     "| 1",
  "1 | 2",     "^^1",       "=>1",   "1,2",    "<>1", "!1",         "1-2",
  "^1 latest", "1 - 2 - 3", "a - b", "1.2.3+", "xyz", "1.2.3-a..b",
};

int
main (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ranges); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (DwTagPolicy) policy = dw_tag_policy_new (DW_TAG_POLICY_SEMVER, ranges[i], &error);

      g_assert_no_error (error);
      for (gsize j = 0; j < G_N_ELEMENTS (versions); j++)
        g_print ("[\"range\",\"%s\",\"%s\",%d]\n", ranges[i], versions[j],
                 dw_tag_policy_matches (policy, versions[j]));
    }

  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (DwTagPolicy) policy = dw_tag_policy_new (DW_TAG_POLICY_SEMVER, refused[i], NULL);

      g_assert_null (policy);
      g_print ("[\"refused\",\"%s\"]\n", refused[i]);
    }

  for (gsize i = 0; i < G_N_ELEMENTS (versions); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (versions); j++)
      {
        DwVersion a;
        DwVersion b;

        g_assert_true (dw_version_parse (&a, versions[i]) && dw_version_parse (&b, versions[j]));
        int order = dw_version_compare (&a, &b);
        g_print ("[\"order\",\"%s\",\"%s\",%d]\n", versions[i], versions[j],
                 (order > 0) - (order < 0));
      }

  return 0;
}
