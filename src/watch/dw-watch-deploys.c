/* dw-watch-deploys.c: what deploys itself, and when what failed is tried again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One a stage: the same version is not begun twice, and one that failed waits, each time twice as
 * long. What failed for the version's sake is held in the store by the deploy itself, so that
 * nobody begins it here again; the rest may succeed once a network, a registry or an engine is
 * back.
 */

#include "config.h"

#include "watch/dw-watch-deploys.h"

#include "watch/dw-agenda.h"

#define FIRST_RETRY_S 60
#define LONGEST_RETRY_S (60 * 60)

struct _DwWatchDeploys
{
  GObject parent_instance;

  GHashTable *attempts; /* the id of a stage to Attempt */
  gboolean is_stopped;
};

enum
{
  BEGUN,
  CANCELLED,
  FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* What was last deployed to a stage by itself. */
typedef struct
{
  DwWatchDeploys *owner;
  char *stage_id;
  char *tag;
  char *digest;
  DwDeployJob *job; /* nullable: it has ended */
  guint n_failures;
  gint64 not_before_s; /* since the start of the machine */
} Attempt;

G_DEFINE_FINAL_TYPE (DwWatchDeploys, dw_watch_deploys, G_TYPE_OBJECT)

static void
attempt_free (gpointer data)
{
  Attempt *attempt = data;

  if (attempt->job != NULL)
    g_signal_handlers_disconnect_by_data (attempt->job, attempt);
  g_clear_object (&attempt->job);
  g_free (attempt->stage_id);
  g_free (attempt->tag);
  g_free (attempt->digest);
  g_free (attempt);
}

static gboolean
has_settled (const GError *error)
{
  return error == NULL || g_error_matches (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_BUSY) ||
         g_error_matches (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_SUPERSEDED);
}

static void
on_job_finished (DwDeployJob *job, GParamSpec *pspec, gpointer user_data)
{
  Attempt *attempt = user_data;
  DwWatchDeploys *self = attempt->owner;
  const GError *error = dw_deploy_job_get_error (job);
  DwAgendaTime now = dw_agenda_time_now ();
  g_autoptr (DwDeployJob) held G_GNUC_UNUSED = g_object_ref (job);

  g_signal_handlers_disconnect_by_data (job, attempt);
  g_clear_object (&attempt->job);

  if (has_settled (error) || self->is_stopped)
    {
      g_hash_table_remove (self->attempts, attempt->stage_id);
      return;
    }

  gint64 wait_s = MIN ((gint64) FIRST_RETRY_S << MIN (attempt->n_failures, 10), LONGEST_RETRY_S);
  attempt->n_failures++;
  attempt->not_before_s = now.boot_s + wait_s;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_signal_emit (self, signals[CANCELLED], 0, attempt->stage_id, attempt->tag, attempt->digest);
  g_signal_emit (self, signals[FAILED], 0, attempt->stage_id, now.wall_s + wait_s);
}

static void
dw_watch_deploys_dispose (GObject *object)
{
  g_hash_table_remove_all (DW_WATCH_DEPLOYS (object)->attempts);

  G_OBJECT_CLASS (dw_watch_deploys_parent_class)->dispose (object);
}

static void
dw_watch_deploys_finalize (GObject *object)
{
  g_hash_table_unref (DW_WATCH_DEPLOYS (object)->attempts);

  G_OBJECT_CLASS (dw_watch_deploys_parent_class)->finalize (object);
}

static void
dw_watch_deploys_class_init (DwWatchDeploysClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = dw_watch_deploys_dispose;
  object_class->finalize = dw_watch_deploys_finalize;

  signals[BEGUN] = g_signal_new ("begun", DW_TYPE_WATCH_DEPLOYS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 1, DW_TYPE_DEPLOY_JOB);
  signals[CANCELLED] = g_signal_new ("cancelled", DW_TYPE_WATCH_DEPLOYS, G_SIGNAL_RUN_LAST, 0, NULL,
                                     NULL, NULL, G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING,
                                     G_TYPE_STRING);
  signals[FAILED] = g_signal_new ("failed", DW_TYPE_WATCH_DEPLOYS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_INT64);
}

static void
dw_watch_deploys_init (DwWatchDeploys *self)
{
  self->attempts = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, attempt_free);
}

/* Returns: (transfer full): nothing deploys itself yet */
DwWatchDeploys *
dw_watch_deploys_new (void)
{
  return g_object_new (DW_TYPE_WATCH_DEPLOYS, NULL);
}

/**
 * dw_watch_deploys_begin:
 * @self: the deploys
 * @deployer: what deploys
 * @stage_id: where to
 * @tag: a version
 * @digest: the same
 * @trigger: what asked for it
 * @note: who asked for what, for its log
 *
 * Unless that very version is under way there, or waits because it failed.
 *
 * Returns: when it may be begun again, in seconds since 1970, or 0 where there is nothing to wait
 *   for
 */
gint64
dw_watch_deploys_begin (DwWatchDeploys *self,
                        DwDeployer *deployer,
                        const char *stage_id,
                        const char *tag,
                        const char *digest,
                        DwTrigger trigger,
                        const char *note)
{
  Attempt *attempt = g_hash_table_lookup (self->attempts, stage_id);
  DwAgendaTime now = dw_agenda_time_now ();
  guint n_failures = 0;

  if (attempt != NULL && g_str_equal (attempt->digest, digest))
    {
      if (attempt->job != NULL)
        return 0;
      if (attempt->not_before_s > now.boot_s)
        return now.wall_s + attempt->not_before_s - now.boot_s;
      n_failures = attempt->n_failures;
    }

  attempt = g_new0 (Attempt, 1);
  attempt->owner = self;
  attempt->stage_id = g_strdup (stage_id);
  attempt->tag = g_strdup (tag);
  attempt->digest = g_strdup (digest);
  attempt->n_failures = n_failures;
  attempt->job = dw_deployer_deploy_version (deployer, stage_id, tag, digest, trigger, note);
  g_signal_connect (attempt->job, "notify::finished", G_CALLBACK (on_job_finished), attempt);
  g_hash_table_replace (self->attempts, attempt->stage_id, attempt);
  g_signal_emit (self, signals[BEGUN], 0, attempt->job);

  return 0;
}

/* A person wants it: whatever was tried there before does not count. */
void
dw_watch_deploys_forget (DwWatchDeploys *self, const char *stage_id)
{
  g_hash_table_remove (self->attempts, stage_id);
}

/* What failed need not wait any longer. */
void
dw_watch_deploys_forget_failures (DwWatchDeploys *self)
{
  GHashTableIter iter;
  gpointer attempt;

  g_hash_table_iter_init (&iter, self->attempts);
  while (g_hash_table_iter_next (&iter, NULL, &attempt))
    if (((Attempt *) attempt)->job == NULL)
      g_hash_table_iter_remove (&iter);
}

/* Cancels what is under way, which leaves its stage as it was; nothing is tried again. */
void
dw_watch_deploys_stop (DwWatchDeploys *self)
{
  GHashTableIter iter;
  gpointer attempt;

  self->is_stopped = TRUE;
  g_hash_table_iter_init (&iter, self->attempts);
  while (g_hash_table_iter_next (&iter, NULL, &attempt))
    if (((Attempt *) attempt)->job != NULL)
      dw_deploy_job_cancel (((Attempt *) attempt)->job);
}
