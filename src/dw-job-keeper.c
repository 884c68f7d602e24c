/* dw-job-keeper.c: keeps the process while deploys run
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A deploy goes on when the window is closed. What ends the process on purpose cancels the deploys
 * first and waits for them, so that each stage is left as it was and the history says what
 * happened. One that has succeeded is done with cleaning up behind itself, and is left to it.
 */

#include "config.h"

#include "dw-job-keeper.h"

struct _DwJobKeeper
{
  GObject parent_instance;

  GApplication *application; /* unowned: it owns this */
  GPtrArray *jobs;           /* of DwDeployJob */
  gboolean is_leaving;
};

G_DEFINE_FINAL_TYPE (DwJobKeeper, dw_job_keeper, G_TYPE_OBJECT)

static void
on_started (DwJobKeeper *self, DwDeployJob *job)
{
  g_ptr_array_add (self->jobs, g_object_ref (job));
  g_application_hold (self->application);
  if (self->is_leaving)
    dw_deploy_job_cancel (job);
}

/* Who else hears of the end has taken a hold of its own by the time that this one is given up. */
static void
release (gpointer user_data)
{
  g_autoptr (GApplication) application = user_data;

  g_application_release (application);
}

static void
on_finished (DwJobKeeper *self, DwDeployJob *job)
{
  if (g_ptr_array_remove_fast (self->jobs, job))
    g_idle_add_once (release, g_object_ref (self->application));
}

static void
dw_job_keeper_finalize (GObject *object)
{
  g_ptr_array_unref (DW_JOB_KEEPER (object)->jobs);

  G_OBJECT_CLASS (dw_job_keeper_parent_class)->finalize (object);
}

static void
dw_job_keeper_class_init (DwJobKeeperClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dw_job_keeper_finalize;
}

static void
dw_job_keeper_init (DwJobKeeper *self)
{
  self->jobs = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * dw_job_keeper_new:
 * @application: the application, which outlives the keeper
 *
 * Returns: (transfer full): a keeper
 */
DwJobKeeper *
dw_job_keeper_new (GApplication *application)
{
  DwJobKeeper *self = g_object_new (DW_TYPE_JOB_KEEPER, NULL);

  self->application = application;

  return self;
}

/* From now on @deployer's jobs keep the process; those of an earlier one go on doing so. */
void
dw_job_keeper_follow (DwJobKeeper *self, DwDeployer *deployer)
{
  g_return_if_fail (DW_IS_JOB_KEEPER (self));

  g_signal_connect_object (deployer, "started", G_CALLBACK (on_started), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (deployer, "finished", G_CALLBACK (on_finished), self, G_CONNECT_SWAPPED);
}

/* Whether it is still to be seen what becomes of it. */
static gboolean
is_open (DwDeployJob *job)
{
  return !dw_deploy_status_has_ended (dw_deploy_job_get_status (job));
}

/* Returns: how many deploys run or wait that are not yet a success or a failure */
guint
dw_job_keeper_get_n_open (DwJobKeeper *self)
{
  guint n_open = 0;

  g_return_val_if_fail (DW_IS_JOB_KEEPER (self), 0);

  for (guint i = 0; i < self->jobs->len; i++)
    n_open += is_open (g_ptr_array_index (self->jobs, i));

  return n_open;
}

/* The process is to end: cancels the deploys that have not ended, now and later. The jobs keep the
 * process until they are over. */
void
dw_job_keeper_leave (DwJobKeeper *self)
{
  g_return_if_fail (DW_IS_JOB_KEEPER (self));

  self->is_leaving = TRUE;
  for (guint i = 0; i < self->jobs->len; i++)
    {
      DwDeployJob *job = g_ptr_array_index (self->jobs, i);

      if (is_open (job))
        dw_deploy_job_cancel (job);
    }
}

/* The process is not to end after all: what is asked for from now on is done. */
void
dw_job_keeper_stay (DwJobKeeper *self)
{
  g_return_if_fail (DW_IS_JOB_KEEPER (self));

  self->is_leaving = FALSE;
}
