/* dw-pair-list.c: the variables or the volumes of a project or a stage, to be edited
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A row a variable (NAME = value) or a volume (source → target). The text of a whole .env file goes
 * into rows, wherever it is pasted. A stage's list also shows what it has from the project, and of
 * what it has itself, what that stands in for.
 */

#include "config.h"

#include "ui/dw-pair-list.h"

#include <glib/gi18n.h>
#include <string.h>

#include "model/dw-env-file.h"
#include "model/dw-environment.h"
#include "model/dw-model-error.h"
#include "model/dw-volumes.h"
#include "ui/dw-field.h"
#include "ui/dw-inherited-row.h"
#include "ui/dw-pair-row.h"

#define MASKED "••••••••"
/* More than these are folded away at first. */
#define UNFOLDED_LIMIT 8

struct _DwPairList
{
  AdwPreferencesGroup parent_instance;

  gboolean is_volumes;
  gboolean is_loading;
  GPtrArray *rows;      /* of DwPairRow */
  GPtrArray *inherited; /* of DwInheritedRow */
  GStrv base;           /* nullable: the project's, as in the model's lists */

  GtkToggleButton *reveal_button;
  GtkWidget *paste_button;
  GtkWidget *add_button;
  GtkWidget *problem_row;
  GtkLabel *problem_label;
  AdwExpanderRow *inherited_row;
  AdwActionRow *empty_row;
};

enum
{
  PROP_VOLUMES = 1,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

static void field_init (DwFieldInterface *interface);
static DwPairRow *add_row (DwPairList *self);

G_DEFINE_FINAL_TYPE_WITH_CODE (DwPairList,
                               dw_pair_list,
                               ADW_TYPE_PREFERENCES_GROUP,
                               G_IMPLEMENT_INTERFACE (DW_TYPE_FIELD, field_init))

/* --- Between the model's lists and the rows -----------------------------------------------------
 */

/* Takes NAME=VALUE or SOURCE:TARGET[:ro] apart; the model has made sure that it is one. */
static void
split (DwPairList *self, const char *item, char **first, char **second, gboolean *is_read_only)
{
  const char *sign = strchr (item, self->is_volumes ? ':' : '=');

  *first = g_strndup (item, (gsize) (sign - item));
  *second = g_strdup (sign + 1);
  *is_read_only = FALSE;
  if (self->is_volumes)
    {
      char *mode = strchr (*second, ':');

      *is_read_only = mode != NULL && g_str_equal (mode, ":ro");
      if (mode != NULL)
        *mode = '\0';
    }
}

/* Returns: (transfer full): the row as it stands in the model's lists */
static char *
join (DwPairList *self, DwPairRow *row)
{
  g_autofree char *first = g_strstrip (g_strdup (dw_pair_row_get_first (row)));

  if (!self->is_volumes)
    return g_strconcat (first, "=", dw_pair_row_get_second (row), NULL);

  g_autofree char *second = g_strstrip (g_strdup (dw_pair_row_get_second (row)));
  return g_strconcat (first, ":", second, dw_pair_row_get_read_only (row) ? ":ro" : "", NULL);
}

/* Returns: (transfer full): by what one stands in for another: the name, or the target */
static char *
make_key (DwPairList *self, const char *first, const char *second)
{
  if (!self->is_volumes)
    return g_strstrip (g_strdup (first));

  return g_path_is_absolute (second) ? dw_volumes_make_canonical (second) : g_strdup (second);
}

static char *
get_key (DwPairList *self, DwPairRow *row)
{
  return make_key (self, dw_pair_row_get_first (row), dw_pair_row_get_second (row));
}

/* The model's word without the field's name, which stands in the title. */
static char *
make_problem (const GError *error)
{
  const char *colon = strstr (error->message, ": ");

  return g_strdup (g_str_has_prefix (error->message, "env: ") ||
                           g_str_has_prefix (error->message, "volumes: ")
                       ? colon + strlen (": ")
                       : error->message);
}

static gboolean
check_row (DwPairList *self, DwPairRow *row, GHashTable *keys, GError **error)
{
  g_autofree char *item = join (self, row);
  const char *const items[] = { item, NULL };
  g_autofree char *json = NULL;

  if (self->is_volumes)
    json = dw_volumes_from_list (items, error);
  else if (dw_environment_validate_variable (dw_pair_row_get_first (row),
                                             dw_pair_row_get_second (row), error))
    json = dw_environment_from_list (items, error);
  if (json == NULL)
    return FALSE;

  if (!g_hash_table_add (keys, get_key (self, row)))
    {
      g_set_error_literal (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID,
                           self->is_volumes ? _ ("another volume has this target")
                                            : _ ("another variable has this name"));
      return FALSE;
    }

  return TRUE;
}

static gboolean
save (DwField *field, DwEntity *entity, GParamSpec *pspec, GError **error)
{
  DwPairList *self = DW_PAIR_LIST (field);
  g_autoptr (GHashTable) keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GError) first_problem = NULL;

  for (guint i = 0; i < self->rows->len; i++)
    {
      DwPairRow *row = g_ptr_array_index (self->rows, i);
      g_autoptr (GError) problem = NULL;
      g_autofree char *text = NULL;

      if (!dw_pair_row_is_empty (row) && !check_row (self, row, keys, &problem))
        text = make_problem (problem);
      else if (!dw_pair_row_is_empty (row))
        {
          g_autofree char *item = join (self, row);

          g_strv_builder_add (builder, item);
        }
      dw_pair_row_set_problem (row, text);
      if (problem != NULL && first_problem == NULL)
        first_problem = g_steal_pointer (&problem);
    }
  if (first_problem != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&first_problem));
      return FALSE;
    }

  g_auto (GStrv) items = g_strv_builder_end (builder);
  g_autofree char *json = self->is_volumes
                              ? dw_volumes_from_list ((const char *const *) items, error)
                              : dw_environment_from_list ((const char *const *) items, error);
  if (json == NULL)
    return FALSE;

  g_object_set (entity, pspec->name, json, NULL);
  return TRUE;
}

/* What is wrong with a row stands below the row. */
static void
show_problem (DwField *field, const char *problem)
{
  DwPairList *self = DW_PAIR_LIST (field);
  gboolean is_shown = FALSE;

  for (guint i = 0; i < self->rows->len; i++)
    is_shown = is_shown || gtk_widget_has_css_class (g_ptr_array_index (self->rows, i), "error");

  gtk_label_set_label (self->problem_label, problem != NULL ? problem : "");
  gtk_widget_set_visible (self->problem_row, problem != NULL && !is_shown);
}

/* --- What is shown ------------------------------------------------------------------------------
 */

static gboolean
is_masked (DwPairList *self)
{
  return !self->is_volumes && !gtk_toggle_button_get_active (self->reveal_button);
}

static const char *
find_base (DwPairList *self, const char *key)
{
  for (guint i = 0; self->base != NULL && self->base[i] != NULL; i++)
    {
      g_autofree char *first = NULL;
      g_autofree char *second = NULL;
      g_autofree char *base_key = NULL;
      gboolean is_read_only;

      split (self, self->base[i], &first, &second, &is_read_only);
      base_key = make_key (self, first, second);
      if (g_str_equal (base_key, key))
        return self->base[i];
    }

  return NULL;
}

/* Says below each row what of the project it stands in for. */
static void
show_overridden (DwPairList *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      DwPairRow *row = g_ptr_array_index (self->rows, i);
      g_autofree char *key = get_key (self, row);
      const char *base = find_base (self, key);
      g_autofree char *first = NULL;
      g_autofree char *second = NULL;
      g_autofree char *note = NULL;
      gboolean is_read_only;

      if (base != NULL)
        {
          split (self, base, &first, &second, &is_read_only);
          /* Translators: a value or a place that holds for the project, and not for this stage */
          note = g_strdup_printf (_ ("Instead of the project’s %s"), self->is_volumes   ? first
                                                                     : is_masked (self) ? MASKED
                                                                                        : second);
        }
      dw_pair_row_set_note (row, note);
    }
}

static void
on_override (DwPairList *self, DwInheritedRow *inherited)
{
  const char *base = g_object_get_data (G_OBJECT (inherited), "base");
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  gboolean is_read_only;
  DwPairRow *row = add_row (self);

  split (self, base, &first, &second, &is_read_only);
  dw_pair_row_set (row, first, second, is_read_only);
  gtk_widget_grab_focus (GTK_WIDGET (row));
}

static void
show_inherited (DwPairList *self)
{
  g_autoptr (GHashTable) keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *count = NULL;

  for (guint i = 0; i < self->rows->len; i++)
    g_hash_table_add (keys, get_key (self, g_ptr_array_index (self->rows, i)));

  for (guint i = 0; i < self->inherited->len; i++)
    adw_expander_row_remove (self->inherited_row, g_ptr_array_index (self->inherited, i));
  g_ptr_array_set_size (self->inherited, 0);

  for (guint i = 0; self->base != NULL && self->base[i] != NULL; i++)
    {
      g_autofree char *first = NULL;
      g_autofree char *second = NULL;
      g_autofree char *key = NULL;
      gboolean is_read_only;
      GtkWidget *row;

      split (self, self->base[i], &first, &second, &is_read_only);
      key = make_key (self, first, second);
      if (g_hash_table_contains (keys, key))
        continue;

      row = g_object_new (DW_TYPE_INHERITED_ROW, "title", first, "subtitle",
                          is_masked (self) ? MASKED : second, NULL);
      g_object_set_data_full (G_OBJECT (row), "base", g_strdup (self->base[i]), g_free);
      g_signal_connect_object (row, "override", G_CALLBACK (on_override), self, G_CONNECT_SWAPPED);
      adw_expander_row_add_row (self->inherited_row, row);
      g_ptr_array_add (self->inherited, row);
    }

  count = g_strdup_printf (self->is_volumes
                               ? ngettext ("%u volume", "%u volumes", self->inherited->len)
                               : ngettext ("%u variable", "%u variables", self->inherited->len),
                           self->inherited->len);
  adw_expander_row_set_subtitle (self->inherited_row, count);
  gtk_widget_set_visible (GTK_WIDGET (self->inherited_row), self->inherited->len > 0);
}

static void
show_rows (DwPairList *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->empty_row), self->rows->len == 0);
  for (guint i = 0; i < self->rows->len; i++)
    dw_pair_row_set_masked (g_ptr_array_index (self->rows, i), is_masked (self));
  show_overridden (self);
  if (self->base != NULL)
    show_inherited (self);
}

/* --- Rows come and go ---------------------------------------------------------------------------
 */

static void
on_row_changed (DwPairList *self)
{
  if (self->is_loading)
    return;

  show_overridden (self);
  if (self->base != NULL)
    show_inherited (self);
  dw_field_edited (DW_FIELD (self));
}

static void
on_row_removed (DwPairList *self, DwPairRow *row)
{
  guint position = 0;

  g_return_if_fail (g_ptr_array_find (self->rows, row, &position));

  /* The focus stays near. */
  if (self->rows->len > 1)
    gtk_widget_grab_focus (
        g_ptr_array_index (self->rows, position > 0 ? position - 1 : position + 1));
  else
    gtk_widget_grab_focus (self->add_button);
  g_ptr_array_remove_index (self->rows, position);
  adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (row));
  show_rows (self);
  dw_field_edited (DW_FIELD (self));
}

/* Returns: (transfer full) (nullable): what the text says, as in the model's lists */
static GStrv
parse (DwPairList *self, const char *text, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (!self->is_volumes)
    return dw_env_file_parse (text, error);

  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (*g_strstrip (lines[i]) != '\0')
      g_strv_builder_add (builder, lines[i]);

  g_auto (GStrv) volumes = g_strv_builder_end (builder);
  g_autofree char *json = dw_volumes_from_list ((const char *const *) volumes, error);

  return json != NULL ? g_steal_pointer (&volumes) : NULL;
}

static DwPairRow *
find_row (DwPairList *self, const char *key)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      g_autofree char *row_key = get_key (self, g_ptr_array_index (self->rows, i));

      if (g_str_equal (row_key, key))
        return g_ptr_array_index (self->rows, i);
    }

  return NULL;
}

static void
set_item (DwPairList *self, const char *item, DwPairRow *into)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *key = NULL;
  gboolean is_read_only;
  DwPairRow *row;

  split (self, item, &first, &second, &is_read_only);
  key = make_key (self, first, second);
  row = find_row (self, key);
  if (row == NULL)
    row = into != NULL && dw_pair_row_is_empty (into) ? into : add_row (self);
  dw_pair_row_set (row, first, second, is_read_only);
}

/* @into: (nullable): the row that was pasted into */
static void
paste (DwPairList *self, const char *text, DwPairRow *into)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) items = parse (self, text, &error);

  self->is_loading = TRUE;
  for (guint i = 0; items != NULL && items[i] != NULL; i++)
    set_item (self, items[i], into);
  self->is_loading = FALSE;

  show_rows (self);
  dw_field_edited (DW_FIELD (self));
  if (error != NULL)
    {
      g_autofree char *problem = make_problem (error);
      /* Translators: why a text cannot be taken apart into variables, such as “line 3 is …” */
      g_autofree char *message = g_strdup_printf (_ ("Nothing was pasted: %s"), problem);

      gtk_label_set_label (self->problem_label, message);
      gtk_widget_set_visible (self->problem_row, TRUE);
    }
}

static void
on_row_pasted (DwPairList *self, const char *text, DwPairRow *row)
{
  paste (self, text, row);
}

static DwPairRow *
add_row (DwPairList *self)
{
  GtkWidget *row = dw_pair_row_new (self->is_volumes);

  g_ptr_array_add (self->rows, row);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
  g_signal_connect_object (row, "changed", G_CALLBACK (on_row_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "removed", G_CALLBACK (on_row_removed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "pasted", G_CALLBACK (on_row_pasted), self, G_CONNECT_SWAPPED);
  gtk_widget_set_visible (GTK_WIDGET (self->empty_row), FALSE);
  dw_pair_row_set_masked (DW_PAIR_ROW (row), is_masked (self));

  return DW_PAIR_ROW (row);
}

static void
on_add_clicked (DwPairList *self)
{
  /* Nobody wants to type what cannot be read. */
  gtk_toggle_button_set_active (self->reveal_button, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (add_row (self)));
}

static void
on_clipboard_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (DwPairList) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, &error);

  if (gtk_widget_get_root (GTK_WIDGET (self)) == NULL)
    return;

  if (text != NULL)
    {
      paste (self, text, NULL);
      return;
    }

  gtk_label_set_label (self->problem_label, _ ("There is no text on the clipboard"));
  gtk_widget_set_visible (self->problem_row, TRUE);
}

static void
on_paste_clicked (DwPairList *self)
{
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (self)), NULL,
                                 on_clipboard_read, g_object_ref (self));
}

static void
on_reveal_toggled (DwPairList *self)
{
  show_rows (self);
}

static void
load (DwField *field, DwEntity *entity, GParamSpec *pspec)
{
  DwPairList *self = DW_PAIR_LIST (field);
  g_autofree char *json = NULL;

  g_object_get (entity, pspec->name, &json, NULL);
  g_auto (GStrv) items = self->is_volumes ? dw_volumes_merge (json, "[]", NULL)
                                          : dw_environment_merge (json, "{}", NULL);

  self->is_loading = TRUE;
  for (guint i = 0; items != NULL && items[i] != NULL; i++)
    set_item (self, items[i], NULL);
  self->is_loading = FALSE;
  gtk_toggle_button_set_active (
      self->reveal_button, self->rows->len == 0 && (self->base == NULL || self->base[0] == NULL));
  show_rows (self);
}

static void
field_init (DwFieldInterface *interface)
{
  interface->load = load;
  interface->save = save;
  interface->show_problem = show_problem;
}

/* --- The class ----------------------------------------------------------------------------------
 */

static void
dw_pair_list_finalize (GObject *object)
{
  DwPairList *self = DW_PAIR_LIST (object);

  g_ptr_array_unref (self->rows);
  g_ptr_array_unref (self->inherited);
  g_strfreev (self->base);

  G_OBJECT_CLASS (dw_pair_list_parent_class)->finalize (object);
}

static void
name_button (GtkWidget *button, const char *name)
{
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
dw_pair_list_constructed (GObject *object)
{
  DwPairList *self = DW_PAIR_LIST (object);

  G_OBJECT_CLASS (dw_pair_list_parent_class)->constructed (object);

  gtk_widget_set_visible (GTK_WIDGET (self->reveal_button), !self->is_volumes);
  name_button (self->add_button, self->is_volumes ? _ ("Add Volume") : _ ("Add Variable"));
  name_button (self->paste_button, self->is_volumes ? _ ("Paste Volumes, One a Line")
                                                    : _ ("Paste the Text of an .env File"));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->empty_row),
                                 self->is_volumes ? _ ("No Volumes") : _ ("No Variables"));
}

static void
dw_pair_list_set_property (GObject *object,
                           guint property_id,
                           const GValue *value,
                           GParamSpec *pspec)
{
  switch (property_id)
    {
    case PROP_VOLUMES:
      DW_PAIR_LIST (object)->is_volumes = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_pair_list_class_init (DwPairListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = dw_pair_list_constructed;
  object_class->finalize = dw_pair_list_finalize;
  object_class->set_property = dw_pair_list_set_property;

  properties[PROP_VOLUMES] = g_param_spec_boolean ("volumes", NULL, NULL, FALSE,
                                                   G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY |
                                                       G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-pair-list.ui");
  gtk_widget_class_bind_template_child (widget_class, DwPairList, reveal_button);
  gtk_widget_class_bind_template_child (widget_class, DwPairList, paste_button);
  gtk_widget_class_bind_template_child (widget_class, DwPairList, add_button);
  gtk_widget_class_bind_template_child (widget_class, DwPairList, problem_row);
  gtk_widget_class_bind_template_child (widget_class, DwPairList, problem_label);
  gtk_widget_class_bind_template_child (widget_class, DwPairList, inherited_row);
  gtk_widget_class_bind_template_child (widget_class, DwPairList, empty_row);
  gtk_widget_class_bind_template_callback (widget_class, on_add_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_paste_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_reveal_toggled);
}

static void
dw_pair_list_init (DwPairList *self)
{
  self->rows = g_ptr_array_new ();
  self->inherited = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * dw_pair_list_set_base:
 * @self: a list of a stage's
 * @json: what the project has, as it is stored
 *
 * Shows also what the stage has from the project.
 */
void
dw_pair_list_set_base (DwPairList *self, const char *json)
{
  g_return_if_fail (DW_IS_PAIR_LIST (self));

  g_strfreev (self->base);
  self->base = self->is_volumes ? dw_volumes_merge (json, "[]", NULL)
                                : dw_environment_merge (json, "{}", NULL);
  adw_expander_row_set_expanded (
      self->inherited_row, self->base != NULL && g_strv_length (self->base) <= UNFOLDED_LIMIT);
  show_rows (self);
}
