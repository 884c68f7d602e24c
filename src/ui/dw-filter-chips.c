/* dw-filter-chips.c: what the history is filtered by, each to be taken away
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It is not visible while nothing is. The text is not among them: it stands in the search entry.
 */

#include "config.h"

#include "ui/dw-filter-chips.h"

#include <glib/gi18n.h>

#include "ui/dw-format.h"

typedef enum
{
  CHIP_PROJECT,
  CHIP_STAGE,
  CHIP_STATUSES,
  CHIP_TRIGGERS,
} Chip;

struct _DwFilterChips
{
  AdwBin parent_instance;

  DwSession *session;
  DwHistoryFilter *filter;

  GtkBox *box;
};

G_DEFINE_FINAL_TYPE (DwFilterChips, dw_filter_chips, ADW_TYPE_BIN)

static void
remove_chip (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwFilterChips *self = DW_FILTER_CHIPS (widget);
  guint chip, bits;

  g_variant_get (parameter, "(uu)", &chip, &bits);
  switch ((Chip) chip)
    {
    case CHIP_PROJECT:
      dw_history_filter_set_project (self->filter, NULL);
      break;
    case CHIP_STAGE:
      dw_history_filter_set_stage (self->filter, NULL);
      break;
    case CHIP_STATUSES:
      dw_history_filter_set_statuses (self->filter, bits, FALSE);
      break;
    case CHIP_TRIGGERS:
    default:
      dw_history_filter_set_triggers (self->filter, bits, FALSE);
      break;
    }
}

static void
clear (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  dw_history_filter_clear (DW_FILTER_CHIPS (widget)->filter);
}

static void
add_chip (DwFilterChips *self, Chip chip, guint bits, const char *text)
{
  /* Translators: what is not filtered by any more, such as a project or a status */
  g_autofree char *name = g_strdup_printf (_ ("Remove %s"), text);
  GtkWidget *button = gtk_button_new ();
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 24);
  gtk_box_append (GTK_BOX (content), label);
  gtk_box_append (GTK_BOX (content), gtk_image_new_from_icon_name ("window-close-symbolic"));
  gtk_button_set_child (GTK_BUTTON (button), content);
  gtk_widget_add_css_class (button, "filter-chip");
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "filter.remove");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "(uu)", (guint) chip, bits);
  gtk_box_append (self->box, button);
}

static void
add_statuses (DwFilterChips *self, guint bits)
{
  if ((bits & DW_HISTORY_RUNNING) != 0)
    add_chip (self, CHIP_STATUSES, DW_HISTORY_RUNNING, C_ ("deploy", "Running"));
  for (DwDeployStatus status = DW_DEPLOY_SUCCESS; status <= DW_DEPLOY_ROLLED_BACK; status++)
    if ((bits & DW_STORE_BIT (status)) != 0)
      add_chip (self, CHIP_STATUSES, DW_STORE_BIT (status), dw_format_deploy_status (status));
}

static void
add_triggers (DwFilterChips *self, guint bits)
{
  for (DwTrigger trigger = DW_TRIGGER_MANUAL; trigger <= DW_TRIGGER_CLI; trigger++)
    if ((bits & DW_STORE_BIT (trigger)) != 0)
      add_chip (self, CHIP_TRIGGERS, DW_STORE_BIT (trigger), dw_format_trigger_name (trigger));
}

static void
show (DwFilterChips *self)
{
  const DwStoreFilter *filter = dw_history_filter_get (self->filter);
  g_autoptr (DwProject) project = dw_session_find_project (self->session, filter->project_id);
  g_autoptr (DwStage) stage = dw_session_find_stage (self->session, filter->stage_id);
  GtkWidget *chip;

  while ((chip = gtk_widget_get_first_child (GTK_WIDGET (self->box))) != NULL)
    gtk_box_remove (self->box, chip);

  if (project != NULL)
    add_chip (self, CHIP_PROJECT, 0, dw_project_get_name (project));
  if (stage != NULL)
    add_chip (self, CHIP_STAGE, 0, dw_stage_get_name (stage));
  add_statuses (self, filter->statuses);
  add_triggers (self, filter->triggers);
  gtk_widget_set_visible (GTK_WIDGET (self),
                          gtk_widget_get_first_child (GTK_WIDGET (self->box)) != NULL);
}

static void
dw_filter_chips_dispose (GObject *object)
{
  DwFilterChips *self = DW_FILTER_CHIPS (object);

  g_clear_object (&self->filter);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (dw_filter_chips_parent_class)->dispose (object);
}

static void
dw_filter_chips_class_init (DwFilterChipsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dw_filter_chips_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-filter-chips.ui");
  gtk_widget_class_bind_template_child (widget_class, DwFilterChips, box);
  gtk_widget_class_install_action (widget_class, "filter.remove", "(uu)", remove_chip);
  gtk_widget_class_install_action (widget_class, "filter.clear", NULL, clear);
}

static void
dw_filter_chips_init (DwFilterChips *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * dw_filter_chips_connect:
 * @self: chips that are new
 * @session: what knows the names of projects and stages
 * @filter: what they show and change
 */
void
dw_filter_chips_connect (DwFilterChips *self, DwSession *session, DwHistoryFilter *filter)
{
  g_return_if_fail (DW_IS_FILTER_CHIPS (self));
  g_return_if_fail (self->filter == NULL);

  self->session = g_object_ref (session);
  self->filter = g_object_ref (filter);
  g_signal_connect_object (filter, "changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (dw_session_get_projects (session), "items-changed", G_CALLBACK (show),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (dw_session_get_stages (session), "items-changed", G_CALLBACK (show),
                           self, G_CONNECT_SWAPPED);
  show (self);
}
