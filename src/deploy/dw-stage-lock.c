/* dw-stage-lock.c: one worker a stage, over all processes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Open file description locks (fcntl(2), F_OFD_SETLK) on the first two bytes of a file beside the
 * database. Unlike the classic kind they hold between two threads of one process as well.
 */

#include "config.h"

#include "deploy/dw-stage-lock.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <unistd.h>

/* How often a lock that somebody holds is asked for again. */
#define RETRY_MS 50

enum
{
  QUEUE_BYTE,
  WORK_BYTE,
};

struct _DwStageLock
{
  int fd;
};

/* Returns: (transfer full): where the locks of a store's stages are. Any thread. */
char *
dw_stage_lock_get_directory (const char *store_path)
{
  g_autofree char *directory = g_path_get_dirname (store_path);

  return g_build_filename (directory, "locks", NULL);
}

/**
 * dw_stage_lock_open:
 * @directory: where the lock files are; it is made when it is missing
 * @stage_id: the stage
 * @error: a G_FILE_ERROR
 *
 * Returns: (transfer full) (nullable): the lock file, with nothing locked yet. Any thread.
 */
DwStageLock *
dw_stage_lock_open (const char *directory, const char *stage_id, GError **error)
{
  g_autofree char *name = g_strconcat (stage_id, ".lock", NULL);
  g_autofree char *path = g_build_filename (directory, name, NULL);
  int fd = -1;

  if (g_mkdir_with_parents (directory, 0700) == 0)
    fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    {
      int saved = errno;

      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (saved),
                   _ ("The lock file %s cannot be opened: %s"), path, g_strerror (saved));
      return NULL;
    }

  DwStageLock *self = g_new0 (DwStageLock, 1);
  self->fd = fd;

  return self;
}

/* Lets go of what is locked. Any thread. */
void
dw_stage_lock_free (DwStageLock *self)
{
  close (self->fd);
  g_free (self);
}

/* Whether the byte is locked now, or somebody else has it (then errno is EAGAIN or EACCES). */
static gboolean
try_lock (DwStageLock *self, short type, off_t byte)
{
  struct flock lock = { .l_type = type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1 };

  return fcntl (self->fd, F_OFD_SETLK, &lock) == 0;
}

static gboolean
wait_for_lock (DwStageLock *self, short type, off_t byte, GCancellable *cancellable, GError **error)
{
  while (!try_lock (self, type, byte))
    {
      if (errno != EAGAIN && errno != EACCES && errno != EINTR)
        {
          int saved = errno;

          g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (saved),
                       _ ("The stage cannot be locked: %s"), g_strerror (saved));
          return FALSE;
        }
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      g_usleep (RETRY_MS * 1000);
    }

  return TRUE;
}

/**
 * dw_stage_lock_join_queue:
 * @self: the lock
 * @cancellable: (nullable): ends the waiting
 * @error: G_IO_ERROR_CANCELLED or a G_FILE_ERROR
 *
 * Says that this process has a deploy of the stage waiting. Blocks for moments at most; not on the
 * main thread.
 *
 * Returns: whether it holds
 */
gboolean
dw_stage_lock_join_queue (DwStageLock *self, GCancellable *cancellable, GError **error)
{
  return wait_for_lock (self, F_RDLCK, QUEUE_BYTE, cancellable, error);
}

/* Returns: whether nobody waits; until @self is freed nobody begins to. Any thread. */
gboolean
dw_stage_lock_try_own_queue (DwStageLock *self)
{
  return try_lock (self, F_WRLCK, QUEUE_BYTE);
}

/**
 * dw_stage_lock_work:
 * @self: the lock
 * @cancellable: (nullable): ends the waiting
 * @error: G_IO_ERROR_CANCELLED or a G_FILE_ERROR
 *
 * Waits until nobody else changes the stage. Blocks; not on the main thread.
 *
 * Returns: whether the stage is ours
 */
gboolean
dw_stage_lock_work (DwStageLock *self, GCancellable *cancellable, GError **error)
{
  return wait_for_lock (self, F_WRLCK, WORK_BYTE, cancellable, error);
}

/* Returns: whether the stage is ours; FALSE when somebody else changes it. Any thread. */
gboolean
dw_stage_lock_try_work (DwStageLock *self)
{
  return try_lock (self, F_WRLCK, WORK_BYTE);
}
