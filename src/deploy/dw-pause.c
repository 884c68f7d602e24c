/* dw-pause.c: waits for a time, and no longer than one wants it to
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "deploy/dw-pause.h"

/* Whether the time passed; FALSE with G_IO_ERROR_CANCELLED when it was cancelled. Blocks. */
gboolean
dw_pause (int milliseconds, GCancellable *cancellable, GError **error)
{
  GPollFD poll_fd;

  if (g_cancellable_make_pollfd (cancellable, &poll_fd))
    {
      g_poll (&poll_fd, 1, milliseconds);
      g_cancellable_release_fd (cancellable);
    }
  else
    {
      g_usleep ((gulong) milliseconds * 1000);
    }

  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}
