/* test-images.c: images on a real engine, from real registries
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "engine-fixture.h"

/* What dw_credentials_to_engine_auth() makes: base64url of JSON. */
static char *
make_auth (const char *username, const char *password)
{
  g_autofree char *json = g_strdup_printf (
      "{\"username\":\"%s\",\"password\":\"%s\",\"serveraddress\":\"%s\"}", username, password,
      g_getenv ("DW_TEST_AUTH_REGISTRY"));
  char *auth = g_base64_encode ((const guchar *) json, strlen (json));

  g_strdelimit (auth, "+", '-');
  g_strdelimit (auth, "/", '_');

  return auth;
}

static gboolean
has_string (GStrv strings, const char *string)
{
  return g_strv_contains ((const char *const *) strings, string);
}

static void
test_info_says_what_answers (void)
{
  g_autoptr (DwEngine) engine = fixture_new_engine ();
  g_autoptr (GError) error = NULL;
  g_autoptr (DwEngineInfo) info = dw_engine_get_info (engine, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (info->product, ==, fixture_is_podman () ? "Podman" : "Docker");
  g_assert_true (g_regex_match_simple ("^[0-9]+\\.[0-9]+", info->version, 0, 0));
  g_assert_true (g_regex_match_simple ("^1\\.[0-9]+$", info->api_version, 0, 0));
  g_assert_cmpstr (info->os, ==, "linux");
  g_assert_cmpstr (info->architecture, !=, "");
  g_autofree char *root_dir = dw_engine_get_root_dir (engine, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (root_dir, g_getenv ("DW_TEST_DIR")));
}

typedef struct
{
  guint n_calls;
  gint64 done;
  gint64 total;
} Progress;

static void
on_progress (const char *status, gint64 done, gint64 total, gpointer user_data)
{
  Progress *progress = user_data;

  g_assert_nonnull (status);
  g_assert_cmpint (done, >=, 0);
  g_assert_cmpint (done, <=, total);
  g_assert_cmpint (total, >=, progress->total);
  progress->n_calls++;
  progress->done = done;
  progress->total = total;
}

static void
test_pull_by_tag_brings_the_image_with_its_digest (void)
{
  g_autoptr (DwEngine) engine = fixture_new_engine ();
  g_autofree char *reference = fixture_image ("by-tag:1.0.0");
  g_autofree char *digest = fixture_make_image (reference, "--big", "8", NULL);
  g_autoptr (GError) error = NULL;
  Progress progress = { 0 };

  dw_engine_pull_image (engine, reference, NULL, on_progress, &progress, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (progress.n_calls, >, 0);
  if (!fixture_is_podman ()) /* which reports no bytes */
    {
      g_assert_cmpint (progress.total, >, 8 * 1024 * 1024);
      g_assert_cmpint (progress.done, ==, progress.total);
    }

  g_autoptr (DwImage) image = dw_engine_inspect_image (engine, reference, NULL, &error);
  g_autofree char *repository = fixture_image ("by-tag");
  g_autofree char *by_digest = g_strdup_printf ("%s@%s", repository, digest);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (image->id, "sha256:"));
  g_assert_true (has_string (image->repo_tags, reference));
  g_assert_true (has_string (image->repo_digests, by_digest));
  g_assert_cmpint (image->size_bytes, >, 8 * 1024 * 1024);
  g_assert_cmpstr (image->os, ==, "linux");
}

static void
test_pull_by_digest_brings_that_image (void)
{
  g_autoptr (DwEngine) engine = fixture_new_engine ();
  g_autofree char *reference = fixture_image ("by-digest:1");
  g_autofree char *old = fixture_make_image (reference, "--version", "old", NULL);
  g_autofree char *new = fixture_make_image (reference, "--version", "new", NULL);
  g_autofree char *repository = fixture_image ("by-digest");
  g_autofree char *by_digest = g_strdup_printf ("%s@%s", repository, old);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (old, !=, new);
  dw_engine_pull_image (engine, by_digest, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);

  g_autoptr (DwImage) image = dw_engine_inspect_image (engine, by_digest, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (has_string (image->repo_digests, by_digest));
}

static void
check_pull_fails (const char *reference, const char *auth, DwEngineError code)
{
  g_autoptr (DwEngine) engine = fixture_new_engine ();
  g_autoptr (GError) error = NULL;

  g_assert_false (dw_engine_pull_image (engine, reference, auth, NULL, NULL, NULL, &error));
  g_assert_error (error, DW_ENGINE_ERROR, (int) code);
  g_test_message ("%s", error->message);
}

static void
test_pull_of_an_unknown_tag_is_not_found (void)
{
  g_autofree char *known = fixture_image ("known:1");
  g_autofree char *digest G_GNUC_UNUSED = fixture_make_image (known, NULL);
  g_autofree char *unknown = fixture_image ("known:2");

  check_pull_fails (unknown, NULL, DW_ENGINE_ERROR_NOT_FOUND);
}

static void
test_pull_of_an_unknown_image_is_not_found (void)
{
  g_autofree char *unknown = fixture_image ("nobody/has-this:1");

  check_pull_fails (unknown, NULL, DW_ENGINE_ERROR_NOT_FOUND);
}

static void
test_pull_of_an_unknown_digest_is_not_found (void)
{
  g_autofree char *reference = fixture_image ("lone:1");
  g_autofree char *digest G_GNUC_UNUSED = fixture_make_image (reference, NULL);
  g_autofree char *repository = fixture_image ("lone");
  g_autofree char *unknown = g_strdup_printf (
      "%s@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", repository);

  check_pull_fails (unknown, NULL, DW_ENGINE_ERROR_NOT_FOUND);
}

static void
test_pull_from_a_registry_that_is_down_names_it (void)
{
  g_autoptr (DwEngine) engine = fixture_new_engine ();
  g_autoptr (GError) error = NULL;

  g_assert_false (
      dw_engine_pull_image (engine, "127.0.0.1:9/web:1", NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "127.0.0.1:9"));
}

static void
test_pull_with_credentials_is_let_in (void)
{
  g_autoptr (DwEngine) engine = fixture_new_engine ();
  g_autofree char *reference = g_strdup_printf ("%s/private/in:1",
                                                g_getenv ("DW_TEST_AUTH_REGISTRY"));
  g_autofree char *digest G_GNUC_UNUSED = fixture_make_image (reference, NULL);
  g_autofree char *auth = make_auth ("alice", "wonderland");
  g_autoptr (GError) error = NULL;

  dw_engine_pull_image (engine, reference, auth, NULL, NULL, NULL, &error);
  g_assert_no_error (error);

  g_autoptr (DwImage) image = dw_engine_inspect_image (engine, reference, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (image);
}

static void
test_pull_without_good_credentials_is_unauthorized (void)
{
  g_autofree char *reference = g_strdup_printf ("%s/private/out:1",
                                                g_getenv ("DW_TEST_AUTH_REGISTRY"));
  g_autofree char *digest G_GNUC_UNUSED = fixture_make_image (reference, NULL);
  g_autofree char *auth = make_auth ("alice", "guessed");

  check_pull_fails (reference, NULL, DW_ENGINE_ERROR_UNAUTHORIZED);
  check_pull_fails (reference, auth, DW_ENGINE_ERROR_UNAUTHORIZED);
}

static gboolean
pull (FixtureCall *call, GError **error)
{
  return dw_engine_pull_image (call->engine, call->target, NULL, NULL, NULL, call->cancellable,
                               error);
}

static void
test_pull_from_a_registry_that_says_nothing_can_be_cancelled (void)
{
  g_autoptr (DwEngine) engine = fixture_new_engine ();
  g_autoptr (GSocket) registry = NULL;
  guint16 port = fixture_take_port (&registry);
  g_autofree char *reference = g_strdup_printf ("127.0.0.1:%u/web:1", port);
  g_autoptr (FixtureCall) call = fixture_call_new (engine, reference, pull);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) connection = g_socket_accept (registry, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (connection);
  fixture_call_cancel_and_check (call);
}

static void
test_inspect_reads_the_configuration (void)
{
  g_autoptr (DwEngine) engine = fixture_new_engine ();
  g_autofree char *plain = fixture_pull_image (engine, "plain:1", "--port", "3000", NULL);
  g_autofree char *checked = fixture_pull_image (engine, "checked:1", "--healthcheck", "ok", NULL);
  g_autofree char *foreign = fixture_pull_image (engine, "foreign:1", "--arch", "s390x", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (DwImage) plain_image = dw_engine_inspect_image (engine, plain, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (DwImage) checked_image = dw_engine_inspect_image (engine, checked, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (DwImage) foreign_image = dw_engine_inspect_image (engine, foreign, NULL, &error);
  g_assert_no_error (error);

  g_assert_cmpuint (plain_image->exposed_ports->len, ==, 1);
  g_assert_cmpuint (g_array_index (plain_image->exposed_ports, guint16, 0), ==, 3000);
  g_assert_false (plain_image->has_health_check);
  if (!fixture_is_podman ()) /* which leaves it out */
    g_assert_true (checked_image->has_health_check);
  g_assert_cmpstr (foreign_image->architecture, ==, "s390x");
}

static gboolean
lists (DwEngine *engine, const char *reference)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) images = dw_engine_list_images (engine, NULL, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < images->len; i++)
    {
      const DwImage *image = g_ptr_array_index (images, i);

      if (has_string (image->repo_tags, reference))
        return TRUE;
    }

  return FALSE;
}

static void
test_a_tag_is_another_name_and_goes_alone (void)
{
  g_autoptr (DwEngine) engine = fixture_new_engine ();
  g_autofree char *reference = fixture_pull_image (engine, "tagged:1", "--version", "tag", NULL);
  g_autofree char *target = fixture_image ("tagged:kept");
  g_autoptr (GError) error = NULL;

  dw_engine_tag_image (engine, reference, target, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (lists (engine, reference));
  g_assert_true (lists (engine, target));

  dw_engine_remove_image (engine, reference, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (lists (engine, reference));
  g_assert_true (lists (engine, target));

  dw_engine_remove_image (engine, target, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (lists (engine, target));
}

static void
test_an_unknown_image_is_not_found (void)
{
  g_autoptr (DwEngine) engine = fixture_new_engine ();
  g_autofree char *unknown = fixture_image ("never/pulled:1");
  g_autofree char *target = fixture_image ("never/pulled:2");
  g_autoptr (GError) error = NULL;

  g_assert_null (dw_engine_inspect_image (engine, unknown, NULL, &error));
  g_assert_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (dw_engine_tag_image (engine, unknown, target, NULL, &error));
  g_assert_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (dw_engine_remove_image (engine, unknown, NULL, &error));
  g_assert_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_NOT_FOUND);
}

static void
test_an_image_that_runs_stays (void)
{
  g_autoptr (DwEngine) engine = fixture_new_engine ();
  g_autofree char *reference = fixture_pull_image (engine, "used:1", "--version", "used", NULL);
  g_autoptr (DwContainerSpec) spec = fixture_new_spec ("image-in-use", reference, NULL);
  g_autofree char *id G_GNUC_UNUSED = fixture_run (engine, spec);
  g_autoptr (GError) error = NULL;

  g_assert_false (dw_engine_remove_image (engine, reference, NULL, &error));
  g_assert_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_CONFLICT);
  g_assert_true (lists (engine, reference));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/info/says-what-answers", test_info_says_what_answers);
  g_test_add_func ("/engine/pull/by-tag-brings-the-image-with-its-digest",
                   test_pull_by_tag_brings_the_image_with_its_digest);
  g_test_add_func ("/engine/pull/by-digest-brings-that-image",
                   test_pull_by_digest_brings_that_image);
  g_test_add_func ("/engine/pull/an-unknown-tag-is-not-found",
                   test_pull_of_an_unknown_tag_is_not_found);
  g_test_add_func ("/engine/pull/an-unknown-image-is-not-found",
                   test_pull_of_an_unknown_image_is_not_found);
  g_test_add_func ("/engine/pull/an-unknown-digest-is-not-found",
                   test_pull_of_an_unknown_digest_is_not_found);
  g_test_add_func ("/engine/pull/a-registry-that-is-down-is-named",
                   test_pull_from_a_registry_that_is_down_names_it);
  g_test_add_func ("/engine/pull/good-credentials-are-let-in",
                   test_pull_with_credentials_is_let_in);
  g_test_add_func ("/engine/pull/no-or-bad-credentials-are-unauthorized",
                   test_pull_without_good_credentials_is_unauthorized);
  g_test_add_func ("/engine/pull/can-be-cancelled-while-the-registry-says-nothing",
                   test_pull_from_a_registry_that_says_nothing_can_be_cancelled);
  g_test_add_func ("/engine/images/inspecting-reads-the-configuration",
                   test_inspect_reads_the_configuration);
  g_test_add_func ("/engine/images/a-tag-is-another-name-and-goes-alone",
                   test_a_tag_is_another_name_and_goes_alone);
  g_test_add_func ("/engine/images/an-unknown-one-is-not-found",
                   test_an_unknown_image_is_not_found);
  g_test_add_func ("/engine/images/one-that-runs-stays", test_an_image_that_runs_stays);

  return g_test_run ();
}
