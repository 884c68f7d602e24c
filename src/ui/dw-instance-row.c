/* dw-instance-row.c: one instance in the list of them, and what can be done with it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows are few, and are given one instance after the other as the list is scrolled: what was asked
 * for one of them goes on when the row shows another.
 */

#include "config.h"

#include "ui/dw-instance-row.h"

#include <glib/gi18n.h>
#include <string.h>

#include "deploy/dw-instance-actions.h"
#include "ui/dw-compat.h"
#include "ui/dw-format.h"
#include "ui/dw-row-name.h"
#include "ui/dw-task.h"

struct _DwInstanceRow
{
  AdwBin parent_instance;

  DwSession *session;
  DwLiveInstance *instance; /* nullable */

  GtkLabel *stage_label;
  GtkLabel *container_label;
  GtkLabel *state_label;
  GtkLabel *tag_label;
  GtkLabel *digest_label;
  GtkLabel *role_label;
  GtkWidget *address_button;
  GtkWidget *menu_button;
  GtkWidget *remedy_box;
  GtkLabel *remedy_label;
  GtkButton *remedy_button;
};

G_DEFINE_FINAL_TYPE (DwInstanceRow, dw_instance_row, ADW_TYPE_BIN)

/* --- What is shown ------------------------------------------------------------------------------
 */

static const struct
{
  const char *words;
  const char *css_class; /* nullable */
} states[] = {
  [DW_LIVE_UNKNOWN] = { NC_ ("container", "Unknown"), "warning" },
  [DW_LIVE_STARTING] = { NC_ ("container", "Starting"), NULL },
  [DW_LIVE_RUNNING] = { NC_ ("container", "Running"), "success" },
  [DW_LIVE_HEALTHY] = { NC_ ("container", "Healthy"), "success" },
  [DW_LIVE_UNHEALTHY] = { NC_ ("container", "Unhealthy"), "error" },
  [DW_LIVE_STOPPED] = { NC_ ("container", "Stopped"), NULL },
  [DW_LIVE_FAILED] = { NC_ ("container", "Failed"), "error" },
  [DW_LIVE_RESTARTING] = { NC_ ("container", "Restarting"), "warning" },
  [DW_LIVE_REMOVING] = { NC_ ("container", "Being removed"), NULL },
  [DW_LIVE_GONE] = { NC_ ("container", "Gone"), "error" },
};

static void
show_state (DwInstanceRow *self)
{
  DwLiveState state = dw_live_instance_get_state (self->instance);

  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    if (states[i].css_class != NULL)
      gtk_widget_remove_css_class (GTK_WIDGET (self->state_label), states[i].css_class);
  if (states[state].css_class != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->state_label), states[state].css_class);
  gtk_label_set_label (self->state_label, g_dpgettext2 (NULL, "container", states[state].words));
}

static const char *
describe_role (DwLiveInstance *instance)
{
  switch (dw_live_instance_get_role (instance))
    {
    case DW_LIVE_CURRENT:
      return _ ("Serving");
    case DW_LIVE_NEW:
      return _ ("Being deployed");
    case DW_LIVE_KEPT:
      return _ ("Kept for a rollback");
    case DW_LIVE_ORPHANED:
    default:
      return _ ("Orphaned");
    }
}

static void
show_remedy (DwInstanceRow *self)
{
  const char *words = NULL;
  const char *button = NULL;

  if (dw_live_instance_get_role (self->instance) != DW_LIVE_ORPHANED)
    {
      gtk_widget_set_visible (self->remedy_box, FALSE);
      return;
    }

  if (dw_live_instance_get_id (self->instance) == NULL)
    {
      words = dw_live_instance_get_stage_name (self->instance) != NULL
                  ? _ ("The stage does not know this container. Remove it, unless another Docker "
                       "Watcher database uses it.")
                  : _ ("The stage of this container no longer exists. Remove it, unless another "
                       "Docker Watcher database uses it.");
      button = _ ("Remove…");
    }
  else if (dw_live_instance_is_current (self->instance))
    {
      words = _ ("The container that was serving was removed. Deploy the same image again.");
      button = _ ("Deploy Again");
    }
  else
    {
      words = _ ("The container that was kept for a rollback was removed. A rollback would create "
                 "a new one.");
      /* Translators: a button, which takes a container that is gone off the list */
      button = _ ("Forget");
    }

  gtk_label_set_label (self->remedy_label, words);
  gtk_button_set_label (self->remedy_button, button);
  gtk_widget_set_visible (self->remedy_box, TRUE);
}

static void
show_address (DwInstanceRow *self)
{
  const char *address = dw_live_instance_get_address (self->instance);

  gtk_widget_set_visible (self->address_button, address != NULL);
  if (address == NULL)
    return;

  gtk_link_button_set_uri (GTK_LINK_BUTTON (self->address_button), address);
  gtk_button_set_label (GTK_BUTTON (self->address_button), address + strlen ("http://"));
  dw_compat_let_shrink (GTK_BUTTON (self->address_button));
}

static void
enable_actions (DwInstanceRow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  DwLiveState state = dw_live_instance_get_state (self->instance);
  DwLiveRole role = dw_live_instance_get_role (self->instance);
  gboolean has_engine = dw_session_get_deployer (self->session) != NULL;
  gboolean has_container = state != DW_LIVE_GONE && state != DW_LIVE_UNKNOWN;
  gboolean is_free = has_engine && role != DW_LIVE_NEW && state != DW_LIVE_REMOVING;
  gboolean is_down = state == DW_LIVE_STOPPED || state == DW_LIVE_FAILED;
  gboolean is_up = has_container && !is_down && state != DW_LIVE_REMOVING;

  gtk_widget_action_set_enabled (widget, "instance.start", is_free && has_container && is_down);
  gtk_widget_action_set_enabled (widget, "instance.restart", is_free && is_up);
  gtk_widget_action_set_enabled (widget, "instance.stop", is_free && is_up);
  gtk_widget_action_set_enabled (widget, "instance.remove", is_free && has_container);
  gtk_widget_action_set_enabled (widget, "instance.remedy", has_engine && role == DW_LIVE_ORPHANED);
  gtk_widget_action_set_enabled (widget, "instance.show-logs", role == DW_LIVE_CURRENT);
  gtk_widget_action_set_enabled (widget, "instance.show-project",
                                 dw_live_instance_get_project_name (self->instance) != NULL);
  gtk_widget_action_set_enabled (widget, "instance.copy-id",
                                 dw_live_instance_get_container_id (self->instance) != NULL);
  gtk_widget_action_set_enabled (widget, "instance.copy-digest",
                                 dw_live_instance_get_digest (self->instance) != NULL);
}

/* Returns: (transfer full): what it is called, by its project and stage where it has them */
static char *
make_title (DwLiveInstance *instance)
{
  const char *project = dw_live_instance_get_project_name (instance);
  const char *stage = dw_live_instance_get_stage_name (instance);
  const char *container = dw_live_instance_get_container_name (instance);

  if (project != NULL && stage != NULL)
    return g_strdup_printf ("%s/%s", project, stage);

  return g_strdup (container != NULL ? container : _ ("No container yet"));
}

static void
show (DwInstanceRow *self)
{
  const char *tag = dw_live_instance_get_tag (self->instance);
  const char *container = dw_live_instance_get_container_name (self->instance);
  g_autofree char *title = make_title (self->instance);
  g_autofree char *digest = dw_format_digest (dw_live_instance_get_digest (self->instance));
  g_autofree char *menu = g_strdup_printf (_ ("Actions for %s"),
                                           container != NULL ? container : title);
  g_autofree char *name = g_strjoin (" · ", title, describe_role (self->instance), tag, NULL);

  gtk_label_set_label (self->stage_label, title);
  gtk_label_set_label (self->container_label, container != NULL ? container : "");
  gtk_label_set_label (self->tag_label, tag != NULL ? tag : _ ("no tag"));
  gtk_label_set_label (self->digest_label, digest);
  gtk_label_set_label (self->role_label, describe_role (self->instance));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menu_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  menu, -1);
  dw_row_name_set (GTK_WIDGET (self), name);
  show_state (self);
  show_address (self);
  show_remedy (self);
  enable_actions (self);
}

static void
on_deployer_changed (DwInstanceRow *self)
{
  if (self->instance != NULL)
    enable_actions (self);
}

static gboolean
on_query_tooltip (GtkLabel *label, int x, int y, gboolean is_by_keyboard, GtkTooltip *tooltip)
{
  if (!pango_layout_is_ellipsized (gtk_label_get_layout (label)))
    return FALSE;

  gtk_tooltip_set_text (tooltip, gtk_label_get_label (label));

  return TRUE;
}

/* --- What a person wants ------------------------------------------------------------------------
 */

/* What a thread works with. */
typedef struct
{
  DwDeployer *deployer; /* nullable: what serves in the stage is not it, or is to go */
  char *stage_id;       /* nullable */
  DwStore *store;
  DwEngine *engine;
  char *id;           /* nullable: it is an orphan of this container: */
  char *container_id; /* nullable */
  DwInstanceAction action;
  char *done; /* nullable: what is said then */
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  g_clear_object (&work->deployer);
  g_free (work->stage_id);
  g_clear_object (&work->store);
  g_clear_object (&work->engine);
  g_free (work->id);
  g_free (work->container_id);
  g_free (work->done);
  g_free (work);
}

/* What serves may have a route to it, which is the deployer's. */
static gboolean
act (Work *work, GError **error)
{
  static const DwStageAction actions[] = {
    [DW_INSTANCE_ACTION_START] = DW_STAGE_ACTION_START,
    [DW_INSTANCE_ACTION_STOP] = DW_STAGE_ACTION_STOP,
    [DW_INSTANCE_ACTION_RESTART] = DW_STAGE_ACTION_RESTART,
  };

  if (work->deployer != NULL)
    return dw_deployer_act (work->deployer, work->stage_id, actions[work->action], NULL, error);
  if (work->id != NULL)
    return dw_instance_act (work->store, work->engine, work->id, work->action, error);

  return dw_instance_act_on_orphan (work->store, work->engine, work->container_id, work->action,
                                    error);
}

static void
act_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  gboolean is_done = act (task_data, &error);

  if (is_done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_acted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Work *work = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_autofree char *text = dw_format_sentence (error->message);

      gtk_widget_activate_action (GTK_WIDGET (source), "win.announce-problem", "s", text);
    }
  else if (work->done != NULL)
    gtk_widget_activate_action (GTK_WIDGET (source), "win.announce", "s", work->done);
}

/* Returns: (transfer full) (nullable): what is needed for it; %NULL when there is no engine */
static Work *
work_new (DwInstanceRow *self, DwInstanceAction action, const char *done)
{
  DwEngine *engine = dw_engine_status_get_engine (dw_session_get_engine_status (self->session));

  if (engine == NULL)
    return NULL;

  Work *work = g_new0 (Work, 1);
  work->store = g_object_ref (dw_session_get_store (self->session));
  work->engine = g_object_ref (engine);
  if (dw_live_instance_is_current (self->instance) && action != DW_INSTANCE_ACTION_REMOVE)
    g_set_object (&work->deployer, dw_session_get_deployer (self->session));
  work->stage_id = g_strdup (dw_live_instance_get_stage_id (self->instance));
  work->id = g_strdup (dw_live_instance_get_id (self->instance));
  work->container_id = g_strdup (dw_live_instance_get_container_id (self->instance));
  work->action = action;
  work->done = g_strdup (done);

  return work;
}

/* @work: (transfer full) (nullable) */
static void
run (DwInstanceRow *self, Work *work)
{
  g_autoptr (GTask) task = NULL;

  if (work == NULL)
    return;

  /* The list outlives the row's being about this instance, and is in the window. */
  task = dw_task_new (gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_LIST_VIEW), NULL,
                      on_acted, NULL);
  g_task_set_source_tag (task, run);
  g_task_set_task_data (task, work, work_free);
  g_task_run_in_thread (task, act_in_thread);
}

static void
start (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwInstanceRow *self = DW_INSTANCE_ROW (widget);

  run (self, work_new (self, DW_INSTANCE_ACTION_START, _ ("Container started")));
}

static void
stop (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwInstanceRow *self = DW_INSTANCE_ROW (widget);

  run (self, work_new (self, DW_INSTANCE_ACTION_STOP, _ ("Container stopped")));
}

static void
restart (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwInstanceRow *self = DW_INSTANCE_ROW (widget);

  run (self, work_new (self, DW_INSTANCE_ACTION_RESTART, _ ("Container restarted")));
}

static void
on_removal_confirmed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  if (dw_compat_confirm_finish (result))
    g_task_run_in_thread (task, act_in_thread);
  else
    g_task_return_boolean (task, TRUE);
}

static void
remove_instance (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwInstanceRow *self = DW_INSTANCE_ROW (widget);
  Work *work = work_new (self, DW_INSTANCE_ACTION_REMOVE, NULL);
  GtkWidget *list = gtk_widget_get_ancestor (widget, GTK_TYPE_LIST_VIEW);
  g_autofree char *heading = NULL;
  g_autofree char *title = make_title (self->instance);
  g_autofree char *body = NULL;
  const char *container = dw_live_instance_get_container_name (self->instance);

  if (work == NULL)
    return;

  heading = g_strdup_printf (_ ("Remove the container “%s”?"), container);
  switch (dw_live_instance_get_role (self->instance))
    {
    case DW_LIVE_CURRENT:
      /* Translators: a project and a stage */
      body = g_strdup_printf (_ ("It is serving %s, which will be down until the next deploy. Data "
                                 "outside its volumes will be lost."),
                              title);
      break;
    case DW_LIVE_KEPT:
      body = g_strdup (_ ("It is kept for a rollback, which would then create a new one. Data "
                          "outside its volumes will be lost."));
      break;
    case DW_LIVE_NEW:
    case DW_LIVE_ORPHANED:
    default:
      body = g_strdup (_ ("No stage uses it. Data outside its volumes will be lost."));
      break;
    }

  GTask *task = dw_task_new (list, NULL, on_acted, NULL);
  g_task_set_source_tag (task, remove_instance);
  g_task_set_task_data (task, work, work_free);
  dw_compat_confirm_async (list, heading, body, NULL, _ ("_Remove"), TRUE, on_removal_confirmed,
                           task);
}

static void
deploy_again (DwInstanceRow *self)
{
  DwDeployer *deployer = dw_session_get_deployer (self->session);
  g_autoptr (DwDeployJob) job = NULL;

  if (deployer == NULL)
    return;

  /* It runs whether or not the job is kept; how it goes is on the project's page. */
  job = dw_deployer_deploy (deployer, dw_live_instance_get_stage_id (self->instance),
                            dw_live_instance_get_digest (self->instance), DW_TRIGGER_MANUAL);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.announce", "s", _ ("It is being deployed"));
}

static void
remedy (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwInstanceRow *self = DW_INSTANCE_ROW (widget);

  if (dw_live_instance_get_id (self->instance) == NULL)
    remove_instance (widget, action_name, parameter);
  else if (dw_live_instance_is_current (self->instance))
    deploy_again (self);
  else
    run (self, work_new (self, DW_INSTANCE_ACTION_REMOVE, NULL));
}

static void
show_logs (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  gtk_widget_activate_action (widget, "win.open-dialog", "(ss)", "logs",
                              dw_live_instance_get_stage_id (DW_INSTANCE_ROW (widget)->instance));
}

static void
show_project (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  gtk_widget_activate_action (widget, "win.show-page", "(ss)", "project",
                              dw_live_instance_get_project_id (DW_INSTANCE_ROW (widget)->instance));
}

static void
copy (GtkWidget *widget, const char *text, const char *done)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
  gtk_widget_activate_action (widget, "win.announce", "s", done);
}

static void
copy_id (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  copy (widget, dw_live_instance_get_container_id (DW_INSTANCE_ROW (widget)->instance),
        _ ("Container ID copied"));
}

static void
copy_digest (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  copy (widget, dw_live_instance_get_digest (DW_INSTANCE_ROW (widget)->instance),
        _ ("Digest copied"));
}

/* --- The class ----------------------------------------------------------------------------------
 */

static void
dw_instance_row_dispose (GObject *object)
{
  DwInstanceRow *self = DW_INSTANCE_ROW (object);

  dw_instance_row_set_instance (self, NULL);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (dw_instance_row_parent_class)->dispose (object);
}

static void
dw_instance_row_class_init (DwInstanceRowClass *klass)
{
  static const struct
  {
    const char *name;
    GtkWidgetActionActivateFunc activate;
  } actions[] = {
    { "instance.start", start },
    { "instance.stop", stop },
    { "instance.restart", restart },
    { "instance.remove", remove_instance },
    { "instance.remedy", remedy },
    { "instance.show-logs", show_logs },
    { "instance.show-project", show_project },
    { "instance.copy-id", copy_id },
    { "instance.copy-digest", copy_digest },
  };
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dw_instance_row_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-instance-row.ui");
  gtk_widget_class_bind_template_child (widget_class, DwInstanceRow, stage_label);
  gtk_widget_class_bind_template_child (widget_class, DwInstanceRow, container_label);
  gtk_widget_class_bind_template_child (widget_class, DwInstanceRow, state_label);
  gtk_widget_class_bind_template_child (widget_class, DwInstanceRow, tag_label);
  gtk_widget_class_bind_template_child (widget_class, DwInstanceRow, digest_label);
  gtk_widget_class_bind_template_child (widget_class, DwInstanceRow, role_label);
  gtk_widget_class_bind_template_child (widget_class, DwInstanceRow, address_button);
  gtk_widget_class_bind_template_child (widget_class, DwInstanceRow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, DwInstanceRow, remedy_box);
  gtk_widget_class_bind_template_child (widget_class, DwInstanceRow, remedy_label);
  gtk_widget_class_bind_template_child (widget_class, DwInstanceRow, remedy_button);
  gtk_widget_class_bind_template_callback (widget_class, on_query_tooltip);
  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i].name, NULL, actions[i].activate);
}

static void
dw_instance_row_init (DwInstanceRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * dw_instance_row_new:
 * @session: what the window works with
 *
 * Returns: (transfer floating): a row without an instance
 */
DwInstanceRow *
dw_instance_row_new (DwSession *session)
{
  DwInstanceRow *self = g_object_new (DW_TYPE_INSTANCE_ROW, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "notify::deployer", G_CALLBACK (on_deployer_changed), self,
                           G_CONNECT_SWAPPED);

  return self;
}

/**
 * dw_instance_row_set_instance:
 * @self: a row
 * @instance: (nullable): what it is about from now on
 */
void
dw_instance_row_set_instance (DwInstanceRow *self, DwLiveInstance *instance)
{
  g_return_if_fail (DW_IS_INSTANCE_ROW (self));

  if (self->instance == instance)
    return;

  if (self->instance != NULL)
    g_signal_handlers_disconnect_by_func (self->instance, show, self);
  g_set_object (&self->instance, instance);
  if (instance != NULL)
    {
      g_signal_connect_swapped (instance, "changed", G_CALLBACK (show), self);
      show (self);
    }
}
