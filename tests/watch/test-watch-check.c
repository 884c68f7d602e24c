/* test-watch-check.c: what a check does with a registry that is as bad as a test wants it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The registry is a stub, because no real one can be brought to be like that. Whatever it does, the
 * check ends in a state that a person can read, and what is missed is found by the next one.
 */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "model/dw-enum-types.h"
#include "registry-stub.h"
#include "watch/dw-watch-answer.h"
#include "watch/dw-watch-check.h"

#define DIGEST_1 "sha256:1111111111111111111111111111111111111111111111111111111111111111"
#define DIGEST_2 "sha256:2222222222222222222222222222222222222222222222222222222222222222"

/* How the registry is; one thread reads it while the other waits. */
typedef struct
{
  const char *tags; /* the list, in JSON */
  const char *digest;
  guint status; /* of every answer, or 0 */
  const char *retry_after;
  const char *link; /* to the next page, after every page */
  gboolean breaks_off;
  guint delay_ms;           /* before every answer */
  GCancellable *impatience; /* cancelled in the place of an answer */
  gboolean wants_token;
  guint n_tokens;      /* that were given out; none but the last one counts */
  guint uses_left;     /* of that */
  guint uses_of_token; /* before it is over */
} Registry;

/* A store in a folder of its own, with one project of one stage, and the registry. */
typedef struct
{
  char *folder;
  DwStore *store;
  DwRegistries *registries;
  RegistryStub *stub;
  Registry registry;
  DwStage *stage;
} Fixture;

/* The beginning of an answer, and the end of the connection. */
static void
break_off (SoupServerMessage *message)
{
  static const char beginning[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                                  "Content-Length: 500\r\n\r\n{\"tags\":[\"v1\",\"v2\"";
  g_autoptr (GIOStream) connection = soup_server_message_steal_connection (message);

  g_output_stream_write_all (g_io_stream_get_output_stream (connection), beginning,
                             strlen (beginning), NULL, NULL, NULL);
  g_io_stream_close (connection, NULL, NULL);
}

static void
give_token (Registry *registry, SoupServerMessage *message)
{
  g_autofree char *body = g_strdup_printf ("{\"token\":\"token.%u\",\"expires_in\":3600}",
                                           ++registry->n_tokens);

  registry->uses_left = registry->uses_of_token;
  registry_stub_answer (message, 200, "application/json", body);
}

/* Whether it brings the token that counts, which is then used once more. */
static gboolean
has_token (Registry *registry, SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  g_autofree char *good = g_strdup_printf ("Bearer token.%u", registry->n_tokens);

  if (registry->uses_left == 0 ||
      g_strcmp0 (soup_message_headers_get_one (headers, "Authorization"), good) != 0)
    return FALSE;

  registry->uses_left--;
  return TRUE;
}

static void
refuse (RegistryStub *stub, SoupServerMessage *message)
{
  g_autofree char *challenge = g_strdup_printf ("Bearer realm=\"%s/token\",service=\"test\"",
                                                registry_stub_get_url (stub));

  soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                "WWW-Authenticate", challenge);
  registry_stub_answer (message, 401, "application/json",
                        "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"no\"}]}");
}

static void
answer (RegistryStub *stub, SoupServerMessage *message, const char *path)
{
  Registry *registry = registry_stub_get_data (stub);
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  /* In a thread of its own. */
  g_usleep (registry->delay_ms * 1000);
  if (registry->impatience != NULL)
    {
      soup_server_message_pause (message);
      g_cancellable_cancel (registry->impatience);
      return;
    }
  if (registry->breaks_off)
    {
      break_off (message);
      return;
    }
  if (g_str_equal (path, "/token"))
    {
      give_token (registry, message);
      return;
    }
  if (registry->wants_token && !has_token (registry, message))
    {
      refuse (stub, message);
      return;
    }
  if (registry->retry_after != NULL)
    soup_message_headers_replace (headers, "Retry-After", registry->retry_after);
  if (registry->link != NULL)
    soup_message_headers_replace (headers, "Link", registry->link);
  if (registry->status != 0)
    {
      registry_stub_answer (message, registry->status, "application/json",
                            "{\"errors\":[{\"code\":\"UNKNOWN\",\"message\":\"no\"}]}");
    }
  else if (g_str_has_suffix (path, "/tags/list"))
    {
      registry_stub_answer (message, 200, "application/json", registry->tags);
    }
  else if (registry->digest != NULL)
    {
      soup_message_headers_replace (headers, "Docker-Content-Digest", registry->digest);
      registry_stub_answer (message, 200, "application/json", "{}");
    }
  else
    {
      registry_stub_answer (message, 404, "application/json",
                            "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\"}]}");
    }
}

static void
create (DwStore *store, gpointer entity)
{
  g_autoptr (GError) error = NULL;

  dw_store_create (store, entity, &error);
  g_assert_no_error (error);
}

static Fixture *
fixture_new (void)
{
  Fixture *self = g_new0 (Fixture, 1);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autofree char *image = NULL;

  self->folder = g_dir_make_tmp ("dw-watch-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (self->folder, "store.db", NULL);
  self->store = dw_store_open (path, &error);
  g_assert_no_error (error);
  self->registries = dw_registries_new (self->store);
  self->registry = (Registry){ .tags = "{\"tags\":[\"v1\"]}", .digest = DIGEST_1 };
  self->stub = registry_stub_new (answer, NULL);
  registry_stub_set_data (self->stub, &self->registry);

  g_autoptr (DwRegistry) registry = g_object_new (DW_TYPE_REGISTRY, "name", "hub", "url",
                                                  registry_stub_get_url (self->stub), NULL);
  create (self->store, registry);
  image = g_strdup_printf ("127.0.0.1:%u/team/app", registry_stub_get_port (self->stub));
  g_autoptr (DwProject)
      project = g_object_new (DW_TYPE_PROJECT, "name", "shop", "image", image, NULL);
  create (self->store, project);
  self->stage = g_object_new (DW_TYPE_STAGE, "project-id", dw_entity_get_id (DW_ENTITY (project)),
                              "name", "prod", "policy-kind", DW_TAG_POLICY_GLOB, "policy-pattern",
                              "v*", NULL);
  create (self->store, self->stage);

  return self;
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      g_assert_cmpint (g_unlink (child), ==, 0);
    }
  g_assert_cmpint (g_rmdir (path), ==, 0);
}

static void
fixture_free (Fixture *self)
{
  g_clear_pointer (&self->stub, registry_stub_free);
  g_object_unref (self->stage);
  g_object_unref (self->registries);
  g_object_unref (self->store);
  remove_folder (self->folder);
  g_free (self->folder);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

/* Reads the stage again. */
static DwStage *
reread (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  DwStage *stage = dw_store_get (self->store, DW_TYPE_STAGE,
                                 dw_entity_get_id (DW_ENTITY (self->stage)), &error);

  g_assert_no_error (error);
  g_object_unref (self->stage);
  self->stage = stage;

  return stage;
}

static DwWatchReport *
check (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) groups = dw_watch_plan_read (self->store, &error);
  DwWatchReport *report = dw_watch_report_new ();

  g_assert_no_error (error);
  g_assert_cmpuint (groups->len, ==, 1);
  dw_watch_check_group (self->store, self->registries, groups->pdata[0], 4, report, NULL, &error);
  g_assert_no_error (error);
  reread (self);

  return report;
}

static void
assert_good (Fixture *self, DwNewerState state, const char *tag)
{
  g_autoptr (DwWatchReport) report = check (self);

  g_assert_no_error (report->problem);
  g_assert_cmpint (dw_stage_get_newer_state (self->stage), ==, state);
  g_assert_cmpstr (dw_stage_get_newer_tag (self->stage), ==, tag);
}

/* The registry's row says what is wrong, in words that hold @part. */
static void
assert_said (Fixture *self, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwRegistry) registry = dw_store_find_registry (self->store, "hub", &error);

  g_assert_no_error (error);
  g_assert_nonnull (dw_registry_get_last_checked_at (registry));
  if (part == NULL)
    g_assert_null (dw_registry_get_last_error (registry));
  else if (strstr (dw_registry_get_last_error (registry), part) == NULL)
    g_test_fail_printf ("“%s” is not in “%s”", part, dw_registry_get_last_error (registry));
}

/* It is as bad as it was made, says so, and is all right once it is well again; what was newer
 * before stays so meanwhile. */
static void
assert_bad_and_good_again (Fixture *self, gboolean is_down, const char *part)
{
  Registry good = { .tags = "{\"tags\":[\"v1\",\"v2\"]}", .digest = DIGEST_2 };
  g_autoptr (DwWatchReport) report = check (self);

  g_assert_nonnull (report->problem);
  g_assert_cmpint (report->is_down, ==, is_down);
  assert_said (self, part);
  g_assert_cmpstr (dw_stage_get_newer_tag (self->stage), ==, "v1");

  self->registry = good;
  assert_good (self, DW_NEWER_SHOWN, "v2");
  assert_said (self, NULL);
}

static void
test_costs (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  assert_good (self, DW_NEWER_SHOWN, "v1");
  g_assert_cmpuint (registry_stub_count (self->stub, "GET /v2/team/app/tags/list"), ==, 1);
  g_assert_cmpuint (registry_stub_count (self->stub, "HEAD /v2/team/app/manifests/v1"), ==, 1);
  g_assert_cmpuint (registry_stub_count (self->stub, ""), ==, 2);
  assert_good (self, DW_NEWER_SHOWN, "v1");
  g_assert_cmpuint (registry_stub_count (self->stub, ""), ==, 4);

  /* Nothing that could be deployed: the list alone. */
  g_object_set (self->stage, "policy-pattern", "w*", NULL);
  g_assert_true (dw_store_update (self->store, DW_ENTITY (self->stage), NULL));
  assert_good (self, DW_NEWER_NONE, NULL);
  g_assert_cmpuint (registry_stub_count (self->stub, ""), ==, 5);

  /* One tag is followed by its digest alone. */
  g_object_set (self->stage, "policy-kind", DW_TAG_POLICY_EXACT, "policy-pattern", "v1", NULL);
  g_assert_true (dw_store_update (self->store, DW_ENTITY (self->stage), NULL));
  assert_good (self, DW_NEWER_SHOWN, "v1");
  g_assert_cmpuint (registry_stub_count (self->stub, "tags/list"), ==, 3);
  g_assert_cmpuint (registry_stub_count (self->stub, ""), ==, 6);
}

static void
test_one_that_is_down (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  assert_good (self, DW_NEWER_SHOWN, "v1");
  g_clear_pointer (&self->stub, registry_stub_free);
  g_autoptr (DwWatchReport) report = check (self);
  g_assert_error (report->problem, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_UNREACHABLE);
  g_assert_true (report->is_down);
  assert_said (self, "cannot be reached");
  /* What was seen before is not forgotten. */
  g_assert_cmpstr (dw_stage_get_newer_tag (self->stage), ==, "v1");
}

static void
test_one_that_is_busy (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  assert_good (self, DW_NEWER_SHOWN, "v1");
  self->registry.status = 429;
  self->registry.retry_after = "90";
  g_autoptr (DwWatchReport) report = check (self);
  g_assert_true (report->is_slow);
  g_assert_cmpint (report->pause_s, ==, 90);
  assert_bad_and_good_again (self, TRUE, "too many requests");
}

static void
test_one_that_fails (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  assert_good (self, DW_NEWER_SHOWN, "v1");
  self->registry.status = 500;
  assert_bad_and_good_again (self, FALSE, "500");
}

static void
test_one_that_wants_credentials (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  assert_good (self, DW_NEWER_SHOWN, "v1");
  self->registry.status = 401;
  assert_bad_and_good_again (self, FALSE, "credentials");
}

/* As Docker keeps it for “docker login”. */
static void
sign_in (Fixture *self, const char *password)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (self->folder, "config.json", NULL);
  g_autofree char *pair = g_strdup_printf ("alice:%s", password);
  g_autofree char *code = g_base64_encode ((const guchar *) pair, strlen (pair));
  g_autofree char *text = g_strdup_printf ("{\"auths\":{\"127.0.0.1:%u\":{\"auth\":\"%s\"}}}",
                                           registry_stub_get_port (self->stub), code);

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  g_setenv ("DOCKER_CONFIG", self->folder, TRUE);
}

static void
test_a_wrong_password (void)
{
  g_autofree char *before = g_strdup (g_getenv ("DOCKER_CONFIG"));
  g_autoptr (Fixture) self = fixture_new ();

  assert_good (self, DW_NEWER_SHOWN, "v1");
  sign_in (self, "looking-glass");
  self->registry.status = 401;
  assert_bad_and_good_again (self, FALSE, "refuses these credentials");
  g_setenv ("DOCKER_CONFIG", before, TRUE);
}

/* Each request finds that the token has just expired. */
static void
test_a_token_that_expires (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  self->registry.wants_token = TRUE;
  self->registry.uses_of_token = 1;
  assert_good (self, DW_NEWER_SHOWN, "v1");
  self->registry.tags = "{\"tags\":[\"v1\",\"v2\"]}";
  self->registry.digest = DIGEST_2;
  assert_good (self, DW_NEWER_SHOWN, "v2");
  assert_said (self, NULL);
  g_assert_cmpuint (self->registry.n_tokens, >=, 4);

  /* One that is never good is not asked for again and again. */
  self->registry.uses_of_token = 0;
  guint n_before = registry_stub_count (self->stub, "");
  g_autoptr (DwWatchReport) report = check (self);
  g_assert_error (report->problem, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_UNAUTHORIZED);
  assert_said (self, "credentials");
  g_assert_cmpuint (registry_stub_count (self->stub, "") - n_before, <=, 4);
}

static void
test_one_that_is_slow (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  self->registry.delay_ms = 300;
  assert_good (self, DW_NEWER_SHOWN, "v1");
  assert_said (self, NULL);
}

/* Somebody stops waiting for it; what the limit of time does to it is the client's. */
static void
test_one_that_never_answers (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (GCancellable) impatience = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  assert_good (self, DW_NEWER_SHOWN, "v1");
  self->registry.impatience = impatience;
  g_autoptr (GPtrArray) groups = dw_watch_plan_read (self->store, NULL);
  g_autoptr (DwWatchReport) report = dw_watch_report_new ();
  g_assert_false (dw_watch_check_group (self->store, self->registries, groups->pdata[0], 4, report,
                                        impatience, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpstr (dw_stage_get_newer_tag (reread (self)), ==, "v1");
  assert_said (self, NULL);

  self->registry.impatience = NULL;
  self->registry.tags = "{\"tags\":[\"v1\",\"v2\"]}";
  assert_good (self, DW_NEWER_SHOWN, "v2");
}

static void
test_a_body_that_breaks_off (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  assert_good (self, DW_NEWER_SHOWN, "v1");
  self->registry.breaks_off = TRUE;
  assert_bad_and_good_again (self, TRUE, "broke off");
}

static void
test_a_list_without_an_end (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  assert_good (self, DW_NEWER_SHOWN, "v1");
  self->registry.link = "</v2/team/app/tags/list?n=1000>; rel=\"next\"";
  assert_bad_and_good_again (self, FALSE, "no end");
}

static void
test_a_list_that_is_none (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  assert_good (self, DW_NEWER_SHOWN, "v1");
  self->registry.tags = "<html>";
  assert_bad_and_good_again (self, TRUE, "not a container registry");
}

static void
test_a_tag_that_vanishes (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  assert_good (self, DW_NEWER_SHOWN, "v1");
  self->registry.tags = "{\"tags\":[\"v1\",\"v2\"]}";
  self->registry.digest = NULL;
  /* It is in the list, and is not there: nobody could pull it. */
  assert_good (self, DW_NEWER_NONE, NULL);
  self->registry.tags = "{\"tags\":[\"v1\"]}";
  self->registry.digest = DIGEST_1;
  assert_good (self, DW_NEWER_SHOWN, "v1");
}

/* Ten megabytes of tags. */
static void
test_very_many_tags (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (GString) body = g_string_new ("{\"tags\":[\"v1\"");

  for (guint i = 0; i < 95000; i++)
    g_string_append_printf (body, ",\"build-%0100u\"", i);
  g_string_append (body, ",\"v2\"]}");
  self->registry.tags = body->str;
  assert_good (self, DW_NEWER_SHOWN, "v2");
  assert_good (self, DW_NEWER_SHOWN, "v2");
}

static void
test_many_repositories (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  for (guint i = 0; i < 50; i++)
    {
      g_autofree char *image = g_strdup_printf ("127.0.0.1:%u/team/r%u",
                                                registry_stub_get_port (self->stub), i);
      g_autofree char *name = g_strdup_printf ("p%u", i);
      g_autoptr (DwProject)
          project = g_object_new (DW_TYPE_PROJECT, "name", name, "image", image, NULL);
      create (self->store, project);
      g_autoptr (DwStage) stage = g_object_new (
          DW_TYPE_STAGE, "project-id", dw_entity_get_id (DW_ENTITY (project)), "name", "prod",
          "policy-kind", DW_TAG_POLICY_GLOB, "policy-pattern", "w*", NULL);
      create (self->store, stage);
    }

  g_autoptr (DwWatchReport) report = check (self);
  g_assert_cmpuint (report->n_looked, ==, 51);
  g_assert_cmpuint (registry_stub_count (self->stub, ""), ==, 52);

  /* One that slows down is not asked for the rest. */
  self->registry.status = 429;
  g_autoptr (DwWatchReport) slow = check (self);
  g_assert_true (slow->is_down);
  g_assert_cmpuint (registry_stub_count (self->stub, "") - 52, <=, 4);

  /* Nor is one that refuses three times. */
  guint before = registry_stub_count (self->stub, "");
  self->registry.status = 401;
  g_autoptr (DwWatchReport) refusal = check (self);
  g_assert_true (refusal->is_down);
  g_assert_cmpuint (registry_stub_count (self->stub, "") - before, <=, 12);
}

static void
test_a_push (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (GError) error = NULL;

  assert_good (self, DW_NEWER_SHOWN, "v1");
  guint before = registry_stub_count (self->stub, "");
  g_autoptr (GPtrArray) groups = dw_watch_plan_read (self->store, &error);
  DwWatchGroup *group = groups->pdata[0];
  g_autoptr (DwWatchReport) report = dw_watch_report_new ();
  self->registry.digest = DIGEST_2;
  g_assert_true (dw_watch_check_repository (self->store, self->registries, group,
                                            group->repositories->pdata[0], "v3", report, NULL,
                                            &error));
  reread (self);
  g_assert_cmpstr (dw_stage_get_newer_tag (self->stage), ==, "v3");
  g_assert_cmpuint (registry_stub_count (self->stub, "") - before, ==, 1);

  /* What somebody says was pushed, and was not, leaves nothing behind. */
  self->registry.digest = NULL;
  g_autoptr (DwWatchReport) lie = dw_watch_report_new ();
  g_assert_true (dw_watch_check_repository (self->store, self->registries, group,
                                            group->repositories->pdata[0], "v9", lie, NULL,
                                            &error));
  reread (self);
  g_assert_cmpstr (dw_stage_get_newer_tag (self->stage), !=, "v9");
}

static void
test_answers (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  const char *id = dw_entity_get_id (DW_ENTITY (self->stage));
  g_autofree char *stage_id = g_strdup (id);
  g_autoptr (GError) error = NULL;

  g_object_set (self->stage, "confirm", TRUE, NULL);
  g_assert_true (dw_store_update (self->store, DW_ENTITY (self->stage), NULL));
  assert_good (self, DW_NEWER_ASKS, "v1");
  g_assert_true (
      dw_watch_answer_store (self->store, stage_id, DW_WATCH_ANSWER_NOT_NOW, 0, NULL, &error));
  assert_good (self, DW_NEWER_DECLINED, "v1");
  g_assert_true (dw_watch_answer_store (self->store, stage_id, DW_WATCH_ANSWER_SNOOZE,
                                        g_get_real_time () / G_USEC_PER_SEC + 100, NULL, &error));
  assert_good (self, DW_NEWER_SNOOZED, "v1");
  g_assert_true (
      dw_watch_answer_store (self->store, stage_id, DW_WATCH_ANSWER_SNOOZE, 0, NULL, &error));
  g_assert_true (
      dw_watch_answer_store (self->store, stage_id, DW_WATCH_ANSWER_SKIP, 0, NULL, &error));
  assert_good (self, DW_NEWER_NONE, NULL);
  g_assert_false (
      dw_watch_answer_store (self->store, stage_id, DW_WATCH_ANSWER_DEPLOY, 0, NULL, &error));
  g_clear_error (&error);

  self->registry.tags = "{\"tags\":[\"v1\",\"v2\"]}";
  self->registry.digest = DIGEST_2;
  assert_good (self, DW_NEWER_ASKS, "v2");
}

static void
test_a_cancel (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) groups = dw_watch_plan_read (self->store, NULL);
  g_autoptr (DwWatchReport) report = dw_watch_report_new ();

  g_cancellable_cancel (cancellable);
  g_assert_false (dw_watch_check_group (self->store, self->registries, groups->pdata[0], 4, report,
                                        cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_good (self, DW_NEWER_SHOWN, "v1");
}

int
main (int argc, char *argv[])
{
  g_autofree char *nothing = NULL;

  g_test_init (&argc, &argv, NULL);
  /* No credentials of the user's. */
  nothing = g_build_filename (g_get_tmp_dir (), "dw-no-docker-configuration", NULL);
  g_setenv ("DOCKER_CONFIG", nothing, TRUE);

  g_test_add_func ("/watch/check/costs-a-request-a-list-or-a-tag", test_costs);
  g_test_add_func ("/watch/check/many-repositories-cost-no-more", test_many_repositories);
  g_test_add_func ("/watch/check/a-push-costs-one-request", test_a_push);
  g_test_add_func ("/watch/check/a-person-s-answer-counts", test_answers);
  g_test_add_func ("/watch/check/a-cancel-ends-it", test_a_cancel);
  g_test_add_func ("/watch/fault/a-registry-that-is-down", test_one_that_is_down);
  g_test_add_func ("/watch/fault/a-registry-that-slows-down", test_one_that_is_busy);
  g_test_add_func ("/watch/fault/a-registry-that-fails", test_one_that_fails);
  g_test_add_func ("/watch/fault/a-registry-that-wants-credentials",
                   test_one_that_wants_credentials);
  g_test_add_func ("/watch/fault/a-wrong-password", test_a_wrong_password);
  g_test_add_func ("/watch/fault/a-token-that-expires", test_a_token_that_expires);
  g_test_add_func ("/watch/fault/a-registry-that-is-slow", test_one_that_is_slow);
  g_test_add_func ("/watch/fault/a-registry-that-never-answers", test_one_that_never_answers);
  g_test_add_func ("/watch/fault/a-body-that-breaks-off", test_a_body_that_breaks_off);
  g_test_add_func ("/watch/fault/a-list-without-an-end", test_a_list_without_an_end);
  g_test_add_func ("/watch/fault/a-list-that-is-none", test_a_list_that_is_none);
  g_test_add_func ("/watch/fault/a-tag-that-vanishes", test_a_tag_that_vanishes);
  g_test_add_func ("/watch/fault/ten-megabytes-of-tags", test_very_many_tags);

  return g_test_run ();
}
