/* dw-dialog.c: what the dialogs of the window have in common
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A header with what cancels and what accepts, a place for the problem that keeps it from being
 * accepted, and a body. It is an AdwDialog where libadwaita has one (1.5), and a modal window where
 * it has not; nobody else has to know. The header and what is around the body are built from a file
 * that is no template, because the parent in a template is one and the same everywhere.
 */

#include "config.h"

#include "ui/dw-dialog.h"

#include <glib/gi18n.h>

#include "ui/dw-compat.h"

typedef struct
{
  DwSession *session;
  char *item_id;
  char *accept_label;
  char *problem;
  gboolean is_destructive;
  gboolean can_accept;
  gboolean is_busy;
  gboolean is_modified;
  gboolean is_asking;
  GtkWidget *over;  /* weak */
  GtkWidget *focus; /* weak: what had it before the dialog was busy */
  int width;
  int height;
  GCancellable *cancellable;
  guint spinner_source;

  GtkWidget *root; /* held, so that an answer which comes too late does no harm */
  AdwHeaderBar *header;
  GtkWidget *cancel_button;
  GtkWidget *accept_button;
  GtkSpinner *spinner;
  GtkRevealer *problem_revealer;
  GtkLabel *problem_label;
  AdwBin *body;
} DwDialogPrivate;

/* What is done sooner than that needs no spinner. */
#define SPINNER_DELAY_MS 200

enum
{
  PROP_SESSION = 1,
  PROP_ITEM_ID,
  PROP_ACCEPT_LABEL,
  PROP_DESTRUCTIVE,
  PROP_CAN_ACCEPT,
  PROP_BUSY,
  PROP_MODIFIED,
  PROP_PROBLEM,
  PROP_WIDTH,
  PROP_HEIGHT,
  N_PROPERTIES,
};

enum
{
  SIGNAL_ACCEPT,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];
static GtkBuildableIface *parent_buildable;

static void buildable_init (GtkBuildableIface *interface);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (DwDialog,
                                  dw_dialog,
                                  DW_DIALOG_PARENT_TYPE,
                                  G_ADD_PRIVATE (DwDialog)
                                      G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE, buildable_init))

static DwDialogPrivate *
get_private (DwDialog *self)
{
  return dw_dialog_get_instance_private (self);
}

static void
dw_dialog_add_child (GtkBuildable *buildable, GtkBuilder *builder, GObject *child, const char *type)
{
  DwDialogPrivate *priv = get_private (DW_DIALOG (buildable));

  if (!GTK_IS_WIDGET (child))
    parent_buildable->add_child (buildable, builder, child, type);
  else if (g_strcmp0 (type, "start") == 0)
    adw_header_bar_pack_start (priv->header, GTK_WIDGET (child));
  else if (g_strcmp0 (type, "end") == 0)
    adw_header_bar_pack_end (priv->header, GTK_WIDGET (child));
  else
    adw_bin_set_child (priv->body, GTK_WIDGET (child));
}

static void
buildable_init (GtkBuildableIface *interface)
{
  parent_buildable = g_type_interface_peek_parent (interface);
  interface->add_child = dw_dialog_add_child;
}

/* GTK 4.8 gives a button with a mnemonic the label twice as its name, once with the underscore. */
static void
set_label (GtkWidget *button, const char *label)
{
  g_auto (GStrv) parts = g_strsplit (label, "_", 2);
  g_autofree char *name = g_strjoinv ("", parts);

  gtk_button_set_label (GTK_BUTTON (button), label);
  dw_compat_set_accessible_name (button, name);
}

static void
show_state (DwDialog *self)
{
  DwDialogPrivate *priv = get_private (self);
  gboolean accepts = priv->accept_label != NULL;

  gtk_widget_set_visible (priv->accept_button, accepts);
  gtk_widget_set_visible (priv->cancel_button, accepts);
  adw_header_bar_set_show_start_title_buttons (priv->header, !accepts);
  adw_header_bar_set_show_end_title_buttons (priv->header, !accepts);
  set_label (priv->accept_button, accepts ? priv->accept_label : "");
  gtk_widget_set_sensitive (priv->accept_button, priv->can_accept && !priv->is_busy);
  gtk_widget_set_sensitive (GTK_WIDGET (priv->body), !priv->is_busy);
  gtk_widget_remove_css_class (priv->accept_button,
                               priv->is_destructive ? "suggested-action" : "destructive-action");
  gtk_widget_add_css_class (priv->accept_button,
                            priv->is_destructive ? "destructive-action" : "suggested-action");
}

static void
on_accept (DwDialog *self)
{
  DwDialogPrivate *priv = get_private (self);

  if (priv->accept_label == NULL || !priv->can_accept || priv->is_busy)
    return;

  if (DW_DIALOG_GET_CLASS (self)->accept != NULL)
    DW_DIALOG_GET_CLASS (self)->accept (self);
  g_signal_emit (self, signals[SIGNAL_ACCEPT], 0);
}

static void
accept_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  on_accept (DW_DIALOG (widget));
}

static void
on_discard_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (DwDialog) self = user_data;
  DwDialogPrivate *priv = get_private (self);

  priv->is_asking = FALSE;
  if (dw_compat_confirm_finish (result) && !g_cancellable_is_cancelled (priv->cancellable))
    dw_dialog_close (self);
}

/* For a way to close it that may be an accident. */
static void
ask_to_close (DwDialog *self)
{
  DwDialogPrivate *priv = get_private (self);

  if (!priv->is_modified)
    {
      dw_dialog_close (self);
      return;
    }
  if (priv->is_asking)
    return;

  priv->is_asking = TRUE;
  dw_compat_confirm_async (GTK_WIDGET (self), _ ("Discard Changes?"),
                           _ ("Your changes have not been saved."), NULL, _ ("_Discard"), TRUE,
                           on_discard_answered, g_object_ref (self));
}

static void
close_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  ask_to_close (DW_DIALOG (widget));
}

static void
on_copy_clicked (DwDialog *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          get_private (self)->problem);
}

static gboolean
on_spinner_due (gpointer user_data)
{
  DwDialogPrivate *priv = get_private (user_data);

  priv->spinner_source = 0;
  gtk_widget_set_visible (GTK_WIDGET (priv->spinner), TRUE);
  gtk_spinner_start (priv->spinner);

  return G_SOURCE_REMOVE;
}

#if ADW_CHECK_VERSION(1, 5, 0)
static void
on_closed (DwDialog *self)
{
  g_cancellable_cancel (get_private (self)->cancellable);
}
#else
static gboolean
dw_dialog_close_request (GtkWindow *window)
{
  ask_to_close (DW_DIALOG (window));

  return TRUE;
}
#endif

static void
dw_dialog_dispose (GObject *object)
{
  DwDialogPrivate *priv = get_private (DW_DIALOG (object));

  g_cancellable_cancel (priv->cancellable);
  g_clear_handle_id (&priv->spinner_source, g_source_remove);
  g_clear_weak_pointer (&priv->over);
  g_clear_weak_pointer (&priv->focus);
  g_clear_object (&priv->session);

  G_OBJECT_CLASS (dw_dialog_parent_class)->dispose (object);
}

static void
dw_dialog_finalize (GObject *object)
{
  DwDialogPrivate *priv = get_private (DW_DIALOG (object));

  g_clear_object (&priv->root);
  g_clear_object (&priv->cancellable);
  g_free (priv->item_id);
  g_free (priv->accept_label);
  g_free (priv->problem);

  G_OBJECT_CLASS (dw_dialog_parent_class)->finalize (object);
}

static void
dw_dialog_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  DwDialogPrivate *priv = get_private (DW_DIALOG (object));

  switch (property_id)
    {
    case PROP_SESSION:
      g_value_set_object (value, priv->session);
      break;
    case PROP_ITEM_ID:
      g_value_set_string (value, priv->item_id);
      break;
    case PROP_ACCEPT_LABEL:
      g_value_set_string (value, priv->accept_label);
      break;
    case PROP_DESTRUCTIVE:
      g_value_set_boolean (value, priv->is_destructive);
      break;
    case PROP_CAN_ACCEPT:
      g_value_set_boolean (value, priv->can_accept);
      break;
    case PROP_BUSY:
      g_value_set_boolean (value, priv->is_busy);
      break;
    case PROP_MODIFIED:
      g_value_set_boolean (value, priv->is_modified);
      break;
    case PROP_PROBLEM:
      g_value_set_string (value, priv->problem);
      break;
    case PROP_WIDTH:
      g_value_set_int (value, priv->width);
      break;
    case PROP_HEIGHT:
      g_value_set_int (value, priv->height);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_dialog_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  DwDialog *self = DW_DIALOG (object);
  DwDialogPrivate *priv = get_private (self);

  switch (property_id)
    {
    case PROP_SESSION:
      priv->session = g_value_dup_object (value);
      break;
    case PROP_ITEM_ID:
      priv->item_id = g_value_dup_string (value);
      break;
    case PROP_ACCEPT_LABEL:
      dw_dialog_set_accept_label (self, g_value_get_string (value));
      break;
    case PROP_DESTRUCTIVE:
      if (priv->is_destructive != g_value_get_boolean (value))
        {
          priv->is_destructive = g_value_get_boolean (value);
          show_state (self);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    case PROP_CAN_ACCEPT:
      dw_dialog_set_can_accept (self, g_value_get_boolean (value));
      break;
    case PROP_BUSY:
      dw_dialog_set_busy (self, g_value_get_boolean (value));
      break;
    case PROP_MODIFIED:
      dw_dialog_set_modified (self, g_value_get_boolean (value));
      break;
    case PROP_PROBLEM:
      dw_dialog_set_problem (self, g_value_get_string (value));
      break;
    case PROP_WIDTH:
      priv->width = g_value_get_int (value);
      break;
    case PROP_HEIGHT:
      priv->height = g_value_get_int (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_dialog_class_init (DwDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = dw_dialog_dispose;
  object_class->finalize = dw_dialog_finalize;
  object_class->get_property = dw_dialog_get_property;
  object_class->set_property = dw_dialog_set_property;
#if !ADW_CHECK_VERSION(1, 5, 0)
  GTK_WINDOW_CLASS (klass)->close_request = dw_dialog_close_request;
#endif

  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, DW_TYPE_SESSION,
                                                  G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY |
                                                      G_PARAM_STATIC_STRINGS);
  properties[PROP_ITEM_ID] = g_param_spec_string ("item-id", NULL, NULL, NULL,
                                                  G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY |
                                                      G_PARAM_STATIC_STRINGS);
  properties[PROP_ACCEPT_LABEL] = g_param_spec_string ("accept-label", NULL, NULL, NULL, flags);
  properties[PROP_DESTRUCTIVE] = g_param_spec_boolean ("destructive", NULL, NULL, FALSE, flags);
  properties[PROP_CAN_ACCEPT] = g_param_spec_boolean ("can-accept", NULL, NULL, TRUE, flags);
  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, flags);
  properties[PROP_MODIFIED] = g_param_spec_boolean ("modified", NULL, NULL, FALSE, flags);
  properties[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL, flags);
  properties[PROP_WIDTH] = g_param_spec_int ("width", NULL, NULL, 0, G_MAXINT, 520, flags);
  properties[PROP_HEIGHT] = g_param_spec_int ("height", NULL, NULL, 0, G_MAXINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  signals[SIGNAL_ACCEPT] = g_signal_new ("accept", DW_TYPE_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 0);

  gtk_widget_class_install_action (widget_class, "dialog.accept", NULL, accept_action);
  gtk_widget_class_install_action (widget_class, "dialog.close", NULL, close_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK,
                                       "dialog.accept", NULL);
#if !ADW_CHECK_VERSION(1, 5, 0)
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "dialog.close", NULL);
#endif
}

static void
dw_dialog_init (DwDialog *self)
{
  DwDialogPrivate *priv = get_private (self);
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource (DW_UI_PATH "dw-dialog.ui");

  priv->can_accept = TRUE;
  priv->width = 520;
  priv->cancellable = g_cancellable_new ();
  priv->root = GTK_WIDGET (g_object_ref (gtk_builder_get_object (builder, "root")));
  priv->header = ADW_HEADER_BAR (gtk_builder_get_object (builder, "header"));
  priv->cancel_button = GTK_WIDGET (gtk_builder_get_object (builder, "cancel_button"));
  priv->accept_button = GTK_WIDGET (gtk_builder_get_object (builder, "accept_button"));
  priv->spinner = GTK_SPINNER (gtk_builder_get_object (builder, "spinner"));
  priv->problem_revealer = GTK_REVEALER (gtk_builder_get_object (builder, "problem_revealer"));
  priv->problem_label = GTK_LABEL (gtk_builder_get_object (builder, "problem_label"));
  priv->body = ADW_BIN (gtk_builder_get_object (builder, "body"));

  g_object_bind_property (self, "title", gtk_builder_get_object (builder, "title_label"), "label",
                          G_BINDING_SYNC_CREATE);
  g_signal_connect_swapped (priv->cancel_button, "clicked", G_CALLBACK (dw_dialog_close), self);
  g_signal_connect_swapped (priv->accept_button, "clicked", G_CALLBACK (on_accept), self);
  g_signal_connect_swapped (gtk_builder_get_object (builder, "copy_button"), "clicked",
                            G_CALLBACK (on_copy_clicked), self);
#if ADW_CHECK_VERSION(1, 5, 0)
  adw_dialog_set_child (ADW_DIALOG (self), priv->root);
  g_signal_connect (self, "closed", G_CALLBACK (on_closed), NULL);
  g_signal_connect (self, "close-attempt", G_CALLBACK (ask_to_close), NULL);
#else
  adw_window_set_content (ADW_WINDOW (self), priv->root);
#endif
  set_label (priv->cancel_button, _ ("_Cancel"));
  show_state (self);
}

/* Returns: (transfer none) (nullable): what a person types into first; %NULL where there is nothing
 */
static GtkWidget *
find_first_field (GtkWidget *widget)
{
  GtkWidget *field = NULL;

  if (!gtk_widget_get_visible (widget) || !gtk_widget_get_child_visible (widget))
    return NULL;
  if (GTK_IS_TEXT (widget))
    return widget;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && field == NULL;
       child = gtk_widget_get_next_sibling (child))
    field = find_first_field (child);

  return field;
}

/**
 * dw_dialog_show:
 * @self: (transfer floating): a dialog that was just made
 * @over: a widget of the window to show it over
 *
 * Shows the dialog. From then on GTK holds it, until it is closed.
 */
void
dw_dialog_show (DwDialog *self, GtkWidget *over)
{
  DwDialogPrivate *priv = get_private (self);
  GtkWidget *field;

  g_return_if_fail (DW_IS_DIALOG (self));

  /* Who opens it has something to fill in, and would else begin at the header's buttons. */
  field = find_first_field (GTK_WIDGET (priv->body));
  g_set_weak_pointer (&priv->over, over);
#if ADW_CHECK_VERSION(1, 5, 0)
  if (field != NULL)
    adw_dialog_set_focus (ADW_DIALOG (self), field);
  adw_dialog_set_content_width (ADW_DIALOG (self), priv->width > 0 ? priv->width : -1);
  adw_dialog_set_content_height (ADW_DIALOG (self), priv->height > 0 ? priv->height : -1);
  adw_dialog_present (ADW_DIALOG (self), over);
#else
  GtkRoot *root = gtk_widget_get_root (over);
  int width = gtk_widget_get_width (GTK_WIDGET (root));
  int height = gtk_widget_get_height (GTK_WIDGET (root));

  /* No larger than what it is shown over, which may be as wide as a phone. */
  gtk_window_set_default_size (GTK_WINDOW (self),
                               priv->width > 0 ? MIN (priv->width, MAX (width, 360)) : -1,
                               priv->height > 0 ? MIN (priv->height, MAX (height, 294)) : -1);
  gtk_window_set_transient_for (GTK_WINDOW (self), GTK_WINDOW (root));
  gtk_window_set_modal (GTK_WINDOW (self), TRUE);
  gtk_window_present (GTK_WINDOW (self));
  /* Before it is there, accessibility would never learn that it is a window. */
  if (field != NULL)
    gtk_window_set_focus (GTK_WINDOW (self), field);
#endif
}

/**
 * dw_dialog_close:
 * @self: a dialog
 *
 * Closes it; what it was doing is cancelled.
 */
void
dw_dialog_close (DwDialog *self)
{
  g_return_if_fail (DW_IS_DIALOG (self));

  g_cancellable_cancel (get_private (self)->cancellable);
#if ADW_CHECK_VERSION(1, 5, 0)
  adw_dialog_force_close (ADW_DIALOG (self));
#else
  gtk_window_destroy (GTK_WINDOW (self));
#endif
}

/* Returns: (transfer none): what the dialog works with */
DwSession *
dw_dialog_get_session (DwDialog *self)
{
  g_return_val_if_fail (DW_IS_DIALOG (self), NULL);

  return get_private (self)->session;
}

/* Returns: (nullable): the id of the thing that the dialog is about */
const char *
dw_dialog_get_item_id (DwDialog *self)
{
  g_return_val_if_fail (DW_IS_DIALOG (self), NULL);

  return get_private (self)->item_id;
}

/* @title: what the header says */
void
dw_dialog_set_title (DwDialog *self, const char *title)
{
  g_return_if_fail (DW_IS_DIALOG (self));

  g_object_set (self, "title", title, NULL);
}

/* @label: (nullable): what the button says that accepts, with a mnemonic; %NULL for no such button
 */
void
dw_dialog_set_accept_label (DwDialog *self, const char *label)
{
  DwDialogPrivate *priv = get_private (self);

  g_return_if_fail (DW_IS_DIALOG (self));

  if (g_strcmp0 (priv->accept_label, label) == 0)
    return;

  g_free (priv->accept_label);
  priv->accept_label = g_strdup (label);
  show_state (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACCEPT_LABEL]);
}

/* @can_accept: whether the button can be pressed */
void
dw_dialog_set_can_accept (DwDialog *self, gboolean can_accept)
{
  DwDialogPrivate *priv = get_private (self);

  g_return_if_fail (DW_IS_DIALOG (self));

  if (priv->can_accept == can_accept)
    return;

  priv->can_accept = can_accept;
  show_state (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAN_ACCEPT]);
}

/* Returns: whether what was accepted is being done */
gboolean
dw_dialog_get_busy (DwDialog *self)
{
  g_return_val_if_fail (DW_IS_DIALOG (self), FALSE);

  return get_private (self)->is_busy;
}

/* An entry that becomes insensitive while it has the focus would not be told that it lost it. */
static void
keep_focus (DwDialog *self)
{
  DwDialogPrivate *priv = get_private (self);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (priv->body)))
    focus = NULL;
  g_set_weak_pointer (&priv->focus, focus);
  if (focus != NULL)
    gtk_widget_grab_focus (priv->cancel_button);
}

/* @is_busy: whether what was accepted is being done; a spinner shows if that takes its time */
void
dw_dialog_set_busy (DwDialog *self, gboolean is_busy)
{
  DwDialogPrivate *priv = get_private (self);

  g_return_if_fail (DW_IS_DIALOG (self));

  if (priv->is_busy == is_busy)
    return;

  priv->is_busy = is_busy;
  if (is_busy)
    keep_focus (self);
  g_clear_handle_id (&priv->spinner_source, g_source_remove);
  if (is_busy)
    priv->spinner_source = g_timeout_add (SPINNER_DELAY_MS, on_spinner_due, self);
  gtk_spinner_stop (priv->spinner);
  gtk_widget_set_visible (GTK_WIDGET (priv->spinner), FALSE);
  show_state (self);
  if (!is_busy && priv->focus != NULL)
    gtk_widget_grab_focus (priv->focus);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
}

/* @problem: (nullable): what keeps it from being accepted, and what to do */
void
dw_dialog_set_problem (DwDialog *self, const char *problem)
{
  DwDialogPrivate *priv = get_private (self);

  g_return_if_fail (DW_IS_DIALOG (self));

  if (g_strcmp0 (priv->problem, problem) == 0)
    return;

  g_free (priv->problem);
  priv->problem = g_strdup (problem);
  if (problem != NULL)
    gtk_label_set_label (priv->problem_label, problem);
  gtk_revealer_set_reveal_child (priv->problem_revealer, problem != NULL);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROBLEM]);
}

/* @is_modified: whether something would be lost if it were closed; then an Escape asks first, and
 * only Cancel does not */
void
dw_dialog_set_modified (DwDialog *self, gboolean is_modified)
{
  DwDialogPrivate *priv = get_private (self);

  g_return_if_fail (DW_IS_DIALOG (self));

  if (priv->is_modified == is_modified)
    return;

  priv->is_modified = is_modified;
#if ADW_CHECK_VERSION(1, 5, 0)
  adw_dialog_set_can_close (ADW_DIALOG (self), !is_modified);
#endif
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MODIFIED]);
}

/* Returns: (transfer none) (nullable): what it is shown over, for the actions of the window */
GtkWidget *
dw_dialog_get_over (DwDialog *self)
{
  g_return_val_if_fail (DW_IS_DIALOG (self), NULL);

  return get_private (self)->over;
}

/* Returns: (transfer none): what is below the header; an AdwDialog has it among its children only
 * once it is shown */
GtkWidget *
dw_dialog_get_body (DwDialog *self)
{
  g_return_val_if_fail (DW_IS_DIALOG (self), NULL);

  return GTK_WIDGET (get_private (self)->body);
}

/* Returns: (transfer none): is cancelled when the dialog closes */
GCancellable *
dw_dialog_get_cancellable (DwDialog *self)
{
  g_return_val_if_fail (DW_IS_DIALOG (self), NULL);

  return get_private (self)->cancellable;
}
