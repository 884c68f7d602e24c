/* dw-logs-dialog.c: what a stage's container writes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It follows the stage: when another container takes the place of the one that is shown, or the
 * same one starts again, it is read.
 */

#include "config.h"

#include "ui/dw-logs-dialog.h"

#include <glib/gi18n.h>
#include <string.h>

#include "deploy/dw-stage-status.h"
#include "ui/dw-compat.h"
#include "ui/dw-log-feed.h"
#include "ui/dw-row-name.h"

/* As much of a line as a row lays out; it is copied and saved whole. */
#define SHOWN_BYTES 4096

struct _DwLogsDialog
{
  DwDialog parent_instance;

  DwLogFeed *feed;
  DwStageStatus *status; /* nullable: the stage is gone */
  gboolean is_wrapped;
  gboolean is_following; /* the last line is kept in view */
  guint scroll_source;   /* until it is in view */

  GtkToggleButton *pause_button;
  GtkToggleButton *wrap_button;
  GtkSearchEntry *search_entry;
  GtkStack *stack;
  GtkScrolledWindow *scroller;
  GtkListView *list_view;
  GtkMultiSelection *selection;
  GtkFilterListModel *filtered;
  GtkStringFilter *filter;
  GtkLabel *state_label;
  GtkWidget *again_button;
};

G_DEFINE_FINAL_TYPE (DwLogsDialog, dw_logs_dialog, DW_TYPE_DIALOG)

/* --- The lines ----------------------------------------------------------------------------------
 */

static void
wrap_row (DwLogsDialog *self, GtkWidget *label)
{
  gtk_label_set_wrap (GTK_LABEL (label), self->is_wrapped);
  gtk_label_set_ellipsize (GTK_LABEL (label),
                           self->is_wrapped ? PANGO_ELLIPSIZE_NONE : PANGO_ELLIPSIZE_END);
}

static void
on_setup_item (DwLogsDialog *self, GtkListItem *item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_list_item_set_child (item, label);
}

static void
on_bind_item (DwLogsDialog *self, GtkListItem *item)
{
  static const char *const output[] = { "log-line", NULL };
  static const char *const error_output[] = { "log-line", "error-output", NULL };
  GtkWidget *label = gtk_list_item_get_child (item);
  DwLogLine *line = gtk_list_item_get_item (item);
  const char *text = dw_log_line_get_text (line);
  g_autofree char *start = NULL;

  if (dw_log_line_get_size (line) > SHOWN_BYTES)
    {
      const char *end = g_utf8_find_prev_char (text, text + SHOWN_BYTES);

      start = g_strndup (text, (gsize) (end - text));
    }

  wrap_row (self, label);
  gtk_label_set_label (GTK_LABEL (label), start != NULL ? start : text);
  dw_row_name_set (label, start != NULL ? start : text);
  gtk_widget_set_css_classes (
      label, (const char **) (dw_log_line_is_stderr (line) ? error_output : output));
  gtk_widget_set_tooltip_text (label,
                               dw_log_line_is_stderr (line) ? _ ("Of the error output") : NULL);
}

static gboolean
is_at_end (DwLogsDialog *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);

  return gtk_adjustment_get_value (adjustment) + gtk_adjustment_get_page_size (adjustment) >=
         gtk_adjustment_get_upper (adjustment) - 40;
}

static gboolean
scroll_to_end (gpointer user_data)
{
  DwLogsDialog *self = user_data;
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);

  self->scroll_source = 0;
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment) -
                                            gtk_adjustment_get_page_size (adjustment));

  return G_SOURCE_REMOVE;
}

/* Only when the lines have been laid out is it known where the end is. */
static void
follow (DwLogsDialog *self)
{
  if (self->is_following && self->scroll_source == 0)
    self->scroll_source = g_idle_add_full (GDK_PRIORITY_REDRAW + 10, scroll_to_end, self, NULL);
}

/* Who scrolls up reads on undisturbed; who comes to the end again stays there. What the list itself
 * does to the position, as lines come and go, says nothing of what a person wants. */
static gboolean
on_scroll (DwLogsDialog *self, double x, double y)
{
  if (y < 0)
    self->is_following = FALSE;
  else if (y > 0)
    self->is_following = is_at_end (self);

  return GDK_EVENT_PROPAGATE;
}

static gboolean
on_key (DwLogsDialog *self, guint key)
{
  if (key == GDK_KEY_Up || key == GDK_KEY_Page_Up || key == GDK_KEY_Home)
    self->is_following = FALSE;
  else if (key == GDK_KEY_End)
    self->is_following = TRUE;

  return GDK_EVENT_PROPAGATE;
}

static void
on_edge_reached (DwLogsDialog *self, GtkPositionType position)
{
  if (position == GTK_POS_BOTTOM)
    self->is_following = TRUE;
}

static void
on_lines_changed (DwLogsDialog *self, guint position, guint n_removed, guint n_added)
{
  gboolean is_empty = g_list_model_get_n_items (G_LIST_MODEL (self->selection)) == 0;

  gtk_stack_set_visible_child_name (self->stack, is_empty ? "empty" : "lines");
  follow (self);
}

static void
on_search_changed (DwLogsDialog *self)
{
  gtk_string_filter_set_search (self->filter,
                                gtk_editable_get_text (GTK_EDITABLE (self->search_entry)));
}

static void
on_wrap_toggled (DwLogsDialog *self)
{
  GtkSelectionModel *model = GTK_SELECTION_MODEL (g_object_ref (self->selection));

  self->is_wrapped = gtk_toggle_button_get_active (self->wrap_button);
  /* Every row is laid out anew. */
  gtk_list_view_set_model (self->list_view, NULL);
  gtk_list_view_set_model (self->list_view, model);
  g_object_unref (model);
  follow (self);
}

/* --- What is taken out of it --------------------------------------------------------------------
 */

static char *
join (GListModel *lines, GtkBitset *chosen)
{
  GString *text = g_string_new (NULL);
  guint n = g_list_model_get_n_items (lines);

  for (guint i = 0; i < n; i++)
    {
      if (chosen != NULL && !gtk_bitset_contains (chosen, i))
        continue;

      g_autoptr (DwLogLine) line = g_list_model_get_item (lines, i);
      g_string_append_len (text, dw_log_line_get_text (line), (gssize) dw_log_line_get_size (line));
      g_string_append_c (text, '\n');
    }

  return g_string_free (text, FALSE);
}

/* The lines that are selected, or else all that show. */
static void
copy (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwLogsDialog *self = DW_LOGS_DIALOG (widget);
  g_autoptr (GtkBitset)
      selected = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  g_autofree char *text = join (G_LIST_MODEL (self->selection),
                                gtk_bitset_is_empty (selected) ? NULL : selected);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (DwLogsDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!g_file_replace_contents_finish (G_FILE (source), result, NULL, &error) &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    dw_dialog_set_problem (DW_DIALOG (self), error->message);
}

static void
on_file_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwLogsDialog *self = DW_LOGS_DIALOG (source);
  g_autoptr (GFile) file = dw_compat_choose_file_finish (result);
  g_autoptr (GBytes) bytes = NULL;
  char *text;

  if (file == NULL)
    return;

  text = join (dw_log_feed_get_lines (self->feed), NULL);
  bytes = g_bytes_new_take (text, strlen (text));
  dw_dialog_set_problem (DW_DIALOG (self), NULL);
  g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_NONE,
                                       dw_dialog_get_cancellable (DW_DIALOG (self)), on_saved,
                                       g_object_ref (self));
}

static void
save (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwLogsDialog *self = DW_LOGS_DIALOG (widget);
  DwInstance *instance = self->status != NULL ? dw_stage_status_get_instance (self->status) : NULL;
  const char *name = instance != NULL ? dw_instance_get_container_name (instance) : NULL;
  g_autofree char *file_name = g_strconcat (name != NULL ? name : "container", ".log", NULL);

  dw_compat_choose_file_async (widget, _ ("Save Logs"), TRUE, file_name, NULL, on_file_chosen,
                               NULL);
}

/* --- The stage ----------------------------------------------------------------------------------
 */

static void
show_state (DwLogsDialog *self)
{
  DwInstance *instance = self->status != NULL ? dw_stage_status_get_instance (self->status) : NULL;
  const char *name = instance != NULL ? dw_instance_get_container_name (instance) : NULL;
  const char *tag = instance != NULL ? dw_instance_get_tag (instance) : NULL;
  g_autofree char *shown = g_strdup_printf ("%s%s%s", name != NULL ? name : "",
                                            tag != NULL ? " · " : "", tag != NULL ? tag : "");
  g_autofree char *text = NULL;

  if (dw_log_feed_is_reading (self->feed))
    text = g_strdup (shown);
  else if (dw_log_feed_get_problem (self->feed) == NULL)
    /* Translators: %s is the name of a container, and its tag */
    text = g_strdup_printf (_ ("%s has ended"), shown);
  gtk_label_set_label (self->state_label, text != NULL ? text : shown);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->state_label), text != NULL ? text : shown);
  gtk_widget_set_visible (self->again_button, !dw_log_feed_is_reading (self->feed));
  dw_dialog_set_problem (DW_DIALOG (self), dw_log_feed_get_problem (self->feed));
}

static void
read_logs (DwLogsDialog *self)
{
  DwDeployer *deployer = dw_session_get_deployer (dw_dialog_get_session (DW_DIALOG (self)));

  if (deployer != NULL)
    dw_log_feed_start (self->feed, deployer, dw_dialog_get_item_id (DW_DIALOG (self)));
}

static void
on_status_changed (DwLogsDialog *self)
{
  if (!dw_log_feed_is_reading (self->feed) &&
      dw_stage_status_get_condition (self->status) == DW_STAGE_RUNNING)
    read_logs (self);
  show_state (self);
}

static void
on_again_clicked (DwLogsDialog *self)
{
  read_logs (self);
}

static void
dw_logs_dialog_constructed (GObject *object)
{
  DwLogsDialog *self = DW_LOGS_DIALOG (object);
  DwSession *session = dw_dialog_get_session (DW_DIALOG (self));
  g_autoptr (DwStage) stage = NULL;

  G_OBJECT_CLASS (dw_logs_dialog_parent_class)->constructed (object);

  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (self->scroller), "changed",
                           G_CALLBACK (follow), self, G_CONNECT_SWAPPED);
  stage = dw_session_find_stage (session, dw_dialog_get_item_id (DW_DIALOG (self)));
  g_signal_connect_object (self->feed, "notify", G_CALLBACK (show_state), self, G_CONNECT_SWAPPED);
  if (stage != NULL)
    {
      /* Translators: %s is the name of a stage */
      g_autofree char *title = g_strdup_printf (_ ("Logs of %s"), dw_stage_get_name (stage));

      dw_dialog_set_title (DW_DIALOG (self), title);
      self->status = dw_stage_status_new (dw_session_get_store (session), stage,
                                          dw_session_get_engine_status (session));
      g_signal_connect_object (self->status, "notify::instance", G_CALLBACK (on_status_changed),
                               self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->status, "notify::condition", G_CALLBACK (on_status_changed),
                               self, G_CONNECT_SWAPPED);
    }
  read_logs (self);
}

static void
dw_logs_dialog_dispose (GObject *object)
{
  DwLogsDialog *self = DW_LOGS_DIALOG (object);

  self->is_following = FALSE;
  g_clear_handle_id (&self->scroll_source, g_source_remove);
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_func (self->selection, on_lines_changed, self);
  if (self->feed != NULL)
    {
      g_signal_handlers_disconnect_by_func (self->feed, show_state, self);
      dw_log_feed_stop (self->feed);
    }
  g_clear_object (&self->feed);
  g_clear_object (&self->status);

  G_OBJECT_CLASS (dw_logs_dialog_parent_class)->dispose (object);
}

static void
dw_logs_dialog_class_init (DwLogsDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = dw_logs_dialog_constructed;
  object_class->dispose = dw_logs_dialog_dispose;

  g_type_ensure (DW_TYPE_LOG_LINE);
  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-logs-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, DwLogsDialog, pause_button);
  gtk_widget_class_bind_template_child (widget_class, DwLogsDialog, wrap_button);
  gtk_widget_class_bind_template_child (widget_class, DwLogsDialog, search_entry);
  gtk_widget_class_bind_template_child (widget_class, DwLogsDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, DwLogsDialog, scroller);
  gtk_widget_class_bind_template_child (widget_class, DwLogsDialog, list_view);
  gtk_widget_class_bind_template_child (widget_class, DwLogsDialog, selection);
  gtk_widget_class_bind_template_child (widget_class, DwLogsDialog, filtered);
  gtk_widget_class_bind_template_child (widget_class, DwLogsDialog, filter);
  gtk_widget_class_bind_template_child (widget_class, DwLogsDialog, state_label);
  gtk_widget_class_bind_template_child (widget_class, DwLogsDialog, again_button);
  gtk_widget_class_bind_template_callback (widget_class, on_setup_item);
  gtk_widget_class_bind_template_callback (widget_class, on_bind_item);
  gtk_widget_class_bind_template_callback (widget_class, on_scroll);
  gtk_widget_class_bind_template_callback (widget_class, on_key);
  gtk_widget_class_bind_template_callback (widget_class, on_edge_reached);
  gtk_widget_class_bind_template_callback (widget_class, on_lines_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_wrap_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_again_clicked);

  gtk_widget_class_install_action (widget_class, "logs.copy", NULL, copy);
  gtk_widget_class_install_action (widget_class, "logs.save", NULL, save);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "logs.save",
                                       NULL);
}

static void
dw_logs_dialog_init (DwLogsDialog *self)
{
  self->feed = dw_log_feed_new ();
  self->is_following = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  g_object_bind_property (self->pause_button, "active", self->feed, "paused", G_BINDING_DEFAULT);
  gtk_filter_list_model_set_model (self->filtered, dw_log_feed_get_lines (self->feed));
}
