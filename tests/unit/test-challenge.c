/* test-challenge.c: the headers WWW-Authenticate and Link are read as their grammars have it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib.h>

#include "registry/dw-challenge.h"
#include "registry/dw-link.h"

static void
assert_parameter (GPtrArray *challenges, const char *scheme, const char *name, const char *value)
{
  const DwChallenge *challenge = dw_challenge_find (challenges, scheme);

  g_assert_nonnull (challenge);
  g_assert_cmpstr (dw_challenge_get_parameter (challenge, name), ==, value);
}

static void
test_docker_hub (void)
{
  g_autoptr (GPtrArray) challenges = dw_challenge_parse_header (
      "Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\","
      "scope=\"repository:library/debian:pull,push\",error=\"insufficient_scope\"");

  g_assert_cmpuint (challenges->len, ==, 1);
  assert_parameter (challenges, "bearer", "realm", "https://auth.docker.io/token");
  assert_parameter (challenges, "bearer", "service", "registry.docker.io");
  assert_parameter (challenges, "bearer", "scope", "repository:library/debian:pull,push");
  assert_parameter (challenges, "bearer", "error", "insufficient_scope");
  assert_parameter (challenges, "bearer", "none", NULL);
}

/* The example of RFC 9110, section 11.6.1. */
static void
test_rfc_example (void)
{
  g_autoptr (GPtrArray)
      challenges = dw_challenge_parse_header ("Basic realm=\"simple\", Newauth realm=\"apps\",\r\n "
                                              "type=1, title=\"Login to \\\"apps\\\"\"");

  g_assert_cmpuint (challenges->len, ==, 2);
  assert_parameter (challenges, "basic", "realm", "simple");
  assert_parameter (challenges, "basic", "type", NULL);
  assert_parameter (challenges, "newauth", "realm", "apps");
  assert_parameter (challenges, "newauth", "type", "1");
  assert_parameter (challenges, "newauth", "title", "Login to \"apps\"");
}

static void
test_spellings (void)
{
  const char *const headers[] = {
    "BASIC REALM=\"a\"",     "Basic realm = \"a\"",      "Basic  realm=a",
    ",, Basic realm=a ,,",   "Negotiate, Basic realm=a", "Negotiate YWJj==, Basic realm=a, Digest",
    "Basic realm=a, realm=b"
  };

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      g_autoptr (GPtrArray) challenges = dw_challenge_parse_header (headers[i]);

      assert_parameter (challenges, "basic", "realm", "a");
    }
}

static void
test_odd_challenges (void)
{
  const char *const headers[] = { NULL,
                                  "",
                                  ",",
                                  "=",
                                  "=a",
                                  "realm=\"a\"",
                                  "\"",
                                  "\"a",
                                  " \t ",
                                  "a=\"",
                                  "Basic realm=\"open",
                                  "Basic =",
                                  "Basic realm=" };
  g_autoptr (GString) many = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      g_autoptr (GPtrArray) challenges = dw_challenge_parse_header (headers[i]);

      g_assert_null (dw_challenge_find (challenges, "bearer"));
    }

  for (guint i = 0; i < 10000; i++)
    g_string_append_printf (many, "S%u a%u=b, ", i, i);
  g_autoptr (GPtrArray) challenges = dw_challenge_parse_header (many->str);
  g_assert_cmpuint (challenges->len, <, 100);
}

static void
test_links (void)
{
  const struct
  {
    const char *header;
    const char *next;
  } cases[] = {
    { "</v2/a/tags/list?n=2&last=b>; rel=\"next\"", "/v2/a/tags/list?n=2&last=b" },
    { "</x>;rel=next", "/x" },
    { "</x> ; REL = \"Next\"", "/x" },
    { "</x,y;z>; rel=next", "/x,y;z" },
    { "</x>; rel=\"prev next\"", "/x" },
    { "</a>; rel=prev, </b>; rel=next", "/b" },
    { "</a>; title=\"a, <b>; rel=next\"; rel=prev, </c>; rel=next", "/c" },
    { "</a>; title=\"\\\"\"; rel=next", "/a" },
    { "<>; rel=next", "" },
    { "</x>; rel=last", NULL },
    { "</x>; rel=nextish", NULL },
    { "</x>", NULL },
    { "/x; rel=next", NULL },
    { "</x; rel=next", NULL },
    { "<", NULL },
    { "", NULL },
    { NULL, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *next = dw_link_find_next (cases[i].header);

      g_assert_cmpstr (next, ==, cases[i].next);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/challenge/a-bearer-challenge-says-where-tokens-are", test_docker_hub);
  g_test_add_func ("/challenge/several-in-one-header-are-told-apart", test_rfc_example);
  g_test_add_func ("/challenge/every-spelling-is-read", test_spellings);
  g_test_add_func ("/challenge/what-is-none-is-left-out", test_odd_challenges);
  g_test_add_func ("/link/the-next-page-is-found", test_links);

  return g_test_run ();
}
