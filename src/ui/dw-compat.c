/* dw-compat.c: what newer versions of GTK and libadwaita have another widget or function for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each function stands for one dialog or request, and makes it with what the library at hand
 * prefers. What folds the window is in dw-shell.c, what every other dialog is made of in
 * dw-dialog.c.
 */

#include "config.h"

#include "ui/dw-compat.h"

#include <glib/gi18n.h>

/**
 * dw_compat_present_about:
 * @parent: (nullable): the window to show it over
 *
 * Shows what the program is, who made it and under which licence.
 */
void
dw_compat_present_about (GtkWindow *parent)
{
  static const char *const developers[] = { "Alexei", NULL };

#if ADW_CHECK_VERSION(1, 5, 0)
  AdwAboutDialog *about = ADW_ABOUT_DIALOG (adw_about_dialog_new ());
#else
  AdwAboutWindow *about = ADW_ABOUT_WINDOW (adw_about_window_new ());
#endif

  g_object_set (about,
                /* Translators: the name of the program */
                "application-name", _ ("Docker Watcher"), "application-icon", DW_APPLICATION_ID,
                "version", DW_VERSION, "developer-name", "Alexei", "developers", developers,
                "copyright", "© 2026 Alexei", "license-type", GTK_LICENSE_GPL_3_0, "comments",
                _ ("Deploys new container images as they are pushed, and moves traffic only to "
                   "healthy containers"),
                "website", "https://github.com/alexei/DockerWatcher", "issue-url",
                "https://github.com/alexei/DockerWatcher/issues", "translator-credits",
                /* Translators: your names, one a line; they are shown in the about dialog */
                _ ("translator-credits"), NULL);

#if ADW_CHECK_VERSION(1, 5, 0)
  adw_dialog_present (ADW_DIALOG (about), parent != NULL ? GTK_WIDGET (parent) : NULL);
#else
  gtk_window_set_transient_for (GTK_WINDOW (about), parent);
  gtk_window_set_modal (GTK_WINDOW (about), parent != NULL);
  gtk_window_present (GTK_WINDOW (about));
#endif
}

/* --- To confirm, and to read --------------------------------------------------------------------
 */

#define RESPONSE_ACCEPT "accept"
#define RESPONSE_CANCEL "cancel"
#define RESPONSE_COPY "copy"

#if ADW_CHECK_VERSION(1, 5, 0)
typedef AdwAlertDialog Alert;
#define ALERT(object) ADW_ALERT_DIALOG (object)
#define alert_new(heading, body) ADW_ALERT_DIALOG (adw_alert_dialog_new (heading, body))
#define alert_add_response adw_alert_dialog_add_response
#define alert_set_response_appearance adw_alert_dialog_set_response_appearance
#define alert_set_default_response adw_alert_dialog_set_default_response
#define alert_set_close_response adw_alert_dialog_set_close_response
#define alert_set_extra_child adw_alert_dialog_set_extra_child

/* An alert has its heading twice, in one line and in several, and asks the first how high it is
 * where it does not fit, of which GTK since 4.18 warns. One that can be cut fits everywhere, and
 * the other is shown all the same. */
static void
let_heading_be_cut (GtkWidget *widget, const char *heading)
{
  GtkLabel *label = GTK_IS_LABEL (widget) ? GTK_LABEL (widget) : NULL;

  if (label != NULL && !gtk_label_get_wrap (label) &&
      g_strcmp0 (gtk_label_get_label (label), heading) == 0)
    gtk_label_set_ellipsize (label, PANGO_ELLIPSIZE_END);

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    let_heading_be_cut (child, heading);
}

static void
alert_show (Alert *alert, GtkWidget *over)
{
  let_heading_be_cut (adw_dialog_get_child (ADW_DIALOG (alert)),
                      adw_alert_dialog_get_heading (alert));
  adw_dialog_present (ADW_DIALOG (alert), over);
}
#else
typedef AdwMessageDialog Alert;
#define ALERT(object) ADW_MESSAGE_DIALOG (object)
#define alert_new(heading, body) ADW_MESSAGE_DIALOG (adw_message_dialog_new (NULL, heading, body))
#define alert_add_response adw_message_dialog_add_response
#define alert_set_response_appearance adw_message_dialog_set_response_appearance
#define alert_set_default_response adw_message_dialog_set_default_response
#define alert_set_close_response adw_message_dialog_set_close_response
#define alert_set_extra_child adw_message_dialog_set_extra_child

static void
alert_show (Alert *alert, GtkWidget *over)
{
  gtk_window_set_transient_for (GTK_WINDOW (alert), GTK_WINDOW (gtk_widget_get_root (over)));
  gtk_window_set_modal (GTK_WINDOW (alert), TRUE);
  gtk_window_present (GTK_WINDOW (alert));
}
#endif

static void
answer (gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  g_task_return_boolean (task, GPOINTER_TO_INT (g_task_get_task_data (task)));
}

/* Whoever asked may close what the alert stands over, which has to be gone before that. */
static void
on_confirmed (Alert *alert, const char *response, GTask *task)
{
  g_task_set_task_data (task, GINT_TO_POINTER (g_str_equal (response, RESPONSE_ACCEPT)), NULL);
  g_idle_add_once (answer, task);
}

/**
 * dw_compat_confirm_async:
 * @over: a widget of the window to ask over
 * @heading: the question
 * @body: (nullable): what will happen
 * @extra: (transfer floating) (nullable): more of it, or a choice
 * @accept_label: what the button says that does it, with a mnemonic
 * @is_destructive: whether it cannot be undone
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Asks before something is done. Main thread.
 */
void
dw_compat_confirm_async (GtkWidget *over,
                         const char *heading,
                         const char *body,
                         GtkWidget *extra,
                         const char *accept_label,
                         gboolean is_destructive,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (over, NULL, callback, user_data);
  Alert *alert = alert_new (heading, body);

  g_task_set_source_tag (task, dw_compat_confirm_async);
  alert_add_response (alert, RESPONSE_CANCEL, _ ("_Cancel"));
  alert_add_response (alert, RESPONSE_ACCEPT, accept_label);
  alert_set_response_appearance (
      alert, RESPONSE_ACCEPT, is_destructive ? ADW_RESPONSE_DESTRUCTIVE : ADW_RESPONSE_SUGGESTED);
  /* What cannot be undone is not done by an Enter too many. */
  alert_set_default_response (alert, is_destructive ? RESPONSE_CANCEL : RESPONSE_ACCEPT);
  alert_set_close_response (alert, RESPONSE_CANCEL);
  if (extra != NULL)
    alert_set_extra_child (alert, extra);
  g_signal_connect (alert, "response", G_CALLBACK (on_confirmed), g_steal_pointer (&task));
  alert_show (alert, over);
}

/* Returns: whether it is to be done */
gboolean
dw_compat_confirm_finish (GAsyncResult *result)
{
  return g_task_propagate_boolean (G_TASK (result), NULL);
}

static void
on_details_response (Alert *alert, const char *response, char *details)
{
  if (g_str_equal (response, RESPONSE_COPY))
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (alert)), details);
}

/**
 * dw_compat_show_details:
 * @over: a widget of the window to show it over
 * @heading: what happened
 * @details: the whole of it, with what to do
 *
 * Shows a problem until it is read, and lets it be copied. Main thread.
 */
void
dw_compat_show_details (GtkWidget *over, const char *heading, const char *details)
{
  Alert *alert = alert_new (heading, NULL);
  GtkWidget *label = gtk_label_new (details);
  GtkWidget *scroller = gtk_scrolled_window_new ();

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), 300);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), label);
  alert_set_extra_child (alert, scroller);

  alert_add_response (alert, RESPONSE_COPY, _ ("Copy _Details"));
  alert_add_response (alert, RESPONSE_CANCEL, _ ("_Close"));
  alert_set_default_response (alert, RESPONSE_CANCEL);
  alert_set_close_response (alert, RESPONSE_CANCEL);
  g_signal_connect_data (alert, "response", G_CALLBACK (on_details_response), g_strdup (details),
                         (GClosureNotify) (void (*) (void)) g_free, 0);
  alert_show (alert, over);
}

/* --- Files --------------------------------------------------------------------------------------
 */

#if GTK_CHECK_VERSION(4, 10, 0)

static void
on_file_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GtkFileDialog *dialog = GTK_FILE_DIALOG (source);
  gboolean is_save = GPOINTER_TO_INT (g_task_get_task_data (task));
  /* The only errors are that nobody chose one. */
  g_autoptr (GFile) file = is_save ? gtk_file_dialog_save_finish (dialog, result, NULL)
                                   : gtk_file_dialog_open_finish (dialog, result, NULL);

  g_task_return_pointer (task, g_steal_pointer (&file), g_object_unref);
}

static void
choose_file (GtkWindow *window,
             const char *title,
             gboolean is_save,
             const char *initial_name,
             GtkFileFilter *filter,
             GTask *task)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (dialog, title);
  gtk_file_dialog_set_default_filter (dialog, filter);
  if (is_save)
    gtk_file_dialog_set_initial_name (dialog, initial_name);
  g_task_set_task_data (task, GINT_TO_POINTER (is_save), NULL);
  if (is_save)
    gtk_file_dialog_save (dialog, window, NULL, on_file_chosen, task);
  else
    gtk_file_dialog_open (dialog, window, NULL, on_file_chosen, task);
}

#else

static void
on_file_chosen (GtkNativeDialog *dialog, int response, GTask *task)
{
  GFile *file = response == GTK_RESPONSE_ACCEPT
                    ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog))
                    : NULL;

  g_task_return_pointer (task, file, g_object_unref);
  g_object_unref (task);
  g_object_unref (dialog);
}

static void
choose_file (GtkWindow *window,
             const char *title,
             gboolean is_save,
             const char *initial_name,
             GtkFileFilter *filter,
             GTask *task)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      title, window, is_save ? GTK_FILE_CHOOSER_ACTION_SAVE : GTK_FILE_CHOOSER_ACTION_OPEN, NULL,
      NULL);

  if (is_save)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), initial_name);
  if (filter != NULL)
    gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", G_CALLBACK (on_file_chosen), task);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

#endif

/**
 * dw_compat_choose_file_async:
 * @over: a widget of the window to ask over
 * @title: what the file is for
 * @is_save: whether it will be written
 * @initial_name: (nullable): what it is called, if it will be written
 * @filter: (nullable): which files are offered
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Asks for a file, through the portal where there is one. Main thread.
 */
void
dw_compat_choose_file_async (GtkWidget *over,
                             const char *title,
                             gboolean is_save,
                             const char *initial_name,
                             GtkFileFilter *filter,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = g_task_new (over, NULL, callback, user_data);

  g_task_set_source_tag (task, dw_compat_choose_file_async);
  choose_file (GTK_WINDOW (gtk_widget_get_root (over)), title, is_save, initial_name, filter, task);
}

/* Returns: (transfer full) (nullable): the file; %NULL when none was chosen */
GFile *
dw_compat_choose_file_finish (GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}

/* --- Addresses ----------------------------------------------------------------------------------
 */

/**
 * dw_compat_open_uri:
 * @over: a widget of the window that asks
 * @uri: an address
 *
 * Opens it with what the person has for it, through the portal where there is one. Main thread.
 */
void
dw_compat_open_uri (GtkWidget *over, const char *uri)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (over));

#if GTK_CHECK_VERSION(4, 10, 0)
  g_autoptr (GtkUriLauncher) launcher = gtk_uri_launcher_new (uri);

  gtk_uri_launcher_launch (launcher, window, NULL, NULL, NULL);
#else
  gtk_show_uri (window, uri, GDK_CURRENT_TIME);
#endif
}

/* --- Names --------------------------------------------------------------------------------------
 */

/**
 * dw_compat_let_shrink:
 * @button: a button that has its label already
 *
 * Lets it be narrower than its label, which then ends with dots. Main thread.
 */
void
dw_compat_let_shrink (GtkButton *button)
{
  g_return_if_fail (GTK_IS_BUTTON (button));

#if GTK_CHECK_VERSION(4, 12, 0)
  gtk_button_set_can_shrink (button, TRUE);
#else
  GtkWidget *label = gtk_button_get_child (button);

  if (GTK_IS_LABEL (label))
    gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
#endif
}

/**
 * dw_compat_announce:
 * @widget: what it is about
 * @words: what has happened
 *
 * Has a screen reader say it when it has said the rest. Before GTK 4.14 nothing can be said, and a
 * reader follows the widget itself, by its role. Main thread.
 */
void
dw_compat_announce (GtkWidget *widget, const char *words)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));

#if GTK_CHECK_VERSION(4, 14, 0)
  gtk_accessible_announce (GTK_ACCESSIBLE (widget), words,
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
#else
  (void) words;
#endif
}

/**
 * dw_compat_set_accessible_name:
 * @widget: a widget, whose label on the screen may be another one
 * @name: what it is called for who does not see where it stands
 *
 * Names it for accessibility. Since GTK 4.10 a button says itself that it is labelled by what is
 * written on it, and that counts for more than a name. Main thread.
 */
void
dw_compat_set_accessible_name (GtkWidget *widget, const char *name)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));

  gtk_accessible_reset_relation (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}
