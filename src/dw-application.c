/* dw-application.c: the program with its window
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The composition root: it opens the store, follows the engine, and puts the deployer on top of the
 * two; it hands them on, and nothing below it reaches back. Opening a database may take its time,
 * when it has to be migrated or somebody else writes, so that is done in a thread while the window
 * is there already.
 */

#include "config.h"

#include "dw-application.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>

#include "deploy/dw-courier.h"
#include "deploy/dw-deployer.h"
#include "deploy/dw-engine-status.h"
#include "deploy/dw-health-watch.h"
#include "deploy/dw-registries.h"
#include "dw-job-keeper.h"
#include "dw-messenger.h"
#include "store/dw-store-list.h"
#include "ui/dw-compat.h"
#include "ui/dw-search-provider.h"
#include "ui/dw-session.h"
#include "ui/dw-window.h"
#include "watch/dw-watcher.h"

#define SECONDS_PER_DAY (24 * 60 * 60)
/* Until the window shows what it is about. */
#define WINDOW_FIRST_MS 1000

struct _DwApplication
{
  AdwApplication parent_instance;

  GCancellable *cancellable; /* of the work in threads */
  gboolean is_opening;
  gboolean wants_preferences; /* as soon as there is a store */
  char *problem;              /* nullable: why there is no store */
  DwJobKeeper *job_keeper;
  DwMessenger *messenger;

  DwSearchProvider *search_provider;

  /* Once the store is open: */
  DwStore *store;
  DwStoreList *settings; /* of DwSettings; the one row */
  DwEngineStatus *engine_status;
  DwRegistries *registries;
  DwSession *session;
  DwWatcher *watcher;
  DwCourier *courier;
  DwHealthWatch *health_watch;
  guint later_source; /* nobody watches yet */
  guint day_source;

  /* Once there is an engine, too: */
  DwDeployer *deployer;
  gboolean has_recovered;

  gboolean is_background;  /* started without a window */
  gboolean skips_window;   /* the next activation is that start */
  gboolean wants_watching; /* with the window closed, as the settings have it */
  gboolean keeps_watching; /* holds the application for it */
  gboolean is_leaving;     /* it ends as soon as nothing holds it */
  gboolean is_ending;      /* and nobody opens a window on it again */
};

G_DEFINE_FINAL_TYPE (DwApplication, dw_application, ADW_TYPE_APPLICATION)

static void
show_state (DwApplication *self, DwWindow *window)
{
  if (self->session != NULL)
    dw_window_set_session (window, self->session);
  else
    dw_window_show_problem (window, self->problem);
}

static DwWindow *
find_window (DwApplication *self)
{
  for (GList *link = gtk_application_get_windows (GTK_APPLICATION (self)); link != NULL;
       link = link->next)
    if (DW_IS_WINDOW (link->data))
      return link->data;

  return NULL;
}

/* What a thread settles. */
typedef struct
{
  DwDeployer *deployer;
  GPtrArray *settled; /* of DwDeploy */
} Recovery;

static void
recovery_free (gpointer data)
{
  Recovery *recovery = data;

  g_object_unref (recovery->deployer);
  g_ptr_array_unref (recovery->settled);
  g_free (recovery);
}

static void
on_recovered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwApplication *self = DW_APPLICATION (source);
  DwWindow *window = find_window (self);
  Recovery *recovery = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  if (self->messenger != NULL)
    dw_messenger_tell_settled (self->messenger, recovery->settled);
  if (g_task_propagate_boolean (G_TASK (result), &error) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_message ("a deploy that was interrupted could not be settled: %s", error->message);
  self->has_recovered = FALSE;
  if (window != NULL)
    {
      g_autofree char *text = g_strdup_printf (
          /* Translators: %s is the reason, a sentence */
          _ ("A deploy that was interrupted could not be settled: %s"), error->message);
      dw_window_announce (window, text, TRUE);
    }
}

static void
recover (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Recovery *recovery = task_data;
  GError *error = NULL;

  if (dw_deployer_recover (recovery->deployer, recovery->settled, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* What a crash left behind can only be settled while the engine answers. */
static void
on_engine_state_changed (DwApplication *self)
{
  if (self->deployer == NULL ||
      dw_engine_status_get_state (self->engine_status) != DW_ENGINE_STATE_CONNECTED)
    return;

  dw_watcher_retry (self->watcher);
  if (self->has_recovered)
    return;

  g_autoptr (GTask) task = g_task_new (self, self->cancellable, on_recovered, NULL);
  Recovery *recovery = g_new0 (Recovery, 1);

  recovery->deployer = g_object_ref (self->deployer);
  recovery->settled = g_ptr_array_new_with_free_func (g_object_unref);
  self->has_recovered = TRUE;
  g_task_set_source_tag (task, on_engine_state_changed);
  g_task_set_task_data (task, recovery, recovery_free);
  g_task_run_in_thread (task, recover);
}

/* Another engine has another deployer; jobs of the last one hold it until they are done. */
static void
on_engine_changed (DwApplication *self)
{
  DwEngine *engine = dw_engine_status_get_engine (self->engine_status);

  if (engine == NULL)
    return;

  g_clear_object (&self->deployer);
  self->deployer = dw_deployer_new (self->store, engine, self->registries);
  dw_job_keeper_follow (self->job_keeper, self->deployer);
  dw_session_set_deployer (self->session, self->deployer);
  dw_watcher_set_deployer (self->watcher, self->deployer);
  self->has_recovered = FALSE;
  on_engine_state_changed (self);
}

/* Whether closing the window ends the watching. */
static void
update_keeps_watching (DwApplication *self)
{
  gboolean keeps_watching = !self->is_leaving && (self->is_background || self->wants_watching);

  if (keeps_watching == self->keeps_watching)
    return;

  self->keeps_watching = keeps_watching;
  if (keeps_watching)
    g_application_hold (G_APPLICATION (self));
  else
    g_application_release (G_APPLICATION (self));
}

static void
on_keep_watching_changed (DwApplication *self, GParamSpec *pspec, DwSettings *settings)
{
  self->wants_watching = dw_settings_get_keep_watching (settings);
  update_keeps_watching (self);
}

static void
on_settings_loaded (DwApplication *self)
{
  g_autoptr (DwSettings) settings = g_list_model_get_item (G_LIST_MODEL (self->settings), 0);

  if (settings != NULL)
    g_object_bind_property (settings, "engine-address", self->engine_status, "setting",
                            G_BINDING_SYNC_CREATE);
  if (settings != NULL)
    {
      g_signal_connect_object (settings, "notify::keep-watching",
                               G_CALLBACK (on_keep_watching_changed), self, G_CONNECT_SWAPPED);
      on_keep_watching_changed (self, NULL, settings);
    }
}

static void
clear_history (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;

  if (!dw_store_apply_history_retention (task_data, cancellable, &error) &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_message ("The old part of the history could not be deleted: %s", error->message);
  g_task_return_boolean (task, error == NULL);
}

/* At start, and then once a day. */
static gboolean
on_day_began (gpointer user_data)
{
  DwApplication *self = user_data;
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, NULL, NULL);

  g_task_set_source_tag (task, on_day_began);
  g_task_set_task_data (task, g_object_ref (self->store), g_object_unref);
  g_task_run_in_thread (task, clear_history);

  return G_SOURCE_CONTINUE;
}

/* Closing the window does not keep the outgoing webhook from being told. */
static void
on_courier_busy (DwApplication *self)
{
  if (dw_courier_is_busy (self->courier))
    g_application_hold (G_APPLICATION (self));
  else
    g_application_release (G_APPLICATION (self));
}

static void
start_courier (DwApplication *self)
{
  self->courier = dw_courier_new (self->store);
  g_signal_connect_object (self->courier, "notify::busy", G_CALLBACK (on_courier_busy), self,
                           G_CONNECT_SWAPPED);
  on_courier_busy (self);
}

/* What nobody waits for comes after what a window reads, so that the two do not need twice the time
 * and twice the memory at once. */
static gboolean
begin_watching (gpointer user_data)
{
  DwApplication *self = user_data;

  self->later_source = 0;
  on_day_began (self);
  self->day_source = g_timeout_add_seconds (SECONDS_PER_DAY, on_day_began, self);
  start_courier (self);
  self->health_watch = dw_health_watch_new (self->store, dw_session_get_overview (self->session));
  g_signal_connect_object (self->health_watch, "lost", G_CALLBACK (dw_messenger_tell_health_lost),
                           self->messenger, G_CONNECT_SWAPPED);
  dw_watcher_start (self->watcher);

  return G_SOURCE_REMOVE;
}

static void
take_store (DwApplication *self, DwStore *store, const char *engine_setting)
{
  self->store = g_object_ref (store);
  self->registries = dw_registries_new (store);

  self->engine_status = dw_engine_status_new (engine_setting);
  self->session = dw_session_new (store, self->registries, self->engine_status);
  dw_search_provider_set_session (self->search_provider, self->session);
  g_signal_connect_object (self->engine_status, "notify::engine", G_CALLBACK (on_engine_changed),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->engine_status, "notify::state",
                           G_CALLBACK (on_engine_state_changed), self, G_CONNECT_SWAPPED);

  dw_messenger_set_session (self->messenger, self->session);
  self->watcher = dw_watcher_new (store, self->registries);
  g_signal_connect_object (self->watcher, "asks", G_CALLBACK (dw_messenger_ask_version),
                           self->messenger, G_CONNECT_SWAPPED);
  dw_session_set_watcher (self->session, self->watcher);
  if (self->is_background)
    begin_watching (self);
  else
    self->later_source = g_timeout_add (WINDOW_FIRST_MS, begin_watching, self);

  self->settings = dw_store_list_new (store, DW_TYPE_SETTINGS, NULL);
  g_signal_connect_object (self->settings, "notify::loaded", G_CALLBACK (on_settings_loaded), self,
                           G_CONNECT_SWAPPED);
}

/* What the thread hands back. */
typedef struct
{
  DwStore *store;
  DwSettings *settings;
} Opened;

static void
opened_free (Opened *opened)
{
  g_clear_object (&opened->store);
  g_clear_object (&opened->settings);
  g_free (opened);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Opened, opened_free)

static void
open_preferences (DwApplication *self)
{
  g_application_activate (G_APPLICATION (self));
  self->wants_preferences = self->session == NULL;
  if (!self->wants_preferences)
    gtk_widget_activate_action (GTK_WIDGET (find_window (self)), "win.open-dialog", "(ss)",
                                "settings", "");
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwApplication *self = DW_APPLICATION (source);
  DwWindow *window = find_window (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (Opened) opened = g_task_propagate_pointer (G_TASK (result), &error);

  self->is_opening = FALSE;
  if (opened != NULL)
    take_store (self, opened->store, dw_settings_get_engine_address (opened->settings));
  else
    self->problem = g_strdup (error->message);

  if (window != NULL)
    show_state (self, window);
  if (self->wants_preferences && self->session != NULL)
    open_preferences (self);
  g_application_release (G_APPLICATION (self));
}

static void
open_store (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_autofree char *path = dw_store_get_default_path ();
  g_autoptr (Opened) opened = g_new0 (Opened, 1);
  GError *error = NULL;

  opened->store = dw_store_open (path, &error);
  if (opened->store != NULL)
    opened->settings = dw_store_get_settings (opened->store, &error);

  if (opened->settings != NULL)
    g_task_return_pointer (task, g_steal_pointer (&opened), (GDestroyNotify) opened_free);
  else
    g_task_return_error (task, error);
}

static void
start_opening (DwApplication *self)
{
  DwWindow *window = find_window (self);

  if (self->is_opening || self->store != NULL)
    return;

  g_autoptr (GTask) task = g_task_new (self, NULL, on_opened, NULL);

  self->is_opening = TRUE;
  g_clear_pointer (&self->problem, g_free);
  if (window != NULL)
    show_state (self, window);
  g_application_hold (G_APPLICATION (self));
  g_task_set_source_tag (task, start_opening);
  g_task_run_in_thread (task, open_store);
}

static void
on_open_store (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  start_opening (user_data);
}

static void
on_preferences (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  open_preferences (user_data);
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  dw_compat_present_about (gtk_application_get_active_window (user_data));
}

/* Ends the process as soon as nothing holds it: deploys are cancelled, but one that has succeeded
 * cleans up behind itself, and the desktop is told what became of each. Asked for again, it does
 * not wait. */
static void
leave (DwApplication *self)
{
  GApplication *application = G_APPLICATION (self);
  GList *windows;

  if (self->is_leaving)
    {
      g_application_quit (application);
      return;
    }

  g_application_hold (application);
  self->is_leaving = TRUE;
  update_keeps_watching (self);
  dw_messenger_set_leaving (self->messenger, TRUE);
  dw_job_keeper_leave (self->job_keeper);
  while ((windows = gtk_application_get_windows (GTK_APPLICATION (self))) != NULL)
    gtk_window_destroy (windows->data);
  g_application_release (application);
}

static void
on_quit_confirmed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (DwApplication) self = user_data;

  if (dw_compat_confirm_finish (result))
    leave (self);
}

/* Deploys outlive the window, but not the process. */
static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  DwApplication *self = user_data;
  DwWindow *window = find_window (self);
  guint n_open = dw_job_keeper_get_n_open (self->job_keeper);

  if (n_open == 0 || window == NULL)
    {
      leave (self);
      return;
    }

  g_autofree char *body = g_strdup_printf (
      ngettext ("%u deploy is still in progress. It will be cancelled, and its stage will stay as "
                "it was. To let it finish, close the window instead.",
                "%u deploys are still in progress. They will be cancelled, and their stages will "
                "stay as they were. To let them finish, close the window instead.",
                n_open),
      n_open);
  dw_compat_confirm_async (GTK_WIDGET (window), _ ("Quit While Deploys Run?"), body, NULL,
                           _ ("_Quit"), TRUE, on_quit_confirmed, g_object_ref (self));
}

static gboolean
on_asked_to_end (gpointer user_data)
{
  DwApplication *self = user_data;

  self->is_ending = TRUE;
  g_clear_handle_id (&self->later_source, g_source_remove);
  if (self->watcher != NULL)
    dw_watcher_stop (self->watcher);
  leave (self);

  return G_SOURCE_CONTINUE;
}

static void
dw_application_startup (GApplication *application)
{
  static const GActionEntry actions[] = {
    { .name = "open-store", .activate = on_open_store },
    { .name = "preferences", .activate = on_preferences },
    { .name = "about", .activate = on_about },
    { .name = "quit", .activate = on_quit },
  };
  static const struct
  {
    const char *action;
    const char *keys[3];
  } accelerators[] = {
    { "app.quit", { "<Control>q" } },
    { "window.close", { "<Control>w" } },
    { "win.open-dialog(('project', ''))", { "<Control>n" } },
    { "win.open-dialog(('settings', ''))", { "<Control>comma" } },
    { "win.search", { "<Control>f" } },
    { "win.back", { "<Alt>Left" } },
    { "win.check-now", { "<Control><Shift>r" } },
    { "win.retry-engine", { "<Control>r", "F5" } },
  };

  DwApplication *self = DW_APPLICATION (application);

  G_APPLICATION_CLASS (dw_application_parent_class)->startup (application);

  gtk_window_set_default_icon_name (DW_APPLICATION_ID);
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions),
                                   application);
  for (gsize i = 0; i < G_N_ELEMENTS (accelerators); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (application), accelerators[i].action,
                                           accelerators[i].keys);

  self->job_keeper = dw_job_keeper_new (application);
  self->messenger = dw_messenger_new (GTK_APPLICATION (application));
  g_unix_signal_add (SIGTERM, on_asked_to_end, application);
  g_unix_signal_add (SIGINT, on_asked_to_end, application);
  start_opening (self);
}

static void
dw_application_activate (GApplication *application)
{
  DwApplication *self = DW_APPLICATION (application);
  DwWindow *window = find_window (self);

  /* The first time is the start itself. */
  if (self->skips_window)
    {
      self->skips_window = FALSE;
      return;
    }
  if (self->is_ending)
    return;

  /* Who comes back while the last deploy cleans up goes on with this process. */
  if (self->is_leaving)
    {
      self->is_leaving = FALSE;
      update_keeps_watching (self);
      dw_messenger_set_leaving (self->messenger, FALSE);
      dw_job_keeper_stay (self->job_keeper);
    }

  if (window == NULL)
    {
      window = dw_window_new (GTK_APPLICATION (self));
      show_state (self, window);
    }
  gtk_window_present (GTK_WINDOW (window));
}

static void
on_search_page (DwApplication *self, const char *name, const char *item_id)
{
  g_application_activate (G_APPLICATION (self));
  dw_window_show_page (find_window (self), name, item_id);
}

static void
on_search_dialog (DwApplication *self, const char *name, const char *item_id)
{
  g_application_activate (G_APPLICATION (self));
  gtk_widget_activate_action (GTK_WIDGET (find_window (self)), "win.open-dialog", "(ss)", name,
                              item_id);
}

static void
on_search (DwApplication *self, const char *text)
{
  g_application_activate (G_APPLICATION (self));
  dw_window_search (find_window (self), text);
}

/* Only in the process that was started, which may not be the one that runs: then that is enough. */
static int
dw_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  DwApplication *self = DW_APPLICATION (application);
  g_autoptr (GError) error = NULL;

  if (!g_variant_dict_contains (options, "background"))
    return -1;

  if (!g_application_register (application, NULL, &error))
    {
      g_printerr ("docker-watcher: %s\n", error->message);
      return 1;
    }
  if (g_application_get_is_remote (application))
    {
      g_printerr ("docker-watcher: %s\n", _ ("Docker Watcher is already running"));
      return 0;
    }

  self->is_background = self->skips_window = TRUE;
  update_keeps_watching (self);

  return -1;
}

static gboolean
dw_application_dbus_register (GApplication *application,
                              GDBusConnection *connection,
                              const char *object_path,
                              GError **error)
{
  return G_APPLICATION_CLASS (dw_application_parent_class)
             ->dbus_register (application, connection, object_path, error) &&
         dw_search_provider_export (DW_APPLICATION (application)->search_provider, connection,
                                    object_path, error);
}

static void
dw_application_dbus_unregister (GApplication *application,
                                GDBusConnection *connection,
                                const char *object_path)
{
  dw_search_provider_unexport (DW_APPLICATION (application)->search_provider);

  G_APPLICATION_CLASS (dw_application_parent_class)
      ->dbus_unregister (application, connection, object_path);
}

static void
dw_application_shutdown (GApplication *application)
{
  DwApplication *self = DW_APPLICATION (application);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->later_source, g_source_remove);
  if (self->watcher != NULL)
    dw_watcher_stop (self->watcher);
  g_clear_object (&self->watcher);
  if (self->courier != NULL)
    {
      g_signal_handlers_disconnect_by_func (self->courier, on_courier_busy, self);
      dw_courier_stop (self->courier);
    }
  g_clear_object (&self->courier);
  g_clear_object (&self->health_watch);
  g_clear_object (&self->messenger);
  g_clear_object (&self->job_keeper);
  g_clear_object (&self->session);
  g_clear_handle_id (&self->day_source, g_source_remove);
  g_clear_object (&self->deployer);
  g_clear_object (&self->registries);
  g_clear_object (&self->engine_status);
  g_clear_object (&self->settings);
  g_clear_object (&self->store);

  G_APPLICATION_CLASS (dw_application_parent_class)->shutdown (application);
}

static void
dw_application_finalize (GObject *object)
{
  DwApplication *self = DW_APPLICATION (object);

  g_object_unref (self->search_provider);
  g_object_unref (self->cancellable);
  g_free (self->problem);

  G_OBJECT_CLASS (dw_application_parent_class)->finalize (object);
}

static void
dw_application_class_init (DwApplicationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  object_class->finalize = dw_application_finalize;

  application_class->startup = dw_application_startup;
  application_class->activate = dw_application_activate;
  application_class->handle_local_options = dw_application_handle_local_options;
  application_class->dbus_register = dw_application_dbus_register;
  application_class->dbus_unregister = dw_application_dbus_unregister;
  application_class->shutdown = dw_application_shutdown;
}

static void
dw_application_init (DwApplication *self)
{
  self->cancellable = g_cancellable_new ();
  g_application_add_main_option (G_APPLICATION (self), "background", 0, G_OPTION_FLAG_NONE,
                                 G_OPTION_ARG_NONE, _ ("Watch and deploy without a window"), NULL);
  self->search_provider = dw_search_provider_new (G_APPLICATION (self));
  g_signal_connect_object (self->search_provider, "show-page", G_CALLBACK (on_search_page), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->search_provider, "open-dialog", G_CALLBACK (on_search_dialog),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->search_provider, "search", G_CALLBACK (on_search), self,
                           G_CONNECT_SWAPPED);
}

/**
 * dw_application_new:
 *
 * Returns: (transfer full): the application, to be run
 */
DwApplication *
dw_application_new (void)
{
  return g_object_new (DW_TYPE_APPLICATION, "application-id", DW_APPLICATION_ID,
                       "resource-base-path", "/io/github/alexei/DockerWatcher", "flags",
                       G_APPLICATION_REPLACE, NULL);
}
