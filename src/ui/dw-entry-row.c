/* dw-entry-row.c: a line of text or a number in a form
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It looks like libadwaita's row with an entry, which has no place for what is wrong with the text.
 */

#include "config.h"

#include "ui/dw-entry-row.h"

#include "ui/dw-field.h"

struct _DwEntryRow
{
  AdwPreferencesRow parent_instance;

  char *placeholder;
  char *note;
  char *problem;

  GtkEntry *entry;
  GtkLabel *note_label;
  GtkLabel *problem_label;
};

enum
{
  PROP_TEXT = 1,
  PROP_PLACEHOLDER,
  PROP_NOTE,
  PROP_PROBLEM,
  PROP_MONOSPACE,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

static void field_init (DwFieldInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (DwEntryRow,
                               dw_entry_row,
                               ADW_TYPE_PREFERENCES_ROW,
                               G_IMPLEMENT_INTERFACE (DW_TYPE_FIELD, field_init))

static void
show_note (DwEntryRow *self)
{
  gtk_label_set_label (self->note_label, self->note != NULL ? self->note : "");
  gtk_label_set_label (self->problem_label, self->problem != NULL ? self->problem : "");
  gtk_widget_set_visible (GTK_WIDGET (self->note_label),
                          self->note != NULL && self->problem == NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->problem_label), self->problem != NULL);

  if (self->problem != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "error");
  gtk_accessible_update_state (
      GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_STATE_INVALID,
      self->problem != NULL ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  self->problem != NULL ? self->problem
                                  : self->note != NULL  ? self->note
                                                        : "",
                                  -1);
}

static void
on_changed (DwEntryRow *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXT]);
  dw_field_edited (DW_FIELD (self));
}

/* As in every dialog, the return key accepts it, once it can be accepted. */
static void
on_entered (DwEntryRow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "dialog.accept", NULL);
}

static void
on_pressed (DwEntryRow *self)
{
  if (!gtk_widget_is_focus (GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (self->entry)))))
    gtk_entry_grab_focus_without_selecting (self->entry);
}

static gboolean
dw_entry_row_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (DW_ENTRY_ROW (widget)->entry));
}

static void
load (DwField *field, DwEntity *entity, GParamSpec *pspec)
{
  DwEntryRow *self = DW_ENTRY_ROW (field);
  g_auto (GValue) value = G_VALUE_INIT;
  g_autofree char *text = NULL;

  g_value_init (&value, pspec->value_type);
  if (self->placeholder == NULL && !(G_IS_PARAM_SPEC_STRING (pspec)))
    {
      g_autofree char *usual = NULL;

      g_param_value_set_default (pspec, &value);
      usual = dw_field_format_value (&value, pspec);
      gtk_entry_set_placeholder_text (self->entry, usual);
    }

  g_object_get_property (G_OBJECT (entity), pspec->name, &value);
  /* What is none, or any, is said by the placeholder. */
  text = self->placeholder != NULL && g_param_value_defaults (pspec, &value)
             ? g_strdup ("")
             : dw_field_format_value (&value, pspec);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
}

static gboolean
save (DwField *field, DwEntity *entity, GParamSpec *pspec, GError **error)
{
  DwEntryRow *self = DW_ENTRY_ROW (field);
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, pspec->value_type);
  if (!dw_field_parse_value (dw_entry_row_get_text (self), pspec, &value, error))
    return FALSE;

  g_object_set_property (G_OBJECT (entity), pspec->name, &value);
  return TRUE;
}

static void
show_problem (DwField *field, const char *problem)
{
  g_object_set (field, "problem", problem, NULL);
}

static void
field_init (DwFieldInterface *interface)
{
  interface->load = load;
  interface->save = save;
  interface->show_problem = show_problem;
}

static void
dw_entry_row_finalize (GObject *object)
{
  DwEntryRow *self = DW_ENTRY_ROW (object);

  g_free (self->placeholder);
  g_free (self->note);
  g_free (self->problem);

  G_OBJECT_CLASS (dw_entry_row_parent_class)->finalize (object);
}

static void
dw_entry_row_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  DwEntryRow *self = DW_ENTRY_ROW (object);

  switch (property_id)
    {
    case PROP_TEXT:
      g_value_set_string (value, dw_entry_row_get_text (self));
      break;
    case PROP_PLACEHOLDER:
      g_value_set_string (value, self->placeholder);
      break;
    case PROP_NOTE:
      g_value_set_string (value, self->note);
      break;
    case PROP_PROBLEM:
      g_value_set_string (value, self->problem);
      break;
    case PROP_MONOSPACE:
      g_value_set_boolean (value, gtk_widget_has_css_class (GTK_WIDGET (self->entry), "monospace"));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

/* What a program reads is written from left to right everywhere: “^1” would become “1^”. */
static void
set_monospace (DwEntryRow *self, gboolean is_monospace)
{
  GtkWidget *text = GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (self->entry)));

  if (is_monospace)
    gtk_widget_add_css_class (GTK_WIDGET (self->entry), "monospace");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "monospace");
  gtk_widget_set_direction (text, is_monospace ? GTK_TEXT_DIR_LTR : GTK_TEXT_DIR_NONE);
}

static gboolean
set_string (char **string, const GValue *value)
{
  if (g_strcmp0 (*string, g_value_get_string (value)) == 0)
    return FALSE;

  g_free (*string);
  *string = g_value_dup_string (value);
  return TRUE;
}

static void
dw_entry_row_set_property (GObject *object,
                           guint property_id,
                           const GValue *value,
                           GParamSpec *pspec)
{
  DwEntryRow *self = DW_ENTRY_ROW (object);
  const char *text = NULL;

  switch (property_id)
    {
    case PROP_TEXT:
      text = g_value_get_string (value) != NULL ? g_value_get_string (value) : "";
      if (!g_str_equal (text, dw_entry_row_get_text (self)))
        gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
      break;
    case PROP_PLACEHOLDER:
      if (set_string (&self->placeholder, value))
        {
          gtk_entry_set_placeholder_text (self->entry, self->placeholder);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    case PROP_NOTE:
    case PROP_PROBLEM:
      if (set_string (property_id == PROP_NOTE ? &self->note : &self->problem, value))
        {
          show_note (self);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    case PROP_MONOSPACE:
      set_monospace (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_entry_row_class_init (DwEntryRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->finalize = dw_entry_row_finalize;
  object_class->get_property = dw_entry_row_get_property;
  object_class->set_property = dw_entry_row_set_property;
  widget_class->grab_focus = dw_entry_row_grab_focus;

  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, "", flags);
  properties[PROP_PLACEHOLDER] = g_param_spec_string ("placeholder", NULL, NULL, NULL, flags);
  properties[PROP_NOTE] = g_param_spec_string ("note", NULL, NULL, NULL, flags);
  properties[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL, flags);
  properties[PROP_MONOSPACE] = g_param_spec_boolean ("monospace", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-entry-row.ui");
  gtk_widget_class_bind_template_child (widget_class, DwEntryRow, entry);
  gtk_widget_class_bind_template_child (widget_class, DwEntryRow, note_label);
  gtk_widget_class_bind_template_child (widget_class, DwEntryRow, problem_label);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_entered);
  gtk_widget_class_bind_template_callback (widget_class, on_pressed);
}

static void
dw_entry_row_init (DwEntryRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Returns: (transfer none): what has been typed */
const char *
dw_entry_row_get_text (DwEntryRow *self)
{
  g_return_val_if_fail (DW_IS_ENTRY_ROW (self), NULL);

  return gtk_editable_get_text (GTK_EDITABLE (self->entry));
}
