/* test-store-deploys.c: stages, instances, deploys and their logs, and how they belong together
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
assert_constraint (gboolean works, GError **error)
{
  g_assert_false (works);
  g_assert_error (*error, DW_STORE_ERROR, DW_STORE_ERROR_CONSTRAINT);
  g_clear_error (error);
}

/* That @rows, whose element's @property is a text, are @expected in this order. */
static void
assert_texts (GPtrArray *owned_rows, const char *property, const char *expected)
{
  g_autoptr (GPtrArray) rows = owned_rows;
  g_autoptr (GString) texts = g_string_new (NULL);

  g_assert_nonnull (rows);
  for (guint i = 0; i < rows->len; i++)
    {
      g_autofree char *text = NULL;

      g_object_get (rows->pdata[i], property, &text, NULL);
      g_string_append_printf (texts, "%s%s", i > 0 ? " " : "", text);
    }
  g_assert_cmpstr (texts->str, ==, expected);
}

static void
test_deleting_a_project (StoreFixture *fixture, gconstpointer data)
{
  DwStore *store = fixture->store;
  g_autoptr (GError) error = NULL;
  g_autoptr (DwProject) shop = store_fixture_add_project (store, "shop");
  g_autoptr (DwProject) blog = store_fixture_add_project (store, "blog");
  g_autoptr (DwStage) stage = store_fixture_add_stage (store, shop, "prod");
  g_autoptr (DwStage) other_stage = store_fixture_add_stage (store, blog, "prod");
  g_autoptr (DwDeploy) deploy = store_fixture_add_deploy (store, stage, "v1");
  g_autoptr (DwDeploy) other_deploy = store_fixture_add_deploy (store, other_stage, "v1");
  g_autoptr (DwInstance) instance = store_fixture_add_instance (store, deploy);

  dw_store_append_log (store, id_of (deploy), DW_LOG_INFO, DW_DEPLOY_PENDING, "a", &error);
  dw_store_append_log (store, id_of (other_deploy), DW_LOG_INFO, DW_DEPLOY_PENDING, "b", &error);
  dw_store_set_deploy_instance (store, id_of (deploy), id_of (instance), &error);
  dw_store_set_stage_current_instance (store, id_of (stage), id_of (instance), &error);
  store_fixture_end_deploy (store, deploy, DW_DEPLOY_SUCCESS);

  g_assert_true (dw_store_delete (store, DW_TYPE_PROJECT, id_of (shop), &error));
  g_assert_no_error (error);

  store_fixture_assert_missing (store, DW_TYPE_STAGE, id_of (stage));
  store_fixture_assert_missing (store, DW_TYPE_DEPLOY, id_of (deploy));
  store_fixture_assert_missing (store, DW_TYPE_INSTANCE, id_of (instance));
  assert_texts (dw_store_list (store, DW_TYPE_DEPLOY_LOG, &error), "message", "b");
  assert_texts (dw_store_list (store, DW_TYPE_PROJECT, &error), "name", "blog");
  assert_texts (dw_store_list (store, DW_TYPE_STAGE, &error), "project-id", id_of (blog));
}

static void
test_deleting_a_stage (StoreFixture *fixture, gconstpointer data)
{
  DwStore *store = fixture->store;
  g_autoptr (GError) error = NULL;
  g_autoptr (DwProject) shop = store_fixture_add_project (store, "shop");
  g_autoptr (DwStage) stage = store_fixture_add_stage (store, shop, "prod");
  g_autoptr (DwDeploy) deploy = store_fixture_add_deploy (store, stage, "v1");
  g_autoptr (DwInstance) instance = store_fixture_add_instance (store, deploy);

  dw_store_set_deploy_instance (store, id_of (deploy), id_of (instance), &error);
  dw_store_set_stage_current_instance (store, id_of (stage), id_of (instance), &error);

  g_assert_true (dw_store_delete (store, DW_TYPE_STAGE, id_of (stage), &error));
  g_assert_no_error (error);

  store_fixture_assert_missing (store, DW_TYPE_DEPLOY, id_of (deploy));
  store_fixture_assert_missing (store, DW_TYPE_INSTANCE, id_of (instance));
  assert_texts (dw_store_list (store, DW_TYPE_PROJECT, &error), "name", "shop");
}

static void
test_deleting_a_registry (StoreFixture *fixture, gconstpointer data)
{
  DwStore *store = fixture->store;
  g_autoptr (GError) error = NULL;
  g_autoptr (DwRegistry) hub = store_fixture_add_registry (store, "hub");
  g_autoptr (DwProject) shop = store_fixture_add_project (store, "shop");

  g_object_set (shop, "registry-id", id_of (hub), NULL);
  g_assert_true (dw_store_update (store, DW_ENTITY (shop), &error));

  g_assert_true (dw_store_delete (store, DW_TYPE_REGISTRY, id_of (hub), &error));
  g_assert_no_error (error);

  g_autoptr (DwProject) read = store_fixture_read_again (store, shop);
  g_assert_null (dw_project_get_registry_id (read));
}

static void
test_deleting_an_instance (StoreFixture *fixture, gconstpointer data)
{
  DwStore *store = fixture->store;
  g_autoptr (GError) error = NULL;
  g_autoptr (DwProject) shop = store_fixture_add_project (store, "shop");
  g_autoptr (DwStage) stage = store_fixture_add_stage (store, shop, "prod");
  g_autoptr (DwDeploy) deploy = store_fixture_add_deploy (store, stage, "v1");
  g_autoptr (DwInstance) instance = store_fixture_add_instance (store, deploy);

  dw_store_set_deploy_instance (store, id_of (deploy), id_of (instance), &error);
  dw_store_set_stage_current_instance (store, id_of (stage), id_of (instance), &error);
  store_fixture_end_deploy (store, deploy, DW_DEPLOY_SUCCESS);
  g_autoptr (DwDeploy) ended = store_fixture_read_again (store, deploy);
  g_assert_cmpstr (dw_deploy_get_instance_id (ended), ==, id_of (instance));

  g_assert_true (dw_store_delete (store, DW_TYPE_INSTANCE, id_of (instance), &error));
  g_assert_no_error (error);

  g_autoptr (DwStage) stage_after = store_fixture_read_again (store, stage);
  g_autoptr (DwDeploy) deploy_after = store_fixture_read_again (store, deploy);
  g_assert_null (dw_stage_get_current_instance_id (stage_after));
  g_assert_null (dw_deploy_get_instance_id (deploy_after));

  /* Nothing else of the history has changed. */
  g_object_set (ended, "instance-id", NULL, NULL);
  store_fixture_assert_equal (ended, deploy_after);
}

static void
test_a_deploy_with_an_instance_stays (StoreFixture *fixture, gconstpointer data)
{
  DwStore *store = fixture->store;
  GError *error = NULL;
  g_autoptr (DwProject) shop = store_fixture_add_project (store, "shop");
  g_autoptr (DwStage) stage = store_fixture_add_stage (store, shop, "prod");
  g_autoptr (DwDeploy) deploy = store_fixture_add_deploy (store, stage, "v1");
  g_autoptr (DwInstance) instance = store_fixture_add_instance (store, deploy);

  assert_constraint (dw_store_delete (store, DW_TYPE_DEPLOY, id_of (deploy), &error), &error);

  g_assert_true (dw_store_delete (store, DW_TYPE_INSTANCE, id_of (instance), &error));
  g_assert_true (dw_store_delete (store, DW_TYPE_DEPLOY, id_of (deploy), &error));
  g_assert_no_error (error);
}

static void
test_deploys_never_change_after_the_end (StoreFixture *fixture, gconstpointer data)
{
  DwStore *store = fixture->store;
  DwDeployStatus ends[] = { DW_DEPLOY_SUCCESS, DW_DEPLOY_FAILED, DW_DEPLOY_ROLLED_BACK };
  g_autoptr (DwProject) shop = store_fixture_add_project (store, "shop");
  g_autoptr (DwStage) stage = store_fixture_add_stage (store, shop, "prod");
  g_autoptr (DwDeploy) other = store_fixture_add_deploy (store, stage, "v0");
  g_autoptr (DwInstance) instance = store_fixture_add_instance (store, other);

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autoptr (DwDeploy) deploy = store_fixture_add_deploy (store, stage, "v1");
      GError *error = NULL;

      store_fixture_end_deploy (store, deploy, ends[i]);
      g_autoptr (DwDeploy) ended = store_fixture_read_again (store, deploy);

      assert_constraint (
          dw_store_set_deploy_status (store, id_of (deploy), DW_DEPLOY_PULLING, NULL, &error),
          &error);
      assert_constraint (
          dw_store_set_deploy_status (store, id_of (deploy), ends[i], "late", &error), &error);
      assert_constraint (dw_store_set_deploy_target (store, id_of (deploy), "v2", DIGEST, &error),
                         &error);
      assert_constraint (
          dw_store_set_deploy_instance (store, id_of (deploy), id_of (instance), &error), &error);
      g_object_set (deploy, "status", ends[i], "trigger", DW_TRIGGER_CLI, NULL);
      assert_constraint (dw_store_update (store, DW_ENTITY (deploy), &error), &error);

      g_autoptr (DwDeploy) read = store_fixture_read_again (store, deploy);
      store_fixture_assert_equal (ended, read);
    }
}

static void
test_a_status_sets_the_times (StoreFixture *fixture, gconstpointer data)
{
  DwStore *store = fixture->store;
  g_autoptr (GError) error = NULL;
  g_autoptr (DwProject) shop = store_fixture_add_project (store, "shop");
  g_autoptr (DwStage) stage = store_fixture_add_stage (store, shop, "prod");
  g_autoptr (DwDeploy) deploy = store_fixture_add_deploy (store, stage, "latest");
  const char *id = id_of (deploy);

  g_autoptr (DwDeploy) pending = store_fixture_read_again (store, deploy);
  g_assert_cmpint (dw_deploy_get_status (pending), ==, DW_DEPLOY_PENDING);
  g_assert_null (dw_deploy_get_started_at (pending));
  g_assert_null (dw_deploy_get_finished_at (pending));

  g_assert_true (dw_store_set_deploy_target (store, id, "v1", DIGEST, &error));
  g_assert_true (dw_store_set_deploy_status (store, id, DW_DEPLOY_PULLING, NULL, &error));
  g_autoptr (DwDeploy) pulling = store_fixture_read_again (store, deploy);
  g_assert_cmpint (dw_deploy_get_status (pulling), ==, DW_DEPLOY_PULLING);
  g_assert_cmpstr (dw_deploy_get_tag (pulling), ==, "v1");
  g_assert_cmpstr (dw_deploy_get_digest (pulling), ==, DIGEST);
  g_assert_nonnull (dw_deploy_get_started_at (pulling));
  g_assert_null (dw_deploy_get_finished_at (pulling));

  /* So that another time would be another text. */
  g_usleep (2000);
  g_assert_true (dw_store_set_deploy_status (store, id, DW_DEPLOY_FAILED, "port in use", &error));
  g_assert_no_error (error);
  g_autoptr (DwDeploy) failed = store_fixture_read_again (store, deploy);
  g_assert_cmpint (dw_deploy_get_status (failed), ==, DW_DEPLOY_FAILED);
  g_assert_cmpstr (dw_deploy_get_error (failed), ==, "port in use");
  g_assert_cmpstr (dw_deploy_get_started_at (failed), ==, dw_deploy_get_started_at (pulling));
  g_assert_cmpstr (dw_deploy_get_finished_at (failed), >, dw_deploy_get_started_at (failed));
}

static void
test_a_deploy_that_never_started_has_both_times (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (DwProject) shop = store_fixture_add_project (fixture->store, "shop");
  g_autoptr (DwStage) stage = store_fixture_add_stage (fixture->store, shop, "prod");
  g_autoptr (DwDeploy) deploy = store_fixture_add_deploy (fixture->store, stage, "v1");

  store_fixture_end_deploy (fixture->store, deploy, DW_DEPLOY_FAILED);

  g_autoptr (DwDeploy) read = store_fixture_read_again (fixture->store, deploy);
  g_assert_nonnull (dw_deploy_get_started_at (read));
  g_assert_cmpstr (dw_deploy_get_started_at (read), ==, dw_deploy_get_finished_at (read));
}

static void
test_stage_order (StoreFixture *fixture, gconstpointer data)
{
  DwStore *store = fixture->store;
  g_autoptr (GError) error = NULL;
  g_autoptr (DwProject) shop = store_fixture_add_project (store, "shop");
  g_autoptr (DwProject) blog = store_fixture_add_project (store, "blog");
  static const struct
  {
    const char *name;
    int position;
  } stages[] = { { "prod", 20 }, { "dev", 0 }, { "staging", 10 }, { "canary", 20 } };

  for (guint i = 0; i < G_N_ELEMENTS (stages); i++)
    {
      g_autoptr (DwStage)
          stage = g_object_new (DW_TYPE_STAGE, "project-id", id_of (shop), "name", stages[i].name,
                                "position", stages[i].position, NULL);

      g_assert_true (dw_store_create (store, DW_ENTITY (stage), &error));
    }
  g_autoptr (DwStage) elsewhere G_GNUC_UNUSED = store_fixture_add_stage (store, blog, "alpha");

  assert_texts (dw_store_list_stages (store, id_of (shop), &error), "name",
                "dev staging canary prod");
  assert_texts (dw_store_list_stages (store, "nobody", &error), "name", "");

  g_autoptr (DwStage) found = dw_store_find_stage (store, id_of (shop), "staging", &error);
  g_assert_no_error (error);
  g_assert_cmpint (dw_stage_get_position (found), ==, 10);
}

static void
test_lists_of_deploys (StoreFixture *fixture, gconstpointer data)
{
  DwStore *store = fixture->store;
  g_autoptr (GError) error = NULL;
  g_autoptr (DwProject) shop = store_fixture_add_project (store, "shop");
  g_autoptr (DwProject) blog = store_fixture_add_project (store, "blog");
  g_autoptr (DwStage) dev = store_fixture_add_stage (store, shop, "dev");
  g_autoptr (DwStage) prod = store_fixture_add_stage (store, shop, "prod");
  g_autoptr (DwStage) other = store_fixture_add_stage (store, blog, "prod");
  g_autoptr (DwDeploy) a G_GNUC_UNUSED = store_fixture_add_deploy (store, dev, "a");
  g_autoptr (DwDeploy) b = store_fixture_add_deploy (store, prod, "b");
  g_autoptr (DwDeploy) c = store_fixture_add_deploy (store, other, "c");
  g_autoptr (DwDeploy) d = store_fixture_add_deploy (store, dev, "d");

  assert_texts (dw_store_list_recent_deploys (store, 0, &error), "tag", "d c b a");
  assert_texts (dw_store_list_recent_deploys (store, 3, &error), "tag", "d c b");
  assert_texts (dw_store_list_project_deploys (store, id_of (shop), 0, &error), "tag", "d b a");
  assert_texts (dw_store_list_project_deploys (store, id_of (shop), 2, &error), "tag", "d b");
  assert_texts (dw_store_list_stage_deploys (store, id_of (dev), 0, &error), "tag", "d a");
  assert_texts (dw_store_list_stage_deploys (store, id_of (dev), 1, &error), "tag", "d");
  assert_texts (dw_store_list_stage_deploys (store, "nobody", 0, &error), "tag", "");

  store_fixture_end_deploy (store, b, DW_DEPLOY_ROLLED_BACK);
  store_fixture_end_deploy (store, c, DW_DEPLOY_SUCCESS);
  dw_store_set_deploy_status (store, id_of (d), DW_DEPLOY_CONFIGURING_PROXY, NULL, &error);
  g_assert_no_error (error);
  assert_texts (dw_store_list_unfinished_deploys (store, &error), "tag", "a d");
}

static void
test_lists_of_instances (StoreFixture *fixture, gconstpointer data)
{
  DwStore *store = fixture->store;
  g_autoptr (GError) error = NULL;
  g_autoptr (DwProject) shop = store_fixture_add_project (store, "shop");
  g_autoptr (DwStage) prod = store_fixture_add_stage (store, shop, "prod");
  g_autoptr (DwStage) dev = store_fixture_add_stage (store, shop, "dev");
  g_autoptr (DwDeploy) deploy = store_fixture_add_deploy (store, prod, "v1");
  g_autoptr (DwDeploy) other_deploy = store_fixture_add_deploy (store, dev, "v1");
  g_autoptr (DwInstance) first = store_fixture_add_instance (store, deploy);
  g_autoptr (DwInstance) second = store_fixture_add_instance (store, deploy);
  g_autoptr (DwInstance) elsewhere G_GNUC_UNUSED = store_fixture_add_instance (store, other_deploy);
  g_autofree char *expected = g_strdup_printf ("%s %s", id_of (second), id_of (first));

  assert_texts (dw_store_list_instances (store, id_of (prod), &error), "id", expected);

  g_assert_true (dw_store_set_instance_status (store, id_of (first), DW_INSTANCE_STOPPED, &error));
  g_autoptr (DwInstance) read = store_fixture_read_again (store, first);
  g_assert_cmpint (dw_instance_get_status (read), ==, DW_INSTANCE_STOPPED);
  g_assert_cmpstr (dw_entity_get_updated_at (DW_ENTITY (read)), >=,
                   dw_entity_get_updated_at (DW_ENTITY (first)));
}

static void
test_logs_after_a_number (StoreFixture *fixture, gconstpointer data)
{
  DwStore *store = fixture->store;
  g_autoptr (GError) error = NULL;
  g_autoptr (DwProject) shop = store_fixture_add_project (store, "shop");
  g_autoptr (DwStage) prod = store_fixture_add_stage (store, shop, "prod");
  g_autoptr (DwDeploy) deploy = store_fixture_add_deploy (store, prod, "v1");
  g_autoptr (DwDeploy) other = store_fixture_add_deploy (store, prod, "v2");
  const char *id = id_of (deploy);

  dw_store_append_log (store, id, DW_LOG_INFO, DW_DEPLOY_PENDING, "a", &error);
  dw_store_append_log (store, id_of (other), DW_LOG_INFO, DW_DEPLOY_PENDING, "x", &error);
  dw_store_append_log (store, id, DW_LOG_DEBUG, DW_DEPLOY_PULLING, "b", &error);
  dw_store_append_log (store, id, DW_LOG_WARNING, DW_DEPLOY_FAILED, "c", &error);
  g_assert_no_error (error);

  g_autoptr (GPtrArray) lines = dw_store_list_logs (store, id, 0, 0, &error);
  g_assert_cmpuint (lines->len, ==, 3);
  g_assert_cmpint (dw_deploy_log_get_level (lines->pdata[2]), ==, DW_LOG_WARNING);
  g_assert_cmpint (dw_deploy_log_get_phase (lines->pdata[2]), ==, DW_DEPLOY_FAILED);
  gint64 first = g_ascii_strtoll (id_of (lines->pdata[0]), NULL, 10);
  gint64 last = g_ascii_strtoll (id_of (lines->pdata[2]), NULL, 10);
  g_assert_cmpint (first, <, last);

  assert_texts (dw_store_list_logs (store, id, 0, 2, &error), "message", "a b");
  assert_texts (dw_store_list_logs (store, id, first, 0, &error), "message", "b c");
  assert_texts (dw_store_list_logs (store, id, first, 1, &error), "message", "b");
  assert_texts (dw_store_list_logs (store, id, last, 0, &error), "message", "");
}

/* A number that was given never comes again, so that "after" is always right. */
static void
test_numbers_of_lines_do_not_return (StoreFixture *fixture, gconstpointer data)
{
  DwStore *store = fixture->store;
  g_autoptr (GError) error = NULL;
  g_autoptr (DwProject) shop = store_fixture_add_project (store, "shop");
  g_autoptr (DwStage) prod = store_fixture_add_stage (store, shop, "prod");
  g_autoptr (DwDeploy) deploy = store_fixture_add_deploy (store, prod, "v1");
  g_autoptr (DwDeployLog)
      line = g_object_new (DW_TYPE_DEPLOY_LOG, "deploy-id", id_of (deploy), "message", "a", NULL);

  g_assert_true (dw_store_create (store, DW_ENTITY (line), &error));
  gint64 first = g_ascii_strtoll (id_of (line), NULL, 10);
  g_assert_true (dw_store_delete (store, DW_TYPE_DEPLOY_LOG, id_of (line), &error));
  g_assert_true (dw_store_create (store, DW_ENTITY (line), &error));
  g_assert_cmpint (g_ascii_strtoll (id_of (line), NULL, 10), >, first);
}

static void
test_lines_may_be_written_after_the_end (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwProject) shop = store_fixture_add_project (fixture->store, "shop");
  g_autoptr (DwStage) prod = store_fixture_add_stage (fixture->store, shop, "prod");
  g_autoptr (DwDeploy) deploy = store_fixture_add_deploy (fixture->store, prod, "v1");

  store_fixture_end_deploy (fixture->store, deploy, DW_DEPLOY_SUCCESS);
  g_assert_true (dw_store_append_log (fixture->store, id_of (deploy), DW_LOG_INFO,
                                      DW_DEPLOY_SUCCESS, "the old container is gone", &error));
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  store_test_add ("/store/projects/deleting-one-deletes-all-that-belongs-to-it",
                  test_deleting_a_project);
  store_test_add ("/store/stages/deleting-one-deletes-its-deploys-and-instances",
                  test_deleting_a_stage);
  store_test_add ("/store/stages/are-listed-in-promotion-order", test_stage_order);
  store_test_add ("/store/registries/deleting-one-leaves-its-projects", test_deleting_a_registry);
  store_test_add ("/store/instances/deleting-one-clears-what-points-to-it",
                  test_deleting_an_instance);
  store_test_add ("/store/instances/are-listed-newest-first", test_lists_of_instances);
  store_test_add ("/store/deploys/stay-while-an-instance-is-there",
                  test_a_deploy_with_an_instance_stays);
  store_test_add ("/store/deploys/never-change-after-the-end",
                  test_deploys_never_change_after_the_end);
  store_test_add ("/store/deploys/a-status-sets-the-times", test_a_status_sets_the_times);
  store_test_add ("/store/deploys/one-that-never-started-has-both-times",
                  test_a_deploy_that_never_started_has_both_times);
  store_test_add ("/store/deploys/are-listed-newest-first", test_lists_of_deploys);
  store_test_add ("/store/deploy-logs/are-read-after-a-number", test_logs_after_a_number);
  store_test_add ("/store/deploy-logs/numbers-do-not-return", test_numbers_of_lines_do_not_return);
  store_test_add ("/store/deploy-logs/may-be-written-after-the-end",
                  test_lines_may_be_written_after_the_end);

  return g_test_run ();
}
