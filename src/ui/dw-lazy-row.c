/* dw-lazy-row.c: a row of a long list that is made when it comes near what is seen
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A GtkListView holds two hundred rows, of which a window shows ten. Until one of them comes near
 * those it is only as large as all rows are. It looks where it is when all has found its place, and
 * before that is drawn: so nobody sees a row without anything on it, however far one has scrolled.
 */

#include "config.h"

#include "ui/dw-lazy-row.h"

struct _DwLazyRow
{
  GtkWidget parent_instance;

  GtkWidget *sample; /* a row that is as large as all of them */
  GtkWidget *child;  /* nullable: it has never been near */
  GObject *item;     /* nullable */
  const char *item_property;
  DwLazyRowFunc make;
  gpointer user_data;

  GdkFrameClock *clock; /* nullable: there is nothing to wait for */
  gulong layout_handler;
};

G_DEFINE_FINAL_TYPE (DwLazyRow, dw_lazy_row, GTK_TYPE_WIDGET)

static void
stop_waiting (DwLazyRow *self)
{
  if (self->clock != NULL)
    g_clear_signal_handler (&self->layout_handler, self->clock);
  g_clear_object (&self->clock);
}

/* Half of what is seen on either side, so that scrolling does not make each row as it comes. */
static gboolean
is_near (DwLazyRow *self)
{
  GtkWidget *view = gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_SCROLLED_WINDOW);
  graphene_rect_t bounds;
  float height;

  if (view == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)) ||
      !gtk_widget_compute_bounds (GTK_WIDGET (self), view, &bounds))
    return FALSE;

  height = (float) gtk_widget_get_height (view);

  return bounds.origin.y < height * 1.5f && bounds.origin.y + bounds.size.height > height * -.5f;
}

static void
on_laid_out (DwLazyRow *self)
{
  if (!is_near (self))
    return;

  stop_waiting (self);
  self->child = self->make (self->user_data);
  g_object_set (self->child, self->item_property, self->item, NULL);
  gtk_widget_set_parent (self->child, GTK_WIDGET (self));
}

static void
dw_lazy_row_realize (GtkWidget *widget)
{
  DwLazyRow *self = DW_LAZY_ROW (widget);

  GTK_WIDGET_CLASS (dw_lazy_row_parent_class)->realize (widget);

  if (self->child != NULL)
    return;

  /* After the window, which listens as well, has found a place for each widget. */
  self->clock = g_object_ref (gtk_widget_get_frame_clock (widget));
  self->layout_handler = g_signal_connect_data (self->clock, "layout", G_CALLBACK (on_laid_out),
                                                self, NULL, G_CONNECT_AFTER | G_CONNECT_SWAPPED);
}

static void
dw_lazy_row_unrealize (GtkWidget *widget)
{
  stop_waiting (DW_LAZY_ROW (widget));

  GTK_WIDGET_CLASS (dw_lazy_row_parent_class)->unrealize (widget);
}

static GtkWidget *
get_measured (DwLazyRow *self)
{
  return self->child != NULL ? self->child : self->sample;
}

static GtkSizeRequestMode
dw_lazy_row_get_request_mode (GtkWidget *widget)
{
  return gtk_widget_get_request_mode (get_measured (DW_LAZY_ROW (widget)));
}

static void
dw_lazy_row_measure (GtkWidget *widget,
                     GtkOrientation orientation,
                     int for_size,
                     int *minimum,
                     int *natural,
                     int *minimum_baseline,
                     int *natural_baseline)
{
  gtk_widget_measure (get_measured (DW_LAZY_ROW (widget)), orientation, for_size, minimum, natural,
                      minimum_baseline, natural_baseline);
}

static void
dw_lazy_row_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  DwLazyRow *self = DW_LAZY_ROW (widget);

  if (self->child != NULL)
    gtk_widget_allocate (self->child, width, height, baseline, NULL);
}

static void
dw_lazy_row_dispose (GObject *object)
{
  DwLazyRow *self = DW_LAZY_ROW (object);

  stop_waiting (self);
  g_clear_pointer (&self->child, gtk_widget_unparent);
  g_clear_object (&self->sample);
  g_clear_object (&self->item);

  G_OBJECT_CLASS (dw_lazy_row_parent_class)->dispose (object);
}

static void
dw_lazy_row_class_init (DwLazyRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = dw_lazy_row_dispose;
  widget_class->realize = dw_lazy_row_realize;
  widget_class->unrealize = dw_lazy_row_unrealize;
  widget_class->get_request_mode = dw_lazy_row_get_request_mode;
  widget_class->measure = dw_lazy_row_measure;
  widget_class->size_allocate = dw_lazy_row_size_allocate;
}

static void
dw_lazy_row_init (DwLazyRow *self)
{
}

/**
 * dw_lazy_row_new:
 * @sample: a row that is as large as all of them, to be measured and not shown
 * @item_property: (transfer none): the property of the rows that takes the item; a literal
 * @make: makes what is to be seen
 * @user_data: for @make; outlives the row
 *
 * Returns: (transfer floating): the child of an item of a list view
 */
GtkWidget *
dw_lazy_row_new (GtkWidget *sample,
                 const char *item_property,
                 DwLazyRowFunc make,
                 gpointer user_data)
{
  DwLazyRow *self = g_object_new (DW_TYPE_LAZY_ROW, NULL);

  self->sample = g_object_ref (sample);
  self->item_property = item_property;
  self->make = make;
  self->user_data = user_data;

  return GTK_WIDGET (self);
}

/* @item: (nullable): what the row is to show */
void
dw_lazy_row_set_item (DwLazyRow *self, gpointer item)
{
  g_return_if_fail (DW_IS_LAZY_ROW (self));

  if (g_set_object (&self->item, item) && self->child != NULL)
    g_object_set (self->child, self->item_property, item, NULL);
}
