/* dw-deploy-page.c: one deploy: what came of it, how long it took, and its log
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The deploy is read in a thread, and again whenever somebody writes one, until it has ended. One
 * that this process runs tells of its pull, and can be cancelled.
 */

#include "config.h"

#include "ui/dw-deploy-page.h"

#include <glib/gi18n.h>

#include "deploy/dw-deploy-plan.h"
#include "ui/dw-canary-view.h"
#include "ui/dw-compat.h"
#include "ui/dw-format.h"
#include "ui/dw-log-view.h"
#include "ui/dw-phase-bar.h"
#include "ui/dw-task.h"

#define AGE_INTERVAL_S 1
#define REASON_CHARACTERS 300

/* What a thread reads. */
typedef struct
{
  DwStore *store;
  char *deploy_id;

  DwDeploy *deploy;
  GPtrArray *phases;  /* of DwDeployPhase */
  DwDeployPlan *plan; /* of deploying to the stage again */
} Reading;

struct _DwDeployPage
{
  DwPage parent_instance;

  DwDeploy *deploy;          /* nullable: not read yet */
  DwDeployPlan *plan;        /* nullable: not read yet */
  DwDeployJob *job;          /* nullable: the deploy is not run by this process */
  GCancellable *cancellable; /* nullable: while it is read */
  gboolean is_outdated;      /* somebody wrote since then */
  guint age_source;

  GtkStack *stack;
  GtkLabel *problem_label;
  GtkBox *overview_box;
  AdwBin *overview;
  GtkScrolledWindow *narrow_overview;
  GtkWidget *overview_content;
  GtkToggleButton *overview_button;
  GtkToggleButton *log_button;
  GtkImage *status_image;
  GtkLabel *status_label;
  GtkWidget *status_box;
  GtkLabel *tag_label;
  GtkButton *digest_button;
  GtkLabel *facts_label;
  GtkLabel *image_label;
  GtkOrientable *title_box;
  GtkWidget *error_box;
  GtkLabel *error_label;
  GtkWidget *details_button;
  DwPhaseBar *phase_bar;
  GtkWidget *progress_box;
  GtkProgressBar *progress_bar;
  GtkLabel *progress_label;
  GtkWidget *cancel_button;
  DwCanaryView *canary;
  GtkFlowBox *actions_box;
  GtkWidget *current_label;
  DwLogView *log_view;
};

G_DEFINE_FINAL_TYPE (DwDeployPage, dw_deploy_page, DW_TYPE_PAGE)

static void
reading_free (Reading *reading)
{
  g_object_unref (reading->store);
  g_free (reading->deploy_id);
  g_clear_object (&reading->deploy);
  g_clear_pointer (&reading->phases, g_ptr_array_unref);
  g_clear_pointer (&reading->plan, dw_deploy_plan_free);
  g_free (reading);
}

static gboolean
has_ended (DwDeployPage *self)
{
  return self->deploy != NULL && dw_deploy_status_has_ended (dw_deploy_get_status (self->deploy));
}

static char *
make_place (DwDeployPage *self)
{
  DwSession *session = dw_page_get_session (DW_PAGE (self));
  g_autoptr (DwProject)
      project = dw_session_find_project (session, dw_deploy_get_project_id (self->deploy));
  g_autoptr (DwStage)
      stage = dw_session_find_stage (session, dw_deploy_get_stage_id (self->deploy));

  return project != NULL && stage != NULL
             ? g_strdup_printf ("%s/%s", dw_project_get_name (project), dw_stage_get_name (stage))
             : NULL;
}

/* The tag, or what there is instead of one. */
static char *
make_version (const char *tag, const char *digest)
{
  g_autofree char *value = dw_format_digest (digest);

  if (tag != NULL)
    return g_strdup (tag);

  return *value != '\0' ? g_steal_pointer (&value)
                        /* Translators: what stands for the name of a version that has none */
                        : g_strdup (_ ("the newest tag"));
}

/* --- What is shown ------------------------------------------------------------------------------
 */

static void
show_facts (DwDeployPage *self)
{
  DwDeploy *deploy = self->deploy;
  const char *started_at = dw_deploy_get_started_at (deploy);
  const char *begun_at = started_at != NULL ? started_at
                                            : dw_entity_get_created_at (DW_ENTITY (deploy));
  const char *finished_at = dw_deploy_get_finished_at (deploy);
  g_autofree char *age = dw_format_age (begun_at);
  g_autofree char *duration = dw_format_duration (dw_format_measure_ms (begun_at, finished_at));
  g_autofree char *begun = dw_format_time (begun_at);
  g_autofree char *finished = finished_at != NULL ? dw_format_time (finished_at) : NULL;
  g_autofree char *text = g_strdup_printf (
      /* Translators: what it was asked for by, when it started, and how long it took */
      has_ended (self) ? _ ("Started %2$s %1$s · took %3$s")
                       : _ ("Started %2$s %1$s · running for %3$s"),
      dw_format_trigger (dw_deploy_get_trigger (deploy)), age, duration);
  g_autofree char *tooltip = finished != NULL
                                 /* Translators: two times */
                                 ? g_strdup_printf (_ ("From %s to %s"), begun, finished)
                                 : g_strdup (begun);

  gtk_label_set_label (self->facts_label, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->facts_label), tooltip);
}

static void
show_status (DwDeployPage *self)
{
  static const char *const classes[] = { "success", "warning", "error", "accent" };
  DwDeployStatus status = dw_deploy_get_status (self->deploy);

  gtk_image_set_from_icon_name (self->status_image, dw_format_deploy_icon (status));
  gtk_label_set_label (self->status_label, dw_format_deploy_status (status));
  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    gtk_widget_remove_css_class (self->status_box, classes[i]);
  gtk_widget_add_css_class (self->status_box, dw_format_deploy_class (status));
}

/* What is more than a few lines is told by the button for details. */
static char *
shorten (const char *text)
{
  g_autofree char *start = NULL;

  if (g_utf8_strlen (text, -1) <= REASON_CHARACTERS)
    return g_strdup (text);

  start = g_utf8_substring (text, 0, REASON_CHARACTERS);
  return g_strconcat (start, "…", NULL);
}

static void
show_problem (DwDeployPage *self)
{
  const char *problem = dw_deploy_get_error (self->deploy);
  g_autofree char *sentence = problem != NULL ? dw_format_sentence (problem) : NULL;

  g_autofree char *shown = sentence != NULL ? shorten (sentence) : NULL;

  gtk_label_set_label (self->error_label, shown != NULL ? shown : "");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->details_button), "s",
                                    sentence != NULL ? sentence : "");
  gtk_widget_set_visible (self->error_box, sentence != NULL && has_ended (self));
}

static void
show_progress (DwDeployPage *self)
{
  gint64 total = self->job != NULL ? dw_deploy_job_get_pull_total (self->job) : 0;
  gint64 done = self->job != NULL ? dw_deploy_job_get_pull_done (self->job) : 0;
  gboolean is_pulling = self->job != NULL && total > 0 &&
                        dw_deploy_job_get_status (self->job) == DW_DEPLOY_PULLING;

  gtk_widget_set_visible (self->progress_box, !has_ended (self));
  gtk_widget_set_visible (self->cancel_button,
                          self->job != NULL && dw_deploy_job_get_canary_percent (self->job) == 0);
  gtk_widget_set_visible (GTK_WIDGET (self->progress_bar), is_pulling);
  if (is_pulling)
    {
      g_autofree char *done_text = g_format_size ((guint64) done);
      g_autofree char *total_text = g_format_size ((guint64) total);
      /* Translators: bytes, as in “12 MB of 80 MB” */
      g_autofree char *text = g_strdup_printf (_ ("%s of %s"), done_text, total_text);

      gtk_progress_bar_set_fraction (self->progress_bar, (double) done / (double) total);
      gtk_label_set_label (self->progress_label, text);
    }
  else
    gtk_label_set_label (self->progress_label,
                         self->job != NULL
                             ? dw_format_deploy_status (dw_deploy_job_get_status (self->job))
                             : _ ("Another process is running this deploy."));
}

static gboolean
is_current (DwDeployPage *self)
{
  DwInstance *current = self->plan != NULL ? self->plan->current : NULL;

  return current != NULL && dw_deploy_get_digest (self->deploy) != NULL &&
         g_strcmp0 (dw_instance_get_digest (current), dw_deploy_get_digest (self->deploy)) == 0;
}

static void
enable_actions (DwDeployPage *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean is_free = has_ended (self) &&
                     dw_session_get_deployer (dw_page_get_session (DW_PAGE (self))) != NULL;
  gboolean is_good = self->deploy != NULL &&
                     dw_deploy_get_status (self->deploy) == DW_DEPLOY_SUCCESS &&
                     dw_deploy_get_digest (self->deploy) != NULL;

  gtk_widget_action_set_enabled (widget, "deploy.redeploy", is_free);
  gtk_widget_action_set_enabled (widget, "deploy.roll-back",
                                 is_free && is_good && !is_current (self));
  gtk_widget_action_set_enabled (widget, "deploy.cancel", self->job != NULL);
  gtk_widget_action_set_enabled (widget, "deploy.copy-digest",
                                 self->deploy != NULL &&
                                     dw_deploy_get_digest (self->deploy) != NULL);
}

static void
follow_job (DwDeployPage *self)
{
  DwDeployJob *job = dw_session_find_job (dw_page_get_session (DW_PAGE (self)),
                                          dw_page_get_item_id (DW_PAGE (self)));

  if (self->job == job)
    return;

  if (self->job != NULL)
    g_signal_handlers_disconnect_by_func (self->job, show_progress, self);
  g_set_object (&self->job, job);
  g_object_set (self->canary, "job", job, NULL);
  if (job != NULL)
    g_signal_connect_object (job, "notify", G_CALLBACK (show_progress), self, G_CONNECT_SWAPPED);
}

static void
show_title (DwDeployPage *self)
{
  g_autofree char *place = self->deploy != NULL ? make_place (self) : NULL;

  if (place != NULL)
    dw_page_set_title (DW_PAGE (self), place);
}

static void
show_deploy (DwDeployPage *self, GPtrArray *phases)
{
  DwDeploy *deploy = self->deploy;
  g_autofree char *version = make_version (dw_deploy_get_tag (deploy),
                                           dw_deploy_get_digest (deploy));
  g_autofree char *digest = dw_format_digest (dw_deploy_get_digest (deploy));

  follow_job (self);
  show_title (self);
  dw_page_set_subtitle (DW_PAGE (self), version);
  gtk_label_set_label (self->tag_label, version);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->tag_label), version);
  gtk_button_set_label (self->digest_button, digest);
  gtk_widget_set_visible (GTK_WIDGET (self->digest_button), *digest != '\0');
  gtk_label_set_label (self->image_label, dw_deploy_get_image (deploy));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->image_label), dw_deploy_get_image (deploy));
  gtk_widget_set_visible (self->current_label, is_current (self));
  gtk_widget_set_visible (GTK_WIDGET (self->actions_box), has_ended (self));
  show_status (self);
  show_facts (self);
  show_problem (self);
  show_progress (self);
  dw_phase_bar_set_phases (self->phase_bar, phases, !has_ended (self));
  g_object_set (self->log_view, "running", !has_ended (self), NULL);
  dw_log_view_show_deploy (self->log_view,
                           dw_session_get_store (dw_page_get_session (DW_PAGE (self))),
                           dw_entity_get_id (DW_ENTITY (deploy)));
  enable_actions (self);
  gtk_stack_set_visible_child_name (self->stack, "deploy");
}

/* With little room the overview is scrolled. */
static void
place_overview (DwDeployPage *self, gboolean is_narrow)
{
  g_autoptr (GtkWidget) content = g_object_ref (self->overview_content);

  if ((adw_bin_get_child (self->overview) == NULL) == !!is_narrow)
    return;

  if (is_narrow)
    adw_bin_set_child (self->overview, NULL);
  else
    gtk_scrolled_window_set_child (self->narrow_overview, NULL);
  if (is_narrow)
    gtk_scrolled_window_set_child (self->narrow_overview, content);
  else
    adw_bin_set_child (self->overview, content);
}

/* And the log has the page for itself. */
static void
fit (DwDeployPage *self)
{
  gboolean is_narrow = dw_page_get_narrow (DW_PAGE (self));
  gboolean shows_log = gtk_toggle_button_get_active (self->log_button);
  GtkOrientation orientation = is_narrow ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL;

  place_overview (self, is_narrow);
  gtk_widget_set_visible (GTK_WIDGET (self->narrow_overview), is_narrow && !shows_log);
  gtk_widget_set_visible (GTK_WIDGET (self->log_view), !is_narrow || shows_log);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->overview_box), orientation);
  gtk_orientable_set_orientation (self->title_box, orientation);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->error_box), orientation);
  /* Only there one below the other, where large text leaves no room. */
  gtk_flow_box_set_min_children_per_line (self->actions_box, is_narrow ? 1 : 2);
}

/* --- Reading ------------------------------------------------------------------------------------
 */

/* Whether the engine still has what serves is not asked: it is the plan of a moment. */
static gboolean
read_all (Reading *reading, GError **error)
{
  reading->deploy = dw_store_get (reading->store, DW_TYPE_DEPLOY, reading->deploy_id, error);
  if (reading->deploy == NULL)
    return FALSE;

  reading->phases = dw_store_list_deploy_phases (reading->store, reading->deploy_id, error);
  if (reading->phases == NULL)
    return FALSE;

  reading->plan = dw_deploy_plan_read (reading->store, dw_deploy_get_stage_id (reading->deploy),
                                       TRUE, error);
  if (reading->plan == NULL)
    return FALSE;

  reading->plan->is_serving = reading->plan->current != NULL &&
                              dw_instance_get_status (reading->plan->current) ==
                                  DW_INSTANCE_RUNNING;
  return TRUE;
}

static void
read_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (read_all (task_data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void start_reading (DwDeployPage *self);

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwDeployPage *self = DW_DEPLOY_PAGE (source);
  Reading *reading = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  /* Another one is shown by now, or none. */
  if (g_task_get_cancellable (G_TASK (result)) != self->cancellable)
    return;

  g_clear_object (&self->cancellable);
  if (g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_set_object (&self->deploy, reading->deploy);
      g_clear_pointer (&self->plan, dw_deploy_plan_free);
      self->plan = g_steal_pointer (&reading->plan);
      show_deploy (self, reading->phases);
    }
  else if (g_error_matches (error, DW_STORE_ERROR, DW_STORE_ERROR_NOT_FOUND))
    {
      dw_log_view_show_deploy (self->log_view, NULL, NULL);
      gtk_stack_set_visible_child_name (self->stack, "gone");
    }
  else
    {
      gtk_label_set_label (self->problem_label, error->message);
      gtk_stack_set_visible_child_name (self->stack, "problem");
    }

  if (self->is_outdated)
    start_reading (self);
}

static void
start_reading (DwDeployPage *self)
{
  const char *id = dw_page_get_item_id (DW_PAGE (self));
  Reading *reading;

  self->is_outdated = self->cancellable != NULL;
  if (self->is_outdated || id == NULL)
    return;

  self->cancellable = g_cancellable_new ();
  reading = g_new0 (Reading, 1);
  reading->store = g_object_ref (dw_session_get_store (dw_page_get_session (DW_PAGE (self))));
  reading->deploy_id = g_strdup (id);

  g_autoptr (GTask) task = dw_task_new (self, self->cancellable, on_read, NULL);
  g_task_set_source_tag (task, start_reading);
  g_task_set_task_data (task, reading, (GDestroyNotify) reading_free);
  g_task_run_in_thread (task, read_in_thread);
}

/* What serves the stage is told by the stage; a phase begins with a line of the log. */
static void
on_store_changed (DwDeployPage *self, GType type)
{
  if (type == DW_TYPE_DEPLOY || type == DW_TYPE_STAGE ||
      (type == DW_TYPE_DEPLOY_LOG && !has_ended (self)))
    start_reading (self);
}

static void
on_retry_clicked (DwDeployPage *self)
{
  start_reading (self);
}

/* --- What a person wants ------------------------------------------------------------------------
 */

/* The new deploy is shown as soon as it is one. */
static void
on_job_stored (DwDeployPage *self, GParamSpec *pspec, DwDeployJob *job)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)) && dw_deploy_job_get_deploy_id (job) != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-page", "(ss)", "deploy",
                                dw_deploy_job_get_deploy_id (job));
}

/* What went wrong in a deploy is in the history; a request that made no sense never became one. */
static void
on_job_finished (DwDeployPage *self, GParamSpec *pspec, DwDeployJob *job)
{
  const GError *error = dw_deploy_job_get_error (job);

  if (error != NULL && dw_deploy_job_get_deploy_id (job) == NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.announce-problem", "s", error->message);
}

static void
take_job (DwDeployPage *self, DwDeployJob *job)
{
  g_signal_connect_object (job, "notify::deploy-id", G_CALLBACK (on_job_stored), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (job, "notify::finished", G_CALLBACK (on_job_finished), self,
                           G_CONNECT_SWAPPED);
}

/* What is done once it is confirmed, whatever the page shows by then. */
typedef struct
{
  gboolean is_rollback;
  DwDeploy *deploy;
} Request;

static void
on_confirmed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwDeployPage *self = DW_DEPLOY_PAGE (source);
  g_autofree Request *request = user_data;
  g_autoptr (DwDeploy) deploy = request->deploy;
  DwSession *session = dw_page_get_session (DW_PAGE (self));
  DwDeployer *deployer = session != NULL ? dw_session_get_deployer (session) : NULL;
  const char *stage_id = dw_deploy_get_stage_id (deploy);
  const char *digest = dw_deploy_get_digest (deploy);
  g_autoptr (DwDeployJob) job = NULL;

  if (!dw_compat_confirm_finish (result) || deployer == NULL)
    return;

  if (request->is_rollback)
    job = dw_deployer_roll_back (deployer, stage_id, dw_entity_get_id (DW_ENTITY (deploy)));
  else if (digest != NULL)
    job = dw_deployer_deploy_version (deployer, stage_id, dw_deploy_get_tag (deploy), digest,
                                      DW_TRIGGER_MANUAL, NULL);
  else
    job = dw_deployer_deploy (deployer, stage_id, dw_deploy_get_tag (deploy), DW_TRIGGER_MANUAL);
  take_job (self, job);
}

static void
confirm (DwDeployPage *self, gboolean is_rollback)
{
  g_autofree char *version = make_version (dw_deploy_get_tag (self->deploy),
                                           dw_deploy_get_digest (self->deploy));
  g_autofree char *heading = g_strdup_printf (
      /* Translators: %s is a version */
      is_rollback ? _ ("Roll Back to %s?") : _ ("Redeploy %s?"), version);
  const char *tag = dw_deploy_get_tag (self->deploy);
  const char *digest = dw_deploy_get_digest (self->deploy);
  g_autofree char *plan = dw_deploy_plan_describe (self->plan,
                                                   tag != NULL      ? tag
                                                   : digest != NULL ? digest
                                                                    : version,
                                                   digest);
  Request *request = g_new (Request, 1);

  *request = (Request){ is_rollback, g_object_ref (self->deploy) };
  dw_compat_confirm_async (GTK_WIDGET (self), heading, plan, NULL,
                           is_rollback ? _ ("_Roll Back") : _ ("_Redeploy"), FALSE, on_confirmed,
                           request);
}

static void
redeploy (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  confirm (DW_DEPLOY_PAGE (widget), FALSE);
}

static void
roll_back (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  confirm (DW_DEPLOY_PAGE (widget), TRUE);
}

static void
cancel (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  dw_deploy_job_cancel (DW_DEPLOY_PAGE (widget)->job);
}

static void
show_project (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwDeployPage *self = DW_DEPLOY_PAGE (widget);

  if (self->deploy != NULL)
    gtk_widget_activate_action (widget, "win.show-page", "(ss)", "project",
                                dw_deploy_get_project_id (self->deploy));
}

static void
copy_digest (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget),
                          dw_deploy_get_digest (DW_DEPLOY_PAGE (widget)->deploy));
  gtk_widget_activate_action (widget, "win.announce", "s", _ ("Digest copied"));
}

static void
copy_reason (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget),
                          dw_deploy_get_error (DW_DEPLOY_PAGE (widget)->deploy));
  gtk_widget_activate_action (widget, "win.announce", "s", _ ("Reason copied"));
}

/* --- The class ----------------------------------------------------------------------------------
 */

static gboolean
on_age (gpointer user_data)
{
  DwDeployPage *self = user_data;

  if (self->deploy != NULL)
    show_facts (self);

  return G_SOURCE_CONTINUE;
}

static void
clear (DwDeployPage *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->job != NULL)
    g_signal_handlers_disconnect_by_func (self->job, show_progress, self);
  g_clear_object (&self->job);
  if (self->canary != NULL)
    g_object_set (self->canary, "job", NULL, NULL);
  g_clear_object (&self->deploy);
  g_clear_pointer (&self->plan, dw_deploy_plan_free);
  self->is_outdated = FALSE;
}

static void
show_item (DwPage *page, const char *item_id)
{
  DwDeployPage *self = DW_DEPLOY_PAGE (page);

  clear (self);
  dw_page_set_title (page, C_ ("noun", "Deploy"));
  dw_page_set_subtitle (page, NULL);
  gtk_stack_set_visible_child_name (self->stack, "loading");
  gtk_toggle_button_set_active (self->overview_button, TRUE);
  enable_actions (self);
  start_reading (self);
}

static void
start_search (DwPage *page)
{
  DwDeployPage *self = DW_DEPLOY_PAGE (page);

  gtk_toggle_button_set_active (self->log_button, TRUE);
  dw_log_view_start_search (self->log_view);
}

static void
dw_deploy_page_map (GtkWidget *widget)
{
  DwDeployPage *self = DW_DEPLOY_PAGE (widget);

  GTK_WIDGET_CLASS (dw_deploy_page_parent_class)->map (widget);
  self->age_source = g_timeout_add_seconds (AGE_INTERVAL_S, on_age, self);
}

static void
dw_deploy_page_unmap (GtkWidget *widget)
{
  DwDeployPage *self = DW_DEPLOY_PAGE (widget);

  g_clear_handle_id (&self->age_source, g_source_remove);
  GTK_WIDGET_CLASS (dw_deploy_page_parent_class)->unmap (widget);
}

static void
dw_deploy_page_constructed (GObject *object)
{
  DwDeployPage *self = DW_DEPLOY_PAGE (object);
  DwSession *session = dw_page_get_session (DW_PAGE (self));

  G_OBJECT_CLASS (dw_deploy_page_parent_class)->constructed (object);

  dw_store_watch (dw_session_get_store (session));
  g_signal_connect_object (dw_session_get_store (session), "changed", G_CALLBACK (on_store_changed),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::deployer", G_CALLBACK (enable_actions), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (dw_session_get_projects (session), "items-changed",
                           G_CALLBACK (show_title), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (dw_session_get_stages (session), "items-changed",
                           G_CALLBACK (show_title), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self, "notify::narrow", G_CALLBACK (fit), self, G_CONNECT_SWAPPED);
  fit (self);
}

static void
dw_deploy_page_dispose (GObject *object)
{
  DwDeployPage *self = DW_DEPLOY_PAGE (object);

  g_clear_handle_id (&self->age_source, g_source_remove);
  clear (self);

  G_OBJECT_CLASS (dw_deploy_page_parent_class)->dispose (object);
}

static void
dw_deploy_page_class_init (DwDeployPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  static const struct
  {
    const char *name;
    GtkWidgetActionActivateFunc activate;
  } actions[] = {
    { "deploy.redeploy", redeploy },       { "deploy.roll-back", roll_back },
    { "deploy.cancel", cancel },           { "deploy.show-project", show_project },
    { "deploy.copy-digest", copy_digest }, { "deploy.copy-reason", copy_reason },
  };

  object_class->constructed = dw_deploy_page_constructed;
  object_class->dispose = dw_deploy_page_dispose;
  widget_class->map = dw_deploy_page_map;
  widget_class->unmap = dw_deploy_page_unmap;
  DW_PAGE_CLASS (klass)->show_item = show_item;
  DW_PAGE_CLASS (klass)->start_search = start_search;

  g_type_ensure (DW_TYPE_CANARY_VIEW);
  g_type_ensure (DW_TYPE_LOG_VIEW);
  g_type_ensure (DW_TYPE_PHASE_BAR);
  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-deploy-page.ui");
  gtk_widget_class_bind_template_child (widget_class, DwDeployPage, stack);
  gtk_widget_class_bind_template_child (widget_class, DwDeployPage, problem_label);
  gtk_widget_class_bind_template_child (widget_class, DwDeployPage, overview_box);
  gtk_widget_class_bind_template_child (widget_class, DwDeployPage, overview);
  gtk_widget_class_bind_template_child (widget_class, DwDeployPage, narrow_overview);
  gtk_widget_class_bind_template_child (widget_class, DwDeployPage, overview_content);
  gtk_widget_class_bind_template_child (widget_class, DwDeployPage, overview_button);
  gtk_widget_class_bind_template_child (widget_class, DwDeployPage, log_button);
  gtk_widget_class_bind_template_child (widget_class, DwDeployPage, status_image);
  gtk_widget_class_bind_template_child (widget_class, DwDeployPage, status_label);
  gtk_widget_class_bind_template_child (widget_class, DwDeployPage, status_box);
  gtk_widget_class_bind_template_child (widget_class, DwDeployPage, tag_label);
  gtk_widget_class_bind_template_child (widget_class, DwDeployPage, digest_button);
  gtk_widget_class_bind_template_child (widget_class, DwDeployPage, facts_label);
  gtk_widget_class_bind_template_child (widget_class, DwDeployPage, image_label);
  gtk_widget_class_bind_template_child (widget_class, DwDeployPage, title_box);
  gtk_widget_class_bind_template_child (widget_class, DwDeployPage, error_box);
  gtk_widget_class_bind_template_child (widget_class, DwDeployPage, error_label);
  gtk_widget_class_bind_template_child (widget_class, DwDeployPage, details_button);
  gtk_widget_class_bind_template_child (widget_class, DwDeployPage, phase_bar);
  gtk_widget_class_bind_template_child (widget_class, DwDeployPage, progress_box);
  gtk_widget_class_bind_template_child (widget_class, DwDeployPage, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, DwDeployPage, progress_label);
  gtk_widget_class_bind_template_child (widget_class, DwDeployPage, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, DwDeployPage, canary);
  gtk_widget_class_bind_template_child (widget_class, DwDeployPage, actions_box);
  gtk_widget_class_bind_template_child (widget_class, DwDeployPage, current_label);
  gtk_widget_class_bind_template_child (widget_class, DwDeployPage, log_view);
  gtk_widget_class_bind_template_callback (widget_class, fit);
  gtk_widget_class_bind_template_callback (widget_class, on_retry_clicked);

  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i].name, NULL, actions[i].activate);
}

static void
dw_deploy_page_init (DwDeployPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
