/* dw-watch-check.c: one look at a registry, and what it means for the stages
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A repository with a policy over many tags costs one conditional request for its list; a tag that
 * is followed by its digest, or that may be deployed next, one conditional HEAD. What was seen is
 * stored before anything is made of it; then each of the repository's stages is judged by what is
 * stored, and told to the store where that has changed. So a crash at any point loses nothing, and
 * does nothing twice.
 *
 * Several lanes ask one registry side by side, each with its own connection, until it says slow
 * down: then one goes on alone.
 */

#include "config.h"

#include "watch/dw-watch-check.h"

#include <glib/gi18n-lib.h>

#include "model/dw-enum-types.h"
#include "watch/dw-watch-judge.h"

/* A lane is worth its connection and its sign-in for that many repositories. */
#define REPOSITORIES_A_LANE 8
/* After so many refusals in one check the rest of the registry is left alone: a wrong password that
 * is tried a thousand times locks the user out. */
#define REFUSAL_LIMIT 3
/* So many that fail, and none that does not, say that it is the registry. */
#define FAILURE_LIMIT 20

/* One check of a group, shared by its lanes. */
typedef struct
{
  DwStore *store;
  DwRegistries *registries;
  DwWatchGroup *group;
  GCancellable *cancellable;
  GTimeZone *zone;

  GMutex lock; /* of what is below */
  DwWatchReport *report;
  guint next;
  guint n_refusals;
  GError *error; /* of the store, which ends it all */
} Check;

static void
finding_free (gpointer data)
{
  DwWatchFinding *finding = data;

  g_free (finding->stage_id);
  g_free (finding->tag);
  g_free (finding->digest);
  g_free (finding);
}

DwWatchReport *
dw_watch_report_new (void)
{
  DwWatchReport *report = g_new0 (DwWatchReport, 1);

  report->findings = g_ptr_array_new_with_free_func (finding_free);

  return report;
}

void
dw_watch_report_free (DwWatchReport *report)
{
  if (report == NULL)
    return;

  g_ptr_array_unref (report->findings);
  g_clear_error (&report->problem);
  g_free (report);
}

static gint64
get_now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

/* What is known of a stage, apart from its repository. */
static gboolean
load_case (DwStore *store, DwStage *stage, DwWatchCase *it, GError **error)
{
  const char *instance_id = dw_stage_get_current_instance_id (stage);

  it->stage = stage;
  it->policy = dw_stage_read_policy (stage, error);
  it->held = it->policy != NULL
                 ? dw_store_list_held_versions (store, dw_entity_get_id (DW_ENTITY (stage)), error)
                 : NULL;
  if (it->held == NULL)
    return FALSE;
  if (instance_id != NULL)
    it->current = dw_store_get (store, DW_TYPE_INSTANCE, instance_id, error);

  return instance_id == NULL || it->current != NULL;
}

static void
clear_case (DwWatchCase *it)
{
  g_clear_pointer (&it->policy, dw_tag_policy_unref);
  g_clear_pointer (&it->held, g_ptr_array_unref);
  g_clear_object (&it->current);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DwWatchCase, clear_case)

/* A stage may have gone since the plan was made, or what serves in it: then there is nothing to say
 * of it. */
static gboolean
is_gone (GError **problem)
{
  if (!g_error_matches (*problem, DW_STORE_ERROR, DW_STORE_ERROR_NOT_FOUND))
    return FALSE;

  g_clear_error (problem);
  return TRUE;
}

static gboolean
store_verdict (DwStore *store, DwStage *stage, const DwWatchVerdict *verdict, GError **error)
{
  gboolean is_newer = verdict->state != DW_NEWER_NONE;
  g_autofree char *since = is_newer ? dw_watch_format_time (verdict->since_s) : NULL;
  g_autofree char *until = is_newer ? dw_watch_format_time (verdict->until_s) : NULL;
  const char *tag = is_newer ? verdict->tag : NULL;
  const char *digest = is_newer ? verdict->digest : NULL;

  if (dw_stage_get_newer_state (stage) == verdict->state &&
      g_strcmp0 (dw_stage_get_newer_tag (stage), tag) == 0 &&
      g_strcmp0 (dw_stage_get_newer_digest (stage), digest) == 0 &&
      g_strcmp0 (dw_stage_get_newer_since (stage), since) == 0 &&
      g_strcmp0 (dw_stage_get_newer_until (stage), until) == 0)
    return TRUE;

  return dw_store_set_stage_newer (store, dw_entity_get_id (DW_ENTITY (stage)), verdict->state, tag,
                                   digest, since, until, error);
}

static void
add_finding (DwWatchReport *report, DwStage *stage, const DwWatchVerdict *verdict)
{
  DwWatchFinding *finding = g_new0 (DwWatchFinding, 1);

  finding->stage_id = g_strdup (dw_entity_get_id (DW_ENTITY (stage)));
  finding->state = verdict->state;
  finding->tag = g_strdup (verdict->tag);
  finding->digest = g_strdup (verdict->digest);
  finding->until_s = verdict->until_s;
  finding->is_new = dw_stage_get_newer_state (stage) != verdict->state ||
                    g_strcmp0 (dw_stage_get_newer_digest (stage), verdict->digest) != 0;
  finding->pre_pull = dw_stage_get_pre_pull (stage) && verdict->digest != NULL &&
                      verdict->state != DW_NEWER_HELD && verdict->state != DW_NEWER_READY;
  g_ptr_array_add (report->findings, finding);
}

/* Judges the stages of a repository by what was seen, each as it is in the store now. */
static gboolean
judge_repository (Check *check, DwWatchRepository *repository, DwWatchSeen *seen, GError **error)
{
  for (guint i = 0; i < repository->stage_ids->len; i++)
    {
      const char *stage_id = repository->stage_ids->pdata[i];
      g_autoptr (GError) problem = NULL;
      g_autoptr (DwStage) stage = dw_store_get (check->store, DW_TYPE_STAGE, stage_id, &problem);
      g_auto (DwWatchCase) it = { .seen = seen, .zone = check->zone, .now_s = get_now () };

      if (stage == NULL || !load_case (check->store, stage, &it, &problem))
        {
          if (is_gone (&problem))
            continue;
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }

      g_auto (DwWatchVerdict) verdict = dw_watch_judge (&it);
      if (!store_verdict (check->store, stage, &verdict, &problem) && !is_gone (&problem))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
      if (verdict.state != DW_NEWER_NONE)
        {
          g_mutex_lock (&check->lock);
          add_finding (check->report, stage, &verdict);
          g_mutex_unlock (&check->lock);
        }
    }

  return TRUE;
}

/* The tags whose digests matter to a stage now; FALSE with an error of the store. */
static gboolean
add_wanted (Check *check, DwStage *stage, DwWatchSeen *seen, GHashTable *wanted, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_auto (DwWatchCase) it = { .seen = seen, .zone = check->zone, .now_s = get_now () };

  if (!load_case (check->store, stage, &it, &problem))
    {
      if (is_gone (&problem))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }

  g_auto (DwWatchVerdict) verdict = dw_watch_judge (&it);
  if (verdict.tag != NULL)
    g_hash_table_add (wanted, g_steal_pointer (&verdict.tag));

  return TRUE;
}

/* Returns: (transfer full) (nullable): those of the repository's stages that are there still, or
 * %NULL with an error of the store */
static GPtrArray *
read_stages (DwStore *store, DwWatchRepository *repository, GError **error)
{
  g_autoptr (GPtrArray) stages = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < repository->stage_ids->len; i++)
    {
      g_autoptr (GError) problem = NULL;
      DwStage *stage = dw_store_get (store, DW_TYPE_STAGE, repository->stage_ids->pdata[i],
                                     &problem);

      if (stage != NULL)
        g_ptr_array_add (stages, stage);
      else if (!is_gone (&problem))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return NULL;
        }
    }

  return g_steal_pointer (&stages);
}

static gboolean
has_list_policy (GPtrArray *stages)
{
  for (guint i = 0; i < stages->len; i++)
    if (dw_stage_get_policy_kind (stages->pdata[i]) != DW_TAG_POLICY_EXACT)
      return TRUE;

  return FALSE;
}

/* Asks for the list of tags; or, of what was just pushed, nothing but that. */
static gboolean
look_at_tags (Check *check,
              DwRegistryClient *client,
              DwWatchRepository *repository,
              GPtrArray *stages,
              const char *pushed_tag,
              DwRepository *row,
              DwWatchSeen *seen,
              gboolean *is_changed,
              GError **error)
{
  g_auto (DwTagsMark) mark = {
    .etag = g_strdup (dw_repository_get_etag (row)),
    .digest = g_strdup (dw_repository_get_tags_digest (row)),
  };
  g_auto (GStrv) tags = NULL;

  if (!has_list_policy (stages))
    return TRUE;
  if (pushed_tag != NULL)
    {
      *is_changed = dw_watch_seen_get_since (seen, pushed_tag) == 0;
      dw_watch_seen_add_tag (seen, pushed_tag, get_now ());
      return TRUE;
    }

  if (!dw_registry_client_look_at_tags (client, dw_image_reference_get_path (repository->reference),
                                        &mark, &tags, check->cancellable, error))
    return FALSE;

  if (tags != NULL)
    {
      dw_watch_seen_set_tags (seen, (const char *const *) tags, get_now ());
      *is_changed = TRUE;
    }
  *is_changed = *is_changed || g_strcmp0 (mark.etag, dw_repository_get_etag (row)) != 0;
  g_object_set (row, "etag", mark.etag, "tags-digest", mark.digest, NULL);

  return TRUE;
}

/* Asks what the tags that matter stand for. One that is not there any more stands for nothing; that
 * is only a problem where it is the one that a stage follows. */
static gboolean
look_at_digests (Check *check,
                 DwRegistryClient *client,
                 DwWatchRepository *repository,
                 GHashTable *wanted,
                 DwWatchSeen *seen,
                 gboolean *is_changed,
                 GError **error)
{
  const char *path = dw_image_reference_get_path (repository->reference);
  g_autoptr (GError) missing = NULL;
  GHashTableIter iter;
  gpointer tag;

  g_hash_table_iter_init (&iter, wanted);
  while (g_hash_table_iter_next (&iter, &tag, NULL))
    {
      g_autoptr (GError) problem = NULL;
      g_autofree char *digest = dw_registry_client_look_at_tag (
          client, path, tag, dw_watch_seen_get_digest (seen, tag, NULL), check->cancellable,
          &problem);

      if (digest == NULL &&
          !g_error_matches (problem, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
      /* One of a list was deleted meanwhile; one that a stage names should be there. */
      if (digest == NULL && dw_watch_seen_remove_tag (seen, tag))
        *is_changed = TRUE;
      else if (digest == NULL && missing == NULL)
        missing = g_steal_pointer (&problem);
      *is_changed = dw_watch_seen_set_digest (seen, tag, digest, get_now ()) || *is_changed;
    }

  if (missing != NULL)
    g_propagate_error (error, g_steal_pointer (&missing));
  return missing == NULL;
}

static gboolean
save (Check *check, DwRepository *row, DwWatchSeen *seen, const GError *problem, GError **error)
{
  g_autofree char *now = dw_watch_format_time (get_now ());

  dw_watch_seen_write (seen, row);
  g_object_set (row, "checked-at", now, "error", problem != NULL ? problem->message : NULL, NULL);

  return dw_store_save_repository (check->store, row, error);
}

static DwRepository *
load_repository (DwStore *store, DwWatchRepository *repository, GError **error)
{
  g_autoptr (GError) problem = NULL;
  DwRepository *row = dw_store_find_repository (store, repository->image, &problem);

  if (row != NULL)
    return row;
  if (is_gone (&problem))
    return g_object_new (DW_TYPE_REPOSITORY, "image", repository->image, NULL);

  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

/* Looks at one repository. Sets *problem where the registry does not tell; FALSE with an error is
 * the store's. */
static gboolean
look_at_repository (Check *check,
                    DwRegistryClient *client,
                    DwWatchRepository *repository,
                    const char *pushed_tag,
                    GError **problem,
                    GError **error)
{
  g_autoptr (DwRepository) row = load_repository (check->store, repository, error);
  g_autoptr (GPtrArray) stages = row != NULL ? read_stages (check->store, repository, error) : NULL;
  g_autoptr (GHashTable) wanted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gboolean is_changed = FALSE;

  if (stages == NULL)
    return FALSE;

  g_autoptr (DwWatchSeen) seen = dw_watch_seen_new (row);
  gboolean is_known = look_at_tags (check, client, repository, stages, pushed_tag, row, seen,
                                    &is_changed, problem);
  for (guint i = 0; is_known && i < stages->len; i++)
    if (!add_wanted (check, stages->pdata[i], seen, wanted, error))
      return FALSE;
  if (is_known && look_at_digests (check, client, repository, wanted, seen, &is_changed, problem))
    dw_watch_seen_keep_digests (seen, wanted);

  if (g_error_matches (*problem, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return TRUE;

  /* Nothing is written of a look that found all as it was. */
  const char *message = *problem != NULL ? (*problem)->message : NULL;
  if ((is_changed || dw_repository_get_checked_at (row) == NULL ||
       g_strcmp0 (dw_repository_get_error (row), message) != 0) &&
      !save (check, row, seen, *problem, error))
    return FALSE;

  return judge_repository (check, repository, seen, error);
}

/* Whether it is the registry that does not answer, or does not want to: then no other repository of
 * it would either. */
static gboolean
is_of_the_registry (const GError *problem)
{
  return problem->domain != DW_REGISTRY_ERROR || (problem->code != DW_REGISTRY_ERROR_NOT_FOUND &&
                                                  problem->code != DW_REGISTRY_ERROR_UNAUTHORIZED &&
                                                  problem->code != DW_REGISTRY_ERROR_FAILED);
}

/* Under the lock. */
static void
note_answer (Check *check, DwRegistryClient *client, GError *problem)
{
  DwRegistryPace pace = dw_registry_client_get_pace (client);
  DwWatchReport *report = check->report;

  report->n_looked++;
  report->is_slow = report->is_slow || pace.is_slow;
  report->pause_s = MAX (report->pause_s, pace.pause_s);
  if (pace.pause_s > 0)
    report->is_down = TRUE;
  if (problem == NULL)
    return;

  report->n_failed++;
  if (g_error_matches (problem, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_UNAUTHORIZED))
    check->n_refusals++;
  if (is_of_the_registry (problem) || check->n_refusals >= REFUSAL_LIMIT ||
      (report->n_failed == report->n_looked && report->n_failed >= FAILURE_LIMIT))
    report->is_down = TRUE;
  if (report->problem == NULL)
    report->problem = g_error_copy (problem);
}

/* The next repository for a lane, or NULL when there is none, or nothing is to be asked any more.
 */
static DwWatchRepository *
take_next (Check *check, gboolean is_first_lane)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&check->lock);

  if (check->next >= check->group->repositories->len || check->report->is_down ||
      check->error != NULL || g_cancellable_is_cancelled (check->cancellable) ||
      (check->report->is_slow && !is_first_lane))
    return NULL;

  return check->group->repositories->pdata[check->next++];
}

static gboolean
work_on (Check *check,
         DwRegistryClient *client,
         const GError *no_helper,
         DwWatchRepository *repository,
         const char *pushed_tag)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_stored = look_at_repository (check, client, repository, pushed_tag, &problem, &error);

  if (problem != NULL)
    dw_registries_explain_refusal (no_helper, &problem);

  g_mutex_lock (&check->lock);
  note_answer (check, client, problem);
  if (!is_stored && check->error == NULL)
    check->error = g_steal_pointer (&error);
  g_mutex_unlock (&check->lock);

  return is_stored;
}

static DwRegistryClient *
open_client (Check *check, GError **no_helper)
{
  DwWatchRepository *first = check->group->repositories->pdata[0];
  g_autoptr (GError) problem = NULL;
  DwRegistryClient *client = dw_registries_open (check->registries, check->group->registry,
                                                 first->reference, no_helper, check->cancellable,
                                                 &problem);

  if (client != NULL)
    return client;

  g_mutex_lock (&check->lock);
  check->report->is_down = TRUE;
  check->report->n_failed++;
  if (check->report->problem == NULL)
    check->report->problem = g_steal_pointer (&problem);
  g_mutex_unlock (&check->lock);

  return NULL;
}

static void
run_lane (Check *check, gboolean is_first)
{
  g_autoptr (GError) no_helper = NULL;
  g_autoptr (DwRegistryClient) client = open_client (check, &no_helper);
  DwWatchRepository *repository;

  while (client != NULL && (repository = take_next (check, is_first)) != NULL)
    if (!work_on (check, client, no_helper, repository, NULL))
      return;
}

static gpointer
run_other_lane (gpointer user_data)
{
  run_lane (user_data, FALSE);

  return NULL;
}

static void
begin (Check *check,
       DwStore *store,
       DwRegistries *registries,
       DwWatchGroup *group,
       DwWatchReport *report,
       GCancellable *cancellable)
{
  *check = (Check){
    .store = store,
    .registries = registries,
    .group = group,
    .report = report,
    .cancellable = cancellable,
    .zone = g_time_zone_new_local (),
  };
  g_mutex_init (&check->lock);
}

/* Writes into the registry's row what came of it, and hands the store's error on. */
static gboolean
end (Check *check, gboolean is_whole, GError **error)
{
  const GError *problem = check->report->problem;
  g_autoptr (GError) failure = g_steal_pointer (&check->error);

  g_mutex_clear (&check->lock);
  g_time_zone_unref (check->zone);

  if (failure == NULL && g_cancellable_set_error_if_cancelled (check->cancellable, &failure))
    g_debug ("The check of %s was cancelled", check->group->name);
  if (failure == NULL && check->group->registry != NULL && (is_whole || problem != NULL))
    dw_store_set_registry_checked (check->store,
                                   dw_entity_get_id (DW_ENTITY (check->group->registry)),
                                   problem != NULL ? problem->message : NULL, &failure);
  /* Somebody has removed the registry meanwhile. */
  if (failure != NULL && is_gone (&failure))
    return TRUE;

  if (failure == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/**
 * dw_watch_check_group:
 * @store: the store
 * @registries: what asks them
 * @group: what is to be looked at
 * @n_lanes: how many requests may be under way at once; 1 for a registry that said slow down
 * @report: what came of it; to be filled
 * @cancellable: (nullable): ends it
 * @error: a DW_STORE_ERROR, or G_IO_ERROR_CANCELLED; what is wrong with the registry is in @report
 *
 * Looks at every repository of a registry. Blocks; not on the main thread.
 *
 * Returns: whether what it found is stored
 */
gboolean
dw_watch_check_group (DwStore *store,
                      DwRegistries *registries,
                      DwWatchGroup *group,
                      guint n_lanes,
                      DwWatchReport *report,
                      GCancellable *cancellable,
                      GError **error)
{
  Check check;
  g_autoptr (GPtrArray) threads = g_ptr_array_new ();
  guint n_useful = group->repositories->len / REPOSITORIES_A_LANE + 1;

  if (group->repositories->len == 0)
    return TRUE;

  begin (&check, store, registries, group, report, cancellable);
  for (guint i = 1; i < MIN (n_lanes, n_useful); i++)
    g_ptr_array_add (threads, g_thread_new ("registry-lane", run_other_lane, &check));
  run_lane (&check, TRUE);
  for (guint i = 0; i < threads->len; i++)
    g_thread_join (threads->pdata[i]);

  return end (&check, TRUE, error);
}

/**
 * dw_watch_check_repository:
 * @store: the store
 * @registries: what asks them
 * @group: the registry
 * @repository: one of its repositories
 * @pushed_tag: (nullable): a tag that somebody says was just pushed; only that is asked for
 * @report: what came of it; to be filled
 * @cancellable: (nullable): ends it
 * @error: a DW_STORE_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Looks at one repository. Blocks; not on the main thread.
 *
 * Returns: whether what it found is stored
 */
gboolean
dw_watch_check_repository (DwStore *store,
                           DwRegistries *registries,
                           DwWatchGroup *group,
                           DwWatchRepository *repository,
                           const char *pushed_tag,
                           DwWatchReport *report,
                           GCancellable *cancellable,
                           GError **error)
{
  Check check;
  g_autoptr (GError) no_helper = NULL;

  begin (&check, store, registries, group, report, cancellable);
  g_autoptr (DwRegistryClient) client = open_client (&check, &no_helper);
  if (client != NULL)
    work_on (&check, client, no_helper, repository, pushed_tag);

  return end (&check, FALSE, error);
}

/**
 * dw_watch_judge_group:
 * @store: the store
 * @group: a registry
 * @report: what came of it; to be filled
 * @error: a DW_STORE_ERROR
 *
 * Judges the stages anew by what was last seen: a deploy has ended, a person has decided, or time
 * has passed. Asks no registry. Blocks; any thread.
 *
 * Returns: whether it is stored
 */
gboolean
dw_watch_judge_group (DwStore *store, DwWatchGroup *group, DwWatchReport *report, GError **error)
{
  Check check;
  gboolean is_judged = TRUE;

  begin (&check, store, NULL, group, report, NULL);
  for (guint i = 0; is_judged && i < group->repositories->len; i++)
    {
      DwWatchRepository *repository = group->repositories->pdata[i];
      g_autoptr (DwRepository) row = load_repository (store, repository, error);

      is_judged = row != NULL;
      if (row != NULL)
        {
          g_autoptr (DwWatchSeen) seen = dw_watch_seen_new (row);

          is_judged = judge_repository (&check, repository, seen, error);
        }
    }
  g_mutex_clear (&check.lock);
  g_time_zone_unref (check.zone);

  return is_judged;
}
