/* test-instance-list.c: every container is followed live, and what belongs to nobody is found
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "deploy-fixture.h"
#include "deploy/dw-deploy-error.h"
#include "deploy/dw-instance-actions.h"
#include "deploy/dw-instance-list.h"
#include "deploy/dw-stage-containers.h"

typedef struct
{
  Fixture fixture;
  DwEngineStatus *status;
  DwInstanceList *list;
} ListFixture;

static void
set_up (ListFixture *self, gconstpointer data)
{
  fixture_set_up (&self->fixture, data);
  dw_store_watch (self->fixture.store);
  self->status = dw_engine_status_new (NULL);
  self->list = dw_instance_list_new (self->fixture.store, self->status);
}

static void
tear_down (ListFixture *self, gconstpointer data)
{
  g_clear_object (&self->list);
  g_clear_object (&self->status);
  fixture_tear_down (&self->fixture, data);
}

static gboolean G_GNUC_NORETURN
fail (gpointer user_data)
{
  g_error ("“%s” did not come to be within a minute", (char *) user_data);
}

/* Returns: (transfer none) (nullable): the instance in the place */
static DwLiveInstance *
get (ListFixture *self, guint position)
{
  g_autoptr (DwLiveInstance) item = g_list_model_get_item (G_LIST_MODEL (self->list), position);

  return item;
}

static gboolean
is (ListFixture *self, guint position, DwLiveRole role, DwLiveState state)
{
  DwLiveInstance *item = get (self, position);

  return item != NULL && dw_live_instance_get_role (item) == role &&
         dw_live_instance_get_state (item) == state;
}

#define wait_until(condition)                                                                      \
  G_STMT_START                                                                                     \
  {                                                                                                \
    guint limit_ = g_timeout_add_seconds (60, fail, (gpointer) #condition);                        \
    while (!(condition))                                                                           \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_source_remove (limit_);                                                                      \
  }                                                                                                \
  G_STMT_END

static guint
count (ListFixture *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->list));
}

/* Behind the program's back, with the engine's own client. */
static void
run_docker (const char *verb, const char *option, DwLiveInstance *item)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess)
      docker = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error, "docker", verb, option,
                                 dw_live_instance_get_container_id (item), NULL);

  g_assert_no_error (error);
  g_subprocess_wait_check (docker, NULL, &error);
  g_assert_no_error (error);
}

static void
test_what_happens_is_seen (ListFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  wait_until (dw_instance_list_is_loaded (self->list));
  g_assert_cmpuint (count (self), ==, 0);

  /* Podman starts what was killed again, where it is to be started again at all. */
  g_object_set (self->fixture.project, "restart-policy", DW_RESTART_NO, NULL);
  dw_store_update (self->fixture.store, DW_ENTITY (self->fixture.project), &error);
  g_assert_no_error (error);
  fixture_push (&self->fixture, "v1", NULL);
  fixture_deploy_well (&self->fixture, "v1");
  wait_until (is (self, 0, DW_LIVE_CURRENT, DW_LIVE_RUNNING));
  DwLiveInstance *item = get (self, 0);
  g_assert_cmpstr (dw_live_instance_get_project_name (item), ==, "shop");
  g_assert_cmpstr (dw_live_instance_get_stage_name (item), ==, "dev");
  g_assert_cmpstr (dw_live_instance_get_tag (item), ==, "v1");
  g_assert_true (g_str_has_prefix (dw_live_instance_get_address (item), "http://localhost:"));

  run_docker ("kill", "--signal=KILL", item);
  wait_until (is (self, 0, DW_LIVE_CURRENT, DW_LIVE_FAILED));
  g_assert_null (dw_live_instance_get_address (item));
  g_assert_true (dw_instance_act (self->fixture.store, self->fixture.engine,
                                  dw_live_instance_get_id (item), DW_INSTANCE_ACTION_RESTART,
                                  &error));
  g_assert_no_error (error);
  wait_until (is (self, 0, DW_LIVE_CURRENT, DW_LIVE_RUNNING));
  g_assert_true (dw_instance_act (self->fixture.store, self->fixture.engine,
                                  dw_live_instance_get_id (item), DW_INSTANCE_ACTION_STOP, &error));
  g_assert_no_error (error);
  wait_until (is (self, 0, DW_LIVE_CURRENT, DW_LIVE_STOPPED));

  /* What is shown stays the same object. */
  g_assert_true (get (self, 0) == item);
}

static void
test_kept_and_gone (ListFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture_push (&self->fixture, "v1", NULL);
  fixture_push (&self->fixture, "v2", NULL);
  fixture_deploy_well (&self->fixture, "v1");
  fixture_deploy_well (&self->fixture, "v2");
  wait_until (is (self, 0, DW_LIVE_CURRENT, DW_LIVE_RUNNING) &&
              is (self, 1, DW_LIVE_KEPT, DW_LIVE_STOPPED));
  g_assert_cmpstr (dw_live_instance_get_tag (get (self, 0)), ==, "v2");
  g_assert_cmpstr (dw_live_instance_get_tag (get (self, 1)), ==, "v1");

  run_docker ("rm", "--force", get (self, 1));
  wait_until (is (self, 1, DW_LIVE_ORPHANED, DW_LIVE_GONE));
  g_assert_false (dw_instance_act (self->fixture.store, self->fixture.engine,
                                   dw_live_instance_get_id (get (self, 1)),
                                   DW_INSTANCE_ACTION_START, &error));
  g_assert_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_NO_INSTANCE);
  g_clear_error (&error);

  g_assert_true (dw_instance_act (self->fixture.store, self->fixture.engine,
                                  dw_live_instance_get_id (get (self, 1)),
                                  DW_INSTANCE_ACTION_REMOVE, &error));
  g_assert_no_error (error);
  wait_until (count (self) == 1);
  g_assert_true (is (self, 0, DW_LIVE_CURRENT, DW_LIVE_RUNNING));
}

static void
test_orphans (ListFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture_push (&self->fixture, "v1", NULL);
  fixture_deploy_well (&self->fixture, "v1");
  wait_until (is (self, 0, DW_LIVE_CURRENT, DW_LIVE_RUNNING));
  g_autofree char *container_id = g_strdup (dw_live_instance_get_container_id (get (self, 0)));

  g_assert_false (dw_instance_act_on_orphan (self->fixture.store, self->fixture.engine,
                                             container_id, DW_INSTANCE_ACTION_REMOVE, &error));
  g_assert_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_NO_INSTANCE);
  g_clear_error (&error);

  /* As after another database was put in the place of this one. */
  dw_store_delete (self->fixture.store, DW_TYPE_STAGE, fixture_stage_id (&self->fixture), &error);
  g_assert_no_error (error);
  wait_until (is (self, 0, DW_LIVE_ORPHANED, DW_LIVE_RUNNING));
  DwLiveInstance *orphan = get (self, 0);
  g_assert_null (dw_live_instance_get_id (orphan));
  g_assert_null (dw_live_instance_get_stage_name (orphan));
  g_assert_cmpstr (dw_live_instance_get_container_id (orphan), ==, container_id);

  g_assert_true (dw_instance_act_on_orphan (self->fixture.store, self->fixture.engine, container_id,
                                            DW_INSTANCE_ACTION_REMOVE, &error));
  g_assert_no_error (error);
  wait_until (count (self) == 0);
}

static void
test_nobody_looks (ListFixture *self, gconstpointer data)
{
  wait_until (dw_instance_list_is_loaded (self->list));
  dw_instance_list_set_active (self->list, FALSE);
  fixture_push (&self->fixture, "v1", NULL);
  fixture_deploy_well (&self->fixture, "v1");
  g_assert_cmpuint (count (self), ==, 0);

  dw_instance_list_set_active (self->list, TRUE);
  wait_until (is (self, 0, DW_LIVE_CURRENT, DW_LIVE_RUNNING));
}

/* An engine that is gone takes nothing from the list. */
static void
test_no_engine (ListFixture *self, gconstpointer data)
{
  fixture_push (&self->fixture, "v1", NULL);
  fixture_deploy_well (&self->fixture, "v1");
  wait_until (is (self, 0, DW_LIVE_CURRENT, DW_LIVE_RUNNING));

  dw_engine_status_set_setting (self->status, "unix:///nowhere/engine.sock");
  wait_until (is (self, 0, DW_LIVE_CURRENT, DW_LIVE_UNKNOWN));
  dw_engine_status_set_setting (self->status, NULL);
  wait_until (is (self, 0, DW_LIVE_CURRENT, DW_LIVE_RUNNING));
}

static void
test_search (void)
{
  g_autoptr (DwInstance) row = g_object_new (DW_TYPE_INSTANCE, "container-name", "dw-Shop-dev",
                                             "tag", "v1.4.1", "digest", "sha256:abcdef", NULL);
  g_autoptr (DwLiveInstance) item = dw_live_instance_new_for_row (row, NULL, FALSE, TRUE, NULL);

  g_assert_true (dw_live_instance_contains (item, "shop"));
  g_assert_true (dw_live_instance_contains (item, "1.4"));
  g_assert_true (dw_live_instance_contains (item, "abc"));
  g_assert_false (dw_live_instance_contains (item, "docs"));
}

#define ADD(name, function)                                                                        \
  g_test_add ("/instance-list/" name, ListFixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("what-happens-to-a-container-is-seen", test_what_happens_is_seen);
  ADD ("what-is-kept-and-what-is-gone-is-told-apart", test_kept_and_gone);
  ADD ("a-container-of-nobody-is-an-orphan-and-can-go", test_orphans);
  ADD ("it-rests-while-nobody-looks", test_nobody_looks);
  ADD ("without-an-engine-nothing-is-lost", test_no_engine);
  g_test_add_func ("/instance-list/all-its-names-are-searched", test_search);

  return g_test_run ();
}
