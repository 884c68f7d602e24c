/* dw-deploy-cell.c: one thing about one deploy of the history
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A view that is scrolled through a million deploys gives its few cells other rows in each frame,
 * so a cell is light: a GtkInscription, which needs no new size for another text; and a style class
 * changes only when it is another one. It follows its row until the row has been read, and then
 * the deploy.
 */

#include "config.h"

#include "ui/dw-deploy-cell.h"

#include <glib/gi18n.h>

#include "ui/dw-format.h"
#include "ui/dw-row-name.h"

/* A paragraph from right to left of one text that has a direction of its own. */
#define MIRRORED_BEGIN "\xe2\x80\x8f\xe2\x81\xa8"
#define MIRRORED_END "\xe2\x81\xa9"

struct _DwDeployCell
{
  GtkWidget parent_instance;

  DwDeployCellKind kind;
  DwStoreRow *row;     /* nullable */
  DwDeploy *deploy;    /* nullable: it has not been read */
  const char *classes; /* nullable: the one style class for the status */
  gulong row_handler;
  gulong deploy_handler;

  GtkWidget *image;       /* nullable */
  GtkWidget *inscription; /* nullable */
};

G_DEFINE_FINAL_TYPE (DwDeployCell, dw_deploy_cell, GTK_TYPE_WIDGET)

/* What begins before it leaves the queue is what a person waits for. */
static const char *
get_started_at (DwDeploy *deploy)
{
  const char *started_at = dw_deploy_get_started_at (deploy);

  return started_at != NULL ? started_at : dw_entity_get_created_at (DW_ENTITY (deploy));
}

static char *
make_duration (DwDeploy *deploy)
{
  gboolean has_ended = dw_deploy_status_has_ended (dw_deploy_get_status (deploy));
  const char *finished_at = dw_deploy_get_finished_at (deploy);

  return dw_format_duration (
      has_ended && finished_at == NULL
          ? -1
          : dw_format_measure_ms (get_started_at (deploy), has_ended ? finished_at : NULL));
}

static char *
make_place (DwDeploy *deploy)
{
  return g_strdup_printf ("%s/%s", dw_deploy_get_project_name (deploy),
                          dw_deploy_get_stage_name (deploy));
}

static char *
make_text (DwDeployCell *self)
{
  DwDeploy *deploy = self->deploy;
  g_autofree char *age = NULL;

  switch (self->kind)
    {
    case DW_DEPLOY_CELL_STATUS:
      return g_strdup (dw_format_deploy_status (dw_deploy_get_status (deploy)));
    case DW_DEPLOY_CELL_PLACE:
      return make_place (deploy);
    case DW_DEPLOY_CELL_TAG:
      return g_strdup (dw_deploy_get_tag (deploy));
    case DW_DEPLOY_CELL_DIGEST:
      return dw_format_digest (dw_deploy_get_digest (deploy));
    case DW_DEPLOY_CELL_TRIGGER:
      return g_strdup (dw_format_trigger_name (dw_deploy_get_trigger (deploy)));
    case DW_DEPLOY_CELL_STARTED:
      return dw_format_age (get_started_at (deploy));
    case DW_DEPLOY_CELL_DURATION:
      return make_duration (deploy);
    case DW_DEPLOY_CELL_SUMMARY:
      age = dw_format_age (get_started_at (deploy));
      return g_strjoin (" · ", dw_format_deploy_status (dw_deploy_get_status (deploy)), age,
                        dw_deploy_get_tag (deploy), NULL);
    case DW_DEPLOY_CELL_ICON:
    default:
      return NULL;
    }
}

static gboolean
shows_status (DwDeployCell *self)
{
  return self->kind == DW_DEPLOY_CELL_STATUS || self->kind == DW_DEPLOY_CELL_ICON;
}

static void
set_status_class (DwDeployCell *self, const char *css_class)
{
  if (self->classes == css_class)
    return;

  if (self->classes != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self), self->classes);
  self->classes = css_class;
  gtk_widget_add_css_class (GTK_WIDGET (self), css_class);
}

/* One of a row's cells speaks for all of them. */
static void
name_row (DwDeployCell *self, const char *place)
{
  const char *tag = dw_deploy_get_tag (self->deploy);
  g_autofree char *age = dw_format_age (get_started_at (self->deploy));
  g_autofree char *name = g_strjoin (
      " · ", place, dw_format_deploy_status (dw_deploy_get_status (self->deploy)), age, tag, NULL);

  dw_row_name_set (GTK_WIDGET (self), name);
}

static void
show_text (DwDeployCell *self)
{
  g_autofree char *text = NULL;

  if (self->inscription == NULL)
    return;

  /* Calm: what has not been read is soon. */
  text = self->deploy != NULL ? make_text (self) : NULL;
  /* An inscription begins where its first letter would, and a tag has none from right to left. */
  if (text != NULL && gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
    {
      char *marked = g_strconcat (MIRRORED_BEGIN, text, MIRRORED_END, NULL);

      g_free (text);
      text = marked;
    }
  gtk_inscription_set_text (GTK_INSCRIPTION (self->inscription), text != NULL ? text : "");
  if (self->kind == DW_DEPLOY_CELL_PLACE && text != NULL)
    name_row (self, text);
}

static void
show (DwDeployCell *self)
{
  if (shows_status (self) && self->deploy != NULL)
    {
      DwDeployStatus status = dw_deploy_get_status (self->deploy);

      gtk_image_set_from_icon_name (GTK_IMAGE (self->image), dw_format_deploy_icon (status));
      set_status_class (self, dw_format_deploy_class (status));
    }
  if (self->image != NULL)
    gtk_widget_set_child_visible (self->image, self->deploy != NULL);
  show_text (self);
}

static void
on_deploy_changed (DwDeployCell *self)
{
  show (self);
}

static void
forget_deploy (DwDeployCell *self)
{
  if (self->deploy != NULL)
    g_clear_signal_handler (&self->deploy_handler, self->deploy);
  g_clear_object (&self->deploy);
}

static void
on_row_read (DwDeployCell *self)
{
  forget_deploy (self);
  g_set_object (&self->deploy, DW_DEPLOY (dw_store_row_get_entity (self->row)));
  if (self->deploy != NULL)
    self->deploy_handler = g_signal_connect_swapped (self->deploy, "notify",
                                                     G_CALLBACK (on_deploy_changed), self);
  show (self);
}

static char *
make_tooltip (DwDeployCell *self)
{
  switch (self->kind)
    {
    case DW_DEPLOY_CELL_STATUS:
    case DW_DEPLOY_CELL_ICON:
    case DW_DEPLOY_CELL_SUMMARY:
      return g_strdup (dw_deploy_get_error (self->deploy) != NULL
                           ? dw_deploy_get_error (self->deploy)
                           : dw_format_deploy_status (dw_deploy_get_status (self->deploy)));
    case DW_DEPLOY_CELL_DIGEST:
      return g_strdup (dw_deploy_get_digest (self->deploy));
    case DW_DEPLOY_CELL_STARTED:
      return dw_format_time (get_started_at (self->deploy));
    case DW_DEPLOY_CELL_DURATION:
      return dw_deploy_get_finished_at (self->deploy) != NULL
                 ? dw_format_time (dw_deploy_get_finished_at (self->deploy))
                 : NULL;
    case DW_DEPLOY_CELL_PLACE:
    case DW_DEPLOY_CELL_TAG:
    case DW_DEPLOY_CELL_TRIGGER:
    default:
      return make_text (self);
    }
}

static gboolean
dw_deploy_cell_query_tooltip (
    GtkWidget *widget, int x, int y, gboolean is_keyboard, GtkTooltip *tooltip)
{
  DwDeployCell *self = DW_DEPLOY_CELL (widget);
  g_autofree char *text = self->deploy != NULL ? make_tooltip (self) : NULL;

  gtk_tooltip_set_text (tooltip, text);

  return text != NULL && *text != '\0';
}

static void
dw_deploy_cell_dispose (GObject *object)
{
  DwDeployCell *self = DW_DEPLOY_CELL (object);

  dw_deploy_cell_set_row (self, NULL);
  g_clear_pointer (&self->image, gtk_widget_unparent);
  g_clear_pointer (&self->inscription, gtk_widget_unparent);

  G_OBJECT_CLASS (dw_deploy_cell_parent_class)->dispose (object);
}

static void
dw_deploy_cell_class_init (DwDeployCellClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dw_deploy_cell_dispose;
  widget_class->query_tooltip = dw_deploy_cell_query_tooltip;

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "deploycell");
}

static void
dw_deploy_cell_init (DwDeployCell *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 6);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

/**
 * dw_deploy_cell_new:
 * @kind: what it says
 *
 * Returns: (transfer floating): a cell without a row
 */
DwDeployCell *
dw_deploy_cell_new (DwDeployCellKind kind)
{
  DwDeployCell *self = g_object_new (DW_TYPE_DEPLOY_CELL, NULL);

  self->kind = kind;
  if (shows_status (self))
    {
      self->image = gtk_image_new ();
      gtk_widget_set_parent (self->image, GTK_WIDGET (self));
    }
  if (kind != DW_DEPLOY_CELL_ICON)
    {
      self->inscription = g_object_new (GTK_TYPE_INSCRIPTION, "hexpand", TRUE, "min-chars", 3u,
                                        "nat-lines", 1u, "text-overflow",
                                        GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END, NULL);
      gtk_widget_set_parent (self->inscription, GTK_WIDGET (self));
    }

  return self;
}

/**
 * dw_deploy_cell_set_row:
 * @self: a cell
 * @row: (nullable): a row of deploys, which may not have been read yet
 */
void
dw_deploy_cell_set_row (DwDeployCell *self, DwStoreRow *row)
{
  g_return_if_fail (DW_IS_DEPLOY_CELL (self));

  if (self->row == row)
    return;

  forget_deploy (self);
  if (self->row != NULL)
    g_clear_signal_handler (&self->row_handler, self->row);
  g_set_object (&self->row, row);
  if (row == NULL)
    return;

  self->row_handler = g_signal_connect_swapped (row, "notify::entity", G_CALLBACK (on_row_read),
                                                self);
  on_row_read (self);
}

/**
 * dw_deploy_cell_tick:
 * @self: a cell
 * @ages: whether ages may have changed, and not only the durations of what runs
 *
 * Says anew what depends on what time it is.
 */
void
dw_deploy_cell_tick (DwDeployCell *self, gboolean ages)
{
  g_return_if_fail (DW_IS_DEPLOY_CELL (self));

  if (self->deploy != NULL &&
      (ages || !dw_deploy_status_has_ended (dw_deploy_get_status (self->deploy))))
    show_text (self);
}
