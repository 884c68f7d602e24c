/* dw-background.c: the program without a display: it watches and deploys
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is left of the application where no window can ever be: on a server, or in a session of its
 * own. It has the application's name on the session bus, where there is one, so that there is one
 * of the two; but a window that is opened later takes the name over, and this one then ends as it
 * does when it is asked to. Without a bus a lock beside the database sees to it that there is one.
 */

#include "config.h"

#include "dw-background.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>

#include "deploy/dw-courier.h"
#include "deploy/dw-deployer.h"
#include "deploy/dw-engine-status.h"
#include "deploy/dw-health-watch.h"
#include "deploy/dw-stage-lock.h"
#include "dw-job-keeper.h"
#include "watch/dw-watcher.h"

struct _DwBackground
{
  GApplication parent_instance;

  GCancellable *cancellable;
  DwJobKeeper *job_keeper;
  DwStageLock *lock; /* held as long as this one watches */
  DwStore *store;
  DwRegistries *registries;
  DwEngineStatus *engine_status;
  DwDeployer *deployer;
  DwWatcher *watcher;
  DwCourier *courier;
  DwHealthWatch *health_watch;
  gboolean has_recovered;
  gboolean is_leaving; /* it ends when the last deploy is over */
  int exit_code;
};

G_DEFINE_FINAL_TYPE (DwBackground, dw_background, G_TYPE_APPLICATION)

static void
on_recovered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwBackground *self = DW_BACKGROUND (source);
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error) &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_message ("A deploy that was interrupted could not be settled: %s", error->message);
      self->has_recovered = FALSE;
    }
}

static void
recover (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (dw_deployer_recover (task_data, NULL, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_engine_state_changed (DwBackground *self)
{
  if (self->deployer == NULL ||
      dw_engine_status_get_state (self->engine_status) != DW_ENGINE_STATE_CONNECTED)
    return;

  if (!self->has_recovered)
    {
      g_autoptr (GTask) task = g_task_new (self, self->cancellable, on_recovered, NULL);

      self->has_recovered = TRUE;
      g_task_set_source_tag (task, on_engine_state_changed);
      g_task_set_task_data (task, g_object_ref (self->deployer), g_object_unref);
      g_task_run_in_thread (task, recover);
    }
  dw_watcher_retry (self->watcher);
}

static void
on_engine_changed (DwBackground *self)
{
  DwEngine *engine = dw_engine_status_get_engine (self->engine_status);

  if (engine == NULL)
    return;

  g_clear_object (&self->deployer);
  self->deployer = dw_deployer_new (self->store, engine, self->registries);
  dw_job_keeper_follow (self->job_keeper, self->deployer);
  dw_watcher_set_deployer (self->watcher, self->deployer);
  self->has_recovered = FALSE;
  on_engine_state_changed (self);
}

static void
on_job_ended (DwDeployJob *job)
{
  const GError *error = dw_deploy_job_get_error (job);

  if (error != NULL)
    g_message ("The deploy %s did not succeed: %s", dw_deploy_job_get_deploy_id (job),
               error->message);
  else
    g_message ("The deploy %s serves", dw_deploy_job_get_deploy_id (job));
}

static void
on_deploying (DwBackground *self, DwDeployJob *job)
{
  g_signal_connect (job, "notify::finished", G_CALLBACK (on_job_ended), NULL);
}

static void
on_found (DwBackground *self,
          const char *stage_id,
          const char *tag,
          const char *digest,
          DwNewerState state)
{
  g_message ("There is %s for the stage %s", tag, stage_id);
}

/* It ends when the last deploy is over. Asked for again, it does not wait. */
static gboolean
on_asked_to_end (gpointer user_data)
{
  DwBackground *self = user_data;

  if (self->is_leaving)
    {
      g_application_quit (G_APPLICATION (self));
      return G_SOURCE_CONTINUE;
    }

  self->is_leaving = TRUE;
  if (self->watcher != NULL)
    dw_watcher_stop (self->watcher);
  dw_job_keeper_leave (self->job_keeper);
  g_application_release (G_APPLICATION (self));

  return G_SOURCE_CONTINUE;
}

/* Whoever watches the database holds this lock. */
static gboolean
take_lock (DwBackground *self, GError **error)
{
  g_autofree char *directory = g_path_get_dirname (dw_store_get_path (self->store));

  self->lock = dw_stage_lock_open (directory, "watching", error);
  if (self->lock == NULL)
    return FALSE;
  if (dw_stage_lock_try_work (self->lock))
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY,
                       _ ("Docker Watcher watches already, in another process"));
  return FALSE;
}

static gboolean
open_all (DwBackground *self, GError **error)
{
  g_autofree char *path = dw_store_get_default_path ();
  g_autoptr (DwSettings) settings = NULL;

  self->store = dw_store_open (path, error);
  if (self->store == NULL || !take_lock (self, error) ||
      (settings = dw_store_get_settings (self->store, error)) == NULL)
    return FALSE;

  self->registries = dw_registries_new (self->store);
  self->watcher = dw_watcher_new (self->store, self->registries);
  g_signal_connect_object (self->watcher, "found", G_CALLBACK (on_found), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->watcher, "deploying", G_CALLBACK (on_deploying), self,
                           G_CONNECT_SWAPPED);
  self->engine_status = dw_engine_status_new (dw_settings_get_engine_address (settings));
  g_signal_connect_object (self->engine_status, "notify::engine", G_CALLBACK (on_engine_changed),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->engine_status, "notify::state",
                           G_CALLBACK (on_engine_state_changed), self, G_CONNECT_SWAPPED);
  dw_watcher_start (self->watcher);
  self->courier = dw_courier_new (self->store);
  g_autoptr (DwOverview) overview = dw_overview_new (self->store, self->engine_status);
  self->health_watch = dw_health_watch_new (self->store, overview);

  return TRUE;
}

/* There is no window that could wait: the database is opened before the main loop runs. */
static void
dw_background_startup (GApplication *application)
{
  DwBackground *self = DW_BACKGROUND (application);
  g_autoptr (GError) error = NULL;

  G_APPLICATION_CLASS (dw_background_parent_class)->startup (application);

  self->job_keeper = dw_job_keeper_new (application);
  g_unix_signal_add (SIGTERM, on_asked_to_end, self);
  g_unix_signal_add (SIGINT, on_asked_to_end, self);
  g_unix_signal_add (SIGHUP, on_asked_to_end, self);
  if (open_all (self, &error))
    {
      g_application_hold (application);
      g_message ("Watching");
      return;
    }

  g_printerr ("docker-watcher: %s\n", error->message);
  self->exit_code = 1;
}

static void
dw_background_activate (GApplication *application)
{
}

/* A window was opened, which watches from now on. */
static gboolean
dw_background_name_lost (GApplication *application)
{
  on_asked_to_end (application);

  return TRUE;
}

static void
dw_background_shutdown (GApplication *application)
{
  DwBackground *self = DW_BACKGROUND (application);

  g_cancellable_cancel (self->cancellable);
  if (self->watcher != NULL)
    dw_watcher_stop (self->watcher);
  g_clear_object (&self->watcher);
  if (self->courier != NULL)
    dw_courier_stop (self->courier);
  g_clear_object (&self->courier);
  g_clear_object (&self->health_watch);
  g_clear_object (&self->job_keeper);
  g_clear_object (&self->deployer);
  g_clear_object (&self->engine_status);
  g_clear_object (&self->registries);
  g_clear_object (&self->store);
  g_clear_pointer (&self->lock, dw_stage_lock_free);

  G_APPLICATION_CLASS (dw_background_parent_class)->shutdown (application);
}

static void
dw_background_finalize (GObject *object)
{
  g_object_unref (DW_BACKGROUND (object)->cancellable);

  G_OBJECT_CLASS (dw_background_parent_class)->finalize (object);
}

static void
dw_background_class_init (DwBackgroundClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = dw_background_finalize;

  application_class->startup = dw_background_startup;
  application_class->activate = dw_background_activate;
  application_class->name_lost = dw_background_name_lost;
  application_class->shutdown = dw_background_shutdown;
}

static void
dw_background_init (DwBackground *self)
{
  self->cancellable = g_cancellable_new ();
}

/* Returns: (transfer full): the program without a display, to be run */
DwBackground *
dw_background_new (void)
{
  return g_object_new (DW_TYPE_BACKGROUND, "application-id", DW_APPLICATION_ID, "flags",
                       G_APPLICATION_ALLOW_REPLACEMENT, NULL);
}

/* Returns: 0, or what the process is to end with since it could not begin */
int
dw_background_get_exit_code (DwBackground *self)
{
  return self->exit_code;
}
