/* dw-export.c: writes the configuration to a file that a person chooses
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ui/dw-export.h"

#include <glib/gi18n.h>

#include "config/dw-config-export.h"
#include "ui/dw-compat.h"

static void
on_exported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GFile *file = g_task_get_task_data (G_TASK (result));
  g_autoptr (GtkWidget) over = user_data;
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      gtk_widget_activate_action (over, "win.announce-problem", "s", error->message);
      return;
    }

  g_autofree char *name = g_file_get_basename (file);
  /* Translators: %s is the name of a file */
  g_autofree char *text = g_strdup_printf (_ ("Exported to “%s” without secrets"), name);

  gtk_widget_activate_action (over, "win.announce", "s", text);
}

static void
export_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (dw_config_export_to_file (source, task_data, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_file_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (DwStore) store = user_data;
  g_autoptr (GFile) file = dw_compat_choose_file_finish (result);

  if (file == NULL)
    return;

  g_autoptr (GTask) task = g_task_new (store, NULL, on_exported, g_object_ref (source));
  g_task_set_source_tag (task, on_file_chosen);
  g_task_set_task_data (task, g_steal_pointer (&file), g_object_unref);
  g_task_run_in_thread (task, export_in_thread);
}

/**
 * dw_export_start:
 * @over: a widget of the window
 * @store: the store
 *
 * Asks for a file, and writes the whole configuration into it. Main thread.
 */
void
dw_export_start (GtkWidget *over, DwStore *store)
{
  dw_compat_choose_file_async (over, _ ("Export the Configuration"), TRUE, "docker-watcher.yaml",
                               NULL, on_file_chosen, g_object_ref (store));
}
