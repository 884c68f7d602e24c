/* dw-phase-bar.c: how long a deploy was in each of its phases
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A bar of one part a phase, as wide as the phase was long, above a legend that says the same in
 * words. The parts have style classes of their own, so that the style has the colours. While the
 * deploy runs the last part grows.
 */

#include "config.h"

#include "ui/dw-phase-bar.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "model/dw-enum-types.h"
#include "ui/dw-format.h"

#define BAR_HEIGHT 12
#define SPACING 8
/* What took no time is seen too. */
#define LEAST_WIDTH 3
#define TICK_MS 100

typedef struct
{
  DwDeployStatus phase;
  char *started_at;
  gint64 duration_ms;
  GtkWidget *part;
  GtkWidget *label; /* in the legend */
} Part;

struct _DwPhaseBar
{
  GtkWidget parent_instance;

  GArray *parts; /* of Part */
  gboolean is_running;
  guint tick_source;

  GtkWidget *legend;
};

G_DEFINE_FINAL_TYPE (DwPhaseBar, dw_phase_bar, GTK_TYPE_WIDGET)

static void
clear (DwPhaseBar *self)
{
  GtkWidget *child;

  for (guint i = 0; i < self->parts->len; i++)
    {
      Part *part = &g_array_index (self->parts, Part, i);

      gtk_widget_unparent (part->part);
      g_free (part->started_at);
    }
  g_array_set_size (self->parts, 0);

  while (self->legend != NULL && (child = gtk_widget_get_first_child (self->legend)) != NULL)
    gtk_flow_box_remove (GTK_FLOW_BOX (self->legend), child);
}

static char *
describe (Part *part)
{
  g_autofree char *duration = dw_format_duration (part->duration_ms);

  /* Translators: a phase of a deploy, and how long it took: “Pulling the image: 4.2 s” */
  return g_strdup_printf (_ ("%s: %s"), dw_format_deploy_status (part->phase), duration);
}

/* For who does not see the bar. */
static void
tell (DwPhaseBar *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < self->parts->len; i++)
    {
      Part *part = &g_array_index (self->parts, Part, i);
      g_autofree char *words = describe (part);

      gtk_label_set_label (GTK_LABEL (part->label), words);
      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", words);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Phases"), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text->str, -1);
}

static gboolean
tick (gpointer user_data)
{
  DwPhaseBar *self = user_data;
  Part *last = &g_array_index (self->parts, Part, self->parts->len - 1);

  last->duration_ms = MAX (dw_format_measure_ms (last->started_at, NULL), last->duration_ms);
  tell (self);
  gtk_widget_queue_allocate (GTK_WIDGET (self));

  return G_SOURCE_CONTINUE;
}

static void
follow_time (DwPhaseBar *self)
{
  gboolean follows = self->is_running && self->parts->len > 0 &&
                     gtk_widget_get_mapped (GTK_WIDGET (self));

  if (follows && self->tick_source == 0)
    self->tick_source = g_timeout_add (TICK_MS, tick, self);
  else if (!follows)
    g_clear_handle_id (&self->tick_source, g_source_remove);
}

static GtkWidget *
make_entry (DwDeployStatus phase, GtkWidget **label)
{
  GtkWidget *child = gtk_flow_box_child_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *dot = adw_bin_new ();

  *label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (*label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (*label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (*label, "caption");
  gtk_widget_add_css_class (*label, "numeric");
  gtk_widget_add_css_class (dot, "phase-dot");
  gtk_widget_add_css_class (dot, dw_enum_to_nick (DW_TYPE_DEPLOY_STATUS, (int) phase));
  gtk_widget_set_valign (dot, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), dot);
  gtk_box_append (GTK_BOX (box), *label);
  gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (child), box);
  gtk_widget_set_focusable (child, FALSE);

  return child;
}

static void
dw_phase_bar_measure (GtkWidget *widget,
                      GtkOrientation orientation,
                      int for_size,
                      int *minimum,
                      int *natural,
                      int *minimum_baseline,
                      int *natural_baseline)
{
  DwPhaseBar *self = DW_PHASE_BAR (widget);

  /* Of no width in particular it would say what it needs at its narrowest. */
  if (orientation == GTK_ORIENTATION_VERTICAL && for_size < 0)
    gtk_widget_measure (self->legend, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &for_size, NULL, NULL);
  gtk_widget_measure (self->legend, orientation, for_size, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      *minimum += BAR_HEIGHT + SPACING;
      *natural += BAR_HEIGHT + SPACING;
    }
}

static void
allocate_part (Part *part, int x, int width)
{
  int least, natural;

  gtk_widget_measure (part->part, GTK_ORIENTATION_HORIZONTAL, -1, &least, &natural, NULL, NULL);
  gtk_widget_measure (part->part, GTK_ORIENTATION_VERTICAL, width, &least, &natural, NULL, NULL);
  gtk_widget_size_allocate (part->part, &(GtkAllocation){ x, 0, width, BAR_HEIGHT }, -1);
}

static void
dw_phase_bar_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  DwPhaseBar *self = DW_PHASE_BAR (widget);
  gboolean is_rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int n = (int) self->parts->len;
  int room = MAX (width - n * (LEAST_WIDTH + 1), 0);
  gint64 total_ms = 0, passed_ms = 0;

  for (int i = 0; i < n; i++)
    total_ms += g_array_index (self->parts, Part, i).duration_ms;

  for (int i = 0; i < n; i++)
    {
      Part *part = &g_array_index (self->parts, Part, i);
      double before = total_ms > 0 ? (double) passed_ms / (double) total_ms : (double) i / n;
      double after;
      int x, end;

      passed_ms += part->duration_ms;
      after = total_ms > 0 ? (double) passed_ms / (double) total_ms : (double) (i + 1) / n;
      x = i * (LEAST_WIDTH + 1) + (int) (before * room);
      end = (i + 1) * (LEAST_WIDTH + 1) + (int) (after * room) - (i + 1 < n ? 1 : 0);
      allocate_part (part, is_rtl ? width - end : x, end - x);
    }

  gtk_widget_size_allocate (
      self->legend,
      &(GtkAllocation){ 0, BAR_HEIGHT + SPACING, width, height - BAR_HEIGHT - SPACING }, -1);
}

static GtkSizeRequestMode
dw_phase_bar_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
dw_phase_bar_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (dw_phase_bar_parent_class)->map (widget);
  follow_time (DW_PHASE_BAR (widget));
}

static void
dw_phase_bar_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (dw_phase_bar_parent_class)->unmap (widget);
  follow_time (DW_PHASE_BAR (widget));
}

static void
dw_phase_bar_dispose (GObject *object)
{
  DwPhaseBar *self = DW_PHASE_BAR (object);

  g_clear_handle_id (&self->tick_source, g_source_remove);
  clear (self);
  g_clear_pointer (&self->legend, gtk_widget_unparent);

  G_OBJECT_CLASS (dw_phase_bar_parent_class)->dispose (object);
}

static void
dw_phase_bar_finalize (GObject *object)
{
  g_array_unref (DW_PHASE_BAR (object)->parts);

  G_OBJECT_CLASS (dw_phase_bar_parent_class)->finalize (object);
}

static void
dw_phase_bar_class_init (DwPhaseBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = dw_phase_bar_dispose;
  object_class->finalize = dw_phase_bar_finalize;
  widget_class->measure = dw_phase_bar_measure;
  widget_class->size_allocate = dw_phase_bar_size_allocate;
  widget_class->get_request_mode = dw_phase_bar_get_request_mode;
  widget_class->map = dw_phase_bar_map;
  widget_class->unmap = dw_phase_bar_unmap;

  gtk_widget_class_set_css_name (widget_class, "phasebar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
dw_phase_bar_init (DwPhaseBar *self)
{
  self->parts = g_array_new (FALSE, TRUE, sizeof (Part));
  self->legend = gtk_flow_box_new ();
  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (self->legend), GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (self->legend), 5);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (self->legend), 18);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (self->legend), 3);
  gtk_widget_set_parent (self->legend, GTK_WIDGET (self));
}

/**
 * dw_phase_bar_set_phases:
 * @self: a bar
 * @phases: (element-type DwDeployPhase): the phases that a deploy came to, in their order
 * @is_running: whether the last of them goes on
 */
void
dw_phase_bar_set_phases (DwPhaseBar *self, GPtrArray *phases, gboolean is_running)
{
  g_return_if_fail (DW_IS_PHASE_BAR (self));

  clear (self);
  for (guint i = 0; i < phases->len; i++)
    {
      DwDeployPhase *phase = g_ptr_array_index (phases, i);
      Part part = { .phase = dw_deploy_phase_get_phase (phase),
                    .started_at = g_strdup (dw_deploy_phase_get_started_at (phase)),
                    .duration_ms = dw_deploy_phase_get_duration_ms (phase),
                    .part = adw_bin_new () };

      gtk_widget_add_css_class (part.part, "phase-part");
      gtk_widget_add_css_class (part.part,
                                dw_enum_to_nick (DW_TYPE_DEPLOY_STATUS, (int) part.phase));
      gtk_widget_set_parent (part.part, GTK_WIDGET (self));
      gtk_flow_box_insert (GTK_FLOW_BOX (self->legend), make_entry (part.phase, &part.label), -1);
      g_array_append_val (self->parts, part);
    }
  self->is_running = is_running;
  tell (self);
  follow_time (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}
