/* dw-adopt-dialog.c: makes a project of a container that runs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The containers that others made are listed with what would be read from each. A container is
 * never touched: what is written is a project and a stage.
 */

#include "config.h"

#include "ui/dw-adopt-dialog.h"

#include <glib/gi18n.h>
#include <string.h>

#include "deploy/dw-adoption.h"
#include "model/dw-environment.h"
#include "model/dw-validation.h"
#include "model/dw-volumes.h"
#include "ui/dw-entry-row.h"
#include "ui/dw-task.h"

struct _DwAdoptDialog
{
  DwDialog parent_instance;

  GPtrArray *adoptions; /* nullable: of DwAdoption */
  DwAdoption *chosen;   /* nullable: one of them */

  GtkStack *stack;
  AdwPreferencesGroup *containers;
  GtkWidget *names;
  GtkWidget *project_row;
  GtkWidget *stage_row;
  AdwPreferencesGroup *preview;
  AdwPreferencesGroup *notes;
  GtkCheckButton
      *radio_group; /* is seen nowhere, so that a single container has a radio button too */
  GPtrArray *told;  /* of GtkWidget: the rows of preview and notes */
};

G_DEFINE_FINAL_TYPE (DwAdoptDialog, dw_adopt_dialog, DW_TYPE_DIALOG)

static void
add_row (DwAdoptDialog *self,
         AdwPreferencesGroup *group,
         const char *icon_name,
         const char *title,
         const char *subtitle)
{
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", title,
                                 "subtitle", subtitle, "title-lines", 0, "subtitle-lines", 0, NULL);

  if (icon_name != NULL)
    adw_action_row_add_prefix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name (icon_name));
  adw_preferences_group_add (group, row);
  g_ptr_array_add (self->told, row);
}

static char *
describe_port (const DwAdoption *adoption)
{
  int port = dw_project_get_port (adoption->project);
  int host_port = dw_stage_get_host_port (adoption->stage);

  if (port == 0)
    return g_strdup (C_ ("port", "None"));
  if (host_port == 0)
    return g_strdup_printf ("%d", port);

  /* Translators: a port inside a container, and the one of the machine that leads to it */
  return g_strdup_printf (_ ("%d, reached at %d"), port, host_port);
}

/* Returns: (transfer full): the names; values may be secret */
static char *
describe_environment (DwProject *project)
{
  g_auto (GStrv) variables = dw_environment_merge (dw_project_get_env (project), NULL, NULL);

  for (guint i = 0; variables != NULL && variables[i] != NULL; i++)
    variables[i][strcspn (variables[i], "=")] = '\0';

  return variables != NULL && *variables != NULL ? g_strjoinv (", ", variables)
                                                 : g_strdup (C_ ("environment", "None"));
}

static char *
describe_volumes (DwProject *project)
{
  g_auto (GStrv) volumes = dw_volumes_merge (dw_project_get_volumes (project), NULL, NULL);

  return volumes != NULL && *volumes != NULL ? g_strjoinv ("\n", volumes)
                                             : g_strdup (C_ ("volumes", "None"));
}

static void
show_preview (DwAdoptDialog *self)
{
  DwProject *project = self->chosen->project;
  g_autofree char *port = describe_port (self->chosen);
  g_autofree char *environment = describe_environment (project);
  g_autofree char *volumes = describe_volumes (project);

  add_row (self, self->preview, NULL, _ ("Image"), dw_project_get_image (project));
  add_row (self, self->preview, NULL, _ ("Followed Tags"),
           dw_stage_get_policy_pattern (self->chosen->stage));
  add_row (self, self->preview, NULL, _ ("Port"), port);
  add_row (self, self->preview, NULL, _ ("Environment"), environment);
  add_row (self, self->preview, NULL, _ ("Volumes"), volumes);
}

static gboolean
take_name (GtkWidget *row, DwEntity *entity)
{
  g_autoptr (GError) problem = NULL;
  g_autofree char *name = g_strstrip (g_strdup (dw_entry_row_get_text (DW_ENTRY_ROW (row))));

  g_object_set (entity, "name", name, NULL);
  dw_validate_name (_ ("Name"), name, &problem);
  g_object_set (row, "problem", problem != NULL ? problem->message : NULL, NULL);

  return problem == NULL;
}

static void
on_name_changed (DwAdoptDialog *self)
{
  gboolean is_good = FALSE;

  if (self->chosen != NULL && self->chosen->project != NULL)
    {
      is_good = take_name (self->project_row, DW_ENTITY (self->chosen->project));
      is_good = take_name (self->stage_row, DW_ENTITY (self->chosen->stage)) && is_good;
    }
  dw_dialog_set_can_accept (DW_DIALOG (self), is_good);
}

static void
choose (DwAdoptDialog *self, DwAdoption *adoption)
{
  self->chosen = NULL;
  for (guint i = 0; i < self->told->len; i++)
    {
      GtkWidget *row = g_ptr_array_index (self->told, i);
      GtkWidget *group = gtk_widget_get_ancestor (row, ADW_TYPE_PREFERENCES_GROUP);

      adw_preferences_group_remove (ADW_PREFERENCES_GROUP (group), row);
    }
  g_ptr_array_set_size (self->told, 0);

  g_object_set (self->project_row, "text", dw_project_get_name (adoption->project), NULL);
  g_object_set (self->stage_row, "text", dw_stage_get_name (adoption->stage), NULL);
  self->chosen = adoption;
  show_preview (self);
  for (guint i = 0; i < adoption->notes->len; i++)
    add_row (self, self->notes, "dialog-warning-symbolic",
             ((const DwConfigNote *) g_ptr_array_index (adoption->notes, i))->text, NULL);
  gtk_widget_set_visible (self->names, TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self->preview), TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self->notes), adoption->notes->len > 0);
  on_name_changed (self);
}

static void
on_toggled (GtkCheckButton *button, DwAdoptDialog *self)
{
  if (gtk_check_button_get_active (button))
    choose (self, g_object_get_data (G_OBJECT (button), "adoption"));
}

/* What cannot be adopted is listed with the reason, so that nobody looks for it. */
static void
add_container (DwAdoptDialog *self, DwAdoption *adoption)
{
  GtkWidget *row = g_object_new (
      ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", adoption->container_name, "subtitle",
      adoption->project != NULL ? adoption->image : adoption->problem, "subtitle-lines", 0, NULL);
  GtkWidget *button = gtk_check_button_new ();

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_check_button_set_group (GTK_CHECK_BUTTON (button), self->radio_group);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  adoption->container_name, -1);
  /* The list of adoptions lives as long as the rows. */
  g_object_set_data (G_OBJECT (button), "adoption", adoption);
  g_signal_connect_object (button, "toggled", G_CALLBACK (on_toggled), self, 0);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), button);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), button);
  gtk_widget_set_sensitive (row, adoption->project != NULL);
  adw_preferences_group_add (self->containers, row);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwAdoptDialog *self = DW_ADOPT_DIALOG (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) adoptions = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (adoptions == NULL)
    {
      dw_dialog_set_problem (DW_DIALOG (self), error->message);
      gtk_stack_set_visible_child_name (self->stack, "problem");
      return;
    }

  self->adoptions = g_steal_pointer (&adoptions);
  for (guint i = 0; i < self->adoptions->len; i++)
    add_container (self, g_ptr_array_index (self->adoptions, i));
  gtk_stack_set_visible_child_name (self->stack, self->adoptions->len > 0 ? "list" : "empty");
}

typedef struct
{
  DwEngine *engine;
  DwStore *store;
} Sources;

static void
sources_free (gpointer data)
{
  Sources *sources = data;

  g_object_unref (sources->engine);
  g_object_unref (sources->store);
  g_free (sources);
}

static void
list_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Sources *sources = task_data;
  GError *error = NULL;
  GPtrArray *adoptions = dw_adoption_list (sources->engine, sources->store, cancellable, &error);

  if (adoptions != NULL)
    g_task_return_pointer (task, adoptions, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
start_listing (DwAdoptDialog *self)
{
  DwSession *session = dw_dialog_get_session (DW_DIALOG (self));
  DwEngineStatus *status = dw_session_get_engine_status (session);
  DwEngine *engine = dw_engine_status_get_engine (status);

  if (engine == NULL)
    {
      const char *problem = dw_engine_status_get_problem (status);

      dw_dialog_set_problem (DW_DIALOG (self),
                             problem != NULL ? problem : _ ("No engine is connected yet"));
      gtk_stack_set_visible_child_name (self->stack, "problem");
      return;
    }

  Sources *sources = g_new0 (Sources, 1);
  g_autoptr (GTask)
      task = dw_task_new (self, dw_dialog_get_cancellable (DW_DIALOG (self)), on_listed, NULL);

  dw_dialog_set_problem (DW_DIALOG (self), NULL);
  gtk_stack_set_visible_child_name (self->stack, "loading");
  sources->engine = g_object_ref (engine);
  sources->store = g_object_ref (dw_session_get_store (session));
  g_task_set_source_tag (task, start_listing);
  g_task_set_task_data (task, sources, sources_free);
  g_task_run_in_thread (task, list_in_thread);
}

/* A page finds a project in the live list, which takes its moment to have a new one. */
static void
leave_for_project (DwAdoptDialog *self)
{
  DwSession *session = dw_dialog_get_session (DW_DIALOG (self));
  GtkWidget *over = dw_dialog_get_over (DW_DIALOG (self));
  const char *id = dw_entity_get_id (DW_ENTITY (self->chosen->project));
  g_autoptr (DwProject) project = dw_session_find_project (session, id);

  if (project == NULL)
    return;

  g_signal_handlers_disconnect_by_func (dw_session_get_projects (session), leave_for_project, self);
  if (over != NULL)
    {
      g_autofree char *text = g_strdup_printf (
          /* Translators: a project and a stage */
          _ ("%s/%s was added. Its container keeps running until you deploy."),
          dw_project_get_name (project), dw_stage_get_name (self->chosen->stage));

      gtk_widget_activate_action (over, "win.announce", "s", text);
      gtk_widget_activate_action (over, "win.show-page", "(ss)", "project", id);
    }
  dw_dialog_close (DW_DIALOG (self));
}

static void
on_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwAdoptDialog *self = DW_ADOPT_DIALOG (source);
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
      dw_dialog_set_busy (DW_DIALOG (self), FALSE);
      dw_dialog_set_problem (DW_DIALOG (self), error->message);
      return;
    }

  g_signal_connect_object (dw_session_get_projects (dw_dialog_get_session (DW_DIALOG (self))),
                           "items-changed", G_CALLBACK (leave_for_project), self,
                           G_CONNECT_AFTER | G_CONNECT_SWAPPED);
  leave_for_project (self);
}

/* What the thread works with. The dialog lives until that is done, and while it is busy nobody else
 * touches what was chosen. */
typedef struct
{
  DwAdoption *chosen; /* the dialog's */
  DwStore *store;
} Application;

static void
application_free (Application *application)
{
  g_object_unref (application->store);
  g_free (application);
}

static void
apply_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Application *application = task_data;
  GError *error = NULL;

  if (dw_adoption_apply (application->chosen, application->store, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
accept (DwDialog *dialog)
{
  g_autoptr (GTask)
      task = dw_task_new (dialog, dw_dialog_get_cancellable (dialog), on_applied, NULL);

  Application *application = g_new0 (Application, 1);

  application->chosen = DW_ADOPT_DIALOG (dialog)->chosen;
  application->store = g_object_ref (dw_session_get_store (dw_dialog_get_session (dialog)));
  dw_dialog_set_problem (dialog, NULL);
  dw_dialog_set_busy (dialog, TRUE);
  g_task_set_source_tag (task, accept);
  g_task_set_task_data (task, application, (GDestroyNotify) application_free);
  g_task_run_in_thread (task, apply_in_thread);
}

static void
dw_adopt_dialog_constructed (GObject *object)
{
  G_OBJECT_CLASS (dw_adopt_dialog_parent_class)->constructed (object);

  start_listing (DW_ADOPT_DIALOG (object));
}

static void
dw_adopt_dialog_finalize (GObject *object)
{
  DwAdoptDialog *self = DW_ADOPT_DIALOG (object);

  g_object_unref (self->radio_group);
  g_ptr_array_unref (self->told);
  g_clear_pointer (&self->adoptions, g_ptr_array_unref);

  G_OBJECT_CLASS (dw_adopt_dialog_parent_class)->finalize (object);
}

static void
dw_adopt_dialog_class_init (DwAdoptDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = dw_adopt_dialog_constructed;
  object_class->finalize = dw_adopt_dialog_finalize;
  DW_DIALOG_CLASS (klass)->accept = accept;

  g_type_ensure (DW_TYPE_ENTRY_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-adopt-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, DwAdoptDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, DwAdoptDialog, containers);
  gtk_widget_class_bind_template_child (widget_class, DwAdoptDialog, names);
  gtk_widget_class_bind_template_child (widget_class, DwAdoptDialog, project_row);
  gtk_widget_class_bind_template_child (widget_class, DwAdoptDialog, stage_row);
  gtk_widget_class_bind_template_child (widget_class, DwAdoptDialog, preview);
  gtk_widget_class_bind_template_child (widget_class, DwAdoptDialog, notes);
  gtk_widget_class_bind_template_callback (widget_class, on_name_changed);
  gtk_widget_class_bind_template_callback (widget_class, start_listing);
}

static void
dw_adopt_dialog_init (DwAdoptDialog *self)
{
  self->told = g_ptr_array_new ();
  self->radio_group = g_object_ref_sink (GTK_CHECK_BUTTON (gtk_check_button_new ()));
  gtk_widget_init_template (GTK_WIDGET (self));
}
