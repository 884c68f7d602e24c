/* dw-engine-archive.c: files of a container
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Specification: Docker Engine API, “PutContainerArchive”.
 */

#include "config.h"

#include "engine/dw-engine-private.h"

/**
 * dw_engine_put_archive:
 * @self: an engine
 * @id: a container's id or name; it need not run
 * @archive: files in the format of tar, with their paths from the container's root
 * @cancellable: (nullable): ends the waiting at once; the engine may write them nevertheless
 * @error: DW_ENGINE_ERROR_NOT_FOUND, any other DW_ENGINE_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Writes files into a container, in the place of those that are there. Blocks; not on the main
 * thread.
 *
 * Returns: whether they are there
 */
gboolean
dw_engine_put_archive (
    DwEngine *self, const char *id, GBytes *archive, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (DW_IS_ENGINE (self), FALSE);
  g_return_val_if_fail (archive != NULL, FALSE);

  if (!dw_engine_check_name (id, error))
    return FALSE;

  g_autofree char *escaped = g_uri_escape_string (id, NULL, FALSE);
  g_autofree char *path = g_strdup_printf ("/containers/%s/archive?path=%%2F", escaped);
  const DwEngineRequest request = { .method = "PUT", .path = path, .archive = archive };

  return dw_engine_connection_call (dw_engine_get_connection (self), &request, cancellable, error);
}
