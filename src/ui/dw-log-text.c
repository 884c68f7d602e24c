/* dw-log-text.c: a deploy's log as text, to be copied or kept
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The view holds only a part of a log, so whoever wants it as text has it read in a worker thread.
 */

#include "config.h"

#include "ui/dw-log-text.h"

#include "ui/dw-task.h"

#include <glib/gi18n.h>
#include <string.h>

#include "model/dw-enum-types.h"

/* How many lines are held at a time. */
#define PAGE 500
/* More than this is for a file, and not for the clipboard. */
#define COPIED_AT_MOST (16 * 1024 * 1024)

typedef struct
{
  DwStore *store;
  char *deploy_id;
  DwStoreFilter *filter;
  GtkBitset *places; /* nullable: all */
  GFile *file;       /* nullable: it is copied */

  guint place; /* among those that the filter shows */
  guint n_lines;
  GString *text;
  GOutputStream *stream;
} Work;

static void
work_free (Work *work)
{
  g_object_unref (work->store);
  g_free (work->deploy_id);
  dw_store_filter_free (work->filter);
  g_clear_pointer (&work->places, gtk_bitset_unref);
  g_clear_object (&work->file);
  g_clear_object (&work->stream);
  g_string_free (work->text, TRUE);
  g_free (work);
}

/* As the store searches: ASCII letters match in both cases. */
static gboolean
has_text (const char *message, const char *text)
{
  gsize length = strlen (text);

  for (; *message != '\0'; message++)
    if (g_ascii_strncasecmp (message, text, length) == 0)
      return TRUE;

  return FALSE;
}

static gboolean
is_shown (Work *work, DwDeployLog *line)
{
  const DwStoreFilter *filter = work->filter;

  return (filter->levels == 0 ||
          (filter->levels & DW_STORE_BIT (dw_deploy_log_get_level (line))) != 0) &&
         (filter->text == NULL || has_text (dw_deploy_log_get_message (line), filter->text));
}

static void
add_line (Work *work, DwDeployLog *line)
{
  if (!is_shown (work, line))
    return;
  if (work->places != NULL && !gtk_bitset_contains (work->places, work->place++))
    return;

  g_string_append_printf (
      work->text, "%s  %-7s  %-17s  %s\n", dw_entity_get_created_at (DW_ENTITY (line)),
      dw_enum_to_nick (DW_TYPE_LOG_LEVEL, (int) dw_deploy_log_get_level (line)),
      dw_enum_to_nick (DW_TYPE_DEPLOY_STATUS, (int) dw_deploy_log_get_phase (line)),
      dw_deploy_log_get_message (line));
  work->n_lines++;
}

/* What there is of text goes to the file, or stays. */
static gboolean
hand_on (Work *work, GCancellable *cancellable, GError **error)
{
  if (work->stream == NULL)
    {
      if (work->text->len <= COPIED_AT_MOST)
        return TRUE;
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                           _ ("The log is too large for the clipboard; save it to a file instead"));
      return FALSE;
    }

  gboolean is_written = g_output_stream_write_all (work->stream, work->text->str, work->text->len,
                                                   NULL, cancellable, error);
  g_string_truncate (work->text, 0);

  return is_written;
}

static gboolean
read_lines (Work *work, GCancellable *cancellable, GError **error)
{
  gint64 last = 0;
  guint n;

  do
    {
      g_autoptr (GPtrArray)
          lines = dw_store_list_logs (work->store, work->deploy_id, last, PAGE, error);

      if (lines == NULL || g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;

      n = lines->len;
      for (guint i = 0; i < n; i++)
        add_line (work, g_ptr_array_index (lines, i));
      if (n > 0)
        last = g_ascii_strtoll (dw_entity_get_id (g_ptr_array_index (lines, n - 1)), NULL, 10);
      if (!hand_on (work, cancellable, error))
        return FALSE;
    }
  while (n == PAGE);

  return TRUE;
}

/* A file that was there stays as it is unless the log is whole. */
static gboolean
save (Work *work, GCancellable *cancellable, GError **error)
{
  work->stream = G_OUTPUT_STREAM (
      g_file_replace (work->file, NULL, FALSE, G_FILE_CREATE_NONE, cancellable, error));
  if (work->stream == NULL)
    return FALSE;

  if (!read_lines (work, cancellable, error))
    {
      g_autoptr (GCancellable) given_up = g_cancellable_new ();

      /* Closed so, a stream leaves what was there before. */
      g_cancellable_cancel (given_up);
      g_output_stream_close (work->stream, given_up, NULL);
      return FALSE;
    }

  return g_output_stream_close (work->stream, cancellable, error);
}

static void
run (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Work *work = task_data;
  GError *error = NULL;

  if (work->file != NULL ? save (work, cancellable, &error)
                         : read_lines (work, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
start (GtkWidget *widget,
       Work *work,
       gpointer tag,
       GCancellable *cancellable,
       GAsyncReadyCallback callback,
       gpointer user_data)
{
  g_autoptr (GTask) task = dw_task_new (widget, cancellable, callback, user_data);

  work->text = g_string_new (NULL);
  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, work, (GDestroyNotify) work_free);
  g_task_run_in_thread (task, run);
}

/**
 * dw_log_text_copy_async:
 * @widget: the widget that asks, which is the callback's source
 * @store: the store
 * @deploy_id: whose log
 * @filter: which lines are shown
 * @places: (nullable): which of those are wanted, by their places, or %NULL for all
 * @cancellable: (nullable): ends it
 * @callback: called with the text
 * @user_data: for @callback
 */
void
dw_log_text_copy_async (GtkWidget *widget,
                        DwStore *store,
                        const char *deploy_id,
                        const DwStoreFilter *filter,
                        GtkBitset *places,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  Work *work = g_new0 (Work, 1);

  work->store = g_object_ref (store);
  work->deploy_id = g_strdup (deploy_id);
  work->filter = dw_store_filter_copy (filter);
  work->places = places != NULL ? gtk_bitset_ref (places) : NULL;
  start (widget, work, dw_log_text_copy_async, cancellable, callback, user_data);
}

/**
 * dw_log_text_copy_finish:
 * @result: the result
 * @n_lines: (out): how many lines it has
 * @error: a DW_STORE_ERROR or G_IO_ERROR
 *
 * Returns: (transfer full) (nullable): the text
 */
char *
dw_log_text_copy_finish (GAsyncResult *result, guint *n_lines, GError **error)
{
  Work *work = g_task_get_task_data (G_TASK (result));

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;

  *n_lines = work->n_lines;
  return g_strdup (work->text->str);
}

/**
 * dw_log_text_save_async:
 * @widget: the widget that asks, which is the callback's source
 * @store: the store
 * @deploy_id: whose log
 * @file: where to, which is replaced
 * @cancellable: (nullable): ends it
 * @callback: called when it is done
 * @user_data: for @callback
 */
void
dw_log_text_save_async (GtkWidget *widget,
                        DwStore *store,
                        const char *deploy_id,
                        GFile *file,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  Work *work = g_new0 (Work, 1);

  work->store = g_object_ref (store);
  work->deploy_id = g_strdup (deploy_id);
  work->filter = dw_store_filter_copy (&(DwStoreFilter){ NULL });
  work->file = g_object_ref (file);
  start (widget, work, dw_log_text_save_async, cancellable, callback, user_data);
}

/* Returns: whether the log is in the file */
gboolean
dw_log_text_save_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
