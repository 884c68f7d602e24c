/* dw-project-page.c: one project: its stages in promotion order
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ui/dw-project-page.h"

#include <glib/gi18n.h>

#include "store/dw-store-list.h"
#include "ui/dw-removal-task.h"
#include "ui/dw-stage-card.h"
#include "ui/dw-window.h"

/* A project that was added this moment is not in the live list yet. */
#define ABSENCE_MS 2000

struct _DwProjectPage
{
  DwPage parent_instance;

  DwProject *project;  /* nullable: none is shown */
  DwStoreList *stages; /* of the project */
  GBinding *title_binding;
  guint absence_source; /* while a project that is not there may still come */
  char *moved_stage_id; /* nullable: whose card takes the focus when it is there again */

  GtkStack *stack;
  GtkFlowBox *flow_box;
};

enum
{
  PROP_PROJECT = 1,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (DwProjectPage, dw_project_page, DW_TYPE_PAGE)

static void
announce_problem (DwProjectPage *self, const char *message)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.announce-problem", "s", message);
}

/* --- The order of the stages --------------------------------------------------------------------
 */

static void
set_order_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (dw_store_set_stage_order (source, task_data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_order_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (DwProjectPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    announce_problem (self, error->message);
}

static int
find_position (DwProjectPage *self, const char *stage_id)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->stages));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (DwEntity) stage = g_list_model_get_item (G_LIST_MODEL (self->stages), i);

      if (g_strcmp0 (dw_entity_get_id (stage), stage_id) == 0)
        return (int) i;
    }

  return -1;
}

/* The list shows the new order when the store has it. */
static void
move_stage (DwProjectPage *self, int from, int to)
{
  int n = (int) g_list_model_get_n_items (G_LIST_MODEL (self->stages));
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GTask) task = NULL;

  if (from < 0 || from >= n || to < 0 || to >= n || from == to)
    return;

  for (int i = 0; i < n; i++)
    {
      g_autoptr (DwEntity) stage = g_list_model_get_item (G_LIST_MODEL (self->stages), (guint) i);

      g_ptr_array_add (ids, g_strdup (dw_entity_get_id (stage)));
    }

  char *moved = g_ptr_array_steal_index (ids, (guint) from);
  g_ptr_array_insert (ids, to, moved);
  g_free (self->moved_stage_id);
  self->moved_stage_id = g_strdup (moved);
  g_ptr_array_add (ids, NULL);

  task = g_task_new (dw_session_get_store (dw_page_get_session (DW_PAGE (self))), NULL,
                     on_order_set, g_object_ref (self));
  g_task_set_source_tag (task, move_stage);
  g_task_set_task_data (task, g_ptr_array_free (g_steal_pointer (&ids), FALSE),
                        (GDestroyNotify) g_strfreev);
  g_task_run_in_thread (task, set_order_in_thread);
}

static void
on_move (DwProjectPage *self, int by, DwStageCard *card)
{
  int from = find_position (self, dw_entity_get_id (DW_ENTITY (dw_stage_card_get_stage (card))));

  move_stage (self, from, from + by);
}

static GdkContentProvider *
on_drag_prepare (GtkDragSource *source, double x, double y, DwStageCard *card)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (GTK_WIDGET (card));

  gtk_drag_source_set_icon (source, paintable, (int) x, (int) y);

  return gdk_content_provider_new_typed (DW_TYPE_STAGE, dw_stage_card_get_stage (card));
}

/* A stage of another project, from another window, has no place here. */
static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, DwStageCard *card)
{
  GtkWidget *page = gtk_widget_get_ancestor (GTK_WIDGET (card), DW_TYPE_PROJECT_PAGE);
  DwStage *stage = dw_stage_card_get_stage (card);
  int from = -1;

  if (page != NULL)
    from = find_position (DW_PROJECT_PAGE (page),
                          dw_entity_get_id (DW_ENTITY (g_value_get_object (value))));
  if (from < 0)
    return FALSE;

  move_stage (DW_PROJECT_PAGE (page), from,
              find_position (DW_PROJECT_PAGE (page), dw_entity_get_id (DW_ENTITY (stage))));

  return TRUE;
}

static void
make_movable (DwProjectPage *self, GtkWidget *card)
{
  GtkDragSource *source = gtk_drag_source_new ();
  GtkDropTarget *target = gtk_drop_target_new (DW_TYPE_STAGE, GDK_ACTION_MOVE);

  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE);
  g_signal_connect (source, "prepare", G_CALLBACK (on_drag_prepare), card);
  gtk_widget_add_controller (card, GTK_EVENT_CONTROLLER (source));
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), card);
  gtk_widget_add_controller (card, GTK_EVENT_CONTROLLER (target));
  g_signal_connect_object (card, "move", G_CALLBACK (on_move), self, G_CONNECT_SWAPPED);
}

/* Each card says what it is promoted to, and which ways it can be moved. */
static void
place_cards (DwProjectPage *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->stages));

  for (guint i = 0; i < n; i++)
    {
      GtkFlowBoxChild *child = gtk_flow_box_get_child_at_index (self->flow_box, (int) i);
      g_autoptr (DwStage) next = g_list_model_get_item (G_LIST_MODEL (self->stages), i + 1);

      if (child != NULL)
        dw_stage_card_set_place (DW_STAGE_CARD (gtk_flow_box_child_get_child (child)), i == 0,
                                 next);
    }
}

/* --- The cards ----------------------------------------------------------------------------------
 */

static void
show_page (DwProjectPage *self)
{
  const char *name = "stages";

  if (g_list_model_get_n_items (G_LIST_MODEL (self->stages)) == 0)
    name = dw_store_list_is_loaded (self->stages) ? "empty" : "loading";
  gtk_stack_set_visible_child_name (self->stack, name);
}

static void
on_stages_changed (DwProjectPage *self)
{
  show_page (self);
  place_cards (self);
}

static gboolean
focus_card (gpointer user_data)
{
  GtkWidget *card = user_data;

  if (gtk_widget_get_root (card) != NULL)
    gtk_widget_child_focus (card, GTK_DIR_TAB_FORWARD);

  return G_SOURCE_REMOVE;
}

static GtkWidget *
create_card (gpointer item, gpointer user_data)
{
  DwProjectPage *self = user_data;
  DwSession *session = dw_page_get_session (DW_PAGE (self));
  DwStore *store = dw_session_get_store (session);
  g_autoptr (DwStageStatus)
      status = dw_stage_status_new (store, item, dw_session_get_engine_status (session));
  g_autoptr (DwRouteStatus)
      route = dw_route_status_new (store, status, dw_session_get_engine_status (session));
  GtkWidget *card = GTK_WIDGET (dw_stage_card_new (store, status, route));
  GtkWidget *child = gtk_flow_box_child_new ();

  g_object_bind_property (session, "watcher", card, "watcher", G_BINDING_SYNC_CREATE);
  g_object_bind_property (session, "deployer", card, "deployer", G_BINDING_SYNC_CREATE);
  gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (child), card);
  /* The card's own buttons take the focus. */
  gtk_widget_set_focusable (child, FALSE);
  make_movable (self, card);
  if (g_strcmp0 (dw_entity_get_id (item), self->moved_stage_id) == 0)
    g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, focus_card, g_object_ref (card), g_object_unref);

  return child;
}

/* --- What a person wants ------------------------------------------------------------------------
 */

static void
open_dialog (DwProjectPage *self, const char *name)
{
  if (self->project != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.open-dialog", "(ss)", name,
                                dw_entity_get_id (DW_ENTITY (self->project)));
}

static void
add_stage (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  open_dialog (DW_PROJECT_PAGE (widget), "add-stage");
}

static void
edit (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  open_dialog (DW_PROJECT_PAGE (widget), "project");
}

static void
copy (DwProjectPage *self, const char *text, const char *message)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.announce", "s", message);
}

static void
copy_image (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwProjectPage *self = DW_PROJECT_PAGE (widget);

  if (self->project != NULL)
    copy (self, dw_project_get_image (self->project), _ ("Image copied"));
}

static void
copy_command (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwProjectPage *self = DW_PROJECT_PAGE (widget);
  g_autoptr (DwStage)
      first = self->stages != NULL ? g_list_model_get_item (G_LIST_MODEL (self->stages), 0) : NULL;
  /* Inside a sandbox the program has no name on the path of the person's shell. */
  gboolean is_sandboxed = g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);
  g_autofree char *command = NULL;

  if (self->project == NULL)
    return;

  command = g_strdup_printf (
      "%s %s %s/%s", is_sandboxed ? "flatpak run " DW_APPLICATION_ID : "docker-watcher",
      first != NULL ? "deploy" : "stage add", dw_project_get_name (self->project),
      first != NULL ? dw_stage_get_name (first) : "dev");
  copy (self, command, _ ("Command copied"));
}

/* What is removed, and can be brought back. */
typedef struct
{
  DwSession *session;
  DwRemoval *removal;
  GtkWidget *page;
} Undo;

static void
undo_free (gpointer data)
{
  Undo *undo = data;

  g_clear_pointer (&undo->removal, dw_removal_free);
  g_object_unref (undo->session);
  g_object_unref (undo->page);
  g_free (undo);
}

static void
on_undone (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (DwProjectPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!dw_removal_undo_finish (result, &error))
    announce_problem (self, error->message);
}

static void
undo_removal (gpointer data)
{
  Undo *undo = data;

  dw_removal_undo_async (undo->session, g_steal_pointer (&undo->removal), on_undone,
                         g_object_ref (undo->page));
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (DwProjectPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *message = NULL;
  DwRemoval *removal = dw_removal_run_finish (result, &error);
  Undo *undo;

  if (removal == NULL)
    {
      announce_problem (self, error->message);
      return;
    }

  if (removal->is_whole)
    message = g_strdup_printf (_ ("Project “%s” removed"), dw_project_get_name (removal->project));
  else
    message = g_strdup_printf (_ ("Stage “%s” removed"),
                               dw_stage_get_name (g_ptr_array_index (removal->stages, 0)));
  undo = g_new0 (Undo, 1);
  undo->session = g_object_ref (DW_SESSION (source));
  undo->removal = removal;
  undo->page = GTK_WIDGET (g_object_ref (self));
  dw_window_offer_undo (GTK_WIDGET (self), message, undo_removal, undo, undo_free);
}

/* Where nothing ever ran, there is nothing to ask about: it can be undone. */
static void
on_removal_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (DwProjectPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (DwRemoval) removal = dw_removal_read_finish (result, &error);

  if (removal == NULL)
    {
      announce_problem (self, error->message);
      return;
    }

  if (dw_removal_can_be_undone (removal))
    dw_removal_run_async (DW_SESSION (source), g_steal_pointer (&removal), NULL, NULL, NULL,
                          on_removed, g_object_ref (self));
  else
    gtk_widget_activate_action (
        GTK_WIDGET (self), "win.open-dialog", "(ss)", "remove",
        dw_entity_get_id (removal->is_whole ? DW_ENTITY (removal->project)
                                            : DW_ENTITY (g_ptr_array_index (removal->stages, 0))));
}

static void
remove_project (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwProjectPage *self = DW_PROJECT_PAGE (widget);

  if (self->project != NULL)
    dw_removal_read_async (dw_page_get_session (DW_PAGE (self)),
                           dw_entity_get_id (DW_ENTITY (self->project)), NULL, on_removal_read,
                           g_object_ref (self));
}

static void
remove_stage (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  dw_removal_read_async (dw_page_get_session (DW_PAGE (widget)),
                         g_variant_get_string (parameter, NULL), NULL, on_removal_read,
                         g_object_ref (widget));
}

/* --- The project --------------------------------------------------------------------------------
 */

static void
clear (DwProjectPage *self)
{
  g_clear_handle_id (&self->absence_source, g_source_remove);
  if (self->stages != NULL)
    {
      g_signal_handlers_disconnect_by_func (self->stages, on_stages_changed, self);
      g_signal_handlers_disconnect_by_func (self->stages, show_page, self);
      gtk_flow_box_bind_model (self->flow_box, NULL, NULL, NULL, NULL);
    }
  g_clear_object (&self->stages);
  g_clear_pointer (&self->title_binding, g_binding_unbind);
  g_clear_pointer (&self->moved_stage_id, g_free);
  g_clear_object (&self->project);
}

static void
dw_project_page_dispose (GObject *object)
{
  clear (DW_PROJECT_PAGE (object));

  G_OBJECT_CLASS (dw_project_page_parent_class)->dispose (object);
}

static void
dw_project_page_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  DwProjectPage *self = DW_PROJECT_PAGE (object);

  switch (property_id)
    {
    case PROP_PROJECT:
      g_value_set_object (value, self->project);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
show_project (DwProjectPage *self, DwProject *project)
{
  DwStore *store = dw_session_get_store (dw_page_get_session (DW_PAGE (self)));

  self->project = g_object_ref (project);
  self->title_binding = g_object_bind_property (project, "name", self, "title",
                                                G_BINDING_SYNC_CREATE);
  self->stages = dw_store_list_new (store, DW_TYPE_STAGE, dw_entity_get_id (DW_ENTITY (project)));

  gtk_flow_box_bind_model (self->flow_box, G_LIST_MODEL (self->stages), create_card, self, NULL);
  /* After the box, which has the cards by then. */
  g_signal_connect_object (self->stages, "items-changed", G_CALLBACK (on_stages_changed), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (self->stages, "notify::loaded", G_CALLBACK (show_page), self,
                           G_CONNECT_SWAPPED);
  on_stages_changed (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROJECT]);
}

static void
leave (DwProjectPage *self)
{
  dw_page_set_item_id (DW_PAGE (self), NULL);
  dw_page_leave (DW_PAGE (self));
}

static gboolean
on_absent (gpointer user_data)
{
  DwProjectPage *self = user_data;

  self->absence_source = 0;
  leave (self);

  return G_SOURCE_REMOVE;
}

/* The projects may not have been read yet when the page is led to, and somebody may delete the one
 * that is shown. */
static void
find_project (DwProjectPage *self)
{
  DwSession *session = dw_page_get_session (DW_PAGE (self));
  const char *id = dw_page_get_item_id (DW_PAGE (self));
  g_autoptr (DwProject) project = NULL;

  if (id == NULL)
    return;

  project = dw_session_find_project (session, id);
  if (project == NULL && self->project != NULL)
    leave (self);
  else if (project == NULL && dw_store_list_is_loaded (dw_session_get_projects (session)))
    {
      if (self->absence_source == 0)
        self->absence_source = g_timeout_add (ABSENCE_MS, on_absent, self);
    }
  else if (project != NULL && project != self->project)
    {
      clear (self);
      show_project (self, project);
    }
}

static void
show_item (DwPage *page, const char *item_id)
{
  DwProjectPage *self = DW_PROJECT_PAGE (page);

  clear (self);
  dw_page_set_title (page, NULL);
  gtk_stack_set_visible_child_name (self->stack, "loading");
  find_project (self);
}

static void
dw_project_page_constructed (GObject *object)
{
  DwProjectPage *self = DW_PROJECT_PAGE (object);
  DwStoreList *projects = dw_session_get_projects (dw_page_get_session (DW_PAGE (self)));

  G_OBJECT_CLASS (dw_project_page_parent_class)->constructed (object);

  g_signal_connect_object (projects, "items-changed", G_CALLBACK (find_project), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (projects, "notify::loaded", G_CALLBACK (find_project), self,
                           G_CONNECT_SWAPPED);
}

static void
dw_project_page_class_init (DwProjectPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = dw_project_page_constructed;
  object_class->dispose = dw_project_page_dispose;
  object_class->get_property = dw_project_page_get_property;
  DW_PAGE_CLASS (klass)->show_item = show_item;

  properties[PROP_PROJECT] = g_param_spec_object ("project", NULL, NULL, DW_TYPE_PROJECT,
                                                  G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                                                      G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  g_type_ensure (DW_TYPE_PROJECT);
  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-project-page.ui");
  gtk_widget_class_bind_template_child (widget_class, DwProjectPage, stack);
  gtk_widget_class_bind_template_child (widget_class, DwProjectPage, flow_box);

  gtk_widget_class_install_action (widget_class, "project.add-stage", NULL, add_stage);
  gtk_widget_class_install_action (widget_class, "project.edit", NULL, edit);
  gtk_widget_class_install_action (widget_class, "project.copy-image", NULL, copy_image);
  gtk_widget_class_install_action (widget_class, "project.copy-command", NULL, copy_command);
  gtk_widget_class_install_action (widget_class, "project.remove", NULL, remove_project);
  gtk_widget_class_install_action (widget_class, "project.remove-stage", "s", remove_stage);
}

static void
dw_project_page_init (DwProjectPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
