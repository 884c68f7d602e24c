/* dw-window.c: the window
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It shows one of three things: that the database is being opened, why it could not be, or the
 * sidebar with its sections beside a page. Pages are made when they are first shown. The trail
 * holds the way that led to the page, for the way back; a section of the sidebar begins it anew.
 */

#include "config.h"

#include "ui/dw-window.h"

#include <glib/gi18n.h>

#include "ui/dw-compat.h"
#include "ui/dw-dialog.h"
#include "ui/dw-engine-row.h"
#include "ui/dw-export.h"
#include "ui/dw-page.h"
#include "ui/dw-places.h"
#include "ui/dw-section-row.h"
#include "ui/dw-shell.h"
#include "ui/dw-window-state.h"

#define FIRST_PAGE "projects"
#define SPINNER_DELAY_MS 200

/* One place on the trail. */
typedef struct
{
  const DwPlace *place;
  char *item_id; /* nullable */
} Step;

struct _DwWindow
{
  AdwApplicationWindow parent_instance;

  DwSession *session; /* nullable: the database is not open */
  GSettings *state;   /* nullable: nothing is remembered */
  GPtrArray *trail;   /* of Step; the last is what is shown */
  guint spinner_source;

  AdwToastOverlay *toasts;
  GtkStack *stack;
  GtkSpinner *spinner;
  GtkLabel *problem_label;
  DwShell *shell;
  GtkListBox *sections;
  GtkStack *pages;
};

enum
{
  PROP_SESSION = 1,
  N_PROPERTIES,
};

enum
{
  SIGNAL_PAGE_CHANGED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (DwWindow, dw_window, ADW_TYPE_APPLICATION_WINDOW)

static void
step_free (gpointer data)
{
  Step *step = data;

  g_free (step->item_id);
  g_free (step);
}

/* Returns: (nullable): what is shown */
static Step *
get_step (DwWindow *self)
{
  return self->trail->len > 0 ? g_ptr_array_index (self->trail, self->trail->len - 1) : NULL;
}

static DwPage *
get_page (DwWindow *self)
{
  return DW_PAGE (gtk_stack_get_visible_child (self->pages));
}

/* Where the content stands alone, the way back leads to the sidebar in the end. */
static void
show_way_back (DwWindow *self)
{
  DwPage *page = get_page (self);

  if (page != NULL)
    g_object_set (page, "has-back", self->trail->len > 1 || dw_shell_get_folded (self->shell),
                  NULL);
}

static void
on_leave (DwWindow *self, DwPage *page)
{
  if (page == get_page (self))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.back", NULL);
}

static DwPage *
ensure_page (DwWindow *self, const DwPlace *place)
{
  GtkWidget *page = gtk_stack_get_child_by_name (self->pages, place->name);

  if (page == NULL)
    {
      page = g_object_new (place->get_type (), "session", self->session, NULL);
      g_object_bind_property (self->shell, "folded", page, "narrow", G_BINDING_SYNC_CREATE);
      g_signal_connect_object (page, "leave", G_CALLBACK (on_leave), self, G_CONNECT_SWAPPED);
      gtk_stack_add_named (self->pages, page, place->name);
    }

  return DW_PAGE (page);
}

static void
select_section (DwWindow *self, const char *section)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->sections, i)) != NULL; i++)
    if (g_str_equal (dw_section_row_get_section (DW_SECTION_ROW (row)), section))
      gtk_list_box_select_row (self->sections, row);
}

static void
show_step (DwWindow *self, GtkStackTransitionType transition)
{
  const Step *step = g_ptr_array_index (self->trail, self->trail->len - 1);
  DwPage *page = ensure_page (self, step->place);

  dw_page_set_item_id (page, step->item_id);
  gtk_stack_set_visible_child_full (self->pages, step->place->name, transition);
  select_section (self, step->place->section);
  if (self->state != NULL)
    g_settings_set_string (self->state, "section", step->place->section);
  show_way_back (self);
  g_signal_emit (self, signals[SIGNAL_PAGE_CHANGED], 0);
}

static void
take_step (DwWindow *self, const DwPlace *place, const char *item_id)
{
  Step *step = g_new0 (Step, 1);

  step->place = place;
  step->item_id = g_strdup (item_id);
  g_ptr_array_add (self->trail, step);
}

static void
on_section_activated (DwWindow *self, GtkListBoxRow *row)
{
  dw_window_show_page (self, dw_section_row_get_section (DW_SECTION_ROW (row)), NULL);
  dw_shell_set_show_content (self->shell, TRUE);
}

static void
show_page (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  const char *name;
  const char *item_id;

  g_variant_get (parameter, "(&s&s)", &name, &item_id);
  dw_window_show_page (DW_WINDOW (widget), name, *item_id != '\0' ? item_id : NULL);
}

static void
open_dialog (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwWindow *self = DW_WINDOW (widget);
  const char *name;
  const char *item_id;
  GType type;

  g_variant_get (parameter, "(&s&s)", &name, &item_id);
  type = dw_places_find_dialog (name);
  if (self->session == NULL || type == G_TYPE_INVALID)
    return;

  dw_dialog_show (g_object_new (type, "session", self->session, "item-id",
                                *item_id != '\0' ? item_id : NULL, NULL),
                  widget);
}

static void
check_now (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwWindow *self = DW_WINDOW (widget);
  DwWatcher *watcher = self->session != NULL ? dw_session_get_watcher (self->session) : NULL;

  if (watcher == NULL)
    return;

  dw_watcher_check_now (watcher, NULL);
  dw_window_announce (self, _ ("Looking for newer versions"), FALSE);
}

static void
go_back (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwWindow *self = DW_WINDOW (widget);

  if (self->trail->len > 1)
    {
      g_ptr_array_remove_index (self->trail, self->trail->len - 1);
      show_step (self, GTK_STACK_TRANSITION_TYPE_SLIDE_RIGHT);
    }
  else
    dw_shell_set_show_content (self->shell, FALSE);
}

static void
search (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwWindow *self = DW_WINDOW (widget);

  if (get_page (self) == NULL)
    return;

  dw_shell_set_show_content (self->shell, TRUE);
  dw_page_start_search (get_page (self));
}

static void
retry_engine (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwWindow *self = DW_WINDOW (widget);

  if (self->session != NULL)
    dw_engine_status_retry (dw_session_get_engine_status (self->session));
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
show_details (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  dw_compat_show_details (widget, _ ("What Went Wrong"), g_variant_get_string (parameter, NULL));
}

static void
open_uri (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  dw_compat_open_uri (widget, g_variant_get_string (parameter, NULL));
}

static void export(GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwWindow *self = DW_WINDOW (widget);

  if (self->session != NULL)
    dw_export_start (widget, dw_session_get_store (self->session));
}

static gboolean
on_spinner_due (gpointer user_data)
{
  DwWindow *self = user_data;

  self->spinner_source = 0;
  gtk_spinner_start (self->spinner);

  return G_SOURCE_REMOVE;
}

/* What is there in a moment needs no spinner, and not what it takes to draw one. */
static void
set_waiting (DwWindow *self, gboolean is_waiting)
{
  g_clear_handle_id (&self->spinner_source, g_source_remove);
  gtk_spinner_stop (self->spinner);
  if (is_waiting)
    self->spinner_source = g_timeout_add (SPINNER_DELAY_MS, on_spinner_due, self);
}

static void
dw_window_dispose (GObject *object)
{
  DwWindow *self = DW_WINDOW (object);

  g_clear_handle_id (&self->spinner_source, g_source_remove);
  g_clear_object (&self->session);
  g_clear_object (&self->state);

  G_OBJECT_CLASS (dw_window_parent_class)->dispose (object);
}

static void
dw_window_finalize (GObject *object)
{
  g_ptr_array_unref (DW_WINDOW (object)->trail);

  G_OBJECT_CLASS (dw_window_parent_class)->finalize (object);
}

static void
dw_window_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  DwWindow *self = DW_WINDOW (object);

  switch (property_id)
    {
    case PROP_SESSION:
      g_value_set_object (value, self->session);
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

  object_class->dispose = dw_window_dispose;
  object_class->finalize = dw_window_finalize;
  object_class->get_property = dw_window_get_property;

  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, DW_TYPE_SESSION,
                                                  G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                                                      G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  /**
   * DwWindow::page-changed:
   * @self: the window
   *
   * It leads to another page now, or to another thing on it; see dw_window_get_page().
   */
  signals[SIGNAL_PAGE_CHANGED] = g_signal_new ("page-changed", DW_TYPE_WINDOW, G_SIGNAL_RUN_LAST, 0,
                                               NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (DW_TYPE_ENGINE_ROW);
  g_type_ensure (DW_TYPE_INSTANCE_COUNT);
  g_type_ensure (DW_TYPE_SECTION_ROW);
  g_type_ensure (DW_TYPE_SHELL);
  g_type_ensure (DW_TYPE_STORE_LIST);
  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-window.ui");
  gtk_widget_class_bind_template_child (widget_class, DwWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, DwWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, DwWindow, spinner);
  gtk_widget_class_bind_template_child (widget_class, DwWindow, problem_label);
  gtk_widget_class_bind_template_child (widget_class, DwWindow, shell);
  gtk_widget_class_bind_template_child (widget_class, DwWindow, sections);
  gtk_widget_class_bind_template_child (widget_class, DwWindow, pages);
  gtk_widget_class_bind_template_callback (widget_class, on_section_activated);

  gtk_widget_class_install_action (widget_class, "win.show-page", "(ss)", show_page);
  gtk_widget_class_install_action (widget_class, "win.open-dialog", "(ss)", open_dialog);
  gtk_widget_class_install_action (widget_class, "win.check-now", NULL, check_now);
  gtk_widget_class_install_action (widget_class, "win.back", NULL, go_back);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, search);
  gtk_widget_class_install_action (widget_class, "win.retry-engine", NULL, retry_engine);
  gtk_widget_class_install_action (widget_class, "win.export", NULL, export);
  gtk_widget_class_install_action (widget_class, "win.announce", "s", announce);
  gtk_widget_class_install_action (widget_class, "win.announce-problem", "s", announce_problem);
  gtk_widget_class_install_action (widget_class, "win.show-details", "s", show_details);
  gtk_widget_class_install_action (widget_class, "win.open-uri", "s", open_uri);
}

static void
dw_window_init (DwWindow *self)
{
  self->trail = g_ptr_array_new_with_free_func (step_free);
  gtk_widget_init_template (GTK_WIDGET (self));
  set_waiting (self, TRUE);
  g_signal_connect_object (self->shell, "notify::folded", G_CALLBACK (show_way_back), self,
                           G_CONNECT_SWAPPED);

  self->state = dw_window_state_open ();
  if (self->state != NULL)
    {
      g_settings_bind (self->state, "width", self, "default-width", G_SETTINGS_BIND_DEFAULT);
      g_settings_bind (self->state, "height", self, "default-height", G_SETTINGS_BIND_DEFAULT);
      g_settings_bind (self->state, "maximized", self, "maximized", G_SETTINGS_BIND_DEFAULT);
    }
}

/**
 * dw_window_new:
 * @application: the application
 *
 * Returns: (transfer none): a window that waits for a session; GTK holds it
 */
DwWindow *
dw_window_new (GtkApplication *application)
{
  return g_object_new (DW_TYPE_WINDOW, "application", application, NULL);
}

/**
 * dw_window_set_session:
 * @self: the window
 * @session: what the pages work with
 *
 * Shows what is in the store, from now on as long as the window lives.
 */
void
dw_window_set_session (DwWindow *self, DwSession *session)
{
  g_autofree char *section = NULL;

  g_return_if_fail (DW_IS_WINDOW (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SESSION]);

  if (self->state != NULL)
    section = g_settings_get_string (self->state, "section");
  dw_window_show_page (
      self, section != NULL && dw_places_find_page (section) != NULL ? section : FIRST_PAGE, NULL);
  gtk_stack_set_visible_child_name (self->stack, "main");
  set_waiting (self, FALSE);
}

/**
 * dw_window_show_page:
 * @self: the window
 * @name: the page's name; see dw-places.c
 * @item_id: (nullable): the id of the thing that it is about
 *
 * Leads to a page. Does nothing while the window has no session, or for a page that does not exist.
 */
void
dw_window_show_page (DwWindow *self, const char *name, const char *item_id)
{
  const DwPlace *place = dw_places_find_page (name);
  Step *step = get_step (self);
  gboolean is_section;

  g_return_if_fail (DW_IS_WINDOW (self));

  if (self->session == NULL || place == NULL)
    return;

  is_section = g_str_equal (place->name, place->section);
  if (step != NULL && step->place == place && g_strcmp0 (step->item_id, item_id) == 0)
    return;

  if (is_section)
    g_ptr_array_set_size (self->trail, 0);
  else if (self->trail->len == 0)
    take_step (self, dw_places_find_page (place->section), NULL);
  take_step (self, place, item_id);
  show_step (self, is_section ? GTK_STACK_TRANSITION_TYPE_CROSSFADE
                              : GTK_STACK_TRANSITION_TYPE_SLIDE_LEFT);
  dw_shell_set_show_content (self->shell, TRUE);
}

/**
 * dw_window_search:
 * @self: the window
 * @text: what to search for
 *
 * Searches the projects, as from the desktop's search that leads here.
 */
void
dw_window_search (DwWindow *self, const char *text)
{
  g_return_if_fail (DW_IS_WINDOW (self));

  dw_window_show_page (self, FIRST_PAGE, NULL);
  if (get_page (self) != NULL)
    dw_page_search_for (get_page (self), text);
}

/**
 * dw_window_get_page:
 * @self: the window
 * @item_id: (out) (nullable) (transfer none): the id of the thing that it is about
 *
 * Returns: (nullable): the name of the page that is shown
 */
const char *
dw_window_get_page (DwWindow *self, const char **item_id)
{
  Step *step = get_step (self);

  g_return_val_if_fail (DW_IS_WINDOW (self), NULL);

  *item_id = step != NULL ? step->item_id : NULL;

  return step != NULL ? step->place->name : NULL;
}

/**
 * dw_window_show_problem:
 * @self: the window
 * @message: (nullable): why there is no store, and what to do; %NULL for another attempt
 *
 * Shows nothing but the message, until there is a session.
 */
void
dw_window_show_problem (DwWindow *self, const char *message)
{
  g_return_if_fail (DW_IS_WINDOW (self));

  gtk_label_set_label (self->problem_label, message != NULL ? message : "");
  gtk_stack_set_visible_child_name (self->stack, message != NULL ? "problem" : "loading");
  set_waiting (self, message == NULL);
}

/* Returns: (transfer full): a toast that says the message as it is */
static AdwToast *
make_toast (const char *message)
{
  g_autofree char *markup = g_markup_escape_text (message, -1);

  return adw_toast_new (markup);
}

/**
 * dw_window_announce:
 * @self: the window
 * @message: what happened, and what to do about a problem
 * @is_problem: whether it stays until it is closed, and can be read whole and copied
 *
 * Lays a line over the foot of the window.
 */
void
dw_window_announce (DwWindow *self, const char *message, gboolean is_problem)
{
  AdwToast *toast = make_toast (message);

  g_return_if_fail (DW_IS_WINDOW (self));

  adw_toast_set_timeout (toast, is_problem ? 0 : 3);
  if (is_problem)
    {
      adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
      adw_toast_set_button_label (toast, _ ("Details"));
      adw_toast_set_action_name (toast, "win.show-details");
      adw_toast_set_action_target (toast, "s", message);
    }
  adw_toast_overlay_add_toast (self->toasts, toast);
}

typedef struct
{
  GSourceOnceFunc undo;
  gpointer data;
  GDestroyNotify free;
} Undo;

static void
undo_free (gpointer data, GClosure *closure)
{
  Undo *undo = data;

  if (undo->free != NULL)
    undo->free (undo->data);
  g_free (undo);
}

static void
on_undo (AdwToast *toast, Undo *undo)
{
  undo->undo (undo->data);
}

/**
 * dw_window_offer_undo:
 * @from: a widget of the window
 * @message: what has been done
 * @undo: called if it is to be undone
 * @data: for @undo
 * @free: (nullable): frees @data, whether or not it was undone
 *
 * Lays a line over the foot of the window for a while, with a button that undoes.
 */
void
dw_window_offer_undo (
    GtkWidget *from, const char *message, GSourceOnceFunc undo, gpointer data, GDestroyNotify free)
{
  GtkWidget *window = gtk_widget_get_ancestor (from, DW_TYPE_WINDOW);
  AdwToast *toast = make_toast (message);
  Undo *closure = g_new0 (Undo, 1);

  g_return_if_fail (window != NULL);

  closure->undo = undo;
  closure->data = data;
  closure->free = free;
  adw_toast_set_button_label (toast, _ ("_Undo"));
  adw_toast_set_timeout (toast, 8);
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (on_undo), closure, undo_free, 0);
  adw_toast_overlay_add_toast (DW_WINDOW (window)->toasts, toast);
}
