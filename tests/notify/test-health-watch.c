/* test-health-watch.c: what turned bad is given its time before anybody is told
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine is a server of ours: a real one does not turn bad at the moment that a test wants.
 */

#include "config.h"

#include "deploy/dw-health-watch.h"
#include "deploy/dw-stage-containers.h"
#include "registry-stub.h"
#include "store-fixture.h"

#define SETTLE_US (2 * G_TIME_SPAN_SECOND)
#define N_STAGES 2

typedef struct
{
  DwStage *stage;
  DwInstance *instance;
  gint is_bad; /* atomic */
  gint64 seen_bad_us;
  gint64 told_us;
} Place;

typedef struct
{
  StoreFixture base;
  RegistryStub *stub;
  DwOverview *overview;
  Place places[N_STAGES];
} Fixture;

static void
answer_engine (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  Fixture *self = registry_stub_get_data (stub);
  g_autoptr (GString) list = g_string_new ("[");

  if (g_str_has_suffix (path, "/_ping"))
    {
      soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                    "Api-Version", "1.41");
      registry_stub_answer (message, 200, "text/plain", "OK");
      return;
    }
  if (g_str_has_suffix (path, "/version"))
    {
      registry_stub_answer (message, 200, "application/json",
                            "{\"Version\": \"20.10.24\", \"Arch\": \"amd64\", \"Os\": \"linux\"}");
      return;
    }
  if (!g_str_has_suffix (path, "/containers/json"))
    {
      /* No event comes; the store tells of a change. */
      soup_server_message_pause (message);
      return;
    }

  for (guint i = 0; i < N_STAGES; i++)
    g_string_append_printf (
        list,
        "{\"Id\": \"%u\", \"Names\": [\"/c%u\"], \"State\": \"%s\", "
        "\"Labels\": {\"" DW_LABEL_INSTANCE "\": \"%s\"}}%s",
        i, i, g_atomic_int_get (&self->places[i].is_bad) ? "restarting" : "running",
        dw_entity_get_id (DW_ENTITY (self->places[i].instance)), i + 1 < N_STAGES ? "," : "]");
  registry_stub_answer (message, 200, "application/json", list->str);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  store_fixture_set_up (&self->base, data);

  DwStore *store = self->base.store;
  g_autoptr (DwProject) project = store_fixture_add_project (store, "shop");
  for (guint i = 0; i < N_STAGES; i++)
    {
      Place *place = &self->places[i];
      g_autoptr (DwStage) stage = store_fixture_add_stage (store, project, i == 0 ? "dev" : "prod");
      g_autoptr (DwDeploy) deploy = store_fixture_add_deploy (store, stage, "v1");
      const char *stage_id = dw_entity_get_id (DW_ENTITY (stage));

      g_object_set (stage, "watch-seconds", 0, NULL);
      g_assert_true (dw_store_update (store, DW_ENTITY (stage), NULL));
      place->instance = store_fixture_add_instance (store, deploy);
      const char *instance_id = dw_entity_get_id (DW_ENTITY (place->instance));
      g_assert_true (dw_store_set_instance_status (store, instance_id, DW_INSTANCE_RUNNING, NULL));
      g_assert_true (dw_store_set_stage_current_instance (store, stage_id, instance_id, NULL));
      g_assert_true (dw_store_set_deploy_instance (store, dw_entity_get_id (DW_ENTITY (deploy)),
                                                   instance_id, NULL));
      store_fixture_end_deploy (store, deploy, DW_DEPLOY_SUCCESS);
      place->stage = store_fixture_read_again (store, stage);
    }
  self->stub = registry_stub_new (answer_engine, NULL);
  registry_stub_set_data (self->stub, self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  registry_stub_free (self->stub);
  for (guint i = 0; i < N_STAGES; i++)
    {
      g_object_unref (self->places[i].stage);
      g_object_unref (self->places[i].instance);
    }
  store_fixture_tear_down (&self->base, data);
}

static DwStageCondition
get_condition (Fixture *self, Place *place)
{
  const DwGlance *glance = dw_overview_find (self->overview,
                                             dw_entity_get_id (DW_ENTITY (place->stage)));

  return glance != NULL ? glance->condition : DW_STAGE_UNKNOWN;
}

static void
on_overview_changed (Fixture *self)
{
  for (guint i = 0; i < N_STAGES; i++)
    if (self->places[i].seen_bad_us == 0 &&
        get_condition (self, &self->places[i]) == DW_STAGE_FAILING)
      self->places[i].seen_bad_us = g_get_monotonic_time ();
}

static void
on_lost (Fixture *self, const char *stage_id)
{
  for (guint i = 0; i < N_STAGES; i++)
    if (g_str_equal (stage_id, dw_entity_get_id (DW_ENTITY (self->places[i].stage))))
      self->places[i].told_us = g_get_monotonic_time ();
}

static gboolean
is_running (gpointer user_data)
{
  Fixture *self = user_data;

  return get_condition (self, &self->places[0]) == DW_STAGE_RUNNING &&
         get_condition (self, &self->places[1]) == DW_STAGE_RUNNING;
}

static gboolean
was_seen_bad (gpointer place)
{
  return ((Place *) place)->seen_bad_us != 0;
}

static gboolean
was_told (gpointer place)
{
  return ((Place *) place)->told_us != 0;
}

static void
turn_bad (Fixture *self, Place *place)
{
  g_atomic_int_set (&place->is_bad, TRUE);
  g_assert_true (dw_store_update (self->base.store, DW_ENTITY (place->stage), NULL));
  store_fixture_wait (was_seen_bad, place);
}

/* The second turns bad while the first has its time already. */
static void
test_each_has_its_time (Fixture *self, gconstpointer data)
{
  g_autoptr (DwEngineStatus) status = dw_engine_status_new (registry_stub_get_url (self->stub));
  g_autoptr (DwOverview) overview = dw_overview_new (self->base.store, status);
  g_autoptr (DwHealthWatch) watch = NULL;

  self->overview = overview;
  g_signal_connect_swapped (overview, "changed", G_CALLBACK (on_overview_changed), self);
  watch = dw_health_watch_new (self->base.store, overview);
  g_signal_connect_swapped (watch, "lost", G_CALLBACK (on_lost), self);
  store_fixture_wait (is_running, self);

  turn_bad (self, &self->places[0]);
  turn_bad (self, &self->places[1]);
  for (guint i = 0; i < N_STAGES; i++)
    {
      store_fixture_wait (was_told, &self->places[i]);
      g_assert_cmpint (self->places[i].told_us - self->places[i].seen_bad_us, >=, SETTLE_US);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/notify/health-watch/each-stage-has-its-own-time-to-settle", Fixture, NULL, set_up,
              test_each_has_its_time, tear_down);

  return g_test_run ();
}
