/* test-courier.c: what the outgoing webhook is told, and what becomes of what it does not take
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <json-glib/json-glib.h>

#include "deploy/dw-courier.h"
#include "model/dw-enum-types.h"
#include "registry-stub.h"
#include "store-fixture.h"

#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

typedef struct
{
  StoreFixture base;
  RegistryStub *stub;
  GAsyncQueue *bodies; /* of JsonNode */
  gboolean refuses;
  guint n_busy;           /* how often it has no time before it takes one */
  const char *chosen_url; /* nullable: which receiver somebody chooses meanwhile */
  DwProject *project;
  DwStage *stage;
} Fixture;

static void set_setting (Fixture *self, const char *url);

static void
receive (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  Fixture *self = registry_stub_get_data (stub);
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autofree char *text = g_strndup (body->data, body->length);

  if (self->chosen_url != NULL)
    set_setting (self, self->chosen_url);
  if (self->n_busy > 0)
    {
      self->n_busy--;
      registry_stub_answer (message, 503, "text/plain", "later");
      return;
    }
  if (self->refuses)
    {
      registry_stub_answer (message, 403, "text/plain", "no such hook");
      return;
    }

  g_async_queue_push (self->bodies, json_from_string (text, NULL));
  registry_stub_answer (message, 200, "text/plain", "ok");
}

static void
set_setting (Fixture *self, const char *url)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwSettings) settings = dw_store_get_settings (self->base.store, &error);

  g_assert_no_error (error);
  g_object_set (settings, "outgoing-webhook-url", url, NULL);
  dw_store_update (self->base.store, DW_ENTITY (settings), &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  store_fixture_set_up (&self->base, data);
  self->stub = registry_stub_new (receive, NULL);
  registry_stub_set_data (self->stub, self);
  self->bodies = g_async_queue_new_full ((GDestroyNotify) json_node_unref);
  self->project = store_fixture_add_project (self->base.store, "shop");
  self->stage = store_fixture_add_stage (self->base.store, self->project, "prod");
  set_setting (self, registry_stub_get_url (self->stub));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_object_unref (self->stage);
  g_object_unref (self->project);
  registry_stub_free (self->stub);
  g_async_queue_unref (self->bodies);
  store_fixture_tear_down (&self->base, data);
}

static void
deliver (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (dw_courier_deliver (self->base.store, 1, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (dw_courier_has_messages (self->base.store));
}

static DwDeploy *
end_deploy (Fixture *self, DwDeployStatus status)
{
  g_autoptr (DwDeploy) deploy = store_fixture_add_deploy (self->base.store, self->stage, "v1.2.0");

  store_fixture_end_deploy (self->base.store, deploy, status);

  return g_steal_pointer (&deploy);
}

/* One that nothing more is asked of. */
static void
go_through_deploy (Fixture *self, DwDeployStatus status)
{
  g_object_unref (end_deploy (self, status));
}

/* The event that was taken next, or a failed test. */
static JsonNode *
pop (Fixture *self)
{
  JsonNode *node = g_async_queue_try_pop (self->bodies);

  g_assert_nonnull (node);
  return node;
}

static const char *
get (JsonNode *node, const char *member)
{
  return json_object_get_string_member (json_node_get_object (node), member);
}

static char *
get_problem (Fixture *self)
{
  g_autoptr (DwSettings) settings = dw_store_get_settings (self->base.store, NULL);

  return g_strdup (dw_settings_get_outgoing_webhook_error (settings));
}

static void
test_end_of_deploy (Fixture *self, gconstpointer data)
{
  g_autoptr (DwDeploy) good = end_deploy (self, DW_DEPLOY_SUCCESS);
  g_autoptr (DwDeploy) bad = end_deploy (self, DW_DEPLOY_FAILED);

  deliver (self);
  g_autoptr (JsonNode) first = pop (self);
  g_autoptr (JsonNode) second = pop (self);
  g_assert_null (g_async_queue_try_pop (self->bodies));
  g_assert_cmpstr (get (first, "event"), ==, "deploy");
  g_assert_cmpstr (get (first, "title"), ==, "shop/prod was deployed");
  g_assert_cmpstr (get (first, "project"), ==, "shop");
  g_assert_cmpstr (get (first, "stage"), ==, "prod");
  g_assert_cmpstr (get (first, "deploy"), ==, dw_entity_get_id (DW_ENTITY (good)));
  g_assert_cmpstr (get (first, "tag"), ==, "v1.2.0");
  g_assert_cmpstr (get (first, "status"), ==, "success");
  g_assert_cmpstr (get (second, "deploy"), ==, dw_entity_get_id (DW_ENTITY (bad)));
  g_assert_cmpstr (get (second, "status"), ==, "failed");
  g_assert_true (json_object_get_boolean_member (json_node_get_object (second), "problem"));
}

/* Two that wait at once: the second took the place of the first, which is not told of. */
static void
test_superseded (Fixture *self, gconstpointer data)
{
  g_autoptr (DwDeploy) first = store_fixture_add_deploy (self->base.store, self->stage, "v1");
  g_autoptr (DwDeploy) second = store_fixture_add_deploy (self->base.store, self->stage, "v2");

  store_fixture_end_deploy (self->base.store, first, DW_DEPLOY_FAILED);
  store_fixture_end_deploy (self->base.store, second, DW_DEPLOY_SUCCESS);
  deliver (self);

  g_autoptr (JsonNode) told = pop (self);
  g_assert_cmpstr (get (told, "tag"), ==, "v2");
  g_assert_null (g_async_queue_try_pop (self->bodies));
}

static void
test_version_that_asks (Fixture *self, gconstpointer data)
{
  const char *stage_id = dw_entity_get_id (DW_ENTITY (self->stage));

  for (int i = 0; i < 2; i++)
    g_assert_true (dw_store_set_stage_newer (self->base.store, stage_id, DW_NEWER_ASKS, "v2",
                                             DIGEST, "2026-01-01T00:00:00.000Z", NULL, NULL));
  deliver (self);

  g_autoptr (JsonNode) told = pop (self);
  g_assert_cmpstr (get (told, "event"), ==, "update");
  g_assert_cmpstr (get (told, "title"), ==, "v2 is available for shop/prod");
  g_assert_cmpstr (get (told, "digest"), ==, DIGEST);
  g_assert_null (g_async_queue_try_pop (self->bodies));
}

static void
test_health_lost (Fixture *self, gconstpointer data)
{
  g_autoptr (DwDeploy) deploy = end_deploy (self, DW_DEPLOY_SUCCESS);
  g_autoptr (GError) error = NULL;

  g_assert_true (dw_store_tell_health_lost (self->base.store, dw_entity_get_id (DW_ENTITY (deploy)),
                                            "it fell over", &error));
  g_assert_no_error (error);
  deliver (self);

  json_node_unref (pop (self));
  g_autoptr (JsonNode) told = pop (self);
  g_assert_cmpstr (get (told, "event"), ==, "health");
  g_assert_cmpstr (get (told, "title"), ==, "shop/prod is no longer healthy");
  g_assert_cmpstr (get (told, "text"), ==, "it fell over");
  g_assert_true (json_object_get_boolean_member (json_node_get_object (told), "problem"));
}

static void
test_choice_of_project (Fixture *self, gconstpointer data)
{
  for (int i = DW_NOTIFICATIONS_FAILURES; i <= DW_NOTIFICATIONS_NONE; i++)
    {
      g_object_set (self->project, "notifications", i, NULL);
      g_assert_true (dw_store_update (self->base.store, DW_ENTITY (self->project), NULL));
      go_through_deploy (self, DW_DEPLOY_SUCCESS);
      go_through_deploy (self, DW_DEPLOY_ROLLED_BACK);
      deliver (self);
      if (i == DW_NOTIFICATIONS_FAILURES)
        {
          g_autoptr (JsonNode) told = pop (self);
          g_assert_cmpstr (get (told, "status"), ==, "rolled_back");
        }
      g_assert_null (g_async_queue_try_pop (self->bodies));
    }
}

static void
test_nobody_to_tell (Fixture *self, gconstpointer data)
{
  set_setting (self, NULL);
  go_through_deploy (self, DW_DEPLOY_SUCCESS);

  g_assert_false (dw_courier_has_messages (self->base.store));
}

/* The log has it once; the settings as long as it lasts. */
static void
test_failure_is_told_once (Fixture *self, gconstpointer data)
{
  go_through_deploy (self, DW_DEPLOY_SUCCESS);
  go_through_deploy (self, DW_DEPLOY_FAILED);

  self->refuses = TRUE;
  g_test_expect_message ("dw-deploy", G_LOG_LEVEL_MESSAGE, "*not told*no such hook*");
  deliver (self);
  g_autofree char *problem = get_problem (self);
  g_assert_true (g_str_has_suffix (problem, "no such hook"));

  self->refuses = FALSE;
  go_through_deploy (self, DW_DEPLOY_SUCCESS);
  g_test_expect_message ("dw-deploy", G_LOG_LEVEL_MESSAGE, "*told again*");
  deliver (self);
  g_test_assert_expected_messages ();
  g_autofree char *nothing = get_problem (self);
  g_assert_null (nothing);
}

static void
test_another_receiver (Fixture *self, gconstpointer data)
{
  go_through_deploy (self, DW_DEPLOY_SUCCESS);

  self->refuses = TRUE;
  g_test_expect_message ("dw-deploy", G_LOG_LEVEL_MESSAGE, "*not told*");
  deliver (self);
  g_test_assert_expected_messages ();
  set_setting (self, "https://chat.example.com/hook");
  g_autofree char *nothing = get_problem (self);
  g_assert_null (nothing);
}

/* What came of the last message to the one before is not that one's. */
static void
test_receiver_changed_meanwhile (Fixture *self, gconstpointer data)
{
  go_through_deploy (self, DW_DEPLOY_SUCCESS);

  self->refuses = TRUE;
  self->chosen_url = "https://chat.example.com/hook";
  g_test_expect_message ("dw-deploy", G_LOG_LEVEL_MESSAGE, "*not told*no such hook*");
  deliver (self);
  g_test_assert_expected_messages ();
  g_autofree char *nothing = get_problem (self);
  g_assert_null (nothing);
}

/* Whoever delivers has a main context of its own, and nobody runs another. */
static void
test_tried_again (Fixture *self, gconstpointer data)
{
  go_through_deploy (self, DW_DEPLOY_SUCCESS);

  self->n_busy = 2;
  deliver (self);
  g_autoptr (JsonNode) told = pop (self);
  g_assert_cmpstr (get (told, "event"), ==, "deploy");
  g_assert_cmpuint (self->n_busy, ==, 0);
}

static void
test_store_that_cannot_be_read (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  sqlite3 *handle = store_fixture_open_bare (self->base.path);
  g_assert_cmpint (store_fixture_execute_bare (handle, "DROP TABLE messages"), ==, SQLITE_OK);
  sqlite3_close (handle);

  g_assert_false (dw_courier_deliver (self->base.store, 1, NULL, &error));
  g_assert_true (error != NULL && error->domain == DW_STORE_ERROR);
}

static void
test_cancelled (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  go_through_deploy (self, DW_DEPLOY_SUCCESS);
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (dw_courier_deliver (self->base.store, 1, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (dw_courier_has_messages (self->base.store));
  deliver (self);
  g_autoptr (JsonNode) told = pop (self);
  g_assert_cmpstr (get (told, "event"), ==, "deploy");
}

static void
test_too_many (Fixture *self, gconstpointer data)
{
  for (int i = 0; i < 70; i++)
    {
      go_through_deploy (self, DW_DEPLOY_SUCCESS);
    }

  g_test_expect_message ("dw-deploy", G_LOG_LEVEL_MESSAGE, "*not told: 6 events were given up*");
  g_test_expect_message ("dw-deploy", G_LOG_LEVEL_MESSAGE, "*told again*");
  deliver (self);
  g_test_assert_expected_messages ();
  g_assert_cmpint (g_async_queue_length (self->bodies), ==, 64);
}

static gboolean
has_body (gpointer user_data)
{
  return g_async_queue_length (user_data) > 0;
}

static gboolean
is_idle (gpointer user_data)
{
  return !dw_courier_is_busy (user_data);
}

static void
test_whoever_writes (Fixture *self, gconstpointer data)
{
  g_autoptr (DwCourier) courier = dw_courier_new (self->base.store);

  store_fixture_wait (is_idle, courier);
  go_through_deploy (self, DW_DEPLOY_SUCCESS);
  store_fixture_wait (has_body, self->bodies);
  store_fixture_wait (is_idle, courier);
  g_assert_false (dw_courier_has_messages (self->base.store));
  dw_courier_stop (courier);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*function) (Fixture *, gconstpointer);
  } tests[] = {
    { "the-end-of-a-deploy-is-told", test_end_of_deploy },
    { "what-gave-way-is-not-told-of", test_superseded },
    { "a-version-that-asks-is-told-once", test_version_that_asks },
    { "lost-health-is-told", test_health_lost },
    { "a-project-chooses-what-is-told", test_choice_of_project },
    { "without-a-receiver-nothing-waits", test_nobody_to_tell },
    { "a-failure-is-told-once", test_failure_is_told_once },
    { "another-receiver-begins-anew", test_another_receiver },
    { "another-receiver-meanwhile-is-not-said-to-refuse", test_receiver_changed_meanwhile },
    { "what-may-pass-is-tried-again", test_tried_again },
    { "a-store-that-cannot-be-read-is-no-success", test_store_that_cannot_be_read },
    { "what-was-cancelled-waits", test_cancelled },
    { "too-many-are-given-up-and-that-is-told", test_too_many },
    { "whoever-writes-it-is-told", test_whoever_writes },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/notify/courier/", tests[i].name, NULL);

      g_test_add (path, Fixture, NULL, set_up, tests[i].function, tear_down);
    }

  return g_test_run ();
}
