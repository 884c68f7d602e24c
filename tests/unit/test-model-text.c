/* test-model-text.c: quoting for messages, and the enums' text
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "model/dw-enum-types.h"
#include "model/dw-enums.h"
#include "model/dw-model-error.h"

static void
check_quote (const char *text, const char *expected)
{
  g_autofree char *quoted = dw_model_quote (text);

  g_assert_cmpstr (quoted, ==, expected);
}

static void
test_quote (void)
{
  g_autofree char *forty = g_strnfill (40, 'a');
  g_autofree char *forty_one = g_strnfill (41, 'a');
  g_autofree char *quoted_forty = g_strconcat ("“", forty, "”", NULL);
  g_autofree char *cut = g_strconcat ("“", forty, "…”", NULL);

  check_quote (NULL, "“”");
  check_quote ("", "“”");
  check_quote ("shop", "“shop”");
  check_quote ("a\nb\x1b[31m\x7f", "“a\\x0ab\\x1b[31m\\x7f”");
  check_quote ("\xc2\x85", "“\\x85”");
  check_quote ("a\xff"
               "b",
               "“a\xef\xbf\xbd"
               "b”");
  check_quote (forty, quoted_forty);
  check_quote (forty_one, cut);
}

/* Text that turns around what stands after it, or hides, must not reach a terminal or a label. */
static void
test_quote_invisible (void)
{
  check_quote ("a\xe2\x80\xae"
               "b",
               "“a\\x202eb”");
  check_quote ("a\xe2\x80\xa8"
               "b",
               "“a\\x2028b”");
  check_quote ("a\xe2\x81\xa6"
               "b",
               "“a\\x2066b”");
  check_quote ("a\xe2\x80\x8b"
               "b",
               "“a\\x200bb”");
}

static void
test_quote_bounded (void)
{
  g_autofree char *huge = g_strnfill (1024 * 1024, 'a');
  g_autoptr (GString) whales = g_string_new (NULL);
  g_autofree char *invalid = g_strnfill (10000, '\xff');
  const char *texts[3];

  for (guint i = 0; i < 1000; i++)
    g_string_append (whales, "\xf0\x9f\x90\xb3");
  texts[0] = huge;
  texts[1] = whales->str;
  texts[2] = invalid;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *quoted = dw_model_quote (texts[i]);

      g_assert_true (g_utf8_validate (quoted, -1, NULL));
      g_assert_cmpint (g_utf8_strlen (quoted, -1), ==, 43);
      g_assert_true (g_str_has_suffix (quoted, "…”"));
    }
}

static GType
enum_type (guint index)
{
  switch (index)
    {
    case 0:
      return DW_TYPE_HEALTH;
    case 1:
      return DW_TYPE_RESTART;
    case 2:
      return DW_TYPE_TAG_POLICY_KIND;
    case 3:
      return DW_TYPE_REGISTRY_KIND;
    case 4:
      return DW_TYPE_PROXY_KIND;
    case 5:
      return DW_TYPE_TRIGGER;
    case 6:
      return DW_TYPE_DEPLOY_STATUS;
    case 7:
      return DW_TYPE_INSTANCE_STATUS;
    case 8:
      return DW_TYPE_LOG_LEVEL;
    default:
      return G_TYPE_INVALID;
    }
}

/* They stand in the database, in JSON and on the command line: none may change. */
static void
test_nicks (void)
{
  static const char *const nicks[] = {
    "none, http, tcp, docker",
    "no, on-failure, unless-stopped",
    "semver, glob, regex, exact",
    "generic, docker-hub, ghcr, gitea, gitlab",
    "none, gateway, npm, caddy, traefik",
    "manual, watch, webhook, rollback, promote, cli",
    "pending, pulling, starting, health_checking, configuring_proxy, success, failed, rolled_back",
    "running, stopped, failed, removing",
    "debug, info, warning, error",
  };

  for (guint t = 0; t < G_N_ELEMENTS (nicks); t++)
    {
      g_autofree char *list = dw_enum_list_nicks (enum_type (t));

      g_assert_cmpstr (list, ==, nicks[t]);
    }
  g_assert_true (enum_type (G_N_ELEMENTS (nicks)) == G_TYPE_INVALID);
}

static void
test_nicks_there_and_back (void)
{
  for (guint t = 0; enum_type (t) != G_TYPE_INVALID; t++)
    {
      g_autoptr (GEnumClass) klass = g_type_class_ref (enum_type (t));

      for (int member = klass->minimum; member <= klass->maximum; member++)
        {
          g_autoptr (GError) error = NULL;
          int value = -1;

          g_assert_true (dw_enum_from_nick (enum_type (t), dw_enum_to_nick (enum_type (t), member),
                                            &value, &error));
          g_assert_no_error (error);
          g_assert_cmpint (value, ==, member);
        }
      g_assert_cmpstr (dw_enum_to_nick (enum_type (t), klass->maximum + 1), ==, "unknown");
      g_assert_cmpstr (dw_enum_to_nick (enum_type (t), -1), ==, "unknown");
    }
}

static void
test_unknown_nicks (void)
{
  g_autofree char *huge = g_strnfill (10000, 'a');
  const char *const texts[] = { NULL, "", "HTTP", "http ", "health-http", "a\nb", "\xff", huge };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      int value = 4711;

      g_assert_false (dw_enum_from_nick (DW_TYPE_HEALTH, texts[i], &value, &error));
      g_assert_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, "none, http, tcp, docker"));
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_assert_cmpuint (strlen (error->message), <, 300);
      g_assert_cmpint (value, ==, 4711);
    }
}

static void
test_ended (void)
{
  g_assert_false (dw_deploy_status_has_ended (DW_DEPLOY_PENDING));
  g_assert_false (dw_deploy_status_has_ended (DW_DEPLOY_PULLING));
  g_assert_false (dw_deploy_status_has_ended (DW_DEPLOY_STARTING));
  g_assert_false (dw_deploy_status_has_ended (DW_DEPLOY_HEALTH_CHECKING));
  g_assert_false (dw_deploy_status_has_ended (DW_DEPLOY_CONFIGURING_PROXY));
  g_assert_true (dw_deploy_status_has_ended (DW_DEPLOY_SUCCESS));
  g_assert_true (dw_deploy_status_has_ended (DW_DEPLOY_FAILED));
  g_assert_true (dw_deploy_status_has_ended (DW_DEPLOY_ROLLED_BACK));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/model/quote/is-valid-text-on-one-line", test_quote);
  g_test_add_func ("/model/quote/shows-what-is-invisible", test_quote_invisible);
  g_test_add_func ("/model/quote/is-short", test_quote_bounded);
  g_test_add_func ("/model/enums/the-nicks-stay-as-they-are", test_nicks);
  g_test_add_func ("/model/enums/every-nick-leads-back-to-its-member", test_nicks_there_and_back);
  g_test_add_func ("/model/enums/an-unknown-nick-is-refused-with-those-there-are",
                   test_unknown_nicks);
  g_test_add_func ("/model/enums/three-statuses-are-the-end-of-a-deploy", test_ended);

  return g_test_run ();
}
