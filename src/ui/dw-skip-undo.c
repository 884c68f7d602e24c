/* dw-skip-undo.c: takes back that a version is skipped
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ui/dw-skip-undo.h"

#include <glib/gi18n.h>

#include "ui/dw-window.h"

/* What is skipped, and can be taken back. A thread may be the last that has it, so that no widget
 * is part of it. */
typedef struct
{
  DwStore *store;
  GWeakRef window; /* where it is announced */
  char *stage_id;
  char *digest;
} Skip;

static void
skip_clear (Skip *skip)
{
  g_object_unref (skip->store);
  g_weak_ref_clear (&skip->window);
  g_free (skip->stage_id);
  g_free (skip->digest);
}

static void
skip_unref (gpointer skip)
{
  g_atomic_rc_box_release_full (skip, (GDestroyNotify) skip_clear);
}

static void
release_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Skip *skip = task_data;
  GError *error = NULL;

  if (dw_store_release_version (skip->store, skip->stage_id, skip->digest, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_released (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Skip *skip = g_task_get_task_data (G_TASK (result));
  g_autoptr (GtkWidget) window = g_weak_ref_get (&skip->window);
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error) && window != NULL)
    gtk_widget_activate_action (window, "win.announce-problem", "s", error->message);
}

static void
undo_skip (gpointer user_data)
{
  Skip *skip = user_data;
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_released, NULL);

  g_task_set_source_tag (task, undo_skip);
  g_task_set_task_data (task, g_atomic_rc_box_acquire (skip), skip_unref);
  g_task_run_in_thread (task, release_in_thread);
}

/**
 * dw_skip_undo_offer:
 * @widget: what is in the window
 * @store: the store
 * @stage: the stage whose newer version was just skipped, as it was before
 *
 * Says in the window that it was, with an Undo for as long as that is shown; @widget may have gone
 * by then.
 */
void
dw_skip_undo_offer (GtkWidget *widget, DwStore *store, DwStage *stage)
{
  Skip *undo = g_atomic_rc_box_new0 (Skip);
  /* Translators: a tag, and the name of a stage */
  g_autofree char *message = g_strdup_printf (
      _ ("%s is skipped in %s"), dw_stage_get_newer_tag (stage), dw_stage_get_name (stage));

  undo->store = g_object_ref (store);
  g_weak_ref_init (&undo->window, gtk_widget_get_root (widget));
  undo->stage_id = g_strdup (dw_entity_get_id (DW_ENTITY (stage)));
  undo->digest = g_strdup (dw_stage_get_newer_digest (stage));
  dw_window_offer_undo (widget, message, undo_skip, undo, skip_unref);
}
