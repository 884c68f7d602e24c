/* test-deploy-plan.c: what a deploy is said to do
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gstdio.h>

#include "deploy/dw-deploy-plan.h"

#define OLD "sha256:1111111111111111111111111111111111111111111111111111111111111111"
#define NEW "sha256:2222222222222222222222222222222222222222222222222222222222222222"

typedef struct
{
  char *directory;
  DwStore *store;
  DwProject *project;
  DwStage *stage;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->directory = g_dir_make_tmp ("dw-plan-XXXXXX", &error);
  g_assert_no_error (error);
  g_autofree char *path = g_build_filename (self->directory, "store.db", NULL);
  self->store = dw_store_open (path, &error);
  g_assert_no_error (error);

  self->project = g_object_new (DW_TYPE_PROJECT, "name", "shop", "image", "acme.dev/shop", NULL);
  dw_store_create (self->store, DW_ENTITY (self->project), &error);
  g_assert_no_error (error);
  self->stage = g_object_new (DW_TYPE_STAGE, "project-id",
                              dw_entity_get_id (DW_ENTITY (self->project)), "name", "prod",
                              "host-port", 8080, "keep", 1, NULL);
  dw_store_create (self->store, DW_ENTITY (self->stage), &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  const char *files[] = { "store.db", "store.db-wal", "store.db-shm" };

  g_clear_object (&self->store);
  g_clear_object (&self->project);
  g_clear_object (&self->stage);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (self->directory, files[i], NULL);

      g_remove (path);
    }
  g_rmdir (self->directory);
  g_free (self->directory);
}

/* v1 is deployed, and listens at @host_port, which a proxy may stand before. */
static void
deploy (Fixture *self, int host_port, const char *domain)
{
  const char *stage_id = dw_entity_get_id (DW_ENTITY (self->stage));
  g_autoptr (GError) error = NULL;
  g_autoptr (DwDeploy) made = g_object_new (
      DW_TYPE_DEPLOY, "project-id", dw_entity_get_id (DW_ENTITY (self->project)), "stage-id",
      stage_id, "image", "acme.dev/shop", "tag", "v1", "digest", OLD, NULL);
  dw_store_create (self->store, DW_ENTITY (made), &error);
  g_assert_no_error (error);

  g_autoptr (DwInstance)
      instance = g_object_new (DW_TYPE_INSTANCE, "stage-id", stage_id, "deploy-id",
                               dw_entity_get_id (DW_ENTITY (made)), "image", "acme.dev/shop", "tag",
                               "v1", "digest", OLD, "host-port", host_port, "domain", domain, NULL);
  dw_store_create (self->store, DW_ENTITY (instance), &error);
  g_assert_no_error (error);
  dw_store_set_stage_current_instance (self->store, stage_id,
                                       dw_entity_get_id (DW_ENTITY (instance)), &error);
  g_assert_no_error (error);
  dw_store_append_log (self->store, dw_entity_get_id (DW_ENTITY (made)), DW_LOG_INFO,
                       DW_DEPLOY_STARTING, "Created the container", &error);
  g_assert_no_error (error);
  dw_store_set_deploy_status (self->store, dw_entity_get_id (DW_ENTITY (made)), DW_DEPLOY_SUCCESS,
                              NULL, &error);
  g_assert_no_error (error);
}

static DwDeployPlan *
read_plan (Fixture *self, gboolean is_serving)
{
  g_autoptr (GError) error = NULL;
  DwDeployPlan *plan = dw_deploy_plan_read (self->store, dw_entity_get_id (DW_ENTITY (self->stage)),
                                            is_serving, &error);

  g_assert_no_error (error);
  return plan;
}

static void
set_stage (Fixture *self, const char *name, int value)
{
  g_autoptr (GError) error = NULL;

  g_object_set (self->stage, name, value, NULL);
  dw_store_update (self->store, DW_ENTITY (self->stage), &error);
  g_assert_no_error (error);
}

#define assert_plan(self, is_serving, target, digest, sentence)                                    \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autoptr (DwDeployPlan) plan_ = read_plan (self, is_serving);                                 \
    g_autofree char *text_ = dw_deploy_plan_describe (plan_, target, digest);                      \
    g_assert_cmpstr (text_, ==, sentence);                                                         \
  }                                                                                                \
  G_STMT_END

static void
test_first (Fixture *self, gconstpointer data)
{
  assert_plan (self, FALSE, "v1", NULL, "Starts v1 on port 8080.");
  set_stage (self, "host-port", 0);
  assert_plan (self, FALSE, NEW, NULL, "Starts 222222222222 on a free port.");
}

static void
test_same_port (Fixture *self, gconstpointer data)
{
  deploy (self, 8080, NULL);
  assert_plan (self, TRUE, "v2", NEW,
               "Replaces v1 on port 8080; about 1 s without traffic; v1 is kept for a rollback.");
  assert_plan (self, FALSE, "v2", NULL,
               "Replaces v1 on port 8080; nothing serves there now; v1 is kept for a rollback.");
  set_stage (self, "keep", 0);
  assert_plan (self, TRUE, "v1", OLD,
               "Starts v1 anew, the same image on port 8080; about 1 s without traffic; its "
               "container is removed, and v1 would start anew.");
}

static void
test_gap_is_measured (Fixture *self, gconstpointer data)
{
  deploy (self, 8080, NULL);

  g_autoptr (DwDeployPlan) plan = read_plan (self, TRUE);
  g_assert_cmpint (plan->gap_ms, >=, 0);
  plan->gap_ms = 11400;
  g_autofree char *slow = dw_deploy_plan_describe (plan, "v2", NULL);
  g_assert_nonnull (strstr (slow, "about 11 s without traffic"));
  plan->gap_ms = -1;
  g_autofree char *unknown = dw_deploy_plan_describe (plan, "v2", NULL);
  g_assert_nonnull (strstr (unknown, "without traffic until it is healthy"));
}

static void
test_other_ports (Fixture *self, gconstpointer data)
{
  deploy (self, 32768, NULL);
  assert_plan (self, TRUE, "v2", NULL,
               "Replaces v1 on port 8080; the port 32768 is given up; v1 is kept for a rollback.");
  set_stage (self, "host-port", 0);
  assert_plan (self, TRUE, "v2", NULL,
               "Replaces v1; the old one serves until the new one is healthy, on another port; v1 "
               "is kept for a rollback.");
}

static void
test_route (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwSettings) settings = dw_store_get_settings (self->store, &error);

  g_assert_no_error (error);
  deploy (self, 32768, "shop.example.com");
  g_object_set (self->stage, "domain", "shop.example.com", NULL);
  set_stage (self, "host-port", 0);
  g_object_set (settings, "proxy-kind", DW_PROXY_KIND_CADDY, "proxy-address",
                "http://localhost:2019", NULL);
  dw_store_update (self->store, DW_ENTITY (settings), &error);
  g_assert_no_error (error);
  assert_plan (self, TRUE, "v2", NULL,
               "Replaces v1 at shop.example.com; no request is lost; v1 is kept for a rollback.");
  set_stage (self, "canary-percent", 5);
  assert_plan (self, TRUE, "v2", NULL,
               "Replaces v1 at shop.example.com; no request is lost, and 5 % of them go there "
               "first; v1 is kept for a rollback.");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define TEST(name, function)                                                                       \
  g_test_add ("/deploy/plan/" name, Fixture, NULL, set_up, function, tear_down)
  TEST ("the-first-deploy-starts-something", test_first);
  TEST ("one-port-means-a-gap", test_same_port);
  TEST ("the-gap-is-that-of-the-last-deploy", test_gap_is_measured);
  TEST ("other-ports-mean-another-address", test_other_ports);
  TEST ("a-route-means-no-gap", test_route);
#undef TEST

  return g_test_run ();
}
