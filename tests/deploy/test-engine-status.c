/* test-engine-status.c: whether the engine is there is known without waiting for it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "deploy/dw-engine-status.h"

static gboolean G_GNUC_NORETURN
fail (gpointer user_data)
{
  g_error ("The state did not change within a minute");
}

static void
wait_for_state (DwEngineStatus *status, DwEngineState state)
{
  guint limit = g_timeout_add_seconds (60, fail, NULL);

  while (dw_engine_status_get_state (status) != state)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
}

static void
test_real_engine_is_named (void)
{
  g_autoptr (DwEngineStatus) status = dw_engine_status_new (NULL);

  g_assert_cmpint (dw_engine_status_get_state (status), ==, DW_ENGINE_STATE_CONNECTING);
  wait_for_state (status, DW_ENGINE_STATE_CONNECTED);

  g_assert_cmpstr (dw_engine_status_get_address (status), ==, g_getenv ("DOCKER_HOST"));
  g_assert_cmpstr (dw_engine_status_get_product (status), ==,
                   g_str_equal (g_getenv ("DW_TEST_ENGINE"), "podman") ? "Podman" : "Docker");
  g_assert_nonnull (dw_engine_status_get_version (status));
  g_assert_null (dw_engine_status_get_problem (status));
  g_assert_nonnull (dw_engine_status_get_engine (status));
}

static void
test_missing_engine_is_explained (void)
{
  g_autoptr (DwEngineStatus) status = dw_engine_status_new ("unix:///nowhere/engine.sock");

  wait_for_state (status, DW_ENGINE_STATE_UNREACHABLE);

  g_assert_nonnull (g_strrstr (dw_engine_status_get_problem (status), "/nowhere/engine.sock"));
  g_assert_null (dw_engine_status_get_product (status));
  g_assert_null (dw_engine_status_get_version (status));
}

static void
test_setting_moves_on (void)
{
  g_autoptr (DwEngineStatus) status = dw_engine_status_new ("unix:///nowhere/engine.sock");

  wait_for_state (status, DW_ENGINE_STATE_UNREACHABLE);
  g_object_set (status, "setting", NULL, NULL);
  wait_for_state (status, DW_ENGINE_STATE_CONNECTED);
  g_assert_cmpstr (dw_engine_status_get_address (status), ==, g_getenv ("DOCKER_HOST"));

  g_object_set (status, "setting", "unix:///nowhere/engine.sock", NULL);
  wait_for_state (status, DW_ENGINE_STATE_UNREACHABLE);
  g_assert_cmpstr (dw_engine_status_get_address (status), ==, "unix:///nowhere/engine.sock");
}

/* The engine object is what others work with: it must not change while the address does not. */
static void
test_engine_object_stays (void)
{
  g_autoptr (DwEngineStatus) status = dw_engine_status_new ("unix:///nowhere/engine.sock");

  wait_for_state (status, DW_ENGINE_STATE_UNREACHABLE);
  g_autoptr (DwEngine) before = g_object_ref (dw_engine_status_get_engine (status));

  for (guint i = 0; i < 20; i++)
    {
      dw_engine_status_retry (status);
      g_usleep (G_USEC_PER_SEC / 100);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  g_assert_true (dw_engine_status_get_engine (status) == before);
}

static void
test_letting_go_does_not_wait (void)
{
  for (guint i = 0; i < 10; i++)
    {
      DwEngineStatus *status = dw_engine_status_new (i % 2 == 0 ? NULL : "unix:///nowhere/e.sock");

      wait_for_state (status, i % 2 == 0 ? DW_ENGINE_STATE_CONNECTED : DW_ENGINE_STATE_UNREACHABLE);
      g_assert_finalize_object (status);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine-status/an-engine-that-answers-is-named", test_real_engine_is_named);
  g_test_add_func ("/engine-status/an-engine-that-is-missing-is-explained",
                   test_missing_engine_is_explained);
  g_test_add_func ("/engine-status/another-setting-is-another-engine", test_setting_moves_on);
  g_test_add_func ("/engine-status/the-engine-object-stays-while-the-address-does",
                   test_engine_object_stays);
  g_test_add_func ("/engine-status/letting-go-does-not-wait-for-the-thread",
                   test_letting_go_does_not_wait);

  return g_test_run ();
}
