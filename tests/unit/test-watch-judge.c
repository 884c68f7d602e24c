/* test-watch-judge.c: what becomes of a newer version, by what is known
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "model/dw-enum-types.h"
#include "model/dw-held-version.h"
#include "watch/dw-watch-judge.h"

#define NOW G_GINT64_CONSTANT (1767225600) /* 2026-01-01T00:00:00Z, a Thursday */
#define HOUR 3600

/* One stage and its surroundings, put together by a test. */
typedef struct
{
  DwStage *stage;
  DwInstance *current;
  GPtrArray *held;
  DwWatchSeen *seen;
} Scene;

static Scene *
scene_new (DwTagPolicyKind kind, const char *pattern)
{
  Scene *scene = g_new0 (Scene, 1);

  scene->stage = g_object_new (DW_TYPE_STAGE, "policy-kind", kind, "policy-pattern", pattern, NULL);
  scene->held = g_ptr_array_new_with_free_func (g_object_unref);
  scene->seen = dw_watch_seen_new (NULL);

  return scene;
}

static void
scene_free (Scene *scene)
{
  g_object_unref (scene->stage);
  g_clear_object (&scene->current);
  g_ptr_array_unref (scene->held);
  dw_watch_seen_free (scene->seen);
  g_free (scene);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Scene, scene_free)

/* The digest of a tag is its name, unless a test says something else. */
static void
see (Scene *scene, const char *tag, gint64 since_s)
{
  g_autofree char *digest = g_strconcat ("sha256:", tag, NULL);

  dw_watch_seen_add_tag (scene->seen, tag, since_s);
  dw_watch_seen_set_digest (scene->seen, tag, digest, since_s);
}

static void
run (Scene *scene, const char *tag, const char *digest)
{
  g_clear_object (&scene->current);
  scene->current = g_object_new (DW_TYPE_INSTANCE, "tag", tag, "digest", digest, "created-at",
                                 "2025-12-31T20:00:00.000Z", NULL);
}

static void
hold (Scene *scene, const char *tag, const char *digest, DwHoldReason reason)
{
  g_ptr_array_add (scene->held, g_object_new (DW_TYPE_HELD_VERSION, "tag", tag, "digest", digest,
                                              "reason", reason, NULL));
}

static void
assert_verdict (Scene *scene, DwNewerState state, const char *tag, gint64 until_s)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();
  g_autoptr (GError) error = NULL;
  g_autoptr (DwTagPolicy) policy = dw_stage_read_policy (scene->stage, &error);
  DwWatchCase it = {
    .stage = scene->stage,
    .policy = policy,
    .current = scene->current,
    .held = scene->held,
    .seen = scene->seen,
    .zone = zone,
    .now_s = NOW,
  };

  g_assert_no_error (error);
  g_auto (DwWatchVerdict) verdict = dw_watch_judge (&it);
  g_assert_cmpstr (dw_enum_to_nick (DW_TYPE_NEWER_STATE, (int) verdict.state), ==,
                   dw_enum_to_nick (DW_TYPE_NEWER_STATE, (int) state));
  if (tag != NULL)
    g_assert_cmpstr (verdict.tag, ==, tag);
  g_assert_cmpint (verdict.until_s, ==, until_s);
}

static void
test_newer (void)
{
  g_autoptr (Scene) scene = scene_new (DW_TAG_POLICY_SEMVER, "^1");

  assert_verdict (scene, DW_NEWER_NONE, NULL, 0);
  see (scene, "1.0.0", NOW - HOUR);
  see (scene, "1.2.0", NOW - HOUR);
  see (scene, "2.0.0", NOW - HOUR);
  see (scene, "latest", NOW - HOUR);
  assert_verdict (scene, DW_NEWER_SHOWN, "1.2.0", 0);
  run (scene, "1.0.0", "sha256:1.0.0");
  assert_verdict (scene, DW_NEWER_SHOWN, "1.2.0", 0);
  run (scene, "1.2.0", "sha256:1.2.0");
  assert_verdict (scene, DW_NEWER_NONE, NULL, 0);
  /* never a downgrade, whatever a person deployed */
  run (scene, "1.3.0", "sha256:1.3.0");
  assert_verdict (scene, DW_NEWER_NONE, NULL, 0);
  run (scene, "2.0.0", "sha256:2.0.0");
  assert_verdict (scene, DW_NEWER_NONE, NULL, 0);
  /* another name for the same */
  run (scene, "1.1.0", "sha256:1.2.0");
  assert_verdict (scene, DW_NEWER_NONE, NULL, 0);
}

/* Without a tag there is no order: only what was first seen after it is newer. */
static void
test_current_by_digest (void)
{
  g_autoptr (Scene) scene = scene_new (DW_TAG_POLICY_SEMVER, "*");

  run (scene, NULL, "sha256:x");
  see (scene, "3.0.0", NOW - 10 * HOUR);
  assert_verdict (scene, DW_NEWER_NONE, NULL, 0);
  see (scene, "1.0.0", NOW - HOUR);
  assert_verdict (scene, DW_NEWER_SHOWN, "1.0.0", 0);
}

static void
test_exact (void)
{
  g_autoptr (Scene) scene = scene_new (DW_TAG_POLICY_EXACT, "dev");

  assert_verdict (scene, DW_NEWER_NONE, NULL, 0);
  see (scene, "dev", NOW - HOUR);
  assert_verdict (scene, DW_NEWER_SHOWN, "dev", 0);
  run (scene, "dev", "sha256:dev");
  assert_verdict (scene, DW_NEWER_NONE, NULL, 0);
  dw_watch_seen_set_digest (scene->seen, "dev", "sha256:other", NOW - HOUR);
  assert_verdict (scene, DW_NEWER_SHOWN, "dev", 0);
  hold (scene, "dev", "sha256:other", DW_HOLD_ROLLED_BACK);
  assert_verdict (scene, DW_NEWER_HELD, "dev", 0);
  dw_watch_seen_set_digest (scene->seen, "dev", "sha256:third", NOW - HOUR);
  assert_verdict (scene, DW_NEWER_SHOWN, "dev", 0);
}

static void
test_filters (void)
{
  g_autoptr (Scene) scene = scene_new (DW_TAG_POLICY_GLOB, "v*");

  see (scene, "v1", NOW - HOUR);
  see (scene, "v2-rc", NOW - HOUR);
  g_object_set (scene->stage, "policy-exclude", "-rc", NULL);
  assert_verdict (scene, DW_NEWER_SHOWN, "v1", 0);
}

static void
test_automatic_and_confirm (void)
{
  g_autoptr (Scene) scene = scene_new (DW_TAG_POLICY_GLOB, "v*");

  see (scene, "v2", NOW - HOUR);
  run (scene, "v1", "sha256:v1");
  g_object_set (scene->stage, "auto-deploy", TRUE, NULL);
  assert_verdict (scene, DW_NEWER_READY, "v2", 0);
  g_object_set (scene->stage, "confirm", TRUE, NULL);
  assert_verdict (scene, DW_NEWER_ASKS, "v2", 0);
  g_object_set (scene->stage, "declined-digest", "sha256:v2", NULL);
  assert_verdict (scene, DW_NEWER_DECLINED, "v2", 0);
  see (scene, "v3", NOW - HOUR);
  assert_verdict (scene, DW_NEWER_ASKS, "v3", 0);
}

static void
test_failed (void)
{
  g_autoptr (Scene) scene = scene_new (DW_TAG_POLICY_GLOB, "v*");

  g_object_set (scene->stage, "auto-deploy", TRUE, NULL);
  run (scene, "v1", "sha256:v1");
  see (scene, "v2", NOW - HOUR);
  see (scene, "v3", NOW - HOUR);
  hold (scene, "v3", "sha256:v3", DW_HOLD_FAILED);
  /* not the one before it either */
  assert_verdict (scene, DW_NEWER_HELD, "v3", 0);
  /* once more when it is another content */
  dw_watch_seen_set_digest (scene->seen, "v3", "sha256:fixed", NOW);
  assert_verdict (scene, DW_NEWER_READY, "v3", 0);
  hold (scene, "v3", "sha256:fixed", DW_HOLD_CANCELLED);
  assert_verdict (scene, DW_NEWER_HELD, "v3", 0);
  see (scene, "v4", NOW);
  assert_verdict (scene, DW_NEWER_READY, "v4", 0);
}

static void
test_rolled_back (void)
{
  g_autoptr (Scene) scene = scene_new (DW_TAG_POLICY_GLOB, "v*");

  g_object_set (scene->stage, "auto-deploy", TRUE, NULL);
  run (scene, "v1", "sha256:v1");
  see (scene, "v2", NOW - HOUR);
  see (scene, "v3", NOW - HOUR);
  hold (scene, "v3", "sha256:v3", DW_HOLD_ROLLED_BACK);
  assert_verdict (scene, DW_NEWER_HELD, "v3", 0);
  dw_watch_seen_set_digest (scene->seen, "v3", "sha256:other", NOW);
  assert_verdict (scene, DW_NEWER_HELD, "v3", 0);
  see (scene, "v4", NOW);
  assert_verdict (scene, DW_NEWER_READY, "v4", 0);
}

static void
test_held_under_another_policy (void)
{
  g_autoptr (Scene) scene = scene_new (DW_TAG_POLICY_SEMVER, "^1");

  see (scene, "1.1.0", NOW - HOUR);
  run (scene, "1.0.0", "sha256:1.0.0");
  hold (scene, "2.0.0", "sha256:2.0.0", DW_HOLD_FAILED);
  assert_verdict (scene, DW_NEWER_SHOWN, "1.1.0", 0);
}

static void
test_skipped (void)
{
  g_autoptr (Scene) scene = scene_new (DW_TAG_POLICY_GLOB, "v*");

  run (scene, "v1", "sha256:v1");
  see (scene, "v2", NOW - HOUR);
  hold (scene, "v2", "sha256:v2", DW_HOLD_SKIPPED);
  assert_verdict (scene, DW_NEWER_NONE, NULL, 0);
  see (scene, "v3", NOW - HOUR);
  assert_verdict (scene, DW_NEWER_SHOWN, "v3", 0);
}

static void
test_minimum_age (void)
{
  g_autoptr (Scene) scene = scene_new (DW_TAG_POLICY_GLOB, "v*");
  g_autoptr (Scene) exact = scene_new (DW_TAG_POLICY_EXACT, "dev");

  g_object_set (scene->stage, "minimum-age-s", 10 * HOUR, "auto-deploy", TRUE, NULL);
  run (scene, "v1", "sha256:v1");
  see (scene, "v4", NOW - HOUR);
  assert_verdict (scene, DW_NEWER_AGING, "v4", NOW + 9 * HOUR);
  /* Something pushed every hour would otherwise never be old enough. */
  see (scene, "v2", NOW - 12 * HOUR);
  see (scene, "v3", NOW - 11 * HOUR);
  assert_verdict (scene, DW_NEWER_READY, "v3", 0);
  hold (scene, "v3", "sha256:v3", DW_HOLD_FAILED);
  assert_verdict (scene, DW_NEWER_AGING, "v4", NOW + 9 * HOUR);

  g_object_set (exact->stage, "minimum-age-s", 10 * HOUR, NULL);
  see (exact, "dev", NOW - 20 * HOUR);
  assert_verdict (exact, DW_NEWER_SHOWN, "dev", 0);
  dw_watch_seen_set_digest (exact->seen, "dev", "sha256:new", NOW - HOUR);
  assert_verdict (exact, DW_NEWER_AGING, "dev", NOW + 9 * HOUR);
}

static void
test_hours (void)
{
  g_autoptr (Scene) scene = scene_new (DW_TAG_POLICY_GLOB, "v*");

  see (scene, "v2", NOW - HOUR);
  g_object_set (scene->stage, "auto-deploy", TRUE, "allowed-hours", "sat 22:00-06:00", NULL);
  assert_verdict (scene, DW_NEWER_CLOSED, "v2", NOW + (2 * 24 + 22) * HOUR);
  g_object_set (scene->stage, "allowed-hours", "wed 22:00-06:00", NULL);
  assert_verdict (scene, DW_NEWER_READY, "v2", 0);
  /* A person who is asked may say yes at any hour. */
  g_object_set (scene->stage, "confirm", TRUE, "allowed-hours", "sat 22:00-06:00", NULL);
  assert_verdict (scene, DW_NEWER_ASKS, "v2", 0);
}

static void
test_snooze (void)
{
  g_autoptr (Scene) scene = scene_new (DW_TAG_POLICY_GLOB, "v*");

  see (scene, "v2", NOW - HOUR);
  g_object_set (scene->stage, "auto-deploy", TRUE, "snoozed-until", "2026-01-01T05:00:00.000Z",
                NULL);
  assert_verdict (scene, DW_NEWER_SNOOZED, "v2", NOW + 5 * HOUR);
  g_object_set (scene->stage, "snoozed-until", "2025-12-31T23:00:00.000Z", NULL);
  assert_verdict (scene, DW_NEWER_READY, "v2", 0);
}

static void
test_stopped (void)
{
  g_autoptr (Scene) scene = scene_new (DW_TAG_POLICY_GLOB, "v*");

  see (scene, "v2", NOW - HOUR);
  run (scene, "v1", "sha256:v1");
  g_object_set (scene->current, "status", DW_INSTANCE_STOPPED, NULL);
  g_object_set (scene->stage, "auto-deploy", TRUE, NULL);
  assert_verdict (scene, DW_NEWER_STOPPED, "v2", 0);
}

/* Without its digest nothing is decided, but it is known what to ask for. */
static void
test_unknown_digest (void)
{
  g_autoptr (Scene) scene = scene_new (DW_TAG_POLICY_GLOB, "v*");

  g_object_set (scene->stage, "auto-deploy", TRUE, NULL);
  dw_watch_seen_add_tag (scene->seen, "v2", NOW - HOUR);
  assert_verdict (scene, DW_NEWER_NONE, "v2", 0);
}

static void
test_seen_round_trip (void)
{
  g_autoptr (DwRepository) row = g_object_new (DW_TYPE_REPOSITORY, NULL);
  g_autoptr (DwWatchSeen) seen = dw_watch_seen_new (NULL);
  gint64 since_s = 0;

  dw_watch_seen_set_tags (seen, (const char *const[]){ "v1", "v2", NULL }, NOW);
  dw_watch_seen_set_digest (seen, "v1", "sha256:1", NOW + 1);
  dw_watch_seen_write (seen, row);
  g_autoptr (DwWatchSeen) read = dw_watch_seen_new (row);
  g_assert_cmpint (dw_watch_seen_get_since (read, "v2"), ==, NOW);
  g_assert_cmpstr (dw_watch_seen_get_digest (read, "v1", &since_s), ==, "sha256:1");
  g_assert_cmpint (since_s, ==, NOW + 1);

  /* What was there stays as old as it is; what is gone is forgotten. */
  dw_watch_seen_set_tags (read, (const char *const[]){ "v2", "v3", NULL }, NOW + 100);
  g_assert_cmpint (dw_watch_seen_get_since (read, "v1"), ==, 0);
  g_assert_cmpint (dw_watch_seen_get_since (read, "v2"), ==, NOW);
  g_assert_cmpint (dw_watch_seen_get_since (read, "v3"), ==, NOW + 100);

  g_object_set (row, "tags", "[1]", "digests", "{\"a\":[1,2],\"b\":7,\"c\":[\"x\"]}", NULL);
  g_autoptr (DwWatchSeen) broken = dw_watch_seen_new (row);
  g_assert_cmpuint (g_hash_table_size (dw_watch_seen_get_tags (broken)), ==, 0);
  g_assert_null (dw_watch_seen_get_digest (broken, "a", NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/watch/judge/newer-is-what-comes-after", test_newer);
  g_test_add_func ("/watch/judge/without-a-tag-newer-is-what-came-later", test_current_by_digest);
  g_test_add_func ("/watch/judge/an-exact-tag-is-followed-by-digest", test_exact);
  g_test_add_func ("/watch/judge/filters-count", test_filters);
  g_test_add_func ("/watch/judge/deploys-itself-or-asks", test_automatic_and_confirm);
  g_test_add_func ("/watch/judge/what-failed-waits-for-another-content", test_failed);
  g_test_add_func ("/watch/judge/what-was-rolled-back-waits-for-a-newer-tag", test_rolled_back);
  g_test_add_func ("/watch/judge/another-policy-starts-anew", test_held_under_another_policy);
  g_test_add_func ("/watch/judge/what-is-skipped-is-not-shown", test_skipped);
  g_test_add_func ("/watch/judge/the-newest-that-is-old-enough", test_minimum_age);
  g_test_add_func ("/watch/judge/hours-hold-up-what-deploys-itself", test_hours);
  g_test_add_func ("/watch/judge/a-snooze-ends", test_snooze);
  g_test_add_func ("/watch/judge/what-a-person-stopped-stays-stopped", test_stopped);
  g_test_add_func ("/watch/judge/a-digest-is-asked-for-first", test_unknown_digest);
  g_test_add_func ("/watch/seen/is-what-was-written", test_seen_round_trip);

  return g_test_run ();
}
