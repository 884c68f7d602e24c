/* dw-window.c: the window
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It shows one of three things: that the database is being opened, why it could not be, or the
 * sidebar with its sections beside the page of one of them.
 */

#include "config.h"

#include "ui/dw-window.h"

#include <glib/gi18n.h>

#include "ui/dw-engine-banner.h"
#include "ui/dw-engine-row.h"
#include "ui/dw-project-page.h"
#include "ui/dw-projects-page.h"
#include "ui/dw-shell.h"

struct _DwWindow
{
  AdwApplicationWindow parent_instance;

  DwStoreList *projects;
  DwStoreList *stages;
  DwEngineStatus *engine_status;
  DwDeployer *deployer; /* nullable: there is no engine */

  AdwToastOverlay *toasts;
  GtkStack *stack;
  GtkSpinner *spinner;
  GtkLabel *problem_label;
  DwShell *shell;
  GtkListBox *sections;
  AdwWindowTitle *title;
  GtkWidget *back_button;
  GtkWidget *search_button;
  GtkStack *pages;
  DwProjectsPage *projects_page;
  DwProjectPage *project_page;
};

enum
{
  PROP_PROJECTS = 1,
  PROP_STAGES,
  PROP_ENGINE_STATUS,
  PROP_DEPLOYER,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (DwWindow, dw_window, ADW_TYPE_APPLICATION_WINDOW)

static char *
format_count (DwWindow *self, guint n)
{
  return n > 0 ? g_strdup_printf ("%u", n) : g_strdup ("");
}

/* The header says what the page below it is about. */
static void
show_header (DwWindow *self)
{
  DwProject *project = dw_project_page_get_project (self->project_page);
  gboolean needs_back_button;

  g_object_get (self->shell, "needs-back-button", &needs_back_button, NULL);
  adw_window_title_set_title (self->title,
                              project != NULL ? dw_project_get_name (project) : _ ("Projects"));
  gtk_widget_set_visible (self->back_button, project != NULL || needs_back_button);
  gtk_widget_set_visible (self->search_button, project == NULL);
}

static void
show_project (DwWindow *self, DwProject *project)
{
  if (project != NULL)
    dw_project_page_show_project (self->project_page, dw_store_list_get_store (self->projects),
                                  self->engine_status, project);
  else
    dw_project_page_show_project (self->project_page, NULL, NULL, NULL);
  gtk_stack_set_visible_child (self->pages, project != NULL ? GTK_WIDGET (self->project_page)
                                                            : GTK_WIDGET (self->projects_page));
  show_header (self);
}

static DwProject *
find_project (DwWindow *self, const char *id)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->projects));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (DwProject) project = g_list_model_get_item (G_LIST_MODEL (self->projects), i);

      /* The list holds it on. */
      if (g_strcmp0 (dw_entity_get_id (DW_ENTITY (project)), id) == 0)
        return project;
    }

  return NULL;
}

/* Somebody may delete the project that is shown. */
static void
on_projects_changed (DwWindow *self)
{
  DwProject *project = dw_project_page_get_project (self->project_page);

  if (project != NULL && find_project (self, dw_entity_get_id (DW_ENTITY (project))) == NULL)
    show_project (self, NULL);
}

static void
on_section_activated (DwWindow *self)
{
  show_project (self, NULL);
  dw_shell_set_show_content (self->shell, TRUE);
}

static void
open_project (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwWindow *self = DW_WINDOW (widget);
  DwProject *project = self->projects != NULL
                           ? find_project (self, g_variant_get_string (parameter, NULL))
                           : NULL;

  if (project != NULL)
    show_project (self, project);
}

static void
go_back (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwWindow *self = DW_WINDOW (widget);

  if (dw_project_page_get_project (self->project_page) != NULL)
    show_project (self, NULL);
  else
    dw_shell_set_show_content (self->shell, FALSE);
}

static void
search (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwWindow *self = DW_WINDOW (widget);

  show_project (self, NULL);
  dw_shell_set_show_content (self->shell, TRUE);
  g_object_set (self->projects_page, "searching", TRUE, NULL);
}

static void
retry_engine (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwWindow *self = DW_WINDOW (widget);

  if (self->engine_status != NULL)
    dw_engine_status_retry (self->engine_status);
}

static void
announce (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  dw_window_announce (DW_WINDOW (widget), g_variant_get_string (parameter, NULL), FALSE);
}

static void
announce_problem (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  dw_window_announce (DW_WINDOW (widget), g_variant_get_string (parameter, NULL), TRUE);
}

static void
dw_window_dispose (GObject *object)
{
  DwWindow *self = DW_WINDOW (object);

  if (self->projects != NULL)
    g_signal_handlers_disconnect_by_func (self->projects, on_projects_changed, self);
  g_clear_object (&self->projects);
  g_clear_object (&self->stages);
  g_clear_object (&self->engine_status);
  g_clear_object (&self->deployer);

  G_OBJECT_CLASS (dw_window_parent_class)->dispose (object);
}

static void
dw_window_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  DwWindow *self = DW_WINDOW (object);

  switch (property_id)
    {
    case PROP_PROJECTS:
      g_value_set_object (value, self->projects);
      break;
    case PROP_STAGES:
      g_value_set_object (value, self->stages);
      break;
    case PROP_ENGINE_STATUS:
      g_value_set_object (value, self->engine_status);
      break;
    case PROP_DEPLOYER:
      g_value_set_object (value, self->deployer);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_window_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  DwWindow *self = DW_WINDOW (object);

  switch (property_id)
    {
    case PROP_DEPLOYER:
      if (g_set_object (&self->deployer, g_value_get_object (value)))
        g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_window_class_init (DwWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags told = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = dw_window_dispose;
  object_class->get_property = dw_window_get_property;
  object_class->set_property = dw_window_set_property;

  properties[PROP_PROJECTS] = g_param_spec_object ("projects", NULL, NULL, DW_TYPE_STORE_LIST,
                                                   told);
  properties[PROP_STAGES] = g_param_spec_object ("stages", NULL, NULL, DW_TYPE_STORE_LIST, told);
  properties[PROP_ENGINE_STATUS] = g_param_spec_object ("engine-status", NULL, NULL,
                                                        DW_TYPE_ENGINE_STATUS, told);
  properties[PROP_DEPLOYER] = g_param_spec_object ("deployer", NULL, NULL, DW_TYPE_DEPLOYER,
                                                   G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY |
                                                       G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  g_type_ensure (DW_TYPE_ENGINE_BANNER);
  g_type_ensure (DW_TYPE_ENGINE_ROW);
  g_type_ensure (DW_TYPE_PROJECT_PAGE);
  g_type_ensure (DW_TYPE_PROJECTS_PAGE);
  g_type_ensure (DW_TYPE_SHELL);
  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-window.ui");
  gtk_widget_class_bind_template_child (widget_class, DwWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, DwWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, DwWindow, spinner);
  gtk_widget_class_bind_template_child (widget_class, DwWindow, problem_label);
  gtk_widget_class_bind_template_child (widget_class, DwWindow, shell);
  gtk_widget_class_bind_template_child (widget_class, DwWindow, sections);
  gtk_widget_class_bind_template_child (widget_class, DwWindow, title);
  gtk_widget_class_bind_template_child (widget_class, DwWindow, back_button);
  gtk_widget_class_bind_template_child (widget_class, DwWindow, search_button);
  gtk_widget_class_bind_template_child (widget_class, DwWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, DwWindow, project_page);
  gtk_widget_class_bind_template_child (widget_class, DwWindow, projects_page);
  gtk_widget_class_bind_template_callback (widget_class, format_count);
  gtk_widget_class_bind_template_callback (widget_class, on_section_activated);

  gtk_widget_class_install_action (widget_class, "win.back", NULL, go_back);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, search);
  gtk_widget_class_install_action (widget_class, "win.retry-engine", NULL, retry_engine);
  gtk_widget_class_install_action (widget_class, "win.announce", "s", announce);
  gtk_widget_class_install_action (widget_class, "win.announce-problem", "s", announce_problem);
  gtk_widget_class_install_action (widget_class, "win.show-project", "s", open_project);
}

static void
dw_window_init (DwWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_select_row (self->sections, gtk_list_box_get_row_at_index (self->sections, 0));
  gtk_spinner_start (self->spinner);
  g_signal_connect_object (self->shell, "notify::needs-back-button", G_CALLBACK (show_header), self,
                           G_CONNECT_SWAPPED);
  show_header (self);
}

/**
 * dw_window_new:
 * @application: the application
 *
 * Returns: (transfer none): a window that waits for a store; GTK holds it
 */
DwWindow *
dw_window_new (GtkApplication *application)
{
  return g_object_new (DW_TYPE_WINDOW, "application", application, NULL);
}

/**
 * dw_window_show_store:
 * @self: the window
 * @store: the store
 * @engine_status: whether the engine is there
 *
 * Shows what is in the store, from now on as long as the window lives.
 */
void
dw_window_show_store (DwWindow *self, DwStore *store, DwEngineStatus *engine_status)
{
  g_return_if_fail (DW_IS_WINDOW (self));
  g_return_if_fail (self->projects == NULL);

  self->projects = dw_store_list_new (store, DW_TYPE_PROJECT, NULL);
  g_signal_connect_object (self->projects, "items-changed", G_CALLBACK (on_projects_changed), self,
                           G_CONNECT_SWAPPED);
  self->stages = dw_store_list_new (store, DW_TYPE_STAGE, NULL);
  self->engine_status = g_object_ref (engine_status);
  for (guint i = 1; i < N_PROPERTIES; i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);

  gtk_stack_set_visible_child_name (self->stack, "main");
  gtk_spinner_stop (self->spinner);
}

/**
 * dw_window_show_problem:
 * @self: the window
 * @message: (nullable): why there is no store, and what to do; %NULL for another attempt
 *
 * Shows nothing but the message, until a store is shown.
 */
void
dw_window_show_problem (DwWindow *self, const char *message)
{
  g_return_if_fail (DW_IS_WINDOW (self));

  gtk_label_set_label (self->problem_label, message != NULL ? message : "");
  gtk_stack_set_visible_child_name (self->stack, message != NULL ? "problem" : "loading");
  gtk_spinner_set_spinning (self->spinner, message == NULL);
}

/**
 * dw_window_announce:
 * @self: the window
 * @message: what happened
 * @stays: whether it stays until it is closed, as a problem has to
 *
 * Lays a line over the foot of the window.
 */
void
dw_window_announce (DwWindow *self, const char *message, gboolean stays)
{
  g_autofree char *markup = g_markup_escape_text (message, -1);
  AdwToast *toast = adw_toast_new (markup);

  adw_toast_set_timeout (toast, stays ? 0 : 3);
  adw_toast_overlay_add_toast (self->toasts, toast);
}
