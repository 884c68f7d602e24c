/* dw-watched-row.c: a registry that is watched without being in the list of them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Images say by their names where they are; such a registry is asked with Docker's own sign-in, or
 * with none, and by the schedule of the settings.
 */

#include "config.h"

#include "ui/dw-watched-row.h"

#include <glib/gi18n.h>

#include "ui/dw-format.h"

/* What takes less needs no spinner. */
#define SPINNER_DELAY_MS 200
/* How often what is said of times is made true again. */
#define AGE_INTERVAL_S 30

struct _DwWatchedRow
{
  AdwActionRow parent_instance;

  DwWatcher *watcher;
  DwWatchedRegistry *watched;
  guint spinner_source;
  guint age_source;

  GtkStack *check_stack;
  GtkSpinner *spinner;
};

G_DEFINE_FINAL_TYPE (DwWatchedRow, dw_watched_row, ADW_TYPE_ACTION_ROW)

static gboolean
on_spinner_due (gpointer user_data)
{
  DwWatchedRow *self = user_data;

  self->spinner_source = 0;
  gtk_spinner_start (self->spinner);
  gtk_stack_set_visible_child_name (self->check_stack, "checking");

  return G_SOURCE_REMOVE;
}

static void
show (DwWatchedRow *self)
{
  gboolean is_checking = dw_watched_registry_get_state (self->watched) == DW_WATCH_STATE_CHECKING;
  const char *problem = dw_watched_registry_get_problem (self->watched);
  g_autofree char *watching = dw_format_watching (self->watched);
  g_autofree char *sentence = dw_format_sentence (watching);
  /* Translators: what went wrong, and when it is tried again */
  g_autofree char *text = problem != NULL ? g_strdup_printf (_ ("%s · %s"), problem, watching)
                                          : g_steal_pointer (&sentence);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self),
                                 dw_watched_registry_get_name (self->watched));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), text);
  if (problem != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), "problem");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "problem");

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "watched.check", !is_checking);
  if (is_checking && self->spinner_source == 0)
    self->spinner_source = g_timeout_add (SPINNER_DELAY_MS, on_spinner_due, self);
  if (is_checking)
    return;

  g_clear_handle_id (&self->spinner_source, g_source_remove);
  gtk_spinner_stop (self->spinner);
  gtk_stack_set_visible_child_name (self->check_stack, "check");
}

static gboolean
on_age (gpointer user_data)
{
  show (user_data);

  return G_SOURCE_CONTINUE;
}

static void
check (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwWatchedRow *self = DW_WATCHED_ROW (widget);

  dw_watcher_check_now (self->watcher, dw_watched_registry_get_key (self->watched));
}

static void
dw_watched_row_map (GtkWidget *widget)
{
  DwWatchedRow *self = DW_WATCHED_ROW (widget);

  GTK_WIDGET_CLASS (dw_watched_row_parent_class)->map (widget);
  self->age_source = g_timeout_add_seconds (AGE_INTERVAL_S, on_age, self);
  show (self);
}

static void
dw_watched_row_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&DW_WATCHED_ROW (widget)->age_source, g_source_remove);
  GTK_WIDGET_CLASS (dw_watched_row_parent_class)->unmap (widget);
}

static void
dw_watched_row_dispose (GObject *object)
{
  DwWatchedRow *self = DW_WATCHED_ROW (object);

  g_clear_handle_id (&self->spinner_source, g_source_remove);
  g_clear_handle_id (&self->age_source, g_source_remove);
  if (self->watched != NULL)
    g_signal_handlers_disconnect_by_func (self->watched, show, self);
  g_clear_object (&self->watched);
  g_clear_object (&self->watcher);

  G_OBJECT_CLASS (dw_watched_row_parent_class)->dispose (object);
}

static void
dw_watched_row_class_init (DwWatchedRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = dw_watched_row_dispose;
  widget_class->map = dw_watched_row_map;
  widget_class->unmap = dw_watched_row_unmap;

  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-watched-row.ui");
  gtk_widget_class_bind_template_child (widget_class, DwWatchedRow, check_stack);
  gtk_widget_class_bind_template_child (widget_class, DwWatchedRow, spinner);
  gtk_widget_class_install_action (widget_class, "watched.check", NULL, check);
}

static void
dw_watched_row_init (DwWatchedRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * dw_watched_row_new:
 * @watcher: what watches
 * @watched: one of its registries
 *
 * Returns: (transfer floating): a row that follows @watched
 */
DwWatchedRow *
dw_watched_row_new (DwWatcher *watcher, DwWatchedRegistry *watched)
{
  DwWatchedRow *self = g_object_new (DW_TYPE_WATCHED_ROW, NULL);

  self->watcher = g_object_ref (watcher);
  self->watched = g_object_ref (watched);
  g_signal_connect_object (watched, "notify", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  show (self);

  return self;
}
