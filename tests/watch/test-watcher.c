/* test-watcher.c: from a push to what serves, with a real registry and a real engine
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "deploy-fixture.h"
#include "watch/dw-watcher.h"

/* A deploy takes a second; a machine that does much else may take its time, and an engine that
 * fails once under it is asked again after a minute. */
#define WAIT_LIMIT_US (150 * G_USEC_PER_SEC)

/* What the watcher has told, of the one stage. */
typedef struct
{
  guint n_asked;
  char *tag;
  char *digest;
} Told;

static void
told_clear (Told *told)
{
  g_free (told->tag);
  g_free (told->digest);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Told, told_clear)

static void
on_asks (Told *told, const char *stage_id, const char *tag, const char *digest)
{
  told->n_asked++;
  g_free (told->tag);
  g_free (told->digest);
  told->tag = g_strdup (tag);
  told->digest = g_strdup (digest);
}

static void
set_stage (Fixture *self, const char *property, gboolean is_on)
{
  g_autoptr (GError) error = NULL;

  g_object_set (self->stage, property, is_on, "policy-kind", DW_TAG_POLICY_GLOB, "policy-pattern",
                "v*", NULL);
  dw_store_update (self->store, DW_ENTITY (self->stage), &error);
  g_assert_no_error (error);
}

/* @schedule may be NULL for none but what a test asks for. */
static DwWatcher *
watch (Fixture *self, DwStore *store, const char *schedule)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwSettings) settings = dw_store_get_settings (store, &error);
  DwWatcher *watcher = dw_watcher_new (store, self->registries);

  g_assert_no_error (error);
  g_object_set (settings, "default-schedule", schedule != NULL ? schedule : "@yearly", NULL);
  g_assert_true (dw_store_update (store, DW_ENTITY (settings), &error));
  dw_watcher_set_deployer (watcher, self->deployer);
  dw_watcher_start (watcher);

  return watcher;
}

/* Until nothing of it is under way any more. */
static void
stop (DwWatcher *watcher)
{
  gpointer alive = watcher;

  dw_watcher_stop (watcher);
  g_object_add_weak_pointer (G_OBJECT (watcher), &alive);
  g_object_unref (watcher);
  while (alive != NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
iterate_until (gint64 deadline_us)
{
  if (g_get_monotonic_time () > deadline_us)
    g_error ("that took too long");
  g_main_context_iteration (NULL, FALSE);
  g_usleep (5000);
}

static DwStage *
read_stage (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  DwStage *stage = dw_store_get (self->store, DW_TYPE_STAGE, fixture_stage_id (self), &error);

  g_assert_no_error (error);
  return stage;
}

static void
wait_for_version (Fixture *self, const char *tag)
{
  gint64 deadline_us = g_get_monotonic_time () + WAIT_LIMIT_US;
  gboolean serves = FALSE;

  while (!serves)
    {
      g_autoptr (DwInstance) instance = fixture_get_instance (self, fixture_stage_id (self));

      serves = instance != NULL && g_strcmp0 (dw_instance_get_tag (instance), tag) == 0;
      iterate_until (deadline_us);
    }
  while (dw_deployer_get_n_jobs (self->deployer) > 0)
    iterate_until (deadline_us);
  fixture_assert_serves (self, fixture_stage_id (self), tag);
}

static void
wait_for_state (Fixture *self, DwNewerState state, const char *tag)
{
  gint64 deadline_us = g_get_monotonic_time () + WAIT_LIMIT_US;
  gboolean is_so = FALSE;

  while (!is_so)
    {
      g_autoptr (DwStage) stage = read_stage (self);

      is_so = dw_stage_get_newer_state (stage) == state &&
              g_strcmp0 (dw_stage_get_newer_tag (stage), tag) == 0;
      iterate_until (deadline_us);
    }
}

static guint
count_deploys (Fixture *self, DwDeployStatus status)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray)
      deploys = dw_store_list_stage_deploys (self->store, fixture_stage_id (self), 0, &error);
  guint n = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < deploys->len; i++)
    n += dw_deploy_get_status (deploys->pdata[i]) == status ? 1 : 0;

  return n;
}

static void
wait_for_checks (DwWatcher *watcher, guint n)
{
  gint64 deadline_us = g_get_monotonic_time () + WAIT_LIMIT_US;
  guint n_checked = 0;
  gulong handler = g_signal_connect_swapped (watcher, "checked", G_CALLBACK (g_atomic_int_inc),
                                             &n_checked);

  while (n_checked < n)
    iterate_until (deadline_us);
  g_signal_handler_disconnect (watcher, handler);
}

static void
test_deploys_itself (Fixture *self, gconstpointer data)
{
  set_stage (self, "auto-deploy", TRUE);
  fixture_push (self, "v1", NULL);
  DwWatcher *watcher = watch (self, self->store, "@every 1s");

  wait_for_version (self, "v1");
  fixture_push (self, "v2", NULL);
  wait_for_version (self, "v2");
  wait_for_checks (watcher, 3);
  g_assert_cmpuint (count_deploys (self, DW_DEPLOY_SUCCESS), ==, 2);
  stop (watcher);
}

/* Of the two looks that end after a push one begins after it: so it takes no more than a period. */
static void
test_one_look_is_enough (Fixture *self, gconstpointer data)
{
  guint n_begun = 0;

  set_stage (self, "auto-deploy", TRUE);
  fixture_push (self, "v1", NULL);
  DwWatcher *watcher = watch (self, self->store, "@every 1s");
  g_signal_connect_swapped (watcher, "deploying", G_CALLBACK (g_atomic_int_inc), &n_begun);

  wait_for_version (self, "v1");
  fixture_push (self, "v2", NULL);
  wait_for_checks (watcher, 2);
  g_assert_cmpuint (n_begun, ==, 2);
  wait_for_version (self, "v2");
  stop (watcher);
}

static void
test_a_push_is_told (Fixture *self, gconstpointer data)
{
  set_stage (self, "auto-deploy", TRUE);
  DwWatcher *watcher = watch (self, self->store, NULL);
  g_autoptr (GError) error = NULL;

  wait_for_checks (watcher, 1);
  fixture_push (self, "v1", NULL);
  /* The registry knows its own name only, and says everything twice. */
  g_autofree char *image = g_strconcat ("registry.internal:5000", strchr (self->repository, '/'),
                                        NULL);
  dw_watcher_push (watcher, image, "v1", "Webhook (test): pushed v1");
  dw_watcher_push (watcher, self->repository, "v1", "Webhook (test): pushed v1");
  wait_for_version (self, "v1");
  wait_for_state (self, DW_NEWER_NONE, NULL);
  g_assert_cmpuint (count_deploys (self, DW_DEPLOY_SUCCESS), ==, 1);

  g_autoptr (GPtrArray)
      deploys = dw_store_list_stage_deploys (self->store, fixture_stage_id (self), 1, &error);
  DwDeploy *deploy = deploys->pdata[0];
  g_assert_cmpint (dw_deploy_get_trigger (deploy), ==, DW_TRIGGER_WEBHOOK);
  g_autoptr (GPtrArray)
      lines = dw_store_list_logs (self->store, dw_entity_get_id (DW_ENTITY (deploy)), 0, 1, &error);
  g_assert_cmpstr (dw_deploy_log_get_message (lines->pdata[0]), ==, "Webhook (test): pushed v1");
  stop (watcher);
}

static void
test_a_broken_one_is_tried_once (Fixture *self, gconstpointer data)
{
  set_stage (self, "auto-deploy", TRUE);
  fixture_push (self, "v1", NULL);
  DwWatcher *watcher = watch (self, self->store, "@every 1s");

  wait_for_version (self, "v1");
  fixture_push (self, "v2", "--broken", "exit", NULL);
  wait_for_state (self, DW_NEWER_HELD, "v2");
  wait_for_checks (watcher, 3);
  fixture_assert_serves (self, fixture_stage_id (self), "v1");
  g_assert_cmpuint (count_deploys (self, DW_DEPLOY_FAILED), ==, 1);

  /* Once more when it is another content. */
  fixture_push (self, "v2", NULL);
  wait_for_version (self, "v2");
  g_assert_cmpuint (count_deploys (self, DW_DEPLOY_FAILED), ==, 1);
  stop (watcher);
}

static void
test_a_rollback_stays (Fixture *self, gconstpointer data)
{
  set_stage (self, "auto-deploy", TRUE);
  fixture_push (self, "v1", NULL);
  DwWatcher *watcher = watch (self, self->store, "@every 1s");

  wait_for_version (self, "v1");
  fixture_push (self, "v2", NULL);
  wait_for_version (self, "v2");
  g_autoptr (DwDeployJob)
      job = dw_deployer_roll_back (self->deployer, fixture_stage_id (self), NULL);
  fixture_wait (job);
  fixture_assert_good (job);
  wait_for_state (self, DW_NEWER_HELD, "v2");
  wait_for_checks (watcher, 3);
  fixture_assert_serves (self, fixture_stage_id (self), "v1");
  fixture_push (self, "v3", NULL);
  wait_for_version (self, "v3");
  stop (watcher);
}

static void
test_asks_once (Fixture *self, gconstpointer data)
{
  g_auto (Told) told = { 0 };
  const char *digest = fixture_push (self, "v1", NULL);

  set_stage (self, "confirm", TRUE);
  set_stage (self, "pre-pull", TRUE);
  DwWatcher *watcher = watch (self, self->store, "@every 1s");
  g_signal_connect_swapped (watcher, "asks", G_CALLBACK (on_asks), &told);

  wait_for_state (self, DW_NEWER_ASKS, "v1");
  wait_for_checks (watcher, 3);
  g_assert_cmpuint (told.n_asked, ==, 1);
  g_assert_cmpstr (told.tag, ==, "v1");
  g_assert_cmpstr (told.digest, ==, digest);
  g_assert_cmpuint (count_deploys (self, DW_DEPLOY_SUCCESS), ==, 0);

  /* It is here already, so that saying yes takes seconds. */
  g_autofree char *reference = g_strdup_printf ("%s@%s", self->repository, digest);
  gint64 deadline_us = g_get_monotonic_time () + WAIT_LIMIT_US;
  g_autoptr (DwImage) image = NULL;
  while ((image = dw_engine_inspect_image (self->engine, reference, NULL, NULL)) == NULL)
    iterate_until (deadline_us);

  dw_watcher_answer (watcher, fixture_stage_id (self), DW_WATCH_ANSWER_NOT_NOW, 0);
  wait_for_state (self, DW_NEWER_DECLINED, "v1");
  fixture_push (self, "v2", NULL);
  wait_for_state (self, DW_NEWER_ASKS, "v2");
  dw_watcher_answer (watcher, fixture_stage_id (self), DW_WATCH_ANSWER_DEPLOY, 0);
  wait_for_version (self, "v2");
  g_assert_cmpuint (told.n_asked, ==, 2);
  stop (watcher);
}

/* As two processes do: each has a store of its own. */
static void
test_two_watchers (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwStore) other_store = dw_store_open (dw_store_get_path (self->store), &error);
  g_autoptr (DwRegistries) registries = dw_registries_new (other_store);
  g_autoptr (DwDeployer) deployer = dw_deployer_new (other_store, self->engine, registries);

  g_assert_no_error (error);
  set_stage (self, "auto-deploy", TRUE);
  fixture_push (self, "v1", NULL);
  DwWatcher *watcher = watch (self, self->store, "@every 1s");
  DwWatcher *other = watch (self, other_store, "@every 1s");
  dw_watcher_set_deployer (other, deployer);

  for (guint i = 1; i <= 4; i++)
    {
      g_autofree char *tag = g_strdup_printf ("v%u", i);

      if (i > 1)
        fixture_push (self, tag, NULL);
      wait_for_version (self, tag);
      g_assert_cmpuint (count_deploys (self, DW_DEPLOY_SUCCESS), ==, i);
    }
  wait_for_checks (watcher, 2);
  g_assert_cmpuint (count_deploys (self, DW_DEPLOY_SUCCESS), ==, 4);
  g_assert_cmpuint (count_deploys (self, DW_DEPLOY_FAILED), ==, 0);
  stop (watcher);
  stop (other);
}

/* What a crash left in the store is not taken for what is under way. */
static void
test_after_a_crash (Fixture *self, gconstpointer data)
{
  const char *digest = fixture_push (self, "v1", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (DwDeploy) left = g_object_new (
      DW_TYPE_DEPLOY, "project-id", dw_entity_get_id (DW_ENTITY (self->project)), "stage-id",
      fixture_stage_id (self), "image", self->repository, "tag", "v1", "digest", digest, "trigger",
      DW_TRIGGER_WATCH, "status", DW_DEPLOY_PULLING, NULL);

  set_stage (self, "auto-deploy", TRUE);
  dw_store_create (self->store, DW_ENTITY (left), &error);
  g_assert_no_error (error);
  DwWatcher *watcher = watch (self, self->store, "@every 1s");
  wait_for_version (self, "v1");
  g_assert_cmpuint (count_deploys (self, DW_DEPLOY_SUCCESS), ==, 1);
  stop (watcher);
}

/* Nothing is lost while there is no engine. */
static void
test_without_an_engine (Fixture *self, gconstpointer data)
{
  set_stage (self, "auto-deploy", TRUE);
  fixture_push (self, "v1", NULL);
  DwWatcher *watcher = watch (self, self->store, "@every 1s");

  dw_watcher_set_deployer (watcher, NULL);
  wait_for_state (self, DW_NEWER_READY, "v1");
  wait_for_checks (watcher, 2);
  g_assert_cmpuint (count_deploys (self, DW_DEPLOY_SUCCESS), ==, 0);
  dw_watcher_set_deployer (watcher, self->deployer);
  wait_for_version (self, "v1");
  stop (watcher);
}

static void
test_says_when (Fixture *self, gconstpointer data)
{
  DwWatcher *watcher = watch (self, self->store, "@every 1h");
  GListModel *list = dw_watcher_get_registries (watcher);
  gint64 deadline_us = g_get_monotonic_time () + WAIT_LIMIT_US;

  wait_for_checks (watcher, 1);
  while (g_list_model_get_n_items (list) == 0)
    iterate_until (deadline_us);
  g_autoptr (DwWatchedRegistry) watched = g_list_model_get_item (list, 0);
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;
  while (dw_watched_registry_get_state (watched) != DW_WATCH_STATE_FAILING)
    iterate_until (deadline_us);
  /* Nothing was pushed yet, which is worth saying, and no reason to ask less often. */
  g_assert_nonnull (strstr (dw_watched_registry_get_problem (watched), "has no repository"));
  g_assert_cmpint (dw_watched_registry_get_next_check (watched), >, now_s + 3000);
  g_assert_cmpint (dw_watched_registry_get_next_check (watched), <=, now_s + 3601);

  fixture_push (self, "v1", NULL);
  dw_watcher_check_now (watcher, NULL);
  wait_for_checks (watcher, 1);
  while (dw_watched_registry_get_state (watched) != DW_WATCH_STATE_IDLE)
    iterate_until (deadline_us);
  g_assert_null (dw_watched_registry_get_problem (watched));
  stop (watcher);
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, fixture_set_up, test, fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/watcher/a-pushed-tag-deploys-itself", test_deploys_itself);
  ADD ("/watcher/one-look-after-a-push-is-enough", test_one_look_is_enough);
  ADD ("/watcher/what-a-webhook-tells-is-deployed-once", test_a_push_is_told);
  ADD ("/watcher/a-broken-version-is-tried-once", test_a_broken_one_is_tried_once);
  ADD ("/watcher/a-rollback-by-hand-stays", test_a_rollback_stays);
  ADD ("/watcher/asks-once-and-does-what-is-said", test_asks_once);
  ADD ("/watcher/two-of-them-deploy-once", test_two_watchers);
  ADD ("/watcher/a-crash-loses-nothing", test_after_a_crash);
  ADD ("/watcher/without-an-engine-nothing-is-lost", test_without_an_engine);
  ADD ("/watcher/says-what-it-is-at", test_says_when);

  return g_test_run ();
}
