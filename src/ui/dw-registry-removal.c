/* dw-registry-removal.c: removes a registry, as far as that can be undone
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A password that is gone from the keyring cannot be brought back, so that is asked before; without
 * one it can all be undone.
 */

#include "config.h"

#include "ui/dw-registry-removal.h"

#include <glib/gi18n.h>

#include "ui/dw-compat.h"
#include "ui/dw-format.h"
#include "ui/dw-task.h"
#include "ui/dw-window.h"

/* More projects than these are not named. */
#define PROJECTS_NAMED 5

/* What a thread works with, and what an undo goes back to; whoever lets go last frees it, which no
 * widget may be part of. */
typedef struct
{
  DwRegistries *registries;
  DwRegistry *registry;     /* as it was; nobody else has it */
  GWeakRef list;            /* where it is announced, when the row is gone */
  GPtrArray *project_ids;   /* those that use it, ending in NULL */
  GPtrArray *project_names; /* the same, for a person */
  DwPasswordPlace place;
} Removal;

static void
removal_clear (Removal *removal)
{
  g_object_unref (removal->registries);
  g_object_unref (removal->registry);
  g_weak_ref_clear (&removal->list);
  g_ptr_array_unref (removal->project_ids);
  g_ptr_array_unref (removal->project_names);
}

static void
removal_unref (gpointer removal)
{
  g_atomic_rc_box_release_full (removal, (GDestroyNotify) removal_clear);
}

/* @removal: (transfer full) */
static void
run (GtkWidget *row, Removal *removal, GTaskThreadFunc function, GAsyncReadyCallback callback)
{
  g_autoptr (GTask) task = dw_task_new (row, NULL, callback, NULL);

  g_task_set_source_tag (task, run);
  g_task_set_task_data (task, removal, removal_unref);
  g_task_run_in_thread (task, function);
}

static void
announce_problem (Removal *removal, const GError *error)
{
  g_autoptr (GtkWidget) list = g_weak_ref_get (&removal->list);
  g_autofree char *text = dw_format_sentence (error->message);

  if (list != NULL)
    gtk_widget_activate_action (list, "win.announce-problem", "s", text);
}

static void
restore_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Removal *removal = task_data;
  GError *error = NULL;

  if (dw_registries_restore (removal->registries, removal->registry,
                             (const char *const *) removal->project_ids->pdata, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_restored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    announce_problem (g_task_get_task_data (G_TASK (result)), error);
}

/* The row is gone: the registries are what the task belongs to. */
static void
undo_removal (gpointer user_data)
{
  Removal *removal = user_data;
  g_autoptr (GTask) task = g_task_new (removal->registries, NULL, on_restored, NULL);

  g_task_set_source_tag (task, undo_removal);
  g_task_set_task_data (task, g_atomic_rc_box_acquire (removal), removal_unref);
  g_task_run_in_thread (task, restore_in_thread);
}

static void
remove_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Removal *removal = task_data;
  GError *error = NULL;

  if (dw_registries_remove (removal->registries, dw_entity_get_id (DW_ENTITY (removal->registry)),
                            NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Removal *removal = g_task_get_task_data (G_TASK (result));
  g_autoptr (GtkWidget) list = g_weak_ref_get (&removal->list);
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      announce_problem (removal, error);
      return;
    }
  if (list == NULL)
    return;

  g_autofree char *text = g_strdup_printf (_ ("“%s” removed"),
                                           dw_registry_get_name (removal->registry));
  if (removal->place == DW_PASSWORD_KEYRING)
    gtk_widget_activate_action (list, "win.announce", "s", text);
  else
    dw_window_offer_undo (list, text, undo_removal, g_atomic_rc_box_acquire (removal),
                          removal_unref);
}

static void
on_confirmed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  if (dw_compat_confirm_finish (result))
    run (GTK_WIDGET (source), user_data, remove_in_thread, on_removed);
  else
    removal_unref (user_data);
}

/* Returns: (transfer full): what goes with the registry, and who misses it */
static char *
describe_removal (Removal *removal)
{
  guint n = removal->project_names->len;
  g_autoptr (GString) names = g_string_new (NULL);
  const char *password = _ (
      "Its password will be removed from the keyring and cannot be restored.");

  if (n == 0)
    return g_strdup_printf ("%s %s", password, _ ("No project uses it."));

  for (guint i = 0; i < MIN (n, PROJECTS_NAMED); i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "",
                            (char *) g_ptr_array_index (removal->project_names, i));
  if (n > PROJECTS_NAMED)
    g_string_append (names, ", …");

  g_autofree char *users = g_strdup_printf (
      /* Translators: how many, and their names */
      ngettext ("%u project uses it (%s), and goes on with Docker’s own sign-in, or nobody’s.",
                "%u projects use it (%s), and go on with Docker’s own sign-in, or nobody’s.", n),
      n, names->str);

  return g_strdup_printf ("%s\n\n%s", password, users);
}

static gboolean
find_projects (Removal *removal, GError **error)
{
  g_autoptr (GPtrArray) projects = dw_store_list (dw_registries_get_store (removal->registries),
                                                  DW_TYPE_PROJECT, error);

  for (guint i = 0; projects != NULL && i < projects->len; i++)
    {
      DwProject *project = g_ptr_array_index (projects, i);

      if (g_strcmp0 (dw_project_get_registry_id (project),
                     dw_entity_get_id (DW_ENTITY (removal->registry))) != 0)
        continue;
      g_ptr_array_add (removal->project_ids, g_strdup (dw_entity_get_id (DW_ENTITY (project))));
      g_ptr_array_add (removal->project_names, g_strdup (dw_project_get_name (project)));
    }
  g_ptr_array_add (removal->project_ids, NULL);

  return projects != NULL;
}

static void
prepare_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Removal *removal = task_data;
  GError *error = NULL;

  if (find_projects (removal, &error) &&
      dw_registries_find_password (removal->registries,
                                   dw_entity_get_id (DW_ENTITY (removal->registry)),
                                   &removal->place, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GtkWidget *row = GTK_WIDGET (source);
  Removal *removal = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  gtk_widget_action_set_enabled (row, "registry.remove", TRUE);
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    announce_problem (removal, error);
  /* Somebody else was faster. */
  else if (gtk_widget_get_root (row) == NULL)
    return;
  else if (removal->place != DW_PASSWORD_KEYRING)
    run (row, g_atomic_rc_box_acquire (removal), remove_in_thread, on_removed);
  else
    {
      g_autofree char *heading = g_strdup_printf (_ ("Remove “%s”?"),
                                                  dw_registry_get_name (removal->registry));
      g_autofree char *body = describe_removal (removal);

      dw_compat_confirm_async (row, heading, body, NULL, _ ("_Remove"), TRUE, on_confirmed,
                               g_atomic_rc_box_acquire (removal));
    }
}

/**
 * dw_registry_removal_begin:
 * @row: the row of the registry, which has the action “registry.remove”
 * @registries: what removes it
 * @registry: the registry
 *
 * Asks where something cannot be brought back, and offers to undo it where all can. The row may
 * have gone when that is done.
 */
void
dw_registry_removal_begin (GtkWidget *row, DwRegistries *registries, DwRegistry *registry)
{
  Removal *removal = g_atomic_rc_box_new0 (Removal);

  removal->registries = g_object_ref (registries);
  removal->registry = g_object_new (DW_TYPE_REGISTRY, NULL);
  dw_entity_copy_values (DW_ENTITY (removal->registry), DW_ENTITY (registry));
  g_weak_ref_init (&removal->list, gtk_widget_get_parent (row));
  removal->project_ids = g_ptr_array_new_with_free_func (g_free);
  removal->project_names = g_ptr_array_new_with_free_func (g_free);

  gtk_widget_action_set_enabled (row, "registry.remove", FALSE);
  run (row, removal, prepare_in_thread, on_prepared);
}
