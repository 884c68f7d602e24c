/* dw-shell.c: a sidebar beside the content, or one of the two when there is little room
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It stands before the widget that libadwaita has for this, which is another one since 1.4. The
 * newer one puts a back button into the header bar by itself; where :needs-back-button says so, the
 * content has to show one of its own.
 */

#include "config.h"

#include "ui/dw-shell.h"

#define SIDEBAR_WIDTH 260
/* The least; with less than both side by side the shell folds. */
#define CONTENT_WIDTH 340

struct _DwShell
{
  GtkWidget parent_instance;

  GtkWidget *sidebar;
  GtkWidget *content;
  GtkWidget *root;
#if ADW_CHECK_VERSION(1, 4, 0)
  AdwNavigationSplitView *view;
#else
  AdwLeaflet *view;
#endif
};

enum
{
  PROP_SIDEBAR = 1,
  PROP_CONTENT,
  PROP_FOLDED,
  PROP_SHOW_CONTENT,
  PROP_NEEDS_BACK_BUTTON,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (DwShell, dw_shell, GTK_TYPE_WIDGET)

static void
on_folded (DwShell *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FOLDED]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NEEDS_BACK_BUTTON]);
}

static void
on_moved (DwShell *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SHOW_CONTENT]);
}

#if ADW_CHECK_VERSION(1, 4, 0)

static void
build (DwShell *self)
{
  AdwBreakpoint *breakpoint = adw_breakpoint_new (adw_breakpoint_condition_new_length (
      ADW_BREAKPOINT_CONDITION_MAX_WIDTH, SIDEBAR_WIDTH + CONTENT_WIDTH, ADW_LENGTH_UNIT_SP));
  GValue yes = G_VALUE_INIT;

  self->view = ADW_NAVIGATION_SPLIT_VIEW (adw_navigation_split_view_new ());
  adw_navigation_split_view_set_min_sidebar_width (self->view, SIDEBAR_WIDTH);
  adw_navigation_split_view_set_show_content (self->view, TRUE);
  g_signal_connect_object (self->view, "notify::collapsed", G_CALLBACK (on_folded), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "notify::show-content", G_CALLBACK (on_moved), self,
                           G_CONNECT_SWAPPED);

  g_value_init (&yes, G_TYPE_BOOLEAN);
  g_value_set_boolean (&yes, TRUE);
  adw_breakpoint_add_setter (breakpoint, G_OBJECT (self->view), "collapsed", &yes);
  g_value_unset (&yes);

  self->root = adw_breakpoint_bin_new ();
  gtk_widget_set_size_request (self->root, CONTENT_WIDTH, 200);
  adw_breakpoint_bin_set_child (ADW_BREAKPOINT_BIN (self->root), GTK_WIDGET (self->view));
  adw_breakpoint_bin_add_breakpoint (ADW_BREAKPOINT_BIN (self->root), breakpoint);
}

static void
place_sidebar (DwShell *self)
{
  adw_navigation_split_view_set_sidebar (
      self->view, adw_navigation_page_new (self->sidebar, g_get_application_name ()));
}

static void
place_content (DwShell *self)
{
  adw_navigation_split_view_set_content (
      self->view, adw_navigation_page_new (self->content, g_get_application_name ()));
}

static gboolean
needs_back_button (DwShell *self)
{
  return FALSE;
}

#else

static void
build (DwShell *self)
{
  GtkWidget *separator = gtk_separator_new (GTK_ORIENTATION_VERTICAL);

  self->root = adw_leaflet_new ();
  self->view = ADW_LEAFLET (self->root);
  adw_leaflet_set_can_navigate_back (self->view, TRUE);
  adw_leaflet_set_fold_threshold_policy (self->view, ADW_FOLD_THRESHOLD_POLICY_MINIMUM);
  adw_leaflet_page_set_navigatable (adw_leaflet_append (self->view, separator), FALSE);
  g_signal_connect_object (self->view, "notify::folded", G_CALLBACK (on_folded), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "notify::visible-child", G_CALLBACK (on_moved), self,
                           G_CONNECT_SWAPPED);
}

static void
place_sidebar (DwShell *self)
{
  gtk_widget_set_size_request (self->sidebar, SIDEBAR_WIDTH, -1);
  gtk_widget_set_hexpand (self->sidebar, FALSE);
  adw_leaflet_prepend (self->view, self->sidebar);
}

static void
place_content (DwShell *self)
{
  gtk_widget_set_size_request (self->content, CONTENT_WIDTH, -1);
  gtk_widget_set_hexpand (self->content, TRUE);
  adw_leaflet_append (self->view, self->content);
  adw_leaflet_set_visible_child (self->view, self->content);
}

static gboolean
needs_back_button (DwShell *self)
{
  return dw_shell_get_folded (self);
}

#endif

static void
dw_shell_dispose (GObject *object)
{
  DwShell *self = DW_SHELL (object);

  g_clear_pointer (&self->root, gtk_widget_unparent);

  G_OBJECT_CLASS (dw_shell_parent_class)->dispose (object);
}

static void
dw_shell_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  DwShell *self = DW_SHELL (object);

  switch (property_id)
    {
    case PROP_SIDEBAR:
      g_value_set_object (value, self->sidebar);
      break;
    case PROP_CONTENT:
      g_value_set_object (value, self->content);
      break;
    case PROP_FOLDED:
      g_value_set_boolean (value, dw_shell_get_folded (self));
      break;
    case PROP_SHOW_CONTENT:
      g_value_set_boolean (value, dw_shell_get_show_content (self));
      break;
    case PROP_NEEDS_BACK_BUTTON:
      g_value_set_boolean (value, needs_back_button (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_shell_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  DwShell *self = DW_SHELL (object);

  switch (property_id)
    {
    case PROP_SIDEBAR:
      self->sidebar = g_value_get_object (value);
      place_sidebar (self);
      break;
    case PROP_CONTENT:
      self->content = g_value_get_object (value);
      place_content (self);
      break;
    case PROP_SHOW_CONTENT:
      dw_shell_set_show_content (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_shell_class_init (DwShellClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags told = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GParamFlags free_to_set = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = dw_shell_dispose;
  object_class->get_property = dw_shell_get_property;
  object_class->set_property = dw_shell_set_property;

  /* Each of the two is set once, by the template that uses the shell. */
  properties[PROP_SIDEBAR] = g_param_spec_object ("sidebar", NULL, NULL, GTK_TYPE_WIDGET,
                                                  free_to_set);
  properties[PROP_CONTENT] = g_param_spec_object ("content", NULL, NULL, GTK_TYPE_WIDGET,
                                                  free_to_set);
  properties[PROP_FOLDED] = g_param_spec_boolean ("folded", NULL, NULL, FALSE, told);
  properties[PROP_SHOW_CONTENT] = g_param_spec_boolean ("show-content", NULL, NULL, FALSE,
                                                        free_to_set);
  properties[PROP_NEEDS_BACK_BUTTON] = g_param_spec_boolean ("needs-back-button", NULL, NULL, FALSE,
                                                             told);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "shell");
}

static void
dw_shell_init (DwShell *self)
{
  build (self);
  gtk_widget_set_parent (self->root, GTK_WIDGET (self));
}

/* Returns: whether only one of the two is to be seen. */
gboolean
dw_shell_get_folded (DwShell *self)
{
  g_return_val_if_fail (DW_IS_SHELL (self), FALSE);

#if ADW_CHECK_VERSION(1, 4, 0)
  return adw_navigation_split_view_get_collapsed (self->view);
#else
  return adw_leaflet_get_folded (self->view);
#endif
}

/* Returns: whether the content is the one that is seen when there is room for one. */
gboolean
dw_shell_get_show_content (DwShell *self)
{
  g_return_val_if_fail (DW_IS_SHELL (self), FALSE);

#if ADW_CHECK_VERSION(1, 4, 0)
  return adw_navigation_split_view_get_show_content (self->view);
#else
  return adw_leaflet_get_visible_child (self->view) == self->content;
#endif
}

/**
 * dw_shell_set_show_content:
 * @self: a shell
 * @show_content: the content, or else the sidebar
 *
 * Moves to one of the two; it only shows while the shell is folded.
 */
void
dw_shell_set_show_content (DwShell *self, gboolean show_content)
{
  g_return_if_fail (DW_IS_SHELL (self));

#if ADW_CHECK_VERSION(1, 4, 0)
  adw_navigation_split_view_set_show_content (self->view, show_content);
#else
  adw_leaflet_set_visible_child (self->view, show_content ? self->content : self->sidebar);
#endif
}
