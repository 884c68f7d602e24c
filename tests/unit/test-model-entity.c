/* test-model-entity.c: what every entity promises, and what each of them refuses
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "model/dw-deploy-log.h"
#include "model/dw-deploy.h"
#include "model/dw-enum-types.h"
#include "model/dw-instance.h"
#include "model/dw-model-error.h"
#include "model/dw-project.h"
#include "model/dw-registry.h"
#include "model/dw-settings.h"
#include "model/dw-stage.h"

static GType
entity_type (guint index)
{
  switch (index)
    {
    case 0:
      return DW_TYPE_PROJECT;
    case 1:
      return DW_TYPE_STAGE;
    case 2:
      return DW_TYPE_REGISTRY;
    case 3:
      return DW_TYPE_SETTINGS;
    case 4:
      return DW_TYPE_INSTANCE;
    case 5:
      return DW_TYPE_DEPLOY;
    case 6:
      return DW_TYPE_DEPLOY_LOG;
    default:
      return G_TYPE_INVALID;
    }
}

/* A value of the property's type that is not its default. */
static void
make_other_value (GParamSpec *pspec, GValue *value)
{
  g_value_init (value, pspec->value_type);
  if (G_IS_PARAM_SPEC_STRING (pspec))
    g_value_take_string (value, g_strconcat ("other-", pspec->name, NULL));
  else if (G_IS_PARAM_SPEC_INT (pspec))
    g_value_set_int (value, G_PARAM_SPEC_INT (pspec)->maximum);
  else if (G_IS_PARAM_SPEC_INT64 (pspec))
    g_value_set_int64 (value, G_PARAM_SPEC_INT64 (pspec)->maximum);
  else if (G_IS_PARAM_SPEC_BOOLEAN (pspec))
    g_value_set_boolean (value, !G_PARAM_SPEC_BOOLEAN (pspec)->default_value);
  else if (G_IS_PARAM_SPEC_ENUM (pspec))
    g_value_set_enum (value, G_PARAM_SPEC_ENUM (pspec)->default_value == 0);
  else
    g_assert_not_reached ();
}

static void
on_notify (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  GPtrArray *names = user_data;

  g_ptr_array_add (names, (gpointer) pspec->name);
}

static void
test_properties (void)
{
  for (guint t = 0; entity_type (t) != G_TYPE_INVALID; t++)
    {
      g_autoptr (DwEntity) entity = g_object_new (entity_type (t), NULL);
      g_autoptr (GPtrArray) notified = g_ptr_array_new ();
      g_autofree GParamSpec **properties = NULL;
      guint n_properties;

      g_signal_connect (entity, "notify", G_CALLBACK (on_notify), notified);
      properties = g_object_class_list_properties (G_OBJECT_GET_CLASS (entity), &n_properties);
      g_assert_cmpuint (n_properties, >, 3);

      for (guint i = 0; i < n_properties; i++)
        {
          g_auto (GValue) initial = G_VALUE_INIT;
          g_auto (GValue) other = G_VALUE_INIT;
          g_auto (GValue) read = G_VALUE_INIT;
          const char *name = properties[i]->name;

          g_object_get_property (G_OBJECT (entity), name, &initial);
          g_assert_true (g_param_value_defaults (properties[i], &initial));

          make_other_value (properties[i], &other);
          g_ptr_array_set_size (notified, 0);
          g_object_set_property (G_OBJECT (entity), name, &other);
          g_object_get_property (G_OBJECT (entity), name, &read);
          g_assert_cmpint (g_param_values_cmp (properties[i], &read, &other), ==, 0);
          g_assert_cmpuint (notified->len, ==, 1);
          g_assert_cmpstr (g_ptr_array_index (notified, 0), ==, name);

          g_object_set_property (G_OBJECT (entity), name, &other);
          g_assert_cmpuint (notified->len, ==, 1);
        }
    }
}

static void
test_columns (void)
{
  for (guint t = 0; entity_type (t) != G_TYPE_INVALID; t++)
    {
      g_autoptr (DwEntity) entity = g_object_new (entity_type (t), NULL);
      DwEntityClass *klass = DW_ENTITY_GET_CLASS (entity);
      g_autofree GParamSpec **properties = NULL;
      guint n_properties;

      properties = g_object_class_list_properties (G_OBJECT_CLASS (klass), &n_properties);
      for (guint i = 0; i < n_properties; i++)
        {
          g_autofree char *column = g_strdelimit (g_strdup (properties[i]->name), "-", '_');
          g_auto (GValue) other = G_VALUE_INIT;
          guint id = dw_entity_class_find_property_id (klass, column);

          make_other_value (properties[i], &other);
          g_object_set_property (G_OBJECT (entity), properties[i]->name, &other);
          g_assert_cmpuint (id, >, 0);

          GValue value = dw_entity_peek_value (entity, id);
          g_assert_cmpint (g_param_values_cmp (properties[i], &value, &other), ==, 0);
        }
      g_assert_cmpuint (dw_entity_class_find_property_id (klass, "no_such_column"), ==, 0);
    }
}

static void
test_copy (void)
{
  for (guint t = 0; entity_type (t) != G_TYPE_INVALID; t++)
    {
      g_autoptr (DwEntity) from = g_object_new (entity_type (t), NULL);
      g_autoptr (DwEntity) to = g_object_new (entity_type (t), NULL);
      g_autoptr (GPtrArray) notified = g_ptr_array_new ();
      g_autofree GParamSpec **properties = NULL;
      guint n_properties;

      properties = g_object_class_list_properties (G_OBJECT_GET_CLASS (from), &n_properties);
      for (guint i = 0; i < n_properties; i++)
        {
          g_auto (GValue) other = G_VALUE_INIT;

          make_other_value (properties[i], &other);
          g_object_set_property (G_OBJECT (from), properties[i]->name, &other);
        }

      g_signal_connect (to, "notify", G_CALLBACK (on_notify), notified);
      dw_entity_copy_values (to, from);
      g_assert_cmpuint (notified->len, ==, n_properties);
      for (guint i = 0; i < n_properties; i++)
        {
          g_auto (GValue) copied = G_VALUE_INIT;
          g_auto (GValue) original = G_VALUE_INIT;

          g_object_get_property (G_OBJECT (to), properties[i]->name, &copied);
          g_object_get_property (G_OBJECT (from), properties[i]->name, &original);
          g_assert_cmpint (g_param_values_cmp (properties[i], &copied, &original), ==, 0);
        }

      g_ptr_array_set_size (notified, 0);
      dw_entity_copy_values (to, from);
      g_assert_cmpuint (notified->len, ==, 0);
    }
}

static DwEntity *
make_valid (GType type)
{
  if (type == DW_TYPE_PROJECT)
    return g_object_new (type, "name", "shop", "image", "ghcr.io/acme/shop", NULL);
  if (type == DW_TYPE_STAGE)
    return g_object_new (type, "name", "dev", "project-id", "p", NULL);
  if (type == DW_TYPE_REGISTRY)
    return g_object_new (type, "name", "Hub", "url", "https://registry.example.com", NULL);
  if (type == DW_TYPE_INSTANCE)
    return g_object_new (type, "stage-id", "s", "deploy-id", "d", "image", "i", "digest", "d",
                         NULL);
  if (type == DW_TYPE_DEPLOY)
    return g_object_new (type, "project-id", "p", "stage-id", "s", "image", "i", NULL);
  if (type == DW_TYPE_DEPLOY_LOG)
    return g_object_new (type, "deploy-id", "d", "message", "two\nlines", NULL);

  return g_object_new (type, NULL);
}

static void
check_message (const char *message, const char *column)
{
  g_autofree char *prefix = g_strconcat (column, ":", NULL);

  g_assert_true (g_str_has_prefix (message, prefix));
  g_assert_true (g_utf8_validate (message, -1, NULL));
  g_assert_cmpuint (strlen (message), <, 1024);
  for (const char *c = message; *c != '\0'; c++)
    g_assert_false (g_ascii_iscntrl (*c));
}

static void
check_text (GType type, const char *property, const char *text, gboolean is_valid)
{
  g_autoptr (DwEntity) entity = make_valid (type);
  g_autoptr (GError) error = NULL;
  g_autofree char *column = g_strdelimit (g_strdup (property), "-", '_');

  g_object_set (entity, property, text, NULL);
  if (dw_entity_validate (entity, &error) != is_valid)
    {
      g_autofree char *shown = dw_model_quote (text);

      g_test_fail_printf ("%s.%s = %s: %s", g_type_name (type), property, shown,
                          error != NULL ? error->message : "is taken");
    }
  else if (!is_valid)
    {
      g_assert_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID);
      check_message (error->message, column);
    }
}

static void
check_texts (GType type, const char *property, gboolean is_valid, const char *const *texts)
{
  for (guint i = 0; texts[i] != NULL; i++)
    check_text (type, property, texts[i], is_valid);
}

#define TAKES(type, property, ...)                                                                 \
  check_texts (type, property, TRUE, (const char *const[]){ __VA_ARGS__, NULL })
#define REFUSES(type, property, ...)                                                               \
  check_texts (type, property, FALSE, (const char *const[]){ __VA_ARGS__, NULL })

static void
check_number (DwEntity *entity, guint id, GParamSpec *pspec, gint64 number, gboolean is_valid)
{
  g_auto (GValue) value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;
  g_autofree char *column = g_strdelimit (g_strdup (pspec->name), "-", '_');

  g_value_init (&value, pspec->value_type);
  if (G_IS_PARAM_SPEC_INT (pspec))
    g_value_set_int (&value, (int) number);
  else if (G_IS_PARAM_SPEC_ENUM (pspec))
    g_value_set_enum (&value, (int) number);
  else
    g_value_set_int64 (&value, number);
  dw_entity_set_value (entity, id, &value);

  g_assert_cmpint (dw_entity_validate (entity, &error), ==, is_valid);
  if (!is_valid)
    {
      g_assert_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID);
      check_message (error->message, column);
    }
}

static void
test_bounds (void)
{
  for (guint t = 0; entity_type (t) != G_TYPE_INVALID; t++)
    {
      g_autoptr (DwEntity) entity = make_valid (entity_type (t));
      DwEntityClass *klass = DW_ENTITY_GET_CLASS (entity);
      g_autofree GParamSpec **properties = NULL;
      guint n_properties;

      properties = g_object_class_list_properties (G_OBJECT_CLASS (klass), &n_properties);
      for (guint i = 0; i < n_properties; i++)
        {
          GParamSpec *pspec = properties[i];
          guint id = dw_entity_class_find_property_id (klass, pspec->name);

          if (G_IS_PARAM_SPEC_INT (pspec))
            {
              GParamSpecInt *bounds = G_PARAM_SPEC_INT (pspec);

              check_number (entity, id, pspec, bounds->minimum - 1, FALSE);
              check_number (entity, id, pspec, bounds->minimum, TRUE);
              check_number (entity, id, pspec, (gint64) bounds->maximum + 1, FALSE);
              check_number (entity, id, pspec, bounds->maximum, TRUE);
            }
          else if (G_IS_PARAM_SPEC_ENUM (pspec))
            {
              check_number (entity, id, pspec, -1, FALSE);
              check_number (entity, id, pspec, 4711, FALSE);
              check_number (entity, id, pspec, 0, TRUE);
            }
          else if (G_IS_PARAM_SPEC_INT64 (pspec))
            {
              check_number (entity, id, pspec, -1, FALSE);
              check_number (entity, id, pspec, 0, TRUE);
            }
        }
    }
}

static void
test_valid_from_the_start (void)
{
  for (guint t = 0; entity_type (t) != G_TYPE_INVALID; t++)
    {
      g_autoptr (DwEntity) entity = make_valid (entity_type (t));
      g_autoptr (GError) error = NULL;

      g_assert_true (dw_entity_validate (entity, &error));
      g_assert_no_error (error);
    }
}

/* What no field of one line may hold, whatever else it takes. */
static void
test_hostile_lines (void)
{
  static const struct
  {
    const char *property;
    guint type;
  } fields[] = {
    { "name", 0 },
    { "image", 0 },
    { "health-path", 0 },
    { "command", 0 },
    { "network", 0 },
    { "name", 1 },
    { "policy-pattern", 1 },
    { "domain", 1 },
    { "name", 2 },
    { "url", 2 },
    { "username", 2 },
    { "schedule", 2 },
    { "engine-address", 3 },
    { "default-schedule", 3 },
    { "proxy-address", 3 },
    { "proxy-user", 3 },
    { "base-domain", 3 },
    { "network", 3 },
    { "outgoing-webhook-url", 3 },
  };
  g_autofree char *huge = g_strnfill (100000, 'a');

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      GType type = entity_type (fields[i].type);

      REFUSES (type, fields[i].property, "", "a\nb", "a\r", "\ta", "a\x1b[31mb", "a\x7f", "a\xff",
               "\xc3", "\xed\xa0\x80",
               "a\xe2\x80\xa8"
               "b",
               "a\xc2\x85", huge);
    }
}

static void
test_names (void)
{
  g_autofree char *longest = g_strnfill (63, 'a');
  g_autofree char *too_long = g_strnfill (64, 'a');
  g_autofree char *huge = g_strnfill (10000, 'a');
  GType types[] = { DW_TYPE_PROJECT, DW_TYPE_STAGE };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      TAKES (types[i], "name", "a", "0", "shop", "my-shop-2", "a--b", longest);
      REFUSES (types[i], "name", "-a", "a-", "-", "Shop", "my_shop", "my.shop", "my shop", "läden",
               "shop/dev", too_long, huge, "a\nb", "\xf0\x9f\x90\xb3");
      check_text (types[i], "name", NULL, FALSE);
    }
}

static void
test_project (void)
{
  TAKES (DW_TYPE_PROJECT, "image", "shop", "acme/shop", "ghcr.io/acme/shop", "localhost:5000/shop");
  REFUSES (DW_TYPE_PROJECT, "image", "shop:v1", "localhost:5000/shop:v1", "Shop",
           "shop@sha256:0123456789012345678901234567890123456789012345678901234567890123",
           "https://ghcr.io/acme/shop", " shop", "shop ");
  check_text (DW_TYPE_PROJECT, "image", NULL, FALSE);
  TAKES (DW_TYPE_PROJECT, "health-path", "/", "/health", "/a?b=c&d", "/%20");
  REFUSES (DW_TYPE_PROJECT, "health-path", "health", "http://a/", "/a b", "/a#b");
  check_text (DW_TYPE_PROJECT, "health-path", NULL, FALSE);
  TAKES (DW_TYPE_PROJECT, "command", "serve --port 80", "sh -c 'exec a'");
  check_text (DW_TYPE_PROJECT, "command", NULL, TRUE);
  REFUSES (DW_TYPE_PROJECT, "command", "sh -c 'a", "a \"b", "  ");
  check_text (DW_TYPE_PROJECT, "network", NULL, TRUE);
}

static void
check_project_number (const char *property, gint64 value, gboolean is_valid)
{
  g_autoptr (DwEntity) project = make_valid (DW_TYPE_PROJECT);
  g_autoptr (GError) error = NULL;
  g_autofree char *column = g_strdelimit (g_strdup (property), "-", '_');
  g_auto (GValue) number = G_VALUE_INIT;

  g_value_init (&number, G_TYPE_INT64);
  g_value_set_int64 (&number, value);
  g_object_set_property (G_OBJECT (project), property, &number);

  g_assert_cmpint (dw_entity_validate (project, &error), ==, is_valid);
  if (!is_valid)
    {
      g_assert_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID);
      check_message (error->message, column);
    }
}

static void
test_project_numbers (void)
{
  check_project_number ("health-status", 0, TRUE);
  check_project_number ("health-status", 1, FALSE);
  check_project_number ("health-status", 99, FALSE);
  check_project_number ("health-status", 100, TRUE);
  check_project_number ("health-status", 599, TRUE);
  check_project_number ("memory-limit-bytes", 0, TRUE);
  check_project_number ("memory-limit-bytes", 1, FALSE);
  check_project_number ("memory-limit-bytes", 6 * 1024 * 1024 - 1, FALSE);
  check_project_number ("memory-limit-bytes", 6 * 1024 * 1024, TRUE);
  check_project_number ("memory-limit-bytes", G_MAXINT64, TRUE);
}

static void
test_domains (void)
{
  g_autofree char *label = g_strnfill (63, 'a');
  g_autofree char *longest = g_strjoin (".", label, label, label, "a", NULL);
  g_autofree char *too_long_label = g_strconcat (label, "a.example.com", NULL);
  g_autofree char *too_long = g_strjoin (".", label, label, label, label, NULL);

  TAKES (DW_TYPE_STAGE, "domain", "app.example.com", "localhost", "a", "1.2.3.4",
         "xn--bcher-kva.de", longest);
  check_text (DW_TYPE_STAGE, "domain", NULL, TRUE);
  REFUSES (DW_TYPE_STAGE, "domain", ".", "a.", ".a", "a..b", "App.example.com", "-a.com", "a-.com",
           "a_b.com", "https://a", "a/b", "a:80", "*.a.com", "bücher.de", too_long_label, too_long);
}

static void
test_registry (void)
{
  TAKES (DW_TYPE_REGISTRY, "name", "Docker Hub", "ghcr", "Häuser & Söhne");
  TAKES (DW_TYPE_REGISTRY, "url", "https://ghcr.io", "http://localhost:5000", "https://[::1]:5000",
         "https://registry.example.com/v2/");
  REFUSES (DW_TYPE_REGISTRY, "url", "ghcr.io", "ftp://ghcr.io", "https://", "https:///v2",
           "https://user:password@ghcr.io", "https://user@ghcr.io", "https://a b", "file:///etc",
           "https://ghcr.io:99999");
  check_text (DW_TYPE_REGISTRY, "url", NULL, FALSE);
  check_text (DW_TYPE_REGISTRY, "name", NULL, FALSE);
  check_text (DW_TYPE_REGISTRY, "username", NULL, TRUE);
  check_text (DW_TYPE_REGISTRY, "schedule", NULL, TRUE);
  TAKES (DW_TYPE_REGISTRY, "schedule", "@every 5m", "*/15 8-18 * * mon-fri");
  REFUSES (DW_TYPE_REGISTRY, "schedule", "often", "* * * *", "@every 0s");
}

static void
test_settings (void)
{
  check_text (DW_TYPE_SETTINGS, "engine-address", NULL, TRUE);
  TAKES (DW_TYPE_SETTINGS, "engine-address", "unix:///var/run/docker.sock", "tcp://127.0.0.1:2375");
  check_text (DW_TYPE_SETTINGS, "default-schedule", NULL, FALSE);
  TAKES (DW_TYPE_SETTINGS, "outgoing-webhook-url", "https://hooks.example.com/a?b=c");
  REFUSES (DW_TYPE_SETTINGS, "outgoing-webhook-url", "hooks.example.com", "javascript:alert(1)");
  TAKES (DW_TYPE_SETTINGS, "base-domain", "example.com");
  REFUSES (DW_TYPE_SETTINGS, "base-domain", ".example.com", "*.example.com");
}

static void
test_history (void)
{
  static const struct
  {
    const char *property;
    guint type;
  } required[] = {
    { "project-id", 1 }, { "stage-id", 4 },   { "deploy-id", 4 }, { "image", 4 },
    { "digest", 4 },     { "project-id", 5 }, { "stage-id", 5 },  { "image", 5 },
    { "deploy-id", 6 },  { "message", 6 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (required); i++)
    {
      check_text (entity_type (required[i].type), required[i].property, NULL, FALSE);
      REFUSES (entity_type (required[i].type), required[i].property, "", "\xff");
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/model/entity/every-property-has-a-default-and-notifies-when-it-changes",
                   test_properties);
  g_test_add_func ("/model/entity/every-property-is-found-by-its-column", test_columns);
  g_test_add_func ("/model/entity/a-copy-says-the-same-and-notifies-what-changes", test_copy);
  g_test_add_func ("/model/entity/a-number-out-of-its-bounds-is-refused", test_bounds);
  g_test_add_func ("/model/entity/with-what-it-needs-it-is-valid", test_valid_from_the_start);
  g_test_add_func ("/model/entity/a-field-of-one-line-refuses-everything-else", test_hostile_lines);
  g_test_add_func ("/model/entity/a-name-is-a-host-name's-label", test_names);
  g_test_add_func ("/model/entity/a-domain-is-a-host-name", test_domains);
  g_test_add_func ("/model/entity/what-a-project-takes", test_project);
  g_test_add_func ("/model/entity/what-a-project's-numbers-may-be", test_project_numbers);
  g_test_add_func ("/model/entity/what-a-registry-takes", test_registry);
  g_test_add_func ("/model/entity/what-the-settings-take", test_settings);
  g_test_add_func ("/model/entity/what-history-needs", test_history);

  return g_test_run ();
}
