/* dw-registry-row.c: one registry in the list of them, and what can be done with it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It follows the registry of the live list, whoever writes it: a check here, the watching, or the
 * command line.
 */

#include "config.h"

#include "ui/dw-registry-row.h"

#include <glib/gi18n.h>

#include "ui/dw-format.h"
#include "ui/dw-registry-removal.h"
#include "ui/dw-task.h"

/* What takes less needs no spinner. */
#define SPINNER_DELAY_MS 200
/* How often what is said of an age is made true again. */
#define AGE_INTERVAL_S 30

struct _DwRegistryRow
{
  GtkListBoxRow parent_instance;

  DwSession *session;
  DwRegistry *registry;
  DwWatchedRegistry *watched; /* nullable: it is not known yet how it is watched */
  GCancellable *checking;     /* nullable: nothing is checked */
  guint spinner_source;
  guint age_source;
  gboolean is_showing; /* the switch is set, and nobody turns it */

  GtkLabel *name_label;
  GtkLabel *address_label;
  GtkLabel *state_label;
  GtkLabel *checked_label;
  GtkWidget *problem_box;
  GtkLabel *problem_label;
  GtkSwitch *enabled_switch;
  GtkStack *check_stack;
  GtkSpinner *spinner;
};

G_DEFINE_FINAL_TYPE (DwRegistryRow, dw_registry_row, GTK_TYPE_LIST_BOX_ROW)

static const char *
get_id (DwRegistryRow *self)
{
  return dw_entity_get_id (DW_ENTITY (self->registry));
}

/* --- What is shown ------------------------------------------------------------------------------
 */

static DwWatchState
get_watch_state (DwRegistryRow *self)
{
  return self->watched != NULL ? dw_watched_registry_get_state (self->watched) : DW_WATCH_STATE_OFF;
}

static void
show_state (DwRegistryRow *self)
{
  static const char *const classes[] = { "success", "error", "warning", "accent" };
  DwWatchState state = get_watch_state (self);
  gboolean is_checked = dw_registry_get_last_checked_at (self->registry) != NULL;
  gboolean has_failed = is_checked && dw_registry_get_last_error (self->registry) != NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (classes); i++)
    gtk_widget_remove_css_class (GTK_WIDGET (self->state_label), classes[i]);
  if (state == DW_WATCH_STATE_CHECKING)
    gtk_widget_add_css_class (GTK_WIDGET (self->state_label), "accent");
  else if (state == DW_WATCH_STATE_PAUSED)
    gtk_widget_add_css_class (GTK_WIDGET (self->state_label), "warning");
  else if (is_checked)
    gtk_widget_add_css_class (GTK_WIDGET (self->state_label), has_failed ? "error" : "success");

  gtk_label_set_label (self->state_label,
                       state == DW_WATCH_STATE_CHECKING ? C_ ("registry", "Checking")
                       : state == DW_WATCH_STATE_PAUSED ? C_ ("registry", "Paused")
                       : has_failed                     ? C_ ("registry", "Failed")
                       : is_checked                     ? C_ ("registry", "Works")
                                                        : C_ ("registry", "Not checked yet"));
}

/* Returns: (transfer full): when it is looked at */
static char *
describe_schedule (DwRegistryRow *self)
{
  const char *schedule = dw_registry_get_schedule (self->registry);

  if (!dw_registry_get_enabled (self->registry))
    /* Translators: a registry; it may begin the line, or come after “Checked 5 minutes ago, ” */
    return g_strdup (_ ("not watched"));
  if (schedule == NULL)
    /* Translators: a registry; it may begin the line, or come after “Checked 5 minutes ago, ” */
    return g_strdup (_ ("watched on the default schedule"));
  if (g_str_has_prefix (schedule, "@every "))
    /* Translators: a duration, such as 5m */
    return g_strdup_printf (_ ("watched every %s"), schedule + strlen ("@every "));

  /* Translators: a schedule as crontab has it */
  return g_strdup_printf (_ ("watched at %s"), schedule);
}

static void
show_checked (DwRegistryRow *self)
{
  g_autofree char *age = dw_format_age (dw_registry_get_last_checked_at (self->registry));
  g_autofree char *plan = describe_schedule (self);
  g_autofree char *watching = NULL;
  g_autofree char *schedule = NULL;
  g_autofree char *text = NULL;

  if (self->watched != NULL && dw_registry_get_enabled (self->registry))
    watching = dw_format_watching (self->watched);
  schedule = watching != NULL ? g_strdup_printf ("%s · %s", plan, watching)
                              : g_steal_pointer (&plan);

  if (*age != '\0')
    /* Translators: when a registry was checked, and when it is watched */
    text = g_strdup_printf (_ ("Checked %1$s, %2$s"), age, schedule);
  else
    text = dw_format_sentence (schedule);
  gtk_label_set_label (self->checked_label, text);
}

static void
show (DwRegistryRow *self)
{
  const char *username = dw_registry_get_username (self->registry);
  const char *problem = dw_registry_get_last_error (self->registry);
  DwRegistryKind kind = dw_registry_get_kind (self->registry);
  g_autofree char *text = problem != NULL ? dw_format_sentence (problem) : g_strdup ("");
  g_autoptr (GString) address = g_string_new (dw_registry_get_url (self->registry));

  if (kind != DW_REGISTRY_KIND_GENERIC)
    g_string_append_printf (address, " · %s", dw_format_registry_kind (kind));
  if (username != NULL)
    g_string_append_printf (address, " · %s", username);

  gtk_label_set_label (self->name_label, dw_registry_get_name (self->registry));
  gtk_label_set_label (self->address_label, address->str);
  gtk_label_set_label (self->problem_label, text);
  gtk_widget_set_visible (self->problem_box, problem != NULL);
  show_state (self);
  show_checked (self);

  /* Setting it even to what it is would end its way to the other side after a click. */
  self->is_showing = TRUE;
  if (gtk_switch_get_active (self->enabled_switch) != dw_registry_get_enabled (self->registry))
    gtk_switch_set_active (self->enabled_switch, dw_registry_get_enabled (self->registry));
  self->is_showing = FALSE;

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  dw_registry_get_name (self->registry), -1);
}

static gboolean
on_query_tooltip (GtkLabel *label, int x, int y, gboolean is_by_keyboard, GtkTooltip *tooltip)
{
  if (!pango_layout_is_ellipsized (gtk_label_get_layout (label)))
    return FALSE;

  gtk_tooltip_set_text (tooltip, gtk_label_get_label (label));

  return TRUE;
}

static gboolean
on_age (gpointer user_data)
{
  show_checked (user_data);

  return G_SOURCE_CONTINUE;
}

/* --- What a person wants ------------------------------------------------------------------------
 */

/* What a thread works with. */
typedef struct
{
  DwRegistries *registries;
  DwRegistry *registry; /* as it is to be; nobody else has it */
  GWeakRef list;        /* where it is announced, when the row is gone; a thread may free this */
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  g_object_unref (work->registries);
  g_object_unref (work->registry);
  g_weak_ref_clear (&work->list);
  g_free (work);
}

static Work *
work_new (DwRegistryRow *self)
{
  Work *work = g_new0 (Work, 1);

  work->registries = g_object_ref (dw_session_get_registry_access (self->session));
  work->registry = g_object_new (DW_TYPE_REGISTRY, NULL);
  dw_entity_copy_values (DW_ENTITY (work->registry), DW_ENTITY (self->registry));
  g_weak_ref_init (&work->list, gtk_widget_get_parent (GTK_WIDGET (self)));

  return work;
}

/* @work: (transfer full) */
static void
run (DwRegistryRow *self,
     Work *work,
     GTaskThreadFunc function,
     GCancellable *cancellable,
     GAsyncReadyCallback callback)
{
  g_autoptr (GTask) task = dw_task_new (self, cancellable, callback, NULL);

  g_task_set_source_tag (task, run);
  g_task_set_task_data (task, work, work_free);
  g_task_run_in_thread (task, function);
}

static void
check_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Work *work = task_data;
  GError *error = NULL;

  if (dw_registries_test (work->registries, dw_entity_get_id (DW_ENTITY (work->registry)),
                          cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static gboolean
on_spinner_due (gpointer user_data)
{
  DwRegistryRow *self = user_data;

  self->spinner_source = 0;
  gtk_spinner_start (self->spinner);
  gtk_stack_set_visible_child_name (self->check_stack, "cancel");

  return G_SOURCE_REMOVE;
}

static void
start_progress (DwRegistryRow *self)
{
  if (self->spinner_source == 0)
    self->spinner_source = g_timeout_add (SPINNER_DELAY_MS, on_spinner_due, self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "registry.check", FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "registry.cancel", self->checking != NULL);
}

static void
end_progress (DwRegistryRow *self)
{
  g_clear_handle_id (&self->spinner_source, g_source_remove);
  gtk_spinner_stop (self->spinner);
  gtk_stack_set_visible_child_name (self->check_stack, "check");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "registry.check", TRUE);
}

/* The watcher is at it, whoever wanted it. */
static void
on_watched_changed (DwRegistryRow *self)
{
  show_state (self);
  show_checked (self);
  if (self->checking != NULL)
    return;
  if (get_watch_state (self) == DW_WATCH_STATE_CHECKING)
    start_progress (self);
  else
    end_progress (self);
}

/* What is wrong with the registry is in its row by now. */
static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwRegistryRow *self = DW_REGISTRY_ROW (source);
  DwWatcher *watcher = dw_session_get_watcher (self->session);

  g_clear_object (&self->checking);
  end_progress (self);
  if (g_task_propagate_boolean (G_TASK (result), NULL) && watcher != NULL)
    dw_watcher_check_now (watcher, get_id (self));
}

/* What is asked to slow down is looked at when that is over. */
static void
check_watched (DwRegistryRow *self)
{
  dw_watcher_check_now (dw_session_get_watcher (self->session), get_id (self));
  if (get_watch_state (self) == DW_WATCH_STATE_PAUSED)
    {
      g_autofree char *watching = dw_format_watching (self->watched);
      g_autofree char *text = g_strdup_printf (
          /* Translators: a registry, and why and until when it is left alone */
          _ ("“%s” is looked at when it may be: %s"), dw_registry_get_name (self->registry),
          watching);

      gtk_widget_activate_action (GTK_WIDGET (self), "win.announce", "s", text);
    }
}

/* Where nothing is watched, whether it answers is all that there is to know. */
static void
check (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwRegistryRow *self = DW_REGISTRY_ROW (widget);

  if (self->checking != NULL)
    return;
  if (get_watch_state (self) != DW_WATCH_STATE_OFF)
    {
      check_watched (self);
      return;
    }

  self->checking = g_cancellable_new ();
  start_progress (self);
  run (self, work_new (self), check_in_thread, self->checking, on_checked);
}

static void
cancel (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  g_cancellable_cancel (DW_REGISTRY_ROW (widget)->checking);
}

static void
enable_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Work *work = task_data;
  GError *error = NULL;

  if (dw_registries_save (work->registries, work->registry, NULL, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_enabled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Work *work = g_task_get_task_data (G_TASK (result));
  g_autoptr (GtkWidget) list = g_weak_ref_get (&work->list);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error) || list == NULL)
    return;

  text = dw_format_sentence (error->message);
  gtk_widget_activate_action (list, "win.announce-problem", "s", text);
  show (DW_REGISTRY_ROW (source));
}

static gboolean
on_state_set (DwRegistryRow *self, gboolean is_enabled)
{
  if (!self->is_showing && is_enabled != dw_registry_get_enabled (self->registry))
    {
      Work *work = work_new (self);

      g_object_set (work->registry, "enabled", is_enabled, NULL);
      run (self, work, enable_in_thread, NULL, on_enabled);
    }

  return FALSE;
}

static void
browse (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  gtk_widget_activate_action (widget, "win.show-page", "(ss)", "registry",
                              get_id (DW_REGISTRY_ROW (widget)));
}

static void
edit (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  gtk_widget_activate_action (widget, "win.open-dialog", "(ss)", "registry",
                              get_id (DW_REGISTRY_ROW (widget)));
}

static void
copy_address (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget),
                          dw_registry_get_url (DW_REGISTRY_ROW (widget)->registry));
  gtk_widget_activate_action (widget, "win.announce", "s", _ ("Address copied"));
}

static void
copy_problem (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget),
                          gtk_label_get_label (DW_REGISTRY_ROW (widget)->problem_label));
  gtk_widget_activate_action (widget, "win.announce", "s", _ ("Details copied"));
}

static void
remove_registry (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwRegistryRow *self = DW_REGISTRY_ROW (widget);

  dw_registry_removal_begin (widget, dw_session_get_registry_access (self->session),
                             self->registry);
}

/* --- The class ----------------------------------------------------------------------------------
 */

static void
dw_registry_row_map (GtkWidget *widget)
{
  DwRegistryRow *self = DW_REGISTRY_ROW (widget);

  GTK_WIDGET_CLASS (dw_registry_row_parent_class)->map (widget);

  show_checked (self);
  self->age_source = g_timeout_add_seconds (AGE_INTERVAL_S, on_age, self);
}

static void
dw_registry_row_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&DW_REGISTRY_ROW (widget)->age_source, g_source_remove);

  GTK_WIDGET_CLASS (dw_registry_row_parent_class)->unmap (widget);
}

/* The watcher's list is short, and made anew with its plan. */
static void
follow_watched (DwRegistryRow *self)
{
  DwWatcher *watcher = dw_session_get_watcher (self->session);
  GListModel *list = watcher != NULL ? dw_watcher_get_registries (watcher) : NULL;
  g_autoptr (DwWatchedRegistry) found = NULL;

  for (guint i = 0; list != NULL && found == NULL && i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (DwWatchedRegistry) watched = g_list_model_get_item (list, i);

      if (g_str_equal (dw_watched_registry_get_key (watched), get_id (self)))
        found = g_steal_pointer (&watched);
    }
  if (found == self->watched)
    return;

  if (self->watched != NULL)
    g_signal_handlers_disconnect_by_func (self->watched, on_watched_changed, self);
  g_set_object (&self->watched, found);
  if (found != NULL)
    g_signal_connect_object (found, "notify", G_CALLBACK (on_watched_changed), self,
                             G_CONNECT_SWAPPED);
  on_watched_changed (self);
}

static void
dw_registry_row_dispose (GObject *object)
{
  DwRegistryRow *self = DW_REGISTRY_ROW (object);

  g_cancellable_cancel (self->checking);
  g_clear_handle_id (&self->spinner_source, g_source_remove);
  g_clear_handle_id (&self->age_source, g_source_remove);
  if (self->watched != NULL)
    g_signal_handlers_disconnect_by_func (self->watched, on_watched_changed, self);
  g_clear_object (&self->watched);
  g_clear_object (&self->checking);
  g_clear_object (&self->registry);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (dw_registry_row_parent_class)->dispose (object);
}

static void
dw_registry_row_class_init (DwRegistryRowClass *klass)
{
  static const struct
  {
    const char *name;
    GtkWidgetActionActivateFunc activate;
  } actions[] = {
    { "registry.browse", browse },
    { "registry.check", check },
    { "registry.cancel", cancel },
    { "registry.edit", edit },
    { "registry.remove", remove_registry },
    { "registry.copy-address", copy_address },
    { "registry.copy-problem", copy_problem },
  };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = dw_registry_row_dispose;
  widget_class->map = dw_registry_row_map;
  widget_class->unmap = dw_registry_row_unmap;

  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-registry-row.ui");
  gtk_widget_class_bind_template_child (widget_class, DwRegistryRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, DwRegistryRow, address_label);
  gtk_widget_class_bind_template_child (widget_class, DwRegistryRow, state_label);
  gtk_widget_class_bind_template_child (widget_class, DwRegistryRow, checked_label);
  gtk_widget_class_bind_template_child (widget_class, DwRegistryRow, problem_box);
  gtk_widget_class_bind_template_child (widget_class, DwRegistryRow, problem_label);
  gtk_widget_class_bind_template_child (widget_class, DwRegistryRow, enabled_switch);
  gtk_widget_class_bind_template_child (widget_class, DwRegistryRow, check_stack);
  gtk_widget_class_bind_template_child (widget_class, DwRegistryRow, spinner);
  gtk_widget_class_bind_template_callback (widget_class, on_query_tooltip);
  gtk_widget_class_bind_template_callback (widget_class, on_state_set);
  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i].name, NULL, actions[i].activate);
}

static void
dw_registry_row_init (DwRegistryRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * dw_registry_row_new:
 * @session: what the window works with
 * @registry: the registry of the session's live list
 *
 * Returns: (transfer floating): a row that follows @registry
 */
DwRegistryRow *
dw_registry_row_new (DwSession *session, DwRegistry *registry)
{
  DwRegistryRow *self = g_object_new (DW_TYPE_REGISTRY_ROW, NULL);

  self->session = g_object_ref (session);
  self->registry = g_object_ref (registry);
  g_signal_connect_object (registry, "notify", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  show (self);
  if (dw_session_get_watcher (session) != NULL)
    g_signal_connect_object (dw_watcher_get_registries (dw_session_get_watcher (session)),
                             "items-changed", G_CALLBACK (follow_watched), self, G_CONNECT_SWAPPED);
  follow_watched (self);

  return self;
}

/* Returns: (transfer none): what the row is about */
DwRegistry *
dw_registry_row_get_registry (DwRegistryRow *self)
{
  g_return_val_if_fail (DW_IS_REGISTRY_ROW (self), NULL);

  return self->registry;
}
