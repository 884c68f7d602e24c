/* test-store-entities.c: what every entity can have done to it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "store-fixture.h"

#include <string.h>

#include "model/dw-model-error.h"

#define DIGEST "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

static const char *
id_of (gpointer entity)
{
  return dw_entity_get_id (entity);
}

static void
assert_stamped (gpointer entity)
{
  static const char *pattern = "^[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]"
                               "\\.[0-9]{3}Z$";

  g_assert_true (g_regex_match_simple (pattern, dw_entity_get_created_at (entity), 0, 0));
  g_assert_true (g_regex_match_simple (pattern, dw_entity_get_updated_at (entity), 0, 0));
  g_assert_cmpstr (dw_entity_get_created_at (entity), <=, dw_entity_get_updated_at (entity));
  if (!DW_IS_DEPLOY_LOG (entity) && !DW_IS_SETTINGS (entity))
    g_assert_true (g_uuid_string_is_valid (id_of (entity)));
}

/* Every property of @entity that is stored must be set to what is not its default. */
static void
assert_differs_from_new (gpointer entity)
{
  g_autoptr (GObject) fresh G_GNUC_UNUSED = g_object_new (G_OBJECT_TYPE (entity), NULL);
  guint n;
  g_autofree GParamSpec **properties = g_object_class_list_properties (G_OBJECT_GET_CLASS (entity),
                                                                       &n);

  for (guint i = 0; i < n; i++)
    {
      g_auto (GValue) value = G_VALUE_INIT;

      g_object_get_property (entity, properties[i]->name, &value);
      if (g_param_value_defaults (properties[i], &value) &&
          !dw_entity_param_is_joined (properties[i]))
        g_error ("%s is as it was at the start", properties[i]->name);
    }
}

/* Creates @entity, reads it, writes @changed's fields over it, reads it again, deletes it. */
static void
assert_round_trip (DwStore *store, gpointer entity, gpointer changed)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (dw_store_create (store, entity, &error));
  g_assert_no_error (error);
  assert_stamped (entity);
  assert_differs_from_new (entity);

  g_autoptr (DwEntity) read = store_fixture_read_again (store, entity);
  store_fixture_assert_equal (entity, read);

  g_autoptr (GPtrArray) rows = dw_store_list (store, G_OBJECT_TYPE (entity), &error);
  gboolean is_listed = FALSE;
  for (guint i = 0; i < rows->len; i++)
    is_listed = is_listed || g_strcmp0 (id_of (rows->pdata[i]), id_of (entity)) == 0;
  g_assert_true (is_listed);

  g_object_set (changed, "id", id_of (entity), "created-at", dw_entity_get_created_at (entity),
                NULL);
  g_assert_true (dw_store_update (store, changed, &error));
  g_assert_no_error (error);
  assert_stamped (changed);

  g_autoptr (DwEntity) again = store_fixture_read_again (store, changed);
  store_fixture_assert_equal (changed, again);

  g_assert_true (dw_store_delete (store, G_OBJECT_TYPE (entity), id_of (entity), &error));
  g_assert_no_error (error);
  store_fixture_assert_missing (store, G_OBJECT_TYPE (entity), id_of (entity));
}

static void
test_registry (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (DwRegistry) registry = g_object_new (
      DW_TYPE_REGISTRY, "name", "Größe 'quoted' \"twice\"; DROP TABLE registries --", "url",
      "https://registry.example.com/v2", "kind", DW_REGISTRY_KIND_GITLAB, "username", "jo",
      "schedule", "*/5 * * * *", "enabled", FALSE, "last-checked-at", "2026-01-02T03:04:05.678Z",
      "last-error", "two\nlines", NULL);
  g_autoptr (DwRegistry)
      changed = g_object_new (DW_TYPE_REGISTRY, "name", "b", "url", "http://localhost:5000", NULL);

  assert_round_trip (fixture->store, registry, changed);
}

static void
test_project (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (DwRegistry) registry = store_fixture_add_registry (fixture->store, "hub");
  g_autoptr (DwProject) project = g_object_new (
      DW_TYPE_PROJECT, "name", "shop", "image", "registry.example.com:5000/team/shop",
      "registry-id", id_of (registry), "port", 65535, "health-kind", DW_HEALTH_HTTP, "health-path",
      "/health?deep=1", "health-status", 204, "health-interval-ms", 10, "health-timeout-ms",
      3600000, "health-retries", 1000, "env", "{\"LANG\":\"de_DE\",\"EMPTY\":\"\"}", "volumes",
      "[\"/srv/shop:/data:ro\"]", "command", "serve --name 'a b'", "network", "backend",
      "restart-policy", DW_RESTART_ON_FAILURE, "memory-limit-bytes", G_GINT64_CONSTANT (1) << 40,
      "cpu-limit-millis", 1500, "notifications", DW_NOTIFICATIONS_NONE, NULL);
  g_autoptr (DwProject)
      changed = g_object_new (DW_TYPE_PROJECT, "name", "shop", "image", "busybox", NULL);

  assert_round_trip (fixture->store, project, changed);
}

static void
test_stage (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (DwProject) project = store_fixture_add_project (fixture->store, "shop");
  g_autoptr (DwStage) other = store_fixture_add_stage (fixture->store, project, "other");
  g_autoptr (DwDeploy) deploy = store_fixture_add_deploy (fixture->store, other, "v1");
  g_autoptr (DwInstance) instance = store_fixture_add_instance (fixture->store, deploy);
  g_autoptr (DwStage) stage = g_object_new (
      DW_TYPE_STAGE, "project-id", id_of (project), "name", "prod", "position", 7, "policy-kind",
      DW_TAG_POLICY_SEMVER, "policy-pattern", "^1.2", "auto-deploy", TRUE, "confirm", TRUE, "keep",
      3, "host-port", 8080, "domain", "shop.example.com", "env", "{\"STAGE\":\"prod\"}", "volumes",
      "[\"data:/data\"]", "current-instance-id", id_of (instance), "policy-include", "^v",
      "policy-exclude", "-rc", "minimum-age-s", 3600, "allowed-hours", "22:00-06:00", "pre-pull",
      TRUE, "snoozed-until", "2026-01-02T03:04:05.678Z", "declined-digest", DIGEST, "newer-state",
      DW_NEWER_AGING, "newer-tag", "v2", "newer-digest", DIGEST, "newer-since",
      "2026-01-02T03:04:05.678Z", "newer-until", "2026-01-03T03:04:05.678Z", "release-command",
      "/bin/migrate --all", "release-timeout-seconds", 30, "drain-seconds", 5, "watch-seconds", 0,
      "canary-percent", 10, "canary-seconds", 20, "route-places", "[{\"proxy\":\"gateway\"}]",
      NULL);
  g_autoptr (DwStage)
      changed = g_object_new (DW_TYPE_STAGE, "project-id", id_of (project), "name", "production",
                              "policy-kind", DW_TAG_POLICY_EXACT, "policy-pattern", "latest", NULL);

  g_autoptr (DwStage) fresh = g_object_new (DW_TYPE_STAGE, NULL);
  if (dw_stage_get_policy_kind (stage) == dw_stage_get_policy_kind (fresh))
    g_object_set (stage, "policy-kind", DW_TAG_POLICY_GLOB, "policy-pattern", "v1.*", NULL);
  /* An update leaves these to the deploys and to watching. */
  g_object_set (changed, "current-instance-id", id_of (instance), "snoozed-until",
                "2026-01-02T03:04:05.678Z", "declined-digest", DIGEST, "newer-state",
                DW_NEWER_AGING, "newer-tag", "v2", "newer-digest", DIGEST, "newer-since",
                "2026-01-02T03:04:05.678Z", "newer-until", "2026-01-03T03:04:05.678Z",
                "route-places", "[{\"proxy\":\"gateway\"}]", NULL);

  assert_round_trip (fixture->store, stage, changed);
}

static void
test_an_update_leaves_the_current_instance (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwProject) project = store_fixture_add_project (fixture->store, "shop");
  g_autoptr (DwStage) stage = store_fixture_add_stage (fixture->store, project, "prod");
  g_autoptr (DwDeploy) deploy = store_fixture_add_deploy (fixture->store, stage, "v1");
  g_autoptr (DwInstance) instance = store_fixture_add_instance (fixture->store, deploy);

  g_assert_true (dw_store_set_stage_current_instance (fixture->store, id_of (stage),
                                                      id_of (instance), &error));
  /* A form that was opened before that knows nothing of it. */
  g_object_set (stage, "keep", 5, NULL);
  g_assert_true (dw_store_update (fixture->store, DW_ENTITY (stage), &error));
  g_assert_no_error (error);

  g_autoptr (DwStage) read = store_fixture_read_again (fixture->store, stage);
  g_assert_cmpint (dw_stage_get_keep (read), ==, 5);
  g_assert_cmpstr (dw_stage_get_current_instance_id (read), ==, id_of (instance));

  g_assert_true (dw_store_set_stage_current_instance (fixture->store, id_of (stage), NULL, &error));
  g_autoptr (DwStage) cleared = store_fixture_read_again (fixture->store, stage);
  g_assert_null (dw_stage_get_current_instance_id (cleared));
}

static void
test_deploy (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (DwProject) project = store_fixture_add_project (fixture->store, "shop");
  g_autoptr (DwStage) stage = store_fixture_add_stage (fixture->store, project, "prod");
  g_autoptr (DwDeploy) other = store_fixture_add_deploy (fixture->store, stage, "v0");
  g_autoptr (DwInstance) instance = store_fixture_add_instance (fixture->store, other);
  g_autoptr (DwDeploy) deploy = g_object_new (
      DW_TYPE_DEPLOY, "project-id", id_of (project), "stage-id", id_of (stage), "instance-id",
      id_of (instance), "image", "registry.example.com/team/app", "tag", "v1", "digest", DIGEST,
      "trigger", DW_TRIGGER_PROMOTE, "status", DW_DEPLOY_CONFIGURING_PROXY, "error", "none yet",
      "started-at", "2026-01-02T03:04:05.678Z", "finished-at", "2026-01-02T03:04:06.678Z", NULL);
  g_autoptr (DwDeploy) changed = g_object_new (DW_TYPE_DEPLOY, "project-id", id_of (project),
                                               "stage-id", id_of (stage), "image", "busybox", NULL);

  assert_round_trip (fixture->store, deploy, changed);
}

static void
test_instance (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (DwProject) project = store_fixture_add_project (fixture->store, "shop");
  g_autoptr (DwStage) stage = store_fixture_add_stage (fixture->store, project, "prod");
  g_autoptr (DwDeploy) deploy = store_fixture_add_deploy (fixture->store, stage, "v1");
  g_autoptr (DwInstance) instance = g_object_new (
      DW_TYPE_INSTANCE, "stage-id", id_of (stage), "deploy-id", id_of (deploy), "container-id",
      "4c01db0b339c", "container-name", "shop-prod-1", "image", "registry.example.com/team/app",
      "tag", "v1", "digest", DIGEST, "host-port", 49153, "domain", "shop.example.com", "route-id",
      "17", "status", DW_INSTANCE_REMOVING, NULL);
  g_autoptr (DwInstance)
      changed = g_object_new (DW_TYPE_INSTANCE, "stage-id", id_of (stage), "deploy-id",
                              id_of (deploy), "image", "busybox", "digest", DIGEST, NULL);

  assert_round_trip (fixture->store, instance, changed);
}

static void
test_deploy_log (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (DwProject) project = store_fixture_add_project (fixture->store, "shop");
  g_autoptr (DwStage) stage = store_fixture_add_stage (fixture->store, project, "prod");
  g_autoptr (DwDeploy) deploy = store_fixture_add_deploy (fixture->store, stage, "v1");
  g_autoptr (DwDeployLog) line = g_object_new (
      DW_TYPE_DEPLOY_LOG, "deploy-id", id_of (deploy), "level", DW_LOG_ERROR, "phase",
      DW_DEPLOY_HEALTH_CHECKING, "message", "it said: „nein“ 🐳", NULL);
  g_autoptr (DwDeployLog) changed = g_object_new (DW_TYPE_DEPLOY_LOG, "deploy-id", id_of (deploy),
                                                  "message", "corrected", NULL);

  assert_round_trip (fixture->store, line, changed);
}

static void
test_repository (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (DwRepository) repository = g_object_new (
      DW_TYPE_REPOSITORY, "image", "registry.example.com/team/app", "etag", "W/\"1\"",
      "tags-digest", DIGEST, "tags", "{\"v1\":1767225600}", "digests", "{\"v1\":[]}", "checked-at",
      "2026-01-02T03:04:05.678Z", "error", "down", NULL);
  g_autoptr (DwRepository) changed = g_object_new (DW_TYPE_REPOSITORY, "image", "busybox", NULL);

  assert_round_trip (fixture->store, repository, changed);
}

static void
test_held_version (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (DwProject) project = store_fixture_add_project (fixture->store, "shop");
  g_autoptr (DwStage) stage = store_fixture_add_stage (fixture->store, project, "prod");
  g_autoptr (DwHeldVersion)
      held = g_object_new (DW_TYPE_HELD_VERSION, "stage-id", id_of (stage), "tag", "v1", "digest",
                           DIGEST, "reason", DW_HOLD_ROLLED_BACK, NULL);
  g_autoptr (DwHeldVersion) changed = g_object_new (DW_TYPE_HELD_VERSION, "stage-id", id_of (stage),
                                                    "digest", "sha256:0", NULL);

  assert_round_trip (fixture->store, held, changed);
}

static void
test_settings (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwSettings) settings = dw_store_get_settings (fixture->store, &error);
  g_autoptr (DwSettings) defaults = g_object_new (DW_TYPE_SETTINGS, NULL);

  g_assert_no_error (error);
  assert_stamped (settings);
  g_object_set (defaults, "id", "1", "created-at", dw_entity_get_created_at (DW_ENTITY (settings)),
                "updated-at", dw_entity_get_updated_at (DW_ENTITY (settings)), NULL);
  store_fixture_assert_equal (settings, defaults);

  g_object_set (
      settings, "engine-address", "unix:///run/docker.sock", "default-schedule", "@hourly",
      "proxy-kind", DW_PROXY_KIND_TRAEFIK, "proxy-address", "http://localhost:81", "proxy-user",
      "jo", "base-domain", "example.com", "network", "backend", "webhook-enabled", TRUE,
      "webhook-port", 1, "notify-success", FALSE, "notify-failure", FALSE, "notify-update", FALSE,
      "outgoing-webhook-url", "https://chat.example.com/hook", "history-retention-days", 90,
      "max-parallel-deploys", 64, "keep-watching", TRUE, "start-at-login", TRUE, "proxy-strict",
      TRUE, "proxy-forward-host", "192.0.2.1", "proxy-certificate", "le", "proxy-entrypoint", "web",
      "gateway-image", "haproxy:3", "gateway-address", "0.0.0.0", "gateway-port", 80,
      "outgoing-webhook-kind", DW_OUTGOING_WEBHOOK_NTFY, NULL);
  g_assert_true (dw_store_update (fixture->store, DW_ENTITY (settings), &error));
  g_assert_no_error (error);
  g_autoptr (DwSettings) read = dw_store_get_settings (fixture->store, &error);
  store_fixture_assert_equal (settings, read);

  /* What came of a message stands in the row, too, and whoever edits it has nothing to do with it.
   */
  g_assert_true (dw_store_set_outgoing_webhook_outcome (fixture->store, settings, "no", &error));
  g_assert_true (dw_store_update (fixture->store, DW_ENTITY (settings), &error));
  g_assert_no_error (error);
  g_clear_object (&read);
  read = dw_store_get_settings (fixture->store, &error);
  g_assert_cmpstr (dw_settings_get_outgoing_webhook_error (read), ==, "no");
  assert_differs_from_new (read);
}

static void
test_settings_always_exist (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwSettings) settings = g_object_new (DW_TYPE_SETTINGS, NULL);

  g_assert_false (dw_store_create (fixture->store, DW_ENTITY (settings), &error));
  g_assert_error (error, DW_STORE_ERROR, DW_STORE_ERROR_EXISTS);
  g_clear_error (&error);

  g_assert_false (dw_store_delete (fixture->store, DW_TYPE_SETTINGS, "1", &error));
  g_assert_error (error, DW_STORE_ERROR, DW_STORE_ERROR_CONSTRAINT);
  g_clear_error (&error);

  g_assert_false (dw_store_delete (fixture->store, DW_TYPE_SETTINGS, "2", &error));
  g_assert_error (error, DW_STORE_ERROR, DW_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_autoptr (GPtrArray) rows = dw_store_list (fixture->store, DW_TYPE_SETTINGS, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 1);
}

static void
test_not_found (StoreFixture *fixture, gconstpointer data)
{
  DwStore *store = fixture->store;
  static const char *missing = "0b7c1e0e-0000-4000-8000-000000000000";
  GType types[] = { DW_TYPE_PROJECT,  DW_TYPE_STAGE,  DW_TYPE_REGISTRY,  DW_TYPE_SETTINGS,
                    DW_TYPE_INSTANCE, DW_TYPE_DEPLOY, DW_TYPE_DEPLOY_LOG };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (GError) error = NULL;

      store_fixture_assert_missing (store, types[i], missing);
      store_fixture_assert_missing (store, types[i], NULL);
      g_assert_false (dw_store_delete (store, types[i], missing, &error));
      g_assert_error (error, DW_STORE_ERROR, DW_STORE_ERROR_NOT_FOUND);
      g_assert_nonnull (strstr (error->message, missing));
    }

#define ASSERT_NOT_FOUND(call)                                                                     \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autoptr (GError) error = NULL;                                                               \
    g_assert_false ((call) != 0);                                                                  \
    g_assert_error (error, DW_STORE_ERROR, DW_STORE_ERROR_NOT_FOUND);                              \
  }                                                                                                \
  G_STMT_END

  g_autoptr (DwProject) project = store_fixture_add_project (store, "shop");
  g_autoptr (DwProject) gone = g_object_new (DW_TYPE_PROJECT, "id", missing, "name", "gone",
                                             "image", "busybox", NULL);
  ASSERT_NOT_FOUND (dw_store_update (store, DW_ENTITY (gone), &error));
  g_assert_null (dw_entity_get_updated_at (DW_ENTITY (gone)));
  ASSERT_NOT_FOUND (dw_store_find_project (store, "shops", &error));
  ASSERT_NOT_FOUND (dw_store_find_registry (store, "", &error));
  ASSERT_NOT_FOUND (dw_store_find_stage (store, id_of (project), "prod", &error));
  ASSERT_NOT_FOUND (dw_store_set_stage_current_instance (store, missing, NULL, &error));
  ASSERT_NOT_FOUND (dw_store_set_instance_status (store, missing, DW_INSTANCE_FAILED, &error));
  ASSERT_NOT_FOUND (dw_store_set_deploy_status (store, missing, DW_DEPLOY_FAILED, NULL, &error));
  ASSERT_NOT_FOUND (dw_store_set_deploy_target (store, missing, "v1", DIGEST, &error));
  ASSERT_NOT_FOUND (dw_store_set_deploy_instance (store, missing, NULL, &error));
}

static void
assert_exists (DwStore *store, gpointer entity, gboolean is_new, const char *value)
{
  g_autoptr (GError) error = NULL;

  if (is_new)
    {
      g_assert_false (dw_store_create (store, entity, &error));
      g_assert_null (id_of (entity));
    }
  else
    g_assert_false (dw_store_update (store, entity, &error));

  g_assert_error (error, DW_STORE_ERROR, DW_STORE_ERROR_EXISTS);
  g_assert_nonnull (strstr (error->message, "name"));
  g_assert_nonnull (strstr (error->message, value));
}

static void
test_exists (StoreFixture *fixture, gconstpointer data)
{
  DwStore *store = fixture->store;
  g_autoptr (DwProject) shop = store_fixture_add_project (store, "shop");
  g_autoptr (DwProject) blog = store_fixture_add_project (store, "blog");
  g_autoptr (DwStage) prod G_GNUC_UNUSED = store_fixture_add_stage (store, shop, "prod");
  g_autoptr (DwStage) dev = store_fixture_add_stage (store, shop, "dev");
  g_autoptr (DwStage) elsewhere G_GNUC_UNUSED = store_fixture_add_stage (store, blog, "prod");
  g_autoptr (DwRegistry) hub G_GNUC_UNUSED = store_fixture_add_registry (store, "hub");

  g_autoptr (DwProject)
      project = g_object_new (DW_TYPE_PROJECT, "name", "shop", "image", "busybox", NULL);
  g_autoptr (DwStage)
      stage = g_object_new (DW_TYPE_STAGE, "project-id", id_of (shop), "name", "prod", NULL);
  g_autoptr (DwRegistry)
      registry = g_object_new (DW_TYPE_REGISTRY, "name", "hub", "url", "https://example.com", NULL);

  assert_exists (store, project, TRUE, "shop");
  assert_exists (store, stage, TRUE, "prod");
  assert_exists (store, registry, TRUE, "hub");

  g_object_set (blog, "name", "shop", NULL);
  assert_exists (store, blog, FALSE, "shop");
  g_object_set (dev, "name", "prod", NULL);
  assert_exists (store, dev, FALSE, "prod");

  g_assert_cmpint (store_fixture_count (fixture, "SELECT count (*) FROM stages"), ==, 3);
}

static void
assert_invalid (DwStore *store, gpointer entity, const char *field)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwEntity) owned = entity;

  g_assert_false (dw_store_create (store, owned, &error));
  g_assert_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, field));
  g_assert_null (id_of (owned));
}

static void
test_the_model_refuses (StoreFixture *fixture, gconstpointer data)
{
  DwStore *store = fixture->store;
  g_autoptr (DwProject) shop = store_fixture_add_project (store, "shop");
  g_autofree char *long_name = g_strnfill (10000, 'a');

#define PROJECT(...) g_object_new (DW_TYPE_PROJECT, __VA_ARGS__, NULL)
#define STAGE(...) g_object_new (DW_TYPE_STAGE, "project-id", id_of (shop), __VA_ARGS__, NULL)

  assert_invalid (store, PROJECT ("image", "busybox"), "name");
  assert_invalid (store, PROJECT ("name", long_name, "image", "busybox"), "name");
  assert_invalid (store, PROJECT ("name", "a\nb", "image", "busybox"), "name");
  assert_invalid (store, PROJECT ("name", "a", "image", "busybox:1"), "image");
  assert_invalid (store, PROJECT ("name", "a", "image", "busybox", "env", "{"), "env");
  assert_invalid (store, PROJECT ("name", "a", "image", "busybox", "env", "[]"), "env");
  assert_invalid (store, PROJECT ("name", "a", "image", "busybox", "volumes", "{}"), "volumes");
  assert_invalid (store, PROJECT ("name", "a", "image", "busybox", "health-status", 99),
                  "health_status");
  assert_invalid (store, STAGE ("name", "a", "env", "not JSON"), "env");
  assert_invalid (store, STAGE ("name", "a", "volumes", "[1]"), "volumes");
  assert_invalid (store, STAGE ("name", "a", "domain", "a b"), "domain");
  assert_invalid (store, g_object_new (DW_TYPE_STAGE, "name", "a", NULL), "project_id");
  assert_invalid (store, g_object_new (DW_TYPE_REGISTRY, "name", "a", "url", "ftp://x", NULL),
                  "url");
  assert_invalid (store, g_object_new (DW_TYPE_DEPLOY, NULL), "project_id");
  assert_invalid (store, g_object_new (DW_TYPE_INSTANCE, NULL), "stage_id");
  assert_invalid (store, g_object_new (DW_TYPE_DEPLOY_LOG, NULL), "deploy_id");
}

static void
test_a_reference_to_nothing (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwStage)
      stage = g_object_new (DW_TYPE_STAGE, "project-id", "nobody", "name", "prod", NULL);

  g_assert_false (dw_store_create (fixture->store, DW_ENTITY (stage), &error));
  g_assert_error (error, DW_STORE_ERROR, DW_STORE_ERROR_CONSTRAINT);
  g_clear_error (&error);

  g_assert_false (
      dw_store_append_log (fixture->store, "nobody", DW_LOG_INFO, DW_DEPLOY_PENDING, "a", &error));
  g_assert_error (error, DW_STORE_ERROR, DW_STORE_ERROR_CONSTRAINT);
}

static void
test_errors_may_be_ignored (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (DwProject) shop G_GNUC_UNUSED = store_fixture_add_project (fixture->store, "shop");
  g_autoptr (DwProject)
      again = g_object_new (DW_TYPE_PROJECT, "name", "shop", "image", "busybox", NULL);

  g_assert_false (dw_store_create (fixture->store, DW_ENTITY (again), NULL));
  g_assert_null (dw_store_get (fixture->store, DW_TYPE_PROJECT, "nobody", NULL));
  g_assert_false (dw_store_delete (fixture->store, DW_TYPE_PROJECT, "nobody", NULL));
  g_object_set (again, "id", "nobody", NULL);
  g_assert_false (dw_store_update (fixture->store, DW_ENTITY (again), NULL));
}

static void
test_everything_is_there_after_a_restart (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwProject) shop = store_fixture_add_project (fixture->store, "shop");

  store_fixture_close (fixture);
  store_fixture_reopen (fixture);

  g_autoptr (DwProject) found = dw_store_find_project (fixture->store, "shop", &error);
  g_assert_no_error (error);
  store_fixture_assert_equal (shop, found);
}

static void
test_stage_order (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwProject) shop = store_fixture_add_project (fixture->store, "shop");
  g_autoptr (DwStage) dev = store_fixture_add_stage (fixture->store, shop, "dev");
  g_autoptr (DwStage) prod = store_fixture_add_stage (fixture->store, shop, "prod");
  const char *order[] = { dw_entity_get_id (DW_ENTITY (prod)), dw_entity_get_id (DW_ENTITY (dev)),
                          NULL };
  const char *wrong[] = { dw_entity_get_id (DW_ENTITY (dev)), "no such stage", NULL };

  g_assert_true (dw_store_set_stage_order (fixture->store, order, &error));
  g_assert_no_error (error);
  g_assert_false (dw_store_set_stage_order (fixture->store, wrong, &error));
  g_assert_error (error, DW_STORE_ERROR, DW_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_autoptr (GPtrArray)
      stages = dw_store_list_stages (fixture->store, dw_entity_get_id (DW_ENTITY (shop)), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (stages->len, ==, 2);
  g_assert_cmpstr (dw_stage_get_name (g_ptr_array_index (stages, 0)), ==, "prod");
  g_assert_cmpint (dw_stage_get_position (g_ptr_array_index (stages, 1)), ==, 1);
}

/* Deploys a version whose digest is of one letter, and whose tag is @tag. */
static void
deploy_version (
    StoreFixture *fixture, DwStage *stage, const char *tag, char digit, DwTrigger trigger)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *digits = g_strnfill (64, digit);
  g_autofree char *digest = g_strconcat ("sha256:", digits, NULL);
  g_autoptr (DwDeploy) deploy = g_object_new (
      DW_TYPE_DEPLOY, "project-id", dw_stage_get_project_id (stage), "stage-id",
      dw_entity_get_id (DW_ENTITY (stage)), "image", "acme.dev/shop", "tag", tag, "digest", digest,
      "trigger", trigger, NULL);

  dw_store_create (fixture->store, DW_ENTITY (deploy), &error);
  g_assert_no_error (error);
  store_fixture_end_deploy (fixture->store, deploy,
                            *tag == 'x' ? DW_DEPLOY_FAILED : DW_DEPLOY_SUCCESS);
}

static void
assert_previous (StoreFixture *fixture, DwStage *stage, char digit, const char *tag)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *digits = g_strnfill (64, digit);
  g_autofree char *digest = g_strconcat ("sha256:", digits, NULL);
  g_autoptr (DwDeploy) previous = dw_store_find_previous_deploy (
      fixture->store, dw_entity_get_id (DW_ENTITY (stage)), digest, &error);

  if (tag != NULL)
    {
      g_assert_no_error (error);
      g_assert_cmpstr (dw_deploy_get_tag (previous), ==, tag);
    }
  else
    g_assert_error (error, DW_STORE_ERROR, DW_STORE_ERROR_NOT_FOUND);
}

static void
test_versions_of_a_stage (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwProject) shop = store_fixture_add_project (fixture->store, "shop");
  g_autoptr (DwStage) dev = store_fixture_add_stage (fixture->store, shop, "dev");
  const char *dev_id = dw_entity_get_id (DW_ENTITY (dev));
  gint64 number = 0;

  deploy_version (fixture, dev, "v1", '1', DW_TRIGGER_MANUAL);
  deploy_version (fixture, dev, "v2", '2', DW_TRIGGER_MANUAL);
  deploy_version (fixture, dev, "xv3", '3', DW_TRIGGER_MANUAL);
  deploy_version (fixture, dev, "v4", '4', DW_TRIGGER_MANUAL);
  deploy_version (fixture, dev, "v2", '2', DW_TRIGGER_ROLLBACK);

  assert_previous (fixture, dev, '4', "v2");
  assert_previous (fixture, dev, '2', "v1");
  assert_previous (fixture, dev, '1', NULL);
  assert_previous (fixture, dev, '9', NULL);

  g_autofree char *digits = g_strnfill (64, '2');
  g_autofree char *digest = g_strconcat ("sha256:", digits, NULL);
  g_autoptr (GPtrArray) all = dw_store_list_good_deploys (fixture->store, dev_id, NULL, 10, &error);
  g_autoptr (GPtrArray)
      others = dw_store_list_good_deploys (fixture->store, dev_id, digest, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (all->len, ==, 3);
  g_assert_cmpstr (dw_deploy_get_tag (g_ptr_array_index (all, 0)), ==, "v2");
  g_assert_cmpuint (others->len, ==, 1);
  g_assert_cmpstr (dw_deploy_get_tag (g_ptr_array_index (others, 0)), ==, "v4");

  g_assert_true (dw_store_count_stage_deploys (fixture->store, dev_id, &number, &error));
  g_assert_cmpint (number, ==, 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  store_test_add ("/store/repositories/every-field-is-kept", test_repository);
  store_test_add ("/store/held-versions/every-field-is-kept", test_held_version);
  store_test_add ("/store/registries/every-field-is-kept", test_registry);
  store_test_add ("/store/projects/every-field-is-kept", test_project);
  store_test_add ("/store/stages/every-field-is-kept", test_stage);
  store_test_add ("/store/stages/an-update-leaves-the-current-instance",
                  test_an_update_leaves_the_current_instance);
  store_test_add ("/store/stages/their-order-is-written-whole", test_stage_order);
  store_test_add ("/store/stages/their-versions-are-known", test_versions_of_a_stage);
  store_test_add ("/store/deploys/every-field-is-kept", test_deploy);
  store_test_add ("/store/instances/every-field-is-kept", test_instance);
  store_test_add ("/store/deploy-logs/every-field-is-kept", test_deploy_log);
  store_test_add ("/store/settings/every-field-is-kept", test_settings);
  store_test_add ("/store/settings/always-exist", test_settings_always_exist);
  store_test_add ("/store/what-is-not-there-is-not-found", test_not_found);
  store_test_add ("/store/a-taken-name-is-named", test_exists);
  store_test_add ("/store/the-model-refuses-bad-values", test_the_model_refuses);
  store_test_add ("/store/a-reference-to-nothing-is-refused", test_a_reference_to_nothing);
  store_test_add ("/store/errors-may-be-ignored", test_errors_may_be_ignored);
  store_test_add ("/store/everything-is-there-after-a-restart",
                  test_everything_is_there_after_a_restart);

  return g_test_run ();
}
