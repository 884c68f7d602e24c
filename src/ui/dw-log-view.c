/* dw-log-view.c: the log of a deploy
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A windowed list, so that a log of any length costs the same. While the deploy runs it follows the
 * last line, unless a person looks further up.
 */

#include "config.h"

#include "ui/dw-log-view.h"

#include <glib/gi18n.h>

#include "ui/dw-compat.h"
#include "ui/dw-log-row.h"
#include "ui/dw-log-text.h"
#include "ui/dw-window-state.h"

#define ALL_ABOVE_DEBUG                                                                            \
  (DW_STORE_BIT (DW_LOG_INFO) | DW_STORE_BIT (DW_LOG_WARNING) | DW_STORE_BIT (DW_LOG_ERROR))

struct _DwLogView
{
  AdwBin parent_instance;

  DwStore *store;     /* nullable: no log is shown */
  char *deploy_id;    /* nullable */
  DwStoreWindow *log; /* nullable */
  GtkMultiSelection *selection;
  GCancellable *cancellable; /* of copying and saving */
  GSettings *state;          /* nullable */
  gboolean is_narrow;
  gboolean is_running;

  GtkOrientable *tools;
  GtkDropDown *level_down;
  GtkSearchEntry *search_entry;
  GtkToggleButton *wrap_button;
  GtkToggleButton *follow_button;
  GtkStack *stack;
  GtkListView *list_view;
};

enum
{
  PROP_NARROW = 1,
  PROP_RUNNING,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (DwLogView, dw_log_view, ADW_TYPE_BIN)

/* What the choices of the drop-down show, in their order. */
static const guint level_bits[] = {
  0,
  ALL_ABOVE_DEBUG,
  DW_STORE_BIT (DW_LOG_WARNING) | DW_STORE_BIT (DW_LOG_ERROR),
  DW_STORE_BIT (DW_LOG_ERROR),
};

static guint
get_n_lines (DwLogView *self)
{
  return self->log != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->log)) : 0;
}

static void
show_page (DwLogView *self)
{
  const char *name = "lines";
  gboolean is_filtered = gtk_drop_down_get_selected (self->level_down) > 0 ||
                         *gtk_editable_get_text (GTK_EDITABLE (self->search_entry)) != '\0';

  if (get_n_lines (self) == 0)
    {
      if (self->log == NULL || !dw_store_window_is_complete (self->log))
        name = "loading";
      else
        name = is_filtered ? "nothing-found" : "empty";
    }
  gtk_stack_set_visible_child_name (self->stack, name);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "log.copy", get_n_lines (self) > 0);
}

static void
scroll_to_end (DwLogView *self)
{
  guint n = get_n_lines (self);

  if (n > 0)
    gtk_widget_activate_action (GTK_WIDGET (self->list_view), "list.scroll-to-item", "u", n - 1);
}

static void
on_lines_changed (DwLogView *self)
{
  if (self->is_running && gtk_toggle_button_get_active (self->follow_button))
    scroll_to_end (self);
  show_page (self);
}

static void
on_follow_toggled (DwLogView *self)
{
  if (gtk_toggle_button_get_active (self->follow_button))
    scroll_to_end (self);
}

/* A person who scrolls up wants to read there. */
static gboolean
on_scroll (DwLogView *self, double dx, double dy)
{
  if (dy < 0)
    gtk_toggle_button_set_active (self->follow_button, FALSE);

  return GDK_EVENT_PROPAGATE;
}

static void
set_filter (DwLogView *self)
{
  guint level = gtk_drop_down_get_selected (self->level_down);
  DwStoreFilter filter = {
    .levels = level < G_N_ELEMENTS (level_bits) ? level_bits[level] : 0,
    .text = gtk_editable_get_text (GTK_EDITABLE (self->search_entry)),
  };

  if (self->log == NULL)
    return;

  dw_store_window_set_filter (self->log, &filter);
  show_page (self);
}

static void
on_setup_row (DwLogView *self, GtkListItem *item)
{
  GtkWidget *row = g_object_new (DW_TYPE_LOG_ROW, NULL);

  g_object_bind_property (self->wrap_button, "active", row, "wrap", G_BINDING_SYNC_CREATE);
  g_object_bind_property (self, "narrow", row, "narrow", G_BINDING_SYNC_CREATE);
  g_object_bind_property (self->search_entry, "text", row, "highlight", G_BINDING_SYNC_CREATE);
  gtk_list_item_set_child (item, row);
}

static void
on_bind_row (DwLogView *self, GtkListItem *item)
{
  dw_log_row_set_row (DW_LOG_ROW (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
}

static void
on_unbind_row (DwLogView *self, GtkListItem *item)
{
  dw_log_row_set_row (DW_LOG_ROW (gtk_list_item_get_child (item)), NULL);
}

static void
announce (DwLogView *self, gboolean is_problem, const char *text)
{
  gtk_widget_activate_action (GTK_WIDGET (self),
                              is_problem ? "win.announce-problem" : "win.announce", "s", text);
}

static void
on_copied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwLogView *self = DW_LOG_VIEW (source);
  g_autoptr (GError) error = NULL;
  guint n_lines = 0;
  g_autofree char *text = dw_log_text_copy_finish (result, &n_lines, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (text == NULL)
    {
      announce (self, TRUE, error->message);
      return;
    }

  g_autofree char *done = g_strdup_printf (ngettext ("%u line copied", "%u lines copied", n_lines),
                                           n_lines);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  announce (self, FALSE, done);
}

/* What is selected, or all that is shown. */
static void
copy (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwLogView *self = DW_LOG_VIEW (widget);
  g_autoptr (GtkBitset)
      places = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));

  dw_log_text_copy_async (
      widget, self->store, self->deploy_id, dw_store_window_get_filter (self->log),
      gtk_bitset_is_empty (places) ? NULL : places, self->cancellable, on_copied, NULL);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwLogView *self = DW_LOG_VIEW (source);
  g_autofree char *name = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_saved = dw_log_text_save_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_autofree char *text = is_saved
                              /* Translators: %s is a file's name */
                              ? g_strdup_printf (_ ("Saved to “%s”"), name)
                              /* Translators: a file's name, and why */
                              : g_strdup_printf (_ ("The log could not be saved to “%s”: %s"), name,
                                                 error->message);
  announce (self, !is_saved, text);
}

static void
on_file_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwLogView *self = DW_LOG_VIEW (source);
  g_autoptr (GFile) file = dw_compat_choose_file_finish (result);

  if (file != NULL && self->deploy_id != NULL)
    dw_log_text_save_async (GTK_WIDGET (self), self->store, self->deploy_id, file,
                            self->cancellable, on_saved, g_file_get_basename (file));
}

static void
save (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwLogView *self = DW_LOG_VIEW (widget);
  g_autofree char *name = g_strdup_printf ("deploy-%.8s.log", self->deploy_id);

  dw_compat_choose_file_async (widget, _ ("Save the Log"), TRUE, name, NULL, on_file_chosen, NULL);
}

static void
clear (DwLogView *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->log != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->selection, self);
      g_signal_handlers_disconnect_by_data (self->log, self);
      gtk_list_view_set_model (self->list_view, NULL);
    }
  g_clear_object (&self->selection);
  g_clear_object (&self->log);
  g_clear_object (&self->store);
  g_clear_pointer (&self->deploy_id, g_free);
}

static void
dw_log_view_dispose (GObject *object)
{
  DwLogView *self = DW_LOG_VIEW (object);

  clear (self);
  g_clear_object (&self->state);

  G_OBJECT_CLASS (dw_log_view_parent_class)->dispose (object);
}

static void
dw_log_view_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  DwLogView *self = DW_LOG_VIEW (object);

  switch (property_id)
    {
    case PROP_NARROW:
      g_value_set_boolean (value, self->is_narrow);
      break;
    case PROP_RUNNING:
      g_value_set_boolean (value, self->is_running);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_log_view_set_property (GObject *object,
                          guint property_id,
                          const GValue *value,
                          GParamSpec *pspec)
{
  DwLogView *self = DW_LOG_VIEW (object);

  switch (property_id)
    {
    case PROP_NARROW:
      self->is_narrow = g_value_get_boolean (value);
      gtk_orientable_set_orientation (self->tools, self->is_narrow ? GTK_ORIENTATION_VERTICAL
                                                                   : GTK_ORIENTATION_HORIZONTAL);
      break;
    case PROP_RUNNING:
      if (self->is_running == g_value_get_boolean (value))
        return;
      self->is_running = g_value_get_boolean (value);
      gtk_widget_set_visible (GTK_WIDGET (self->follow_button), self->is_running);
      if (self->is_running)
        gtk_toggle_button_set_active (self->follow_button, TRUE);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      return;
    }
  g_object_notify_by_pspec (object, pspec);
}

static void
dw_log_view_class_init (DwLogViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = dw_log_view_dispose;
  object_class->get_property = dw_log_view_get_property;
  object_class->set_property = dw_log_view_set_property;

  properties[PROP_NARROW] = g_param_spec_boolean ("narrow", NULL, NULL, FALSE, flags);
  properties[PROP_RUNNING] = g_param_spec_boolean ("running", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-log-view.ui");
  gtk_widget_class_bind_template_child (widget_class, DwLogView, tools);
  gtk_widget_class_bind_template_child (widget_class, DwLogView, level_down);
  gtk_widget_class_bind_template_child (widget_class, DwLogView, search_entry);
  gtk_widget_class_bind_template_child (widget_class, DwLogView, wrap_button);
  gtk_widget_class_bind_template_child (widget_class, DwLogView, follow_button);
  gtk_widget_class_bind_template_child (widget_class, DwLogView, stack);
  gtk_widget_class_bind_template_child (widget_class, DwLogView, list_view);
  gtk_widget_class_bind_template_callback (widget_class, set_filter);
  gtk_widget_class_bind_template_callback (widget_class, on_follow_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_scroll);
  gtk_widget_class_bind_template_callback (widget_class, on_setup_row);
  gtk_widget_class_bind_template_callback (widget_class, on_bind_row);
  gtk_widget_class_bind_template_callback (widget_class, on_unbind_row);
  gtk_widget_class_install_action (widget_class, "log.copy", NULL, copy);
  gtk_widget_class_install_action (widget_class, "log.save", NULL, save);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "log.copy", NULL);
}

static void
dw_log_view_init (DwLogView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->state = dw_window_state_open ();
  if (self->state != NULL)
    g_settings_bind (self->state, "log-wraps", self->wrap_button, "active",
                     G_SETTINGS_BIND_DEFAULT);
}

/**
 * dw_log_view_show_deploy:
 * @self: a view
 * @store: the store
 * @deploy_id: (nullable): whose log; %NULL for none
 */
void
dw_log_view_show_deploy (DwLogView *self, DwStore *store, const char *deploy_id)
{
  g_return_if_fail (DW_IS_LOG_VIEW (self));

  if (g_strcmp0 (self->deploy_id, deploy_id) == 0)
    return;

  clear (self);
  self->cancellable = g_cancellable_new ();
  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
  gtk_drop_down_set_selected (self->level_down, 0);
  if (deploy_id == NULL)
    return;

  self->store = g_object_ref (store);
  self->deploy_id = g_strdup (deploy_id);
  self->log = dw_store_window_new_logs (store, deploy_id);
  self->selection = gtk_multi_selection_new (G_LIST_MODEL (g_object_ref (self->log)));
  gtk_list_view_set_model (self->list_view, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->selection, "items-changed", G_CALLBACK (on_lines_changed), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (self->log, "notify::complete", G_CALLBACK (show_page), self,
                           G_CONNECT_SWAPPED);
  show_page (self);
}

/* For who wants to search the log. */
void
dw_log_view_start_search (DwLogView *self)
{
  g_return_if_fail (DW_IS_LOG_VIEW (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}
