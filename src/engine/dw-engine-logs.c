/* dw-engine-logs.c: the output of an engine's containers
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Specification: Docker Engine API, “ContainerLogs”.
 */

#include "config.h"

#include "engine/dw-engine-private.h"
#include "engine/dw-log-demultiplexer.h"

#define READ_SIZE (64 * 1024)

static char *
make_path (const DwContainer *container, guint tail, gboolean follow)
{
  g_autofree char *id = g_uri_escape_string (container->id, NULL, FALSE);
  g_autofree char *lines = tail > 0 ? g_strdup_printf ("%u", tail) : g_strdup ("all");

  return g_strdup_printf ("/containers/%s/logs?stdout=1&stderr=1&follow=%d&tail=%s", id,
                          follow ? 1 : 0, lines);
}

/**
 * dw_engine_read_logs:
 * @self: an engine
 * @id: an id or a name
 * @tail: how many lines before now, or 0 for all of them
 * @follow: whether to go on with what comes, until the container ends
 * @function: told of every line, in this thread; lines of more than 64 KiB come in parts
 * @user_data: for @function
 * @cancellable: (nullable): ends the reading at once
 * @error: DW_ENGINE_ERROR_NOT_FOUND, any other DW_ENGINE_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Blocks; not on the main thread. Docker Engine API, “ContainerLogs”, and “ContainerAttach” for
 * the format.
 *
 * Returns: whether it was read to its end, or to where @function wanted
 */
gboolean
dw_engine_read_logs (DwEngine *self,
                     const char *id,
                     guint tail,
                     gboolean follow,
                     DwLogFunc function,
                     gpointer user_data,
                     GCancellable *cancellable,
                     GError **error)
{
  g_return_val_if_fail (DW_IS_ENGINE (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);
  g_return_val_if_fail (function != NULL, FALSE);

  /* Before version 1.42 the answer itself does not tell which format it has. */
  g_autoptr (DwContainer) container = dw_engine_inspect_container (self, id, cancellable, error);
  if (container == NULL)
    return FALSE;

  g_autofree char *path = make_path (container, tail, follow);
  const DwEngineRequest request = { .method = "GET",
                                    .path = path,
                                    .patience = DW_ENGINE_PATIENCE_ENDLESS };
  g_autoptr (DwEngineAnswer) answer = dw_engine_connection_open (dw_engine_get_connection (self),
                                                                 &request, cancellable, error);
  if (answer == NULL)
    return FALSE;

  g_autoptr (DwLogDemultiplexer)
      demultiplexer = dw_log_demultiplexer_new (container->has_tty, function, user_data);
  g_autofree char *buffer = g_malloc (READ_SIZE);
  gboolean wants_more = TRUE;
  gssize n = 0;
  while (wants_more &&
         (n = dw_engine_answer_read (answer, buffer, READ_SIZE, cancellable, error)) > 0)
    if (!dw_log_demultiplexer_feed (demultiplexer, buffer, (gsize) n, &wants_more, error))
      return FALSE;

  return !wants_more || (n == 0 && dw_log_demultiplexer_finish (demultiplexer, error));
}
