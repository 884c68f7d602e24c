/* dw-pair-row.c: one variable or one volume in a form
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ui/dw-pair-row.h"

#include <glib/gi18n.h>
#include <string.h>

struct _DwPairRow
{
  AdwPreferencesRow parent_instance;

  gboolean is_volume;

  GtkEntry *first_entry;
  GtkLabel *sign_label;
  GtkEntry *second_entry;
  GtkToggleButton *read_only_button;
  GtkLabel *note_label;
  GtkLabel *problem_label;
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_REMOVED,
  SIGNAL_PASTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (DwPairRow, dw_pair_row, ADW_TYPE_PREFERENCES_ROW)

static void
on_changed (DwPairRow *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
on_remove_clicked (DwPairRow *self)
{
  g_signal_emit (self, signals[SIGNAL_REMOVED], 0);
}

/* More than a line, or for a name more than that, is for the whole list. The sign between the two
 * leads on from one to the other. */
static void
on_insert_text (DwPairRow *self, const char *text, int length, int *position, GtkEditable *editable)
{
  g_autofree char *inserted = g_strndup (text, length >= 0 ? (gsize) length : strlen (text));
  gboolean is_first = editable == gtk_editable_get_delegate (GTK_EDITABLE (self->first_entry));
  const char *sign = self->is_volume ? ":" : "=";

  if (is_first && g_str_equal (inserted, sign))
    {
      g_signal_stop_emission_by_name (editable, "insert-text");
      gtk_widget_grab_focus (GTK_WIDGET (self->second_entry));
    }
  else if (strchr (inserted, '\n') != NULL || (is_first && strstr (inserted, sign) != NULL))
    {
      g_signal_stop_emission_by_name (editable, "insert-text");
      g_signal_emit (self, signals[SIGNAL_PASTED], 0, inserted);
    }
}

static gboolean
dw_pair_row_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (DW_PAIR_ROW (widget)->first_entry));
}

static void
dw_pair_row_class_init (DwPairRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->grab_focus = dw_pair_row_grab_focus;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", DW_TYPE_PAIR_ROW, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_REMOVED] = g_signal_new ("removed", DW_TYPE_PAIR_ROW, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_PASTED] = g_signal_new ("pasted", DW_TYPE_PAIR_ROW, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-pair-row.ui");
  gtk_widget_class_bind_template_child (widget_class, DwPairRow, first_entry);
  gtk_widget_class_bind_template_child (widget_class, DwPairRow, sign_label);
  gtk_widget_class_bind_template_child (widget_class, DwPairRow, second_entry);
  gtk_widget_class_bind_template_child (widget_class, DwPairRow, read_only_button);
  gtk_widget_class_bind_template_child (widget_class, DwPairRow, note_label);
  gtk_widget_class_bind_template_child (widget_class, DwPairRow, problem_label);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_remove_clicked);
}

static void
dw_pair_row_init (DwPairRow *self)
{
  GtkEntry *entries[2];

  gtk_widget_init_template (GTK_WIDGET (self));

  entries[0] = self->first_entry;
  entries[1] = self->second_entry;
  for (gsize i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      GtkEditable *text = gtk_editable_get_delegate (GTK_EDITABLE (entries[i]));

      /* What a program reads is written from left to right everywhere. */
      gtk_widget_set_direction (GTK_WIDGET (text), GTK_TEXT_DIR_LTR);
      g_signal_connect_object (text, "insert-text", G_CALLBACK (on_insert_text), self,
                               G_CONNECT_SWAPPED);
    }
}

static void
name_entry (GtkEntry *entry, const char *name, const char *placeholder)
{
  gtk_entry_set_placeholder_text (entry, placeholder);
  gtk_widget_set_tooltip_text (GTK_WIDGET (entry), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/**
 * dw_pair_row_new:
 * @is_volume: whether it is a volume; else a variable
 *
 * Returns: (transfer floating): an empty row
 */
GtkWidget *
dw_pair_row_new (gboolean is_volume)
{
  DwPairRow *self = g_object_new (DW_TYPE_PAIR_ROW, NULL);
  gboolean is_mirrored = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  const char *arrow = is_mirrored ? "←" : "→";

  self->is_volume = is_volume;
  name_entry (self->first_entry, is_volume ? C_ ("volume", "Source") : _ ("Variable"),
              /* Translators: an example: where a volume is on this machine, or its name */
              is_volume ? _ ("data or /srv/data") : _ ("NAME"));
  name_entry (self->second_entry, is_volume ? C_ ("volume", "Target") : _ ("Value"),
              /* Translators: an example: where a volume is in the container */
              is_volume ? _ ("/var/lib/app") : _ ("value"));
  gtk_label_set_label (self->sign_label, is_volume ? arrow : "=");
  gtk_widget_set_visible (GTK_WIDGET (self->read_only_button), is_volume);

  return GTK_WIDGET (self);
}

/* Returns: (transfer none): the name or the source */
const char *
dw_pair_row_get_first (DwPairRow *self)
{
  g_return_val_if_fail (DW_IS_PAIR_ROW (self), NULL);

  return gtk_editable_get_text (GTK_EDITABLE (self->first_entry));
}

/* Returns: (transfer none): the value or the target */
const char *
dw_pair_row_get_second (DwPairRow *self)
{
  g_return_val_if_fail (DW_IS_PAIR_ROW (self), NULL);

  return gtk_editable_get_text (GTK_EDITABLE (self->second_entry));
}

/* Returns: whether a container may not write to the volume */
gboolean
dw_pair_row_get_read_only (DwPairRow *self)
{
  g_return_val_if_fail (DW_IS_PAIR_ROW (self), FALSE);

  return gtk_toggle_button_get_active (self->read_only_button);
}

static void
set_text (DwPairRow *self, GtkEntry *entry, const char *text)
{
  GtkEditable *delegate = gtk_editable_get_delegate (GTK_EDITABLE (entry));

  /* Also what has several lines, like a key, may be a value. */
  g_signal_handlers_block_by_func (delegate, on_insert_text, self);
  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  g_signal_handlers_unblock_by_func (delegate, on_insert_text, self);
}

/* Makes the row say that. */
void
dw_pair_row_set (DwPairRow *self, const char *first, const char *second, gboolean is_read_only)
{
  g_return_if_fail (DW_IS_PAIR_ROW (self));

  set_text (self, self->first_entry, first);
  set_text (self, self->second_entry, second);
  gtk_toggle_button_set_active (self->read_only_button, is_read_only);
}

/* Returns: whether nothing has been typed */
gboolean
dw_pair_row_is_empty (DwPairRow *self)
{
  g_return_val_if_fail (DW_IS_PAIR_ROW (self), TRUE);

  return gtk_entry_get_text_length (self->first_entry) == 0 &&
         gtk_entry_get_text_length (self->second_entry) == 0;
}

/* @is_masked: whether the value is not to be read over the shoulder */
void
dw_pair_row_set_masked (DwPairRow *self, gboolean is_masked)
{
  g_return_if_fail (DW_IS_PAIR_ROW (self));

  gtk_entry_set_visibility (self->second_entry, !is_masked);
}

static void
show_label (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL);
}

/* @note: (nullable): what it stands for */
void
dw_pair_row_set_note (DwPairRow *self, const char *note)
{
  g_return_if_fail (DW_IS_PAIR_ROW (self));

  show_label (self->note_label, note);
}

/* @problem: (nullable): what is wrong with it */
void
dw_pair_row_set_problem (DwPairRow *self, const char *problem)
{
  g_return_if_fail (DW_IS_PAIR_ROW (self));

  show_label (self->problem_label, problem);
  if (problem != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "error");
}
