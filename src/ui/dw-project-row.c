/* dw-project-row.c: one project in the list of them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Its name and image, and its stages in promotion order, with how each stands.
 */

#include "config.h"

#include "ui/dw-project-row.h"

#include <glib/gi18n.h>

#include "deploy/dw-overview.h"
#include "ui/dw-format.h"

/* More would leave no room for the project's own name. */
#define STAGES_SHOWN 3

/* Room for the name beside the stages; the template begins with it. */
#define NAME_CHARACTERS 20

struct _DwProjectRow
{
  AdwBin parent_instance;

  DwProject *project;
  GListModel *stages;      /* of DwStage; those of all projects */
  GtkFilterListModel *own; /* of DwStage; those of the project */
  DwOverview *overview;    /* nullable: how they stand is not shown */
  GPtrArray *followed;     /* of DwStage: the project's, as they are listened to */
  gboolean is_narrow;

  GtkBox *body;
  GtkLabel *name_label;
  GtkBox *stages_box;
  GtkLabel *newer_label;
};

enum
{
  PROP_PROJECT = 1,
  PROP_STAGES,
  PROP_OVERVIEW,
  PROP_NARROW,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (DwProjectRow, dw_project_row, ADW_TYPE_BIN)

/* The whole text, where there was no room for it. */
static gboolean
on_query_tooltip (GtkLabel *label, int x, int y, gboolean is_by_keyboard, GtkTooltip *tooltip)
{
  if (!pango_layout_is_ellipsized (gtk_label_get_layout (label)))
    return FALSE;

  gtk_tooltip_set_text (tooltip, gtk_label_get_label (label));

  return TRUE;
}

static gboolean
is_own_stage (gpointer item, gpointer user_data)
{
  DwProjectRow *self = user_data;

  return self->project != NULL && g_strcmp0 (dw_stage_get_project_id (item),
                                             dw_entity_get_id (DW_ENTITY (self->project))) == 0;
}

static int
compare_positions (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return dw_stage_get_position (*(DwStage **) a) - dw_stage_get_position (*(DwStage **) b);
}

static GtkWidget *
make_pill (void)
{
  GtkWidget *pill = gtk_label_new (NULL);

  gtk_label_set_ellipsize (GTK_LABEL (pill), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (pill), 12);
  gtk_widget_set_has_tooltip (pill, TRUE);
  g_signal_connect (pill, "query-tooltip", G_CALLBACK (on_query_tooltip), NULL);
  gtk_widget_add_css_class (pill, "pill-label");
  gtk_widget_add_css_class (pill, "caption");

  return pill;
}

/* What runs there, and how it is doing: in the colour of the pill, and in words. */
static void
show_glance (DwProjectRow *self, GtkWidget *pill)
{
  const char *stage_id = g_object_get_data (G_OBJECT (pill), "stage-id");
  const DwGlance *glance = self->overview != NULL && stage_id != NULL
                               ? dw_overview_find (self->overview, stage_id)
                               : NULL;
  const char *state_class = NULL;
  const char *classes[] = { "pill-label", "caption", NULL, NULL };
  const char *state;
  g_autofree char *words = NULL;
  g_autofree char *tooltip = NULL;

  if (glance == NULL)
    return;

  state = glance->is_deploying ? _ ("Deploying") : dw_format_condition (glance->condition);
  state_class = glance->is_deploying ? "accent" : dw_format_condition_class (glance->condition);
  classes[2] = state_class;
  gtk_widget_set_css_classes (pill, classes);
  /* Translators: a tag, and how it is doing */
  words = glance->tag != NULL ? g_strdup_printf (_ ("%s, %s"), glance->tag, state)
                              : g_strdup (state);
  /* Translators: the name of a stage, and what runs there */
  tooltip = g_strdup_printf (_ ("%s: %s"), gtk_label_get_label (GTK_LABEL (pill)), words);
  gtk_widget_set_tooltip_text (pill, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (pill), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words,
                                  -1);
}

static void
show_glances (DwProjectRow *self)
{
  for (GtkWidget *pill = gtk_widget_get_first_child (GTK_WIDGET (self->stages_box)); pill != NULL;
       pill = gtk_widget_get_next_sibling (pill))
    show_glance (self, pill);
}

/* That something newer waits for a person: what, where it is in one stage alone. */
static void
show_newer (DwProjectRow *self)
{
  guint n = self->own != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->own)) : 0;
  g_autoptr (GString) words = g_string_new (NULL);
  g_autofree char *label = NULL;
  guint n_waiting = 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (DwStage) stage = g_list_model_get_item (G_LIST_MODEL (self->own), i);

      if (!dw_stage_awaits_person (stage))
        continue;

      g_free (label);
      label = g_strdup (dw_stage_get_newer_tag (stage));
      g_string_append (words, n_waiting++ > 0 ? "\n" : "");
      /* Translators: a tag, and the name of a stage */
      g_string_append_printf (words, _ ("%s waits for you to deploy it to %s"), label,
                              dw_stage_get_name (stage));
    }
  if (n_waiting == 1)
    {
      g_autofree char *tag = g_steal_pointer (&label);

      /* Translators: a tag that is newer than what runs, in a little room */
      label = g_strdup_printf (_ ("↑ %s"), tag);
    }
  else if (n_waiting > 1)
    {
      g_free (label);
      /* Translators: how many newer versions there are, in a little room */
      label = g_strdup_printf (ngettext ("↑ %u newer", "↑ %u newer", n_waiting), n_waiting);
    }

  gtk_widget_set_visible (GTK_WIDGET (self->newer_label), n_waiting > 0);
  gtk_label_set_label (self->newer_label, label != NULL ? label : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->newer_label), words->str);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->newer_label),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words->str, -1);
}

static void
forget_newer (DwProjectRow *self)
{
  for (guint i = 0; i < self->followed->len; i++)
    g_signal_handlers_disconnect_by_func (self->followed->pdata[i], show_newer, self);
  g_ptr_array_set_size (self->followed, 0);
}

/* The list tells of what changes in a stage by the stage itself. */
static void
follow_newer (DwProjectRow *self)
{
  guint n = self->own != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->own)) : 0;

  forget_newer (self);
  for (guint i = 0; i < n; i++)
    {
      DwStage *stage = g_list_model_get_item (G_LIST_MODEL (self->own), i);

      g_signal_connect_object (stage, "notify", G_CALLBACK (show_newer), self, G_CONNECT_SWAPPED);
      g_ptr_array_add (self->followed, stage);
    }
  show_newer (self);
}

static void
show_stages (DwProjectRow *self)
{
  guint n = self->own != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->own)) : 0;
  g_autoptr (GPtrArray) stages = g_ptr_array_new_with_free_func (g_object_unref);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->stages_box))) != NULL)
    gtk_box_remove (self->stages_box, child);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (stages, g_list_model_get_item (G_LIST_MODEL (self->own), i));
  g_ptr_array_sort_with_data (stages, compare_positions, NULL);

  for (guint i = 0; i < MIN (n, STAGES_SHOWN); i++)
    {
      GtkWidget *pill = make_pill ();

      g_object_bind_property (g_ptr_array_index (stages, i), "name", pill, "label",
                              G_BINDING_SYNC_CREATE);
      g_object_set_data_full (G_OBJECT (pill), "stage-id",
                              g_strdup (dw_entity_get_id (g_ptr_array_index (stages, i))), g_free);
      show_glance (self, pill);
      gtk_box_append (self->stages_box, pill);
    }

  if (n > STAGES_SHOWN)
    {
      GtkWidget *pill = make_pill ();
      /* Translators: how many stages there are beyond those shown, as in “+3” */
      g_autofree char *label = g_strdup_printf (_ ("+%u"), n - STAGES_SHOWN);

      gtk_label_set_label (GTK_LABEL (pill), label);
      gtk_box_append (self->stages_box, pill);
    }

  gtk_widget_set_visible (GTK_WIDGET (self->stages_box), n > 0);
  follow_newer (self);
}

static void
follow_stages (DwProjectRow *self)
{
  if (self->own != NULL)
    g_signal_handlers_disconnect_by_func (self->own, show_stages, self);
  g_clear_object (&self->own);

  if (self->project != NULL && self->stages != NULL)
    {
      self->own = gtk_filter_list_model_new (
          g_object_ref (self->stages),
          GTK_FILTER (gtk_custom_filter_new (is_own_stage, self, NULL)));
      g_signal_connect_object (self->own, "items-changed", G_CALLBACK (show_stages), self,
                               G_CONNECT_SWAPPED);
    }
  show_stages (self);
}

static void
set_overview (DwProjectRow *self, DwOverview *overview)
{
  if (self->overview != NULL)
    g_signal_handlers_disconnect_by_func (self->overview, show_glances, self);
  g_set_object (&self->overview, overview);
  if (overview == NULL)
    return;

  g_signal_connect_object (overview, "changed", G_CALLBACK (show_glances), self, G_CONNECT_SWAPPED);
  show_glances (self);
}

static void
dw_project_row_dispose (GObject *object)
{
  DwProjectRow *self = DW_PROJECT_ROW (object);

  if (self->own != NULL)
    g_signal_handlers_disconnect_by_func (self->own, show_stages, self);
  set_overview (self, NULL);
  forget_newer (self);
  g_clear_object (&self->own);
  g_clear_object (&self->stages);
  g_clear_object (&self->project);

  G_OBJECT_CLASS (dw_project_row_parent_class)->dispose (object);
}

static void
dw_project_row_finalize (GObject *object)
{
  g_ptr_array_unref (DW_PROJECT_ROW (object)->followed);

  G_OBJECT_CLASS (dw_project_row_parent_class)->finalize (object);
}

static void
dw_project_row_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  DwProjectRow *self = DW_PROJECT_ROW (object);

  switch (property_id)
    {
    case PROP_PROJECT:
      g_value_set_object (value, self->project);
      break;
    case PROP_STAGES:
      g_value_set_object (value, self->stages);
      break;
    case PROP_OVERVIEW:
      g_value_set_object (value, self->overview);
      break;
    case PROP_NARROW:
      g_value_set_boolean (value, self->is_narrow);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_project_row_set_property (GObject *object,
                             guint property_id,
                             const GValue *value,
                             GParamSpec *pspec)
{
  DwProjectRow *self = DW_PROJECT_ROW (object);

  switch (property_id)
    {
    case PROP_PROJECT:
      if (g_set_object (&self->project, g_value_get_object (value)))
        {
          follow_stages (self);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    case PROP_STAGES:
      if (g_set_object (&self->stages, g_value_get_object (value)))
        {
          follow_stages (self);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    case PROP_OVERVIEW:
      if (self->overview != g_value_get_object (value))
        {
          set_overview (self, g_value_get_object (value));
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    case PROP_NARROW:
      if (self->is_narrow != g_value_get_boolean (value))
        {
          self->is_narrow = g_value_get_boolean (value);
          gtk_orientable_set_orientation (GTK_ORIENTABLE (self->body),
                                          self->is_narrow ? GTK_ORIENTATION_VERTICAL
                                                          : GTK_ORIENTATION_HORIZONTAL);
          gtk_box_set_spacing (self->body, self->is_narrow ? 6 : 12);
          /* Where nothing is beside it, nothing takes its room. */
          gtk_label_set_width_chars (self->name_label, self->is_narrow ? -1 : NAME_CHARACTERS);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_project_row_class_init (DwProjectRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = dw_project_row_dispose;
  object_class->finalize = dw_project_row_finalize;
  object_class->get_property = dw_project_row_get_property;
  object_class->set_property = dw_project_row_set_property;

  properties[PROP_PROJECT] = g_param_spec_object ("project", NULL, NULL, DW_TYPE_PROJECT, flags);
  properties[PROP_STAGES] = g_param_spec_object ("stages", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  properties[PROP_OVERVIEW] = g_param_spec_object ("overview", NULL, NULL, DW_TYPE_OVERVIEW, flags);
  properties[PROP_NARROW] = g_param_spec_boolean ("narrow", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  g_type_ensure (DW_TYPE_PROJECT);
  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-project-row.ui");
  gtk_widget_class_bind_template_child (widget_class, DwProjectRow, body);
  gtk_widget_class_bind_template_child (widget_class, DwProjectRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, DwProjectRow, stages_box);
  gtk_widget_class_bind_template_child (widget_class, DwProjectRow, newer_label);
  gtk_widget_class_bind_template_callback (widget_class, on_query_tooltip);
}

static void
dw_project_row_init (DwProjectRow *self)
{
  self->followed = g_ptr_array_new_with_free_func (g_object_unref);
  gtk_widget_init_template (GTK_WIDGET (self));
}
