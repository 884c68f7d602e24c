/* dw-watch-judge.c: whether a stage has a newer version to take, and what becomes of it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pure: it looks at what is known, asks nobody and changes nothing. The rules, in their order:
 *
 * - The version is the newest by the policy's order, of those that are old enough. It is newer when
 *   its tag comes after the one that serves, or, for an exact policy, when its digest is another.
 *   So nothing goes back by itself.
 * - One that failed here is tried again when its digest has changed. One that a person went back
 *   from is not, nor is any between the two; one that was skipped is as if it were not there.
 * - A stage that a person stopped is not started by a new version.
 * - Then come the snooze, the question, and the hours, which only hold up what would deploy itself.
 */

#include "config.h"

#include "watch/dw-watch-judge.h"

#include "model/dw-held-version.h"
#include "model/dw-hours.h"

/* Times as the store has them. Returns: (transfer full) (nullable): NULL for 0 */
char *
dw_watch_format_time (gint64 time_s)
{
  g_autoptr (GDateTime) time = time_s != 0 ? g_date_time_new_from_unix_utc (time_s) : NULL;

  return time != NULL ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%S.000Z") : NULL;
}

/* Returns: seconds since 1970, or 0 for what is no time */
gint64
dw_watch_parse_time (const char *text)
{
  g_autoptr (GDateTime) time = text != NULL ? g_date_time_new_from_iso8601 (text, NULL) : NULL;

  return time != NULL ? g_date_time_to_unix (time) : 0;
}

void
dw_watch_verdict_clear (DwWatchVerdict *verdict)
{
  g_clear_pointer (&verdict->tag, g_free);
  g_clear_pointer (&verdict->digest, g_free);
}

static gint64
get_maturity (const DwWatchCase *it, gint64 since_s)
{
  return since_s + dw_stage_get_minimum_age_s (it->stage);
}

static gboolean
is_exact (const DwWatchCase *it)
{
  return dw_tag_policy_get_kind (it->policy) == DW_TAG_POLICY_EXACT;
}

/* Whether @tag is newer than what serves. What was deployed by its digest alone has no place in the
 * order: then only what came after it is newer. */
static gboolean
comes_after_current (const DwWatchCase *it, const char *tag, gint64 since_s)
{
  if (it->current == NULL)
    return TRUE;
  if (dw_instance_get_tag (it->current) != NULL)
    return dw_tag_policy_compare (it->policy, tag, dw_instance_get_tag (it->current)) > 0;

  return since_s > dw_watch_parse_time (dw_entity_get_created_at (DW_ENTITY (it->current)));
}

/* Finds the newest tag of all, and of those that are old enough. */
static void
find_newest (const DwWatchCase *it, const char **newest, const char **mature)
{
  GHashTableIter iter;
  gpointer tag;

  *newest = NULL;
  *mature = NULL;
  g_hash_table_iter_init (&iter, dw_watch_seen_get_tags (it->seen));
  while (g_hash_table_iter_next (&iter, &tag, NULL))
    {
      gint64 since_s = dw_watch_seen_get_since (it->seen, tag);

      /* Only what would be a new newest needs the expressions' work. */
      if (*newest != NULL && *mature != NULL &&
          dw_tag_policy_compare (it->policy, tag, *mature) <= 0)
        continue;
      if (!dw_tag_policy_matches (it->policy, tag) || !comes_after_current (it, tag, since_s))
        continue;
      if (*newest == NULL || dw_tag_policy_compare (it->policy, tag, *newest) > 0)
        *newest = tag;
      if (get_maturity (it, since_s) <= it->now_s &&
          (*mature == NULL || dw_tag_policy_compare (it->policy, tag, *mature) > 0))
        *mature = tag;
    }
}

/* What holds @tag back with what it stands for, or NULL. */
static DwHeldVersion *
find_hold (const DwWatchCase *it, const char *tag, const char *digest)
{
  for (guint i = 0; i < it->held->len; i++)
    {
      DwHeldVersion *held = g_ptr_array_index (it->held, i);
      const char *held_tag = dw_held_version_get_tag (held);

      if (g_strcmp0 (dw_held_version_get_digest (held), digest) == 0)
        return held;
      /* A policy that was changed has nothing to do with what was held under another one. */
      if (is_exact (it) || held_tag == NULL || !dw_tag_policy_matches (it->policy, held_tag))
        continue;

      int order = dw_tag_policy_compare (it->policy, tag, held_tag);
      gboolean is_final = dw_held_version_get_reason (held) == DW_HOLD_ROLLED_BACK;
      if (order < 0 || (order == 0 && (is_final || digest == NULL)))
        return held;
    }

  return NULL;
}

static void
take (DwWatchVerdict *verdict, DwNewerState state, gint64 until_s)
{
  verdict->state = state;
  verdict->until_s = until_s;
}

/* What becomes of a version that nothing holds back. */
static void
decide (const DwWatchCase *it, DwWatchVerdict *verdict)
{
  DwStage *stage = it->stage;
  gint64 snoozed_until_s = dw_watch_parse_time (dw_stage_get_snoozed_until (stage));
  g_autoptr (DwHours) hours = dw_stage_get_allowed_hours (stage) != NULL
                                  ? dw_hours_parse (dw_stage_get_allowed_hours (stage), NULL)
                                  : NULL;

  if (it->current != NULL && dw_instance_get_status (it->current) == DW_INSTANCE_STOPPED)
    take (verdict, DW_NEWER_STOPPED, 0);
  else if (get_maturity (it, verdict->since_s) > it->now_s)
    take (verdict, DW_NEWER_AGING, get_maturity (it, verdict->since_s));
  else if (snoozed_until_s > it->now_s)
    take (verdict, DW_NEWER_SNOOZED, snoozed_until_s);
  else if (dw_stage_get_confirm (stage))
    take (verdict,
          g_strcmp0 (dw_stage_get_declined_digest (stage), verdict->digest) == 0 ? DW_NEWER_DECLINED
                                                                                 : DW_NEWER_ASKS,
          0);
  else if (!dw_stage_get_auto_deploy (stage))
    take (verdict, DW_NEWER_SHOWN, 0);
  else if (hours != NULL && !dw_hours_contain (hours, it->zone, it->now_s))
    take (verdict, DW_NEWER_CLOSED, dw_hours_find_start (hours, it->zone, it->now_s));
  else
    take (verdict, DW_NEWER_READY, 0);
}

static DwWatchVerdict
judge_tag (const DwWatchCase *it, const char *tag, const char *digest, gint64 since_s)
{
  g_auto (DwWatchVerdict) verdict = {
    .tag = g_strdup (tag),
    .digest = g_strdup (digest),
    .since_s = since_s,
  };
  DwHeldVersion *hold = find_hold (it, tag, digest);
  DwWatchVerdict result = { 0 };

  /* Until it is known what it stands for there is nothing to say, but something to ask. */
  if (hold != NULL && dw_held_version_get_reason (hold) != DW_HOLD_SKIPPED)
    verdict.state = DW_NEWER_HELD;
  else if (hold == NULL && digest != NULL &&
           (it->current == NULL || g_strcmp0 (dw_instance_get_digest (it->current), digest) != 0))
    decide (it, &verdict);

  result = verdict;
  verdict = (DwWatchVerdict){ 0 };

  return result;
}

/**
 * dw_watch_judge:
 * @it: what is known
 *
 * Returns: what to do; to be cleared. Any thread that has @it to itself.
 */
DwWatchVerdict
dw_watch_judge (const DwWatchCase *it)
{
  const char *newest = NULL;
  const char *mature = NULL;
  gint64 since_s = 0;

  if (is_exact (it))
    {
      const char *tag = dw_tag_policy_get_pattern (it->policy);
      const char *digest = dw_watch_seen_get_digest (it->seen, tag, &since_s);

      return dw_tag_policy_matches (it->policy, tag) ? judge_tag (it, tag, digest, since_s)
                                                     : (DwWatchVerdict){ 0 };
    }

  find_newest (it, &newest, &mature);
  if (newest == NULL)
    return (DwWatchVerdict){ 0 };

  if (mature != NULL)
    {
      DwWatchVerdict verdict = judge_tag (it, mature,
                                          dw_watch_seen_get_digest (it->seen, mature, NULL),
                                          dw_watch_seen_get_since (it->seen, mature));

      if (mature == newest || (verdict.state != DW_NEWER_NONE && verdict.state != DW_NEWER_HELD) ||
          (verdict.state == DW_NEWER_NONE && verdict.digest == NULL))
        return verdict;
      dw_watch_verdict_clear (&verdict);
    }

  return judge_tag (it, newest, dw_watch_seen_get_digest (it->seen, newest, NULL),
                    dw_watch_seen_get_since (it->seen, newest));
}
