/* dw-dialog-job.c: a dialog that asked for a deploy, until the deploy is under way
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A request that makes no sense is refused at once, and the dialog says why. What becomes of a
 * deploy that is in the store is on its stage's card and in the history.
 */

#include "config.h"

#include "ui/dw-dialog-job.h"

static void
on_job_changed (DwDialog *self, GParamSpec *pspec, DwDeployJob *job)
{
  if (dw_deploy_job_get_deploy_id (job) != NULL)
    {
      g_signal_handlers_disconnect_by_func (job, on_job_changed, self);
      dw_dialog_close (self);
    }
  else if (dw_deploy_job_is_finished (job))
    {
      const GError *error = dw_deploy_job_get_error (job);

      dw_dialog_set_busy (self, FALSE);
      dw_dialog_set_problem (self, error != NULL ? error->message : NULL);
    }
}

/**
 * dw_dialog_await_job:
 * @self: a dialog
 * @job: what it asked for
 *
 * The dialog is busy until the job is in the store, and then closes; if the job is refused, it
 * says why.
 */
void
dw_dialog_await_job (DwDialog *self, DwDeployJob *job)
{
  dw_dialog_set_problem (self, NULL);
  dw_dialog_set_busy (self, TRUE);
  g_signal_connect_object (job, "notify::deploy-id", G_CALLBACK (on_job_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (job, "notify::finished", G_CALLBACK (on_job_changed), self,
                           G_CONNECT_SWAPPED);
}
