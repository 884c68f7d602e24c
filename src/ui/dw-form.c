/* dw-form.c: a dialog's fields and the entity that they are about
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It finds the DwFields of the dialog by themselves: the id of one in the template is the column of
 * the property that it shows. As one types, all that is shown is put together to one entity and
 * checked by the model, and every field is told what is wrong with it; the dialog can be accepted
 * when nothing is. A field that nobody has touched in a new form is not blamed for being empty.
 *
 * What is written are the properties that the person changed, onto what is in the store then: the
 * program may have written others meanwhile. A field that is hidden says nothing.
 */

#include "config.h"

#include "ui/dw-form.h"

#include <glib/gi18n.h>

#include "ui/dw-field.h"
#include "ui/dw-task.h"

struct _DwForm
{
  GObject parent_instance;

  DwDialog *dialog;      /* which owns the form */
  DwEntity *original;    /* what the form began with */
  DwEntity *example;     /* one that is valid */
  DwEntity *candidate;   /* what the fields say */
  GPtrArray *parts;      /* of Part */
  DwFormCheckFunc check; /* nullable */
  gboolean is_checking;
  gboolean has_changed; /* while it was checked */
  gboolean is_extra_modified;
};

/* A field and its property. */
typedef struct
{
  DwField *field; /* the dialog's */
  GParamSpec *pspec;
  gboolean is_touched;
  char *refusal; /* nullable: what the store said of it, until it is edited */
} Part;

enum
{
  SIGNAL_CHANGED,
  SIGNAL_SAVED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (DwForm, dw_form, G_TYPE_OBJECT)

static void
part_free (gpointer data)
{
  Part *part = data;

  g_free (part->refusal);
  g_free (part);
}

static Part *
find_part (DwForm *self, const char *name)
{
  for (guint i = 0; i < self->parts->len; i++)
    {
      Part *part = g_ptr_array_index (self->parts, i);

      if (g_str_equal (part->pspec->name, name))
        return part;
    }

  return NULL;
}

/* What stands below a field is a sentence of its own. */
static char *
make_sentence (const char *problem)
{
  gunichar first = g_utf8_get_char (problem);
  g_autofree char *start = NULL;

  if (!g_unichar_islower (first))
    return g_strdup (problem);

  start = g_utf8_strup (problem, (gssize) (g_utf8_next_char (problem) - problem));
  return g_strconcat (start, g_utf8_next_char (problem), NULL);
}

static gboolean
is_modified (DwForm *self)
{
  DwEntityClass *klass = DW_ENTITY_GET_CLASS (self->original);

  for (guint i = 1; i < klass->n_properties; i++)
    if (!dw_entity_is_same (self->original, self->candidate, i))
      return TRUE;

  return self->is_extra_modified;
}

/* Returns: (transfer full): what is wrong, by column; what cannot even be read is in it, too */
static GHashTable *
collect (DwForm *self)
{
  GHashTable *unread = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  GHashTable *problems = NULL;
  GHashTableIter iter;
  gpointer column;
  gpointer message;

  dw_entity_copy_values (self->candidate, self->original);
  for (guint i = 0; i < self->parts->len; i++)
    {
      Part *part = g_ptr_array_index (self->parts, i);
      g_autoptr (GError) error = NULL;

      if (gtk_widget_get_visible (GTK_WIDGET (part->field)) &&
          !dw_field_save (part->field, self->candidate, part->pspec, &error))
        g_hash_table_insert (unread, g_strdelimit (g_strdup (part->pspec->name), "-", '_'),
                             g_strdup (error->message));
    }

  problems = dw_entity_find_problems (self->candidate, self->example);
  g_hash_table_iter_init (&iter, unread);
  while (g_hash_table_iter_next (&iter, &column, &message))
    {
      g_hash_table_iter_steal (&iter);
      g_hash_table_replace (problems, column, message);
    }
  g_hash_table_unref (unread);
  if (self->check != NULL)
    self->check (self->candidate, problems);

  return problems;
}

/* Tells every field what is wrong with it. Returns: whether the entity can be saved */
static gboolean
show_problems (DwForm *self, GHashTable *problems)
{
  gboolean is_valid = g_hash_table_size (problems) == 0;
  GHashTableIter iter;
  gpointer column;
  gpointer message;

  for (guint i = 0; i < self->parts->len; i++)
    {
      Part *part = g_ptr_array_index (self->parts, i);
      g_autofree char *key = g_strdelimit (g_strdup (part->pspec->name), "-", '_');
      const char *problem = g_hash_table_lookup (problems, key);
      g_autofree char *sentence = NULL;

      if (problem == NULL)
        problem = part->refusal;
      is_valid = is_valid && problem == NULL;
      if (problem != NULL && (part->is_touched || !dw_form_is_new (self)))
        sentence = make_sentence (problem);
      dw_field_show_problem (part->field, sentence);
      g_hash_table_remove (problems, key);
    }

  /* What no field is about. */
  g_hash_table_iter_init (&iter, problems);
  if (g_hash_table_iter_next (&iter, &column, &message))
    {
      g_autofree char *text = *(char *) column != '\0' ? g_strconcat (column, ": ", message, NULL)
                                                       : g_strdup (message);

      dw_dialog_set_problem (self->dialog, text);
    }
  else
    {
      dw_dialog_set_problem (self->dialog, NULL);
    }

  return is_valid;
}

static void
check_once (DwForm *self)
{
  g_autoptr (GHashTable) problems = collect (self);
  gboolean is_unread = g_hash_table_size (problems) > 0;
  gboolean is_valid = show_problems (self, problems);
  gboolean has_changes = is_modified (self);

  dw_dialog_set_modified (self->dialog, has_changes || (is_unread && !dw_form_is_new (self)));
  dw_dialog_set_can_accept (self->dialog, is_valid && (dw_form_is_new (self) || has_changes));
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* Whoever hears of a change may show or hide a field, which is another one. */
static void
check (DwForm *self)
{
  self->has_changed = TRUE;
  if (self->is_checking)
    return;

  self->is_checking = TRUE;
  while (self->has_changed)
    {
      self->has_changed = FALSE;
      check_once (self);
    }
  self->is_checking = FALSE;
}

static void
on_edited (DwForm *self, DwField *field)
{
  for (guint i = 0; i < self->parts->len; i++)
    {
      Part *part = g_ptr_array_index (self->parts, i);

      if (part->field == field)
        {
          part->is_touched = part->is_touched || !self->is_checking;
          g_clear_pointer (&part->refusal, g_free);
        }
    }

  check (self);
}

static void
find_fields (DwForm *self, GtkWidget *widget)
{
  if (DW_IS_FIELD (widget))
    {
      const char *column = gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget));
      GParamSpec *pspec = column != NULL ? g_object_class_find_property (
                                               G_OBJECT_GET_CLASS (self->original), column)
                                         : NULL;

      if (pspec != NULL)
        {
          Part *part = g_new0 (Part, 1);

          part->field = DW_FIELD (widget);
          part->pspec = pspec;
          g_ptr_array_add (self->parts, part);
        }
      return;
    }

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    find_fields (self, child);
}

/* --- To save ------------------------------------------------------------------------------------
 */

typedef struct
{
  DwStore *store;
  DwEntity *entity; /* the thread's own */
  GArray *changed;  /* of guint: the properties that the person changed */
  DwFormSaveFunc before;
  gpointer data;
  GDestroyNotify free;
} Save;

static void
save_free (gpointer data)
{
  Save *save = data;

  if (save->free != NULL)
    save->free (save->data);
  g_object_unref (save->store);
  g_object_unref (save->entity);
  g_array_unref (save->changed);
  g_free (save);
}

static DwEntity *
read_again (DwStore *store, DwEntity *entity, GError **error)
{
  if (DW_IS_SETTINGS (entity))
    return DW_ENTITY (dw_store_get_settings (store, error));

  return dw_store_get (store, G_OBJECT_TYPE (entity), dw_entity_get_id (entity), error);
}

static gboolean
write_changed (DwStore *store, gpointer user_data, GError **error)
{
  Save *save = user_data;
  g_autoptr (DwEntity) stored = NULL;

  if (dw_entity_get_id (save->entity) == NULL)
    return dw_store_create (store, save->entity, error);

  stored = read_again (store, save->entity, error);
  if (stored == NULL)
    return FALSE;

  for (guint i = 0; i < save->changed->len; i++)
    {
      guint id = g_array_index (save->changed, guint, i);

      dw_entity_copy_value (stored, save->entity, id);
    }

  return dw_store_update (store, stored, error);
}

static void
save_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Save *save = task_data;
  GError *error = NULL;

  if ((save->before == NULL ||
       save->before (save->store, save->entity, save->data, cancellable, &error)) &&
      dw_store_transact (save->store, write_changed, save, &error))
    g_task_return_pointer (task, g_object_ref (save->entity), g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwForm *self = DW_FORM (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (DwEntity) saved = g_task_propagate_pointer (G_TASK (result), &error);
  Part *name = find_part (self, "name");

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  dw_dialog_set_busy (self->dialog, FALSE);
  if (saved != NULL)
    {
      gboolean is_new = dw_form_is_new (self);

      dw_dialog_set_modified (self->dialog, FALSE);
      g_signal_emit (self, signals[SIGNAL_SAVED], 0, saved, is_new);
      dw_dialog_close (self->dialog);
    }
  else if (name != NULL && g_error_matches (error, DW_STORE_ERROR, DW_STORE_ERROR_EXISTS))
    {
      g_autofree char *taken = NULL;

      g_object_get (self->candidate, "name", &taken, NULL);
      g_free (name->refusal);
      name->refusal = g_strdup_printf (_ ("“%s” is already taken; choose another name"), taken);
      name->is_touched = TRUE;
      check (self);
      gtk_widget_grab_focus (GTK_WIDGET (name->field));
    }
  else
    {
      dw_dialog_set_problem (self->dialog, error->message);
    }
}

/* --- The class ----------------------------------------------------------------------------------
 */

static void
dw_form_finalize (GObject *object)
{
  DwForm *self = DW_FORM (object);

  g_ptr_array_unref (self->parts);
  g_object_unref (self->original);
  g_object_unref (self->example);
  g_object_unref (self->candidate);

  G_OBJECT_CLASS (dw_form_parent_class)->finalize (object);
}

static void
dw_form_class_init (DwFormClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dw_form_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", DW_TYPE_FORM, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_SAVED] = g_signal_new ("saved", DW_TYPE_FORM, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 2, DW_TYPE_ENTITY, G_TYPE_BOOLEAN);
}

static void
dw_form_init (DwForm *self)
{
  self->parts = g_ptr_array_new_with_free_func (part_free);
}

/**
 * dw_form_new:
 * @dialog: the dialog with the fields, which keeps the form as long as it lives
 * @entity: what they show; without an id it is a new one
 * @example: (nullable): one of the same class that is valid; @entity is, if it is not new
 *
 * Returns: (transfer full): the form; the fields show @entity
 */
DwForm *
dw_form_new (DwDialog *dialog, DwEntity *entity, DwEntity *example)
{
  DwForm *self = g_object_new (DW_TYPE_FORM, NULL);

  self->dialog = dialog;
  self->original = g_object_new (G_OBJECT_TYPE (entity), NULL);
  dw_entity_copy_values (self->original, entity);
  self->example = g_object_ref (example != NULL ? example : self->original);
  self->candidate = g_object_new (G_OBJECT_TYPE (entity), NULL);

  find_fields (self, dw_dialog_get_body (dialog));
  for (guint i = 0; i < self->parts->len; i++)
    {
      Part *part = g_ptr_array_index (self->parts, i);

      dw_field_load (part->field, self->original, part->pspec);
      g_signal_connect_object (part->field, "edited", G_CALLBACK (on_edited), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (part->field, "notify::visible", G_CALLBACK (check), self,
                               G_CONNECT_SWAPPED);
    }
  check (self);

  return self;
}

/* Returns: (transfer none): what the fields say; where one cannot be read, what it said at first */
DwEntity *
dw_form_get_entity (DwForm *self)
{
  g_return_val_if_fail (DW_IS_FORM (self), NULL);

  return self->candidate;
}

/* Returns: whether the entity is not in the store yet */
gboolean
dw_form_is_new (DwForm *self)
{
  g_return_val_if_fail (DW_IS_FORM (self), FALSE);

  return dw_entity_get_id (self->original) == NULL;
}

/**
 * dw_form_set_check:
 * @self: a form
 * @function: checks what the model does not know
 *
 * To be called at most once.
 */
void
dw_form_set_check (DwForm *self, DwFormCheckFunc function)
{
  g_return_if_fail (DW_IS_FORM (self));

  self->check = function;
  check (self);
}

/**
 * dw_form_set_extra_modified:
 * @self: a form
 * @is_modified: whether the person changed something that is no field of the entity
 */
void
dw_form_set_extra_modified (DwForm *self, gboolean is_modified_beside)
{
  g_return_if_fail (DW_IS_FORM (self));

  self->is_extra_modified = is_modified_beside;
  check (self);
}

/**
 * dw_form_save:
 * @self: a form
 * @before: (nullable): what is done first, in the thread
 * @data: (nullable): for @before
 * @free: (nullable): frees @data
 *
 * Writes what the person changed, in a thread, and closes the dialog when that is done.
 */
void
dw_form_save (DwForm *self, DwFormSaveFunc before, gpointer data, GDestroyNotify free)
{
  Save *save = g_new0 (Save, 1);
  DwEntityClass *klass = DW_ENTITY_GET_CLASS (self->original);
  g_autoptr (GTask)
      task = dw_task_new (self, dw_dialog_get_cancellable (self->dialog), on_saved, NULL);

  save->store = g_object_ref (dw_session_get_store (dw_dialog_get_session (self->dialog)));
  save->entity = g_object_new (G_OBJECT_TYPE (self->candidate), NULL);
  dw_entity_copy_values (save->entity, self->candidate);
  save->changed = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 1; i < klass->n_properties; i++)
    if (!dw_entity_is_same (self->original, self->candidate, i))
      g_array_append_val (save->changed, i);
  save->before = before;
  save->data = data;
  save->free = free;

  dw_dialog_set_problem (self->dialog, NULL);
  dw_dialog_set_busy (self->dialog, TRUE);
  g_task_set_source_tag (task, dw_form_save);
  g_task_set_task_data (task, save, save_free);
  g_task_run_in_thread (task, save_in_thread);
}
