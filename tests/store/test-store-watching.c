/* test-store-watching.c: what watching knows, and how an older database comes to know it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "store-fixture.h"

#include <string.h>

#define DIGEST "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

static const char *
id_of (gpointer entity)
{
  return dw_entity_get_id (entity);
}

static void
test_saving_a_repository_twice (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwRepository) mine = g_object_new (DW_TYPE_REPOSITORY, "image", "busybox", NULL);
  g_autoptr (DwRepository)
      theirs = g_object_new (DW_TYPE_REPOSITORY, "image", "busybox", "etag", "2", NULL);

  g_assert_true (dw_store_save_repository (fixture->store, mine, &error));
  g_assert_true (dw_store_save_repository (fixture->store, theirs, &error));
  g_assert_no_error (error);

  g_autoptr (DwRepository) read = dw_store_find_repository (fixture->store, "busybox", &error);
  g_assert_cmpstr (dw_repository_get_etag (read), ==, "2");
  g_assert_null (dw_store_find_repository (fixture->store, "debian", &error));
  g_assert_error (error, DW_STORE_ERROR, DW_STORE_ERROR_NOT_FOUND);
}

static void
test_holding_a_version (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwProject) project = store_fixture_add_project (fixture->store, "shop");
  g_autoptr (DwStage) stage = store_fixture_add_stage (fixture->store, project, "prod");
  const char *id = id_of (stage);

  g_assert_true (dw_store_hold_version (fixture->store, id, "v1", DIGEST, DW_HOLD_FAILED, &error));
  g_assert_true (
      dw_store_hold_version (fixture->store, id, "v1", DIGEST, DW_HOLD_ROLLED_BACK, &error));
  g_assert_no_error (error);
  g_autoptr (GPtrArray) held = dw_store_list_held_versions (fixture->store, id, &error);
  g_assert_cmpuint (held->len, ==, 1);
  g_assert_cmpint (dw_held_version_get_reason (held->pdata[0]), ==, DW_HOLD_ROLLED_BACK);

  g_assert_true (dw_store_release_version (fixture->store, id, DIGEST, &error));
  g_assert_true (dw_store_release_version (fixture->store, id, DIGEST, &error));
  g_autoptr (GPtrArray) none = dw_store_list_held_versions (fixture->store, id, &error);
  g_assert_cmpuint (none->len, ==, 0);

  g_assert_false (
      dw_store_hold_version (fixture->store, "nobody", "v1", DIGEST, DW_HOLD_FAILED, &error));
  g_assert_error (error, DW_STORE_ERROR, DW_STORE_ERROR_CONSTRAINT);
}

static void
test_an_update_leaves_what_is_newer (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwProject) project = store_fixture_add_project (fixture->store, "shop");
  g_autoptr (DwStage) stage = store_fixture_add_stage (fixture->store, project, "prod");
  const char *time = "2026-01-02T03:04:05.678Z";

  g_assert_true (dw_store_set_stage_newer (fixture->store, id_of (stage), DW_NEWER_ASKS, "v2",
                                           DIGEST, time, NULL, &error));
  g_assert_true (dw_store_set_stage_snoozed (fixture->store, id_of (stage), time, &error));
  g_assert_true (dw_store_set_stage_declined (fixture->store, id_of (stage), DIGEST, &error));
  g_object_set (stage, "keep", 5, NULL);
  g_assert_true (dw_store_update (fixture->store, DW_ENTITY (stage), &error));
  g_assert_no_error (error);

  g_autoptr (DwStage) read = store_fixture_read_again (fixture->store, stage);
  g_assert_cmpint (dw_stage_get_newer_state (read), ==, DW_NEWER_ASKS);
  g_assert_cmpstr (dw_stage_get_newer_tag (read), ==, "v2");
  g_assert_cmpstr (dw_stage_get_newer_digest (read), ==, DIGEST);
  g_assert_cmpstr (dw_stage_get_newer_since (read), ==, time);
  g_assert_cmpstr (dw_stage_get_snoozed_until (read), ==, time);
  g_assert_cmpstr (dw_stage_get_declined_digest (read), ==, DIGEST);
}

/* As a program of then left it: a stage in the schema before watching. */
static void
test_a_database_of_before (StoreFixture *fixture, gconstpointer data)
{
  static const char *const files[] = { "001-initial.sql", "002-history.sql" };
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_path_get_dirname (fixture->path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  sqlite3 *handle = store_fixture_open_bare (fixture->path);
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *file = g_test_build_filename (G_TEST_DIST, "..", "sql", files[i], NULL);
      g_autofree char *sql = NULL;

      g_file_get_contents (file, &sql, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (store_fixture_execute_bare (handle, sql), ==, SQLITE_OK);
    }
  g_assert_cmpint (
      store_fixture_execute_bare (
          handle, "PRAGMA user_version = 2; PRAGMA application_id = 0x446b5774;"
                  "INSERT INTO projects VALUES ('p', 'x', 'x', 'shop', 'busybox', NULL, 0, 'none', "
                  "'/', 0, 1, 1, 1, '{}', '[]', NULL, NULL, 'no', 0, 0);"
                  "INSERT INTO stages VALUES ('s', 'x', 'x', 'p', 'prod', 0, 'exact', 'latest', 1, "
                  "0, 1, 0, NULL, '{}', '[]', NULL);"),
      ==, SQLITE_OK);
  sqlite3_close (handle);

  store_fixture_reopen (fixture);
  g_autoptr (DwStage) stage = dw_store_get (fixture->store, DW_TYPE_STAGE, "s", &error);
  g_assert_no_error (error);
  g_assert_true (dw_stage_get_auto_deploy (stage));
  g_assert_cmpint (dw_stage_get_newer_state (stage), ==, DW_NEWER_NONE);
  g_assert_cmpint (dw_stage_get_minimum_age_s (stage), ==, 0);
  g_assert_null (dw_stage_get_policy_include (stage));
  g_assert_false (dw_stage_get_pre_pull (stage));

  g_autoptr (DwSettings) settings = dw_store_get_settings (fixture->store, &error);
  g_assert_no_error (error);
  g_assert_false (dw_settings_get_keep_watching (settings));
}

/* As a program of then left it: a stage with a route in Caddy, and the gateway behind it. */
static void
test_a_route_of_before (StoreFixture *fixture, gconstpointer data)
{
  static const char *const files[] = { "001-initial.sql", "002-history.sql", "003-watching.sql",
                                       "004-traffic.sql", "005-outgoing-webhook.sql" };
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_path_get_dirname (fixture->path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  sqlite3 *handle = store_fixture_open_bare (fixture->path);
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *file = g_test_build_filename (G_TEST_DIST, "..", "sql", files[i], NULL);
      g_autofree char *sql = NULL;

      g_file_get_contents (file, &sql, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (store_fixture_execute_bare (handle, sql), ==, SQLITE_OK);
    }
  g_assert_cmpint (
      store_fixture_execute_bare (
          handle,
          "PRAGMA user_version = 5; PRAGMA application_id = 0x446b5774;"
          "UPDATE settings SET proxy_kind = 'caddy', proxy_strict = 1;"
          "INSERT INTO projects VALUES ('p', 'x', 'x', 'shop', 'busybox', NULL, 0, 'none', '/', "
          "0, 1, 1, 1, '{}', '[]', NULL, NULL, 'no', 0, 0);"
          "INSERT INTO stages (id, created_at, updated_at, project_id, name, position, "
          "policy_kind, policy_pattern, auto_deploy, confirm, keep, host_port, env, volumes) "
          "VALUES ('s', 'x', 'x', 'p', 'prod', 0, 'exact', 'latest', 1, 0, 1, 0, '{}', '[]'), "
          "('t', 'x', 'x', 'p', 'dev', 1, 'exact', 'latest', 1, 0, 1, 0, '{}', '[]');"
          "INSERT INTO deploys (id, created_at, updated_at, project_id, stage_id, image, "
          "\"trigger\", "
          "status) VALUES ('d', 'x', 'x', 'p', 's', 'busybox', 'cli', 'success');"
          "INSERT INTO instances (id, created_at, updated_at, stage_id, deploy_id, image, digest, "
          "host_port, route_id, status) VALUES ('i', 'x', 'x', 's', 'd', 'busybox', 'sha256:1', 0, "
          "'s', 'running');"
          "UPDATE stages SET current_instance_id = 'i' WHERE id = 's';"),
      ==, SQLITE_OK);
  sqlite3_close (handle);

  store_fixture_reopen (fixture);
  g_autoptr (DwStage) routed = dw_store_get (fixture->store, DW_TYPE_STAGE, "s", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (dw_stage_get_route_places (routed), ==,
                   "[{\"proxy\":\"gateway\"},"
                   "{\"proxy\":\"caddy\",\"address\":null,\"user\":null}]");
  g_autoptr (DwStage) other = dw_store_get (fixture->store, DW_TYPE_STAGE, "t", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (dw_stage_get_route_places (other), ==, "[]");

  g_assert_true (dw_store_set_stage_route_places (fixture->store, "s", "[]", &error));
  g_assert_no_error (error);
  g_assert_false (dw_store_set_stage_route_places (fixture->store, "s", "{", &error));
  g_assert_error (error, DW_STORE_ERROR, DW_STORE_ERROR_CONSTRAINT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  store_test_add ("/store/repositories/there-is-one-of-an-image", test_saving_a_repository_twice);
  store_test_add ("/store/held-versions/a-version-is-held-once", test_holding_a_version);
  store_test_add ("/store/stages/an-update-leaves-what-is-newer",
                  test_an_update_leaves_what_is_newer);
  store_test_add_closed ("/store/watching/a-database-of-before-comes-to-know-it",
                         test_a_database_of_before);
  store_test_add_closed ("/store/stages/a-route-of-before-is-in-the-proxy-of-the-settings",
                         test_a_route_of_before);

  return g_test_run ();
}
