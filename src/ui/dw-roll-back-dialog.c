/* dw-roll-back-dialog.c: chooses which earlier version a stage goes back to
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ui/dw-roll-back-dialog.h"

#include <glib/gi18n.h>

#include "deploy/dw-deploy-plan.h"
#include "deploy/dw-stage-state.h"
#include "ui/dw-dialog-job.h"
#include "ui/dw-format.h"
#include "ui/dw-task.h"

/* Who wants an older one finds it in the history. */
#define VERSIONS_SHOWN 20

/* What a thread reads. */
typedef struct
{
  DwStore *store;
  DwEngine *engine; /* nullable: it does not answer */
  char *stage_id;

  DwDeployPlan *plan;
  GPtrArray *deploys; /* of DwDeploy, the newest first */
} Reading;

struct _DwRollBackDialog
{
  DwDialog parent_instance;

  DwDeployPlan *plan;     /* nullable: not read yet */
  DwDeploy *chosen;       /* nullable */
  GtkCheckButton *leader; /* nullable: of the group of buttons */

  GtkStack *stack;
  AdwPreferencesGroup *group;
  GtkWidget *plan_box;
  GtkLabel *plan_label;
};

G_DEFINE_FINAL_TYPE (DwRollBackDialog, dw_roll_back_dialog, DW_TYPE_DIALOG)

static void
reading_free (Reading *reading)
{
  g_clear_object (&reading->store);
  g_clear_object (&reading->engine);
  g_clear_pointer (&reading->plan, dw_deploy_plan_free);
  g_clear_pointer (&reading->deploys, g_ptr_array_unref);
  g_free (reading->stage_id);
  g_free (reading);
}

static gboolean
read_all (Reading *reading, GCancellable *cancellable, GError **error)
{
  g_autoptr (DwStageState) state = dw_stage_state_read (reading->store, reading->engine,
                                                        reading->stage_id, cancellable, error);

  if (state == NULL)
    return FALSE;
  reading->plan = dw_deploy_plan_read (
      reading->store, reading->stage_id,
      state->container != NULL && state->container->state == DW_CONTAINER_RUNNING, error);
  if (reading->plan == NULL)
    return FALSE;
  reading->deploys = dw_store_list_good_deploys (
      reading->store, reading->stage_id,
      state->instance != NULL ? dw_instance_get_digest (state->instance) : NULL, VERSIONS_SHOWN,
      error);

  return reading->deploys != NULL;
}

static void
read_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (read_all (task_data, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
choose (DwRollBackDialog *self, DwDeploy *deploy)
{
  DwDeployer *deployer = dw_session_get_deployer (dw_dialog_get_session (DW_DIALOG (self)));
  const char *tag = dw_deploy_get_tag (deploy);
  g_autofree char *plan = dw_deploy_plan_describe (
      self->plan, tag != NULL ? tag : dw_deploy_get_digest (deploy), dw_deploy_get_digest (deploy));

  g_set_object (&self->chosen, deploy);
  gtk_label_set_label (self->plan_label, plan);
  gtk_widget_set_visible (self->plan_box, TRUE);
  dw_dialog_set_can_accept (DW_DIALOG (self), deployer != NULL);
}

static void
on_toggled (GtkCheckButton *button, DwRollBackDialog *self)
{
  if (gtk_check_button_get_active (button))
    choose (self, g_object_get_data (G_OBJECT (button), "deploy"));
}

static void
add_version (DwRollBackDialog *self, DwDeploy *deploy)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_check_button_new ();
  g_autofree char *digest = dw_format_digest (dw_deploy_get_digest (deploy));
  g_autofree char *age = dw_format_age (dw_deploy_get_finished_at (deploy));
  const char *tag = dw_deploy_get_tag (deploy);
  /* Translators: a digest, how long ago it was deployed, and what by: “1f0e… · 3 days ago by hand”
   */
  g_autofree char *subtitle = g_strdup_printf (_ ("%1$s · %2$s %3$s"), digest, age,
                                               dw_format_trigger (dw_deploy_get_trigger (deploy)));

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), tag != NULL ? tag : digest);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  tag != NULL ? tag : digest, -1);
  g_object_set_data_full (G_OBJECT (button), "deploy", g_object_ref (deploy), g_object_unref);
  g_signal_connect_object (button, "toggled", G_CALLBACK (on_toggled), self, 0);
  gtk_check_button_set_group (GTK_CHECK_BUTTON (button), self->leader);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), button);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), button);
  adw_preferences_group_add (self->group, row);

  if (self->leader == NULL)
    {
      self->leader = GTK_CHECK_BUTTON (button);
      gtk_check_button_set_active (self->leader, TRUE);
    }
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwRollBackDialog *self = DW_ROLL_BACK_DIALOG (source);
  g_autoptr (GError) error = NULL;
  Reading *reading = g_task_get_task_data (G_TASK (result));
  gboolean is_read = g_task_propagate_boolean (G_TASK (result), &error);
  g_autofree char *title = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (!is_read)
    {
      dw_dialog_set_problem (DW_DIALOG (self), error->message);
      return;
    }

  self->plan = g_steal_pointer (&reading->plan);
  /* Translators: %s is the name of a stage */
  title = g_strdup_printf (_ ("Roll Back %s"), dw_stage_get_name (self->plan->stage));
  dw_dialog_set_title (DW_DIALOG (self), title);
  for (guint i = 0; i < reading->deploys->len; i++)
    add_version (self, g_ptr_array_index (reading->deploys, i));
  gtk_stack_set_visible_child_name (self->stack, reading->deploys->len > 0 ? "list" : "empty");
}

static void
dw_roll_back_dialog_accept (DwDialog *dialog)
{
  DwRollBackDialog *self = DW_ROLL_BACK_DIALOG (dialog);
  DwDeployer *deployer = dw_session_get_deployer (dw_dialog_get_session (dialog));

  if (self->chosen == NULL || deployer == NULL)
    return;

  g_autoptr (DwDeployJob) job = dw_deployer_roll_back (deployer, dw_dialog_get_item_id (dialog),
                                                       dw_entity_get_id (DW_ENTITY (self->chosen)));
  dw_dialog_await_job (dialog, job);
}

static void
dw_roll_back_dialog_constructed (GObject *object)
{
  DwDialog *dialog = DW_DIALOG (object);
  DwEngineStatus *status;
  Reading *reading = g_new0 (Reading, 1);
  g_autoptr (GTask) task = NULL;

  G_OBJECT_CLASS (dw_roll_back_dialog_parent_class)->constructed (object);

  status = dw_session_get_engine_status (dw_dialog_get_session (dialog));
  reading->store = g_object_ref (dw_session_get_store (dw_dialog_get_session (dialog)));
  if (dw_engine_status_get_state (status) == DW_ENGINE_STATE_CONNECTED)
    g_set_object (&reading->engine, dw_engine_status_get_engine (status));
  reading->stage_id = g_strdup (dw_dialog_get_item_id (dialog));

  task = dw_task_new (object, dw_dialog_get_cancellable (dialog), on_read, NULL);
  g_task_set_source_tag (task, dw_roll_back_dialog_constructed);
  g_task_set_task_data (task, reading, (GDestroyNotify) reading_free);
  g_task_run_in_thread (task, read_in_thread);
}

static void
dw_roll_back_dialog_dispose (GObject *object)
{
  DwRollBackDialog *self = DW_ROLL_BACK_DIALOG (object);

  g_clear_object (&self->chosen);
  g_clear_pointer (&self->plan, dw_deploy_plan_free);

  G_OBJECT_CLASS (dw_roll_back_dialog_parent_class)->dispose (object);
}

static void
dw_roll_back_dialog_class_init (DwRollBackDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = dw_roll_back_dialog_constructed;
  object_class->dispose = dw_roll_back_dialog_dispose;
  DW_DIALOG_CLASS (klass)->accept = dw_roll_back_dialog_accept;

  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-roll-back-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, DwRollBackDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, DwRollBackDialog, group);
  gtk_widget_class_bind_template_child (widget_class, DwRollBackDialog, plan_box);
  gtk_widget_class_bind_template_child (widget_class, DwRollBackDialog, plan_label);
}

static void
dw_roll_back_dialog_init (DwRollBackDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
